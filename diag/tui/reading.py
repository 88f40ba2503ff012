"""Something to read: a history, a comparison, the help, what went wrong."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Key
from textual.widgets import Static

from diag.audit.compare import older_before, since_last
from diag.audit.evolution import comparison_lines
from diag.audit.history import changes_of
from diag.audit.session import AuditSession
from diag.tui.commands import (
    NO_CHOICE,
    Back,
    Command,
    CommandType,
    Discover,
    Help,
    KeyPlace,
    OpenKeys,
    OpenPalette,
    Quit,
    bindings_of,
)
from diag.tui.lists import TINY, Lines, ListColumn, ListLine
from diag.tui.place import EVERYWHERE, PlaceScreen
from diag.tui.safe import content
from diag.tui.text import NamedText, RowsText
from diag.words.dates import time_words
from diag.words.figures import french


class ReadWhole(
    Command, keys="enter", title="Lire en entier", place=KeyPlace.WINDOW, footer=True
):
    """Lire la ligne en entier."""


class Continue(
    Command, keys="enter,escape", title="Reprendre", place=KeyPlace.WINDOW, footer=True
):
    """Rouvrir à l'endroit où vous étiez."""


class KeysHere(Command, keys="r", title=OpenKeys.TITLE, footer=True):
    """Choisir les touches des commandes, ou revenir à celles d'origine."""


class DiscoverHere(Command, keys="d", title=Discover.TITLE, footer=True):
    """Revoir la découverte : le travail en cinq étapes, et leurs touches."""


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
        columns: Sequence[ListColumn],
        lines: Sequence[ListLine],
        empty: str,
    ) -> None:
        super().__init__()
        self._title = title
        self._remark = remark
        self._columns = columns
        self._lines = lines
        self._empty = empty

    def body(self) -> ComposeResult:
        yield Lines(self._columns, empty=self._empty)

    def on_mount(self) -> None:
        self.set_title(self._title, self._remark)
        lines = self.query_one(Lines)
        lines.show(self._lines)
        lines.focus()

    def on_read_whole(self) -> None:
        self.query_one(Lines).action_choose()

    @on(Lines.Chosen)
    def _chosen(self, event: Lines.Chosen) -> None:
        line = next(one for one in self._lines if one.key == event.key)
        titles = [column.title for column in self._columns]
        words = [
            f"{title} : {cell}" if title else cell
            for title, cell in zip(titles, line.cells, strict=True)
            if cell
        ]
        self.diag.show_text("\n".join(words), self._title)


def history_lines(
    session: AuditSession,
) -> tuple[tuple[ListColumn, ...], list[ListLine]]:
    """Return the columns of a history, and each change, the latest first."""
    changes = changes_of(session)
    is_proven = any(change.proof for change in changes)
    lines = [
        ListLine(
            change.id,
            (
                time_words(change.at),
                change.author,
                *([change.proof_words] if is_proven else []),
                change.about,
                change.said,
            ),
        )
        for change in reversed(changes)
    ]
    columns = (
        ListColumn("Quand", 16, least=TINY),
        ListColumn("Qui", 16, narrow=10, least=TINY),
        *([ListColumn("Preuve", 12, narrow=7, least=TINY)] if is_proven else []),
        ListColumn("À propos de"),
        ListColumn("Ce qui est dit"),
    )
    return columns, lines


def comparison_screen(session: AuditSession) -> ReadingScreen:
    """Return what changed since the audit before."""
    found = since_last(session)
    lines: list[ListLine] = []
    for title, rows in comparison_lines(session, found) if found else ():
        lines.append(ListLine("", (f" {title}",)))
        for first, *rest in rows:
            lines.append(
                ListLine(str(len(lines)), (first, " ".join(filter(None, rest))))
            )
    title = f"Comparaison : {session.about.title}"
    remark = f"de {found.campaign} à {found.now}" if found else ""
    empty = older_before(session) or "Un seul audit, rien à comparer encore."
    return ReadingScreen(
        title, remark, (ListColumn(), ListColumn("", 36, tiny=16)), lines, empty
    )


class CrashScreen(PlaceScreen):
    """Shown when the app comes back after an error that nobody had foreseen."""

    CSS_PATH = "reading.tcss"
    OFFERS = (Continue, Quit)
    BINDINGS = bindings_of(*OFFERS)

    def __init__(self, log: Path) -> None:
        super().__init__()
        self._log = log

    def body(self) -> ComposeResult:
        detail = (
            f"Le détail est dans le fichier {self._log}\n"
            "Joignez-le si vous signalez le problème."
            if self._log.is_file()
            else f"Le détail n'a pas pu être écrit dans {self._log}"
        )
        yield Static(
            content(
                "Une erreur inattendue s'est produite.\n\n"
                "Tout ce que vous avez saisi est enregistré : rien n'est perdu.\n\n"
                f"{detail}\n\n"
                "Entrée : rouvrir à l'endroit où vous étiez."
            ),
            id="crash",
        )

    def on_mount(self) -> None:
        self.set_title("Erreur inattendue")

    def on_continue(self) -> None:
        self.diag.whereabouts.recover()


_IN_PALETTE = "(palette)"
"""Shown for a command that has no key: Ctrl+P finds it by its name."""


class HelpScreen(PlaceScreen):
    """Each command, its keys and what it does, under the heading of its group."""

    CSS_PATH = "reading.tcss"
    OFFERS = (KeysHere, DiscoverHere, Back, OpenPalette)
    BINDINGS = bindings_of(*OFFERS)

    def __init__(self, introduction: str, commands: Sequence[CommandType]) -> None:
        super().__init__()
        self._introduction = introduction
        self._commands = commands

    def body(self) -> ComposeResult:
        """Lay out the list; it scrolls with the arrows."""
        with VerticalScroll():
            yield RowsText(id="table")

    def key_f1(self, event: Key) -> None:
        event.stop()
        self.diag.go_back()

    def on_screen_resume(self) -> None:
        """Write the list again: keys may have been changed."""
        rows = help_rows(self._introduction, self._commands, self.diag.keys)
        self.query_one(RowsText).show(rows)

    def on_keys_here(self) -> None:
        self.diag.on_open_keys()

    def on_discover_here(self) -> None:
        self.diag.on_discover()

    def on_mount(self) -> None:
        self.set_title("Aide", "ce qui est possible ici")
        self.query_one(VerticalScroll).focus()


_KEYS_WIDE = 16
"""Columns of the keys; « Échap ou Entrée » is the longest."""


def help_rows(
    introduction: str,
    commands: Iterable[CommandType],
    chosen: Mapping[str, str] = NO_CHOICE,
) -> Iterator[NamedText]:
    """Give the help: keys, then the text of the commands themselves."""

    def row(name: str, text: Content) -> NamedText:
        return NamedText(name or " ", text, _KEYS_WIDE, "bold")

    if introduction:
        yield row("", content(french(introduction)))
    groups: dict[str, list[CommandType]] = {}
    for command in dict.fromkeys(commands):
        groups.setdefault(command.GROUP, []).append(command)
    here_first = sorted(groups.items(), key=lambda group: group[0] == Help.GROUP)
    for name, members in here_first:
        yield row("", Content(""))
        yield row("", Content.styled(name, "bold underline"))
        for command in members:
            keys = command.key_names(chosen) or _IN_PALETTE
            title = Content.styled(command.TITLE, "bold")
            yield row(keys, title + content(french(f"  {command.help_text()}")))
