"""Where the reports are, once written, and opening them."""

from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from diag.desk.outputs.documents import TITLES
from diag.model.enums import Audience
from diag.tui.commands import Command, CommandType, bindings_of, key_now
from diag.tui.dialogs import Close
from diag.tui.outside import open_outside
from diag.tui.plain import content
from diag.tui.screens.bilan_commands import Advance
from diag.tui.sturdy import Sturdy
from diag.tui.widgets.key_bar import KeyBar
from diag.tui.widgets.sentence import Sentence


class OpenReport(Command):
    """Ouvrir le premier document avec la visionneuse du système."""

    KEYS = "o"
    TITLE = "Ouvrir"
    IN_FOOTER = True


class OpenFolder(Command):
    """Ouvrir le dossier des rapports."""

    KEYS = "d"
    TITLE = "Dossier"
    IN_FOOTER = True


class WrittenDialog(Sturdy, ModalScreen[None]):
    """Says which files were written, and where."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["../dialogs.tcss", "written.tcss"]
    OFFERS: ClassVar[tuple[CommandType, ...]] = (OpenReport, OpenFolder, Close)
    BINDINGS = bindings_of(*OFFERS)

    def __init__(self, files: Sequence[Path], title: str, *, provisional: bool) -> None:
        super().__init__()
        self._title = title
        self.files = tuple(files)
        """What was written."""
        self._provisional = provisional

    def compose(self) -> ComposeResult:
        """Lay the names over the folder."""
        stems = tuple(dict.fromkeys(path.stem for path in self.files))
        forms = ", ".join(dict.fromkeys(path.suffix[1:].upper() for path in self.files))
        said = [
            f"{', '.join(map(_named, stems))} ({forms})",
            "",
            str(self.files[0].parent),
        ]
        if self._provisional:
            state = "Provisoires" if len(stems) > 1 else "Provisoire"
            key = key_now(self.app, Advance)
            said += ["", f"{state} : l'audit n'est pas clos ({key}, puis « Clore »)."]
        with Vertical(classes="dialog"):
            yield Static(content(self._title), classes="title")
            yield Sentence("\n".join(said), classes="said")
        yield KeyBar()

    def on_open_report(self) -> None:
        """Open the first page: the mayor's, among reports."""
        pages = [path for path in self.files if path.suffix == ".html"]
        open_outside(self.app, pages[0])

    def on_open_folder(self) -> None:
        """Open the folder."""
        open_outside(self.app, self.files[0].parent)

    def on_close(self) -> None:
        """Leave."""
        self.dismiss(None)


def _named(stem: str) -> str:
    """Return what a report is called; another document keeps its file's name."""
    return TITLES[Audience(stem)] if stem in set(Audience) else stem
