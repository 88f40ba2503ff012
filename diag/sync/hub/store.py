"""A hub's database: its audits and where they are, for SQLite and PostgreSQL."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby

from diag.journal import subjects
from diag.journal.exchange import Holding, sum_ids
from diag.journal.journal import AuditSum
from diag.journal.revision import Revision, read
from diag.model.audit import Subject
from diag.sync.hub.door import Devices
from diag.sync.hub.tables import (
    ALL_IDS,
    ARRIVED,
    AUDIT,
    IN_SCOPE,
    UNREAD_COUNT,
    AuditLife,
    AuditRow,
    Engine,
    HubCounts,
    Location,
    Transaction,
    encode,
    name_columns,
    read_audit,
    scope,
)
from diag.sync.hub.writing import Writing, verify_log
from diag.sync.protocol import PulledPage, Room, Want

_CHUNK = 1_000
"""Lines read at once, before their bytes are counted."""

_ONE_AUDIT = f"{AUDIT} where id = :audit"

_ERASURES = """
select r.body from rev r where exists(
  select 1 from erased e where e.audit = r.audit and e.by_rev = r.id)
order by r.audit, r.seq
"""

_LIVES = f"""
select a.id, a.kind, a.code, a.department, a.insee, count(*),
  sum(case when r.received_at > :since then 1 else 0 end), max(r.received_at)
from rev r join audit a on a.n = r.audit where {IN_SCOPE} group by a.n order by a.n
"""  # noqa: S608 -- our own text

_TELLING = f"""
select a.id, r.body, r.received_at from rev r join audit a on a.n = r.audit
where {IN_SCOPE} and not r.erased
  and (position(:status in r.body) > 0 or position(:erase in r.body) > 0)
order by r.audit, r.seq
"""  # noqa: S608 -- our own text

_ABOUT_STATUS = b'"subject":"audit/status"'
_ABOUT_ERASING = b'"subject":"erase'
_MANIFEST = f"{AUDIT} where {IN_SCOPE} and last_seq > 0 order by id"

_LINES = """
select body from rev where audit = :audit and seq > :after order by seq limit :limit
"""

_WHOLE_LOGS = """
select audit, body from rev where audit = any(:audits) order by audit, seq
"""

_NAMED = f"""
select distinct b.sha from blob_ref b join audit a on a.n = b.audit
where b.sha = :key and {IN_SCOPE}
"""  # noqa: S608 -- our own text

_COUNTS = """
select count(*), cast(coalesce(sum(last_seq), 0) as bigint),
  (select count(*) from device where revoked_at = 0) from audit
"""

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

_PEOPLE = f"""
select d.author, d.person from device d where d.person <> '' and exists(
  select 1 from author w join audit a on a.n = w.audit
  where w.label = d.author and {IN_SCOPE}) order by d.id
"""  # noqa: S608 -- our own text

_UNPROVEN = f"""
select u.n, u.id, u.sender from unproven u join audit a on a.n = u.audit
where u.n > :after and {IN_SCOPE} order by u.n limit :limit
"""  # noqa: S608 -- our own text

_REQUIRED = "select at from cutover"
_REQUIRE = "insert into cutover values (:at) on conflict do nothing"
_NUMBERS = "select n from audit"
_WRITTEN_IN = "select audit from author where label = :label order by audit"
_LAST_ARRIVED = "select cast(coalesce(max(received_at), 0) as bigint) from rev"
_OPAQUE = "select body from opaque where audit = :audit and seq > :after"
_OPAQUE_PAGE = f"{_OPAQUE} order by seq limit :limit"
_ANY_OPAQUE = "select count(*) from (select 1 from opaque limit 1) one"

_OPAQUE_SUMS = f"""
select a.id, o.id from opaque o join audit a on a.n = o.audit
where {IN_SCOPE} order by a.id
"""  # noqa: S608 -- our own text

_HOLDINGS = f"""
select id, last_seq, unread, whole, tick from audit
where {IN_SCOPE} and last_seq + unread > 0
"""  # noqa: S608 -- our own text

_SOME_AUDITS = f"{AUDIT} where id = any(:audits) and {IN_SCOPE}"


class Store(Devices):
    """A hub's audits, and who may call it, over any engine."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        try:
            self.hub = str(self._rows("select id from hub")[0][0])
            """The hub's id, made with the database."""
        except BaseException:
            engine.close()
            raise

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        """Open a transaction: all of it, durably, or nothing."""
        with self.engine.writing() as transaction:
            writing = Writing(transaction)
            yield writing
            writing.flush()

    def manifest(self, scopes: Collection[str]) -> tuple[AuditSum, ...]:
        """Return the sums of the audits of these territories, by id."""
        rows = self._rows(_MANIFEST, **scope(scopes))
        return tuple(read_audit(row).sum for row in rows)

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
            row = read_audit(rows[0])
            place = {"audit": row.number}
            while wanted := min(limit - len(found), _CHUNK):
                start = after + len(found)  # numbers have no gap
                part = transaction.rows(_LINES, after=start, limit=wanted, **place)
                for (body,) in part:
                    line = encode(body)
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
        rows = self._rows(_HOLDINGS, **scope(scopes))
        return {
            audit: (Holding(revisions, unread, bytes(whole)), tick)
            for audit, revisions, unread, whole, tick in rows
        }

    def some_holdings(
        self, audits: Collection[str], scopes: Collection[str]
    ) -> dict[str, Holding]:
        """Return what it holds of some audits, those of these territories."""
        rows = self._rows(_SOME_AUDITS, audits=sorted(audits), **scope(scopes))
        return {row.id: row.holding for row in map(read_audit, rows)}

    def pull(
        self, scopes: Collection[str], wants: Sequence[Want], room: Room
    ) -> PulledPage:
        """Return what follows numbers in several audits, read together.

        At least one line when there is any. What is not in these territories is passed.
        """
        with self.engine.reading() as transaction:
            asked = sorted({want.audit for want in wants})
            rows = transaction.rows(_SOME_AUDITS, audits=asked, **scope(scopes))
            audits = {row.id: row for row in map(read_audit, rows)}
            page, lines = PulledPage(), dict[int, list[bytes]]()
            for at, want in enumerate(wants):
                if row := audits.get(want.audit):
                    ahead: Sequence[bytes] = ()
                    if not want.after:
                        if row.number not in lines:
                            lines = _read_first(transaction, wants[at:], audits)
                        ahead = lines.get(row.number, ())
                    if not _pull_one(transaction, row, want, page, room, ahead=ahead):
                        break
                page.done += 1
        return page

    def recount(self, part: int, parts: int) -> int:
        """Digest again the ids of one audit in so many; return how many had changed."""
        with self.engine.reading() as transaction:
            rows = map(read_audit, transaction.rows(AUDIT))
            due = [row for row in rows if row.number % parts == part % parts]
            changed = [
                row.id
                for row in due
                if sum_ids(
                    key for (key,) in transaction.rows(ALL_IDS, audit=row.number)
                )
                != row.whole
            ]
        if changed:
            with self.writing() as writing:
                for row in writing.lock(changed).values():
                    writing.save(row)
        return len(changed)

    def unread_sums(self, scopes: Collection[str]) -> tuple[AuditSum, ...]:
        """Return the sums of what it cannot read, in these territories, by audit."""
        rows = groupby(
            self._rows(_OPAQUE_SUMS, **scope(scopes)), key=lambda row: row[0]
        )
        return tuple(AuditSum.of(audit, (key for _, key in own)) for audit, own in rows)

    def unread_lines(
        self, audit: str, after: int, limit: int
    ) -> tuple[AuditRow, list[bytes], int] | None:
        """Return an audit, what it cannot read of it after a number, and how many."""
        with self.engine.reading() as transaction:
            rows = transaction.rows(_ONE_AUDIT, audit=audit)
            if not rows:
                return None
            row = read_audit(rows[0])
            ((total,),) = transaction.rows(UNREAD_COUNT, audit=row.number)
            place = {"audit": row.number, "after": after, "limit": limit}
            found = transaction.rows(_OPAQUE_PAGE, **place)
            return row, [encode(body) for (body,) in found], total

    def holds_unread(self) -> bool:
        """Whether there is anything that it cannot read."""
        return bool(self._rows(_ANY_OPAQUE)[0][0])

    def find_named(
        self, shas: Collection[bytes], scopes: Collection[str]
    ) -> set[bytes]:
        """Return which attachments a revision of these territories names."""
        with self.engine.reading() as transaction:
            return transaction.find_keys(_NAMED, shas, **scope(scopes))

    def erasure_lines(self) -> list[bytes]:
        """Return the lines of all erasures."""
        return [encode(body) for (body,) in self._rows(_ERASURES)]

    def counts(self) -> HubCounts:
        """Return how much there is."""
        return HubCounts(*self._rows(_COUNTS)[0])

    def put_directory(self, locations: Iterable[tuple[Subject, Location]]) -> None:
        """Learn where subjects are; audits follow them."""
        rows = [
            {**name_columns(subject), **where._asdict()} for subject, where in locations
        ]
        with self.engine.writing() as transaction:
            transaction.alone("audit")
            transaction.many(_PUT_DIRECTORY, rows)
            transaction.rows(_LOCK_MOVED)
            transaction.run(_PLACE_AUDITS)

    def last_arrived(self) -> int:
        """Return when the last line came; 0 when none did."""
        return int(self._rows(_LAST_ARRIVED)[0][0])

    def unproven(
        self, scopes: Collection[str], after: int, limit: int
    ) -> list[tuple[int, bytes, str]]:
        """Return which lines their author did not give, after a number, and who did."""
        rows = self._rows(_UNPROVEN, after=after, limit=limit, **scope(scopes))
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
            numbers = [number for (number,) in transaction.rows(_NUMBERS)]
            for number in numbers:
                for body, at in transaction.rows(ARRIVED, audit=number):
                    line = encode(body)
                    value = b'"subject":"seal/' in line and read(line.decode()).value
                    if isinstance(value, dict):
                        key = str(value.get("key"))
                        found[key] = min(at, found.get(key, at))
        return found

    def written_by(self, label: str) -> Iterator[Revision]:
        """Give what bears a label, seals left out, audit by audit."""
        with self.engine.reading() as transaction:
            for (number,) in transaction.rows(_WRITTEN_IN, label=label):
                for body, _ in transaction.rows(ARRIVED, audit=number):
                    one = read(encode(body).decode())
                    is_seal = one.subject.startswith(f"{subjects.SEALS}/")
                    if one.author == label and not is_seal:
                        yield one

    def require_seals(self, at: int) -> None:
        """Have only what is proven enter from now on; once, for good."""
        self._run(_REQUIRE, at=at)

    def people(self, scopes: Collection[str]) -> dict[str, str]:
        """Return the names of who wrote in these territories, by label."""
        return dict(self._rows(_PEOPLE, **scope(scopes)))

    def lives(self, scopes: Collection[str], since: int) -> list[AuditLife]:
        """Return how much came of each audit of these territories."""
        rows = self._rows(_LIVES, since=since, **scope(scopes))
        return [AuditLife(*row[:5], *map(int, row[5:])) for row in rows]

    def telling(self, scopes: Collection[str]) -> dict[str, list[tuple[Revision, int]]]:
        """Return what shows how far each audit is, or what is erased, as it came."""
        marks = {"status": _ABOUT_STATUS, "erase": _ABOUT_ERASING}
        found: dict[str, list[tuple[Revision, int]]] = {}
        for audit, body, at in self._rows(_TELLING, **marks, **scope(scopes)):
            one = read(encode(body).decode())
            found.setdefault(audit, []).append((one, int(at)))
        return found

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


def _read_first(
    transaction: Transaction, wants: Iterable[Want], audits: Mapping[str, AuditRow]
) -> dict[int, list[bytes]]:
    """Read the audits that are wanted from their first line, by number, together.

    The next ones in order, up to a chunk of lines; none when the first alone has more.
    Of small audits, a question for each costs a database more than its lines.
    """
    found: dict[int, list[bytes]] = {}
    left = _CHUNK
    for want in wants:
        row = audits.get(want.audit)
        if row and not want.after:
            left -= row.revisions
            if left < 0:
                break
            found[row.number] = []
    for number, body in transaction.rows(_WHOLE_LOGS, audits=[*found]) if found else ():
        found[number].append(encode(body))
    return found


def _pull_one(
    transaction: Transaction,
    row: AuditRow,
    want: Want,
    page: PulledPage,
    room: Room,
    *,
    ahead: Iterable[bytes],
) -> bool:
    """Add what is wanted of an audit; return whether all of it found room.

    `ahead`: the lines that follow what is wanted, those that were read already.
    """

    def fill(sql: str, after: int) -> int:
        while most := min(room.lines - len(page.lines), _CHUNK):
            place = {"audit": row.number, "after": after, "limit": most}
            part = transaction.rows(sql, **place)
            for (body,) in part:
                if not page.add(encode(body), room):
                    return after
                after += 1
            if len(part) < most:
                break
        return after

    after, unread = want.after, want.unread
    for line in ahead:
        if not page.add(line, room):
            break
        after += 1
    else:
        if after < row.revisions:
            after = fill(_LINES, after)
    if after >= row.revisions and unread < row.unread:
        unread = fill(_OPAQUE_PAGE, unread)
    page.reached.append((row.id, after, unread, row.holding))
    return after >= row.revisions and unread >= row.unread
