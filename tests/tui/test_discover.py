"""The work in five steps: told once, skipped at will, found again."""

from pathlib import Path

from diag.tui.discover import STEPS, DiscoverScreen
from diag.tui.territory import OpenTour
from tests.cli.running import diag
from tests.tui.builders import app_on, new_app
from tests.tui.waiting import shows, wait_for


async def test_the_steps_are_told_after_the_first_form_and_skipped(
    tmp_path: Path,
) -> None:
    app = app_on(tmp_path / "blank")
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "Premier démarrage"), "the form")
        await pilot.press(*"Camille", "enter", *"Vallombre", "enter")
        await wait_for(pilot, lambda: shows(pilot, "Découverte 1/5"), "told")
        await pilot.press("enter", "right", "left")
        await wait_for(pilot, lambda: shows(pilot, "Découverte 2/5"), "the second")
        await pilot.press("escape")
        await wait_for(pilot, lambda: shows(pilot, "Importer"), "the import")
        assert not isinstance(app.screen, DiscoverScreen)

    again = app_on(tmp_path / "blank")
    async with again.run_test(
        size=(80, 24), notifications=True, tooltips=True
    ) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "Aucune école encore"), "empty")
        assert not isinstance(again.screen, DiscoverScreen)


async def test_the_help_and_the_palette_tell_the_steps_again(tmp_path: Path) -> None:
    app = new_app(tmp_path)
    app.keys = {OpenTour.ident(): "y"}
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        await pilot.press("f1", "d")
        await wait_for(pilot, lambda: shows(pilot, "Découverte 1/5"), "from the help")
        assert shows(pilot, "y                Tournée")
        for step in STEPS:
            await wait_for(pilot, lambda: shows(pilot, step.title), step.title)  # noqa: B023 - awaited here
            assert all(shows(pilot, told) for told in step.lines)
            if "grille" in step.title:
                assert shows(pilot, "F2               Grille")
            await pilot.press("enter")
        await wait_for(pilot, lambda: shows(pilot, "ce qui est possible"), "the help")
        await pilot.press("escape", "ctrl+p", *"decouverte", "enter")
        await wait_for(pilot, lambda: shows(pilot, "Découverte 1/5"), "by the palette")


async def test_a_workspace_made_by_command_is_told_once(tmp_path: Path) -> None:
    made = diag(tmp_path, "init", "--author", "Camille Perrin")
    assert made.code == 0, made.err
    app = app_on(tmp_path)
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "Découverte 1/5"), "told")
        await pilot.press("escape")
        await wait_for(pilot, lambda: shows(pilot, "Importer"), "the import")

    again = app_on(tmp_path)
    async with again.run_test(
        size=(80, 24), notifications=True, tooltips=True
    ) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "Aucune école encore"), "empty")
        assert not isinstance(again.screen, DiscoverScreen)
