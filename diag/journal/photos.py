"""Photos of an audit, from their heads; the pictures themselves are attachments."""

from diag.journal import subjects
from diag.journal.attachments import Attachments
from diag.journal.board import latest
from diag.journal.journal import Head, Journal
from diag.journal.merges import merged_in
from diag.journal.subjects import PhotoTopic
from diag.model.photo import Photo

_BIRTHS = """
select subject, min(lam) from rev
where audit = (select n from audit where id = ?) and subject >= ? and subject < ?
group by subject
"""
_NAMED = "select 1 from rev where erased = 0 and instr(body, ?) > 0 limit 1"
_ALL_NAMED = """
select distinct coalesce(
  json_extract(body, '$.value.sha'), json_extract(body, '$.value.value'))
from rev where erased = 0 and (subject glob 'photo/*' or subject glob 'place/*/q/*')
"""
_FIELDS = set(Photo.model_fields) - {"id"}


def photos_of(journal: Journal, audit: str) -> tuple[Photo, ...]:
    """Return the photos of an audit, in the order in which they were joined."""
    by_subject: dict[str, list[Head]] = {}
    for head in journal.heads_inside(audit, "photo"):
        by_subject.setdefault(head.subject, []).append(head)
    found = {
        subject: photo
        for subject, heads in by_subject.items()
        if (photo := _photo(subject, latest(heads)))
    }
    merged = merged_in(journal, audit) if found else {}
    for subject, photo in found.items():
        if photo.place in merged:
            at = {"place": merged[photo.place]}
            found[subject] = photo.model_copy(update=at)
    rows = journal.select(_BIRTHS, [audit, *subjects.inside("photo")])
    births: dict[str, int] = {subject: lam for subject, lam in rows}  # noqa: C416 - typed
    return tuple(found[each] for each in sorted(found, key=lambda s: (births[s], s)))


def is_named(journal: Journal, sha: str) -> bool:
    """Say whether any revision still names a blob, history included."""
    return bool(journal.select(_NAMED, [sha]))


def drop_unnamed(journal: Journal) -> int:
    """Remove the blobs that no revision names any more; return how many.

    For who has just erased: a photo being joined is written before it is named.
    """
    named = {sha for (sha,) in journal.select(_ALL_NAMED)}
    blobs = Attachments(journal.path.parent)
    kept = [*blobs.sizes(), *blobs.gone()]
    doomed = [sha for sha in kept if sha not in named]
    for sha in doomed:
        blobs.drop(sha)
    if doomed:
        blobs.compact()
    return len(doomed)


def _photo(subject: str, head: Head | None) -> Photo | None:
    """Read a photo; what this version cannot read is none."""
    topic = subjects.parse(subject)
    value = head.value if head else None
    if not isinstance(topic, PhotoTopic) or not isinstance(value, dict):
        return None
    known = {name: value[name] for name in _FIELDS if name in value}
    try:
        return Photo.model_validate({**known, "id": topic.photo})
    except ValueError:
        return None
