"""One line of the directory of schools, read into the fields of a school."""

import re
from collections.abc import Callable
from types import MappingProxyType

from diag.imports import cells
from diag.imports.intake import Intake
from diag.imports.layout import Entry
from diag.journal.upsert import Cell
from diag.model.folding import fold

_IDENTITY: MappingProxyType[str, tuple[Callable[[str], str], str]] = MappingProxyType({
    "name": (cells.line_of_text, "nom de l'école"),
    "insee": (cells.insee, "code INSEE"),
    "commune": (cells.line_of_text, "nom de la commune"),
})
_DETAILS: MappingProxyType[str, Callable[[str], Cell]] = MappingProxyType({
    "department": cells.department,
    "sector": cells.line_of_text,
    "nursery": cells.flag,
    "elementary": cells.flag,
    "postcode": cells.postcode,
    "phone": cells.phone,
    "email": cells.email,
    "siret": cells.siret,
    "latitude": cells.latitude,
    "longitude": cells.longitude,
    "circonscription": cells.line_of_text,
    "priority_education": cells.line_of_text,
    "rpi": cells.rpi,
    "state": cells.line_of_text,
    "updated": cells.iso_date,
})
_NATURE = re.compile(r"1[0-9]{2}")
_POSTCODE_AND_TOWN = re.compile(r"([0-9]{5}) \D.*")
_POSITION = re.compile(r"(-?[0-9.]+), ?(-?[0-9.]+)")


def other_kind(entry: Entry) -> str:
    """Return what a line is when it is no primary-level school; empty when it is one.

    The type says so, or the nature: 101 maternelle, 151 élémentaire, 103 and 153
    d'application, 162 spécialisée: every nature of the primary level starts with 1.
    """
    kind, nature = entry.cells.get("type"), entry.cells.get("nature")
    if kind is None and nature is None:
        return ""  # a file of schools only, that has no such columns
    if fold(kind or "") == "ecole" or _NATURE.fullmatch(nature or ""):
        return ""
    return kind or "établissement sans type"


def read_school(intake: Intake, entry: Entry, uai: str) -> dict[str, Cell]:
    """Return the fields that a line states; a detail that is unreadable is left out.

    Raises:
        ValueError: when the name or the commune is missing; says which, in French.
    """
    school: dict[str, Cell] = {"uai": uai, "vanished": ""}
    for field, (reader, label) in _IDENTITY.items():
        school[field] = intake.cell(entry, field, reader, uai)
        if not school[field]:
            raise ValueError(f"{label} vide")
    for field, read in _DETAILS.items():
        school |= intake.maybe(entry, field, read, uai)
    if not school.get("department"):
        school["department"] = cells.department_of(str(school["insee"]))
    _complete_position(school, entry)
    _complete_address(school, intake, entry)
    return school


def _complete_position(school: dict[str, Cell], entry: Entry) -> None:
    """Take from `position` the coordinates that have no column of their own."""
    match = _POSITION.fullmatch(entry.cells.get("position", ""))
    if match is None or school.get("latitude") or school.get("longitude"):
        return
    try:
        latitude, longitude = cells.latitude(match[1]), cells.longitude(match[2])
    except ValueError:
        return  # a place that cannot be told is no reason to refuse a school
    school |= {"latitude": latitude, "longitude": longitude}


def _complete_address(school: dict[str, Cell], intake: Intake, entry: Entry) -> None:
    """Join the lines of the address; the third only repeats postcode and town."""
    lines: dict[str, Cell] = {}
    for name in ("address_1", "address_2", "address_3"):
        lines |= intake.maybe(entry, name, cells.line_of_text, str(school["uai"]))
    if not lines:
        return
    town = _POSTCODE_AND_TOWN.fullmatch(str(lines.get("address_3", "")))
    if town is not None:
        del lines["address_3"]
        if not school.get("postcode"):
            school["postcode"] = town[1]
    parts = dict.fromkeys(str(line) for line in lines.values() if line)
    school["address"] = ", ".join(parts)
