"""Scores as bars: the words decide, whatever they are."""

from hypothesis import given
from hypothesis import strategies as st

from diag.reports.chart import Bar, bars_of, drawing


def test_a_bar_spans_what_the_words_say() -> None:
    assert Bar("a", "58").span == (58, 58)
    assert Bar("a", "entre 47 et 61").span == (47, 61)
    assert Bar("a", "sans objet").span is None


def test_no_score_no_drawing() -> None:
    assert not bars_of([["Domaine", "Complétude"], ["Wi-Fi", "40 %"]])
    assert not bars_of([])
    assert bars_of([["Domaine", "Score sur 100"], ["Wi-Fi", "40"]]) == [
        Bar("Wi-Fi", "40")
    ]


def test_the_drawing_is_described_in_words() -> None:
    drawn = drawing(
        [Bar("Wi-Fi & cie", "entre 0 et 100"), Bar("Salles", "sans objet")], "t"
    )
    assert 'aria-labelledby="t-titre t-texte"' in drawn
    assert "Wi-Fi &amp; cie : entre 0 et 100 ; Salles : sans objet." in drawn


@given(st.integers(0, 100), st.integers(0, 100))
def test_bars_stay_in_the_frame(one: int, other: int) -> None:
    low, high = sorted((one, other))
    words = f"entre {low} et {high}" if low != high else str(low)
    drawn = drawing([Bar("a", words)], "t")
    assert 'width="-' not in drawn
    assert drawn.count("<rect") == 1 + (low > 0) + (high > low)
