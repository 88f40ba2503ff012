"""Keys that the user chose: which may be taken, how they are kept; their screen.

Textual's own keymap applies them everywhere at once; this holds what is allowed.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen, Screen
from textual.widgets import Input, Static

from diag.tui import (
    beginning,
    bilan,
    commands,
    conflicts,
    departure,
    dialogs,
    discover,
    export,
    guards,
    history,
    measures,
    noting,
    palette,
    phone,
    photos,
    place,
    programme,
    proposals,
    recommendation,
    rooms,
    school,
    setup,
    square,
    suppose,
    sync,
    territory,
    tour,
    visit,
)
from diag.tui.bilan import faces as bilan_faces
from diag.tui.commands import (
    IN_APP,
    RESERVED,
    Command,
    CommandType,
    KeyPlace,
    Sturdy,
    digit_of,
    key_name,
    refusal_of_key,
)
from diag.tui.dialogs import Dialog
from diag.tui.lists import TINY, Lines, ListColumn, ListLine
from diag.tui.place import EVERYWHERE, PlaceScreen
from diag.tui.programme import (
    acts,
    ballots,
    grid,
    replaying,
    settings,
    workshops,
)
from diag.tui.text import Sentence, content
from diag.tui.visit import VisitScreen
from diag.tui.visit import commands as visit_commands
from diag.tui.visit.commands import GRID_COMMANDS
from diag.words.sentences import counted


class ChangeKey(Command, keys="enter,t", title="Changer", footer=True):
    """Donner une autre touche à la commande : elle est demandée, pressez-la."""


class OwnKey(Command, keys="delete", title="D'origine", footer=True):
    """Rendre à la commande sa touche d'origine."""


class AllOwnKeys(Command, keys="z", title="Toutes d'origine", footer=True):
    """Rendre à toutes les commandes leurs touches d'origine."""


_INPUT_KEYS = frozenset(
    key
    for binding in Input.BINDINGS
    if isinstance(binding, Binding)
    for key in binding.key.split(",")
)
"""Keys that correct what is typed in a field."""

Chosen = Mapping[str, str]
"""What the user chose: a command's id → its key."""


@dataclass(frozen=True, slots=True)
class KeyScope:
    """Commands offered together, on one screen."""

    title: KeyPlace
    commands: tuple[CommandType, ...]
    typed: bool
    """Whether letters and digits answer there."""


def normal(key: str) -> str:
    """Return a key as it is kept: the digit for its unshifted twin, a small letter."""
    return digit_of(key) or (key.lower() if len(key) == 1 else key)


def refusal(
    command: CommandType, key: str, character: str | None, chosen: Chosen
) -> str:
    """Return why a command cannot have a key, in French; empty when it can."""
    name = key_name(key)
    is_own = key in command.keys_in({})
    if not is_own and (problem := refusal_of_key(key, character)):
        return problem
    for scope in scopes():
        if command not in scope.commands:
            continue
        if scope.typed and _answers(key) and not is_own:
            return (
                f"{scope.title} : lettres et chiffres y répondent. Prenez une touche "
                "de fonction, ou Ctrl avec une lettre."
            )
        if scope.typed and key in _INPUT_KEYS and not is_own:
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
    return tuple(
        KeyScope(
            _place_of(owner),
            tuple(
                dict.fromkeys((
                    *(GRID_COMMANDS if owner is VisitScreen else ()),
                    *owner.OFFERS,
                    *(() if issubclass(owner, ModalScreen) else IN_APP),
                ))
            ),
            not any(_answers(key) for one in owner.OFFERS for key in one.keys_in({})),
        )
        for owner in owners()
    )


def owners() -> list[type[Sturdy]]:
    """Return the screens that offer commands, module after module."""
    return [
        found
        for module in sorted(PLACES)
        for found in vars(sys.modules[module]).values()
        if isinstance(found, type)
        and issubclass(found, Sturdy)
        and issubclass(found, Screen)
        and found.__module__ == module
        and found.OFFERS
    ]


PLACES = {
    commands.__name__: KeyPlace.EVERYWHERE,
    territory.__name__: KeyPlace.TERRITORY,
    tour.__name__: KeyPlace.TOUR,
    programme.__name__: KeyPlace.PROGRAMME,
    replaying.__name__: KeyPlace.PROGRAMME,
    settings.__name__: KeyPlace.PROGRAMME,
    grid.__name__: KeyPlace.PROGRAMME,
    acts.__name__: KeyPlace.PROGRAMME,
    workshops.__name__: KeyPlace.PROGRAMME,
    ballots.__name__: KeyPlace.PROGRAMME,
    school.__name__: KeyPlace.SCHOOL,
    visit.__name__: KeyPlace.VISIT,
    visit_commands.__name__: KeyPlace.VISIT,
    beginning.__name__: KeyPlace.PLANNER,
    departure.__name__: KeyPlace.DEPARTURE,
    photos.__name__: KeyPlace.PHOTOS,
    phone.__name__: KeyPlace.PHONE,
    proposals.__name__: KeyPlace.PROPOSALS,
    measures.__name__: KeyPlace.MEASURES,
    rooms.__name__: KeyPlace.PLACES,
    bilan.__name__: KeyPlace.BILAN,
    bilan_faces.__name__: KeyPlace.BILAN,
    recommendation.__name__: KeyPlace.BILAN,
    suppose.__name__: KeyPlace.SUPPOSE,
    export.__name__: KeyPlace.EXPORT,
    setup.__name__: KeyPlace.IMPORT,
    sync.__name__: KeyPlace.OFFICE,
    history.__name__: KeyPlace.OFFICE,
    conflicts.__name__: KeyPlace.CONFLICTS,
    place.__name__: KeyPlace.HELP,
    guards.__name__: KeyPlace.HELP,
    __name__: KeyPlace.KEYS,
    dialogs.__name__: KeyPlace.WINDOW,
    discover.__name__: KeyPlace.WINDOW,
    noting.__name__: KeyPlace.WINDOW,
    palette.__name__: KeyPlace.WINDOW,
    square.__name__: KeyPlace.WINDOW,
}
"""The place of the commands and screens of each module that has any."""


def _place_of(owner: type) -> KeyPlace:
    own: KeyPlace | None = getattr(owner, "PLACE", None)
    return own or PLACES.get(owner.__module__, KeyPlace.WINDOW)


def editable() -> dict[KeyPlace, tuple[CommandType, ...]]:
    """Return the commands whose key may be chosen, by place."""
    offered = dict.fromkeys((
        *EVERYWHERE,
        *(each for scope in scopes() for each in scope.commands),
    ))
    found: dict[KeyPlace, list[CommandType]] = {place: [] for place in KeyPlace}
    for command in {each.ident(): each for each in reversed(offered)}.values():
        if not set(command.KEYS.split(",")) <= RESERVED and command.KEYS:
            found[_place_of(command)].insert(0, command)
    del found[KeyPlace.WINDOW]
    return {place: tuple(listed) for place, listed in found.items() if listed}


def _answers(key: str) -> bool:
    return len(key) == 1 and key.isalnum()


class KeysScreen(PlaceScreen):
    """The commands by place; what is changed answers at once, everywhere."""

    OFFERS = (ChangeKey, OwnKey, AllOwnKeys, *EVERYWHERE)
    INTRODUCTION = (
        "Chaque commande et sa touche. Échap, Entrée, Tab et les flèches gardent leur "
        "sens ; dans Visite, lettres et chiffres répondent."
    )

    def __init__(self) -> None:
        super().__init__()
        self._places = editable()
        self._commands = {
            command.ident(): command
            for listed in self._places.values()
            for command in listed
        }

    def body(self) -> ComposeResult:
        yield Lines((
            ListColumn("Touche", 16, narrow=14, tiny=10),
            ListColumn("Commande", 26, narrow=22, least=TINY),
            ListColumn("Ce qu'elle fait"),
        ))

    def on_mount(self) -> None:
        self._fill()

    def can(self, command: CommandType) -> bool | None:
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

    def on_change_key(self) -> None:
        command = self._commands[self.query_one(Lines).key]

        def pressed(key: str) -> None:
            ident = command.ident()
            others = {k: v for k, v in self.diag.keys.items() if k != ident}
            is_own = key in command.keys_in({})
            self._keep(others if is_own else {**others, ident: key})
            self.diag.inform(f"{key_name(key)} : {command.TITLE}.")

        self.ask(PressKey(command, self.diag.keys), pressed)

    def on_own_key(self) -> None:
        command = self._commands[self.query_one(Lines).key]
        kept = {k: v for k, v in self.diag.keys.items() if k != command.ident()}
        for key in command.keys_in({}):
            if problem := refusal(command, key, None, kept):
                self.diag.inform(problem)
                return
        self._keep(kept)
        self.diag.inform(f"Touche d'origine : {command.key_names()}.")

    def on_all_own_keys(self) -> None:
        self._keep({})
        self.diag.inform("Toutes les touches sont celles d'origine.")

    def _keep(self, chosen: dict[str, str]) -> None:
        self.diag.keep_keys(chosen)
        self._fill()

    def _fill(self) -> None:
        chosen, lines = self.diag.keys, list[ListLine]()
        for title, listed in self._places.items():
            lines.append(ListLine("", (f" {title}",)))
            for command in listed:
                mark = "* " if command.ident() in chosen else "  "
                keys = mark + command.key_names(chosen)
                cells = (keys, command.TITLE, command.help_text())
                lines.append(ListLine(command.ident(), cells))
        words = counted(len(chosen), "changée") if chosen else ""
        self.set_title("Raccourcis", words)
        self.query_one(Lines).show(lines)
        self.refresh_bindings()


class PressKey(Dialog[str | None]):
    """Asks for a key by pressing it; a refusal is shown, and it asks again."""

    def __init__(self, command: CommandType, chosen: dict[str, str]) -> None:
        super().__init__()
        self._command = command
        self._chosen = chosen

    def compose(self) -> ComposeResult:
        now = self._command.key_names(self._chosen)
        asked = (
            f"« {self._command.TITLE} » : {now} aujourd'hui.\n\n"
            "Pressez la nouvelle touche. Échap ne change rien."
        )
        with Vertical(classes="dialog"):
            yield Sentence(asked, classes="text")
            yield Static(id="refused", classes="warning")

    def on_key(self, event: events.Key) -> None:
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
