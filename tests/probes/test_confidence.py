"""How far a figure may be believed: more doubts never make it more believable."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.model.measure import Confidence, MeasureContext, MeasuredFigure
from diag.probes import MOMENT, ProbeFinding, believed, believed_together, spread_of
from tests.probes.builders import DOWN, NOON

WIRED = MeasureContext(is_wired=True, link_mbit=1000)


def fast(value: float = 48.0, **stats: float) -> ProbeFinding:
    return ProbeFinding(DOWN, value, "Mbit/s", stats={"steady_s": 8.0, **stats})


@pytest.mark.parametrize(
    ("found", "context", "why"),
    [
        (fast(), MeasureContext(is_wired=False), "Wi-Fi"),
        (fast(), MeasureContext(is_wired=True, has_vpn=True), "VPN"),
        (fast(95), MeasureContext(is_wired=True, link_mbit=100), "100 Mbit/s du lien"),
        (fast(nic_ratio=1.79), WIRED, "autre trafic"),
        (fast(steady_s=3.9), WIRED, "moins de 4 secondes"),
        (fast(spread=0.16), WIRED, "irrégulier"),
        (fast(errors=1), WIRED, "coupées"),
        (fast(clock_jump_s=3600), WIRED, "horloge"),
        (ProbeFinding(DOWN, 1.0, "Mbit/s", doubts=("au moins",)), WIRED, "au moins"),
    ],
)
def test_each_doubt_is_told_and_makes_it_low(
    found: ProbeFinding, context: MeasureContext, why: str
) -> None:
    level, reasons = believed(found, context)
    assert level is Confidence.LOW
    assert any(why in one for one in reasons)


def test_alone_and_without_a_doubt_it_is_medium() -> None:
    assert believed(fast(nic_ratio=1.055), WIRED) == (Confidence.MEDIUM, ())
    in_room = ProbeFinding("wifi.debit", 48.0, "Mbit/s")
    assert believed(in_room, MeasureContext(is_wired=False))[0] is Confidence.MEDIUM
    short = ProbeFinding(
        "wifi.debit_descendant", 48.0, "Mbit/s", stats={"steady_s": 2.1}
    )
    assert believed(short, MeasureContext())[0] is Confidence.MEDIUM
    settled = fast(steady_s=3.0, is_settled=1)
    assert believed(settled, WIRED)[0] is Confidence.MEDIUM


STATS = st.dictionaries(
    st.sampled_from(["nic_ratio", "steady_s", "spread", "errors", "clock_jump_s"]),
    st.floats(0, 100),
)


@given(
    stats=STATS,
    wired=st.sampled_from([True, False, None]),
    vpn=st.booleans(),
    link=st.one_of(st.none(), st.floats(0, 10_000)),
    value=st.floats(0, 10_000),
)
def test_one_alone_is_never_high_and_never_low_without_a_reason(
    *,
    stats: dict[str, float],
    wired: bool | None,
    vpn: bool,
    link: float | None,
    value: float,
) -> None:
    context = MeasureContext(is_wired=wired, has_vpn=vpn, link_mbit=link)
    level, reasons = believed(ProbeFinding(DOWN, value, "Mbit/s", stats=stats), context)
    assert (level is Confidence.LOW) == bool(reasons)
    assert level is not Confidence.HIGH


def figure(minutes: float, value: float = 48.0, **given: object) -> MeasuredFigure:
    at = NOON + timedelta(minutes=minutes)
    words = {"at": at, "is_controlled": True, **given}
    return MeasuredFigure(DOWN, value, **words)  # type: ignore[arg-type]


def test_three_that_agree_at_two_moments_are_high() -> None:
    late = MOMENT.total_seconds() / 60
    three = [figure(0), figure(1, 47.0), figure(late, 48.5)]
    assert believed_together(three) == (Confidence.HIGH, ())
    for others in (
        three[:2],
        [*three[:2], figure(2)],
        [*three[:2], figure(late, 60.0)],
        [*three[:2], figure(late, is_controlled=False)],
        [*three[:2], figure(late, at=None)],
    ):
        assert believed_together(others)[0] is Confidence.MEDIUM
    doubted = figure(late, confidence=Confidence.LOW, reasons=("mesurée en Wi-Fi",))
    assert believed_together([*three, doubted]) == (
        Confidence.LOW,
        ("mesurée en Wi-Fi",),
    )


@given(st.lists(st.floats(0.1, 1e5), min_size=1))
def test_a_spread_is_none_only_when_all_are_one(values: list[float]) -> None:
    assert (spread_of(values) == 0) == (len(set(values)) == 1)
