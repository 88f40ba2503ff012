"""The inside of a bundle, read as it comes: never more than one item in memory."""

from collections.abc import Callable
from hashlib import sha256
from typing import Protocol, TypeVar

from pydantic import ValidationError

from diag.sync.bundle.form import VERSION, Frame, Header, Limits, Trailer
from diag.sync.bundle.problems import BundleError, Fault
from diag.sync.protocol import Wire

W = TypeVar("W", bound=Wire)


_FORMAT = b'"format":"diag-bundle"'


class Sink(Protocol):
    """Who hears what a bundle holds, in order."""

    def header(self, header: Header) -> None:
        """Hear the header."""

    def line(self, line: bytes) -> None:
        """Hear a revision."""

    def lines_done(self) -> None:
        """Hear that all revisions were heard."""

    def blob(self, sha: str, content: bytes) -> None:
        """Hear an attachment, found to be what its name says."""


class Payload:
    """Takes bytes in any pieces; tells its sink what they hold."""

    def __init__(self, sink: Sink, limits: Limits) -> None:
        self._sink = sink
        self._limits = limits
        self._buffer = bytearray()
        self._scanned = 0
        self._hash = sha256()
        self._step: Callable[[], bool] = self._read_header
        self._lines = 0
        self._blobs = 0
        self._header: Header | None = None
        self._frame: Frame | None = None
        self._trailer: Trailer | None = None

    def feed(self, data: bytes) -> None:
        """Take some bytes.

        Raises:
            BundleError: as soon as they cannot be a bundle's.
        """
        self._buffer += data
        while self._step():
            pass

    def end(self) -> tuple[Header, Trailer]:
        """Return both ends of a bundle that was read whole.

        Raises:
            BundleError: when something lacks, or something follows.
        """
        if self._header is None or self._trailer is None or self._buffer:
            raise BundleError(Fault.DAMAGED)
        return self._header, self._trailer

    def _line(self, longest: int) -> bytes | None:
        """Take a line off the buffer; None when its end has not come yet."""
        at = self._buffer.find(b"\n", self._scanned)
        if (len(self._buffer) if at < 0 else at) > longest:
            raise BundleError(Fault.TOO_LARGE, "ligne trop longue")
        if at < 0:
            self._scanned = len(self._buffer)
            return None
        line = bytes(self._buffer[:at])
        del self._buffer[: at + 1]
        self._scanned = 0
        return line

    def _read_header(self) -> bool:
        line = self._line(self._limits.header_bytes)
        if line is None:
            return False
        self._hash.update(line + b"\n")
        self._header = header = _header(line)
        for number, most in (
            (len(header.audits), self._limits.audits),
            (header.revisions, self._limits.revisions),
            (header.blobs, self._limits.blobs),
        ):
            if number > most:
                raise BundleError(Fault.TOO_LARGE, f"{number} éléments, {most} admis")
        self._sink.header(header)
        self._next()
        return True

    def _next(self) -> None:
        """Choose what comes now, from what the header announced."""
        assert self._header is not None
        if self._lines < self._header.revisions:
            self._step = self._read_line
            return
        if self._step != self._read_blob:
            self._sink.lines_done()
        more = self._blobs < self._header.blobs
        self._step = self._read_frame if more else self._read_trailer

    def _read_line(self) -> bool:
        line = self._line(self._limits.line_bytes)
        if line is None:
            return False
        self._hash.update(line + b"\n")
        self._lines += 1
        self._sink.line(line)
        self._next()
        return True

    def _read_frame(self) -> bool:
        line = self._line(self._limits.line_bytes)
        if line is None:
            return False
        self._hash.update(line + b"\n")
        self._frame = _parsed(Frame, line)
        if self._frame.size > self._limits.blob_bytes:
            raise BundleError(Fault.TOO_LARGE, "pièce jointe trop grosse")
        self._step = self._read_blob
        return True

    def _read_blob(self) -> bool:
        assert self._frame is not None
        if len(self._buffer) < self._frame.size:
            return False
        content = bytes(self._buffer[: self._frame.size])
        del self._buffer[: self._frame.size]
        self._hash.update(content)
        if sha256(content).hexdigest() != self._frame.blob:
            raise BundleError(Fault.DAMAGED, "pièce jointe altérée")
        self._blobs += 1
        self._sink.blob(self._frame.blob, content)
        self._next()
        return True

    def _read_trailer(self) -> bool:
        line = self._line(self._limits.line_bytes)
        if line is None:
            return False
        self._trailer = trailer = _parsed(Trailer, line)
        told = (trailer.revisions, trailer.blobs, trailer.digest)
        if told != (self._lines, self._blobs, self._hash.hexdigest()):
            raise BundleError(Fault.DAMAGED)
        self._step = self._refuse_more
        return True

    def _refuse_more(self) -> bool:
        if self._buffer:
            raise BundleError(Fault.DAMAGED, "des octets suivent la fin")
        return False


def _header(line: bytes) -> Header:
    """Read the first line, a newer version's told apart from what is no bundle."""
    if _FORMAT not in line:
        raise BundleError(Fault.NO_BUNDLE)
    version = _parsed(_Versioned, line).version
    if version > VERSION:
        raise BundleError(Fault.NEWER, f"forme {version}")
    return _parsed(Header, line)


class _Versioned(Wire):
    version: int


def _parsed(noun: type[W], line: bytes) -> W:
    try:
        return noun.model_validate_json(line)
    except ValidationError as error:
        raise BundleError(Fault.DAMAGED) from error
