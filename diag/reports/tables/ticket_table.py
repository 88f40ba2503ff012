"""Tickets as a table, for any ticketing tool that reads CSV."""

from collections.abc import Iterable

from diag.reports.report import Report
from diag.reports.tables.identity import IDENTITY, identity
from diag.reports.tables.table import Cell, Column
from diag.reports.tables.tickets import Ticket

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
    return [_row(identity(report), ticket) for ticket in tickets]


def _row(audit: tuple[Cell, ...], ticket: Ticket) -> tuple[Cell, ...]:
    return (
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
