"""Every type of question, the words of the answers to it, and its field on a page.

`TYPES[question.type]` parses what is typed, once, into a `Parsed`, or raises `Refused`.
Screens, paste, paper, command line and JSON share it. To add a type: a member of
`QuestionType`, its class, its line here.

The page that comes back by mail and the one on a phone share the fields: no script of
others, nothing fetched, and each field is read aloud under its question.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from html import escape
from pathlib import Path

from diag.answers.answer_type import AnswerType, Refused
from diag.answers.choice import Boolean, OneChoice, SeveralChoices
from diag.answers.date import Date
from diag.answers.number import AnyNumber, Integer
from diag.model.checklist import Question
from diag.model.enums import PlaceKind, QuestionType, State
from diag.model.fact import Answer, Value
from diag.model.text import clean_line, clean_text
from diag.words.sentences import typeset
from diag.words.vocabulary import MASKED, PROVENANCES, STATES


class FreeText(AnswerType):
    """A remark, a name, an address."""

    is_text = True
    is_readable = False
    xlsform = ("text", "string")
    grid_words = r"texte|libre|commentaire"
    cell_width = None

    def read(self, question: Question, raw: object) -> Value:
        try:
            return clean_text(str(raw)).strip()
        except ValueError as error:
            raise Refused(question, str(error)) from error


class PhotoAnswer(AnswerType):
    """A picture of what is asked."""

    hint = "{photos} : une photo"
    in_rules = ("une photo", "posez une question à choix")
    is_photo = True
    is_readable = False
    xlsform = ("image", "photo")
    grid_words = r"photo|image"

    def read(self, question: Question, raw: object) -> Value:
        raise Refused(
            question,
            "une photo ne se tape pas",
            "Joignez le fichier dans la visite, par « Photos »",
            command=f"diag audit photo UAI add FICHIER --question {question.id}",
        )

    def words(self, question: Question, value: Value) -> str:
        return "photo jointe"


TYPES: dict[QuestionType, AnswerType] = {
    QuestionType.BOOLEAN: Boolean(),
    QuestionType.INTEGER: Integer(),
    QuestionType.NUMBER: AnyNumber(),
    QuestionType.DATE: Date(),
    QuestionType.PHOTO: PhotoAnswer(),
    QuestionType.CHOICES: SeveralChoices(),
    QuestionType.CHOICE: OneChoice(),
    QuestionType.TEXT: FreeText(),
}
"""How the answers of each type are parsed, worded and judged.

Their `grid_words` are tried in this order: « choix multiple » before « choix ».
"""


def retired_question(name: str, place: PlaceKind = PlaceKind.ECOLE) -> Question:
    """Return what stands for a question that the edition no longer asks."""
    label = f"{name} (retirée)"
    return Question(
        id=name, domain="", place=place, type=QuestionType.TEXT, label=label
    )


def value_words(question: Question, value: Value) -> str:
    """Return a known value as a reader expects it: « 12 Mbit/s », « oui », a label."""
    return TYPES[question.type].words(question, value)


def answer_words(question: Question, answer: Answer) -> str:
    """Return one answer: its value, or why there is none."""
    if answer.is_masked:
        return MASKED
    if answer.state is State.KNOWN:
        return value_words(question, answer.value)
    why = f" ({answer.reason})" if answer.reason else ""
    return STATES[answer.state] + why


def heads_words(question: Question, heads: Sequence[Answer]) -> str:
    """Return a fact as it stands; both values when two people disagree."""
    if len(heads) == 1:
        return answer_words(question, heads[0])
    words = " ou ".join(answer_words(question, head) for head in heads)
    return f"{words} (réponses contradictoires)" if heads else words


def evidence(question: Question, heads: Sequence[Answer]) -> str:
    """Return a fact and how it became known: « 12 Mbit/s, mesuré »."""
    words = heads_words(question, heads)
    if len(heads) != 1 or heads[0].state is not State.KNOWN:
        return words
    return f"{words}, {PROVENANCES[heads[0].provenance]}"


UNKNOWN = "?"
"""Value of the box « inconnu »."""

_UNKNOWN_WORDS = "Inconnu, je ne sais pas"

NONE_OF_THEM = "-"
"""Value of the box « rien de cela »."""

_HERE = Path(__file__).parent

_NO_CHOICE = "aucun"
"""Id of a choice that means it already."""


@cache
def fields_script() -> str:
    """Return the script that reads the answers of a form: `rows(form)`."""
    return (_HERE / "fields.js").read_text(encoding="utf-8")


@cache
def fields_style() -> str:
    """Return what makes fields readable, on a phone and on paper."""
    return (_HERE / "fields.css").read_text(encoding="utf-8")


def fieldset(
    question: Question, number: int, given: Value = None, remark: str = ""
) -> str:
    """Return a question with all that answers it, « inconnu » included.

    `given` is what is already believed, `remark` where from: it can be changed.
    """
    kind = TYPES[question.type]
    many = ' data-m="1"' if kind.is_several else ""
    boxes = "".join(
        _boxes(question, given) if _ticks(question) else _line(question, given)
    )
    said = f"<small>{_shown(remark)}</small>" if remark else ""
    return (
        f'<fieldset data-q="{escape(question.id)}"{many}>'
        f"<legend>{number}. {_shown(question.ask or question.label)}</legend>"
        f"{said}{boxes}</fieldset>"
    )


def can_ask(question: Question) -> bool:
    """Return whether a page can ask it: a photo is not filled in."""
    return not TYPES[question.type].is_photo


def field_in_row(question: Question, purchase: int) -> str:
    """Return the field of a question in a row of the table of purchases."""
    label = f"{clean_line(question.label)}, achat {purchase}"
    named = f'aria-label="{escape(label)}"'
    if _ticks(question):
        offered = "".join(
            f'<option value="{escape(value)}">{_shown(words)}</option>'
            for value, words in _offered(question)
        )
        field = f"<select {named}><option></option>{offered}</select>"
    else:
        field = f"<input {named} {TYPES[question.type].input_attributes(question)}>"
    return f'<td data-q="{escape(question.id)}" data-p="{purchase}">{field}</td>'


def unit_words(unit: str) -> str:
    """Return « classe(s) »; a sign such as % or h has no plural."""
    clean = clean_line(unit)
    is_word = len(clean) > 2 and clean.isalpha() and clean[-1] not in "sx"  # noqa: PLR2004 - « an » and « h » are no such words
    return f"{clean}(s)" if is_word else clean


def _shown(text: str) -> str:
    return escape(typeset(clean_line(text)))


def _ticks(question: Question) -> bool:
    kind = TYPES[question.type]
    return kind.has_choices or kind.is_yes_no


def _offered(question: Question) -> Iterator[tuple[str, str]]:
    """Yield the value and the words of each box."""
    kind = TYPES[question.type]
    if kind.is_yes_no:
        yield from (("oui", "Oui"), ("non", "Non"))
        return
    for choice in question.choices:
        yield choice.id, choice.label
    if kind.is_several and all(one.id != _NO_CHOICE for one in question.choices):
        yield NONE_OF_THEM, "Rien de cela"


def _boxes(question: Question, given: Value) -> Iterable[str]:
    several = TYPES[question.type].is_several
    box = "checkbox" if several else "radio"
    if isinstance(given, bool):
        given = "oui" if given else "non"
    believed = given if isinstance(given, tuple) else (given,)
    if several:
        yield "<small>Plusieurs possibles.</small>"
    for value, words in (*_offered(question), (UNKNOWN, _UNKNOWN_WORDS)):
        ticked = " checked" if value in believed else ""
        yield (
            f'<label><input type="{box}" name="{escape(question.id)}" '
            f'value="{escape(value)}"{ticked}>{_shown(words)}</label>'
        )


def _line(question: Question, given: Value) -> Iterable[str]:
    kind = TYPES[question.type]
    label = question.label if question.ask else "Réponse"
    believed = "" if given is None else str(given)
    if kind.is_text:
        field = f'<textarea rows="3" cols="40">{escape(believed)}</textarea>'
    else:
        value = f' value="{escape(believed)}"' if believed else ""
        field = f"<input {kind.input_attributes(question)}{value}>"
    yield f"<label>{_shown(label)} {field} {_shown(unit_words(question.unit))}</label>"
    box = f'<input type="checkbox" value="{UNKNOWN}">'
    yield f"<label>{box}{_UNKNOWN_WORDS}</label>"
