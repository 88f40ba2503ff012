"""Attachments that revisions name: which are here, which are not yet.

A compiled edition is one too: its digest names it, an audit cannot be read without.
"""

from typing import NamedTuple

from diag.journal import subjects
from diag.journal.attachments import Attachments
from diag.journal.editions import Editions
from diag.journal.errors import JournalError
from diag.journal.journal import Journal
from diag.journal.stages import stages
from diag.model.enums import AuditStatus

_PHOTOS = """
select distinct json_extract(body, '$.value.sha'), json_extract(body, '$.value.size'),
  json_extract(body, '$.value.mime')
from rev where subject >= ? and subject < ? and erased = 0
  and json_type(body, '$.value.sha') = 'text'
"""
_SHOWN = """
select distinct json_extract(h.value, '$.sha'), json_extract(h.value, '$.size'),
  json_extract(h.value, '$.mime')
from head h where h.subject >= ? and h.subject < ? and h.value is not null
  and json_type(h.value, '$.sha') = 'text'
  and not exists (select 1 from head s where s.audit = h.audit and s.subject = ?
    and json_extract(s.value, '$.status') = ?)
"""
_NAMING = """
select distinct json_extract(r.body, '$.value.sha'), a.id
from rev r join audit a on a.n = r.audit
where r.subject >= ? and r.subject < ? and r.erased = 0
  and json_type(r.body, '$.value.sha') = 'text'
"""
_EDITIONS = """
select distinct json_extract(body, '$.value.digest') from rev
where subject = ? and erased = 0 and json_type(body, '$.value.digest') = 'text'
"""
_EDITION = ""
"""The type of a compiled edition: canonical JSON, kept with the journal."""


class Named(NamedTuple):
    """An attachment that a revision names."""

    sha: str
    size: int
    """Bytes, as far as is known before it is here."""
    mime: str
    """Empty for a compiled edition."""

    @property
    def title(self) -> str:
        """Return what it is, for people."""
        what = "Photo" if self.mime else "Édition de grilles"
        return f"{what} {self.sha[:12]}"

    @property
    def order(self) -> tuple[bool, int, str]:
        """Return when it travels: editions first, then the smallest."""
        return (self.mime != _EDITION, self.size, self.sha)


def held(journal: Journal) -> dict[str, Named]:
    """Return what revisions name, history included, and this laptop holds."""
    kept, photos = Editions(journal), Attachments(journal.path.parent)
    here = photos.sizes()
    found = {
        one.sha: one._replace(size=here[one.sha])
        for one in _photos(journal, _PHOTOS, [*subjects.inside("photo")])
        if one.sha in here
    }
    for sha in _editions(journal):
        if kept.holds(sha):
            found[sha] = Named(sha, len(kept.read(sha)), _EDITION)
    return found


def wanted(journal: Journal) -> list[Named]:
    """Return what is to come, in order: editions, and photos of audits not closed.

    The photos of a closed audit left the laptop: they come when asked for.
    """
    kept, photos = Editions(journal), Attachments(journal.path.parent)
    here = photos.sizes()
    shown = [*subjects.inside("photo"), subjects.STATUS, str(AuditStatus.CLOS)]
    found = [one for one in _photos(journal, _SHOWN, shown) if one.sha not in here]
    found += [
        Named(sha, 0, _EDITION) for sha in _editions(journal) if not kept.holds(sha)
    ]
    return sorted(found, key=lambda one: one.order)


def of_closed_audits(journal: Journal) -> dict[str, frozenset[str]]:
    """Return the photos that closed audits alone name, history included, and which."""
    found: dict[str, set[str]] = {}
    for sha, audit in journal.select(_NAMING, [*subjects.inside("photo")]):
        found.setdefault(sha, set()).add(audit)
    closed = {one.audit for one in stages(journal) if one.status is AuditStatus.CLOS}
    return {
        sha: frozenset(audits)
        for sha, audits in found.items()
        if audits <= closed and _is_sha(sha)
    }


def content(journal: Journal, sha: str) -> bytes | None:
    """Return the bytes of an attachment; None when it is not here."""
    kept = Editions(journal)
    if kept.holds(sha):
        return kept.read(sha)
    return Attachments(journal.path.parent).get(sha)


def keep(journal: Journal, one: Named, received: bytes) -> None:
    """Keep what came, checked already to be what its name says.

    Raises:
        JournalError: when it cannot be kept.
    """
    if one.mime == _EDITION:
        try:
            Editions(journal).keep(received)
        except UnicodeDecodeError as error:
            raise JournalError("ce n'est pas une édition de grilles.") from error
    else:
        Attachments(journal.path.parent).put(received, one.mime)


def _photos(journal: Journal, sql: str, parameters: list[str]) -> list[Named]:
    rows = journal.select(sql, parameters)
    return [
        Named(sha, size if isinstance(size, int) else 0, str(mime or "image/jpeg"))
        for sha, size, mime in rows
        if _is_sha(sha)
    ]


def _editions(journal: Journal) -> list[str]:
    rows = journal.select(_EDITIONS, [subjects.EDITION])
    return [sha for (sha,) in rows if _is_sha(sha)]


def _is_sha(text: str) -> bool:
    return len(text) == 64 and set(text) <= set("0123456789abcdef")  # noqa: PLR2004 -- SHA-256
