"""Documents of the programme, written from its screen; nothing waits for them."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from textual import work
from textual.message import Message

from diag.documents import programme as pages
from diag.documents.programme.committee import programme_deliberation
from diag.documents.tables import put
from diag.documents.tables.programme import programme_tables
from diag.documents.tables.writers import xlsx_bytes
from diag.documents.write import Paper, write_paper
from diag.office.deadlines import write_deadlines
from diag.programme.assembling import Board
from diag.programme.money import checklist_of, deadlines
from diag.tui.commands import Trouble
from diag.tui.dialogs import ChooseDialog, ListChoice
from diag.tui.preview import WrittenDialog
from diag.tui.programme.faces import ProgrammeFaces
from diag.words.sentences import of

_WHOLE, _DOSSIER, _TABLE, _CALENDAR, _COMMUNE = (
    *("programme", "dossier", "table", "calendar"),
    "commune ",
)
"""What may be written; a commune's page is named by its INSEE code."""


class PapersWritten(Message):
    """Documents are there, or why some are not."""

    def __init__(self, files: tuple[Path, ...], warnings: tuple[str, ...]) -> None:
        super().__init__()
        self.files, self.warnings = files, warnings


class PaperActs(ProgrammeFaces):
    """What one has written of a programme."""

    @work
    async def on_write_documents(self) -> None:
        """Ask which document, then write it in every form this machine makes."""
        board = self.board
        if board is None or self.busy:
            self.diag.inform("Le calcul n'est pas fini : écrivez ce que vous voyez.")
            return
        chosen = await self.app.push_screen_wait(
            ChooseDialog("Écrire quel document ?", [*_choices(board, self.key)])
        )
        if chosen is not None:
            self.call_later(self._write, board, chosen)

    def _write(self, board: Board, chosen: str) -> None:
        day = board.container.workspace.world.today()
        folder = pages.programme_folder(board)
        if chosen == _TABLE:
            book = xlsx_bytes(programme_tables(board, day), day)
            found = put(folder, {"programme.xlsx": book})
            self.diag.inform(f"Classeur écrit : {found[0]}")
        elif chosen == _CALENDAR:
            self.diag.inform(f"Agenda écrit : {self._calendar(board, folder)}")
        else:
            self.diag.inform("Le document s'écrit ; continuez.")
            self._write_papers([*_papers(board, chosen)], folder)

    @staticmethod
    def _calendar(board: Board, folder: Path) -> Path:
        found = [*deadlines(board, checklist_of(board))]
        return write_deadlines(board, found, folder)

    @work(thread=True, exclusive=True, group="papers")
    def _write_papers(self, papers: Sequence[Paper], folder: Path) -> None:
        written = [one for paper in papers for one in write_paper(paper, folder)]
        self.post_message(
            PapersWritten(
                tuple(one.path for one in written if one.path),
                tuple(dict.fromkeys(one.warning for one in written if one.warning)),
            )
        )

    def on_papers_written(self, event: PapersWritten) -> None:
        for words in event.warnings:
            self.app.post_message(Trouble(words))
        if event.files and self.is_current:
            title = "Le document est écrit"
            self.app.push_screen(WrittenDialog(event.files, title, ""))
        elif event.files:
            self.diag.inform(f"Le document est écrit : {event.files[0].parent}")


def _choices(board: Board, key: str) -> Iterator[ListChoice]:
    """Give what may be written: the page of the commune under the cursor first."""
    communes = board.gathered.communes
    page = partial("{}{}".format, _COMMUNE)
    if key in communes:
        yield ListChoice(page(key), f"La page {of(communes[key])}", "pour son conseil")
    yield ListChoice(_WHOLE, "Le programme pluriannuel", "page 1 suffit")
    yield ListChoice(_DOSSIER, "Le dossier du comité", "avec la délibération")
    yield ListChoice(_TABLE, "Le classeur", "XLSX")
    yield ListChoice(_CALENDAR, "Les échéances", "agenda .ics")
    for insee, name in sorted(communes.items(), key=lambda one: one[1]):
        if insee != key:
            yield ListChoice(page(insee), f"La page {of(name)}", "pour son conseil")


def _papers(board: Board, chosen: str) -> Iterator[Paper]:
    day = board.container.workspace.world.today()
    if chosen == _WHOLE:
        yield pages.programme_paper(board, day)
    elif chosen == _DOSSIER:
        yield pages.committee_paper(board, day)
        yield programme_deliberation(board, day)
    else:
        yield pages.commune_paper(board, chosen.removeprefix(_COMMUNE), day)
