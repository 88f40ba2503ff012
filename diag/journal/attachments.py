"""Attachments: SQLite blobs, named by their content; their copies; which lines name.

A blob is written before the revision that names it: a crash between the two leaves an
unnamed blob, never a revision without its picture.
"""

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from hashlib import blake2b, file_digest, sha256
from pathlib import Path
from typing import Any, NamedTuple

from diag.journal import backup, subjects
from diag.journal.connection import connect, in_french
from diag.journal.errors import (
    DamagedError,
    DiskFullError,
    JournalError,
    LockedError,
    ReadOnlyError,
)
from diag.journal.journal import Editions, Journal, get_setting, put_setting
from diag.journal.revision import Revision, is_hash
from diag.journal.school_lines import stages
from diag.model.enums import AuditStatus

FILE = "photos.db"
"""Name of the attachments' file in a workspace."""

THUMBNAIL = "image/jpeg; thumbnail"
"""Type of the picture made small that travels before a photo."""

VERSION = 1
"""Version of its tables, kept in the file as `user_version`."""

_TABLE = """
create table if not exists blob(
  sha blob primary key check(length(sha) = 32),
  mime text not null, size integer not null, data blob
) strict
"""

_PUT = """
insert into blob values (?, ?, ?, ?)
on conflict(sha) do update set data = excluded.data where data is null
"""

_GET = "select data from blob where sha = ?"
_ALL = "select sha, data from blob where data is not null"
_SIZES = "select sha, size from blob where data is not null"
_THUMBNAILS = f"select sha from blob where mime = '{THUMBNAIL}'"  # noqa: S608 -- our own text
_HAS_TABLE = "select 1 from sqlite_schema where name = 'blob'"
_GONE = "select sha from blob where data is null"
_LET_GO = "update blob set data = null where sha = ?"
_DROP = "delete from blob where sha = ?"


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal: what names an attachment."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def verify_photos(path: Path) -> None:
    """Check the structure of a file of attachments, and the hash of every blob.

    Raises:
        DamagedError: at the first thing that is not what was written.
    """
    with closing(connect(path, readonly=True)) as connection, in_french(path):
        (verdict,) = connection.execute("pragma quick_check(1)").fetchone()
        if verdict != "ok":
            raise DamagedError(f"{path} : le fichier des photos est abîmé ({verdict}).")
        if not connection.execute(_HAS_TABLE).fetchone():
            return
        for sha, data in connection.execute(_ALL):
            if sha256(data).digest() != sha:
                raise _damaged_photo(path, sha.hex())


def _damaged_photo(path: Path, sha: str) -> DamagedError:
    return DamagedError(
        f"{path} : la photo {sha[:12]} n'est plus ce qui avait été écrit. Joignez-la "
        "à nouveau si vous l'avez encore."
    )


class AttachmentStore:
    """The blobs of a workspace; the file is opened for each use, made at the first.

    Photos are rare beside answers: no second connection stays open all day.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE

    def put(self, data: bytes, mime: str) -> str:
        """Keep a blob durably; return its name. One that is there is left alone.

        Raises:
            JournalError: in French, when it could not be written.
        """
        digest = sha256(data)
        with self._writing() as connection:
            connection.execute(_PUT, (digest.digest(), mime, len(data), data))
        return digest.hexdigest()

    def get(self, sha: str) -> bytes | None:
        """Return a blob; None when it is not on this laptop.

        Raises:
            JournalError: in French, when what is on disk is not what was written.
        """
        if not self.path.exists():
            return None
        reading = closing(connect(self.path, readonly=True))
        with reading as connection, in_french(self.path):
            row = connection.execute(_GET, (bytes.fromhex(sha),)).fetchone()
        if row is None or row[0] is None:
            return None
        if sha256(row[0]).hexdigest() != sha:
            raise _damaged_photo(self.path, sha)
        return bytes(row[0])

    def sizes(self) -> dict[str, int]:
        """Return the size of each blob that is on this laptop, by its name.

        Raises:
            JournalError: in French, when the file cannot be read.
        """
        return {sha.hex(): size for sha, size in self._rows(_SIZES)}

    def all(self) -> frozenset[str]:
        """Return the blobs that are here, and those that were let go.

        Raises:
            JournalError: in French, when the file cannot be read.
        """
        return self.gone().union(self.sizes())

    def thumbnails(self) -> frozenset[str]:
        """Return the blobs that are thumbnails of others.

        Raises:
            JournalError: in French, when the file cannot be read.
        """
        return frozenset(sha.hex() for (sha,) in self._rows(_THUMBNAILS))

    def gone(self) -> frozenset[str]:
        """Return the blobs that were here and were let go, the office having them.

        Raises:
            JournalError: in French, when the file cannot be read.
        """
        return frozenset(sha.hex() for (sha,) in self._rows(_GONE))

    def let_go(self, shas: Iterable[str]) -> None:
        """Remove the bytes of blobs that others hold; that they were here is kept."""
        with self._writing() as connection:
            connection.executemany(_LET_GO, [(bytes.fromhex(sha),) for sha in shas])

    def drop(self, sha: str) -> None:
        """Remove a blob; its bytes leave the file (`secure_delete`)."""
        if self.path.exists():
            with self._writing() as connection:
                connection.execute(_DROP, (bytes.fromhex(sha),))

    def compact(self) -> bool:
        """Give the file no page that is not in use, its log emptied.

        False where old pages may stay in the log, as of a journal.
        """
        try:
            with closing(connect(self.path)) as connection, in_french(self.path):
                connection.execute("vacuum")
                sql = "pragma wal_checkpoint(truncate)"
                (busy, *_) = connection.execute(sql).fetchone()
        except (DiskFullError, LockedError):
            return False
        return not busy

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        if not self.path.exists():
            return []
        reading = closing(connect(self.path, readonly=True))
        with reading as connection, in_french(self.path):
            if not connection.execute(_HAS_TABLE).fetchone():
                return []
            return connection.execute(sql).fetchall()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with closing(connect(self.path)) as connection, in_french(self.path):
            (version,) = connection.execute("pragma user_version").fetchone()
            if version > VERSION:
                raise ReadOnlyError(
                    f"{self.path} a été écrit par une version plus récente de diag : "
                    "mettez diag à jour pour y joindre des photos."
                )
            connection.execute("begin immediate")
            try:
                connection.execute(_TABLE)
                connection.execute(f"pragma user_version = {VERSION}")
                yield connection
            except BaseException:
                if connection.in_transaction:
                    connection.execute("rollback")
                raise
            connection.execute("commit")


# The journal is copied first: a photo is written before what names it, so that no copy
# names a photo that it lacks.
def back_up_photos(folder: Path, copied: Path) -> Path | None:
    """Copy a workspace's photos beside its journal's copy; None when it has none.

    Raises:
        JournalError: when the copy could not be made, or is not what was written.
    """
    path = folder / FILE
    beside = backup.photos_beside(copied)
    if not path.exists():
        return None
    with closing(connect(path, readonly=True)) as connection:
        backup.copy(connection, beside, verify_photos)
    return beside


def verify_copied_photos(copied: Path) -> None:
    """Check the photos beside a journal's copy, when it has some.

    Raises:
        JournalError: at the first thing that is not what was written.
    """
    beside = backup.photos_beside(copied)
    if beside.exists():
        verify_photos(beside)


def restore_photos(folder: Path, copied: Path, aside: str) -> Path | None:
    """Put the photos beside a journal's copy back; return what was set aside.

    The present photos stay when the copy has none.

    Raises:
        JournalError: when the copy is damaged, or the photos are open somewhere.
    """
    beside = backup.photos_beside(copied)
    if not beside.exists():
        return None
    return backup.restore(beside, folder / FILE, aside, verify_photos)


_ALL_NAMED = """
select distinct coalesce(
  json_extract(body, '$.value.sha'), json_extract(body, '$.value.value'))
from rev where erased = 0 and (subject glob 'photo/*' or subject glob 'place/*/q/*')
union
select f.value from rev r, json_each(r.body, '$.value.files') f where r.erased = 0
union
select coalesce(
  json_extract(body, '$.value.sha'), json_extract(body, '$.value.value'))
from quarantine where json_valid(body)
union
select f.value from quarantine q,
  json_each(case when json_valid(q.body) then q.body else '{}' end, '$.value.files') f
"""
"""Lines in quarantine name theirs too: a repair or their bundle may bring them back."""


def drop_unnamed(
    journal: Journal, among: Collection[str] | None = None
) -> tuple[int, bool]:
    """Remove the blobs that no revision names any more; return how many.

    A thumbnail is counted with its photo. Return too whether no old page is left.

    For who has just erased: a photo being joined is written before it is named. Where
    somebody may be joining one, `among` what was here before.
    """
    named = {sha for (sha,) in journal.select(_ALL_NAMED)}
    blobs = AttachmentStore(journal.path.parent)
    kept = blobs.all() if among is None else among
    doomed = [sha for sha in kept if sha not in named]
    small = blobs.thumbnails()
    for sha in doomed:
        blobs.drop(sha)
    clean = blobs.compact() if doomed else True
    return len(doomed) - len(small.intersection(doomed)), clean


_SWEPT = "erasures.swept"
"""How many lines were erased here when attachments were last looked through."""


@contextmanager
def dropping_erased(journal: Journal) -> Iterator[None]:
    """Have lines come, then remove the attachments that what came erased.

    What could not be done, the next time does; damaged attachments stop no line.
    """
    try:
        here = AttachmentStore(journal.path.parent).all()
    except JournalError:
        yield
        return
    yield
    with suppress(JournalError):
        ((many,),) = journal.select("select count(*) from erased")
        if many != get_setting(journal, _SWEPT, 0):
            drop_unnamed(journal, here)
            put_setting(journal, _SWEPT, many)


# What lines name.

_PHOTOS = f"""
select distinct json_extract(body, '$.value.sha'), json_extract(body, '$.value.size'),
  json_extract(body, '$.value.mime')
from rev where subject >= ?1 and subject < ?2 and erased = 0
  and json_type(body, '$.value.sha') = 'text'
union
select f.value,
  iif(r.subject < ?2 and r.subject >= ?1, 0, json_extract(r.body, '$.value.size')),
  iif(r.subject < ?2 and r.subject >= ?1, '{THUMBNAIL}',
    json_extract(r.body, '$.value.mime'))
from rev r, json_each(r.body, '$.value.files') f
where (r.subject >= ?1 and r.subject < ?2 or r.subject >= ?3 and r.subject < ?4
    or r.subject glob 'evidence/*')
  and r.erased = 0 and f.type = 'text'
"""  # noqa: S608 -- our own text

_ATTACHMENTS = """
select coalesce(json_extract(body, '$.value.sha'), json_extract(body, '$.value.digest'))
from rev where audit = (select n from audit where id = ?1) and erased = 0
  and (subject = ?2 or (subject >= ?3 and subject < ?4))
union
select f.value from rev r, json_each(r.body, '$.value.files') f
where r.audit = (select n from audit where id = ?1) and r.erased = 0
  and (r.subject >= ?3 and r.subject < ?4 or r.subject >= ?5 and r.subject < ?6)
"""

_SHOWN = f"""
select distinct json_extract(h.value, '$.sha'), json_extract(h.value, '$.size'),
  json_extract(h.value, '$.mime')
from head h where h.subject >= ?1 and h.subject < ?2 and h.value is not null
  and json_type(h.value, '$.sha') = 'text'
  and not exists (select 1 from head s where s.audit = h.audit and s.subject = ?5
    and json_extract(s.value, '$.status') = ?6)
union
select f.value,
  iif(h.subject < ?2 and h.subject >= ?1, 0, json_extract(h.value, '$.size')),
  iif(h.subject < ?2 and h.subject >= ?1, '{THUMBNAIL}',
    json_extract(h.value, '$.mime'))
from head h, json_each(h.value, '$.files') f
where (h.subject >= ?1 and h.subject < ?2 or h.subject >= ?3 and h.subject < ?4
    or h.subject glob 'evidence/*')
  and h.value is not null and f.type = 'text'
  and not exists (select 1 from head s where s.audit = h.audit and s.subject = ?5
    and json_extract(s.value, '$.status') = ?6)
"""  # noqa: S608 -- our own text

_NAMING = """
select distinct json_extract(r.body, '$.value.sha'), a.id
from rev r join audit a on a.n = r.audit
where r.subject >= ?1 and r.subject < ?2 and r.erased = 0
  and json_type(r.body, '$.value.sha') = 'text'
union
select f.value, a.id from rev r join audit a on a.n = r.audit,
  json_each(r.body, '$.value.files') f
where (r.subject >= ?3 and r.subject < ?4 or r.subject glob 'evidence/*')
  and r.erased = 0 and f.type = 'text'
"""

# A compiled edition is an attachment too: no audit can be read without its own.
_EDITIONS = """
select distinct json_extract(body, '$.value.digest') from rev
where subject = ? and erased = 0 and json_type(body, '$.value.digest') = 'text'
"""

_SHOWING = (*subjects.inside(subjects.PHOTOS), *subjects.inside(subjects.OBSERVATIONS))
"""Bounds of what names pictures: one each for a photo, with its thumbnail in `files`;
`files` for an observation.

The files of other tools are named as those of an observation are. A thumbnail weighs 0
before it is here: it travels first. It stays where the photo of a closed audit leaves.
"""

_NAMED = "select 1 from rev where erased = 0 and instr(body, ?) > 0 limit 1"
_SUMS = "select audit, digest from tally order by audit"
_KEPT = "select digest from edition order by digest"

_EDITION = ""
"""The type of a compiled edition: canonical JSON, kept with the journal."""


class NamedAttachment(NamedTuple):
    """An attachment that a revision names."""

    sha: str
    size: int
    """Bytes, as far as is known before it is here."""
    mime: str
    """Empty for a compiled edition."""

    @property
    def title(self) -> str:
        """Return what it is, for people."""
        if not self.mime:
            return f"Édition de grilles {self.sha[:12]}"
        is_photo = self.mime.startswith("image/")
        return f"{'Photo' if is_photo else 'Pièce'} {self.sha[:12]}"

    @property
    def order(self) -> tuple[bool, int, str]:
        """Return when it travels: editions first, then the smallest."""
        return (self.mime != _EDITION, self.size, self.sha)


def attachments_in(journal: Journal, which: Iterable[str]) -> set[str]:
    """Return the SHA-256 of what some audits name, history included."""
    bounds = [subjects.EDITION, *_SHOWING]
    rows = [
        row for one in which for row in journal.select(_ATTACHMENTS, [one, *bounds])
    ]
    return {sha for (sha,) in rows if isinstance(sha, str)}


def is_named(journal: Journal, sha: str) -> bool:
    """Say whether any revision still names a blob, history included."""
    return bool(journal.select(_NAMED, [sha]))


def named_by(revision: Revision) -> list[NamedAttachment]:
    """Return the attachments that a line names, which may be of none of the log."""
    value = revision.value
    if not isinstance(value, dict):
        return []
    files = value.get("files")
    named = [value.get("sha"), *(files if isinstance(files, list) else ())]
    mime = str(value.get("mime") or THUMBNAIL)
    shas = [sha for sha in named if is_hash(sha)]
    return [NamedAttachment(sha, 0, mime) for sha in shas]


def held(journal: Journal) -> dict[str, NamedAttachment]:
    """Return what revisions name, history included, and this laptop holds."""
    kept, photos = Editions(journal), AttachmentStore(journal.path.parent)
    here = photos.sizes()
    found = {
        one.sha: one._replace(size=here[one.sha])
        for one in _photos(journal, _PHOTOS, [*_SHOWING])
        if one.sha in here
    }
    for sha in _editions(journal):
        if kept.holds(sha):
            found[sha] = NamedAttachment(sha, len(kept.read(sha)), _EDITION)
    return found


def wanted(journal: Journal) -> list[NamedAttachment]:
    """Return what is to come, in order: editions, and photos of audits not closed.

    The photos of a closed audit left the laptop: they come when asked for.
    """
    kept, photos = Editions(journal), AttachmentStore(journal.path.parent)
    here = photos.sizes()
    shown = [*_SHOWING, subjects.STATUS, str(AuditStatus.CLOS)]
    found = [one for one in _photos(journal, _SHOWN, shown) if one.sha not in here]
    found += [
        NamedAttachment(sha, 0, _EDITION)
        for sha in _editions(journal)
        if not kept.holds(sha)
    ]
    return sorted(found, key=lambda one: one.order)


def mark_attachments(journal: Journal) -> list[str]:
    """Return marks of all that names attachments, and of those that are here.

    As long as both are the same, what was to pass of them has passed.
    """
    named = [journal.select(_SUMS), journal.select(_KEPT)]
    here = sorted(AttachmentStore(journal.path.parent).sizes())
    return [blake2b(repr(one).encode()).hexdigest()[:32] for one in (named, here)]


def of_closed_audits(journal: Journal) -> dict[str, frozenset[str]]:
    """Return the photos that closed audits alone name, history included, and which."""
    found: dict[str, set[str]] = {}
    for sha, audit in journal.select(_NAMING, [*_SHOWING]):
        found.setdefault(sha, set()).add(audit)
    closed = {one.audit for one in stages(journal) if one.status is AuditStatus.CLOS}
    return {
        sha: frozenset(audits)
        for sha, audits in found.items()
        if audits <= closed and is_hash(sha)
    }


def content(journal: Journal, sha: str) -> bytes | None:
    """Return the bytes of an attachment; None when it is not here."""
    kept = Editions(journal)
    if kept.holds(sha):
        return kept.read(sha)
    return AttachmentStore(journal.path.parent).get(sha)


def keep(journal: Journal, one: NamedAttachment, received: bytes) -> None:
    """Keep what came, already checked against its name.

    Raises:
        JournalError: when it cannot be kept.
    """
    if one.mime == _EDITION:
        try:
            Editions(journal).keep(received)
        except UnicodeDecodeError as error:
            raise JournalError("ce n'est pas une édition de grilles.") from error
    else:
        AttachmentStore(journal.path.parent).put(received, one.mime)


def _photos(journal: Journal, sql: str, parameters: list[str]) -> list[NamedAttachment]:
    """Return what is named, once each: by its photo, which gives its size, if any."""
    rows = journal.select(sql, parameters)
    found: dict[str, NamedAttachment] = {}
    for sha, size, mime in rows:
        if is_hash(sha) and not (sha in found and size is None):
            weighs = size if isinstance(size, int) else 0
            found[sha] = NamedAttachment(sha, weighs, str(mime or "image/jpeg"))
    return [*found.values()]


def _editions(journal: Journal) -> list[str]:
    rows = journal.select(_EDITIONS, [subjects.EDITION])
    return [sha for (sha,) in rows if is_hash(sha)]
