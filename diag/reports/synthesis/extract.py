"""What a document beyond the school keeps of one audit: the whole does not fit.

What a sensitive fact speaks through is kept for its score and its cost alone: it is
marked `discreet`, and no synthesis or draft names it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from diag.assess.results import Cost, CriterionResult, Score
from diag.model.auditee import Auditee
from diag.model.checklist import Criterion
from diag.model.enums import (
    Audience,
    Compliance,
    FollowUpState,
    Owner,
    Provenance,
    Socle,
    Standing,
)
from diag.model.number import Quantity
from diag.reports import proposals
from diag.reports.choice import for_the_council
from diag.reports.findings import EXPECTED
from diag.reports.money import Money
from diag.reports.plan import Action
from diag.reports.report import Report

_FROM_FILES = {Provenance.IMPORTED, Provenance.CARRIED}


@dataclass(frozen=True, slots=True)
class Finding:
    """How one audit stands on one criterion that applies, or may."""

    criterion: Criterion
    low: int
    high: int
    sure: bool
    """Whether it surely applies."""
    compliance: Compliance | None
    discreet: bool

    @property
    def short(self) -> bool:
        """Say whether it surely falls short of what is expected."""
        if self.compliance is not None:
            return self.compliance is Compliance.NON_CONFORME
        return self.sure and self.high < EXPECTED

    @property
    def reached(self) -> bool:
        """Say whether it surely is as expected."""
        if self.compliance is not None:
            return self.compliance is Compliance.CONFORME
        return self.sure and self.low >= EXPECTED


@dataclass(frozen=True, slots=True)
class Task:
    """An action surely advised in one audit, and what it costs there."""

    id: str
    domain: str
    criterion: Criterion | None
    """What it cures; None for what the engineer advises of their own."""
    broken: bool
    """Whether a rule is surely not kept until it is done."""
    missing: bool
    """Whether what it cures is missing altogether."""
    gain: Fraction
    """What it surely adds to the overall score."""
    owner: Owner
    titles: dict[Audience, str]
    """By reader, not filled in: quantities of several schools are added up."""
    decision: str
    """What the council votes, not filled in."""
    own_words: bool
    """Whether the words are the engineer's: told letter for letter."""
    done_when: str
    quantity: Quantity | None
    """None when it must not be told."""
    cost: Cost
    due: date | None
    ready: bool
    """Whether nothing must come first."""
    undecided: bool
    """Whether a decision is still to be taken."""
    council: bool
    """Whether the council has a word to say."""
    voted: bool
    """Whether it takes a vote."""
    discreet: bool


@dataclass(frozen=True, slots=True)
class Expense:
    """What one action costs, TTC by year, and who leads it."""

    domain: str
    owner: Owner
    years: tuple[Money, ...]
    ht: Money
    conditional: bool

    @property
    def total(self) -> Money:
        """The years added up."""
        return sum(self.years, Money())


@dataclass(frozen=True, slots=True)
class Decided:
    """Where an action stands that somebody followed up."""

    title: str
    """As the town hall reads it."""
    state: FollowUpState
    on: str
    """ISO date of the last step."""


@dataclass(frozen=True, slots=True)
class Extract:
    """One audit, reduced to what several are told with."""

    about: Auditee
    begun: bool
    """Whether somebody said or saw something: files alone are no audit."""
    provisional: bool
    status: str
    visits: tuple[str, ...]
    """ISO days on site."""
    digest: str
    version: str
    """Of the checklists."""
    overall: Score
    socle: Socle
    domains: tuple[tuple[str, str, Score], ...]
    """Id, title and score."""
    findings: tuple[Finding, ...]
    tasks: tuple[Task, ...]
    dangers: tuple[str, ...]
    """Ids of the tasks to be done on receipt: not put to the vote."""
    years: tuple[int, ...]
    expenses: tuple[Expense, ...]
    beyond: tuple[Cost, ...]
    """What actions paid after the last year cost, in no total."""
    decided: tuple[Decided, ...]
    to_confirm: int
    """Actions that depend on a check, in no total."""
    paid_to_confirm: int
    """Those of them that cost something."""

    @property
    def paid(self) -> tuple[Money, ...]:
        """What each year costs, TTC: as in the report to the town hall."""
        columns = zip(*(one.years for one in self.expenses), strict=True)
        told = tuple(sum(column, Money()) for column in columns)
        return told or tuple(Money() for _ in self.years)

    @property
    def alerts(self) -> tuple[int, int]:
        """How many points of compliance fail, how many are to be checked."""
        states = [one.compliance for one in self.findings]
        return states.count(Compliance.NON_CONFORME), states.count(
            Compliance.A_VERIFIER
        )


def extract_of(report: Report) -> Extract:
    """Return what is kept of an audit."""
    budget, plan = report.budget, report.plan
    return Extract(
        about=report.about,
        begun=is_begun(report),
        provisional=report.provisional,
        status=report.status_words,
        visits=tuple(one.date for one in report.visits),
        digest=report.digest,
        version=report.checklist.version,
        overall=report.assessment.overall,
        socle=report.assessment.socle,
        domains=tuple(
            (one.domain.id, one.domain.title, one.score)
            for one in report.assessment.domains
        ),
        findings=tuple(_findings(report)),
        tasks=tuple(_task(report, one) for one in plan.actions),
        dangers=tuple(one.id for one in proposals.dangers(report)),
        years=budget.years,
        expenses=tuple(
            Expense(
                domain=row.action.advice.recommendation.domain,
                owner=row.action.advice.recommendation.owner,
                years=row.years,
                ht=row.ht,
                conditional=row.action.conditional,
            )
            for row in budget.rows
        ),
        beyond=tuple(one.advice.cost for one in budget.beyond),
        decided=tuple(_decided(report)),
        to_confirm=len(plan.to_confirm),
        paid_to_confirm=plan.paid_to_confirm,
    )


def _decided(report: Report) -> Iterator[Decided]:
    """Give the last step of each action of the plan that may be named."""
    last = {one.recommendation: one for one in report.follow_ups if one.place is None}
    for action in report.plan:
        step = last.get(action.id)
        if step and action.id not in report.discretion.recommendations:
            title = report.title(action, Audience.MAIRIE)
            yield Decided(title, step.state, step.on)


def is_begun(report: Report) -> bool:
    """Say whether somebody said or saw something: files alone are no audit."""
    heads = (head for told in report.facts.answers.values() for head in told)
    return any(head.provenance not in _FROM_FILES for head in heads)


def _findings(report: Report) -> Iterator[Finding]:
    for one in report.assessment.criteria.values():
        if one.standing is Standing.OUT:
            continue
        yield Finding(
            criterion=one.criterion,
            low=one.low,
            high=one.high,
            sure=one.standing is Standing.IN,
            compliance=one.compliance,
            discreet=one.criterion.id in report.discretion.criteria,
        )


def _task(report: Report, action: Action) -> Task:
    recommendation = action.advice.recommendation
    result = report.result(recommendation.when.criterion)
    discreet = action.id in report.discretion.recommendations
    mayor = report.wording(action, Audience.MAIRIE)
    return Task(
        id=action.id,
        domain=recommendation.domain,
        criterion=result.criterion if result else None,
        broken=_is_broken(result),
        missing=result is not None and not result.high,
        gain=action.advice.gain,
        owner=recommendation.owner,
        titles={one: report.wording(action, one).title for one in Audience},
        decision=mayor.decision or mayor.title,
        own_words=action.id not in report.checklist.recommendations,
        done_when=recommendation.done_when,
        quantity=None if discreet else action.advice.quantity,
        cost=action.advice.cost,
        due=action.due,
        ready=action.ready,
        undecided=action.undecided,
        council=for_the_council(report, action),
        voted=proposals.is_voted(report, action),
        discreet=discreet,
    )


def _is_broken(result: CriterionResult | None) -> bool:
    return result is not None and result.compliance is Compliance.NON_CONFORME
