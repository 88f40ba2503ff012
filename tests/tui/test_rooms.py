"""Salles: the table, the plan, what Enter opens; arranged, drawn, by keys and mouse."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from itertools import zip_longest
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.pilot import Pilot
from textual.widgets import Input

from diag.audit.answer import NewAnswer, record_answer
from diag.audit.history import changes_of
from diag.audit.places import add_place, add_places, walking_order
from diag.audit.report import report_folder
from diag.audit.session import AuditSession
from diag.journal import subjects
from diag.model.enums import PlaceKind
from diag.tui.bilan import BilanScreen
from diag.tui.dialogs import Ask, ChooseDialog, Confirm
from diag.tui.noting import NotingScreen
from diag.tui.rooms import RoomsScreen
from diag.tui.rooms.board import PLAN, Line, RoomsBoard, changes
from diag.tui.rooms.faces import Run
from diag.tui.visit import VisitScreen
from tests.audit.builders import started, workspace
from tests.examples import cases
from tests.shared import copy_once_made
from tests.tui.routes import look_for
from tests.tui.visit.test_visit import visit
from tests.tui.waiting import shows, visible, wait_for, wait_to_show

SALLE = PlaceKind.SALLE
HOSTILE = "[/x] [red]\u202e" + "Très " * 30
SIZES = [(80, 24), (120, 40), (160, 50)]
DANGER, IMAGE = 0, 4


def make(folder: Path) -> None:
    """Make a school of two buildings: one danger, one room half known, one hostile."""
    with workspace(folder) as made:
        session = started(made)
        record_answer(session, NewAnswer("type_ecole", "elementaire"))
        add_place(session, PlaceKind.BATIMENT, "Petits")
        add_places(session, SALLE, ("CP", "CE1", "CE2", HOSTILE, "CM1", "CM2", "BCD"))
        add_place(session, SALLE, "Dortoir", "Petits")
        add_place(session, PlaceKind.LOT, "Chariot", "CP")
        for room, answers in {
            "CP": {"type_salle": "classe", "danger_electrique": True},
            "CE1": {"type_salle": "classe", "danger_electrique": False},
        }.items():
            place = session.find_place(room).id
            for question, value in answers.items():
                record_answer(session, NewAnswer(question, value, place=place))


@asynccontextmanager
async def rooms(
    folder: Path, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Pilot[None], VisitScreen, RoomsBoard]]:
    copy_once_made("rooms", make, folder)
    async with visit(folder, "nb_classes", size=size) as (pilot, screen):
        await pilot.press("f6")
        await wait_for(pilot, lambda: shows(pilot, "Les salles"), "the rooms")
        board = pilot.app.screen.query_one(RoomsBoard)
        await wait_for(pilot, lambda: shows(pilot, "CE1"), "drawn")
        yield pilot, screen, board


def standing(session: AuditSession, board: RoomsBoard) -> tuple[str, int]:
    return session.place_name(board.place), board.aspect


def row(pilot: Pilot[None], name: str) -> str:
    return next(line for line in visible(pilot) if line.lstrip(" >").startswith(name))


@pytest.mark.parametrize("size", cases(SIZES, SIZES[0]))
async def test_every_room_is_read_and_none_is_called_safe(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with rooms(tmp_path, size) as (pilot, screen, board):
        assert row(pilot, "CP").split()[1] in {"!", "[!", "["}
        assert "ok" in row(pilot, "CE1")
        assert "? 2" in row(pilot, "CE2")
        assert shows(pilot, "[/x] [red]Très")
        assert all(len(line) <= size[0] for line in visible(pilot))
        both = size != SIZES[0]
        assert shows(pilot, "! danger") is both
        await pilot.press("p")
        await wait_for(pilot, lambda: shows(pilot, "rien vu"), "the plan")
        assert shows(pilot, "! danger")
        assert shows(pilot, "1 sur 2") is not both
        assert not any("sûr" in line for line in visible(pilot))
        await pilot.press("pagedown")
        await wait_for(pilot, lambda: shows(pilot, "Dortoir"), "the other building")
        await pilot.press("quotation_mark")
        assert standing(screen.session, board) == ("Dortoir", 2)
        await pilot.press("pageup", "right", "3", "5")
        await wait_for(pilot, lambda: shows(pilot, "[5 Im"), "the aspect")
        assert standing(screen.session, board) == ("CE1", IMAGE)


@pytest.mark.long  # the gate opens it by its key, below
async def test_a_cell_is_opened_from_the_palette_too(tmp_path: Path) -> None:
    async with rooms(tmp_path) as (pilot, screen, board):
        await pilot.press("down", "down", *["right"] * IMAGE)
        assert standing(screen.session, board) == ("CE1", IMAGE)
        await pilot.press("ctrl+p", *"ouvrir", "enter")
        await wait_for(pilot, lambda: pilot.app.screen is screen, "the visit")
        place, _ = screen.visiting.key
        assert screen.session.place_name(place) == "CE1"


async def test_enter_opens_the_first_question_left_of_a_cell_and_writes_nothing(
    tmp_path: Path,
) -> None:
    async with rooms(tmp_path) as (pilot, screen, board):
        before = screen.session.digest
        await pilot.press("down", "down", *["right"] * IMAGE)
        assert standing(screen.session, board) == ("CE1", IMAGE)
        await wait_to_show(pilot, "CE1, image : ")
        await pilot.press("enter")
        await wait_for(pilot, lambda: pilot.app.screen is screen, "the visit")
        place, question = screen.visiting.key
        assert screen.session.place_name(place) == "CE1"
        assert screen.session.checklist.questions[question].place is SALLE
        assert (place, question) not in screen.session.facts.answers
        assert screen.session.digest == before
        await pilot.press("f6")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, RoomsScreen), "F6")
        again = pilot.app.screen.query_one(RoomsBoard)
        assert standing(screen.session, again)[0] == "CE1"
        await pilot.press("d")
        assert standing(screen.session, again) == ("CP", DANGER)
        await wait_to_show(pilot, "CP, danger : ")
        await pilot.press("r")
        cell = again.picture and again.picture.cell(
            again.place, again.picture.aspects[again.aspect].id
        )
        assert cell
        assert cell.left
        await pilot.press("escape")
        await wait_for(pilot, lambda: pilot.app.screen is screen, "back")


async def test_rooms_are_arranged_walked_so_and_taken_back(tmp_path: Path) -> None:
    async with rooms(tmp_path) as (pilot, screen, _):
        session = screen.session

        def order() -> list[str]:
            return [one.name[:7] for one in walking_order(session.facts)]

        rest = ["CE2", HOSTILE[:7], "CM1", "CM2", "BCD", "Dortoir"]
        assert order() == ["CP", "CE1", *rest]
        await pilot.press("g", "2", "minus", "space", "right", "escape", "escape")
        assert order() == ["CP", "CE1", *rest]
        await pilot.press("g")
        await wait_for(pilot, lambda: shows(pilot, "Espace Soulever"), "the keys")
        assert shows(pilot, "Espace soulève ou pose")
        await pilot.press("space", "right", "plus", "space")
        await wait_for(pilot, lambda: shows(pilot, "Enregistré · plan"), "kept")
        assert order() == ["CE1", "CP", *rest]
        written = [one.subject for one in session.revisions()]
        assert written.count(subjects.FLOOR) == 1
        assert session.facts.floor[session.facts.root][0][1][1] == 2
        legs = [leg.title for leg in screen.visiting.walk.legs]
        assert legs.index("CE1") < legs.index("CP")
        await pilot.press("ctrl+z")
        await wait_for(pilot, lambda: shows(pilot, "Annulé · plan des"), "taken back")
        assert order() == ["CP", "CE1", *rest]
        assert changes_of(session)[-1].about == "plan des salles"
        await pilot.press("escape")
        await wait_for(pilot, lambda: shows(pilot, "Entrée Ouvrir"), "the table again")


async def test_one_stands_at_the_room_that_is_put_back(tmp_path: Path) -> None:
    """A lot added after it went into the room below."""
    async with rooms(tmp_path) as (pilot, screen, board):
        await pilot.press("down", "down")
        assert standing(screen.session, board)[0] == "CE1"
        await pilot.press("delete")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, Confirm), "asked")
        await pilot.press("o")
        await wait_for(pilot, lambda: shows(pilot, "CE1 retiré"), "removed")
        assert standing(screen.session, board)[0] != "CE1"
        await pilot.press("ctrl+z")
        await wait_for(pilot, lambda: shows(pilot, "Annulé · "), "put back")
        assert standing(screen.session, board)[0] == "CE1"


async def test_a_lot_is_added_moved_renamed_and_the_figures_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []
    monkeypatch.setattr(
        "diag.tui.rooms.open_outside", lambda _app, path: opened.append(path)
    )
    async with rooms(tmp_path, (120, 40)) as (pilot, screen, board):
        session, app = screen.session, pilot.app
        lot = session.find_place("Chariot")
        assert row(pilot, "Chariot")
        await pilot.press("down")
        assert standing(session, board)[0] == "Chariot"
        await pilot.press("c")
        await wait_for(pilot, lambda: isinstance(app.screen, ChooseDialog), "where")
        for shown in ("Entrée Choisir", "↓ Suivante", "Échap Annuler"):
            assert shown in visible(pilot)[-1]
        await pilot.press(*"ce", "down", "up", "down", "enter")
        await wait_for(pilot, lambda: shows(pilot, "Enregistré · Chariot : CE2"), "c")
        assert session.facts.places[lot.id].parent == session.find_place("CE2").id
        await pilot.press("f2")
        await wait_for(pilot, lambda: isinstance(app.screen, Ask), "the name")
        app.screen.query_one(Input).value = "Tablettes"
        await pilot.press("enter")
        await wait_for(pilot, lambda: shows(pilot, "devient Tablettes"), "renamed")
        for typed, why in (
            ("Classe 1 à 10000", "ferait 10000 lieux"),
            ("Classe 8 à 1", "Écrivez « Classe 1 à 8 »"),
        ):
            await pilot.press("s")
            await wait_for(pilot, lambda: isinstance(app.screen, Ask), "names")
            app.screen.query_one(Input).value = typed
            await wait_for(pilot, partial(shows, pilot, why), why)
            await pilot.press("escape")
        await pilot.press("f4")
        await wait_for(pilot, lambda: isinstance(app.screen, NotingScreen), "F4")
        await pilot.press(*"fils nus", "enter")
        await wait_for(pilot, lambda: shows(pilot, "1 obs"), "noted")
        (noted,) = session.observations
        assert (noted.text, noted.place) == ("fils nus", lot.id)
        await pilot.press("i")
        await wait_for(pilot, lambda: shows(pilot, "Écrit : salles.svg"), "figures")
        folder = report_folder(session)
        for name, words in (("salles", "CP"), ("plan-des-salles", "salles, danger")):
            figure = (folder / f"{name}.svg").read_text(encoding="utf-8")
            assert words in figure
            assert "[/x] [red]" in figure
        assert opened == [folder / "salles.svg"]


async def test_the_mouse_points_at_a_cell_a_column_and_a_room(tmp_path: Path) -> None:
    async with rooms(tmp_path) as (pilot, screen, board):
        lines = visible(pilot)
        heads = next(y for y, line in enumerate(lines) if "1 Dan" in line)
        await pilot.click(offset=(lines[heads].index("5 Ima") + 1, heads))
        assert standing(screen.session, board)[1] == IMAGE
        y = next(n for n, line in enumerate(lines) if line.startswith(" CE2"))
        await pilot.click(offset=(lines[heads].index("1 Dan") + 2, y))
        assert standing(screen.session, board) == ("CE2", DANGER)
        board.face = PLAN
        board.redraw()
        await wait_for(pilot, lambda: shows(pilot, "┍━"), "the plan")
        lines = visible(pilot)
        (x, y) = next((at.index("CE1"), n) for n, at in enumerate(lines) if "CE1" in at)
        await pilot.click(offset=(x, y))
        assert standing(screen.session, board)[0] == "CE1"
        await pilot.click(offset=(x, y + 1))
        await wait_for(pilot, lambda: pilot.app.screen is screen, "a second click")
        assert screen.session.place_name(screen.visiting.key[0]) == "CE1"


runs = st.lists(
    st.builds(Run, st.text("ab汉 ", max_size=4), st.sampled_from(["", "dim", "bar"])),
    max_size=5,
)
drawn = st.lists(runs.map(tuple), max_size=4)


@given(drawn, drawn)
def test_what_is_drawn_again_holds_all_that_changed(
    before: list[Line], after: list[Line]
) -> None:
    regions = {region.y: region for region in changes(before, after)}
    for y, (old, new) in enumerate(zip_longest(before, after, fillvalue=())):
        cells = zip_longest(columns(old), columns(new))
        changed = {x for x, (was, now) in enumerate(cells) if was != now}
        assert (y in regions) is bool(changed)
        assert not changed or max(changed) == regions[y].right - 1


def columns(line: Line) -> list[tuple[str, str, int]]:
    return [
        (character, run.look, part)
        for run in line
        for character in run.text
        for part in range(cell_len(character))
    ]


async def test_salles_opens_from_the_bilan_and_leads_back_to_it(tmp_path: Path) -> None:
    async with rooms(tmp_path) as (pilot, screen, _):
        app = pilot.app
        await pilot.press("f9")
        await wait_for(pilot, lambda: isinstance(app.screen, BilanScreen), "the bilan")
        bilan = app.screen
        await pilot.press("f6")
        await wait_for(pilot, lambda: isinstance(app.screen, RoomsScreen), "the rooms")
        await wait_for(pilot, lambda: shows(pilot, "CE1"), "drawn")
        await pilot.press("f9")
        await wait_for(pilot, lambda: app.screen is bilan, "the same bilan")
        await pilot.press("f6")
        await wait_for(pilot, lambda: isinstance(app.screen, RoomsScreen), "again")
        await look_for(pilot, "projection ce1")
        await wait_for(pilot, lambda: shows(pilot, "projection"), "found")
        await pilot.press("escape", "enter")
        await wait_for(pilot, lambda: isinstance(app.screen, VisitScreen), "a question")
        assert app.screen is not screen
        await pilot.press("escape")
        await wait_for(pilot, lambda: app.screen is bilan, "back to the bilan")
