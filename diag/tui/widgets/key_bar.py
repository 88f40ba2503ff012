"""The last line of a screen: the keys possible now, each of which can be clicked.

Textual's own footer mounts a widget a key, lays the screen out again at each change
and keeps the keys that it drew (Textualize/textual #6666); this is one line of text.
"""

from collections.abc import Iterator
from itertools import accumulate
from typing import NamedTuple

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget


class Shown(NamedTuple):
    """A key as the line shows it."""

    key: str
    """As Textual names it."""
    name: str
    """As the keyboard has it written."""
    title: str
    enabled: bool
    tip: str

    @property
    def width(self) -> int:
        """How many columns it takes."""
        return cell_len(self.name) + cell_len(self.title) + 3


class KeyBar(Widget):
    """Keys and their words; those that do not fit whole are left to the help."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    KeyBar {
        dock: bottom;
        height: 1;
        width: 1fr;
        text-wrap: nowrap;
        color: $footer-foreground;
        background: $footer-background;
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._possible: tuple[Shown, ...] | None = None

    @property
    def possible(self) -> tuple[Shown, ...]:
        """The keys to show, if there is room."""
        if self._possible is None:
            self._possible = tuple(_possible(self.screen))
        return self._possible

    @property
    def shown(self) -> tuple[Shown, ...]:
        """The keys that the line has room for."""
        ends = accumulate(each.width for each in self.possible)
        return self.possible[: sum(end <= self.size.width for end in ends)]

    def on_mount(self) -> None:
        """Follow what is possible."""
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def render(self) -> Content:
        """Draw the line."""
        return Content("").join(map(_drawn, self.shown))

    def on_click(self, event: events.Click) -> None:
        """Press the key that is clicked."""
        found = self._under(event.x)
        if found and found.enabled:
            self.app.simulate_key(found.key)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Have the tooltip say what the key under the pointer does."""
        found = self._under(event.x)
        self.tooltip = found.tip if found else None

    def _changed(self, screen: Screen[object]) -> None:
        possible = tuple(_possible(screen))
        if possible != self._possible:
            self._possible = possible
            self.refresh()

    def _under(self, x: int) -> Shown | None:
        for each in self.shown:
            if x < each.width:
                return each
            x -= each.width
        return None


def _possible(screen: Screen[object]) -> Iterator[Shown]:
    """Give the keys to show, one an action, nearest to the focus first."""
    seen: set[str] = set()
    for _, binding, enabled, tip in screen.active_bindings.values():
        if binding.show and binding.action not in seen:
            seen.add(binding.action)
            name = screen.app.get_key_display(binding)
            yield Shown(binding.key, name, binding.description, enabled, tip)


def _drawn(key: Shown) -> Content:
    dim = "" if key.enabled else "dim "
    name = Content.styled(f" {key.name} ", f"{dim}bold $footer-key-foreground")
    return name + Content.styled(f"{key.title} ", dim.strip())
