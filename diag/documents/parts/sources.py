"""Where things come from: sources a document rests on, prices it counts with."""

from collections.abc import Iterable
from fractions import Fraction

from diag.assess.words import format_seen
from diag.audit.reasons import day_words
from diag.audit.report import Report
from diag.audit.votes import terms_of
from diag.documents.blocks import Md, bold, bullets, link, table, written
from diag.model.checklist import (
    Aid,
    AidState,
    Deadline,
    Finance,
    Price,
)
from diag.model.enums import BudgetSection, Standing
from diag.words.dates import describe_day
from diag.words.sentences import NBSP, euros, euros_and_cents, half_up, number, sentence
from diag.words.vocabulary import BUDGET_SECTIONS, TO_READ, TRADES

GRADES = {
    "A": "texte officiel ou administration",
    "B": "collectivité ou association de collectivités",
    "C": "presse ou témoignage",
    "D": "fournisseur, consultant ou copie d'un texte",
    "M": "usage du métier, sans source",
}
"""What the grade of a source means."""

TO_ASK = "à demander"
"""What stands for the rate of an aid that nobody knows for this year."""

_CUSTOM = "metier"
"""What stands for a source where only the custom of the trade speaks."""


def sources_list(report: Report, cited: Iterable[str]) -> Md:
    """Return the sources that a document cites, by their ids, in order."""
    known, items = report.checklist.sources, []
    for source in (known[one] for one in sorted(set(cited), key=_rank) if one in known):
        nature = GRADES.get(source.grade, "nature inconnue")
        day = f", {describe_day(source.date)}" if source.date else ""
        words = written(f"{source.title} ({nature}{day})")
        address = f", {link(source.url)}" if source.url else ""
        items.append(Md(f"{bold(source.id)}{NBSP}: {words}{address}"))
    return bullets(items)


def _rank(source: str) -> tuple[str, int]:
    """Return what orders ids as one counts: S19 before S116."""
    letters = source.rstrip("0123456789")
    return letters, int(source.removeprefix(letters) or 0)


def prices_table(report: Report) -> Md:
    """Return the prices that the estimates use, each with its year and source."""
    used: dict[str, Price] = {
        line.price.id: line.price
        for action in report.plan
        for line in action.advice.cost.lines
    }
    rows = []
    for price in used.values():
        low, high = (euros_and_cents(one) for one in (price.minimum, price.maximum))
        rows.append((
            price.label,
            f"{price.unit}{' (chaque année)' * price.yearly}",
            low if price.minimum == price.maximum else f"de {low} à {high}",
            f"{number(price.vat)} %",
            format_seen(price, report.date),
            price_source(price),
        ))
    columns = ("Poste", "Unité", "Prix HT", "TVA", "Relevé", "Source")
    return table("Prix unitaires employés, en euros HT", columns, rows, numeric=(2, 3))


def all_sources(report: Report) -> frozenset[str]:
    """Return the sources of every criterion that may apply, action and price."""
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


def price_source(price: Price) -> str:
    """Return where a price was seen and in which source: « Nanterre, S82 »."""
    if price.source == _CUSTOM:
        return source_words(price.source)
    return ", ".join(filter(None, (price.where, price.source)))


_STATES = {
    AidState.OPEN: "ouverte",
    AidState.CLOSED: "terminée",
    AidState.UNKNOWN: "à vérifier chaque année",
}


def possible_aids(report: Report) -> Md:
    """Return the schemes that the commune may ask for; none when nothing is to pay."""
    columns = (
        "Aide",
        "Qui demande, à quelles conditions",
        "Taux et plafond",
        "À vérifier auprès de",
        "Information de",
    )
    rows = [
        (
            f"{aid.title} (ouverte)" if aid.state is AidState.OPEN else aid.title,
            _conditions(aid),
            aid_amounts(report, aid),
            aid.ask,
            f"{describe_day(aid.as_of)} ({source_words(aid.source)})",
        )
        for aid in listed_aids(report)
    ]
    return table("Aides possibles, aucune n'est acquise", columns, rows)


def listed_aids(report: Report) -> list[Aid]:
    """Return the schemes that the town hall reads of."""
    return _within_reach(report) if report.budget.is_sure else []


def all_aids(report: Report) -> Md:
    """Return every scheme with its source, the closed ones to date what is there."""
    columns = (
        "Aide",
        "État",
        "Quand",
        "Conditions",
        "Taux et plafond",
        "Source",
        "Information de",
    )
    rows = [
        (
            aid.title,
            _STATES[aid.state],
            aid.period,
            " ".join(filter(None, (_conditions(aid), sentence(aid.note)))),
            aid_amounts(report, aid),
            source_words(aid.source),
            describe_day(aid.as_of),
        )
        for aid in (*_within_reach(report), *_closed(report))
    ]
    return table("Aides, ouvertes et terminées", columns, rows)


def finances_table(report: Report) -> Md:
    """Return the rules of local finances that hold; none when nothing is to pay."""
    if not report.budget.is_sure:
        return Md("")
    columns = ("Règle", "Taux ou seuil", "Ce qu'elle dit", "Source", "Information de")
    rows = []
    for one in _holding(report):
        figure = (
            f"{number(one.percent)} %" if one.percent is not None else "",
            f"{euros(half_up(Fraction(one.euros, 100)))} HT" if one.euros else "",
            BUDGET_SECTIONS[one.section] if one.section else "",
        )
        rows.append((
            one.title,
            " ; ".join(filter(None, figure)),
            " ".join(filter(None, (one.says, sentence(one.note)))),
            source_words(one.source),
            describe_day(one.as_of),
        ))
    return table("Règles de finances locales", columns, rows)


def _holding(report: Report) -> list[Finance]:
    today = report.date.isoformat()
    return [one for one in report.checklist.finances.values() if one.holds(today)]


def watch_list(report: Report) -> Md:
    """Return the dates to watch, in order, those without a date last."""
    columns = (
        "Quoi",
        "Date",
        "Ce qui change",
        "À vérifier auprès de",
        "Source",
        "Information de",
    )
    known = report.checklist.deadlines.values()
    ordered = sorted(known, key=lambda one: one.due or "9999")
    criteria, rows = report.checklist.criteria.values(), []
    for one in ordered:
        # To come, or past and, where a rule names it, binding still.
        binds = any(each.deadline == one.id and each.nature.binds for each in criteria)
        due = day_words(one.due, report.date, binds=binds) if one.due else "à vérifier"
        law = f"{TO_READ}." if one.verify_before_quoting else ""
        rows.append((
            one.title,
            due,
            " ".join(filter(None, (one.what, sentence(one.note), law))),
            one.ask,
            source_words(one.source),
            describe_day(one.as_of),
        ))
    return table("Dates à surveiller", columns, rows)


def dated_sources(report: Report) -> frozenset[str]:
    """Return the sources of the aids, of the dates and of the rules printed."""
    told: Iterable[Aid | Deadline | Finance] = (
        *_within_reach(report),
        *_closed(report),
        *report.checklist.deadlines.values(),
        *_holding(report),
    )
    return frozenset(one.source for one in told)


def _within_reach(report: Report) -> list[Aid]:
    population = report.commune.population if report.commune else None
    department = report.about.department
    aids = report.checklist.aids.values()
    return [one for one in aids if one.may_serve(department, population)]


def _closed(report: Report) -> list[Aid]:
    aids = report.checklist.aids.values()
    return [one for one in aids if one.state is AidState.CLOSED]


def _conditions(aid: Aid) -> str:
    return f"{sentence(f'demande : {aid.applicant}')} {aid.conditions}"


def aid_amounts(report: Report, aid: Aid) -> str:
    """Return what may be counted on: of a scheme that runs, only while it is known."""
    rates = [one.rule for one in terms_of(report).rates if one.aid.id == aid.id]
    if rates:
        return " ; ".join(map(_rate_words, rates))
    is_current = aid.is_current(report.date.isoformat())
    if aid.state is not AidState.CLOSED and not is_current:
        return TO_ASK
    parts = [aid.rate, f"plafond : {aid.ceiling}" * bool(aid.ceiling)]
    return " ; ".join(one for one in parts if one) or "non relevé"


def _rate_words(rule: Finance) -> str:
    """Return « 30 à 50 % (investissement hors taxes), … », from whom, as of when."""
    low, high = rule.percent or 0, rule.at_most or rule.percent or 0
    share = f"{number(low)} à {number(high)}" if low != high else number(high)
    paid = [TRADES[one].lower() for one in rule.trades]
    section = BUDGET_SECTIONS[rule.section or BudgetSection.INVESTISSEMENT]
    of_what = ", ".join([f"{section} hors taxes", *paid])
    most = half_up(Fraction(rule.euros or 0, 100))
    ceiling = f", {euros(most)} au plus" if most else ""
    is_day = len(rule.until) > len("2027-12")
    until = f"jusqu'{'au' if is_day else 'en'} {describe_day(rule.until)}"
    who = "selon le syndicat" if rule.source == _CUSTOM else rule.source
    seen = f"{who}, {describe_day(rule.as_of)}"
    return f"{share}{NBSP}% ({of_what}){ceiling}, {until} ({seen})"
