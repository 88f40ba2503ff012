"""Compliance, above every document: what fails, what is still to be checked."""

from diag.assess.results import Compliance, CriterionResult
from diag.model.checklist import Audience
from diag.reports.escape import Md
from diag.reports.findings import observed
from diag.reports.layout import bold, table, written
from diag.reports.report import Report
from diag.reports.wording import listed, sentence

NAMED = 3
"""So many non-conformities named in the box; the table further on has them all."""

CAUTION = "Texte à relire avant de le citer."
"""Said of what the edition marks `verify_before_quoting`."""


def failing(report: Report) -> tuple[CriterionResult, ...]:
    """Return what is surely not compliant."""
    return tuple(
        result
        for result in report.assessment.alerts
        if result.compliance is Compliance.NON_CONFORME
    )


def alerts_box(report: Report, audience: Audience) -> Md:
    """Return the box that comes first; empty when compliance raises nothing."""
    alerts, wrong = report.assessment.alerts, failing(report)
    if not alerts:
        return Md("")
    named = [
        sentence(f"{one.criterion.title} : {observed(report, one, audience)}")
        for one in wrong[:NAMED]
    ]
    rest = _rest(len(wrong), len(alerts) - len(wrong))
    lines = (f"> - {written(one)}" for one in (*named, rest) if one)
    return Md("\n".join(("> [!WARNING]", f"> {bold('Conformité')}", ">", *lines)))


def compliance_table(report: Report, audience: Audience) -> Md:
    """Return every point that fails or is to be checked."""
    rows = [
        (
            one.criterion.title,
            observed(report, one, audience),
            why(one),
        )
        for one in report.assessment.alerts
    ]
    columns = ("Point", "Constat", "Pourquoi c'est important")
    return table("Points de conformité à traiter ou à vérifier", columns, rows)


def why(result: CriterionResult) -> str:
    """Return a criterion's reason, with a caution on law that is to be read again."""
    said = sentence(result.criterion.why)
    return f"{said} {CAUTION}" if result.criterion.verify_before_quoting else said


def _rest(wrong: int, unchecked: int) -> str:
    if not wrong:
        return f"Aucune non-conformité constatée ; {_points(unchecked)} à vérifier."
    others = wrong - NAMED
    parts = []
    if others > 0:
        parts.append(
            f"{others} autre{'s' * (others > 1)} non-conformité{'s' * (others > 1)}"
        )
    if unchecked:
        parts.append(f"{_points(unchecked)} à vérifier")
    return f"Détaillé plus loin : {listed(parts)}." if parts else ""


def _points(count: int) -> str:
    return f"{count} point{'s' * (count > 1)}"
