"""The card of one question at one place: everything an engineer wants next to it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from diag.answers.types import TYPES, answer_words
from diag.assess.criteria import CriterionJudge
from diag.assess.judge import Judge, judge_of
from diag.assess.results import TOP, Assessment
from diag.assess.spread import concerned, level_phrase, level_words
from diag.assess.words import describe_condition
from diag.audit.answer import Key, companions
from diag.audit.memory import Recollection, Remembered, age
from diag.audit.session import AuditSession
from diag.audit.walk import WalkStop
from diag.journal import subjects
from diag.journal.asks import masked_in
from diag.journal.facts import nearest_base
from diag.journal.heads import agreeing, differing
from diag.journal.records import photos_of
from diag.journal.revision import Revision
from diag.model.audit import Answer
from diag.model.checklist import Checklist, Criterion, Question, RegisteredSource
from diag.model.enums import Provenance, Standing, State
from diag.rules.expressions import (
    Aggregate,
    ChoiceId,
    CompareNode,
    Constant,
    Months,
    NameNode,
    walk,
)
from diag.words.dates import day_of, day_words, later
from diag.words.vocabulary import LEVELS, MASKED, PROVENANCES


@dataclass(frozen=True, slots=True)
class Threshold:
    """What one level asks for."""

    level: int
    name: str
    asks: str
    """In words; « sinon » for the lowest."""


@dataclass(frozen=True, slots=True)
class Scale:
    """One criterion that reads the fact."""

    criterion: Criterion
    thresholds: tuple[Threshold, ...]
    """From the highest level to the lowest."""
    alone: bool
    """Every level compares this one fact with literals: the answer is placed on it."""
    given: str
    """What must be there first, in words; empty: nothing."""
    low: int
    high: int
    """The levels that the answer leaves possible."""
    now: str
    """The same in words; where it is judged at other places, their mean."""
    out: bool
    """Does not apply here."""
    sources: tuple[RegisteredSource, ...]

    @property
    def level(self) -> int | None:
        """Return the level of today's answer; None while several are possible."""
        return self.low if self.low == self.high and not self.out else None


def _scales_of(
    stop: WalkStop, checklist: Checklist, assessment: Assessment
) -> tuple[Scale, ...]:
    """Return every criterion that judges by a fact, as it stands at a place."""
    judge, scales = judge_of(checklist), list[Scale]()
    for gauge in _gauges_by_question(judge).get(stop.question.id, ()):
        criterion = gauge.criterion
        thresholds, alone = _ladder(judge, criterion.id, stop.question.id)
        result = assessment.criteria[criterion.id]
        here = (each for each in result.verdicts if each.place == stop.place)
        verdict = next(here, result.alone)
        judged = [verdict] if verdict else concerned(result)
        low = min((each.low for each in judged), default=0)
        high = max((each.high for each in judged), default=TOP)
        standing = verdict.standing if verdict else result.standing
        given = ""
        if gauge.given is not None:
            asks = describe_condition(
                gauge.given.root,  # type: ignore[arg-type]  # the loader checked that it is a condition
                checklist.questions,
                stop.question.id,
            )
            given = f"{asks}, sinon {LEVELS[0]}"
        sources = map(checklist.sources.get, criterion.sources)
        scales.append(
            Scale(
                criterion=criterion,
                thresholds=thresholds,
                alone=alone,
                given=given,
                low=low,
                high=high,
                now=level_phrase(low, high)
                if verdict
                else f"en moyenne, {level_words(result)}",
                out=standing is Standing.OUT,
                sources=tuple(filter(None, sources)),
            )
        )
    return tuple(scales)


@lru_cache(maxsize=4)
def _gauges_by_question(judge: Judge) -> Mapping[str, Sequence[CriterionJudge]]:
    """Return the gauges that judge by each question; asked at every key."""
    found: dict[str, list[CriterionJudge]] = {}
    for gauge in judge.gauges.values():
        judging = [rule for _, rule in gauge.levels]
        judging += [gauge.given] if gauge.given else []
        for question in frozenset[str]().union(*(rule.every_name for rule in judging)):
            found.setdefault(question, []).append(gauge)
    return found


@lru_cache(maxsize=1024)
def _ladder(
    judge: Judge, criterion: str, own: str
) -> tuple[tuple[Threshold, ...], bool]:
    """Return what each level asks of a fact, and whether it is alone: never changes."""
    gauge = judge.gauges[criterion]
    # Alone: each rule compares this fact, and nothing else, with literals.
    alone = all(
        {node.id for node in nodes if isinstance(node, NameNode)} == {own}
        and not any(isinstance(node, Aggregate | Months) for node in nodes)
        and all(
            isinstance(side, NameNode | Constant | ChoiceId)
            for node in nodes
            if isinstance(node, CompareNode)
            for side in (node.left, node.right)
        )
        for nodes in ([*walk(rule.root)] for _, rule in gauge.levels)
    )
    asked = judge.checklist.questions
    thresholds = [
        Threshold(level, LEVELS[level], describe_condition(rule.root, asked, own))  # type: ignore[arg-type]  # the loader checked that a level is a condition
        for level, rule in gauge.levels
    ]
    return (*thresholds, Threshold(0, LEVELS[0], "sinon")), alone


@dataclass(frozen=True, slots=True)
class StandingAnswer:
    """One answer that stands, in words."""

    words: str
    how: str
    """« mesuré », « constaté »…; empty when nothing is known."""
    who: str
    day: str
    answer: Answer
    confirmed: str = ""
    """« confirmé par 2 », where several people said it apart; empty for one."""


_EVIDENCES = (Provenance.MEASURED, Provenance.OBSERVED, Provenance.DECLARED)


@dataclass(frozen=True, slots=True)
class Turn:
    """One change of an answer."""

    who: str
    at: int
    before: str
    """What it replaced, in words; empty for a first answer."""
    after: str
    answer: Answer | None
    """None when it takes the answer away."""


@dataclass(frozen=True, slots=True)
class QuestionCard:
    """One question at one place."""

    stop: WalkStop
    where: tuple[str, ...]
    """Names of the places that hold it, the widest first, the school left out."""
    expected: str
    """What an answer looks like; empty where the choices are enough."""
    said: tuple[StandingAnswer, ...]
    """Nothing, one answer, or the candidates of a conflict."""
    base: str
    """In a conflict, what both started from; empty when nothing."""
    notes: tuple[str, ...]
    """What is noted here: observations, and the notes of before beside the answer."""
    scales: tuple[Scale, ...]
    last: Remembered | None
    """The answer of the previous audit, or of another school of the commune."""
    last_words: str
    """The same in words, with its age."""
    stale: str
    """Why today's answer is to be asked again; empty when it is fresh."""
    diverging: tuple[str, ...]
    trail: tuple[Turn, ...]
    photos: tuple[str, ...] = ()
    """Names of the photos attached here."""
    together: tuple[str, ...] = ()
    """What else may be typed in the same gesture, after « + »."""

    @property
    def question(self) -> Question:
        """The question."""
        return self.stop.question

    @property
    def in_conflict(self) -> bool:
        """Return whether people differ."""
        return len(self.said) > 1

    @property
    def answer(self) -> Answer | None:
        """Return the one answer that stands."""
        return self.said[0].answer if len(self.said) == 1 else None


def card_of(
    session: AuditSession, stop: WalkStop, memory: Recollection | None = None
) -> QuestionCard:
    """Return the card of one question, as things stand."""
    question, today = stop.question, session.workspace.world.today()
    place = session.facts.places[stop.place]
    trail = _trail_of(session, stop.key, question)
    last = memory.of(place, question) if memory else None
    stale = ""
    if question.stale_after and stop.heads:
        oldest = min(day_of(head.at) for head in stop.heads)
        if later(oldest, question.stale_after) <= today:
            stale = f"réponse donnée {age(oldest, today)}, à redemander"
    # What may be typed after the answer: a last key records a closed one.
    scope = session.judge.reading(session.facts).scope(stop.place)
    is_closed = TYPES[question.type].is_closed
    others = () if is_closed else companions(session.checklist, question.id)
    return QuestionCard(
        stop=stop,
        where=tuple(_where(session, stop.place)),
        expected=TYPES[question.type].wanted(question),
        said=tuple(_standing_answer(session, stop, head) for head in stop.heads),
        base=_base(session, stop, trail) if len(stop.heads) > 1 else "",
        notes=(
            *session.facts.notes.get(stop.key, ()),
            *(
                seen.text
                for seen in session.observations
                if (seen.place, seen.question) == stop.key
            ),
        ),
        scales=_scales_of(stop, session.checklist, session.judged),
        last=last,
        last_words=last.describe(question, today) if last else "",
        stale=stale,
        diverging=_divergences(trail),
        trail=trail,
        photos=tuple(
            photo.caption or f"photo {rank}"
            for rank, photo in enumerate(
                photos_of(session.workspace.journal, session.audit.id), 1
            )
            if (photo.place, photo.question) == stop.key
        ),
        together=tuple(
            each.label for each in others if scope.relevance(each.id) is not False
        ),
    )


def _where(session: AuditSession, ident: str) -> Iterator[str]:
    place = session.facts.places[ident]
    if place.parent is not None:
        yield from _where(session, place.parent)
        yield place.name


def _standing_answer(
    session: AuditSession, stop: WalkStop, head: Answer
) -> StandingAnswer:
    known = head.state is State.KNOWN
    journal, subject = session.workspace.journal, subjects.answer(*stop.key)
    people = agreeing(journal.current(session.audit.id, subject), head.revision)
    return StandingAnswer(
        words=answer_words(stop.question, head),
        how=PROVENANCES[head.provenance] if known else "",
        who=session.workspace.settings.name_of(head.author),
        day=day_words(head.at),
        answer=head,
        confirmed=f"confirmé par {len(people)}" if len(people) > 1 else "",
    )


def _base(session: AuditSession, stop: WalkStop, trail: Sequence[Turn]) -> str:
    """Return what both sides of a conflict started from, in words."""
    journal, audit = session.workspace.journal, session.audit.id
    subject = subjects.answer(*stop.key)
    heads = differing(journal.current(audit, subject))
    history = journal.history(audit, subject)
    base = nearest_base(history, [head.id for head in heads])
    if base is None:
        return ""
    return next(
        turn.after
        for one, turn in zip(history, trail, strict=True)
        if one.id == base.id
    )


def _trail_of(session: AuditSession, key: Key, question: Question) -> tuple[Turn, ...]:
    """Return every change of one answer, the oldest first."""
    revisions = session.workspace.journal.history(
        session.audit.id, subjects.answer(*key)
    )
    masked = masked_in(session.workspace.journal, session.audit.id)
    words: dict[str, str] = {}
    for one in revisions:
        answer = read_answer(one)
        current = answer_words(question, answer) if answer else "retiré"
        current = MASKED if one.key in masked else current
        words[one.id] = "effacé" if one.erased else current
    name_of = session.workspace.settings.name_of if revisions else str
    return tuple(
        Turn(
            who=name_of(one.author),
            at=one.at,
            before=" ou ".join(words[each] for each in one.parents if each in words),
            after=words[one.id],
            answer=read_answer(one),
        )
        for one in revisions
    )


def _divergences(trail: Sequence[Turn]) -> tuple[str, ...]:
    """Return what was measured, seen and declared, when it differs; else nothing."""
    last: dict[Provenance, Turn] = {}
    for turn in trail:
        if turn.answer and turn.answer.state is State.KNOWN:
            last[turn.answer.provenance] = turn
    kept = [last[each] for each in _EVIDENCES if each in last]
    if len({turn.after for turn in kept}) <= 1:
        return ()
    return tuple(
        f"{PROVENANCES[turn.answer.provenance]} : {turn.after} "
        f"({turn.who}, {day_words(turn.at)})"
        for turn in kept
        if turn.answer
    )


def read_answer(revision: Revision) -> Answer | None:
    """Return the answer that a revision gives; None when it is none that is known."""
    body: Any = revision.value
    try:
        value = body.get("value")
        return Answer(
            State(body["state"]),
            tuple(map(str, value)) if isinstance(value, list) else value,
            Provenance(body["provenance"]),
            str(body.get("reason", "")),
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
