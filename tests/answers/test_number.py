"""A number is read in the unit of its question, whatever unit it was typed in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.answers.number import in_unit
from diag.model.text import Number, canonical_number


@pytest.mark.parametrize(
    ("typed", "unit", "expected"),
    [
        ("1Gbit/s", "Mbit/s", 1000),
        ("1,5 Gb/s", "Mbit/s", 1500),
        ("100 MBIT/S", "Mbit/s", 100),
        ("512kbps", "Mbit/s", "0.512"),
        ("10 Mo/s", "Mbit/s", 80),
        ("2 To", "Go", 2000),
        ("512Mo", "Go", "0.512"),
        ("120 cm", "m", "1.2"),
        ("2s", "ms", 2000),
        ("1,5 kW", "W", 1500),
        ("1 200 euros", "€", 1200),
        ("12 prises", "prise", 12),
        ("2 chevaux", "cheval", 2),
        ("65", "", 65),
    ],
)
def test_a_unit_is_dropped_or_converted(
    typed: str, unit: str, expected: Number
) -> None:
    assert in_unit(typed, unit) == expected


@pytest.mark.parametrize(
    ("typed", "unit"),
    [("Gbit/s", "Mbit/s"), ("3 m", "prise"), ("3 Go", "m"), ("3 h", "W"), ("", "m")],
)
def test_another_unit_is_no_number(typed: str, unit: str) -> None:
    with pytest.raises(ValueError, match="n'est pas un nombre"):
        in_unit(typed, unit)


@given(st.decimals(-10_000, 10_000, places=3), st.sampled_from(["Mbit/s", "m", ""]))
def test_a_number_in_its_own_unit_is_itself(number: object, unit: str) -> None:
    assert in_unit(f"{number} {unit}", unit) == canonical_number(number)
