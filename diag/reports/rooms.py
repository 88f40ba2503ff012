"""The rooms of a school side by side: the level of each on every criterion of a room.

Rooms are compared with what is expected there, never with one another.
"""

from collections.abc import Sequence

from diag.assess.results import CriterionResult, Verdict
from diag.model.enums import Audience, Kind, PlaceKind, Standing
from diag.model.place import Place
from diag.reports.escape import Md
from diag.reports.layout import sections, table
from diag.reports.report import Report

ACROSS = 8
"""So many rooms side by side."""

TOP = 3
"""The highest level."""

LEVEL_COLUMN = "Niveau, de 0 à 3"
"""Header by which the writers know the table that they draw as a map."""


def room_levels(report: Report, audience: Audience) -> Md:
    """Return the level of each room on each criterion, a few rooms at a time."""
    judged = [
        result
        for result in report.assessment.criteria.values()
        if _is_told(report, result, audience)
    ]
    concerned = {
        verdict.place
        for result in judged
        for verdict in result.verdicts
        if _tells(verdict)
    }
    every = report.facts.places_of(PlaceKind.SALLE)
    rooms = [room for room in every if room.id in concerned]
    groups = [rooms[at : at + ACROSS] for at in range(0, len(rooms), ACROSS)]
    return sections(
        _table(report, judged, group, f"{rank} sur {len(groups)}" * (len(groups) > 1))
        for rank, group in enumerate(groups, 1)
    )


def _is_told(report: Report, result: CriterionResult, audience: Audience) -> bool:
    criterion = result.criterion
    if criterion.place is not PlaceKind.SALLE or criterion.kind is Kind.COMPLIANCE:
        return False
    hidden = criterion.id in report.discretion.criteria
    return audience is Audience.TECHNIQUE or not hidden


def _table(
    report: Report,
    judged: Sequence[CriterionResult],
    rooms: Sequence[Place],
    part: str,
) -> Md:
    names = [report.place_name(room.id) for room in rooms]
    rows = []
    for result in judged:
        seen = {verdict.place: verdict for verdict in result.verdicts}
        told = [seen.get(room.id) for room in rooms]
        if any(one and _tells(one) for one in told):
            rows.append((result.criterion.title, *map(_cell, told)))
    caption = "Niveaux relevés dans chaque salle" + (f", {part}" if part else "")
    return table(caption, (LEVEL_COLUMN, *names), rows)


def _tells(verdict: Verdict) -> bool:
    """Say whether anything is known: a level that may be any says nothing."""
    known = (verdict.low, verdict.high) != (0, TOP)
    return verdict.standing is not Standing.OUT and known


def _cell(verdict: Verdict | None) -> str:
    if verdict is None or verdict.standing is Standing.OUT:
        return ""
    if verdict.low == verdict.high:
        return str(verdict.low)
    return f"{verdict.low} à {verdict.high}"
