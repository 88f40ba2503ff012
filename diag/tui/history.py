"""Histories: what was recorded, compared; a value of it erased for ever, or asked to.

What would go is read before a reason is asked for; without one, nothing is done.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult

from diag.audit import erasing
from diag.audit.compare import comparison_lines, older_before, since_last
from diag.audit.erasing import ErasureStep, PendingErasure
from diag.audit.history import changes_of
from diag.audit.session import AuditSession
from diag.model.errors import DiagError
from diag.office.erasing import pending_everywhere
from diag.tui.commands import Command, CommandType, KeyPlace, key_now
from diag.tui.dialogs import Ask
from diag.tui.lists import TINY, WIDE, Lines, ListColumn, ListLine
from diag.tui.place import EVERYWHERE, PlaceScreen
from diag.words.dates import day_words, time_words
from diag.words.sentences import counted
from diag.workspace.subjects import title_shown


class ReadWhole(
    Command, keys="enter", title="Lire en entier", place=KeyPlace.WINDOW, footer=True
):
    """Lire la ligne en entier."""


class ReadingScreen(PlaceScreen):
    """Lines under their columns."""

    OFFERS: ClassVar[tuple[CommandType, ...]] = (ReadWhole, *EVERYWHERE)
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
        key = self.query_one(Lines).key
        line = next((one for one in self._lines if one.key == key), None)
        if line is None:
            return
        titles = [column.title for column in self._columns]
        words = [
            f"{title} : {cell}" if title else cell
            for title, cell in zip(titles, line.cells, strict=True)
            if cell
        ]
        self.diag.show_text("\n".join(words), self._title)


def _history_lines(
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
                change.who,
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
        for first, *rest in rows.values():
            lines.append(
                ListLine(str(len(lines)), (first, " ".join(filter(None, rest))))
            )
    title = f"Comparaison : {session.about.title}"
    remark = f"de {found.campaign} à {found.now}" if found else ""
    empty = older_before(session) or "Un seul audit, rien à comparer encore."
    return ReadingScreen(
        title, remark, (ListColumn(), ListColumn("", 36, tiny=16)), lines, empty
    )


class EraseValue(Command, keys="e", title="Effacer", footer=True):
    """Effacer pour toujours la valeur de la ligne, ou le demander à un autre."""


class ConfirmErasure(Command, keys="enter,c", title="Confirmer", footer=True):
    """Confirmer l'effacement qu'un autre demande, une fois les sept jours passés."""


class StopErasure(Command, keys="x", title="S'opposer", footer=True):
    """S'opposer à l'effacement de ce que vous avez écrit, en disant pourquoi."""


_DONE = {
    ErasureStep.ERASED: "Effacé pour toujours.",
    ErasureStep.LEAVING: "D'anciennes pages restent peut-être dans le fichier. Fermez "
    "l'autre programme qui lit le journal, ou libérez de la place, puis rouvrez diag.",
    ErasureStep.ASKED: "Demandé : la valeur est masquée dès maintenant.",
}


def _check_reason(typed: str) -> None:
    """Refuse an empty reason."""
    if not typed.strip():
        raise DiagError("Dites pourquoi, en quelques mots, sans redire la valeur.")


def _ask_to_erase(
    screen: PlaceScreen,
    session: AuditSession,
    revision: str,
    done: Callable[[], object],
) -> None:
    """Show what would go, ask why, then erase, confirm or ask for it.

    Raises:
        DiagError: it is erased already, or not for this person, or not yet, to do.
    """
    session.catch_up()
    foreseen = erasing.foresee(session, revision)
    words = "\n".join(erasing.foreseen_words(session, foreseen))

    steps: list[ErasureStep] = []

    def keep(reason: str) -> None:
        _check_reason(reason)
        steps.append(erasing.erase(session, revision, reason))

    def left(given: str | None) -> None:
        if given is None:
            return
        done()
        (step,) = steps
        if step is ErasureStep.LEAVING:
            screen.diag.show_text(_DONE[step], "Effacé")
        else:
            screen.diag.inform(_DONE[step])

    question = f"{words}\nPourquoi l'effacer ? Échap : ne rien faire."
    screen.app.push_screen(
        Ask(question, hint="la raison, sans redire ce qui est effacé", keep=keep), left
    )


class HistoryScreen(ReadingScreen):
    """Everything that was recorded in an audit, the latest first."""

    OFFERS = (ReadWhole, EraseValue, *EVERYWHERE)

    def __init__(self, session: AuditSession) -> None:
        title = f"Historique : {session.about.title}"
        columns, lines = _history_lines(session)
        empty = (
            "Rien n'a encore été dit dans cet audit. Échap revient, la visite le "
            "remplit."
        )
        super().__init__(title, session.audit.campaign, columns, lines, empty)
        self._session = session

    def can(self, command: CommandType) -> bool | None:
        if command is EraseValue:
            return True if self._lines else None
        return True

    def on_erase_value(self) -> None:
        key = self.query_one(Lines).key
        if key:
            _ask_to_erase(self, self._session, key, self._read_again)

    def _read_again(self) -> None:
        self._session.catch_up()
        _, self._lines = _history_lines(self._session)
        self.query_one(Lines).show(self._lines)


class ErasuresScreen(PlaceScreen):
    """The erasures that are asked for, in every audit, the first to be due first."""

    OFFERS = (ConfirmErasure, StopErasure, *EVERYWHERE)
    INTRODUCTION = (
        "Qu'est-ce qu'on demande d'effacer pour toujours ? C'est masqué en attendant. "
        "Entrée confirme, une fois les sept jours passés ; son auteur peut s'y opposer."
    )

    def __init__(self) -> None:
        super().__init__()
        self._shown: dict[str, PendingErasure] = {}

    def body(self) -> ComposeResult:
        columns = (
            ListColumn("Audit", 24, narrow=18, tiny=9),
            ListColumn("Sur quoi"),
            ListColumn("Écrit par", 14, narrow=10, least=TINY),
            ListColumn("Demandé par", 14, narrow=11),
            ListColumn("Motif", 24, least=WIDE),
            ListColumn("Dès le", 10, least=TINY),
        )
        yield Lines(
            columns,
            empty="Personne ne demande d'effacer quoi que ce soit. Dans l'historique "
            f"d'une école, {key_now(self.app, EraseValue)} le demande.",
        )

    def on_screen_resume(self) -> None:
        """Read again: something may have come, or been decided."""
        workspace = self.diag.desk.workspace
        found = [one for one in pending_everywhere(workspace) if not one.ask.stopped_by]
        self._shown = {one.ask.id: one for one in found}
        name_of = workspace.settings.name_of
        lines = [
            ListLine(
                one.ask.id,
                (
                    title_shown(workspace.territory, one.session.about),
                    one.about,
                    name_of(one.author),
                    name_of(one.ask.author),
                    one.ask.reason,
                    day_words(one.due),
                ),
            )
            for one in sorted(found, key=lambda one: (one.due, one.ask.id))
        ]
        waiting = counted(len(found), "demande") if found else ""
        self.set_title("Effacements demandés", waiting)
        self.query_one(Lines).show(lines)
        self.refresh_keys()

    def can(self, command: CommandType) -> bool | None:
        if command in {ConfirmErasure, StopErasure}:
            return True if self._shown else None
        return True

    def on_confirm_erasure(self) -> None:
        if shown := self._shown.get(self.query_one(Lines).key):
            _ask_to_erase(self, shown.session, shown.ask.target, self._read_again)

    def _read_again(self) -> None:
        self.diag.desk.forget_sessions()
        self.on_screen_resume()

    def on_stop_erasure(self) -> None:
        """Ask why, then have the value read again by everyone."""
        if shown := self._shown.get(self.query_one(Lines).key):
            erasing.check_stopping(shown.session, shown.ask.target)
            asker = shown.session.workspace.settings.name_of(shown.ask.author)
            question = (
                f"{shown.about} : {asker} demande de l'effacer ({shown.ask.reason}). "
                "Pourquoi ne pas le faire ?"
            )
            keep = partial(self._stop, shown)
            self.app.push_screen(Ask(question, keep=keep))

    def _stop(self, shown: PendingErasure, reason: str) -> None:
        _check_reason(reason)
        erasing.stop(shown.session, shown.ask.target, reason)
        self.diag.desk.forget_sessions()
        self.diag.inform("Effacement arrêté : la valeur se lit à nouveau.")
