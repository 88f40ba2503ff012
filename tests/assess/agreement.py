"""Where an assessment and the oracle disagree, in words."""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from random import Random

from diag.assess.judge import assess
from diag.assess.results import (
    Advice,
    Amount,
    Assessment,
    Cost,
    CriterionResult,
    Score,
    Verdict,
)
from diag.model.audit import Facts
from diag.model.checklist import Checklist
from diag.model.enums import Compliance, Socle, Standing, Trigger
from diag.model.text import Quantity
from tests.completions import completions, facts_of
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
        "is_law": each.is_law,
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


def outside(
    facts: Facts,
    checklist: Checklist,
    limit: int,
    judge: Callable[[Facts, Checklist], Assessment] = assessed,
) -> Iterator[str]:
    """Yield what does not hold for every completion of facts that are not complete."""
    found = assess(facts, checklist)
    for world in completions(facts, checklist, Random(limit), limit):
        complete = judge(facts_of(world, facts), checklist)
        for each in escapes(found, complete):
            yield f"{each} ({world.values})"


def escapes(before: Assessment, after: Assessment) -> Iterator[str]:
    """Yield what an assessment says that another, of more facts, does not keep."""
    for ident, result in before.criteria.items():
        then = after.criteria[ident]
        if not _narrows(_as_score(result), _as_score(then)):
            yield f"{ident}: {result} became {then}"
        if result.compliance not in {None, Compliance.A_VERIFIER, then.compliance}:
            yield f"{ident} was {result.compliance}, became {then.compliance}"
        yield from _strayed(result, then)
    scores = {each.domain.id: each.score for each in before.domains}
    for domain in after.domains:
        if not _narrows(scores[domain.domain.id], domain.score):
            yield f"{domain.domain.id}: became {domain.score}"
    if not _narrows(before.overall, after.overall):
        yield f"overall: {before.overall} became {after.overall}"
    if after.socle not in _FITTING_SOCLES[before.socle]:
        yield f"{before.socle} became {after.socle}"
    yield from _undone(before, after)


def _as_score(result: CriterionResult) -> Score:
    bounds = None if result.standing is OUT else result.bounds
    return Score(result.standing, bounds, Fraction())


def _narrows(before: Score, after: Score) -> bool:
    if before.standing is not Standing.MAYBE and after.standing is not before.standing:
        return False
    if after.bounds is None or before.bounds is None:
        return after.bounds is None
    low, high = before.bounds.low, before.bounds.high
    return low <= after.bounds.low <= after.bounds.high <= high


def _strayed(result: CriterionResult, then: CriterionResult) -> Iterator[str]:
    """Yield the places whose verdict left what was said of it."""
    later = {each.place: each for each in then.verdicts}
    for verdict in result.verdicts:
        other = later[verdict.place]
        kept = verdict.standing in {Standing.MAYBE, other.standing}
        inside = verdict.low <= other.low <= other.high <= verdict.high
        if not kept or not (inside or other.standing is OUT):
            yield f"{result.criterion.id}: {verdict} became {other}"


def _undone(before: Assessment, after: Assessment) -> Iterator[str]:
    """Yield the places, quantities and euros that were surely so, and are not."""
    places = {
        place.place for each in before.criteria.values() for place in each.verdicts
    }
    firing, then = _targets(before), _targets(after)
    for (ident, place), (trigger, quantity) in firing.items():
        if trigger is Trigger.FIRES and (ident, place) not in then:
            yield f"{ident} fired at {place}"
        later = then.get((ident, place), (None, Quantity(0, 0)))[1]
        if not _within(later, quantity):
            yield f"{ident} at {place}: {quantity} became {later}"
    for ident, place in then:
        if place in places and (ident, place) not in firing:
            yield f"{ident} fires at {place} all at once"


def _targets(
    assessment: Assessment,
) -> dict[tuple[str, str], tuple[Trigger, Quantity]]:
    return {
        (each.recommendation.id, target.place): (target.trigger, target.quantity)
        for each in assessment.advice
        for target in each.targets
    }


def _within(quantity: Quantity, wide: Quantity) -> bool:
    if quantity.low < wide.low:
        return False
    return wide.high is None or (
        quantity.high is not None and quantity.high <= wide.high
    )


def wider(before: Cost, after: Cost) -> Iterator[str]:
    """Yield the items of a basket that more facts make less sure."""
    was, became = lines(before), lines(after)
    for item in {**was, **became}:
        one, other = (found.get(item, Quantity(0, 0)) for found in (was, became))
        if not _within(other, one):
            yield f"{item}: {one} became {other}"
