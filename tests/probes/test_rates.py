"""What a throughput is: properties of windows, of the early stop, of losses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.probes.load import (
    AGREEING,
    Stretch,
    by_second,
    has_settled,
    most_lost,
    next_post,
    quantile,
    rate,
    spread_of_seconds,
    stats_of,
)

MOMENTS = st.floats(0, 10)
STRETCHES = st.lists(
    st.builds(
        lambda start, length, size: Stretch(start, start + length, size),
        MOMENTS,
        st.floats(0, 3),
        st.integers(0, 10**7),
    ),
    max_size=40,
)
RATES = st.lists(st.floats(0, 1000), max_size=12)


def steady(mbit: float, seconds: float, step: float = 0.05) -> list[Stretch]:
    size = int(mbit * 1e6 / 8 * step)
    return [
        Stretch(at * step, (at + 1) * step, size) for at in range(int(seconds / step))
    ]


def test_a_steady_line_has_its_rate_in_every_window() -> None:
    line = steady(48, 10)
    assert rate(line, 2, 10) == pytest.approx(48)
    assert rate(line, 3.33, 4.21) == pytest.approx(48)
    assert by_second(line, 2, 10) == pytest.approx([48.0] * 8)


def test_a_post_that_began_in_the_warm_up_counts_for_its_share() -> None:
    assert rate([Stretch(1, 3, 2_000_000)], 2, 3) == pytest.approx(8)


@given(STRETCHES, MOMENTS, MOMENTS, MOMENTS)
def test_windows_side_by_side_move_what_the_whole_moves(
    stretches: list[Stretch], one: float, two: float, three: float
) -> None:
    start, middle, end = sorted((one, two, three))
    whole = rate(stretches, start, end) * (end - start)
    parts = rate(stretches, start, middle) * (middle - start)
    parts += rate(stretches, middle, end) * (end - middle)
    assert parts == pytest.approx(whole, rel=1e-6, abs=1e-6)


@given(RATES)
def test_it_stops_early_only_when_three_seconds_agree(seconds: list[float]) -> None:
    last = seconds[-3:]
    if has_settled(seconds):
        assert len(last) == 3
        middle = sorted(last)[1]
        assert all(abs(one - middle) <= AGREEING * middle for one in last)
    else:
        assert len(last) < 3 or max(last) == 0 or len({*last}) > 1


@given(st.floats(0.5, 1000), RATES)
def test_it_does_not_run_on_over_what_has_settled(
    mbit: float, before: list[float]
) -> None:
    assert has_settled([*before, mbit, mbit * 1.02, mbit * 0.99])
    assert not has_settled([*before, mbit, mbit * 1.2, mbit])


@given(st.integers(0, 300), st.integers(1, 300))
def test_a_loss_is_never_better_known_than_what_was_tried(
    lost: int, tried: int
) -> None:
    lost = min(lost, tried)
    bound = most_lost(lost, tried)
    assert lost / tried <= bound <= 1
    assert bound >= most_lost(lost * 10, tried * 10)


def test_none_lost_of_two_hundred_says_ten_times_more_than_of_twenty() -> None:
    assert most_lost(0, 200) == pytest.approx(0.0133, abs=1e-4)
    assert most_lost(0, 20) == pytest.approx(0.119, abs=1e-3)
    assert most_lost(0, 0) == 1


@given(st.lists(st.one_of(st.none(), st.floats(0, 1e4)), max_size=50))
def test_waits_are_told_in_order(waits: list[float | None]) -> None:
    stats = stats_of(waits)
    assert stats["n"] == len(waits)
    assert stats["lost"] == waits.count(None)
    if "p50" in stats:
        assert stats["min"] <= stats["p50"] <= stats["p95"] <= stats["max"]
        assert stats["jitter"] <= stats["max"] - stats["min"] + 0.02  # three rounded


@given(st.lists(st.floats(0, 1e4), min_size=1), st.floats(0, 1))
def test_a_quantile_is_among_its_values(values: list[float], share: float) -> None:
    assert min(values) <= quantile(values, share) <= max(values) * (1 + 1e-9)
    assert spread_of_seconds(values) >= 0


@given(st.integers(8 * 1024, 4 * 2**20), st.floats(0, 100))
def test_a_post_grows_or_shrinks_by_two_at_most(size: int, seconds: float) -> None:
    after = next_post(size, seconds)
    assert 8 * 1024 <= after <= 4 * 2**20
    assert size // 2 <= after <= 2 * size or after == 8 * 1024
