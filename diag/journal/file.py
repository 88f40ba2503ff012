"""The file of a journal: opened safely, written to whole, missed once it is gone."""

import os
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Any, NamedTuple, Self

from diag.journal import backup
from diag.journal import connection as keys
from diag.journal import schema as migrations
from diag.journal.connection import code_of, connect, explain, in_french, is_of_sqlite
from diag.journal.errors import (
    DamagedError,
    DiskFullError,
    MovedError,
    NotAJournalError,
    ReadOnlyError,
    UnreachableError,
)
from diag.journal.recorder import Recorder
from diag.journal.revision import Revision, Unread

_MOVED = (
    "{path} a été supprimé, déplacé ou remplacé pendant que diag était ouvert : "
    "{saved}. Rien de plus n'est enregistré ici. Quittez diag, puis remettez cette "
    "copie en service."
)

_FULL = (
    "{path} s'ouvre en lecture seule : le disque est plein. Libérez de la place, puis "
    "rouvrez diag pour saisir."
)

PATIENCE = 10.0
"""Seconds that another program is waited for."""

_TURN = 100
"""Milliseconds of one wait, where waiting is shown."""


class JournalFile:
    """One open file, and what may be done with it.

    `notice` is a sentence for the user when it opened for reading only.
    """

    def __init__(
        self, connection: sqlite3.Connection, path: Path, *, readonly: bool, notice: str
    ) -> None:
        self.connection = connection
        """For the modules of this floor; others ask in their own words."""
        self.path = path
        self.readonly = readonly
        self.notice = notice
        self.on_change: Callable[[str], object] = lambda _sentence: None
        """Shows that something had changed on the disk, and what was done about it."""
        self.on_wait: Callable[[bool], object] | None = None
        """Shows that another program holds the file, then that it no longer does."""
        self.fallback = Path.home() / "diag-secours"
        """Where everything goes once the file is no longer in its place."""
        self.recorder: Recorder | None = None
        """Writes once more what was committed; none in memory, or where one reads."""
        self._fresh: list[Revision | Unread] = []
        self._place = _place_of(path)
        self._mark = keys.mark_for(path)
        self._key_file = self._mark.read_bytes() if self._mark else b""

    def close(self) -> None:
        """Close the file."""
        self.connection.close()
        if self.recorder:
            self.recorder.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @contextmanager
    def transaction(self, patience: float = PATIENCE) -> Iterator[sqlite3.Connection]:
        """Write everything inside, durably, or nothing.

        `patience`: seconds that another program is waited for, where waiting is shown.

        Raises:
            JournalError: in French, when it could not be written.
            MovedError: it was written, with all the rest, elsewhere: where.
        """
        if self.readonly:
            raise ReadOnlyError(
                self.notice or f"{self.path} : le journal est ouvert en lecture seule"
            )
        self._fresh = []
        try:
            self._begin(patience)
            yield self.connection
            if self.recorder:
                self.recorder.erase(self._fresh)
            self.connection.execute("commit")
        except BaseException as error:
            if self.connection.in_transaction:
                self.connection.execute("rollback")
            if sentence := explain(error, self.path):
                raise sentence from error
            raise
        self.check_place()
        if self.recorder and self._fresh:
            self.recorder.add([one.line for one in self._fresh])

    def record(self, taken: Iterable[Revision | Unread]) -> None:
        """Have lines of this transaction recorded once it is committed."""
        self._fresh += taken

    def record_not(self, gone: Collection[bytes]) -> None:
        """Have lines of this transaction not recorded: they were taken out again."""
        self._fresh = [one for one in self._fresh if one.key not in gone]

    def show_waits(self, show: Callable[[bool], object]) -> None:
        """Wait for other programs by short turns, and show it meanwhile."""
        self.on_wait = show
        self.connection.execute(f"pragma busy_timeout = {_TURN}")

    def check_free(self) -> None:
        """Make sure, without waiting, that nobody else holds the file.

        Raises:
            LockedError: another program does.
        """
        with in_french(self.path):
            self.connection.execute("pragma busy_timeout = 0")
            try:
                self.connection.execute("begin immediate")
                self.connection.execute("rollback")
            finally:
                self.connection.execute(f"pragma busy_timeout = {_TURN}")

    def _begin(self, patience: float) -> None:
        end = monotonic() + patience
        is_shown = False
        try:
            while True:
                try:
                    self.connection.execute("begin immediate")
                except Exception as error:
                    is_busy = code_of(error) & 0xFF == sqlite3.SQLITE_BUSY
                    if not is_busy or self.on_wait is None or monotonic() > end:
                        raise
                    is_shown = True
                    self.on_wait(True)
                else:
                    return
        finally:
            if is_shown and self.on_wait is not None:
                self.on_wait(False)

    def check_place(self) -> None:
        """Take everything elsewhere when the file is no longer in its place.

        What is written into a file that was deleted is lost once it is closed.

        Raises:
            MovedError: where everything is; nothing is written here any more.
        """
        if self.readonly or self._place is None or _place_of(self.path) == self._place:
            return
        names = (self.fallback / f"diag-{number}.db" for number in count(1))
        path = next(each for each in names if not each.exists())
        saved = f"tout ce qui a été saisi est dans {path}"
        try:
            self.fallback.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.touch(0o600, exist_ok=False)
            if self._key_file:
                keys.mark_path(path).write_bytes(self._key_file)
            self.connection.execute("vacuum into ?", [str(path)])
        except Exception as error:
            if not isinstance(error, OSError) and not is_of_sqlite(error):
                raise
            saved = f"rien n'a pu être copié dans {self.fallback} ({error})"
        self.readonly = True
        self.notice = _MOVED.format(path=self.path, saved=saved)
        raise MovedError(self.notice, command="diag restore FICHIER")

    def select(
        self, sql: str, parameters: Sequence[object] = ()
    ) -> list[tuple[Any, ...]]:
        """Return the rows of a query; for the modules of this floor."""
        with in_french(self.path):
            return self.connection.execute(sql, parameters).fetchall()

    @contextmanager
    def looking(self) -> Iterator[sqlite3.Connection]:
        """Read one state of the file, whoever writes meanwhile."""
        is_inside = self.connection.in_transaction
        try:
            with in_french(self.path):
                if not is_inside:
                    self.connection.execute("begin")
                yield self.connection
        except DamagedError as error:
            if str(error).startswith(str(self.path)):
                raise
            raise DamagedError(
                f"{self.path} : {error}", command=error.command
            ) from error
        finally:
            if not is_inside and self.connection.in_transaction:
                self.connection.execute("rollback")


class Opened(NamedTuple):
    """A connection, and what may be done with it."""

    connection: sqlite3.Connection
    readonly: bool
    notice: str
    """Why it is read-only although it was not asked, in French; else empty."""


def open_file(path: Path, *, readonly: bool) -> Opened:
    """Open a journal's file.

    Raises:
        JournalError: when it cannot be opened safely.
    """
    notice = _notice_of_newer(path) if path.exists() else ""
    if path.exists() and not notice and not os.access(path, os.W_OK):
        notice = _notice_of_medium(path)
    if readonly or notice:
        return _to_read(path, notice)
    try:
        connection = connect(path)
        try:
            with in_french(path):
                _bring_up_to_date(path, connection)
        except BaseException:
            connection.close()
            raise
        return Opened(connection, readonly=False, notice="")
    except DiskFullError:
        if not path.exists() or not path.stat().st_size:
            raise
        return _to_read(path, _FULL.format(path=path))
    except (ReadOnlyError, UnreachableError):
        if not path.exists():
            raise
        return _to_read(path, _notice_of_medium(path))


def open_in_memory() -> sqlite3.Connection:
    """Return a journal that is in no file."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrations.upgrade(connection)
    return connection


def _place_of(path: Path) -> tuple[int, int] | None:
    """Return which file is at a path; None when there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _to_read(path: Path, notice: str) -> Opened:
    connection = connect(path, readonly=True)
    try:
        with in_french(path):
            if migrations.applied(connection) == migrations.NAMES:
                _check_schema(path, connection)
    except BaseException:
        connection.close()
        raise
    return Opened(connection, readonly=True, notice=notice)


def _notice_of_medium(path: Path) -> str:
    return (
        f"{path} s'ouvre en lecture seule : ce disque ou ce dossier n'accepte pas "
        "d'écriture. Pour saisir, copiez l'espace de travail sur votre ordinateur."
    )


def _notice_of_newer(path: Path) -> str:
    with closing(connect(path, readonly=True)) as connection, in_french(path):
        if migrations.is_foreign(connection):
            raise NotAJournalError(
                f"{path} : cette base n'est pas un journal de diag. Choisissez un "
                "autre espace de travail."
            )
        done = migrations.applied(connection)
    newer = [name for name in done if name not in migrations.NAMES]
    if not newer:
        return ""
    return (
        f"{path} a été écrit par une version plus récente de diag ({newer[-1]}) : "
        "il s'ouvre en lecture seule. Mettez diag à jour pour y écrire."
    )


def _check_schema(path: Path, connection: sqlite3.Connection) -> None:
    if not migrations.is_as_made(connection):
        raise DamagedError(f"{path} : {DamagedError.sentence}")


def _bring_up_to_date(path: Path, connection: sqlite3.Connection) -> None:
    done = migrations.applied(connection)
    if done == migrations.NAMES:
        _check_schema(path, connection)
        return
    if done:
        name = f"diag-avant-{migrations.NAMES[-1]}.db"
        copied = path.parent / backup.FOLDER / name
        backup.copy(connection, copied, backup.verify_log)
    migrations.upgrade(connection)
