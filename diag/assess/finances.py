"""What the dated rules of local finances give votes: FCTVA, aids, dates of the year.

No rate and no date is written here: each is a row of `finances.yaml`, or of the table
that a syndicat lays over it, and counts only while it holds.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from diag.assess.plan import Action
from diag.model.checklist import Aid, Checklist, Finance
from diag.model.enums import BudgetSection, FinanceTopic, Milestone
from diag.model.number import exact
from diag.model.votes import AidRange, AidShare

LEFT_TO_COMMUNE = "part-de-la-commune"
"""The row that says what part of an investment no aid may pay."""


def fctva_rule(checklist: Checklist, day: date) -> Finance | None:
    """Return the rule that gives back a part of what is invested, if it is fresh."""
    today, about = day.isoformat(), (FinanceTopic.FCTVA, BudgetSection.INVESTISSEMENT)
    for rule in checklist.finances.values():
        is_rate = (rule.topic, rule.section) == about and rule.percent is not None
        if is_rate and rule.holds(today) and not rule.is_old(today):
            return rule
    return None


class AidRate(NamedTuple):
    """A scheme and the rate that is known of it."""

    aid: Aid
    rule: Finance


def aid_rates(
    checklist: Checklist, day: date, department: str, population: int | None
) -> tuple[AidRate, ...]:
    """Return the rates that hold on a day of the schemes that serve a commune.

    A rate without a last day counts for nothing: nobody knows whether it still runs.
    """
    found = (
        AidRate(aid, rule)
        for rule in checklist.finances.values()
        if (aid := checklist.aids.get(rule.aid))
        and rule.percent is not None
        and rule.until
        and rule.holds(day.isoformat())
    )
    return tuple(one for one in found if one.aid.may_serve(department, population))


@dataclass
class _Room:
    """What may still be paid, in cents before tax, at the least and at the most."""

    low: Fraction
    high: Fraction


def aided(
    votes: Iterable[tuple[Sequence[Action], int]],
    rates: Sequence[AidRate],
    checklist: Checklist,
    budgets: Sequence[int],
    day: date,
) -> Iterator[AidRange | None]:
    """Give what the schemes may pay of each vote: its actions, and its first budget.

    On amounts before tax, rounded down to ten euros. All of them together leave to the
    commune its part of what is invested; a scheme pays no more than its ceiling, the
    first votes first. Where that part is not known, no aid is reckoned, nor
    where a rate ends before the year when that budget is prepared.
    """
    kept = kept_part(checklist, day)
    ceilings = {
        rule.id: _Room(Fraction(rule.euros), Fraction(rule.euros))
        for _, rule in rates
        if rule.euros is not None
    }
    for actions, year in votes:
        left = sum(each >= year for each in budgets)
        invested = _base(actions, left, BudgetSection.INVESTISSEMENT)
        room = _Room((1 - kept) * invested, (1 - kept) * invested)
        found = (
            _share(one, actions, left, room, ceilings)
            for one in rates
            if int(one.rule.until[:4]) >= year - 1
        )
        shares = tuple(one for one in found if one and one.high)
        yield AidRange(shares=shares) if shares else None


def kept_part(checklist: Checklist, day: date) -> Fraction:
    """Return the part that who invests keeps to pay; all of it where not known."""
    rule = checklist.finances.get(LEFT_TO_COMMUNE)
    if rule is None or rule.percent is None or not rule.holds(day.isoformat()):
        return Fraction(1)
    return Fraction(exact(rule.percent)) / 100


def _share(
    rate: AidRate,
    actions: Sequence[Action],
    left: int,
    room: _Room,
    ceilings: Mapping[str, _Room],
) -> AidShare:
    aid, rule = rate
    section = rule.section or BudgetSection.INVESTISSEMENT
    served = [
        one
        for one in actions
        if not rule.trades or one.advice.recommendation.trade in rule.trades
    ]
    base = _base(served, left, section)
    percents = rule.percent or 0, rule.at_most or rule.percent or 0
    least, most = (Fraction(exact(one)) for one in percents)
    bounds = [ceilings[rule.id]] if rule.id in ceilings else []
    if section is BudgetSection.INVESTISSEMENT:
        bounds.append(room)
    high = min([base * most / 100, *(one.high for one in bounds)])
    low = min([base * least / 100, high, *(one.low for one in bounds)])
    for one in bounds:
        one.low, one.high = one.low - low, one.high - high
    return AidShare(
        scheme=aid.id,
        title=aid.title,
        section=section,
        base=int(base) // 100,
        percent=percents[0],
        at_most=percents[1],
        low=_tens_below(low),
        high=_tens_below(high),
        source=rule.source,
        read_on=rule.as_of,
        until=rule.until,
    )


def _base(actions: Iterable[Action], left: int, section: BudgetSection) -> Fraction:
    """Return what actions cost of a section before tax, in cents, over the budgets."""
    lines = (line for one in actions for line in one.advice.cost.digital.lines)
    return sum(
        (
            Fraction(line.ht.low) * (left if line.price.yearly else 1)
            for line in lines
            if line.price.section is section
        ),
        Fraction(),
    )


def _tens_below(cents: Fraction) -> int:
    return 10 * int(cents // 1000)


class YearDay(NamedTuple):
    """What comes round every year, and when: ISO days or months."""

    rule: Finance
    opens: str
    """Empty: no matter."""
    closes: str


def next_day(checklist: Checklist, milestone: Milestone, day: date) -> YearDay | None:
    """Return what comes round next: not over on a day, this year or the next."""
    for year in (day.year, day.year + 1):
        found = year_day(checklist, milestone, year)
        if found and found.closes >= day.isoformat()[: len(found.closes)]:
            return found
    return None


def year_day(checklist: Checklist, milestone: Milestone, year: int) -> YearDay | None:
    """Return what closes in a year; of several rules that hold, the latest begun."""
    known = [
        YearDay(rule, opens, closes)
        for rule in checklist.finances.values()
        if rule.milestone is milestone and rule.holds(closes := f"{year}-{rule.closes}")
        for opens in [_opened(rule, year)]
    ]
    return max(known, key=lambda one: one.rule.since, default=None)


def _opened(rule: Finance, year: int) -> str:
    """Return when it opens; the year before where it lasts over New Year."""
    if not rule.opens:
        return ""
    return f"{year - (rule.opens > rule.closes)}-{rule.opens}"
