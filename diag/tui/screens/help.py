"""Aide: what is possible where one was, made from the commands themselves."""

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.events import Key
from textual.widgets import Static

from diag.tui.commands import (
    NO_CHOICE,
    Back,
    Command,
    CommandType,
    Discover,
    OpenKeys,
    OpenPalette,
    bindings_of,
)
from diag.tui.screens.place import PlaceScreen

_IN_PALETTE = "(palette)"
"""Shown for a command that has no key: Ctrl+P finds it by its name."""


class KeysHere(Command):
    """Choisir les touches des commandes, ou revenir à celles d'origine."""

    KEYS = "r"
    TITLE = OpenKeys.TITLE
    IN_FOOTER = True


class DiscoverHere(Command):
    """Revoir la découverte : le travail en cinq étapes, et leurs touches."""

    KEYS = "d"
    TITLE = Discover.TITLE
    IN_FOOTER = True


class HelpScreen(PlaceScreen):
    """Each command, its keys and what it does, under the heading of its group."""

    CSS_PATH = "help.tcss"
    OFFERS: ClassVar[tuple[CommandType, ...]] = (
        KeysHere,
        DiscoverHere,
        Back,
        OpenPalette,
    )
    BINDINGS = bindings_of(*OFFERS)

    def __init__(self, introduction: str, commands: Sequence[CommandType]) -> None:
        super().__init__()
        self._introduction = introduction
        self._commands = commands

    def body(self) -> ComposeResult:
        """Lay out the list; it scrolls with the arrows."""
        with VerticalScroll():
            yield Static(id="table")

    def key_f1(self, event: Key) -> None:
        """Leave the help by the key that opened it."""
        event.stop()
        self.diag.go_back()

    def on_screen_resume(self) -> None:
        """Write the list again: keys may have been changed."""
        table = help_table(self._introduction, self._commands, self.diag.keys)
        self.query_one("#table", Static).update(table)

    def on_keys_here(self) -> None:
        """Show the keys, to change them."""
        self.diag.on_open_keys()

    def on_discover_here(self) -> None:
        """Show the five steps again."""
        self.diag.on_discover()

    def on_mount(self) -> None:
        """Say what this is."""
        self.tell("Aide", "ce qui est possible ici")
        self.query_one(VerticalScroll).focus()


def help_table(
    introduction: str,
    commands: Iterable[CommandType],
    chosen: Mapping[str, str] = NO_CHOICE,
) -> Table:
    """Return the help: text of the commands themselves, wrapped to the width."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), expand=True)
    table.add_column(width=13, style="bold")
    table.add_column(ratio=1)
    if introduction:
        table.add_row("", Text(introduction))
    groups: dict[str, list[CommandType]] = {}
    for command in dict.fromkeys(commands):
        groups.setdefault(command.GROUP, []).append(command)
    for name, members in groups.items():
        table.add_row("", "")
        table.add_row("", Text(name, style="bold underline"))
        for command in members:
            keys = command.key_names(chosen) or _IN_PALETTE
            table.add_row(Text(keys), _told(command))
    return table


def _told(command: CommandType) -> Text:
    return Text.assemble((command.TITLE, "bold"), "  ", command.help_text())
