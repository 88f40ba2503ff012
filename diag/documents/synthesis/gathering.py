"""Several audits together: whose they are, by whom, and what may still change."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from hashlib import sha256

from diag.assess.money import BudgetRow, Money
from diag.assess.plan import Action
from diag.assess.results import Cost, CriterionResult, Score
from diag.assess.spread import concerned, expected_level, short_places
from diag.audit.findings import for_the_council
from diag.audit.reasons import concerns
from diag.audit.report import Report
from diag.audit.snapshot import OLDER
from diag.audit.votes import votes_of
from diag.documents import mairie as proposals
from diag.documents.blocks import Md, Pair, bold, definitions, written
from diag.documents.document import Meta
from diag.documents.parts.frame import dangers_in_brief
from diag.documents.parts.votes import SchoolVotes
from diag.model.audit import Auditee, Commune, School
from diag.model.checklist import Criterion
from diag.model.enums import (
    READERS,
    Audience,
    Compliance,
    FollowUpState,
    Owner,
    PlaceKind,
    Provenance,
    Socle,
    Standing,
)
from diag.model.text import Quantity, accented
from diag.model.votes import DecisionList
from diag.words.dates import describe_day, long_date
from diag.words.sentences import NBSP, counted, listed, phone_number
from diag.workspace.charter import Issuer

# What a document beyond the school keeps of one audit, as everyone may read it: the
# whole does not fit.


_FROM_FILES = {Provenance.IMPORTED, Provenance.CARRIED}


@dataclass(frozen=True, slots=True)
class Finding:
    """How one audit stands on one criterion that applies, or may."""

    criterion: Criterion
    short: bool
    """Whether a place surely falls short of what is expected."""
    reached: bool
    """Whether it surely is as expected, at each of its places."""
    compliance: Compliance | None
    is_read: bool
    """Whether the text that it rests on was read, not long before the visit."""


@dataclass(frozen=True, slots=True)
class Task:
    """An action surely advised in one audit, and what it costs there."""

    id: str
    domain: str
    criterion: Criterion | None
    """What it cures; None for what the engineer advises of their own."""
    broken: bool
    """Whether a law that was read is surely not kept until it is done."""
    missing: bool
    """Whether what it cures is missing altogether."""
    gain: Fraction
    """What it surely adds to the overall score."""
    owner: Owner
    titles: dict[Audience, str]
    """By reader, not filled in: quantities of several schools are added up."""
    own_words: bool
    """Whether the words are the engineer's: printed letter for letter."""
    done_when: str
    quantity: Quantity
    cost: Cost
    """Its share of what everything costs there."""
    free: bool
    """Whether it would cost nothing, even alone."""
    shared: bool
    """Whether another action pays for a part of it."""
    due: date | None
    ready: bool
    """Whether nothing must come first."""
    undecided: bool
    """Whether a decision is still to be taken."""
    council: bool
    """Whether the council has a part in it."""


@dataclass(frozen=True, slots=True)
class Expense:
    """What one action costs, TTC by year, and who leads it."""

    domain: str
    owner: Owner
    years: tuple[Money, ...]
    ht: Money
    sure: bool
    """Whether it is surely needed; else a check may call for it."""

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
    """One audit, reduced to what a document of several keeps."""

    about: Auditee
    begun: bool
    """Whether somebody answered or saw something: files alone are no audit."""
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
    seen: tuple[str, ...]
    """What threatens people there, each with its place."""
    years: tuple[int, ...]
    expenses: tuple[Expense, ...]
    due: Money
    """The part of them that waits for nothing else."""
    works: Money
    """Works on the building, in no total."""
    beyond: tuple[Cost, ...]
    """What actions paid after the last year cost, in no total."""
    decided: tuple[Decided, ...]
    votes: DecisionList
    """What is put to the vote, in the words and amounts of its own document."""
    is_frozen: bool
    """Whether the closing froze it."""
    to_confirm: int
    """Actions that depend on a check: they only raise the totals."""

    @property
    def paid(self) -> tuple[Money, ...]:
        """What each year costs, TTC: as in the report to the town hall."""
        columns = zip(*(one.years for one in self.expenses), strict=True)
        told = tuple(sum(column, Money()) for column in columns)
        return told or tuple(Money() for _ in self.years)

    def alerts(self, audience: Audience) -> tuple[int, int]:
        """Return how many rules of a reader fail, how many are to be checked."""
        told = (one for one in self.findings if concerns(one.criterion, audience))
        states = [one.compliance for one in told]
        return states.count(Compliance.NON_CONFORME), states.count(
            Compliance.A_VERIFIER
        )


def extract_of(report: Report) -> Extract:
    """Return what is kept of an audit, as everyone may read it."""
    report = report.public
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
        seen=tuple(dangers_in_brief(report)),
        years=budget.years,
        expenses=(
            *(_expense(row, sure=True) for row in budget.rows),
            *(_expense(row, sure=False) for row in budget.unsure),
        ),
        due=budget.due,
        works=budget.works,
        beyond=tuple(one.advice.cost.digital for one in budget.beyond),
        decided=tuple(_decided(report)),
        votes=votes_of(report),
        is_frozen=report.frozen is not None,
        to_confirm=len(plan.to_confirm),
    )


def _expense(row: BudgetRow, *, sure: bool) -> Expense:
    recommendation = row.action.advice.recommendation
    return Expense(
        domain=recommendation.domain,
        owner=recommendation.owner,
        years=row.years,
        ht=row.ht,
        sure=sure,
    )


def _decided(report: Report) -> Iterator[Decided]:
    """Give the last step of each action of the plan."""
    last = {one.recommendation: one for one in report.follow_ups if one.place is None}
    for action in report.plan:
        step = last.get(action.id)
        if step:
            title = report.title(action, proposals.READER)
            yield Decided(title, step.state, step.on)


def is_begun(report: Report) -> bool:
    """Return whether somebody declared or saw something: files alone are no audit."""
    heads = (head for told in report.facts.answers.values() for head in told)
    return any(head.provenance not in _FROM_FILES for head in heads)


def _findings(report: Report) -> Iterator[Finding]:
    for one in report.assessment.criteria.values():
        if one.standing is Standing.OUT:
            continue
        short = bool(short_places(one))
        if one.compliance is not None:
            short = one.compliance is Compliance.NON_CONFORME
        yield Finding(
            criterion=one.criterion,
            short=short,
            reached=_is_reached(one),
            compliance=one.compliance,
            is_read=one.is_read,
        )


def _is_reached(result: CriterionResult) -> bool:
    if result.compliance is not None:
        return result.compliance is Compliance.CONFORME
    known = result.standing is Standing.IN and not result.open
    expected = expected_level(result)
    return known and all(one.low >= expected for one in concerned(result))


def _task(report: Report, action: Action) -> Task:
    recommendation = action.advice.recommendation
    result = report.result(recommendation.when.criterion)
    return Task(
        id=action.id,
        domain=recommendation.domain,
        criterion=result.criterion if result else None,
        broken=action.advice.is_law
        and result is not None
        and result.compliance is Compliance.NON_CONFORME,
        missing=result is not None and not result.bounds.high,
        gain=action.advice.gain,
        owner=recommendation.owner,
        titles={one: report.wording(action, one).title for one in READERS},
        own_words=action.id not in report.checklist.recommendations,
        done_when=recommendation.done_when,
        quantity=action.advice.quantity,
        cost=action.advice.cost,
        free=action.advice.alone.free,
        shared=bool(action.advice.shared),
        due=action.due,
        ready=action.ready,
        undecided=action.undecided,
        council=for_the_council(report, action),
    )


@dataclass(frozen=True)
class Gathering:
    """The audits of a document, and what it may hold of the rest."""

    name: str
    """« Commune de Valbrise », « Territoire de … », a circonscription's own name."""
    extracts: tuple[Extract, ...]
    """Schools by commune and name; before them, the commune or the syndicat itself."""
    missing: tuple[str, ...]
    """Public schools that this campaign did not audit, by name."""
    campaign: str
    author: str
    office: Issuer
    date: date
    older: tuple[str, ...] = ()
    """Schools audited by an older method, by name: they have no score here."""
    unseen: tuple[School, ...] = ()
    """Public schools without a score here: those missing, those of an older method."""
    commune: Commune | None = None
    population_of: str = ""
    """ISO day on which the population was read; empty when it was not."""

    @cached_property
    def schools(self) -> tuple[Extract, ...]:
        """The audits of schools."""
        return tuple(one for one in self.extracts if one.about.kind is PlaceKind.ECOLE)

    @property
    def provisional(self) -> bool:
        """Return whether one of the audits may still change."""
        return any(one.provisional for one in self.extracts)

    @property
    def years(self) -> tuple[int, ...]:
        """The years of the budget."""
        return self.extracts[0].years

    @property
    def digest(self) -> str:
        """One mark for all the audits: what this document can be proven with."""
        marks = "\n".join(sorted(one.digest for one in self.extracts))
        return sha256(marks.encode()).hexdigest()

    def name_of(self, extract: Extract) -> str:
        """Return how an audit is named; schools that share a name get their UAI."""
        return self._names[extract.about.ref]

    @cached_property
    def votes(self) -> tuple[SchoolVotes, ...]:
        """What each audit puts to the vote, its subject named if there are others."""
        is_alone = len(self.extracts) == 1
        return tuple(
            SchoolVotes("" if is_alone else self.name_of(one), one.votes, one.is_frozen)
            for one in self.extracts
        )

    @cached_property
    def _names(self) -> dict[str, str]:
        bare = {one.about.ref: accented(one.about.name) for one in self.extracts}
        told = list(bare.values())
        return {
            ref: name if told.count(name) == 1 else f"{name} ({ref})"
            for ref, name in bare.items()
        }


def counted_subjects(extracts: Sequence[Extract]) -> str:
    """Return « 3 écoles et 1 commune »: the own audit of a commune is no school's."""
    kinds = [one.about.kind for one in extracts]
    counts = ((kinds.count(kind), *names) for kind, names in _SUBJECTS.items())
    return listed([counted(*one) for one in counts if one[0]])


_SUBJECTS = {
    PlaceKind.ECOLE: ("école", "écoles"),
    PlaceKind.COMMUNE: ("commune", "communes"),
    PlaceKind.SYNDICAT: ("syndicat", "syndicats"),
}


def cover(gathering: Gathering, reader: str, *first: Pair) -> Md:
    """Return the block about what this is, of what and from whom."""
    return definitions((
        *first,
        ("Destinataire", reader),
        ("Écoles auditées", coverage(gathering)),
        ("Visites", visit_days(gathering.extracts)),
        ("Date", long_date(gathering.date)),
        ("Auteur", ", ".join(filter(None, (gathering.author, gathering.office.name)))),
        ("Version", version(gathering)),
        ("Statut", status(gathering)),
    ))


def coverage(gathering: Gathering) -> str:
    """Return « 3 sur 5 »."""
    told = len(gathering.schools)
    return f"{told} sur {told + len(gathering.missing) + len(gathering.older)}"


def visit_days(extracts: Sequence[Extract]) -> str:
    """Return « du 12 mars au 4 avril 2026 », the day of the only visit, or none."""
    days = sorted(day for one in extracts for day in one.visits)
    if not days:
        return "aucune visite notée"
    first, last = describe_day(days[0]), describe_day(days[-1])
    return first if first == last else f"du {first} au {last}"


def version(gathering: Gathering) -> str:
    """Return the editions of the checklists and the mark of the audits."""
    editions = sorted({one.version for one in gathering.extracts})
    return f"grilles {listed(editions)}, empreinte {gathering.digest[:12]}"


def status(gathering: Gathering) -> str:
    """Return whether everything is final."""
    open_ones = [one for one in gathering.extracts if one.provisional]
    if not open_ones:
        return "définitif"
    many = len(gathering.extracts)
    if many == 1:
        return gathering.extracts[0].status
    verb = "n'est pas clos" if len(open_ones) == 1 else "ne sont pas clos"
    count = f"{len(open_ones)} audit{'s' * (len(open_ones) > 1)}"
    return f"provisoire ({count} sur {many} {verb})"


def build_meta(gathering: Gathering, title: str, running: str = "") -> Meta:
    """Return what a document of several audits is, as data."""
    state = "provisoire" if gathering.provisional else "définitif"
    known = version(gathering)
    usual = f"Document {state}, {long_date(gathering.date)} · {known}"
    return Meta(
        title=title,
        author=", ".join(filter(None, (gathering.author, gathering.office.name))),
        day=gathering.date,
        version=known,
        provisional=gathering.provisional,
        running=running or usual,
    )


def contacts(gathering: Gathering) -> Md:
    """Return whom to write to."""
    office = gathering.office
    reach = (gathering.author, phone_number(office.phone), office.email)
    return definitions([(office.name, " · ".join(filter(None, reach)))])


def unaudited(gathering: Gathering, limit: int = 12) -> Md:
    """Return the schools that this document knows nothing about, a few by name."""
    several = len(gathering.missing) > 1
    said = "Écoles publiques non auditées" if several else "École publique non auditée"
    several = len(gathering.older) > 1
    of_older = f"École{'s' * several} auditée{'s' * several} par une {OLDER}"
    parts = [
        f"{bold(title)}{NBSP}: {written(listed(list(map(accented, some)), limit))}."
        for title, some in ((said, gathering.missing), (of_older, gathering.older))
        if some
    ]
    nothing = written("Ce document n'en dit rien.")
    return Md(" ".join([*parts, nothing] if parts else []))
