"""A new type of question is one class in `TYPES`: every way in uses it."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import cast

import pytest
from textual import events

from diag.answers.answer_type import AnswerType, Refused
from diag.answers.types import TYPES, fieldset
from diag.assess.judge import rooted
from diag.audit.hypotheses import suppose_answer
from diag.audit.session import AuditSession
from diag.checklist.symbols import check_rule
from diag.documents.document import Meta
from diag.documents.questionnaire import QuestionnairePage, questionnaire
from diag.documents.tables.answers import xlsform_of
from diag.imports.grids import drafted
from diag.model.audit import Value
from diag.model.checklist import Checklist, Question
from diag.model.enums import PlaceKind, QuestionType
from diag.rules.language import parse_rule
from diag.tui.visit.grid import Grid
from tests.audit.builders import SCHOOL, started, workspace
from tests.cli.running import diag
from tests.imports.test_grids import book
from tests.shipped import shipped
from tests.tui.visit.grid_host import Host, twelve_rooms, type_keys
from tests.tui.visit.test_visit import prepared, visit
from tests.tui.waiting import shows, wait_for

CROSSES = cast("QuestionType", "crosses")
"""Stands in for a member of the enumeration."""
RETYPED = ("nb_classes", "prises_rj45")
DAY = date(2026, 10, 5)


class Crosses(AnswerType):
    """As many as there are crosses: « xxx » is 3."""

    hint = "des croix"
    in_rules = ("des croix", "posez une question à choix")
    is_readable = False
    blank = "[ ] [ ] [ ]"
    xlsform = ("crosses",)
    grid_words = "croix"

    def input_attributes(self, question: Question) -> str:
        return 'type="text" pattern="x*"'

    def read(self, question: Question, raw: object) -> Value:
        text = str(raw)
        if not text.strip("x"):
            return len(text)
        raise Refused(question, f"« {text} » n'est pas fait de croix", "Tapez des x")

    def value_words(self, question: Question, value: int | str) -> str:
        return f"{value} croix"

    def drops_last_key(self, question: Question, read: object) -> bool:
        return False


def retype(plain: Checklist) -> Checklist:
    """Return checklists with two questions that are answered with crosses."""
    changed = {
        ident: plain.questions[ident].model_copy(
            update={"type": CROSSES, "likely": None, "range": None, "unit": ""}
        )
        for ident in RETYPED
    }
    return plain.model_copy(update={"questions": plain.questions | changed})


@pytest.fixture(autouse=True)
def _crossed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have two questions of the shipped checklists answered with crosses."""
    made: list[tuple[Checklist, Checklist]] = []

    def retyped(checklist: Checklist, root: PlaceKind) -> Checklist:
        plain = rooted(checklist, root)
        for source, crossed in made:
            if plain in (source, crossed):
                return crossed
        crossed = retype(plain)
        made.append((plain, crossed))
        return crossed

    monkeypatch.setitem(TYPES, CROSSES, Crosses())
    monkeypatch.setattr("diag.audit.snapshot.rooted", retyped)
    monkeypatch.setattr("diag.assess.judge.rooted", lambda checklist, _root: checklist)


@pytest.fixture
def rooms(tmp_path: Path) -> Iterator[AuditSession]:
    with workspace(tmp_path / "rooms") as made:
        session = started(made)
        twelve_rooms(session)
        yield session


def value(session: AuditSession, room: str) -> object:
    places = {each.name: each.id for each in session.facts.places.values()}
    answer = session.facts.answer(places[room], "prises_rj45")
    return answer.value if answer else None


async def test_the_fiche_reads_it_previews_it_and_refuses_with_it(
    tmp_path: Path,
) -> None:
    prepared(tmp_path)
    async with visit(tmp_path) as (pilot, screen):
        assert shows(pilot, "des croix")
        await pilot.press("x", "y", "enter")
        await wait_for(pilot, lambda: shows(pilot, "Refusé. « xy » n'est pas fait"))
        await pilot.press("backspace", "x")
        await wait_for(pilot, lambda: shows(pilot, "2 croix"), "the preview")
        await pilot.press("enter")
        await wait_for(pilot, lambda: shows(pilot, "Répondu  "), "saved")
        answer = screen.session.facts.answer(screen.session.facts.root, "nb_classes")
        assert answer is not None
        assert answer.value == 2


async def test_a_cell_and_a_paste_read_it(rooms: AuditSession) -> None:
    async with Host(rooms).run_test(size=(80, 24)) as pilot:
        grid = pilot.app.query_one(Grid)
        grid.table.post_message(events.Paste("\t\txx\n\t\t7"))
        await wait_for(pilot, lambda: value(rooms, "Classe 1") == 2)
        await wait_for(pilot, lambda: shows(pilot, "« 7 » n'est pas fait"))
        await type_keys(pilot, "escape")
        while grid.question.id != "prises_rj45":
            await type_keys(pilot, "right")
        await type_keys(pilot, "x x x enter")
        assert value(rooms, "Classe 1") == 3
        assert shows(pilot, "3 croix")


def test_the_command_line_and_json_read_it(tmp_path: Path) -> None:
    with workspace(tmp_path) as made:
        started(made)
    done = diag(tmp_path, "audit", "answer", SCHOOL, "nb_classes", "xxxx")
    assert "4 croix" in done.out
    refused = diag(tmp_path, "audit", "answer", SCHOOL, "nb_classes", "4")
    assert "« 4 » n'est pas fait de croix. Tapez des x." in refused.err
    lines = [{"question": "nb_classes", "value": each} for each in ("x", "4")]
    both = diag(
        *(tmp_path, "audit", "answer", SCHOOL, "-"),
        stdin="\n".join(map(json.dumps, lines)),
    )
    taken, left = map(json.loads, both.out.splitlines())
    assert "error" not in taken
    assert refused.err.strip().endswith(left["error"])


def test_a_page_and_paper_have_its_field() -> None:
    question = retype(shipped()).questions["nb_classes"]
    assert '<input type="text" pattern="x*">' in fieldset(question, 1)
    page = QuestionnairePage("Questions", "École", "2026", "ici", "", "Merci.", "c0de")
    meta = Meta(title="Questions", day=DAY)
    printed = questionnaire(meta, page, [question], [])
    assert "[ ] [ ] [ ]" in printed.markdown.replace("\\", "")


def test_a_form_of_telephones_carries_it_both_ways() -> None:
    form = xlsform_of(retype(shipped()), PlaceKind.ECOLE, DAY)
    draft, _ = drafted(form.content, "grille")
    assert {one.id for one in draft.questions if one.type is CROSSES} == {*RETYPED}


def test_a_grid_of_the_field_names_it() -> None:
    rows = [("Question", "Type de réponse"), ("Piliers vus", "Des croix")]
    draft, _ = drafted(book(Grille=rows), "grille")
    assert [one.type for one in draft.questions] == [CROSSES]


def test_a_rule_that_reads_it_is_refused_by_its_name() -> None:
    rule = parse_rule("nb_classes > 1")
    (fault,) = check_rule(
        rule, retype(shipped()).questions, PlaceKind.ECOLE, "condition"
    )
    assert "« nb_classes » est des croix : une règle ne peut pas" in fault.message


def test_a_supposition_reads_it(rooms: AuditSession) -> None:
    supposed = suppose_answer(rooms, rooms.facts, "prises_rj45", "xx", "Classe 1")
    assert supposed.value == 2
