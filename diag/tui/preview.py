"""A document, looked at: its pages before anything is written, its files once it is.

A page is drawn at two pixels a character: its layout is seen, its text is not read.
The system's viewer shows the real PDF.
"""

from collections.abc import Sequence
from pathlib import Path
from tempfile import mkdtemp

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Static

from diag.documents import AUDIENCES
from diag.documents.formats import Format
from diag.documents.write import beside, draw_report, report_for, write_reports
from diag.model.audit import Audit
from diag.model.enums import Audience
from diag.model.errors import DiagError
from diag.tui.commands import (
    Command,
    CommandType,
    KeyPlace,
    Sturdy,
    Trouble,
    bindings_of,
)
from diag.tui.dialogs import Close
from diag.tui.photos import Pixels
from diag.tui.place import EVERYWHERE, KeyBar, PlaceScreen, open_outside
from diag.tui.text import Sentence, content
from diag.workspace.workspace import Workspace


class NextPage(Command, keys="right,pagedown", title="Page suivante", footer=True):
    """Voir la page suivante."""


class PageBefore(Command, keys="left,pageup", title="Page d'avant", footer=True):
    """Voir la page d'avant."""


class OpenPdf(Command, keys="o,enter", title="Ouvrir", footer=True):
    """Lire ce PDF avec la visionneuse du système, sans rien écrire dans le dossier."""


_PPI = 24
"""Dots an inch: an A4 page of 280 lines, more than a terminal can show."""


class PreviewScreen(PlaceScreen):
    """One page at a time."""

    CSS_PATH = "preview.tcss"
    OFFERS = (NextPage, PageBefore, OpenPdf, *EVERYWHERE)
    BINDINGS = bindings_of(*OFFERS)
    INTRODUCTION = (
        "Les pages telles que le PDF les aura ; « Ouvrir » les montre en entier."
    )

    class Drawn(Message):
        """The pages are there."""

        def __init__(self, name: str, pages: tuple[bytes, ...]) -> None:
            super().__init__()
            self.name = name
            self.pages = pages

    def __init__(self, audit: Audit, audience: Audience, scenario: str = "") -> None:
        super().__init__()
        self._audit, self._audience, self._scenario = audit, audience, scenario
        self.pages: tuple[bytes, ...] = ()
        """Each page, once drawn."""
        self.page = 0
        """Rank of the page that is shown."""

    def body(self) -> ComposeResult:
        with Vertical(id="page"):
            yield Static(content("Les pages se dessinent…"), classes="muted")

    def on_mount(self) -> None:
        """Have the pages drawn aside: half a second."""
        self.set_title(f"Aperçu : {AUDIENCES[self._audience].title}")
        self._draw(self.diag.desk.workspace)

    @work(thread=True, exclusive=True, group="preview", description="aside")
    def _draw(self, workspace: Workspace) -> None:
        try:
            with beside(workspace) as own:
                report = report_for(own, self._audit, self._scenario)
                pages = draw_report(report, self._audience, _PPI)
                notice = report.office.house.explain(self._audience)
        except DiagError as error:
            self.app.post_message(Trouble(str(error)))
            return
        if notice:
            self.app.post_message(Trouble(notice))
        self.post_message(self.Drawn(report.about.name, pages))

    async def on_preview_screen_drawn(self, event: Drawn) -> None:
        self.pages = event.pages
        await self._show(0)

    async def _show(self, page: int) -> None:
        self.page = page
        self.set_title(
            f"Aperçu : {AUDIENCES[self._audience].title}",
            f"page {page + 1} sur {len(self.pages)}",
        )
        room = self.query_one("#page")
        await room.remove_children()
        await room.mount(Pixels(self.pages[page]))
        self.refresh_bindings()

    def can(self, command: CommandType) -> bool | None:
        if command is NextPage:
            return True if self.page + 1 < len(self.pages) else None
        if command is PageBefore:
            return True if self.page else None
        return True

    async def on_next_page(self) -> None:
        await self._show(self.page + 1)

    async def on_page_before(self) -> None:
        await self._show(self.page - 1)

    def on_open_pdf(self) -> None:
        self._open(self.diag.desk.workspace)

    @work(thread=True, exclusive=True, group="preview", description="aside")
    def _open(self, workspace: Workspace) -> None:
        with beside(workspace) as own:
            report = report_for(own, self._audit, self._scenario)
            folder = Path(mkdtemp(prefix="diag-"))
            made = list(write_reports(report, [self._audience], folder, [Format.PDF]))
        if made and made[0].path:
            self.app.call_from_thread(open_outside, self.app, made[0].path)


class OpenReport(Command, keys="o", title="Ouvrir", place=KeyPlace.WINDOW, footer=True):
    """Ouvrir le premier document avec la visionneuse du système."""


class OpenReportFolder(
    Command, keys="d", title="Dossier", place=KeyPlace.WINDOW, footer=True
):
    """Ouvrir le dossier des rapports."""


_DOCUMENTS = {str(audience): found.title for audience, found in AUDIENCES.items()}
"""What reports are called, by the name of their file; others keep that name."""


class WrittenDialog(Sturdy, ModalScreen[None]):
    """Shows which files were written, and where."""

    CSS_PATH = "dialogs.tcss"
    OFFERS = (OpenReport, OpenReportFolder, Close)
    BINDINGS = bindings_of(*OFFERS)

    def __init__(self, files: Sequence[Path], title: str, closing_key: str) -> None:
        super().__init__()
        self._title = title
        self.files = tuple(files)
        """What was written."""
        self._closing_key = closing_key

    def compose(self) -> ComposeResult:
        stems = tuple(dict.fromkeys(path.stem for path in self.files))
        forms = ", ".join(dict.fromkeys(path.suffix[1:].upper() for path in self.files))
        words = [
            f"{', '.join(_DOCUMENTS.get(stem, stem) for stem in stems)} ({forms})",
            "",
            str(self.files[0].parent),
        ]
        if key := self._closing_key:
            state = "Provisoires" if len(stems) > 1 else "Provisoire"
            words += ["", f"{state} : l'audit n'est pas clos ({key}, puis « Clore »)."]
        with Vertical(classes="dialog"):
            yield Static(content(self._title), classes="title")
            yield Sentence("\n".join(words), classes="text")
        yield KeyBar()

    def on_open_report(self) -> None:
        """Open the first page: the mayor's, among reports."""
        pages = [path for path in self.files if path.suffix == ".html"]
        open_outside(self.app, pages[0])

    def on_open_report_folder(self) -> None:
        open_outside(self.app, self.files[0].parent)

    def on_close(self) -> None:
        self.dismiss(None)
