"""The lines of Territoire, read from the journal; loaded after the first frame.

It brings the journal and pydantic with it, which cost as much as Textual itself.
"""

from dataclasses import dataclass

from diag.journal.school_lines import (
    campaigns_of,
    mended,
    names_shown,
    school_lines,
)
from diag.office.outlook import NOTHING_YET, Grouping, grouped, progress_by_school
from diag.office.retention import overdue
from diag.office.tour import keep_tour, tour_of
from diag.tui.lists import ListLine
from diag.tui.state import OpenDesk
from diag.words.sentences import counted

_NEXT = {
    Grouping.NONE: Grouping.COMMUNE,
    Grouping.COMMUNE: Grouping.EPCI,
    Grouping.EPCI: Grouping.ENGINEER,
    Grouping.ENGINEER: Grouping.NONE,
}

_BY = {
    Grouping.NONE: "",
    Grouping.COMMUNE: " par commune",
    Grouping.EPCI: " par EPCI",
    Grouping.ENGINEER: " par ingénieur",
}


@dataclass(frozen=True, slots=True)
class TerritoryReading:
    """What Territoire shows."""

    lines: list[ListLine]
    is_whole: bool
    """No other school answers."""
    summary: tuple[str, ...]
    """How many schools and audits, in words; last what is to be erased."""


def read(
    desk: OpenDesk, words: str, *, limit: int | None, only_audits: bool
) -> TerritoryReading:
    """Return the schools that answer to the words typed, under their headings."""
    workspace = desk.workspace
    schools = school_lines(workspace.journal, words, limit=limit)
    spelled = words
    if words and not schools:
        spelled = mended(workspace.journal, words)
        schools = school_lines(workspace.journal, spelled, limit=limit)
    is_whole = len(schools) != limit
    progress = progress_by_school(workspace, conflicts=is_whole)
    if only_audits:
        schools = [each for each in schools if each.uai in progress]
    picked = {uai: rank for rank, uai in enumerate(tour_of(workspace).uais, 1)}
    grouping = _grouping(desk)
    groups = grouped(workspace, schools, grouping)
    begun = sum(one.status is not None for one in progress.values())
    campaign = workspace.campaign
    audited = f" auditée{'s' * (len(schools) > 1)}" if only_audits else ""
    shown = f"{counted(len(schools), 'école')}{audited}{_BY[grouping]}"
    summary = [shown, f"{counted(begun, 'audit')} en {campaign}"]
    if is_whole and not words:
        kept = overdue(workspace, campaigns_of(workspace.journal))
        gone = ", ".join(one.campaign for one in kept)
        if gone:
            summary.append(f"à effacer : {gone} (diag rgpd)")
    names, lines = names_shown(schools), list[ListLine]()
    if schools and spelled != words:
        lines.append(ListLine("", (f" lu « {spelled} »",)))
    for group in groups:
        if group.title:
            audits = sum(each.uai in progress for each in group.schools)
            those = f", dont {audits} avec audit" if audits else ""
            own = progress.get(group.insee, NOTHING_YET).words
            commune = f", commune : {own}" if own else ""
            title = f" {group.title} ({len(group.schools)}{those}){commune}"
            lines.append(ListLine("", (title,)))
        for school in group.schools:
            cells = (
                f"{picked[school.uai]}." if school.uai in picked else "",
                school.commune,
                names[school.uai],
                _number(school.classes),
                _number(school.pupils),
                school.uai,
                progress.get(school.uai, NOTHING_YET).words or school.closing,
            )
            lines.append(ListLine(school.uai, cells))
    return TerritoryReading(lines, is_whole, tuple(summary))


def pick(desk: OpenDesk, uai: str) -> None:
    """Put a school in the tour, or take it out."""
    keep_tour(desk.workspace, tour_of(desk.workspace).toggled(uai))


def regroup(desk: OpenDesk) -> None:
    """Cut the list otherwise, and keep the choice."""
    desk.keep("grouping", str(_NEXT[_grouping(desk)]))


def _grouping(desk: OpenDesk) -> Grouping:
    try:
        return Grouping(str(desk.kept("grouping", Grouping.NONE)))
    except ValueError:
        return Grouping.NONE


def _number(value: int | None) -> str:
    return "" if value is None else str(value)
