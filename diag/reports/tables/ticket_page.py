"""Tickets as one Markdown page, to be read on site: school by school."""

from collections.abc import Iterable, Sequence
from datetime import date

from diag.reports.escape import Md
from diag.reports.layout import Pair, entry, sections, written
from diag.reports.report import Report
from diag.reports.tables.tickets import Ticket
from diag.words.dates import long_date
from diag.words.sentences import sentence

_WARNING = (
    "pour le service technique. "
    "Elle contient des faits réservés : ne la diffusez pas au-delà."
)


def ticket_page(parts: Iterable[Md], day: date) -> str:
    """Return the page: what it is, then the part of each audit."""
    title = written("Tickets pour l'informaticien")
    dated = written(f"Liste tirée des audits le {long_date(day)}, {_WARNING}")
    return sections((Md(f"# {title}"), dated, *parts)) + "\n"


def ticket_part(report: Report, tickets: Sequence[Ticket]) -> Md:
    """Return the tickets of one audit under its name, a block for each."""
    title = Md(f"## {written(f'{report.about.title} ({report.about.ref})')}")
    count = _count(len(tickets)) if tickets else "Aucun ticket"
    said = f"{count}. Audit {report.audit.campaign}, {report.status_words}."
    blocks = (entry(ticket.title, _pairs(ticket)) for ticket in tickets)
    return sections((title, written(said), *blocks))


def _count(number: int) -> str:
    return f"{number} ticket{'s' * (number > 1)}"


def _pairs(ticket: Ticket) -> tuple[Pair, ...]:
    when = f"avant le {long_date(ticket.due)}" if ticket.due else ticket.delay
    who = ", ".join(part for part in (ticket.owner, when) if part)
    reserved = "Ne pas diffuser hors du service technique." if ticket.sensitive else ""
    return (
        (
            "Priorité",
            ticket.priority + ("" if ticket.sure else ", à confirmer d'abord"),
        ),
        ("Lieux", ticket.places),
        ("Constaté", ticket.observed),
        ("Attendu", ticket.expected),
        ("Comment", ticket.how),
        ("Condition", ticket.condition),
        ("Qui et quand", sentence(who)),
        ("Charge", ticket.effort),
        ("Terminé quand", ticket.done_when),
        ("Suite", ticket.state),
        ("Réserve", reserved),
        ("Référence", ticket.reference),
    )
