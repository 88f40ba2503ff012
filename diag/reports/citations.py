"""Where things come from: sources a document rests on, prices it counts with."""

from collections.abc import Iterable

from diag.model.checklist import Source
from diag.model.money import Price
from diag.reports.dates import spoken_day
from diag.reports.escape import Md, link
from diag.reports.figures import euros_and_cents, number
from diag.reports.layout import table
from diag.reports.report import Report

GRADES = {
    "A": "texte officiel ou administration",
    "B": "collectivité ou association de collectivités",
    "C": "presse ou témoignage",
    "D": "fournisseur ou consultant",
    "M": "usage du métier, sans source",
}
"""What the grade of a source means."""


def sources_table(report: Report, criteria: Iterable[str]) -> Md:
    """Return the sources of these criteria and of every action and price told."""
    cited = _cited(report, criteria)
    known = report.checklist.sources
    rows = [_source_row(known[one]) for one in sorted(cited) if one in known]
    columns = ("Repère", "Source", "Nature", "Date", "Adresse")
    return table("Sources citées", columns, rows)


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


def source_words(source: str) -> str:
    """Return how a price or a criterion names its source."""
    return "usage du métier" if source == "metier" else source


def _cited(report: Report, criteria: Iterable[str]) -> frozenset[str]:
    known = report.checklist.criteria
    advised = [action.advice.recommendation for action in report.plan]
    told = {*criteria, *(one.when.criterion for one in advised)}
    prices = (line.price for action in report.plan for line in action.advice.cost.lines)
    return frozenset((
        *(source for one in told if one in known for source in known[one].sources),
        *(source for one in advised for source in one.sources),
        *(price.source for price in prices),
    ))


def _source_row(source: Source) -> tuple[str, ...]:
    nature = GRADES.get(source.grade, "nature inconnue")
    grade = f"{source.grade} : {nature}"
    address = link(source.url) if source.url else Md("")
    return source.id, source.title, grade, spoken_day(source.date), address


def _price_row(price: Price) -> tuple[str, ...]:
    low, high = (euros_and_cents(one) for one in (price.minimum, price.maximum))
    span = low if price.minimum == price.maximum else f"de {low} à {high}"
    rhythm = " (chaque année)" if price.yearly else ""
    vat = f"{number(price.vat)} %"
    unit = price.unit + rhythm
    return price.label, unit, span, vat, str(price.year), source_words(price.source)
