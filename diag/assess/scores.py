"""Criteria become domains, domains become one score; compliance stands apart."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from diag.assess.results import (
    CriterionResult,
    DomainResult,
    Score,
    Weight,
)
from diag.model.enums import Socle, Standing
from diag.model.number import Bounds


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a mean: a place, a criterion or a domain."""

    weight: Weight
    bounds: Bounds


def weighted_mean(members: Sequence[Member]) -> Bounds | None:
    """Return the bounds of the mean; None when nothing can count.

    Low is the least mean over every choice of the weights, each member at its low; high
    is the mirror. Without a sure weight, they are the least low and the greatest high.
    """
    if not members:
        return None
    return Bounds(lowest_mean(members), highest_mean(members))


def mean_of(values: Sequence[tuple[Fraction, int]]) -> Fraction:
    """Return the mean of values with their weights; there must be one."""
    ratios = [(*value.as_integer_ratio(), w, w) for value, w in values]
    return _least(ratios)


def lowest_mean(members: Sequence[Member]) -> Fraction:
    """Return the least mean that members can still have."""
    return _least([
        (*m.bounds.low.as_integer_ratio(), m.weight.least, m.weight.most)
        for m in members
    ])


def highest_mean(members: Sequence[Member]) -> Fraction:
    """Return the greatest mean that members can still have: the mirror of the least."""
    return -_least([
        (-numerator, denominator, m.weight.least, m.weight.most)
        for m in members
        for numerator, denominator in [m.bounds.high.as_integer_ratio()]
    ])


_Number = Fraction | int


def _least(members: Sequence[tuple[int, int, _Number, _Number]]) -> Fraction:
    """Return the least mean of (numerator, denominator, least weight, greatest weight).

    From the least weights, each member in ascending order takes its greatest while it
    stands strictly below the mean. Integers over one denominator: five times as fast
    as adding fractions.
    """
    scale = lcm(*[denominator for _, denominator, _, _ in members])
    total: _Number = 0
    count: _Number = 0
    undecided = []
    for numerator, denominator, least, most in members:
        scaled = numerator * (scale // denominator)
        total += scaled * least
        count += least
        if most > least:
            undecided.append((scaled, most - least))
    undecided.sort()
    if not count:
        return Fraction(undecided[0][0], scale)
    for scaled, more in undecided:
        if scaled * count >= total:
            break
        total += scaled * more
        count += more
    return Fraction(total, count * scale)


_NOTHING = Score(Standing.OUT, None, Fraction(1))


def criterion_member(result: CriterionResult) -> Member | None:
    """Return a criterion as its domain averages it; None when it does not count."""
    if not result.criterion.is_averaged:
        return None
    return member(result.criterion.weight, result.standing, result.bounds)


def member(weight: int, standing: Standing, bounds: Bounds | None) -> Member | None:
    """Return what a mean counts; None when it is sans objet."""
    if bounds is None or standing is Standing.OUT:
        return None
    return Member(Weight(weight if standing is Standing.IN else 0, weight), bounds)


def domain_score(criteria: Sequence[CriterionResult]) -> Score:
    """Return the score of the criteria of one domain."""
    members = [m for result in criteria if (m := criterion_member(result))]
    return _score(members, completeness(criteria))


def overall_score(domains: Sequence[DomainResult]) -> Score:
    """Return the score of all domains."""
    members = [
        m
        for each in domains
        if (m := member(each.domain.weight, each.score.standing, each.score.bounds))
    ]
    return _score(members, completeness(c for d in domains for c in d.criteria))


def completeness(criteria: Iterable[CriterionResult]) -> Fraction:
    """Return settled weight over applicable or undecided weight; 1 when no weight."""
    settled = [
        (result.settled, result.criterion.weight)
        for result in criteria
        if result.criterion.is_averaged and result.standing is not Standing.OUT
    ]
    return mean_of(settled) if settled else Fraction(1)


_WORST_FIRST = (Socle.NON_ATTEINT, Socle.ATTEINT_SAUF, Socle.ATTEINT)


def socle_of(criteria: Iterable[CriterionResult]) -> Socle:
    """Return how everything blocking holds: the worst of it, when that is known."""
    blocking = [result.socle for result in criteria if result.socle]
    if not blocking:
        return Socle.SANS_OBJET
    low = _worst(each.low for each in blocking)
    high = _worst(each.high for each in blocking)
    return low if low is high else Socle.INDETERMINE


def _worst(states: Iterable[Socle]) -> Socle:
    return min(states, key=_WORST_FIRST.index)


def _score(members: Sequence[Member], complete: Fraction) -> Score:
    bounds = weighted_mean(members)
    if bounds is None:
        return _NOTHING
    sure = any(each.weight.least for each in members)
    return Score(Standing.IN if sure else Standing.MAYBE, bounds, complete)


Replaced = Mapping[str, Member | None]
"""Criteria by id, as they would count; None: sans objet."""

Mean = Callable[[Sequence[Member]], Fraction]
"""One end of a mean: `lowest_mean` or `highest_mean`."""


class Averages:
    """Domains and the overall score, criterion by criterion."""

    def __init__(self, domains: Sequence[DomainResult]) -> None:
        self._weights = {each.domain.id: each.domain.weight for each in domains}
        self._members = {
            each.domain.id: {
                result.criterion.id: criterion_member(result)
                for result in each.criteria
            }
            for each in domains
        }
        self._domain_of = {
            criterion: domain
            for domain, members in self._members.items()
            for criterion in members
        }
        self._averaged = {
            each.domain.id: member(
                each.domain.weight, each.score.standing, each.score.bounds
            )
            for each in domains
        }

    def low_with(self, replaced: Replaced) -> Fraction:
        """Return the overall low bound with some criteria replaced."""
        return self._overall(replaced, lowest_mean)

    def high_with(self, replaced: Replaced) -> Fraction:
        """Return the overall high bound with some criteria replaced."""
        return self._overall(replaced, highest_mean)

    def _overall(self, replaced: Replaced, mean: Mean) -> Fraction:
        averaged = dict(self._averaged)
        for domain in {self._domain_of[criterion] for criterion in replaced}:
            members = self._members[domain]
            averaged[domain] = self._average(
                domain,
                [replaced.get(each, one) for each, one in members.items()],
                mean,
            )
        counted = [each for each in averaged.values() if each]
        return mean(counted) if counted else Fraction()

    def _average(
        self, domain: str, members: Iterable[Member | None], mean: Mean
    ) -> Member | None:
        counted = [each for each in members if each]
        if not counted:
            return None
        end = mean(counted)
        sure = any(each.weight.least for each in counted)
        weight = self._weights[domain]
        return Member(Weight(weight if sure else 0, weight), Bounds(end, end))
