"""Schools on a map: GeoJSON (RFC 7946) with scores as intervals and completeness.

A school without coordinates has no geometry, and stays in the list; one that nobody
audited has no score. Property names are those that a map's reader sees: French.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from diag.assess.results import Score
from diag.assess.words import is_printable
from diag.audit.report import Report
from diag.documents.tables.writers import as_json
from diag.model.territory import School
from diag.model.text import accented
from diag.words.figures import displayed, share

_DEGREES = re.compile(r"-?\d{1,3}(?:\.\d+)?")
_PLACES = 6  # ten centimetres: what RFC 7946 advises


@dataclass(frozen=True, slots=True)
class Judged:
    """What the map shows of an audit; light, since a territory has hundreds."""

    campaign: str
    status: str
    provisional: bool
    socle: str
    scores: dict[str, int | None] = field(default_factory=dict)
    """Property → bound or completeness, out of 100."""


def judged(report: Report) -> Judged:
    """Return what the map shows of an audit."""
    assessment = report.assessment
    scores = _bounds("score", assessment.overall)
    scores["completude"] = share(assessment.overall.completeness)
    for domain in assessment.domains:
        scores |= _bounds(domain.domain.id, domain.score)
    return Judged(
        campaign=report.audit.campaign,
        status=report.status_words,
        provisional=report.provisional,
        socle=str(assessment.socle),
        scores=scores,
    )


def school_map(schools: Iterable[tuple[School, Judged | None]]) -> bytes:
    """Return the schools as one collection of points."""
    features = [_feature(school, found) for school, found in schools]
    return as_json({"type": "FeatureCollection", "features": features})


def position(school: School) -> list[float] | None:
    """Return longitude and latitude, in that order; None when they are unknown."""
    texts = (school.longitude.strip(), school.latitude.strip())
    if not all(_DEGREES.fullmatch(text) for text in texts):
        return None
    east, north = (round(float(text), _PLACES) for text in texts)
    inside = abs(east) <= 180 and abs(north) <= 90  # noqa: PLR2004 - degrees of a globe
    return [east, north] if inside and (east or north) else None


def _feature(school: School, found: Judged | None) -> dict[str, object]:
    point = position(school)
    properties: dict[str, object] = {
        "uai": school.uai,
        "nom": accented(school.name),
        "commune": school.commune,
        "insee": school.insee,
        "secteur": school.sector,
        "classes": school.classes,
        "eleves": school.pupils,
        "audit": found is not None,
        "campagne": found.campaign if found else None,
        "statut": found.status if found else None,
        "provisoire": found.provisional if found else None,
        "socle": found.socle if found else None,
        **(found.scores if found else {}),
    }
    return {
        "type": "Feature",
        "id": school.uai,
        "geometry": {"type": "Point", "coordinates": point} if point else None,
        "properties": properties,
    }


def _bounds(name: str, score: Score) -> dict[str, int | None]:
    shown = score.bounds if is_printable(score) else None
    low, high = displayed(shown) if shown else (None, None)
    return {f"{name}_min": low, f"{name}_max": high}
