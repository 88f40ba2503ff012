"""What is known of before: the previous audit, former places, neighbouring rooms."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple, Protocol
from uuid import UUID, uuid5

from diag.answers.answer_type import Refused
from diag.answers.types import TYPES
from diag.assess.plan import CLOSED, states_of
from diag.audit.answer import NewAnswer, Recorded, record_answer
from diag.audit.session import AuditSession
from diag.audit.snapshot import advice_passed_on, facts_for, steps_passed_on
from diag.journal import changes, subjects
from diag.journal.facts import answers_of, edition_of
from diag.journal.records import own_advice_of
from diag.journal.school_lines import names_shown
from diag.model.audit import Audit, FollowUp, OwnAdvice, root_place_id
from diag.model.checklist import Question
from diag.model.enums import PlaceKind, Provenance, State
from diag.model.errors import DiagError
from diag.model.fact import Answer, Facts, Place
from diag.model.text import fold
from diag.words.dates import day_of
from diag.workspace.subjects import audits


class NothingToRepeatError(DiagError):
    """The audit before has no answer to this question."""


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
        """Its facts."""
        self._named = {_called(place): place.id for place in facts.places.values()}

    def had(self, place: Place) -> bool:
        """Return whether there was such a place."""
        return place.parent is None or _called(place) in self._named

    def of(self, place: Place, question: Question) -> Remembered | None:
        """Return the answer given there, when it still is one of this question."""
        there = self.facts.root if place.parent is None else None
        there = there or self._named.get(_called(place), "")
        answer = self.facts.answer(there, question.id)
        if answer is None or not still_fits(question, answer):
            return None
        day = self.facts.visit_date or day_of(answer.at)
        return Remembered(self.audit.campaign, answer, day)


def memory_of(session: AuditSession) -> Memory | None:
    """Return the audit of the same school in the campaign before, if it is here."""
    before = session_before(session)
    if before is None:
        return None
    facts = before.facts
    journal, editions = session.workspace.journal, session.workspace.editions
    old = edition_of(journal, before.audit.id)
    if old and old != session.edition and editions.holds(old):
        # An answer is not proposed to a question that means another thing.
        facts = facts_for(facts, before.checklist, session.checklist)
    return Memory(before.audit, facts)


def still_true(
    session: AuditSession, memory: Recollection | None, place: str, question: Question
) -> Recorded:
    """Record « toujours vrai »: the answer of last time, or of a neighbour, carried.

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
    entry = NewAnswer(
        question=question.id,
        given=last.answer.value,
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
    """Return whether an answer can be given again to this question."""
    if answer.state is not State.KNOWN:
        said_void = answer.state is State.NOT_APPLICABLE and bool(answer.reason)
        return said_void and question.void
    try:
        TYPES[question.type].parse(question, answer.value)
    except Refused:
        return False
    return True


def session_before(session: AuditSession) -> AuditSession | None:
    """Return the same subject's last audit before this one; None when there is none.

    Campaigns are named after school years: their names are in order. It is kept with
    the session, since each line of advice asks for it, and read again when it changed.
    """
    audit = session.audit
    before = [
        other
        for other in audits(session.workspace.journal)
        if other.subject == audit.subject and other.campaign < audit.campaign
    ]
    if not before:
        return None
    last = max(before, key=lambda other: other.campaign)
    if session.before and session.before.audit == last:
        session.before.catch_up()
    else:
        session.before = AuditSession(session.workspace, last, session.about)
        session.before.is_public = session.is_public
    return session.before


def steps_before(session: AuditSession) -> tuple[FollowUp, ...]:
    """Return every step recorded in the audits before, the oldest first.

    They are read where they were written: nothing copies nor rewrites them.
    """
    before = session_before(session)
    if before is None:
        return ()
    steps = (*steps_before(before), *before.follow_ups)
    return steps_passed_on(steps, session.heirs)


def whole_story(session: AuditSession) -> tuple[FollowUp, ...]:
    """Return every step, those of the audits before first."""
    return (*steps_before(session), *session.follow_ups)


def own_standing(session: AuditSession) -> tuple[OwnAdvice, ...]:
    """Return the engineers' own recommendations: this audit's, and what is left.

    One of an audit before stands until it was done or set aside: no fact can show it.
    """
    return (*_own_left(session), *own_here(session))


def own_here(session: AuditSession) -> tuple[OwnAdvice, ...]:
    """Return the recommendations that were added in this very audit."""
    own = own_advice_of(session.workspace.journal, session.audit.id)
    return advice_passed_on(own, session.heirs)


def steps_to_report(session: AuditSession) -> tuple[FollowUp, ...]:
    """Return the steps of the audits before that documents print.

    What became of an own recommendation that was closed then is history.
    """
    left = {one.id for one in _own_left(session)}
    gone = {one.id for one in _own_before(session)} - left
    return tuple(one for one in steps_before(session) if one.recommendation not in gone)


def _own_before(session: AuditSession) -> tuple[OwnAdvice, ...]:
    before = session_before(session)
    return () if before is None else (*_own_before(before), *own_here(before))


def _own_left(session: AuditSession) -> tuple[OwnAdvice, ...]:
    before = session_before(session)
    if before is None:
        return ()
    states = states_of(whole_story(before))
    left = (one for one in own_standing(before) if states.get(one.id) not in CLOSED)
    return advice_passed_on(left, session.heirs)


class FormerPlaces(NamedTuple):
    """What an earlier audit of the same school listed."""

    campaign: str
    root: str
    """Id of the school itself, in that audit."""
    places: tuple[Place, ...]
    """All but the school, in the order in which they were added."""

    @property
    def words(self) -> str:
        """Name them: « les 11 lieux de 2026-2027 »."""
        count = len(self.places)
        listed = f"les {count} lieux" if count > 1 else "le lieu"
        return f"{listed} de {self.campaign}"

    @property
    def taken(self) -> str:
        """The places taken again: « les 11 lieux de 2026-2027, sans réponse »."""
        return f"{self.words}, sans réponse"


def former_places(session: AuditSession) -> FormerPlaces | None:
    """Return the places of the last audit that has some; None once this one has any."""
    if len(session.facts.places) > 1:
        return None
    before = session_before(session)
    while before is not None:
        root, *places = before.facts.places.values()
        if places:
            return FormerPlaces(before.audit.campaign, root.id, tuple(places))
        before = session_before(before)
    return None


def take_places_again(session: AuditSession) -> FormerPlaces:
    """Add them in one gesture: names, kinds, what holds what; nothing is answered.

    Two who do so apart add the same places, not each their own.

    Raises:
        DiagError: when there is nothing to take, or this audit has places already.
    """
    former = former_places(session)
    if former is None:
        raise DiagError(
            "Rien à reprendre : l'audit a déjà des lieux, ou aucun audit précédent de "
            "l'école n'en a."
        )
    audit = session.audit.id
    ids = {place.id: str(uuid5(UUID(audit), place.id)) for place in former.places}
    ids[former.root] = session.facts.root
    session.record(
        *(
            changes.placed(
                audit,
                place.model_copy(
                    update={"id": ids[place.id], "parent": ids[place.parent or ""]}
                ),
            )
            for place in former.places
        )
    )
    return former


WHOM = "commune"
"""Whom one asks what is true of every school of the commune."""


class Neighbours:
    """The audits of the other schools of the commune, read when first needed."""

    def __init__(self, session: AuditSession) -> None:
        self._session = session

    def of(self, place: Place, question: Question) -> Remembered | None:
        """Return the latest answer of another school to what the commune is asked."""
        if place.kind is not PlaceKind.ECOLE or question.whom != WHOM:
            return None
        found = []
        for audit, name in self._audits:
            root = root_place_id(audit.id, audit.subject.kind)
            subject = subjects.answer(root, question.id)
            heads = self._session.workspace.journal.current(audit.id, subject)
            answers = answers_of(heads)
            if len(answers) == 1 and still_fits(question, answers[0]):
                day = day_of(answers[0].at)
                found.append(Remembered(audit.campaign, answers[0], day, school=name))
        return max(found, key=lambda one: one.answer.at, default=None)

    @cached_property
    def _audits(self) -> tuple[tuple[Audit, str], ...]:
        workspace, here = self._session.workspace, self._session.about
        schools = workspace.territory.schools("", commune=here.insee)
        names = dict(names_shown(schools))
        names.pop(here.code, None)
        return tuple(
            (audit, names[audit.subject.code])
            for audit in (audits(workspace.journal) if names else ())
            if audit.subject.code in names
        )


class Recall:
    """The previous audit and the other schools of the commune: the latest counts."""

    def __init__(self, memory: Memory | None, neighbours: Neighbours) -> None:
        self.before = memory
        """The previous audit, if it is here."""
        self._neighbours = neighbours

    def of(self, place: Place, question: Question) -> Remembered | None:
        """Return the latest answer; the same day, that of this very school."""
        near = self._neighbours.of(place, question)
        last = self.before.of(place, question) if self.before else None
        if near and last:
            return near if near.day > last.day else last
        return near or last


def recall_of(session: AuditSession) -> Recall:
    """Return what may be taken from elsewhere in an audit."""
    return Recall(memory_of(session), Neighbours(session))
