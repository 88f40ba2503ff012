"""Tickets for the technician whom several communes share: one for each thing to do.

Two kinds: technical actions of the plan, and anomalies that no recommendation cures.
What is judged from what one sees at the rack, in a room or on a lot is technical; so is
what the syndicat or a contractor does, unless the commune alone is asked about it, and
what weakens security. Deliberations and contracts stay out, unless the whole plan is
asked; what the école or the académie does always does.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from diag.assess.plan import Action
from diag.assess.results import CriterionResult
from diag.assess.spread import short_places
from diag.audit.findings import (
    describe_steps,
    describe_waiting,
    kind_of,
    name_places,
    names_judged,
    observed,
)
from diag.audit.report import Report
from diag.documents.blocks import Md, entry, sections, written
from diag.documents.parts import advice
from diag.documents.tables import (
    IDENTITY,
    Cell,
    ChosenAudits,
    Column,
    Exported,
    Progress,
    identity,
    in_formats,
    put,
    read_counts,
    reserved_actions,
    some,
    table_of,
    withheld_actions,
)
from diag.model.audit import ROOT_KINDS
from diag.model.enums import WORKING_READER as READER
from diag.model.enums import Audience, Kind, Owner
from diag.words.dates import describe_duration, long_date
from diag.words.sentences import NEXT_BUDGET, count_range, sentence
from diag.words.vocabulary import PRIORITIES

_THEIRS = frozenset({Owner.COMMUNE, Owner.SYNDICAT, Owner.PRESTATAIRE})
_ON_THE_SPOT = frozenset({"baie", "salle", "lot"})
_AT_THE_TOWN_HALL = frozenset({"commune"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One thing to do at one school, as a ticketing tool takes it."""

    reference: str
    """The same at each export: what a tool knows it by."""
    nature: str
    """« action » or « anomalie »."""
    kind: Kind
    """What it cures: decides its priority."""
    title: str
    places: str
    expected: str
    observed: str
    how: str
    condition: str = ""
    owner: str = ""
    delay: str = ""
    due: date | None = None
    effort: str = ""
    state: str = ""
    done_when: str
    domain: str
    criterion: str
    sure: bool = True
    sensitive: bool
    """It holds what only technicians may read."""

    @classmethod
    def of_anomaly(cls, report: Report, result: CriterionResult) -> "Ticket":
        """Return the ticket of what surely falls short, that no action cures."""
        criterion, short = result.criterion, short_places(result)
        return cls(
            reference=f"{report.about.stem}/{criterion.id}",
            nature="anomalie",
            kind=criterion.kind,
            title=f"À reprendre : {criterion.title}",
            places=_named(report, (report.place_name(one.place) for one in short)),
            expected=sentence(criterion.title),
            observed=sentence(observed(report, result)),
            how=sentence(criterion.why),
            done_when="Une visite constate le niveau attendu.",
            domain=_domain(report, criterion.domain),
            criterion=criterion.ref or criterion.id,
            sensitive=report.is_reserved(criterion.id),
        )

    @property
    def priority(self) -> str:
        """How soon: « immédiate », « haute » or « normale »."""
        return PRIORITIES[self.kind]


def tickets_of(
    report: Report, *, to_confirm: bool = False, whole_plan: bool = False
) -> tuple[Ticket, ...]:
    """Return the tickets of an audit, the most pressing first, else in plan order."""
    sure = {action.id for action in report.plan.actions}
    tickets = []
    for action in _actions(report, to_confirm=to_confirm):
        if not (whole_plan or _is_technical(report, action)):
            continue
        told, words = action.advice.recommendation, report.wording(action, READER)
        result, effort = report.result(told.when.criterion), action.advice.effort_days
        how = sentence(report.fill_blanks(action, words.how or words.why, READER))
        tickets.append(
            Ticket(
                reference=f"{report.about.stem}/{action.id}",
                nature="action",
                kind=kind_of(report, action),
                title=report.title(action, READER),
                places=_named(report, advice.place_names(report, action)),
                expected=sentence(result.criterion.title) if result else "",
                observed=sentence(observed(report, result)) if result else "",
                how="\n".join(filter(None, (how, describe_steps(action)))),
                condition=sentence(
                    describe_waiting(report, action, READER, _unnumbered)
                ),
                owner=advice.owner(action),
                delay=describe_duration(told.delay) or NEXT_BUDGET,
                due=action.due,
                effort=count_range(effort, "jour", "jours") if effort else "",
                state=advice.follow_up(action),
                done_when=sentence(report.fill_blanks(action, told.done_when, READER)),
                domain=_domain(report, told.domain),
                criterion=result.criterion.ref or result.criterion.id if result else "",
                sure=action.id in sure,
                sensitive=report.is_reserved(action.id),
            )
        )
    # What no recommendation speaks of; an improvement is a fault where it is inside.
    cured = advice.treated(report)
    for result in report.assessment.criteria.values():
        criterion = result.criterion
        is_inside = criterion.place not in ROOT_KINDS
        is_fault = is_inside or criterion.kind is not Kind.IMPROVEMENT
        if is_fault and criterion.id not in cured and short_places(result):
            tickets.append(Ticket.of_anomaly(report, result))
    order = list(PRIORITIES)
    return tuple(sorted(tickets, key=lambda one: order.index(one.kind)))


def untechnical(report: Report, *, to_confirm: bool = False) -> int:
    """Return how many actions make no ticket unless the whole plan is asked."""
    actions = _actions(report, to_confirm=to_confirm)
    return sum(not _is_technical(report, one) for one in actions)


def _is_technical(report: Report, action: Action) -> bool:
    """Return whether an action is a technician's work."""
    told = action.advice.recommendation
    criterion = report.checklist.criteria.get(told.when.criterion)
    if criterion is None or report.is_reserved(criterion.id):
        return True
    known = report.checklist.questions
    whom = {known[one].whom for one in names_judged(criterion) if one in known}
    if told.owner is Owner.COMMUNE:
        return bool(whom & _ON_THE_SPOT)
    return whom != _AT_THE_TOWN_HALL


def _actions(report: Report, *, to_confirm: bool) -> list[Action]:
    plan = report.plan
    told = (*plan.actions, *(plan.to_confirm if to_confirm else ()))
    return [one for one in told if one.advice.recommendation.owner in _THEIRS]


def _unnumbered(report: Report, one: str, audience: Audience) -> str:
    """Return what must come first without its number, which no ticket bears."""
    action = report.plan.action(one)
    if action is None:
        return name_places(report, one, audience)
    return f"« {report.title(action, audience)} »"


def _named(report: Report, names: Iterable[str]) -> str:
    return " ; ".join(names) or report.about.name


def _domain(report: Report, ident: str) -> str:
    titles = (one.title for one in report.checklist.domains if one.id == ident)
    return next(titles, "Hors grilles")


_WARNING = "pour le service technique : ne la diffusez pas au-delà."


def ticket_page(parts: Iterable[Md], day: date) -> str:
    """Return the page: what it is, then the part of each audit."""
    title = written("Tickets pour l'informaticien")
    dated = written(f"Liste tirée des audits le {long_date(day)}, {_WARNING}")
    return sections((Md(f"# {title}"), dated, *parts)) + "\n"


def ticket_part(report: Report, tickets: Sequence[Ticket]) -> Md:
    """Return the tickets of one audit under its name, a block for each."""
    title = Md(f"## {written(f'{report.about.title} ({report.about.ref})')}")
    many = len(tickets)
    count = f"{many} ticket{'s' * (many > 1)}" if tickets else "Aucun ticket"
    said = f"{count}. Audit {report.audit.campaign}, {report.status_words}."
    blocks = []
    for ticket in tickets:
        when = f"avant le {long_date(ticket.due)}" if ticket.due else ticket.delay
        sure = "" if ticket.sure else ", à confirmer d'abord"
        reserved = "Ne pas diffuser hors du service technique." * ticket.sensitive
        pairs = (
            ("Priorité", ticket.priority + sure),
            ("Lieux", ticket.places),
            ("Constaté", ticket.observed),
            ("Attendu", ticket.expected),
            ("Comment", ticket.how),
            ("Condition", ticket.condition),
            ("Qui et quand", sentence(", ".join(filter(None, (ticket.owner, when))))),
            ("Charge", ticket.effort),
            ("Terminé quand", ticket.done_when),
            ("Suite", ticket.state),
            ("Réserve", reserved),
            ("Référence", ticket.reference),
        )
        blocks.append(entry(ticket.title, pairs))
    return sections((title, written(said), *blocks))


TICKETS = (
    Column("reference", "Référence", 26),
    *IDENTITY,
    Column("priority", "Priorité", 10),
    Column("title", "Titre", 44),
    Column("places", "Lieux", 30),
    Column("observed", "Constaté", 36),
    Column("expected", "Attendu", 36),
    Column("how", "Comment", 60),
    Column("condition", "Condition", 30),
    Column("owner", "Qui", 14),
    Column("delay", "Délai", 14),
    Column("due", "Avant le", 11),
    Column("effort", "Charge", 12),
    Column("done_when", "Terminé quand", 40),
    Column("state", "Suite", 12),
    Column("nature", "Nature", 10),
    Column("sure", "Certitude", 11),
    Column("domain", "Domaine", 22),
    Column("criterion", "Critère", 10),
    Column("sensitive", "Réservé au service technique", 10),
)
"""Columns of the tickets."""


def ticket_rows(report: Report, tickets: Iterable[Ticket]) -> list[tuple[Cell, ...]]:
    """Return the tickets of one audit, one a row."""
    audit = identity(report)
    return [
        (
            ticket.reference,
            *audit,
            ticket.priority,
            ticket.title,
            ticket.places,
            ticket.observed,
            ticket.expected,
            ticket.how,
            ticket.condition,
            ticket.owner,
            ticket.delay,
            ticket.due,
            ticket.effort,
            ticket.done_when,
            ticket.state,
            ticket.nature,
            "sûre" if ticket.sure else "à confirmer",
            ticket.domain,
            ticket.criterion,
            ticket.sensitive,
        )
        for ticket in tickets
    ]


def write_tickets(
    picked: ChosenAudits,
    folder: Path,
    formats: Iterable[str],
    day: date,
    progress: Progress,
    *,
    to_confirm: bool = False,
    whole_plan: bool = False,
    sensitive: bool = False,
) -> Exported:
    """Write the technician's tickets, as a table and as a page.

    Those that a sensitive fact calls for only when asked.
    """
    rows: list[tuple[Cell, ...]] = []
    parts = []
    provisional = others = withheld = 0
    for whole in picked.reports(progress):
        report = whole if sensitive else whole.public
        tickets = tickets_of(report, to_confirm=to_confirm, whole_plan=whole_plan)
        rows += ticket_rows(report, tickets)
        parts.append(ticket_part(report, tickets))
        provisional += report.provisional
        others += 0 if whole_plan else untechnical(report, to_confirm=to_confirm)
        withheld += 0 if sensitive else reserved_actions(whole)
    wanted = tuple(formats)
    table = table_of("Tickets", TICKETS, rows)
    files = in_formats("tickets", {"tickets": table}, wanted, day)
    if "md" in wanted:
        files["tickets.md"] = ticket_page(parts, day).encode()
    counts = (
        *read_counts(picked, provisional),
        (len(rows), "ticket", "tickets"),
        *some(
            others,
            "action non technique laissée de côté (--whole-plan)",
            "actions non techniques laissées de côté (--whole-plan)",
        ),
        *withheld_actions(withheld),
    )
    return Exported(put(folder, files), counts)
