"""Days ahead, to read and as a calendar's file: the tournée, a programme's deadlines.

The tournée is the schools picked for a day, in order. The file is an iCalendar
(RFC 5545), of whole days.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid5

from diag.journal.journal import get_setting, put_setting
from diag.model.enums import Milestone
from diag.model.errors import DiagError
from diag.model.text import NS_DIAG, accented
from diag.words.dates import long_date
from diag.words.sentences import counted
from diag.workspace.disk import write_whole
from diag.workspace.workspace import Workspace

if TYPE_CHECKING:
    from diag.model.audit import School
    from diag.programme.adopting import DatedStep
    from diag.programme.assembling import Board

_KEY = "tour"


@dataclass(frozen=True, slots=True)
class Tour:
    """A day's schools, in the order of the road."""

    day: date
    uais: tuple[str, ...] = ()

    def toggled(self, uai: str) -> "Tour":
        """Return the tour with a school more, at the end, or less."""
        if uai in self.uais:
            return replace(self, uais=tuple(each for each in self.uais if each != uai))
        return replace(self, uais=(*self.uais, uai))

    def moved(self, uai: str, step: int) -> "Tour":
        """Return the tour with a school sooner or later by `step`."""
        order = [each for each in self.uais if each != uai]
        place = min(max(self.uais.index(uai) + step, 0), len(order))
        return replace(self, uais=(*order[:place], uai, *order[place:]))


def tour_of(workspace: Workspace) -> Tour:
    """Return the tour being prepared; an empty one, for today, at first."""
    kept = get_setting(workspace.journal, _KEY)
    try:
        return Tour(date.fromisoformat(kept["day"]), tuple(map(str, kept["uais"])))
    except (KeyError, TypeError, ValueError):
        return Tour(workspace.world.today())


def keep_tour(workspace: Workspace, tour: Tour) -> None:
    """Keep the tour, durably."""
    put_setting(
        workspace.journal, _KEY, {"day": tour.day.isoformat(), "uais": list(tour.uais)}
    )


def stops(workspace: Workspace, tour: Tour) -> "list[School]":
    """Return the schools of a tour, in order; those unknown here are left out."""
    found = map(workspace.territory.school, tour.uais)
    return [school for school in found if school is not None]


def address_of(school: "School") -> str:
    """Return where a school is, on one line."""
    town = f"{school.postcode} {school.commune}".strip()
    return ", ".join(filter(None, (school.address, town)))


def export_tour(
    workspace: Workspace, tour: Tour | None = None, folder: Path | None = None
) -> str:
    """Write a tour, by default the one prepared, as a calendar's file; return its path.

    Raises:
        DiagError: when no school is picked.
    """
    tour = tour or tour_of(workspace)
    schools = stops(workspace, tour)
    if not schools:
        raise DiagError(
            "La tournée est vide : rien à exporter. Choisissez d'abord des écoles "
            "dans Territoire."
        )
    folder = folder or workspace.folder / "exports"
    path = folder / f"tournee-{tour.day.isoformat()}.ics"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, calendar(tour.day, schools, workspace.world.clock()))
    return str(path)


def calendar(day: date, schools: "Sequence[School]", at: int) -> bytes:
    """Return an iCalendar file: one event a school, the whole day, in order.

    `at` is now, in milliseconds.
    """
    events = [
        Event(
            uid=str(uuid5(NS_DIAG, f"tour {day.isoformat()} {one.uai}")),
            first=day,
            last=day,
            summary=f"{rank}. {accented(one.name)}, {one.commune}",
            where=address_of(one),
            notes="\n".join(filter(None, (one.phone, one.email, f"UAI {one.uai}"))),
        )
        for rank, one in enumerate(schools, 1)
    ]
    return _calendar_bytes("tournee", events, at)


# The deadlines of a programme.


def deadline_lines(
    board: "Board", found: "Sequence[DatedStep]"
) -> Iterator[tuple[str, ...]]:
    """Give a line a day and a kind: by when, what, for which budget, how many."""
    yield ("Jusqu'au", "Quoi", "Budget", "Pour")
    for (closes, _, budget), same in groupby(
        found, lambda one: (one.closes, one.kind, one.budget)
    ):
        several = list(same)
        own = [one.operation for one in several if one.operation]
        what = counted(len(own), "opération") if own else "tout le budget"
        if len(own) == 1:
            what = f"{board.named(own[0]).title}, {board.named(own[0]).where}"
        yield (long_date(closes), several[0].rule.title, str(budget), what)


def write_deadlines(
    board: "Board", found: "Sequence[DatedStep]", folder: Path, insee: str = ""
) -> Path:
    """Write the deadlines as a calendar's file; return its path.

    Raises:
        OSError: the folder cannot be written.
    """
    # Programmes bring pydantic: the list of schools, which shows the tour, has none.
    from diag.programme.adopting import before_vote  # noqa: PLC0415
    from diag.programme.figures import checklist_of  # noqa: PLC0415

    container = board.container
    name = f"programme-{insee}.ics" if insee else "programme.ics"
    folder.mkdir(parents=True, exist_ok=True)
    # What may be spent until a budget is voted.
    before = [f"{one.title} : {one.says}" for one in before_vote(checklist_of(board))]
    events = []
    for one in found:
        more = before if one.kind is Milestone.BUDGET else ()
        shown = board.named(one.operation) if one.operation else None
        about = f"{shown.title}, {shown.where}" if shown else f"budget {one.budget}"
        events.append(
            Event(
                one.uid(container.audit.id),
                one.opens,
                one.closes,
                f"{one.rule.title} : {about}",
                shown.where if shown else "",
                "\n".join(filter(None, (one.rule.says, one.rule.note, *more))),
                is_busy=False,
            )
        )
    at = container.workspace.world.clock()
    write_whole(folder / name, _calendar_bytes("programme", events, at))
    return folder / name


# The file of a calendar.

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


def _calendar_bytes(name: str, events: Iterable[Event], at: int) -> bytes:
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
