"""What is better never lowers anything, and brings an action in three cases only."""

from collections.abc import Iterator

from hypothesis import assume, given

from diag.assess.judge import assess
from diag.assess.results import Assessment, Score, Target, Verdict
from diag.model.audit import Facts
from diag.model.checklist import Checklist
from diag.model.enums import Gate, Socle, Standing, Trigger
from diag.rules.expressions import Truth
from tests.assess.strategies import Audit
from tests.assess.strategies_better import improved
from tests.assess.test_properties import quick

SOCLES = (Socle.NON_ATTEINT, Socle.ATTEINT_SAUF, Socle.ATTEINT)
STANDINGS = (Standing.OUT, Standing.MAYBE, Standing.IN)
TRUTHS: tuple[Truth, ...] = (False, None, True)

Slot = tuple[str, str]


@quick(600)
@given(improved())
def test_a_better_fact_lowers_no_verdict_no_score_and_no_socle(
    drawn: tuple[Audit, Facts],
) -> None:
    audit, better = drawn
    before, after = (
        assess(audit.facts, audit.checklist),
        assess(better, audit.checklist),
    )
    for ident, result in before.criteria.items():
        then = after.criteria[ident]
        for one, other in zip(result.verdicts, then.verdicts, strict=True):
            assert one.low <= other.low
            assert one.high <= other.high
        if result.criterion.is_averaged:  # else a rule may be born in another room
            assert result.bounds.low <= then.bounds.low
            assert result.bounds.high <= then.bounds.high
        if result.socle and then.socle:
            assert SOCLES.index(result.socle.low) <= SOCLES.index(then.socle.low)
            assert SOCLES.index(result.socle.high) <= SOCLES.index(then.socle.high)
    for was, became in zip(scores(before), scores(after), strict=True):
        if was.bounds and became.bounds:
            assert was.bounds.low <= became.bounds.low
            assert was.bounds.high <= became.bounds.high


def scores(assessment: Assessment) -> list[Score]:
    return [assessment.overall, *(each.score for each in assessment.domains)]


@quick(600)
@given(improved())
def test_a_better_fact_brings_an_action_in_three_cases_only(
    drawn: tuple[Audit, Facts],
) -> None:
    audit, better = drawn
    before, after = (
        assess(audit.facts, audit.checklist),
        assess(better, audit.checklist),
    )
    for slot in brought(before, after):
        assert reason(audit.checklist, slot, before, after), slot


@quick(600)
@given(improved())
def test_a_better_fact_costs_more_in_no_other_case(
    drawn: tuple[Audit, Facts],
) -> None:
    audit, better = drawn
    before, after = (
        assess(audit.facts, audit.checklist),
        assess(better, audit.checklist),
    )
    assume(not [*brought(before, after)])
    for was, became in (
        (before.basket.once_ttc, after.basket.once_ttc),
        (before.basket.yearly_ttc, after.basket.yearly_ttc),
    ):
        assert became.low <= was.low
        assert was.high is None or (became.high is not None and became.high <= was.high)


def brought(before: Assessment, after: Assessment) -> Iterator[Slot]:
    """Yield the actions at places that fire, or more surely, as they did not."""
    firing = targets(before)
    for slot, target in targets(after).items():
        if slot not in firing or (
            target.trigger is Trigger.FIRES
            and firing[slot].trigger is not Trigger.FIRES
        ):
            yield slot


def targets(assessment: Assessment) -> dict[Slot, Target]:
    return {
        (each.recommendation.id, target.place): target
        for each in assessment.advice
        for target in each.targets
    }


def reason(
    checklist: Checklist, slot: Slot, before: Assessment, after: Assessment
) -> str:
    """Return why an action was brought to a place; empty: it should not be."""
    ident, place = slot
    criterion = checklist.criteria[checklist.recommendations[ident].when.criterion]
    was, became = (verdict_at(each, criterion.id, place) for each in (before, after))
    if TRUTHS.index(was.given) < TRUTHS.index(became.given):
        return "rendue possible"
    covering = [
        each.id for each in checklist.recommendations.values() if ident in each.covers
    ]
    for other in covering:
        one, two = (done_at(each, other, place) for each in (before, after))
        if TRUTHS.index(two) < TRUTHS.index(one):
            return "n'est plus couverte"
    rises = STANDINGS.index(was.standing) < STANDINGS.index(became.standing)
    return "obligation née" if rises and not criterion.is_averaged else ""


def verdict_at(assessment: Assessment, criterion: str, place: str) -> Verdict:
    verdicts = assessment.criteria[criterion].verdicts
    return next(each for each in verdicts if each.place == place)


def done_at(assessment: Assessment, action: str, place: str) -> Truth:
    """Say whether an action is sure at a place, and need not wait there."""
    target = targets(assessment).get((action, place))
    if target is None or target.gate is Gate.WAITS:
        return False
    if target.trigger is Trigger.FIRES and target.gate is Gate.OPEN:
        return True
    return None
