"""Reading a bundle in: verified whole, rehearsed to be shown, then one commit.

Answers first, in one commit; attachments after: those that fail are awaited, as those
that a hub has not sent yet.
"""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from diag.journal import exchange as bundles
from diag.journal import exchange as holdings
from diag.journal.attachments import AttachmentStore
from diag.journal.exchange import Brought, BundleIntake, NamedAttachment
from diag.journal.journal import Journal
from diag.journal.records import is_named
from diag.journal.subjects import Topic
from diag.model.audit import Audit
from diag.model.errors import DiagError
from diag.model.text import fold
from diag.sync.bundle.form import Header, Limits
from diag.sync.bundle.keys import DeviceKeys
from diag.sync.bundle.opening import LIMITS, Verified, read_bundle, verify
from diag.sync.bundle.staging import Staged, staged

_BATCH = 2_000


_SLUG = 30


_SHORT = 6


class Reader(NamedTuple):
    """Who reads."""

    journal: Journal
    keys: DeviceKeys
    signers: Mapping[str, str]
    """Signing key of each known device → the name of whose it is."""
    limits: Limits = LIMITS

    @property
    def folder(self) -> Path:
        """Return the workspace."""
        return self.journal.path.parent


@dataclass(frozen=True, slots=True)
class Entered:
    """What a bundle brings, or brought."""

    name: str
    sender: str
    """Whose device signed it, as this workspace calls them."""
    created: int
    """When it was written, by its writer's clock."""
    header: Header
    new: Mapping[str, int]
    """Audit → revisions that were not here."""
    known: int
    """Revisions that were here already."""
    conflicts: frozenset[tuple[str, Topic]]
    """What people differ about once it is in, and did not before."""
    audits: Mapping[str, Audit]
    """What is known of the audits that it holds."""
    photos: int
    """Attachments that come."""
    refused: tuple[str, ...]
    """What was refused, in French."""
    before: Brought | None
    """The same file, when it was read in before."""

    @property
    def revisions(self) -> int:
        """Return how many revisions were not here."""
        return sum(self.new.values())


def preview(reader: Reader, source: Path, at: int) -> Entered:
    """Tell what a bundle would bring; nothing of it stays.

    Raises:
        BundleError: when it is refused.
        DiagError: when it cannot be read.
    """
    with staged(reader.folder, source, reader.limits) as copy:
        verified = _verified(reader, copy)
        return _enter(reader, copy, verified, at=at, real=False)


def bring_in(reader: Reader, source: Path, at: int) -> Entered:
    """Read a bundle in, under a name by which it can be undone.

    Raises:
        BundleError: when it is refused: nothing came in.
        DiagError: when it cannot be read, or nothing can be written.
    """
    with staged(reader.folder, source, reader.limits) as copy:
        verified = _verified(reader, copy)
        return _enter(reader, copy, verified, at=at, real=True)


def undo(journal: Journal, name: str, at: int) -> int:
    """Take back what a bundle brought; return how many revisions were set aside.

    Raises:
        JournalError: when something was built upon it; nothing changed.
    """
    number = bundles.undo(journal, name, at)
    found = bundles.bundle_named(journal, name)
    photos = AttachmentStore(journal.path.parent)
    for sha in found.detail.get("photos", []) if found else []:
        if not is_named(journal, sha):
            photos.drop(sha)
    return number


def _verified(reader: Reader, copy: Staged) -> Verified:
    return verify(copy.path, reader.keys.age, reader.signers, reader.limits)


def _enter(
    reader: Reader, copy: Staged, verified: Verified, *, at: int, real: bool
) -> Entered:
    header = verified.header
    sender = reader.signers[header.signer]
    before = bundles.find_bundle(reader.journal, copy.sha)
    name = before.name if before else _name(sender, copy.sha, at)
    detail = {"sender": sender, "created": header.created}
    record = _Record(name, copy.sha, at, detail)
    with ExitStack() as stack:
        entering = _Entering(reader.journal, stack, record, real=real)
        entering.begin([one.audit for one in header.audits])
        read_bundle(copy.path, reader.keys.age, entering, reader.limits)
    if real:
        whole = not entering.lacking
        bundles.add_photos(reader.journal, name, entering.kept, whole=whole)
    return Entered(
        name=name,
        sender=sender,
        created=header.created,
        header=header,
        new=entering.intake.new,
        known=entering.intake.known,
        conflicts=entering.conflicts,
        audits=entering.audits,
        photos=len(entering.kept),
        refused=tuple(dict.fromkeys(entering.refused)),
        before=before,
    )


def _name(sender: str, sha: str, at: int) -> str:
    """Return a name to undo by: when, from whom, which file."""
    day = datetime.fromtimestamp(at / 1000, UTC).date()
    slug = "-".join(fold(sender).split())[:_SLUG].strip("-") or "inconnu"
    return f"{day}-{slug}-{sha[:_SHORT]}"


class _Record(NamedTuple):
    name: str
    sha: str
    at: int
    detail: dict[str, Any]


@dataclass(slots=True)
class _Entering:
    """Hears a bundle that was verified, and takes it in."""

    journal: Journal
    stack: ExitStack
    """Holds the transaction, from the first line to the last."""
    record: _Record
    real: bool
    """Whether what is taken in stays."""
    kept: list[str] = field(default_factory=list)
    """Attachments that came."""
    refused: list[str] = field(default_factory=list)
    lacking: bool = False
    """Whether an attachment could not be kept: the file is to be read again."""
    conflicts: frozenset[tuple[str, Topic]] = frozenset()
    audits: dict[str, Audit] = field(default_factory=dict)
    _batch: list[bytes] = field(default_factory=list)
    _wanted: dict[str, NamedAttachment] = field(default_factory=dict)
    _held: list[str] = field(default_factory=list)
    _differed: set[tuple[str, Topic]] = field(default_factory=set)
    _intake: BundleIntake | None = None

    @property
    def intake(self) -> BundleIntake:
        """Return what came in."""
        assert self._intake is not None
        return self._intake

    def begin(self, held: list[str]) -> None:
        """Open the transaction, and look at what was here."""
        self._held = held
        way = bundles.intake if self.real else bundles.rehearsal
        self._intake = self.stack.enter_context(way(self.journal))
        self._intake.begin(self.record.name, self.record.sha)
        self._differed = bundles.differences(self.journal, held)

    def header(self, header: Header) -> None:
        """Hear the header; it was read already."""

    def line(self, line: bytes) -> None:
        """Take a revision in, with others."""
        self._batch.append(line)
        if len(self._batch) == _BATCH:
            self._flush()

    def lines_done(self) -> None:
        """Look at what is here now, name it, commit."""
        self._flush()
        held = self._held
        after = bundles.differences(self.journal, held)
        self.conflicts = frozenset(after - self._differed)
        self.audits = bundles.audits_among(self.journal, held)
        try:
            self._wanted = {one.sha: one for one in holdings.wanted(self.journal)}
        except (
            DiagError
        ) as error:  # a damaged file of photos: answers come all the same
            self.lacking = True
            self.refused.append(str(error))
        self.refused += [one.problem for one in self.intake.rejected]
        self.intake.record(self.record.sha, self.record.at, self.record.detail)
        self.stack.close()

    def blob(self, sha: str, content: bytes) -> None:
        """Keep an attachment that a revision names and that is not here."""
        one = self._wanted.pop(sha, None)
        if one is None:
            return
        if not self.real:
            self.kept.append(sha)
            return
        try:
            holdings.keep(self.journal, one, content)
        except DiagError as error:
            self.lacking = True
            self.refused.append(f"{one.title} : {error}")
        else:
            self.kept.append(sha)

    def _flush(self) -> None:
        self.intake.take(self._batch)
        self._batch = []
