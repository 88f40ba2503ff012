"""The clear first line of a bundle: who signed it, how long it is, what it hashes to.

What is not from somebody known, or not of the length declared, is refused before any of
it is opened or copied. A bundle without it is of the first form: it is read still.
"""

import re
from collections.abc import Collection
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Final, Literal

from pydantic import Field, ValidationError

from diag.journal.revision import Json, dumps
from diag.journal.seals import is_signed
from diag.model.audit import Digest
from diag.sync.bundle.format import BundleError, Fault, Natural
from diag.sync.bundle.keys import DeviceKeys
from diag.sync.protocol import Wire

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


def check_unread(source: Path, signers: Collection[str]) -> None:
    """Refuse a file by its first line and its size alone.

    Raises:
        BundleError: signed by nobody known, longer or shorter than it declares, mostly
            holes, or its first line was not signed as it is.
    """
    found = source.stat()
    held = _BLOCK * getattr(found, "st_blocks", found.st_size)  # Windows counts none
    if found.st_size > _SMALL and held < found.st_size / 2:
        raise BundleError(Fault.DAMAGED, "fichier troué")
    with source.open("rb") as file:
        envelope = read_envelope(file)
    if envelope is None:
        return
    if envelope.signer not in signers:
        raise BundleError(Fault.UNKNOWN_SIGNER)
    if found.st_size != LENGTH + envelope.size:
        declared, size = LENGTH + envelope.size, found.st_size
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
