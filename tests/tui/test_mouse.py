"""What the keyboard reaches, the mouse does too."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from diag.tui.bilan import BilanScreen
from diag.tui.bilan.faces import FACES
from diag.tui.dialogs import Confirm
from diag.tui.palette import Palette
from diag.tui.recommendation import RewordScreen
from diag.tui.rooms import RoomsScreen
from diag.tui.visit import VisitScreen
from diag.tui.visit.faces import WalkPlan
from tests.tui.builders import SCHOOL, audited_app
from tests.tui.routes import ROUTES, audited, go
from tests.tui.visit.test_visit import prepared, visit
from tests.tui.waiting import shows, visible, wait_for


async def click(pilot: Pilot[None], words: str) -> None:
    """Click on words, where they are first seen."""
    lines = visible(pilot)
    (x, y) = next(
        (line.index(words), y) for y, line in enumerate(lines) if words in line
    )
    await pilot.click(offset=(x + 1, y))


@pytest.mark.long  # the gate clicks it in Salles, below
@pytest.mark.parametrize("place", [each for each in ROUTES if each != "palette"])
async def test_the_key_bar_leads_to_the_palette(tmp_path: Path, place: str) -> None:
    app = audited(tmp_path / "desk")
    async with app.run_test(size=(80, 24)) as pilot:
        await go(pilot, app, place)
        for width, words in ((80, "Chercher"), (160, "Chercher Ctrl+P")):
            await pilot.resize_terminal(width, 24)
            await wait_for(pilot, lambda: words in visible(pilot)[-1][-17:], words)  # noqa: B023 - awaited here
            await pilot.click(offset=(width - 3, 23))
            await wait_for(pilot, lambda: isinstance(app.screen, Palette), "opened")
            await pilot.press("escape")
            await wait_for(pilot, lambda: not app.screen.is_modal, "closed")


@pytest.mark.long  # the gate takes a room away so, below
async def test_one_click_in_the_palette_does_what_it_names(tmp_path: Path) -> None:
    prepared(tmp_path)
    async with visit(tmp_path) as (pilot, _):
        await pilot.press("ctrl+p")
        await wait_for(pilot, lambda: shows(pilot, "commande   Salles"), "the palette")
        await click(pilot, "commande   Salles")
        await wait_for(
            pilot, lambda: isinstance(pilot.app.screen, RoomsScreen), "the places"
        )


async def test_what_salles_does_is_all_reached(tmp_path: Path) -> None:
    prepared(tmp_path)
    async with visit(tmp_path) as (pilot, _):
        await pilot.press("f6")
        await wait_for(pilot, lambda: shows(pilot, "Les salles"), "the rooms")
        await click(pilot, "Chercher")
        await wait_for(pilot, lambda: shows(pilot, "Matériel complet"), "the palette")
        await click(pilot, "commande   Retirer")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, Confirm), "asked")


async def test_the_sides_of_the_bilan_and_the_readers_of_a_wording_are_clicked(
    tmp_path: Path,
) -> None:
    app = audited_app(tmp_path / "desk")
    async with app.run_test(size=(80, 24)) as pilot:
        app.go_bilan(SCHOOL)
        await wait_for(pilot, lambda: shows(pilot, "[Constats]"), "the bilan")
        screen = app.screen
        assert isinstance(screen, BilanScreen)
        for name in ("evolution", "counsel", "findings"):
            await click(pilot, FACES[name])
            await wait_for(pilot, lambda: shows(pilot, f"[{FACES[name]}]"), name)  # noqa: B023 - awaited here
            assert screen.face == name

        session = app.desk.session(SCHOOL)
        app.push_screen(RewordScreen(session, "mettre-hors-danger"))
        await wait_for(pilot, lambda: shows(pilot, "[la mairie]"), "the readers")
        await click(pilot, "l'académie")
        await wait_for(pilot, lambda: shows(pilot, "[l'académie]"), "another one")


async def test_one_click_in_the_plan_goes_there_unless_an_answer_is_refused(
    tmp_path: Path,
) -> None:
    prepared(tmp_path)
    async with visit(tmp_path) as (pilot, screen):
        await pilot.press(*"abc")
        await click(pilot, "CE1")
        await wait_for(pilot, lambda: shows(pilot, "Refusé"), "refused")
        assert screen.visiting.key[1] == "nb_classes"
        await wait_for(pilot, lambda: screen.fiche.line.has_focus, "the answer")
        await pilot.press("escape")
        await click(pilot, "CE1")
        await wait_for(pilot, lambda: shows(pilot, "CE1, question 1"), "the room")
        assert screen.fiche.line.has_focus


async def test_the_plan_leads_in_the_grille_too_unless_an_answer_is_refused(
    tmp_path: Path,
) -> None:
    prepared(tmp_path)
    async with visit(tmp_path, "prises_rj45", place="CP", size=(120, 40)) as (
        pilot,
        screen,
    ):
        await pilot.press("f2")
        await wait_for(pilot, lambda: screen.grid and screen.grid.table.has_focus, "in")
        grid = screen.grid
        assert grid is not None
        await pilot.press(*"777")
        await pilot.click(WalkPlan, offset=(3, _line_of(pilot, screen, "CE1")))
        await wait_for(pilot, lambda: shows(pilot, "hors limites"), "refused")
        await pilot.press("backspace", "backspace", "enter")
        await wait_for(pilot, lambda: shows(pilot, "Enregistré, CP : 7"), "mended")
        for row, name in enumerate(("CP", "CE1")):
            await pilot.click(WalkPlan, offset=(3, _line_of(pilot, screen, name)))
            await wait_for(pilot, lambda: grid.table.cursor.row == row, "the room")  # noqa: B023 - awaited here
            await wait_for(pilot, lambda: grid.table.has_focus, "its cells")
        assert screen.is_gridding


def _line_of(pilot: Pilot[None], screen: VisitScreen, name: str) -> int:
    top = screen.query_one(WalkPlan).region.y
    seen = visible(pilot)[top:]
    return next(y for y, line in enumerate(seen) if line.startswith(f" {name}"))
