"""Every criterion as the technician checks it: its level, what would raise it, why.

The rule of the level expected is told where it may be missed; `diag why` has them all.
"""

from diag.assess.results import CriterionResult, DomainResult
from diag.model.checklist import RollUp
from diag.model.enums import Audience, Standing
from diag.model.number import exact
from diag.reports.citations import known_sources
from diag.reports.escape import Md, code
from diag.reports.findings import observed, threshold
from diag.reports.layout import sections, table, written
from diag.reports.report import Report
from diag.words.figures import percent
from diag.words.typography import NBSP, NNBSP
from diag.words.vocabulary import KINDS


def rulebook(report: Report) -> Md:
    """Return one table per domain."""
    return sections(_criteria(report, one) for one in report.assessment.domains)


def _criteria(report: Report, result: DomainResult) -> Md:
    told = [one for one in result.criteria if one.standing is not Standing.OUT]
    out = [_name(one) for one in result.criteria if one.standing is Standing.OUT]
    columns = ("Critère", "Constat", "Niveau", "Ce qui est demandé", "Sources")
    rows = [_criterion_row(report, one) for one in told]
    return sections((
        Md(f"### {written(result.domain.title)}"),
        table(f"Critères, {result.domain.title}", columns, rows),
        written(f"Sans objet ici : {' ; '.join(out)}.") if out else Md(""),
    ))


def _name(result: CriterionResult) -> str:
    criterion = result.criterion
    return f"{criterion.ref or criterion.id}. {criterion.title}"


def _criterion_row(report: Report, result: CriterionResult) -> tuple[str, ...]:
    criterion = result.criterion
    weight = f"{KINDS[criterion.kind]}, poids {criterion.weight}"
    return (
        f"{_name(result)} ({weight})",
        observed(report, result, Audience.TECHNIQUE),
        _level(result),
        _rule(result),
        ", ".join(known_sources(criterion.sources)),
    )


def _level(result: CriterionResult) -> str:
    settled = result.low == result.high
    figures = f"{result.low}" if settled else f"{result.low} à {result.high}"
    doubt = " (peut-être sans objet)" if result.standing is Standing.MAYBE else ""
    return figures + doubt


def _rule(result: CriterionResult) -> Md:
    """Return the rule of the level expected; nothing where it is surely reached."""
    criterion, expected = result.criterion, threshold(result)
    level = min((one for one in criterion.levels if one >= expected), default=0)
    if result.low >= expected or not level:
        return Md("")
    told = [Md(f"{level}{NBSP}: {code(criterion.levels[level])}")]
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
