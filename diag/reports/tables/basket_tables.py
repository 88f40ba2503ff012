"""The basket as tables: by article for the consultation, by school for delivery."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from diag.model.money import Price
from diag.model.number import Quantity, exact
from diag.reports.citations import source_words
from diag.reports.tables.basket import BasketLine, Sum
from diag.reports.tables.identity import IDENTITY
from diag.reports.tables.table import Cell, Column, Table, table_of

_LOT = (Column("lot", "Lot (domaine)", 22),)
_ARTICLE = (
    Column("article", "Code article", 22),
    Column("label", "Article", 40),
    Column("rhythm", "Rythme", 10),
    Column("unit", "Unité", 12),
)
_QUANTITY = (
    Column("quantity_low", "Quantité au moins", 10),
    Column("quantity_high", "Quantité au plus", 10),
)
_PRICE = (
    Column("price_year", "Année du prix", 8),
    Column("price_low_ht", "Prix bas HT (€)", 11),
    Column("price_ht", "Prix courant HT (€)", 11),
    Column("price_high_ht", "Prix haut HT (€)", 11),
    Column("vat", "TVA (%)", 7),
    Column("source", "Source du prix", 14),
)
_TOTALS = (
    Column("total_ht", "Total HT (€)", 12),
    Column("total_ttc", "Total TTC (€)", 12),
    Column("total_low_ht", "Total bas HT (€)", 12),
    Column("total_low_ttc", "Total bas TTC (€)", 12),
    Column("total_high_ht", "Total haut HT (€)", 12),
    Column("total_high_ttc", "Total haut TTC (€)", 12),
)
_ACTION = (
    Column("ref", "Action", 7),
    Column("title", "Préconisation", 40),
    Column("owner", "Qui", 14),
    Column("places", "Lieux", 30),
    Column("condition", "Condition", 30),
    Column("state", "Suite", 12),
    Column("due", "Avant le", 11),
    Column("sure", "Certitude", 11),
    Column("remark", "Remarque", 30),
)
BY_ARTICLE = (
    *(*_LOT, *_ARTICLE, Column("subjects", "Nombre d'audits", 9)),
    Column("provisional", "dont provisoires", 9),
    *(*_QUANTITY, *_PRICE, *_TOTALS),
    Column("remark", "Remarque", 30),
)
"""Columns of the table by article."""
BY_SCHOOL = (*IDENTITY, *_LOT, *_ARTICLE, *_QUANTITY, *_PRICE, *_TOTALS, *_ACTION)
"""Columns of the table by school."""


def in_order(lines: Iterable[BasketLine]) -> list[BasketLine]:
    """Return lines lot by lot, article by article, then audit by audit as they came."""
    return sorted(lines, key=lambda line: line.rank)


def by_school(lines: Iterable[BasketLine]) -> Table:
    """Return one row for each article of each action of each audit."""
    rows = [
        (
            *line.audit,
            line.lot,
            *_article(line.price),
            *_quantity(line.quantity),
            *_priced(line.price),
            *_totals(line.usual, line.least, line.most),
            *line.action,
            "sûre" if line.sure else "à confirmer",
            _remark(line.quantity),
        )
        for line in lines
    ]
    return table_of("Par école", BY_SCHOOL, rows)


def by_article(lines: Iterable[BasketLine]) -> Table:
    """Return one row for each article, all audits together: sums of the rows shown.

    Prices of two years, or of two editions, stay two articles.
    """
    groups: dict[Price, list[BasketLine]] = {}
    for line in lines:
        groups.setdefault(line.price, []).append(line)
    rows = [_together(price, some) for price, some in groups.items()]
    return table_of("Par article", BY_ARTICLE, rows)


def _together(price: Price, lines: Sequence[BasketLine]) -> tuple[Cell, ...]:
    nothing = Sum(0, 0)
    highs = [line.quantity.high for line in lines]
    quantity = Quantity(
        sum((line.quantity.low for line in lines), Fraction()),
        None if None in highs else sum((one for one in highs if one), Fraction()),
    )
    return (
        lines[0].lot,
        *_article(price),
        len({line.audit for line in lines}),
        len({line.audit for line in lines if line.provisional}),
        *_quantity(quantity),
        *_priced(price),
        *_totals(
            sum((line.usual for line in lines), nothing),
            sum((line.least for line in lines), nothing),
            sum((line.most for line in lines), nothing),
        ),
        _remark(quantity),
    )


def _article(price: Price) -> tuple[Cell, ...]:
    rhythm = "par an" if price.yearly else "une fois"
    return price.id, price.label, rhythm, price.unit


def _quantity(quantity: Quantity) -> tuple[Cell, ...]:
    return quantity.low, quantity.high


def _priced(price: Price) -> tuple[Cell, ...]:
    return (
        price.year,
        *map(_euros, (price.minimum, price.typical, price.maximum)),
        exact(price.vat),
        source_words(price.source),
    )


def _totals(*sums: Sum) -> tuple[Cell, ...]:
    return tuple(_euros(cents) for one in sums for cents in (one.ht, one.ttc))


def _remark(quantity: Quantity) -> str:
    if quantity.high is None:
        return "Quantité non bornée : une liste de lieux n'est pas close"
    if quantity.low != quantity.high:
        return "Quantité à préciser : des réponses manquent"
    return ""


def _euros(cents: int | None) -> Fraction | None:
    return None if cents is None else Fraction(cents, 100)
