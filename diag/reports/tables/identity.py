"""Which audit a row comes from: the same first columns in every table."""

from diag.reports.report import Report
from diag.reports.tables.table import Cell, Coded, Column

IDENTITY = (
    Column("campaign", "Campagne", 11),
    Column("status", "Statut", 18),
    Column("subject", "Sujet", 12),
    Column("name", "Nom", 30),
    Column("commune", "Commune", 18),
    Column("insee", "Code INSEE", 8),
)
"""Columns of an audit; `subject` is a UAI, `commune:INSEE` or `syndicat:SIREN`."""


def identity(report: Report) -> tuple[Cell, ...]:
    """Return the cells under those columns; an audit not closed is « provisoire »."""
    about = report.about
    return (
        report.audit.campaign,
        Coded(str(report.status), report.status_words),
        about.ref,
        about.name,
        about.commune,
        about.insee,
    )
