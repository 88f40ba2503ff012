"""What a programme promises, on any terms; and the same years as another hand's."""

from dataclasses import replace
from fractions import Fraction
from random import Random

from hypothesis import assume, given
from hypothesis import strategies as st

from diag.programme.figures import worth
from diag.programme.placing import (
    AfterNeed,
    AfterOpening,
    Circular,
    First,
    Imposed,
    Settled,
    Unmet,
    Waited,
    locked,
    schedule_of,
    what_if,
)
from diag.programme.terms import (
    INVESTMENT,
    RUNNING,
    Article,
    Earmark,
    Envelope,
    GroupPurchase,
    Operation,
    Precedence,
    Programme,
    Purse,
    share,
    split_cost,
)
from tests.programme.oracle import adopted, answer

SYNDICAT = "syndicat:200099999"
COMMUNES = ("commune:80001", "commune:80002", "commune:80003")
NAMES = tuple(f"op{number}" for number in range(8))
GROUPS = ("bornes", "ecrans")

cents = st.sampled_from((0, 1, 7, 33, 50, 100, 250))
ratios = st.sampled_from(tuple(map(Fraction, ("0", "0.12", "1/3", "0.4", "1"))))


@st.composite
def lines(draw: st.DrawFn) -> Article:
    return Article(
        draw(st.sampled_from((INVESTMENT, INVESTMENT, RUNNING))),
        draw(cents),
        draw(st.sampled_from((0, 0, 5, 20))),
        draw(st.integers(0, 5)),
        draw(st.sampled_from(("", "", *GROUPS))),
    )


@st.composite
def some_terms(draw: st.DrawFn) -> Programme:
    years = tuple(range(2027, 2027 + draw(st.integers(1, 4))))
    purses = [Purse(SYNDICAT, INVESTMENT), Purse(SYNDICAT, RUNNING)]
    purses += [Purse(c, s) for c in COMMUNES for s in (INVESTMENT, RUNNING)]
    operations = []
    for name in NAMES[: draw(st.integers(0, len(NAMES)))]:
        turn = draw(
            st.sampled_from((
                *Precedence,
                Precedence.BLOCKING,
                Precedence.REST,
                Precedence.REST,
            ))
        )
        is_shared = draw(st.integers(0, 5)) == 0
        served = tuple((c, draw(ratios)) for c in COMMUNES) if is_shared else ()
        operations.append(
            Operation(
                name,
                SYNDICAT if is_shared else draw(st.sampled_from(COMMUNES)),
                tuple(draw(st.lists(lines(), min_size=1, max_size=2))),
                Fraction(1) if is_shared else draw(ratios),
                Fraction(draw(st.integers(0, 9))),
                turn,
                draw(st.sampled_from((None, *years))),
                draw(st.sampled_from((*years, *years, None, 2040))),
                tuple(draw(st.lists(st.sampled_from(NAMES), max_size=2))),
                served,
                Fraction(draw(st.sampled_from(("1", "1", "0.8", "1.25")))),
            )
        )
    return Programme(
        years,
        SYNDICAT,
        tuple(operations),
        {
            purse: Envelope(tuple(draw(cents) for _ in years), draw(st.booleans()))
            for purse in purses
            if draw(st.integers(0, 9))
        },
        {
            c: draw(st.sampled_from((Fraction(0), Fraction(1), Fraction(7, 2))))
            for c in COMMUNES
        },
        draw(st.sampled_from((Fraction(0), Fraction(15), Fraction(25, 2)))),
        {
            name: GroupPurchase(
                draw(ratios),
                draw(st.sampled_from(years)),
                draw(st.sampled_from(years)),
                draw(st.integers(0, 6)),
            )
            for name in GROUPS
        },
        tuple(
            Earmark(
                draw(st.sampled_from(NAMES)),
                draw(st.sampled_from(purses)),
                draw(st.sampled_from(years)),
                draw(cents),
            )
            for _ in range(draw(st.integers(0, 2)))
        ),
        draw(st.booleans()),
    )


@given(some_terms())
def test_the_years_and_the_rights_are_another_hands(terms: Programme) -> None:
    plan, told = schedule_of(terms), answer(terms)
    assert plan.years == told.years
    assert dict(plan.first_rights) == told.first
    assert dict(plan.rights) == told.rights
    assert set(plan.dissolved) == told.withdrawn
    # A revision too, from other terms than those that were adopted.
    rate = Fraction(95, 100)
    poorer = {
        purse: replace(each, cents=tuple(int(one * rate) for one in each.cents))
        for purse, each in terms.envelopes.items()
    }
    revised = replace(
        terms, adopted=adopted(plan), envelopes=poorer, operations=terms.operations[1:]
    )
    again, told = schedule_of(revised), answer(revised)
    assert again.years == told.years
    assert dict(again.rights) == told.rights


@given(some_terms())
def test_no_purse_is_exceeded_save_by_decided_steps(terms: Programme) -> None:
    undecided = replace(
        terms,
        operations=tuple(each for each in terms.operations if each.turn),
    )
    for row in schedule_of(undecided).left.values():
        assert min(row) >= 0
    decided = schedule_of(terms)
    beyond = {purse for purse, row in decided.left.items() if min(row) < 0}
    reasons = (each.reason for each in decided.placements.values())
    lacks = {
        one.purse for each in reasons if isinstance(each, Settled) for one in each.lacks
    }
    assert beyond <= lacks


@given(some_terms())
def test_what_comes_first_is_placed_first_and_each_has_one_reason(
    terms: Programme,
) -> None:
    plan = schedule_of(terms)
    assert plan.placements.keys() == {each.id for each in terms.operations}
    for operation in terms.operations:
        placed = plan.placements[operation.id]
        match placed.reason:
            case First():
                assert placed.year == terms.years[0]
            case Waited(year):
                assert placed.year in (year + 1, None)
                assert placed.year or year == terms.years[-1]
            case AfterNeed(need):
                assert plan.years.get(need) == placed.year
                assert need in operation.needs
            case AfterOpening(grouping):
                assert placed.year == terms.groupings[grouping].opens
            case Imposed():
                assert placed.year == operation.year
            case Unmet() | Circular():
                assert placed.year is None
            case Settled():
                assert placed.year == operation.year
        if placed.year is not None and operation.turn is not Precedence.DECIDED:
            assert all(plan.years[need] <= placed.year for need in operation.needs)


@given(some_terms())
def test_rights_sum_to_the_envelope_or_to_the_needs(terms: Programme) -> None:
    plan = schedule_of(terms)
    horizon = sum(terms.planned(terms.shared_purse))
    assert sum(plan.rights.values()) == sum(plan.first_rights.values()) <= horizon
    beyond = {name for name, right in plan.rights.items() if plan.drawn[name] > right}
    free = [each for each in terms.operations if each.turn <= Precedence.LAW]
    assert beyond <= {
        name for each in free for name, _ in each.served or [(each.commune, 0)]
    }


@given(some_terms(), st.randoms())
def test_the_order_of_writing_changes_nothing(terms: Programme, chance: Random) -> None:
    shuffled = list(terms.operations)
    chance.shuffle(shuffled)
    other = replace(
        terms,
        operations=tuple(shuffled),
        envelopes=dict(reversed(list(terms.envelopes.items()))),
        weights=dict(reversed(list(terms.weights.items()))),
        groupings=dict(reversed(list(terms.groupings.items()))),
    )
    plan, again = schedule_of(terms), schedule_of(other)
    assert list(plan.placements.items()) == list(again.placements.items())
    assert dict(plan.rights) == dict(again.rights)


@given(some_terms())
def test_a_revision_with_nothing_changed_changes_nothing(terms: Programme) -> None:
    plan = schedule_of(terms)
    again = schedule_of(replace(terms, adopted=adopted(plan)))
    assume(plan.dissolved == again.dissolved)
    assert again.moved(plan) == []
    assert again.rights == plan.rights


@given(some_terms(), st.data())
def test_what_lacked_puts_it_in_by_that_year(
    terms: Programme, data: st.DataObject
) -> None:
    free = replace(
        terms,
        operations=tuple(
            replace(each, turn=max(each.turn, Precedence.LAW))
            for each in terms.operations
        ),
        groupings={},
    )
    before = schedule_of(free)
    assume(free.operations)
    name = data.draw(st.sampled_from([each.id for each in free.operations]))
    year = data.draw(st.sampled_from(free.years))
    found = what_if(free, before, name, year)
    if not _waits_for_nothing_known(free, name):
        assert not found.lands
    else:
        assert found.lands
        assert before.is_in(name, year) or found.money
    assert set(found.receded) <= set(found.moved)


def test_what_two_needs_share_is_counted_once() -> None:
    """Each of the two would have done with the one cent that nobody had asked for."""
    year = 2027

    def work(name: str, once: int, needs: tuple[str, ...] = ()) -> Operation:
        return Operation(
            name,
            COMMUNES[0],
            (Article(INVESTMENT, once, 0, 1, ""),),
            Fraction(3, 25),
            Fraction(0),
            Precedence.LAW,
            year,
            year,
            needs,
            (),
        )

    terms = Programme(
        years=(year,),
        syndicat=SYNDICAT,
        operations=(work("last", 0, ("b", "a")), work("a", 33), work("b", 33)),
        envelopes={Purse(SYNDICAT, INVESTMENT): Envelope((1,), carries=False)},
        weights=dict.fromkeys(COMMUNES, Fraction(0)),
        reserve=Fraction(0),
        groupings={},
        earmarks=(),
        socle_first=False,
        adopted=None,
    )
    found = what_if(terms, schedule_of(terms), "last", year)
    assert found.lands
    assert {each.operation for each in found.money} == {"a", "b"}


def _waits_for_nothing_known(terms: Programme, name: str) -> bool:
    """Whether all that an operation waits for is there, without a circle."""
    by_id = {each.id: each for each in terms.operations}

    def sound(one: str, path: tuple[str, ...]) -> bool:
        return (
            one in by_id
            and one not in path
            and all(sound(need, (*path, one)) for need in by_id[one].needs)
        )

    return sound(name, ())


@given(some_terms(), st.data())
def test_a_lock_holds_or_is_refused_with_what_lacks(
    terms: Programme, data: st.DataObject
) -> None:
    assume(terms.operations)
    chosen = data.draw(st.sampled_from(terms.operations))
    assume(chosen.turn is not Precedence.DECIDED)
    year = data.draw(st.sampled_from(terms.years))
    placed = schedule_of(locked(terms, chosen.id, year)).placements[chosen.id]
    match placed.reason:
        case Imposed():
            assert placed.year == year
        case Unmet(lack):
            assert placed.year is None
            assert lack is None or lack.cents > 0
        case reason:
            assert isinstance(reason, Circular)
    out = schedule_of(locked(terms, chosen.id, None)).placements[chosen.id]
    assert out.year is None


@given(
    st.integers(0, 5000), st.lists(st.tuples(ratios, st.integers(0, 900)), max_size=6)
)
def test_a_shared_cost_is_paid_whole_and_nobody_pays_beyond(
    cost: int, communes: list[tuple[Fraction, int]]
) -> None:
    rights = {str(number): right for number, (_, right) in enumerate(communes)}
    value = {str(number): worth for number, (worth, _) in enumerate(communes)}
    able = sum(rights[name] for name in rights if value[name] > 0)
    paid = split_cost(cost, rights, value)
    if cost <= able:
        assert sum(paid.values()) == cost
        assert all(paid[name] <= rights[name] for name in paid)
    parts = share(cost, value, rights)
    assert sum(parts.values()) == min(cost, able)
    assert all(parts[name] <= rights[name] for name in parts)
    for one in paid:
        for other in paid if cost <= able else ():
            # The same euros per point, but for a cent, save whom the right stops.
            if value[one] and value[other] and paid[one] < rights[one]:
                assert (
                    paid[other]
                    <= paid[one] * value[other] / value[one]
                    + 1
                    + value[other] / value[one]
                )


def test_the_words_of_a_plan_are_worked_out_by_hand() -> None:
    """Two communes, two years: who comes first, what waits, what is released."""
    first, second = COMMUNES[:2]
    line = Article(INVESTMENT, 100_00)
    half = Fraction(1, 2)
    operations = (
        Operation("loi", first, (line,), half, Fraction(1), Precedence.LAW, 2027),
        Operation("classe", first, (line,), half, Fraction(5), Precedence.BLOCKING),
        Operation("mieux", second, (line,), half, Fraction(9)),
        Operation("suite", second, (line,), half, Fraction(8), needs=("mieux",)),
    )
    terms = Programme(
        (2027, 2028),
        SYNDICAT,
        operations,
        {
            Purse(SYNDICAT, INVESTMENT): Envelope((100_00, 80_00), carries=True),
            Purse(first, INVESTMENT): Envelope((60_00, 60_00)),
            Purse(second, INVESTMENT): Envelope((50_00, 50_00)),
        },
        {first: Fraction(2), second: Fraction(1)},
    )
    plan = schedule_of(terms)
    assert plan.first_rights == {first: 100_00, second: 80_00}
    assert plan.years == {"loi": 2027, "classe": 2028, "mieux": 2027}
    assert plan.placements["classe"].rank == 2
    lacking = plan.placements["classe"].reason
    assert isinstance(lacking, Waited)
    assert (lacking.year, lacking.lack.purse, lacking.lack.cents) == (
        2027,
        Purse(first, INVESTMENT),
        40_00,
    )
    out = plan.placements["suite"].reason
    assert isinstance(out, Waited)
    assert (out.lack.purse, out.lack.cents, out.lack.asked) == (None, 20_00, 50_00)
    answered = what_if(terms, plan, "suite", 2028)
    assert answered.lands
    assert answered.money == (
        Earmark("suite", Purse(SYNDICAT, INVESTMENT), 2028, 20_00),
    )
    assert answered.moved == answered.receded == ()
    imposed = schedule_of(locked(terms, "classe", 2027))
    assert imposed.years["classe"] == 2027
    assert imposed.years.get("loi", 2099) > plan.years["loi"]
    assert worth(imposed, plan).late == 1
    assert worth(plan, plan)[1:3] == (3, 0)
