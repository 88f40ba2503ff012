"""One audit told to one reader, in Markdown: the source of truth of a document."""

from collections.abc import Callable

from diag.model.enums import Audience
from diag.reports import academy, frame, mayor, team, technician
from diag.reports.escape import Md
from diag.reports.glossary import glossary
from diag.reports.house.composing import finished, reached, told_by
from diag.reports.report import Report

_VIEWS: dict[Audience, Callable[[Report], dict[str, object]]] = {
    Audience.MAIRIE: mayor.view,
    Audience.EQUIPE: team.view,
    Audience.ACADEMIE: academy.view,
    Audience.TECHNIQUE: technician.view,
}
_ENDS: dict[str, object] = {"sources": Md(""), "prices": Md("")}


def markdown(report: Report, audience: Audience) -> str:
    """Return the document of an audience: same report, same bytes.

    What of the syndicat's own could not be followed is in `report.office.house`.
    """
    house = report.office.house
    context = frame.view(report) | _ENDS | _VIEWS[audience](report)
    body = told_by(audience, audience, context, house)
    contacts = reached(frame.contacts(report), house)
    context |= {"glossary": glossary(body), "contacts": contacts}
    end = told_by("fin", audience, context, house)
    return finished(body, end, frame.closing(report), house.closing)
