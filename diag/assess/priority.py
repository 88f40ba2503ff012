"""In which order recommendations are read: what the law asks, then what pays most."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from diag.assess.results import Advice, CriterionResult
from diag.model.enums import Compliance, Gate, Kind

Key = tuple[int, bool, bool, Fraction, str]


def ordered(
    advice: Iterable[Advice], results: Mapping[str, CriterionResult]
) -> tuple[Advice, ...]:
    """Return advice in order, each that waits right under the first it waits for."""

    def key(one: Advice) -> Key:
        rank = _rank(results[one.recommendation.when.criterion])
        return (rank, *_worth(one), one.recommendation.id)

    return _nested(sorted(advice, key=key))


def typical_cost(advice: Advice) -> Fraction | None:
    """Return the typical cents before tax, a year of what is paid yearly included."""
    once, yearly = advice.cost.once_ht.typical, advice.cost.yearly_ht.typical
    return None if once is None or yearly is None else once + yearly


def _rank(result: CriterionResult) -> int:
    """Rank the law first where it is not kept, then what blocks, then the rest."""
    if result.compliance is Compliance.CONFORME:
        return 2
    ranks = {Kind.COMPLIANCE: 0, Kind.BLOCKING: 1, Kind.IMPROVEMENT: 2}
    return ranks[result.criterion.kind]


def _worth(advice: Advice) -> tuple[bool, bool, Fraction]:
    """Rank what is free by gain, then gain over cost, what is unbounded last."""
    cost = typical_cost(advice)
    if cost == 0:
        return False, False, -advice.gain
    if cost is None:
        return True, True, -advice.gain
    return True, False, -advice.gain / cost


def _nested(advice: Sequence[Advice]) -> tuple[Advice, ...]:
    under: dict[str, list[Advice]] = {}
    tops: list[Advice] = []
    for one in advice:
        holder = _holder(one, advice)
        (tops if holder is None else under.setdefault(holder, [])).append(one)
    read: dict[str, Advice] = {}

    def take(one: Advice) -> None:
        if one.recommendation.id not in read:
            read[one.recommendation.id] = one
            for waiting in under.get(one.recommendation.id, ()):
                take(waiting)

    for one in (*tops, *advice):  # the second time for those that wait in a circle
        take(one)
    return tuple(read.values())


def _holder(one: Advice, advice: Sequence[Advice]) -> str | None:
    if one.gate is not Gate.WAITS:
        return None
    for other in advice:
        if other.recommendation.id in one.waits_for:
            return other.recommendation.id
    return None
