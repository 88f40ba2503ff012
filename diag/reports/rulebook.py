"""Every criterion as the technician checks it: its levels, its rules, its sources."""

from diag.assess.results import CriterionResult, DomainResult, Standing
from diag.model.checklist import Audience, RollUp
from diag.model.number import exact
from diag.reports import frame
from diag.reports.citations import source_words
from diag.reports.escape import Md, code
from diag.reports.figures import percent
from diag.reports.findings import observed
from diag.reports.layout import sections, table, written
from diag.reports.report import Report
from diag.reports.typography import NBSP, NNBSP
from diag.reports.vocabulary import KINDS


def rulebook(report: Report) -> Md:
    """Return one table per domain."""
    return sections(_criteria(report, one) for one in report.assessment.domains)


def _criteria(report: Report, result: DomainResult) -> Md:
    rows = [_criterion_row(report, one) for one in result.criteria]
    columns = ("Critère", "Constat", "Niveau", "Règles", "Sources")
    told = table(f"Critères, {result.domain.title}", columns, rows)
    score = f"Score : {frame.score_words(result.score)}."
    heading = Md(f"### {written(result.domain.title)}")
    return sections((heading, written(score), told))


def _criterion_row(report: Report, result: CriterionResult) -> tuple[str, ...]:
    criterion = result.criterion
    weight = f"{KINDS[criterion.kind]}, poids {criterion.weight}"
    return (
        f"{criterion.ref or criterion.id}. {criterion.title} ({weight})",
        observed(report, result, Audience.TECHNIQUE),
        _level(result),
        _rules(result),
        ", ".join(map(source_words, criterion.sources)),
    )


def _level(result: CriterionResult) -> str:
    settled = result.low == result.high
    figures = f"{result.low}" if settled else f"{result.low} à {result.high}"
    match result.standing:
        case Standing.OUT:
            return ""
        case Standing.MAYBE:
            return f"{figures} (peut-être sans objet)"
        case Standing.IN:
            return figures


def _rules(result: CriterionResult) -> Md:
    criterion = result.criterion
    told = [
        f"{level}{NBSP}: {code(criterion.levels[level])}"
        for level in sorted(criterion.levels, reverse=True)
    ]
    if criterion.applicable:
        told.insert(0, f"si {code(criterion.applicable)}")
    if criterion.roll_up:
        told.append(written(_roll_up(criterion.roll_up)))
    return Md(f"{NNBSP}; ".join(told))


def _roll_up(roll_up: RollUp) -> str:
    match roll_up.method:
        case "worst":
            return "le moins bon lieu compte"
        case "mean":
            return "moyenne des lieux"
        case _:
            steps = ", ".join(
                f"{percent(exact(share))} pour {level}"
                for level, share in sorted(roll_up.steps.items(), reverse=True)
            )
            return f"part des lieux au niveau {roll_up.threshold} ou plus : {steps}"
