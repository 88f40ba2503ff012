"""Worlds: what several people, each knowing a part, may write about one audit or two.

`histories` draws the lines; `content` shows a journal whatever the order of arrival.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from uuid import UUID, uuid5

from hypothesis import strategies as st

from diag.journal import ingest
from diag.journal import schema as migrations
from diag.journal.revision import Json, Revision, compose, loads, parse

AUDITS = [str(uuid5(UUID(int=0), name)) for name in "ab"]
SUBJECTS = ["place/x/q/nb_classes", "place/x/q/nb_classes/note", "rec/r/follow"]
TABLES = {
    "rev": "a.id, t.subject, t.id, t.lam, t.body, t.erased",
    "erased": "a.id, t.id, t.by_rev",
    "parent": "a.id, t.subject, t.id",
    "head": "a.id, subject, rev, op, value, lam, at, author, device",
    "tally": "a.id, t.revisions, t.lam, t.digest",
}


@st.composite
def histories(draw: st.DrawFn, *, erasures: bool = True) -> list[bytes]:
    """Draw the lines that people write, each knowing only a part of the others'."""
    written: list[Revision] = []
    for number in range(draw(st.integers(1, 9))):
        known = [revision for revision in written if draw(st.booleans())]
        if erasures and known and draw(st.integers(0, 4)) == 0:
            target = draw(st.sampled_from(known))
            fields = fields_of(target.audit, f"erase/{target.id}", "erase", number)
            fields["value"] = {"reason": "demande"}
        else:
            audit = draw(st.sampled_from(AUDITS))
            subject = draw(st.sampled_from(SUBJECTS))
            op = draw(st.sampled_from(["set", "set", "set", "del"]))
            fields = fields_of(audit, subject, op, number)
            if op == "set":
                fields["value"] = {"state": "known", "value": draw(VALUES)}
        about = [revision for revision in known if revision.audit == fields["audit"]]
        same = [rev for rev in about if rev.subject == fields["subject"]]
        named = {parent for revision in same for parent in revision.parents}
        fields["parents"] = sorted({rev.id for rev in same if rev.id not in named})
        fields["lam"] = 1 + max((revision.lam for revision in about), default=0)
        fields["at"] = draw(TIMES)
        written.append(compose(fields, number.to_bytes(8)))
    return [revision.line for revision in written]


VALUES = st.one_of(
    st.booleans(), st.integers(0, 3), st.sampled_from(["oui", "non", "été"])
)
TIMES = st.sampled_from([0, 1_790_000_000_000, 4_102_444_800_000])


def fields_of(audit: str, subject: str, op: str, number: int) -> dict[str, Json]:
    author = f"u{number % 3}"
    return {
        "audit": audit,
        "author": author,
        "device": f"laptop-{author}",
        "op": op,
        "subject": subject,
    }


@contextmanager
def memory(*batches: Iterable[bytes]) -> Iterator[sqlite3.Connection]:
    """Give a journal in memory that took these batches in, one after the other."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    _template().backup(connection)
    for batch in batches:
        take(connection, batch)
    yield connection
    connection.close()


def take(connection: sqlite3.Connection, lines: Iterable[bytes]) -> ingest.Ingested:
    connection.execute("begin immediate")
    taken = ingest.ingest(connection, lines)
    connection.execute("commit")
    return taken


def content(connection: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    """Return all that a journal holds, with audits by id: rows are numbered as they
    arrive."""
    found = {
        table: sorted(
            connection.execute(
                f"select {columns} from {table} t join audit a on a.n = t.audit"
            ).fetchall(),
            key=repr,
        )
        for table, columns in TABLES.items()
    }
    waiting = connection.execute("select * from quarantine order by id").fetchall()
    return {**found, "quarantine": waiting}


def heads_by_definition(lines: Iterable[bytes]) -> set[tuple[str, str]]:
    """Return (subject, id) of the revisions that no other of their subject names."""
    revisions = [parse(line) for line in lines]
    named = {
        (rev.audit, rev.subject, parent) for rev in revisions for parent in rev.parents
    }
    return {
        (rev.subject, rev.id)
        for rev in revisions
        if (rev.audit, rev.subject, rev.id) not in named
    }


def heads_in(connection: sqlite3.Connection) -> set[tuple[str, str]]:
    return {
        (subject, key.hex())
        for subject, key in connection.execute("select subject, rev from head")
    }


def bodies(connection: sqlite3.Connection) -> list[dict[str, object]]:
    rows = connection.execute("select body from rev").fetchall()
    found = [loads(body) for (body,) in rows]
    return [body for body in found if isinstance(body, dict)]


@cache
def _template() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrations.upgrade(connection)
    return connection
