"""The file of a journal: opened safely, written to whole, recorded once more beside it.

The recorder is `recorder/<day>-<n>.jsonl`: each line after its commit, what pulls
brought, what repairs found. A page of the journal may be lost without one of these.
Nothing of it goes to a log. An encrypted journal has each line encrypted, with a key
derived from its own.
"""

import hmac
import json
import os
import sqlite3
import sys
from base64 import b64decode, b64encode
from collections.abc import (
    Callable,
    Collection,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import closing, contextmanager, suppress
from datetime import date
from functools import cache
from hashlib import sha256
from itertools import count
from pathlib import Path
from threading import Timer
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, Self

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
from diag.journal.ingest import mark_of
from diag.journal.revision import Revision, Unread

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

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


# The recorder, and its segments: what was committed, written once more.

RECORDER = "recorder"
"""Where segments are, inside the workspace."""

EVERY = 5.0
"""Seconds, at most, before what was written is on the disk."""

COPIES = 3
"""Verified copies, made after a segment, without which it stays."""

_LARGEST = 4 * 2**20
_TAIL = 2**17
"""Bytes that hold at least one whole line, the longest there is."""

_NONCE = 12
_EVENT = b'{"event":'
_SEGMENTS = "20??-??-??-*.jsonl"

_sync: Callable[[int], None] = getattr(os, "fdatasync", os.fsync)


class Recorder:
    """Writes after a journal, and never stands in its way.

    What cannot be written is not: the answer itself is already in the journal.
    """

    def __init__(self, folder: Path, key: bytes | None) -> None:
        self._home = folder
        self._key = key
        self._room = _LARGEST
        self._handle: int | None = None
        self._timer: Timer | None = None

    def add(self, lines: Sequence[bytes]) -> None:
        """Write lines that were just committed."""
        if self._key:
            lines = [*map(_sealing(self._key), lines)]
        content = b"\n".join((*lines, b""))
        try:
            handle = self._handle
            if handle is None or not os.fstat(handle).st_nlink:
                handle = self._opened()
            self._room -= os.write(handle, content)
        except OSError:
            return
        if self._room <= 0:
            self._let_go()
        if self._timer is None:
            self._timer = Timer(EVERY, self._settle)
            self._timer.daemon = True
            self._timer.start()

    def add_event(self, event: str, **detail: str | int) -> None:
        """Write that something happened which no line shows: a pull, a repair."""
        fields = {"event": event, **detail}
        text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
        self.add([text.encode("utf-8")])

    def erase(self, taken: Iterable[Revision | Unread]) -> None:
        """Let go of what these erase, before they are committed.

        Raises:
            OSError: when a segment cannot be written again: nothing is then erased.
        """
        named = {
            (one.audit, one.erases)
            for one in taken
            if isinstance(one, Revision) and one.erases
        }
        if named:
            ids = frozenset(bytes.fromhex(target) for _, target in named if target)
            audits = {audit for audit, target in named if target == mark_of(audit)}
            erase_recorded(self._home, self._key, ids, frozenset(audits))

    def drop(self, ids: Iterable[bytes]) -> None:
        """Let go of lines that were set aside: they do not come back by a repair.

        Raises:
            OSError: when a segment cannot be written again.
        """
        erase_recorded(self._home, self._key, frozenset(ids), frozenset())

    def last(self) -> bytes:
        """Return the last line of a revision that was written whole; empty for none.

        Only the end of the newest segment is read: every opening looks.
        """
        for path in segments(self._home)[-1:]:
            with suppress(OSError), path.open("rb") as file:
                file.seek(max(0, _size(path) - _TAIL))
                for line in _clear(reversed(file.read().splitlines()), self._key):
                    if line.endswith(b"}") and not line.startswith(_EVENT):
                        return line
        return b""

    def close(self) -> None:
        """Have all that was written on the disk."""
        if self._timer is not None:
            self._timer.cancel()
        self._let_go()

    def _settle(self) -> None:
        """Have what was written on the disk: from a thread of its own, every so often.

        Only who writes opens and closes; a file that is closed meanwhile is no matter.
        """
        self._timer = None
        if self._handle is not None:
            with suppress(OSError):
                _sync(self._handle)

    def _let_go(self) -> None:
        if self._handle is not None:
            with suppress(OSError):
                _sync(self._handle)
            os.close(self._handle)
            self._handle = None

    def _opened(self) -> int:
        """Open the segment of the day: the first that has room."""
        self._let_go()
        folder = self._home / RECORDER
        folder.mkdir(mode=0o700, exist_ok=True)
        day, number = date.today(), 1  # noqa: DTZ011 - a file's name
        while _size(path := folder / f"{day}-{number}.jsonl") >= _LARGEST:
            number += 1
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
        self._handle = handle = os.open(path, flags, 0o600)
        self._room = _LARGEST - (size := _size(path))
        if size:  # what a power cut left of a line ends there
            os.lseek(handle, -1, os.SEEK_END)
            if os.read(handle, 1) != b"\n":
                os.write(handle, b"\n")
        return handle


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def segments(folder: Path) -> list[Path]:
    """Return the segments of a workspace, the first one first."""
    return sorted((folder / RECORDER).glob(_SEGMENTS), key=_order_of_segment)


def _order_of_segment(path: Path) -> tuple[str, int]:
    day, number = path.stem[:10], path.stem[11:]
    return day, int(number) if number.isdigit() else 0


def recorded_lines(folder: Path, key: bytes | None) -> Iterator[bytes]:
    """Give the lines of revisions that a workspace's recorder still holds.

    A line that was cut, or whose key is another, is left out; so are events.
    """
    for path in segments(folder):
        for line in _read_segment(path, key):
            if not line.startswith(_EVENT):
                yield line


def _read_segment(path: Path, key: bytes | None) -> Iterator[bytes]:
    return _clear(path.read_bytes().splitlines(), key)


def _clear(lines: Iterable[bytes], key: bytes | None) -> Iterator[bytes]:
    for line in lines:
        clear = line if line.startswith(b"{") else _unsealed(line, key)
        if clear:
            yield clear


# Erasures, and a journal that is encrypted or no longer: segments are written again.


def erase_recorded(
    folder: Path, key: bytes | None, ids: frozenset[bytes], audits: frozenset[str]
) -> None:
    """Write again the segments that hold revisions to erase, without them.

    `audits` are retired: nothing of them stays.

    Raises:
        OSError: when one cannot be written, and nothing then counts as erased.
    """

    def stays(line: bytes) -> bool:
        audit = line.partition(b'"audit":"')[2][:36].decode(errors="replace")
        return audit not in audits and sha256(line).digest() not in ids

    for path in segments(folder):
        lines = [*_read_segment(path, key)]
        kept = [line for line in lines if stays(line)]
        if len(kept) < len(lines):
            _write_again(path, kept, key)


def has_clear_lines(folder: Path) -> bool:
    """Say whether a line of the recorder can be read without a key."""
    read = (path.read_bytes().splitlines() for path in segments(folder))
    return any(line.startswith(b"{") for lines in read for line in lines)


def encipher_segments(folder: Path, key: bytes, *, sealed: bool) -> None:
    """Write every segment again under a key, or in clear."""
    for path in segments(folder):
        _write_again(path, [*_read_segment(path, key)], key if sealed else None)


def _write_again(path: Path, lines: Iterable[bytes], key: bytes | None) -> None:
    """Replace a segment; what it held is overwritten, not only let go."""
    seal: Callable[[bytes], bytes] = _sealing(key) if key else bytes
    content = b"".join(seal(line) + b"\n" for line in lines)
    if sys.platform == "win32":  # one that is open elsewhere cannot be replaced
        path.write_bytes(content)
        return
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    part.touch(0o600, exist_ok=False)
    with path.open("r+b") as former:
        try:
            with part.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        former.write(bytes(os.fstat(former.fileno()).st_size))
        former.flush()
        os.fsync(former.fileno())


def release_segments(folder: Path, key: bytes | None, held: Mapping[str, int]) -> int:
    """Remove the segments that nobody needs any more; return how many.

    `held`: audit → the order number up to which a hub holds it. A segment goes when a
    hub has its lines, and three verified copies were made on later days.
    """
    copies = sorted(path.stem[5:] for path in folder.glob("backups/diag-20??-??-??.db"))
    gone = 0
    for path in segments(folder):
        last = date.fromtimestamp(path.stat().st_mtime).isoformat()  # noqa: DTZ012 - idem
        later = [day for day in copies if day > max(path.stem[:10], last)]
        lines = _read_segment(path, key)
        bodies = (json.loads(one) for one in lines if not one.startswith(_EVENT))
        if len(later) >= COPIES and all(
            body["lam"] <= held.get(body["audit"], 0) for body in bodies
        ):
            path.unlink()
            gone += 1
    return gone


# Lines of an encrypted journal: AES-GCM, under a key derived from the journal's own.


@cache
def _cipher(key: bytes) -> "AESGCM":
    from cryptography.hazmat.primitives.ciphers.aead import (  # noqa: PLC0415 - 20 ms
        AESGCM,
    )

    return AESGCM(hmac.digest(key, b"diag recorder", "sha256"))


def _sealing(key: bytes) -> Callable[[bytes], bytes]:
    cipher = _cipher(key)

    def sealed(line: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        return b64encode(nonce + cipher.encrypt(nonce, line, None))

    return sealed


def _unsealed(line: bytes, key: bytes | None) -> bytes:
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - 20 ms

    if key is None:
        return b""
    try:
        whole = b64decode(line, validate=True)
        return _cipher(key).decrypt(whole[:_NONCE], whole[_NONCE:], None)
    except (ValueError, InvalidTag):
        return b""
