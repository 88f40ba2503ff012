"""A school in the list and on the map: light, since a territory has hundreds."""

from collections.abc import Mapping
from dataclasses import dataclass

from diag.model.accents import accented
from diag.model.enums import Socle
from diag.model.folding import fold
from diag.model.number import Bounds
from diag.model.territory import School
from diag.reports.alerts import failing
from diag.reports.atlas.bilan import unchecked
from diag.reports.atlas.paths import school_path
from diag.reports.atlas.scores import Gauge, gauge
from diag.reports.atlas.view import View
from diag.reports.money import Money
from diag.reports.report import Report
from diag.reports.tables.school_map import position
from diag.words.figures import percent

_LEVELS = {
    (True, False): "Maternelle",
    (False, True): "Élémentaire",
    (True, True): "Maternelle et élémentaire",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What lists and totals keep of an audit."""

    provisional: bool
    score: Gauge
    bounds: Bounds | None
    completeness: str
    socle: Socle
    failing: tuple[str, ...]
    """Titles of the points of compliance that fail."""
    to_check: int
    domains: Mapping[str, Bounds]
    """Title of a domain → its score."""
    budget: Money | None
    """Three years, with tax; None when it is not told."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One school; `told` is None while nobody audited it."""

    uai: str
    name: str
    insee: str
    commune: str
    levels: str
    sector: str
    classes: int | None
    pupils: int | None
    circonscription: str
    point: tuple[float, float] | None
    """Longitude and latitude, when they are known."""
    told: Told | None

    @property
    def path(self) -> str:
        """Where its page stands."""
        return school_path(self.name, self.uai)

    @property
    def state(self) -> str:
        """How filters call it: `absent`, `provisoire` or `clos`."""
        if self.told is None:
            return "absent"
        return "provisoire" if self.told.provisional else "clos"

    @property
    def searched(self) -> str:
        """What a search compares with: no accent, no capital."""
        return fold(f"{self.name} {self.commune} {self.uai}")

    @property
    def order(self) -> tuple[str, str, str]:
        """Where it stands in a list."""
        return fold(self.commune), fold(self.name), self.uai


def entry_of(school: School, told: Told | None = None) -> Entry:
    """Return a school's line."""
    found = position(school)
    return Entry(
        uai=school.uai,
        name=accented(school.name),
        insee=school.insee,
        commune=school.commune,
        levels=_LEVELS.get((bool(school.nursery), bool(school.elementary)), ""),
        sector=school.sector,
        classes=school.classes,
        pupils=school.pupils,
        circonscription=school.circonscription,
        point=(found[0], found[1]) if found else None,
        told=told,
    )


def told_of(report: Report, view: View) -> Told:
    """Return what lists and totals keep of an audit, as a reader may see it."""
    assessment = report.assessment
    overall = assessment.overall
    return Told(
        provisional=report.provisional,
        score=gauge(overall),
        bounds=overall.bounds,
        completeness=percent(overall.completeness),
        socle=assessment.socle,
        failing=tuple(one.criterion.title for one in failing(report)),
        to_check=len(unchecked(report)),
        domains={
            one.domain.title: one.score.bounds
            for one in assessment.domains
            if one.score.bounds is not None
        },
        budget=report.budget.total if view.money else None,
    )
