"""A school made up for a proof, and the search of a case in it.

It has the place that a rule is read at, all that holds it, and two places of each kind
that the rule counts. Every fact takes the values where a rule changes its mind, one
step either side, and one in each gap.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from random import Random

from diag.answers.date import VISIT
from diag.answers.types import TYPES
from diag.checklist.search.values import hull, marks_in, seen_apart
from diag.checklist.symbols import read_rule
from diag.model.checklist import Question
from diag.model.enums import PlaceKind
from diag.rules.evaluate import condition
from diag.rules.language import VISIT_DATE, Rule
from diag.rules.tree import Exact, NameNode, Node, walk
from diag.rules.values import (
    ABSENT,
    Judge,
    RuleValue,
    Scope,
    Span,
    Truth,
    is_at_most,
    maybe_absent,
    point,
    reach,
)

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
        facts = {
            kind: [
                self._fact(one, kind, marks.get(one.id, ())) for one in found.values()
            ]
            for kind, found in names.items()
        }
        self.here = MadeUpPlace(
            {fact.name: fact for fact in facts.pop(place)}, _relevance(names[place])
        )
        """The place that the rules are read at."""
        for kind, found in facts.items():
            twins = [
                {fact.name: replace(fact, rank=rank) for fact in found}
                for rank in range(1, _INSIDE + 1)
            ]
            self.here.held[kind] = tuple(
                MadeUpPlace(twin, _relevance(names[kind]), self.here) for twin in twins
            )

    def _fact(
        self, question: Question, kind: PlaceKind, marks: Iterable[Exact]
    ) -> Fact:
        type_ = TYPES[question.type]
        tried = type_.tried(question, kind, self._nodes, marks)
        if type_.is_one_choice:
            tried = seen_apart(question, tried, self._parts)
        return Fact(question.id, question, tried or (ABSENT,), self._asked)

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
        facts = list(self._facts())
        for fact in facts:
            fact.forget()
        wanted = [*wishes, *_within_wholes(seen or (self.here,))]
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

    def _facts(self) -> Iterator[Fact]:
        yield from self.here.facts.values()
        for place in chain.from_iterable(self.here.held.values()):
            yield from place.facts.values()

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


def _within_wholes(places: Iterable[MadeUpPlace]) -> Iterator[Wish]:
    for place in places:
        for each in (place, *chain.from_iterable(place.held.values())):
            for name, fact in each.facts.items():
                whole = fact.question.at_most
                if whole and (whole in each.facts or whole in place.facts):
                    yield partial(_is_within, each, name, whole)


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
