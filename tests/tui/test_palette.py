from pathlib import Path

from diag.tui.palette import Palette
from diag.tui.school import SchoolScreen
from tests.tui.builders import SCHOOL, new_app
from tests.tui.waiting import shows, wait_for


async def test_the_palette_leads_to_a_school_by_its_words(tmp_path: Path) -> None:
    app = new_app(tmp_path)
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        await pilot.press("ctrl+p", *"genets")
        await wait_for(pilot, lambda: shows(pilot, "Les Genêts"), "found")
        await pilot.press("down", "up", "pagedown", "pageup", "enter")
        await wait_for(pilot, lambda: isinstance(app.screen, SchoolScreen), "there")


async def test_the_palette_finds_a_question_of_the_visit(tmp_path: Path) -> None:
    app = new_app(tmp_path)
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        app.go_visit(SCHOOL)
        await wait_for(pilot, lambda: shows(pilot, "Direction"), "the visit")
        visit = app.screen
        await pilot.press("ctrl+p", *"batiments a relier")
        await wait_for(pilot, lambda: shows(pilot, "question"), "found")
        await pilot.press("enter")
        await wait_for(pilot, lambda: app.screen is visit, "back in the visit")
        await wait_for(pilot, lambda: shows(pilot, "Bâtiments à relier"), "there")


async def test_the_palette_says_when_nothing_answers(tmp_path: Path) -> None:
    app = new_app(tmp_path)
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        await pilot.press("ctrl+p", *"zzzz", "enter")
        await wait_for(pilot, lambda: shows(pilot, "Rien ne répond"), "nothing")
        await pilot.press("escape")
        await wait_for(pilot, lambda: not isinstance(app.screen, Palette), "closed")
