"""Where an assessment and the oracle disagree, in words."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from diag.assess.judge import assess
from diag.assess.results import (
    Advice,
    Amount,
    Assessment,
    Cost,
    CriterionResult,
    Verdict,
)
from diag.model.checklist import Checklist
from diag.model.enums import Socle, Standing
from diag.model.fact import Facts
from diag.model.number import Quantity
from tests.oracle_money import amount, assessed

OUT = Standing.OUT

_FITTING_SOCLES = {
    Socle.ATTEINT: {Socle.ATTEINT, Socle.SANS_OBJET},
    Socle.ATTEINT_SAUF: {Socle.ATTEINT_SAUF, Socle.SANS_OBJET},
    Socle.NON_ATTEINT: {Socle.NON_ATTEINT},
    Socle.SANS_OBJET: {Socle.SANS_OBJET},
    Socle.INDETERMINE: set(Socle),
}


def disagreements(facts: Facts, checklist: Checklist) -> list[str]:
    """Return where the engine and the oracle differ."""
    return [*differences(assess(facts, checklist), assessed(facts, checklist))]


def differences(found: Assessment, expected: Assessment) -> Iterator[str]:
    """Yield where an assessment is not what it should be."""
    yield from _unlike("criteria", [*found.criteria], [*expected.criteria])
    for ident, result in expected.criteria.items():
        yield from _unlike(ident, told(found.criteria[ident]), told(result))
    scores = {each.domain.id: each.score for each in found.domains}
    for domain in expected.domains:
        yield from _unlike(domain.domain.id, scores[domain.domain.id], domain.score)
    yield from _unlike("overall", found.overall, expected.overall)
    yield from _unlike("socle", found.socle, expected.socle)
    yield from _unlike("dangers", found.dangers, expected.dangers)
    advised = {each.recommendation.id: each for each in found.advice}
    for each in expected.advice:
        if other := advised.get(each.recommendation.id):
            yield from _unlike(each.recommendation.id, advice(other), advice(each))
    yield from _unlike("order", order(found), order(expected))
    yield from _unlike("basket", lines(found.basket), lines(expected.basket))
    yield from _unlike("due", lines(found.due), lines(expected.due))
    yield from miscounted(found.basket)


def _unlike(what: str, found: object, expected: object) -> Iterator[str]:
    if isinstance(found, Mapping) and isinstance(expected, Mapping):
        for key in {**found, **expected}:
            yield from _unlike(f"{what}.{key}", found.get(key), expected.get(key))
    elif found != expected:
        yield f"{what}: {found} where the oracle finds {expected}"


def order(assessment: Assessment) -> list[str]:
    """Return the ids of what is advised, in order."""
    return [each.recommendation.id for each in assessment.advice]


def told(result: CriterionResult) -> dict[str, object]:
    """Return what is told of a criterion; where it is out, nothing but that."""
    is_out = result.standing is OUT
    return {
        "standing": result.standing,
        "bounds": None if is_out else result.bounds,
        "settled": None if is_out else result.settled,
        "open": result.open,
        "compliance": result.compliance,
        "socle": result.socle,
        "verdicts": {each.place: _verdict(each) for each in result.verdicts},
    }


def _verdict(verdict: Verdict) -> tuple[object, ...]:
    if verdict.standing is OUT:
        return (OUT,)
    levels = verdict.low, verdict.high
    weight = Fraction(verdict.weight.least), Fraction(verdict.weight.most)
    return verdict.standing, levels, verdict.given, weight


def advice(each: Advice) -> dict[str, object]:
    """Return what is told of an action."""
    return {
        "trigger": each.trigger,
        "gate": each.gate,
        "targets": {
            target.place: (
                target.trigger,
                target.gate,
                set(target.waits_for),
                target.quantity,
                bounded(target.usual),
            )
            for target in each.targets
        },
        "waits_for": set(each.waits_for),
        "places": each.places,
        "quantity": each.quantity,
        "usual": each.usual,
        "cost": lines(each.cost),
        "due": lines(each.due),
        "alone": lines(each.alone),
        "shared": {
            (shared.need.item, shared.need.use or shared.need.item, shared.payer)
            for shared in each.shared
        },
        "gain": each.gain,
        "covers": set(each.covers),
        "is_legal": each.is_legal,
        "is_danger": each.is_danger,
    }


def bounded(usual: Quantity | None) -> Quantity | None:
    """Return how many as a rule, where there is a most."""
    return None if usual is None or usual.high is None else usual


def lines(cost: Cost) -> dict[str, Quantity]:
    """Return how many of each item."""
    return {each.price.id: each.quantity for each in cost.lines}


def miscounted(cost: Cost) -> Iterator[str]:
    """Yield the amounts that are not those of their lines."""
    found: dict[tuple[bool, bool], Amount] = {
        (False, False): cost.once_ht,
        (False, True): cost.once_ttc,
        (True, False): cost.yearly_ht,
        (True, True): cost.yearly_ttc,
    }
    for (yearly, taxed), each in found.items():
        own = [line for line in cost.lines if line.price.yearly is yearly]
        yield from _unlike(f"{yearly} {taxed}", each, amount(own, taxed=taxed))
