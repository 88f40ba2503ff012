"""The previous audit of the same school: what was answered at the same question."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from diag.desk.bilan.previous import session_before
from diag.desk.checklists.upgrading import facts_for
from diag.desk.session import Session
from diag.desk.visit.answers import Entry, Recorded, record_answer
from diag.desk.visit.entry import RefusedEntryError, value_of
from diag.journal.facts import edition_of
from diag.model.audit import Audit
from diag.model.checklist import Question
from diag.model.enums import Provenance, State
from diag.model.errors import DiagError
from diag.model.fact import Answer, Facts
from diag.model.folding import fold
from diag.model.place import Place
from diag.rules.changes import compare
from diag.words.dates import day_of

_KEPT = {State.KNOWN, State.NOT_APPLICABLE}


class NothingToRepeatError(DiagError):
    """The audit before says nothing at this question."""


@dataclass(frozen=True)
class Remembered:
    """What was answered last time."""

    campaign: str
    answer: Answer
    day: date
    """Day of the visit, else of the answer."""
    school: str = ""
    """Name of another school of the commune, when it was answered there."""

    @property
    def source(self) -> str:
        """Return why an answer that is taken from here is believed."""
        if not self.school:
            return self.answer.reason
        return f"{self.school}, {self.day:%d/%m/%Y}"


class Recollection(Protocol):
    """Where an answer may be taken from again."""

    def of(self, place: Place, question: Question) -> Remembered | None:
        """Return the answer given to a question at such a place."""


class Memory:
    """The previous audit; places of the two are matched by kind and name."""

    def __init__(self, audit: Audit, facts: Facts) -> None:
        self.audit = audit
        """The previous audit."""
        self.facts = facts
        """What it said."""
        self._named = {_called(place): place.id for place in facts.places.values()}

    def of(self, place: Place, question: Question) -> Remembered | None:
        """Return the answer given there, when it still is one of this question."""
        there = self.facts.root if place.parent is None else None
        there = there or self._named.get(_called(place), "")
        answer = self.facts.answer(there, question.id)
        if answer is None or not still_fits(question, answer):
            return None
        day = self.facts.visit_date or day_of(answer.at)
        return Remembered(self.audit.campaign, answer, day)


def memory_of(session: Session) -> Memory | None:
    """Return the audit of the same school in the campaign before, if it is here."""
    before = session_before(session)
    if before is None:
        return None
    facts = before.facts
    journal, editions = session.workspace.journal, session.workspace.editions
    old = edition_of(journal, before.audit.id)
    if old and old != session.edition and editions.holds(old):
        # An answer is not proposed to a question that means another thing.
        facts = facts_for(facts, compare(before.checklist, session.checklist))
    return Memory(before.audit, facts)


def still_true(
    session: Session, memory: Recollection | None, place: str, question: Question
) -> Recorded:
    """Say « toujours vrai »: the answer of last time, or of a neighbour, carried.

    Raises:
        NothingToRepeatError: when nothing was answered.
    """
    where = session.facts.places[place]
    last = memory.of(where, question) if memory else None
    if last is None:
        raise NothingToRepeatError(
            "Pas de réponse à reprendre : l'audit précédent ne dit rien ici, ni une "
            "autre école de la commune."
        )
    entry = Entry(
        question=question.id,
        raw=last.answer.value,
        place=place,
        state=last.answer.state,
        provenance=Provenance.CARRIED,
        reason=last.source,
        sure=True,
    )
    return record_answer(session, entry)


def age(day: date, today: date) -> str:
    """Return how long ago a day was: « il y a 11 mois »."""
    days = (today - day).days
    months = (today.year - day.year) * 12 + today.month - day.month
    months -= today.day < day.day
    if days <= 0:
        return "aujourd'hui"
    if days == 1:
        return "hier"
    if months < 1:
        return f"il y a {days} jours"
    if months < 24:  # noqa: PLR2004 - two years: counted in years from there on
        return f"il y a {months} mois"
    return f"il y a {months // 12} ans"


def _called(place: Place) -> tuple[str, str]:
    return place.kind, fold(place.name)


def still_fits(question: Question, answer: Answer) -> bool:
    """Say whether an answer can be given again, and still is one of this question."""
    if answer.state is not State.KNOWN:
        return answer.state in _KEPT
    try:
        value_of(question, answer.value)
    except RefusedEntryError:
        return False
    return True
