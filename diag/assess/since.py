"""What an assessment leaves standing once some answers have changed: most of it.

A result depends on what the rules of its criterion read, an action on what its own
rules read, on what its effect brings, and on what those that cover it, that it covers
or that it may wait for depend on. What an answer moves is that question, and those
whose value it decides by relevance or as a whole: the index is that of gains.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

from diag.assess.criteria import CriterionJudge, Readers, every_name
from diag.assess.effects import Remedies, Remedy
from diag.assess.needs import Draft
from diag.assess.results import Assessment, CriterionResult
from diag.model.checklist import Checklist
from diag.model.fact import Facts

Kept = Mapping[str, Draft | None]
"""Actions that nothing has moved, by id, as they were; None: they did not fire."""


class Drafts(NamedTuple):
    """Every action that some facts call for."""

    facts: Facts
    by_id: Mapping[str, Draft]


class Basis(NamedTuple):
    """What an assessment stands on, so that the next one judges what has moved."""

    facts: Facts
    checklist: Checklist
    drafts: Drafts | None
    """All actions as they were counted last, of these facts or of older ones."""


class Dependencies:
    """What facts the criteria and the recommendations of one checklist depend on."""

    def __init__(
        self,
        checklist: Checklist,
        gauges: Mapping[str, CriterionJudge],
        readers: Readers,
        remedies: Remedies,
    ) -> None:
        self._checklist = checklist
        self._gauges = gauges
        self._readers = readers
        self._remedies = remedies

    def basis_of(self, assessment: Assessment | None) -> Basis | None:
        """Return what an assessment stands on, if it was judged by this checklist."""
        basis = assessment.basis if assessment else None
        return basis if basis and basis.checklist is self._checklist else None

    def results(
        self, facts: Facts, since: Assessment | None
    ) -> Mapping[str, CriterionResult]:
        """Return the results whose rules read nothing that has moved since."""
        basis = self.basis_of(since)
        moved = self._moved(facts, basis.facts) if basis else None
        if since is None or moved is None:
            return {}
        return {
            ident: since.criteria[ident]
            for ident, gauge in self._gauges.items()
            if moved.isdisjoint(gauge.names)
        }

    def actions(self, facts: Facts, drafts: Drafts | None) -> Kept:
        """Return the actions that depend on nothing that has moved since."""
        moved = self._moved(facts, drafts.facts) if drafts else None
        if drafts is None or moved is None:
            return {}
        return {
            ident: drafts.by_id.get(ident)
            for ident, names in self._read.items()
            if moved.isdisjoint(names)
        }

    def _moved(self, facts: Facts, then: Facts) -> frozenset[str] | None:
        """Return what answers have moved since; None: all may be otherwise."""
        if not facts.has_the_places_of(then):
            return None
        return self._readers.moved_by(facts.questions_answered_since(then))

    @cached_property
    def _read(self) -> Mapping[str, frozenset[str]]:
        """What each recommendation depends on, by its rules or by those of others."""
        own = {
            ident: self._read_by(remedy)
            for ident, remedy in self._remedies.by_id.items()
        }
        return {
            ident: frozenset[str]().union(*map(own.__getitem__, linked))
            for ident in own
            for linked in [self._remedies.linked(ident)]
        }

    def _read_by(self, remedy: Remedy) -> frozenset[str]:
        """Return what decides where it fires, how many, and what its effect brings."""
        recommendation, effect = remedy.recommendation, remedy.effect
        judged = [
            recommendation.when.criterion,
            *(each.criterion for each in recommendation.requires),
            *(each for name in effect.facts for each in self._readers.averaged(name)),
            *effect.levels,
        ]
        written = filter(None, (remedy.where, *remedy.rules, *effect.rules.values()))
        return frozenset(effect.facts).union(
            *(self._gauges[each].names for each in judged if each in self._gauges),
            *map(every_name, written),
        )
