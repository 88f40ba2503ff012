"""Compliance, above every document: what fails, what is still to be checked."""

from collections.abc import Container, Iterable
from datetime import date

from diag.assess.results import CriterionResult
from diag.model.enums import Audience, Compliance
from diag.reports.escape import Md
from diag.reports.findings import observed, where
from diag.reports.layout import bold, sections, table, written
from diag.reports.report import Report
from diag.words.sentences import listed, sentence

NAMED = 3
"""So many non-conformities named in the box; the table further on has them all."""

CHECKED = 12
"""So many points to be checked named, the others counted."""

LEAD = "Conformité : ce qui est attendu et n'est pas encore respecté"
"""Above the points that fail: their titles say what is expected, not what is wrong."""

EXPECTED_AND_SEEN = ("Ce qui est attendu", "Ce que nous avons constaté")
"""Headers that tell a criterion's title from what was seen."""

CAUTION = "Texte à relire avant de le citer."
"""Said of what the edition marks `verify_before_quoting`."""


def failing(report: Report) -> tuple[CriterionResult, ...]:
    """Return what is surely not compliant, what is to be cured first before."""
    wrong = [
        result
        for result in report.assessment.alerts
        if result.compliance is Compliance.NON_CONFORME
    ]
    return tuple(sorted(wrong, key=lambda one: _day(report, one)))


def alerts_box(
    report: Report, audience: Audience, told: Container[str] = frozenset()
) -> Md:
    """Return the box that comes first; empty when compliance raises nothing.

    The criteria already `told` in a box of their own are left out.
    """
    alerts = [one for one in report.assessment.alerts if one.criterion.id not in told]
    wrong = [one for one in failing(report) if one in alerts]
    if not alerts:
        return Md("")
    title = LEAD if wrong else "Conformité"
    named = [_named(report, one, audience) for one in wrong[:NAMED]]
    rest = _rest(len(wrong), len(alerts) - len(wrong))
    lines = (f"> - {written(one)}" for one in (*named, rest) if one)
    return Md("\n".join(("> [!WARNING]", f"> {bold(title)}", ">", *lines)))


def compliance_told(report: Report, audience: Audience) -> Md:
    """Return the points that fail with what cures them, then those to be checked."""
    wrong, unchecked = failing(report), _unchecked(report)
    titles = [f"« {one.criterion.title} »" for one in unchecked]
    told = listed(titles, CHECKED)
    return sections((
        _table(report, wrong, audience, "Points de conformité à traiter"),
        Md(f"{bold('Encore à vérifier :')} {written(told)}.") if told else Md(""),
    ))


def compliance_table(report: Report, audience: Audience) -> Md:
    """Return every point that fails or is to be checked, and what cures it."""
    caption = "Points de conformité à traiter ou à vérifier"
    return _table(report, (*failing(report), *_unchecked(report)), audience, caption)


def _unchecked(report: Report) -> list[CriterionResult]:
    wrong = failing(report)
    return [one for one in report.assessment.alerts if one not in wrong]


def _table(
    report: Report,
    judged: Iterable[CriterionResult],
    audience: Audience,
    caption: str,
) -> Md:
    rows = [
        (
            one.criterion.title,
            observed(report, one, audience),
            cures(report, one, audience),
        )
        for one in judged
    ]
    return table(caption, (*EXPECTED_AND_SEEN, "Action"), rows)


def why(result: CriterionResult) -> str:
    """Return a criterion's reason, with a caution on law that is to be read again."""
    said = sentence(result.criterion.why)
    return f"{said} {CAUTION}" if result.criterion.verify_before_quoting else said


def _named(report: Report, result: CriterionResult, audience: Audience) -> str:
    places = where(report, result, audience)
    return f"« {result.criterion.title} »" + (f" : {places}" if places else "")


def cures(report: Report, result: CriterionResult, audience: Audience) -> str:
    """Return the actions that cure a criterion, numbered."""
    alive = (*report.plan.actions, *report.plan.to_confirm)
    told = [one for one in alive if one.cures(result.criterion.id)]
    return " ; ".join(f"{one.ref}. {report.title(one, audience)}" for one in told)


def _day(report: Report, result: CriterionResult) -> date:
    cures = [a for a in report.plan.actions if a.cures(result.criterion.id)]
    return min((one.due for one in cures if one.due), default=date.max)


def _rest(wrong: int, unchecked: int) -> str:
    if not wrong:
        return f"Aucun manquement constaté ; {_points(unchecked)} à vérifier."
    others = wrong - NAMED
    parts = [_points(others, "autre ")] if others > 0 else []
    if unchecked:
        parts.append(f"{_points(unchecked)} à vérifier")
    return sentence(f"voir aussi plus loin : {' et '.join(parts)}") if parts else ""


def _points(count: int, adjective: str = "") -> str:
    if count == 1:
        return f"1 {adjective}point"
    return f"{count} {adjective.replace(' ', 's ')}points"
