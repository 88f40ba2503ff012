"""What a file of another tool holds, and how such a file is read without trusting it.

Every reader is a pure function of bytes, bounded in memory and time: a file is refused
in French, or read as far as it is whole.
"""

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from xml.etree.ElementTree import Element
from xml.parsers import expat

from diag.model.errors import DiagError
from diag.model.measure import HeardNetwork, MeasuredFigure
from diag.model.text import clean_line
from diag.words.sentences import number

MAX_BYTES = 8 * 2**20
"""Largest file read: ten times the longest inventory of one computer."""

MAX_DEVICES = 5000
"""Most devices kept of a file: more than the schools of a syndicat own."""


def remark_past_most(many: int, what: str) -> list[str]:
    """Return a remark on devices, or lines, past the most read; nothing when all are.

    `what` names them, in the plural.
    """
    past = (
        f"Le fichier donne {number(many)} {what} : au-delà de {number(MAX_DEVICES)}, "
        "rien n'est lu. Gardez ce qui est de l'école, puis relisez-le."
    )
    return [past] if many > MAX_DEVICES else []


_MAX_ELEMENTS, _MAX_DEPTH, _MAX_DOCUMENTS = 100_000, 60, 10_000
_LINE = 120


class EvidenceRefusedError(DiagError):
    """A file that cannot be evidence; nothing was kept of it."""


class DeviceKind(StrEnum):
    """What a device is, as far as its tool knows."""

    COMPUTER = "computer"
    TABLET = "tablet"
    NETWORK = "network"
    """A switch, a router, a firewall."""
    ACCESS_POINT = "access_point"
    PRINTER = "printer"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ListedDevice:
    """One device of the school, without a word about who uses it."""

    kind: DeviceKind
    name: str = ""
    serial: str = ""
    macs: frozenset[str] = frozenset()
    """Lower case, `:` between bytes; never one that a device drew at random."""
    maker: str = ""
    model: str = ""
    system: str = ""
    """Full name of the operating system, as its tool writes it."""
    shape: str = ""
    """Form of a computer: `Laptop`, `Desktop`… as inventories name it."""
    memory_gb: float | None = None
    disk_gb: float | None = None
    room: str = ""
    """Place that a console gives it."""


@dataclass(frozen=True, slots=True)
class EvidenceRead:
    """What one file holds."""

    tool: str
    """Its tool, for people: « GLPI Agent », « Ookla Speedtest 1.2 »."""
    on: str = ""
    """ISO day that it bears; empty when it bears none."""
    devices: tuple[ListedDevice, ...] = ()
    figures: tuple[MeasuredFigure, ...] = ()
    networks: tuple[HeardNetwork, ...] = ()
    people: tuple[str, ...] = ()
    """Who is named in it: who signed an authorisation, who informed."""
    remarks: tuple[str, ...] = ()
    """What was left aside, and why; French sentences."""
    is_telling: bool = True
    """Whether its networks tell of the school's: not if their names are hidden, nor if
    its Wi-Fi was to be off."""


def decoded(raw: bytes) -> str:
    """Return the text of a file of a console, whatever wrote it; never fails.

    Windows writes UTF-16, cp850 or cp1252, an old Mac its own: of those that fit, the
    one that gives the most French letters.
    """
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        samples = {one: raw[:65_536].decode(one, errors="replace") for one in _CODECS}
        marks = {
            one: [char in _FRENCH for char in text if not char.isascii()]
            for one, text in samples.items()
        }
        best = max(_CODECS, key=lambda one: 2 * sum(marks[one]) - len(marks[one]))
        return raw.decode(best, errors="replace")


_CODECS = ("cp1252", "cp850", "mac_roman")
_FRENCH = frozenset("éèêëàâçîïôöùûüÉÈÊÀÇÎÔœŒ’«»°\u00a0")


def json_documents(raw: bytes) -> tuple[list[Any], bool]:
    """Return the JSON documents of a file, one or many, and whether it is whole.

    What a terminal wrote before the first one (« ^C ») is passed over.

    Raises:
        EvidenceRefusedError: no document at all.
    """
    text = decoded(raw)
    start = re.search(r"[\[{]", text[:400])
    found: list[Any] = []
    decoder, at = json.JSONDecoder(), start.start() if start else len(text)
    is_whole = True
    while at < len(text) and len(found) < _MAX_DOCUMENTS:
        try:
            document, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            is_whole = False
            break
        found.append(document)
        blank = re.compile(r"[\s,]*").match(text, at)
        at = blank.end() if blank else at
    if not found:
        raise EvidenceRefusedError(
            "Ce JSON est coupé ou abîmé. Exportez-le de nouveau."
        )
    return found, is_whole


def parse_xml(raw: bytes) -> tuple[Element, bool]:
    """Return the root of an XML file, and whether it is whole.

    Of a file that stops half-way, what is closed is kept. An entity that a file
    declares is refused, never expanded; a DOCTYPE alone is harmless, nmap writes one.

    Raises:
        EvidenceRefusedError: no XML, a declared entity, too deep or too many elements.
    """
    tree = _Tree()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = tree.start
    parser.EndElementHandler = tree.end
    parser.CharacterDataHandler = tree.text
    parser.EntityDeclHandler = _refuse_entity
    parser.ExternalEntityRefHandler = _refuse_entity
    is_whole = True
    try:
        parser.Parse(raw, True)
    except (expat.ExpatError, LookupError, ValueError):
        is_whole = False
    if tree.root is None:
        raise EvidenceRefusedError("Ce fichier n'est pas du XML qui se lise.")
    tree.drop_open()
    return tree.root, is_whole


def _refuse_entity(*_declared: object) -> int:
    raise EvidenceRefusedError(
        "Ce XML déclare des entités, ce qu'aucun inventaire ne fait : il n'est pas lu."
    )


class _Tree:
    """The elements that a parser opens and closes, counted."""

    def __init__(self) -> None:
        self.root: Element | None = None
        self._open: list[Element] = []
        self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > _MAX_ELEMENTS or len(self._open) >= _MAX_DEPTH:
            raise EvidenceRefusedError(
                "Ce XML a trop d'éléments, ou trop emboîtés, pour un inventaire."
            )
        element = Element(name, attributes)
        if self._open:
            self._open[-1].append(element)
        elif self.root is None:
            self.root = element
        self._open.append(element)

    def end(self, _name: str) -> None:
        self._open.pop()

    def text(self, data: str) -> None:
        last = self._open[-1]
        if not len(last):
            last.text = (last.text or "") + data

    def drop_open(self) -> None:
        """Take away the device that the end of the file left open, or half a value."""
        inside = self._open[1:]
        last = inside[-1:]
        for cut in [one for one in inside if one.tag in {"host", "DEVICE"}][:1] or last:
            self._open[self._open.index(cut) - 1].remove(cut)


def entry_of(value: object) -> Mapping[str, Any]:
    """Return a JSON object; an empty one for anything else."""
    return value if isinstance(value, Mapping) else {}


def entries_of(value: object) -> Iterator[Mapping[str, Any]]:
    """Give the objects of a JSON list, or the one that stands for it."""
    if isinstance(value, Mapping):
        yield value
    elif isinstance(value, list):
        yield from (each for each in value if isinstance(each, Mapping))


def line_of(value: object, most: int = _LINE) -> str:
    """Return a short text, cleaned, on one line; empty for what is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    try:
        return clean_line(str(value)[: 4 * most])[:most].strip()
    except ValueError:  # half of a character, or an endless number
        return ""


def figure_of(value: object, least: float = 0, most: float = 1e12) -> float | None:
    """Return a number, written or not, `,` or `.`; None outside its bounds."""
    if isinstance(value, str):
        value = value.strip().replace("\u202f", "").replace("\u00a0", "")
        value = value.replace(",", ".")[:30]
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and least <= number <= most else None


_DAY = re.compile(r"(20\d\d)[-/](\d\d)[-/](\d\d)")


def day_in(value: object) -> str:
    """Return the ISO day that a text begins with; empty when it bears none."""
    match = _DAY.match(value.strip()) if isinstance(value, str) else None
    try:
        return date(*map(int, match.groups())).isoformat() if match else ""
    except ValueError:  # 31 February
        return ""


_MAC = re.compile(r"(?:[0-9a-f]{2}[:-]?){5}[0-9a-f]{2}")
_LOCAL, _GROUP = 2, 1


def mac_of(value: object) -> str:
    """Return a hardware address; empty for a wrong, shared or random one.

    A random one names whoever carries the device: it is not kept.
    """
    text = value.strip().lower() if isinstance(value, str) else ""
    if not _MAC.fullmatch(text):
        return ""
    digits = text.replace(":", "").replace("-", "")
    first = int(digits[:2], 16)
    if first & (_LOCAL | _GROUP) or not int(digits, 16):
        return ""
    return ":".join(digits[at : at + 2] for at in range(0, 12, 2))


_NO_SERIAL = frozenset({
    "", "0", "00000000", "none", "null", "n/a", "na", "unknown", "not specified",
    "default string", "system serial number", "to be filled by o.e.m.", "123456789",
    "chassis serial number", "not applicable", "invalid", "x",
})  # fmt: skip


def serial_of(value: object) -> str:
    """Return a serial number; empty for what makers write where they write none."""
    text = line_of(value, 60)
    return "" if text.casefold() in _NO_SERIAL else text
