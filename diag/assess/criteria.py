"""A criterion's verdict at each place, and their means: domains, then one score.

Compliance stands apart. A mean is kept as its bounds: what is unknown may weigh or not.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from math import lcm
from operator import attrgetter
from typing import NamedTuple

from diag.assess.facts import FactsReading, PlaceScope, Vocabulary
from diag.assess.results import (
    ONE_WEIGHT,
    TOP,
    CriterionResult,
    DomainResult,
    Score,
    SocleBounds,
    Verdict,
    Weight,
)
from diag.model.checklist import Criterion
from diag.model.enums import Compliance, Kind, Socle, Standing
from diag.model.text import Bounds
from diag.rules.evaluate import any_out, condition, measure
from diag.rules.expressions import ABSENT, Truth
from diag.rules.language import Rule, parse_rule


class Member(NamedTuple):
    """One member of a mean: a place, a criterion or a domain."""

    weight: Weight
    bounds: Bounds


def weighted_mean(members: Sequence[Member]) -> Bounds | None:
    """Return the bounds of the mean; None when nothing can count.

    Low is the least mean over every choice of the weights, each member at its low; high
    is the mirror. Without a sure weight, they are the least low and the greatest high.
    """
    if not members:
        return None
    if len(members) == 1:
        return members[0].bounds
    return Bounds(lowest_mean(members), -_least([_high_end(each) for each in members]))


def mean_of(values: Sequence[tuple[Fraction, int]]) -> Fraction:
    """Return the mean of values with their weights; there must be one."""
    ratios = [(*value.as_integer_ratio(), w, w) for value, w in values]
    return _least(ratios)


def lowest_mean(members: Iterable[Member]) -> Fraction:
    """Return the least mean that members can still have."""
    return _least([_low_end(each) for each in members])


_Number = Fraction | int
_End = tuple[int, int, _Number, _Number]
"""Numerator and denominator of one end, least and greatest weight."""


def _low_end(member: Member) -> _End:
    weight = member.weight
    return *member.bounds.low.as_integer_ratio(), weight.least, weight.most


def _high_end(member: Member) -> _End:
    numerator, denominator = member.bounds.high.as_integer_ratio()
    return -numerator, denominator, member.weight.least, member.weight.most


def _least(members: Sequence[_End]) -> Fraction:
    """Return the least mean of members.

    From the least weights, each member in ascending order takes its greatest while it
    stands strictly below the mean. Integers over one denominator: five times as fast
    as adding fractions.
    """
    scale = lcm(*[denominator for _, denominator, _, _ in members])
    total: _Number = 0
    count: _Number = 0
    undecided = []
    for numerator, denominator, least, most in members:
        scaled = numerator * (scale // denominator)
        total += scaled * least
        count += least
        if most > least:
            undecided.append((scaled, most - least))
    undecided.sort()
    if not count:
        return Fraction(undecided[0][0], scale)
    for scaled, more in undecided:
        if scaled * count >= total:
            break
        total += scaled * more
        count += more
    return Fraction(total, count * scale)


_NOTHING = Score(Standing.OUT, None, Fraction(1))


def criterion_member(result: CriterionResult) -> Member | None:
    """Return a criterion as its domain averages it; None when it does not count."""
    if not result.criterion.is_averaged:
        return None
    return member(result.criterion.weight, result.standing, result.bounds)


def domain_member(domain: DomainResult) -> Member | None:
    """Return a domain as the whole averages it; None when it does not count."""
    return member(domain.domain.weight, domain.score.standing, domain.score.bounds)


def member(weight: int, standing: Standing, bounds: Bounds | None) -> Member | None:
    """Return what a mean counts; None when it is sans objet."""
    if bounds is None or standing is Standing.OUT:
        return None
    return Member(Weight(weight if standing is Standing.IN else 0, weight), bounds)


def domain_score(criteria: Sequence[CriterionResult]) -> Score:
    """Return the score of the criteria of one domain."""
    members = [m for result in criteria if (m := criterion_member(result))]
    return _score(members, completeness(criteria))


def overall_score(domains: Sequence[DomainResult]) -> Score:
    """Return the score of all domains."""
    members = [m for each in domains if (m := domain_member(each))]
    return _score(members, completeness(c for d in domains for c in d.criteria))


def completeness(criteria: Iterable[CriterionResult]) -> Fraction:
    """Return settled weight over applicable or undecided weight; 1 when no weight."""
    settled = [
        (result.settled, result.criterion.weight)
        for result in criteria
        if result.criterion.is_averaged and result.standing is not Standing.OUT
    ]
    return mean_of(settled) if settled else Fraction(1)


_WORST_FIRST = (Socle.NON_ATTEINT, Socle.ATTEINT_SAUF, Socle.ATTEINT)


def socle_of(criteria: Iterable[CriterionResult]) -> Socle:
    """Return how everything blocking holds: the worst of it, when that is known."""
    blocking = [result.socle for result in criteria if result.socle]
    if not blocking:
        return Socle.SANS_OBJET
    low = _worst(each.low for each in blocking)
    high = _worst(each.high for each in blocking)
    return low if low is high else Socle.INDETERMINE


def _worst(states: Iterable[Socle]) -> Socle:
    return min(states, key=_WORST_FIRST.index)


def _score(members: Sequence[Member], complete: Fraction) -> Score:
    bounds = weighted_mean(members)
    if bounds is None:
        return _NOTHING
    sure = any(each.weight.least for each in members)
    return Score(Standing.IN if sure else Standing.MAYBE, bounds, complete)


Replaced = Mapping[str, Member | None]
"""Criteria by id, as they would count; None: sans objet."""


class Averages:
    """The overall low or high bound, were some criteria to stand elsewhere.

    Each end is kept member by member, so that a few are changed at little cost.
    """

    def __init__(self, domains: Sequence[DomainResult], *, high: bool = False) -> None:
        """Prepare the low end, or the high one."""
        self._sign = -1 if high else 1
        self._end = _high_end if high else _low_end
        self._domains = {each.domain.id: each for each in domains}
        self._domain_of = {
            result.criterion.id: each.domain.id
            for each in domains
            for result in each.criteria
        }
        self._ends: dict[str, dict[str, _End | None]] = {}
        self._averaged = {
            domain: self._end_of(domain_member(each))
            for domain, each in self._domains.items()
        }
        self.bound = self._overall(self._averaged)
        """As things are; 0 when all is sans objet."""

    def with_members(self, replaced: Replaced) -> Fraction:
        """Return the bound with some criteria replaced."""
        moved: dict[str, dict[str, _End | None]] = {}
        for criterion, member in replaced.items():
            domain = self._domain_of[criterion]
            if domain not in moved:
                ends = self._ends.get(domain)
                if ends is None:
                    ends = self._ends[domain] = {
                        result.criterion.id: self._end_of(criterion_member(result))
                        for result in self._domains[domain].criteria
                    }
                moved[domain] = ends.copy()
            moved[domain][criterion] = self._end_of(member)
        averaged = self._averaged.copy()
        for domain, changed in moved.items():
            counted = [each for each in changed.values() if each]
            averaged[domain] = None
            if counted:
                mean, weight = _least(counted), self._domains[domain].domain.weight
                is_sure = any(least for _, _, least, _ in counted)
                top, bottom = mean.as_integer_ratio()
                averaged[domain] = top, bottom, weight if is_sure else 0, weight
        return self._overall(averaged)

    def _end_of(self, member: Member | None) -> _End | None:
        return None if member is None else self._end(member)

    def _overall(self, averaged: Mapping[str, _End | None]) -> Fraction:
        counted = [each for each in averaged.values() if each]
        return self._sign * _least(counted) if counted else Fraction()


LEVELS = range(TOP + 1)
_KEPT_SUMS = 256  # what verdicts came to: of most criteria, nothing moves in a visit

RATIOS = tuple(
    tuple(Bounds(Fraction(low, TOP), Fraction(high, TOP)) for high in LEVELS)
    for low in LEVELS
)
"""Bounds of two levels, as ratios: `RATIOS[low][high]`."""

ANYTHING = RATIOS[0][TOP]
"""What is known of a mean while its list of places is open."""


class CriterionJudge:
    """One criterion of one checklist, ready to judge any facts."""

    def __init__(self, criterion: Criterion, vocabulary: Vocabulary) -> None:
        self.criterion = criterion
        """What it judges by."""
        self.applicable = _rule(criterion.applicable)
        """When it applies; None: always."""
        self.given = _rule(criterion.given)
        """What must be there first; None: nothing."""
        self.levels = tuple(
            (level, parse_rule(criterion.levels[level]))
            for level in sorted(criterion.levels, reverse=True)
        )
        """Each level's rule, from the highest."""
        self.weigh_by = _rule(criterion.weigh_by)
        """How much a place weighs; None: 1."""
        judging = [self.given, *(rule for _, rule in self.levels)]
        written = [self.applicable, *judging, self.weigh_by]
        self.rules = tuple(rule for rule in written if rule)
        """All its rules."""
        self.names = frozenset[str]().union(*(rule.every_name for rule in self.rules))
        """What they read, inside aggregates and outside."""
        self.void_names = frozenset(
            name
            for rule in judging
            if rule and criterion.kind is not Kind.COMPLIANCE
            for name in rule.names
            if name in vocabulary and vocabulary[name].may_be_void
        )
        """What takes it out where it is sans objet."""
        deciding = (self.applicable, self.given, self.weigh_by)
        scoping = (rule.every_name for rule in deciding if rule)
        self._scoping = self.void_names.union(*scoping)
        self._summed: dict[tuple[object, ...], CriterionResult] = {}
        self._share = Fraction(criterion.socle_share)
        self._applies = condition(self.applicable) if self.applicable else None
        self._is_given = condition(self.given) if self.given else None
        self._reached = tuple((level, condition(rule)) for level, rule in self.levels)
        self._weighed = measure(self.weigh_by) if self.weigh_by else None

    def result(
        self, verdicts: Sequence[Verdict], *, is_open: bool, day: date | None = None
    ) -> CriterionResult:
        """Return its verdicts and their mean; `is_open`: there may be other places.

        On a `day`, a text read too long ago is no longer given as law.
        """
        verdicts = tuple(verdicts)
        counted = (is_open, *map(_counted_as, verdicts))
        summed = self._summed.get(counted)
        if summed is None:
            if len(self._summed) >= _KEPT_SUMS:
                self._summed.clear()
            summed = self._summed[counted] = self._sum(verdicts, is_open=is_open)
        law = self.criterion.law
        return summed._replace(
            verdicts=verdicts, is_read=law is not None and law.was_read(day)
        )

    def _sum(self, verdicts: Sequence[Verdict], *, is_open: bool) -> CriterionResult:
        """Return what verdicts come to, whatever the names of their places."""
        standing, bounds = self.mean(verdicts, is_open=is_open)
        conforms_at = self.criterion.conforms_at
        known, parts = 0, int(is_open)
        for one in verdicts:
            if one.may_count:
                parts += 1
                known += one.standing is Standing.IN and one.low == one.high
        return CriterionResult(
            criterion=self.criterion,
            standing=standing,
            bounds=bounds,
            settled=_WHOLE if known == parts else Fraction(known, parts),
            verdicts=(),
            open=is_open,
            compliance=(
                compliance_of(verdicts, conforms_at, is_open=is_open)
                if self.criterion.kind is Kind.COMPLIANCE and conforms_at is not None
                else None
            ),
            socle=(
                self._socle(verdicts, is_open=is_open)
                if self.criterion.kind is Kind.BLOCKING
                else None
            ),
        )

    def mean(
        self, verdicts: Sequence[Verdict], *, is_open: bool
    ) -> tuple[Standing, Bounds]:
        """Return whether it counts, and the mean of its places, as ratios."""
        if len(verdicts) == 1 and not self.weigh_by and not is_open:
            (only,) = verdicts
            return only.standing, RATIOS[only.low][only.high]
        members = _members(verdicts)
        standing = _standing(members, is_open=is_open)
        return standing, ANYTHING if is_open else weighted_mean(members) or RATIOS[0][0]

    def low(
        self, verdicts: Sequence[Verdict], *, is_open: bool
    ) -> tuple[Standing, Fraction]:
        """Return whether it counts, and the least mean of its places."""
        if len(verdicts) == 1 and not self.weigh_by and not is_open:
            (only,) = verdicts
            return only.standing, RATIOS[only.low][only.high].low
        members = _members(verdicts)
        standing = _standing(members, is_open=is_open)
        return standing, Fraction() if is_open or not members else lowest_mean(members)

    def verdicts(self, reading: FactsReading) -> tuple[Verdict, ...]:
        """Return its verdict at every place of its kind."""
        return tuple(map(self.verdict, reading.scopes(self.criterion.place)))

    def verdict(self, scope: PlaceScope) -> Verdict:
        """Return the levels that it can still reach at one place."""
        applies = self._applies is None or self._applies(scope)
        if applies is False:
            return self._out(scope)
        standing = Standing.IN if applies else Standing.MAYBE
        if self.void_names:
            out = any_out(scope, self.void_names)
            if out is True:
                return self._out(scope, declared=True)
            if out is None:
                standing = Standing.MAYBE
        given = self._is_given is None or self._is_given(scope)
        low, high = (0, 0) if given is False else self._levels(scope)
        weight = ONE_WEIGHT
        many = ABSENT if self._weighed is None else self._weighed(scope)
        if many is not ABSENT and many.high is not None:
            least, most = max(0, many.low or 0), max(0, many.high)
            weight = Weight(least, most)
            if many.maybe_absent:
                weight = Weight(min(1, least), max(1, most))
        low = low if given else 0
        ident = self.criterion.id
        return Verdict(ident, scope.place, standing, low, high, False, given, weight)

    def again(
        self, verdict: Verdict, scope: PlaceScope, moved: frozenset[str]
    ) -> Verdict:
        """Return a verdict of a place where no other fact has moved."""
        if not self._scoping.isdisjoint(moved):
            return self.verdict(scope)
        ident, place, standing, _, _, declared, given, weight = verdict
        if standing is Standing.OUT or given is False:
            return verdict
        low, high = self._levels(scope)
        low = low if given else 0
        return Verdict(ident, place, standing, low, high, declared, given, weight)

    def applies(self, scope: PlaceScope) -> Truth:
        """Say whether it applies at a place, whatever was declared sans objet."""
        return True if self._applies is None else self._applies(scope)

    def is_given(self, scope: PlaceScope) -> Truth:
        """Say whether what must be there first is there."""
        return True if self._is_given is None else self._is_given(scope)

    def _levels(self, scope: PlaceScope) -> tuple[int, int]:
        high = None
        for level, holds in self._reached:
            truth = holds(scope)
            if truth is False:
                continue
            if high is None:
                high = level
            if truth:
                return level, high
        return 0, high or 0

    def _out(self, scope: PlaceScope, *, declared: bool = False) -> Verdict:
        ident = self.criterion.id
        return Verdict(ident, scope.place, Standing.OUT, 0, 0, declared)

    def _socle(
        self, verdicts: Sequence[Verdict], *, is_open: bool
    ) -> SocleBounds | None:
        """Return how it may hold over its places; None when all is sans objet."""
        share = share_reaching(1, verdicts)
        if share is None and not is_open:
            return None
        wanted = self._share
        if is_open:
            share = open_share(1, wanted, verdicts)
        assert share is not None
        is_sure = any(one.counts_surely for one in verdicts)
        return SocleBounds(
            _held_by(share.low, wanted),
            _held_by(share.high, wanted) if is_sure else Socle.ATTEINT,
        )


def _rule(text: str) -> Rule | None:
    return parse_rule(text) if text else None


def _standing(members: Sequence[Member], *, is_open: bool) -> Standing:
    if any(member.weight.least for member in members):
        return Standing.IN
    return Standing.MAYBE if members or is_open else Standing.OUT


Grid = tuple[tuple[Bounds, ...], ...]
"""Bounds of each low and high level: `grid[low][high]`."""


_counted_as = attrgetter("standing", "low", "high", "weight")


def _members(verdicts: Sequence[Verdict], grid: Grid = RATIOS) -> list[Member]:
    """Return what a mean counts: places that count alike are one member of it."""
    return [
        Member(
            Weight(many * least if standing is Standing.IN else 0, many * most),
            grid[low][high],
        )
        for (standing, low, high, (least, most)), many in Counter(
            map(_counted_as, verdicts)
        ).items()
        if standing is not Standing.OUT and most > 0
    ]


_WHOLE = Fraction(1)


_HELD: dict[int, Grid] = {
    level: tuple(
        tuple(
            Bounds(Fraction(low >= level), Fraction(high >= level)) for high in LEVELS
        )
        for low in LEVELS
    )
    for level in LEVELS
}
"""What fails (0) or holds (1) at a place, where a level must be reached."""


def share_reaching(level: int, verdicts: Sequence[Verdict]) -> Bounds | None:
    """Return the share of places that reach a level; None where none can count."""
    return weighted_mean(_members(verdicts, _HELD[level]))


def open_share(level: int, wanted: Fraction, verdicts: Sequence[Verdict]) -> Bounds:
    """Return the same where other places may come: nothing is sure to be reached."""
    fails = any(one.counts_surely and one.high < level for one in verdicts)
    return Bounds(Fraction(), Fraction(not (fails and wanted == 1)))


def _held_by(share: Fraction, wanted: Fraction) -> Socle:
    if share == 1:
        return Socle.ATTEINT
    return Socle.ATTEINT_SAUF if share >= wanted else Socle.NON_ATTEINT


def compliance_at(verdict: Verdict, conforms_at: int) -> Compliance:
    """Return whether a rule is met at a place."""
    if verdict.standing is Standing.OUT:
        return Compliance.SANS_OBJET
    if verdict.standing is Standing.IN and verdict.low >= conforms_at:
        return Compliance.CONFORME
    if verdict.standing is Standing.IN and verdict.high < conforms_at:
        return Compliance.NON_CONFORME
    return Compliance.A_VERIFIER


def compliance_of(
    verdicts: Sequence[Verdict], conforms_at: int, *, is_open: bool
) -> Compliance:
    """Return whether a rule is met everywhere, as far as one knows."""
    found = {compliance_at(verdict, conforms_at) for verdict in verdicts}
    if Compliance.NON_CONFORME in found:
        return Compliance.NON_CONFORME
    if is_open or Compliance.A_VERIFIER in found:
        return Compliance.A_VERIFIER
    return (
        Compliance.CONFORME if Compliance.CONFORME in found else Compliance.SANS_OBJET
    )


class Readers:
    """An index of one checklist: the criteria that each answer can move."""

    def __init__(
        self, vocabulary: Vocabulary, gauges: Iterable[CriterionJudge]
    ) -> None:
        self._vocabulary = vocabulary
        self._averaged: dict[str, list[str]] = {}
        self._readers: dict[str, list[str]] = {}
        for gauge in gauges:
            for name in gauge.names:
                self._readers.setdefault(name, []).append(gauge.criterion.id)
            if gauge.criterion.is_averaged:
                for name in self._closure(set(gauge.names)):
                    self._averaged.setdefault(name, []).append(gauge.criterion.id)
        self._decided: dict[str, list[str]] = {}
        for ident in vocabulary:
            for name in self._behind(ident):
                self._decided.setdefault(name, []).append(ident)
        relevance = [
            parse_rule(fact.question.relevant)
            for fact in vocabulary.values()
            if fact.question.relevant
        ]
        inner = [names for rule in relevance for names in rule.inner_names.values()]
        self._far = self._closure(set[str]().union(*inner))
        moved: dict[str, set[str]] = {}
        for ident in vocabulary:
            for name in self._closure({ident}):
                moved.setdefault(name, set()).add(ident)
        self._moved = {name: frozenset(found) for name, found in moved.items()}

    def averaged(self, question: str) -> Sequence[str]:
        """Return the averaged criteria that an answer can move, even by relevance."""
        return self._averaged.get(question, ())

    def readers(self, question: str) -> Sequence[str]:
        """Return the criteria whose own rules read an answer."""
        return self._readers.get(question, ())

    def decided(self, question: str) -> Sequence[str]:
        """Return the questions that an answer makes relevant, or is the whole of."""
        return self._decided.get(question, ())

    def moved_by(self, questions: Iterable[str]) -> frozenset[str]:
        """Return questions, and those whose value their answers decide."""
        known = (self._moved[each] for each in questions if each in self._moved)
        return frozenset[str]().union(*known)

    def reaches_far(self, question: str) -> bool:
        """Say whether an answer can move verdicts beside its place.

        So it does when it decides, counted over places, whether a question above is
        relevant; else only the places above and below its own can read it.
        """
        return question in self._far

    def _closure(self, names: set[str]) -> set[str]:
        """Return names, with what decides whether they are relevant or possible."""
        found = set[str]()
        left = set(names)
        while left:
            name = left.pop()
            found.add(name)
            left |= self._behind(name) - found
        return found

    def _behind(self, name: str) -> frozenset[str]:
        """Return what decides, next to it, whether a name is relevant or possible."""
        fact = self._vocabulary.get(name)
        if fact is None:
            return frozenset()
        whole = fact.question.at_most
        return fact.relevance_names | ({whole} if whole else frozenset())
