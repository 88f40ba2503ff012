"""What is still to be asked, where, of whom, so that the levels settle."""

from diag.assess.questions import relevant_questions
from diag.assess.results import CriterionResult, Standing
from diag.model.checklist import Question
from diag.reports.discretion import names_read
from diag.reports.escape import Md
from diag.reports.layout import table
from diag.reports.report import Report
from diag.reports.wording import listed

_SHOWN = 8


def unknowns(report: Report) -> Md:
    """Return the questions that keep a level open, with the places they miss at."""
    wanted = {
        name
        for result in report.assessment.criteria.values()
        if _is_open(result)
        for name in names_read(result.criterion)
    }
    missing: dict[str, list[str]] = {}
    for asked in relevant_questions(report.facts, report.checklist):
        if asked.question.id in wanted and not asked.is_settled:
            missing.setdefault(asked.question.id, []).append(asked.place)
    questions = report.checklist.questions
    rows = [_row(report, questions[name], places) for name, places in missing.items()]
    columns = ("À demander ou à relever", "Où", "À qui")
    return table("Ce qui manque pour trancher", columns, rows)


def _is_open(result: CriterionResult) -> bool:
    return result.standing is not Standing.OUT and result.settled < 1


def _row(report: Report, question: Question, places: list[str]) -> tuple[str, ...]:
    names = [report.place_name(place) for place in places]
    asked = f"{question.label}. {question.ask or question.look}".rstrip(". ")
    return asked, listed(names, _SHOWN), question.whom
