from hypothesis import given
from hypothesis import strategies as st

from diag.tui.text import content, line, plain


@given(st.text())
def test_a_line_holds_nothing_that_a_terminal_would_obey(text: str) -> None:
    shown = line(text)
    assert "\n" not in shown
    assert not [char for char in shown if ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0]
    assert plain(text).plain == shown


@given(st.text(alphabet="[]/=\\ab", max_size=20))
def test_brackets_are_letters(text: str) -> None:
    assert content(text).plain == plain(text).plain == text
