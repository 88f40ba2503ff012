"""Salles: where are we, what is wrong, where? Add, rename, move, arrange, remove."""

from collections.abc import Callable
from typing import ClassVar, cast

from textual import events, on
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Input, Static

from diag.audit.answer import Key
from diag.audit.memory import former_places, take_places_again
from diag.audit.photos import PhotoSubject
from diag.audit.places import (
    BETWEEN,
    FloorStep,
    add_place,
    add_places,
    agreeing,
    close_list,
    close_places,
    closing_effect,
    describe_names,
    holders_of,
    keep_floor,
    move_place,
    named,
    names_in,
    remove_place,
    rename_place,
)
from diag.audit.rooms import RoomsPicture, rooms_of
from diag.audit.session import AuditSession
from diag.audit.undo import describe_undo, undo_last
from diag.documents.write import write_rooms
from diag.journal import subjects
from diag.model.audit import PARENT_KINDS, Place
from diag.model.enums import PlaceKind
from diag.model.errors import DiagError
from diag.tui.audit_finds import AuditDoors, finds_of
from diag.tui.commands import (
    Command,
    CommandType,
    Help,
    ListNoted,
    OpenPalette,
    ShowPhotos,
    Sturdy,
    TakeBack,
    WriteNote,
    key_now,
)
from diag.tui.dialogs import Ask, AskedField, ChooseDialog, Confirm, ListChoice
from diag.tui.noting import NotedAs, NotedScreen, note_at
from diag.tui.palette import FindsInAudit
from diag.tui.photos import open_photos
from diag.tui.place import KeyBar, TitleLine, open_outside
from diag.tui.rooms.board import PLAN, RoomsBoard
from diag.tui.state import Shell
from diag.tui.text import content
from diag.words.sentences import counted
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


class OpenCell(Command, keys="enter", title="Ouvrir", footer=True):
    """Ouvrir la première question sans réponse de la case, sinon la plus faible."""


class TurnFace(Command, keys="p", title="Plan, tableau", footer=True):
    """Passer du tableau au plan, et retour : les mêmes salles."""


class ChooseAspect(Command, keys="1,2,3,4,5,6,7,8", title="Aspect", footer=True):
    """Choisir l'aspect : la colonne du tableau, les couleurs du plan."""


class NextLeft(Command, keys="r", title="Reste", footer=True):
    """Aller à la prochaine case où il reste à demander."""


class NextDanger(Command, keys="d", title="Dangers", footer=True):
    """Aller au prochain danger relevé."""


class Arrange(Command, keys="g", title="Disposer", footer=True):
    """Disposer les salles sur le plan, comme on les parcourt."""


class LiftRoom(Command, keys="space", title="Soulever, poser", footer=True):
    """Soulever la salle, que les flèches déplacent, puis la poser : c'est gardé."""


class WidenRoom(Command, keys="plus", title="Élargir", footer=True):
    """Élargir la salle sur le plan."""


class NarrowRoom(Command, keys="minus", title="Rétrécir", footer=True):
    """Rétrécir la salle sur le plan."""


class SeeBilan(Command, keys="f9", title="Bilan", footer=True):
    """Aller au bilan : constats, préconisations, rapports."""


class DrawFigure(Command, keys="i", title="Image", footer=True):
    """Écrire le tableau et le plan en images, à côté des rapports."""


class LeaveRooms(Command, keys="escape", title="Retour", footer=True):
    """Revenir à la visite ; en disposant, reposer la salle, puis finir."""


_ARRANGING = (LiftRoom, WidenRoom, NarrowRoom)
_ALWAYS = {LeaveRooms, Help, OpenPalette, TakeBack}
_WITH_ROOMS = {
    *(OpenCell, TurnFace, ChooseAspect, NextLeft, NextDanger),
    *(RenameIt, RemoveIt, WriteNote, ShowPhotos, DrawFigure),
}
"""What needs a place to stand at."""
_BILAN = "BilanScreen"
_HOW = "Espace soulève ou pose, les flèches déplacent, + - la largeur. Échap : fini."


class RoomsScreen(Sturdy, Screen[Key | None]):
    """The rooms of a school; Enter goes to the question of a cell."""

    OFFERS = (
        *_ARRANGING,
        OpenCell,
        TurnFace,
        ChooseAspect,
        NextLeft,
        NextDanger,
        Arrange,
        WriteNote,
        ShowPhotos,
        AddRoom,
        AddLot,
        AddBuilding,
        RenameIt,
        MoveIt,
        RemoveIt,
        TakePlaces,
        CloseKind,
        CloseLots,
        SeeBilan,
        ListNoted,
        DrawFigure,
        TakeBack,
        LeaveRooms,
        Help,
        OpenPalette,
    )
    INTRODUCTION = (
        "Où en est-on, qu'est-ce qui ne va pas, et où ? Une case est le plus faible de "
        "ses critères : « I » insuffisant, « B » base, « R » recommandé, « E » "
        "exemplaire ; « B-R » l'un ou l'autre ; « ? 4 » quatre questions sans réponse "
        "; « ! » un danger. « ok » et « rien vu » : aucun danger vu, rien de plus."
    )

    def __init__(self, session: AuditSession, place: str = "") -> None:
        super().__init__()
        self.session = session
        self._place = place
        self._picture: RoomsPicture | None = None

    def compose(self) -> ComposeResult:
        """Lay the rooms between the heading and the footer."""
        yield TitleLine()
        yield RoomsBoard()
        yield KeyBar()

    def on_mount(self) -> None:
        """Stand at the room of the question that one comes from."""
        self.session.catch_up()
        self.board.focus()
        self.show(self._place, self.lists)

    @property
    def board(self) -> RoomsBoard:
        """The rooms, drawn."""
        return self.query_one(RoomsBoard)

    @property
    def here(self) -> Place | None:
        """Where the user stands."""
        return self.session.facts.places.get(self.board.place)

    def show(self, place: str = "", words: str = "") -> None:
        """Show what there is now, at a place, and what was done."""
        picture = self._picture = rooms_of(self.session)
        answered = picture.asked - picture.left
        count = f"{counted(answered, 'réponse')} sur {picture.asked}"
        self.query_one(TitleLine).show(self.session.about.title, (count,))
        board = self.board
        board.empty = self.nothing
        if board.floor is not None:
            board.floor, board.lifted = picture.floor, False
        board.show(picture, place, words)
        self.refresh_bindings()

    def can(self, command: CommandType) -> bool | None:
        """Offer what is possible where one stands: little while rooms are moved."""
        if self._picture is None or command in _ALWAYS:
            return True
        if (self.board.floor is not None) is not (command in _ARRANGING):
            return False
        if command is TakePlaces:
            return former_places(self.session) is not None
        if command is MoveIt:
            here = self.here
            return here is not None and here.kind is not PlaceKind.BATIMENT
        if command is Arrange:
            return bool(self._picture.floor)
        return command not in _WITH_ROOMS or bool(self.board.place)

    @on(RoomsBoard.Chosen)
    def _chosen(self) -> None:
        self.on_open_cell()

    def on_open_cell(self) -> None:
        """Open the question of the cell."""
        picture, board = self._picture, self.board
        if picture is None or not board.place:
            return
        aspect = picture.aspects[board.aspect].id if picture.aspects else ""
        key = picture.opened_by(board.place, aspect)
        if key is None:
            board.inform("Rien ne se demande ici.")
        else:
            self.dismiss(key)

    def on_turn_face(self) -> None:
        self.board.turn()

    def on_choose_aspect(self) -> None:
        """Stand at the next aspect: by its number, the board does it itself."""
        board = self.board
        if self._picture and self._picture.aspects:
            board.colour((board.aspect + 1) % len(self._picture.aspects))

    def on_next_left(self) -> None:
        """Stand at the next cell where something is left to ask."""
        picture = self._picture
        found = picture and picture.next_left(*self._at)
        if not found:
            self.board.inform("Tout est répondu dans les salles.")
        else:
            self.board.point(*found)

    def on_next_danger(self) -> None:
        """Stand at the next danger known, or show how many places are unseen."""
        picture = self._picture
        if picture is None:
            return
        if found := picture.next_danger(*self._at):
            self.board.point(*found)
            self.board.colour(found[1])
            return
        unseen = picture.unseen
        rest = f" ; {counted(unseen, 'lieu', 'lieux')} à regarder" if unseen else ""
        self.board.inform(f"Aucun danger relevé{rest}.")

    @property
    def _at(self) -> tuple[str, int]:
        return self.board.place, self.board.aspect

    def on_arrange(self) -> None:
        if self._picture:
            self.board.floor = self._picture.floor
            self.board.inform(_HOW)
            self.refresh_bindings()

    def on_lift_room(self) -> None:
        """Lift the room, or put it down."""
        self.board.lift()

    def on_widen_room(self) -> None:
        self.board.resize_room(FloorStep.WIDER)

    def on_narrow_room(self) -> None:
        self.board.resize_room(FloorStep.NARROWER)

    @on(RoomsBoard.Placed)
    def _placed(self) -> None:
        if self.board.floor is not None:
            keep_floor(self.session, self.board.floor)
            key = key_now(self.app, TakeBack)
            self.show(words=f"Enregistré · plan des salles. {key} l'annule.")

    def on_write_note(self) -> None:
        """Note what one sees at the place where one stands, or at the school."""
        subjects = [
            PhotoSubject(self.board.place),
            PhotoSubject(self.session.facts.root),
        ]
        if self.board.place:
            note_at(self.app, self.session, subjects, self._noted)

    def _noted(self, noted: NotedAs) -> None:
        if noted.opens:
            self.dismiss(noted.opens)
        else:
            self.show(words=f"Enregistré · noté sur {noted.words}")

    def on_list_noted(self) -> None:
        self.app.push_screen(NotedScreen(self.session, done=self.show))

    def on_show_photos(self) -> None:
        open_photos(self.app, self.session, self.board.place, done=self.show)

    def on_see_bilan(self) -> None:
        """Show what was found, over this screen; go back to it where one comes from."""
        below = self.app.screen_stack[-2]
        if type(below).__name__ == _BILAN:
            self.dismiss(None)
        else:
            cast("Shell", self.app).look_at_bilan(self.session.about.ref)

    def audit_finds(self) -> FindsInAudit:
        """Return what finds the places and questions of this audit, for the palette."""
        doors = AuditDoors(self.dismiss, self.dismiss, noted=self.on_list_noted)
        return finds_of(self.session, doors)

    def on_draw_figure(self) -> None:
        """Write the figures and have them shown."""
        picture, board = self._picture, self.board
        if picture and picture.aspects:
            aspect = picture.aspects[board.tint].id
            table, plan = write_rooms(self.session, aspect)
            open_outside(self.app, plan if board.face == PLAN else table)
            board.inform(f"Écrit : {table.name}, {plan.name}, dans {table.parent}")

    def catch_up(self) -> None:
        """Show what another window wrote, once one comes back to this one."""
        self.session.catch_up()
        self.on_screen_resume()

    def on_screen_resume(self) -> None:
        """Show what was written meanwhile."""
        if self._picture is not None and self.session.snapshot is not (
            self._picture.snapshot
        ):
            self.show()

    def on_leave_rooms(self) -> None:
        """Put back the room that is lifted, then end arranging, then leave."""
        board = self.board
        if board.floor is None:
            self.dismiss(None)
            return
        picture = self._picture
        board.floor = picture.floor if picture and board.lifted else None
        board.lifted = False
        board.inform(_HOW if board.floor is not None else "")
        self.refresh_bindings()

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

    def _add(self, kind: PlaceKind, asked: str, one: str) -> None:
        facts, here = self.session.facts, self.here
        # The nearest place that can hold one more, from where the cursor is.
        while here and here.kind not in PARENT_KINDS[kind]:
            here = facts.places.get(here.parent or "")
        holder = here or facts.places[facts.root]
        where = f", dans « {holder.name} »" if holder.parent else ""

        def add(line: str) -> None:
            names = names_in(line)
            if len(names) <= 1:
                place, _ = add_place(self.session, kind, "".join(names), holder.id)
                words = f"{place.name} {agreeing(kind, 'ajouté')}{where}."
                self.show(place.id, f"Enregistré · {words}")
                return
            # Those that are not there yet, in one gesture; all of them are named.
            found = named(self.session, names)
            words = describe_names(kind, found)
            if not found.new:
                raise DiagError(f"Rien n'est ajouté. {words}")
            first, *_ = add_places(self.session, kind, found.new, holder.id)
            key = key_now(self.app, TakeBack)
            words = f"Enregistré{where} · {words} {key} les retire d'un coup."
            self.show(first.id, words)

        question = AskNames(f"{asked}{where}", one, self.session, kind, add)
        self.app.push_screen(question)

    def on_rename_it(self) -> None:
        here = self.here
        if not here:
            return

        def rename(name: str) -> None:
            if name != here.name:
                place = rename_place(self.session, here.id, name)
                self.show(place.id, f"Enregistré · {here.name} devient {place.name}.")

        question = f"Nouveau nom de « {here.name} »"
        self.app.push_screen(Ask(question, here.name, keep=rename))

    def on_move_it(self) -> None:
        here = self.here
        if not here:
            return

        def chosen(holder: str) -> None:
            move_place(self.session, here.id, holder)
            there = self.session.place_name(holder)
            self.show(here.id, f"Enregistré · {here.name} : {there}.")

        choices = [
            ListChoice(one.id, one.name, PLACE_NAMES[one.kind])
            for one in holders_of(self.session.facts, here.kind)
            if one.id != here.parent
        ]
        question = f"Où ranger « {here.name} » ?"
        self.ask(ChooseDialog(question, choices), chosen)

    def on_remove_it(self) -> None:
        here, picture = self.here, self._picture
        if not here or picture is None:
            return
        places = [line.place.id for line in picture.lines]
        at = places.index(here.id)
        beside = next(iter((*places[at + 1 :], *reversed(places[:at]))), "")

        def remove(_: object) -> None:
            remove_place(self.session, here.id)
            key = key_now(self.app, TakeBack)
            self.show(beside, f"Enregistré · {here.name} retiré. {key} l'annule.")

        said = sum(place == here.id for place, _ in self.session.facts.answers)
        many = f" ({counted(said, 'réponse')})" if said else ""
        question = f"Retirer « {here.name} » et ce qui en est dit{many} ?"
        self.ask(Confirm(question, yes="Retirer", grave=True), remove)

    def on_take_places(self) -> None:
        former, key = take_places_again(self.session), key_now(self.app, TakeBack)
        self.show(words=f"Enregistré · {former.taken}. {key} annule.")

    def on_take_back(self) -> None:
        taken = undo_last(self.session)
        topics = (subjects.parse(one.subject) for one in taken)
        there = next(
            (one.place for one in topics if isinstance(one, subjects.PlaceTopic)), ""
        )
        self.show(there, f"Annulé · {describe_undo(self.session, taken)}")

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

        def close(_: object) -> None:
            words = close_list(self.session, kind).sentence
            self.show(words=f"Enregistré · {words}")

        effect = closing_effect(self.session, kind)
        self.ask(Confirm(effect.sentence, yes="Confirmer"), close)


_SEVERAL = "Plusieurs d'un coup : {one} 1 ; {one} 2, ou bien {one} 1 à 8."


class NamesField(AskedField):
    """A field where lines pasted become one line of names.

    Of a table its first column names; one row alone is as many names.
    """

    JOINT = f" {BETWEEN} "

    def _on_paste(self, event: events.Paste) -> None:
        rows = [one for one in event.text.splitlines() if one.strip()]
        names = rows[0].split("\t") if len(rows) == 1 else rows
        event.text = "\n".join(one.partition("\t")[0] for one in names)


class AskNames(Ask):
    """Asks for names; as soon as there are several, shows what Enter will add."""

    INTRODUCTION = (
        "Tapez un nom, ou plusieurs séparés par des points-virgules ; « Classe 1 à 8 » "
        "en donne huit, et des lignes collées un chacune. Entrée ajoute."
    )
    FIELD: ClassVar[type[Input]] = NamesField

    def __init__(
        self,
        question: str,
        one: str,
        session: AuditSession,
        kind: PlaceKind,
        add: Callable[[str], object],
    ) -> None:
        super().__init__(question, hint=f"par exemple {one} 1", keep=add)
        self._several = _SEVERAL.format(one=one)
        self._session = session
        self._kind = kind

    def below(self) -> ComposeResult:
        """Lay what is to be added under the field."""
        yield Static(content(self._several), id="notice", classes="below")

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
