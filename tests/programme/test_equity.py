"""Groups of communes by IPS: whole, in order, never so small that one is pointed at."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from diag.programme.figures import FIFTHS, LEAST, CommuneShare, ips_groups, spread

euros = st.integers(0, 5_000).map(lambda one: one * 100)
ips = st.one_of(st.none(), st.integers(700, 1300).map(lambda one: Fraction(one, 10)))


@st.composite
def some_shares(draw: st.DrawFn) -> list[CommuneShare]:
    return [
        CommuneShare(
            f"{at:05}",
            f"Commune {at}",
            draw(st.integers(1, 400)),
            draw(ips),
            need := draw(euros),
            need // draw(st.integers(1, 4)),
            0,
            draw(euros),
            0,
        )
        for at in range(draw(st.integers(0, 40)))
    ]


@given(some_shares())
def test_groups_hold_five_communes_at_least_and_lose_none(
    shares: list[CommuneShare],
) -> None:
    known = [one for one in shares if one.ips is not None]
    groups = ips_groups(shares)
    if len(known) < 2 * LEAST:
        assert groups == ()
        return
    assert 2 <= len(groups) <= FIFTHS
    assert len(groups) == FIFTHS or len(known) < FIFTHS * LEAST
    sizes = [one.communes for one in groups]
    assert min(sizes) >= LEAST
    assert max(sizes) - min(sizes) <= 1
    assert sum(sizes) == len(known)
    for name in ("pupils", "need", "placed", "helped"):
        whole = sum(getattr(one, name) for one in known)
        assert sum(getattr(one, name) for one in groups) == whole
    bounds = [each for one in groups for each in (one.low, one.high)]
    assert bounds == sorted(bounds)
    assert len({one.words for one in groups}) == len(groups)


@given(some_shares())
def test_the_least_and_the_most_helped_stand_on_both_sides(
    shares: list[CommuneShare],
) -> None:
    found = spread(shares)
    asking = [one.per_pupil for one in shares if one.need and one.per_pupil is not None]
    if found is None:
        assert asking == []
        return
    assert found.communes == len(asking)
    assert found.least.per_pupil == min(asking)
    assert found.most.per_pupil == max(asking)
    below = sum(one <= found.median for one in asking)
    above = sum(one >= found.median for one in asking)
    assert min(below, above) * 2 >= len(asking)


def test_groups_are_named_by_how_many_there_are() -> None:
    def shares(many: int) -> list[CommuneShare]:
        return [
            CommuneShare(str(at), "", 1, Fraction(at), 0, 0, 0, 0, 0)
            for at in range(many)
        ]

    assert [one.words for one in ips_groups(shares(10))] == ["1re moitié", "2e moitié"]
    assert ips_groups(shares(27))[0].words == "1er cinquième"
    assert ips_groups(shares(27))[4].words == "5e cinquième"
