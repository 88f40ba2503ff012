"""Prices that orders gave, as rows of a syndicat's own table of prices."""

from collections.abc import Sequence
from fractions import Fraction

from diag.documents.tables.writers import Column, Table, table_of
from diag.programme.observed import ObservedPrice
from diag.words.sentences import counted

_COLUMNS = (
    Column("id", "identifiant", 24),
    Column("as_of", "relevé en", 12),
    Column("where", "relevé où", 24),
    Column("minimum", "prix bas", 10),
    Column("typical", "prix courant", 10),
    Column("maximum", "prix haut", 10),
    Column("source", "source", 10),
    Column("note", "note", 24),
)
"""As `diag import prix` names them."""

_SOURCE = "metier"
"""A syndicat's own order is no registered source."""


def prices_table(prices: Sequence[ObservedPrice]) -> Table:
    """Return one row an article, in euros before tax."""
    return table_of(
        "Prix des commandes",
        _COLUMNS,
        [
            (
                one.price,
                one.as_of,
                ", ".join(one.where),
                *(Fraction(each, 100) for each in (one.minimum, one.typical)),
                Fraction(one.maximum, 100),
                _SOURCE,
                counted(one.orders, "commande"),
            )
            for one in prices
        ],
    )
