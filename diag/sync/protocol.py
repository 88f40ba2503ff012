"""What travels between a laptop and a hub, and how much of it at a time."""

from collections.abc import Sequence
from typing import Annotated, Final, NamedTuple, Protocol

from pydantic import BaseModel, ConfigDict, Field

from diag.journal.journal import AuditSum
from diag.journal.revision import MAX_LINE, MAX_PARENTS
from diag.sync.problems import ProblemError

VERSION: Final = 1
"""Version of the protocol; a breaking change is another path."""


Right = str
"""`read`, `write` or `admin`: each includes the ones before."""


RIGHTS: Final = ("read", "write", "admin")
"""In order."""


class Wire(BaseModel):
    """A JSON object on the wire: what is not known is ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Limits(Wire):
    """How much a hub accepts: announced, and enforced."""

    push_lines: int = Field(default=5_000, ge=1)
    """Most lines in a push."""
    push_bytes: int = Field(default=8 * 2**20, ge=MAX_LINE)
    """Most bytes in a push, inflated."""
    batch_lines: int = Field(default=1_000, ge=1)
    """How many lines are best sent at once: a cut loses no more work."""
    page_bytes: int = Field(default=4 * 2**20, ge=MAX_LINE)
    """About how long a page of revisions grows, inflated."""
    line_bytes: int = MAX_LINE
    """Longest line."""
    parents: int = MAX_PARENTS
    """Most parents of a revision."""
    blob_bytes: int = Field(default=20 * 2**20, ge=1)
    """Largest attachment."""
    piece_bytes: int = Field(default=2**20, ge=1)
    """Largest piece of one."""
    shas: int = Field(default=5_000, ge=1)
    """Most attachments asked about at once."""


class Hello(Wire):
    """What a hub says to anyone."""

    hub: str
    """Its id: cursors are kept by hub."""
    name: str
    """Whose it is, for people."""
    oldest: int
    newest: int
    """Versions of the protocol that it speaks."""
    time: int
    """Its clock, UTC milliseconds: compared to say so, never to decide."""
    app: str
    """Version of diag that it runs."""
    limits: Limits
    key: str = ""
    """Its public keys, as devices hand theirs: what bundles are sealed for."""


class Refused(Wire):
    """A line that a hub refused, alone."""

    line: int
    """Its number in the push, from 1."""
    id: str
    """SHA-256 of its bytes."""
    kind: str
    """`bad-revision`, `scope` or `unknown-audit`."""
    problem: str
    """Why, in French."""


class Pushed(Wire):
    """What became of a push."""

    received: int
    new: int
    sums: dict[str, tuple[int, str]]
    """Audit → revisions and digest that the hub holds now."""
    rejected: tuple[Refused, ...] = ()


class Enrolling(Wire):
    """What a laptop says to be let in."""

    code: str = Field(max_length=40)
    device: str = Field(max_length=200)
    """Name of the laptop, for people."""
    author: str = Field(default="", max_length=400)
    """Label of who works on it, as their revisions carry it."""
    sign_key: str = Field(default="", pattern=r"^(|[0-9a-f]{64})$")
    """Ed25519 public key, hex: signs the bundles of this device."""


class Enrolled(Wire):
    """What a laptop is given."""

    device: int
    token: str
    expires: int
    """UTC milliseconds."""
    territories: tuple[str, ...]
    right: Right


class Renewed(Wire):
    """A new token; the old one works until the new one is used."""

    token: str
    expires: int


class Wanted(Wire):
    """Attachments that a laptop has, or wants."""

    shas: tuple[Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")], ...]


class Page(NamedTuple):
    """A part of an audit's log, in the hub's order."""

    lines: Sequence[bytes]
    after: int
    """Where the next page starts."""
    sum: AuditSum
    """What the hub holds of the audit, read with the page."""

    @property
    def is_last(self) -> bool:
        """Say whether there is nothing after it."""
        return self.after >= self.sum.revisions


class Piece(NamedTuple):
    """A part of an attachment."""

    content: bytes
    total: int
    """Size of the whole."""


class Office(Protocol):
    """What a laptop asks of a hub, whatever carries it.

    Every method raises `ProblemError` when the hub refuses, and `OfflineError` when
    nobody knows whether it heard: asking again is always right.
    """

    def hello(self) -> Hello:
        """Ask who is there."""
        ...

    def manifest(self) -> dict[str, AuditSum]:
        """Return the sum of each audit in this device's territory."""
        ...

    def people(self) -> dict[str, str]:
        """Return the names of those who were let in, by the label of their words."""
        ...

    def page(self, audit: str, after: int) -> Page:
        """Return what follows a revision in the hub's log of an audit."""
        ...

    def push(self, lines: Sequence[bytes]) -> Pushed:
        """Give lines."""
        ...

    def missing(self, shas: Sequence[str]) -> dict[str, int]:
        """Return which attachments the hub wants, and how many bytes it has of each."""
        ...

    def put_piece(self, sha: str, start: int, piece: bytes, total: int) -> int:
        """Give a part of an attachment; return how many bytes the hub has now."""
        ...

    def get_piece(self, sha: str, start: int) -> Piece:
        """Return a part of an attachment."""
        ...


def check_versions(hello: Hello) -> None:
    """Refuse to speak with a hub whose protocol is another one.

    Raises:
        ProblemError: `version-too-old` for this laptop, `hub-too-old` for the hub.
    """
    if hello.oldest > VERSION:
        raise ProblemError("version-too-old")
    if hello.newest < VERSION:
        raise ProblemError("hub-too-old")
