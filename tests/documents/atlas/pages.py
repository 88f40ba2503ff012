"""Atlases of one or many invented schools, as pages, without a workspace."""

from dataclasses import replace

from diag.audit.report import Report
from diag.documents.atlas.pages import Dossier, File, Pages, PaperLinks
from diag.documents.atlas.school import (
    AtlasReader,
    SchoolEntry,
    View,
    bilan_of,
    entry_of,
    scores_of,
)
from diag.model.audit import School
from tests.documents.builders import OFFICE, SCHOOL, TODAY, report

VIEWS = (
    View(AtlasReader.SYNDICAT, "Vallombre Numérique"),
    View(AtlasReader.MAIRIE, "Mairie d'Aubeterre", SCHOOL.insee),
    View(AtlasReader.CIRCONSCRIPTION, "Vallombre-Nord", SCHOOL.circonscription),
)
PLACED = SCHOOL.model_copy(update={"latitude": "47.1", "longitude": "2.2"})


def all_pages(
    view: View = VIEWS[0],
    school: School = PLACED,
    told: Report | None = None,
    others: tuple[School, ...] = (),
) -> dict[str, str]:
    """Return every page of an atlas: one audited school, others that nobody audited."""
    audited = told or report(school=school)
    pages = Pages(view, OFFICE, TODAY, "2025-2026", {school.insee: school.commune})
    entry = replace(entry_of(school), told=scores_of(audited, view))
    entries = [entry, *map(entry_of, others)]
    paper = PaperLinks(
        "Rapport à la commune", (File("documents/a/b.pdf", "PDF", "1 ko"),)
    )
    dossier = Dossier(bilan_of(audited, view), (paper,), "Syndicat")
    (line, *_) = pages.lines(entries)
    return {
        "index.html": pages.index(entries),
        "ensemble.html": pages.overview(entries, dossier),
        entry.path: pages.school(entry, dossier),
        **{one.path: pages.school(one, None) for one in entries[1:]},
        line.path: pages.commune(line, entries, dossier, 1200),
    }


def entries_of(count: int) -> list[SchoolEntry]:
    """Return as many schools, the first of them audited."""
    told = scores_of(report(), VIEWS[0])
    schools = [
        PLACED.model_copy(update={"uai": f"999{rank:04d}W", "name": f"École {rank}"})
        for rank in range(count)
    ]
    first, *rest = map(entry_of, schools)
    return [replace(first, told=told), *rest]
