"""Where an assessment and the oracle disagree, in words."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from random import Random

from diag.assess.criteria import WORST
from diag.assess.judge import assess
from diag.assess.results import Advice, Assessment, CriterionResult, Score
from diag.model.checklist import Checklist
from diag.model.enums import Compliance, Kind, Socle, Standing, Trigger
from diag.model.fact import Facts
from diag.model.number import Bounds
from diag.rules.values import Truth
from tests import oracle
from tests.completions import completions

_MANY = 10  # undecided members beyond which brute force takes seconds

_FITTING_SOCLES = {
    Socle.ATTEINT: {"atteint", "sans_objet"},
    Socle.NON_ATTEINT: {"non_atteint"},
    Socle.SANS_OBJET: {"sans_objet"},
    Socle.INDETERMINE: {"atteint", "non_atteint", "sans_objet"},
}


def disagreements(facts: Facts, checklist: Checklist, limit: int = 30) -> list[str]:
    """Return what does not hold for some completion, or is not exact."""
    assessment = assess(facts, checklist)
    found = [*inexact(assessment)]
    for world in completions(facts, checklist, Random(limit), limit):
        outcome = oracle.outcome(world, checklist)
        found += [f"{each} ({world.values})" for each in outside(assessment, outcome)]
    return found


def outside(assessment: Assessment, outcome: oracle.Outcome) -> Iterator[str]:
    """Yield what does not hold for one completion."""
    for ident, result in assessment.criteria.items():
        for judged in outcome.criteria[ident]:
            if not _holds(result, judged):
                yield f"{ident}: {result} against {judged}"
    for domain in assessment.domains:
        ratio = outcome.domains[domain.domain.id]
        if not _contains(domain.score, ratio):
            yield f"{domain.domain.id}: {domain.score} against {ratio}"
    if not _contains(assessment.overall, outcome.overall):
        yield f"overall {assessment.overall} against {outcome.overall}"
    if outcome.socle not in _FITTING_SOCLES[assessment.socle]:
        yield f"{assessment.socle} against {outcome.socle}"
    advice = {each.recommendation.id: each for each in assessment.advice}
    for ident, fires in outcome.fires.items():
        if not _advises(advice.get(ident), fires, outcome.quantities[ident]):
            yield f"{ident}: {advice.get(ident)} against {fires}"


def unsettled(assessment: Assessment, outcome: oracle.Outcome) -> Iterator[str]:
    """Yield what is not a point, though the facts are complete: those of `outcome`."""
    yield from outside(assessment, outcome)
    for ident, result in assessment.criteria.items():
        if len(set(outcome.criteria[ident])) > 1 or result.low != result.high:
            if result.compliance is not Compliance.A_VERIFIER:
                yield f"{ident}: {result}"
        elif result.standing is Standing.MAYBE:
            yield f"{ident}: {result}"
    for score in (assessment.overall, *(each.score for each in assessment.domains)):
        bounds = score.bounds or Bounds(Fraction(), Fraction())
        if bounds.low != bounds.high or score.completeness != 1:
            yield f"{score}"
    if str(assessment.socle) != outcome.socle:
        yield f"{assessment.socle} against {outcome.socle}"


def widened(before: Assessment, after: Assessment) -> Iterator[str]:
    """Yield what is less sure after than before."""
    scores = [(before.overall, after.overall)]
    scores += [
        (one.score, other.score)
        for one, other in zip(before.domains, after.domains, strict=True)
    ]
    scores += [
        (_as_score(result), _as_score(after.criteria[ident]))
        for ident, result in before.criteria.items()
    ]
    for one, other in scores:
        if not _narrows(one, other):
            yield f"{one} became {other}"
    for ident, result in before.criteria.items():
        status = after.criteria[ident].compliance
        if result.compliance not in {Compliance.A_VERIFIER, status}:
            yield f"{ident} was {result.compliance}, became {status}"
    if before.socle is not Socle.INDETERMINE and after.socle not in {
        before.socle,
        Socle.SANS_OBJET,
    }:
        yield f"{before.socle} became {after.socle}"


def _as_score(result: CriterionResult) -> Score:
    bounds = None if result.standing is Standing.OUT else result.bounds
    return Score(result.standing, bounds, Fraction())


def _narrows(before: Score, after: Score) -> bool:
    if before.standing is not Standing.MAYBE and after.standing is not before.standing:
        return False
    if after.bounds is None or before.bounds is None:
        return after.bounds is None
    low, high = before.bounds.low, before.bounds.high
    return low <= after.bounds.low <= after.bounds.high <= high


def inexact(assessment: Assessment) -> Iterator[str]:
    """Yield the roll-ups and means that brute force finds different."""
    for ident, result in assessment.criteria.items():
        if not result.open and not _is_exact_roll_up(result):
            yield f"{ident}: {result.bounds} is not exact"
    members = []
    for domain in assessment.domains:
        members.append((domain.domain.weight, domain.score))
        counted = [
            (each.criterion.weight, each)
            for each in domain.criteria
            if each.criterion.kind is not Kind.COMPLIANCE
        ]
        if not _is_exact_mean(domain.score, counted):
            yield f"{domain.domain.id}: {domain.score} is not exact"
    if not _is_exact_mean(assessment.overall, members):
        yield f"overall {assessment.overall} is not exact"


def _holds(result: CriterionResult, judged: oracle.Judged | None) -> bool:
    if judged is None:
        return result.standing is not Standing.IN and result.compliance in {
            None,
            Compliance.SANS_OBJET,
            Compliance.A_VERIFIER,
        }
    fits = {
        None: True,
        Compliance.CONFORME: judged.low >= 1,
        Compliance.NON_CONFORME: judged.high == 0,
        Compliance.SANS_OBJET: False,
        Compliance.A_VERIFIER: True,
    }[result.compliance]
    return (
        fits
        and result.standing is not Standing.OUT
        and result.low <= judged.low <= judged.high <= result.high
        and result.bounds.low <= judged.low_ratio
        and judged.high_ratio <= result.bounds.high
    )


def _contains(score: Score, ratio: Fraction | None) -> bool:
    if ratio is None:
        return score.standing is not Standing.IN
    if score.bounds is None:
        return False
    settled = score.bounds.low == score.bounds.high or score.completeness < 1
    return settled and score.bounds.low <= ratio <= score.bounds.high


def _advises(advice: Advice | None, fires: Truth, quantity: Fraction) -> bool:
    if advice is None:
        return fires is False
    high = advice.quantity.high
    counted = advice.quantity.low <= quantity and (high is None or quantity <= high)
    return counted and (fires is True or advice.trigger is Trigger.TO_CONFIRM)


def _is_exact_roll_up(result: CriterionResult) -> bool:
    places: dict[Standing, list[tuple[int, int]]] = {each: [] for each in Standing}
    for verdict in result.verdicts:
        places[verdict.standing].append((verdict.low, verdict.high))
    roll_up = result.criterion.roll_up
    if roll_up is None or result.compliance is not None:
        roll_up = WORST
    exact = oracle.exact_roll_up(roll_up, places[Standing.IN], places[Standing.MAYBE])
    if exact is None:
        return result.standing is Standing.OUT
    surely = Standing.IN if places[Standing.IN] else Standing.MAYBE
    levels = tuple(int(3 * end) for end in exact)
    return (
        result.bounds == Bounds(*exact)
        and result.standing is surely
        and (result.low, result.high) == levels
    )


def _is_exact_mean(
    score: Score, members: Sequence[tuple[int, CriterionResult | Score]]
) -> bool:
    ends: dict[Standing, list[tuple[int, Fraction, Fraction]]] = {
        each: [] for each in Standing
    }
    for weight, member in members:
        if member.bounds and member.standing is not Standing.OUT:
            low, high = member.bounds.low, member.bounds.high
            ends[member.standing].append((weight, low, high))
    if len(ends[Standing.MAYBE]) > _MANY:
        return True
    exact = oracle.exact_mean(ends[Standing.IN], ends[Standing.MAYBE])
    if exact is None:
        return score.bounds is None and score.standing is Standing.OUT
    standing = Standing.IN if ends[Standing.IN] else Standing.MAYBE
    return score.bounds == Bounds(*exact) and score.standing is standing
