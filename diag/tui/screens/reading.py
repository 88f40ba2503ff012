"""Something to read, line by line: a history, a comparison. Nothing changes here."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult

from diag.desk.bilan.compare import since_last
from diag.desk.bilan.compare_words import comparison_lines
from diag.desk.history import changes_of
from diag.desk.session import Session
from diag.desk.visit.trail import time_words
from diag.tui.commands import Command, CommandType, bindings_of
from diag.tui.screens.place import EVERYWHERE, PlaceScreen
from diag.tui.widgets.lines import TINY, Column, Line, Lines


class ReadWhole(Command):
    """Lire la ligne en entier."""

    KEYS = "enter"
    TITLE = "Lire en entier"
    IN_FOOTER = True


class ReadingScreen(PlaceScreen):
    """Lines under their columns."""

    OFFERS: ClassVar[tuple[CommandType, ...]] = (ReadWhole, *EVERYWHERE)
    BINDINGS = bindings_of(*OFFERS)
    INTRODUCTION = (
        "À lire : les flèches et les pages font défiler, Entrée montre une ligne en "
        "entier."
    )

    def __init__(
        self,
        title: str,
        remark: str,
        columns: Sequence[Column],
        lines: Sequence[Line],
        empty: str,
    ) -> None:
        super().__init__()
        self._title = title
        self._remark = remark
        self._columns = columns
        self._lines = lines
        self._empty = empty

    def body(self) -> ComposeResult:
        """Lay out the lines."""
        yield Lines(self._columns, empty=self._empty)

    def on_mount(self) -> None:
        """Show them."""
        self.tell(self._title, self._remark)
        lines = self.query_one(Lines)
        lines.show(self._lines)
        lines.focus()

    def on_read_whole(self) -> None:
        """Show the line under the cursor."""
        self.query_one(Lines).action_choose()

    @on(Lines.Chosen)
    def _chosen(self, event: Lines.Chosen) -> None:
        line = next(one for one in self._lines if one.key == event.key)
        titles = [column.title for column in self._columns]
        said = [
            f"{title} : {cell}" if title else cell
            for title, cell in zip(titles, line.cells, strict=True)
            if cell
        ]
        self.diag.tell("\n".join(said), self._title)


def history_screen(session: Session) -> ReadingScreen:
    """Return everything that was said in an audit, the latest first."""
    lines = [
        Line(
            change.id, (time_words(change.at), change.author, change.about, change.said)
        )
        for change in reversed(changes_of(session))
    ]
    columns = (
        Column("Quand", 16, least=TINY),
        Column("Qui", 16, narrow=10, least=TINY),
        Column("À propos de"),
        Column("Ce qui est dit"),
    )
    title = f"Historique : {session.about.title}"
    empty = "Rien n'a encore été dit dans cet audit."
    return ReadingScreen(title, session.audit.campaign, columns, lines, empty)


def comparison_screen(session: Session) -> ReadingScreen:
    """Return what changed since the audit before."""
    found = since_last(session)
    lines: list[Line] = []
    for title, rows in comparison_lines(session, found) if found else ():
        lines.append(Line("", (f" {title}",)))
        for first, *rest in rows:
            lines.append(Line(str(len(lines)), (first, " ".join(filter(None, rest)))))
    title = f"Comparaison : {session.about.title}"
    remark = f"de {found.campaign} à {found.now}" if found else ""
    empty = "Un seul audit, rien à comparer encore."
    return ReadingScreen(
        title, remark, (Column(), Column("", 36, tiny=16)), lines, empty
    )
