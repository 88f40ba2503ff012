"""Scores as bars: the words decide, whatever they are."""

from hypothesis import given
from hypothesis import strategies as st

from diag.documents.drawings import Bar, scores_drawing
from diag.documents.parts.frame import SCORE_COLUMN


def test_a_bar_spans_what_the_words_say() -> None:
    assert Bar("a", "58").span == (58, 58)
    assert Bar("a", "entre 47 et 61").span == (47, 61)
    assert Bar("a", "sans objet").span is None


def test_the_drawing_tells_every_score_in_words() -> None:
    found = scores_drawing([
        ["Domaine", SCORE_COLUMN],
        ["Wi-Fi & cie", "entre 0 et 100"],
        ["Salles", "sans objet"],
    ])
    assert found is not None
    assert found.words == "Wi-Fi & cie : entre 0 et 100 ; Salles : sans objet."
    assert "Wi-Fi &amp; cie" in found.body


@given(st.integers(0, 100), st.integers(0, 100))
def test_bars_stay_in_the_frame(one: int, other: int) -> None:
    low, high = sorted((one, other))
    words = f"entre {low} et {high}" if low != high else str(low)
    found = scores_drawing([["Domaine", SCORE_COLUMN], ["a", words]])
    assert found is not None
    assert 'width="-' not in found.body
    assert found.body.count("<rect") == 1 + (low > 0) + (high > low)
