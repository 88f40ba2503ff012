"""The oracle, where alerts end: what to do, where, how many, in what order.

Written from the pages of the design alone, as `tests.oracle` is; `tests.oracle_money`
counts what it all costs.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from diag.assess.results import Target, Verdict
from diag.model.checklist import Recommendation, Requirement
from diag.model.enums import Gate, Standing, Trigger
from diag.model.text import Quantity
from diag.rules.expressions import ABSENT, Truth, either, names_in, reach
from tests.oracle import Judged, share_of_all
from tests.oracle_effects import done
from tests.reading import Limits, Reading, as_a_rule, in_quantities, rule_of

FIRES, MAY_FIRE = Trigger.FIRES, Trigger.TO_CONFIRM
ONE = Fraction(1)


@dataclass(eq=False)
class Actions:
    """What to do about judged facts, place by place."""

    judged: Judged

    @cached_property
    def concerned(self) -> Mapping[str, Recommendation]:
        """Actions on a criterion that judges here, each after those that cover it."""
        left = {
            each.id: each
            for each in self.judged.checklist.recommendations.values()
            if each.when.criterion in self.judged.criteria
        }
        found: dict[str, Recommendation] = {}
        while left:
            free = [
                each
                for each in left.values()
                if not any(each.id in other.covers for other in left.values())
            ]
            assert free, "covers run in a circle"
            for each in free:
                found[each.id] = left.pop(each.id)
        return found

    @cached_property
    def targets(self) -> Mapping[str, tuple[Target, ...]]:
        """Where each action fires or may; only those that do somewhere."""
        found: dict[str, tuple[Target, ...]] = {}
        for each in self.concerned.values():
            if here := tuple(self._targets(each, found)):
                found[each.id] = here
        return {
            ident: tuple(
                self._waiting(self.concerned[ident], each, found) for each in here
            )
            for ident, here in found.items()
        }

    def _targets(
        self, action: Recommendation, above: Mapping[str, tuple[Target, ...]]
    ) -> Iterator[Target]:
        for verdict in self.judged.criteria[action.when.criterion].verdicts:
            covered = self._is_covered(action, verdict.place, above)
            trigger = self._trigger(action, verdict, covered=covered)
            if trigger is not None:
                yield Target(
                    place=verdict.place,
                    trigger=trigger,
                    gate=self._gate(action, verdict.place),
                    waits_for=(),
                    quantity=self.quantity(action, verdict.place, trigger),
                    usual=self._usual(action, verdict.place, trigger),
                )

    def _trigger(
        self, action: Recommendation, verdict: Verdict, *, covered: Truth
    ) -> Trigger | None:
        where = self.judged.reading.holds(action.when.where, verdict.place)
        below = action.when.below
        if verdict.standing is Standing.OUT or False in {verdict.given, where}:
            return None
        if covered or verdict.low >= below:
            return None
        is_sure = (
            verdict.standing is Standing.IN
            and verdict.high < below
            and verdict.given is True
            and where is True
            and covered is False
        )
        return FIRES if is_sure else MAY_FIRE

    def would_fire(self, action: Recommendation, place: str) -> bool:
        """Say whether an action would fire or might at a place, were it not covered."""
        verdicts = self.judged.criteria[action.when.criterion].verdicts
        return any(
            each.place == place
            and self._trigger(action, each, covered=False) is not None
            for each in verdicts
        )

    def _is_covered(
        self,
        action: Recommendation,
        place: str,
        above: Mapping[str, tuple[Target, ...]],
    ) -> Truth:
        covered: Truth = False
        for other, targets in above.items():
            if action.id in self.concerned[other].covers:
                for target in targets:
                    if target.place == place:
                        covered = either(covered, _surely_done(target))
        return covered

    def _gate(self, action: Recommendation, place: str) -> Gate:
        found = [self._is_met(each, place) for each in action.requires]
        if False in found:
            return Gate.WAITS
        return Gate.CHECK_FIRST if None in found else Gate.OPEN

    def _is_met(self, requirement: Requirement, place: str) -> Truth:
        """Say whether a prerequisite holds: here, above, or inside."""
        required = self.judged.criteria.get(requirement.criterion)
        if required is None:
            return True
        reading, kind = self.judged.reading, required.criterion.place
        if kind in reach(reading.facts.places[place].kind):
            read, is_open, needed = [reading.holder(place, kind)], False, ONE
        else:
            assert requirement.share is not None, f"{requirement}: share is mandatory"
            read, is_open = [*reading.inside(place, kind)], reading.is_open(kind)
            needed = Fraction(requirement.share)
        verdicts = [each for each in required.verdicts if each.place in read]
        level = requirement.at_least
        share = share_of_all(verdicts, level, needed, is_open=is_open)
        if share is None or share.low >= needed:
            return True
        is_sure = any(
            each.standing is Standing.IN and each.weight.least for each in verdicts
        )
        return False if is_sure and share.high < needed else None

    def _waiting(
        self,
        action: Recommendation,
        target: Target,
        fired: Mapping[str, tuple[Target, ...]],
    ) -> Target:
        """Return a place with what comes first: cures, then criteria to check."""
        met = {each: self._is_met(each, target.place) for each in action.requires}
        first = [
            cure
            for each, truth in met.items()
            if truth is False
            for cure in self._cures(action, each, fired)
        ]
        first += [each.criterion for each, truth in met.items() if truth is None]
        return target._replace(waits_for=tuple(dict.fromkeys(first)))

    def _cures(
        self,
        action: Recommendation,
        requirement: Requirement,
        fired: Mapping[str, tuple[Target, ...]],
    ) -> list[str]:
        """Return the other actions that bring a level; the criterion if none does.

        One that is covered wherever it would fire leaves that to what covers it.
        """
        ident, level = requirement.criterion, requirement.at_least
        found: list[str] = []
        for each in self.judged.checklist.recommendations.values():
            is_of_it = each.when.criterion == ident and each.when.below >= level
            if not is_of_it and not _brings(each, ident, level):
                continue
            found += [each.id] if each.id in fired else self.replacing(each, fired)
        others = [each for each in found if each != action.id]
        return others or self._opening(action, ident, fired) or [ident]

    def _opening(
        self,
        action: Recommendation,
        criterion: str,
        fired: Mapping[str, tuple[Target, ...]],
    ) -> list[str]:
        """Return the other actions that make true what a criterion's gate reads."""
        given = self.judged.checklist.criteria[criterion].given
        read = {*names_in(rule_of(given).root)} if given else set[str]()
        found: list[str] = []
        for each in self.judged.checklist.recommendations.values():
            if read & each.effect.keys():
                found += [each.id] if each.id in fired else self.replacing(each, fired)
        return [each for each in found if each != action.id]

    def replacing(
        self, action: Recommendation, fired: Mapping[str, tuple[Target, ...]]
    ) -> list[str]:
        """Return the actions that make one needless somewhere."""
        return [
            ident
            for ident, targets in fired.items()
            if action.id in self.concerned[ident].covers
            and action.id in self.concerned
            and any(
                _surely_done(each) and self.would_fire(action, each.place)
                for each in targets
            )
        ]

    def quantity(
        self,
        action: Recommendation,
        place: str,
        trigger: Trigger,
        limits: Limits = in_quantities,
    ) -> Quantity:
        """Return how many at a place: one at least, none where it may not fire."""
        reading = self.readings[limits]
        low, high = _ends(reading, action.quantity, place)
        if action.at_most:
            least, most = _ends(reading, action.at_most, place)
            low = min(low, least)
            high = min((end for end in (high, most) if end is not None), default=None)
        return Quantity(
            max(ONE, low) if trigger is FIRES else Fraction(),
            None if high is None else max(ONE, high),
        )

    @cached_property
    def readings(self) -> Mapping[Limits, Reading]:
        """The facts, as one buys by them and as one would expect them."""
        judged = self.judged
        return {
            limits: Reading(judged.facts, judged.checklist, limits)
            for limits in (in_quantities, as_a_rule)
        }

    def _usual(
        self, action: Recommendation, place: str, trigger: Trigger
    ) -> Quantity | None:
        if self.quantity(action, place, trigger).high is not None:
            return None
        usual = self.quantity(action, place, trigger, as_a_rule)
        return usual if usual.high is not None else None

    @cached_property
    def gains(self) -> Mapping[str, Fraction]:
        """By how much the overall low rises, each done where it surely fires."""
        found = {}
        for ident, targets in self.targets.items():
            sure = [each.place for each in targets if each.trigger is FIRES]
            once = done(self.judged, self.concerned[ident], sure)
            found[ident] = once.low - self.judged.low
        return found

    def meets_danger(self, action: Recommendation) -> bool:
        """Say whether its criterion reads a danger that is there."""
        criterion = self.judged.checklist.criteria[action.when.criterion]
        rules = [criterion.applicable, criterion.given, *criterion.levels.values()]
        names = {
            name for rule in rules if rule for name in names_in(rule_of(rule).root)
        }
        return any(
            danger.question.id in names
            and (
                danger.place in self.judged.reading.line(target.place)
                or target.place in self.judged.reading.line(danger.place)
            )
            for danger in self.judged.dangers
            for target in self.targets[action.id]
        )

    def is_legal(self, action: Recommendation) -> bool:
        """Say whether it brings what a rule demands, and no more."""
        criterion = self.judged.checklist.criteria[action.when.criterion]
        return (
            criterion.conforms_at is not None
            and action.when.below <= criterion.conforms_at
        )


def _ends(reading: Reading, rule: str, place: str) -> tuple[Fraction, Fraction | None]:
    """Return the least and the greatest of a number; 0 and no end where absent."""
    span = reading.number(rule, place)
    if span is ABSENT:
        return Fraction(), None
    low = Fraction() if span.low is None or span.maybe_absent else Fraction(span.low)
    return low, None if span.high is None or span.maybe_absent else Fraction(span.high)


def _surely_done(target: Target) -> Truth:
    """Say whether an action is surely done at a place: sure, and it need not wait."""
    if target.gate is Gate.WAITS:
        return False
    return True if target.trigger is FIRES and target.gate is Gate.OPEN else None


def _brings(action: Recommendation, criterion: str, level: int) -> bool:
    reached = action.effect.get(criterion)
    return isinstance(reached, int) and reached >= level
