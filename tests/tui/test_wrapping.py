"""A closing « » » or a « ? » never begins a line alone."""

from hypothesis import given
from hypothesis import strategies as st
from textual.content import Content

from diag.tui.text import wrapped

NBSP, NNBSP = "\u00a0", "\u202f"


def test_a_no_break_space_keeps_its_neighbours_together() -> None:
    asked = Content(f"«{NBSP}Combien sont là{NNBSP}?{NBSP}»")

    lines = [one.plain for one in wrapped(asked, 16)]

    assert lines == [f"«{NBSP}Combien sont", f"là{NNBSP}?{NBSP}»"]


def test_styles_stay_on_their_words() -> None:
    text = Content.assemble("un ", (f"deux{NBSP}trois", "bold"))

    second = wrapped(text, 10)[1]

    assert second.plain == f"deux{NBSP}trois"
    assert [(one.start, one.end) for one in second.spans] == [(0, 10)]


def test_a_text_that_fits_and_one_that_does_not_break_at_line_ends_alike() -> None:
    text = Content("un\n\ndeux trois")

    assert [one.plain for one in wrapped(text, 40)] == ["un", "", "deux trois"]
    assert [one.plain for one in wrapped(text, 6)] == ["un", "", "deux", "trois"]


@given(st.text(alphabet=f"ab/ {NBSP}{NNBSP}", max_size=60), st.integers(0, 20))
def test_no_letter_is_lost(text: str, width: int) -> None:
    lines = wrapped(Content(text), width)

    assert lines
    assert "".join("".join(one.plain.split()) for one in lines) == "".join(text.split())


def test_a_path_too_long_for_a_line_is_cut_after_a_folder() -> None:
    text = Content("Écrit dans /home/lucie/exports/avant-de-partir.md, à imprimer")

    assert [one.plain for one in wrapped(text, 22)] == [
        "Écrit dans",
        "/home/lucie/exports/",
        "avant-de-partir.md, à",
        "imprimer",
    ]


def test_a_word_without_a_folder_is_cut_where_it_must() -> None:
    assert [one.plain for one in wrapped(Content("et/ou abcdefgh"), 5)] == [
        "et/ou",
        "abcde",
        "fgh",
    ]
