"""What workshops weigh: each theme's share of the ballots' points, within bounds.

Weights touch the order of what neither a law nor a blocking need takes first, and only
once a decision of the syndicat adopted them; each traces to its workshops and ballots.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from diag.model.enums import Outcome, Participant
from diag.model.programme import WeightRule, WorkshopBallot
from diag.model.text import canonical_number, exact
from diag.programme.container import Record
from diag.programme.operations import Contender

LEAST_BALLOTS = 5
"""Under so many ballots of a role, nothing is said of that role alone."""

_CENTS = 100
"""Weights have two decimals."""


class ThemeWeight(NamedTuple):
    """What a theme weighs, and what that follows from."""

    theme: str
    """Slug."""
    points: int
    """Over all ballots that count."""
    share: Fraction
    """Of the points, averaged over ballots or workshops; 0 to 1."""
    weight: Fraction
    """1: as if nobody had voted."""


def theme_weights(record: Record) -> tuple[ThemeWeight, ...]:
    """Return what each theme weighs by the ballots that count, in order of weight.

    Empty where no rule names the workshops that count, or nobody voted in them.
    """
    rule = record.weighing
    if rule is None or not record.themes:
        return ()
    groups = list(ballots_of(record, rule).values())
    if rule.per == "ballot":  # each ballot, or each workshop, counts as one
        groups = [[one] for ballots in groups for one in ballots]
    if not groups:
        return ()
    points = Counter[str]()
    shares = dict.fromkeys(sorted(record.themes), Fraction(0))
    for ballots in groups:
        for one in ballots:
            points.update(one.points)
            total = sum(one.points.values())
            for name, given in one.points.items():
                shares[name] += Fraction(given, total * len(ballots) * len(groups))
    bound, weights = Fraction(exact(rule.bound)), []
    for name, share in shares.items():
        kept = min(max(share * len(shares), 1 / bound), bound)
        weight = Fraction(round(kept * _CENTS), _CENTS)
        weights.append(ThemeWeight(name, points[name], share, weight))
    return tuple(sorted(weights, key=lambda one: (-one.weight, -one.share, one.theme)))


def ballots_of(record: Record, rule: WeightRule) -> dict[str, list[WorkshopBallot]]:
    """Return the ballots that count, by workshop; what names no theme here does not."""
    found: dict[str, list[WorkshopBallot]] = {}
    for (workshop, _), ballot in record.ballots.items():
        kept = {
            name: points
            for name, points in ballot.points.items()
            if name in record.themes and points
        }
        if workshop in rule.workshops and workshop in record.workshops and kept:
            own = WorkshopBallot(role=ballot.role, points=kept)
            found.setdefault(workshop, []).append(own)
    return found


def rule_adopting(record: Record, rule: WeightRule, decision: str) -> WeightRule:
    """Return a rule as a decision adopts it: what it weighs today is kept in it."""
    weights = theme_weights(replace(record, weighing=rule))
    adopted = {one.theme: canonical_number(one.weight) for one in weights}
    return rule.model_copy(update={"decision": decision, "adopted": adopted})


def weights_in_force(record: Record) -> dict[str, Fraction]:
    """Return theme → weight, as the syndicat adopted them; empty until it did."""
    rule = record.weighing
    decision = record.decisions.get(rule.decision) if rule else None
    if rule is None or decision is None or decision.outcome is not Outcome.ADOPTE:
        return {}
    return {
        name: Fraction(exact(weight))
        for name, weight in rule.adopted.items()
        if name in record.themes
    }


class Themed(NamedTuple):
    """The theme of an operation, and what it weighs."""

    theme: str
    """Slug; of several, the one that weighs most."""
    weight: Fraction


def themed(record: Record, candidates: Mapping[str, Contender]) -> dict[str, Themed]:
    """Return the theme and the weight of each operation that has one."""
    weights = weights_in_force(record)
    found: dict[str, Themed] = {}
    for name, theme in sorted(record.themes.items()):
        weight = weights.get(name, Fraction(1))
        for ident, one in candidates.items():
            known = found.get(ident)
            is_in = not one.domains.isdisjoint(theme.domains) or any(
                action in theme.recommendations for action in one.actions
            )
            if is_in and (known is None or weight > known.weight):
                found[ident] = Themed(name, weight)
    return found


def points_by_role(record: Record) -> dict[Participant, dict[str, int]]:
    """Return theme → points of each role that has ballots enough to be shown."""
    rule = record.weighing
    many = Counter[Participant]()
    found: dict[Participant, Counter[str]] = defaultdict(Counter)
    for ballots in ballots_of(record, rule).values() if rule else ():
        for one in ballots:
            many[one.role] += 1
            found[one.role].update(one.points)
    return {
        role: dict(points)
        for role, points in found.items()
        if many[role] >= LEAST_BALLOTS
    }
