"""Who is named in the journal: the words of a name, wherever a text holds them.

Accents, case and punctuation do not count; words follow one another, in either order.
"""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from diag.journal import ingest, subjects
from diag.journal.connection import connect, in_french
from diag.journal.ingest import Tally, mark_of
from diag.journal.journal import Journal
from diag.journal.outbox import drop_messages
from diag.journal.revision import Json, Origin, Revision, compose, read
from diag.model.text import fold

GONE = "(nom effacé)"
"""What stands in place of a name."""

_WORD = re.compile(r"[^\W_]+")

_BODIES = """
select r.body, exists(select 1 from head h
  where h.audit = r.audit and h.subject = r.subject and h.rev = r.id)
from rev r where r.erased = 0 order by r.audit, r.lam, r.id
"""


class Mention(NamedTuple):
    """A revision whose value holds a name."""

    revision: Revision
    is_current: bool
    """Nothing supersedes it."""


class PersonName:
    """A name to look for."""

    def __init__(self, text: str) -> None:
        words = fold(text).split()
        self._orders = {tuple(words), tuple(reversed(words))} if words else set()

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Return where a text holds the name."""
        found = list(_WORD.finditer(text))
        words = [fold(match.group()) for match in found]
        spans, at = [], 0
        while at < len(words):
            orders = (
                one for one in self._orders if tuple(words[at : at + len(one)]) == one
            )
            size = len(next(orders, ()))
            if size:
                spans.append((found[at].start(), found[at + size - 1].end()))
            at += size or 1
        return spans

    def is_in(self, value: Json) -> bool:
        """Say whether a value holds the name in one of its texts."""
        return any(self.spans(text) for text in texts(value))

    def taken_from(self, value: Json) -> Json:
        """Return a value without the name: other words stay."""
        if isinstance(value, str):
            for start, end in reversed(self.spans(value)):
                value = value[:start] + GONE + value[end:]
            return value
        if isinstance(value, list):
            return [self.taken_from(item) for item in value]
        if isinstance(value, dict):
            return {key: self.taken_from(item) for key, item in value.items()}
        return value


def texts(value: Json) -> Iterator[str]:
    """Give the texts of a value, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts(item)


def mentions(journal: Journal, name: PersonName) -> tuple[Mention, ...]:
    """Return the revisions that hold a name, history included; erasures hold none."""
    found = (
        Mention(read(body), bool(current)) for body, current in journal.select(_BODIES)
    )
    return tuple(
        one
        for one in found
        if one.revision.op == "set"
        and not one.revision.subject.startswith(f"{subjects.SEALS}/")
        and name.is_in(one.revision.value)
    )


def unread_mentions(journal: Journal, name: PersonName) -> list[tuple[str, str]]:
    """Return the lines of a newer version that hold a name: audit and id."""
    rows = journal.select("select audit, id, body from opaque order by audit, id")
    return [(audit, key.hex()) for audit, key, body in rows if name.spans(body)]


def drop_from_quarantine(journal: Journal, name: PersonName) -> int:
    """Let go of the refused lines that hold a name; return how many."""
    with journal.transaction() as connection:
        rows = connection.execute("select id, body from quarantine").fetchall()
        doomed = [(key,) for key, body in rows if name.spans(body)]
        connection.executemany("delete from quarantine where id = ?", doomed)
    return len(doomed)


_COUNTS = """
select a.id, case
    when h.subject glob 'visit/*' then 'visits'
    when h.subject glob 'photo/*' then 'photos'
    when h.subject glob 'evidence/*' then 'evidence'
    when h.subject glob 'dispatch/*' then 'dispatches'
    when h.subject glob '*/note' then 'notes'
    when h.subject glob 'observation/*' then 'notes'
    when h.subject glob 'rec/*/follow' then 'follow_ups'
  end as what, count(distinct h.subject)
from head h join audit a on a.n = h.audit
where h.value is not null and what is not null
group by a.id, what
"""

_AUTHORS = """
select a.id, count(distinct json_extract(r.body, '$.author'))
from rev r join audit a on a.n = r.audit group by a.id
"""


class SubjectCount(NamedTuple):
    """How many subjects of a kind an audit holds."""

    audit: str
    what: str
    number: int


def held_personal(journal: Journal) -> tuple[SubjectCount, ...]:
    """Return what the audits hold about people, by audit and kind."""
    rows = journal.select(_COUNTS)
    rows += [(audit, "labels", count) for audit, count in journal.select(_AUTHORS)]
    return tuple(map(SubjectCount._make, sorted(rows)))


def official_addresses(journal: Journal) -> int:
    """Return how many addresses the official lists brought."""
    rows = journal.select(
        "select (select count(*) from school where email <> '')"
        " + (select count(*) from town_hall where email <> '')"
    )
    return int(rows[0][0])


def erasures_in(path: Path) -> list[bytes]:
    """Return the lines of the erasures of a journal's file, in order.

    Raises:
        JournalError: when it cannot be read.
    """
    with closing(connect(path, readonly=True)) as connection, in_french(path):
        rows = connection.execute(
            "select body from rev where subject >= ? and subject < ? "
            "order by audit, lam, id",
            subjects.inside("erase"),
        ).fetchall()
    return [body.encode("utf-8") for (body,) in rows]


# An audit is retired by an erasure that names, in place of a revision, the audit
# itself. It travels as any revision does; a journal that holds it keeps of the audit
# skeletons only, whenever they come. What was known at the time is also erased one by
# one, so that those who do not know of retirement (a hub, an older version) let go of
# it too.
_NOT_NAMED = """
select id from rev r where audit = ? and not (subject >= ? and subject < ?)
  and id not in (select id from erased where audit = r.audit) order by lam, id
"""

_MARKED = """
select a.id, e.id from erased e join audit a on a.n = e.audit group by a.id, e.id
"""

_CACHES = ("judged", "score", "finding", "advice")


class RetiredAudit(NamedTuple):
    """What a retirement took away, and its erasures."""

    audit: str
    erased: tuple[str, ...]
    """Ids of the revisions that lost their value."""
    erasures: tuple[Revision, ...]


def retired(journal: Journal) -> frozenset[str]:
    """Return the ids of the audits that are retired."""
    return frozenset(
        audit
        for audit, key in journal.select(_MARKED)
        if key == bytes.fromhex(mark_of(audit))
    )


def retire(
    journal: Journal, audit: str, reason: str, origin: Origin, ask: str = ""
) -> RetiredAudit:
    """Erase all that an audit holds, now and for ever, in one durable commit.

    `ask`: id of what it confirms, that another person asked for; empty for none.

    Done again, it names one by one what came in since. The whole is named first: a hub
    where nobody erases one line alone takes the others after it.

    Raises:
        JournalError: when it could not be written.
    """
    with journal.transaction() as connection:
        tally = Tally.load(connection, audit)
        inside = (tally.number, *subjects.inside("erase"))
        doomed = [key.hex() for (key,) in connection.execute(_NOT_NAMED, inside)]
        marked = audit in retired(journal)
        targets = doomed if marked else [mark_of(audit), *doomed]
        why: dict[str, Json] = {"reason": reason}
        lines = []
        for at, target in enumerate(targets, 1):
            fields: dict[str, Json] = {
                "audit": audit,
                "op": "erase",
                "subject": subjects.erasure(target),
                "value": {**why, "ask": ask} if ask and at == 1 else why,
                "lam": tally.lam + at,
                "parents": [],
                "at": origin.clock(),
                "author": origin.author,
                "device": origin.device,
            }
            lines.append(compose(fields, origin.nonce()))
        ingest.ingest(connection, (revision.line for revision in lines))
        journal.record(lines)
        for table in _CACHES:
            sql = (
                f"delete from {table} where audit = (select n from audit where id = ?)"  # noqa: S608 -- names of this module
            )
            connection.execute(sql, (audit,))
        drop_messages(connection, "audit", audit)
    return RetiredAudit(audit, tuple(doomed), tuple(lines))
