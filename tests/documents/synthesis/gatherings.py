"""Several invented schools under the small checklist, and what is made of them."""

from dataclasses import replace
from datetime import date

from diag.audit.report import Report
from diag.documents.synthesis.gathering import Extract, Gathering, extract_of
from diag.model.audit import Commune, Facts, School
from diag.model.enums import AuditStatus, Provenance
from tests.documents.builders import (
    OFFICE,
    ORDINARY,
    SCHOOL,
    TODAY,
    facts,
    known,
    report,
)

COMMUNE = Commune(insee="99901", name="Aubeterre", population=4200)

KEPT = facts(
    {
        ("ecole", "debit"): known("120", Provenance.MEASURED),
        ("ecole", "filtrage"): True,
        ("ecole", "projet_ecrit"): True,
        ("CP", "type_salle"): "classe",
        ("CP", "prises"): 1,
        ("CP", "mots_de_passe_affiches"): 0,
    },
    ("CP",),
)
"""A school where little is missing: one classroom to wire."""

OPEN = facts({("ecole", "debit"): "4"}, ("CP",), closed=False)
"""A school where nearly everything is still to be checked."""


def school(uai: str, name: str, **more: str) -> School:
    return SCHOOL.model_copy(update={"uai": uai, "name": name, **more})


MOULIN = SCHOOL
LAVOIR = school("9990004Z", "Ecole du Lavoir")
PRE = school("9990007C", "Ecole maternelle du Pré")


def of(told: Facts, about: School, status: AuditStatus = AuditStatus.CLOS) -> Report:
    return report(told, school=about, status=status)


def extract(
    told: Facts, about: School, status: AuditStatus = AuditStatus.CLOS
) -> Extract:
    return replace(extract_of(of(told, about, status)), digest=about.uai * 4)


def gathering(
    *extracts: Extract,
    name: str = "Commune d'Aubeterre",
    missing: tuple[str, ...] = (),
    commune: Commune | None = COMMUNE,
    day: date = TODAY,
) -> Gathering:
    return Gathering(
        name=name,
        extracts=extracts or ordinary(),
        missing=missing,
        campaign="2025-2026",
        author="Ana Martin",
        office=OFFICE,
        date=day,
        commune=commune,
        population_of="2026-01-05",
    )


def ordinary() -> tuple[Extract, ...]:
    """Return three schools: one that lacks much, one little, one barely audited."""
    return (
        extract(ORDINARY, MOULIN),
        extract(KEPT, LAVOIR),
        extract(OPEN, PRE, AuditStatus.EN_COURS),
    )
