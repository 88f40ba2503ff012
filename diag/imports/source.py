"""A file as it arrives: size, fingerprint, text, rows; or a refusal in French.

Files come out of Excel, e-mails and archives: nothing is assumed of them but a bound.
"""

import csv
import gzip
import hashlib
import json
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from diag.model.errors import DiagError
from diag.model.text import file_words
from diag.words.sentences import system_sentence

MAX_BYTES = 200 * 2**20
"""Largest file read, in bytes once decompressed: three times the whole country's."""

_SAVE_AS_CSV = (
    "Dans Excel : Enregistrer sous, « CSV UTF-8 (délimité par des virgules) »"
)

_OTHER_KINDS = (
    (b"\xd0\xcf\x11\xe0", "un classeur Excel ancien (xls) ou protégé"),
    (b"%PDF", "un document PDF"),
    (b"\xff\xfe", "un texte en UTF-16"),
    (b"\xfe\xff", "un texte en UTF-16"),
)


class ImportRefusedError(DiagError):
    """A file that cannot be imported at all; nothing was changed."""


@dataclass(frozen=True)
class InputFile:
    """The text of a file, and how it was obtained."""

    name: str
    """File name, without its folder."""
    text: str
    """Line ends are line feeds, the byte order mark is gone."""
    sha256: str
    encoding: str
    """`UTF-8`, `CP1252`, `Mac Roman`, `CP850`, or `XLSX`; two when mixed."""
    is_doubtful: bool = False
    """Whether some letters are perhaps not those that were written."""
    delimiter: str = ""
    """What stands between cells, when that is known: in what was a workbook."""
    left_sheets: tuple[str, ...] = ()
    """Sheets of a workbook that are not read."""


Suits = Callable[[tuple[str, ...]], bool]
"""Whether the first row of a sheet is that of the table looked for."""


def read_file(path: Path, most: int) -> bytes:
    """Return the bytes of a file that somebody named: `most` and one, if it has more.

    Raises:
        DiagError: when it is no file, or cannot be read.
    """
    try:
        if not path.is_file():  # a pipe would never end
            raise DiagError(f"{path} : ce fichier n'existe pas, ou n'en est pas un.")
        with path.open("rb") as file:
            return file.read(most + 1)
    except OSError as error:
        raise DiagError(system_sentence(error)) from error
    except ValueError as error:  # a name with a NUL
        raise DiagError(f"{path} : ce chemin n'est pas possible.") from error


def read_source(path: Path, suits: Suits | None = None) -> InputFile:
    """Return the text of a file, decompressed and decoded.

    Of a workbook it is the first sheet that `suits`, else the first that holds a row.

    Raises:
        ImportRefusedError: when it is missing, too big, or no text.
    """
    name = file_words(path.name)
    if not path.is_file():
        raise refusal(name, "fichier introuvable", "Vérifiez le chemin")
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
        sha256 = hashlib.sha256(raw).hexdigest()
        if raw.startswith(b"\x1f\x8b"):
            with gzip.open(path, "rb") as stream:
                raw = stream.read(MAX_BYTES + 1)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        remedy = "Téléchargez-le de nouveau"
        raise refusal(name, "l'archive gzip est abîmée", remedy) from error
    except OSError as error:
        problem = f"lecture impossible ({error.strerror})"
        raise refusal(name, problem, "Vérifiez les droits et le support") from error
    if len(raw) > MAX_BYTES:
        limit = f"plus de {MAX_BYTES // 2**20} Mo, le plus gros fichier admis"
        raise refusal(name, limit, "Exportez vos seuls départements")
    return source_of(name, raw, sha256, suits=suits)


def source_of(
    name: str,
    raw: bytes,
    sha256: str,
    most: int = MAX_BYTES,
    suits: Suits | None = None,
) -> InputFile:
    """Return the text of the bytes of a file; `most`: bytes of a part unpacked.

    Raises:
        ImportRefusedError: when they are no text.
    """
    for magic, kind in _OTHER_KINDS:
        if raw.startswith(magic):
            raise refusal(name, f"c'est {kind}, non un fichier CSV", _SAVE_AS_CSV)
    if raw.startswith(b"PK\x03\x04"):
        return _of_workbook(name, raw, sha256, most, suits)
    if b"\0" in raw:
        raise refusal(
            name,
            "le fichier contient des octets nuls : ce n'est pas du texte",
            "Téléchargez-le de nouveau en CSV",
        )
    text, encoding = _decoded(raw)
    if _ODDITIES.search(text):  # perhaps of letters encoded twice
        mended = _NOT_ASCII.sub(lambda run: _read_again(run[0]), text)
        encoding += " codé deux fois" * (mended != text)
        text = mended
    if not text.strip():
        raise refusal(name, "le fichier est vide", "Téléchargez-le de nouveau")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    is_doubtful = _ODDITIES.search(text) is not None
    return InputFile(name, text, sha256, encoding, is_doubtful)


def _of_workbook(
    name: str, raw: bytes, sha256: str, most: int, suits: Suits | None
) -> InputFile:
    from diag.imports import workbook  # noqa: PLC0415 - XML, 15 ms, for workbooks only

    try:
        found = workbook.workbook_text(raw, most, suits)
    except workbook.DAMAGES as error:
        problem = "le classeur est abîmé, trop gros ou illisible"
        raise refusal(name, problem, _SAVE_AS_CSV) from error
    if found is None:
        problem = "c'est une archive (zip), non un classeur ni un fichier CSV"
        raise refusal(name, problem, "Sortez-en le fichier, puis importez-le")
    if not found.text:
        raise refusal(name, "le classeur est vide", "Téléchargez-le de nouveau")
    is_doubtful = _ODDITIES.search(found.text) is not None
    return InputFile(
        name, found.text, sha256, found.kind, is_doubtful, ";", found.others
    )


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal; empty when it cannot be read."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""


def refusal(
    file: str, problem: str, remedy: str, *, command: str = ""
) -> ImportRefusedError:
    """Return the refusal of a whole file: what is wrong, and what to do."""
    return ImportRefusedError(
        f"{file} : {problem}. Rien n'a été importé. {remedy}.", command=command
    )


def _decoded(raw: bytes) -> tuple[str, str]:
    """Return the text and its encoding, which may differ from line to line.

    Lines that are no UTF-8 come from Excel, on Windows or on an old Mac: the encoding
    that gives more French letters is taken. Five bytes mean nothing in CP1252; they
    become U+FFFD, which the reader of the line refuses.
    """
    try:
        return raw.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError:
        lines = raw.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    others = [line for line in lines if not _is_utf8(line)]
    sample = b"\n".join(others)[:_SAMPLE]
    codec = max(
        _CODECS, key=lambda name: _french_score(sample.decode(name, errors="replace"))
    )
    text = "\n".join(
        line.decode("utf-8" if _is_utf8(line) else codec, errors="replace")
        for line in lines
    )
    is_mixed = any(not line.isascii() and _is_utf8(line) for line in lines)
    name = _CODECS[codec]
    return text, f"UTF-8 et {name} mêlés" if is_mixed else name


_CODECS = {"cp1252": "CP1252", "mac_roman": "Mac Roman", "cp850": "CP850"}
_SAMPLE = 2**20

_COMMON, _RARE, _SIGNS = (
    "éèàçê",
    "âîïôùûëüÿœæÉÈÀÇÊÂÎÏÔÙÛËÜŸŒÆ",
    "’‘“”«»–—…€°²³·ºª§\xa0\u202f",
)
_FRENCH = frozenset(_COMMON + _RARE + _SIGNS)
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_ODDITIES = re.compile("\ufffd|[ÃÂâ√¬][^\x00-\x7f]|[a-zéèêàç][ŽŠƒˆ™‡√ÃÈËÍÁÔ\x80-\x9f]")
"""What French never writes: a character lost, an accent read in another encoding."""


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _french_score(text: str) -> int:
    """Return how French the letters beyond ASCII are."""
    counts = Counter("".join(_NOT_ASCII.findall(text)))
    score = 0
    for letter, number in counts.items():
        weight = 4 if letter in _COMMON else 1 if letter in _FRENCH else -2
        score += weight * number
    return score - 2 * len(_ODDITIES.findall(text))


def _read_again(run: str) -> str:
    for codec in _CODECS:
        raw = b""
        try:
            for char in run:
                is_control = codec == "cp1252" and "\x80" <= char < "\xa0"
                raw += char.encode("latin-1" if is_control else codec)
            again = raw.decode("utf-8")
        except UnicodeError:
            continue
        if _FRENCH.issuperset(again):
            return again
    return run


# A quote that never closes takes its own line only, never the rest of the file.
MAX_LINE = 2**19
"""Longest line read, in characters: the outline of a commune takes one."""

csv.field_size_limit(MAX_LINE)  # a cell is no longer than its line

MAX_COLUMNS = 500
"""Most columns read: seven times the widest real file."""

_MAX_QUOTED_LINES = 10
_DELIMITERS = ";,\t"
_BLANK = f"{_DELIMITERS} "


class TableRow(NamedTuple):
    """The cells of one row, as many as there are columns."""

    line: int
    """Line of the file where the row starts, or number of the record in JSON."""
    cells: list[str]


class BadRow(NamedTuple):
    """A row that cannot be cut into the columns of the header."""

    line: int
    reason: str
    cells: tuple[str, ...] = ()
    """What it seems to hold: nothing of it is to be imported."""


class Doubt(NamedTuple):
    """Why a row that is read may not hold what was written."""

    line: int
    reason: str


@dataclass(frozen=True)
class RawTable:
    """What a file holds, before anything is known of its meaning."""

    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]
    bad_rows: tuple[BadRow, ...]
    unit: str
    """What `line` counts, in French: `ligne` or `enregistrement`."""
    is_cut: bool
    """Whether the last line stops short: an interrupted download."""
    doubts: tuple[Doubt, ...] = ()


def read_table(source: InputFile, *, is_typed: bool = False) -> RawTable:
    """Return the rows of a CSV or JSON text; a row of another width is a bad one.

    In a table that `is_typed` by hand, a row may leave out the empty cells at its end.

    Raises:
        ImportRefusedError: when JSON is broken or holds no records.
    """
    start = source.text.lstrip()[:1]
    return (
        _from_json(source)
        if start in {"[", "{"}
        else _from_csv(source, is_typed=is_typed)
    )


def _from_csv(source: InputFile, *, is_typed: bool) -> RawTable:
    lines = source.text.split("\n")
    first = next(
        at
        for at, line in enumerate(lines)
        if line.strip(_BLANK) or at == len(lines) - 1
    )
    delimiter = source.delimiter
    named = re.fullmatch(r"sep=([;,\t])", lines[first], re.IGNORECASE)
    if named and first + 1 < len(lines):  # a line of Excel's own
        first, delimiter = first + 1, named[1]
    header = lines[first]
    if len(header) > MAX_LINE:
        raise refusal(
            source.name,
            f"ligne {first + 1} de plus de {MAX_LINE} caractères",
            "Ce n'est pas un CSV ligne par ligne : téléchargez-le de nouveau",
        )
    delimiter = delimiter or max(_DELIMITERS, key=header.count)
    columns = tuple(name.strip() for name in _quoted([header], delimiter)[0])
    _check_width(source, columns)
    rows: list[TableRow] = []
    bad: list[BadRow] = []
    width = len(columns)
    cut = not source.delimiter and not source.text.endswith("\n")
    for line, cells in _records(lines[first + 1 :], first + 2, delimiter, width, bad):
        missing = len(columns) - len(cells)
        if missing == 0 or (is_typed and missing > 0):
            rows.append(TableRow(line, cells + [""] * missing))
            continue
        # Empty cells at its end excuse nothing: a stray delimiter pushes them there.
        reason = f"{len(cells)} colonnes au lieu de {len(columns)}"
        if missing > 0 and line == len(lines):
            cut = True
            reason = "ligne coupée : le fichier s'arrête au milieu"
        bad.append(BadRow(line, reason, tuple(cells)))
    doubts = [
        Doubt(row.line, "guillemet isolé")
        for row in (rows if '"' in source.text else ())
        if '"' in "".join(row.cells) and any(cell.count('"') % 2 for cell in row.cells)
    ]
    if cut and rows and rows[-1].line == len(lines):
        doubts.append(Doubt(rows[-1].line, "dernière ligne, peut-être coupée"))
    return RawTable(columns, tuple(rows), tuple(bad), "ligne", cut, tuple(doubts))


def _records(
    lines: list[str], number: int, delimiter: str, width: int, bad: list[BadRow]
) -> Iterator[tuple[int, list[str]]]:
    index = 0
    while index < len(lines):
        line, start = lines[index], number + index
        index += 1
        if len(line) > MAX_LINE:
            reason = f"ligne de plus de {MAX_LINE} caractères"
            bad.append(BadRow(start, reason, tuple(line[:MAX_LINE].split(delimiter))))
        elif '"' in line:
            span = lines[index - 1 : index - 1 + _MAX_QUOTED_LINES]
            cells, taken = _quoted(span, delimiter)
            inside = (part for cell in cells for part in cell.split("\n")[1:])
            # A quote that was to close here closes a row too late.
            if any(part.count(delimiter) >= width - 1 for part in inside):
                cells, taken = line.split(delimiter), 1
            index += taken - 1
            yield start, cells
        elif line.strip(delimiter + " "):
            yield start, line.split(delimiter)


def _quoted(lines: list[str], delimiter: str) -> tuple[list[str], int]:
    for taken in range(1, len(lines) + 1):
        joined = "\n".join(lines[:taken])
        if len(joined) > MAX_LINE:
            break
        try:
            (cells,) = csv.reader([joined], delimiter=delimiter, strict=True)
        except (csv.Error, ValueError):
            continue
        return cells, taken
    return lines[0].split(delimiter), 1


def _from_json(source: InputFile) -> RawTable:
    try:
        parsed = json.loads(source.text)
        if isinstance(parsed, dict):
            parsed = parsed.get("results", parsed.get("records"))
        if not isinstance(parsed, list):
            raise ValueError("no list of records")  # noqa: TRY004, TRY301 - just below
        records: list[Mapping[str, object]] = []
        for record in parsed:
            fields = record
            for wrapper in ("record", "fields"):
                if isinstance(fields, dict) and isinstance(fields.get(wrapper), dict):
                    fields = fields[wrapper]
            records += [fields] if isinstance(fields, dict) else []
        columns = tuple(dict.fromkeys(name for record in records for name in record))
        _check_width(source, columns)
        rows = tuple(
            TableRow(number, [_cell(record.get(name)) for name in columns])
            for number, record in enumerate(records, start=1)
        )
    except (ValueError, RecursionError) as error:
        where = f"ligne {error.lineno}, " if hasattr(error, "lineno") else ""
        raise refusal(
            source.name,
            f"{where}JSON coupé, ou sans liste d'enregistrements",
            "Téléchargez-le de nouveau, ou prenez l'export CSV",
        ) from error
    return RawTable(columns, rows, (), "enregistrement", is_cut=False)


def _check_width(source: InputFile, columns: tuple[str, ...]) -> None:
    if len(columns) > MAX_COLUMNS:
        raise refusal(
            source.name,
            f"{len(columns)} colonnes, plus que les {MAX_COLUMNS} admises",
            "Prenez le fichier tel que le portail l'exporte",
        )


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, dict):
        if "lat" in value and "lon" in value:
            return f"{value['lat']}, {value['lon']}"
        return ""
    if isinstance(value, Iterable) and not isinstance(value, str):
        return "|".join(_cell(item) for item in value)
    return str(value)
