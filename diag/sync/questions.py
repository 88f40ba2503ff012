"""The second protocol: one question gives and asks all that an idle sync needs.

What travels, and how it is written: JSON, and lines as they are. The last line of a
page counts the others and hashes them: without it, the page was cut.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Annotated, Any, Final, NamedTuple, Protocol

from pydantic import AfterValidator, Field

from diag.journal.exchange import Holding, pack, unpack
from diag.model.audit import Digest
from diag.sync.protocol import Hello, Pushed, Transport, Unproven, Wire

NEWEST: Final = 2
"""Version of the protocol that this one is; the first is served next to it."""

PAGE_LINES: Final = 10_000
"""Most lines of a page, and audits that are asked for at once."""

PAGE_BYTES: Final = 4 * 2**20
"""Most bytes of a page, inflated, unless one line is longer."""

GIVEN_BYTES: Final = 2**20
"""Most bytes of lines that go with the question."""

Count = Annotated[int, Field(ge=0, lt=2**53)]


def read_rows(text: str) -> dict[str, Holding]:
    """Read rows.

    Raises:
        ValueError: when they are none.
    """
    return unpack(b64decode(text, validate=True))


def _check_rows(text: str) -> str:
    read_rows(text)
    return text


_PackedRows = Annotated[str, AfterValidator(_check_rows)]
"""Rows, packed, base64: what is none is refused as it comes in."""


class SyncQuestion(Wire):
    """What a laptop remembers of a hub; its own lines go with it."""

    tick: Count = 0
    """Of the last answer: what changed since is wanted."""
    root: str = ""
    """Of the hub's rows, as remembered."""
    pending: Count = 0
    """Lines that wait to be given after those."""
    app: str = Field(default="", max_length=60)
    """Version of diag that asks."""
    time: Count = 0
    """Its clock, UTC milliseconds; 0 for one that does not say."""
    cards: str = ""
    """Mark of the cards that are known."""
    people: str = ""
    """Mark of the names that are known."""
    unproven: Count = 0
    """Up to where it is known whose lines others gave."""


class SyncAnswer(Wire):
    """What is new at a hub, what became of the lines."""

    hello: Hello
    pushed: Pushed
    barred: str = ""
    """Why it took no line of a device that may only read, in French."""
    tick: Count
    root: str
    rows: _PackedRows
    """What changed since."""
    cards: str
    cards_changed: tuple[dict[str, Any], ...] | None = None
    people: str
    people_changed: dict[str, str] | None = None
    unproven: Unproven
    files: str = ""
    """Changes when a whole attachment comes, or the hub starts."""


class TreeQuestion(Wire):
    """Sums of parts of the hub's rows, as remembered."""

    bits: int = Field(ge=0, le=16)
    sums: str


class TreeAnswer(Wire):
    """The rows of the parts that differ."""

    root: str
    parts: tuple[int, ...]
    rows: _PackedRows


class Want(Wire):
    """What follows two numbers in an audit: of its log, of what cannot be read."""

    audit: str
    after: Count = 0
    unread: Count = 0


class Room(Wire):
    """How long a page may be."""

    lines: int = Field(default=PAGE_LINES, ge=1, le=PAGE_LINES)
    bytes: int = Field(default=PAGE_BYTES, ge=1, le=PAGE_BYTES)


class PullQuestion(Wire):
    """What is wanted, in order, and how much of it at once."""

    wants: tuple[Want, ...] = Field(max_length=PAGE_LINES)
    room: Room = Room()


@dataclass(slots=True)
class PulledPage:
    """Lines of several audits, and how far they go."""

    lines: list[bytes] = field(default_factory=list)
    reached: list[tuple[str, int, int, Holding]] = field(default_factory=list)
    """Audit, number of the last line, of the last that cannot be read, and what the hub
    holds of it."""
    done: int = 0
    """How many of what is wanted, from the first, came whole or is not there."""
    size: int = 0

    def add(self, line: bytes, room: Room) -> bool:
        """Add a line, unless there is no room for it."""
        full = len(self.lines) >= room.lines or self.size + len(line) > room.bytes
        if full and self.lines:
            return False
        self.lines.append(line)
        self.size += len(line) + 1
        return True


class GivenAnswer(Wire):
    """What became of lines, and what the hub holds now of their audits."""

    pushed: Pushed
    rows: _PackedRows


FILES_AT_ONCE: Final = 500
"""Most attachments in a request."""


class FilePart(Wire):
    """What follows a byte of an attachment."""

    sha: Digest
    start: Count = 0
    total: Count
    """Size of the whole."""


class FilesGiven(Wire):
    """What is given: the end of each follows, one after the other."""

    parts: tuple[FilePart, ...] = Field(max_length=FILES_AT_ONCE)


class FilesTaken(Wire):
    """What became of attachments."""

    held: dict[str, int] = Field(default_factory=dict)
    """How many bytes of each are held."""
    refused: dict[str, tuple[str, str]] = Field(default_factory=dict)
    """Kind of problem of each that is not taken, and its detail in French."""


class FileWant(Wire):
    """What follows a byte of an attachment is wanted."""

    sha: Digest
    start: Count = 0


class FilesQuestion(Wire):
    """Which attachments are wanted, in order, and how much of them at once."""

    wants: tuple[FileWant, ...] = Field(max_length=FILES_AT_ONCE)
    bytes: int = Field(default=PAGE_BYTES, ge=1, le=PAGE_BYTES)


class FilesHead(Wire):
    """What an answer gives of attachments; their bytes follow."""

    parts: tuple[FilePart, ...] = ()
    sizes: tuple[Count, ...] = ()
    """How many bytes of each follow."""
    absent: tuple[Digest, ...] = ()
    """Those that it has not."""


class FilesAnswer(NamedTuple):
    """Parts of attachments; the last may be shorter than announced, after a cut."""

    head: FilesHead
    contents: Sequence[bytes]


class QuickTransport(Transport, Protocol):
    """A hub that may serve this protocol too."""

    def sync(self, question: SyncQuestion, lines: Sequence[bytes]) -> SyncAnswer:
        """Give lines, ask what is new."""
        ...

    def tree(self, question: TreeQuestion) -> TreeAnswer:
        """Ask for the rows that are not as remembered."""
        ...

    def pull(self, question: PullQuestion) -> PulledPage:
        """Ask for lines of several audits."""
        ...

    def give(self, lines: Sequence[bytes]) -> GivenAnswer:
        """Give lines."""
        ...

    def give_files(self, given: FilesGiven, contents: Sequence[bytes]) -> FilesTaken:
        """Give several attachments, if it has the feature `FILES`."""
        ...

    def take_files(self, question: FilesQuestion) -> FilesAnswer:
        """Ask for several attachments, if it has the feature `FILES`."""
        ...


def write_rows(rows: Mapping[str, Holding]) -> str:
    """Write rows as text."""
    return b64encode(pack(rows)).decode("ascii")


def write_page(page: PulledPage) -> bytes:
    """Write a page, and the line that ends it."""
    content = b"".join(line + b"\n" for line in page.lines)
    end = {
        "count": len(page.lines),
        "sha256": sha256(content).hexdigest(),
        "done": page.done,
        "reached": [
            (audit, after, unread, *row[:2], row.digest.hex())
            for audit, after, unread, row in page.reached
        ],
    }
    return content + json.dumps(end, separators=(",", ":")).encode() + b"\n"


def read_page(content: bytes) -> PulledPage:
    """Read a page.

    Raises:
        ValueError: when it was cut, or is not what was written.
    """
    *lines, last, rest = content.split(b"\n")
    end = json.loads(last)
    before = content[: len(content) - len(last) - 1]
    whole = end["count"] == len(lines) and end["sha256"] == sha256(before).hexdigest()
    if rest or not whole:
        raise ValueError(end["count"])
    reached = [
        (str(audit), int(after), int(unread), Holding(a, b, bytes.fromhex(digest)))
        for audit, after, unread, a, b, digest in end["reached"]
    ]
    return PulledPage(lines, reached, int(end["done"]), len(before))
