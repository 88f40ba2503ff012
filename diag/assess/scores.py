"""Criteria become domains, domains become one score; compliance stands apart."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from diag.assess.results import (
    CriterionResult,
    DomainResult,
    Score,
    Weight,
)
from diag.model.enums import Socle, Standing
from diag.model.text import Bounds


class Member(NamedTuple):
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
    if len(members) == 1:
        return members[0].bounds
    return Bounds(lowest_mean(members), -_least([_high_end(each) for each in members]))


def mean_of(values: Sequence[tuple[Fraction, int]]) -> Fraction:
    """Return the mean of values with their weights; there must be one."""
    ratios = [(*value.as_integer_ratio(), w, w) for value, w in values]
    return _least(ratios)


def lowest_mean(members: Iterable[Member]) -> Fraction:
    """Return the least mean that members can still have."""
    return _least([_low_end(each) for each in members])


_Number = Fraction | int
_End = tuple[int, int, _Number, _Number]
"""Numerator and denominator of one end, least and greatest weight."""


def _low_end(member: Member) -> _End:
    weight = member.weight
    return *member.bounds.low.as_integer_ratio(), weight.least, weight.most


def _high_end(member: Member) -> _End:
    numerator, denominator = member.bounds.high.as_integer_ratio()
    return -numerator, denominator, member.weight.least, member.weight.most


def _least(members: Sequence[_End]) -> Fraction:
    """Return the least mean of members.

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


def domain_member(domain: DomainResult) -> Member | None:
    """Return a domain as the whole averages it; None when it does not count."""
    return member(domain.domain.weight, domain.score.standing, domain.score.bounds)


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
    members = [m for each in domains if (m := domain_member(each))]
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


class Averages:
    """The overall low or high bound, were some criteria to stand elsewhere.

    Each end is kept member by member, so that a few are changed at little cost.
    """

    def __init__(self, domains: Sequence[DomainResult], *, high: bool = False) -> None:
        """Prepare the low end, or the high one."""
        self._sign = -1 if high else 1
        self._end = _high_end if high else _low_end
        self._domains = {each.domain.id: each for each in domains}
        self._domain_of = {
            result.criterion.id: each.domain.id
            for each in domains
            for result in each.criteria
        }
        self._ends: dict[str, dict[str, _End | None]] = {}
        self._averaged = {
            domain: self._end_of(domain_member(each))
            for domain, each in self._domains.items()
        }
        self.bound = self._overall(self._averaged)
        """As things are; 0 when all is sans objet."""

    def with_members(self, replaced: Replaced) -> Fraction:
        """Return the bound with some criteria replaced."""
        moved: dict[str, dict[str, _End | None]] = {}
        for criterion, member in replaced.items():
            domain = self._domain_of[criterion]
            if domain not in moved:
                ends = self._ends.get(domain)
                if ends is None:
                    ends = self._ends[domain] = {
                        result.criterion.id: self._end_of(criterion_member(result))
                        for result in self._domains[domain].criteria
                    }
                moved[domain] = ends.copy()
            moved[domain][criterion] = self._end_of(member)
        averaged = self._averaged.copy()
        for domain, changed in moved.items():
            counted = [each for each in changed.values() if each]
            averaged[domain] = None
            if counted:
                mean, weight = _least(counted), self._domains[domain].domain.weight
                is_sure = any(least for _, _, least, _ in counted)
                top, bottom = mean.as_integer_ratio()
                averaged[domain] = top, bottom, weight if is_sure else 0, weight
        return self._overall(averaged)

    def _end_of(self, member: Member | None) -> _End | None:
        return None if member is None else self._end(member)

    def _overall(self, averaged: Mapping[str, _End | None]) -> Fraction:
        counted = [each for each in averaged.values() if each]
        return self._sign * _least(counted) if counted else Fraction()
