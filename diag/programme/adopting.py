"""What bodies decide of a programme, what is adopted, the steps that follow and when.

A step is written where every payer has decided; nothing advances by itself. Where
schools would stand at the end of a year is judged as if all placed by then were done.
When each thing is to be done comes from the dated rules of finances, or from the table
that a syndicat lays over them.
"""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import NamedTuple
from uuid import UUID, uuid5

from diag.assess.judge import judge_of
from diag.assess.results import Advice, Score
from diag.assess.terms import YearDay, year_day
from diag.audit.advising import steps_standing
from diag.audit.follow import add_step
from diag.audit.session import AuditSession
from diag.imports.intake import Progress, silent
from diag.journal import changes, subjects
from diag.journal.revision import NewRevision
from diag.model.audit import FollowUp
from diag.model.checklist import Checklist, Finance
from diag.model.enums import FollowUpState, Milestone, Outcome, Socle
from diag.model.errors import DiagError
from diag.model.programme import AdoptedPart, Adoption, BodyDecision, EnvelopeState
from diag.programme.assembling import Board
from diag.programme.container import Container
from diag.programme.figures import invested
from diag.programme.operations import Contender
from diag.programme.setting import checked, payer_named
from diag.programme.terms import RUNNING, Purse
from diag.workspace.subjects import auditee_of, audits

PILOTAGE = "pilotage"
"""The steering committee: it gives an opinion, it decides of no money."""

_PART = 300
"""So many placements to a line: 64 KiB hold them, ids and all."""


def decide(
    container: Container, body: str, outcome: Outcome, on: date, **details: str
) -> str:
    """Write what a body decided; return the id of the decision.

    Raises:
        DiagError: a body that is none, a day to come, an opinion of who decides.
    """
    if on > container.workspace.world.today():
        raise DiagError(
            f"Le {on:%d/%m/%Y} est à venir : une instance qui ne s'est pas réunie n'a "
            "rien décidé.",
            about="on",
        )
    is_advice = body == PILOTAGE
    if is_advice != (outcome is Outcome.AVIS):
        raise DiagError(
            "Le comité de pilotage donne un avis ; une assemblée adopte, ajourne ou "
            "rejette.",
            about="outcome",
        )
    who = body if is_advice else payer_named(container, body)
    given = {"body": who, "on": on.isoformat(), "outcome": outcome, **details}
    decision, ident = checked(BodyDecision, given), container.fresh()
    container.write(
        container.draft(subjects.programme(subjects.DECISIONS, ident), decision)
    )
    return ident


def decision_named(container: Container, text: str) -> tuple[str, BodyDecision]:
    """Return a decision by its reference or the start of its id.

    Raises:
        DiagError: none, or several, have that name.
    """
    known = container.record().decisions
    wanted = text.strip()
    found = [
        (ident, one)
        for ident, one in known.items()
        if wanted and (one.ref == wanted or ident.startswith(wanted))
    ]
    if len(found) == 1:
        return found[0]
    raise DiagError(
        f"« {wanted[:40]} » désigne {len(found)} décisions. Voyez-les."
        if found
        else f"« {wanted[:40]} » ne désigne aucune décision. Voyez-les.",
        command="diag programme log",
    )


class Ready(NamedTuple):
    """An operation that every payer has decided, and the decision that came last."""

    candidate: Contender
    year: int
    decision: str
    on: str


@dataclass(frozen=True, slots=True)
class Adopting:
    """What adopting would write, to be seen first."""

    ready: tuple[Ready, ...]
    waiting: tuple[tuple[str, tuple[str, ...]], ...]
    """Operation, and the payers that have not decided yet."""
    drafts: tuple[NewRevision, ...]


def adopting(board: Board, decision: str) -> Adopting:
    """Return what adopting a programme would write, on the syndicat's decision.

    Raises:
        DiagError: the decision adopts nothing, or is not the syndicat's.
    """
    container = board.container
    ident, adopted = decision_named(container, decision)
    if (
        adopted.outcome is not Outcome.ADOPTE
        or adopted.body != board.programme.syndicat
    ):
        raise DiagError(
            "Un programme est arrêté par une délibération du comité syndical qui "
            "l'adopte. Notez-la d'abord.",
            command="diag programme decide syndicat adopte --on JJ/MM/AAAA --ref …",
        )
    last = {one.body: (one, which) for which, one in board.record.decisions.items()}
    adopts = {
        body: (one.on, which)
        for body, (one, which) in last.items()
        if one.outcome is Outcome.ADOPTE
    }
    ready, waiting = [], []
    for name, year in board.schedule.years.items():
        candidate = board.gathered.candidates.get(name)
        placed = board.schedule.placements[name]
        payers = {purse.payer for purse in placed.paid}
        if placed.yearly:
            payers.add(board.payers[name])
        lacking = tuple(sorted(payers - adopts.keys()))
        if lacking:
            waiting.append((name, lacking))
        elif candidate:
            on, which = max(adopts[one] for one in payers)
            ready.append(Ready(candidate, year, which, on))
    steps = (each for one in ready for each in _steps(container, one))
    drafts = (*_snapshot(board, ident), *steps)
    return Adopting(tuple(ready), tuple(waiting), drafts)


def _steps(container: Container, ready: Ready) -> Iterator[NewRevision]:
    """Give the steps of an operation that are not written yet."""
    session = session_of(container, ready.candidate)
    known = steps_standing(session)
    for action in ready.candidate.actions:
        last = known.get(action)
        if last and last.state not in _BEFORE:
            continue
        if last and last.state is FollowUpState.DECIDEE and last.year == ready.year:
            continue
        step = FollowUp(
            recommendation=action,
            state=FollowUpState.DECIDEE,
            on=ready.on,
            by="tous les payeurs",
            programme=container.audit.id,
            year=ready.year,
            decision=ready.decision,
        )
        yield changes.followed(session.audit.id, step)


_BEFORE = frozenset({FollowUpState.PROPOSEE, FollowUpState.DECIDEE})
"""States that a decision replaces; what is paid for or ordered stays so."""


def session_of(container: Container, candidate: Contender) -> AuditSession:
    """Return the audit of an operation, to read its steps or write one."""
    workspace = container.workspace
    for one in audits(workspace.journal):
        if one.id == candidate.audit:
            return AuditSession(workspace, one, auditee_of(workspace, one))
    raise DiagError(f"L'audit « {candidate.where} » n'est plus ici.")


def _snapshot(board: Board, decision: str) -> Iterator[NewRevision]:
    """Give the lines of what is adopted: placements in parts, then what holds them."""
    container, schedule = board.container, board.schedule
    ident = container.fresh()
    placed = [
        (rank, name, schedule.placements[name])
        for rank, name in enumerate(schedule.years)
    ]
    parts = [placed[at : at + _PART] for at in range(0, len(placed), _PART)]
    shared = {each.id for each in board.programme.operations if each.served}
    for number, some in enumerate(parts):
        part = AdoptedPart(
            years={f"{rank:05} {name}": each.year or 0 for rank, name, each in some},
            cents={name: sum(each.paid.values()) for _, name, each in some},
            drawn={name: dict(each.parts) for _, name, each in some if name in shared},
        )
        subject = subjects.programme(subjects.ADOPTIONS, ident, str(number))
        yield container.draft(subject, part)
    adoption = Adoption(
        variant=board.variant,
        decision=decision,
        inputs=container.inputs,
        parts=len(parts),
        rights=dict(schedule.rights),
        first_rights=dict(schedule.first_rights),
    )
    yield container.draft(subjects.programme(subjects.ADOPTIONS, ident), adoption)


def financeable(board: Board) -> list[str]:
    """Return the operations decided whose payers' envelopes are all voted.

    To be proposed: nothing advances by itself.
    """
    found = []
    for name, candidate in board.gathered.candidates.items():
        step, year = candidate.step, board.schedule.years.get(name)
        if step is None or step.state is not FollowUpState.DECIDEE or year is None:
            continue
        placed = board.schedule.placements[name]
        purses = set(placed.paid)
        if placed.yearly:
            purses.add(Purse(board.payers[name], RUNNING))
        kept = (board.record.envelopes.get((purse, year)) for purse in purses)
        if all(one and one.state is EnvelopeState.VOTE for one in kept):
            found.append(name)
    return found


def advance(
    board: Board,
    operation: str,
    state: FollowUpState,
    on: date,
    *,
    cents: int = 0,
    why: str = "",
) -> tuple[FollowUp, ...]:
    """Write the next step of an operation, for all its actions, in one commit.

    `cents`: what is ordered costs that much, tax included; later steps keep it.

    Raises:
        DiagError: it is shared, or ordered without its price, or decided here.
    """
    candidate = board.gathered.candidates.get(operation)
    if candidate is None:
        raise DiagError("Une opération partagée n'a pas d'audit où noter sa suite.")
    if state in _BEFORE:
        raise DiagError(
            "Une décision se note à son instance, puis le programme s'arrête.",
            command="diag programme decide",
        )
    if (state is FollowUpState.COMMANDEE) != bool(cents):
        raise DiagError(
            "Une commande se note avec son prix réel, TTC ; aucune autre étape n'en a.",
            command="--price 1026,00",
            about="price",
        )
    session = session_of(board.container, candidate)
    last = candidate.step
    is_dropped = state is FollowUpState.ECARTEE
    paid = last.cents if last and not (cents or is_dropped) else cents
    year = board.schedule.years.get(operation, 0)
    steps = tuple(
        FollowUp(
            recommendation=action,
            state=state,
            on=on.isoformat(),
            why=why,
            programme=board.container.audit.id,
            year=year,
            cents=paid if action == candidate.actions[0] else 0,
        )
        for action in candidate.actions
    )
    add_step(session, *steps)
    return steps


class YearProspect(NamedTuple):
    """Where a school would stand at the end of a budget year."""

    year: int
    """0: today, with nothing done."""
    score: Score
    socle: Socle


class SchoolProspect(NamedTuple):
    """Where a school would stand, year after year; the first one is today."""

    audit: str
    school: str
    """UAI."""
    where: str
    years: tuple[YearProspect, ...]


def prospects_of(board: Board, progress: Progress = silent) -> Iterator[SchoolProspect]:
    """Give each school that has an operation, judged again at the end of each year.

    About 10 ms for each year in which something is done there.
    """
    by_audit: dict[str, list[Contender]] = {}
    for one in board.gathered.candidates.values():
        by_audit.setdefault(one.audit, []).append(one)
    for done, (audit, contenders) in enumerate(by_audit.items(), 1):
        first = contenders[0]
        session = session_of(board.container, first).public()
        judge, facts = judge_of(session.checklist), session.facts
        advised = {one.recommendation.id: one for one in session.assessment.advice}
        found, acted = judge.once_done(facts, ()), dict[str, Advice]()
        years = [YearProspect(0, *found)]
        for year in board.programme.years:
            new = {
                action: advised[action]
                for one in contenders
                if board.schedule.years.get(one.operation.id) == year
                for action in one.actions
                if action in advised
            }
            if new:
                acted |= new
                found = judge.once_done(facts, acted.values())
            years.append(YearProspect(year, *found))
        yield SchoolProspect(audit, first.school, first.where, tuple(years))
        progress(done, len(by_audit))


def at_socle(schools: list[SchoolProspect]) -> Mapping[int, Fraction]:
    """Return year → part of the schools where everything blocking holds everywhere."""
    many: dict[int, int] = {}
    for school in schools:
        for one in school.years:
            held = one.socle is Socle.ATTEINT
            many[one.year] = many.get(one.year, 0) + held
    return {year: Fraction(held, len(schools)) for year, held in many.items()}


_SHARED = (Milestone.BESOINS, Milestone.DEBAT, Milestone.PROJET, Milestone.BUDGET)
"""What a budget year has once, whatever it holds."""


_BEFORE_VOTE = ("quart-des-credits", "fonctionnement-avant-vote")


class DatedStep(NamedTuple):
    """Something to be done by a day."""

    opens: date
    """The first day; the last one where only that is known."""
    closes: date
    kind: Milestone
    budget: int
    rule: Finance
    operation: str = ""
    """Empty: the whole budget's."""

    def uid(self, container: str) -> str:
        """Return what names it in every calendar: it moves there with its operation."""
        return str(
            uuid5(UUID(container), f"{self.operation or self.budget} {self.kind}")
        )


def deadlines(
    board: Board, checklist: Checklist, insee: str = ""
) -> tuple[DatedStep, ...]:
    """Return the deadlines of a programme in order; `insee`: of one commune's part."""
    mine = {
        name: year
        for name, year in board.schedule.years.items()
        if not insee or board.named(name).commune == insee
    }
    found = []
    for budget in sorted(set(mine.values())):
        for kind in _SHARED:
            day = year_day(checklist, kind, budget - (kind is Milestone.BESOINS))
            if day:
                found.append(_deadline(day, kind, budget))
    for name, budget in mine.items():
        # What it waits for: the request for aids, then the works.
        for kind in (Milestone.AIDE, Milestone.TRAVAUX):
            day = year_day(checklist, kind, budget) if invested(board, name) else None
            if day:
                found.append(_deadline(day, kind, budget, name))
    return tuple(sorted(found, key=lambda one: (one.closes, one.kind, one.operation)))


def before_vote(checklist: Checklist) -> tuple[Finance, ...]:
    """Return the rules of what may be spent before a budget is voted."""
    found = (checklist.finances.get(one) for one in _BEFORE_VOTE)
    return tuple(filter(None, found))


def _deadline(
    found: YearDay, kind: Milestone, budget: int, operation: str = ""
) -> DatedStep:
    closes = _first_day(found.closes)
    if found.closes.count("-") <= 1:  # a month: until its last day
        closes = closes.replace(day=monthrange(closes.year, closes.month)[1])
    opens = _first_day(found.opens) if found.opens else closes
    return DatedStep(opens, closes, kind, budget, found.rule, operation)


def _first_day(text: str) -> date:
    return date.fromisoformat(text if text.count("-") > 1 else f"{text}-01")
