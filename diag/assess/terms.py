"""On what terms actions are put to the vote: how they press, when, what they cost.

One audit, on the day of its closing, as everyone may read it. No rate and no date of
local finances (FCTVA, aids, the year of a budget) is written here: each is a row of
`finances.yaml`, or of the table that a syndicat lays over it, and counts only while it
holds.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from diag.assess.plan import YEARS, Action
from diag.assess.results import CostLine, CriterionResult, Verdict
from diag.assess.spread import short_places
from diag.model.audit import Facts
from diag.model.checklist import Aid, Checklist, Criterion, Finance
from diag.model.enums import (
    BudgetSection,
    Compliance,
    FinanceTopic,
    Kind,
    Milestone,
    Party,
    PlaceKind,
    Standing,
    Trigger,
)
from diag.model.text import exact
from diag.model.votes import AidRange, AidShare, Fctva, Spent, Tier, YearSpent
from diag.rules.expressions import Exact
from diag.words.dates import later
from diag.words.sentences import half_up

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


@dataclass
class _Room:
    """What may still be paid, in cents before tax, at the least and at the most."""

    low: Fraction
    high: Fraction


class AidRate(NamedTuple):
    """A scheme and the rate that is known of it."""

    aid: Aid
    rule: Finance

    def share(
        self,
        actions: Sequence[Action],
        left: int,
        room: _Room,
        ceilings: Mapping[str, _Room],
    ) -> AidShare:
        """Return what it may pay of actions, and take it from what is left to pay."""
        aid, rule = self
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
            one.share(actions, left, room, ceilings)
            for one in rates
            if int(one.rule.until[:4]) >= year - 1
        )
        shares = tuple(one for one in found if one.high)
        yield AidRange(shares=shares) if shares else None


def kept_part(checklist: Checklist, day: date) -> Fraction:
    """Return the part that who invests keeps to pay; all of it where not known."""
    rule = checklist.finances.get(LEFT_TO_COMMUNE)
    if rule is None or rule.percent is None or not rule.holds(day.isoformat()):
        return Fraction(1)
    return Fraction(exact(rule.percent)) / 100


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
    known = []
    for rule in checklist.finances.values():
        closes = f"{year}-{rule.closes}"
        if rule.milestone is milestone and rule.holds(closes):
            # The year before where it lasts over New Year.
            begun = year - (rule.opens > rule.closes)
            opens = f"{begun}-{rule.opens}" if rule.opens else ""
            known.append(YearDay(rule, opens, closes))
    return max(known, key=lambda one: one.rule.since, default=None)


SOON = "P24M"
"""Within which a date presses."""

_DANGER: Tier = 1
DUE: Tier = 2
"""The class of what a law or a date asks."""

_STOPPED: Tier = 3
_BETTER: Tier = 4


@dataclass(frozen=True)
class Terms:
    """What grouping depends on beside the plan: one audit, on the day of its closing.

    Read of what everyone may have: nothing sensitive exists here.
    """

    results: Mapping[str, CriterionResult]
    facts: Facts
    checklist: Checklist
    day: date
    party: Party
    """Who is asked to decide: a rule that binds others presses nothing here."""
    has_part: Callable[[Action], bool]
    """Whether the council has a part in an action."""
    rates: tuple[AidRate, ...] = ()
    """What is known for this year of the schemes that serve the commune."""

    @cached_property
    def budgets(self) -> tuple[int, ...]:
        """The three budgets, the one of the closing first."""
        return tuple(self.day.year + offset for offset in range(YEARS))

    @cached_property
    def findings(self) -> Mapping[str, Tier]:
        """What surely falls short and is of class 2 or 3, by criterion."""
        found: dict[str, Tier] = {}
        for result in self.results.values():
            if self.is_broken(result) or self.is_pressed(result):
                found[result.criterion.id] = DUE
            elif is_blocking(result) and any(map(stops, result.verdicts)):
                found[result.criterion.id] = _STOPPED
        return found

    def is_broken(self, result: CriterionResult) -> bool:
        """Say whether a law that was read is broken, by whoever is asked."""
        binds = result.criterion.binds
        failing = result.compliance is Compliance.NON_CONFORME
        return failing and result.is_law and (not binds or self.party in binds)

    def is_pressed(self, result: CriterionResult) -> bool:
        """Say whether a date comes soon for what falls short."""
        return bool(self.deadline(result.criterion)) and bool(short_places(result))

    def deadline(self, criterion: Criterion) -> str:
        """Return the date that comes within two years; empty for none."""
        name, day = criterion.deadline, ""
        if name in self.checklist.deadlines:
            day = self.checklist.deadlines[name].due
        elif name in self.checklist.questions:
            answer = self.facts.answer(self.facts.root, name)
            day = answer.value if answer and isinstance(answer.value, str) else ""
        first, last = self.day.isoformat(), later(self.day, SOON).isoformat()
        is_soon = first[: len(day)] <= day <= last[: len(day)]
        return day if day and is_soon else ""

    def tier(self, action: Action) -> Tier:
        """Return the class of an action: the first of all that it cures."""
        if action.advice.is_danger:
            return _DANGER
        own, cured = action.advice.recommendation.when, cured_by(action, self.checklist)
        covered = (one for one in cured if one != own.criterion)
        pressing = (self.findings.get(one, _BETTER) for one in covered)
        return min(self._own_tier(action), *pressing, _BETTER)

    def _own_tier(self, action: Action) -> Tier:
        result = self.results.get(action.advice.recommendation.when.criterion)
        if result is None:
            return _BETTER
        if action.advice.is_law and self.is_broken(result):
            return DUE
        if self.is_pressed(result):
            return DUE
        targets = action.advice.targets
        sure = {one.place for one in targets if one.trigger is Trigger.FIRES}
        stopped = (stops(one) for one in result.verdicts if one.place in sure)
        return _STOPPED if is_blocking(result) and any(stopped) else _BETTER

    def building(self, action: Action) -> str:
        """Return the building that holds all the places of an action, if one does."""
        found = set()
        for place in action.advice.places:
            at = self.facts.places.get(place)
            while at is not None and at.kind is not PlaceKind.BATIMENT:
                at = self.facts.places.get(at.parent or "")
            found.add(at.id if at else "")
        return found.pop() if len(found) == 1 else ""

    def year(self, action: Action) -> int:
        """Return the budget that is open on the day when an action is due."""
        return action.due.year if action.due else self.budgets[1]

    def spent(self, actions: Iterable[Action], year: int) -> Spent:
        """Return what actions cost, paid from a budget on, over those that are left."""
        costs = [self._cost_of(one) for one in actions]
        left = sum(each >= year for each in self.budgets)
        if not costs or not left:
            return Spent()
        once, yearly = (
            [sum(column) for column in zip(*some, strict=True)]
            for some in (
                [one.once for one in costs],
                [one.yearly for one in costs],
            )
        )
        least, most = (once[at] + left * yearly[at] for at in (2, 3))
        inv, fon = yearly[:2]
        first = YearSpent(year=year, inv=tens(once[0] + inv), fon=tens(once[1] + fon))
        next_year, kept = range(year + 1, year + left), (tens(inv), tens(fon))
        years = (
            first,
            *(YearSpent(year=each, inv=kept[0], fon=kept[1]) for each in next_year),
        )
        invested = sum(each.inv for each in years)
        gross = invested + sum(each.fon for each in years)
        rule, fctva = fctva_rule(self.checklist, self.day), None
        if rule is not None and rule.percent is not None and invested:
            given = Fraction(invested * 100) * exact(rule.percent) / 100
            fctva = Fctva(rate=rule.percent, read_on=rule.as_of, euros=tens(given))
        return Spent(
            years=years,
            least=min(gross, tens(least)),
            most=max(gross, tens(most)),
            fctva=fctva,
        )

    def _cost_of(self, action: Action) -> "_Cost":
        found = self._costs.get(action.id)
        if found is None:
            cost = _Cost([0] * 4, [0] * 4)
            for one in action.advice.cost.digital.lines:
                kept, amount = cost[one.price.yearly], one.ttc
                kept[one.price.section is not BudgetSection.INVESTISSEMENT] += (
                    amount.low
                )
                kept[2] += amount.minimum
                kept[3] += amount.maximum or 0
            found = self._costs[action.id] = cost
        return found

    @cached_property
    def _costs(self) -> dict[str, "_Cost"]:
        return {}


def is_blocking(result: CriterionResult) -> bool:
    """Say whether nothing works without what a criterion asks."""
    return result.criterion.kind is Kind.BLOCKING


def cured_by(action: Action, checklist: Checklist) -> tuple[str, ...]:
    """Return the criteria that an action cures: its own, then of what it replaces."""
    known = checklist.recommendations
    own = action.advice.recommendation.when.criterion
    covered = (known[one].when.criterion for one in action.advice.covers)
    return tuple(dict.fromkeys(filter(None, (own, *covered))))


def stops(verdict: Verdict) -> bool:
    """Say whether what is asked surely lacks altogether at a place."""
    is_seen = verdict.standing is Standing.IN and verdict.given is not False
    return is_seen and verdict.high < 1


def dearest(line: CostLine) -> Fraction | int | None:
    """Return the most that a row may cost, in cents; None: nothing bounds it."""
    return line.ttc.maximum


def tens(cents: Fraction | int) -> int:
    """Return an amount in euros, rounded to ten; what costs something is not free."""
    return max(10 * half_up(Fraction(cents, 1000)), 10) if cents else 0


class _Cost(NamedTuple):
    """Exact cents with tax: invested, spent to run, at the least price, at the most."""

    once: list[Exact]
    yearly: list[Exact]
