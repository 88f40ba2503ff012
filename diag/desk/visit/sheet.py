"""The sheet: places of one kind × their questions, as one table to read.

It is built from a session and never changes: after something is said, build another.
What is done to its cells lives in `filling` and `pasting`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from diag.desk.session import Session
from diag.model.checklist import Checklist, Question
from diag.model.enums import PlaceKind, Provenance, QuestionType, State
from diag.model.fact import Answer, Value
from diag.model.number import exact
from diag.model.place import ROOT_KINDS, Place
from diag.reports.answers import value_words
from diag.rules.values import Truth
from diag.words.figures import number
from diag.words.vocabulary import PROVENANCES

MARKS = {
    Provenance.MEASURED: "mes",
    Provenance.OBSERVED: "vu",
    Provenance.DECLARED: "dit",
    Provenance.IMPORTED: "imp",
    Provenance.CARRIED: "rep",
}
"""How a fact became known, in three letters at most; none reads as a unit (« 2 m »)."""

STATE_WORDS = {
    State.UNKNOWN: "inconnu",
    State.NOT_APPLICABLE: "sans objet",
    State.REFUSED: "refusé",
}
"""What a cell says where there is no value."""

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_NUMBERS = {QuestionType.INTEGER, QuestionType.NUMBER}


@dataclass(frozen=True, slots=True)
class Cell:
    """One fact, as a cell shows it."""

    words: str
    """Its value without unit, its state, or both sides of a conflict."""
    mark: str
    """How it became known, in short; `!` for a conflict; empty when not answered."""
    relevant: Truth
    """False: not asked here; None: not known yet."""
    heads: tuple[Answer, ...]
    """What was answered."""
    flagged: bool = False
    """« À revoir »."""
    notes: tuple[str, ...] = ()
    """What is written beside it."""

    @property
    def is_inert(self) -> bool:
        """Say whether the question is not asked here."""
        return self.relevant is False

    @property
    def is_conflict(self) -> bool:
        """Say whether people said different things."""
        return len(self.heads) > 1


class Sheet:
    """Rows are places in order, columns are questions."""

    def __init__(self, session: Session, kind: PlaceKind, domain: str = "") -> None:
        facts = session.facts
        self.kind = kind
        """What its rows are."""
        self.domain = domain
        """The only domain shown; empty: all."""
        self.places: tuple[Place, ...] = facts.places_of(kind)
        """Its rows."""
        self.questions: tuple[Question, ...] = tuple(
            question
            for question in _asked(session, kind)
            if question.type is not QuestionType.PHOTO
            and domain in {"", question.domain}
        )
        """Its columns, each after those that decide whether it is asked."""
        self.rows = {place.id: row for row, place in enumerate(self.places)}
        """Place id → row."""
        self.columns = {each.id: column for column, each in enumerate(self.questions)}
        """Question id → column."""
        self._facts, self._reading = facts, session.judge.reading(facts)
        self._cells: dict[tuple[int, int], Cell] = {}

    def cell(self, row: int, column: int) -> Cell:
        """Return what a cell shows."""
        found = self._cells.get((row, column))
        if found is None:
            found = self._cells[row, column] = self._read(row, column)
        return found

    def sum(self, column: int) -> str:
        """Return what a whole column amounts to.

        A total, « oui » out of the answers, an extent for what does not add up
        (dBm, ages), or how many places are answered.
        """
        question = self.questions[column]
        asked = [
            cell
            for row in range(len(self.places))
            if not (cell := self.cell(row, column)).is_inert
        ]
        known = [value for cell in asked if (value := _known(cell)) is not None]
        if question.type is QuestionType.BOOLEAN:
            return f"{known.count(True)}/{len(known)} oui" if known else ""
        if question.type in _NUMBERS:
            return _amount(question, known)
        return f"{len(known)}/{len(asked)}" if asked else ""

    def _read(self, row: int, column: int) -> Cell:
        question = self.questions[column]
        scope = self._reading.scope(self.places[row].id)
        relevant = scope.relevance(question.id)
        heads = scope.heads(question.id)
        words = " / ".join(short_words(question, head) for head in heads)
        mark = "!" if len(heads) > 1 else "".join(map(_mark, heads))
        key = self.places[row].id, question.id
        flagged, notes = key in self._facts.flags, self._facts.notes.get(key, ())
        return Cell(words, mark, relevant, heads, flagged, notes)


def sheet_kinds(session: Session) -> tuple[PlaceKind, ...]:
    """Return the kinds of places that have questions and several places."""
    asked = {question.place for question in session.checklist.questions.values()}
    return tuple(kind for kind in PlaceKind if kind in asked and kind not in ROOT_KINDS)


def domains_of(session: Session, kind: PlaceKind) -> tuple[tuple[str, str], ...]:
    """Return (id, title) of each domain that asks something of such places."""
    titles = {domain.id: domain.title for domain in session.checklist.domains}
    asked = dict.fromkeys(each.domain for each in _asked(session, kind))
    return tuple((each, titles.get(each, each.capitalize())) for each in asked)


def _asked(session: Session, kind: PlaceKind) -> list[Question]:
    """Return what the visit asks at such places, or what was answered all the same."""
    profile, profiles = session.profile, session.judge.profiles
    answered = {question for _, question in session.facts.answers}
    return [
        each
        for each in _walked(session.checklist, kind)
        if profile.asks(profiles[each.id]) or each.id in answered
    ]


def _walked(checklist: Checklist, kind: PlaceKind) -> list[Question]:
    """Return the questions of a kind, each after those that its relevance reads."""
    here = {
        each.id: each for each in checklist.questions.values() if each.place is kind
    }
    walked: dict[str, Question] = {}
    begun: set[str] = set()

    def walk(question: Question) -> None:
        if question.id not in begun:
            begun.add(question.id)
            for name in _NAME.findall(question.relevant):
                if name in here:
                    walk(here[name])
            walked[question.id] = question

    for question in here.values():
        walk(question)
    return list(walked.values())


def short_words(question: Question, answer: Answer) -> str:
    """Return an answer in as few words as a cell needs: no unit, days in digits."""
    if answer.state is not State.KNOWN:
        return STATE_WORDS[answer.state]
    value = answer.value
    if question.type in _NUMBERS and isinstance(value, int | str):
        return number(value)
    if question.type is QuestionType.DATE and isinstance(value, str):
        return "/".join(reversed(value.split("-")))
    return " ".join(value_words(question, value).split())


def provenance_words(answer: Answer) -> str:
    """Return how an answer became known, in a word."""
    return PROVENANCES[answer.provenance]


def _mark(answer: Answer) -> str:
    return MARKS[answer.provenance] if answer.state is State.KNOWN else "-"


def _known(cell: Cell) -> Value:
    return cell.heads[0].value if len(cell.heads) == 1 else None


def _amount(question: Question, known: Iterable[Value]) -> str:
    numbers = [
        Fraction(exact(value))
        for value in known
        if isinstance(value, int | str) and not isinstance(value, bool)
    ]
    if not numbers:
        return ""
    if question.type is QuestionType.INTEGER and _adds_up(question):
        return f"= {number(sum(numbers, Fraction()))}"
    low, high = number(min(numbers)), number(max(numbers))
    return low if low == high else f"{low} à {high}"


def _adds_up(question: Question) -> bool:
    """Say whether a total means something: a count does, a level in dBm does not."""
    low = question.range[0] if question.range else None
    return low is not None and exact(low) >= 0
