"""What there is to place: the votes of each school's last audit, priced as they are.

A closed audit gives what its closing froze, words and prices; an open one what it would
freeze today, and is marked. Dangers and what costs nothing wait for no programme: they
stay out, and so does what nobody can price yet.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import NamedTuple

from diag.assess.plan import CLOSED, DONE
from diag.audit.advising import steps_standing
from diag.audit.report import Report, public_report_of
from diag.audit.session import AuditSession, listed
from diag.audit.snapshot import OLDER, OlderMethodError
from diag.audit.votes import votes_of
from diag.imports.intake import Progress, silent
from diag.model.audit import FollowUp
from diag.model.enums import (
    USUAL_READER,
    Aside,
    BudgetSection,
    FollowUpState,
    PlaceKind,
)
from diag.model.errors import DiagError
from diag.model.text import accented, exact
from diag.model.votes import AidRange, DecisionList
from diag.programme.terms import INVESTMENT, RUNNING, Article, Operation, Precedence
from diag.words.vocabulary import PENDINGS
from diag.workspace.workspace import Workspace

TEN_EUROS = 1_000
"""Cents: amounts are rounded as the pages of the councils are."""

PUPILS_A_CLASS = 22
"""Trade knowledge: where nobody gives the pupils."""

_HEADCOUNT = ("nb_eleves", "nb_classes")
"""Questions that say how many pupils and classes a school has."""

_REGIME = "regime_fctva"
"""Question that says when the FCTVA comes back to who invests."""

_DELAYS = {"meme_annee": 0, "annee_suivante": 1, "deux_ans": 2}

_DECIDED = frozenset({
    FollowUpState.DECIDEE,
    FollowUpState.FINANCEE,
    FollowUpState.COMMANDEE,
})
_CLASSES = {2: Precedence.LAW, 3: Precedence.BLOCKING, 4: Precedence.REST}
"""Class of a vote → when its turn comes; a danger is none: it waits for nothing."""


class PricedLine(NamedTuple):
    """One article: its row of the price table, how many, at what price."""

    price: str
    many: Fraction
    bare: Fraction
    """One, in cents before tax."""
    cents: Fraction
    """One, tax included."""
    yearly: bool
    section: str


@dataclass(frozen=True, slots=True)
class Contender:
    """An operation that may be placed, and the words that show it."""

    operation: Operation
    """Without its year, its split, its groupings: the programme says them."""
    title: str
    where: str
    """School and commune, and what the directory holds of its end."""
    school: str
    """UAI."""
    audit: str
    actions: tuple[str, ...]
    """Ids of recommendations: the first names the operation."""
    priced: tuple[PricedLine, ...]
    """Each of its articles, at the prices of its audit."""
    is_open: bool
    """Whether its audit is not closed: prices and advice may still change."""
    is_estimated: bool
    """Whether its pupils are counted from its classes."""
    step: FollowUp | None = None
    """Where its first action stands."""
    paid_from: int = 0
    """The budget that its council voted, or would."""
    domains: frozenset[str] = frozenset()
    """What its actions are about."""
    is_dropped: bool = False
    """Whether it was decided, and its audit advises it no more: to be looked at."""
    aid: AidRange | None = None
    """What schemes may pay of it, as its vote says: never subtracted."""
    bare: int = 0
    """Cents that it invests before tax: what aids are reckoned on."""


class LeftOut(NamedTuple):
    """What is no operation yet, and why."""

    title: str
    where: str
    why: str


class SchoolLoad(NamedTuple):
    """What a school weighs in the sharing of rights."""

    insee: str
    pupils: int
    ips: Fraction | None
    population: int | None


@dataclass(frozen=True, slots=True)
class Contenders:
    """Everything that a programme may place, and what it leaves out."""

    candidates: Mapping[str, Contender]
    """By id of operation: `audit/recommendation`."""
    left_out: tuple[LeftOut, ...]
    schools: tuple[SchoolLoad, ...]
    communes: Mapping[str, str]
    """INSEE code → name."""
    delays: Mapping[str, int] = field(default_factory=dict)
    """INSEE code → years after which the FCTVA comes back, as its town hall said."""
    reads: Mapping[str, "AuditRead"] = field(default_factory=dict)
    """By audit: what each one gave."""


class AuditRead(NamedTuple):
    """What one audit gives, for as long as nothing that it follows from changes."""

    mark: tuple[object, ...]
    candidates: tuple[Contender, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    delay: int | None = None
    """Years after which the FCTVA comes back; None where nobody answered."""


def gathered(
    workspace: Workspace,
    campaigns: Iterable[str],
    sharing: Iterable[str] = (),
    *,
    before: Contenders | None = None,
    progress: Progress = silent,
) -> Contenders:
    """Return what the last audit of each school gives, in some campaigns.

    `sharing`: INSEE codes of communes that count too, with no operation of their own.
    `before`: an audit in which nobody wrote since it was read there is not read again.
    """
    wanted = set(campaigns)
    by_school = {
        one.about.code: AuditSession(workspace, one.audit, one.about)
        for one in sorted(listed(workspace), key=lambda each: each.audit.campaign)
        if one.about.kind is PlaceKind.ECOLE and one.audit.campaign in wanted
    }
    last = list(by_school.values())
    today, settings = workspace.world.today(), workspace.settings
    known = before.reads if before else {}
    reads: dict[str, AuditRead] = {}
    for done, session in enumerate(last, 1):
        mark = (session.digest, session.about, today, settings)
        found = known.get(session.audit.id)
        if found is None or found.mark != mark:
            found = _read(session, mark)
        reads[session.audit.id] = found
        progress(done, len(last))
    told: dict[str, set[int]] = {}
    for session in last:
        if (delay := reads[session.audit.id].delay) is not None:
            told.setdefault(session.about.insee, set()).add(delay)
    candidates = {
        one.operation.id: one for each in reads.values() for one in each.candidates
    }
    paying = (one.operation.commune.partition(":")[2] for one in candidates.values())
    communes, schools, territory = dict[str, str](), [], workspace.territory
    ending: dict[str, str] = {}
    for insee in dict.fromkeys((*paying, *sharing)):
        commune = territory.commune(insee)
        communes[insee] = accented(commune.name) if commune else ""
        for line in territory.schools("", commune=insee):
            if line.closing:
                ending[line.uai] = f" ({line.closing})"
            # What weighs a commune: its schools, audited or not.
            school = None if line.vanished else territory.school(line.uai)
            if school:
                pupils = _pupils_of(school.pupils, school.classes) or 0
                ips = None if school.ips is None else exact(school.ips)
                population = commune.population if commune else None
                schools.append(SchoolLoad(insee, pupils, ips, population))
    return Contenders(
        candidates={
            name: replace(one, where=f"{one.where}{ending.get(one.school, '')}")
            for name, one in candidates.items()
        },
        left_out=tuple(one for each in reads.values() for one in each.left_out),
        schools=tuple(schools),
        communes=communes,
        delays={insee: min(some) for insee, some in told.items() if len(some) == 1},
        reads=reads,
    )


def _read(session: AuditSession, mark: tuple[object, ...]) -> AuditRead:
    """Read one audit; one that cannot be read is left out, with why."""
    try:
        report = public_report_of(session)
    except OlderMethodError as error:
        why = f"{OLDER}, à passer à l'édition courante\u00a0: {error.command}"
        return AuditRead(mark, left_out=(LeftOut("", session.about.title, why),))
    except DiagError as error:
        return AuditRead(mark, left_out=(LeftOut("", session.about.title, str(error)),))
    found = votes_of(report)
    steps = steps_standing(session)
    every = tuple(candidates_of(session.audit.id, report, found, steps))
    out = [one for one in every if isinstance(one, LeftOut)]
    if found.missing:
        why = "audit à compléter avant de décider"
        out.append(LeftOut("", report.about.title, why))
    out += (
        LeftOut(line.title, report.about.title, PENDINGS[line.why])
        for line in found.pending
    )
    contenders = (one for one in every if isinstance(one, Contender))
    answer = report.facts.answer(report.facts.root, _REGIME)
    return AuditRead(
        mark,
        (*contenders, *_dropped(session.audit.id, report, steps)),
        tuple(out),
        _DELAYS.get(str(answer.value)) if answer else None,
    )


def _dropped(
    audit: str, report: Report, steps: Mapping[str, FollowUp]
) -> Iterator[Contender]:
    """Give what every payer decided and the audit advises no more; it keeps its year.

    It costs what was ordered; else the programme knows what it was adopted at.
    """
    for ident, step in steps.items():
        is_due = step.state in _DECIDED and step.year and step.programme
        if not is_due or report.plan.action(ident):
            continue
        known = report.checklist.recommendations.get(ident)
        cost = (Article(INVESTMENT, step.cents),) if step.cents else ()
        yield Contender(
            operation=Operation(
                id=f"{audit}/{ident}",
                commune=f"{PlaceKind.COMMUNE}:{report.about.insee}",
                lines=cost,
            ),
            title=known.wording[USUAL_READER].title if known else ident,
            where=report.about.title,
            school=report.about.code,
            audit=audit,
            actions=(ident,),
            priced=(),
            is_open=report.frozen is None,
            is_estimated=False,
            step=step,
            is_dropped=True,
        )


def _pupils_of(pupils: int | None, classes: int | None) -> int | None:
    """Return how many pupils a school has, from its classes where nobody counted."""
    if pupils is not None:
        return pupils
    return PUPILS_A_CLASS * classes if classes else None


class _Item(NamedTuple):
    """What may be an operation: a vote, or what a council decided already."""

    title: str
    tier: int
    actions: tuple[str, ...]
    year: int
    lines: tuple[PricedLine, ...]
    aid: AidRange | None = None


def candidates_of(
    audit: str, report: Report, found: DecisionList, steps: Mapping[str, FollowUp]
) -> Iterator[Contender | LeftOut]:
    """Give the operations of one audit: a vote each, save what is done.

    `steps`: where its actions stand, by recommendation.
    """
    pupils, is_estimated = _pupils(report)
    items = list(_items(report, found))
    leads = {
        ident: one.actions[0]
        for one in items
        for ident in one.actions
        if ident not in steps or steps[ident].state not in DONE or steps[ident].year
    }
    unpriced = {ident for line in found.pending for ident in line.actions}
    for item in items:
        step = steps.get(item.actions[0])
        # What spends a budget: decided, or done in a year of the programme.
        is_charged = step is not None and (
            step.state in _DECIDED or (step.state in DONE and step.year > 0)
        )
        closed = [one in steps and steps[one].state in CLOSED for one in item.actions]
        if item.tier not in _CLASSES or (all(closed) and not is_charged):
            continue
        if pupils is None:
            yield LeftOut(item.title, report.about.title, "effectifs inconnus")
            continue
        advised = [one.advice for one in map(report.plan.action, item.actions) if one]
        waited = [first for one in advised for first in one.waits_for]
        # What nobody can price keeps an operation out.
        needs = dict.fromkeys(
            leads.get(one, one) for one in waited if one in leads or one in unpriced
        )
        needs.pop(item.actions[0], None)
        invested = filter(_is_invested, item.lines)
        yield Contender(
            operation=Operation(
                id=f"{audit}/{item.actions[0]}",
                commune=f"{PlaceKind.COMMUNE}:{report.about.insee}",
                lines=_articles(item.lines, step),
                points=sum((one.gain for one in advised), Fraction()) * 100 * pupils,
                turn=_CLASSES[item.tier],
                due=item.year,
                needs=tuple(f"{audit}/{one}" for one in needs),
            ),
            title=item.title,
            where=report.about.title,
            school=report.about.code,
            audit=audit,
            actions=item.actions,
            priced=item.lines,
            is_open=report.frozen is None,
            is_estimated=is_estimated,
            step=step if is_charged else None,
            paid_from=item.year,
            aid=item.aid,
            bare=sum(int(one.many * one.bare) for one in invested),
            domains=frozenset(one.recommendation.domain for one in advised),
        )


def _pupils(report: Report) -> tuple[int | None, bool]:
    """Return how many pupils there are, and whether it is from the classes alone.

    As answered in the audit, else as the official file has it.
    """
    school = report.about.school
    kept = (school.pupils, school.classes) if school else (None, None)
    answers = (report.facts.answer(report.facts.root, one) for one in _HEADCOUNT)
    given = [one.value if one else None for one in answers]
    pupils, classes = (
        one if isinstance(one, int) else other
        for one, other in zip(given, kept, strict=True)
    )
    return _pupils_of(pupils, classes), pupils is None


def _items(report: Report, found: DecisionList) -> Iterator[_Item]:
    """Give the votes, then what is voted no more since every payer decided it."""
    for vote in found.votes:
        voted = tuple(
            PricedLine(
                one.price,
                exact(one.quantity),
                Fraction(one.cents),
                one.cents * (100 + exact(one.vat)) / 100,
                one.yearly,
                one.section,
            )
            for one in vote.lines
        )
        yield _Item(vote.title, vote.tier, vote.actions, vote.year, voted, vote.aid)
    for aside in found.aside:
        if aside.why is not Aside.DECIDED:
            continue
        actions = filter(None, map(report.plan.action, aside.actions))
        decided = tuple(
            PricedLine(
                one.price.id,
                Fraction(one.quantity.low),
                Fraction(one.price.typical),
                one.price.typical * (100 + exact(one.price.vat)) / 100,
                one.price.yearly,
                str(one.price.section),
            )
            for action in actions
            for one in action.advice.cost.digital.lines
            if one.quantity.low
        )
        year = min((one.year for one in aside.spent.years), default=report.date.year)
        yield _Item(aside.title, aside.tier, aside.actions, year, decided)


def _articles(
    lines: Sequence[PricedLine], step: FollowUp | None
) -> tuple[Article, ...]:
    """Return what is paid with tax, article by article; of an order, its real price.

    Each section adds up to ten euros, as the page of the council prints it.
    """
    made = []
    for line in lines:
        section = INVESTMENT if _is_invested(line) else RUNNING
        cents = int(line.many * line.cents)
        once, yearly = (0, cents) if line.yearly else (cents, 0)
        made.append(Article(section, once, yearly, int(line.many)))
    if step and step.cents:
        heads = [one for one in made if one.once] or [Article(INVESTMENT, 0)]
        yearly = sum(one.yearly for one in made)
        order = [replace(heads[0], once=step.cents, quantity=0)]
        return (*order, *([Article(RUNNING, 0, yearly)] if yearly else ()))
    for section in (INVESTMENT, RUNNING):
        for name in ("once", "yearly"):
            own = [at for at, one in enumerate(made) if one.section is section]
            total = sum(getattr(made[at], name) for at in own)
            over = (total + TEN_EUROS // 2) // TEN_EUROS * TEN_EUROS - total
            if over:
                at = max(own, key=lambda one: getattr(made[one], name))
                kept = max(getattr(made[at], name) + over, 0)
                made[at] = replace(made[at], **{name: kept})
    return tuple(made)


def _is_invested(line: PricedLine) -> bool:
    return line.section == BudgetSection.INVESTISSEMENT and not line.yearly
