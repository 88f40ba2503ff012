"""What a hub's tables hold, and how it is read: audits, lines, devices, territories."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from diag.journal.holdings import DIGEST, Holding
from diag.journal.journal import AuditSum
from diag.model.audit import Subject
from diag.sync.protocol import RIGHTS, Right

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
    unread: int = 0
    """Lines of a newer version."""
    whole: bytes = bytes(DIGEST)
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
