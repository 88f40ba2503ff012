"""What an audit tells on a page: scores, alerts, what is proposed, what was decided."""

from dataclasses import dataclass

from diag.assess.results import CriterionResult, DomainResult
from diag.model.enums import Compliance, Owner, Standing
from diag.reports import advice, frame
from diag.reports.alerts import cures, failing
from diag.reports.atlas.scores import Gauge, gauge
from diag.reports.atlas.view import View
from diag.reports.findings import observed
from diag.reports.money import total_words
from diag.reports.plan import Action
from diag.reports.proposals import dangers, decisions
from diag.reports.report import Report
from diag.words.dates import describe_day, long_date
from diag.words.figures import percent
from diag.words.sentences import listed
from diag.words.vocabulary import FOLLOW_UPS, UNSCORED

PROPOSED = 5
"""At most so many actions of the school and the académie told; documents have all."""

_TEACHERS = {Owner.ECOLE, Owner.ACADEMIE}


@dataclass(frozen=True, slots=True)
class DomainLine:
    """One domain and its score."""

    title: str
    gauge: Gauge
    completeness: str


@dataclass(frozen=True, slots=True)
class Alert:
    """A point of compliance that fails."""

    expected: str
    seen: str
    cure: str
    """The actions that cure it, numbered; empty when none does."""


@dataclass(frozen=True, slots=True)
class Decided:
    """One step of what became of a recommendation."""

    action: str
    state: str
    day: str
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class Bilan:
    """One audit as one reader may see it."""

    provisional: bool
    status: str
    """Where the audit stands: « audit en cours », « définitif »."""
    campaign: str
    visits: str
    score: Gauge
    completeness: str
    socle: str
    domains: tuple[DomainLine, ...]
    alerts: tuple[Alert, ...]
    to_check: tuple[str, ...]
    """Titles of the points of compliance that are still to be checked."""
    dangers: tuple[str, ...]
    """What is to be stopped at once."""
    proposed: tuple[str, ...]
    """What is to be decided: with amounts by a council, without by teachers."""
    decided: tuple[Decided, ...]
    budget: str
    """Three years, with tax; empty when there is nothing to pay or it is not told."""
    running: str
    """What this was computed from, and when."""


def bilan_of(report: Report, view: View) -> Bilan:
    """Return what a reader may see of an audit."""
    overall = report.assessment.overall
    return Bilan(
        provisional=report.provisional,
        status=report.status_words.removeprefix("provisoire (").removesuffix(")"),
        campaign=report.audit.campaign,
        visits=listed([describe_day(visit.date) for visit in report.visits]),
        score=gauge(overall),
        completeness=percent(overall.completeness),
        socle=frame.socle_words(report),
        domains=tuple(map(_domain, report.assessment.domains)),
        alerts=tuple(_alert(report, one, view) for one in failing(report)),
        to_check=tuple(one.criterion.title for one in unchecked(report)),
        dangers=_dangers(report) if view.money else (),
        proposed=_votes(report) if view.money else _for_teachers(report, view),
        decided=_decided(report, view) if view.money else (),
        budget=_budget(report) if view.money else "",
        running=frame.running_line(report),
    )


def unchecked(report: Report) -> tuple[CriterionResult, ...]:
    """Return the points of compliance that are still to be checked."""
    return tuple(
        one
        for one in report.assessment.alerts
        if one.compliance is Compliance.A_VERIFIER
    )


def _domain(result: DomainResult) -> DomainLine:
    """Return a domain's line; what is never averaged says so."""
    scored = result.score.bounds is not None
    applies = any(one.standing is not Standing.OUT for one in result.criteria)
    told = gauge(result.score, UNSCORED if applies else "sans objet")
    complete = percent(result.score.completeness) if scored or not applies else "–"
    return DomainLine(result.domain.title, told, complete)


def _alert(report: Report, result: CriterionResult, view: View) -> Alert:
    return Alert(
        expected=result.criterion.title,
        seen=observed(report, result, view.audience),
        cure=cures(report, result, view.audience),
    )


def _dangers(report: Report) -> tuple[str, ...]:
    return tuple(advice.decision(report, one) for one in dangers(report))


def _votes(report: Report) -> tuple[str, ...]:
    return tuple(advice.proposal(report, one) for one in decisions(report))


def _for_teachers(report: Report, view: View) -> tuple[str, ...]:
    mine = [
        one
        for one in report.plan.actions
        if one.advice.recommendation.owner in _TEACHERS and not one.conditional
    ]
    return tuple(
        f"{report.title(one, view.audience)} ({_by_when(one)}, {one.ref})."
        for one in mine[:PROPOSED]
    )


def _by_when(action: Action) -> str:
    owner = advice.owner(action)
    return f"{owner}, avant le {long_date(action.due)}" if action.due else owner


def _decided(report: Report, view: View) -> tuple[Decided, ...]:
    return tuple(
        Decided(
            action=advice.named(report, one.recommendation, view.audience),
            state=FOLLOW_UPS[one.state],
            day=describe_day(one.on),
            by=one.by,
            why=""
            if report.is_discreet(one.recommendation, view.audience)
            else one.why,
        )
        for one in report.follow_ups
    )


def _budget(report: Report) -> str:
    whole = f"{report.budget.total} TTC" if report.budget.rows else ""
    return total_words(whole, report.plan.paid_to_confirm)
