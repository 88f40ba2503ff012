"""What is known of before: the previous audit, former places, neighbouring rooms.

In a second audit by difference, what is to be asked again has its reason, and
nothing else is carried over unless somebody confirms it, part of the walk after part.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import chain
from typing import NamedTuple, Protocol
from uuid import UUID, uuid5

from diag.answers.answer_type import Refused
from diag.answers.types import TYPES, answer_words
from diag.assess.facts import with_answers
from diag.assess.plan import CLOSED, DONE, states_of
from diag.audit.answer import (
    Key,
    NewAnswer,
    Recorded,
    above_wholes,
    failed_checks,
    record_answer,
)
from diag.audit.session import AuditSession
from diag.audit.snapshot import advice_passed_on, facts_for, steps_passed_on
from diag.audit.walk import Leg, walk_of
from diag.journal import changes, subjects
from diag.journal.facts import answers_of, edition_of
from diag.journal.records import own_advice_of
from diag.journal.school_lines import names_shown
from diag.model.audit import (
    Answer,
    Audit,
    Facts,
    FollowUp,
    OwnAdvice,
    Place,
    root_place_id,
)
from diag.model.checklist import PEOPLE, Question
from diag.model.enums import PlaceKind, Provenance, State
from diag.model.errors import DiagError
from diag.model.text import fold
from diag.words.dates import day_of, later
from diag.words.sentences import counted
from diag.words.vocabulary import PROVENANCES
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

    def describe(self, question: Question, today: date) -> str:
        """Return it in words, with its age and where it was given."""
        answer = answer_words(question, self.answer)
        known = self.answer.state is State.KNOWN
        how = f", {PROVENANCES[self.answer.provenance]}" if known else ""
        where = self.school or f"campagne {self.campaign}"
        return f"{answer}{how}, {age(self.day, today)} ({where})"


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
        self._given: dict[Key, tuple[Question, Remembered | None]] = {}
        """What each question was answered, by place of then: it changes no more."""

    def had(self, place: Place) -> bool:
        """Return whether there was such a place."""
        return place.parent is None or _called(place) in self._named

    def of(self, place: Place, question: Question) -> Remembered | None:
        """Return the answer given there, when it still is one of this question."""
        there = self.facts.root if place.parent is None else None
        there = there or self._named.get(_called(place), "")
        asked, given = self._given.get((there, question.id), (None, None))
        if asked is not question:
            given = self._answered(there, question)
            self._given[there, question.id] = question, given
        return given

    def _answered(self, there: str, question: Question) -> Remembered | None:
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


MEASURES_LAST = "P12M"
"""How long a measure is believed, whatever its question says: trade knowledge."""


@dataclass(frozen=True, slots=True)
class KnownBefore:
    """One fact of the audit before, where it stands now."""

    key: Key
    question: Question
    answer: Answer
    """As it was given then."""
    why: str = ""
    """Why it is asked again; empty when it may be confirmed as it stands."""

    @property
    def words(self) -> str:
        """Return it with its value: « Prises 230 V : 4 prises »."""
        name = " ".join(self.question.heading) or self.question.label
        return f"{name}\u00a0: {answer_words(self.question, self.answer)}"


@dataclass(frozen=True, slots=True)
class Carried:
    """What is known of before in one part of the walk."""

    key: str
    title: str
    known: tuple[KnownBefore, ...]
    """What may be confirmed in one gesture."""
    stale: tuple[KnownBefore, ...]
    """What is asked again."""
    moved: tuple[str, ...]
    """What official lists say otherwise now, and what cannot stand with it: « Nombre de
    classes : 5 classes, vous avez 6 salles de classe, 4 classes la dernière fois »."""
    confirmed: int
    """How many facts were given again, or confirmed, in this audit."""
    is_new: bool
    """Whether it is a place that the audit before did not have."""

    @property
    def reasons(self) -> str:
        """Return why some of it is asked again, in words, a danger first."""
        if self.is_new:
            return "nouveau lieu"
        whys = Counter(each.why for each in self.stale)
        counts = [
            counted(whys[why], why, _SEVERAL[why]) if why in _SEVERAL else why
            for why in sorted(whys, key=lambda why: why != DANGER)
        ]
        return ", ".join((*counts, *self.moved))


class _Again(NamedTuple):
    """What decides that a fact is asked again."""

    today: date
    followed: Mapping[str, tuple[str, str]]
    """Question → when the follow-up of what reads it was declared done, and of what."""
    doubted: Mapping[Key, str]

    def why(self, key: Key, question: Question, last: Remembered) -> str:
        """Return why, in a word; empty when nothing asks for it."""
        done = self.followed.get(question.id)
        if done and done[0] >= last.day.isoformat():
            return f"suite « {done[1]} » dite faite"
        if question.danger:
            return DANGER
        if key in self.doubted:
            return DOUBT
        is_measure = last.answer.provenance is Provenance.MEASURED
        if is_measure and later(last.day, MEASURES_LAST) <= self.today:
            return MEASURE
        if question.stale_after:
            return STALE * (later(last.day, question.stale_after) <= self.today)
        return ""


DANGER, DOUBT, MEASURE, STALE = "danger", "à vérifier", "mesure ancienne", "périmé"
_SEVERAL = {STALE: "périmés", MEASURE: "mesures anciennes"}
"""Reasons that are counted, and their plural."""


def carried(session: AuditSession, memory: Memory) -> tuple[Carried, ...]:
    """Return what the audit before knew, part by part, in walking order.

    Asked again: dangers, always; what is too old, a measure of a year; what the
    follow-up of an action done should have changed; what cannot stand with what
    is known now.
    """
    facts, questions = session.facts, session.checklist.questions
    remembered = {
        (place.id, question.id): last
        for place in facts.places.values()
        for question in questions.values()
        if question.place is place.kind and (last := memory.of(place, question))
    }
    proposed = {
        key: last.answer for key, last in remembered.items() if key not in facts.answers
    }
    checklist, gauges = session.checklist, session.judge.gauges
    changed: dict[str, tuple[str, str]] = {}
    for step in whole_story(session):
        advice = checklist.recommendations.get(step.recommendation)
        if step.state in DONE and advice:
            gauge = gauges[advice.when.criterion]
            changed |= dict.fromkeys(gauge.names, (step.on, gauge.criterion.title))
    then = with_answers(facts, proposed)
    doubted = above_wholes(session.judge, facts, proposed)
    doubted |= failed_checks(then, checklist)
    again = _Again(session.workspace.world.today(), changed, doubted)
    walk = walk_of(then, checklist)
    new = {place.id for place in facts.places.values() if not memory.had(place)}
    found = (_carried(facts, leg, remembered, again, new) for leg in walk.legs)
    return tuple(one for one in found if one)


def _carried(
    facts: Facts,
    leg: Leg,
    remembered: Mapping[Key, Remembered],
    again: _Again,
    new: Collection[str],
) -> Carried | None:
    known: list[KnownBefore] = []
    stale: list[KnownBefore] = []
    moved, confirmed = [], 0
    for stop in leg.stops:
        last = remembered.get(stop.key)
        now = facts.answers.get(stop.key, ())
        is_given = any(head.provenance is not Provenance.IMPORTED for head in now)
        is_moved = bool(now and last and now[0].value != last.answer.value)
        doubt = again.doubted.get(stop.key, "") if now else ""
        if doubt or (is_moved and not is_given):
            words = [answer_words(stop.question, now[0]), *filter(None, [doubt])]
            if last and is_moved:
                before = answer_words(stop.question, last.answer)
                words.append(f"{before} la dernière fois")
            moved.append(f"{stop.question.label}\u00a0: {', '.join(words)}")
        if is_given:
            confirmed += 1
        elif last and not now:
            why = again.why(stop.key, stop.question, last)
            fact = KnownBefore(stop.key, stop.question, last.answer, why)
            (stale if why else known).append(fact)
    is_new = leg.key in new
    if not (known or stale or moved or confirmed or is_new):
        return None
    return Carried(
        leg.key,
        leg.title,
        tuple(known),
        tuple(stale),
        tuple(moved),
        confirmed,
        is_new=is_new,
    )


def confirm(session: AuditSession, one: Carried) -> int:
    """Record as still true what may be confirmed of a part, in one gesture.

    Returns how many facts; an undo takes all of them back.
    """
    drafts = []
    for fact in one.known:
        answer = fact.answer
        seen = "" if fact.question.whom in PEOPLE else SEEN  # what one looks at
        carried = Answer(
            answer.state, answer.value, Provenance.CARRIED, answer.reason or seen
        )
        drafts.append(changes.answered(session.audit.id, *fact.key, carried))
    if drafts:
        session.record(*drafts)
    return len(drafts)


SEEN = "vu"
"""Reason of what was carried by somebody who looked."""


def is_second(session: AuditSession) -> bool:
    """Say whether an earlier audit of the subject holds answers, and this one none.

    What official lists gave is nobody's answer.
    """
    if _is_begun(session.facts):
        return False
    before = session_before(session)
    return before is not None and _is_begun(before.facts)


def _is_begun(facts: Facts) -> bool:
    heads = chain.from_iterable(facts.answers.values())
    return any(head.provenance is not Provenance.IMPORTED for head in heads)
