"""Exporter: which documents, for whom, where; looked at before, opened once written."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, TypeVar

from textual import on, work
from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.widgets import Static
from textual.worker import get_current_worker

from diag.documents import AUDIENCES
from diag.documents.formats import FORMATS, Format
from diag.documents.write import (
    AuditWritten,
    DocumentsWanted,
    WrittenFile,
    audits_in,
    beside,
    draw_report,
    report_for,
    tally,
    write_many,
    write_reports,
)
from diag.model.audit import Audit
from diag.model.enums import Audience
from diag.model.errors import DiagError
from diag.office.agenda import tour_of
from diag.tui.commands import (
    Back,
    Command,
    CommandType,
    Help,
    KeyPlace,
    OpenPalette,
    Trouble,
    key_now,
)
from diag.tui.dialogs import Ask, Close, Confirm, Dialog, box
from diag.tui.lists import Lines, ListColumn, ListLine
from diag.tui.photos import Pixels
from diag.tui.place import EVERYWHERE, PlaceScreen, open_outside
from diag.tui.text import Sentence, content
from diag.words.sentences import counted
from diag.workspace.disk import path_typed
from diag.workspace.workspace import Workspace


class Write(Command, keys="f2", title="Écrire", footer=True):
    """Écrire ce qui est coché ; ce qui est déjà à jour n'est pas réécrit."""


class Tick(Command, keys="space", title="Cocher", footer=True):
    """Cocher ou décocher la ligne, ou changer ce qu'elle dit."""


class PreviewPages(Command, keys="p", title="Aperçu", footer=True):
    """Voir les pages du premier document coché, avant de l'écrire."""


class OpenDocument(Command, keys="o,enter", title="Ouvrir", footer=True):
    """Ouvrir le premier document de l'audit avec la visionneuse du système."""


class OpenExportFolder(Command, keys="d", title="Dossier", footer=True):
    """Ouvrir le dossier des documents de l'audit."""


class StopExport(Command, keys="s", title="Arrêter", footer=True):
    """Arrêter après l'audit en cours ; ce qui est écrit le reste."""


class TakeUp(Command, keys="r", title="Reprendre", footer=True):
    """Reprendre : ce qui est déjà à jour n'est pas réécrit."""


_KEPT = "export"
_WRITE = "write"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ExportScope:
    """Audits that may be exported together."""

    title: str
    audits: tuple[Audit, ...]


class ExportScreen(PlaceScreen):
    """One list of what can be chosen; nothing is written before « Écrire »."""

    CSS_PATH = "export.tcss"
    OFFERS = (Write, Tick, PreviewPages, *EVERYWHERE)
    INTRODUCTION = (
        "Quels documents, pour qui, sous quelle forme ? Cochez, puis écrivez. "
        "Un export arrêté reprend : ce qui est à jour est laissé tel quel."
    )

    def __init__(
        self, scopes: Sequence[ExportScope], scenarios: Sequence[str] = ()
    ) -> None:
        super().__init__()
        self._scopes = tuple(scopes)
        self._scope = next((n for n, one in enumerate(scopes) if one.audits), 0)
        self._scenarios = ("", *scenarios)
        self.wanted = DocumentsWanted(forms=tuple(FORMATS))
        """What is ticked: all, until it is read what was ticked last."""

    def body(self) -> ComposeResult:
        yield Lines((ListColumn(), ListColumn("", 34, narrow=28, tiny=14)))
        yield Static(id="notice")

    def on_mount(self) -> None:
        match self.diag.desk.kept(_KEPT):
            case [list(audiences), list(forms), str(folder)]:
                self.wanted = DocumentsWanted(
                    tuple(one for one in Audience if one in audiences),
                    tuple(one for one in FORMATS if one in forms),
                    Path(folder) if folder else None,
                )
        self.set_title("Exporter les documents")
        self._fill(f"scope/{self._scope}")

    @property
    def audits(self) -> tuple[Audit, ...]:
        """The audits whose documents are wanted."""
        return self._scopes[self._scope].audits

    def can(self, command: CommandType) -> bool | None:
        if command is PreviewPages:
            return True if self.audits and self.wanted.audiences else None
        if command is Write:
            return True if self._count() else None
        return True

    def choose_line(self, event: Lines.Chosen) -> None:
        """Write, or change the line."""
        if event.key == _WRITE:
            self.on_write()
        else:
            self._tick(event.key)

    def on_tick(self) -> None:
        """Tick the line under the cursor; what writes is no box to tick."""
        key = self.query_one(Lines).key
        if key != _WRITE:
            self._tick(key)

    def _tick(self, key: str) -> None:
        """Change the words of a line; a heading has no key, and nothing to change."""
        wanted = self.wanted
        sort, _, name = key.partition("/")
        if sort == "folder":
            asked = "Dans quel dossier ? Rien : celui de l'espace de travail"
            kept = str(wanted.folder or "")
            self.app.push_screen(Ask(asked, kept, keep=self._go_folder))
            return
        if sort == "scope":
            self._scope = int(name)
        elif sort == "audience":
            audiences = _turned(tuple(Audience), wanted.audiences, Audience(name))
            self.wanted = replace(wanted, audiences=audiences)
        elif sort == "form":
            forms = _turned(tuple(FORMATS), wanted.forms, Format(name))
            self.wanted = replace(wanted, forms=forms)
        elif sort == "again":
            self.wanted = replace(wanted, again=not wanted.again)
        elif sort == "scenario":
            at = self._scenarios.index(wanted.scenario) + 1
            name = self._scenarios[at % len(self._scenarios)]
            self.wanted = replace(wanted, scenario=name)
        else:
            return
        self._fill(key)

    def _go_folder(self, typed: str) -> None:
        folder = path_typed(typed)
        if folder is not None and folder.exists() and not folder.is_dir():
            raise DiagError(f"« {folder} » est un fichier. Donnez un dossier.")
        self.wanted = replace(self.wanted, folder=folder)
        self._fill("folder")

    def on_write(self) -> None:
        if not self._count():
            self.diag.inform(
                "Rien n'est coché : cochez un audit, un destinataire, une forme."
            )
            return
        wanted = self.wanted
        kept = [*map(str, wanted.audiences)], [*map(str, wanted.forms)]
        self.diag.desk.keep(_KEPT, [*kept, str(wanted.folder or "")])
        self.app.push_screen(ExportRunScreen(self.audits, self.wanted))

    def on_preview_pages(self) -> None:
        if self.audits and self.wanted.audiences:
            audience = self.wanted.audiences[0]
            self.app.push_screen(
                PreviewScreen(self.audits[0], audience, self.wanted.scenario)
            )

    def _fill(self, key: str) -> None:
        self.query_one(Lines).show(list(self._lines()), key)
        count = self._count()
        words = f"{counted(count, 'document')} de {counted(len(self.audits), 'audit')}."
        if not count:
            words = "Rien à écrire : cochez au moins un destinataire et une forme."
        self.query_one("#notice", Static).update(content(words))
        self.refresh_bindings()

    def _lines(self) -> Iterator[ListLine]:
        wanted = self.wanted
        yield ListLine("", (" Quels audits",))
        for rank, scope in enumerate(self._scopes):
            mark = "(•)" if rank == self._scope else "( )"
            aside = counted(len(scope.audits), "audit")
            yield ListLine(f"scope/{rank}", (f"  {mark} {scope.title}", aside))
        yield ListLine("", (" Pour qui",))
        for audience in Audience:
            sign = box(ticked=audience in wanted.audiences)
            yield ListLine(
                f"audience/{audience}", (f"  {sign} {AUDIENCES[audience].title}", "")
            )
        yield ListLine("", (" Sous quelle forme",))
        for form, writer in FORMATS.items():
            yield ListLine(
                f"form/{form}",
                (f"  {box(ticked=form in wanted.forms)} {writer.label}", ""),
            )
        yield ListLine("", (" Comment",))
        if len(self._scenarios) > 1:
            name = wanted.scenario or "aucune"
            yield ListLine(
                "scenario",
                (
                    f"  Option imprimée : {name}",
                    f"{key_now(self.app, Tick)} : une autre",
                ),
            )
        folder = wanted.folder or "celui de l'espace de travail"
        yield ListLine("folder", (f"  Dossier : {folder}", "Entrée : un autre"))
        sign = box(ticked=wanted.again)
        yield ListLine("again", (f"  {sign} Réécrire aussi ce qui est à jour", ""))
        yield ListLine(_WRITE, ("  Écrire", key_now(self.app, Write)))

    def _count(self) -> int:
        wanted = self.wanted
        return len(self.audits) * len(wanted.audiences) * len(wanted.forms)


def _turned(order: tuple[T, ...], ticked: tuple[T, ...], one: T) -> tuple[T, ...]:
    """Return what is ticked once one of them changed, in order."""
    turned = set(ticked) ^ {one}
    return tuple(each for each in order if each in turned)


_BAR = 24
"""Columns of the bar that shows how far it is."""


class ExportRunScreen(PlaceScreen):
    """A line an audit, as each is written; what failed is shown beside it."""

    CSS_PATH = "export.tcss"
    OFFERS = (
        OpenDocument,
        OpenExportFolder,
        StopExport,
        TakeUp,
        Back,
        Help,
        OpenPalette,
    )
    INTRODUCTION = (
        "Les documents s'écrivent un audit après l'autre. Quitter cet écran arrête "
        "après l'audit en cours ; rien de ce qui est écrit n'est perdu."
    )

    def __init__(self, audits: Sequence[Audit], wanted: DocumentsWanted) -> None:
        super().__init__()
        self._audits = tuple(audits)
        self._wanted = wanted
        self.written: list[AuditWritten] = []
        """What became of each audit so far, in order."""
        self.running = False
        """Whether something is being written."""

    def body(self) -> ComposeResult:
        yield Lines(
            (ListColumn("Audit"), ListColumn("Documents", 36, narrow=32, tiny=12)),
            empty="Le premier audit s'écrit.",
        )
        yield Sentence(id="notice")

    def on_mount(self) -> None:
        self.set_title("Exporter les documents")
        self._start()

    def can(self, command: CommandType) -> bool | None:
        if command is StopExport:
            return self.running
        if command is TakeUp:
            left = len(self.written) < len(self._audits)
            failed = any(one.problem for one in self.written)
            return not self.running and (left or failed)
        if command in {OpenDocument, OpenExportFolder}:
            return True if self.here and self.here.files else None
        return True

    @property
    def here(self) -> AuditWritten | None:
        """The audit under the cursor, once written."""
        key = self.query_one(Lines).key if self.is_mounted else ""
        return self.written[int(key)] if key else None

    def _start(self) -> None:
        self.written, self.running = [], True
        self._show()
        self._write(self.diag.desk.workspace)

    @work(thread=True, exclusive=True, group="export", description="aside")
    def _write(self, workspace: Workspace) -> None:
        """Write, from a connection of this thread's own."""
        worker = get_current_worker()
        try:
            with beside(workspace) as own:
                for written in write_many(own, self._audits, self._wanted):
                    self.call_later(self._add, written)
                    if worker.is_cancelled:
                        break
        finally:
            self.call_later(self._end)

    def _add(self, written: AuditWritten) -> None:
        """Show that one audit's documents are written, or why they are not."""
        self.written.append(written)
        self._show()

    @work
    async def _end(self) -> None:
        """Show that nothing is being written; ask whether what is held goes out."""
        self.running = False
        self._show()
        held = [one for one in self.written if one.held]
        told = "\n".join(f"- {one.name} : {one.held}" for one in held)
        question = f"{told}\n\nLes laisser sortir ?"
        asked = Confirm(question, yes="Laisser sortir", grave=True)
        if bool(held) and await self.app.push_screen_wait(asked):
            self._wanted = replace(self._wanted, let_out=True)
            self.call_later(self._start)

    @on(Lines.Moved)
    def _moved(self) -> None:
        self._show_whole()
        self.refresh_bindings()

    def _show(self) -> None:
        self.query_one(Lines).show([
            ListLine(
                str(rank),
                (one.name, f"Échec : {one.problem}" if one.problem else one.words),
            )
            for rank, one in enumerate(self.written)
        ])
        self._show_whole()
        self.refresh_bindings()

    def _show_whole(self) -> None:
        here, done, whole = self.here, len(self.written), len(self._audits)
        filled = _BAR * done // max(whole, 1)
        bar = "█" * filled + "░" * (_BAR - filled)
        if self.running:
            words = [f"{bar} {done} sur {whole}"]
        elif done < whole:
            key = key_now(self.app, TakeUp)
            words = [f"{bar} {done} sur {whole} : arrêté, {key} reprend"]
        else:
            words = [f"{bar} {tally(self.written)}"]
        if here:
            words.append(here.problem or ", ".join(here.warnings) or str(here.folder))
        if not self.running and any(one.provisional for one in self.written):
            words.append("Provisoires : des audits ne sont pas clos.")
        self.query_one("#notice", Sentence).show("\n".join(words))

    def on_stop_export(self) -> None:
        self.workers.cancel_group(self, "export")
        self.diag.inform("Arrêt après l'audit en cours.")

    def on_back(self) -> None:
        """Leave; show what is left unwritten, if it was not all."""
        if self.running:
            last = f"{len(self.written) + 1} sur {len(self._audits)}"
            self.diag.inform(f"Arrêt après l'audit {last} ; « Écrire » reprend.")
        super().on_back()

    def on_take_up(self) -> None:
        """Go through all again: what is up to date is left."""
        self._start()

    def on_open_document(self) -> None:
        if self.here and self.here.files:
            open_outside(self.app, self.here.files[0])

    def on_open_export_folder(self) -> None:
        if self.here:
            open_outside(self.app, self.here.folder)


def export_screen(workspace: Workspace, shown: Sequence[str]) -> ExportScreen:
    """Return the panel for the schools shown by a search, the tour, and all audits.

    Nothing shown means that the list is whole.
    """
    tour = tour_of(workspace)
    scopes = []
    if shown:
        found = audits_in(workspace, refs=shown)
        scopes.append(ExportScope("Les écoles que la liste montre", found))
    if tour.uais:
        title = f"Tournée du {tour.day:%d/%m/%Y}"
        scopes.append(ExportScope(title, audits_in(workspace, refs=tour.uais)))
    everything = audits_in(workspace)
    scopes.append(ExportScope(f"Tout {workspace.campaign}", everything))
    return ExportScreen(scopes)


class PreviewCommand(Command, place=KeyPlace.PREVIEW, footer=True):
    """What one does with the pages."""


class NextPage(PreviewCommand, keys="right,pagedown", title="Page suivante"):
    """Voir la page suivante."""


class PageBefore(PreviewCommand, keys="left,pageup", title="Page d'avant"):
    """Voir la page d'avant."""


class OpenPdf(PreviewCommand, keys="o,enter", title="Ouvrir"):
    """Lire ce PDF avec la visionneuse du système, sans rien écrire dans le dossier."""


_PPI = 24
"""Dots an inch: an A4 page of 280 lines, more than a terminal can show."""


class PreviewScreen(PlaceScreen):
    """One page at a time, two dots a character: its layout is seen, nothing is read."""

    CSS_PATH = "export.tcss"
    PLACE = KeyPlace.PREVIEW
    OFFERS = (NextPage, PageBefore, OpenPdf, *EVERYWHERE)
    INTRODUCTION = (
        "Les pages telles que le PDF les aura ; « Ouvrir » les montre en entier."
    )

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
        self.call_later(self._keep, pages)

    async def _keep(self, pages: tuple[bytes, ...]) -> None:
        self.pages = pages
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


def files_there(app: App[Any], written: Iterable[WrittenFile]) -> tuple[Path, ...]:
    """Return the files that were written; why others were not is shown. In a thread."""
    made = tuple(written)
    for words in dict.fromkeys(one.warning for one in made if one.warning):
        app.post_message(Trouble(words))
    return tuple(one.path for one in made if one.path)


class WrittenDialog(Dialog[None]):
    """Shows which files were written, and where."""

    OFFERS = (OpenReport, OpenReportFolder, Close)

    def __init__(self, files: Sequence[Path], title: str, closing_key: str) -> None:
        super().__init__()
        self._title = title
        self.files = tuple(files)
        """What was written."""
        self._closing_key = closing_key

    def body(self) -> ComposeResult:
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
        yield Static(content(self._title), classes="title")
        yield Sentence("\n".join(words), classes="text")

    def on_open_report(self) -> None:
        """Open the first page: the mayor's, among reports."""
        pages = [path for path in self.files if path.suffix == ".html"]
        open_outside(self.app, pages[0])

    def on_open_report_folder(self) -> None:
        open_outside(self.app, self.files[0].parent)
