"""The averages of one assessment, recomputed at will with a few criteria replaced."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction

from diag.assess.means import Member, lowest_mean, weighted_mean
from diag.assess.results import DomainResult
from diag.assess.roll_up import TOP
from diag.assess.scores import criterion_member
from diag.model.number import Bounds

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
    """Return a mean's low in place of both: a low never depends on a high."""
    if not members:
        return None
    low = lowest_mean(members)
    return Bounds(low, low)


def _low(bounds: Bounds | None) -> Fraction:
    return bounds.low if bounds else Fraction()
