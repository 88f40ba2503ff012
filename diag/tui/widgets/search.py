"""A search over a list: one types, the list follows, Enter opens what stands first.

Both take their keys in the order in which they came, so that a name typed in one go,
Enter included, opens what it names.
"""

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widgets import Input

from diag.tui.sturdy import Sturdy
from diag.tui.widgets.lines import Lines

_MOVES = {"up": -1, "down": 1}
_PAGES = {"pageup": -1, "pagedown": 1}
_BEGINS = "/"


class SearchField(Sturdy, Input):
    """Where one types; arrows move in the list, Enter opens what its cursor is on."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Ouvrir", key_display="Entrée"),
        Binding("down", "move(1)", "Liste", key_display="↓"),
        Binding("escape", "screen.command('ClearSearch')", "Tout", key_display="Échap"),
    ]
    """Told in the footer, and clicked there: their keys are taken as they come."""

    def __init__(self, lines: "SearchedLines", placeholder: str) -> None:
        super().__init__(placeholder=placeholder, select_on_focus=False)
        self.cursor_blink = False
        self._lines = lines

    def on_key(self, event: events.Key) -> None:
        """Take the keys that are the list's."""
        if event.key in _MOVES:
            self.action_move(_MOVES[event.key])
        elif event.key in _PAGES:
            self._lines.action_page(_PAGES[event.key])
        elif event.key == "enter":
            self.action_open()
        else:
            return
        event.stop()
        event.prevent_default()

    def action_open(self) -> None:
        """Open what the list's cursor is on."""
        self._lines.entered()

    def action_move(self, step: int) -> None:
        """Move in the list."""
        self._lines.action_move(step)

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
