"""Files next to a hub's database: attachments, named by their hash; what was erased.

A copy older than an erasure holds the value again: its log, next to the database and to
the copies, is replayed before anything is served.
"""

import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from secrets import token_hex
from threading import Lock
from typing import BinaryIO, Final

from diag.journal.attachments import hash_file
from diag.journal.errors import RefusedError
from diag.journal.revision import parse
from diag.sync.hub.intake import Push
from diag.sync.hub.store import Store
from diag.sync.hub.tables import EVERYWHERE
from diag.sync.protocol import ProblemError
from diag.sync.trust import open_private, write_private

_SHA = re.compile(r"[0-9a-f]{64}")
_BATCH = 5_000

_STEP = 256 * 1024
"""Bytes that are read of a file at once."""

PART = ".part"
"""What the name of a file ends with until it is whole."""

STAMP = "stamp"
"""Name of the file that changes when an attachment becomes whole."""


class BlobFiles:
    """The folder of a hub's attachments: `ab/cd/<sha256>`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = Lock()

    def path(self, sha: str) -> Path:
        """Return where an attachment is, or would be."""
        return self.folder / sha[:2] / sha[2:4] / sha

    def held(self, sha: str) -> int | None:
        """Return how many bytes of an unfinished one are here; None if it is whole."""
        whole = self.path(sha)
        if whole.exists():
            return None
        try:
            return whole.with_name(sha + PART).stat().st_size
        except FileNotFoundError:  # none yet, or it was put in place just now
            return None if whole.exists() else 0

    def put(self, sha: str, start: int, piece: bytes, total: int) -> int:
        """Add a piece where the last piece ended; return how many bytes are here.

        Raises:
            ProblemError: `offset` when it does not follow, `hash` when the whole is
                not what its name promises: then all of it goes.
        """
        whole = self.path(sha)
        part = whole.with_name(sha + PART)
        with self._lock:
            held = self.held(sha)
            if held is None:
                return total
            if held >= total:  # killed before it was checked, or two added to it
                self._finish(part, whole)
                return total
            if start != held:
                detail = f"Le serveur a {held} octets, le morceau commence à {start}."
                raise ProblemError("offset", detail, offset=held)
            part.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if len(piece) == total:
                place(BytesIO(piece), whole)
                self.renew_stamp()
                return total
            with open(part, "ab", opener=open_private) as file:
                file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            held += len(piece)
            if held >= total:
                self._finish(part, whole)
            return held

    def _finish(self, part: Path, whole: Path) -> None:
        """Put what came part by part in place, if it is what was announced."""
        try:
            with part.open("rb") as content:
                place(content, whole)
        except FileNotFoundError:  # another hub has just done so
            if not whole.exists():
                raise
            return
        except ProblemError:
            part.unlink(missing_ok=True)
            raise
        part.unlink(missing_ok=True)
        self.renew_stamp()

    @property
    def stamp(self) -> str:
        """What changes when an attachment becomes whole, whichever process took it."""
        try:
            return (self.folder / STAMP).read_text("ascii")
        except FileNotFoundError:
            return "none yet"

    def renew_stamp(self) -> None:
        """Have every laptop ask again what it waits for, and what is missing here."""
        write_private(self.folder / STAMP, token_hex(8).encode("ascii"))

    def read(self, sha: str, start: int, size: int) -> tuple[bytes, int] | None:
        """Return a piece and the size of the whole; None when it is not whole here."""
        try:
            with self.path(sha).open("rb") as file:
                total = file.seek(0, os.SEEK_END)
                file.seek(start)
                return file.read(size), total
        except FileNotFoundError:
            return None

    def drop(self, sha: str) -> None:
        """Remove an attachment, whole or not."""
        whole = self.path(sha)
        whole.unlink(missing_ok=True)
        whole.with_name(sha + PART).unlink(missing_ok=True)

    def sweep(self, named: Callable[[Collection[str]], Collection[str]]) -> int:
        """Remove what nothing names any more; return how many, whole or not.

        A hub killed after it erased a revision, before it removed its photo, left it.
        """
        found = {path.name.partition(".")[0] for path in self.folder.glob("??/??/*")}
        shas, swept = sorted(filter(_SHA.fullmatch, found)), 0
        for at in range(0, len(shas), _BATCH):
            some = shas[at : at + _BATCH]
            for sha in set(some).difference(named(some)):
                swept += 1
                for path in self.path(sha).parent.glob(f"{sha}*"):
                    path.unlink(missing_ok=True)
        return swept

    def all(self) -> Iterator[Path]:
        """Give the whole ones."""
        for path in sorted(self.folder.glob("??/??/*")):
            if not path.name.endswith(PART):
                yield path


def is_intact(path: Path) -> bool:
    """Whether a file still is what its name promises."""
    return hash_file(path) == path.name


def place(content: BinaryIO, whole: Path) -> None:
    """Copy to its place what has the hash that names it, read once, step by step.

    What is checked is what is kept: another hub may add to a part meanwhile. It comes
    from any disk: only a copy next to its place is renamed.

    Raises:
        ProblemError: `hash`, when it is something else.
    """
    whole.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    own, digest = whole.with_name(f"{whole.name}.{token_hex(4)}{PART}"), sha256()
    try:
        with open(own, "wb", opener=open_private) as file:
            while step := content.read(_STEP):
                digest.update(step)
                file.write(step)
            file.flush()
            os.fsync(file.fileno())
        if digest.hexdigest() != whole.name:
            raise ProblemError("hash", "Il a été jeté : il sera renvoyé en entier.")
        own.replace(whole)
    finally:
        own.unlink(missing_ok=True)
    with suppress(OSError):  # a folder cannot be synced on Windows
        handle = os.open(whole.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


ERASURES: Final = "erasures.log"
"""Its name, in the folder of a hub and in the folder of its copies."""

KEPT: Final = timedelta(days=30)
"""How long what a restoration set aside is kept: it holds what was erased since."""

_REPLAYED = 1_000


class ErasureLog:
    """The erasures that a hub took in, one line each; it is only added to.

    It holds what the revisions record: which line is erased, by whom, why.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def lines(self) -> list[bytes]:
        """Return its lines, once each; the last may be cut, after a power cut."""
        return [*dict.fromkeys(filter(None, self.content().split(b"\n")))]

    def content(self) -> bytes:
        """Return all of it; empty when nothing was erased."""
        return self.path.read_bytes() if self.path.exists() else b""

    def add(self, lines: Iterable[bytes]) -> None:
        """Add lines, durably.

        Raises:
            OSError: when it cannot be written.
        """
        added = b"".join(b"\n" + line for line in lines)
        if not added:
            return
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "ab") as file:
            file.write(added)
            file.flush()
            os.fsync(handle)

    def about(self, audits: Collection[str] | None) -> Iterator[bytes]:
        """Give the lines about some audits, or all."""
        for line in self.lines():
            with suppress(RefusedError):  # cut: it was never acknowledged
                revision = parse(line)
                if revision.erases and (audits is None or revision.audit in audits):
                    yield line


def gather(store: Store, log: ErasureLog) -> None:
    """Have the log hold every erasure of a database: other hubs write there too."""
    known = set(log.lines())
    log.add(line for line in store.erasure_lines() if line not in known)


def replay(
    store: Store,
    log: ErasureLog,
    at: int,
    drop: Callable[[str], None],
    audits: Collection[str] | None = None,
) -> int:
    """Carry out what the log holds and a database lost; return how many.

    `drop`: removes an attachment that nothing names any more.
    """
    done, held = 0, set(store.erasure_lines())
    lost = [line for line in log.about(audits) if line not in held]
    for start in range(0, len(lost), _REPLAYED):
        push = Push(0, {EVERYWHERE}, at, trusted=True)
        done += push.take(store, lost[start : start + _REPLAYED]).new
        for sha in push.unnamed:
            drop(sha.hex())
    return done


def forget_set_aside(store: Store, *, at_once: bool = False) -> int:
    """Remove what restorations set aside, a month ago or ever; return how many."""
    now = datetime.now(UTC)
    return store.engine.drop_set_aside(now + KEPT if at_once else now - KEPT)
