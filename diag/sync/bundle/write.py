"""Writing a bundle: one state of some audits, sealed, signed, whole or not at all."""

import os
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from diag.journal import attachments, exchange
from diag.journal.attachments import NamedAttachment, hash_file
from diag.journal.journal import Journal
from diag.model.errors import DiagError
from diag.sync.bundle import (
    FORM,
    LENGTH,
    SIGNED,
    Frame,
    Header,
    HeldAudit,
    Trailer,
    draw_envelope,
)
from diag.sync.keys import DeviceKeys, KeyCard, load_age

_GZIP = 31
_LEVEL = 6


_MOST_UNREAD = 1_000
"""Lines of a newer version in a bundle: older readers refuse one that has more."""


class BundleSummary(NamedTuple):
    """What goes in besides the journal: the names of things, for people."""

    about: Mapping[str, dict[str, Any]]
    """Audit → its auditee."""
    people: Mapping[str, str]
    """Label → name."""
    author: str = ""
    """Label of who writes it."""
    cards: tuple[str, ...] = ()
    """Whose keys are, as hubs signed them."""


class WrittenBundle(NamedTuple):
    """A bundle that was written."""

    sha: str
    """SHA-256 of the file."""
    sums: Mapping[str, str]
    """Audit → digest of what went in."""
    revisions: int
    blobs: tuple[str, ...]
    size: int


class Bundle(NamedTuple):
    """What to write."""

    audits: Sequence[str]
    keys: DeviceKeys
    recipients: Sequence[KeyCard]
    """The keys that may open it, next to this device's own."""
    at: int
    summary: BundleSummary = BundleSummary({}, {})
    without: Collection[str] = ()
    """Attachments that are not needed."""
    form: int = 1
    """The newest that all who are to open it read."""


def write_bundle(journal: Journal, bundle: Bundle, path: Path) -> WrittenBundle:
    """Write a bundle to a new file.

    Raises:
        DiagError: when an attachment that revisions name cannot be read.
        OSError: when the file cannot be written; nothing is left of it.
    """
    with exchange.still(journal):
        kept = exchange.unread_lines(journal)
        unread = [keyed.line for one in bundle.audits for keyed in kept.get(one, ())]
        others = unread[:_MOST_UNREAD]
        header, blobs = _header(journal, bundle, len(others))
        inside = _sign(_contents(journal, header, blobs, others), header, bundle.keys)
        cards = {bundle.keys.card, *bundle.recipients}
        signer = bundle.keys if bundle.form == FORM else None
        ages = [card.age for card in cards]
        sha, size = _seal(path, _deflate(inside), ages, signer)
        sums = {one: exchange.whole_sum(journal, one).digest for one in bundle.audits}
    shas = tuple(blob.sha for blob in blobs)
    return WrittenBundle(sha, sums, header.revisions, shas, size)


def _header(
    journal: Journal, bundle: Bundle, others: int = 0
) -> tuple[Header, list[NamedAttachment]]:
    sums = [exchange.proven_sum(journal, audit) for audit in bundle.audits]
    named = attachments.attachments_in(journal, bundle.audits)
    blobs = [
        blob
        for sha, blob in attachments.held(journal).items()
        if sha in named and sha not in bundle.without
    ]
    audits = tuple(
        HeldAudit(
            audit=total.audit,
            revisions=total.revisions,
            digest=total.digest,
            about=bundle.summary.about.get(total.audit),
        )
        for total in sums
    )
    header = Header(
        signer=bundle.keys.card.sign,
        created=bundle.at,
        revisions=sum(total.revisions for total in sums) + others,
        blobs=len(blobs),
        audits=audits,
        people=bundle.summary.people,
        author=bundle.summary.author,
        cards=bundle.summary.cards,
        reads=FORM,
    )
    return header, sorted(blobs, key=lambda blob: blob.order)


def _contents(
    journal: Journal,
    header: Header,
    blobs: Iterable[NamedAttachment],
    others: Iterable[bytes] = (),
) -> Iterator[bytes]:
    yield header.model_dump_json().encode() + b"\n"
    for held in header.audits:
        for keyed in exchange.lines_to_send(journal, held.audit):
            yield keyed.line + b"\n"
    for line in others:
        yield line + b"\n"
    for blob in blobs:
        content = attachments.content(journal, blob.sha)
        if content is None:
            raise DiagError(f"{blob.title} : elle vient de partir. Recommencez.")
        yield Frame(blob=blob.sha, size=len(content)).model_dump_json().encode() + b"\n"
        yield content


def _sign(parts: Iterable[bytes], header: Header, keys: DeviceKeys) -> Iterator[bytes]:
    """Give the parts, then what proves them."""
    digest = sha256()
    for part in parts:
        digest.update(part)
        yield part
    trailer = Trailer(
        revisions=header.revisions,
        blobs=header.blobs,
        digest=digest.hexdigest(),
        signature=keys.sign_bytes(SIGNED + digest.digest()),
    )
    yield trailer.model_dump_json().encode() + b"\n"


def _deflate(parts: Iterable[bytes]) -> Iterator[bytes]:
    deflater = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    for part in parts:
        yield deflater.compress(part)
    yield deflater.flush()


def _seal(
    path: Path,
    parts: Iterator[bytes],
    recipients: Sequence[str],
    signer: DeviceKeys | None = None,
) -> tuple[str, int]:
    """Encrypt to a file, durably; return its SHA-256 and size.

    `signer`: whose envelope goes before it; none in the first form.
    """
    sealing = load_age()
    part = path.with_name(f"{path.name}.part")
    reading = _SealingInput(parts)
    try:
        part.unlink(missing_ok=True)
        with part.open("xb") as file:  # a folder that is shared may hold a link there
            writing = _SealingOutput(file)
            if signer:
                file.write(bytes(LENGTH))
            keys = [sealing.x25519.Recipient.from_str(key) for key in recipients]
            sealing.encrypt_io(reading, writing, keys)
            sha, size = writing.digest.hexdigest(), writing.size
            if signer:
                file.seek(0)
                file.write(draw_envelope(signer, size, sha).line())
            file.flush()
            os.fsync(file.fileno())
        if signer:
            sha, size = hash_file(part), LENGTH + size
        part.replace(path)
    except sealing.EncryptError as error:
        raise (reading.error or writing.error or error) from None
    finally:
        part.unlink(missing_ok=True)
    return sha, size


class _SealingInput:
    """What encryption reads from."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = parts
        self._waiting = bytearray()
        self.error: Exception | None = None

    def read(self, size: int = -1) -> bytes:
        """Return some bytes; none at the end."""
        try:
            while len(self._waiting) < size:
                self._waiting += next(self._parts)
        except StopIteration:
            pass
        except Exception as error:
            self.error = error
            raise
        given = bytes(self._waiting[:size])
        del self._waiting[:size]
        return given


class _SealingOutput:
    """What encryption writes to: a file, hashed on the way."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.digest = sha256()
        self.size = 0
        self.error: Exception | None = None

    def write(self, data: bytes) -> int:
        """Write some bytes."""
        try:
            self._file.write(data)
        except OSError as error:
            self.error = error
            raise
        self.digest.update(data)
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Do nothing: the file is flushed once, when whole."""
