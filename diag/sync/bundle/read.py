"""Reading a bundle: copied aside, verified whole, rehearsed to be shown, taken in.

Decrypted and inflated by steps, nothing in clear touches the disk: the sealed file is
read twice, once to be verified whole, once to be read in. Answers first, in one commit;
attachments after: those that fail are awaited, as those that a hub has not sent yet.
"""

import os
import tempfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from time import time
from typing import NamedTuple

from diag.journal import attachments, bundles
from diag.journal.attachments import (
    AttachmentStore,
    NamedAttachment,
    is_named,
    named_by,
)
from diag.journal.bundles import (
    Brought,
    BundleIntake,
    Rules,
    Withheld,
    find_refused,
    hold_unproven,
    take_erasures,
    withheld,
)
from diag.journal.errors import RefusedError
from diag.journal.journal import Journal
from diag.journal.revision import Revision, parse, read_any
from diag.journal.seals import (
    add_cards,
    cards_of,
    is_signed,
    mark_brought,
    mark_relayed,
    owners,
    read_card,
)
from diag.journal.subjects import SEALS, Topic
from diag.model.audit import Audit
from diag.model.errors import DiagError
from diag.model.text import fold
from diag.sync.bundle import (
    LIMITS,
    SIGNED,
    BundleError,
    BundleLimits,
    Fault,
    Header,
    Payload,
    Receiver,
    Trailer,
    check_read,
    check_unread,
    read_envelope,
)
from diag.sync.keys import DeviceKeys, load_age

_FOLDER = "staging"
"""Folder of the workspace; empty but while a bundle is read."""

_STEP = 64 * 1024
_COPY_STEP = 2**20

_OLD = 24 * 3600
"""Seconds after which a copy was left by a program that died."""

_GZIP = 31
_NOT_FOR_US = "No matching keys found"
_SEAL = b"age-encryption.org/"
_BATCH = 2_000
_ERASES = b'"op":"erase"'
_SLUG = 30
_SHORT = 6


class Staged(NamedTuple):
    """A copy that no other program changes."""

    path: Path
    sha: str
    """SHA-256 of the file."""


@contextmanager
def stage(
    folder: Path, source: Path, limits: BundleLimits, signers: Collection[str]
) -> Iterator[Staged]:
    """Copy a file into the workspace for as long as it is read, still sealed.

    Raises:
        BundleError: when it is too large, or its first line is not of a known signer.
        DiagError: when there is no room for it.
    """
    try:
        check_unread(source, signers, limits, folder)
        with _copied(folder, source, limits) as copy:
            yield copy
    except BundleError as error:
        error.source = source
        raise


@contextmanager
def _copied(folder: Path, source: Path, limits: BundleLimits) -> Iterator[Staged]:
    staging = folder / _FOLDER
    while True:
        with suppress(FileExistsError):
            staging.mkdir(mode=0o700)
        try:
            handle, name = tempfile.mkstemp(suffix=".diag", dir=staging)
            break
        except FileNotFoundError:  # another import has just ended, and took it away
            if staging.is_symlink():  # what it leads to is gone, and does not come back
                raise
    for former in staging.glob("*.diag"):
        with suppress(OSError):
            if time() - former.stat().st_mtime > _OLD:
                former.unlink()
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as copy, source.open("rb") as file:
            digest, size = sha256(), 0
            while step := file.read(_COPY_STEP):
                size += len(step)
                if size > limits.file_bytes:
                    raise BundleError(Fault.TOO_LARGE, "fichier")
                digest.update(step)
                copy.write(step)
        yield Staged(path, digest.hexdigest())
    finally:
        path.unlink(missing_ok=True)
        with suppress(OSError):  # another import is on
            staging.rmdir()


def verify(
    path: Path, identity: str, signers: Collection[str], limits: BundleLimits = LIMITS
) -> Header:
    """Read a bundle whole, and keep nothing of it but its header, found right.

    Raises:
        BundleError: when it is not for this device, nor from a known device, or is not
            exactly what was signed.
    """
    proof = _Proof(signers, limits.refused)
    header, trailer = read_bundle(path, identity, proof, limits)
    check_read(path, header.signer)
    signed = SIGNED + bytes.fromhex(trailer.digest)
    if not is_signed(header.signer, signed, trailer.signature):
        raise BundleError(Fault.DAMAGED, "signature fausse")
    proof.check_sums(header)
    return header


def read_bundle(
    path: Path, identity: str, receiver: Receiver, limits: BundleLimits = LIMITS
) -> tuple[Header, Trailer]:
    """Give a receiver what a bundle holds; return both its ends.

    Raises:
        BundleError: when it cannot be opened, or is cut.
    """
    sealing = load_age()
    inflating = _Inflating(Payload(receiver, limits), limits)
    try:
        with path.open("rb") as file:
            read_envelope(file)
            opener = [sealing.x25519.Identity.from_str(identity)]
            sealing.decrypt_io(file, inflating, opener)
    except sealing.DecryptError as error:
        if str(error) == _NOT_FOR_US:
            raise BundleError(Fault.NOT_FOR_US) from error
        with path.open("rb") as file:
            read_envelope(file)
            sealed = file.read(len(_SEAL)) == _SEAL
        raise BundleError(Fault.DAMAGED if sealed else Fault.NO_BUNDLE) from error
    except OSError as error:
        if error.errno is not None:
            raise
        raise BundleError(Fault.DAMAGED) from error  # a piece is not what was sealed
    return inflating.end()


class _Inflating:
    """What decryption writes to."""

    def __init__(self, payload: Payload, limits: BundleLimits) -> None:
        self._payload = payload
        self._limits = limits
        self._inflater = zlib.decompressobj(_GZIP)
        self._given = 0
        self._inflated = 0

    def write(self, data: bytes) -> int:
        """Inflate some bytes, by steps."""
        self._given += len(data)
        waiting = data
        while waiting:
            if self._inflater.eof:
                raise BundleError(Fault.DAMAGED, "des octets suivent la fin")
            try:
                step = self._inflater.decompress(waiting, _STEP)
            except zlib.error as error:
                raise BundleError(Fault.DAMAGED) from error
            waiting = self._inflater.unconsumed_tail or self._inflater.unused_data
            self._pass(step)
        return len(data)

    def flush(self) -> None:
        """Do nothing: bytes are passed on as they come."""

    def end(self) -> tuple[Header, Trailer]:
        """Return both ends, once all was written."""
        if self._given and not self._inflater.eof:
            self._pass(self._inflater.flush())
        if not self._inflater.eof:
            raise BundleError(Fault.DAMAGED)
        return self._payload.end()

    def _pass(self, step: bytes) -> None:
        self._inflated += len(step)
        limits = self._limits
        most = limits.free_bytes + limits.ratio * self._given
        if self._inflated > min(most, limits.inflated_bytes):
            raise BundleError(Fault.TOO_LARGE, "contenu démesuré")
        self._payload.feed(step)


class _Proof:
    """Adds up what a bundle holds, and refuses an unknown signer at once."""

    def __init__(self, signers: Collection[str], most_refused: int) -> None:
        self._signers = signers
        self._most_refused = most_refused
        self._sums: dict[str, list[int]] = {}
        self.refused = 0

    def header(self, header: Header) -> None:
        if header.signer not in self._signers:
            raise BundleError(Fault.UNKNOWN_SIGNER)

    def line(self, line: bytes) -> None:
        one = read_any(line)
        if one is None:
            self.refused += 1
            if self.refused > self._most_refused:
                lines = f"plus de {self._most_refused} modifications illisibles"
                raise BundleError(Fault.DAMAGED, lines)
        elif isinstance(one, Revision):
            sums = self._sums.setdefault(one.audit, [0, 0])
            sums[0] += 1
            sums[1] ^= int.from_bytes(one.key)

    def lines_done(self) -> None:
        pass

    def blob(self, sha: str, content: bytes) -> None:
        pass

    def check_sums(self, header: Header) -> None:
        """Refuse a bundle that does not hold the audits that it announces."""
        announced = {
            held.audit: [held.revisions, int(held.digest, 16)]
            for held in header.audits
            if held.revisions
        }
        foreign = self._sums.keys() - announced.keys()
        if foreign or (not self.refused and announced != self._sums):
            raise BundleError(Fault.DAMAGED, "le contenu n'est pas celui annoncé")


class BundleReader(NamedTuple):
    """A workspace that reads bundles."""

    journal: Journal
    keys: DeviceKeys
    signers: Mapping[str, str]
    """Signing key of each known device → the name of its owner."""
    limits: BundleLimits = LIMITS
    rules: Rules = Rules(0)
    """What it asks of what they bring."""

    @property
    def folder(self) -> Path:
        """Return the workspace."""
        return self.journal.path.parent


@dataclass(frozen=True, slots=True)
class Entered:
    """What a bundle brings, or brought."""

    name: str
    sender: str
    """Owner of the device that signed it, as this workspace calls them."""
    created: int
    """When it was written, by its writer's clock."""
    header: Header
    new: Mapping[str, int]
    """Audit → lines that were not here, those of a newer version included."""
    known: int
    """Revisions that were here already."""
    conflicts: frozenset[tuple[str, Topic]]
    """Where people differ once it is in, and did not before."""
    audits: Mapping[str, Audit]
    """What is known of the audits that it holds."""
    photos: int
    """Attachments that come."""
    refused: tuple[str, ...]
    """What was refused, in French."""
    withheld: tuple[Withheld, ...]
    """What waits: unproven, or for a second person to confirm."""
    before: Brought | None
    """The same file, when it was read in before."""

    @property
    def revisions(self) -> int:
        """Return how many revisions were not here."""
        return sum(self.new.values())


def preview(reader: BundleReader, source: Path, at: int) -> Entered:
    """Return what a bundle would bring; nothing of it stays.

    Raises:
        BundleError: when it is refused.
        DiagError: when it cannot be read.
    """
    return _enter(reader, source, at, real=False)


def bring_in(reader: BundleReader, source: Path, at: int) -> Entered:
    """Read a bundle in, under a name by which it can be undone.

    Raises:
        BundleError: when it is refused: nothing came in.
        DiagError: when it cannot be read, or nothing can be written.
    """
    return _enter(reader, source, at, real=True)


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


def _enter(reader: BundleReader, source: Path, at: int, *, real: bool) -> Entered:
    journal, age_key, limits = reader.journal, reader.keys.age, reader.limits
    with stage(reader.folder, source, limits, reader.signers) as copy:
        header = verify(copy.path, age_key, reader.signers, limits)
        sender = reader.signers[header.signer]
        before = bundles.find_bundle(journal, copy.sha)
        if before:
            name = before.name
        else:  # to undo by: day, sender, file
            day = datetime.fromtimestamp(at / 1000, UTC).date()
            slug = "-".join(fold(sender).split())[:_SLUG].strip("-") or "inconnu"
            name = f"{day}-{slug}-{copy.sha[:_SHORT]}"
        with ExitStack() as stack:
            rules = reader.rules._replace(at=at)
            entering = _Entering(journal, stack, rules, name, copy.sha, sender, real)
            read_bundle(copy.path, age_key, entering, limits)
    if real:
        whole = not entering.lacking
        bundles.add_photos(journal, name, entering.kept, whole=whole)
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
        withheld=entering.withheld,
        before=before,
    )


def _labels_of(
    journal: Journal, header: Header, sender: str, rules: Rules
) -> frozenset[str]:
    """Return the labels of who wrote a bundle: those of their key, or else their word.

    Their word gives them no label that another key is known to write under, and none
    at all once seals are required.
    """
    known = owners(journal, carded=rules.required)
    if header.signer in known:
        return frozenset([known[header.signer]])
    if rules.required:
        return frozenset()
    claimed = {header.author} - {""}
    if not claimed:
        named = fold(sender)
        people = header.people.items()
        claimed = {label for label, name in people if fold(name) == named}
    return frozenset(claimed.difference(dict(cards_of(journal)).values()))


@dataclass(slots=True)
class _Entering:
    """Takes a bundle that was verified into the journal."""

    journal: Journal
    stack: ExitStack
    """Holds the transaction, from the first line to the last."""
    rules: Rules
    name: str
    sha: str
    sender: str
    real: bool
    """Whether what is taken in stays."""
    kept: list[str] = field(default_factory=list)
    """Attachments that came."""
    refused: list[str] = field(default_factory=list)
    lacking: bool = False
    """Whether an attachment could not be kept: the file is to be read again."""
    conflicts: frozenset[tuple[str, Topic]] = frozenset()
    audits: dict[str, Audit] = field(default_factory=dict)
    intake: BundleIntake = field(init=False)
    """What came in."""
    withheld: tuple[Withheld, ...] = ()
    """What waits."""
    _erasures: list[Revision] = field(default_factory=list)
    """Those that it holds: judged once the rest is here."""
    _foreign: dict[str, set[bytes]] = field(default_factory=dict)
    """Audit → what came just now and its author did not give."""
    _batch: list[bytes] = field(default_factory=list)
    _wanted: dict[str, NamedAttachment] = field(default_factory=dict)
    _held: list[str] = field(default_factory=list)
    _created: int = 0
    _labels: frozenset[str] = frozenset()
    """What its writer writes under."""
    _differed: set[tuple[str, Topic]] = field(default_factory=set)

    def header(self, header: Header) -> None:
        """Open the transaction, and look at what was here."""
        self._held = [held.audit for held in header.audits]
        self._created = header.created
        way = bundles.intake if self.real else bundles.rehearsal
        self.intake = self.stack.enter_context(way(self.journal))
        cards = [*filter(None, map(read_card, header.cards))]
        for hub in self.rules.hubs:
            add_cards(self.journal, hub, cards)
        self._labels = _labels_of(self.journal, header, self.sender, self.rules)
        self.intake.begin(self.name, self.sha)
        self._differed = bundles.differences(self.journal, self._held)

    def line(self, line: bytes) -> None:
        """Take a revision in, with others; an erasure after them."""
        if _ERASES in line:
            with suppress(RefusedError):
                revision = parse(line)
                if revision.erases:
                    self._erasures.append(revision)
                    return
        self._batch.append(line)
        if len(self._batch) == _BATCH:
            self._flush()

    def lines_done(self) -> None:
        """Look at what is here now, name it, commit."""
        self._flush()
        mark_brought(self.journal, self.name, self._labels, self.sender)
        if self.rules.required:
            hold_unproven(self.intake, self._foreign, self.rules)
        foreign = [one for one in self._erasures if one.author not in self._labels]
        mark_relayed(self.journal, [(one.key, self.sender) for one in foreign])
        take_erasures(self.intake, self._erasures, self.rules)
        detail = {"sender": self.sender, "created": self._created}
        self.intake.record(self.sha, self.rules.at, detail)
        waiting = [one for one in withheld(self.journal) if one.bundle == self.name]
        after = bundles.differences(self.journal, self._held)
        self.conflicts = frozenset(after - self._differed)
        self.audits = bundles.audits_among(self.journal, self._held)
        try:
            wanted = attachments.wanted(self.journal)
            wanted += [file for one in waiting for file in named_by(one.revision)]
            self._wanted = {named.sha: named for named in wanted}
        except DiagError as error:  # damaged photos: answers come all the same
            self.lacking = True
            self.refused.append(str(error))
        self.refused += find_refused(self.intake)
        self.withheld = tuple(waiting)
        self.stack.close()

    def blob(self, sha: str, content: bytes) -> None:
        """Keep an attachment that a revision names and that is not here."""
        named = self._wanted.pop(sha, None)
        if named is None:
            return
        if not self.real:
            self.kept.append(sha)
            return
        try:
            attachments.keep(self.journal, named, content)
        except DiagError as error:
            self.lacking = True
            self.refused.append(f"{named.title} : {error}")
        else:
            self.kept.append(sha)

    def _flush(self) -> None:
        taken = self.intake.take(self._batch)
        self._batch = []
        for one in taken.revisions if self.rules.required else ():
            is_seal = one.subject.startswith(f"{SEALS}/")
            if one.author not in self._labels and not is_seal:
                self._foreign.setdefault(one.audit, set()).add(one.key)
