"""Searches small made-up schools for what the rules of a checklist cannot do.

A school has the place that a rule is read at, all that holds it, and two places of
each kind that the rule counts. Every fact takes the values where a rule changes its
mind, one step either side, and one in each gap.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial
from itertools import chain, pairwise, product
from random import Random

from diag.answers.types import TYPES, VISIT
from diag.checklist.symbols import read_rule
from diag.model.checklist import Question
from diag.model.enums import Direction, PlaceKind
from diag.rules.evaluate import condition, judge_of
from diag.rules.expressions import (
    ABSENT,
    Arithmetic,
    CompareNode,
    Constant,
    Exact,
    Flag,
    IsAmong,
    Judge,
    NameNode,
    Node,
    OneOf,
    RuleValue,
    Scope,
    Several,
    Span,
    Truth,
    is_at_most,
    maybe_absent,
    names_in,
    point,
    reach,
    subtracted,
    walk,
)
from diag.rules.language import VISIT_DATE, Rule

_PLAIN_NUMBERS = (0, 1, 2, 10)
"""Tried for a fact that enters a calculation, beside the numbers of the rules."""

_WHOLE = ""
"""Key of what a linear form adds to its names."""


def hull(values: Sequence[RuleValue]) -> RuleValue:
    """Return the value that stands for any of several of one name."""
    present = [value for value in values if value is not ABSENT]
    maybe_absent = len(present) < len(values)
    spans = [value for value in present if isinstance(value, Span)]
    ones = [value for value in present if isinstance(value, OneOf)]
    sets = [value for value in present if isinstance(value, Several)]
    if spans:
        ends = [
            end for span in spans for end in (span.low, span.high) if end is not None
        ]
        return Span(min(ends), max(ends), maybe_absent)
    if ones:
        ids = frozenset[str]().union(*(one.ids for one in ones))
        return OneOf(ids, maybe_absent, ones[0].order)
    if sets:
        possible = frozenset[str]().union(*(each.possible for each in sets))
        return Several(frozenset(), possible, maybe_absent)
    return Flag(True, True, maybe_absent) if present else ABSENT


def marks_in(
    parts: Sequence[Node], numbers: Iterable[Node] = ()
) -> dict[str, set[Exact]]:
    """Return the numbers around which rules change their mind, for each name.

    `parts` are all the parts of the rules.

    `3 * n != 711` changes at 237. A name that is computed with others has the
    constants of the rules and a few plain numbers. Rules that give a number change
    their mind at 1: what is counted must reach it.
    """
    compared: list[tuple[Node, Node]] = [
        (part.left, part.right) for part in parts if isinstance(part, CompareNode)
    ]
    compared += [(number, Constant(1, 1)) for number in numbers]
    plain = {part.value for part in parts if isinstance(part, Constant)}
    plain.update(_PLAIN_NUMBERS)
    marks: dict[str, set[Exact]] = {}
    for left, right in compared:
        form = _sum(_linear(left), _scaled(_linear(right), -1))
        names = names_in(left) | names_in(right)
        found = plain
        if form is not None and len(names) <= 1:
            factor = form.get(next(iter(names), _WHOLE), 0)
            root = -Fraction(form.get(_WHOLE, 0)) / factor if factor else None
            found = set() if root is None else {root}
        for name in names:
            near = (mark + step for mark in found for step in (-1, 0, 1))
            marks.setdefault(name, set()).update(near)
    return marks


_Form = dict[str, Exact]
"""A number that adds up names, each times a factor."""


def _linear(node: Node) -> _Form | None:
    match node:
        case NameNode(name):
            return {name: 1}
        case Constant(value):
            return {_WHOLE: value}
        case Arithmetic("+" | "-" as operator, left, right):
            sign = 1 if operator == "+" else -1
            return _sum(_linear(left), _scaled(_linear(right), sign))
        case Arithmetic("*", Constant(factor), term) | Arithmetic(
            "*", term, Constant(factor)
        ):
            return _scaled(_linear(term), factor)
        case Arithmetic("/", term, Constant(factor)) if factor:
            return _scaled(_linear(term), 1 / Fraction(factor))
    return None


def _scaled(form: _Form | None, factor: Exact) -> _Form | None:
    return form and {name: factor * each for name, each in form.items()}


def _sum(one: _Form | None, other: _Form | None) -> _Form | None:
    if one is None or other is None:
        return None
    keys = chain(one, other)
    return {key: one.get(key, 0) + other.get(key, 0) for key in keys}


def seen_apart(
    question: Question, tried: Sequence[RuleValue], parts: Sequence[Node]
) -> tuple[RuleValue, ...]:
    """Return the values of a situation of one choice that some rule parts.

    Those of another fact stay: the steps of a fact that gets better go through all.
    """
    if question.better is not None:
        return tuple(tried)
    name = NameNode(question.id, 1)
    atoms = [
        part
        for part in parts
        if (isinstance(part, IsAmong) and part.question == name)
        or (isinstance(part, CompareNode) and name in {part.left, part.right})
    ]
    if any(len(names_in(atom)) > 1 for atom in atoms):
        return tuple(tried)
    judges = [judge_of(atom) for atom in atoms]
    seen: dict[tuple[Truth, ...], RuleValue] = {}
    for value in tried:
        alone = _Alone(value)
        seen.setdefault(tuple(judge(alone) for judge in judges), value)
    return tuple(seen.values())


@dataclass(frozen=True, slots=True)
class _Alone:
    """A place with one fact."""

    fact: RuleValue

    def value(self, _name: str) -> RuleValue:
        return self.fact

    def inside(self, _kind: object) -> tuple[tuple[Scope, ...], bool]:
        return (), False

    def is_out(self, _name: str) -> bool:
        return False


def moves(
    question: Question, tried: Sequence[RuleValue]
) -> Iterator[tuple[RuleValue, RuleValue]]:
    """Yield each smallest step of a fact that gets better: the worse, the better."""
    present = [value for value in tried if value is not ABSENT]
    match question.better:
        case None:
            return
        case Direction() as direction:
            steps: Iterable[tuple[RuleValue, RuleValue]] = pairwise(present)
            if sets := [value for value in present if isinstance(value, Several)]:
                steps = (
                    (few, many)
                    for few, many in product(sets, sets)
                    if few.sure < many.sure and len(many.sure) == len(few.sure) + 1
                )
            for low, high in steps:
                yield (low, high) if direction is Direction.UP else (high, low)
        case ranks:
            known = {
                ident: value
                for value in present
                if isinstance(value, OneOf)
                for ident in value.ids
            }
            for worse, better in pairwise(ranks):
                for one, other in product(worse, better):
                    if one in known and other in known:
                        yield known[one], known[other]


def raised(value: RuleValue, target: RuleValue, question: Question) -> RuleValue:
    """Return what a fact becomes: the target, unless it was better already."""
    better = question.better
    if value is ABSENT:
        return ABSENT
    is_up = better is Direction.UP
    match value, target:
        case Span(low, high, lacks), Span(least, most) if better:
            ends = _further(low, least, up=is_up), _further(high, most, up=is_up)
            return Span(*ends, lacks)
        case Flag(), Flag(can_be_true) if better:
            return target if can_be_true is is_up else value
        case Several(sure, possible, lacks), Several(wanted) if better:
            joined = frozenset.union if is_up else frozenset.intersection
            return Several(joined(sure, wanted), joined(possible, wanted), lacks)
        case OneOf(ids, lacks, order), OneOf(wanted) if isinstance(better, tuple):
            (goal,) = wanted
            reached = (
                max(
                    (one, goal),
                    key=partial(
                        lambda ranks, ident: next(
                            (at for at, rank in enumerate(ranks) if ident in rank), -1
                        ),
                        better,
                    ),
                )
                for one in ids
            )
            return OneOf(frozenset(reached), lacks, order)
    return target


def _further(end: Exact | None, target: Exact | None, *, up: bool) -> Exact | None:
    if end is None or target is None:
        return None
    return max(end, target) if up else min(end, target)


def greater(one: Span, other: Span) -> Span:
    """Return the greater of two numbers."""
    lows = [end for end in (one.low, other.low) if end is not None]
    high = None
    if one.high is not None and other.high is not None:
        high = max(one.high, other.high)
    return Span(max(lows, default=None), high, one.maybe_absent)


def smaller(one: Span, other: Span) -> Span:
    """Return the smaller of two numbers."""
    zero = point(0)
    mirrored = greater(subtracted(zero, one), subtracted(zero, other))
    return subtracted(zero, mirrored)


MAX_STEPS = 3_000
"""Steps after which the searches in a school draw cases, always the same ones."""

_DRAWN = 100
"""Cases drawn by each search then."""

_INSIDE = 2
"""Places of each kind that a rule counts: enough for a share to move."""


@dataclass(slots=True, eq=False)
class Fact:
    """One fact of a place, that a search fills in."""

    name: str
    question: Question
    tried: tuple[RuleValue, ...]
    """From low to high."""
    asked: list["Fact"]
    """Facts that were read before they were known, for the search to choose from."""
    rank: int = 0
    """Rank of its place among those inside; 0 for the place here."""
    unknown: RuleValue = ABSENT
    current: RuleValue = ABSENT
    is_known: bool = False

    def __post_init__(self) -> None:
        self.unknown = self.current = hull(self.tried)

    def read(self) -> RuleValue:
        """Return what it is, or everything it may be."""
        if not self.is_known:
            self.asked.append(self)
        return self.current

    def settle(self, value: RuleValue) -> None:
        """Try a value."""
        self.current, self.is_known = value, True

    def forget(self) -> None:
        """Know nothing of it any more."""
        self.current, self.is_known = self.unknown, False


Change = Callable[[Fact], RuleValue]
"""What a fact becomes."""


@dataclass(slots=True)
class MadeUpPlace:
    """One place, as rules see it; what holds it is read as if it were its own."""

    facts: Mapping[str, Fact]
    relevance: Mapping[str, Judge]
    holder: "MadeUpPlace | None" = None
    held: dict[PlaceKind, tuple["MadeUpPlace", ...]] = field(default_factory=dict)
    changes: Mapping[str, Change] = field(default_factory=dict)

    def value(self, name: str) -> RuleValue:
        """Return the value of a name, absent where it is irrelevant."""
        fact = self.facts.get(name)
        if fact is None:
            if self.holder is not None:
                return self.holder.value(name)
            return TODAY if name == VISIT_DATE else ABSENT
        judge = self.relevance.get(name)
        relevant = judge(self) if judge else True
        if relevant is False:
            return ABSENT
        change = self.changes.get(name)
        value = change(fact) if change else fact.read()
        return value if relevant else maybe_absent(value)

    def inside(self, kind: PlaceKind) -> tuple[Sequence[Scope], bool]:
        """Return the places of a kind, all of them there."""
        whole = self.holder or self
        return whole.held.get(kind, ()), False

    def is_out(self, _name: str) -> Truth:
        """Say that no fact was answered sans objet."""
        return False


TODAY = point(VISIT.toordinal())

Wish = Callable[[], Truth]
"""What a case must make true."""


class SmallSchool:
    """Every place and fact that some rules read, from a place of a kind."""

    def __init__(
        self,
        questions: Mapping[str, Question],
        place: PlaceKind,
        rules: Iterable[Rule],
        numbers: Iterable[Rule] = (),
    ) -> None:
        """Gather what rules read; `numbers` are those that give a number."""
        self._questions = questions
        self._place = place
        self._asked: list[Fact] = []
        self._steps = MAX_STEPS
        self._nodes: list[Node] = []
        names: dict[PlaceKind, dict[str, Question]] = {place: {}}
        numbers = tuple(numbers)
        for rule in chain(rules, numbers):
            self._gather(rule, place, names)
        self._parts = [part for node in self._nodes for part in walk(node)]
        marks = marks_in(self._parts, [rule.root for rule in numbers])
        facts: dict[PlaceKind, list[Fact]] = {kind: [] for kind in names}
        for kind, found in names.items():
            for one in found.values():
                type_ = TYPES[one.type]
                tried = type_.tried(one, kind, self._nodes, marks.get(one.id, ()))
                if type_.is_one_choice:
                    tried = seen_apart(one, tried, self._parts)
                fact = Fact(one.id, one, tried or (ABSENT,), self._asked)
                facts[kind].append(fact)
        self.here = MadeUpPlace(
            {fact.name: fact for fact in facts.pop(place)}, _relevance(names[place])
        )
        """The place that the rules are read at."""
        for kind, held in facts.items():
            twins = [
                {fact.name: replace(fact, rank=rank) for fact in held}
                for rank in range(1, _INSIDE + 1)
            ]
            self.here.held[kind] = tuple(
                MadeUpPlace(twin, _relevance(names[kind]), self.here) for twin in twins
            )

    @property
    def movable(self) -> Iterator[tuple[PlaceKind | None, Fact]]:
        """The facts here, then those of the first place of each kind inside."""
        yield from ((None, fact) for fact in self.here.facts.values())
        for kind, (first, *_) in self.here.held.items():
            yield from ((kind, fact) for fact in first.facts.values())

    def with_changes(
        self, changes: Mapping[str, Change], kind: PlaceKind | None = None
    ) -> MadeUpPlace:
        """Return the place here with facts changed, or those of the first inside."""
        twin = replace(self.here, changes={} if kind else changes, held={})
        for each, places in self.here.held.items():
            first, *others = (replace(place, holder=twin) for place in places)
            if each is kind:
                first = replace(first, changes=changes)
            twin.held[each] = (first, *others)
        return twin

    def find(self, wishes: Sequence[Wish], *seen: MadeUpPlace) -> list[Fact] | None:
        """Return the facts that decide a case where everything is true, or None.

        All facts stay settled until the next search. In `seen`, the place here unless
        others are given, no part exceeds its whole.
        """
        places = [self.here, *chain.from_iterable(self.here.held.values())]
        facts = [fact for place in places for fact in place.facts.values()]
        for fact in facts:
            fact.forget()
        wanted = [*wishes]
        for place in seen or (self.here,):
            for each in (place, *chain.from_iterable(place.held.values())):
                for name, fact in each.facts.items():
                    whole = fact.question.at_most
                    if whole and (whole in each.facts or whole in place.facts):
                        wanted.append(partial(_is_within, each, name, whole))
        if not self._is_found(wanted) and (
            self._steps >= 0 or not _is_drawn(wanted, facts)
        ):
            return None
        deciding = [fact for fact in facts if fact.is_known]
        for fact in facts:
            if not fact.is_known:
                fact.settle(fact.tried[0])
        return deciding

    def _is_found(self, wishes: Sequence[Wish]) -> bool:
        self._steps -= 1
        undecided: list[Wish] = []
        asked: list[Fact] = []
        for wish in wishes:
            self._asked.clear()
            truth = wish()
            if truth is False:
                return False
            if truth is None:
                undecided.append(wish)
                asked = asked or [*self._asked]
        if not asked:
            return not undecided
        following = next((fact for fact in asked if not fact.rank), asked[0])
        for value in following.tried:
            following.settle(value)
            if self._steps < 0:
                break
            if self._is_found(undecided):
                return True
        following.forget()
        return False

    def _gather(
        self, rule: Rule, at: PlaceKind, names: dict[PlaceKind, dict[str, Question]]
    ) -> None:
        """Note every name that a rule reads from a place, and behind it."""
        self._nodes.append(rule.root)
        reads = [(at, name) for name in _in_order(rule.root, rule.names)]
        for kind, inner in rule.inner_names.items():
            reads += [(kind, name) for name in _in_order(rule.root, inner)]
        for kind, name in reads:
            question = self._questions.get(name)
            if question is None:
                continue
            home = self._place if question.place in reach(self._place) else kind
            known = names.setdefault(home, {})
            if name in known:
                continue
            known[name] = question
            if question.relevant:
                self._gather(read(question.relevant), home, names)


def read(text: str) -> Rule:
    """Return a rule that is known to be sound; the same one for the same text."""
    rule = read_rule(text)
    assert isinstance(rule, Rule)
    return rule


def _in_order(root: Node, names: frozenset[str]) -> list[str]:
    found = (part.id for part in walk(root) if isinstance(part, NameNode))
    return [name for name in dict.fromkeys(found) if name in names]


def _relevance(questions: Mapping[str, Question]) -> dict[str, Judge]:
    return {
        name: condition(read(question.relevant))
        for name, question in questions.items()
        if question.relevant
    }


def _is_within(place: MadeUpPlace, part: str, whole: str) -> Truth:
    one, other = place.value(part), place.value(whole)
    if isinstance(one, Span) and isinstance(other, Span):
        truth = is_at_most(one, other)
        lacks = one.maybe_absent or other.maybe_absent
        return None if truth is False and lacks else truth
    return True


def _is_drawn(wishes: Sequence[Wish], facts: Sequence[Fact]) -> bool:
    random = Random(len(facts))  # noqa: S311 - a fixed seed: the same cases every time
    for _ in range(_DRAWN):
        for fact in facts:
            fact.settle(random.choice(fact.tried))
        if all(wish() for wish in wishes):
            return True
    return False
