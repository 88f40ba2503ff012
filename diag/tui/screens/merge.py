"""The card of two places that may be one: what each holds, and which it is."""

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from diag.desk.office.merging import Merge, merge, merge_lines, merge_of, tell_apart
from diag.tui.commands import Command, CommandType, bindings_of
from diag.tui.plain import line
from diag.tui.screens.place import EVERYWHERE, PlaceScreen


class KeepFirst(Command):
    """C'est le même lieu : le lire comme un seul, sous le nom de A."""

    KEYS = "a"
    TITLE = "Un seul : A"
    IN_FOOTER = True


class KeepSecond(Command):
    """C'est le même lieu : le lire comme un seul, sous le nom de B."""

    KEYS = "b"
    TITLE = "Un seul : B"
    IN_FOOTER = True


class TellApart(Command):
    """Ce sont deux lieux différents : ne plus les proposer, ici ni ailleurs."""

    KEYS = "d"
    TITLE = "Deux lieux"
    IN_FOOTER = True


class MergeScreen(PlaceScreen):
    """Two places. Nothing is written before a person says what they are."""

    CSS_PATH = "conflict.tcss"
    OFFERS: ClassVar[tuple[CommandType, ...]] = (
        KeepFirst,
        KeepSecond,
        TellApart,
        *EVERYWHERE,
    )
    BINDINGS = bindings_of(*OFFERS)
    INTRODUCTION = (
        "Est-ce le même lieu, créé par deux personnes chacune de son côté ? Rien n'est "
        "copié ni perdu : « Annuler », dans la liste, revient sur votre choix."
    )

    def __init__(
        self, shown: Merge, done: Callable[[str], object] = lambda _said: None
    ) -> None:
        super().__init__()
        self.shown = shown
        """What reading both as one would do, as it stood when one opened it."""
        self._done = done

    def body(self) -> ComposeResult:
        """Lay the card out."""
        told = [Content(line(each)) for each in merge_lines(self.shown)]
        with VerticalScroll():
            yield Static(Content("\n").join(told))

    def on_mount(self) -> None:
        """Put the focus where the arrows scroll."""
        self.tell("Un lieu ou deux ?", self.shown.session.about.title)
        self.query_one(VerticalScroll).focus()

    def on_keep_first(self) -> None:
        """Read both as A."""
        self._merge(self.shown)

    def on_keep_second(self) -> None:
        """Read both as B."""
        shown = self.shown
        self._merge(merge_of(shown.session, shown.other.id, shown.kept.id))

    def on_tell_apart(self) -> None:
        """Say that they are two."""
        tell_apart(self.shown)
        self._settled("Deux lieux différents : ils ne seront plus proposés")

    def _merge(self, found: Merge) -> None:
        merge(found)
        self._settled(f"Lus comme un seul lieu : {line(found.kept.name)}")

    def _settled(self, said: str) -> None:
        self.diag.say(f"{said}.")
        self.diag.go_back()
        self._done(said)
