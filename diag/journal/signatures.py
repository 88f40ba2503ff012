"""What signs an audit: its acceptance or its closing, and what was written since."""

from collections.abc import Callable, Collection, Iterable, Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from diag.journal import subjects
from diag.journal.changes import COVERS
from diag.journal.facts import status_of
from diag.journal.heads import latest
from diag.journal.journal import Head, Journal
from diag.journal.revision import is_hash
from diag.journal.subjects import (
    AnswerTopic,
    ApartTopic,
    AskTopic,
    AuditTopic,
    BallotTopic,
    ClosedTopic,
    ErasureTopic,
    FlagTopic,
    FloorTopic,
    HandTopic,
    NoteTopic,
    ObservationTopic,
    OwnTopic,
    PhotoTopic,
    PlaceTopic,
    RankTopic,
    SameTopic,
    SealTopic,
    StopTopic,
    Topic,
    VisitTopic,
    WordingTopic,
)
from diag.model.enums import AuditStatus, Provenance
from diag.words.vocabulary import ACCEPTED_ALONE, STATUSES, UNSEALED

_ROWS = """
select subject, id, lam, coalesce(json_extract(body, '$.author'), ''),
  coalesce(json_extract(body, '$.device'), ''), coalesce(json_extract(body, '$.at'), 0),
  coalesce(json_extract(body, '$.value.provenance'), '')
from rev where audit = (select n from audit where id = ?) order by lam, id
"""

_COVERED = (
    AnswerTopic,
    ApartTopic,
    BallotTopic,
    ClosedTopic,
    FlagTopic,
    FloorTopic,
    HandTopic,
    NoteTopic,
    ObservationTopic,
    OwnTopic,
    PhotoTopic,
    PlaceTopic,
    RankTopic,
    SameTopic,
    VisitTopic,
    WordingTopic,
)
"""What a signature covers, with the edition, the list that stands and what erases them.

Sending, following, supposing come after it, as will what this version does not know.
"""

_SINCE: Mapping[type[Topic], int] = {FloorTopic: 2, ObservationTopic: 2}
"""What signatures before that number did not know: they stay blind to it."""

_BLIND = (AskTopic, SealTopic, StopTopic)
"""What proves, or waits for a second person: no word about the school."""

_BY_NOBODY = (AuditTopic, BallotTopic)
"""What diag writes at opening and at closing: whoever does either is no author."""

_FROM_LISTS = frozenset({"type_ecole", "nb_classes", "nb_eleves"})
"""Questions that official lists answer when an audit is opened."""

_SIGNED = {AuditStatus.ACCEPTE, AuditStatus.CLOS}


class _Line(NamedTuple):
    topic: Topic
    key: bytes
    lam: int
    author: str
    device: str
    at: int
    provenance: str

    def is_covered(self, covers: int = COVERS) -> bool:
        """Say whether a signature covers it, as much as those of a number do."""
        if isinstance(self.topic, AuditTopic):
            return self.topic.name in {"edition", "votes"}
        is_known = _SINCE.get(type(self.topic), 0) <= covers
        return is_known and isinstance(self.topic, (*_COVERED, ErasureTopic))

    @property
    def is_authored(self) -> bool:
        """Say whether a person wrote it, and not diag when it opened or closed."""
        if isinstance(self.topic, AnswerTopic) and self.topic.question in _FROM_LISTS:
            return self.provenance != Provenance.IMPORTED
        return not isinstance(self.topic, _BY_NOBODY)


class Signable(NamedTuple):
    """What an acceptance signs."""

    digest: str
    """SHA-256 of the sorted ids of all that it covers."""
    lines: int
    authors: frozenset[str]
    """Labels of those who wrote some of it, which they cannot accept."""


class WrittenSince(NamedTuple):
    """What was written since an audit was signed, as far as this journal knows."""

    lines: int
    """How many changes; 0 when they cannot be told from what was signed."""
    authors: tuple[str, ...]
    """Labels of those who wrote them."""
    at: int
    """When the first was, UTC milliseconds; 0: not known."""
    missing: int
    """How many of the lines that were signed this journal has not received."""


class Signature(NamedTuple):
    """The signature of an audit: of who closed it, or accepted it."""

    status: AuditStatus
    digest: str
    """What was signed; empty in an older acceptance."""
    author: str
    at: int
    alone: bool
    """Whether who accepted it wrote some of it."""
    since: WrittenSince | None
    """What unseals it; None while all that it covers is as it was signed."""

    @property
    def intact(self) -> bool:
        """Say whether all that it covers is as it was signed."""
        return self.since is None


def standing_word(status: AuditStatus, signature: Signature | None) -> str:
    """Return « accepté », « accepté par son auteur », « descellé », « en cours »."""
    word = STATUSES[status]
    if signature is None:
        return word
    is_accepted = status is AuditStatus.ACCEPTE
    if not signature.intact:
        return UNSEALED if is_accepted else f"{word}, {UNSEALED}"
    return ACCEPTED_ALONE if is_accepted and signature.alone else word


def signable(journal: Journal, audit: str) -> Signable:
    """Return what an acceptance of an audit would sign now."""
    covered = [line for line in _lines(journal, audit) if line.is_covered()]
    return Signable(_digest(covered), len(covered), _authors(covered))


def status_head(journal: Journal, audit: str, status: AuditStatus) -> Head | None:
    """Return what put an audit where it stands; None when nobody has moved it yet."""
    heads = journal.current(audit, subjects.STATUS)
    return latest([one for one in heads if _field(one, "status") == status])


def signature_of(
    journal: Journal,
    audit: str,
    counts: Callable[[Topic], bool] = lambda _topic: True,
) -> Signature | None:
    """Return the closing of an audit, or its acceptance; None when it is neither.

    `counts`: which of the topics that a signature covers are looked at.
    """
    status = status_of(journal, audit)
    if status not in _SIGNED:
        return None
    head = status_head(journal, audit, status)
    assert head is not None
    lines = _lines(journal, audit)
    named = _field(head, "covers")
    covers = named if isinstance(named, int) else 0
    covered = [line for line in lines if line.is_covered(covers)]

    def is_watched(line: _Line) -> bool:
        return line.is_covered(covers) and counts(line.topic)

    many = _field(head, "n")
    if isinstance(many, int):
        since = _since_signed(head, covered, many, counts)
    else:
        since = _since_older(journal, audit, head, lines, is_watched)
    alone = head.author in _authors(covered)
    signed = str(_field(head, "digest") or "")
    return Signature(status, signed, head.author, head.at, alone, since)


def _since_signed(
    head: Head, covered: list[_Line], many: int, counts: Callable[[Topic], bool]
) -> WrittenSince | None:
    """Find what was added to what an acceptance signed: the digest proves it.

    What was written later shows so. What came from a laptop that was apart may look
    older: the last lines of others, whose absence gives the digest again.
    """
    signed = _field(head, "digest")
    if _digest(covered) == signed and len(covered) == many:
        return None
    added = [line for line in covered if line.lam >= head.lam]
    apart = len(covered) - len(added) - many
    if apart > 0:
        own = (head.author, head.device)
        before = (line for line in covered if line.lam < head.lam)
        others = [line for line in before if (line.author, line.device) != own]
        added = [*others[-apart:], *added]
    rest = set(covered).difference(added)
    if _digest(rest) == signed:
        added = [line for line in added if counts(line.topic)]
        return _written(added) if added else None
    later = [line for line in added if line.lam >= head.lam and counts(line.topic)]
    return _written(later, missing=max(-apart, 0))


def _since_older(
    journal: Journal,
    audit: str,
    head: Head,
    lines: list[_Line],
    is_watched: Callable[[_Line], bool],
) -> WrittenSince | None:
    """Check a signature of all that was written: closings, and older acceptances.

    It is blind to seals, and to what is asked of erasures, whenever they come: it was
    of some of them, maybe, as an older version counts them.
    """
    now = int(journal.digest(audit), 16) ^ int.from_bytes(head.key)
    blind = []
    for line in lines:
        if isinstance(line.topic, _BLIND):
            blind.append(int.from_bytes(line.key))
        elif line.lam > head.lam and not is_watched(line):
            now ^= int.from_bytes(line.key)
    signed = str(_field(head, "digest") or "")
    if not signed or (
        is_hash(signed) and is_exclusive_or(now ^ int(signed, 16), blind)
    ):
        return None
    return _written([
        line for line in lines if line.lam >= head.lam and is_watched(line)
    ])


def is_exclusive_or(number: int, numbers: Iterable[int]) -> bool:
    """Say whether a number is the exclusive or of some of others, or of none."""
    basis: list[int] = []
    for one in numbers:
        rest = _reduced(one, basis)
        if rest:
            basis.append(rest)
    return _reduced(number, basis) == 0


def _reduced(number: int, basis: Iterable[int]) -> int:
    """Return what is left of a number, each of a basis taken out where it lowers it."""
    for each in basis:
        number = min(number, number ^ each)
    return number


def _lines(journal: Journal, audit: str) -> list[_Line]:
    """Return the log of an audit; an erasure is of what it erases."""
    found = [
        _Line(subjects.parse(subject), *rest)
        for subject, *rest in journal.select(_ROWS, [audit])
    ]
    topics = {line.key: line.topic for line in found}
    return [
        line._replace(topic=topics.get(bytes.fromhex(topic.revision), topic))
        if isinstance(topic := line.topic, ErasureTopic)
        else line
        for line in found
    ]


def _written(lines: list[_Line], missing: int = 0) -> WrittenSince:
    authors = tuple(sorted({line.author for line in lines if line.author}))
    at = min((line.at for line in lines), default=0)
    return WrittenSince(len(lines), authors, at, missing)


def _digest(lines: Collection[_Line]) -> str:
    return sha256(b"".join(sorted(line.key for line in lines))).hexdigest()


def _authors(lines: Iterable[_Line]) -> frozenset[str]:
    return frozenset(line.author for line in lines if line.is_authored and line.author)


def _field(head: Head, name: str) -> Any:
    return head.value.get(name) if isinstance(head.value, dict) else None
