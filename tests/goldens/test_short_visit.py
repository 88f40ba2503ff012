"""What half an hour settles, against a full audit of the same 206 schools."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property

import pytest

from diag.assess.judge import judge_for, public, rooted
from diag.assess.plan import plan_of
from diag.assess.results import Advice, Assessment
from diag.assess.terms import Terms
from diag.assess.votes import Ballot, ballot_of
from diag.model.audit import Facts
from diag.model.enums import (
    Audience,
    Compliance,
    Kind,
    Moment,
    Owner,
    Party,
    PlaceKind,
    Profile,
    Trigger,
)
from diag.model.text import Quantity
from diag.model.votes import Tier
from tests.goldens.derived import (
    DERIVED,
    MOST_CLASSES,
    commune_derived,
    derived_school,
    visited,
    whole_school,
)
from tests.goldens.golden import NAMES
from tests.shipped import shipped

OBLIGATIONS = frozenset({
    *("ACC-07", "RGP-03", "FIL-01", "FIL-05", "VRT-03", "SST-01"),
    *("WIF-01", "WIF-02", "WIF-03"),
})
"""The mayor's nine, at a school, as everyone may read them."""
RESERVED = ("SEC-02", "SEC-11")
"""Two more, in the reading that is handed over."""
AT_THE_COMMUNE = ("RGP-06", "AXS-01")
"""Two more, asked once a commune."""

FORMS = frozenset({Moment.MAIRIE, Moment.PRESTATAIRE})

MEASURED = {"calmer-la-resonance", "sonoriser-les-classes", "separer-l-eclairage"}
"""Acoustics and lighting: only a complete visit measures them."""

DEAR = 50_000
"""Cents with tax from which a council talks of what no rule and no lack demands."""

CLOSED = date(2026, 10, 5)
PRESSING: Tier = 3
"""The last class that a council cannot put off: the socle fails."""


@dataclass(frozen=True)
class Visited:
    """What one visit finds at a school, as everyone may read it, and reserved."""

    facts: Facts

    @cached_property
    def shown(self) -> Assessment:
        grid = public(shipped())
        facts = self.facts.about(grid.questions)
        return judge_for(facts, grid).assess(facts)

    @cached_property
    def reserved(self) -> Assessment:
        return judge_for(self.facts, shipped()).assess(self.facts, ())

    @property
    def dangers(self) -> set[tuple[str, str]]:
        return {(each.place, each.question.id) for each in self.shown.dangers}

    @property
    def rules(self) -> dict[str, Compliance | None]:
        """Return where the mayor's obligations stand, by their refs."""
        return {
            **_rules(self.shown, OBLIGATIONS),
            **_rules(self.reserved, RESERVED),
        }

    @cached_property
    def votes(self) -> dict[str, Advice]:
        """Return what is bought, in the order of the plan, whoever groups it in votes.

        A danger, a law or the socle demands it, or it is dear.
        """
        return {
            each.recommendation.id: each
            for each in self.shown.advice
            if each.trigger is Trigger.FIRES
            and _is_theirs(each)
            and not each.alone.free
            and (self.presses(each) or euros(each) >= DEAR)
        }

    @cached_property
    def ballot(self) -> Ballot:
        """Return the votes asked of the council, as the program groups them."""
        grid = rooted(public(shipped()), PlaceKind.ECOLE)
        terms = Terms(
            results=self.shown.criteria,
            facts=self.facts.about(grid.questions),
            checklist=grid,
            day=CLOSED,
            party=Party.COMMUNE,
            has_part=lambda action: _is_theirs(action.advice),
        )
        return ballot_of(plan_of(self.shown.advice, (), CLOSED), terms)

    @property
    def voted(self) -> dict[str, tuple[Tier, Advice]]:
        """Return the actions of those votes, each with its class, in order."""
        return {
            action.id: (motion.tier, action.advice)
            for motion in self.ballot.motions
            for action in motion.actions
        }

    def presses(self, advice: Advice) -> bool:
        """Say whether it is of the first three classes: danger, read law, socle."""
        result = self.shown.criteria[advice.recommendation.when.criterion]
        is_needed = result.criterion.kind is Kind.BLOCKING
        return advice.is_danger or advice.is_law or is_needed


def _rules(assessment: Assessment, refs: Iterable[str]) -> dict[str, Compliance | None]:
    by_ref = {each.criterion.ref: each for each in assessment.criteria.values()}
    return {ref: by_ref[ref].compliance for ref in refs}


def _is_theirs(advice: Advice) -> bool:
    words = advice.recommendation.wording[Audience.MAIRIE]
    return advice.recommendation.owner is Owner.COMMUNE or bool(words.decision)


def euros(advice: Advice) -> Fraction:
    """Return the least cents with tax that it costs, a year included."""
    cost = advice.alone
    return Fraction(cost.once_ttc.low + cost.yearly_ttc.low)


class Tally:
    """The figures of schools replayed, each time found over wanted."""

    def __init__(self) -> None:
        self.found: Counter[str] = Counter()
        self.wanted: Counter[str] = Counter()
        self.missed: Counter[str] = Counter()

    def note(self, what: str, name: str, *, is_found: bool, times: int = 1) -> None:
        """Count one thing that a visit finds, or misses."""
        self.wanted[what] += times
        self.found[what] += times * is_found
        if not is_found:
            self.missed[f"{what} : {name}"] += 1

    def share(self, what: str) -> float:
        """Return which part of it is found."""
        return self.found[what] / self.wanted[what]

    def lines(self) -> Iterable[str]:
        """Give the figures, then what is missed most."""
        for what, wanted in self.wanted.items():
            found = self.found[what]
            yield f"{what} : {found} sur {wanted}, {found / wanted:.1%}"
        for what, times in self.missed.most_common(12):
            yield f"  manque {times} fois {what}"


DANGERS, RULES, OTHERS = "dangers", "obligations", "achats"
VOTES, ALL_VOTES = "actions votées, classes 1 à 3", "actions votées, toutes classes"
WHOLE, SURE = "achats, acoustique et éclairage compris", "achats annoncés à raison"
TOP, MONEY = "cinq premiers achats", "argent des achats"
FIRST, LEADS = "cinq premières actions des classes 1 à 3", "cinq premiers votes"


ALL = (DANGERS, RULES, VOTES, SURE, FIRST, TOP)


def compare(tally: Tally, truth: Visited, seen: Visited) -> None:
    """Count what a visit finds of the truth: same action, rooms and quantity."""
    for danger in truth.dangers:
        tally.note(DANGERS, danger[1], is_found=danger in seen.dangers)
    for ref, status in truth.rules.items():
        tally.note(RULES, ref, is_found=seen.rules[ref] is status)
    for name, advice in truth.votes.items():
        is_found = _found(seen.votes.get(name)) == _found(advice)
        tally.note(WHOLE, name, is_found=is_found)
        if name not in MEASURED:
            cents = round(euros(advice))
            tally.note(OTHERS, name, is_found=is_found)
            tally.note(MONEY, name, is_found=is_found, times=cents)
    for name, (tier, advice) in truth.voted.items():
        _, found = seen.voted.get(name, (tier, None))
        tally.note(ALL_VOTES, name, is_found=_found(found) == _found(advice))
        if tier <= PRESSING:
            tally.note(VOTES, name, is_found=_found(found) == _found(advice))
    pressing = [
        [name for name, (tier, _) in one.voted.items() if tier <= PRESSING][:5]
        for one in (truth, seen)
    ]
    leads = [[one.lead.id for one in each.ballot.motions][:5] for each in (truth, seen)]
    tally.note(FIRST, "", is_found=pressing[0] == pressing[1])
    tally.note(LEADS, "", is_found=leads[0] == leads[1])
    for name in seen.votes:
        tally.note(SURE, name, is_found=name in truth.votes)
    first, then = [*truth.votes][:5], [*seen.votes][:5]
    tally.note(TOP, ", ".join({*first} - {*then}), is_found=first == then)


def _found(advice: Advice | None) -> tuple[tuple[str, ...], Quantity] | None:
    return None if advice is None else (advice.places, advice.quantity)


def short(truth: Facts, without: frozenset[Moment] = frozenset()) -> Visited:
    """Return what half an hour learns of a school, some forms not back."""
    return Visited(visited(truth, shipped(), Profile.SHORT, without))


def test_a_short_visit_finds_what_a_full_one_would() -> None:
    tally, blind = Tally(), Tally()
    for number in (7, 21):
        facts = derived_school(number, shipped())
        compare(tally, Visited(facts), short(facts))
        compare(blind, Visited(facts), short(facts, FORMS))
    assert tally.wanted[DANGERS] > 0
    assert {what: tally.share(what) for what in ALL} == dict.fromkeys(ALL, 1)
    assert blind.share(DANGERS) == 1
    assert max(blind.share(RULES), blind.share(VOTES), blind.share(TOP)) < 0.8


def test_the_same_number_makes_the_same_school() -> None:
    assert derived_school(4, shipped()) == derived_school(4, shipped())


@pytest.mark.long
def test_206_schools_are_settled_in_half_an_hour() -> None:
    grid = shipped()
    schools = [whole_school(name, grid) for name in NAMES]
    schools += [derived_school(number, grid) for number in range(DERIVED)]
    sizes = {_classes(each) for each in schools}
    assert sizes == {*range(1, MOST_CLASSES + 1)}
    statuses: dict[str, set[Compliance | None]] = {}
    visits = {"formulaires revenus": frozenset[Moment](), "sans formulaires": FORMS}
    told = {name: Tally() for name in visits}
    for facts in schools:
        truth = Visited(facts)
        for ref, status in truth.rules.items():
            statuses.setdefault(ref, set()).add(status)
        for name, missing in visits.items():
            compare(told[name], truth, short(facts, missing))
    for name, tally in told.items():
        print(f"== {len(schools)} écoles, {name}", *tally.lines(), sep="\n")
    both = {Compliance.CONFORME, Compliance.NON_CONFORME}
    assert [ref for ref, found in statuses.items() if not both <= found] == []
    best = told["formulaires revenus"]
    assert [best.share(what) for what in (DANGERS, RULES, SURE)] == [1, 1, 1]
    for what in (VOTES, FIRST, OTHERS, TOP):
        assert best.share(what) >= 0.9, what


def _classes(facts: Facts) -> int:
    (head,) = facts.answers[facts.root, "nb_classes"]
    assert isinstance(head.value, int)
    return head.value


@pytest.mark.parametrize("number", range(12))
def test_a_short_visit_of_a_commune_settles_its_own_obligations(number: int) -> None:
    facts = commune_derived(number, shipped())
    truth = judge_for(facts, shipped()).assess(facts, ())
    seen = visited(facts, shipped(), Profile.SHORT)
    found = judge_for(seen, shipped()).assess(seen, ())
    assert Compliance.A_VERIFIER not in _rules(truth, AT_THE_COMMUNE).values()
    assert _rules(found, AT_THE_COMMUNE) == _rules(truth, AT_THE_COMMUNE)
