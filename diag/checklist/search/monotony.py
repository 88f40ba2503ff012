"""Whether a better fact may lower the level: a counter-example, or none found."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import combinations, product
from math import prod
from random import Random

from diag.checklist.search.subject import SearchSubject, SearchWorld
from diag.model.enums import Direction
from diag.rules.evaluate import judge_of
from diag.rules.scope import Judge
from diag.rules.tree import (
    Aggregate,
    AllOf,
    AnyOf,
    Arithmetic,
    CompareNode,
    Constant,
    Includes,
    IsAmong,
    Months,
    NameNode,
    Node,
    Not,
    names_in,
)
from diag.rules.values import ABSENT, RuleValue, Several

MAX_WORLDS = 20_000
"""Worlds tried for one fact; beyond, as many are drawn, always the same ones."""


@dataclass(frozen=True, slots=True)
class Fall:
    """A level that falls when a fact gets better."""

    name: str
    """The fact, or the calculation that reads it, that gets better."""
    worse: RuleValue
    better: RuleValue
    before: int
    """The level of the worse."""
    after: int
    """The level of the better: lower."""
    others: Mapping[str, RuleValue]
    """What the other names are meanwhile."""


def find_fall(subject: SearchSubject, name: str, direction: Direction) -> Fall | None:
    """Return a case where the level falls when a fact goes in its good direction."""
    if _is_proved(subject, name, direction):
        return None
    for moving, goes_up in _moving(subject, name):
        better_is_up = goes_up is (direction is Direction.UP)
        fall = _first_fall(subject, moving, better_is_up=better_is_up)
        if fall is not None:
            return fall
    return None


def _is_proved(subject: SearchSubject, name: str, direction: Direction) -> bool:
    if any(name in names_in(rule) for rule in subject.relevance.values()):
        return False
    good = Polarity.RISES if direction is Direction.UP else Polarity.FALLS
    return all(
        polarity(rule, name) in {good, Polarity.STAYS} for rule in subject.written
    )


def _moving(subject: SearchSubject, name: str) -> Iterator[tuple[str, bool]]:
    """Yield what moves when a fact rises, and whether it rises too.

    A calculation whose direction is unknown is left out: nothing is
    reported rather than something wrong.
    """
    if name in subject.values:
        yield name, True
    for made_up, term in subject.terms.items():
        direction = polarity(term, name)
        if direction in {Polarity.RISES, Polarity.FALLS}:
            yield made_up, direction is Polarity.RISES


def _first_fall(
    subject: SearchSubject, name: str, *, better_is_up: bool
) -> Fall | None:
    tried = [value for value in subject.values[name] if value is not ABSENT]
    from_worst = tried if better_is_up else tried[::-1]
    pairs = [
        (worse, better)
        for worse, better in combinations(range(len(tried)), 2)
        if _compare(from_worst[worse], from_worst[better])
    ]
    world, judged = subject.world(), _Levels.of(subject)
    for others in _assignments(subject, name):
        world.values.update(others)
        levels: list[int | None] = []
        for value in from_worst:
            world.values[name] = value
            levels.append(judged.level(world))
        for worse, better in pairs:
            before, after = levels[worse], levels[better]
            if before is not None and after is not None and after < before:
                ends = from_worst[worse], from_worst[better]
                return Fall(name, *ends, before, after, others)
    return None


def _compare(one: RuleValue, other: RuleValue) -> bool:
    if isinstance(one, Several) and isinstance(other, Several):
        return one.sure <= other.sure or other.sure <= one.sure
    return True


def _assignments(subject: SearchSubject, name: str) -> Iterator[dict[str, RuleValue]]:
    others = {other: tried for other, tried in subject.values.items() if other != name}
    worlds = MAX_WORLDS // max(len(subject.values[name]), 1)
    if prod(map(len, others.values())) <= worlds:
        for combination in product(*others.values()):
            yield dict(zip(others, combination, strict=True))
        return
    random = Random(name)  # noqa: S311 - a fixed seed: the same worlds every time
    for _ in range(worlds):
        yield {other: random.choice(tried) for other, tried in others.items()}


@dataclass(frozen=True, slots=True)
class _Levels:
    """The rules of a criterion, compiled."""

    applicable: Judge | None
    levels: tuple[tuple[int, Judge], ...]

    @classmethod
    def of(cls, subject: SearchSubject) -> "_Levels":
        applicable = judge_of(subject.applicable) if subject.applicable else None
        levels = [(level, judge_of(rule)) for level, rule in subject.levels.items()]
        return cls(applicable, tuple(levels))

    def level(self, world: SearchWorld) -> int | None:
        """Return the level in a world; None where it does not apply or is unknown."""
        if self.applicable is not None and self.applicable(world) is not True:
            return None
        for level, judge in self.levels:
            truth = judge(world)
            if truth is None:
                return None
            if truth:
                return level
        return 0


# In which direction a rule goes when a fact rises, read from its text alone.
#
# Where the text decides, no search is needed: a rule that only rises never lowers the
# level that it gives.


class Polarity(Enum):
    """What a part of a rule does when a fact rises."""

    RISES = 1
    """It becomes greater, or true; or stays."""
    FALLS = -1
    """It becomes smaller, or false; or stays."""
    STAYS = 0
    """It does not read the fact."""
    VARIES = None
    """Unknown from the text."""

    def reversed(self) -> "Polarity":
        """Return the polarity of the contrary."""
        return Polarity(-self.value) if self.value else self


def polarity(node: Node, name: str) -> Polarity:
    """Return what a part of a rule does when the fact `name` rises."""
    if name not in names_in(node):
        return Polarity.STAYS
    match node:
        case NameNode():
            return Polarity.RISES
        case Not(operand):
            return polarity(operand, name).reversed()
        case AllOf(operands) | AnyOf(operands):
            return _together(polarity(part, name) for part in operands)
        case CompareNode() | IsAmong() | Includes():
            return _of_comparison(node, name)
    return _of_number(node, name)


def _of_comparison(node: CompareNode | IsAmong | Includes, name: str) -> Polarity:
    match node:
        case Includes(negated=negated):
            return Polarity.FALLS if negated else Polarity.RISES
        case CompareNode(">" | ">=", left, right):
            return _difference(left, right, name)
        case CompareNode("<" | "<=", left, right):
            return _difference(right, left, name)
    return Polarity.VARIES


def _of_number(node: Node, name: str) -> Polarity:
    match node:
        case Arithmetic("+", left, right):
            return _together((polarity(left, name), polarity(right, name)))
        case Arithmetic("-", left, right):
            return _difference(left, right, name)
        case Arithmetic("*", Constant(factor), term) | Arithmetic(
            "*" | "/", term, Constant(factor)
        ):
            rising = polarity(term, name)
            return rising if factor >= 0 else rising.reversed()
        case Months(start, end):
            return _difference(end, start, name)
        case Aggregate():
            return _of_aggregate(node, name)
    return Polarity.VARIES


def _of_aggregate(node: Aggregate, name: str) -> Polarity:
    parts = [part for part in (node.number, node.condition) if part]
    if node.among and node.function in {"count", "total"}:
        parts.append(node.among)
    elif node.among and name in names_in(node.among):
        return Polarity.VARIES
    return _together(polarity(part, name) for part in parts)


def _difference(left: Node, right: Node, name: str) -> Polarity:
    return _together((polarity(left, name), polarity(right, name).reversed()))


def _together(parts: Iterable[Polarity]) -> Polarity:
    moves = set(parts) - {Polarity.STAYS}
    if len(moves) > 1:
        return Polarity.VARIES
    return moves.pop() if moves else Polarity.STAYS
