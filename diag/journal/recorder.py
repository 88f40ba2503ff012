"""The recorder: what was committed, written once more in a file of its own.

`recorder/<day>-<n>.jsonl`, beside the journal: each line after its commit, what pulls
brought, what repairs found. A page of the journal may be lost without one of these.
Nothing of it goes to a log. An encrypted journal has each line encrypted, with a key
derived from its own.
"""

import hmac
import json
import os
import sys
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING

from diag.journal.ingest import mark_of
from diag.journal.revision import Revision, Unread

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FOLDER = "recorder"
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
            erase(self._home, self._key, ids, frozenset(audits))

    def drop(self, ids: Iterable[bytes]) -> None:
        """Let go of lines that were set aside: they do not come back by a repair.

        Raises:
            OSError: when a segment cannot be written again.
        """
        erase(self._home, self._key, frozenset(ids), frozenset())

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
        folder = self._home / FOLDER
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
    return sorted((folder / FOLDER).glob(_SEGMENTS), key=_order)


def _order(path: Path) -> tuple[str, int]:
    day, number = path.stem[:10], path.stem[11:]
    return day, int(number) if number.isdigit() else 0


def recorded(folder: Path, key: bytes | None) -> Iterator[bytes]:
    """Give the lines of revisions that a workspace's recorder still holds.

    A line that was cut, or whose key is another, is left out; so are events.
    """
    for path in segments(folder):
        for line in _read(path, key):
            if not line.startswith(_EVENT):
                yield line


def _read(path: Path, key: bytes | None) -> Iterator[bytes]:
    return _clear(path.read_bytes().splitlines(), key)


def _clear(lines: Iterable[bytes], key: bytes | None) -> Iterator[bytes]:
    for line in lines:
        clear = line if line.startswith(b"{") else _unsealed(line, key)
        if clear:
            yield clear


# Erasures, and a journal that is encrypted or no longer: segments are written again.


def erase(
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
        lines = [*_read(path, key)]
        kept = [line for line in lines if stays(line)]
        if len(kept) < len(lines):
            _write_again(path, kept, key)


def encipher(folder: Path, key: bytes, *, sealed: bool) -> None:
    """Write every segment again under a key, or in clear."""
    for path in segments(folder):
        _write_again(path, [*_read(path, key)], key if sealed else None)


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
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        former.write(bytes(os.fstat(former.fileno()).st_size))
        former.flush()
        os.fsync(former.fileno())


def release(folder: Path, key: bytes | None, held: Mapping[str, int]) -> int:
    """Remove the segments that nobody needs any more; return how many.

    `held`: audit → the order number up to which a hub holds it. A segment goes when a
    hub has its lines, and three verified copies were made on later days.
    """
    copies = sorted(path.stem[5:] for path in folder.glob("backups/diag-20??-??-??.db"))
    gone = 0
    for path in segments(folder):
        last = date.fromtimestamp(path.stat().st_mtime).isoformat()  # noqa: DTZ012 - idem
        later = [day for day in copies if day > max(path.stem[:10], last)]
        lines = (line for line in _read(path, key) if not line.startswith(_EVENT))
        bodies = map(json.loads, lines)
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
