"""Every type of question, the words of the answers to it, and its field on a page.

`TYPES[question.type]` parses what is typed, once, into a `Parsed`, or raises `Refused`.
Screens, paste, paper, command line and JSON share it. To add a type: a member of
`QuestionType`, its class, its line here.

The page that comes back by mail and the one on a phone share the fields: no script of
others, nothing fetched, and each field is read aloud under its question.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from datetime import MAXYEAR, MINYEAR, date, timedelta
from functools import cache, lru_cache
from html import escape
from pathlib import Path

from diag.answers.answer_type import AnswerType, Meaning, Refused, SoFar, admitted
from diag.answers.choice import Boolean, OneChoice, SeveralChoices
from diag.answers.number import AnyNumber, Integer
from diag.model.audit import Answer, Value
from diag.model.checklist import EffectValue, Question
from diag.model.enums import PlaceKind, QuestionType, State, WithoutYear
from diag.model.text import as_digits, clean_line, clean_text, digit_of, fold
from diag.rules.expressions import (
    CompareNode,
    Constant,
    Exact,
    Months,
    NameNode,
    Node,
    RuleValue,
    Span,
    point,
    walk,
)
from diag.rules.language import VISIT_DATE, Rule
from diag.words.dates import (
    DAYS_AROUND,
    day_around,
    describe_day,
    lacks_year,
    months_begun,
    nearest_day,
    read_day,
)
from diag.words.sentences import typeset
from diag.words.vocabulary import MASKED, PROVENANCES, STATES

VISIT = date(2026, 9, 1)
"""The day of the visit, in a search of rules."""

_CACHED_VALUES = 4096  # the dates of a few audits
_MONTHS_A_YEAR = 12

_SEPARATORS = "-/."
"""What parts a day from its month: never a twin there."""

_KEPT = "-−/. ’"


_IN_SHORT = {
    None: ", ou hier",
    WithoutYear.PAST: "\u00a0; 31/01 est le dernier passé",
    WithoutYear.COMING: "\u00a0; 31/01 est le prochain",
}


class Date(AnswerType):
    """A day."""

    hint = "jj/mm/aaaa"
    in_rules = (
        "une date",
        "comparez-la à une autre date, ou écrivez « months_between({0}, visit_date) »",
    )
    is_day = True
    xlsform = ("date",)
    grid_words = r"date"
    cell_width = len("31/01/2026")
    blank = "……\u00a0/\u00a0……\u00a0/\u00a0…………"

    def read(self, question: Question, raw: object) -> Value:
        try:
            value = read_day(str(raw)).isoformat()
        except ValueError as error:
            typed = str(raw).strip()[:40]
            if lacks_year(typed):
                problem, remedy = f"« {typed} » ne dit pas l'année", "Ajoutez-la"
                raise Refused(question, problem, remedy) from error
            raise Refused(
                question,
                f"« {typed} » n'est pas une date",
                "Écrivez par exemple 31/01/2026, 310126 ou janvier 2026",
            ) from error
        low, high = question.date_range or (None, None)
        if (low and value < low) or (high and value > high):
            ends = (None if end is None else _short_day(end) for end in (low, high))
            problem = f"{_short_day(value)} est hors limites"
            raise Refused(question, problem, admitted(*ends))
        return value

    def in_full(self, question: Question, typed: str, today: date | None) -> str:
        if today is None:
            return typed
        plain, way = _as_typed(typed.strip()), question.without_year
        day = day_around(plain, today)
        if day is None and way is not None:
            day = nearest_day(plain, today, is_past=way is WithoutYear.PAST)
        return day.isoformat() if day else typed

    def expand(self, question: Question, typed: str) -> object:
        return _as_typed(typed)

    def partial(self, question: Question, text: str) -> SoFar:
        return self.attempt(question, text, _as_typed(text.strip()))

    def drops_last_key(self, question: Question, read: SoFar) -> bool:
        letters = "".join(filter(str.isalpha, _as_typed(read.text)))
        return bool(read.problem) and not (
            (
                months_begun(letters)
                or any(day.startswith(fold(read.text)) for day in DAYS_AROUND)
            )
            and all(
                digit_of(char) or char.isalpha() or char in _KEPT for char in read.text
            )
        )

    def input_attributes(self, question: Question) -> str:
        return 'type="text" placeholder="jj/mm/aaaa" maxlength="20" autocomplete="off"'

    def value_words(self, question: Question, value: int | str) -> str:
        return describe_day(value) if isinstance(value, str) else str(value)

    def cell_words(self, question: Question, value: Value) -> str:
        if isinstance(value, str):
            return _short_day(value)
        return super().cell_words(question, value)

    def expected(self, question: Question) -> str:
        return f"date, par exemple 31/01/2026{_IN_SHORT[question.without_year]}"

    def instead_of_effect(self, question: Question, value: EffectValue) -> str:
        return "" if value == VISIT_DATE else f"Écrivez {VISIT_DATE}."

    def meaning(self, question: Question) -> Meaning:
        low, high = (
            None if end is None else date.fromisoformat(end).toordinal()
            for end in question.date_range or (None, None)
        )
        return Meaning(Span(low, high), _point_of_day)

    def candidates(
        self, question: Question, rules: Iterable[Rule], visit: date | None
    ) -> tuple[Value, ...]:
        low, high = question.date_range or (None, None)
        days = [date.fromisoformat(end) for end in (low, high) if end]
        if visit is not None:
            for months in {0, *_months_compared(question.id, rules)}:
                for shift in (-months, months):
                    day = _months_later(visit, shift)
                    days += [day - timedelta(1), day, day + timedelta(1)]
        texts = sorted({day.isoformat() for day in days})
        return tuple(text for text in texts if (low or text) <= text <= (high or text))

    def present(
        self, question: Question, nodes: Sequence[Node], marks: Iterable[Exact]
    ) -> tuple[RuleValue, ...]:
        parts = [part for root in nodes for part in walk(root)]
        counts = {0}
        if any(isinstance(part, Months) for part in parts):
            counts |= {
                round(part.value) for part in parts if isinstance(part, Constant)
            }
        near = {count + step for count in counts for step in (-1, 0, 1)}
        return tuple(
            point(_months_later(VISIT, -count).toordinal())
            for count in sorted(near | {-count for count in near}, reverse=True)
        )


def _as_typed(typed: str) -> str:
    return as_digits(typed, kept=_SEPARATORS)


def _short_day(day: str) -> str:
    return "/".join(reversed(day.split("-")))


@lru_cache(_CACHED_VALUES, typed=True)
def _point_of_day(value: Value) -> RuleValue | None:
    if not isinstance(value, str):
        return None
    try:
        return point(date.fromisoformat(value).toordinal())
    except ValueError:
        return None


def _months_compared(name: str, rules: Iterable[Rule]) -> Iterator[int]:
    """Yield each number of months that rules compare a date question to."""
    for rule in rules:
        for node in walk(rule.root):
            match node:
                case CompareNode(_, Months() as months, Constant(value)) | CompareNode(
                    _, Constant(value), Months() as months
                ) if name in {
                    each.id for each in walk(months) if isinstance(each, NameNode)
                }:
                    yield int(value)


def _months_later(day: date, months: int) -> date:
    """Return the same day some months on, or the last of that month."""
    year, month = divmod(day.year * _MONTHS_A_YEAR + day.month - 1 + months, 12)
    year = min(max(year, MINYEAR + 1), MAXYEAR - 1)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


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
    parts = [f"<legend>{number}. {_shown(question.ask or question.label)}</legend>"]
    if remark:
        parts.append(f"<small>{_shown(remark)}</small>")
    if _ticks(question):
        box = "checkbox" if kind.is_several else "radio"
        if isinstance(given, bool):
            given = "oui" if given else "non"
        believed = given if isinstance(given, tuple) else (given,)
        if kind.is_several:
            parts.append("<small>Plusieurs possibles.</small>")
        for value, words in (*_offered(question), (UNKNOWN, _UNKNOWN_WORDS)):
            ticked = " checked" if value in believed else ""
            parts.append(
                f'<label><input type="{box}" name="{escape(question.id)}" '
                f'value="{escape(value)}"{ticked}>{_shown(words)}</label>'
            )
    else:
        label = question.label if question.ask else "Réponse"
        typed = "" if given is None else escape(str(given))
        field = f'<textarea rows="3" cols="40">{typed}</textarea>'
        if not kind.is_text:
            value = f' value="{typed}"' if typed else ""
            field = f"<input {kind.input_attributes(question)}{value}>"
        unit = _shown(unit_words(question.unit))
        parts += [
            f"<label>{_shown(label)} {field} {unit}</label>",
            f'<label><input type="checkbox" value="{UNKNOWN}">{_UNKNOWN_WORDS}</label>',
        ]
    return f'<fieldset data-q="{escape(question.id)}"{many}>{"".join(parts)}</fieldset>'


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
