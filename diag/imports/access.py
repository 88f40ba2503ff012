"""How a commune is served: premises that fibre reaches, days the copper lines close.

ARCEP counts the premises each quarter; the operator's calendar gives the days. Both
are about communes, so Paris, Lyon and Marseille have one row for their arrondissements.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from diag.imports import cells
from diag.imports.intake import FileIntake, ImportReport, Progress, silent
from diag.imports.layouts import COPPER, FIBRE, FileLayout, ImportRow
from diag.journal.territory import Cell, Territory

MAX_PREMISES = 5_000_000
"""Most premises believed of one commune: three times those of Paris."""

_CITIES = {"75": "75056", "6938": "69123", "132": "13055"}
"""How codes of arrondissements start → the city's own code."""

_ELSEWHERE = "commune hors du territoire"
_PART = "une part des locaux, et non leur total"
_OLDER = "plus ancien que ce que le territoire sait"


Served = dict[str, Cell]
"""The fields that one row states of a commune."""


def import_access(
    path: Path,
    territory: Territory,
    progress: Progress = silent,
    *,
    layout: FileLayout,
    read: Callable[[FileIntake, ImportRow, str], Served],
) -> ImportReport:
    """Give each commune of the territory what a file states of it.

    Raises:
        ImportRefusedError: when the file as a whole cannot be read.
        JournalError: when the territory cannot be written.
    """
    intake = FileIntake.of(path, layout, progress)
    intake.distrust_days("counted_on", "sale_end", "line_end")
    known = _communes_of(territory)
    if not known:
        intake.findings.warnings.append(
            "Le territoire n'a aucune commune : importez d'abord l'annuaire ou les "
            "communes."
        )
    latest = territory.access_dates()
    served: dict[str, Served] = {}
    for entry in intake.entries():
        try:
            insee = intake.cell(entry, "insee", cells.insee, entry.cells["insee"])
            if insee not in known:
                intake.findings.skipped[_ELSEWHERE] += 1
                continue
            if entry.cells.get("type", "all") not in {"", "all"}:
                intake.findings.skipped[_PART] += 1
                continue
            row = read(intake, entry, insee)
        except ValueError as error:
            intake.findings.refuse(entry.line, entry.cells["insee"], str(error))
            continue
        for code, name in known[insee]:
            if str(row.get("counted_on", "9999")) < latest.get(code, ""):
                intake.findings.skipped[_OLDER] += 1
            elif code in served:
                intake.findings.remark(entry.line, code, "commune en double, laissée")
            else:
                served[code] = {"insee": code, "name": name, **row}
    with territory.transaction():
        return intake.finish(territory, territory.put_access(served.values()))


def _communes_of(territory: Territory) -> dict[str, list[tuple[str, str]]]:
    """Return code of a row → codes and names of the communes that it is about."""
    known: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for commune in territory.communes():
        city = next(_cities_of(commune.insee), commune.insee)
        known[city].append((commune.insee, commune.name))
        if city != commune.insee:  # a file may have them one by one
            known[commune.insee].append((commune.insee, commune.name))
    return known


def _cities_of(insee: str) -> Iterator[str]:
    return (city for start, city in _CITIES.items() if insee.startswith(start))


def _fibre(intake: FileIntake, entry: ImportRow, insee: str) -> Served:
    premises = cells.count(entry.cells["premises"], MAX_PREMISES)
    fibre = cells.count(entry.cells["fibre"], MAX_PREMISES)
    if fibre > premises:
        raise ValueError("plus de locaux raccordables que de locaux")
    day = intake.maybe(entry, "counted_on", cells.iso_date, insee)
    return {"premises": premises, "fibre": fibre, **day}


import_fibre = partial(import_access, layout=FIBRE, read=_fibre)
"""Give each commune its premises, and those that fibre reaches."""


def _copper(intake: FileIntake, entry: ImportRow, insee: str) -> Served:
    days: Served = {}
    for name in ("sale_end", "line_end"):
        days |= intake.maybe(entry, name, cells.iso_date, insee)
    sale, line = (str(days.get(name) or "") for name in ("sale_end", "line_end"))
    if sale and line and sale > line:
        raise ValueError("les lignes fermeraient avant la fin de leur vente")
    return days


import_copper = partial(import_access, layout=COPPER, read=_copper)
"""Give each commune the days when copper lines are sold no more, then closed."""
