from pathlib import Path

from diag.tui.palette import Palette
from diag.tui.school import SchoolScreen
from diag.tui.visit import VisitScreen
from tests.tui.builders import SCHOOL, audited_app, new_app
from tests.tui.waiting import shows, visible, wait_for


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


async def test_a_place_is_known_by_its_name_and_nothing_is_hidden(
    tmp_path: Path,
) -> None:
    app = audited_app(tmp_path / "desk")
    async with app.run_test(size=(120, 40), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "en cours"), "the schools")
        app.go_visit(SCHOOL)
        await wait_for(pilot, lambda: shows(pilot, "Réponse"), "the visit")
        visit = app.screen
        assert isinstance(visit, VisitScreen)
        room = next(
            leg.title
            for leg in visit.visiting.walk.legs
            if leg.title.startswith("Classe")
        )
        await pilot.press("ctrl+p", *f"wify {room}")
        await wait_for(pilot, lambda: shows(pilot, "Ailleurs ("), "the others too")
        lines = [line for line in visible(pilot) if "lieu" in line]
        assert room in lines[0]
        assert shows(pilot, "question")
        await pilot.press("escape")
        await pilot.press("ctrl+p", *"prises de courant", "enter")
        await wait_for(pilot, lambda: visit.is_gridding, "its column of the grid")


async def test_a_question_is_opened_from_the_bilan(tmp_path: Path) -> None:
    app = audited_app(tmp_path / "desk")
    async with app.run_test(size=(120, 40), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "en cours"), "the schools")
        app.go_bilan(SCHOOL)
        await wait_for(pilot, lambda: shows(pilot, "Bilan :"), "the bilan")
        await pilot.press("ctrl+p", *"sauvgarde", "enter")
        await wait_for(pilot, lambda: shows(pilot, "copies de sauvegarde"), "asked")
        assert isinstance(app.screen, VisitScreen)


async def test_a_command_is_found_though_its_name_is_mistyped(tmp_path: Path) -> None:
    app = new_app(tmp_path)
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        await pilot.press("ctrl+p", *"reglagse", "enter")
        await wait_for(pilot, lambda: shows(pilot, "Prénom et nom"), "the settings")
