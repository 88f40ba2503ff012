"""Several audits together: whose they are, by whom, and what may still change."""

from collections.abc import Callable, Iterable, Iterator, Sequence
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
from diag.audit.report import Report, report_of
from diag.audit.session import AuditSession
from diag.audit.snapshot import OLDER
from diag.audit.votes import votes_of
from diag.documents import mairie as proposals
from diag.documents.blocks import Pair, bold, definitions, written
from diag.documents.document import Meta
from diag.documents.escape import Md
from diag.documents.parts.frame import dangers_in_brief
from diag.documents.parts.votes import SchoolVotes
from diag.journal.facts import edition_of
from diag.journal.records import standing_list_of
from diag.journal.school_lines import SchoolLine
from diag.model.audit import Auditee, Commune, School
from diag.model.checklist import Criterion
from diag.model.enums import (
    READERS,
    Audience,
    AuditStatus,
    Compliance,
    FollowUpState,
    Owner,
    PlaceKind,
    Provenance,
    Socle,
    Standing,
)
from diag.model.errors import DiagError
from diag.model.number import Quantity
from diag.model.text import accented, fold
from diag.model.votes import DecisionList
from diag.words.dates import day_of, describe_day, long_date
from diag.words.sentences import NBSP, counted, listed, phone_number
from diag.workspace.charter import Issuer, office_of
from diag.workspace.settings import campaign_named
from diag.workspace.subjects import auditee_of, audits, commune_auditee, school_of
from diag.workspace.workspace import Workspace

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


Progress = Callable[[int, int], None]
"""Called with how many audits are read, of how many."""

TERRITORY = "territoire"
"""How the whole campaign is named on the command line."""


@dataclass(frozen=True, slots=True)
class GatheringScope:
    """Which schools a document is about."""

    kind: str
    """`commune`, `circonscription`, `territoire` or `ecole`."""
    code: str
    """INSEE code, whole name of the circonscription, UAI; empty for all."""
    name: str
    """As it is printed."""
    stem: str
    """A name for its files."""
    insee: str = ""
    """Code of the commune, when it is about one."""


def scope_named(workspace: Workspace, ref: str) -> GatheringScope:
    """Return what is named: a commune, a circonscription, the territory, a school.

    Raises:
        DiagError: when it is wrong or unknown; with what to do.
    """
    kind, _, code = ref.strip().partition(":")
    match kind.casefold():
        case "territoire" | "syndicat":
            name = workspace.settings.syndicat or "Territoire"
            return GatheringScope(TERRITORY, "", name, TERRITORY)
        case "commune":
            about = commune_auditee(workspace, code)
            return GatheringScope(
                "commune", about.code, about.name, about.stem, about.insee
            )
        case "circonscription":
            return _circonscription(workspace, code)
    school = school_of(workspace, code or ref)
    name = accented(school.name)
    return GatheringScope("ecole", school.uai, name, school.uai, school.insee)


def gathered(
    workspace: Workspace,
    scope: GatheringScope,
    day: date | None = None,
    campaign: str | None = None,
    progress: Progress = lambda _done, _total: None,
) -> Gathering:
    """Return every audit of a scope that is begun, judged one after the other.

    Raises:
        DiagError: when no school of it was audited in the campaign; with what to do.
    """
    settings = workspace.settings
    wanted = campaign_named(campaign or settings.campaign)
    known = sessions_in(workspace, scope, wanted)
    today = day or _last_closing(known) or workspace.world.today()
    sessions = [one for one in known if not one.is_older]
    older = [one.about for one in known if one not in sessions]
    dated = [(one, day or _read_on(one, today)) for one in sessions]
    extracts = tuple(_extracts(dated, progress))
    missing = list(_missing(workspace, scope, extracts, older))
    unseen = (workspace.territory.school(one.uai) for one in missing)
    if older and not extracts:
        first = next(one for one in known if one.is_older)
        raise first.older_method()
    if not any(one.about.kind is PlaceKind.ECOLE for one in extracts):
        raise DiagError(
            f"Aucune école auditée pour {scope.name} dans la campagne {wanted}. "
            "Ouvrez un audit.",
            command="diag audit start UAI",
        )
    return Gathering(
        name=scope.name,
        extracts=extracts,
        missing=tuple(_school_name(scope, one.name, one.commune) for one in missing),
        campaign=wanted,
        author=settings.name_of(settings.author),
        office=office_of(workspace),
        date=today,
        older=tuple(
            _school_name(scope, about.name, about.commune)
            for about in older
            if about.kind is PlaceKind.ECOLE
        ),
        unseen=tuple(filter(None, (*unseen, *(about.school for about in older)))),
        commune=workspace.territory.commune(scope.insee) if scope.insee else None,
        population_of=population_day(workspace),
    )


def _last_closing(sessions: Sequence[AuditSession]) -> date | None:
    """Return the day of the last closing where all are closed: nothing moves then."""
    days = [_closing(one) for one in sessions]
    closed = [one for one in days if one]
    return max(closed, default=None) if len(closed) == len(days) else None


def _closing(session: AuditSession) -> date | None:
    is_closed = session.status is AuditStatus.CLOS
    journal = session.workspace.journal
    votes = standing_list_of(journal, session.audit.id) if is_closed else None
    return date.fromisoformat(votes.day) if votes else None


def _read_on(session: AuditSession, today: date) -> date:
    """Return the day of a closing, as its own documents are of; else today.

    Not that of another year: amounts are added up over the same three budgets.
    """
    closing = _closing(session)
    return closing if closing and closing.year == today.year else today


def _extracts(
    dated: Sequence[tuple[AuditSession, date]], progress: Progress
) -> Iterable[Extract]:
    for rank, (session, day) in enumerate(dated, 1):
        extract = extract_of(report_of(session.public(), day))
        progress(rank, len(dated))
        if extract.begun:
            yield extract


def sessions_in(
    workspace: Workspace, scope: GatheringScope, campaign: str
) -> list[AuditSession]:
    """Return the audits of a scope, by commune and name; the subject's own first."""
    journal = workspace.journal
    found = [
        AuditSession(workspace, audit, about)
        for audit in audits(journal)
        if audit.campaign == campaign
        and _is_within(scope, about := auditee_of(workspace, audit))
        and edition_of(journal, audit.id)
    ]

    def rank(session: AuditSession) -> tuple[bool, str, str, str]:
        about = session.about
        is_school = about.kind is PlaceKind.ECOLE
        return is_school, fold(about.commune), fold(about.name), about.ref

    return sorted(found, key=rank)


def _is_within(scope: GatheringScope, about: Auditee) -> bool:
    match scope.kind:
        case "commune":
            return about.insee == scope.code
        case "circonscription":
            school = about.school
            return school is not None and school.circonscription == scope.code
        case "ecole":
            return about.ref == scope.code
    return True


def _missing(
    workspace: Workspace,
    scope: GatheringScope,
    extracts: Iterable[Extract],
    older: Iterable[Auditee],
) -> Iterator[SchoolLine]:
    if scope.kind == "ecole":
        return
    told = {*(one.about.ref for one in extracts), *(about.ref for about in older)}
    inspections = workspace.territory.values_of("circonscription")
    for line in workspace.territory.schools():
        if line.uai in told or line.vanished or line.sector == "Privé":
            continue
        if scope.kind == "commune" and line.insee != scope.code:
            continue
        if scope.kind == "circonscription" and inspections[line.uai] != scope.code:
            continue
        yield line


def _school_name(scope: GatheringScope, name: str, commune: str) -> str:
    return name if scope.kind == "commune" else f"{name} ({commune})"


def _circonscription(workspace: Workspace, typed: str) -> GatheringScope:
    """Return the only circonscription whose name holds every word typed."""
    words = fold(typed).split()
    names = sorted({
        name
        for name in workspace.territory.values_of("circonscription").values()
        if name
    })
    found = [name for name in names if set(words) <= set(fold(name).split())]
    if words and len(found) == 1:
        words_of = fold(found[0]).removeprefix("circonscription ").split()
        stem = "-".join(("circonscription", *words_of))
        return GatheringScope("circonscription", found[0], found[0], stem[:80])
    if not names:
        raise DiagError(
            "Aucune circonscription connue. Importez la liste officielle.",
            command="diag import annuaire FICHIER.csv",
        )
    listed = "\n".join(f"  {name}" for name in found or names)
    many = "Plusieurs circonscriptions" if found else "Aucune circonscription"
    raise DiagError(
        f"{many} pour « {typed[:40]} ». Précisez un mot de son nom, par exemple "
        f'"circonscription:{fold(names[0]).split()[-1]}" :\n{listed}'
    )


def population_day(workspace: Workspace) -> str:
    """Return the ISO day on which the communes were read last; empty for never."""
    days = (
        day_of(one.at).isoformat()
        for one in workspace.territory.imports()
        if one.kind == "communes"
    )
    return next(days, "")
