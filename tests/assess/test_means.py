from fractions import Fraction
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from diag.assess.results import Weight
from diag.assess.scores import Member, mean_of, weighted_mean
from diag.model.number import Bounds

RATIOS = st.fractions(0, 1, max_denominator=12)


def member(
    weight: int, low: Fraction | str, high: Fraction | str, *, sure: bool
) -> Member:
    return Member(
        Weight(weight if sure else 0, weight), Bounds(Fraction(low), Fraction(high))
    )


def test_an_undecided_member_pulls_only_its_own_way() -> None:
    """The first worked example of the design: « entre 40 et 75 »."""
    members = [
        member(3, "2/3", "2/3", sure=True),
        member(2, "0", "1/3", sure=False),
        member(1, "1", "1", sure=False),
    ]
    assert weighted_mean(members) == Bounds(Fraction(2, 5), Fraction(3, 4))


def test_a_domain_perhaps_empty_inside_the_bounds_changes_nothing() -> None:
    """The third worked example of the design."""
    members = [
        member(3, "0.40", "0.75", sure=True),
        member(1, "0.50", "0.60", sure=False),
    ]
    assert weighted_mean(members) == Bounds(Fraction(2, 5), Fraction(3, 4))


def test_without_a_sure_member_the_bounds_are_the_extremes() -> None:
    members = [
        member(5, "0.3", "0.4", sure=False),
        member(1, "0.1", "0.9", sure=False),
    ]
    assert weighted_mean(members) == Bounds(Fraction(1, 10), Fraction(9, 10))


def test_a_weight_between_bounds_pulls_as_far_as_it_may() -> None:
    """Lots of 10 at 3, and of 1 to 30 at 0: the sixth worked example."""
    members = [
        Member(Weight(10, 10), Bounds(Fraction(1), Fraction(1))),
        Member(Weight(1, 30), Bounds(Fraction(0), Fraction(0))),
    ]
    assert weighted_mean(members) == Bounds(Fraction(1, 4), Fraction(10, 11))


def test_nothing_has_no_mean() -> None:
    assert weighted_mean([]) is None


def test_the_mean_of_sure_values_is_weighted() -> None:
    assert mean_of([(Fraction(1), 1), (Fraction(0), 2)]) == Fraction(1, 3)


WEIGHTS = st.integers(0, 4)


@given(st.lists(st.tuples(WEIGHTS, WEIGHTS, RATIOS, RATIOS), max_size=6))
def test_the_bounds_are_those_of_brute_force(
    drawn: list[tuple[int, int, Fraction, Fraction]],
) -> None:
    members = [
        Member(Weight(min(v, w), max(v, w)), Bounds(min(a, b), max(a, b)))
        for v, w, a, b in drawn
        if max(v, w)
    ]
    found = weighted_mean(members)
    means = [
        (
            sum(w * each.bounds.low for w, each in chosen) / total,
            sum(w * each.bounds.high for w, each in chosen) / total,
        )
        for weights in product(*[(m.weight.least, m.weight.most) for m in members])
        for chosen in [list(zip(weights, members, strict=True))]
        if (total := sum(weights))
    ]
    assert (found is None) == (not means)
    if found:
        assert found.low == min(low for low, _ in means)
        assert found.high == max(high for _, high in means)
