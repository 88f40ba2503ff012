from hypothesis import given
from hypothesis import strategies as st
from textual.binding import Binding
from textual.keys import _character_to_key

from diag.model.text import TWINS as CHARACTERS
from diag.model.text import as_digits
from diag.tui.commands import TWINS, Help, bindings_of, digit_of, key_name, with_twins
from diag.tui.place import help_rows
from diag.tui.rooms import ChooseAspect


def test_the_twins_are_the_keys_that_a_french_row_gives() -> None:
    assert {
        digit: _character_to_key(char) for char, digit in CHARACTERS.items()
    } == TWINS


def test_a_digit_is_read_shifted_or_not() -> None:
    assert [digit_of(key) for key in ("ampersand", "é", "à", "7", "a")] == [
        "1",
        "2",
        "0",
        "7",
        None,
    ]


def test_a_number_typed_without_shift_is_read() -> None:
    assert as_digits('&é"') == "123"


def test_a_binding_on_a_digit_has_its_twin() -> None:
    assert with_twins("1,f2") == "1,ampersand,f2"


def test_a_capital_does_what_its_letter_does() -> None:
    assert with_twins("s,space") == "s,S,space"


def test_a_run_of_digits_is_one_name() -> None:
    assert ChooseAspect.key_names() == "1 à 8"
    (shown,) = bindings_of(ChooseAspect)
    assert isinstance(shown, Binding)
    assert shown.key_display == "1 à 8"


def test_the_help_says_what_is_done_here_before_what_is_done_everywhere() -> None:
    words = [row.text.plain for row in help_rows("", (Help, ChooseAspect))]
    assert words.index("Ici") < words.index("Partout")


def test_keys_are_named_as_on_a_french_keyboard() -> None:
    assert key_name("ctrl+p") == "Ctrl+P"
    assert key_name("shift+enter") == "Maj+Entrée"
    assert key_name("escape") == "Échap"
    assert key_name("f2") == "F2"
    assert key_name("h") == "h"


@given(st.text(alphabet="0123456789", min_size=1, max_size=6))
def test_digits_come_back_as_they_are(text: str) -> None:
    assert as_digits(text) == text
