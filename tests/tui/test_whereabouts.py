"""Whatever ended the program, one comes back to the very place."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from diag.audit.session import start
from diag.tui.app import DiagApp
from diag.tui.bilan import BilanScreen
from diag.tui.guards import CrashScreen
from diag.tui.school import SchoolScreen
from diag.tui.state import Here
from diag.tui.tour import TourScreen
from diag.tui.visit import VisitScreen
from tests.examples import cases
from tests.tui.builders import SCHOOL, app_on, new_app
from tests.tui.routes import choose
from tests.tui.waiting import shows, wait_for


@asynccontextmanager
async def running(app: DiagApp) -> AsyncIterator[Pilot[None]]:
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        yield pilot


async def on(pilot: Pilot[None], screen: type) -> None:
    await wait_for(pilot, lambda: isinstance(pilot.app.screen, screen), screen.__name__)


def kept(app: DiagApp) -> Here:
    return app.whereabouts.last or Here()


@pytest.mark.long  # the gate finds a bilan over its school, and a visit after a crash
async def test_after_a_crash_in_the_bilan_it_is_shown_over_its_visit(
    tmp_path: Path,
) -> None:
    app = new_app(tmp_path)
    async with running(app) as pilot:
        app.go_visit(SCHOOL)
        await on(pilot, VisitScreen)
        await wait_for(pilot, lambda: shows(pilot, "Réponse"), "the fiche")
        await pilot.press("down", "down")
        await wait_for(pilot, lambda: shows(pilot, "question 5 sur"), "the question")
        await pilot.press("f9")
        await on(pilot, BilanScreen)
        await wait_for(pilot, lambda: kept(app).places[-1] == "bilan", "kept")
    world = app_on(tmp_path).desk.world
    again = DiagApp(tmp_path, world, crashed=tmp_path / "diag.log")
    async with again.run_test(size=(80, 24), notifications=True) as pilot:
        await on(pilot, CrashScreen)
        await pilot.press("enter")
        await on(pilot, BilanScreen)
        await wait_for(pilot, lambda: shows(pilot, "Bilan :"), "the bilan")
        await pilot.press("escape")
        await on(pilot, VisitScreen)
        await wait_for(pilot, lambda: shows(pilot, "question 5 sur"), "the question")
        await pilot.press("escape")
        await on(pilot, SchoolScreen)


async def test_a_school_that_was_read_is_reopened(tmp_path: Path) -> None:
    app = new_app(tmp_path)
    async with running(app) as pilot:
        app.go_school(SCHOOL)
        await wait_for(pilot, lambda: kept(app).places, "kept")
    async with running(app_on(tmp_path)) as pilot:
        await pilot.press("f3")
        await on(pilot, SchoolScreen)


async def test_the_tour_is_reopened(tmp_path: Path) -> None:
    app = new_app(tmp_path)
    async with running(app) as pilot:
        app.go_tour()
        await wait_for(pilot, lambda: kept(app).places, "kept")
    async with running(app_on(tmp_path)) as pilot:
        await pilot.press("f3")
        await on(pilot, TourScreen)


async def test_back_in_territoire_it_is_the_visit_that_is_resumed(
    tmp_path: Path,
) -> None:
    app = new_app(tmp_path)
    async with running(app) as pilot:
        app.go_visit(SCHOOL)
        await wait_for(pilot, lambda: shows(pilot, "Réponse"), "the fiche")
        await pilot.press("escape")
        await on(pilot, SchoolScreen)
        await wait_for(pilot, lambda: kept(app).places == ("school",), "kept")
        await pilot.press("escape")
        await wait_for(pilot, lambda: not kept(app).places, "Territoire")
        desk = app.desk.workspace
        desk.keep_settings(desk.settings.model_copy(update={"campaign": "2027-2028"}))
        await pilot.press("f3")
        await on(pilot, VisitScreen)
        assert app.desk.session(SCHOOL).audit.campaign == "2026-2027"


async def test_the_audit_of_another_campaign_is_reopened_as_such(
    tmp_path: Path,
) -> None:
    app = new_app(tmp_path)
    start(app.desk.workspace, SCHOOL, "2024-2025")
    async with running(app) as pilot:
        app.desk.choose(SCHOOL, "2024-2025")
        app.go_school(SCHOOL)
        await on(pilot, SchoolScreen)
        app.go_bilan(SCHOOL)
        await wait_for(pilot, lambda: kept(app).places == ("school", "bilan"), "kept")
    async with running(app_on(tmp_path)) as pilot:
        await pilot.press("f3")
        await on(pilot, BilanScreen)
        await wait_for(pilot, lambda: shows(pilot, "2024-2025"), "its campaign")
        await pilot.press("escape")
        await on(pilot, SchoolScreen)


@pytest.mark.parametrize(
    "places", cases([["school"], ["school", "visit"]], ["school", "visit"])
)
async def test_a_school_that_is_gone_is_told_once_and_leaves_one_in_territoire(
    tmp_path: Path, places: list[str]
) -> None:
    app = new_app(tmp_path)
    app.desk.keep("here", [places, "9999999P", ""])
    app.desk.close()
    async with running(app_on(tmp_path)) as pilot:
        await pilot.press("f3")
        await wait_for(pilot, lambda: shows(pilot, "9999999P"), "told")
        await pilot.press("escape")
        await choose(pilot, "reglages")
        await wait_for(pilot, lambda: shows(pilot, "Réglages"), "one works on")


@pytest.mark.parametrize(
    "damaged",
    [None, "visit", [], [[], "", ""], [["nulle part"], SCHOOL, ""], [["visit"], 3, ""]],
)
def test_a_place_that_cannot_be_read_is_none(tmp_path: Path, damaged: object) -> None:
    app = new_app(tmp_path)
    app.desk.keep("here", damaged)
    assert app.whereabouts.last is None
    app.desk.close()
