"""Rooms, buildings and lots: add, rename, move, remove, close the list."""

from collections.abc import Callable
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Input, Static

from diag.audit.memory import former_places, take_places_again
from diag.audit.places import (
    BETWEEN,
    add_place,
    add_places,
    agreeing,
    close_list,
    close_places,
    closing_effect,
    describe_names,
    holders_of,
    move_place,
    named,
    names_in,
    remove_place,
    rename_place,
)
from diag.audit.session import AuditSession, NeedsConfirmation
from diag.audit.undo import describe_undo, undo_last
from diag.audit.walk import Key
from diag.model.enums import PlaceKind
from diag.model.errors import DiagError
from diag.model.fact import PARENT_KINDS, Place
from diag.tui.commands import Command, Sturdy, TakeBack, key_now
from diag.tui.dialogs import Ask, AskedField, ChooseDialog, Confirm, ListChoice
from diag.tui.text import content
from diag.words.vocabulary import PLACE_NAMES, PLACES


class AddRoom(Command, keys="s", title="Une salle", footer=True):
    """Ajouter une salle, à côté de celle-ci ou dans ce bâtiment."""


class AddLot(Command, keys="m", title="Un lot", footer=True):
    """Ajouter un lot de matériel, dans le lieu choisi."""


class AddBuilding(Command, keys="b", title="Un bâtiment"):
    """Ajouter un bâtiment, que l'on rejoint en sortant."""


class RenameIt(Command, keys="f2", title="Renommer", footer=True):
    """Renommer le lieu ; ses réponses restent."""


class RemoveIt(Command, keys="delete", title="Retirer"):
    """Retirer le lieu de la liste ; l'historique garde ce qui en a été dit."""


class CloseKind(Command, keys="ctrl+g", title="Toutes là", footer=True):
    """Toutes les salles sont là (ou il peut y en avoir d'autres) ; dit le score."""


class CloseLots(Command, keys="ctrl+e", title="Matériel complet"):
    """Tout le matériel est là (ou il peut y en avoir d'autre) ; dit le score."""


class TakePlaces(Command, keys="f8", title="Reprendre", footer=True):
    """Reprendre les lieux de l'audit précédent, tels quels, sans réponse."""


class MoveIt(Command, keys="c", title="Changer de lieu"):
    """Ranger le lot dans une autre salle, la salle dans un autre bâtiment."""


EDITING = (
    AddRoom,
    AddLot,
    AddBuilding,
    RenameIt,
    MoveIt,
    RemoveIt,
    TakePlaces,
    CloseKind,
    CloseLots,
)
"""What changes the list of places, in the order of the help."""


class EditsPlaces(Sturdy, Screen[Key | None]):
    """A screen that changes the list of places; subclasses show it."""

    session: AuditSession
    """The audit."""

    @property
    def here(self) -> Place | None:
        """Where the user stands; None where there is no place."""
        raise NotImplementedError

    def show(self, place: str = "", words: str = "") -> None:
        """Show what there is now, at a place, and what was done."""
        raise NotImplementedError

    def look_again(self, words: str, **_: bool) -> None:
        """Show what there is, once the user was asked whether to write."""
        self.show(words=words)

    @property
    def nothing(self) -> str:
        """What to do where there is no room."""
        add, take = (key_now(self.app, each) for each in (AddRoom, TakePlaces))
        former = former_places(self.session)
        again = f", {take} reprend {former.words}" if former else ""
        return f"Aucune salle : {add} en ajoute{again}."

    @property
    def lists(self) -> str:
        """Which lists are complete, and the keys that make them so."""
        closed = self.session.facts.closed
        rooms, lots = (
            "close" if kind in closed else "ouverte"
            for kind in (PlaceKind.SALLE, PlaceKind.LOT)
        )
        close, close_lots = (key_now(self.app, each) for each in (CloseKind, CloseLots))
        return f"Salles : liste {rooms} ({close}). Matériel : {lots} ({close_lots})."

    def on_add_room(self) -> None:
        self._add(PlaceKind.SALLE, "Nom de la salle", "Classe")

    def on_add_lot(self) -> None:
        self._add(PlaceKind.LOT, "Nom du lot de matériel", "Chariot")

    def on_add_building(self) -> None:
        self._add(PlaceKind.BATIMENT, "Nom du bâtiment", "Préfabriqué")

    def _add(self, kind: PlaceKind, asked: str, one: str, typed: str = "") -> None:
        holder = self._holder(kind)
        where = f", dans « {holder.name} »" if holder.parent else ""

        def answered(line: str | None) -> None:
            if line is None:
                return
            again = partial(self._add, kind, asked, one, line)
            self._again(again, lambda: added(line))

        def added(line: str) -> None:
            names = names_in(line)
            if len(names) > 1:
                self._add_several(kind, names, holder, where)
                return
            place, _ = add_place(self.session, kind, "".join(names), holder.id)
            self.show(
                place.id,
                f"Enregistré · {place.name} {agreeing(kind, 'ajouté')}{where}.",
            )

        question = AskNames(f"{asked}{where}", typed, one, self.session, kind)
        self.app.push_screen(question, answered)

    def _add_several(
        self, kind: PlaceKind, names: tuple[str, ...], holder: Place, where: str
    ) -> None:
        """Add those that are not there yet, in one gesture; name all of them."""
        found = named(self.session, names)
        words = describe_names(kind, found)
        if not found.new:
            raise DiagError(f"Rien n'est ajouté. {words}")
        places = add_places(self.session, kind, found.new, holder.id)
        key = key_now(self.app, TakeBack)
        self.show(
            places[0].id, f"Enregistré{where} · {words} {key} les retire d'un coup."
        )

    def _again(self, ask: Callable[[], None], do: Callable[[], None]) -> None:
        """Do it; when it is refused, ask again under the refusal: nothing is lost.

        What the user is only asked to confirm is written, or not, by that question.
        """
        try:
            do()
        except NeedsConfirmation:
            raise
        except Exception:
            ask()
            raise

    def _holder(self, kind: PlaceKind) -> Place:
        """Return the nearest place that can hold one more, from where the cursor is."""
        facts = self.session.facts
        here = self.here
        while here and here.kind not in PARENT_KINDS[kind]:
            here = facts.places.get(here.parent or "")
        return here or facts.places[facts.root]

    def on_rename_it(self) -> None:
        here = self.here
        if here:
            self._rename(here, here.name)

    def _rename(self, here: Place, typed: str) -> None:
        def renamed(name: str | None) -> None:
            if name is not None and name != here.name:
                self._again(lambda: self._rename(here, name), lambda: do(name))

        def do(name: str) -> None:
            place = rename_place(self.session, here.id, name)
            self.show(place.id, f"Enregistré · {here.name} devient {place.name}.")

        self.app.push_screen(Ask(f"Nouveau nom de « {here.name} »", typed), renamed)

    def on_move_it(self) -> None:
        here = self.here
        if not here:
            return

        def chosen(holder: str | None) -> None:
            if holder:
                move_place(self.session, here.id, holder)
                there = self.session.place_name(holder)
                self.show(here.id, f"Enregistré · {here.name} : {there}.")

        choices = [
            ListChoice(one.id, one.name, PLACE_NAMES[one.kind])
            for one in holders_of(self.session.facts, here.kind)
            if one.id != here.parent
        ]
        question = f"Où ranger « {here.name} » ?"
        self.app.push_screen(ChooseDialog(question, choices), chosen)

    def on_remove_it(self) -> None:
        here = self.here
        if not here:
            return

        def sure(yes: bool | None) -> None:  # noqa: FBT001 - what a dialog gives
            if yes:
                remove_place(self.session, here.id)
                key = key_now(self.app, TakeBack)
                self.show(words=f"Enregistré · {here.name} retiré. {key} l'annule.")

        question = f"Retirer « {here.name} » et ce qui en est dit ?"
        self.app.push_screen(Confirm(question, yes="Retirer", grave=True), sure)

    def on_take_places(self) -> None:
        former, key = take_places_again(self.session), key_now(self.app, TakeBack)
        self.show(words=f"Enregistré · {former.taken}. {key} annule.")

    def on_take_back(self) -> None:
        taken = undo_last(self.session)
        self.show(words=f"Annulé · {describe_undo(self.session, taken)}")

    def on_close_kind(self) -> None:
        self._close(PlaceKind.SALLE)

    def on_close_lots(self) -> None:
        self._close(PlaceKind.LOT)

    def _close(self, kind: PlaceKind) -> None:
        """Show what closing changes in the score, then close; or open again."""
        if kind in self.session.facts.closed:
            close_places(self.session, kind, complete=False)
            self.show(
                words=f"Enregistré · la liste des {PLACES[kind][1]} est rouverte."
            )
            return

        def sure(yes: bool | None) -> None:  # noqa: FBT001 - what a dialog gives
            if yes:
                words = close_list(self.session, kind).sentence
                self.show(words=f"Enregistré · {words}")

        effect = closing_effect(self.session, kind)
        self.app.push_screen(Confirm(effect.sentence, yes="Confirmer"), sure)


_SEVERAL = "Plusieurs d'un coup : {one} 1 ; {one} 2, ou bien {one} 1 à 8."


class NamesField(AskedField):
    """A field where lines pasted become one line of names."""

    JOINT = f" {BETWEEN} "


class AskNames(Ask):
    """Asks for names; as soon as there are several, shows what Enter will add."""

    CSS_PATH = "../dialogs.tcss"
    INTRODUCTION = (
        "Tapez un nom, ou plusieurs séparés par des points-virgules ; « Classe 1 à 8 » "
        "en donne huit, et des lignes collées un chacune. Entrée ajoute."
    )
    FIELD: ClassVar[type[Input]] = NamesField

    def __init__(
        self,
        question: str,
        value: str,
        one: str,
        session: AuditSession,
        kind: PlaceKind,
    ) -> None:
        super().__init__(question, value, f"par exemple {one} 1")
        self._several = _SEVERAL.format(one=one)
        self._session = session
        self._kind = kind

    def below(self) -> ComposeResult:
        """Lay what is to be added under the field."""
        yield Static(
            content(self._names_words(self._value)), id="notice", classes="below"
        )

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self.query_one("#notice", Static).update(
            content(self._names_words(event.value))
        )

    def _names_words(self, typed: str) -> str:
        try:
            names = names_in(typed)
        except DiagError as error:
            return str(error)
        if len(names) > 1:
            return describe_names(self._kind, named(self._session, names))
        return self._several
