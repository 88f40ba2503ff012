"""The tournée: the schools picked for a day, in order, and as a calendar's file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid5

from diag.journal.journal import get_setting, put_setting
from diag.model.codes import NS_DIAG
from diag.model.errors import DiagError
from diag.model.text import accented
from diag.office.events import Event, calendar_bytes
from diag.workspace.disk import write_whole
from diag.workspace.workspace import Workspace

if TYPE_CHECKING:
    from diag.model.territory import School


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
        workspace.journal,
        _KEY,
        {"day": tour.day.isoformat(), "uais": list(tour.uais)},
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
    return calendar_bytes("tournee", _events(day, schools), at)


def _events(day: date, schools: "Sequence[School]") -> Iterator[Event]:
    for rank, school in enumerate(schools, 1):
        notes = filter(None, (school.phone, school.email, f"UAI {school.uai}"))
        yield Event(
            str(uuid5(NS_DIAG, f"tour {day.isoformat()} {school.uai}")),
            day,
            day,
            f"{rank}. {accented(school.name)}, {school.commune}",
            address_of(school),
            "\n".join(notes),
        )
