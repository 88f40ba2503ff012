"""Aide: what is possible where one was, made from the commands themselves."""

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar

from textual.app import ComposeResult

from diag.tui.commands import Back, CommandType, OpenPalette, bindings_of
from diag.tui.screens.place import PlaceScreen
from diag.tui.widgets.lines import Column, Line, Lines


class HelpScreen(PlaceScreen):
    """One line a command, under the heading of its group."""

    OFFERS: ClassVar[tuple[CommandType, ...]] = (Back, OpenPalette)
    BINDINGS = bindings_of(*OFFERS)

    def __init__(self, introduction: str, commands: Sequence[CommandType]) -> None:
        super().__init__()
        self._introduction = introduction
        self._commands = commands

    def body(self) -> ComposeResult:
        """Lay out the list."""
        yield Lines((Column("Touche", 16), Column("", 18), Column("Ce qu'elle fait")))

    def on_mount(self) -> None:
        """List the commands."""
        self.tell("Aide", self._introduction)
        lines = self.query_one(Lines)
        lines.show(tuple(help_lines(self._commands)))
        lines.focus()


def help_lines(commands: Iterable[CommandType]) -> Iterator[Line]:
    """Return the lines of the help, each group under its heading."""
    groups: dict[str, list[CommandType]] = {}
    for command in dict.fromkeys(commands):
        groups.setdefault(command.GROUP, []).append(command)
    for name, members in groups.items():
        yield Line("", (f" {name}",))
        for command in members:
            keys = command.key_names() or "Ctrl+P"
            yield Line(command.__name__, (keys, command.TITLE, command.help_text()))
