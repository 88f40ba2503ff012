"""A hub's database: every statement once, for SQLite and PostgreSQL.

The rules (what may enter, in which order, what an erasure removes) are in `intake`.
An engine runs the statements, and translates what its SQL writes otherwise.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from urllib.parse import parse_qsl, urlsplit

from diag.journal.errors import DamagedError
from diag.journal.holdings import DIGEST, Holding, sum_ids
from diag.journal.journal import AuditSum
from diag.journal.revision import Revision, Unread, read
from diag.model.audit import Subject
from diag.model.errors import DiagError
from diag.sync.protocol import RIGHTS, Right
from diag.sync.questions import PulledPage, Room, Want

EVERYWHERE = "*"
"""The territory that includes all others."""

MAX_TRIES = 5
"""Wrong codes after which the invitation that they name is closed."""

READING = "page"
"""The verb of the log of accesses for who read the page of supervision."""

ACTIVITY = 30 * 24 * 3600 * 1000
"""Milliseconds for which it is kept who read."""

CLONED = "cloned"
"""The verb of the log of accesses for a device of which a copy has called."""

SPENT = 180 * 24 * 3600 * 1000
"""Milliseconds for which a token that was replaced is still known as such."""

ASIDE = "avant-restauration"
"""In the name of what a restoration set aside, before its time."""

STAMP = "%Y-%m-%d-%H%M%S"
"""How that time is written."""

_CHUNK = 1_000
"""Lines read at once, before their bytes are counted."""

_AUDIT = """
select n, id, department, insee, last_seq, lam, digest, unread, whole from audit
"""
_ONE_AUDIT = f"{_AUDIT} where id = :audit"
_KNOWN_AUDITS = "select count(*) from audit where id = any(:audits)"
_LOCK = f"{_AUDIT} where id = any(:audits) order by id for update"

_ADD_AUDIT = """
insert into audit(id, kind, code, department, insee)
values (:audit, :kind, :code, :department, :insee) on conflict do nothing
"""

_SAVE = "update audit set last_seq = :seq, lam = :lam, digest = :digest where n = :n"
_KNOWN = "select id from rev where audit = :audit and id = :key"
_ERASED = "select distinct id from erased where audit = :audit and id = :key"
_NAME_ERASED = "insert into erased values (:audit, :id, :by) on conflict do nothing"
_WHOLE = "select id, body from rev where audit = :audit and id = :key and not erased"
_ALL_WHOLE = "select id, body from rev where audit = :audit and not erased"
_STRIP = "update rev set body = :body, erased = true where audit = :audit and id = :id"
_REFER = "insert into blob_ref values (:audit, :rev, :sha) on conflict do nothing"
_UNREFER = "delete from blob_ref where audit = :audit and rev = :key returning sha"
_ERASURES = """
select r.body from rev r where exists(
  select 1 from erased e where e.audit = r.audit and e.by_rev = r.id)
order by r.audit, r.seq
"""

_STILL = "select distinct sha from blob_ref where sha = :key"
_LOG = "insert into access_log values (:at, :device, :verb, :audit, :n)"
_TAKE = """
delete from token where hash = :hash returning hash, device, expires_at, replaces
"""

_DROP_ENDED = "delete from token where expires_at > 0 and expires_at <= :at"
_DROP_READINGS = "delete from access_log where verb = :verb and at < :before"
_LOGGED = "select distinct device from access_log where verb = :verb"
_IN_SCOPE = "(:everywhere or department = any(:scopes) or insee = any(:scopes))"
_LIVES = f"""
select a.id, a.kind, a.code, a.department, a.insee, count(*),
  sum(case when r.received_at > :since then 1 else 0 end), max(r.received_at)
from rev r join audit a on a.n = r.audit where {_IN_SCOPE} group by a.n order by a.n
"""  # noqa: S608 -- our own text

_TELLING = f"""
select a.id, r.body, r.received_at from rev r join audit a on a.n = r.audit
where {_IN_SCOPE} and not r.erased
  and (position(:status in r.body) > 0 or position(:erase in r.body) > 0)
order by r.audit, r.seq
"""  # noqa: S608 -- our own text

_ABOUT_STATUS = b'"subject":"audit/status"'
_ABOUT_ERASING = b'"subject":"erase'

_MANIFEST = f"{_AUDIT} where {_IN_SCOPE} and last_seq > 0 order by id"

_LINES = """
select body from rev where audit = :audit and seq > :after order by seq limit :limit
"""

_NAMED = f"""
select distinct b.sha from blob_ref b join audit a on a.n = b.audit
where b.sha = :key and {_IN_SCOPE}
"""  # noqa: S608 -- our own text

_COUNTS = """
select count(*), cast(coalesce(sum(last_seq), 0) as bigint),
  (select count(*) from device where revoked_at = 0) from audit
"""

_LOCATE = "select department, insee from directory where kind = :kind and code = :code"
_PLACES = f"select count(*) from directory where {_IN_SCOPE}"  # noqa: S608 -- our own text

_PUT_DIRECTORY = """
insert into directory values (:kind, :code, :department, :insee)
on conflict(kind, code)
do update set department = excluded.department, insee = excluded.insee
where (directory.department, directory.insee) <> (excluded.department, excluded.insee)
"""

_MOVED = """
audit.kind = d.kind and audit.code = d.code
and (audit.department, audit.insee) <> (d.department, d.insee)
"""

_LOCK_MOVED = f"""
select 1 from audit join directory d on {_MOVED} order by audit.id for update of audit
"""  # noqa: S608 -- our own text

_PLACE_AUDITS = f"""
update audit set department = d.department, insee = d.insee from directory d
where {_MOVED}
"""  # noqa: S608 -- our own text

_DEVICES = """
select id, name, person, territories, "right", sign_key, enrolled_at, seen_at,
  revoked_at, author from device
"""

_ADD_DEVICE = """
insert into device(name, person, territories, "right", sign_key, enrolled_at, seen_at,
  revoked_at, author)
values (:name, :person, :territories, :right, :sign_key, :enrolled_at, :seen_at,
  :revoked_at, :author) returning id
"""

_REVOKE = "update device set revoked_at = :at where id = :device and revoked_at = 0"
_FORGET = "update device set person = '', name = '' where id = :n and person <> ''"
_SEEN = "update device set seen_at = :at where id = :device"

_INVITE = """
insert into invitation
values (:public, :hash, :person, :territories, :right, :expires_at, 0)
on conflict do nothing
"""

_INVITED = """
select public, hash, person, territories, "right", expires_at from invitation
where public = :public and tries < :most
"""

_KNOWN_KEY = "select count(*) from device where sign_key = :key"
_CLOSE = "delete from invitation where public = :public"
_COUNT_TRY = "update invitation set tries = tries + 1 where public = :public"
_INVITATIONS = """
select public, hash, person, territories, "right", expires_at, tries from invitation
"""

_DROP_STALE = "delete from invitation where expires_at <= :at"
_ADD_KEY = "insert into token values (:hash, :device, :expires_at, :replaces)"
_FIND_KEY = "select hash, device, expires_at, replaces from token where hash = :hash"
_DROP_KEYS = "delete from token where device = :device"
_SPEND = "update token set expires_at = :spent where hash = :replaces"
_SPEND_ALL = """
update token set expires_at = :spent where device = :device and expires_at > 0
"""

_DROP_SPENT = "delete from token where expires_at < 0 and expires_at > :before"
_SETTLE = "update token set replaces = :none where hash = :hash"
_ADD_AUTHOR = "insert into author values (:audit, :label) on conflict do nothing"

_PEOPLE = f"""
select d.author, d.person from device d where d.person <> '' and exists(
  select 1 from author w join audit a on a.n = w.audit
  where w.label = d.author and {_IN_SCOPE}) order by d.id
"""  # noqa: S608 -- our own text

_ADD_UNPROVEN = """
insert into unproven(n, audit, id, sender)
select coalesce(max(n), 0) + 1, :audit, :id, :sender from unproven
"""

_UNPROVEN = f"""
select u.n, u.id, u.sender from unproven u join audit a on a.n = u.audit
where u.n > :after and {_IN_SCOPE} order by u.n limit :limit
"""  # noqa: S608 -- our own text

_FORMER_UNPROVEN = """
select r.audit, r.id, r.body, d.author
from rev r join device d on d.id = r.received_from
where d.author <> '' order by r.audit, r.seq
"""

_MARK_OLD = "insert into old_sealed values (:audit) on conflict do nothing"
_IS_OLD_SEALED = "select count(*) from old_sealed where audit = :audit"
_BODIES = "select id, body from rev where audit = :audit order by seq"

_ARRIVED = "select body, received_at from rev where audit = :audit order by seq"

_REQUIRED = "select at from cutover"
_REQUIRE = "insert into cutover values (:at) on conflict do nothing"
_LAST_ARRIVED = "select cast(coalesce(max(received_at), 0) as bigint) from rev"
_ARRIVED_AT = "select received_at from rev where audit = :audit and id = :key"

_LABELLED = """
select count(*) from device where author = :author and person <> :person
"""

_SUMS = "select n, id, last_seq, digest from audit"
_ROWS = "select audit, seq, id, body, erased from rev order by audit, seq"


_OPAQUE = "select body from opaque where audit = :audit and seq > :after"
_OPAQUE_PAGE = f"{_OPAQUE} order by seq limit :limit"
_OPAQUE_KNOWN = "select id from opaque where audit = :audit and id = :key"
_OPAQUE_COUNT = "select count(*) from opaque where audit = :audit"
_OPAQUE_ROWS = "select id, body, erased from opaque"
_ANY_OPAQUE = "select count(*) from (select 1 from opaque limit 1) one"

_OPAQUE_WHOLE = """
select id, body from opaque where audit = :audit and id = :key and not erased
"""

_OPAQUE_ALL_WHOLE = "select id, body from opaque where audit = :audit and not erased"

_OPAQUE_APPEND = """
insert into opaque values (:audit, :seq, :id, :body, :erased, :at, :device)
"""

_OPAQUE_STRIP = """
update opaque set body = :body, erased = true where audit = :audit and id = :id
"""

_OPAQUE_SUMS = f"""
select a.id, o.id from opaque o join audit a on a.n = o.audit
where {_IN_SCOPE} order by a.id
"""  # noqa: S608 -- our own text


_ALL_IDS = """
select id from rev where audit = :audit
union all select id from opaque where audit = :audit
"""

_KEEP_WHOLE = """
update audit set unread = :unread, whole = :whole,
  tick = (select max(tick) + 1 from audit) where n = :n
"""

_HOLDINGS = f"""
select id, last_seq, unread, whole, tick from audit
where {_IN_SCOPE} and last_seq + unread > 0
"""  # noqa: S608 -- our own text

_SOME_AUDITS = f"{_AUDIT} where id = any(:audits) and {_IN_SCOPE}"


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

    def scopes(self, right: Right = "read") -> frozenset[str]:
        """Return the territories where it has at least this right."""
        least = RIGHTS.index(right)
        parted = (one.partition("=") for one in self.territories)
        return frozenset(
            name for name, _, own in parted if RIGHTS.index(own or self.right) >= least
        )

    def right_in(self, location: Location) -> int:
        """Return its right where an audit is, among `RIGHTS`; -1 for none."""
        return max(
            (at for at, one in enumerate(RIGHTS) if location.is_in(self.scopes(one))),
            default=-1,
        )


class Token(NamedTuple):
    """A token: its hash only."""

    hash: bytes
    device: int
    expires_at: int
    """Negative: it was replaced then, and whoever shows it later holds a copy."""
    replaces: bytes
    """Hash of the token that it replaces once used; empty for none."""


class KnownKeyError(Exception):
    """A device that is let in shows a key that the hub has seen before."""


class KnownLabelError(Exception):
    """A device that is let in signs with the label of another person."""


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


class Writing:
    """What a push does, in one transaction."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def lock(self, audits: Collection[str]) -> dict[str, AuditRow]:
        """Return those that are known, in sorted order, no other transaction writing.

        A transaction that adds audits does it alone, then all lock rows in the same
        order: no two can wait for each other. Laptops on different audits do not wait.
        """
        ids = sorted(audits)
        ((known,),) = self._transaction.rows(_KNOWN_AUDITS, audits=ids)
        if known < len(ids):
            self._transaction.alone("audit")
        rows = map(_read_audit, self._transaction.rows(_LOCK, audits=ids))
        return {row.id: row for row in rows}

    def add_audit(self, audit: str, subject: Subject, location: Location) -> AuditRow:
        """Add an audit, locked; return the row of another hub if it added it first."""
        values = {**_name(subject), **location._asdict()}
        self._transaction.run(_ADD_AUDIT, audit=audit, **values)
        (row,) = self._transaction.rows(_LOCK, audits=[audit])
        return _read_audit(row)

    def find_known(self, audit: AuditRow, keys: Collection[bytes]) -> set[bytes]:
        """Return which of these ids it holds."""
        return self._transaction.find_keys(_KNOWN, keys, audit=audit.number)

    def find_erased(self, audit: AuditRow, keys: Collection[bytes]) -> set[bytes]:
        """Return which of these ids an erasure names."""
        return self._transaction.find_keys(_ERASED, keys, audit=audit.number)

    def append(
        self, audit: AuditRow, rows: Iterable[LogRow], device: int, at: int
    ) -> None:
        """Add lines after those that are there; none of them is: the row is locked."""
        self._transaction.append((audit.number, *row, at, device) for row in rows)

    def save(self, audit: AuditRow) -> None:
        """Keep an audit's sum."""
        digest = audit.digest.to_bytes(32)
        values = {"n": audit.number, "seq": audit.revisions, "lam": audit.lam}
        self._transaction.run(_SAVE, digest=digest, **values)

    def sum_up(self, audit: AuditRow) -> None:
        """Digest all ids of an audit that changed, and have it seen as changed."""
        place = {"audit": audit.number}
        ids = self._transaction.rows(_ALL_IDS, **place)
        ((audit.unread,),) = self._transaction.rows(_OPAQUE_COUNT, **place)
        audit.whole = sum_ids(key for (key,) in ids)
        sums = {"unread": audit.unread, "whole": audit.whole}
        self._transaction.run(_KEEP_WHOLE, n=audit.number, **sums)

    def name_erased(
        self, audit: AuditRow, pairs: Collection[tuple[bytes, bytes]]
    ) -> None:
        """Record what is erased, and by which revision."""
        rows = [{"audit": audit.number, "id": key, "by": by} for key, by in pairs]
        self._transaction.many(_NAME_ERASED, rows)

    def whole(self, audit: AuditRow, keys: Collection[bytes]) -> dict[bytes, bytes]:
        """Return the lines of these ids that still carry their value."""
        rows = self._transaction.each(_WHOLE, keys, audit=audit.number)
        return {key: _encode(body) for key, body in rows}

    def all_whole(self, audit: AuditRow) -> dict[bytes, bytes]:
        """Return every line that still carries its value."""
        rows = self._transaction.rows(_ALL_WHOLE, audit=audit.number)
        return {key: _encode(body) for key, body in rows}

    def strip(self, audit: AuditRow, skeletons: Mapping[bytes, bytes]) -> None:
        """Put skeletons in the place of lines, of which nothing stays on the disk."""
        if skeletons:
            self._transaction.forgets = True
        rows = [
            {"audit": audit.number, "id": key, "body": body}
            for key, body in skeletons.items()
        ]
        self._transaction.many(_STRIP, rows)

    def append_unread(
        self, audit: AuditRow, lines: Sequence[Unread], device: int, at: int
    ) -> list[Unread]:
        """Add lines of a newer version; return those that were not there."""
        keys = {one.key for one in lines}
        place = {"audit": audit.number}
        known = self._transaction.find_keys(_OPAQUE_KNOWN, keys, **place)
        new = {one.key: one for one in lines if one.key not in known}
        ((number,),) = self._transaction.rows(_OPAQUE_COUNT, **place)
        rows = [
            {"seq": number + n, "id": one.key, "body": one.line, "erased": one.erased}
            for n, one in enumerate(new.values(), 1)
        ]
        shared = {**place, "at": at, "device": device}
        self._transaction.many(_OPAQUE_APPEND, [{**row, **shared} for row in rows])
        return list(new.values())

    def whole_unread(
        self, audit: AuditRow, keys: Collection[bytes] | None
    ) -> list[bytes]:
        """Return the lines of these ids, or all, that still carry their value."""
        place = {"audit": audit.number}
        if keys is None:
            rows = self._transaction.rows(_OPAQUE_ALL_WHOLE, **place)
        else:
            rows = self._transaction.each(_OPAQUE_WHOLE, keys, **place)
        return [_encode(body) for _, body in rows]

    def strip_unread(self, audit: AuditRow, skeletons: Iterable[Unread]) -> None:
        """Put skeletons in the place of lines of a newer version."""
        rows = [
            {"audit": audit.number, "id": one.key, "body": one.line}
            for one in skeletons
        ]
        self._transaction.forgets |= bool(rows)
        self._transaction.many(_OPAQUE_STRIP, rows)

    def add_authors(self, audit: AuditRow, labels: Collection[str]) -> None:
        """Record who wrote in an audit."""
        rows = [{"audit": audit.number, "label": label} for label in sorted(labels)]
        self._transaction.many(_ADD_AUTHOR, rows)

    def add_unproven(self, audit: AuditRow, keys: Iterable[bytes], sender: str) -> None:
        """Record which lines their author did not give; numbered as they commit."""
        rows = [{"audit": audit.number, "id": key, "sender": sender} for key in keys]
        if rows:
            self._transaction.alone("unproven")
        for row in rows:
            self._transaction.run(_ADD_UNPROVEN, **row)

    def is_old_sealed(self, audit: AuditRow) -> bool:
        """Whether what an audit held before there were seals is under the hub's."""
        return bool(self._transaction.rows(_IS_OLD_SEALED, audit=audit.number)[0][0])

    def mark_old_sealed(self, audit: AuditRow) -> None:
        """Record that nothing enters an audit any more as older than seals."""
        self._transaction.run(_MARK_OLD, audit=audit.number)

    def asks(self, audit: AuditRow) -> list[tuple[Revision, int]]:
        """Return the erasures asked for in an audit, and when each came here."""
        pattern = b'"subject":"erase-ask/'
        rows = self._transaction.rows(_ARRIVED, audit=audit.number)
        found = [(_encode(body), int(at)) for body, at in rows]
        return [(read(body.decode()), at) for body, at in found if pattern in body]

    def stops(self, audit: AuditRow) -> list[str]:
        """Return the ids of the asks that were stopped in an audit."""
        pattern = b'"subject":"erase-stop/'
        lines = [line for _, line in self.bodies(audit) if pattern in line]
        values = [read(line.decode()).value for line in lines]
        return [str(one.get("ask")) for one in values if isinstance(one, dict)]

    def arrived_at(self, audit: AuditRow, key: bytes) -> int:
        """Return when a line came here; 0 when it did not."""
        rows = self._transaction.rows(_ARRIVED_AT, audit=audit.number, key=key)
        return int(rows[0][0]) if rows else 0

    def bodies(self, audit: AuditRow) -> list[tuple[bytes, bytes]]:
        """Return the id and the bytes of each line of an audit."""
        rows = self._transaction.rows(_BODIES, audit=audit.number)
        return [(key, _encode(body)) for key, body in rows]

    def refer(self, audit: AuditRow, pairs: Collection[tuple[bytes, bytes]]) -> None:
        """Record which revision names which attachment."""
        rows = [{"audit": audit.number, "rev": rev, "sha": sha} for rev, sha in pairs]
        self._transaction.many(_REFER, rows)

    def unrefer(self, audit: AuditRow, keys: Collection[bytes]) -> set[bytes]:
        """Forget what these revisions name; return what nothing names any more."""
        rows = self._transaction.each(_UNREFER, keys, audit=audit.number)
        named = {sha for (sha,) in rows}
        return named - self._transaction.find_keys(_STILL, named)

    def locate(self, subject: Subject) -> Location | None:
        """Return where the office's directory has a subject."""
        rows = self._transaction.rows(_LOCATE, **_name(subject))
        return Location(*rows[0]) if rows else None

    def log(self, at: int, device: int, verb: str, audit: str, number: int) -> None:
        """Add to the log of accesses."""
        values = {"at": at, "device": device, "verb": verb, "audit": audit}
        self._transaction.run(_LOG, n=number, **values)


class Store:
    """A hub's audits, devices, tokens and invitations, over any engine."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.hub = str(self._rows("select id from hub")[0][0])
        """The hub's id, made with the database."""

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        """Open a transaction: all of it, durably, or nothing."""
        with self.engine.writing() as transaction:
            yield Writing(transaction)

    def audit(self, audit: str) -> AuditRow | None:
        """Return an audit as it is now."""
        rows = self._rows(_ONE_AUDIT, audit=audit)
        return _read_audit(rows[0]) if rows else None

    def manifest(self, scopes: Collection[str]) -> tuple[AuditSum, ...]:
        """Return the sums of the audits of these territories, by id."""
        rows = self._rows(_MANIFEST, **_scope(scopes))
        return tuple(_read_audit(row).sum for row in rows)

    def lines(
        self, audit: str, after: int, limit: int, most_bytes: int
    ) -> tuple[AuditRow, list[bytes]] | None:
        """Return an audit and the lines after a number, read together.

        At least one when there is any, and then no more than these bytes.
        """
        found: list[bytes] = []
        room = most_bytes
        with self.engine.reading() as transaction:
            rows = transaction.rows(_ONE_AUDIT, audit=audit)
            if not rows:
                return None
            row = _read_audit(rows[0])
            place = {"audit": row.number}
            while wanted := min(limit - len(found), _CHUNK):
                start = after + len(found)  # numbers have no gap
                part = transaction.rows(_LINES, after=start, limit=wanted, **place)
                for (body,) in part:
                    line = _encode(body)
                    room -= len(line)
                    if found and room < 0:
                        return row, found
                    found.append(line)
                if len(part) < wanted:
                    break
        return row, found

    def holdings(self, scopes: Collection[str]) -> dict[str, tuple[Holding, int]]:
        """Return what it holds of each audit of these territories, and its tick.

        A tick is greater than those before it; two writers at once may have the same.
        """
        rows = self._rows(_HOLDINGS, **_scope(scopes))
        return {
            audit: (Holding(revisions, unread, bytes(whole)), tick)
            for audit, revisions, unread, whole, tick in rows
        }

    def some_holdings(
        self, audits: Collection[str], scopes: Collection[str]
    ) -> dict[str, Holding]:
        """Return what it holds of some audits, those of these territories."""
        rows = self._rows(_SOME_AUDITS, audits=sorted(audits), **_scope(scopes))
        return {row.id: row.holding for row in map(_read_audit, rows)}

    def pull(
        self, scopes: Collection[str], wants: Sequence[Want], room: Room
    ) -> PulledPage:
        """Return what follows numbers in several audits, read together.

        At least one line when there is any. What is not in these territories is passed.
        """
        with self.engine.reading() as transaction:
            asked = sorted({want.audit for want in wants})
            rows = transaction.rows(_SOME_AUDITS, audits=asked, **_scope(scopes))
            audits = {row.id: row for row in map(_read_audit, rows)}
            page = PulledPage()
            for want in wants:
                row = audits.get(want.audit)
                if row and not self._pull_one(transaction, row, want, page, room):
                    break
                page.done += 1
        return page

    def _pull_one(
        self,
        transaction: Transaction,
        row: AuditRow,
        want: Want,
        page: PulledPage,
        room: Room,
    ) -> bool:
        """Add what is wanted of an audit; return whether all of it found room."""

        def fill(sql: str, after: int) -> int:
            while most := min(room.lines - len(page.lines), _CHUNK):
                place = {"audit": row.number, "after": after, "limit": most}
                part = transaction.rows(sql, **place)
                for (body,) in part:
                    if not page.add(_encode(body), room):
                        return after
                    after += 1
                if len(part) < most:
                    break
            return after

        after, unread = fill(_LINES, want.after), want.unread
        if after >= row.revisions and unread < row.unread:
            unread = fill(_OPAQUE_PAGE, unread)
        page.reached.append((row.id, after, unread, row.holding))
        return after >= row.revisions and unread >= row.unread

    def recount(self, part: int, parts: int) -> int:
        """Digest again the ids of one audit in so many; return how many had changed."""
        with self.engine.reading() as transaction:
            rows = map(_read_audit, transaction.rows(_AUDIT))
            due = [row for row in rows if row.number % parts == part % parts]
            changed = [
                row.id
                for row in due
                if sum_ids(
                    key for (key,) in transaction.rows(_ALL_IDS, audit=row.number)
                )
                != row.whole
            ]
        if changed:
            with self.writing() as writing:
                for row in writing.lock(changed).values():
                    writing.sum_up(row)
        return len(changed)

    def unread_sums(self, scopes: Collection[str]) -> tuple[AuditSum, ...]:
        """Return the sums of what it cannot read, in these territories, by audit."""
        sums: dict[str, list[int]] = {}
        for audit, key in self._rows(_OPAQUE_SUMS, **_scope(scopes)):
            one = sums.setdefault(audit, [0, 0])
            one[0] += 1
            one[1] ^= int.from_bytes(key)
        return tuple(
            AuditSum(audit, number, f"{digest:064x}")
            for audit, (number, digest) in sums.items()
        )

    def unread_lines(
        self, audit: str, after: int, limit: int
    ) -> tuple[AuditRow, list[bytes], int] | None:
        """Return an audit, what it cannot read of it after a number, and how many."""
        with self.engine.reading() as transaction:
            rows = transaction.rows(_ONE_AUDIT, audit=audit)
            if not rows:
                return None
            row = _read_audit(rows[0])
            ((total,),) = transaction.rows(_OPAQUE_COUNT, audit=row.number)
            place = {"audit": row.number, "after": after, "limit": limit}
            found = transaction.rows(_OPAQUE_PAGE, **place)
            return row, [_encode(body) for (body,) in found], total

    def holds_unread(self) -> bool:
        """Whether there is anything that it cannot read."""
        return bool(self._rows(_ANY_OPAQUE)[0][0])

    def find_named(
        self, shas: Collection[bytes], scopes: Collection[str]
    ) -> set[bytes]:
        """Return which attachments a revision of these territories names."""
        with self.engine.reading() as transaction:
            return transaction.find_keys(_NAMED, shas, **_scope(scopes))

    def erasure_lines(self) -> list[bytes]:
        """Return the lines of all erasures."""
        return [_encode(body) for (body,) in self._rows(_ERASURES)]

    def drop_set_aside(self, before: datetime) -> int:
        """Remove what restorations set aside before a time; return how many."""
        return self.engine.drop_set_aside(before)

    def counts(self) -> HubCounts:
        """Return how much there is."""
        return HubCounts(*self._rows(_COUNTS)[0])

    def put_directory(self, locations: Iterable[tuple[Subject, Location]]) -> int:
        """Learn where subjects are; audits follow them."""
        rows = [{**_name(subject), **where._asdict()} for subject, where in locations]
        with self.engine.writing() as transaction:
            transaction.alone("audit")
            transaction.many(_PUT_DIRECTORY, rows)
            transaction.rows(_LOCK_MOVED)
            transaction.run(_PLACE_AUDITS)
        return len(rows)

    def places(self, scopes: Collection[str]) -> int:
        """Return how many subjects of the directory are in these territories."""
        return int(self._rows(_PLACES, **_scope(scopes))[0][0])

    def invite(self, invitation: Invitation) -> bool:
        """Keep an invitation; False when another has its public part."""
        with self.engine.writing() as transaction:
            return transaction.run(_INVITE, **_spread(invitation)) > 0

    def accept(
        self, public: str, hashed: bytes, at: int, sign_key: str = "", author: str = ""
    ) -> Invitation | None:
        """Take an invitation, which ends there; None counts as a wrong try at it.

        Raises:
            KnownKeyError: when a device had this key: the invitation still serves.
            KnownLabelError: when the label is another person's: it still serves too.
        """
        with self.engine.writing() as transaction:
            transaction.alone("invitation")
            transaction.run(_DROP_STALE, at=at)
            rows = transaction.rows(_INVITED, public=public, most=MAX_TRIES)
            found = _read_invitation(rows[0]) if rows else None
            if found is None or not compare_digest(found.hash, hashed):
                transaction.run(_COUNT_TRY, public=public)
                return None
            ((known,),) = transaction.rows(_KNOWN_KEY, key=sign_key)
            if sign_key and known:
                raise KnownKeyError
            owner = {"author": author, "person": found.person}
            ((others,),) = transaction.rows(_LABELLED, **owner)
            if author and others:
                raise KnownLabelError
            transaction.run(_CLOSE, public=public)
        return found

    def invitations(self) -> tuple[tuple[Invitation, bool], ...]:
        """Return those that were not taken, and whether wrong codes closed each."""
        rows = self._rows(_INVITATIONS)
        return tuple(
            (_read_invitation(row), tries >= MAX_TRIES) for *row, tries in rows
        )

    def last_arrived(self) -> int:
        """Return when the last line came; 0 when none did."""
        return int(self._rows(_LAST_ARRIVED)[0][0])

    def add_device(self, device: Device) -> int:
        """Add a device; return its number."""
        with self.engine.writing() as transaction:
            ((number,),) = transaction.rows(_ADD_DEVICE, **_spread(device))
        return int(number)

    def devices(self) -> tuple[Device, ...]:
        """Return every device, revoked ones too, in order."""
        return tuple(map(_read_device, self._rows(f"{_DEVICES} order by id")))

    def device(self, number: int) -> Device | None:
        """Return a device."""
        rows = self._rows(f"{_DEVICES} where id = :device", device=number)
        return _read_device(rows[0]) if rows else None

    def revoke(self, number: int, at: int) -> bool:
        """Close the door to a device; False when there was none open."""
        with self.engine.writing() as transaction:
            closed = transaction.run(_REVOKE, device=number, at=at)
            transaction.run(_DROP_KEYS, device=number)
            Writing(transaction).log(at, number, "revoke", "", 0)
        return closed > 0

    def stop_cloned(self, number: int, at: int) -> None:
        """Close the door to a device and to its copy: whoever calls gets the reason."""
        with self.engine.writing() as transaction:
            transaction.run(_REVOKE, device=number, at=at)
            transaction.run(_SPEND_ALL, device=number, spent=-at)
            Writing(transaction).log(at, number, CLONED, "", 0)

    def cloned(self) -> frozenset[int]:
        """Return the devices of which a copy has called."""
        rows = self._rows(_LOGGED, verb=CLONED)
        return frozenset(device for (device,) in rows)

    def forget_person(self, number: int) -> bool:
        """Erase the names of a device and of its person; False when unknown."""
        with self.engine.writing() as transaction:
            transaction.forgets = True
            return transaction.run(_FORGET, n=number) > 0

    def unproven(
        self, scopes: Collection[str], after: int, limit: int
    ) -> list[tuple[int, bytes, str]]:
        """Return which lines their author did not give, after a number, and who did."""
        rows = self._rows(_UNPROVEN, after=after, limit=limit, **_scope(scopes))
        return [(int(n), bytes(key), str(sender)) for n, key, sender in rows]

    @property
    def required_at(self) -> int:
        """Since when only what is proven enters; 0: all does."""
        rows = self._rows(_REQUIRED)
        return int(rows[0][0]) if rows else 0

    def first_seals(self) -> dict[str, int]:
        """Return when the first seal of each key came here."""
        found: dict[str, int] = {}
        with self.engine.reading() as transaction:
            numbers = [number for number, *_ in transaction.rows(_SUMS)]
            for number in numbers:
                for body, at in transaction.rows(_ARRIVED, audit=number):
                    line = _encode(body)
                    value = b'"subject":"seal/' in line and read(line.decode()).value
                    if isinstance(value, dict):
                        key = str(value.get("key"))
                        found[key] = min(at, found.get(key, at))
        return found

    def require_seals(self, at: int) -> None:
        """Have only what is proven enter from now on; once, for good."""
        self._run(_REQUIRE, at=at)

    def people(self, scopes: Collection[str]) -> dict[str, str]:
        """Return the names of who wrote in these territories, by label."""
        return dict(self._rows(_PEOPLE, **_scope(scopes)))

    def add_token(self, token: Token) -> None:
        """Keep a token."""
        self._run(_ADD_KEY, **token._asdict())

    def token(self, hashed: bytes) -> Token | None:
        """Return a token."""
        rows = self._rows(_FIND_KEY, hash=hashed)
        return Token(*rows[0]) if rows else None

    def take_token(self, hashed: bytes) -> Token | None:
        """Return a token, which ends there; those whose time is over go too."""
        with self.engine.writing() as transaction:
            rows = transaction.rows(_TAKE, hash=hashed)
        return Token(*rows[0]) if rows else None

    def drop_ended(self, at: int) -> None:
        """Forget the tokens whose time is over."""
        self._run(_DROP_ENDED, at=at)

    def record_reading(self, device: int, at: int) -> None:
        """Remember who read the page; for as long as activity is kept."""
        with self.engine.writing() as transaction:
            transaction.run(_DROP_READINGS, verb=READING, before=at - ACTIVITY)
            Writing(transaction).log(at, device, READING, "", 0)

    def lives(self, scopes: Collection[str], since: int) -> list[AuditLife]:
        """Return how much came of each audit of these territories."""
        rows = self._rows(_LIVES, since=since, **_scope(scopes))
        return [AuditLife(*row[:5], *map(int, row[5:])) for row in rows]

    def telling(self, scopes: Collection[str]) -> dict[str, list[tuple[Revision, int]]]:
        """Return what shows how far each audit is, or what is erased, as it came."""
        marks = {"status": _ABOUT_STATUS, "erase": _ABOUT_ERASING}
        found: dict[str, list[tuple[Revision, int]]] = {}
        for audit, body, at in self._rows(_TELLING, **marks, **_scope(scopes)):
            one = read(_encode(body).decode())
            found.setdefault(audit, []).append((one, int(at)))
        return found

    def record_use(self, token: Token, at: int) -> None:
        """Remember that a token was used; it ends the one that it replaces."""
        with self.engine.writing() as transaction:
            transaction.run(_SEEN, at=at, device=token.device)
            if token.replaces:
                transaction.run(_SPEND, replaces=token.replaces, spent=-at)
                transaction.run(_DROP_SPENT, before=SPENT - at)
                transaction.run(_SETTLE, hash=token.hash, none=b"")

    def back_up(self, path: Path) -> None:
        """Write a copy, checked to the last byte."""
        self.engine.back_up(path)

    def verify(self) -> None:
        """Check every hash and every sum.

        Raises:
            DamagedError: at the first thing that is not what was received.
        """
        with self.engine.reading() as transaction:
            verify_log(transaction, "La base")

    def close(self) -> None:
        """Close the connections."""
        self.engine.close()

    def _rows(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        with self.engine.reading() as transaction:
            return transaction.rows(sql, **values)

    def _run(self, sql: str, **values: Any) -> None:
        with self.engine.writing() as transaction:
            transaction.run(sql, **values)


def verify_log(transaction: Transaction, place: object, *, unread: bool = True) -> None:
    """Check every hash and every sum of a database.

    `unread`: it has a table for what it cannot read; older copies have none.

    Raises:
        DamagedError: at the first thing that is not what was received.
    """
    sums = {number: rest for number, *rest in transaction.rows(_SUMS)}
    left = {number: [0, 0] for number in sums}

    def damaged(number: int) -> DamagedError:
        return DamagedError(
            f"{place} : l'audit {sums[number][0]} n'est plus ce qui avait été reçu. "
            "Restaurez une sauvegarde plus ancienne : les postes rendront la suite."
        )

    with closing(transaction.stream(_ROWS)) as rows:
        for number, seq, key, body, erased in rows:
            seen = left[number]
            if seq != seen[0] + 1 or not (
                erased or sha256(_encode(body)).digest() == key
            ):
                raise damaged(number)
            seen[0] = seq
            seen[1] ^= int.from_bytes(key)
    for key, body, erased in transaction.rows(_OPAQUE_ROWS) if unread else ():
        if not erased and sha256(_encode(body)).digest() != key:
            raise DamagedError(
                f"{place} : une modification d'une version plus récente n'est plus ce "
                "qui avait été reçu. Restaurez une sauvegarde plus ancienne."
            )
    for number, (_, revisions, digest) in sums.items():
        if left[number] != [revisions, int.from_bytes(digest)]:
            raise damaged(number)


def fill_authors(transaction: Transaction) -> None:
    """Record who wrote in each audit of a database that did not keep it."""
    pairs = set()
    with closing(transaction.stream(_ROWS)) as rows:
        for audit, _seq, _key, body, _erased in rows:
            pairs.add((audit, str(json.loads(body)["author"])))
    listed = [{"audit": audit, "label": label} for audit, label in sorted(pairs)]
    transaction.many(_ADD_AUTHOR, listed)


def fill_sums(transaction: Transaction) -> None:
    """Digest the ids of each audit of a database that kept no such sum."""
    writing = Writing(transaction)
    for row in map(_read_audit, transaction.rows(_AUDIT)):
        writing.sum_up(row)


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


def fill_unproven(transaction: Transaction) -> None:
    """Record which lines of a database their author did not give."""
    rows = transaction.rows(_FORMER_UNPROVEN)
    lacking = [
        {"audit": audit, "id": key, "sender": sender}
        for audit, key, body, sender in rows
        if json.loads(body)["author"] != sender
    ]
    for row in lacking:
        transaction.run(_ADD_UNPROVEN, **row)


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


def _scope(scopes: Collection[str]) -> dict[str, Any]:
    return {"everywhere": EVERYWHERE in scopes, "scopes": sorted(scopes)}


def _name(subject: Subject) -> dict[str, str]:
    return {"kind": str(subject.kind), "code": subject.code}


def _spread(row: Device | Invitation) -> dict[str, Any]:
    return {**row._asdict(), "territories": " ".join(row.territories)}


def _encode(body: str | bytes) -> bytes:
    """Return a line's bytes: one engine keeps text, the other bytes."""
    return body.encode("utf-8") if isinstance(body, str) else body


def _read_audit(row: Sequence[Any]) -> AuditRow:
    number, ident, department, insee, revisions, lam, digest, unread, whole = row
    location = Location(department, insee)
    ids = int.from_bytes(digest)
    return AuditRow(number, ident, location, revisions, lam, ids, unread, bytes(whole))


def _read_invitation(row: Sequence[Any]) -> Invitation:
    public, hashed, person, territories, *rest = row
    return Invitation(public, hashed, person, tuple(territories.split()), *rest)


def _read_device(row: Sequence[Any]) -> Device:
    number, name, person, territories, *rest = row
    return Device(number, name, person, tuple(territories.split()), *rest)
