"""What travels between a laptop and an office, how much of it, what may be refused.

Wire models and limits; what a transport asks; refusals, which are RFC 9457 on the wire
and the same error on both sides. In the second protocol, one question gives and asks
all that an idle sync needs: JSON, and lines as they are. The last line of a page counts
the others and hashes them: without it, the page was cut.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Annotated, Any, Final, NamedTuple, Protocol

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from diag.journal.exchange import Holding, pack, unpack
from diag.journal.journal import AuditSum
from diag.journal.revision import MAX_LINE, MAX_PARENTS
from diag.journal.seals import Card
from diag.model.audit import Digest
from diag.model.errors import DiagError

VERSION: Final = 1
"""Version of the protocol; a breaking change is another path."""

OPAQUE: Final = "opaque"
"""Lines of a newer version are kept, and given to who knows this name."""

ENVELOPES: Final = "envelopes"
"""It reads bundles that have a clear first line."""

SEALS: Final = "seals"
"""It signs whose each key is, and gives the lines that their author did not."""

REQUIRED: Final = "seals-required"
"""It takes no more what neither its author gives nor their seal covers."""

FILES: Final = "files"
"""It gives and takes several attachments in one request."""

Right = str
"""`read`, `write`, `review` or `admin`: each includes the ones before."""

RIGHTS: Final = ("read", "write", "review", "admin")
"""In order. Who reviews accepts audits, and confirms what another asks to erase."""


class Wire(BaseModel):
    """A JSON object on the wire: what is not known is ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class HubLimits(Wire):
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
    """Largest piece of an attachment."""
    shas: int = Field(default=5_000, ge=1)
    """Most attachments asked about at once."""


class Hello(Wire):
    """What a hub answers to anyone."""

    hub: str
    """Its id: cursors are kept by hub."""
    name: str
    """Name of its owner, for people."""
    oldest: int
    newest: int
    """Versions of the protocol that it serves."""
    time: int
    """Its clock, UTC milliseconds: compared to show the gap, never to decide."""
    app: str
    """Version of diag that it runs."""
    limits: HubLimits
    key: str = ""
    """Its public keys, as devices hand theirs: bundles are sealed for it."""
    features: tuple[str, ...] = ()
    """What it does beyond the oldest protocol, by name."""
    unread: bool = False
    """Whether it keeps lines of a newer version than its own."""


class RefusedLine(Wire):
    """A line that a hub refused, alone."""

    line: int
    """Its number in the push, from 1."""
    id: str
    """SHA-256 of its bytes."""
    kind: str
    """`bad-revision`, `scope`, `unknown-audit`, `two-person`, `revoked-key`, `review`
    or `unproven`."""
    problem: str
    """Why, in French."""


LONE: Final = frozenset({"two-person"})
"""Refusals of what one person may not erase."""

WITHDRAWN: Final = frozenset({"revoked-key", "unproven"})
"""Refusals after which a laptop sets aside what a bundle brought: nobody proves it."""


class Pushed(Wire):
    """What became of a push."""

    received: int
    new: int
    sums: dict[str, tuple[int, str]]
    """Audit → revisions and digest that the hub holds now."""
    rejected: tuple[RefusedLine, ...] = ()


class Enrolling(Wire):
    """What a laptop sends to be let in."""

    code: str = Field(max_length=40)
    device: str = Field(max_length=200)
    """Name of the laptop, for people."""
    author: str = Field(default="", max_length=400)
    """Label of its user, as their revisions carry it."""
    sign_key: str = Field(default="", pattern=r"^(|[0-9a-f]{64})$")
    """Ed25519 public key, hex: signs the bundles of this device."""


class Admission(Wire):
    """What a laptop is given."""

    device: int
    token: str
    expires: int
    """UTC milliseconds."""
    territories: tuple[str, ...]
    right: Right


class Renewed(Wire):
    """A new token; the old token works until the new token is used."""

    token: str
    expires: int


class Unproven(Wire):
    """Lines that their author did not give."""

    after: int
    """Where the next answer starts."""
    lines: tuple[tuple[Digest, str], ...]
    """Id of each, and label of who gave it."""
    more: bool = False


class WantedBlobs(Wire):
    """Attachments that a laptop has, or wants."""

    shas: tuple[Digest, ...]


class LogPage(NamedTuple):
    """A part of an audit's log, in the hub's order."""

    lines: Sequence[bytes]
    after: int
    """Where the next page starts."""
    sum: AuditSum
    """What the hub holds of the audit, read with the page."""

    @property
    def is_last(self) -> bool:
        """Whether there is nothing after it."""
        return self.after >= self.sum.revisions


class Piece(NamedTuple):
    """A part of an attachment."""

    content: bytes
    total: int
    """Size of the whole."""


URN: Final = "urn:diag:problem:"
"""What the `type` of a problem begins with."""


class ProblemKind(NamedTuple):
    """A kind of refusal."""

    status: int
    """Its HTTP status."""
    title: str
    """What it means, for the person in front of the laptop."""


KINDS: Final[dict[str, ProblemKind]] = {
    "bad-request": ProblemKind(400, "La demande est mal formée."),
    "token-revoked": ProblemKind(
        401, "Ce poste n'est pas, ou plus, autorisé par le serveur."
    ),
    "cloned": ProblemKind(
        401, "Deux copies de ce poste ont appelé le serveur : il n'en sert plus aucune."
    ),
    "enrol-refused": ProblemKind(403, "Le code d'inscription n'est pas valable."),
    "known-label": ProblemKind(403, "Ce poste écrit sous l'étiquette d'un autre."),
    "known-key": ProblemKind(403, "La clé de ce poste a déjà servi ici."),
    "right": ProblemKind(403, "Ce poste n'a pas ce droit."),
    "scope": ProblemKind(403, "Cet audit n'est pas dans le territoire de ce poste."),
    "unknown-audit": ProblemKind(404, "Le serveur ne connaît pas cet audit."),
    "not-found": ProblemKind(404, "Il n'y a rien à cette adresse."),
    "method": ProblemKind(405, "Cette adresse n'accepte pas cette demande."),
    "offset": ProblemKind(
        409, "Le morceau envoyé ne suit pas ce que le serveur a déjà."
    ),
    "too-large": ProblemKind(
        413, "L'envoi est plus gros que ce que le serveur accepte."
    ),
    "bad-revision": ProblemKind(422, "Une modification est illisible ou altérée."),
    "hash": ProblemKind(422, "Le fichier reçu n'est pas celui qui était annoncé."),
    "version-too-old": ProblemKind(
        426, "Ce diag est plus ancien que ce que le serveur accepte."
    ),
    "hub-too-old": ProblemKind(426, "Le serveur est plus ancien que ce diag."),
    "internal": ProblemKind(500, "Le serveur a rencontré une erreur imprévue."),
    "busy": ProblemKind(503, "Le serveur est occupé."),
    "hub-full": ProblemKind(507, "Le disque du serveur est plein."),
}
"""The closed list; a client shows the title of a kind that it does not know."""

_REMEDIES: Final[dict[str, str]] = {
    "token-revoked": "Demandez une nouvelle invitation à l'administrateur du serveur, "
    "puis : diag sync enrol INVITATION. Vos saisies sont gardées ici.",
    "cloned": "Demandez une nouvelle invitation à l'administrateur du serveur ; "
    "dites-lui si ce poste a été restauré, copié ou volé. Vos saisies sont gardées "
    "ici.",
    "enrol-refused": "Une invitation sert une fois, pendant quinze minutes : "
    "demandez-en une autre à l'administrateur du serveur.",
    "known-label": "Demandez une invitation au nom exact sous lequel l'administrateur "
    "du serveur vous connaît (diag hub devices). Vos saisies sont gardées ici.",
    "known-key": "Mettez diag à jour, puis recommencez avec la même invitation : ce "
    "poste en prendra une autre. Vos saisies sont gardées ici.",
    "version-too-old": "Vos saisies sont gardées ici ; mettez diag à jour, puis "
    "recommencez.",
    "hub-too-old": "Vos saisies sont gardées ici ; l'administrateur du serveur doit le "
    "mettre à jour.",
    "busy": "Vos saisies sont gardées ici ; recommencez dans quelques minutes.",
    "hub-full": "Vos saisies sont gardées ici ; prévenez l'administrateur du serveur.",
    "internal": "Vos saisies sont gardées ici ; prévenez l'administrateur du serveur.",
}
"""What to do, for the kinds where a person can do something."""


class ProblemError(DiagError):
    """An office refuses: which kind, and why this time."""

    def __init__(
        self,
        kind: str,
        detail: str = "",
        *,
        title: str = "",
        offset: int | None = None,
        retry_after: int | None = None,
    ) -> None:
        self.kind = kind
        """One of `KINDS`, or one that a newer hub knows."""
        self.title = title or (KINDS[kind].title if kind in KINDS else kind)
        """What it means, in French."""
        self.detail = detail
        """What happened this time, in French; may be empty."""
        self.offset = offset
        """For `offset`: how many bytes the hub really holds."""
        self.retry_after = retry_after
        """For `busy`: seconds to wait."""
        parts = (self.title, detail, _REMEDIES.get(kind, ""))
        super().__init__(" ".join(part for part in parts if part))


class OfflineError(DiagError):
    """The office did not answer, or the line was cut: nothing is lost, go on later."""


def check_versions(hello: Hello) -> None:
    """Refuse to exchange with a hub whose protocol is another one.

    Raises:
        ProblemError: `version-too-old` for this laptop, `hub-too-old` for the hub.
    """
    if hello.oldest > VERSION:
        raise ProblemError("version-too-old")
    if hello.newest < VERSION:
        raise ProblemError("hub-too-old")


# The second protocol.

NEWEST: Final = 2
"""Version of the second protocol; the first is served next to it."""

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


class Transport(Protocol):
    """A hub, whatever carries what a laptop asks of it.

    Every method raises `ProblemError` when the office refuses, and `OfflineError` when
    it may or may not have been reached: asking again is always right.
    """

    def hello(self) -> Hello:
        """Ask for its id, its versions, its limits."""
        ...

    def people(self) -> dict[str, str]:
        """Return the names of colleagues, by the label of their revisions."""
        ...

    def cards(self) -> list[Card]:
        """Return whose the keys are, as it signed them."""
        ...

    def unproven(self, after: int) -> Unproven:
        """Return which lines their author did not give, after a number."""
        ...

    def manifest(self) -> dict[str, AuditSum]:
        """Return the sum of each audit that it has for this device."""
        ...

    def page(self, audit: str, after: int) -> LogPage:
        """Return what follows a revision in its log of an audit."""
        ...

    def unread_sums(self) -> dict[str, AuditSum]:
        """Return the sum of what it keeps of each audit and cannot read."""
        ...

    def unread_page(self, audit: str, after: int) -> LogPage:
        """Return what follows a line in what it cannot read of an audit."""
        ...

    def push(self, lines: Sequence[bytes]) -> Pushed:
        """Give lines."""
        ...

    def missing(self, shas: Sequence[str]) -> dict[str, int]:
        """Return which attachments it wants, and how many bytes it has of each."""
        ...

    def get_piece(self, sha: str, start: int) -> Piece:
        """Return a part of an attachment."""
        ...

    def put_piece(self, sha: str, start: int, piece: bytes, total: int) -> int:
        """Give a part of an attachment; return how many bytes it has now."""
        ...

    # Of a hub that serves the second protocol.

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
