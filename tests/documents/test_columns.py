"""Columns: room for the longest word first, then long texts give way."""

from hypothesis import given
from hypothesis import strategies as st

from diag.documents.document import column_shares

CELL = st.text("abc ", max_size=80)


def test_short_columns_get_what_they_ask() -> None:
    assert column_shares([["Domaine", "Score"], ["Wi-Fi", "52"]]) == (12, 10)


def test_a_long_column_gives_way_and_a_long_word_does_not() -> None:
    long = " ".join(["mot"] * 60)
    words, fixed = column_shares([["Constat", "Priorité"], [long, "immédiatement"]])
    assert fixed >= len("immédiatement")
    assert words > fixed


def test_what_is_left_goes_where_most_text_is() -> None:
    long, middling = "mot " * 120, "mot " * 20
    texts, others, short = column_shares([["A", "B", "C"], [long, middling, "oui"]])
    assert texts > others + 20
    assert short >= len("oui")
    assert texts + others + short == 104


def test_what_no_break_spaces_join_stays_on_one_line() -> None:
    day = "13\u00a0novembre\u00a02026"
    assert column_shares([["Avant le", "Action"], [day, "Un mot. " * 40]])[0] >= len(
        day
    )


def test_a_date_read_in_a_wider_font_stays_on_one_line() -> None:
    day = "20\u00a0novembre\u00a02026"
    rows = [["Ce qui est soumis au vote", "Séance"], ["Un mot. " * 40, day]]
    assert column_shares(rows, spare=18)[1] >= len(day) * 118 // 100


@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=5))
def test_every_column_is_as_wide_as_its_longest_word(
    rows: list[tuple[str, str, str]],
) -> None:
    for column, share in zip(zip(*rows, strict=True), column_shares(rows), strict=True):
        longest = max(len(word) for cell in column for word in cell.split(" "))
        assert share >= min(longest, 60)
