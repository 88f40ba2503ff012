"""Which questions apply at each place, and which to ask next."""

from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from heapq import nsmallest
from statistics import median
from types import MappingProxyType
from typing import NamedTuple

from diag.answers.types import TYPES
from diag.assess.criteria import Averages, Member, compliance_at, member
from diag.assess.facts import FactsReading, PlaceScope
from diag.assess.judge import Judge, judge_for
from diag.assess.results import Advice, Assessment, CriterionResult, Verdict
from diag.model.audit import Answer, Facts
from diag.model.checklist import Checklist, Criterion, Question
from diag.model.enums import (
    Compliance,
    Kind,
    Moment,
    PlaceKind,
    Profile,
    Provenance,
    Standing,
    State,
)
from diag.rules.expressions import Exact, Truth

_ASKED, _AGAIN, _MEASURED = 10, 4, 60
"""Seconds that a question takes, that it takes again in another room, that a measure
takes: trade knowledge."""

_BEFORE = frozenset({
    Moment.IMPORT,
    Moment.BUREAU,
    Moment.MAIRIE,
    Moment.PRESTATAIRE,
    Moment.DIRECTION,
    Moment.EQUIPE,
})
"""Moments that take nobody's time on the spot."""


class Timed(NamedTuple):
    """How long somebody took to answer a question."""

    question: str
    again: bool
    """Whether it had been answered at another place of the same audit."""
    milliseconds: int


Pace = Mapping[tuple[str, bool], int]
"""Seconds that a question took people, the first time or `again`."""

AUTHORS: Pace = MappingProxyType({})
"""Nobody was timed: what authors say holds."""

TIMED, OF_ONE = 200, 10
"""So many answers timed in all, so many of one question, before its median counts:
trade knowledge."""


def pace_of(timed: Iterable[Timed]) -> Pace:
    """Return the median of each question that was timed often enough, 1 at least."""
    by_question: dict[tuple[str, bool], list[int]] = {}
    for one in timed:
        key = one.question, one.again
        by_question.setdefault(key, []).append(one.milliseconds)
    if sum(map(len, by_question.values())) < TIMED:
        return AUTHORS
    return {
        key: max(1, round(median(taken) / 1000))
        for key, taken in by_question.items()
        if len(taken) >= OF_ONE
    }


def seconds_of(question: Question, *, again: bool = False, pace: Pace = AUTHORS) -> int:
    """Return the seconds that a question takes, or takes `again` at another place."""
    if (question.id, again) in pace:
        return pace[question.id, again]
    if question.seconds is None:
        if question.provenance[0] is Provenance.MEASURED:
            return _MEASURED
        return _AGAIN if again else _ASKED
    if again and question.seconds_again is not None:
        return question.seconds_again
    return question.seconds


def is_on_site(question: Question) -> bool:
    """Say whether it is collected on the spot, not before on a form or at a desk."""
    return question.moment not in _BEFORE


class Asked(NamedTuple):
    """A question that applies at a place, or may."""

    place: str
    question: Question
    relevant: Truth
    """True, or None: whether it applies is not known yet."""
    heads: tuple[Answer, ...]
    """What was answered: nothing, one answer, or a conflict."""

    @property
    def is_settled(self) -> bool:
        """Say whether nothing is left to learn: one answer that is not « inconnu ».

        A « sans objet » that the question does not have is to be given again.
        """
        return _is_settled(self.question, self.heads)


class NextQuestion(NamedTuple):
    """A question left, and why it comes where it does."""

    place: str
    question: Question
    relevant: Truth
    urgency: int
    """0 danger; 1 it leads to a rule to be checked; 2 a gate; 3 it leads to a blocking
    criterion that is undecided; 4 the rest."""
    stake: Fraction
    """By how much the overall interval would narrow if all that it leads to here stood
    at its low, as a ratio."""
    cents: Fraction | None
    """How far apart the costs are of what it leads to; None: unbounded."""
    seconds: int
    """How long it takes here, one at least."""


def relevant_questions(
    facts: Facts,
    checklist: Checklist,
    place: str | None = None,
    *,
    profile: Profile = Profile.FULL,
    also: Collection[tuple[str, str]] = (),
    among: Container[str] | None = None,
) -> tuple[Asked, ...]:
    """Return what applies at each place, or at one, in the order of a walk.

    A shorter profile leaves questions out, save those that were answered or flagged
    all the same, and those of `also`. A question that the choices of another answer is
    asked through it, until one of them is answered. Only those `among` are looked at.
    """
    judge = judge_for(facts, checklist)
    reading = judge.reading(facts)
    return tuple(
        each
        for each in _asked(
            judge,
            reading,
            (
                one
                for one in judge.checklist.questions.values()
                if among is None or one.id in among
            ),
            {*facts.flags, *also},
            place,
        )
        if profile.asks(judge.profiles[each.question.id])
        or each.heads
        or (each.place, each.question.id) in facts.flags
        or (each.place, each.question.id) in also
    )


def next_questions(
    facts: Facts,
    checklist: Checklist,
    limit: int,
    *,
    profile: Profile = Profile.FULL,
    assessment: Assessment | None = None,
    pace: Pace = AUTHORS,
    among: Container[str] | None = None,
) -> tuple[NextQuestion, ...]:
    """Return the questions left, in the order in which to ask them, `limit` at most.

    By class, then by stake per second, then by what is at stake in money, then as one
    walks. What was refused is not asked again. `assessment` is that of these facts, if
    known; `pace` is how long questions took people. Only those `among` are looked at.
    """
    judge = judge_for(facts, checklist)
    judged = assessment or judge.assess(facts)
    leads = _Leads(judge, judge.reading(facts), judged, pace)
    profiles = {each for each in Profile if profile.asks(each)}
    askable = [
        question
        for question in judge.checklist.questions.values()
        if (among is None or question.id in among)
        and judge.profiles[question.id] in profiles
        and TYPES[question.type].is_readable
    ]
    by_class: dict[int, list[Asked]] = {}
    for asked in _asked(judge, leads.reading, askable, facts.flags, is_left=True):
        by_class.setdefault(leads.urgency(asked), []).append(asked)
    found: list[NextQuestion] = []
    for urgency in sorted(by_class):
        if len(found) < limit:
            best = nsmallest(limit - len(found), by_class[urgency], key=leads.rank)
            found += [leads.weighed(each, urgency) for each in best]
    return tuple(found)


def _asked(
    judge: Judge,
    reading: FactsReading,
    questions: Iterable[Question],
    apart: Collection[tuple[str, str]],
    place: str | None = None,
    *,
    is_left: bool = False,
) -> Iterator[Asked]:
    """Yield what applies; what another question answers too is left to it.

    Those set `apart` are asked by themselves; `is_left`: what is settled is passed by.
    """
    leaders, answers = judge.leaders, reading.facts.answers
    led_by = {leader: fact for fact, leader in leaders.items()}
    asked: dict[PlaceKind, list[Question]] = {}
    for question in questions:
        asked.setdefault(question.place, []).append(question)
    for ident in reading.tree.kinds if place is None else (place,):
        scope = reading.scope(ident)
        for question in asked.get(scope.kind, ()):
            name = question.id
            heads = answers.get((ident, name), ())
            if is_left and heads and _is_settled(question, heads):
                continue
            if (
                name in leaders
                and (ident, name) not in apart
                and _is_led(judge, scope, name)
            ):
                continue
            relevant = scope.relevance(name) if question.relevant else True
            fact = led_by.get(name) if relevant is None else None
            if fact and _is_led(judge, scope, fact):
                relevant = scope.relevance(fact)
            if relevant is not False:
                yield Asked(ident, question, relevant, heads)


def _is_settled(question: Question, heads: Sequence[Answer]) -> bool:
    if len(heads) != 1:
        return False
    state = heads[0].state
    is_void = state is State.NOT_APPLICABLE
    return state is not State.UNKNOWN and (question.void or not is_void)


def _is_led(judge: Judge, scope: PlaceScope, fact: str) -> bool:
    """Say whether a fact is still open, and its leader's choices answer it too."""
    leader = judge.leaders.get(fact)
    return (
        leader is not None
        and not scope.heads(fact)
        and not scope.heads(leader)
        and scope.relevance(leader) is not False
    )


_Class = tuple[int, Sequence[tuple[int, frozenset[str]]] | None]
"""The class of a question that leads to nothing undecided, and a better one where it
leads to an undecided verdict at one of some places; None: those differ by place."""


_Moves = tuple[tuple[str, ...] | str, str]
"""The criteria that a question moves near its place, else its id; its place."""


_Rank = tuple[Fraction, bool, Fraction]
"""Stake a second, whether that in money is bounded, and that in money: mirrored."""


_Spread = tuple[frozenset[str], Exact | None]
"""Where an action fires or may, and how far apart its costs are."""


class _Leads:
    """One assessment, and what each answer leads to: here, inside or above."""

    def __init__(
        self, judge: Judge, reading: FactsReading, assessment: Assessment, pace: Pace
    ) -> None:
        self.reading = reading
        """The facts as they are."""
        self._judge, self._pace = judge, pace
        self._known = {question for _, question in reading.facts.answers}
        """Questions answered somewhere: at another place they take less."""
        self._results = assessment.criteria
        self._highs = Averages(assessment.domains, high=True)
        self._undecided = {
            ident: places
            for ident, result in assessment.criteria.items()
            if (places := undecided_places(result))
        }
        self._ranks: dict[tuple[*_Moves, int], _Rank] = {}
        self._stakes: dict[_Moves, tuple[Fraction, Fraction | None]] = {}
        self._classes: dict[str, _Class] = {}
        self._by_place: dict[str, Mapping[str, Verdict]] = {}
        self._spreads: dict[str, Sequence[_Spread]] = {}
        self._narrowed: dict[tuple[object, ...], Fraction] = {}
        self._advice: dict[str, list[Advice]] = {}
        for advice in assessment.advice:
            criterion = advice.recommendation.when.criterion
            self._advice.setdefault(criterion, []).append(advice)

    def urgency(self, asked: Asked) -> int:
        """Return the class of a question at a place."""
        question = asked.question
        found = self._classes.get(question.id)
        if found is None:
            is_gate = not self._judge.gates.isdisjoint(self._judge.written[question.id])
            moved = self._judge.moved_near.get(question.id)
            found = 2 if is_gate else 4, None  # it decides what is asked elsewhere
            if question.danger:
                found = 0, ()
            elif moved is not None:
                near_by = [
                    (self._urgency_of(each), self._undecided[each])
                    for each in moved
                    if each in self._undecided
                ]
                found = found[0], near_by
            self._classes[question.id] = found
        best, waiting = found
        if waiting is None:
            far = (
                self._urgency_of(ident)
                for ident, near in self._near_to(asked).items()
                if not near.isdisjoint(self._undecided.get(ident, ()))
            )
            return min((best, *far))
        if waiting:
            near = self.reading.tree.near(asked.place)
            for urgency, places in waiting:
                if urgency < best and not near.isdisjoint(places):
                    best = urgency
        return best

    def _urgency_of(self, criterion: str) -> int:
        is_law = self._results[criterion].criterion.kind is Kind.COMPLIANCE
        return 1 if is_law else 3

    def rank(self, asked: Asked) -> _Rank:
        """Return what sorts a question among those of its class, the best least."""
        seconds = self._seconds(asked)
        key = (*self._moves(asked), seconds)
        found = self._ranks.get(key)
        if found is None:
            stake, cents = self._at_stake(asked)
            least = -cents if cents else _NONE
            found = self._ranks[key] = stake / -seconds, cents is not None, least
        return found

    def _seconds(self, asked: Asked) -> int:
        question = asked.question
        again = question.id in self._known
        return max(1, seconds_of(question, again=again, pace=self._pace))

    def weighed(self, asked: Asked, urgency: int) -> NextQuestion:
        """Return a question with what is at stake."""
        stake, cents = self._at_stake(asked)
        return NextQuestion(
            asked.place,
            asked.question,
            asked.relevant,
            urgency,
            stake,
            cents,
            self._seconds(asked),
        )

    def _at_stake(self, asked: Asked) -> tuple[Fraction, Fraction | None]:
        """Return the stake, and that in money: once for all that leads to the same."""
        key = self._moves(asked)
        found = self._stakes.get(key)
        if found is None:
            led_to = tuple(self._led_to(asked))
            found = self._stakes[key] = self._stake(led_to), self._cents(led_to)
        return found

    def _moves(self, asked: Asked) -> _Moves:
        ident = asked.question.id
        return self._judge.moved_near.get(ident, ident), asked.place

    def _near_to(self, asked: Asked) -> Mapping[str, frozenset[str]]:
        """Return the criteria that an answer can move, and the places where it can."""
        tree, readers = self.reading.tree, self._judge.readers
        ident, moved = asked.question.id, self._judge.moved_near
        if ident in moved:
            return dict.fromkeys(moved[ident], tree.near(asked.place))
        # What it writes at its place, and the questions that those decide, where.
        written = {(each, asked.place): None for each in self._judge.written[ident]}
        left = [*written]
        while left:
            name, at = left.pop()
            for other in readers.decided(name):
                kind = self.reading.vocabulary[other].question.place
                for each in tree.near(at):
                    if tree.kinds[each] is kind and (other, each) not in written:
                        written[other, each] = None
                        left.append((other, each))
        found: dict[str, frozenset[str]] = {}
        for question, place in written:
            near = tree.near(place)
            for criterion in readers.readers(question):
                found[criterion] = found.get(criterion, near) | near
        return found

    def _led_to(self, asked: Asked) -> Iterator[tuple[Criterion, tuple[Verdict, ...]]]:
        for ident, near in self._near_to(asked).items():
            verdicts = self._by_place.get(ident)
            if verdicts is None:
                verdicts = self._by_place[ident] = {
                    verdict.place: verdict
                    for verdict in self._results[ident].verdicts
                    if verdict.standing is not Standing.OUT
                }
            here = tuple(verdicts[place] for place in verdicts.keys() & near)
            yield self._results[ident].criterion, here

    def _stake(
        self, led_to: Iterable[tuple[Criterion, tuple[Verdict, ...]]]
    ) -> Fraction:
        """Return the same for all places that stand alike: a mean has no names."""
        wide = [
            (criterion, undecided)
            for criterion, verdicts in led_to
            if criterion.is_averaged
            and (undecided := [each for each in verdicts if each.low < each.high])
        ]
        if not wide:
            return _NONE
        key = tuple(
            (one.id, *(each[2:] for each in verdicts)) for one, verdicts in wide
        )
        found = self._narrowed.get(key)
        if found is None:
            replaced: dict[str, Member | None] = {}
            for criterion, undecided in wide:
                result = self._results[criterion.id]
                places = frozenset(verdict.place for verdict in undecided)
                lowered = [
                    each._replace(high=each.low) if each.place in places else each
                    for each in result.verdicts
                ]
                mean = self._judge.gauges[criterion.id].mean
                counts = mean(lowered, is_open=result.open)
                replaced[criterion.id] = member(criterion.weight, *counts)
            found = self._highs.bound - self._highs.with_members(replaced)
            self._narrowed[key] = found
        return found

    def _cents(
        self, led_to: Iterable[tuple[Criterion, tuple[Verdict, ...]]]
    ) -> Fraction | None:
        total: Exact = 0
        for criterion, verdicts in led_to:
            spreads = self._spreads.get(criterion.id)
            if spreads is None:
                spreads = self._spreads[criterion.id] = [
                    (frozenset(one.place for one in advice.targets), _spread(advice))
                    for advice in self._advice.get(criterion.id, ())
                ]
            for places, spread in spreads:
                if any(verdict.place in places for verdict in verdicts):
                    if spread is None:
                        return None
                    total += spread
        return Fraction(total)


def _spread(advice: Advice) -> Exact | None:
    """Return how far apart the least and the greatest costs are; None: unbounded."""
    total: Exact = 0
    for amount in (advice.alone.once_ht, advice.alone.yearly_ht):
        if amount.high is None:
            return None
        total += amount.high - amount.low
    return total


_NONE = Fraction()


def undecided_places(result: CriterionResult) -> frozenset[str]:
    """Return where a rule is to be checked, or where one does not know if it holds."""
    if result.criterion.kind is Kind.IMPROVEMENT:
        return frozenset()
    conforms_at = result.criterion.conforms_at
    if conforms_at is not None:
        return frozenset(
            verdict.place
            for verdict in result.verdicts
            if compliance_at(verdict, conforms_at) is Compliance.A_VERIFIER
        )
    return frozenset(
        verdict.place
        for verdict in result.verdicts
        if verdict.standing is Standing.MAYBE
        or (verdict.standing is Standing.IN and verdict.low < 1 <= verdict.high)
    )
