"""What people said apart, of one audit or of all: the list, and what to do of each.

Places that two created apart, and that look like one, stand in it: proposed only.
"""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult

from diag.desk.audits import Listed, listed
from diag.desk.office.conflict_words import said_line
from diag.desk.office.conflicts import Contested, contested_of
from diag.desk.office.merging import Merge, proposals
from diag.desk.office.unsettled import unsettled_words
from diag.desk.session import Session
from diag.desk.territory.school_names import title_shown
from diag.desk.undo import undo_gesture
from diag.tui.commands import Command, CommandType, bindings_of
from diag.tui.screens.conflict import ConflictScreen
from diag.tui.screens.merge import MergeScreen
from diag.tui.screens.place import EVERYWHERE, PlaceScreen
from diag.tui.widgets.lines import Column, Line, Lines

_EMPTY = "Rien à trancher : personne n'a dit autre chose qu'un autre."


class OpenConflict(Command):
    """Ouvrir le conflit : qui a dit quoi, à partir de quoi."""

    KEYS = "enter"
    TITLE = "Ouvrir"
    IN_FOOTER = True


class GiveBack(Command):
    """Annuler votre dernière saisie dans l'audit du conflit tranché en dernier."""

    KEYS = "ctrl+z"
    TITLE = "Annuler"
    IN_FOOTER = True


class ConflictsScreen(PlaceScreen):
    """The conflicts of one audit, or of every audit here."""

    OFFERS: ClassVar[tuple[CommandType, ...]] = (OpenConflict, GiveBack, *EVERYWHERE)
    BINDINGS = bindings_of(*OFFERS)
    INTRODUCTION = (
        "Qui dit autre chose que qui ? Entrée ouvre un conflit. Tant qu'il est "
        "ouvert, le score compte les deux réponses, et les rapports le disent."
    )

    def __init__(self, ref: str = "") -> None:
        super().__init__()
        self.ref = ref
        """Whom the audit is about; empty for every audit."""
        self._shown: dict[str, Contested | Merge] = {}
        self._last: Session | None = None

    def body(self) -> ComposeResult:
        """Lay out the list."""
        yield Lines((Column("Sur quoi"), Column("Ce qui est dit")), empty=_EMPTY)

    def on_mount(self) -> None:
        """Put the focus in the list."""
        self.query_one(Lines).focus()

    def on_screen_resume(self) -> None:
        """Read again: one may have settled something."""
        self.read()

    def catch_up(self) -> None:
        """Show what another window wrote, once one comes back to this one."""
        self.read()

    def read(self) -> None:
        """Read and show what is to be settled, as it stands now."""
        self._shown = {}
        lines: list[Line] = []
        for session in self._sessions():
            session.catch_up()
            if found := self.lines_of(session):
                if not self.ref:
                    territory = self.diag.desk.workspace.territory
                    title = title_shown(territory, session.about)
                    lines.append(Line("", (f" {title}",)))
                lines += found
        about = self._sessions()[0].about.name if self.ref else "tous les audits"
        twice = sum(isinstance(one, Merge) for one in self._shown.values())
        counted = unsettled_words(len(self._shown) - twice, twice)
        self.tell(f"À trancher : {counted}" if counted else "À trancher", about)
        self.query_one(Lines).show(lines)
        self.refresh_keys()

    def lines_of(self, session: Session) -> Sequence[Line]:
        """Give the lines of one audit."""
        found = {one.id: one for one in contested_of(session)}
        twice = {f"{one.kept.id} {one.other.id}": one for one in proposals(session)}
        self._shown |= {**found, **twice}
        return [
            *(Line(key, (one.about, said_line(one))) for key, one in found.items()),
            *(Line(key, (one.about, one.asked)) for key, one in twice.items()),
        ]

    def can(self, command: CommandType) -> bool | None:
        """Offer to open what there is, to undo what one did."""
        if command is OpenConflict:
            return True if self._shown else None
        return (True if self._last else None) if command is GiveBack else True

    def _sessions(self) -> list[Session]:
        if self.ref:
            return [self.diag.desk.session(self.ref)]
        workspace = self.diag.desk.workspace
        return [self._session(one) for one in listed(workspace)]

    def _session(self, one: Listed) -> Session:
        """Return the audit as the other screens hold it, when they may."""
        desk = self.diag.desk
        if one.audit.campaign == desk.workspace.campaign:
            held = desk.session(one.about.ref)
            if held.audit.id == one.audit.id:
                return held
        return Session(desk.workspace, one.audit, one.about)

    @on(Lines.Chosen)
    def _chosen(self, event: Lines.Chosen) -> None:
        self._open(event.key)

    def on_open_conflict(self) -> None:
        """Open the conflict under the cursor."""
        self._open(self.query_one(Lines).key)

    def _open(self, key: str) -> None:
        shown = self._shown.get(key)
        if shown is None:
            return

        def did(_said: str) -> None:
            self._last = shown.session

        if isinstance(shown, Merge):
            self.app.push_screen(MergeScreen(shown, did))
        else:
            self.app.push_screen(ConflictScreen(shown, did))

    def on_give_back(self) -> None:
        """Take back the last thing said, and show it again."""
        if self._last is not None:
            undo_gesture(self._last)
            self.read()
            self.diag.say("Annulé : c'est de nouveau à trancher.")
