"""The order basket: what the plans of some audits buy, price row by price row.

Only what surely fires, unless asked; never what is set aside, done or ordered. A lot
of the consultation is the domain whose recommendations buy the article most often.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path

from diag.assess.words import WORKS, format_seen
from diag.audit.findings import describe_waiting
from diag.audit.report import Report
from diag.documents.mairie import READER  # buyers read what the commune reads
from diag.documents.parts import advice
from diag.documents.parts.budget import price_source
from diag.documents.tables import (
    IDENTITY,
    Cell,
    ChosenAudits,
    Column,
    Exported,
    Progress,
    Table,
    identity,
    in_formats,
    put,
    read_counts,
    reserved_actions,
    table_of,
    withheld_actions,
)
from diag.model.checklist import Checklist, Price
from diag.model.enums import BudgetSection, FollowUpState, Trigger
from diag.model.text import Quantity, exact
from diag.programme.figures import ObservedPrice
from diag.words.dates import long_date
from diag.words.sentences import counted, half_up, sentence
from diag.words.vocabulary import BUDGET_SECTIONS, FOLLOW_UPS

WORKS_LOT = WORKS[:1].upper() + WORKS[1:]
"""Where works are filed, after every other lot: no digital order has them."""

OWN_LOT = "Hors grilles"
"""Where what the engineer advises of their own is filed."""


@dataclass(frozen=True, slots=True)
class Sum:
    """Cents, before tax and with tax, each rounded once; None when unbounded."""

    ht: int | None
    ttc: int | None

    def __add__(self, other: "Sum") -> "Sum":
        """Return both together; unbounded when one is."""
        return Sum(_added(self.ht, other.ht), _added(self.ttc, other.ttc))


@dataclass(frozen=True, slots=True)
class BasketLine:
    """One article that one audit's plan buys, for one action."""

    audit: tuple[Cell, ...]
    """Cells of `identity`."""
    lot: str
    price: Price
    quantity: Quantity
    usual: Sum
    """At the typical price, for the low quantity."""
    usual_most: Sum
    """At the typical price, for the high quantity."""
    least: Sum
    """At the minimum price, for the low quantity."""
    most: Sum
    """At the maximum price, for the high quantity."""
    action: tuple[Cell, ...]
    """Number, title, who acts, places, condition, follow-up, deadline."""
    sure: bool
    rank: int
    """Where its article stands, lot by lot."""
    aged: str
    """« prix relevé en 2016, à actualiser »; empty when it is not that old."""
    is_open: bool
    """Whether a list of places is not closed: more may be needed."""
    provisional: bool
    """Whether the audit may still change."""


@dataclass(frozen=True, slots=True)
class AuditBasket:
    """What one audit puts in the basket, and how many lines stay out of it."""

    lines: tuple[BasketLine, ...]
    left_out: Counter[str]
    """Why → how many lines."""


_LEFT_OUT = {
    FollowUpState.ECARTEE: "écartées",
    FollowUpState.FAITE: "déjà faites",
    FollowUpState.VERIFIEE: "déjà faites",
    FollowUpState.COMMANDEE: "déjà commandées",
}
"""Why an action buys nothing here."""


def basket_of(report: Report, *, to_confirm: bool = False) -> AuditBasket:
    """Return what an audit's plan buys; with what is `to_confirm` when asked."""
    audit, lots = identity(report), lots_of(report.checklist)
    ranks, day = {name: rank for rank, name in enumerate(lots)}, report.date
    lines: list[BasketLine] = []
    left_out: Counter[str] = Counter()
    for action in report.plan:
        bought = [line for line in action.advice.cost.lines if line.quantity.high != 0]
        is_sure = action.advice.trigger is Trigger.FIRES
        why = _LEFT_OUT.get(action.state, "") if action.state else ""
        if why or not (is_sure or to_confirm):
            left_out[why or "à confirmer"] += len(bought)
            continue
        result = report.result(action.advice.recommendation.when.criterion)
        cells = (
            action.number,
            report.title(action, READER),
            advice.owner(action),
            " ; ".join(advice.place_names(report, action)),
            sentence(describe_waiting(report, action, READER)),
            FOLLOW_UPS[action.state] if action.state else "",
            action.due,
        )
        for line in bought:
            price, quantity = line.price, line.quantity
            lines.append(
                BasketLine(
                    audit=audit,
                    lot=lots.get(price.id, OWN_LOT),
                    price=price,
                    quantity=quantity,
                    usual=_sum(price, quantity.low, price.typical),
                    usual_most=_sum(price, quantity.high, price.typical),
                    least=_sum(price, quantity.low, price.minimum),
                    most=_sum(price, quantity.high, price.maximum),
                    action=cells,
                    sure=is_sure,
                    rank=ranks.get(price.id, len(lots)),
                    aged=format_seen(price, day) * price.is_old(day.isoformat()),
                    is_open=result is not None and result.open,
                    provisional=report.provisional,
                )
            )
    return AuditBasket(tuple(lines), +left_out)


def lots_of(checklist: Checklist) -> dict[str, str]:
    """Return the lot of each price row, lots and rows in the order of the checklist.

    Works on the building are a lot of their own, the last.
    """
    buyers: dict[str, Counter[str]] = {}
    for buyer in checklist.recommendations.values():
        for name in {need.item for need in buyer.buys}:
            buyers.setdefault(name, Counter())[buyer.domain] += 1
    ranks = {domain.id: rank for rank, domain in enumerate(checklist.domains)}
    titles = {domain.id: domain.title for domain in checklist.domains}
    lots = {
        name: buyers[name].most_common(1)[0][0]
        for name in checklist.prices
        if name in buyers
    }
    by_lot = sorted(lots, key=lambda name: ranks.get(lots[name], len(ranks)))
    told = {name: titles.get(lots[name], OWN_LOT) for name in by_lot}
    works = {
        name: WORKS_LOT
        for name in by_lot
        if checklist.prices[name].section is BudgetSection.TRAVAUX
    }
    return {name: lot for name, lot in told.items() if name not in works} | works


def _sum(price: Price, quantity: Fraction | int | None, cents: int) -> Sum:
    if quantity is None:
        return Sum(None, None)
    amount = Fraction(quantity * cents)
    return Sum(half_up(amount), half_up(amount * (1 + exact(price.vat) / 100)))


def _added(left: int | None, right: int | None) -> int | None:
    return None if left is None or right is None else left + right


NOTICE = (Column("what", "À lire", 34), Column("said", "", 70))
"""Columns of the notice."""

_PRICES = (
    "Ordres de grandeur de l'année dite, avant consultation. Ce ne sont pas des prix "
    "de marché : remplacez-les par ceux du bordereau."
)

_TOTALS_NOTICE = (
    "Total et total au plus sont au prix courant, pour la quantité au moins et pour la "
    "quantité au plus ; total bas et total haut y prennent le prix bas et le prix "
    "haut. Une case vide veut dire que rien ne borne le montant : il est à chiffrer. "
    "Un même besoin de plusieurs actions n'est compté qu'une fois, à la première. "
    "Chaque ligne est arrondie au centime."
)

_OUT = (
    "Ce qui est écarté, déjà fait ou déjà commandé n'est jamais compté ; ce qui reste "
    "à confirmer ne l'est que sur demande, et la colonne Certitude le dit."
)

_LOTS = (
    "Un lot est le domaine dont les actions achètent le plus l'article. Les "
    f"{WORKS}, ont le leur, le dernier."
)


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
        *((many[:1].upper() + many[1:], number) for number, _, many in counts),
        ("Prix", _PRICES),
        ("Totaux", _TOTALS_NOTICE),
        ("Ce qui n'y est pas", _OUT),
        ("Lots", _LOTS),
    ]
    return table_of("À lire", NOTICE, rows)


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
    Column("section", "Section du budget", 14),
)

_TOTALS = (
    Column("total_ht", "Total HT (€)", 12),
    Column("total_ttc", "Total TTC (€)", 12),
    Column("total_most_ht", "Total au plus HT (€)", 12),
    Column("total_most_ttc", "Total au plus TTC (€)", 12),
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
            *line.quantity,
            *_priced(line.price),
            *_totals(line.usual, line.usual_most, line.least, line.most),
            *line.action,
            "sûre" if line.sure else "à confirmer",
            _remark(line.quantity, line.aged, is_open=line.is_open),
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
    rows = []
    for price, some in groups.items():
        low = sum((line.quantity.low for line in some), Fraction())
        highs = [line.quantity.high for line in some]
        high = None if None in highs else sum((one for one in highs if one), Fraction())
        is_open = any(line.is_open for line in some)
        costs = [(one.usual, one.usual_most, one.least, one.most) for one in some]
        rows.append((
            some[0].lot,
            *_article(price),
            len({line.audit for line in some}),
            len({line.audit for line in some if line.provisional}),
            low,
            high,
            *_priced(price),
            *_totals(*(sum(each, Sum(0, 0)) for each in zip(*costs, strict=True))),
            _remark(Quantity(low, high), some[0].aged, is_open=is_open),
        ))
    return table_of("Par article", BY_ARTICLE, rows)


def _article(price: Price) -> tuple[Cell, ...]:
    rhythm = "par an" if price.yearly else "une fois"
    return price.id, price.label, rhythm, price.unit


def _priced(price: Price) -> tuple[Cell, ...]:
    return (
        price.year,
        *map(_euros, (price.minimum, price.typical, price.maximum)),
        exact(price.vat),
        price_source(price),
        BUDGET_SECTIONS[price.section],
    )


def _totals(*sums: Sum) -> tuple[Cell, ...]:
    return tuple(_euros(cents) for one in sums for cents in (one.ht, one.ttc))


def _remark(quantity: Quantity, aged: str, *, is_open: bool) -> str:
    """Return what keeps its amount from being counted on, of quantity and of price."""
    told = ""
    if quantity.high is None:
        told = "Quantité à chiffrer : rien ne la borne encore"
    elif quantity.low != quantity.high:
        told = "Quantité à préciser : des réponses manquent"
    elif is_open:
        told = "Il en faudra peut-être plus : une liste de lieux n'est pas close"
    return " ; ".join(filter(None, (told, aged)))


def _euros(cents: int | None) -> Fraction | None:
    return None if cents is None else Fraction(cents, 100)


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


def write_basket(
    picked: ChosenAudits,
    folder: Path,
    formats: Iterable[str],
    day: date,
    progress: Progress,
    *,
    to_confirm: bool = False,
    sensitive: bool = False,
) -> Exported:
    """Write what the plans buy, by article and by school.

    What a sensitive fact calls for is bought with the rest only when asked.
    """
    lines: list[BasketLine] = []
    out: Counter[str] = Counter()
    provisional = withheld = 0
    for whole in picked.reports(progress):
        report = whole if sensitive else whole.public
        basket = basket_of(report, to_confirm=to_confirm)
        lines += basket.lines
        out += basket.left_out
        provisional += report.provisional
        withheld += 0 if sensitive else reserved_actions(whole)
    lines = in_order(lines)
    articles, schools = by_article(lines), by_school(lines)
    counts = (
        *read_counts(picked, provisional),
        (len(articles.rows), "article", "articles"),
        (len(schools.rows), "ligne par école", "lignes par école"),
        *(
            (
                number,
                f"ligne laissée de côté : {why}",
                f"lignes laissées de côté : {why}",
            )
            for why, number in out.items()
        ),
    )
    tables = {
        "panier-par-article": articles,
        "panier-par-ecole": schools,
        "panier-a-lire": notice(day, picked.campaign, counts, to_confirm=to_confirm),
    }
    files = put(folder, in_formats("panier", tables, formats, day))
    # Who exports is told what stays out; no file that others read says how many.
    return Exported(files, (*counts, *withheld_actions(withheld)))
