"""Criteria become domains, domains become one score; compliance never enters."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from diag.assess.means import Member, mean_of, weighted_mean
from diag.assess.results import CriterionResult, DomainResult, Score
from diag.model.enums import Compliance, Kind, Socle, Standing

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
    """Return what a compliance criterion says."""
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
