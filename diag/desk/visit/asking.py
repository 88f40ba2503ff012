"""What is left to ask, told: the words to say, what to look at, what is expected."""

from dataclasses import asdict, dataclass

from diag.assess.questions import next_questions, relevant_questions
from diag.desk.session import Session
from diag.desk.visit.places import find_place
from diag.model.checklist import Question as Declared
from diag.model.enums import Profile, QuestionType
from diag.reports.answers import heads_words
from diag.words.figures import number, plural

_EVERY = 10_000


@dataclass(frozen=True, slots=True)
class Question:
    """One question at one place, as an engineer reads it."""

    id: str
    place: str
    place_name: str
    label: str
    ask: str
    look: str
    expected: str
    """Type, unit, bounds or choices, in words."""
    sure: bool
    """Whether it surely applies."""
    current: str
    """What was answered, in words; several answers when people differ."""

    def to_json(self) -> dict[str, object]:
        """Return it for a program."""
        return asdict(self)


def left_to_ask(
    session: Session, *, place: str = "", everything: bool = False
) -> list[Question]:
    """Return what the visit still asks, most useful first; or all that applies."""
    where = find_place(session, place).id if place else None
    facts, checklist = session.facts, session.checklist
    profile = Profile.FULL if everything else session.profile
    asked = {
        (each.place, each.question.id): each
        for each in relevant_questions(facts, checklist, where, profile=profile)
    }
    if everything:
        keys = list(asked)
    else:
        ranked = next_questions(facts, checklist, _EVERY, profile=profile)
        useful = [(each.place, each.question.id) for each in ranked]
        left = [key for key, each in asked.items() if not each.is_settled]
        keys = [key for key in useful if key in asked]
        keys += [key for key in left if key not in set(useful)]
    return [
        Question(
            id=each.question.id,
            place=each.place,
            place_name=facts.places[each.place].name,
            label=each.question.label,
            ask=each.question.ask,
            look=each.question.look,
            expected=expected(each.question),
            sure=each.relevant is True,
            current=heads_words(each.question, each.heads) if each.heads else "",
        )
        for each in (asked[key] for key in keys)
    ]


def expected(question: Declared) -> str:
    """Return what an answer looks like, in words."""
    match question.type:
        case QuestionType.BOOLEAN:
            return "oui ou non"
        case QuestionType.CHOICE | QuestionType.CHOICES:
            several = (
                ", plusieurs possibles" if question.type is QuestionType.CHOICES else ""
            )
            ids = ", ".join(f"{each.id} ({each.label})" for each in question.choices)
            return f"un choix{several} : {ids}"
        case QuestionType.INTEGER | QuestionType.NUMBER:
            noun = (
                "nombre entier" if question.type is QuestionType.INTEGER else "nombre"
            )
            unit = f" ({plural(question.unit)})" if question.unit else ""
            return noun + unit + _bounds(question)
        case QuestionType.DATE:
            return "date, par exemple 31/01/2026"
        case _:
            return "texte libre"


def _bounds(question: Declared) -> str:
    if question.range is None:
        return ""
    low, high = ("…" if bound is None else number(bound) for bound in question.range)
    return f", de {low} à {high}"
