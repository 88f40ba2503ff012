"""What is still to be asked, where, of whom, so that the levels settle."""

from diag.assess.results import CriterionResult
from diag.model.checklist import Question
from diag.model.enums import Standing
from diag.reports.discretion import names_read
from diag.reports.escape import Md
from diag.reports.layout import bullets, table
from diag.reports.report import Report
from diag.words.sentences import listed
from diag.words.vocabulary import WHOM

_SHOWN = 8


def unknowns(report: Report) -> Md:
    """Return the questions that keep a level open, with the places they miss at."""
    questions = report.checklist.questions
    rows = [_row(report, questions[name], places) for name, places in _missing(report)]
    columns = ("À demander ou à relever", "Où", "À qui")
    return table("Ce qui manque pour trancher", columns, rows)


def asked_of(report: Report, *whom: str, limit: int) -> tuple[Md, int]:
    """Return what is still to be asked of a reader, and how many more questions.

    Sensitive matters are asked face to face, never in writing.
    """
    questions = report.checklist.questions
    asked = [(questions[name], places) for name, places in _missing(report)]
    told = [
        f"{one.ask}{_about(report, places)}"
        for of in whom
        for one, places in asked
        if one.whom == of and one.ask and not one.sensitive
    ]
    return bullets(told[:limit]), len(told[limit:])


def _about(report: Report, places: list[str]) -> str:
    """Return the rooms or lots that a question is of: « ces appareils » says none."""
    names = [report.place_name(one) for one in places if one != report.facts.root]
    return f" ({listed(names, _SHOWN)})" if names else ""


def _missing(report: Report) -> list[tuple[str, list[str]]]:
    """Return the ids of the questions that miss, each with its places, in order."""
    wanted = {
        name
        for result in report.assessment.criteria.values()
        if _is_open(result)
        for name in names_read(result.criterion)
    }
    missing: dict[str, list[str]] = {}
    for asked in report.asked:
        if asked.question.id in wanted and not asked.is_settled:
            missing.setdefault(asked.question.id, []).append(asked.place)
    return list(missing.items())


def _is_open(result: CriterionResult) -> bool:
    return result.standing is not Standing.OUT and result.settled < 1


def _row(report: Report, question: Question, places: list[str]) -> tuple[str, ...]:
    root = report.facts.root
    names = [report.it if one == root else report.place_name(one) for one in places]
    asked = f"{question.label}. {question.ask or question.look}".rstrip(". ")
    of = WHOM.get(question.whom, question.whom)
    return asked, listed(names, _SHOWN), of
