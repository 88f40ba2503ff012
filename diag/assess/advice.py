"""Verdicts become recommendations: which fire, how many, at which cost and gain."""

from collections.abc import Mapping, Sequence

from diag.assess.averages import Averages
from diag.assess.gates import Gates
from diag.assess.reading import Reading
from diag.assess.remedy import Remedy
from diag.assess.results import Advice, CriterionResult, DomainResult
from diag.model.checklist import Below
from diag.model.enums import Standing, Trigger

Results = Mapping[str, CriterionResult]
"""Criteria by id."""


def advice_of(
    remedies: Mapping[str, Remedy],
    results: Results,
    domains: Sequence[DomainResult],
    reading: Reading,
) -> list[Advice]:
    """Return what is recommended, in the order of the checklist."""
    triggers = {
        ident: trigger
        for ident, remedy in remedies.items()
        if (trigger := trigger_of(remedy.recommendation.when, results))
    }
    gates = Gates(remedies, triggers, results)
    averages = Averages(domains)
    root = reading.scope(reading.tree.root)
    found = []
    for ident, trigger in triggers.items():
        recommendation = remedies[ident].recommendation
        gate, waits_for = gates.gate(recommendation)
        quantity = remedies[ident].quantity(root)
        found.append(
            Advice(
                recommendation=recommendation,
                trigger=trigger,
                gate=gate,
                waits_for=waits_for,
                quantity=quantity,
                cost=remedies[ident].cost(root, quantity),
                effort_days=remedies[ident].effort(root, quantity),
                gain=averages.gain(recommendation.effect),
                places=_places(recommendation.when, trigger, results, root.place),
            )
        )
    return found


def trigger_of(when: Below, results: Results) -> Trigger | None:
    """Return whether a criterion stands below a level; None when it does not.

    A criterion that may be sans objet never fires by itself: it is to be confirmed.
    """
    result = results[when.criterion]
    if result.standing is Standing.OUT or result.low >= when.below:
        return None
    if result.standing is Standing.IN and result.high < when.below:
        return Trigger.FIRES
    return Trigger.TO_CONFIRM


def _places(
    when: Below, trigger: Trigger, results: Results, root: str
) -> tuple[str, ...]:
    """Return the places that fall short, or may, when all is to be confirmed."""
    result = results[when.criterion]
    roll_up = result.criterion.roll_up
    below: int = when.below
    if roll_up is not None and roll_up.method == "share_reaching":
        below = roll_up.threshold
    sure = trigger is Trigger.FIRES
    return tuple(
        verdict.place
        for verdict in result.verdicts
        if verdict.place != root
        and verdict.standing is not Standing.OUT
        and (verdict.high if sure else verdict.low) < below
        and not (sure and verdict.standing is Standing.MAYBE)
    )
