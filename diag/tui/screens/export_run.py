"""Documents being written, one audit after the other; stopped and taken up at will."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.message import Message
from textual.worker import get_current_worker

from diag.desk.outputs.many import Told, Wanted, beside, tally, write_many
from diag.desk.workspace import Workspace
from diag.model.audit import Audit
from diag.tui.commands import (
    Back,
    Command,
    CommandType,
    Help,
    OpenPalette,
    bindings_of,
    key_now,
)
from diag.tui.outside import open_outside
from diag.tui.screens.place import PlaceScreen
from diag.tui.widgets.lines import Column, Line, Lines
from diag.tui.widgets.sentence import Sentence

_BAR = 24
"""Columns of the bar that says how far one is."""


class OpenDocument(Command):
    """Ouvrir le premier document de l'audit avec la visionneuse du système."""

    KEYS = "o,enter"
    TITLE = "Ouvrir"
    IN_FOOTER = True


class OpenFolder(Command):
    """Ouvrir le dossier des documents de l'audit."""

    KEYS = "d"
    TITLE = "Dossier"
    IN_FOOTER = True


class Stop(Command):
    """Arrêter après l'audit en cours ; ce qui est écrit le reste."""

    KEYS = "s"
    TITLE = "Arrêter"
    IN_FOOTER = True


class TakeUp(Command):
    """Reprendre : ce qui est déjà à jour n'est pas réécrit."""

    KEYS = "r"
    TITLE = "Reprendre"
    IN_FOOTER = True


class ExportRunScreen(PlaceScreen):
    """A line an audit, as each is written; what failed is told beside it."""

    CSS_PATH = "export.tcss"
    OFFERS: ClassVar[tuple[CommandType, ...]] = (
        OpenDocument,
        OpenFolder,
        Stop,
        TakeUp,
        Back,
        Help,
        OpenPalette,
    )
    BINDINGS = bindings_of(*OFFERS)
    INTRODUCTION = (
        "Les documents s'écrivent un audit après l'autre. Quitter cet écran arrête "
        "après l'audit en cours ; rien de ce qui est écrit n'est perdu."
    )

    class Done(Message):
        """One audit's documents are written, or told why not."""

        def __init__(self, told: Told) -> None:
            super().__init__()
            self.told = told

    class Ended(Message):
        """Nothing more is being written."""

    def __init__(self, audits: Sequence[Audit], wanted: Wanted) -> None:
        super().__init__()
        self._audits = tuple(audits)
        self._wanted = wanted
        self.told: list[Told] = []
        """What became of each audit so far, in order."""
        self.running = False
        """Whether something is being written."""

    def body(self) -> ComposeResult:
        """Lay the audits over the whole."""
        yield Lines(
            (Column("Audit"), Column("Documents", 36, narrow=32, tiny=12)),
            empty="Le premier audit s'écrit.",
        )
        yield Sentence(id="told")

    def on_mount(self) -> None:
        """Start."""
        self.tell("Exporter les documents")
        self.query_one(Lines).focus()
        self._start()

    def can(self, command: CommandType) -> bool | None:
        """Offer to stop or to take up, and to open what is there."""
        if command is Stop:
            return self.running
        if command is TakeUp:
            return not self.running and self._is_cut_short
        if command in {OpenDocument, OpenFolder}:
            return True if self.here and self.here.files else None
        return True

    @property
    def here(self) -> Told | None:
        """The audit under the cursor, once told."""
        key = self.query_one(Lines).key if self.is_mounted else ""
        return self.told[int(key)] if key else None

    @property
    def _is_cut_short(self) -> bool:
        failed = any(one.problem for one in self.told)
        return failed or len(self.told) < len(self._audits)

    def _start(self) -> None:
        self.told, self.running = [], True
        self._show()
        self._write(self.diag.desk.workspace)

    @work(thread=True, exclusive=True, group="export")
    def _write(self, workspace: Workspace) -> None:
        """Write, from a connection of this thread's own."""
        worker = get_current_worker()
        try:
            with beside(workspace) as own:
                for told in write_many(own, self._audits, self._wanted):
                    self.post_message(self.Done(told))
                    if worker.is_cancelled:
                        break
        finally:
            self.post_message(self.Ended())

    def on_export_run_screen_done(self, event: Done) -> None:
        """Tell one audit more."""
        self.told.append(event.told)
        self._show()

    def on_export_run_screen_ended(self) -> None:
        """Tell what became of them all."""
        self.running = False
        self._show()

    @on(Lines.Moved)
    def _moved(self) -> None:
        self._tell_whole()
        self.refresh_bindings()

    @on(Lines.Chosen)
    def _chosen(self) -> None:
        self.on_open_document()

    def _show(self) -> None:
        self.query_one(Lines).show([
            Line(str(rank), (one.name, _short(one)))
            for rank, one in enumerate(self.told)
        ])
        self._tell_whole()
        self.refresh_bindings()

    def _tell_whole(self) -> None:
        here = self.here
        said = [self._progress()]
        if here:
            said.append(here.problem or ", ".join(here.warnings) or str(here.folder))
        if not self.running and any(one.provisional for one in self.told):
            said.append("Provisoires : des audits ne sont pas clos.")
        self.query_one("#told", Sentence).say("\n".join(said))

    def _progress(self) -> str:
        done, whole = len(self.told), len(self._audits)
        filled = _BAR * done // max(whole, 1)
        bar = "█" * filled + "░" * (_BAR - filled)
        if self.running:
            return f"{bar} {done} sur {whole}"
        if done < whole:
            key = key_now(self.app, TakeUp)
            return f"{bar} {done} sur {whole} : arrêté, {key} reprend"
        return f"{bar} {tally(self.told)}"

    def on_stop(self) -> None:
        """Stop after the audit at hand."""
        self.workers.cancel_group(self, "export")
        self.diag.say("Arrêt après l'audit en cours.")

    def on_back(self) -> None:
        """Leave; say what is left unwritten, if it was not all."""
        if self.running:
            last = f"{len(self.told) + 1} sur {len(self._audits)}"
            self.diag.say(f"Arrêt après l'audit {last} ; « Écrire » reprend.")
        super().on_back()

    def on_take_up(self) -> None:
        """Go through all again: what is up to date is left."""
        self._start()

    def on_open_document(self) -> None:
        """Open the first document of the audit under the cursor."""
        if self.here and self.here.files:
            open_outside(self.app, self.here.files[0])

    def on_open_folder(self) -> None:
        """Open the folder of the audit under the cursor."""
        if self.here:
            open_outside(self.app, self.here.folder)


def _short(told: Told) -> str:
    return f"Échec : {told.problem}" if told.problem else told.words
