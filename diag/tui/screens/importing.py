"""Importer: the official files, what was read of each and when, and a new one."""

from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Static
from textual.worker import get_current_worker

from diag.desk.evidence.dropped import path_typed
from diag.desk.visit.trail import day_words
from diag.desk.workspace import Workspace
from diag.model.errors import DiagError
from diag.tui.commands import Command, CommandType, bindings_of
from diag.tui.dialogs import Ask, Tell
from diag.tui.plain import content
from diag.tui.screens.place import EVERYWHERE, PlaceScreen
from diag.tui.widgets.lines import TINY, Column, Line, Lines
from diag.words.sentences import system_sentence

KINDS = {
    "annuaire": "Annuaire de l'éducation : les écoles, leurs adresses",
    "communes": "Communes : noms officiels, population, EPCI",
    "effectifs": "Effectifs : nombres d'élèves et de classes",
    "ips": "Indices de position sociale",
    "mairies": "Mairies : adresses de messagerie",
}
"""Kind of official file → what it tells; the directory comes first."""


class Choose(Command):
    """Donner le fichier à lire : son chemin, ou glissez-le sur le terminal."""

    KEYS = "enter"
    TITLE = "Choisir le fichier"
    IN_FOOTER = True


class StoppedError(Exception):
    """The user left: the import undoes what it had begun."""


class ImportScreen(PlaceScreen):
    """The kinds of official files."""

    CSS_PATH = "importing.tcss"
    OFFERS: ClassVar[tuple[CommandType, ...]] = (Choose, *EVERYWHERE)
    BINDINGS = bindings_of(*OFFERS)
    INTRODUCTION = (
        "Les fichiers officiels, tels que téléchargés (CSV). L'annuaire d'abord. "
        "Un import se fait en entier ou pas du tout, et n'efface jamais rien."
    )

    class Advanced(Message):
        """So much of the file is read."""

        def __init__(self, percent: int) -> None:
            super().__init__()
            self.percent = percent

    class Ended(Message):
        """The import ended: its account, or why it was refused."""

        def __init__(self, told: str, title: str) -> None:
            super().__init__()
            self.told = told
            self.title = title

    def __init__(self) -> None:
        super().__init__()
        self._path = ""
        self._busy = False

    def body(self) -> ComposeResult:
        """Lay the kinds over a line that tells how far one is."""
        yield Lines((
            Column("Fichier", 11),
            Column("Ce qu'il apporte"),
            Column("Lu le", 11, least=TINY),
        ))
        yield Static(id="progress")

    def on_mount(self) -> None:
        """List the kinds."""
        self.tell("Importer", "fichiers officiels")
        self.query_one(Lines).focus()
        self._fill()

    def _fill(self) -> None:
        territory = self.diag.desk.workspace.territory
        latest: dict[str, int] = {}
        for entry in territory.imports():
            if entry.added or entry.changed or entry.unchanged or entry.vanished:
                latest.setdefault(entry.kind, entry.at)
        self.query_one(Lines).show([
            Line(
                kind,
                (kind, told, day_words(latest[kind]) if kind in latest else "jamais"),
            )
            for kind, told in KINDS.items()
        ])

    @on(Lines.Chosen)
    def _chosen(self) -> None:
        self.on_choose()

    def on_choose(self) -> None:
        """Ask where the file is."""
        kind = self.query_one(Lines).key
        if self._busy:
            self.diag.say("Un import est en cours ; attendez qu'il finisse.")
            return
        asked = f"{KINDS[kind]}.\nChemin du fichier (glissez-le ici) :"

        def given(path: str | None) -> None:
            if path and (file := path_typed(path)):
                self._path = path
                self._busy = True
                self._read(kind, file)

        self.app.push_screen(Ask(asked, self._path), given)

    @work(thread=True, exclusive=True)
    def _read(self, kind: str, path: Path) -> None:
        # Readers cost 20 ms; a thread has a connection of its own.
        from diag.desk.territory.importing import import_file  # noqa: PLC0415
        from diag.imports.account import account  # noqa: PLC0415

        worker, shown = get_current_worker(), -1

        def advance(done: int, total: int) -> None:
            nonlocal shown
            if worker.is_cancelled:
                raise StoppedError
            percent = 100 * done // max(total, 1)
            if percent != shown:
                shown = percent
                self.post_message(self.Advanced(percent))

        desk = self.diag.desk
        try:
            with Workspace.open(desk.folder, desk.world) as workspace:
                report = import_file(workspace, kind, path, advance)
        except StoppedError:
            return
        except DiagError as error:
            self.post_message(self.Ended(str(error), "Import refusé"))
        except OSError as error:
            self.post_message(self.Ended(system_sentence(error), "Import refusé"))
        else:
            told = "\n".join(account(report))
            title = "Rien d'importé" if report.found_nothing else "Import terminé"
            self.post_message(self.Ended(told, title))

    @on(Advanced)
    def _advance(self, event: Advanced) -> None:
        self.query_one("#progress", Static).update(
            content(
                f"Lecture : {event.percent:3d} %   (Échap : arrêter, rien ne change)"
            )
        )

    @on(Ended)
    def _end(self, event: Ended) -> None:
        self._busy = False
        self.query_one("#progress", Static).update(content(""))
        self._fill()
        self.app.push_screen(Tell(event.told, event.title))
