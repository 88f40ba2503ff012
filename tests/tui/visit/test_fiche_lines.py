"""What one answers with is in sight, however long the words around it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from diag.audit.session import AuditSession, open_session
from diag.audit.visit import VisitSession
from diag.model.enums import QuestionType
from diag.tui.visit.fiche import lines_of
from tests.audit.audited import audited, audited_workspace
from tests.audit.builders import SCHOOL
from tests.tui.builders import audited_app
from tests.tui.waiting import shows, wait_for

NARROW = (48, 17)
"""Columns and lines that a fiche has at 80×24."""
WIDE = (128, 43)
"""The same at 160×50."""


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AuditSession]:
    with audited_workspace(tmp_path_factory.mktemp("lines") / "desk") as made:
        yield audited(made)


def laid(visiting: VisitSession, size: tuple[int, int]) -> list[str]:
    found = lines_of(visiting.card, "Direction", 1, 9, "* inconnu")
    return [one.text.plain for one in found.lines("", *size)]


def visiting(session: AuditSession, question: str) -> VisitSession:
    walk = VisitSession(session).walk
    key = next(stop.key for stop in walk.stops if stop.question.id == question)
    return VisitSession(session, key)


def test_every_choice_of_every_question_is_in_sight_at_80_columns(
    session: AuditSession,
) -> None:
    visit = VisitSession(session)
    asked = {stop.question.id: stop for stop in visit.walk.stops}
    hidden = []
    for stop in asked.values():  # a room's, in one room
        visit.go(stop.key)
        found = lines_of(visit.card, "Direction", 1, 9, "* inconnu")
        last = max(
            (at for at, one in enumerate(found.lines("", *NARROW)) if one.key),
            default=0,
        )
        if last >= NARROW[1] - 1:
            hidden.append(stop.question.id)

    assert len(asked) > 150
    assert hidden == []


def test_what_to_look_at_stands_above_the_choices_where_there_is_room(
    session: AuditSession,
) -> None:
    visit = visiting(session, "type_salle")
    for size, above in ((NARROW, False), (WIDE, True)):
        lines = laid(visit, size)
        look = next(at for at, one in enumerate(lines) if one.startswith("Regarder"))
        choice = next(at for at, one in enumerate(lines) if "Classe" in one)
        assert (look < choice) is above


def test_nothing_is_lost_when_room_is_short(session: AuditSession) -> None:
    for question in ("type_salle", "ent", "acoustique", "debit_descendant"):
        visit = visiting(session, question)
        short, tall = (sorted(laid(visit, (48, height))) for height in (10, 400))
        assert [one for one in short if one.strip()] == [
            one for one in tall if one.strip()
        ]
        assert any(one.startswith("Pourquoi") for one in short)


def test_a_number_has_no_choices_to_bring_up(session: AuditSession) -> None:
    visit = visiting(session, "debit_descendant")

    assert visit.question.type is QuestionType.NUMBER
    assert laid(visit, (48, 5))[2].startswith("Demander")


@pytest.mark.long  # the gate lays every choice of every question in that room
async def test_the_last_use_of_a_room_is_seen_at_80_columns(tmp_path: Path) -> None:
    app = audited_app(tmp_path / "w")
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        key = visiting(open_session(app.desk.workspace, SCHOOL), "type_salle").key
        app.go_visit(SCHOOL, *key)
        await wait_for(pilot, lambda: shows(pilot, "Usage de la salle"), "the question")

        assert shows(pilot, "0  Autre local")
