"""What a hub needs of a database: small statements, the same for every engine.

The rules (what may enter, in which order, what an erasure removes) are not here but in
`intake`, so that a new engine writes SQL and nothing else.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

from diag.journal.journal import AuditSum
from diag.model.audit import Subject
from diag.sync.protocol import Right

EVERYWHERE = "*"
"""The territory that includes all others."""


MAX_TRIES = 5
"""Wrong codes after which every invitation given out before them is closed."""


class Territory(NamedTuple):
    """Where an audit is; a device's territory names one of the two, or everywhere."""

    department: str = ""
    insee: str = ""

    def is_in(self, scopes: Collection[str]) -> bool:
        """Say whether one of these names includes it."""
        own = {self.department, self.insee} - {""}
        return EVERYWHERE in scopes or bool(own.intersection(scopes))


@dataclass(slots=True)
class AuditRow:
    """One audit at the hub, its row locked while one writes."""

    number: int
    id: str
    territory: Territory
    revisions: int
    """How many, which is the number of the last."""
    lam: int
    """Greatest order number."""
    digest: int
    """Exclusive or of the ids."""

    @property
    def sum(self) -> AuditSum:
        """Return it as a line of the manifest."""
        return AuditSum(self.id, self.revisions, f"{self.digest:064x}")


class Entry(NamedTuple):
    """One line to append."""

    seq: int
    key: bytes
    line: bytes
    erased: bool


class Device(NamedTuple):
    """A laptop that was let in."""

    id: int
    name: str
    person: str
    territories: tuple[str, ...]
    right: Right
    sign_key: str
    enrolled_at: int
    seen_at: int
    """Last time it was heard; 0: never since."""
    revoked_at: int
    """0: it is not."""
    author: str = ""
    """Label that its revisions carry, as it said."""


class Token(NamedTuple):
    """A token as it is kept: its hash only."""

    hash: bytes
    device: int
    expires_at: int
    replaces: bytes
    """Hash of the one that it replaces once used; empty for none."""


class Invitation(NamedTuple):
    """A code that lets one device in: its hash only."""

    hash: bytes
    person: str
    territories: tuple[str, ...]
    right: Right
    expires_at: int


class Writing(Protocol):
    """A transaction: all of it, durably, or nothing."""

    def lock(self, audits: Collection[str]) -> dict[str, AuditRow]:
        """Return those that are known, in sorted order, nobody else writing them."""
        ...

    def add_audit(self, audit: str, subject: Subject, territory: Territory) -> AuditRow:
        """Add an audit, locked; one that another has just added is returned."""
        ...

    def known(self, audit: AuditRow, keys: Collection[bytes]) -> set[bytes]:
        """Return which of these ids it holds."""
        ...

    def erased(self, audit: AuditRow, keys: Collection[bytes]) -> set[bytes]:
        """Return which of these ids an erasure names."""
        ...

    def append(
        self, audit: AuditRow, entries: Sequence[Entry], device: int, at: int
    ) -> None:
        """Add lines after those that are there."""
        ...

    def save(self, audit: AuditRow) -> None:
        """Keep an audit's sum."""
        ...

    def name_erased(
        self, audit: AuditRow, pairs: Collection[tuple[bytes, bytes]]
    ) -> None:
        """Record what is erased, and by which revision."""
        ...

    def whole(self, audit: AuditRow, keys: Collection[bytes]) -> dict[bytes, bytes]:
        """Return the lines of these ids that still carry their value."""
        ...

    def all_whole(self, audit: AuditRow) -> dict[bytes, bytes]:
        """Return every line that still carries its value."""
        ...

    def strip(self, audit: AuditRow, skeletons: Mapping[bytes, bytes]) -> None:
        """Put skeletons in the place of lines."""
        ...

    def refer(self, audit: AuditRow, pairs: Collection[tuple[bytes, bytes]]) -> None:
        """Record which revision names which attachment."""
        ...

    def unrefer(self, audit: AuditRow, keys: Collection[bytes]) -> set[bytes]:
        """Forget what these revisions name; return what nothing names any more."""
        ...

    def territory_of(self, subject: Subject) -> Territory | None:
        """Return where the office's directory says that a subject is."""
        ...

    def log(self, at: int, device: int, verb: str, audit: str, number: int) -> None:
        """Add to the log of who did what."""
        ...


class Log(Protocol):
    """Audits and their revisions."""

    def writing(self) -> AbstractContextManager[Writing]:
        """Open a transaction."""
        ...

    def audit(self, audit: str) -> AuditRow | None:
        """Return an audit as it is now."""
        ...

    def manifest(self, scopes: Collection[str]) -> tuple[AuditSum, ...]:
        """Return the sums of the audits of these territories, by id."""
        ...

    def lines(
        self, audit: str, after: int, limit: int, most_bytes: int
    ) -> tuple[AuditRow, list[bytes]] | None:
        """Return an audit and the lines after a number, read together.

        At least one when there is any, and then no more than these bytes.
        """
        ...

    def named(self, shas: Collection[bytes], scopes: Collection[str]) -> set[bytes]:
        """Return which attachments a revision of these territories names."""
        ...

    def put_directory(self, territories: Iterable[tuple[Subject, Territory]]) -> int:
        """Learn where subjects are, and place the audits that were nowhere."""
        ...

    def places(self, scopes: Collection[str]) -> int:
        """Return how many subjects of the directory are in these territories."""
        ...


class People(Protocol):
    """Devices, tokens, invitations."""

    def invite(self, invitation: Invitation) -> None:
        """Keep an invitation."""
        ...

    def accept(self, hashed: bytes, at: int) -> Invitation | None:
        """Take an invitation, which then is no more; None counts as a wrong try."""
        ...

    def add_device(self, device: Device) -> int:
        """Add a device; return its number."""
        ...

    def devices(self) -> tuple[Device, ...]:
        """Return every device, revoked ones too, in order."""
        ...

    def device(self, number: int) -> Device | None:
        """Return a device."""
        ...

    def revoke(self, number: int, at: int) -> bool:
        """Close the door to a device; False when there was none open."""
        ...

    def forget_person(self, number: int) -> bool:
        """Erase whose a device was, and what it was called; False when unknown."""
        ...

    def add_token(self, token: Token) -> None:
        """Keep a token."""
        ...

    def token(self, hashed: bytes) -> Token | None:
        """Return a token."""
        ...

    def used(self, token: Token, at: int) -> None:
        """Remember that a token was used; the one that it replaces is no more."""
        ...


class HubCounts(NamedTuple):
    """How much a hub holds."""

    audits: int
    revisions: int
    devices: int


class Store(Log, People, Protocol):
    """A hub's database."""

    @property
    def hub(self) -> str:
        """Return the hub's id, made with the database."""
        ...

    def counts(self) -> HubCounts:
        """Return how much there is."""
        ...

    def back_up(self, path: Path) -> None:
        """Write a copy, checked to the last byte."""
        ...

    def close(self) -> None:
        """Close the connections."""
        ...
