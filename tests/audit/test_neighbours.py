"""What the commune answered for one school is proposed for the next one."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest

from diag.audit.answer import Key, NewAnswer, record_answer
from diag.audit.memory import NothingToRepeatError
from diag.audit.session import AuditSession, start
from diag.audit.visit import VisitSession
from diag.model.enums import PlaceKind, Provenance, QuestionType, State
from diag.workspace.workspace import Workspace
from tests.audit.builders import workspace


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Workspace]:
    with workspace(tmp_path / "desk") as made:
        yield made


@pytest.fixture
def schools(desk: Workspace) -> tuple[AuditSession, AuditSession, AuditSession]:
    """Two schools of one commune, and one of another."""
    lines = desk.territory.schools("")
    towns = [list(run) for _, run in groupby(lines, key=lambda line: line.insee)]
    (one, other, *_) = max(towns, key=len)
    far = next(town[0] for town in towns if town[0].insee != one.insee)
    found = [start(desk, line.uai) for line in (one, other, far)]
    return found[0], found[1], found[2]


def asked_of(session: AuditSession, whom: str) -> tuple[str, str]:
    """Return a question that is asked of them in every school, and an answer."""
    for question in session.checklist.questions.values():
        is_choice = question.type is QuestionType.CHOICE and not question.relevant
        if is_choice and question.whom == whom and question.place is PlaceKind.ECOLE:
            return question.id, question.choices[0].id
    raise AssertionError


def at(session: AuditSession, question: str) -> Key:
    return session.facts.root, question


def test_an_answer_of_the_commune_is_proposed_and_taken_with_its_origin(
    schools: tuple[AuditSession, AuditSession, AuditSession],
) -> None:
    first, second, far = schools
    question, value = asked_of(first, "commune")
    record_answer(first, NewAnswer(question, value))

    visiting = VisitSession(second, at(second, question))
    assert first.about.name in visiting.card.last_words
    visiting.still_true()
    answer = second.facts.answer(*at(second, question))
    assert answer is not None
    assert (answer.value, answer.provenance) == (value, Provenance.CARRIED)
    assert answer.reason.startswith(f"{first.about.name}, ")
    assert VisitSession(far, at(far, question)).card.last is None


def test_what_is_asked_of_the_school_is_no_neighbour_s_business(
    schools: tuple[AuditSession, AuditSession, AuditSession],
) -> None:
    first, second, _ = schools
    question, value = asked_of(first, "direction")
    record_answer(first, NewAnswer(question, value))
    visiting = VisitSession(second, at(second, question))
    assert visiting.card.last is None
    with pytest.raises(NothingToRepeatError):
        visiting.still_true()


def test_an_unknown_answer_is_not_proposed(
    schools: tuple[AuditSession, AuditSession, AuditSession],
) -> None:
    first, second, _ = schools
    question, _ = asked_of(first, "commune")
    record_answer(first, NewAnswer(question, state=State.UNKNOWN))
    assert VisitSession(second, at(second, question)).card.last is None


def test_the_latest_is_proposed_last_year_s_or_a_neighbour_s(
    desk: Workspace, schools: tuple[AuditSession, AuditSession, AuditSession]
) -> None:
    first, second, _ = schools
    question, value = asked_of(first, "commune")
    record_answer(second, NewAnswer(question, value))
    later = start(desk, second.about.ref, "2027-2028")
    own = VisitSession(later, at(later, question)).card.last
    assert own is not None
    assert own.school == ""
    record_answer(first, NewAnswer(question, value))
    same_day = VisitSession(later, at(later, question)).card.last
    assert same_day is not None
    assert same_day.school == ""


def test_a_short_visit_still_proposes_it(
    schools: tuple[AuditSession, AuditSession, AuditSession],
) -> None:
    first, second, _ = schools
    question, value = asked_of(first, "commune")
    record_answer(first, NewAnswer(question, value))
    visiting = VisitSession(second, at(second, question))
    visiting.choose(30)
    assert visiting.card.last is not None
