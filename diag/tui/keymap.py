"""Keys that the user chose: which may be taken, and how they are kept and read.

Textual's own keymap applies them everywhere at once; this says what is allowed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from textual.binding import Binding
from textual.screen import ModalScreen, Screen
from textual.widgets import Input

from diag.tui.commands import CommandType
from diag.tui.keys import digit_of, key_name
from diag.tui.sturdy import Sturdy

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
class Scope:
    """Commands offered together, on one screen."""

    title: str
    commands: tuple[CommandType, ...]
    typed: bool
    """Whether letters and digits answer there."""


def readable(kept: object) -> dict[str, str]:
    """Return what can be understood of a keymap that was kept; never fails."""
    if not isinstance(kept, dict):
        return {}
    return {
        ident: key
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
def scopes() -> tuple[Scope, ...]:
    """Return every screen's commands; what its widgets offer is among them."""
    owners = list(dict.fromkeys(_owners()))
    widgets = [one for one in owners if not issubclass(one, Screen)]
    inside = [command for one in widgets for command in one.OFFERS]
    everywhere = import_module("diag.tui.app").DiagApp.OFFERS
    return tuple(
        Scope(
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
    "visit_commands": "Visite",
    "grid_commands": "Visite, grille",
    "departure": "Avant de partir",
    "photos": "Photos",
    "places": "Lieux",
    "bilan": "Bilan",
    "bilan_commands": "Bilan",
    "reword": "Texte d'une préconisation",
    "suppose": "Et si…",
    "export": "Exporter",
    "export_run": "Export en cours",
    "preview": "Aperçu",
    "importing": "Importer",
    "synchronisation": "Bureau",
    "conflicts": "Désaccords",
    "conflict": "Désaccord",
    "help": "Aide",
    "keys": "Raccourcis",
}
"""What the screen of each module is called; others keep their keys."""


def title_of(owner: type) -> str:
    """Return what a screen, or the place of a command, is called."""
    return TITLES.get(owner.__module__.rpartition(".")[2], "Fenêtre")


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
    for name in ("diag.tui.screens", "diag.tui.widgets"):
        package = import_module(name)
        for each in iter_modules(package.__path__, f"{name}."):
            yield import_module(each.name)
