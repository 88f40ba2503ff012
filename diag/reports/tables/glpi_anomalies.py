"""Tickets with the fields of a GLPI ticket, since its inventory has none."""

from collections.abc import Iterable

from diag.model.enums import Kind
from diag.reports.report import Report
from diag.reports.tables.table import Cell, Coded, Column
from diag.reports.tables.tickets import Ticket

ANOMALIES = (
    Column("externalid", "Identifiant externe", 30),
    Column("entity", "Entité", 30),
    Column("location", "Lieu", 30),
    Column("type", "Type", 10),
    Column("name", "Titre", 44),
    Column("content", "Description", 60),
    Column("urgency", "Urgence (1 à 5)", 9),
    Column("category", "Catégorie", 22),
    Column("time_to_resolve", "Date limite", 11),
    Column("status", "Statut de l'audit", 18),
    Column("sensitive", "Réservé au service technique", 10),
)
"""Columns of the tickets, named as GLPI's form names them."""

_URGENCY = {Kind.COMPLIANCE: 5, Kind.BLOCKING: 4, Kind.IMPROVEMENT: 3}


def anomaly_rows(report: Report, tickets: Iterable[Ticket]) -> list[tuple[Cell, ...]]:
    """Return the tickets of one audit: an incident for the law, else a request."""
    entity = " > ".join(
        part for part in (report.about.commune, report.about.name) if part
    )
    return [
        (
            ticket.reference,
            entity,
            ticket.places,
            _type(ticket),
            ticket.title,
            _content(ticket),
            _URGENCY[ticket.kind],
            ticket.domain,
            ticket.due,
            report.status_words,
            ticket.sensitive,
        )
        for ticket in tickets
    ]


def _type(ticket: Ticket) -> Cell:
    incident = ticket.nature == "anomalie" or ticket.kind is Kind.COMPLIANCE
    return Coded("1", "Incident") if incident else Coded("2", "Demande")


def _content(ticket: Ticket) -> str:
    told = (
        ("Constaté", ticket.observed),
        ("Attendu", ticket.expected),
        ("Comment", ticket.how),
        ("Condition", ticket.condition),
        ("Qui", ticket.owner),
        ("Terminé quand", ticket.done_when),
    )
    return "\n".join(f"{title} : {text}" for title, text in told if text)
