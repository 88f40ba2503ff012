"""Votes: what is grouped, in which order, and sums that add up, on any audit."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from random import Random

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from diag.assess.judge import assess
from diag.assess.plan import Plan, plan_of
from diag.assess.results import Assessment
from diag.assess.terms import DUE, Terms, cured_by
from diag.assess.votes import SMALL, Ballot, ballot_of
from diag.model.audit import Facts, FollowUp
from diag.model.checklist import Checklist, Finance
from diag.model.enums import (
    Aside,
    BudgetSection,
    Compliance,
    FinanceTopic,
    FollowUpState,
    Kind,
    Party,
    Pending,
    Standing,
    Trade,
)
from diag.model.votes import VOTES, Spent
from tests.assess.builders import (
    ECOLE,
    ROOT,
    SALLE,
    boolean,
    checklist,
    criterion,
    facts,
    number,
    price,
    recommendation,
    require,
)
from tests.assess.strategies import BATIMENT, Audit, audits
from tests.completions import completions, facts_of
from tests.documents.audits import invented_facts
from tests.examples import examples
from tests.shipped import shipped

DAY = date(2026, 10, 5)
INVESTED = BudgetSection.INVESTISSEMENT
BARE = {"nus": False, "prises": 0, "stores": 0}
VISITED = date(2026, 9, 28)
DELAYS = ("", "", "P7D", "P6M", "P1Y", "P2Y", "P5Y")


def rate(as_of: str = "2026-09") -> Finance:
    return Finance(
        id="fctva",
        topic=FinanceTopic.FCTVA,
        title="FCTVA",
        says="Un taux.",
        section=INVESTED,
        percent="16.404",
        as_of=as_of,
    )


def terms(
    audit: Audit, assessment: Assessment, *, aside: frozenset[str] = frozenset()
) -> Terms:
    return Terms(
        results=assessment.criteria,
        facts=audit.facts,
        checklist=audit.checklist,
        day=DAY,
        party=Party.COMMUNE,
        has_part=lambda action: action.id not in aside,
    )


@st.composite
def dear_audits(draw: st.DrawFn) -> Audit:
    """Draw an audit whose prices, sections, trades and delays make votes."""
    audit = draw(audits())
    prices = {
        one.id: one.model_copy(
            update={
                "minimum": one.minimum * scale,
                "typical": one.typical * scale,
                "maximum": one.maximum * scale,
                "section": draw(st.sampled_from(BudgetSection)),
            }
        )
        for one in audit.checklist.prices.values()
        for scale in [draw(st.sampled_from((1, 4_000, 40_001)))]
    }
    advised = {
        one.id: one.model_copy(
            update={
                "trade": draw(st.sampled_from((None, *Trade))),
                "delay": draw(st.sampled_from(DELAYS)),
            }
        )
        for one in audit.checklist.recommendations.values()
    }
    finances = {"fctva": rate(draw(st.sampled_from(("2026-09", "2024"))))}
    changed = {"prices": prices, "recommendations": advised, "finances": finances}
    made = audit.checklist.model_copy(update=changed)
    closed = replace(audit.facts, closed=frozenset())
    random = Random(draw(st.integers()))
    world = next(completions(closed, made, random, 40), None)
    assume(world is not None)
    assert world is not None
    return Audit(made, facts_of(world, audit.facts))


KINDS = (Kind.COMPLIANCE, Kind.BLOCKING, Kind.IMPROVEMENT)
_ROW = st.tuples(
    st.sampled_from(KINDS),
    st.sampled_from((ECOLE, SALLE)),
    st.sampled_from((None, *Trade)),
    st.sampled_from(DELAYS),
    st.integers(0, 400),
    st.sampled_from(BudgetSection),
    st.booleans(),
    st.integers(0, 15),
)
"""Kind, place, trade, delay, tens of euros, section, whether yearly, what it waits for
if that comes before it."""


@st.composite
def poor_schools(draw: st.DrawFn) -> Audit:
    """Draw a school where nothing is as it should be, in two buildings, all of it dear.

    Random audits rarely make a vote; this one makes many.
    """
    rows = draw(st.lists(_ROW, min_size=1, max_size=16))
    made = checklist(
        (boolean("filtre"), number("prises", SALLE)),
        [
            criterion(
                f"c{at}",
                {1: "filtre" if place is ECOLE else "prises >= 1"},
                kind=kind,
                place=place,
            )
            for at, (kind, place, *_) in enumerate(rows)
        ],
        [
            recommendation(
                f"r{at}",
                f"c{at}",
                1,
                buys=(f"p{at}",) if tens else (),
                requires=(require(f"c{first}", 1),) if first < at else (),
            ).model_copy(update={"trade": trade, "delay": delay})
            for at, (_, _, trade, delay, tens, _, _, first) in enumerate(rows)
        ],
        [
            price(
                f"p{at}", tens * 500, tens * 1000, tens * 2000, yearly=yearly
            ).model_copy(update={"section": section})
            for at, (*_, tens, section, yearly, _) in enumerate(rows)
        ],
    )
    rooms = draw(st.lists(st.sampled_from(("A", "B", ROOT)), min_size=1, max_size=4))
    names = [f"S{at}" for at in range(len(rooms))]
    found = facts(
        {"filtre": False},
        {"A": {}, "B": {}, **{name: {"prises": 0} for name in names}},
        kinds={"A": BATIMENT, "B": BATIMENT},
        parents=dict(zip(names, rooms, strict=True)),
        visit_date=VISITED,
    )
    return Audit(made.model_copy(update={"finances": {"fctva": rate()}}), found)


@settings(examples(300), suppress_health_check=[HealthCheck.too_slow])
@given(poor_schools())
def test_votes_of_a_poor_school_add_up_and_are_in_order(audit: Audit) -> None:
    check(*balloted(audit))


def balloted(
    audit: Audit, follow_ups: tuple[FollowUp, ...] = ()
) -> tuple[Ballot, Plan, Terms]:
    assessment = assess(audit.facts, audit.checklist)
    plan = plan_of(assessment.advice, follow_ups, DAY)
    found = terms(audit, assessment, aside=frozenset({"r3"}))
    return ballot_of(plan, found), plan, found


@settings(examples(300), suppress_health_check=[HealthCheck.too_slow])
@given(dear_audits())
def test_votes_add_up_and_are_in_order_on_any_audit(audit: Audit) -> None:
    check(*balloted(audit))


def test_votes_add_up_and_are_in_order_on_whole_schools() -> None:
    for seed in range(4):
        for rooms in (1, 6, 20):
            found = invented_facts(shipped(), rooms=rooms, seed=seed, known=10)
            visited = replace(found, visit_date=date(2026, 9, 28))
            check(*balloted(Audit(shipped(), visited)))


def check(ballot: Ballot, plan: Plan, found: Terms) -> None:
    rows = [*ballot.motions, *(one.motion for one in ballot.aside)]
    assert len(ballot.motions) <= VOTES
    for one in rows:
        check_money(one.spent, found)
    assert [one.order for one in ballot.motions] == sorted(
        (found_tier(one.actions, found), -one.spent.net, one.lead.id)
        for one in ballot.motions
    )
    assert all(one.spent.gross >= SMALL or one.tier == DUE for one in ballot.motions)
    check_every_action(ballot, plan)
    check_every_finding(ballot, found)
    years = {each.id: one.year for one in ballot.motions for each in one.actions}
    for one in ballot.motions:
        for each in one.actions:
            assert all(
                years.get(first, 0) <= one.year for first in each.advice.waits_for
            )


def found_tier(actions: Iterable[object], found: Terms) -> int:
    tiers = {found.tier(one) for one in actions}  # type: ignore[arg-type]
    assert len(tiers) == 1
    return tiers.pop()


def check_money(spent: Spent, found: Terms) -> None:
    assert spent.inv + spent.fon == spent.gross
    assert spent.inv == sum(one.inv for one in spent.years)
    assert spent.fon == sum(one.fon for one in spent.years)
    given_back = spent.fctva.euros if spent.fctva else 0
    assert spent.net == spent.gross - given_back
    assert all(
        amount % 10 == 0
        for amount in (spent.gross, given_back, spent.least, spent.most)
    )
    assert spent.least <= spent.gross <= spent.most
    is_fresh = found.checklist.finances and next(
        iter(found.checklist.finances.values())
    ).as_of.startswith("2026")
    assert bool(spent.fctva) == bool(is_fresh and spent.inv)
    if spent.fctva:
        wanted = Fraction(spent.inv) * Fraction("0.16404")
        assert abs(given_back - wanted) <= 10


def check_every_action(ballot: Ballot, plan: Plan) -> None:
    """Each action surely advised is in one line, and its money in one row."""
    named = [
        *(each.id for one in ballot.motions for each in one.actions),
        *(each.id for one in ballot.aside for each in one.motion.actions),
        *(one.action.id for one in ballot.pending if one.action in plan.actions),
    ]
    assert sorted(named) == sorted(one.id for one in plan.actions)


def check_every_finding(ballot: Ballot, found: Terms) -> None:
    """What is of class 2 or 3, read here anew, is on a line."""
    wanted = set()
    for ident, result in found.results.items():
        law = result.compliance is Compliance.NON_CONFORME and result.is_law
        if law and Party.COMMUNE in result.criterion.binds:
            wanted.add(ident)
        if result.criterion.kind is Kind.BLOCKING and any(
            one.standing is Standing.IN and one.high == 0 and one.given is not False
            for one in result.verdicts
        ):
            wanted.add(ident)
    actions = [
        *(each for one in ballot.motions for each in one.actions),
        *(each for one in ballot.aside for each in one.motion.actions),
    ]
    named = {name for one in actions for name in cured_by(one, found.checklist)}
    named |= {one.criterion for one in ballot.pending}
    named |= {
        name
        for one in ballot.pending
        if one.action
        for name in cured_by(one.action, found.checklist)
    }
    assert wanted <= named


def school(**more: object) -> Checklist:
    """A checklist: a law, a danger, sockets that nothing works without, a comfort."""
    made = checklist(
        (
            boolean("filtre"),
            boolean("nus", SALLE, danger=True),
            number("prises", SALLE),
            number("stores", SALLE),
        ),
        (
            criterion("loi", {1: "filtre"}, kind=Kind.COMPLIANCE),
            criterion("danger", {1: "not nus"}, place=SALLE, kind=Kind.BLOCKING),
            criterion("prise", {1: "prises >= 1"}, place=SALLE, kind=Kind.BLOCKING),
            criterion("store", {1: "stores >= 1"}, place=SALLE),
        ),
        (
            recommendation("filtrer", "loi", 1, buys=("filtre",)),
            recommendation("reparer", "danger", 1, buys=("electricien",)),
            recommendation("cabler", "prise", 1, buys=("prise",)),
            recommendation("ombrer", "store", 1, buys=("store",)),
        ),
        (
            price("filtre", 10_000, 20_000, 30_000, yearly=True),
            price("electricien", 20_000, 28_000, 40_000),
            price("prise", 30_000, 50_000, 90_000).model_copy(
                update={"section": INVESTED}
            ),
            price("store", 10_000, 18_000, 30_000),
        ),
    )
    return made.model_copy(update={"finances": {"fctva": rate()}, **more})


def seen(rooms: dict[str, dict[str, bool | int]]) -> Facts:
    return facts({"filtre": False}, rooms, visit_date=VISITED)


def test_a_law_comes_first_then_what_stops_then_the_rest() -> None:
    rooms = {name: dict(BARE) for name in ("CP", "CE1", "CE2")}
    ballot, *_ = balloted(Audit(school(), seen(rooms)))

    assert [(one.tier, one.lead.id) for one in ballot.motions] == [
        (2, "filtrer"),
        (3, "cabler"),
        (4, "ombrer"),
    ]
    law, wires, _ = ballot.motions
    assert law.spent.gross == 2 * 240  # from next year on: two budgets are left
    assert (wires.spent.inv, wires.spent.fon) == (1800, 0)
    assert wires.spent.net == 1800 - 300  # 295.27, to ten


def test_a_danger_takes_no_vote_and_its_price_is_in_a_row() -> None:
    ballot, *_ = balloted(Audit(school(), seen({"CP": {**BARE, "nus": True}})))

    (danger,) = [one for one in ballot.aside if one.why is Aside.DANGER]
    assert (danger.motion.lead.id, danger.motion.spent.gross) == ("reparer", 340)


def test_what_is_small_takes_no_vote_unless_a_law_asks() -> None:
    ballot, *_ = balloted(Audit(school(), seen({"CP": dict(BARE)})))

    assert [one.lead.id for one in ballot.motions] == ["filtrer", "cabler"]
    small = [one for one in ballot.aside if one.why is Aside.SMALL]
    assert [one.motion.lead.id for one in small] == ["ombrer"]


def test_what_replaces_what_a_law_asks_is_voted_as_that_would_be() -> None:
    """Fibre that does what leaving copper would: its date is not lost with it."""
    every = school()
    wider = recommendation("regler", "acces", 1, covers=("filtrer",), buys=("prise",))
    made = school(
        criteria={**every.criteria, "acces": criterion("acces", {1: "filtre"})},
        recommendations={**every.recommendations, "regler": wider},
    )
    ballot, *_ = balloted(Audit(made, seen({})))

    assert [(one.tier, one.lead.id) for one in ballot.motions] == [(DUE, "regler")]


def test_what_costs_too_uncertain_a_price_is_to_be_priced() -> None:
    wide = {**school().prices, "store": price("store", 1_000, 18_000, 30_000)}
    rooms = {name: dict(BARE) for name in ("CP", "CE1", "CE2")}
    ballot, *_ = balloted(Audit(school(prices=wide), seen(rooms)))

    assert [(one.why, one.criterion) for one in ballot.pending] == [
        (Pending.PRICE, "store")
    ]


def test_what_was_set_aside_and_is_still_found_is_not_dropped() -> None:
    gone = FollowUp(recommendation="cabler", state=FollowUpState.ECARTEE, why="non")
    ballot, *_ = balloted(Audit(school(), seen({"CP": dict(BARE)})), (gone,))

    assert (Pending.CLOSED, "prise") in {
        (one.why, one.criterion) for one in ballot.pending
    }


def test_an_old_rate_gives_nothing_back() -> None:
    old = {"fctva": rate("2024-01")}
    ballot, *_ = balloted(Audit(school(finances=old), seen({"CP": dict(BARE)})))

    wires = next(one for one in ballot.motions if one.lead.id == "cabler")
    assert wires.spent.fctva is None
    assert wires.spent.net == wires.spent.gross


def test_thirteen_trades_and_buildings_make_twelve_votes_at_most() -> None:
    """Seven budgets and trades: more than twelve groups, the smallest merged."""
    many = school(
        criteria={f"c{at}": criterion(f"c{at}", {1: "filtre"}) for at in range(20)},
        prices={
            f"p{at}": price(f"p{at}", 90_000 + at * 1000, 100_000 + at * 1000, 200_000)
            for at in range(20)
        },
        recommendations={
            f"r{at}": recommendation(
                f"r{at}", f"c{at}", 1, buys=(f"p{at}",)
            ).model_copy(
                update={
                    "trade": tuple(Trade)[at % 6],
                    "delay": ("P2M", "P9M", "P18M", "P20M")[at // 5],
                }
            )
            for at in range(20)
        },
    )
    audit = Audit(many, seen({}))
    ballot, plan, found = balloted(audit)

    assert len(ballot.motions) == VOTES
    check(ballot, plan, found)
