"""Numbers and money as French prints them."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.model.text import Bounds
from diag.words.sentences import (
    NBSP,
    NNBSP,
    displayed,
    euros,
    euros_and_cents,
    french,
    half_up,
    in_words,
    measure,
    number,
    out_of_100,
    percent,
    plural,
)
from tests.oracle import rounded


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (0, "0"),
        (1240, f"1{NNBSP}240"),
        (-3, "−3"),
        ("0.5", "0,5"),
        ("-1234.25", f"−1{NNBSP}234,25"),
        (Fraction(5, 2), "2,5"),
        (Fraction(1, 3), "0,33"),
        (Fraction(2), "2"),
    ],
)
def test_a_number_has_a_comma_and_spaced_thousands(
    value: int | str | Fraction, printed: str
) -> None:
    assert number(value) == printed


@pytest.mark.parametrize(
    ("value", "unit", "printed"),
    [
        ("12.5", "Mbit/s", "12,5 Mbit/s"),
        (1, "coupure", "1 coupure"),
        (2, "coupure", "2 coupures"),
        ("1.5", "jour", "1,5 jour"),
        (0, "prise posée", "0 prise posée"),
        (3, "prise posée", "3 prises posées"),
        (3, "terminal", "3 terminaux"),
        (6, "mois", "6 mois"),
        (5, "an", "5 ans"),
        (4, "jour de formation", "4 jours de formation"),
        (4, "", "4"),
    ],
)
def test_a_unit_that_is_a_word_agrees(
    value: int | str, unit: str, printed: str
) -> None:
    assert measure(value, unit).replace(NBSP, " ") == printed


def test_a_symbol_has_no_plural() -> None:
    assert [plural(unit) for unit in ("ms", "lux", "m²", "%", "dBm")] == [
        "ms",
        "lux",
        "m²",
        "%",
        "dBm",
    ]


def test_money_is_whole_or_to_the_cent() -> None:
    assert euros(1240) == f"1{NNBSP}240{NBSP}€"
    assert euros_and_cents(9550) == f"95,50{NBSP}€"
    assert euros_and_cents(Fraction(1, 2)) == f"0,01{NBSP}€"


def test_halves_go_up() -> None:
    assert [half_up(Fraction(n, 2)) for n in (1, 3, -1)] == [1, 2, 0]


def test_what_is_not_whole_is_never_told_to_be() -> None:
    assert percent(Fraction(999, 1000)) == f"99{NBSP}%"
    assert percent(Fraction(1)) == f"100{NBSP}%"


@pytest.mark.parametrize(
    ("ratio", "shown"),
    [("0", 0), ("0.004", 0), ("0.005", 1), ("1/3", 33), ("2/3", 67), ("0.995", 100)],
)
def test_a_half_is_rounded_up(ratio: str, shown: int) -> None:
    assert out_of_100(Fraction(ratio)) == shown


@given(st.fractions(0, 1))
def test_rounding_is_that_of_the_schoolbook(ratio: Fraction) -> None:
    assert out_of_100(ratio) == rounded(ratio)


def test_each_bound_is_rounded_by_itself() -> None:
    assert displayed(Bounds(Fraction(469, 1000), Fraction(2, 3))) == (47, 67)


def test_equal_rounded_bounds_are_one_number() -> None:
    assert in_words(Bounds(Fraction(579, 1000), Fraction(58, 100))) == "58"
    assert in_words(Bounds(Fraction(47, 100), Fraction(61, 100))) == "entre 47 et 61"


SPACES = str.maketrans({NBSP: " ", NNBSP: " "})


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("Pourquoi ?", "Pourquoi~?"),
        ("Oui ; non !", "Oui~; non~!"),
        ("Durée : 3 jours", "Durée_: 3_jours"),
        ("l'école « du Moulin »", "l'école «_du Moulin_»"),
        ("1 240 €", "1~240_€"),
        ("12 400 500 élèves", "12~400~500 élèves"),
        ("12 Mbit/s, 40 %", "12_Mbit/s, 40_%"),
        ("n° 5, art. L. 212-4, p. 12", "n°_5, art._L._212-4, p._12"),
        ("article 7 II", "article_7_II"),
        ("articles MS 70 et PE 27 § 3", "articles_MS 70 et PE 27_§_3"),
        ("les articles, au 7 rue", "les articles, au 7 rue"),
        ("5 haies", "5 haies"),
        ("10:30 et https://exemple.fr/a?b=1", "10:30 et https://exemple.fr/a?b=1"),
        ("a;b", "a;b"),
        ("Vite!", "Vite!"),
        ("| :--- |", "| :--- |"),
        ("06 12 34 56 78", "06 12 34 56 78"),
    ],
)
def test_spaces_are_french(written: str, printed: str) -> None:
    assert french(written) == printed.replace("~", NNBSP).replace("_", NBSP)


@given(st.text(alphabet="a1 é;!?:«»%€n°p.\u00a0\u202f\n|-12340", max_size=40))
def test_only_spaces_change(text: str) -> None:
    assert french(text).translate(SPACES) == text.translate(SPACES)


@given(st.text(alphabet="a1 ;!?:«»%€n°.\u00a0\u202f0", max_size=40))
def test_french_of_french_is_itself(text: str) -> None:
    assert french(french(text)) == french(text)
