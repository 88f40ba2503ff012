"""A programme on a screen: opened, gathered and worked out off the event loop.

Old figures stay until the new ones come. The audits are read by a thread with a
connection of its own; working out needs none.
"""

from collections.abc import Callable, Mapping
from datetime import date

from textual import work
from textual.worker import get_current_worker

from diag.journal.revision import NewRevision, Revision
from diag.model.base import Noun
from diag.model.errors import DiagError
from diag.model.programme import ProgrammeFrame
from diag.programme import setting
from diag.programme.assembling import Board, board_of, contenders_of
from diag.programme.container import Container, all_of
from diag.programme.history import last_gesture, subject_words, take_back
from diag.programme.operations import Contenders
from diag.tui.commands import Command, Trouble
from diag.tui.lists import Lines
from diag.tui.place import PlaceScreen
from diag.tui.programme.years import YearsView
from diag.words.dates import local_day
from diag.words.sentences import counted
from diag.workspace.workspace import Workspace

SHOW, ACT, SET = "Voir", "Sous le curseur", "Le programme"
"""Groups of commands."""


class Replay(Command, keys="r", title="Refaire", group=SET, footer=True):
    """Relire les audits et refaire tout le calcul."""


class UndoEntry(Command, keys="ctrl+z", title="Annuler", group=SET):
    """Annuler votre dernière saisie dans ce programme ; répétable."""


_CHOSEN = "programme"
"""Under which the programme that was open last is kept."""

FromWhat = tuple[str, ...]
"""What a gathering is made from: campaigns, audits and digests, communes that share."""


class ReadingStoppedError(Exception):
    """A gathering is of no use any more."""


Changes = Mapping[str, Noun | None]
"""Subject → what is written there; None: taken away."""

Keep = Callable[[Changes], object]
"""Writes changes in one commit, in the programme or in the variant shown."""


class ProgrammeWork(PlaceScreen):
    """What stands in a programme, and what follows from it, as far as it is known."""

    def __init__(self) -> None:
        super().__init__()
        self.container: Container | None = None
        """The programme that is open; None while there is none."""
        self.board: Board | None = None
        """What was worked out last; None before the first time."""
        self.variant = ""
        """Id of the variant that is shown and written in; empty: the programme."""
        self.busy = ""
        """What is under way, in a word or two; empty when nothing is."""
        self.face = "years"
        """The face that is shown."""
        self.by_ips = False
        """Whether communes are grouped by IPS."""
        self.commune = ""
        """INSEE code of the commune whose operations are shown; empty: all."""
        self.view: YearsView | None = None
        """The board, as the faces show it; None before it is worked out."""
        self._found: Contenders | None = None
        self._from_what: FromWhat = ()
        self._gestures: dict[str, frozenset[str]] = {}

    def show_all(self) -> None:
        """Show what is known now."""
        raise NotImplementedError

    def show_face(self, face: str) -> None:
        """Show another face, its list under the cursor."""
        raise NotImplementedError

    @property
    def list_shown(self) -> str:
        """The list of the face that is shown."""
        return "fifths" if self.face == "communes" and self.by_ips else self.face

    def current(self) -> Container:
        """Return the programme as it stands now, for what is open over this screen."""
        assert self.container is not None
        return self.container

    @property
    def lines(self) -> Lines:
        """The list that is shown."""
        return self.query_one(f"#{self.list_shown}", Lines)

    @property
    def key(self) -> str:
        """What the cursor stands on; empty when there is nothing."""
        return self.lines.key if self.is_mounted else ""

    @property
    def operation(self) -> str:
        """The operation under the cursor; empty on anything else."""
        key = self.key if self.face == "years" and self.board else ""
        return key if self.board and key in self.board.schedule.placements else ""

    @property
    def frame(self) -> ProgrammeFrame | None:
        """The years of the programme as it is shown; None before they are set."""
        return self.container.record(self.variant).frame if self.container else None

    def read(self, *, afresh: bool = False) -> None:
        """Read what stands; gather and work out again what changed, or all of it."""
        before, self.container = self.container, self._opened()
        if before and self.container and before.stated == self.container.stated:
            self.container = before  # what is under way is still of use
        if self.container is None:
            self.board, self.busy = None, ""
            self.show_all()
            return
        if self.variant not in self.container.record().variants:
            self.variant = ""
        frame, from_what = self.frame, self._from_what_now()
        if frame is None:
            self.board, self.busy = None, ""
        elif afresh or from_what != self._from_what:
            self._from_what = from_what
            self.busy = "lecture des audits" if self.board is None else "recalcul"
            self._gather(self.container, frame, from_what)
        elif before is not self.container:
            self._replay_soon()
        self.show_all()

    def replay(self) -> None:
        """Work out again, from what the audits gave last."""
        self._replay_soon()
        self.show_all()

    def _replay_soon(self) -> None:
        self.busy = self.busy or "recalcul"
        if self.container is not None and self._found is not None:
            _ = self.container.stated  # read here: a thread has no connection
            self._replay(self.container, self.variant, self._found)

    def _opened(self) -> Container | None:
        """Return the programme that was open, else the one kept, else the last."""
        workspace = self.diag.desk.workspace
        known = {one.audit.id: one for one in all_of(workspace)}
        kept = str(self.diag.desk.kept(_CHOSEN, ""))
        for ident in (self.container.audit.id if self.container else "", kept):
            if ident in known:
                break
        else:
            ident = next(reversed(known), "")
        if ident:
            workspace.journal.check(ident)
        return known.get(ident)

    def choose(self, ident: str) -> None:
        """Show another programme, from now on and next time."""
        self.diag.desk.keep(_CHOSEN, ident)
        self.container, self.board, self.variant = None, None, ""
        self._from_what = ()
        self._gestures = {}
        self.read()

    def _from_what_now(self) -> FromWhat:
        journal, container = self.diag.desk.workspace.journal, self.container
        if container is None or self.frame is None:
            return ()
        programmes = {one.audit.id for one in all_of(self.diag.desk.workspace)}
        audits = (one for one in journal.manifest() if one.audit not in programmes)
        shared = container.record().shared.values()
        return (
            *self.frame.campaigns,
            *(f"{one.audit} {one.digest}" for one in audits),
            *(insee for one in shared for insee in one.communes),
        )

    @work(thread=True, exclusive=True, group="gather", description="aside")
    def _gather(
        self, container: Container, frame: ProgrammeFrame, from_what: FromWhat
    ) -> None:
        worker, desk, before = get_current_worker(), self.diag.desk, self._found
        done = 0

        def progress(many: int, total: int) -> None:
            nonlocal done
            if worker.is_cancelled:
                raise ReadingStoppedError
            if done != (done := 20 * many // total):
                self.call_later(self._show_progress, many, total)

        try:
            with Workspace.open(desk.folder, desk.world) as workspace:
                own = Container(workspace, container.audit, container.about)
                found = contenders_of(own, frame, before, progress)
        except DiagError as error:
            self.call_later(self._show_failed, error)
        except ReadingStoppedError:  # another gathering began, or the user left
            return
        else:
            self.call_later(self._keep_gathered, found, from_what)

    def _show_progress(self, many: int, total: int) -> None:
        """Show how far the first reading is; later ones are short."""
        if self.board is None and self.busy:
            self.busy = f"audits lus : {many} sur {total}"
            self.show_all()

    def _keep_gathered(self, found: Contenders, from_what: FromWhat) -> None:
        if from_what == self._from_what:
            self._found = found
            self.replay()

    @work(thread=True, exclusive=True, group="replay", description="aside")
    def _replay(self, container: Container, variant: str, found: Contenders) -> None:
        try:
            board = board_of(container, variant, found, afresh=False)
        except DiagError as error:
            self.call_later(self._show_failed, error)
            return
        self.call_later(self._show_replayed, board)

    def _show_replayed(self, board: Board) -> None:
        """Show new figures, unless something was written meanwhile."""
        if board.container is self.container and board.variant == self.variant:
            self.board, self.busy = board, ""
            self.show_all()

    def _show_failed(self, error: DiagError) -> None:
        """Keep the old figures, no longer as if new ones came."""
        self.busy = ""
        self.show_all()
        self.app.post_message(Trouble(str(error), error))

    def keep(self, *drafts: NewRevision) -> None:
        """Write drafts in one commit and one gesture; work out again.

        Raises:
            DiagError: nothing could be written.
        """
        assert self.container is not None
        written = self.container.write(*drafts)
        together = frozenset(one.id for one in written)
        self._gestures |= dict.fromkeys(together, together)
        self.read()

    def keep_changes(self, changes: Changes) -> None:
        """Write in the programme, or in the variant that is shown."""
        if self.container:
            self.keep(*setting.drafts_of(self.container, changes, self.variant))

    def keep_own(self, changes: Changes) -> None:
        """Write in the programme itself: its variants are its own."""
        if self.container:
            self.keep(*setting.drafts_of(self.container, changes))

    def undo(self, *, is_asked: bool = False) -> str:
        """Take back the last gesture; return what it was about, in words.

        Raises:
            DiagError: nothing is to be taken back, others wrote since, or it is of
                another day and nobody was asked.
        """
        taken = self.last_gesture()
        if is_of_before(taken, self.diag.desk.world.today()) and not is_asked:
            raise DiagError(
                "Votre dernière saisie est d'un autre jour : annulez-la depuis le "
                "programme, où l'on vous dira laquelle."
            )
        assert self.container is not None
        take_back(self.container, taken)
        words = self.gesture_words(taken)
        self.read()
        return words

    def last_gesture(self) -> tuple[Revision, ...]:
        """Return what would be taken back, the last first.

        Raises:
            DiagError: there is nothing.
        """
        assert self.container is not None
        return last_gesture(self.container, self._gestures)

    def gesture_words(self, taken: tuple[Revision, ...]) -> str:
        """Return what a gesture was about: « l'enveloppe 2028, syndicat »."""
        subject = taken[-1].subject
        words = subject_words(self.board, subject) if self.board else "une saisie"
        more = len(taken) - 1
        return f"{words}, et {counted(more, 'autre')}" if more else words


def is_of_before(taken: tuple[Revision, ...], today: date) -> bool:
    """Say whether a gesture is of another day: who made it may have forgotten it."""
    return local_day(taken[0].at) < today
