"""Raccourcis: every command with its key, which can be another one."""

from collections.abc import Iterator
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from diag.tui.commands import Command, CommandType, bindings_of
from diag.tui.keymap import editable, normal, refusal
from diag.tui.keys import key_name
from diag.tui.plain import content
from diag.tui.screens.place import EVERYWHERE, PlaceScreen
from diag.tui.sturdy import Sturdy
from diag.tui.widgets.lines import TINY, Column, Line, Lines
from diag.tui.widgets.sentence import Sentence
from diag.words.sentences import counted


class ChangeKey(Command):
    """Donner une autre touche à la commande : elle est demandée, pressez-la."""

    KEYS = "enter,t"
    TITLE = "Changer"
    IN_FOOTER = True


class OwnKey(Command):
    """Rendre à la commande sa touche d'origine."""

    KEYS = "delete"
    TITLE = "D'origine"
    IN_FOOTER = True


class AllOwnKeys(Command):
    """Rendre à toutes les commandes leurs touches d'origine."""

    KEYS = "z"
    TITLE = "Toutes d'origine"
    IN_FOOTER = True


class KeysScreen(PlaceScreen):
    """The commands by place; what is changed answers at once, everywhere."""

    OFFERS: ClassVar[tuple[CommandType, ...]] = (
        ChangeKey,
        OwnKey,
        AllOwnKeys,
        *EVERYWHERE,
    )
    BINDINGS = bindings_of(*OFFERS)
    INTRODUCTION = (
        "Chaque commande et sa touche. Échap, Entrée, Tab et les flèches gardent leur "
        "sens ; dans Visite, lettres et chiffres répondent."
    )

    def __init__(self) -> None:
        super().__init__()
        self._places = editable()
        self._commands = {
            command.ident(): command
            for commands in self._places.values()
            for command in commands
        }

    def body(self) -> ComposeResult:
        """Lay out the list."""
        yield Lines((
            Column("Touche", 16, narrow=14, tiny=10),
            Column("Commande", 26, narrow=22, least=TINY),
            Column("Ce qu'elle fait"),
        ))

    def on_mount(self) -> None:
        """Show the keys."""
        self.query_one(Lines).focus()
        self._fill()

    def can(self, command: CommandType) -> bool | None:
        """Grey what gives back a key that was not changed."""
        chosen = self.diag.keys
        if command is OwnKey:
            here = self.query_one(Lines).key if self.is_mounted else ""
            return True if here in chosen else None
        if command is AllOwnKeys:
            return True if chosen else None
        return True

    @on(Lines.Moved)
    def _moved(self) -> None:
        self.refresh_keys()

    @on(Lines.Chosen)
    def _chosen(self) -> None:
        self.on_change_key()

    def on_change_key(self) -> None:
        """Ask for the key of the command under the cursor."""
        command = self._commands[self.query_one(Lines).key]

        def pressed(key: str | None) -> None:
            if key:
                self._give(command, key)

        self.app.push_screen(PressKey(command, self.diag.keys), pressed)

    def _give(self, command: CommandType, key: str) -> None:
        others = {k: v for k, v in self.diag.keys.items() if k != command.ident()}
        own = key in command.keys_in({})
        self._keep(others if own else {**others, command.ident(): key})
        self.diag.say(f"{key_name(key)} : {command.TITLE}.")

    def on_own_key(self) -> None:
        """Give the command under the cursor its own key back, when it is free."""
        command = self._commands[self.query_one(Lines).key]
        kept = {k: v for k, v in self.diag.keys.items() if k != command.ident()}
        for key in command.keys_in({}):
            if problem := refusal(command, key, None, kept):
                self.diag.say(problem)
                return
        self._keep(kept)
        self.diag.say(f"Touche d'origine : {command.key_names()}.")

    def on_all_own_keys(self) -> None:
        """Forget every key that was chosen."""
        self._keep({})
        self.diag.say("Toutes les touches sont celles d'origine.")

    def _keep(self, chosen: dict[str, str]) -> None:
        self.diag.keep_keys(chosen)
        self._fill()

    def _fill(self) -> None:
        changed = len(self.diag.keys)
        told = counted(changed, "changée") if changed else ""
        self.tell("Raccourcis", told)
        self.query_one(Lines).show(list(self._lines()))
        self.refresh_bindings()

    def _lines(self) -> Iterator[Line]:
        chosen = self.diag.keys
        for title, commands in self._places.items():
            yield Line("", (f" {title}",))
            for command in commands:
                mark = "* " if command.ident() in chosen else "  "
                keys = mark + command.key_names(chosen)
                cells = (keys, command.TITLE, command.help_text())
                yield Line(command.ident(), cells)


class PressKey(Sturdy, ModalScreen[str | None]):
    """Asks for a key by pressing it; one that is refused is told, and asked again."""

    CSS_PATH = "../dialogs.tcss"
    DEFAULT_CSS = "PressKey { align: center middle; background: $background 70%; }"

    def __init__(self, command: CommandType, chosen: dict[str, str]) -> None:
        super().__init__()
        self._command = command
        self._chosen = chosen

    def compose(self) -> ComposeResult:
        """Say what is asked."""
        now = self._command.key_names(self._chosen)
        asked = (
            f"« {self._command.TITLE} » : {now} aujourd'hui.\n\n"
            "Pressez la nouvelle touche. Échap ne change rien."
        )
        with Vertical(classes="dialog"):
            yield Sentence(asked, classes="said")
            yield Static(id="refused", classes="warning")

    def on_key(self, event: events.Key) -> None:
        """Take the key, or say why not."""
        event.stop()
        event.prevent_default()
        if event.key == "escape":
            self.dismiss(None)
            return
        key = normal(event.key)
        problem = refusal(self._command, key, event.character, self._chosen)
        if problem:
            self.query_one("#refused", Static).update(content(f"\n{problem}"))
        else:
            self.dismiss(key)

    def key_f1(self, event: events.Key) -> None:
        """Leave F1 to `on_key`: it is a key like another here."""
        event.stop()
