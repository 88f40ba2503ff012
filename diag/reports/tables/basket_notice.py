"""What a buyer must know before using the basket."""

from collections.abc import Iterable
from datetime import date

from diag.reports.tables.table import Cell, Column, Table, table_of
from diag.words.dates import long_date

NOTICE = (Column("what", "À lire", 34), Column("said", "", 70))
"""Columns of the notice."""

_PRICES = (
    "Ordres de grandeur de l'année dite, avant consultation. Ce ne sont pas des prix "
    "de marché : remplacez-les par ceux du bordereau."
)
_TOTALS = (
    "Le total ne porte que sur les quantités connues ; les totaux bas et haut vont du "
    "prix bas au prix haut, de la quantité au moins à la quantité au plus. Une case "
    "vide veut dire que rien ne borne le montant. Chaque ligne est arrondie au centime."
)
_OUT = (
    "Ce qui est écarté, déjà fait ou déjà commandé n'est jamais compté ; ce qui reste "
    "à confirmer ne l'est que sur demande, et la colonne Certitude le dit."
)
_LOTS = "Un lot est le domaine dont les préconisations achètent le plus l'article."


def notice(
    day: date,
    campaign: str,
    counts: Iterable[tuple[int, str, str]],
    *,
    to_confirm: bool,
) -> Table:
    """Return the notice of a basket."""
    asked = "compris" if to_confirm else "non compris"
    rows: list[tuple[Cell, ...]] = [
        ("Établi le", long_date(day)),
        ("Campagne", campaign),
        ("Ce qui reste à confirmer", asked),
        *((_capital(many), number) for number, _, many in counts),
        ("Prix", _PRICES),
        ("Totaux", _TOTALS),
        ("Ce qui n'y est pas", _OUT),
        ("Lots", _LOTS),
    ]
    return table_of("À lire", NOTICE, rows)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
