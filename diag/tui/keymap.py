"""Keys that the user chose: which may be taken, and how they are kept and read.

Textual's own keymap applies them everywhere at once; this says what is allowed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen, Screen
from textual.widgets import Input, Static

from diag.tui.commands import (
    WINDOW,
    Command,
    CommandType,
    bindings_of,
    digit_of,
    key_name,
)
from diag.tui.lists import TINY, Lines, ListColumn, ListLine
from diag.tui.place import EVERYWHERE, PlaceScreen
from diag.tui.safe import Sturdy, content
from diag.tui.text import Sentence
from diag.words.sentences import counted

RESERVED = frozenset({"escape", "enter", "tab", "shift+tab", "ctrl+c", "ctrl+q"})
"""Keys that always mean the same: leave, choose, go on, copy, quit."""


MOVES = frozenset({
    *("up", "down", "left", "right", "home", "end", "pageup", "pagedown"),
    "backspace",
})
"""Keys that move in lists and correct what is typed."""


ALTGR = frozenset("~#{[|`\\^@]}¤€")
"""What a French keyboard gives with AltGr: some terminals send it otherwise."""


Chosen = Mapping[str, str]
"""What the user chose: a command's id → its key."""


@dataclass(frozen=True, slots=True)
class KeyScope:
    """Commands offered together, on one screen."""

    title: str
    commands: tuple[CommandType, ...]
    typed: bool
    """Whether letters and digits answer there."""


_FORMER = {
    "tour.Export": "ExportTour",
    "tour.OpenSchool": "OpenTourSchool",
    "tour.Remove": "RemoveFromTour",
    "school.OpenCommune": "OpenSchoolCommune",
    "export.Preview": "PreviewPages",
    "export_run.OpenFolder": "OpenExportFolder",
    "export_run.Stop": "StopExport",
    "synchronisation.Stop": "StopSync",
    "photos.Remove": "RemovePhoto",
    "photos.Done": "LeavePhotos",
    "importing.Choose": "ChooseFile",
}
"""Names of commands in keymaps kept by the first version, where they changed."""


def readable(kept: object) -> dict[str, str]:
    """Return what can be understood of a keymap that was kept; never fails."""
    if not isinstance(kept, dict):
        return {}
    return {
        # The first version kept the module of a command before its name.
        _FORMER.get(ident, ident.rpartition(".")[2]): key
        for ident, key in kept.items()
        if isinstance(ident, str)
        and isinstance(key, str)
        and key
        and not set(key) & set(", \t\n")
        and not _always_refused(key)
    }


def normal(key: str) -> str:
    """Return a key as it is kept: the digit for its unshifted twin, a small letter."""
    return digit_of(key) or (key.lower() if len(key) == 1 else key)


def refusal(
    command: CommandType, key: str, character: str | None, chosen: Chosen
) -> str:
    """Return why a command cannot have a key, in French; empty when it can."""
    name = key_name(key)
    is_own = key in command.keys_in({})
    if not is_own and (problem := _always_refused(key, character)):
        return problem
    for scope in scopes():
        if command not in scope.commands:
            continue
        if scope.typed and _answers(key) and not is_own:
            return (
                f"{scope.title} : lettres et chiffres y répondent. Prenez une touche "
                "de fonction, ou Ctrl avec une lettre."
            )
        if scope.typed and key in _input_keys() and not is_own:
            return f"{name} corrige déjà ce qu'on tape ({scope.title})."
        for other in scope.commands:
            if other.ident() == command.ident() or key not in other.keys_in(chosen):
                continue
            # Two of our own may share a key: what has the focus takes it.
            if not is_own or other.ident() in chosen:
                return f"{name} sert déjà à « {other.TITLE} » ({scope.title})."
    return ""


@cache
def scopes() -> tuple[KeyScope, ...]:
    """Return every screen's commands; what its widgets offer is among them."""
    owners = list(dict.fromkeys(_owners()))
    widgets = [one for one in owners if not issubclass(one, Screen)]
    inside = [command for one in widgets for command in one.OFFERS]
    everywhere = import_module("diag.tui.app").DiagApp.OFFERS
    return tuple(
        KeyScope(
            title_of(owner),
            tuple(
                dict.fromkeys((
                    *owner.OFFERS,
                    *(inside if title_of(owner) == "Visite" else ()),
                    *(() if issubclass(owner, ModalScreen) else everywhere),
                ))
            ),
            not any(_answers(key) for one in owner.OFFERS for key in one.keys_in({})),
        )
        for owner in owners
        if issubclass(owner, Screen)
    )


TITLES = {
    "commands": "Partout",
    "territory": "Territoire",
    "tour": "Tournée",
    "school": "École",
    "visit": "Visite",
    "visit.commands": "Visite",
    "visit.grid_commands": "Visite, grille",
    "departure": "Avant de partir",
    "photos": "Photos",
    "places": "Lieux",
    "bilan": "Bilan",
    "reword": "Texte d'une préconisation",
    "suppose": "Et si…",
    "export": "Exporter",
    "preview": "Aperçu",
    "setup": "Importer",
    "sync": "Bureau",
    "conflicts": "Désaccords",
    "reading": "Aide",
    "keymap": "Raccourcis",
}
"""What the screens of each module are called; others keep their keys."""


def title_of(owner: type) -> str:
    """Return what a screen, or the place of a command, is called."""
    module = owner.__module__.removeprefix("diag.tui.")
    return getattr(owner, "PLACE", "") or TITLES.get(module, WINDOW)


def editable() -> dict[str, tuple[CommandType, ...]]:
    """Return the commands whose key may be chosen, by place, in the order of TITLES."""
    offered = dict.fromkeys(each for scope in scopes() for each in scope.commands)
    places: dict[str, list[CommandType]] = {title: [] for title in TITLES.values()}
    for command in {each.ident(): each for each in reversed(offered)}.values():
        if command.KEYS and title_of(command) in places and not _is_fixed(command):
            places[title_of(command)].insert(0, command)
    return {title: tuple(found) for title, found in places.items() if found}


def _is_fixed(command: CommandType) -> bool:
    return set(command.KEYS.split(",")) <= RESERVED


def _always_refused(key: str, character: str | None = None) -> str:
    if key in RESERVED:
        return f"{key_name(key)} garde toujours le même sens."
    if key in MOVES:
        return f"{key_name(key)} sert à se déplacer ou à corriger."
    if "alt+" in key or (character and character in ALTGR):
        return "Une touche avec Alt ou AltGr ne passe pas dans tous les terminaux."
    return ""


def _answers(key: str) -> bool:
    return len(key) == 1 and key.isalnum()


@cache
def _input_keys() -> frozenset[str]:
    bindings = [one for one in Input.BINDINGS if isinstance(one, Binding)]
    return frozenset(key for one in bindings for key in one.key.split(","))


def _owners() -> Iterator[type[Sturdy]]:
    for module in _modules():
        for found in vars(module).values():
            if (
                isinstance(found, type)
                and issubclass(found, Sturdy)
                and found.__module__ == module.__name__
                and found.OFFERS
            ):
                yield found


def _modules() -> Iterator[ModuleType]:
    package = import_module("diag.tui")
    for each in walk_packages(package.__path__, f"{package.__name__}."):
        yield import_module(each.name)


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
            ListColumn("Touche", 16, narrow=14, tiny=10),
            ListColumn("Commande", 26, narrow=22, least=TINY),
            ListColumn("Ce qu'elle fait"),
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

    def _lines(self) -> Iterator[ListLine]:
        chosen = self.diag.keys
        for title, commands in self._places.items():
            yield ListLine("", (f" {title}",))
            for command in commands:
                mark = "* " if command.ident() in chosen else "  "
                keys = mark + command.key_names(chosen)
                cells = (keys, command.TITLE, command.help_text())
                yield ListLine(command.ident(), cells)


class PressKey(Sturdy, ModalScreen[str | None]):
    """Asks for a key by pressing it; one that is refused is told, and asked again."""

    CSS_PATH = "dialogs.tcss"
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
