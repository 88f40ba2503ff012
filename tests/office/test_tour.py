from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.model.audit import School
from diag.model.errors import DiagError
from diag.office.agenda import Tour, calendar, export_tour, keep_tour, stops, tour_of
from diag.workspace.workspace import Workspace
from tests.audit.builders import DAY, OTHER, SCHOOL


def unfolded(made: bytes) -> list[str]:
    return made.decode().replace("\r\n ", "").split("\r\n")


def read(made: bytes, name: str) -> list[str]:
    """The values of a property, as a calendar reads them."""
    found = [line.partition(":")[2] for line in unfolded(made) if line.startswith(name)]
    return [
        text
        .replace("\\\\", "\0")
        .replace("\\n", "\n")
        .replace("\\;", ";")
        .replace("\\,", ",")
        .replace("\0", "\\")
        for text in found
    ]


def test_a_tour_is_empty_and_for_today_at_first(desk: Workspace) -> None:
    assert tour_of(desk) == Tour(DAY)


def test_a_school_is_picked_moved_and_put_back(desk: Workspace) -> None:
    tour = Tour(DAY).toggled(SCHOOL).toggled(OTHER)
    keep_tour(desk, tour.moved(OTHER, -1))

    assert tour_of(desk).uais == (OTHER, SCHOOL)
    assert [school.uai for school in stops(desk, tour_of(desk))] == [OTHER, SCHOOL]
    assert tour_of(desk).toggled(OTHER).uais == (SCHOOL,)
    assert tour.moved(SCHOOL, -1) == tour


def test_an_empty_tour_is_not_exported(desk: Workspace) -> None:
    with pytest.raises(DiagError, match="tournée est vide"):
        export_tour(desk)


def test_the_calendar_tells_where_and_whom_to_call(desk: Workspace) -> None:
    keep_tour(desk, Tour(DAY, (SCHOOL,)))
    made = Path(export_tour(desk)).read_bytes()

    school = desk.territory.school(SCHOOL)
    assert school is not None
    assert read(made, "SUMMARY") == [
        "1. École primaire Les Marronniers, Courvaux-sur-Ombre"
    ]
    assert school.address in read(made, "LOCATION")[0]
    assert school.phone in read(made, "DESCRIPTION")[0]
    assert read(made, "DTSTART;VALUE=DATE") == ["20261005"]
    assert read(made, "DTEND;VALUE=DATE") == ["20261006"]


@given(st.lists(st.text(max_size=120), min_size=3, max_size=3), st.dates())
def test_any_name_makes_a_well_formed_calendar(texts: list[str], day: date) -> None:
    name, commune, address = (
        "".join(char for char in text if char.isprintable()) for text in texts
    )
    if day == date.max:
        return
    school = School(
        uai=SCHOOL, name=name, insee="99001", commune=commune, address=address
    )
    made = calendar(day, [school, school], 0)

    lines = made.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert b"\n" not in b"".join(lines)
    assert lines.count(b"BEGIN:VEVENT") == lines.count(b"END:VEVENT") == 2
    assert read(made, "SUMMARY")[0] == f"1. {name}, {commune}"
