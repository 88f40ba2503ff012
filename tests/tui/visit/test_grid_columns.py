"""What the table shows of its columns."""

from pathlib import Path

import pytest

from diag.audit.answer import NewAnswer, record_answer
from diag.audit.fitting import choose_minutes
from diag.audit.grid import Cell, GridSheet, short_words
from diag.model.audit import Answer
from diag.model.checklist import Choice, Question
from diag.model.enums import PlaceKind, Provenance, QuestionType, State
from diag.tui.visit.grid_table import GridLayout, GridTable, cell_text, current_line
from tests.audit.builders import started, workspace
from tests.tui.visit.grid_host import Host, twelve_rooms
from tests.tui.waiting import visible, wait_for


@pytest.mark.parametrize("width", [80, 100, 160])
async def test_columns_are_shown_whole_or_not_at_all(
    tmp_path: Path, width: int
) -> None:
    with workspace(tmp_path) as made:
        session = started(made)
        twelve_rooms(session)
        app = Host(session)
        async with app.run_test(size=(width, 24)) as pilot:
            table = app.grid.table
            await wait_for(pilot, lambda: table.size.width == width, "its columns")
            layout = GridLayout(table.sheet, width)
            ends = [
                layout.names + start + each
                for start, each in zip(layout.starts, layout.widths, strict=True)
            ]
            edge = max(end for end in ends if end <= width)
            assert all(len(line) <= edge for line in visible(pilot)[:16])
            assert len(visible(pilot)[layout.height - 1].rstrip()) > edge - 18


def shipped_sheet(tmp_path: Path) -> GridSheet:
    with workspace(tmp_path) as made:
        session = started(made)
        twelve_rooms(session)
        choose_minutes(session, 90)
        return GridSheet(session, PlaceKind.SALLE)


def test_a_column_is_headed_and_filled_by_short_words(tmp_path: Path) -> None:
    sheet = shipped_sheet(tmp_path)
    layout = GridLayout(sheet, 80)
    (column,) = [
        rank for rank, one in enumerate(sheet.questions) if one.id == "projection"
    ]
    question, width = sheet.questions[column], layout.widths[column]
    chosen = next(one for one in question.choices if one.id == "tableau_interactif")
    answer = Answer(State.KNOWN, chosen.id, Provenance.OBSERVED)
    cell = Cell(short_words(question, answer), "vu", True, (answer,))

    assert (
        [each.strip() for each in layout.titles[column]][-2:]
        == [*question.heading]
        == ["Projection", "en place"]
    )
    assert cell_text(question, cell, width).split() == [chosen.short, "vu"]
    assert chosen.label in current_line(question, cell), "in full below the table"


def test_short_titles_make_room_for_more_columns(tmp_path: Path) -> None:
    sheet = shipped_sheet(tmp_path)
    layout = GridLayout(sheet, 80)
    for question, width in zip(sheet.questions, layout.widths, strict=True):
        if not question.heading:
            continue
        longest = max(len(one.short or one.label) for one in question.choices or [NONE])
        assert width >= max(map(len, question.heading)) + 1
        assert width >= min(longest + 6, 18)
        assert width >= len(" 10/10 oui ")
    assert sum(end <= 80 - layout.names for end in ends(layout)) >= 5
    assert sum(end <= 120 - layout.names for end in ends(layout)) >= 8
    assert layout.height <= 3


NONE = Choice(id="rien", label="")


def ends(layout: GridLayout) -> list[int]:
    return [one + more for one, more in zip(layout.starts, layout.widths, strict=True)]


def test_a_choice_without_a_short_word_keeps_its_label(tmp_path: Path) -> None:
    question = Question(
        id="a",
        domain="d",
        place=PlaceKind.SALLE,
        type=QuestionType.CHOICES,
        label="Un long libellé de question",
        short="Une / deux",
        choices=(
            Choice(id="x", label="Le premier", short="1er"),
            Choice(id="y", label="Le second"),
            Choice(id="z", label="Le troisième", short="3e"),
        ),
    )

    def shown(*ids: str) -> str:
        return short_words(question, Answer(State.KNOWN, ids, Provenance.OBSERVED))

    assert shown("x", "z") == "1er, 3e"
    assert shown("x", "y") == "Le premier, le second"
    assert shown() == "aucun"


def test_a_cell_shows_what_is_to_be_seen_below_base_a_danger_and_what_is_carried(
    tmp_path: Path,
) -> None:
    question = Question(
        id="danger",
        domain="d",
        place=PlaceKind.SALLE,
        type=QuestionType.BOOLEAN,
        label="Danger",
    )
    seen = (Answer(State.KNOWN, True, Provenance.OBSERVED),)
    carried = (Answer(State.KNOWN, False, Provenance.CARRIED),)
    cells = {
        "empty": Cell("", "", True, ()),
        "below": Cell("non", "vu", True, seen, is_below=True),
        "danger": Cell("oui", "vu", True, seen, is_danger=True),
        "carried": Cell("non", "rep", True, carried),
    }
    shown = {name: cell_text(question, cell, 12) for name, cell in cells.items()}

    assert {len(each) for each in shown.values()} == {12}
    assert shown["empty"].strip() == "à voir"
    assert shown["below"].split() == ["non", "<vu"]
    assert shown["danger"].startswith("!OUI ")
    assert shown["carried"].split() == ["non", "rep"]
    assert cells["carried"].is_carried
    assert cell_text(question, cells["empty"], 12, "[]") == f"[{' ' * 10}]"
    assert {
        f"table--{name}" for name in (*cells, "cursor")
    } <= GridTable.COMPONENT_CLASSES


def test_an_answer_that_alone_keeps_a_criterion_below_base_is_marked(
    tmp_path: Path,
) -> None:
    with workspace(tmp_path) as made:
        session = started(made)
        twelve_rooms(session)
        room = session.facts.places_of(PlaceKind.SALLE)[0]
        for ident, value in (("type_salle", "classe"), ("acoustique", "1")):
            record_answer(session, NewAnswer(ident, value, room.id))
        choose_minutes(session, 90)
        sheet = GridSheet(session, PlaceKind.SALLE)
        low = [
            sheet.questions[column].id
            for column in range(len(sheet.questions))
            if sheet.cell(0, column).is_below
        ]
        below = {
            one.criterion.id
            for one in session.assessment.criteria.values()
            for verdict in one.verdicts
            if verdict.place == room.id and verdict.high < 1
        }
        assert low == ["acoustique"]
        assert "acoustique-classe" in below
