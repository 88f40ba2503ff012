"""Actions grouped in votes: one class, one trade, one place, one budget each.

A council votes few things, each with its object, its price and its year. What is a
danger, costs nothing or is small takes no vote; what nobody can price waits. Pure: the
words come after.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations

from diag.assess.judge import judge_for
from diag.assess.plan import Action, Plan
from diag.assess.questions import (
    NextQuestion,
    next_questions,
    undecided_places,
)
from diag.assess.results import Assessment
from diag.assess.terms import DUE, Terms, cured_by, dearest
from diag.model.audit import Facts
from diag.model.checklist import Checklist
from diag.model.enums import (
    Aside,
    Compliance,
    Kind,
    Nature,
    Party,
    Pending,
    PlaceKind,
    State,
    Trade,
)
from diag.model.votes import VOTES, Spent, Tier

QUESTIONS = 5
"""So many questions are put instead of votes."""

LEFT = 1
"""At most so many obligations of the reader may be left to check."""

INVENTORY = "inventaire"
"""The question that says what the devices were counted from."""

_LISTED = (PlaceKind.SALLE, PlaceKind.LOT)
_INSIDE = frozenset({PlaceKind.BATIMENT, *_LISTED})


@dataclass(frozen=True, slots=True)
class Lacks:
    """What is not known yet of a school, and should be before anything is voted."""

    lists: tuple[PlaceKind, ...]
    """Kinds of places whose list is not closed."""
    dangers: tuple[tuple[str, str], ...]
    """Place and question, where nobody looked for a danger."""
    obligations: tuple[str, ...]
    """Criteria, where more than one law that binds the reader is to be checked."""
    places: Mapping[str, frozenset[str]]
    """Criterion that may be of class 3 or above → places where it is not known."""
    inventory: bool
    """Whether nobody said what the devices were counted from."""

    def __bool__(self) -> bool:
        """Say whether anything is."""
        return bool(
            self.lists
            or self.dangers
            or self.obligations
            or self.places
            or self.inventory
        )


def lacks_of(
    facts: Facts, checklist: Checklist, assessment: Assessment, party: Party
) -> Lacks:
    """Return what a council lacks to decide; only a school has rooms to look at."""
    is_school = facts.places[facts.root].kind is PlaceKind.ECOLE
    lawful = [
        one
        for one in assessment.criteria.values()
        if one.criterion.kind is Kind.COMPLIANCE
        and one.criterion.nature is Nature.LOI
        and one.is_read
        and party in one.criterion.binds
    ]
    is_counted = facts.known(facts.root, INVENTORY) is not None
    asked = {one.place for one in checklist.questions.values()}
    unsettled = tuple(
        one.criterion.id for one in lawful if one.compliance is Compliance.A_VERIFIER
    )
    return Lacks(
        lists=tuple(
            one
            for one in _LISTED
            if is_school and one in asked and one not in facts.closed
        ),
        dangers=tuple(unseen_dangers(facts, checklist)),
        obligations=unsettled if len(unsettled) > LEFT else (),
        places={
            one.criterion.id: places
            for one in assessment.criteria.values()
            if one.criterion.place in _INSIDE
            and (one.criterion.kind is Kind.BLOCKING or one in lawful)
            and (places := undecided_places(one))
        },
        inventory=is_school and INVENTORY in checklist.questions and not is_counted,
    )


def opening_questions(
    facts: Facts,
    checklist: Checklist,
    assessment: Assessment,
    opens: Callable[[str], bool],
) -> tuple[tuple[NextQuestion, str], ...]:
    """Return the first questions that would open a vote, each with an action.

    In the order in which one asks them; `opens` is whether an action may be voted.
    One question is put once, wherever else it is still open.
    """
    judge = judge_for(facts, checklist)
    costly: dict[str, list[str]] = {}
    for advice in assessment.advice:
        ident = advice.recommendation.id
        if not advice.alone.free and opens(ident):
            costly.setdefault(advice.recommendation.when.criterion, []).append(ident)
    led_to: dict[str, str] = {}
    for name in judge.checklist.questions:
        for criterion in judge.readers.readers(name):
            for action in costly.get(criterion, ()):
                led_to.setdefault(name, action)
    found: dict[str, tuple[NextQuestion, str]] = {}
    for many in (_FIRST, _ALL):
        every = next_questions(
            facts, checklist, many, assessment=assessment, among=led_to
        )
        for each in every:
            found.setdefault(each.question.id, (each, led_to[each.question.id]))
        if len(found) >= QUESTIONS:
            break
    return tuple(found.values())[:QUESTIONS]


_FIRST, _ALL = 50, 10_000
"""A question may come back in every room: so many hold enough of them most often."""


def unseen_dangers(facts: Facts, checklist: Checklist) -> Iterator[tuple[str, str]]:
    """Yield where nobody looked for a danger yet: a place and its question."""
    reading = judge_for(facts, checklist).reading(facts)
    for question in checklist.questions.values():
        for place in facts.places.values() if question.danger else ():
            if place.kind is question.place:
                scope = reading.scope(place.id)
                applies = scope.relevance(question.id) is not False
                states = [one.state for one in scope.heads(question.id)]
                is_seen = states in ([State.KNOWN], [State.NOT_APPLICABLE])
                if applies and not is_seen:
                    yield place.id, question.id


SMALL = 500
"""Euros with tax under which open credits pay, outside what a law or a date asks."""

WIDE = 10
"""How many times the lowest price the highest may be, for something to be voted."""


@dataclass(frozen=True, slots=True)
class Motion:
    """Actions that are voted together, or that take no vote together."""

    tier: Tier
    trade: Trade | None
    year: int
    actions: tuple[Action, ...]
    """The dearest first."""
    spent: Spent

    @property
    def lead(self) -> Action:
        """The dearest action: its title is that of the vote."""
        return self.actions[0]

    @property
    def due(self) -> date | None:
        """The first day on which one of its actions is due, within its budget."""
        days = [one.due for one in self.actions if one.due]
        return min((day for day in days if day.year == self.year), default=None)

    @property
    def order(self) -> tuple[int, int, str]:
        """What sorts votes: the class, the dearest, its name; nothing else."""
        return self.tier, -self.spent.net, self.lead.id


@dataclass(frozen=True, slots=True)
class Unvoted:
    """Actions that take no vote, and why."""

    why: Aside
    motion: Motion


@dataclass(frozen=True, slots=True)
class Unpriced:
    """What cannot be voted yet: an action, or a finding that none cures now."""

    why: Pending
    tier: Tier
    action: Action | None
    criterion: str


@dataclass(frozen=True, slots=True)
class Ballot:
    """What a council votes, in order; what it does not; what cannot be voted yet."""

    motions: tuple[Motion, ...]
    aside: tuple[Unvoted, ...]
    pending: tuple[Unpriced, ...]


def ballot_of(
    plan: Plan,
    terms: Terms,
    joins: Mapping[str, str] | None = None,
) -> Ballot:
    """Return the votes that a plan asks for, on the terms of an audit.

    `joins`: an action → the one whose vote it joins, or itself for a vote apart.
    """
    years = {one.id: terms.year(one) for one in plan.actions}
    moved = True
    while moved:
        moved = False
        for one in plan.actions:
            first = [years[each] for each in one.advice.waits_for if each in years]
            if max(first, default=0) > years[one.id]:
                years[one.id], moved = max(first), True
    asked: list[Action] = []
    aside: list[Unvoted] = []
    pending: list[Unpriced] = []
    for one in plan.actions:
        match _held_back(one, years[one.id], terms):
            case Aside() as why:
                aside.append(Unvoted(why, _motion([one], years[one.id], terms)))
            case Pending() as why:
                criterion = one.advice.recommendation.when.criterion
                pending.append(Unpriced(why, terms.tier(one), one, criterion))
            case None:
                asked.append(one)
    motions = _few(_grouped(asked, years, terms, joins or {}), terms, joins or {})
    motions = _after_cures(motions, terms)
    small = [one for one in motions if _is_small(one)]
    aside += [Unvoted(Aside.SMALL, one) for one in small]
    named = {
        name
        for one in (
            *asked,
            *(action for each in aside for action in each.motion.actions),
            *(each.action for each in pending if each.action),
        )
        for name in cured_by(one, terms.checklist)
    }
    pending += _unseen(plan, terms, named)
    voted = sorted(
        (one for one in motions if one not in small), key=lambda one: one.order
    )
    return Ballot(tuple(voted), tuple(aside), tuple(pending))


def _held_back(action: Action, year: int, terms: Terms) -> Aside | Pending | None:
    """Return why an action takes no vote, or cannot be priced; None: it is voted."""
    advice, lines = action.advice, action.advice.cost.digital.lines
    least = sum(one.ttc.minimum for one in lines)
    known = [most for one in lines if (most := dearest(one)) is not None]
    is_counted = len(known) == len(lines) and any(one.ttc.low for one in lines)
    reasons: tuple[tuple[Aside | Pending, object], ...] = (
        (Aside.DANGER, advice.is_danger),
        (Aside.OTHERS, not terms.has_part(action)),
        (Aside.DECIDED, not action.undecided),
        (Aside.INCLUDED, advice.cost.free and advice.shared),
        (Aside.FREE, advice.cost.free),
        (Pending.WORKS, not lines),
        (Pending.LATER, year > terms.budgets[-1]),
        (Pending.QUANTITY, not is_counted),
        (Pending.PRICE, sum(known) > WIDE * least),
    )
    return next((why for why, holds in reasons if holds), None)


def _grouped(
    actions: Sequence[Action],
    years: Mapping[str, int],
    terms: Terms,
    joins: Mapping[str, str],
) -> list[Motion]:
    usual: dict[str, tuple[object, ...]] = {
        one.id: (
            terms.tier(one),
            one.advice.recommendation.trade,
            terms.building(one),
            years[one.id],
        )
        for one in actions
    }
    for ident, other in joins.items():
        if ident == other and ident in usual:
            usual[ident] = usual[ident][0], ident
    found: dict[tuple[object, ...], list[Action]] = {}
    for one in actions:
        key = usual[one.id]
        joined = usual.get(joins.get(one.id, ""), key)
        found.setdefault(joined if joined[0] == key[0] else key, []).append(one)
    return [
        _motion(group, max(years[one.id] for one in group), terms)
        for group in found.values()
    ]


def _motion(actions: Sequence[Action], year: int, terms: Terms) -> Motion:
    def rank(action: Action) -> tuple[int, str]:
        return -terms.spent([action], year).gross, action.id

    ranked = tuple(sorted(actions, key=rank))
    trades = {one.advice.recommendation.trade for one in ranked}
    others = not terms.has_part(ranked[0])
    return Motion(
        tier=min(terms.tier(one) for one in ranked),
        trade=ranked[0].advice.recommendation.trade if len(trades) == 1 else None,
        year=year,
        actions=ranked,
        spent=Spent() if others else terms.spent(ranked, year),
    )


def _is_small(motion: Motion) -> bool:
    return motion.tier != DUE and motion.spent.gross < SMALL


def _few(
    motions: Sequence[Motion], terms: Terms, joins: Mapping[str, str]
) -> list[Motion]:
    """Return twelve votes at most: the smallest two of a class become one.

    What a person grouped, and what a law or a date asks, while others are left, is not.
    """
    by_hand = {*joins, *joins.values()}

    def size(pair: tuple[Motion, Motion]) -> tuple[int, int, str]:
        one, other = pair
        named = (each.id for each in (*one.actions, *other.actions))
        spared = 2 * any(each in by_hand for each in named) + (one.tier == DUE)
        return spared, one.spent.net + other.spent.net, one.lead.id

    small = [one for one in motions if _is_small(one)]
    left = [one for one in motions if not _is_small(one)]
    while len(left) > VOTES:
        ordered = sorted(left, key=lambda one: (one.tier, one.spent.net, one.lead.id))
        pairs = (two for two in combinations(ordered, 2) if two[0].tier == two[1].tier)
        one, other = min(pairs, key=size)
        merged = _motion(
            (*one.actions, *other.actions), max(one.year, other.year), terms
        )
        left = [each for each in left if each not in (one, other)]
        left.append(merged)
    return [*left, *small]


def _after_cures(motions: Sequence[Motion], terms: Terms) -> list[Motion]:
    """Return votes none of which is paid before one that its actions wait for."""
    left = list(motions)
    moved = True
    while moved:
        moved = False
        years = {each.id: one.year for one in left for each in one.actions}
        for at, one in enumerate(left):
            waits = (name for each in one.actions for name in each.advice.waits_for)
            first = max((years.get(name, 0) for name in waits), default=0)
            if first > one.year:
                spent = terms.spent(one.actions, first)
                left[at], moved = replace(one, year=first, spent=spent), True
    return left


def _unseen(plan: Plan, terms: Terms, named: Iterable[str]) -> Iterator[Unpriced]:
    """Give what falls short and no line above names: none is ever dropped."""
    seen = frozenset(named)
    for criterion, tier in terms.findings.items():
        if criterion in seen:
            continue
        why, cure = Pending.NO_ACTION, None
        for found, some in (
            (Pending.CLOSED, plan.closed),
            (Pending.TO_CONFIRM, plan.to_confirm),
        ):
            for one in some:
                if criterion in cured_by(one, terms.checklist):
                    why, cure = found, one
        yield Unpriced(why, tier, cure, criterion)
