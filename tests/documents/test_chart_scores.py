"""Scores as bars: the words beside a bar, and the bounds that it spans."""

from hypothesis import given
from hypothesis import strategies as st

from diag.documents.drawings import Bar, draw_scores


def test_the_drawing_tells_every_score_in_words() -> None:
    found = draw_scores([
        Bar("Wi-Fi & cie", "entre 0 et 100", (0, 100)),
        Bar("Salles", "sans objet", None),
    ])
    assert found is not None
    assert found.words == "Wi-Fi & cie : entre 0 et 100 ; Salles : sans objet."
    assert "Wi-Fi &amp; cie" in found.body


@given(st.integers(0, 100), st.integers(0, 100))
def test_bars_stay_in_the_frame(one: int, other: int) -> None:
    low, high = sorted((one, other))
    found = draw_scores([Bar("a", "des mots", (low, high))])
    assert found is not None
    assert 'width="-' not in found.body
    assert found.body.count("<rect") == 1 + (low > 0) + (high > low)
