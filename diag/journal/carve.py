"""What a damaged file still holds: each page read alone, each line proven by its hash.

No byte is written, and SQLite is not asked: a tree whose root is gone has leaves. A row
is kept when its body hashes to its own id, so that nothing false can come of it.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from diag.journal import connection as keys
from diag.journal.errors import RefusedError
from diag.journal.revision import parse

# PageFile, as https://www.sqlite.org/fileformat2.html describes them.

PAGE = 4096
"""Bytes of a page where the file no longer shows it."""

_MAGIC = b"SQLite format 3\x00"
_HEADER = 100
_WAL_HEADER = 32
_FRAME_HEADER = 24
_WAL_MAGIC = (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")

_SEALED = 80
"""Bytes that SQLCipher adds to a page: a vector of 16, a sum of 64."""

_VECTOR = 16

_INDEX_INTERIOR, _INDEX_LEAF, _TABLE_LEAF = 0x02, 0x0A, 0x0D
"""Kinds of pages that hold rows: a table without rowid is an index."""


class PageFile:
    """The pages of a file and of its log, deciphered; what is not there is empty."""

    def __init__(self, path: Path) -> None:
        self._file = path.read_bytes()
        log = path.with_name(f"{path.name}-wal")
        self._log = log.read_bytes() if log.exists() else b""
        self._key = None if keys.is_plain(path) else keys.key_of(path)
        size, reserved = PAGE, 0
        if self._file[:_VECTOR] == _MAGIC:
            size = int.from_bytes(self._file[16:18])
            reserved = int.from_bytes(self._file[20:21])  # it may be cut before
        elif self._log[:4] in _WAL_MAGIC:
            size = int.from_bytes(self._log[8:12])
        size = 65_536 if size == 1 else size
        is_size = 512 <= size <= 65_536 and size & (size - 1) == 0  # noqa: PLR2004 -- SQLite's
        self.size = size if is_size else PAGE
        """Bytes of a page on the disk."""
        if reserved > self.size - 480:
            reserved = 0
        self.usable = self.size - (_SEALED if self._key else reserved)
        """Bytes of a page that hold rows."""

    @cached_property
    def promised(self) -> int:
        """How many pages the first one announces; 0 when it cannot."""
        first = self.of_file(1)
        whole = first[:_VECTOR] == _MAGIC or self._key is not None
        return int.from_bytes(first[28:32]) if whole else 0

    @property
    def count(self) -> int:
        """How many pages the file has, a cut one included."""
        return -(-len(self._file) // self.size)

    def of_file(self, number: int) -> bytes:
        """Return a page as the file has it."""
        at = (number - 1) * self.size
        return self._deciphered(self._file[at : at + self.size], number)

    def latest(self, number: int) -> bytes:
        """Return a page as its last commit left it."""
        at = self._last_frames.get(number)
        return self.of_file(number) if at is None else self._of_log(at, number)

    def all(self) -> Iterator[tuple[int, bytes, bool]]:
        """Give each page with its number, and whether it is what stands.

        What stands first; then older states, of the file and of the log.
        """
        for number in range(1, max([self.count, *self._last_frames]) + 1):
            yield number, self.latest(number), True
        for number in sorted(self._last_frames):
            yield number, self.of_file(number), False
        for at, number, _ in self._frames():
            if self._last_frames.get(number) != at:
                yield number, self._of_log(at, number), False

    @cached_property
    def _last_frames(self) -> dict[int, int]:
        """The frame of each page, of those that were committed since the log began."""
        found: dict[int, int] = {}
        open_: dict[int, int] = {}
        salts = self._log[16:24]
        for at, number, commits in self._frames():
            if self._log[at + 8 : at + 16] != salts:
                break
            open_[number] = at
            if commits:
                found |= open_
                open_ = {}
        return found

    def _frames(self) -> Iterator[tuple[int, int, bool]]:
        step = _FRAME_HEADER + self.size
        for at in range(_WAL_HEADER, len(self._log) - step + 1, step):
            number = int.from_bytes(self._log[at : at + 4])
            commits = any(self._log[at + 4 : at + 8])
            if 0 < number < 2**31:
                yield at, number, commits

    def _of_log(self, at: int, number: int) -> bytes:
        start = at + _FRAME_HEADER
        return self._deciphered(self._log[start : start + self.size], number)

    def _deciphered(self, page: bytes, number: int) -> bytes:
        """Return a page of SQLCipher 4 opened; its sum is left to the hash of lines."""
        if self._key and len(page) == self.size:
            from cryptography.hazmat.primitives.ciphers import (  # noqa: PLC0415 - 20 ms
                Cipher,
                algorithms,
                modes,
            )

            end = self.size - _SEALED
            vector = page[end : end + _VECTOR]
            start = _VECTOR if number == 1 else 0  # where the file's own salt is
            one = Cipher(algorithms.AES(self._key), modes.CBC(vector)).decryptor()
            page = bytes(start) + one.update(page[start:end]) + page[end:]
        return page.ljust(self.size, b"\x00")


# Rows: of a page alone, their overflow followed.

Column = None | int | bytes
"""Texts are bytes too: they may no longer be UTF-8. Reals are not used."""


class Row(NamedTuple):
    """A row that a page holds, proven by nothing yet."""

    number: int
    """Its rowid, from 1; 0 in a table without."""
    columns: list[Column]
    stands: bool
    """It is of the file's last state, not of an older one."""


def rows(pages: PageFile) -> Iterator[Row]:
    """Give every row that a page still holds."""
    for number, page, stands in pages.all():
        start = _HEADER if number == 1 else 0
        kind = page[start]
        if kind not in {_INDEX_INTERIOR, _INDEX_LEAF, _TABLE_LEAF}:
            continue
        for cell in _cells(page, start, kind):
            length, at = _varint(cell, 0)
            rowid, after = _varint(cell, at) if kind == _TABLE_LEAF else (0, at)
            for payload in _payloads(pages, cell[after:], length, kind):
                if columns := _columns(payload):
                    yield Row(rowid, columns, stands)


def _cells(page: bytes, start: int, kind: int) -> Iterator[bytes]:
    """Give the cells of a page, each with what follows it there."""
    first = start + (12 if kind == _INDEX_INTERIOR else 8)
    count = int.from_bytes(page[start + 3 : start + 5])
    for at in range(first, min(first + 2 * count, len(page) - 1), 2):
        cell = int.from_bytes(page[at : at + 2])
        if first <= cell < len(page):
            yield page[cell + (4 if kind == _INDEX_INTERIOR else 0) :]


def _payloads(pages: PageFile, cell: bytes, length: int, kind: int) -> Iterator[bytes]:
    """Give what a cell holds: once, or as each state of the file completes it."""
    room = pages.usable
    most = room - 35 if kind == _TABLE_LEAF else (room - 12) * 64 // 255 - 23
    if length <= most:
        yield cell[:length]
        return
    least = (room - 12) * 32 // 255 - 23
    local = least + (length - least) % (room - 4)
    local = local if local <= most else least
    for states in (pages.latest, pages.of_file):
        found, link = bytearray(cell[:local]), cell[local : local + 4]
        while len(found) < length and any(link):
            page = states(int.from_bytes(link))
            link = page[:4]
            found += page[4:room]
            if not any(page):
                break
        if len(found) >= length:
            yield bytes(found[:length])


_WIDTHS = (0, 1, 2, 3, 4, 6, 8)
"""Bytes of an integer, by its serial type."""

_ZERO, _ONE, _BLOB = 8, 9, 12


def _columns(payload: bytes) -> list[Column] | None:
    """Return the columns of a record; None when it is none."""
    end, at = _varint(payload, 0)
    body, found = end, list[Column]()
    if not at <= end <= len(payload):
        return None
    while at < end:
        kind, at = _varint(payload, at)
        if kind < len(_WIDTHS):
            width = _WIDTHS[kind]
            piece = payload[body : body + width]
            found.append(int.from_bytes(piece, signed=True) if kind else None)
        elif kind in {_ZERO, _ONE}:
            width = 0
            found.append(kind - _ZERO)
        elif kind >= _BLOB:
            width = (kind - _BLOB) // 2
            found.append(payload[body : body + width])
        else:
            return None
        body += width
    return found if body == len(payload) else None


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for step, byte in enumerate(data[at : at + 9], 1):
        if step == 9:  # noqa: PLR2004 -- the ninth byte is whole
            return value << 8 | byte, at + step
        value = value << 7 | byte & 0x7F
        if byte < 0x80:  # noqa: PLR2004 -- the last one
            return value, at + step
    return 0, len(data)


# What is proven: lines, skeletons, editions, photos; and what is only named.


class Named(NamedTuple):
    """A revision that something names, and whose body is not there."""

    audit: int
    """The number of its audit, in that file."""
    subject: str


class LineAside(NamedTuple):
    """A line that was refused or taken back: it stays so."""

    line: bytes
    problem: str


@dataclass(slots=True)
class Carved:
    """What a file still holds."""

    lines: dict[bytes, bytes] = field(default_factory=dict)
    """Whole lines, by id: each hashes to it."""
    skeletons: dict[bytes, bytes] = field(default_factory=dict)
    """What erasures left, by id: they enter when an erasure names them."""
    erased: set[bytes] = field(default_factory=set)
    """Ids that an erasure names: their lines do not come back."""
    aside: dict[bytes, LineAside] = field(default_factory=dict)
    editions: dict[str, bytes] = field(default_factory=dict)
    """Compiled checklists, by digest."""
    settings: dict[str, str] = field(default_factory=dict)
    """By key; no hash proves them."""
    schools: dict[str, str] = field(default_factory=dict)
    """Names of schools, by UAI; no hash proves them either."""
    named: dict[bytes, Named] = field(default_factory=dict)
    """Revisions that rows name, found or not."""
    audits: dict[int, str] = field(default_factory=dict)
    """Ids of audits, by their number in that file."""
    counts: dict[int, int] = field(default_factory=dict)
    """How many revisions an audit had, by its number, where that is still kept."""
    is_cut: bool = False
    """It has fewer pages than it announces."""


def carve(path: Path) -> Carved:
    """Read all that a journal's file and its log still hold, page by page.

    Raises:
        JournalError: when its key is lost.
        OSError: when the file cannot be read at all.
    """
    pages = PageFile(path)
    found = Carved(is_cut=pages.count < pages.promised)
    for row in rows(pages):
        if row.number:
            _keep_numbered(found, row)
        else:
            _keep_line(found, row)
            if row.stands:
                _keep_standing(found, row)
    for key in found.erased | found.skeletons.keys() | found.aside.keys():
        found.lines.pop(key, None)
    return found


def _keep_line(found: Carved, row: Row) -> None:
    """Keep a line that is proven, what is left of one, what no longer is one."""
    match row.columns:
        case [int(audit), bytes(), bytes(key), int(), bytes(body), _]:
            if _proves(key, body):
                found.lines[key] = body
                found.audits[audit] = _text(body.partition(_AUDIT)[2][:36])
            else:
                with suppress(RefusedError):
                    revision = parse(body)
                    if revision.erased and revision.key == key:
                        found.skeletons[key] = body
        case [int(), bytes(key), bytes(by)] if _is_key(key) and _is_key(by):
            found.erased.add(key)
        case [bytes(key), bytes(), bytes(line)] if _proves(key, line):
            found.lines[key] = line


def _keep_standing(found: Carved, row: Row) -> None:
    """Keep what only the last state of a file may give."""
    match row.columns:
        case [int(audit), bytes(subject), bytes(key), int() | bytes(), *_]:
            if _is_key(key):
                found.named[key] = Named(audit, _text(subject))
        case [bytes(key), bytes(line), bytes(problem), _] if _proves(key, line):
            found.aside[key] = LineAside(line, _text(problem))
        case [bytes(audit), int(number)] if len(audit) == _UUID:
            found.audits.setdefault(number, _text(audit))
        case [bytes(key), bytes(value)]:
            found.settings[_text(key)] = _text(value)
        case [bytes(uai), bytes(name), bytes(), bytes(), *rest] if len(rest) > _MANY:
            found.schools[_text(uai)] = _text(name)


def _keep_numbered(found: Carved, row: Row) -> None:
    """Keep an edition, an audit's number, or how many revisions it had."""
    match row.columns:
        case [bytes(digest), bytes(body)]:
            if sha256(body).hexdigest().encode() == digest:
                found.editions[digest.decode()] = body
        case [None, bytes(audit)] if len(audit) == _UUID:
            found.audits.setdefault(row.number, _text(audit))
        case [None, int(count), int(), bytes(digest), *_] if row.stands:
            if _is_key(digest):
                found.counts[row.number] = count


def carved_photos(path: Path) -> Iterator[tuple[str, bytes]]:
    """Give each attachment that a file still holds whole, and its type."""
    for row in rows(PageFile(path)):
        match row.columns:
            case [bytes(key), bytes(mime), int(), bytes(data)] if _proves(key, data):
                yield _text(mime), data


_UUID = 36
_MANY = 12
"""A school has more columns than any other row that begins with texts."""

_AUDIT = b'"audit":"'


def _is_key(value: bytes) -> bool:
    return len(value) == 32  # noqa: PLR2004 -- SHA-256


def _proves(key: bytes, body: bytes) -> bool:
    return _is_key(key) and sha256(body).digest() == key


def _text(value: bytes) -> str:
    return value.decode("utf-8", errors="replace")
