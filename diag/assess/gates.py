"""What must come first: a recommendation may wait for another, or for a check."""

from collections.abc import Iterator, Mapping

from diag.assess.remedy import Remedy
from diag.assess.results import CriterionResult
from diag.model.checklist import Recommendation, Requirement
from diag.model.enums import Gate, Standing, Trigger


class Gates:
    """The prerequisites of one assessment's recommendations."""

    def __init__(
        self,
        remedies: Mapping[str, Remedy],
        triggers: Mapping[str, Trigger],
        results: Mapping[str, CriterionResult],
    ) -> None:
        self._remedies = remedies
        self._triggers = triggers
        self._results = results

    def gate(self, recommendation: Recommendation) -> tuple[Gate, tuple[str, ...]]:
        """Return whether it may be done now, and what comes first, failures first."""
        held = {
            requirement: self.holds(requirement)
            for requirement in recommendation.requires
        }
        failing = [req for req, truth in held.items() if truth is False]
        unknown = [req for req, truth in held.items() if truth is None]
        waits_for = [
            *(first for req in failing for first in self._first(req, recommendation)),
            *(req.recommendation or req.criterion or "" for req in unknown),
        ]
        gate = Gate.OPEN
        if unknown:
            gate = Gate.CHECK_FIRST
        if failing:
            gate = Gate.WAITS
        return gate, tuple(dict.fromkeys(waits_for))

    def holds(self, requirement: Requirement) -> bool | None:
        """Say whether a prerequisite holds; one that is sans objet does."""
        if requirement.recommendation is not None:
            trigger = self._triggers.get(requirement.recommendation)
            return {None: True, Trigger.FIRES: False}.get(trigger)
        assert requirement.criterion is not None
        result = self._results[requirement.criterion]
        level = requirement.at_least or 0
        if result.standing is Standing.OUT or result.low >= level:
            return True
        fails = result.standing is Standing.IN and result.high < level
        return False if fails else None

    def _first(
        self, requirement: Requirement, waiting: Recommendation
    ) -> tuple[str, ...]:
        if requirement.recommendation is not None:
            return (requirement.recommendation,)
        assert requirement.criterion is not None
        cures = tuple(self._cures(requirement, waiting))
        return cures or (requirement.criterion,)

    def _cures(
        self, requirement: Requirement, waiting: Recommendation
    ) -> Iterator[str]:
        for ident in self._triggers:
            cure = self._remedies[ident].recommendation
            reached = cure.effect.get(requirement.criterion or "", 0)
            if ident != waiting.id and reached >= (requirement.at_least or 0):
                yield ident
