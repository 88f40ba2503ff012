"""Where things come from: sources a document rests on, prices it counts with."""

from collections.abc import Iterable

from diag.model.checklist import Source
from diag.model.enums import Standing
from diag.model.money import Price
from diag.reports.escape import Md, link
from diag.reports.layout import bold, bullets, table, written
from diag.reports.report import Report
from diag.words.dates import describe_day
from diag.words.figures import euros_and_cents, number
from diag.words.typography import NBSP

GRADES = {
    "A": "texte officiel ou administration",
    "B": "collectivité ou association de collectivités",
    "C": "presse ou témoignage",
    "D": "fournisseur ou consultant",
    "M": "usage du métier, sans source",
}
"""What the grade of a source means."""

_CUSTOM = "metier"
"""What stands for a source where only the custom of the trade speaks."""


def sources_list(report: Report, cited: Iterable[str]) -> Md:
    """Return the sources that a document cites, by their ids, in order."""
    known = report.checklist.sources
    told = [
        _source_item(known[one])
        for one in sorted(set(cited), key=_rank)
        if one in known
    ]
    return bullets(told)


def prices_table(report: Report) -> Md:
    """Return the prices that the estimates use, each with its year and source."""
    used: dict[str, Price] = {
        line.price.id: line.price
        for action in report.plan
        for line in action.advice.cost.lines
    }
    rows = [_price_row(price) for price in used.values()]
    columns = ("Poste", "Unité", "Prix HT", "TVA", "Année", "Source")
    return table("Prix unitaires employés, en euros HT", columns, rows, numeric=(2, 3))


def all_sources(report: Report) -> frozenset[str]:
    """Return the sources of every criterion that may apply, action and price told."""
    judged = (
        one.criterion
        for one in report.assessment.criteria.values()
        if one.standing is not Standing.OUT
    )
    advised = [action.advice.recommendation for action in report.plan]
    prices = (line.price for action in report.plan for line in action.advice.cost.lines)
    return frozenset((
        *(name for one in judged for name in one.sources),
        *(name for one in advised for name in one.sources),
        *(price.source for price in prices),
    ))


def price_years(report: Report) -> str:
    """Return « 2025 », or « 2016 à 2025 »; empty when nothing is priced."""
    lines = (line for action in report.plan for line in action.advice.cost.lines)
    years = {line.price.year for line in lines}
    return " à ".join(map(str, sorted({min(years), max(years)}))) if years else ""


def known_sources(sources: Iterable[str]) -> list[str]:
    """Return the ids that a document lists; the custom of the trade is none."""
    return [one for one in sources if one != _CUSTOM]


def source_words(source: str) -> str:
    """Return how a price or a criterion names its source."""
    return "usage du métier" if source == _CUSTOM else source


def _rank(source: str) -> tuple[str, int]:
    """Return what orders ids as one counts: S19 before S116."""
    letters = source.rstrip("0123456789")
    return letters, int(source.removeprefix(letters) or 0)


def _source_item(source: Source) -> Md:
    nature = GRADES.get(source.grade, "nature inconnue")
    told = [nature, describe_day(source.date)] if source.date else [nature]
    said = written(f"{source.title} ({', '.join(told)})")
    address = f", {link(source.url)}" if source.url else ""
    return Md(f"{bold(source.id)}{NBSP}: {said}{address}")


def _price_row(price: Price) -> tuple[str, ...]:
    low, high = (euros_and_cents(one) for one in (price.minimum, price.maximum))
    span = low if price.minimum == price.maximum else f"de {low} à {high}"
    rhythm = " (chaque année)" if price.yearly else ""
    vat = f"{number(price.vat)} %"
    unit = price.unit + rhythm
    return price.label, unit, span, vat, str(price.year), source_words(price.source)
