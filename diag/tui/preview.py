"""The pages of a document, looked at in the terminal before anything is written.

A page is drawn at two pixels a character: its layout is seen, its text is not read.
The system's viewer shows the real PDF.
"""

from pathlib import Path
from tempfile import mkdtemp

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from diag.documents import AUDIENCES
from diag.documents.formats import Format
from diag.documents.write import beside, draw_report, report_for, write_reports
from diag.model.audit import Audit
from diag.model.enums import Audience
from diag.model.errors import DiagError
from diag.tui.commands import Command, CommandType, Trouble, bindings_of
from diag.tui.photos import Pixels
from diag.tui.place import EVERYWHERE, PlaceScreen, open_outside
from diag.tui.text import content
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

    @work(thread=True, exclusive=True, group="preview")
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

    @work(thread=True, exclusive=True, group="preview")
    def _open(self, workspace: Workspace) -> None:
        with beside(workspace) as own:
            report = report_for(own, self._audit, self._scenario)
            folder = Path(mkdtemp(prefix="diag-"))
            made = list(write_reports(report, [self._audience], folder, [Format.PDF]))
        if made and made[0].path:
            self.app.call_from_thread(open_outside, self.app, made[0].path)
