"""A programme's terms, from what stands in it and what the audits give."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from diag.imports.intake import Progress, silent
from diag.journal import subjects
from diag.model.audit import Commune
from diag.model.enums import BudgetSection, FollowUpState, Outcome, PlaceKind
from diag.model.errors import DiagError
from diag.model.programme import (
    OUT,
    AdoptedPart,
    Adoption,
    CostSplit,
    ProgrammeFrame,
    RightsRule,
)
from diag.model.text import exact
from diag.programme.container import EVERY, Container, Record, noun_of
from diag.programme.operations import Contender, Contenders, SchoolLoad, gathered
from diag.programme.placing import Schedule, schedule_of
from diag.programme.terms import (
    INVESTMENT,
    RUNNING,
    Adopted,
    Article,
    Earmark,
    Envelope,
    GroupPurchase,
    Operation,
    Precedence,
    Programme,
    Purse,
)
from diag.words.sentences import counted

RURAL = 2_000
"""Inhabitants under which a commune counts as rural, if the committee chose so."""


class OperationName(NamedTuple):
    """How an operation is shown."""

    title: str
    where: str
    commune: str
    """INSEE code; empty where several share it."""
    is_open: bool = False
    is_estimated: bool = False


@dataclass(frozen=True)
class Board:
    """A programme worked out: what stands, its operations, where each one is."""

    container: Container
    record: Record
    variant: str
    gathered: Contenders
    names: Mapping[str, OperationName]
    """By operation."""
    schedule: Schedule

    @property
    def programme(self) -> Programme:
        """The terms that it follows from."""
        return self.schedule.terms

    def named(self, operation: str) -> OperationName:
        """Return how an operation is shown; one that is none, by its id."""
        return self.names.get(operation) or OperationName(
            operation.partition("/")[2], "", ""
        )

    def payer_name(self, payer: str) -> str:
        """Return whose money it is: « syndicat », or the commune's name."""
        kind, _, code = payer.partition(":")
        if kind == PlaceKind.SYNDICAT:
            return "syndicat"
        return self.gathered.communes.get(code) or code

    def buyer(self, operation: str) -> str:
        """Return the payer that buys what an operation invests: its VAT comes back."""
        found = self.gathered.candidates.get(operation)
        if found is None or _split_of(self.record, found).buyer == "syndicat":
            return self.programme.syndicat
        return found.operation.commune

    @cached_property
    def communes(self) -> tuple[Commune, ...]:
        """Every commune of the territory, whether it has an operation or not."""
        return self.container.workspace.territory.communes()

    @cached_property
    def payers(self) -> dict[str, str]:
        """Operation → who pays what the syndicat does not, yearly costs among it."""
        return {each.id: each.commune for each in self.programme.operations}


class PayerSum(NamedTuple):
    """What a payer is asked for in all, what is in, and what it may spend, in cents."""

    payer: str
    asked: int
    placed: int
    planned: int


def payer_sums(board: Board) -> Iterator[PayerSum]:
    """Give what each payer is asked for, once, in both sections together.

    One that has money and is asked for nothing is there: a commune may have merged.
    """
    asked: dict[str, int] = {}
    placed: dict[str, int] = {}
    planned: dict[str, int] = {}
    for each in board.programme.operations:
        invested = sum(one.once for one in each.lines if one.section is INVESTMENT)
        drawn = int(each.rate * invested)
        own = sum(one.once for one in each.lines) - drawn
        for payer, cents in ((board.programme.syndicat, drawn), (each.commune, own)):
            asked[payer] = asked.get(payer, 0) + cents
    for one in board.schedule.placements.values():
        for purse, cents in one.paid.items():
            placed[purse.payer] = placed.get(purse.payer, 0) + cents
    for purse in board.programme.envelopes:
        more = sum(board.programme.planned(purse))
        planned[purse.payer] = planned.get(purse.payer, 0) + more
    for payer in sorted({*asked, *planned}, reverse=True):
        sums = (some.get(payer, 0) for some in (asked, placed, planned))
        yield PayerSum(payer, *sums)


def board_of(
    container: Container,
    variant: str = "",
    known: Contenders | None = None,
    *,
    afresh: bool = True,
) -> Board:
    """Return a programme worked out, as a variant has it.

    `known`: what the audits give, where it was gathered already. Not `afresh`: as a
    revision of what was adopted, if anything was.

    Raises:
        DiagError: nobody has set its years yet.
    """
    record = container.record(variant)
    if record.frame is None:
        raise DiagError(
            "Ce programme n'a pas encore d'années. Donnez-les.",
            command=f"diag programme set --programme {container.slug} --first 2027",
        )
    found = known or contenders_of(container, record.frame)
    programme = terms_of(container, record, found)
    if not afresh:
        programme = replace(programme, adopted=adopted_in(container, record))
    names = {
        ident: OperationName(
            one.title,
            one.where,
            one.operation.commune.partition(":")[2],
            one.is_open,
            one.is_estimated,
        )
        for ident, one in found.candidates.items()
    }
    shared = {
        ident: OperationName(one.title, counted(len(one.communes), "commune"), "")
        for ident, one in record.shared.items()
    }
    return Board(
        container, record, variant, found, names | shared, schedule_of(programme)
    )


def contenders_of(
    container: Container,
    frame: ProgrammeFrame,
    before: Contenders | None = None,
    progress: Progress = silent,
) -> Contenders:
    """Return what the audits give a programme and its variants.

    `before`: an audit in which nobody wrote since it was read there is not read again.
    """
    sharing = [
        insee
        for variant in ("", *container.record().variants)
        for work in container.record(variant).shared.values()
        for insee in work.communes
    ]
    return gathered(
        container.workspace,
        frame.campaigns,
        sharing,
        before=before,
        progress=progress,
    )


def terms_of(container: Container, record: Record, found: Contenders) -> Programme:
    """Return the terms of a programme: pure words and numbers from here on."""
    assert record.frame is not None
    years = record.frame.budgets
    costs = costs_adopted(container, record)
    envelopes = {}
    for purse, _ in record.envelopes:
        kept = [record.envelopes.get((purse, year)) for year in years]
        cents = tuple(one.cents if one else 0 for one in kept)
        envelopes[purse] = Envelope(cents, any(one.carry for one in kept if one))
    return Programme(
        years=years,
        syndicat=str(container.audit.subject),
        operations=(
            *_operations(record, found, costs),
            *_shared(container, record, found),
        ),
        envelopes=envelopes,
        weights=_weights_of(record.rights, found.schools),
        reserve=Fraction(exact(record.frame.reserve)),
        groupings={
            ident: GroupPurchase(
                Fraction(exact(one.discount)), one.opens, one.closes, one.at_least
            )
            for ident, one in record.purchases.items()
        },
        earmarks=tuple(
            Earmark(
                one.operation,
                Purse(one.payer, BudgetSection(one.section)),
                one.year,
                one.cents,
            )
            for one in record.earmarks.values()
            if one.year in years
        ),
        socle_first=record.frame.socle_first,
    )


def _weights_of(
    rule: RightsRule, schools: tuple[SchoolLoad, ...]
) -> dict[str, Fraction]:
    """Return what each commune weighs in the sharing of rights."""
    weights: dict[str, Fraction] = {}
    for one in schools:
        more = Fraction(1)
        if rule.ips and one.ips is not None:
            short = max(exact(rule.ips.below) - one.ips, Fraction(0))
            more += short * exact(rule.ips.step)
        if one.population is not None and one.population < RURAL:
            more += exact(rule.rural)
        name = f"{PlaceKind.COMMUNE}:{one.insee}"
        own = exact(rule.school) + exact(rule.pupil) * one.pupils
        weights[name] = weights.get(name, Fraction(0)) + own * more
    return weights


def weights_in_force(record: Record) -> dict[str, Fraction]:
    """Return theme → weight, as the syndicat adopted them; empty until it did."""
    rule = record.weighing
    decision = record.decisions.get(rule.decision) if rule else None
    if rule is None or decision is None or decision.outcome is not Outcome.ADOPTE:
        return {}
    return {
        name: Fraction(exact(weight))
        for name, weight in rule.adopted.items()
        if name in record.themes
    }


class Themed(NamedTuple):
    """The theme of an operation, and what it weighs."""

    theme: str
    """Slug; of several, the one that weighs most."""
    weight: Fraction


def themed(record: Record, candidates: Mapping[str, Contender]) -> dict[str, Themed]:
    """Return the theme and the weight of each operation that has one."""
    weights = weights_in_force(record)
    found: dict[str, Themed] = {}
    for name, theme in sorted(record.themes.items()):
        weight = weights.get(name, Fraction(1))
        for ident, one in candidates.items():
            known = found.get(ident)
            is_in = not one.domains.isdisjoint(theme.domains) or any(
                action in theme.recommendations for action in one.actions
            )
            if is_in and (known is None or weight > known.weight):
                found[ident] = Themed(name, weight)
    return found


def _operations(
    record: Record, found: Contenders, costs: Mapping[str, int]
) -> Iterator[Operation]:
    """Give what may be placed; what an earlier budget pays keeps nothing waiting."""
    assert record.frame is not None
    splits = {name: _split_of(record, one) for name, one in found.candidates.items()}
    decided = {
        name: _decided_year(one, splits[name]) for name, one in found.candidates.items()
    }
    first, themes = record.frame.first, themed(record, found.candidates)
    earlier = {
        name for name, year in decided.items() if year is not None and year < first
    }
    for name, candidate in found.candidates.items():
        if name in earlier:
            continue
        asked = candidate.operation
        made = replace(
            asked,
            lines=tuple(_grouped(record, candidate))
            or (Article(INVESTMENT, costs.get(name, 0)),),
            rate=Fraction(exact(splits[name].syndicat)),
            weight=themes[name].weight if name in themes else Fraction(1),
            due=max(asked.due or 0, first),
            needs=tuple(one for one in asked.needs if one not in earlier),
        )
        year = decided[name]
        own = (f"{candidate.audit}/{action}" for action in candidate.actions)
        lock = next(filter(None, map(record.locks.get, own)), None)
        if year is not None:
            made = replace(made, turn=Precedence.DECIDED, year=year)
        elif lock:
            imposed = None if lock.year == OUT else int(lock.year)
            made = replace(made, turn=Precedence.LOCKED, year=imposed)
        yield made


def _split_of(record: Record, candidate: Contender) -> CostSplit:
    """Return who pays what of an operation's investment, and who buys."""
    for name in (*candidate.actions, EVERY):
        if name in record.splits:
            return record.splits[name]
    return CostSplit(syndicat=0)


def _decided_year(candidate: Contender, split: CostSplit) -> int | None:
    """Return the year that every payer decided.

    The council's word alone is enough where it pays all of it, or where it is ordered.
    """
    step = candidate.step
    if step is None:
        return None
    is_ordered = step.state is FollowUpState.COMMANDEE
    if step.year:
        return step.year
    return candidate.paid_from if is_ordered or not exact(split.syndicat) else None


def _grouped(record: Record, candidate: Contender) -> Iterator[Article]:
    if candidate.step and candidate.step.cents:
        yield from candidate.operation.lines  # the price of an order is the real one
        return
    insee = candidate.operation.commune.partition(":")[2]
    joined = {
        price: ident
        for ident, one in sorted(record.purchases.items(), reverse=True)
        for price in one.prices
        if not one.members or insee in one.members
    }
    for at, line in enumerate(candidate.operation.lines):
        price = candidate.priced[at].price if at < len(candidate.priced) else ""
        yield replace(line, grouping=joined.get(price, ""))


def _shared(
    container: Container, record: Record, found: Contenders
) -> Iterator[Operation]:
    pupils: dict[str, int] = {}
    for one in found.schools:
        pupils[one.insee] = pupils.get(one.insee, 0) + one.pupils
    for ident, work in record.shared.items():
        worth = {
            f"{PlaceKind.COMMUNE}:{insee}": exact(work.points) * pupils.get(insee, 0)
            for insee in work.communes
        }
        lock = record.locks.get(ident)
        lines = [Article(INVESTMENT, work.once[1])]
        if work.yearly[1]:
            lines.append(Article(RUNNING, 0, work.yearly[1]))
        yield Operation(
            id=ident,
            commune=str(container.audit.subject),
            lines=tuple(lines),
            rate=Fraction(1),
            points=sum(worth.values(), Fraction(0)),
            turn=Precedence.LOCKED if lock else Precedence.REST,
            year=int(lock.year) if lock and lock.year != OUT else None,
            served=tuple((name, Fraction(one)) for name, one in worth.items()),
        )


def adopted_in(container: Container, record: Record) -> Adopted | None:
    """Return what was last adopted, to move as little of it as possible.

    None where nothing was, or where a part of it has not come yet.
    """
    if record.adoption is None:
        return None
    ident, adoption = record.adoption
    parts = adopted_parts(container, ident, adoption)
    if parts is None:
        return None
    return Adopted(
        years_adopted(parts),
        adoption.rights,
        adoption.first_rights,
        {name: drawn for part in parts for name, drawn in part.drawn.items()},
    )


def costs_adopted(container: Container, record: Record) -> dict[str, int]:
    """Return what operations cost once when they were last adopted, in cents."""
    if record.adoption is None:
        return {}
    parts = adopted_parts(container, *record.adoption) or ()
    return {name: cents for part in parts for name, cents in part.cents.items()}


def adopted_parts(
    container: Container, ident: str, adoption: Adoption
) -> tuple[AdoptedPart, ...] | None:
    """Return the placements of an adoption; None where a part has not come yet."""
    found = []
    for number in range(adoption.parts):
        subject = subjects.programme(subjects.ADOPTIONS, ident, str(number))
        stated = container.stated.get(subject)
        part = noun_of(AdoptedPart, stated.values[-1]) if stated else None
        if part is None:
            return None
        found.append(part)
    return tuple(found)


def years_adopted(parts: Iterable[AdoptedPart]) -> dict[str, int]:
    """Return operation → year, in the order in which they were taken."""
    ordered = sorted(item for part in parts for item in part.years.items())
    return {name.partition(" ")[2]: year for name, year in ordered}
