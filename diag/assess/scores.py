"""Criteria become domains, domains become one score; compliance stands apart."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from diag.assess.results import TOP, CriterionResult, DomainResult, Score
from diag.model.enums import Compliance, Kind, Socle, Standing
from diag.model.number import Bounds

# The weighted mean when some members may not apply: exact bounds, never a guess.
#
# Low is the least mean over every choice of the undecided members to count, each at its
# low; high is the greatest, each at its high. One pass over sorted members finds both.


@dataclass(frozen=True, slots=True)
class Member:
    """One weighted member of a mean."""

    weight: int
    bounds: Bounds
    sure: bool
    """Whether it surely counts; otherwise it may be sans objet."""


def weighted_mean(members: Sequence[Member]) -> Bounds | None:
    """Return the bounds of the mean; None when nothing can count."""
    if not members:
        return None
    return Bounds(lowest_mean(members), highest_mean(members))


def mean_of(values: Sequence[tuple[Fraction, int]]) -> Fraction:
    """Return the mean of values with their weights; there must be one."""
    ratios = [(*value.as_integer_ratio(), weight, True) for value, weight in values]
    return Fraction(*_least(ratios))


def lowest_mean(members: Sequence[Member]) -> Fraction:
    """Return the least mean that members can still have."""
    lows = [(*m.bounds.low.as_integer_ratio(), m.weight, m.sure) for m in members]
    return Fraction(*_least(lows))


def highest_mean(members: Sequence[Member]) -> Fraction:
    """Return the greatest mean that members can still have: the mirror of the least."""
    highs = [
        (-numerator, denominator, m.weight, m.sure)
        for m in members
        for numerator, denominator in [m.bounds.high.as_integer_ratio()]
    ]
    numerator, denominator = _least(highs)
    return Fraction(-numerator, denominator)


def _least(members: Sequence[tuple[int, int, int, bool]]) -> tuple[int, int]:
    """Return the least mean of (numerator, denominator, weight, sure), as a ratio.

    Integers over one denominator: five times as fast as adding fractions.
    """
    scale = lcm(*[denominator for _, denominator, _, _ in members])
    total = count = 0
    undecided = []
    for numerator, denominator, weight, sure in members:
        scaled = numerator * (scale // denominator)
        if sure:
            total += scaled * weight
            count += weight
        else:
            undecided.append((scaled, weight))
    undecided.sort()
    if not count:
        return undecided[0][0], scale
    for scaled, weight in undecided:
        if scaled * count >= total:
            break
        total += scaled * weight
        count += weight
    return total, count * scale


_NOTHING = Score(Standing.OUT, None, Fraction(1))


def criterion_member(result: CriterionResult) -> Member | None:
    """Return a criterion as its domain averages it; None when it does not count."""
    criterion = result.criterion
    if criterion.kind is Kind.COMPLIANCE or result.standing is Standing.OUT:
        return None
    return Member(criterion.weight, result.bounds, result.standing is Standing.IN)


def domain_member(result: DomainResult) -> Member | None:
    """Return a domain as the whole averages it; None when sans objet."""
    score = result.score
    if score.bounds is None:
        return None
    return Member(result.domain.weight, score.bounds, score.standing is Standing.IN)


def domain_score(criteria: Sequence[CriterionResult]) -> Score:
    """Return the score of the criteria of one domain."""
    members = [m for result in criteria if (m := criterion_member(result))]
    return _score(members, completeness(criteria))


def overall_score(domains: Sequence[DomainResult]) -> Score:
    """Return the score of all domains."""
    members = [m for result in domains if (m := domain_member(result))]
    return _score(members, completeness(c for d in domains for c in d.criteria))


def completeness(criteria: Iterable[CriterionResult]) -> Fraction:
    """Return settled weight over applicable or undecided weight; 1 when no weight."""
    settled = [
        (result.settled, result.criterion.weight)
        for result in criteria
        if result.criterion.kind is not Kind.COMPLIANCE
        and result.standing is not Standing.OUT
    ]
    return mean_of(settled) if settled else Fraction(1)


def compliance_of(standing: Standing, low: int, high: int) -> Compliance:
    """Return the verdict of a compliance criterion."""
    if standing is Standing.OUT:
        return Compliance.SANS_OBJET
    if standing is Standing.IN and low >= 1:
        return Compliance.CONFORME
    if standing is Standing.IN and high == 0:
        return Compliance.NON_CONFORME
    return Compliance.A_VERIFIER


def socle_of(criteria: Iterable[CriterionResult]) -> Socle:
    """Return whether everything blocking holds."""
    blocking = [
        result
        for result in criteria
        if result.criterion.kind is Kind.BLOCKING
        and result.standing is not Standing.OUT
    ]
    if not blocking:
        return Socle.SANS_OBJET
    if any(r.standing is Standing.IN and r.high == 0 for r in blocking):
        return Socle.NON_ATTEINT
    if all(r.low >= 1 for r in blocking):
        return Socle.ATTEINT
    return Socle.INDETERMINE


def _score(members: Sequence[Member], complete: Fraction) -> Score:
    bounds = weighted_mean(members)
    if bounds is None:
        return _NOTHING
    sure = any(member.sure for member in members)
    return Score(Standing.IN if sure else Standing.MAYBE, bounds, complete)


Replaced = Mapping[str, Member | None]
"""Criteria by id, as they would count; None: sans objet."""

Mean = Callable[[Sequence[Member]], Bounds | None]


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
            domain: self._average(domain, members.values(), weighted_mean)
            for domain, members in self._members.items()
        }
        self.bounds = self.bounds_with({})
        """The overall bounds as they are; None when sans objet."""

    def bounds_with(self, replaced: Replaced) -> Bounds | None:
        """Return the overall bounds with some criteria replaced."""
        return self._overall(replaced, weighted_mean)

    def gain(self, effect: Mapping[str, int]) -> Fraction:
        """Return the rise of the overall low once criteria reach these levels."""
        replaced = self._reached(effect)
        if not replaced:
            return Fraction()
        return _low(self._overall(replaced, _lows_alone)) - _low(self.bounds)

    def bounds_once(self, effect: Mapping[str, int]) -> Bounds | None:
        """Return the overall bounds once criteria reach these levels."""
        return self.bounds_with(self._reached(effect))

    def width_with(self, replaced: Replaced) -> Fraction:
        """Return how wide the overall interval is with some criteria replaced."""
        bounds = self.bounds_with(replaced)
        return bounds.high - bounds.low if bounds else Fraction()

    def _reached(self, effect: Mapping[str, int]) -> dict[str, Member]:
        replaced = {}
        for criterion, level in effect.items():
            domain = self._domain_of.get(criterion)
            member = self._members[domain].get(criterion) if domain else None
            if member:
                bounds = raised(member.bounds, level)
                replaced[criterion] = Member(member.weight, bounds, member.sure)
        return replaced

    def _overall(self, replaced: Replaced, mean: Mean) -> Bounds | None:
        touched = {
            self._domain_of[criterion]
            for criterion in replaced
            if criterion in self._domain_of
        }
        averaged = dict(self._averaged)
        for domain in touched:
            members = self._members[domain]
            averaged[domain] = self._average(
                domain,
                [replaced.get(each, member) for each, member in members.items()],
                mean,
            )
        return mean([member for member in averaged.values() if member])

    def _average(
        self, domain: str, members: Iterable[Member | None], mean: Mean
    ) -> Member | None:
        counted = [member for member in members if member]
        bounds = mean(counted)
        if bounds is None:
            return None
        sure = any(member.sure for member in counted)
        return Member(self._weights[domain], bounds, sure)


def raised(bounds: Bounds, level: int) -> Bounds:
    """Return bounds once a level is reached: `[max(l, k), max(h, k)]`."""
    ratio = Fraction(level, TOP)
    return Bounds(max(bounds.low, ratio), max(bounds.high, ratio))


def _lows_alone(members: Sequence[Member]) -> Bounds | None:
    if not members:
        return None
    low = lowest_mean(members)
    return Bounds(low, low)


def _low(bounds: Bounds | None) -> Fraction:
    return bounds.low if bounds else Fraction()
