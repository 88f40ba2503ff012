"""Units go together by their words."""

import pytest

from diag.rules.expressions import PURE, Unit


def test_a_unit_over_another_is_the_one_an_author_writes() -> None:
    rate, seat = Unit.of("Mbit/s"), Unit.of("poste")
    assert rate.over(seat) == Unit.of("Mbit/s/poste")
    assert rate.over(seat).times(seat) == rate
    assert rate.over(rate) == PURE


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        (Unit.of("Mbit/s"), "Mbit/s"),
        (Unit.of(""), "sans unité"),
        (Unit.of("1/s"), "1/s"),
        (Unit.of("m").times(Unit.of("m")), "m·m"),
        (PURE.over(Unit.of("poste")), "1/poste"),
    ],
)
def test_a_unit_is_written_as_a_person_would(unit: Unit, text: str) -> None:
    assert str(unit) == text
