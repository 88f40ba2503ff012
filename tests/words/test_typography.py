"""Spaces become French; nothing else ever changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.words.figures import NBSP, NNBSP, french

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
