"""An independent judge, written from the pages of the design alone.

It borrows from `diag.assess` the shapes of results, nothing that computes one. It goes
the plainest way: exact fractions, nothing kept from one assessment to the next.
`tests.oracle_actions` goes on where alerts end.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property

from diag.assess.results import (
    CriterionResult,
    Danger,
    DomainResult,
    Score,
    SocleBounds,
    Verdict,
    Weight,
)
from diag.model.audit import Facts
from diag.model.checklist import Checklist, Criterion
from diag.model.enums import Compliance, Kind, Nature, PlaceKind, Socle, Standing
from diag.model.text import Bounds
from diag.rules.expressions import ABSENT, Flag, root_of
from tests.reading import Reading

IN, MAYBE, OUT = Standing.IN, Standing.MAYBE, Standing.OUT
WORST_FIRST = (Socle.NON_ATTEINT, Socle.ATTEINT_SAUF, Socle.ATTEINT)


@dataclass(frozen=True)
class Member:
    """What counts in a mean: how much, and between which ratios."""

    least: Fraction
    most: Fraction
    low: Fraction
    high: Fraction


def mean(members: Iterable[Member]) -> Bounds | None:
    """Return the extreme weighted means: some of the lowest members at their most.

    The least mean gives their greatest weight to the members below it, their least
    weight to the others: it is the smallest of those that raise the first so many.
    """
    counted = [each for each in members if each.most > 0]
    if not counted:
        return None
    lows = sorted((each.low, each.least, each.most) for each in counted)
    highs = sorted((-each.high, each.least, each.most) for each in counted)
    return Bounds(_least_mean(lows), -_least_mean(highs))


def _least_mean(members: Sequence[tuple[Fraction, Fraction, Fraction]]) -> Fraction:
    total = sum((end * least for end, least, _ in members), Fraction())
    weight = sum(least for _, least, _ in members)
    found = [total / weight] if weight else []
    for end, least, most in members:
        total += end * (most - least)
        weight += most - least
        found += [total / weight] if weight else []
    return min(found)


def rounded(ratio: Fraction) -> int:
    """Return a ratio out of 100, half up: the schoolbook way."""
    whole, rest = divmod(100 * ratio, 1)
    return int(whole) + (rest >= Fraction(1, 2))


def concerned(checklist: Checklist, subject: PlaceKind) -> Mapping[str, Criterion]:
    """Return the criteria that judge such a subject, or a place that stands in one."""
    return {
        ident: criterion
        for ident, criterion in checklist.criteria.items()
        if root_of(criterion.place) is subject
    }


@dataclass(eq=False)
class Judged:
    """Facts, judged up to the alerts."""

    facts: Facts
    checklist: Checklist
    reached: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """Level that an action brings a criterion to, at a place."""
    lowered: Collection[tuple[str, str]] = ()
    """Criteria at places that are supposed to stand at their low."""

    @cached_property
    def reading(self) -> Reading:
        """The facts, as scores read them."""
        return Reading(self.facts, self.checklist)

    @cached_property
    def criteria(self) -> Mapping[str, CriterionResult]:
        """Each criterion that concerns the subject."""
        subject = self.facts.places[self.facts.root].kind
        judging = concerned(self.checklist, subject)
        return {ident: self._result(each) for ident, each in judging.items()}

    @cached_property
    def domains(self) -> tuple[DomainResult, ...]:
        """Each domain in which a criterion judges."""
        found = []
        for domain in self.checklist.domains:
            own = [
                each
                for each in self.criteria.values()
                if each.criterion.domain == domain.id
            ]
            members = [
                _member(each.standing, each.criterion.weight, each.bounds)
                for each in own
                if each.criterion.is_averaged
            ]
            if own:
                found.append(DomainResult(domain, score(members, own), tuple(own)))
        return tuple(found)

    @cached_property
    def overall(self) -> Score:
        """The whole."""
        members = [
            _member(each.score.standing, each.domain.weight, each.score.bounds)
            for each in self.domains
        ]
        return score(members, self.criteria.values())

    @property
    def low(self) -> Fraction:
        """The overall low bound; 0 where nothing applies."""
        return self.overall.bounds.low if self.overall.bounds else Fraction()

    @cached_property
    def socle(self) -> Socle:
        """The worst of the blocking criteria, at worst and at best."""
        found = [each.socle for each in self.criteria.values() if each.socle]
        if not found:
            return Socle.SANS_OBJET
        low = min((each.low for each in found), key=WORST_FIRST.index)
        high = min((each.high for each in found), key=WORST_FIRST.index)
        return low if low is high else Socle.INDETERMINE

    @cached_property
    def dangers(self) -> tuple[Danger, ...]:
        """The dangers that are known, place by place."""
        return tuple(
            Danger(place.id, question)
            for place in self.facts.places.values()
            for question in self.checklist.questions.values()
            if question.danger
            and question.place is place.kind
            and self.reading.value(question.id, place.id)
            == Flag(can_be_true=True, can_be_false=False)
        )

    def _verdict(self, criterion: Criterion, place: str) -> Verdict:
        applies = self.reading.holds(criterion.applicable, place)
        given = self.reading.holds(criterion.given, place)
        read_out = [
            self.reading.reads_out(rule, place)
            for rule in (criterion.given, *criterion.levels.values())
            if criterion.kind is not Kind.COMPLIANCE  # none is declared away
        ]
        found: set[int] = set()
        if given is not True:
            found.add(0)
        if given is not False:
            found |= self._levels(criterion, place)
        standing = MAYBE
        if applies is False or True in read_out:
            standing = OUT
        elif applies and None not in read_out:
            standing = IN
        if (criterion.id, place) in self.lowered:
            found = {min(found)}
        reached = self.reached.get((criterion.id, place), 0)
        return Verdict(
            criterion=criterion.id,
            place=place,
            standing=standing,
            low=max(reached, min(found)),
            high=max(reached, *found),
            declared_out=standing is OUT and True in read_out,
            given=given,
            weight=self._weight(criterion, place),
        )

    def _levels(self, criterion: Criterion, place: str) -> set[int]:
        found: set[int] = set()
        for level in (3, 2, 1):
            if level in criterion.levels:
                truth = self.reading.holds(criterion.levels[level], place)
                if truth is not False:
                    found.add(level)
                if truth:
                    return found
        return found | {0}

    def _weight(self, criterion: Criterion, place: str) -> Weight:
        if not criterion.weigh_by:
            return Weight(1, 1)
        span = self.reading.number(criterion.weigh_by, place)
        if span is ABSENT:
            return Weight(1, 1)
        assert span.high is not None, f"{criterion.id}: weigh_by has no range"
        low, high = max(0, span.low or 0), max(0, span.high)
        if span.maybe_absent:
            low, high = min(1, low), max(1, high)
        return Weight(low, high)

    def _result(self, criterion: Criterion) -> CriterionResult:
        places = self.facts.places_of(criterion.place)
        verdicts = tuple(self._verdict(criterion, each.id) for each in places)
        is_open = self.reading.is_open(criterion.place)
        counted = [each for each in verdicts if counts(each)]
        bounds = mean(in_mean(each, each.low, each.high, 3) for each in counted)
        if is_open:
            bounds = Bounds(Fraction(), Fraction(1))
        standing = MAYBE if counted or is_open else OUT
        if any(each.standing is IN and each.weight.least for each in counted):
            standing = IN
        settled = [each for each in counted if each.standing is IN and is_point(each)]
        among = len(counted) + is_open
        return CriterionResult(
            criterion=criterion,
            standing=standing,
            bounds=bounds or Bounds(Fraction(), Fraction(1)),
            settled=Fraction(len(settled), among) if among else Fraction(1),
            verdicts=verdicts,
            open=is_open,
            is_read=is_read(criterion, self.facts),
            compliance=compliance(criterion, verdicts, is_open=is_open),
            socle=socle(criterion, verdicts, is_open=is_open),
        )


def states_law(criterion: Criterion, facts: Facts) -> bool:
    """Say whether it is a law that was read."""
    return criterion.nature is Nature.LOI and is_read(criterion, facts)


def is_read(criterion: Criterion, facts: Facts) -> bool:
    """Say whether its text was read at most twice twelve months before the visit."""
    law = criterion.law
    if law is None or not law.read_on:
        return False
    if facts.visit_date is None:
        return True
    read, seen = date.fromisoformat(law.read_on), facts.visit_date
    months = 12 * (seen.year - read.year) + seen.month - read.month
    return months < 24 or (months == 24 and seen.day <= read.day)


def counts(verdict: Verdict) -> bool:
    """Say whether a place may weigh in the mean of its criterion."""
    return verdict.standing is not OUT and verdict.weight.most > 0


def is_point(verdict: Verdict) -> bool:
    """Say whether the level at a place is known."""
    return verdict.low == verdict.high


def in_mean(verdict: Verdict, low: int, high: int, top: int) -> Member:
    """Return a place as a member, with its ends out of a top."""
    weight = verdict.weight
    least = Fraction(weight.least) if verdict.standing is IN else Fraction()
    return Member(least, Fraction(weight.most), Fraction(low, top), Fraction(high, top))


def share_at(verdicts: Iterable[Verdict], level: int) -> Bounds | None:
    """Return the share of known places that reach a level: the mean of 0 and 1."""
    return mean(
        in_mean(each, each.low >= level, each.high >= level, 1)
        for each in verdicts
        if counts(each)
    )


def fails_surely(verdict: Verdict, level: int) -> bool:
    """Say whether a place counts for sure and stays below a level."""
    return verdict.standing is IN and verdict.weight.least > 0 and verdict.high < level


def share_of_all(
    verdicts: Sequence[Verdict], level: int, needed: Fraction, *, is_open: bool
) -> Bounds | None:
    """Return the share of the places that reach a level, those to come included."""
    if not is_open:
        return share_at(verdicts, level)
    broken = needed == 1 and any(fails_surely(each, level) for each in verdicts)
    return Bounds(Fraction(), Fraction(0 if broken else 1))


def compliance(
    criterion: Criterion, verdicts: Sequence[Verdict], *, is_open: bool
) -> Compliance | None:
    """Return what the school is told of a rule, from what each place is."""
    if criterion.kind is not Kind.COMPLIANCE:
        return None
    at = {compliance_at(criterion, each) for each in verdicts}
    if Compliance.NON_CONFORME in at:
        return Compliance.NON_CONFORME
    if is_open or Compliance.A_VERIFIER in at:
        return Compliance.A_VERIFIER
    return Compliance.CONFORME if Compliance.CONFORME in at else Compliance.SANS_OBJET


def compliance_at(criterion: Criterion, verdict: Verdict) -> Compliance:
    """Return whether a rule is met at a place."""
    met_from = criterion.conforms_at
    assert met_from is not None, f"{criterion.id}: conforms_at is mandatory"
    if verdict.standing is OUT:
        return Compliance.SANS_OBJET
    if verdict.standing is IN and verdict.low >= met_from:
        return Compliance.CONFORME
    if verdict.standing is IN and verdict.high < met_from:
        return Compliance.NON_CONFORME
    return Compliance.A_VERIFIER


def socle(
    criterion: Criterion, verdicts: Sequence[Verdict], *, is_open: bool
) -> SocleBounds | None:
    """Return how a blocking criterion may hold over its places.

    Without a sure place it may be sans objet: it lowers the low bound only.
    """
    if criterion.kind is not Kind.BLOCKING:
        return None
    needed = Fraction(criterion.socle_share)
    share = share_of_all(verdicts, 1, needed, is_open=is_open)
    if share is None:
        return None
    is_sure = any(each.standing is IN and each.weight.least for each in verdicts)
    best = _status(share.high, needed) if is_sure else Socle.ATTEINT
    return SocleBounds(_status(share.low, needed), best)


def _status(share: Fraction, needed: Fraction) -> Socle:
    if share == 1:
        return Socle.ATTEINT
    return Socle.ATTEINT_SAUF if share >= needed else Socle.NON_ATTEINT


def _member(standing: Standing, weight: int, bounds: Bounds | None) -> Member:
    ends = bounds or Bounds(Fraction(), Fraction(1))
    return Member(
        Fraction(weight if standing is IN else 0),
        Fraction(0 if standing is OUT else weight),
        ends.low,
        ends.high,
    )


def score(members: Sequence[Member], criteria: Iterable[CriterionResult]) -> Score:
    """Return the mean of members, and how much of its criteria is settled."""
    bounds = mean(members)
    standing = MAYBE if bounds else OUT
    if any(each.least for each in members):
        standing = IN
    applying = [
        each
        for each in criteria
        if each.criterion.is_averaged and each.standing is not OUT
    ]
    whole = sum(each.criterion.weight for each in applying)
    settled = sum((each.criterion.weight * each.settled for each in applying), 0)
    return Score(standing, bounds, Fraction(settled, whole) if whole else Fraction(1))
