"""A hub's tables: the database that holds them, its rows, how each is read."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Generator, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from urllib.parse import parse_qsl, urlsplit

from diag.journal.exchange import Holding
from diag.journal.journal import AuditSum
from diag.model.audit import Subject
from diag.model.errors import DiagError
from diag.sync.protocol import RIGHTS, Right

ASIDE = "avant-restauration"
"""In the name of what a restoration set aside, before its time."""

STAMP = "%Y-%m-%d-%H%M%S"
"""How that time is written."""

EVERYWHERE = "*"
"""The territory that includes all others."""

AUDIT = """
select n, id, department, insee, last_seq, lam, digest, unread, whole from audit
"""

IN_SCOPE = "(:everywhere or department = any(:scopes) or insee = any(:scopes))"

ALL_IDS = """
select id from rev where audit = :audit
union all select id from opaque where audit = :audit
"""

ARRIVED = "select body, received_at from rev where audit = :audit order by seq"
UNREAD_COUNT = "select count(*) from opaque where audit = :audit"


class Transaction(ABC):
    """Statements of a transaction; `:name` in a statement is a value's name."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.forgets = False
        """Whether what it removes may leave nothing on the disk."""

    @staticmethod
    @abstractmethod
    def translate(sql: str) -> str:
        """Write a statement as the engine wants it."""

    @abstractmethod
    def execute(self, sql: str, values: Mapping[str, Any]) -> Any:
        """Run a statement; return its cursor."""

    def rows(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        """Return what a statement finds."""
        return list(self.execute(sql, values).fetchall())

    def run(self, sql: str, **values: Any) -> int:
        """Change rows; return how many."""
        return int(self.execute(sql, values).rowcount)

    def many(self, sql: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Change rows once for each set of values."""
        with closing(self.connection.cursor()) as cursor:
            cursor.executemany(self.translate(sql), rows)

    @abstractmethod
    def stream(self, sql: str) -> Generator[tuple[Any, ...], None, None]:
        """Give what a statement finds, a part at a time in memory."""

    @abstractmethod
    def each(
        self, sql: str, keys: Collection[bytes], **values: Any
    ) -> list[tuple[Any, ...]]:
        """Return what a statement finds for each `:key`, compared by `= :key`."""

    def find_keys(self, sql: str, keys: Collection[bytes], **values: Any) -> set[bytes]:
        """Return the keys for which a statement finds something: it returns them."""
        return {key for (key,) in self.each(sql, keys, **values)}

    @abstractmethod
    def append(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Add rows to `rev`, in the order of its columns, bodies as bytes."""

    @abstractmethod
    def alone(self, table: str) -> None:
        """Wait until no other transaction adds to `audit` or `invitation`."""


class Engine(Protocol):
    """A database with the tables of a hub."""

    def writing(self) -> AbstractContextManager[Transaction]:
        """Open a transaction: all of it, durably, or nothing.

        Raises:
            JournalError: in French, when it could not be written.
        """
        ...

    def reading(self) -> AbstractContextManager[Transaction]:
        """Read one state of the database, whatever is written meanwhile."""
        ...

    def back_up(self, path: Path) -> None:
        """Write a copy, checked to the last byte."""
        ...

    def drop_set_aside(self, before: datetime) -> int:
        """Remove what restorations set aside before a time; return how many."""
        ...

    def check_tools(self) -> None:
        """Check that what copies it is here."""
        ...

    def close(self) -> None:
        """Close the connections."""
        ...


def encode(body: str | bytes) -> bytes:
    """Return a line's bytes: one engine keeps text, the other bytes."""
    return body.encode("utf-8") if isinstance(body, str) else body


def is_set_aside(name: str, before: datetime) -> bool:
    """Whether this is the name of what a restoration set aside before a time.

    As old as its name: a restored file keeps the day of its last change.
    """
    _, mark, stamp = name.replace("_", "-").partition(f"{ASIDE}-")
    try:
        day = datetime.strptime(stamp[:17], STAMP).replace(tzinfo=UTC)
    except ValueError:
        return False
    return bool(mark) and day < before


def check_address(address: str) -> str:
    """Return the address of a PostgreSQL that may be kept in a file and shown.

    Raises:
        DiagError: when it carries a password, or is not PostgreSQL's.
    """
    parts = urlsplit(address)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise DiagError(
            "--database attend une adresse comme "
            "postgresql://diag@serveur/diag : vérifiez son début."
        )
    if parts.password is not None or "password" in dict(parse_qsl(parts.query)):
        raise DiagError(
            "L'adresse de la base porte un mot de passe, que d'autres pourraient lire. "
            "Retirez-le, et donnez-le par la variable PGPASSWORD, ou par un fichier "
            "que nomme PGPASSFILE (une ligne : serveur:port:base:utilisateur:mot)."
        )
    return address


def describe_address(address: str) -> str:
    """Return where a database is, for people: no user, no option."""
    parts = urlsplit(address)
    host = parts.hostname or "local"
    port = f":{parts.port}" if parts.port else ""
    return f"postgresql://{host}{port}{parts.path}"


class Location(NamedTuple):
    """Where an audit is; a device's territory names one of the two, or everywhere."""

    department: str = ""
    insee: str = ""

    def is_in(self, scopes: Collection[str]) -> bool:
        """Whether one of these names includes it."""
        own = {self.department, self.insee} - {""}
        return EVERYWHERE in scopes or bool(own.intersection(scopes))


@dataclass(slots=True)
class AuditRow:
    """One audit at the hub, its row locked during a write."""

    number: int
    id: str
    location: Location
    revisions: int
    """How many, which is the number of the last."""
    lam: int
    """Greatest order number."""
    digest: int
    """Exclusive or of the ids."""
    unread: int
    """Lines of a newer version."""
    whole: bytes
    """Digest of all ids, in order."""

    @property
    def holding(self) -> Holding:
        """What the second protocol compares."""
        return Holding(self.revisions, self.unread, self.whole)

    @property
    def sum(self) -> AuditSum:
        """The line of the manifest."""
        return AuditSum(self.id, self.revisions, f"{self.digest:064x}")


class LogRow(NamedTuple):
    """One line to append."""

    seq: int
    key: bytes
    line: bytes
    erased: bool


class AuditLife(NamedTuple):
    """How much came of an audit, and when; what it is about."""

    audit: str
    kind: str
    code: str
    department: str
    insee: str
    lines: int
    recent: int
    """Lines that came since the time asked about."""
    last_at: int


class Device(NamedTuple):
    """A laptop that was let in."""

    id: int
    name: str
    person: str
    territories: tuple[str, ...]
    """One may have a right of its own: `95127=read`."""
    right: Right
    """Where a territory has none of its own."""
    sign_key: str
    enrolled_at: int
    seen_at: int
    """Last request; 0: none since."""
    revoked_at: int
    """0: it is not."""
    author: str = ""
    """Label that its revisions carry, by its own account."""

    def rights(self) -> dict[str, Right]:
        """Return its right in each of its territories."""
        parted = (one.partition("=") for one in self.territories)
        return {name: own or self.right for name, _, own in parted}

    def scopes(self, right: Right = "read") -> frozenset[str]:
        """Return the territories where it has at least this right."""
        least = RIGHTS.index(right)
        rights = self.rights().items()
        return frozenset(name for name, own in rights if RIGHTS.index(own) >= least)

    def right_in(self, location: Location) -> int:
        """Return its right where an audit is, among `RIGHTS`; -1 for none."""
        return max(
            (at for at, one in enumerate(RIGHTS) if location.is_in(self.scopes(one))),
            default=-1,
        )


class Heard(NamedTuple):
    """What a device declared of itself at its last call: shown, never judged."""

    app: str = ""
    """Version of its diag; empty for one that does not say."""
    pending: int = 0
    """Lines that waited there, after those that it gave then."""
    gap: int = 0
    """Seconds by which its clock was ahead of the hub's, to the minute."""


class Token(NamedTuple):
    """A token: its hash only."""

    hash: bytes
    device: int
    expires_at: int
    """Negative: it was replaced then, and whoever shows it later holds a copy."""
    replaces: bytes
    """Hash of the token that it replaces once used; empty for none."""


class Invitation(NamedTuple):
    """A code that lets one device in: its public part, and the hash of the other."""

    public: str
    hash: bytes
    person: str
    territories: tuple[str, ...]
    right: Right
    expires_at: int


class HubCounts(NamedTuple):
    """How much a hub holds."""

    audits: int
    revisions: int
    devices: int


def read_audit(row: Sequence[Any]) -> AuditRow:
    """Return what a row of `AUDIT` holds."""
    number, ident, department, insee, revisions, lam, digest, unread, whole = row
    location = Location(department, insee)
    ids = int.from_bytes(digest)
    return AuditRow(number, ident, location, revisions, lam, ids, unread, bytes(whole))


def scope(scopes: Collection[str]) -> dict[str, Any]:
    """Return the values that `IN_SCOPE` compares with."""
    return {"everywhere": EVERYWHERE in scopes, "scopes": sorted(scopes)}


def name_columns(subject: Subject) -> dict[str, str]:
    """Return a subject as columns."""
    return {"kind": str(subject.kind), "code": subject.code}
