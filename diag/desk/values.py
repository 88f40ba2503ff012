"""Values as a person reads them: the label of a choice, a number with its unit."""

from diag.model.checklist import Question, QuestionType
from diag.model.fact import Answer, State, Value

STATE_WORDS = {
    State.KNOWN: "connu",
    State.UNKNOWN: "inconnu",
    State.NOT_APPLICABLE: "sans objet",
    State.REFUSED: "refusé",
}
"""What each state is called on screen."""


def spoken(question: Question, answer: Answer) -> str:
    """Return an answer in words; a state other than known says its reason."""
    if answer.state is not State.KNOWN:
        reason = f" ({answer.reason})" if answer.reason else ""
        return STATE_WORDS[answer.state] + reason
    return spoken_value(question, answer.value)


def spoken_value(question: Question, value: Value) -> str:
    """Return a value in words: labels, comma, unit, « oui » and « non »."""
    match question.type:
        case QuestionType.BOOLEAN:
            return "oui" if value else "non"
        case QuestionType.CHOICE:
            return _label(question, str(value))
        case QuestionType.CHOICES:
            chosen = value if isinstance(value, tuple) else ()
            return ", ".join(_label(question, each) for each in chosen) or "aucun"
        case QuestionType.INTEGER | QuestionType.NUMBER:
            number = str(value).replace(".", ",").replace("-", "−")
            return f"{number} {question.unit}".rstrip()
        case _:
            return str(value)


def _label(question: Question, ident: str) -> str:
    labels = {choice.id: choice.label for choice in question.choices}
    return labels.get(ident, ident)
