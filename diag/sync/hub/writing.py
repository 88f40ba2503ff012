"""What a push writes to a hub's database; what checks it whole, or completes it."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import closing
from hashlib import sha256
from typing import Final

from diag.journal.errors import DamagedError
from diag.journal.exchange import sum_ids
from diag.journal.revision import Revision, Unread, read
from diag.model.audit import Subject
from diag.sync.hub.tables import (
    ALL_IDS,
    ARRIVED,
    AUDIT,
    UNREAD_COUNT,
    AuditRow,
    Location,
    LogRow,
    Transaction,
    encode,
    name_columns,
    read_audit,
)

_KNOWN_AUDITS = "select count(*) from audit where id = any(:audits)"
_LOCK = f"{AUDIT} where id = any(:audits) order by id for update"

_ADD_AUDIT = """
insert into audit(id, kind, code, department, insee)
values (:audit, :kind, :code, :department, :insee) on conflict do nothing
returning n, id, department, insee, last_seq, lam, digest, unread, whole
"""

_KNOWN = "select id from rev where audit = :audit and id = :key"
_ERASED = "select distinct id from erased where audit = :audit and id = :key"
_NAME_ERASED = "insert into erased values (:audit, :id, :by) on conflict do nothing"
_WHOLE = "select id, body from rev where audit = :audit and id = :key and not erased"
_ALL_WHOLE = "select id, body from rev where audit = :audit and not erased"
_STRIP = "update rev set body = :body, erased = true where audit = :audit and id = :id"
_REFER = "insert into blob_ref values (:audit, :rev, :sha) on conflict do nothing"
_UNREFER = "delete from blob_ref where audit = :audit and rev = :key returning sha"
_STILL = "select distinct sha from blob_ref where sha = :key"
LOG = "insert into access_log values (:at, :device, :verb, :audit, :n)"

_LOCATE = """
select code, department, insee from directory where kind = :kind and code = any(:codes)
"""

_ADD_AUTHOR = "insert into author values (:audit, :label) on conflict do nothing"

_ADD_UNPROVEN = """
insert into unproven(n, audit, id, sender)
select coalesce(max(n), 0) + 1, :audit, :id, :sender from unproven
"""

_MARK_OLD = "insert into old_sealed values (:audit) on conflict do nothing"
_IS_OLD_SEALED = "select count(*) from old_sealed where audit = :audit"
_BODIES = "select id, body from rev where audit = :audit order by seq"
_ARRIVED_AT = "select received_at from rev where audit = :audit and id = :key"
_OPAQUE_KNOWN = "select id from opaque where audit = :audit and id = :key"

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

_SAVE = """
update audit set last_seq = :seq, lam = :lam, digest = :digest, unread = :unread,
  whole = :whole, tick = (select max(tick) + 1 from audit) where n = :n
"""


class Writing:
    """What a push does, in one transaction.

    What nothing reads before the end waits for `flush`: a push of many audits is few
    statements, each a journey to PostgreSQL.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._lines: list[tuple[object, ...]] = []
        self._waiting: dict[str, list[dict[str, object]]] = {}
        self._ids: dict[int, list[bytes]] = {}
        """Of the audits that held nothing: all ids, as they are added."""

    def flush(self) -> None:
        """Write what waits."""
        self._flush_lines()
        for sql, rows in self._waiting.items():
            self._transaction.many(sql, rows)
        self._waiting.clear()

    def _flush_lines(self) -> None:
        if self._lines:
            self._transaction.append(self._lines)
            self._lines = []

    def _put_off(self, sql: str, **values: object) -> None:
        self._waiting.setdefault(sql, []).append(values)

    def lock(self, audits: Collection[str]) -> dict[str, AuditRow]:
        """Return those that are known, in sorted order, no other transaction writing.

        A transaction that adds audits does it alone, then all lock rows in the same
        order: no two can wait for each other. Laptops on different audits do not wait.
        """
        ids = sorted(audits)
        ((known,),) = self._transaction.rows(_KNOWN_AUDITS, audits=ids)
        if known < len(ids):
            self._transaction.alone("audit")
        rows = map(read_audit, self._transaction.rows(_LOCK, audits=ids))
        return {row.id: row for row in rows}

    def add_audit(self, audit: str, subject: Subject, location: Location) -> AuditRow:
        """Add an audit, locked; return the row of another hub if it added it first."""
        values = {**name_columns(subject), **location._asdict()}
        added = self._transaction.rows(_ADD_AUDIT, audit=audit, **values)
        (row,) = added or self._transaction.rows(_LOCK, audits=[audit])
        found = read_audit(row)
        if added:
            self._ids[found.number] = []
        return found

    def find_known(self, audit: AuditRow, keys: Collection[bytes]) -> set[bytes]:
        """Return which of these ids it holds."""
        if audit.number in self._ids:
            return set(self._ids[audit.number]).intersection(keys)
        return self._transaction.find_keys(_KNOWN, keys, audit=audit.number)

    def find_erased(self, audit: AuditRow, keys: Collection[bytes]) -> set[bytes]:
        """Return which of these ids an erasure names."""
        if self._ids.get(audit.number) == []:
            return set()
        return self._transaction.find_keys(_ERASED, keys, audit=audit.number)

    def append(
        self, audit: AuditRow, rows: Iterable[LogRow], device: int, at: int
    ) -> None:
        """Add lines after those that are there; none of them is: the row is locked."""
        for row in rows:
            self._lines.append((audit.number, *row, at, device))
            if audit.number in self._ids:
                self._ids[audit.number].append(row.key)

    def save(self, audit: AuditRow) -> None:
        """Keep the sums of an audit that changed, and have it seen as changed."""
        place = {"audit": audit.number}
        ids = self._ids.get(audit.number)
        if ids is None:
            self._flush_lines()
            ids = [key for (key,) in self._transaction.rows(ALL_IDS, **place)]
            ((audit.unread,),) = self._transaction.rows(UNREAD_COUNT, **place)
        audit.whole = sum_ids(ids)
        self._put_off(
            _SAVE,
            n=audit.number,
            seq=audit.revisions,
            lam=audit.lam,
            digest=audit.digest.to_bytes(32),
            unread=audit.unread,
            whole=audit.whole,
        )

    def name_erased(
        self, audit: AuditRow, pairs: Collection[tuple[bytes, bytes]]
    ) -> None:
        """Record what is erased, and by which revision."""
        rows = [{"audit": audit.number, "id": key, "by": by} for key, by in pairs]
        self._transaction.many(_NAME_ERASED, rows)

    def whole(self, audit: AuditRow, keys: Collection[bytes]) -> dict[bytes, bytes]:
        """Return the lines of these ids that still carry their value."""
        self._flush_lines()
        rows = self._transaction.each(_WHOLE, keys, audit=audit.number)
        return {key: encode(body) for key, body in rows}

    def all_whole(self, audit: AuditRow) -> dict[bytes, bytes]:
        """Return every line that still carries its value."""
        self._flush_lines()
        rows = self._transaction.rows(_ALL_WHOLE, audit=audit.number)
        return {key: encode(body) for key, body in rows}

    def strip(self, audit: AuditRow, skeletons: Mapping[bytes, bytes]) -> None:
        """Put skeletons in the place of lines, of which nothing stays on the disk."""
        self._flush_lines()
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
        self._ids.pop(audit.number, None)
        keys = {one.key for one in lines}
        place = {"audit": audit.number}
        known = self._transaction.find_keys(_OPAQUE_KNOWN, keys, **place)
        new = {one.key: one for one in lines if one.key not in known}
        ((number,),) = self._transaction.rows(UNREAD_COUNT, **place)
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
        return [encode(body) for _, body in rows]

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
        for label in sorted(labels):
            self._put_off(_ADD_AUTHOR, audit=audit.number, label=label)

    def add_unproven(self, audit: AuditRow, keys: Iterable[bytes], sender: str) -> None:
        """Record which lines their author did not give; numbered as they commit."""
        rows = [{"audit": audit.number, "id": key, "sender": sender} for key in keys]
        if rows:
            self._transaction.alone("unproven")
            self._transaction.many(_ADD_UNPROVEN, rows)

    def is_old_sealed(self, audit: AuditRow) -> bool:
        """Whether what an audit held before there were seals is under the hub's."""
        if audit.number in self._ids:
            return True
        return bool(self._transaction.rows(_IS_OLD_SEALED, audit=audit.number)[0][0])

    def mark_old_sealed(self, audit: AuditRow) -> None:
        """Record that nothing enters an audit any more as older than seals."""
        self._put_off(_MARK_OLD, audit=audit.number)

    def asks(self, audit: AuditRow) -> list[tuple[Revision, int]]:
        """Return the erasures asked for in an audit, and when each came here."""
        self._flush_lines()
        pattern = b'"subject":"erase-ask/'
        rows = self._transaction.rows(ARRIVED, audit=audit.number)
        found = [(encode(body), int(at)) for body, at in rows]
        return [(read(body.decode()), at) for body, at in found if pattern in body]

    def stops(self, audit: AuditRow) -> set[tuple[str, str]]:
        """Return each line whose erasure was stopped, and the ask that was."""
        pattern = b'"subject":"erase-stop/'
        lines = [line for _, line in self.bodies(audit) if pattern in line]
        return {
            (stop.subject.partition("/")[2], str(stop.value.get("ask")))
            for stop in (read(line.decode()) for line in lines)
            if isinstance(stop.value, dict)
        }

    def arrived_at(self, audit: AuditRow, key: bytes) -> int:
        """Return when a line came here; 0 when it did not."""
        self._flush_lines()
        rows = self._transaction.rows(_ARRIVED_AT, audit=audit.number, key=key)
        return int(rows[0][0]) if rows else 0

    def bodies(self, audit: AuditRow) -> list[tuple[bytes, bytes]]:
        """Return the id and the bytes of each line of an audit."""
        self._flush_lines()
        rows = self._transaction.rows(_BODIES, audit=audit.number)
        return [(key, encode(body)) for key, body in rows]

    def refer(self, audit: AuditRow, pairs: Collection[tuple[bytes, bytes]]) -> None:
        """Record which revision names which attachment."""
        rows = [{"audit": audit.number, "rev": rev, "sha": sha} for rev, sha in pairs]
        self._transaction.many(_REFER, rows)

    def unrefer(self, audit: AuditRow, keys: Collection[bytes]) -> set[bytes]:
        """Forget what these revisions name; return what nothing names any more."""
        rows = self._transaction.each(_UNREFER, keys, audit=audit.number)
        named = {sha for (sha,) in rows}
        return named - self._transaction.find_keys(_STILL, named)

    def locate(self, subjects: Collection[Subject]) -> dict[Subject, Location]:
        """Return where the office's directory has subjects, those that it has."""
        found = {}
        for kind in sorted({one.kind for one in subjects}):
            codes = [one.code for one in subjects if one.kind is kind]
            rows = self._transaction.rows(_LOCATE, kind=str(kind), codes=codes)
            for code, *place in rows:
                found[Subject(kind=kind, code=code)] = Location(*place)
        return found

    def log(self, at: int, device: int, audit: str, number: int) -> None:
        """Add a push to the log of accesses."""
        values = {"at": at, "device": device, "verb": "push", "audit": audit}
        self._put_off(LOG, n=number, **values)


_SUMS = "select n, id, last_seq, digest from audit"
_ROWS = "select audit, seq, id, body, erased from rev order by audit, seq"
_OPAQUE_ROWS = "select id, body, erased from opaque"

_FORMER_UNPROVEN = """
select r.audit, r.id, r.body, d.author
from rev r join device d on d.id = r.received_from
where d.author <> '' order by r.audit, r.seq
"""


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
            "Restaurez une copie plus ancienne : les postes rendront la suite."
        )

    with closing(transaction.stream(_ROWS)) as rows:
        for number, seq, key, body, erased in rows:
            seen = left[number]
            if seq != seen[0] + 1 or not (
                erased or sha256(encode(body)).digest() == key
            ):
                raise damaged(number)
            seen[0] = seq
            seen[1] ^= int.from_bytes(key)
    for key, body, erased in transaction.rows(_OPAQUE_ROWS) if unread else ():
        if not erased and sha256(encode(body)).digest() != key:
            raise DamagedError(
                f"{place} : une modification d'une version plus récente n'est plus ce "
                "qui avait été reçu. Restaurez une copie plus ancienne."
            )
    for number, (_, revisions, digest) in sums.items():
        if left[number] != [revisions, int.from_bytes(digest)]:
            raise damaged(number)


def _fill_authors(transaction: Transaction) -> None:
    """Record who wrote in each audit of a database that did not keep it."""
    pairs = set()
    with closing(transaction.stream(_ROWS)) as rows:
        for audit, _seq, _key, body, _erased in rows:
            pairs.add((audit, str(json.loads(body)["author"])))
    listed = [{"audit": audit, "label": label} for audit, label in sorted(pairs)]
    transaction.many(_ADD_AUTHOR, listed)


def _fill_sums(transaction: Transaction) -> None:
    """Digest the ids of each audit of a database that kept no such sum."""
    writing = Writing(transaction)
    for row in map(read_audit, transaction.rows(AUDIT)):
        writing.save(row)
    writing.flush()


def _fill_unproven(transaction: Transaction) -> None:
    """Record which lines of a database their author did not give."""
    rows = transaction.rows(_FORMER_UNPROVEN)
    lacking = [
        {"audit": audit, "id": key, "sender": sender}
        for audit, key, body, sender in rows
        if json.loads(body)["author"] != sender
    ]
    for row in lacking:
        transaction.run(_ADD_UNPROVEN, **row)


FILLS: Final[dict[int, Callable[[Transaction], None]]] = {
    3: _fill_authors,
    4: _fill_unproven,
    6: _fill_sums,
}
"""Version of the tables → what it reads from the lines that are there."""
