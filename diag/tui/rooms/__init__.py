"""Salles: where are we, what is wrong, where? A table of aspects and a plan."""

from typing import cast

from textual import on
from textual.app import ComposeResult

from diag.audit.memory import former_places
from diag.audit.photos import PhotoSubject
from diag.audit.places import FloorStep, keep_floor
from diag.audit.rooms import RoomsPicture, rooms_of
from diag.audit.session import AuditSession
from diag.documents.write import write_rooms
from diag.model.enums import PlaceKind
from diag.model.fact import Place
from diag.tui.audit_finds import AuditDoors, finds_of
from diag.tui.commands import (
    Command,
    CommandType,
    Help,
    ListNoted,
    OpenPalette,
    ShowPhotos,
    TakeBack,
    WriteNote,
    bindings_of,
    key_now,
)
from diag.tui.noting import NotedAs, NotedScreen, note_at
from diag.tui.palette import FindsInAudit
from diag.tui.photos import open_photos
from diag.tui.place import KeyBar, TitleLine, open_outside
from diag.tui.rooms.board import PLAN, RoomsBoard
from diag.tui.rooms.editing import (
    EDITING,
    EditsPlaces,
    MoveIt,
    RemoveIt,
    RenameIt,
    TakePlaces,
)
from diag.tui.state import Shell
from diag.words.sentences import counted


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


class RoomsScreen(EditsPlaces):
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
        *EDITING,
        SeeBilan,
        ListNoted,
        DrawFigure,
        TakeBack,
        LeaveRooms,
        Help,
        OpenPalette,
    )
    BINDINGS = bindings_of(*OFFERS)
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
        picture, board = self._picture, self.board
        if picture is None or not board.place:
            return
        aspect = picture.aspects[board.aspect].id if picture.aspects else ""
        key = picture.opened_by(board.place, aspect)
        if key is None:
            board.inform("Rien ne se demande ici.")
        else:
            self.dismiss(key)

    def on_open_cell(self) -> None:
        """Open the question of the cell."""
        self._chosen()

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
