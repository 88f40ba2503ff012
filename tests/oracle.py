"""An independent judge, written from DESIGN.md §4 alone: it imports no `diag.assess`.

`outcome` judges complete facts with point values: whatever `diag.assess` says of
incomplete facts must hold for every completion of them (`tests.completions`). Where
the design gives exact bounds, `exact_mean` and `exact_roll_up` find them by brute
force.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product

from diag.model.checklist import Checklist, Criterion, RollUp
from diag.model.enums import Kind, PlaceKind
from tests.world import Point, World


@dataclass(frozen=True)
class Judged:
    """A criterion on complete facts: levels and ratios, equal ends as a rule.

    Only a compliance criterion that was declared sans objet keeps both ends apart: it
    stays to be checked. `None` in place of it all: sans objet.
    """

    low: int
    high: int
    low_ratio: Fraction
    high_ratio: Fraction


@dataclass(frozen=True)
class Outcome:
    """Everything that complete facts say."""

    criteria: Mapping[str, frozenset[Judged | None]]
    """What each criterion may be: one thing, but for declared compliance."""
    domains: Mapping[str, Fraction | None]
    overall: Fraction | None
    socle: str
    fires: Mapping[str, bool | None]
    quantities: Mapping[str, Fraction]


def outcome(world: World, checklist: Checklist) -> Outcome:
    """Judge complete facts."""
    criteria = concerned(checklist, world.kinds[world.root])
    judged = {
        ident: frozenset(judgements(criterion, world))
        for ident, criterion in criteria.items()
    }
    averaged = {
        ident: next(iter(found))
        for ident, found in judged.items()
        if criteria[ident].kind is not Kind.COMPLIANCE
    }
    domains = {
        domain.id: _average(
            (criterion.weight, one.low_ratio)
            for ident, criterion in criteria.items()
            if criterion.domain == domain.id and (one := averaged.get(ident))
        )
        for domain in checklist.domains
    }
    weights = {domain.id: domain.weight for domain in checklist.domains}
    return Outcome(
        criteria=judged,
        domains=domains,
        overall=_average(
            (weights[ident], ratio)
            for ident, ratio in domains.items()
            if ratio is not None
        ),
        socle=_socle(
            one.low
            for ident, one in averaged.items()
            if one and criteria[ident].kind is Kind.BLOCKING
        ),
        fires={
            each.id: _fires(judged[each.when.criterion], each.when.below)
            for each in checklist.recommendations.values()
            if each.when.criterion in criteria
        },
        quantities={
            each.id: _quantity(world.number(each.quantity, world.root))
            for each in checklist.recommendations.values()
            if each.when.criterion in criteria
        },
    )


def concerned(checklist: Checklist, subject: PlaceKind) -> Mapping[str, Criterion]:
    """Return the criteria that judge such a subject, or a place that stands in one.

    A commune and a syndicat hold no place; all the others stand in a school.
    """
    alone = {PlaceKind.COMMUNE, PlaceKind.SYNDICAT}
    return {
        ident: criterion
        for ident, criterion in checklist.criteria.items()
        if criterion.place is subject
        or (subject not in alone and criterion.place not in alone)
    }


def judgements(criterion: Criterion, world: World) -> Iterator[Judged | None]:
    sure: list[tuple[int, int]] = []
    maybe: list[tuple[int, int]] = []
    for place, kind in world.kinds.items():
        if kind is criterion.place:
            for levels, may_be_out in levels_at(criterion, world, place):
                (maybe if may_be_out else sure).append(levels)
    for size in range(len(maybe) + 1):
        for chosen in combinations(maybe, size):
            yield _rolled(criterion, [*sure, *chosen])


def levels_at(
    criterion: Criterion, world: World, place: str
) -> Iterator[tuple[tuple[int, int], bool]]:
    """Yield the level at a place, twice, and whether it may be out; nothing: out."""
    rules = [criterion.applicable, *criterion.levels.values()]
    named_out = [world.names_out(rule, place) for rule in rules]
    applies = not criterion.applicable or world.holds(criterion.applicable, place)
    if criterion.kind is not Kind.COMPLIANCE:
        if applies and not any(named_out):
            level = _level(criterion, world, place)
            yield (level, level), False
    elif any(named_out):
        if applies or named_out[0]:
            yield (0, max(criterion.levels)), named_out[0]
    elif applies:
        level = _level(criterion, world, place)
        yield (level, level), False


def _level(criterion: Criterion, world: World, place: str) -> int:
    for level in (3, 2, 1):
        if level in criterion.levels and world.holds(criterion.levels[level], place):
            return level
    return 0


def _rolled(criterion: Criterion, levels: Sequence[tuple[int, int]]) -> Judged | None:
    if not levels:
        return None
    roll_up = criterion.roll_up or RollUp(method="worst")
    if criterion.kind is Kind.COMPLIANCE:
        roll_up = RollUp(method="worst")
    low, high = (rolled_ratio(roll_up, ends) for ends in zip(*levels, strict=True))
    return Judged(int(3 * low), int(3 * high), low, high)


def rolled_ratio(roll_up: RollUp, levels: Sequence[int]) -> Fraction:
    """Return the ratio of known levels at places that are all in."""
    if roll_up.method == "worst":
        return Fraction(min(levels), 3)
    if roll_up.method == "mean":
        return Fraction(sum(levels), 3 * len(levels))
    reaching = [level for level in levels if level >= roll_up.threshold]
    share = Fraction(len(reaching), len(levels))
    steps = [level for level, at in roll_up.steps.items() if share >= Fraction(at)]
    return Fraction(max(steps, default=0), 3)


def _average(members: Iterable[tuple[int, Fraction]]) -> Fraction | None:
    found = list(members)
    weight = sum(each for each, _ in found)
    return (
        sum((each * of for each, of in found), Fraction()) / weight if found else None
    )


def _socle(levels: Iterable[int]) -> str:
    found = list(levels)
    if not found:
        return "sans_objet"
    return "atteint" if min(found) >= 1 else "non_atteint"


def _fires(judged: frozenset[Judged | None], below: int) -> bool | None:
    ends = {
        end < below
        for one in judged
        for end in ((one.low, one.high) if one else (below,))
    }
    return ends.pop() if len(ends) == 1 else None


def _quantity(value: Point) -> Fraction:
    return max(Fraction(), value) if isinstance(value, Fraction) else Fraction()


Interval = tuple[Fraction, Fraction]


def exact_mean(
    sure: Sequence[tuple[int, Fraction, Fraction]],
    undecided: Sequence[tuple[int, Fraction, Fraction]],
) -> Interval | None:
    """Return the extreme weighted means over every choice of undecided members."""
    lows, highs = [], []
    for size in range(len(undecided) + 1):
        for chosen in combinations(undecided, size):
            low = _average((weight, low) for weight, low, _ in (*sure, *chosen))
            high = _average((weight, high) for weight, _, high in (*sure, *chosen))
            if low is not None and high is not None:
                lows.append(low)
                highs.append(high)
    return (min(lows), max(highs)) if lows else None


def exact_roll_up(
    roll_up: RollUp,
    sure: Sequence[tuple[int, int]],
    maybe: Sequence[tuple[int, int]],
) -> Interval | None:
    """Return the extreme ratios over every choice of places and of their levels."""
    ratios = [
        rolled_ratio(roll_up, levels)
        for size in range(len(maybe) + 1)
        for chosen in combinations(maybe, size)
        for levels in product(*[set(ends) for ends in (*sure, *chosen)])
        if levels
    ]
    return (min(ratios), max(ratios)) if ratios else None


def rounded(ratio: Fraction) -> int:
    """Return a ratio out of 100, half up: the schoolbook way."""
    whole, rest = divmod(100 * ratio, 1)
    return int(whole) + (rest >= Fraction(1, 2))
