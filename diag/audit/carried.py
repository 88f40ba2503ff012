"""The second audit by difference: what stays true at a glance, what is asked again.

Nothing is carried unless somebody confirms it, part of the walk after part of the walk.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import NamedTuple

from diag.answers.types import answer_words
from diag.assess.facts import with_answers
from diag.audit.consistency import above_wholes, failed_checks
from diag.audit.memory import Memory, Remembered, session_before, whole_story
from diag.audit.session import AuditSession
from diag.audit.walk import Key, Leg, walk_of
from diag.journal import changes
from diag.model.checklist import PEOPLE, Question
from diag.model.enums import FollowUpState, Provenance
from diag.model.fact import Answer, Facts
from diag.words.dates import later
from diag.words.sentences import counted

MEASURES_LAST = "P12M"
"""How long a measure is believed, whatever its question says: trade knowledge."""

_DONE = {FollowUpState.FAITE, FollowUpState.VERIFIEE}


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
    """What official lists say otherwise now, and what cannot stand with it: « 28
    élèves, 24 la dernière fois », « vous avez 6 salles de classe »."""
    confirmed: int
    """How many facts were given again, or confirmed, in this audit."""
    is_new: bool
    """Whether it is a place that the audit before did not have."""

    @property
    def reasons(self) -> str:
        """Return why some of it is asked again, in words."""
        if self.is_new:
            return "nouveau lieu"
        whys = Counter(each.why for each in self.stale)
        counts = [
            counted(many, why, _SEVERAL[why]) if why in _SEVERAL else why
            for why, many in whys.items()
        ]
        return ", ".join((*self.moved, *counts))


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
    again = _Again(
        session.workspace.world.today(),
        _followed(session),
        {
            **above_wholes(session.judge, facts, proposed),
            **failed_checks(with_answers(facts, proposed), session.checklist),
        },
    )
    walk = walk_of(with_answers(facts, proposed), session.checklist)
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
        if now and stop.key in again.doubted:
            moved.append(again.doubted[stop.key])
        if is_given:
            confirmed += 1
        elif now and last and now[0].value != last.answer.value:
            is_, was = (
                answer_words(stop.question, one) for one in (now[0], last.answer)
            )
            moved.append(f"{is_}, {was} la dernière fois")
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


def _followed(session: AuditSession) -> dict[str, tuple[str, str]]:
    """Return what the actions declared done should have changed, and when they were."""
    checklist, gauges = session.checklist, session.judge.gauges
    found: dict[str, tuple[str, str]] = {}
    for step in whole_story(session):
        advice = checklist.recommendations.get(step.recommendation)
        if step.state in _DONE and advice:
            gauge = gauges[advice.when.criterion]
            found |= dict.fromkeys(gauge.names, (step.on, gauge.criterion.title))
    return found


def confirm(session: AuditSession, one: Carried) -> int:
    """Record as still true what may be confirmed of a part, in one gesture.

    Returns how many facts; an undo takes all of them back.
    """
    drafts = [
        changes.answered(session.audit.id, *fact.key, _as_seen(fact))
        for fact in one.known
    ]
    if drafts:
        session.record(*drafts)
    return len(drafts)


def _as_seen(fact: KnownBefore) -> Answer:
    """Return an answer carried; what one looks at was seen."""
    seen = "" if fact.question.whom in PEOPLE else SEEN
    answer = fact.answer
    return Answer(answer.state, answer.value, Provenance.CARRIED, answer.reason or seen)


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
