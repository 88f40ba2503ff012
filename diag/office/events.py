"""Events of whole days, as a calendar's file (iCalendar, RFC 5545)."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

_OCTETS = 75
"""A line of a calendar's file is folded past so many octets (RFC 5545, 3.1)."""

_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


class Event(NamedTuple):
    """A whole day, or several: no hour is written, nobody knows them."""

    uid: str
    first: date
    last: date
    summary: str
    where: str = ""
    notes: str = ""
    is_busy: bool = True
    """Whether who has it is away that day."""


def calendar_bytes(name: str, events: Iterable[Event], at: int) -> bytes:
    """Return a calendar's file; `at` is now, in milliseconds."""
    stamp = datetime.fromtimestamp(at / 1000, UTC).strftime("%Y%m%dT%H%M%SZ")
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//diag//{name}//FR",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
    ]
    for one in events:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{one.uid}",
            f"DTSTAMP:{stamp}",
            f"DTSTART;VALUE=DATE:{one.first:%Y%m%d}",
            f"DTEND;VALUE=DATE:{one.last + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_text(one.summary)}",
            f"LOCATION:{_text(one.where)}",
            f"DESCRIPTION:{_text(one.notes)}",
            f"TRANSP:{'OPAQUE' if one.is_busy else 'TRANSPARENT'}",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(part for line in lines for part in _folded(line)).encode()


def _text(value: str) -> str:
    shown = "".join(char for char in value if char == "\n" or char.isprintable())
    return shown.translate(_ESCAPED)


def _folded(line: str) -> Iterator[str]:
    """Yield a line cut where it is too long, never inside a character."""
    part, size = "", 0
    for char in line:
        octets = len(char.encode())
        if size + octets > _OCTETS:
            yield part + "\r\n"
            part, size = " ", 1
        part += char
        size += octets
    yield part + "\r\n"
