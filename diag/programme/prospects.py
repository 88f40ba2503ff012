"""What each school would score once a year's operations are done: judged again.

All effects together, on public facts: the gains of operations do not add up exactly.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple

from diag.assess.judge import judge_of
from diag.assess.results import Advice, Score
from diag.audit.session import AuditSession
from diag.imports.intake import Progress
from diag.model.enums import Socle
from diag.programme.adopting import session_of
from diag.programme.assembling import Board
from diag.programme.operations import Contender


class YearProspect(NamedTuple):
    """Where a school would stand at the end of a budget year."""

    year: int
    """0: today, with nothing done."""
    score: Score
    socle: Socle


class SchoolProspect(NamedTuple):
    """Where a school would stand, year after year; the first one is today."""

    audit: str
    school: str
    """UAI."""
    where: str
    years: tuple[YearProspect, ...]


def prospects_of(
    board: Board, progress: Progress = lambda _done, _total: None
) -> Iterator[SchoolProspect]:
    """Give each school that has an operation, judged again at the end of each year.

    About 10 ms for each year in which something is done there.
    """
    by_audit: dict[str, list[Contender]] = {}
    for one in board.gathered.candidates.values():
        by_audit.setdefault(one.audit, []).append(one)
    for done, (audit, contenders) in enumerate(by_audit.items(), 1):
        first = contenders[0]
        session = session_of(board.container, first).public()
        years = tuple(_years(board, session, contenders))
        yield SchoolProspect(audit, first.school, first.where, years)
        progress(done, len(by_audit))


def _years(
    board: Board, session: AuditSession, contenders: list[Contender]
) -> Iterator[YearProspect]:
    judge, facts = judge_of(session.checklist), session.facts
    advised = {one.recommendation.id: one for one in session.assessment.advice}
    found = judge.once_done(facts, ())
    yield YearProspect(0, *found)
    done: dict[str, Advice] = {}
    for year in board.programme.years:
        new = {
            action: advised[action]
            for one in contenders
            if board.schedule.years.get(one.operation.id) == year
            for action in one.actions
            if action in advised
        }
        if new:
            done |= new
            found = judge.once_done(facts, done.values())
        yield YearProspect(year, *found)


def at_socle(schools: list[SchoolProspect]) -> Mapping[int, Fraction]:
    """Return year → part of the schools where everything blocking holds everywhere."""
    many: dict[int, int] = {}
    for school in schools:
        for one in school.years:
            held = one.socle is Socle.ATTEINT
            many[one.year] = many.get(one.year, 0) + held
    return {year: Fraction(held, len(schools)) for year, held in many.items()}
