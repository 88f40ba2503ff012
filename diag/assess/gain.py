"""What doing something brings: the rise of the overall low bound, exact."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from diag.assess.means import Member, lowest_mean
from diag.assess.results import Bounds, DomainResult
from diag.assess.roll_up import TOP
from diag.assess.scores import criterion_member, domain_member


class Gains:
    """One assessment's averages, ready to be recomputed with better verdicts."""

    def __init__(self, domains: Sequence[DomainResult]) -> None:
        self._domains: dict[str, Member] = {}
        self._criteria: dict[str, dict[str, Member]] = {}
        self._domain_of: dict[str, str] = {}
        for domain in domains:
            averaged = domain_member(domain)
            if averaged is None:
                continue
            ident = domain.domain.id
            self._domains[ident] = averaged
            self._criteria[ident] = {
                result.criterion.id: member
                for result in domain.criteria
                if (member := criterion_member(result))
            }
            self._domain_of |= dict.fromkeys(self._criteria[ident], ident)
        self._low = _low(self._domains)

    def gain(self, effect: Mapping[str, int]) -> Fraction:
        """Return the rise of the overall low once criteria reach these levels."""
        touched: dict[str, dict[str, Member]] = {}
        for criterion, level in effect.items():
            domain = self._domain_of.get(criterion)
            if domain is not None:
                raised = touched.setdefault(domain, dict(self._criteria[domain]))
                raised[criterion] = _raised(raised[criterion], level)
        if not touched:
            return Fraction()
        domains = dict(self._domains)
        for domain, members in touched.items():
            low = lowest_mean(list(members.values()))
            high = domains[domain].bounds.high
            domains[domain] = replace(domains[domain], bounds=Bounds(low, high))
        return _low(domains) - self._low


def raised(bounds: Bounds, level: int) -> Bounds:
    """Return bounds once a level is reached: `[max(l, k), max(h, k)]`."""
    ratio = Fraction(level, TOP)
    return Bounds(max(bounds.low, ratio), max(bounds.high, ratio))


def _raised(member: Member, level: int) -> Member:
    return replace(member, bounds=raised(member.bounds, level))


def _low(members: Mapping[str, Member]) -> Fraction:
    return lowest_mean(list(members.values())) if members else Fraction()
