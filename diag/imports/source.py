"""A file as it arrives: its size, its fingerprint, its text; or a refusal in French.

Files come out of Excel, e-mails and archives: nothing is assumed of them but a bound.
"""

import gzip
import hashlib
import zlib
from dataclasses import dataclass
from pathlib import Path

from diag.model.errors import DiagError

MAX_BYTES = 200 * 2**20
"""Largest file read, in bytes once decompressed: three times the whole country's."""

_SAVE_AS_CSV = (
    "Dans Excel : Enregistrer sous, « CSV UTF-8 (délimité par des virgules) »"
)
_OTHER_KINDS = (
    (b"PK\x03\x04", "un classeur ou une archive (xlsx, ods, zip)"),
    (b"\xd0\xcf\x11\xe0", "un ancien classeur Excel (xls)"),
    (b"%PDF", "un document PDF"),
    (b"\xff\xfe", "un texte en UTF-16"),
    (b"\xfe\xff", "un texte en UTF-16"),
)


class ImportRefusedError(DiagError):
    """A file that cannot be imported at all; nothing was changed."""


@dataclass(frozen=True)
class Source:
    """The text of a file, and how it was obtained."""

    name: str
    """File name, without its folder."""
    text: str
    """Line ends are line feeds, the byte order mark is gone."""
    sha256: str
    encoding: str
    """`UTF-8`, `CP1252`, or both when some lines are in each."""


def read_source(path: Path) -> Source:
    """Return the text of a file, decompressed and decoded.

    Raises:
        ImportRefusedError: when it is missing, too big, or no text.
    """
    raw, sha256 = _bytes_of(path)
    for magic, kind in _OTHER_KINDS:
        if raw.startswith(magic):
            raise refusal(path.name, f"c'est {kind}, non un fichier CSV", _SAVE_AS_CSV)
    if b"\0" in raw:
        raise refusal(
            path.name,
            "le fichier contient des octets nuls : ce n'est pas du texte",
            "Téléchargez-le de nouveau en CSV",
        )
    text, encoding = _decoded(raw)
    if not text.strip():
        raise refusal(path.name, "le fichier est vide", "Téléchargez-le de nouveau")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return Source(path.name, text, sha256, encoding)


def refusal(
    file: str, problem: str, remedy: str, *, command: str = ""
) -> ImportRefusedError:
    """Return the refusal of a whole file: what is wrong, and what to do."""
    return ImportRefusedError(
        f"{file} : {problem}. Rien n'a été importé. {remedy}.", command=command
    )


def _bytes_of(path: Path) -> tuple[bytes, str]:
    if not path.is_file():
        raise refusal(path.name, "fichier introuvable", "Vérifiez le chemin")
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
        sha256 = hashlib.sha256(raw).hexdigest()
        if raw.startswith(b"\x1f\x8b"):
            with gzip.open(path, "rb") as stream:
                raw = stream.read(MAX_BYTES + 1)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        remedy = "Téléchargez-le de nouveau"
        raise refusal(path.name, "l'archive gzip est abîmée", remedy) from error
    except OSError as error:
        problem = f"lecture impossible ({error.strerror})"
        raise refusal(
            path.name, problem, "Vérifiez les droits et le support"
        ) from error
    if len(raw) > MAX_BYTES:
        limit = f"plus de {MAX_BYTES // 2**20} Mo, le plus gros fichier admis"
        raise refusal(path.name, limit, "Exportez vos seuls départements")
    return raw, sha256


def _decoded(raw: bytes) -> tuple[str, str]:
    """Return the text and its encoding, which may differ from line to line.

    A line that is no UTF-8 is CP1252: what Excel writes. Five bytes mean nothing
    there; they become U+FFFD, which the reader of the line refuses.
    """
    try:
        return raw.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError:
        lines = [_decoded_line(line) for line in raw.split(b"\n")]
    text = "\n".join(line for line, _ in lines).removeprefix("\ufeff")
    unicode_lines = any(utf8 and not line.isascii() for line, utf8 in lines)
    return text, "UTF-8 et CP1252 mêlés" if unicode_lines else "CP1252"


def _decoded_line(line: bytes) -> tuple[str, bool]:
    try:
        return line.decode("utf-8"), True
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace"), False
