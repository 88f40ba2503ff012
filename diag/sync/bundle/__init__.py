"""Bundles: journals meet in a file, sealed for its readers, signed by its writer.

Its form: header, revision lines, attachments, trailer; what is refused. No file name
inside: what could be written outside its folder does not exist. A bundle is read as it
comes: never more than one item in memory. A clear first line names its signer and
length: what is not from somebody known, or not of the length declared, is refused
before any of it is opened or copied. One without it is of the first form.
"""

import re
from collections.abc import Collection, Generator, Iterator, Mapping
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from shutil import disk_usage
from typing import (
    Annotated,
    Any,
    BinaryIO,
    Final,
    Literal,
    NamedTuple,
    Protocol,
    TypeVar,
)

from pydantic import Field, ValidationError

from diag.journal.revision import MAX_LINE, Json, dumps
from diag.journal.seals import is_signed
from diag.model.audit import Digest
from diag.model.errors import DiagError
from diag.sync.keys import DeviceKeys
from diag.sync.protocol import Wire
from diag.words.sentences import number

W = TypeVar("W", bound=Wire)

VERSION: Final = 1
"""Version of the form; a reader of an older version refuses it and reads nothing."""

SIGNED: Final = b"diag-bundle 1\n"
"""What precedes a digest when it is signed: a signature serves here and only here."""

_FORMAT = b'"format":"diag-bundle"'

Natural = Annotated[int, Field(ge=0, lt=2**53)]
"""A count."""


class Fault(StrEnum):
    """Kinds of refusal of a bundle."""

    NOT_FOR_US = "not-for-us"
    UNKNOWN_SIGNER = "unknown-signer"
    DAMAGED = "damaged"
    TOO_LARGE = "too-large"
    NEWER = "newer"
    NO_BUNDLE = "no-bundle"


_MEANINGS: Final[dict[Fault, str]] = {
    Fault.NOT_FOR_US: (
        "ce paquet n'est pas chiffré pour ce poste, ou son début est abîmé. Donnez "
        "votre clé à qui l'a écrit (diag bundle keys) et demandez-lui un autre paquet."
    ),
    Fault.UNKNOWN_SIGNER: (
        "ce paquet est signé par un poste que vous ne connaissez pas. Demandez sa clé "
        "à votre collègue, puis : diag bundle keys add NOM CLE."
    ),
    Fault.DAMAGED: (
        "ce paquet est incomplet ou abîmé. Copiez-le à nouveau ; s'il l'est encore, "
        "demandez-en un autre."
    ),
    Fault.TOO_LARGE: "ce paquet dépasse ce que diag accepte de lire.",
    Fault.NEWER: (
        "ce paquet vient d'une version plus récente de diag. Mettez diag à jour, puis "
        "recommencez."
    ),
    Fault.NO_BUNDLE: (
        "ce n'est pas un paquet de diag. Choisissez un fichier « .diag » écrit par "
        "diag bundle export."
    ),
}


class BundleError(DiagError):
    """A bundle is refused: nothing of it was read in."""

    def __init__(self, fault: Fault, detail: str = "") -> None:
        self.fault = fault
        """Which kind of refusal."""
        self.detail = detail
        """What exactly, in French; may be empty."""
        self.source: Path | None = None
        """Its file, once known."""
        more = f" ({detail})" if detail else ""
        self.sentence = f"{_MEANINGS[fault]}{more} Rien n'a été lu."
        """What is wrong, and what to do, without the file's name."""
        super().__init__(self.sentence)

    def __str__(self) -> str:
        """Return the sentence, after the file's name."""
        return f"{self.source} : {self.sentence}" if self.source else self.sentence


class BundleLimits(NamedTuple):
    """How much of a bundle is read, on every side."""

    file_bytes: int = 4 * 2**30
    """Largest file."""
    inflated_bytes: int = 8 * 2**30
    """Most bytes once inflated."""
    ratio: int = 100
    """Most bytes inflated from a byte: revisions reach forty."""
    free_bytes: int = 16 * 2**20
    """Inflated without looking at the ratio."""
    header_bytes: int = 16 * 2**20
    """Longest header."""
    line_bytes: int = MAX_LINE
    """Longest line elsewhere."""
    audits: int = 100_000
    revisions: int = 20_000_000
    refused: int = 1_000
    """Most lines that this version cannot read: each is kept in quarantine."""
    blobs: int = 500_000
    blob_bytes: int = 20 * 2**20
    """Largest attachment."""


LIMITS = BundleLimits()
"""Those of this version."""


class HeldAudit(Wire):
    """An audit of a bundle: always whole, so that no other bundle must come first."""

    audit: str = Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
    revisions: Natural
    digest: Digest
    about: Mapping[str, Any] | None = None
    """Its auditee, where a reader's directory does not know it."""


class Header(Wire):
    """The first line."""

    format: Literal["diag-bundle"] = "diag-bundle"
    version: int = VERSION
    signer: Digest
    """Ed25519 public key of the device that wrote."""
    created: Natural
    """When, by its clock: shown, never compared."""
    revisions: Natural
    blobs: Natural
    audits: tuple[HeldAudit, ...]
    people: Mapping[str, Annotated[str, Field(max_length=400)]] = {}
    """Label → name of the authors of these audits, where known."""
    author: Annotated[str, Field(max_length=400)] = ""
    """Label of what its writer writes; empty in an older bundle."""
    cards: tuple[Annotated[str, Field(max_length=4_000)], ...] = ()
    """Whose keys are, as hubs signed them."""
    reads: int = 1
    """The newest form of file that its writer reads."""


class Frame(Wire):
    """The line before an attachment's bytes."""

    blob: Digest
    size: Natural


class Trailer(Wire):
    """The last line: nothing is believed before it was read and found right."""

    revisions: Natural
    blobs: Natural
    digest: Digest
    """SHA-256 of all before."""
    signature: str = Field(pattern=r"^[0-9a-f]{128}$")
    """Ed25519, of `SIGNED` and the digest."""


class Receiver(Protocol):
    """Takes what a bundle holds, in order."""

    def header(self, header: Header) -> None:
        """Take the header."""

    def line(self, line: bytes) -> None:
        """Take a revision."""

    def lines_done(self) -> None:
        """Know that all revisions were given."""

    def blob(self, sha: str, content: bytes) -> None:
        """Take an attachment, checked to be what its name promises."""


class Payload:
    """Takes bytes in any pieces; gives its receiver what they hold."""

    def __init__(self, receiver: Receiver, limits: BundleLimits) -> None:
        self._receiver = receiver
        self._limits = limits
        self._buffer = bytearray()
        self._ends: tuple[Header, Trailer] | None = None
        self._reading = self._read()

    def feed(self, data: bytes) -> None:
        """Take some bytes.

        Raises:
            BundleError: as soon as they cannot be a bundle's.
        """
        self._buffer += data
        next(self._reading)

    def end(self) -> tuple[Header, Trailer]:
        """Return both ends of a bundle that was read whole.

        Raises:
            BundleError: when something lacks, or something follows.
        """
        if self._ends is None or self._buffer:
            raise BundleError(Fault.DAMAGED)
        return self._ends

    def _read(self) -> Iterator[None]:
        """Read the whole, in order; stop wherever bytes are still to come."""
        receiver, limits, total = self._receiver, self._limits, sha256()
        line = yield from self._take_line(limits.header_bytes)
        total.update(line + b"\n")
        header = _parse_header(line, limits)
        receiver.header(header)
        for _ in range(header.revisions):
            line = yield from self._take_line(limits.line_bytes)
            total.update(line + b"\n")
            receiver.line(line)
        receiver.lines_done()
        for _ in range(header.blobs):
            line = yield from self._take_line(limits.line_bytes)
            total.update(line + b"\n")
            frame = _parse(Frame, line)
            if frame.size > limits.blob_bytes:
                raise BundleError(Fault.TOO_LARGE, "pièce jointe trop grosse")
            while len(self._buffer) < frame.size:
                yield
            content = bytes(self._buffer[: frame.size])
            del self._buffer[: frame.size]
            total.update(content)
            if sha256(content).hexdigest() != frame.blob:
                raise BundleError(Fault.DAMAGED, "pièce jointe altérée")
            receiver.blob(frame.blob, content)
            del content  # not held while the next one comes
        trailer = _parse(Trailer, (yield from self._take_line(limits.line_bytes)))
        announced = trailer.revisions, trailer.blobs, trailer.digest
        if announced != (header.revisions, header.blobs, total.hexdigest()):
            raise BundleError(Fault.DAMAGED)
        self._ends = header, trailer
        while not self._buffer:
            yield
        raise BundleError(Fault.DAMAGED, "des octets suivent la fin")

    def _take_line(self, longest: int) -> Generator[None, None, bytes]:
        """Take a line off the buffer, once its end has come."""
        scanned = 0
        while (at := self._buffer.find(b"\n", scanned)) < 0:
            scanned = len(self._buffer)
            if scanned > longest:
                break
            yield
        if not 0 <= at <= longest:
            raise BundleError(Fault.TOO_LARGE, "ligne trop longue")
        line = bytes(self._buffer[:at])
        del self._buffer[: at + 1]
        return line


class _Versioned(Wire):
    version: int


def _parse_header(line: bytes, limits: BundleLimits) -> Header:
    if _FORMAT not in line:
        raise BundleError(Fault.NO_BUNDLE)
    version = _parse(_Versioned, line).version
    if version > VERSION:
        raise BundleError(Fault.NEWER, f"forme {version}")
    header = _parse(Header, line)
    for many, most in (
        (len(header.audits), limits.audits),
        (header.revisions, limits.revisions),
        (header.blobs, limits.blobs),
    ):
        if many > most:
            shown = f"{number(many)} éléments, {number(most)} admis"
            raise BundleError(Fault.TOO_LARGE, shown)
    return header


def _parse(model: type[W], line: bytes) -> W:
    try:
        return model.model_validate_json(line)
    except ValidationError as error:
        raise BundleError(Fault.DAMAGED) from error


FORM: Final = 2
"""The form of the file: 1 has no envelope."""

LENGTH: Final = 512
"""Bytes of the line, its end included: blanks fill it."""

_SIGNED = b"diag-bundle-2\0"
_VERSION = re.compile(rb'"version":(\d{1,6})')
_BLOCK = 512
_SMALL = 2**20
"""Bytes under which a file system may keep a file without blocks of its own."""


class BundleEnvelope(Wire):
    """The line."""

    format: Literal["diag-bundle"] = "diag-bundle"
    version: int = FORM
    size: Natural
    """Bytes that follow."""
    signer: Digest
    """Ed25519 public key of the device that wrote."""
    digest: Digest
    """SHA-256 of what follows."""
    signature: str = Field(pattern=r"^[0-9a-f]{128}$")

    @property
    def content(self) -> bytes:
        """Return what is signed."""
        return _content(self.size, self.signer, self.digest)

    def line(self) -> bytes:
        """Return it as it is written."""
        return self.model_dump_json().encode().ljust(LENGTH - 1) + b"\n"


def _content(size: int, signer: str, digest: str) -> bytes:
    fields: dict[str, Json] = {"digest": digest, "signer": signer, "size": size}
    return _SIGNED + dumps(fields).encode()


def draw_envelope(keys: DeviceKeys, size: int, digest: str) -> BundleEnvelope:
    """Return the envelope of what is sealed already."""
    signer = keys.card.sign
    signature = keys.sign_bytes(_content(size, signer, digest))
    return BundleEnvelope(size=size, signer=signer, digest=digest, signature=signature)


def read_envelope(file: BinaryIO) -> BundleEnvelope | None:
    """Read the first line, and stand after it; None for a bundle of the first form.

    Raises:
        BundleError: when it is cut, altered, or of a newer form.
    """
    start = file.read(1)
    if start != b"{":
        file.seek(0)
        return None
    line = start + file.read(LENGTH - 1)
    form = _VERSION.search(line)
    if form and int(form[1]) > FORM:
        raise BundleError(Fault.NEWER, f"forme {int(form[1])}")
    try:
        found = BundleEnvelope.model_validate_json(line)
    except ValidationError as error:
        raise BundleError(Fault.DAMAGED, "première ligne altérée") from error
    if found.line() != line:
        raise BundleError(Fault.DAMAGED, "première ligne altérée")
    return found


def check_unread(
    source: Path, signers: Collection[str], limits: BundleLimits, folder: Path
) -> None:
    """Refuse a file by its size and its first line alone; `folder`: where it is copied.

    Raises:
        BundleError: no file, too large, mostly holes; signed by nobody known, longer
            or shorter than it declares, or its first line was not signed as it is.
        DiagError: when there is no room for it.
    """
    found = source.stat()
    size = found.st_size
    if not source.is_file():
        raise BundleError(Fault.NO_BUNDLE)
    if size > limits.file_bytes:
        most = number(limits.file_bytes // 2**20)
        raise BundleError(Fault.TOO_LARGE, f"{number(size // 2**20)} Mo, {most} admis")
    if disk_usage(folder).free < size:
        raise DiagError(
            f"{source} : pas assez de place sur le disque pour lire ce paquet "
            f"({number(size // 2**20 + 1)} Mo). Rien n'a été lu. Libérez-en, puis "
            "recommencez."
        )
    held = _BLOCK * getattr(found, "st_blocks", size)  # Windows counts none
    if size > _SMALL and held < size / 2:
        raise BundleError(Fault.DAMAGED, "fichier troué")
    with source.open("rb") as file:
        envelope = read_envelope(file)
    if envelope is None:
        return
    if envelope.signer not in signers:
        raise BundleError(Fault.UNKNOWN_SIGNER)
    if size != (declared := LENGTH + envelope.size):
        raise BundleError(Fault.DAMAGED, f"{size} octets au lieu de {declared}")
    if not is_signed(envelope.signer, envelope.content, envelope.signature):
        raise BundleError(Fault.DAMAGED, "signature fausse")


def check_read(path: Path, signer: str) -> None:
    """Refuse a file whose envelope is not about what it holds.

    `signer`: who signed what is inside.

    Raises:
        BundleError: when somebody else did, or it holds other bytes.
    """
    with path.open("rb") as file:
        envelope = read_envelope(file)
        if envelope is None:
            return
        digest = sha256()
        while step := file.read(2**20):
            digest.update(step)
    if envelope.signer != signer or envelope.digest != digest.hexdigest():
        raise BundleError(Fault.DAMAGED, "l'enveloppe est celle d'un autre paquet")
