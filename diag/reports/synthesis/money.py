"""Budgets of several audits added up, so that they meet the report of each school."""

from collections.abc import Callable, Iterable, Mapping

from diag.model.enums import Owner
from diag.reports.budget import added
from diag.reports.budget_tables import BEFORE_TAX, EXPENSE, REMAINS
from diag.reports.escape import Md
from diag.reports.layout import bold, table
from diag.reports.money import Money, spoken_sum
from diag.reports.money import total_words as told_total
from diag.reports.synthesis.extract import Expense, Extract
from diag.reports.synthesis.gathering import Gathering
from diag.reports.themes import ELSEWHERE
from diag.words.vocabulary import OWNERS

Row = tuple[str, tuple[Money, ...]]


def total(extracts: Iterable[Extract]) -> Money:
    """Return what everything costs over the years, TTC."""
    return added(one.total for extract in extracts for one in extract.expenses)


def total_words(gathering: Gathering) -> str:
    """Return « 12 400 € TTC (soit 10 333 € HT) »; empty when nothing is to pay."""
    expenses = _expenses(gathering)
    if not expenses:
        return ""
    ht = added(one.ht for one in expenses)
    return f"{added(one.total for one in expenses)} TTC (soit {ht} HT)"


def total_line(gathering: Gathering) -> str:
    """Return the total of page 1, and how many paid actions it leaves out."""
    unsettled = sum(one.paid_to_confirm for one in gathering.extracts)
    return told_total(total_words(gathering), unsettled)


def by_audit(
    gathering: Gathering, rows: Iterable[Row], caption: str, first: str = EXPENSE
) -> Md:
    """Return rows of amounts by year, each with its total, over what all cost."""
    told = [(name, *map(str, years), str(added(years))) for name, years in rows]
    expenses = _expenses(gathering)
    if not told or not expenses:
        return Md("")
    sums = _by_year(expenses)
    blanks = ("",) * len(sums)
    told.append((bold(REMAINS), *map(str, sums), bold(str(added(sums)))))
    ht = added(one.ht for one in expenses)
    told.append((BEFORE_TAX, *blanks, str(ht)))
    waits = added(one.total for one in expenses if one.conditional)
    if waits != Money():
        told.append(("dont actions sous condition", *blanks, str(waits)))
    columns = (first, *map(str, gathering.years), "Total TTC")
    return table(caption, columns, told, numeric=range(1, len(columns)))


def domain_rows(gathering: Gathering, limit: int) -> list[Row]:
    """Return what each domain costs by year, the costliest first, the rest together."""
    titles = _titles(gathering.extracts)
    shares = _shares(gathering, lambda one: titles.get(one.domain, ELSEWHERE))
    rows = sorted(shares.items(), key=lambda row: -added(row[1]).most)
    told, rest = rows[:limit], rows[limit:]
    if len(rest) > 1:
        columns = zip(*(years for _, years in rest), strict=True)
        return [*told, (f"{len(rest)} autres thèmes", tuple(map(added, columns)))]
    return rows


def leaders(gathering: Gathering) -> str:
    """Return how much is led by whom: « la commune, 3 240 € ; le syndicat, 400 € »."""
    shares = _shares(gathering, lambda one: one.owner)
    told = [
        f"{OWNERS[owner]}, {added(shares[owner])}"
        for owner in Owner
        if owner in shares and added(shares[owner]) != Money()
    ]
    return " ; ".join(told) if len(told) > 1 else ""


def beyond(gathering: Gathering) -> str:
    """Return what is paid after the last year: « 2 actions, 9 480 € TTC (…) »."""
    later = [cost for one in gathering.extracts for cost in one.beyond]
    if not later:
        return ""
    return f"{len(later)} action{'s' * (len(later) > 1)}, {spoken_sum(later)}"


def unconfirmed(gathering: Gathering) -> int:
    """Return how many actions depend on a check, and are in no total."""
    return sum(one.to_confirm for one in gathering.extracts)


def _expenses(gathering: Gathering) -> list[Expense]:
    return [expense for one in gathering.extracts for expense in one.expenses]


def _by_year(expenses: Iterable[Expense]) -> tuple[Money, ...]:
    columns = zip(*(one.years for one in expenses), strict=True)
    return tuple(added(column) for column in columns)


def _shares(
    gathering: Gathering, key: Callable[[Expense], str]
) -> dict[str, tuple[Money, ...]]:
    found: dict[str, list[Expense]] = {}
    for one in _expenses(gathering):
        found.setdefault(key(one), []).append(one)
    return {name: _by_year(expenses) for name, expenses in found.items()}


def _titles(extracts: Iterable[Extract]) -> Mapping[str, str]:
    return {ident: title for one in extracts for ident, title, _ in one.domains}
