"""A search over a list: one types, the list follows, Enter opens what stands first.

Both take their keys in the order in which they came, so that a name typed in one go,
Enter included, opens what it names.
"""

from collections.abc import Callable

from textual import events
from textual.widgets import Input

from diag.tui.sturdy import Sturdy
from diag.tui.widgets.lines import Lines

_MOVES = {"up": -1, "down": 1}
_PAGES = {"pageup": -1, "pagedown": 1}
_BEGINS = "/"


class SearchField(Sturdy, Input):
    """Where one types; arrows move in the list, Enter opens what its cursor is on."""

    def __init__(self, lines: "SearchedLines", placeholder: str) -> None:
        super().__init__(placeholder=placeholder, select_on_focus=False)
        self.cursor_blink = False
        self._lines = lines

    def on_key(self, event: events.Key) -> None:
        """Take the keys that are the list's."""
        if event.key in _MOVES:
            self._lines.action_move(_MOVES[event.key])
        elif event.key in _PAGES:
            self._lines.action_page(_PAGES[event.key])
        elif event.key == "enter":
            self._lines.entered()
        else:
            return
        event.stop()
        event.prevent_default()

    def begin(self, text: str = "") -> None:
        """Begin another search; without a text, what is typed replaces the old one."""
        self.screen.set_focus(self)
        if text:
            self.value = text
            self.cursor_position = len(text)
        else:
            self.action_select_all()


class SearchedLines(Lines):
    """The list; `/`, a capital or a digit begins a search, small letters command."""

    field: SearchField
    """Where one types."""
    entered: Callable[[], object]
    """Opens what the cursor is on."""

    def on_key(self, event: events.Key) -> None:
        """Take what begins a search, and what follows in the same burst."""
        if self._takes(event.character if event.is_printable else None):
            event.stop()
            event.prevent_default()

    def key_enter(self, event: events.Key) -> None:
        """Open, once what was typed is looked for."""
        event.stop()
        self.entered()

    def _takes(self, character: str | None) -> bool:
        if not character:
            return False
        if self.screen.focused is self.field:
            self.field.replace(character, *self.field.selection)
        elif character == _BEGINS:
            self.field.begin()
        elif character.isupper() or character.isdigit():
            self.field.begin(character)
        else:
            return False
        return True
