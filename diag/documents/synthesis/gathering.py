"""Several audits together: whose they are, what may still change, what all ask for."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from hashlib import sha256

from diag.assess.plan import Action, BudgetRow
from diag.assess.results import Cost, CriterionResult, Score
from diag.assess.spread import concerned, concerns, expected_level, short_places
from diag.assess.words import Money, format_cost
from diag.audit.findings import for_the_council
from diag.audit.report import Report
from diag.audit.snapshot import OLDER
from diag.audit.votes import votes_of
from diag.documents import mairie as proposals
from diag.documents.blocks import Md, Pair, bold, box, bullets, definitions, written
from diag.documents.document import Meta
from diag.documents.parts.frame import dangers_in_brief, issued_by
from diag.documents.parts.votes import SchoolVotes, danger_words
from diag.model.audit import Auditee, Commune, School
from diag.model.checklist import Choice, Criterion
from diag.model.enums import (
    READERS,
    Audience,
    Compliance,
    FollowUpState,
    Kind,
    Owner,
    PlaceKind,
    Provenance,
    Socle,
    Standing,
)
from diag.model.text import Quantity, accented
from diag.model.votes import DecisionList
from diag.words.dates import describe_day, long_date
from diag.words.sentences import (
    NBSP,
    NEXT_BUDGET,
    Blanks,
    counted,
    filled,
    listed,
    phone_number,
    uncapitalised,
)
from diag.workspace.charter import Issuer

# What a document beyond the school keeps of one audit, as everyone may read it: the
# whole does not fit.


_FROM_FILES = {Provenance.IMPORTED, Provenance.CARRIED}

_PAYER = "payeur"
"""Question that says who pays for a school: the commune, or another assembly."""


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

    @classmethod
    def of(cls, one: CriterionResult) -> "Finding":
        """Return what is kept of a criterion's result."""
        if one.compliance is not None:
            short = one.compliance is Compliance.NON_CONFORME
            reached = one.compliance is Compliance.CONFORME
        else:
            expected, short = expected_level(one), bool(short_places(one))
            is_settled = one.standing is Standing.IN and not one.open
            reached = is_settled and all(
                each.low >= expected for each in concerned(one)
            )
        return cls(one.criterion, short, reached, one.compliance, one.is_read)


@dataclass(frozen=True, slots=True)
class Task:
    """An action surely advised in one audit, and what it costs there."""

    id: str
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

    @classmethod
    def of(cls, report: Report, action: Action) -> "Task":
        """Return what is kept of an action."""
        recommendation = action.advice.recommendation
        result = report.result(recommendation.when.criterion)
        return cls(
            id=action.id,
            criterion=result.criterion if result else None,
            broken=action.advice.is_law
            and result is not None
            and result.compliance is Compliance.NON_CONFORME,
            missing=result is not None and not result.bounds.high,
            gain=action.advice.gain,
            owner=recommendation.owner,
            titles={one: report.wording(action, one).title for one in READERS},
            own_words=action.id not in report.checklist.recommendations,
            quantity=action.advice.quantity,
            cost=action.advice.cost,
            free=action.advice.alone.free,
            shared=bool(action.advice.shared),
            due=action.due,
            ready=action.ready,
            undecided=action.undecided,
            council=for_the_council(report, action),
        )

    @property
    def is_ripe(self) -> bool:
        """Whether it can be decided now, and is not yet."""
        return self.ready and self.undecided


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
    seen: tuple[tuple[str, str], ...]
    """Where people are threatened there, and by what."""
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
    payer: Choice | None
    """Who pays for the school, as answered; None: nobody said, or they disagree."""

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
    last = {one.recommendation: one for one in report.follow_ups if one.place is None}
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
        findings=tuple(
            Finding.of(one)
            for one in report.assessment.criteria.values()
            if one.standing is not Standing.OUT
        ),
        tasks=tuple(Task.of(report, one) for one in plan.actions),
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
        decided=tuple(
            Decided(report.title(action, proposals.READER), step.state, step.on)
            for action in plan
            if (step := last.get(action.id))
        ),
        votes=votes_of(report),
        is_frozen=report.frozen is not None,
        payer=_payer(report),
    )


def _payer(report: Report) -> Choice | None:
    question = report.checklist.questions.get(_PAYER)
    answer = report.facts.known(report.facts.root, _PAYER)
    choices = question.choices if question and answer else ()
    return next((one for one in choices if answer and one.id == answer.value), None)


def _expense(row: BudgetRow, *, sure: bool) -> Expense:
    recommendation = row.action.advice.recommendation
    return Expense(
        domain=recommendation.domain,
        owner=recommendation.owner,
        years=row.years,
        ht=row.ht,
        sure=sure,
    )


def is_begun(report: Report) -> bool:
    """Return whether somebody declared or saw something: files alone are no audit."""
    heads = (head for told in report.facts.answers.values() for head in told)
    return any(head.provenance not in _FROM_FILES for head in heads)


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
        ("Auteur", issued_by(gathering.author, gathering.office)),
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


def build_meta(gathering: Gathering, title: str) -> Meta:
    """Return what a document of several audits is, as data."""
    state = "provisoire" if gathering.provisional else "définitif"
    known = version(gathering)
    return Meta(
        title=title,
        author=issued_by(gathering.author, gathering.office),
        day=gathering.date,
        version=known,
        provisional=gathering.provisional,
        running=f"Document {state}, {long_date(gathering.date)} · {known}",
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


DECISIONS = 3
"""At most so many things asked of a reader."""


@dataclass(frozen=True, slots=True)
class SharedAction:
    """One action, in every audit that surely asks for it."""

    pairs: tuple[tuple[Extract, Task], ...]

    @property
    def task(self) -> Task:
        """The action, in the first audit that asks for it."""
        return self.pairs[0][1]

    @property
    def extracts(self) -> tuple[Extract, ...]:
        """The audits, in the order of the document."""
        return tuple(one for one, _ in self.pairs)

    @property
    def due(self) -> date | None:
        """The first day before which to act; None: with the next budget."""
        return min((task.due for _, task in self.pairs if task.due), default=None)

    @property
    def cost(self) -> Cost:
        """What all of it costs."""
        return Cost(tuple(line for _, task in self.pairs for line in task.cost.lines))

    @property
    def kind(self) -> Kind | None:
        """How hard what it cures presses; None: it cures no criterion."""
        criterion = self.task.criterion
        return criterion.kind if criterion else None

    @property
    def order(self) -> tuple[int, int, date]:
        """What sorts them: law, what is indispensable; the widest, the soonest."""
        if any(task.broken for _, task in self.pairs):
            first = 0
        else:
            first = 1 if self.kind is Kind.BLOCKING else 2
        return first, -len(self.pairs), self.due or date.max

    @property
    def need(self) -> tuple[bool, bool, Fraction]:
        """As on page 1 of a school: what is paid and missing altogether, then gain."""
        missing = any(task.missing for _, task in self.pairs)
        gain = sum((task.gain for _, task in self.pairs), Fraction())
        return self.free, not missing, -gain

    @property
    def free(self) -> bool:
        """Whether it would cost nothing anywhere, even alone."""
        return all(task.free for _, task in self.pairs)

    @property
    def cost_words(self) -> str:
        """« environ 400 € TTC », or that other actions pay for it."""
        if not any(task.shared for _, task in self.pairs):
            return format_cost(self.cost)
        if self.cost.free:
            return "compris dans d'autres actions"
        return f"{format_cost(self.cost)}, le reste compris dans d'autres actions"

    @property
    def when(self) -> str:
        """« 12 mars 2027 » or « prochain budget »."""
        return long_date(self.due) if self.due else NEXT_BUDGET

    def fill_blanks(self, text: str) -> str:
        """Return a sentence of the checklists about it, its placeholders filled."""
        if self.task.own_words or "{" not in text:
            return text
        counts = [task.quantity for _, task in self.pairs if task.quantity]
        quantity = None
        if len(counts) == len(self.pairs):
            low = sum((one.low for one in counts), Fraction())
            highs = [Fraction(one.high) for one in counts if one.high is not None]
            is_bounded = len(highs) == len(counts)
            quantity = Quantity(low, sum(highs, Fraction()) if is_bounded else None)
        blanks = Blanks(
            quantity=quantity,
            cost=self.cost_words,
            places="l'école" if len(self.pairs) == 1 else "les écoles concernées",
            due=self.when,
        )
        return filled(text, blanks)

    def title(self, audience: Audience) -> str:
        """Return its title for a reader."""
        return self.fill_blanks(self.task.titles[audience])


def groups(
    extracts: Iterable[Extract], keep: Callable[[Extract, Task], bool]
) -> tuple[SharedAction, ...]:
    """Return the tasks kept, by action, what presses most and is widest first."""
    found: dict[str, list[tuple[Extract, Task]]] = {}
    for extract in extracts:
        for task in extract.tasks:
            if keep(extract, task):
                found.setdefault(task.id, []).append((extract, task))
    told = [SharedAction(tuple(pairs)) for pairs in found.values()]
    return tuple(sorted(told, key=lambda one: one.order))


def with_a_need(ripe: Sequence[SharedAction], room: int) -> tuple[SharedAction, ...]:
    """Return the first groups; if something indispensable lacks, one is its cure."""
    told = list(ripe[:room])
    blocking = [one for one in ripe if one.kind is Kind.BLOCKING]
    needed = sorted(blocking, key=lambda one: one.need)[:1]
    if room > 1 and needed and needed[0] not in told:
        told[-1:] = needed
    return tuple(told)


def dangers(gathering: Gathering) -> tuple[SharedAction, ...]:
    """Return what is to be done on receipt, without waiting for a vote."""
    return groups(gathering.extracts, lambda one, task: task.id in one.dangers)


def dangers_box(gathering: Gathering) -> Md:
    """Return what is to be stopped at once, as page 1 prints it; else nothing."""
    seen = bullets(
        f"{gathering.name_of(one)}, {where} : {uncapitalised(danger)}"
        for one in gathering.extracts
        for where, danger in one.seen
    )
    title = "À faire cesser dès réception, sans attendre un vote"
    return box("CAUTION", title, seen, *map(written, danger_words(gathering.votes)))


def is_academic(_extract: Extract, task: Task) -> bool:
    """Return whether the school or the académie acts."""
    return task.owner in {Owner.ECOLE, Owner.ACADEMIE} and task.is_ripe


def is_syndical(_extract: Extract, task: Task) -> bool:
    """Return whether the syndicat acts."""
    return task.owner is Owner.SYNDICAT and task.is_ripe
