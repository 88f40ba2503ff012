"""Facts and a checklist become an assessment: the one way in, and a pure function."""

from collections.abc import Container, Mapping
from functools import cached_property

from diag.assess.advice import advice_of
from diag.assess.gauge import Gauge
from diag.assess.priority import ordered
from diag.assess.profiles import profiles_of
from diag.assess.readers import Readers
from diag.assess.reading import Reading
from diag.assess.remedy import Remedy
from diag.assess.results import Assessment, CriterionResult, DomainResult
from diag.assess.rooted import rooted, subject_kind
from diag.assess.scores import domain_score, overall_score, socle_of
from diag.assess.vocabulary import vocabulary_of
from diag.model.checklist import Checklist
from diag.model.enums import Profile
from diag.model.fact import Facts

_KEPT_JUDGES = 8  # editions that are judged side by side, in an upgrade's preview


class Judge:
    """A checklist made ready to judge: every rule compiled once, no state after."""

    def __init__(self, checklist: Checklist) -> None:
        self.checklist = checklist
        """What it judges by."""
        self.vocabulary = vocabulary_of(checklist.questions)
        """Its questions, as rules read them."""
        self.gauges = {
            ident: Gauge(criterion) for ident, criterion in checklist.criteria.items()
        }
        """Its criteria, ready to judge."""
        self.remedies = {
            ident: Remedy(recommendation, checklist.prices)
            for ident, recommendation in checklist.recommendations.items()
        }
        """Its recommendations, ready to be counted."""

    @cached_property
    def readers(self) -> Readers:
        """Who reads what; worked out when a next question is first looked for."""
        return Readers(self.vocabulary, self.gauges.values())

    @cached_property
    def profiles(self) -> Mapping[str, Profile]:
        """The shortest visit that asks each question, worked out at first need."""
        return profiles_of(self.checklist)

    def assess(self, facts: Facts, advised: Container[str] | None = None) -> Assessment:
        """Return everything that these facts say; the advice of the named ones alone.

        Counting and ranking 200 recommendations takes as long as judging.
        """
        remedies = {
            ident: remedy
            for ident, remedy in self.remedies.items()
            if advised is None or ident in advised
        }
        reading = self.reading(facts)
        results = self.results(reading)
        domains = self.domains(results)
        advice = advice_of(remedies, results, domains, reading)
        return Assessment(
            criteria=results,
            domains=domains,
            overall=overall_score(domains),
            socle=socle_of(results.values()),
            advice=ordered(advice, results),
        )

    def reading(self, facts: Facts) -> Reading:
        """Return facts as the rules of this checklist see them."""
        return Reading(self.vocabulary, facts)

    def results(self, reading: Reading) -> dict[str, CriterionResult]:
        """Return every criterion judged, in declared order."""
        return {
            ident: gauge.result(
                gauge.verdicts(reading), is_open=reading.is_open(gauge.criterion.place)
            )
            for ident, gauge in self.gauges.items()
        }

    def domains(
        self, results: Mapping[str, CriterionResult]
    ) -> tuple[DomainResult, ...]:
        """Return every domain with its criteria and its score."""
        criteria: dict[str, list[CriterionResult]] = {}
        for result in results.values():
            criteria.setdefault(result.criterion.domain, []).append(result)
        return tuple(
            DomainResult(domain, domain_score(here), tuple(here))
            for domain in self.checklist.domains
            for here in [criteria.get(domain.id, [])]
        )


_judges: list[Judge] = []


def judge_of(checklist: Checklist) -> Judge:
    """Return the judge of a checklist, made once for each of the last few."""
    for judge in tuple(_judges):
        if judge.checklist is checklist:
            return judge
    made = Judge(checklist)
    _judges[:] = [made, *_judges[: _KEPT_JUDGES - 1]]
    return made


def judge_for(facts: Facts, checklist: Checklist) -> Judge:
    """Return the judge of what a checklist says of such a subject."""
    return judge_of(rooted(checklist, subject_kind(facts)))


def assess(facts: Facts, checklist: Checklist) -> Assessment:
    """Return everything that facts say under a checklist."""
    return judge_for(facts, checklist).assess(facts)
