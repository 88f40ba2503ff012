"""Opening a bundle: decrypted, inflated by steps, read as it comes, then proven.

Nothing in clear touches the disk: the sealed file is read twice, once to be verified
whole, once to be read in.
"""

import zlib
from collections.abc import Collection
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from diag.journal.errors import RefusedError
from diag.journal.revision import parse
from diag.sync.bundle.form import SIGNED, Header, Limits, Trailer
from diag.sync.bundle.payload import Payload, Sink
from diag.sync.bundle.problems import BundleError, Fault
from diag.sync.bundle.sealing import age

LIMITS = Limits()
"""Those of this version."""


_STEP = 64 * 1024


_GZIP = 31


_NOT_FOR_US = "No matching keys found"


class Verified(NamedTuple):
    """A bundle that was read whole and found right."""

    header: Header
    refused: int
    """Lines that this version cannot read: each will be refused alone."""


def verify(
    path: Path, identity: str, signers: Collection[str], limits: Limits = LIMITS
) -> Verified:
    """Read a bundle whole, and keep nothing of it but its header.

    Raises:
        BundleError: when it is not for this device, nor from a known one, or is not
            exactly what was signed.
    """
    proof = _Proof(signers, limits.refused)
    header, trailer = read_bundle(path, identity, proof, limits)
    _check_signature(header, trailer)
    proof.check_sums(header)
    return Verified(header, proof.refused)


def read_bundle(
    path: Path, identity: str, sink: Sink, limits: Limits = LIMITS
) -> tuple[Header, Trailer]:
    """Tell a sink what a bundle holds; return both its ends.

    Raises:
        BundleError: when it cannot be opened, or is cut.
    """
    sealing = age()

    inflating = _Inflating(Payload(sink, limits), limits)
    try:
        with path.open("rb") as file:
            who = [sealing.x25519.Identity.from_str(identity)]
            sealing.decrypt_io(file, inflating, who)
    except sealing.DecryptError as error:
        foreign = str(error) == _NOT_FOR_US
        raise BundleError(_fault(path, foreign=foreign)) from error
    except OSError as error:
        if error.errno is not None:
            raise
        raise BundleError(Fault.DAMAGED) from error  # a piece is not what was sealed
    return inflating.end()


def _fault(path: Path, *, foreign: bool) -> Fault:
    if foreign:
        return Fault.NOT_FOR_US
    with path.open("rb") as file:
        sealed = file.read(len(_SEAL)) == _SEAL
    return Fault.DAMAGED if sealed else Fault.NO_BUNDLE


_SEAL = b"age-encryption.org/"


class _Inflating:
    """What decryption writes to."""

    def __init__(self, payload: Payload, limits: Limits) -> None:
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
    """Adds up what a bundle holds, and refuses at once who is not known."""

    def __init__(self, signers: Collection[str], most_refused: int) -> None:
        self._signers = signers
        self._most_refused = most_refused
        self._sums: dict[str, list[int]] = {}
        self.refused = 0

    def header(self, header: Header) -> None:
        if header.signer not in self._signers:
            raise BundleError(Fault.UNKNOWN_SIGNER)

    def line(self, line: bytes) -> None:
        try:
            revision = parse(line)
        except RefusedError:
            self.refused += 1
            if self.refused > self._most_refused:
                lines = f"plus de {self._most_refused} modifications illisibles"
                raise BundleError(Fault.DAMAGED, lines) from None
            return
        sums = self._sums.setdefault(revision.audit, [0, 0])
        sums[0] += 1
        sums[1] ^= int.from_bytes(revision.key)

    def lines_done(self) -> None:
        pass

    def blob(self, sha: str, content: bytes) -> None:
        pass

    def check_sums(self, header: Header) -> None:
        """Refuse a bundle that does not hold the audits that it announces."""
        told = {
            one.audit: [one.revisions, int(one.digest, 16)]
            for one in header.audits
            if one.revisions
        }
        foreign = self._sums.keys() - told.keys()
        if foreign or (not self.refused and told != self._sums):
            raise BundleError(Fault.DAMAGED, "le contenu n'est pas celui annoncé")


def _check_signature(header: Header, trailer: Trailer) -> None:
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - 30 ms
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415
        Ed25519PublicKey,
    )

    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(header.signer))
    signed = SIGNED + bytes.fromhex(trailer.digest)
    try:
        key.verify(bytes.fromhex(trailer.signature), signed)
    except InvalidSignature as error:
        raise BundleError(Fault.DAMAGED, "signature fausse") from error


def sha_of(path: Path) -> str:
    """Return the SHA-256 of a file, read by steps."""
    found = sha256()
    with path.open("rb") as file:
        while step := file.read(2**20):
            found.update(step)
    return found.hexdigest()
