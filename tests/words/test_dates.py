"""Dates and durations in French."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.model.errors import DiagError
from diag.words.dates import (
    day_of,
    day_typed,
    describe_day,
    describe_duration,
    hour_words,
    later,
    long_date,
)


def test_a_first_is_written_1er() -> None:
    assert long_date(date(2026, 3, 1)) == "1er mars 2026"
    assert long_date(date(2026, 8, 12)) == "12 août 2026"


def test_a_text_that_is_no_date_is_left_alone() -> None:
    assert describe_day("2026-02-11") == "11 février 2026"
    assert describe_day("2018-10") == "octobre 2018"
    assert [describe_day(one) for one in ("2019", "", "2026-13-40")] == [
        "2019",
        "",
        "2026-13-40",
    ]


@pytest.mark.parametrize(
    ("duration", "day"),
    [
        ("P7D", date(2026, 2, 7)),
        ("P1M", date(2026, 2, 28)),
        ("P13M", date(2027, 2, 28)),
        ("P1Y6M", date(2027, 7, 31)),
        ("P2W", date(2026, 2, 14)),
        ("PT24H", date(2026, 2, 1)),
        ("PT25H", date(2026, 2, 2)),
    ],
)
def test_a_duration_leads_to_a_day(duration: str, day: date) -> None:
    assert later(date(2026, 1, 31), duration) == day


@pytest.mark.parametrize("text", ["", "P", "PT", "7D", "P1D2", "P1.5Y", "P1DT"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="durée"):
        later(date(2026, 1, 31), text)


@given(
    st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 60), st.integers(0, 60)
)
def test_a_longer_delay_is_never_earlier(day: date, short: int, more: int) -> None:
    assert later(day, f"P{short}M") <= later(day, f"P{short + more}M")


def test_a_duration_is_said_in_words() -> None:
    said = ("P15Y", "P1Y6M", "P1D", "P2W", "PT24H", "", "P0D")
    assert [describe_duration(one) for one in said] == [
        "15 ans",
        "1 an et 6 mois",
        "1 jour",
        "2 semaines",
        "24 heures",
        "",
        "sans délai",
    ]


def test_a_wall_clock_is_the_same_day_everywhere() -> None:
    assert day_of(1_773_000_000_000) == date(2026, 3, 8)


DAY = date(2026, 10, 5)


def test_an_hour_is_said_at_midnight_too() -> None:
    assert [hour_words(at * 60_000) for at in (5, 600, 605)] == [
        "0\u00a0h\u00a005",
        "10\u00a0h",
        "10\u00a0h\u00a005",
    ]


@pytest.mark.parametrize(
    "typed", ["05/10/2026", "5/10/26", " 5/10/2026", "5.10.2026", "2026-10-05"]
)
def test_a_day_is_typed_as_one_writes_it(typed: str) -> None:
    assert day_typed(typed) == DAY


@pytest.mark.parametrize("typed", ["5/10", "0510", "5 oct."])
def test_a_day_whose_year_nothing_says_asks_for_it(typed: str) -> None:
    with pytest.raises(DiagError, match=f"« {typed} » ne dit pas l'année. Ajoutez-la"):
        day_typed(typed)


@pytest.mark.parametrize("typed", ["", "demain", "31/02/2026", "//"])
def test_what_is_no_day_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(DiagError, match="31/01/2027"):
        day_typed(typed)


@pytest.mark.parametrize(
    ("typed", "past", "coming"),
    [
        ("28/11", date(2026, 11, 28), date(2027, 11, 28)),
        ("2811", date(2026, 11, 28), date(2027, 11, 28)),
        (" 28.11 ", date(2026, 11, 28), date(2027, 11, 28)),
        ("28 nov", date(2026, 11, 28), date(2027, 11, 28)),
        ("29/11", date(2026, 11, 29), date(2026, 11, 29)),
        ("1er décembre", date(2025, 12, 1), date(2026, 12, 1)),
        ("29/2", date(2024, 2, 29), date(2028, 2, 29)),
        ("28/11/25", date(2025, 11, 28), date(2025, 11, 28)),
        ("281125", date(2025, 11, 28), date(2025, 11, 28)),
        ("hier", date(2026, 11, 28), date(2026, 11, 28)),
        ("Aujourd'hui", date(2026, 11, 29), date(2026, 11, 29)),
    ],
)
def test_a_day_without_its_year_is_the_nearest_past_or_to_come(
    typed: str, past: date, coming: date
) -> None:
    today = date(2026, 11, 29)

    assert day_typed(typed, until=today) == past
    assert day_typed(typed, since=today) == coming


@pytest.mark.parametrize(
    "typed", ["31/02", "11/26", "28", "novembre", "28/11/", "2813"]
)
def test_what_is_no_day_of_any_year_is_refused(typed: str) -> None:
    for way in ({"until": DAY}, {"since": DAY}):
        with pytest.raises(DiagError, match="n'est pas une date"):
            day_typed(typed, **way)


@pytest.mark.parametrize("typed", ["01/01/1066", "9999-12-31"])
def test_a_day_far_from_any_audit_is_refused(typed: str) -> None:
    with pytest.raises(DiagError, match="de 1990 à 2100"):
        day_typed(typed)
