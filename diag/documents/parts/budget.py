"""Money in a document: three-year budget, days of a council, aids, prices, sources.

Each day is a dated row of the tables or a fact of the audit, with where it comes from;
what was read long ago, or not at its source, is « à confirmer ». No date is ours.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import partial
from typing import NamedTuple

from diag.assess.spread import deadline_of, due_words
from diag.assess.terms import YearDay, next_day, year_day
from diag.assess.words import WORKS, Money, added, by_year, format_seen
from diag.audit.report import Report, once
from diag.audit.votes import NEXT_COUNCIL, council_day, terms_of
from diag.documents.blocks import Drawing, Md, bold, bullets, link, table, written
from diag.documents.drawings import CalendarRow, draw_calendar, draw_years
from diag.documents.parts.advice import ELSEWHERE
from diag.documents.parts.votes import (
    TO_ASK,
    SchoolVotes,
    votes_named,
    votes_shown,
)
from diag.model.checklist import (
    Aid,
    AidState,
    Deadline,
    Finance,
    Price,
)
from diag.model.enums import (
    Aside,
    Audience,
    BudgetSection,
    Milestone,
    Provenance,
    Standing,
    Trade,
)
from diag.model.votes import Vote
from diag.words.dates import describe_day
from diag.words.sentences import (
    NBSP,
    counted,
    euros,
    euros_and_cents,
    half_up,
    listed,
    number,
    sentence,
    uncapitalised,
)
from diag.words.vocabulary import BUDGET_SECTIONS, GRADES, PROVENANCES, TO_READ, TRADES

UNDEDUCTED = "Total TTC, avant FCTVA et aides"
"""Label of the total: « reste » would name what is left of it."""

DUE = "dont à engager, sans rien attendre d'autre"
"""Label of the part that waits for nothing else."""

SHARES = 8
"""At most so many domains apart, the costliest first; the others together."""

Row = tuple[str, Sequence[Money]]
"""A label, and an amount for each year."""


def budget_by_domain(report: Report) -> Md:
    """Return what each domain costs, year by year; nothing while nothing is sure."""
    if not report.budget.is_sure:
        return Md("")
    titles = {one.id: one.title for one in report.checklist.domains}
    shares = sorted(report.budget.shares, key=lambda one: -one.total.most)
    rows: list[Row] = [(titles.get(one.domain, ELSEWHERE), one.years) for one in shares]
    few = gather_rest(rows, SHARES, "domaines")
    return _budget(report, "Dépenses estimées, en euros TTC", [*few, *_unsure(report)])


def _unsure(report: Report) -> list[Row]:
    """Return what a check may call for, in one row: it only raises the totals."""
    rows = report.budget.unsure
    return unsure_row(by_year(row.years for row in rows), len(rows))


def unsure_row(years: Sequence[Money], count: int) -> list[Row]:
    """Return the row of what is to be confirmed; none when there is nothing."""
    return [(f"{counted(count, 'action')} à confirmer", years)] if count else []


def budget_by_action(report: Report, audience: Audience) -> Md:
    """Return what each action costs, year by year."""
    rows = []
    for row in report.budget.rows:
        after = " (sous condition)" if row.action.conditional else ""
        title = row.action.titled(report.title(row.action, audience)) + after
        rows.append((title, row.years))
    caption = "Dépenses de chaque action, en euros TTC"
    return _budget(report, caption, [*rows, *_unsure(report)])


def _budget(report: Report, caption: str, rows: Iterable[Row]) -> Md:
    budget = report.budget
    years = dict(zip(budget.years, budget.totals, strict=False))
    return budget_table(caption, rows, years, budget.ht, budget.due, works=budget.works)


def gather_rest(rows: Sequence[Row], limit: int, what: str) -> list[Row]:
    """Return the first rows, and the sum of the others in a row of their own."""
    rest = rows[limit:]
    if len(rest) <= 1:
        return list(rows)
    columns = zip(*(years for _, years in rest), strict=True)
    return [*rows[:limit], (f"{len(rest)} autres {what}", tuple(map(added, columns)))]


def budget_table(
    caption: str,
    rows: Iterable[Row],
    years: Mapping[int, Money],
    ht: Money,
    due: Money,
    *,
    works: Money,
    first: str = "",
) -> Md:
    """Return amounts by year, over what all of them cost; no rows, no table.

    Works on the building have the last row, outside the total.
    The years are drawn, unless the table has a `first` header of its own: then it
    divides the amounts of another one.
    """
    cells: list[tuple[str, ...]] = [
        (label, *(one.cell for one in amounts), added(amounts).cell)
        for label, amounts in rows
    ]
    if not cells and works == Money():
        return Md("")
    blanks, total = ("",) * len(years), added(years.values())
    sums = (one.cell for one in years.values())
    cells.append((bold(UNDEDUCTED), *sums, bold(total.cell)))
    cells.append(("soit hors taxes (HT)", *blanks, ht.cell))
    if due != total:
        cells.append((DUE, *blanks, due.cell))
    if works != Money():
        cells.append((WORKS, *blanks, works.cell))
    columns = (first or "Dépense", *map(str, years), "Total TTC")
    draw = None if first else partial(draw_years, tuple(years.items()))
    numeric = range(1, len(columns))
    return table(caption, columns, cells, numeric=numeric, draw=draw)


TO_CONFIRM = "à confirmer"
"""What is printed beside a date that was not read at its source, or not of late."""

OFFICIAL = "A"
"""The grade of a source that its own author publishes."""

SUMMER_TRADES = frozenset({Trade.ELECTRICITE, Trade.RESEAU, Trade.SALLES, None})
"""Trades that need empty rooms; votes of several trades may."""


class DatedLine(NamedTuple):
    """When, and what happens then."""

    day: str
    """ISO day or month that sorts it."""
    when: str
    what: str
    short: str = ""
    """The same in a few words, for a drawing."""
    until: str = ""
    """ISO day or month on which a span ends."""
    is_sure: bool = True
    source: str = ""
    """Id of the source that it cites; empty: a fact of the audit."""


@once
def milestones(report: Report) -> list[DatedLine]:
    """Return what is to be done when, the earliest first; dangers head it."""
    (shown,) = votes_shown(report)
    urgent = [
        f"sans vote : {uncapitalised(one.title)}, {one.where}"
        + f" ({euros(one.spent.gross)} TTC)" * bool(one.spent.gross)
        for one in shown.votes.aside
        if one.why is Aside.DANGER
    ]
    found = [*_sittings(report, shown), *_ends(report, shown)]
    # Applications for aid, where one may be asked for.
    is_asked = any(vote.spent.inv for vote in shown.votes.votes)
    taken = next_day(report.checklist, Milestone.AIDE, report.date)
    if is_asked and taken and listed_aids(report):
        found.append(_yearly(report, taken, taken.rule.says, taken.rule.title))
    # The summers in which what is voted is built.
    years: dict[int, list[int]] = {}
    for vote in shown.votes.votes:
        if vote.trade in SUMMER_TRADES and vote.spent.inv:
            years.setdefault(vote.year, []).append(vote.number)
    today = report.date.isoformat()
    for year, numbers in years.items():
        summer = year_day(report.checklist, Milestone.TRAVAUX, year)
        if summer and summer.closes >= today[: len(summer.closes)]:
            named = votes_named(numbers)
            short = f"{summer.rule.title} : {uncapitalised(named)}"
            found.append(_yearly(report, summer, named, short))
    lines = (
        *(DatedLine("", "dès réception", act) for act in urgent),
        *sorted(found),
    )
    return [
        one._replace(
            when=sentence(one.when).rstrip("."),
            what=sentence(one.what),
            short=sentence(one.short).rstrip("."),
        )
        for one in lines
    ]


def milestones_table(lines: Iterable[DatedLine]) -> Md:
    """Return the same as a drawn table, but dangers: their box has them."""
    dated = [one for one in lines if one.day]
    rows = [(one.when, one.what) for one in dated]
    columns, draw = ("Quand", "Quoi"), partial(calendar_of, dated)
    return table("Les dates, dans l'ordre", columns, rows, draw=draw)


def calendar_of(lines: Iterable[DatedLine]) -> Drawing | None:
    """Return the dated ones as a calendar; None where there is hardly one."""
    return draw_calendar([
        CalendarRow(
            one.when,
            one.short,
            _day(one.day, is_last=False),
            _day(one.until or one.day, is_last=True),
            one.is_sure,
        )
        for one in lines
        if one.day
    ])


def _day(iso: str, *, is_last: bool) -> date:
    """Return the first or the last day of an ISO year, month or day."""
    year, month, day = (*map(int, iso.split("-")), 0, 0)[:3]
    month = month or (12 if is_last else 1)
    return date(year, month, day or (monthrange(year, month)[1] if is_last else 1))


def _sittings(report: Report, shown: SchoolVotes) -> Iterator[DatedLine]:
    """Give when each vote can be taken: a council, or the budget that pays it."""
    # How the day of the council is known, and whether it is sure.
    council, is_sure = council_day(report), False
    known = " : la date est à demander à la mairie"
    if council:
        ways = _ways(report, NEXT_COUNCIL)
        is_sure = ways <= {Provenance.OBSERVED}
        doubt = "" if is_sure else f", {TO_CONFIRM}"
        known = f" (jour {ways_words(ways)}{doubt})"
    sessions: dict[str, list[Vote]] = {}
    for vote in shown.votes.votes:
        sessions.setdefault(vote.session, []).append(vote)
    for session, votes in sessions.items():
        year, named = votes[0].year, votes_named([one.number for one in votes])
        if year <= date.fromisoformat(shown.votes.day).year:
            yield DatedLine(
                council or shown.votes.day,
                session,
                f"{named}{known}",
                named,
                is_sure=is_sure,
            )
        elif last := year_day(report.checklist, Milestone.BUDGET, year):
            what = f"{named} : le budget {year} est voté avant cette date"
            cited = _cited(report, last.rule)
            yield DatedLine(
                last.closes,
                describe_day(last.closes),
                f"{what} {cited}",
                f"budget {year} : {uncapitalised(named)}",
                is_sure=_is_sure(report, last.rule),
                source=last.rule.source,
            )
        else:
            what = f"{named} : la date du vote est à demander"
            yield DatedLine(f"{year}", f"budget {year}", what, named, is_sure=False)


def _yearly(report: Report, found: YearDay, what: str, short: str) -> DatedLine:
    is_one_year = found.opens[:4] == found.closes[:4]
    opens = describe_day(found.opens, year=not is_one_year)
    closes = describe_day(found.closes)
    is_day = len(found.closes) > len("2027-12")
    span = f"du {opens} au {closes}" if is_day else f"de {opens} à {closes}"
    when = span if found.opens else closes
    title = f"{found.rule.title} : {uncapitalised(what)}"
    cited = _cited(report, found.rule)
    return DatedLine(
        found.opens or found.closes,
        when,
        f"{title.rstrip('.')} {cited}",
        short,
        found.closes,
        _is_sure(report, found.rule),
        found.rule.source,
    )


def _ends(report: Report, shown: SchoolVotes) -> Iterator[DatedLine]:
    """Give the day on which something ends for what is voted, and what it is."""
    for vote in shown.votes.votes:
        for name in vote.findings:
            result = report.result(name)
            if result is None:
                continue
            day = deadline_of(result.criterion, report.checklist, report.facts)
            if day < shown.votes.day:
                continue
            # A row of the tables, else a fact of the audit.
            ident = result.criterion.deadline
            if known := report.checklist.deadlines.get(ident):
                what, how = known.title, _cited(report, known)
                is_sure, source = _is_sure(report, known), known.source
            else:
                ways = _ways(report, ident)
                what = report.checklist.questions[ident].label
                how, is_sure = f"({ways_words(ways)})" * bool(ways), bool(ways)
                source = ""
            short = f"vote {vote.number} : {uncapitalised(what)}"
            yield DatedLine(
                day,
                describe_day(day),
                f"{short} {how}".rstrip(),
                short,
                is_sure=is_sure,
                source=source,
            )


def _ways(report: Report, question: str) -> set[Provenance]:
    """Return how an answer about the whole school is known."""
    heads = report.facts.answers.get((report.facts.root, question), ())
    return {one.provenance for one in heads if one.provenance}


def ways_words(ways: set[Provenance]) -> str:
    """Return how something is known, each way once: « mesuré et constaté »."""
    return listed([PROVENANCES[one] for one in Provenance if one in ways])


def _cited(report: Report, row: Finance | Deadline) -> str:
    """Return « (S320, relevé : 27 novembre 2026, à confirmer) »."""
    parts = [source_words(row.source), f"relevé : {describe_day(row.as_of)}"]
    doubt = [] if _is_sure(report, row) else [TO_CONFIRM]
    return f"({', '.join([*parts, *doubt])})"


def _is_sure(report: Report, row: Finance | Deadline) -> bool:
    """Return whether a day was read at its source, not long ago."""
    source = report.checklist.sources.get(row.source)
    is_official = source is not None and source.grade == OFFICIAL
    is_late = row.is_old(report.date.isoformat())
    quoted = not getattr(row, "verify_before_quoting", False)
    return is_official and not is_late and quoted


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
    advised = [action.advice.recommendation for action in report.plan.actions]
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
    rules = report.checklist.finances.values() if report.budget.is_sure else ()
    return [one for one in rules if one.holds(today)]


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
        due = due_words(one.due, report.date, binds=binds) if one.due else "à vérifier"
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
