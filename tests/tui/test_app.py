from pathlib import Path

from diag.tui.dialogs import Confirm
from diag.tui.school import SchoolScreen
from diag.tui.territory import TerritoryScreen
from tests.tui.builders import new_app
from tests.tui.waiting import shows, wait_for


async def test_one_goes_from_the_territory_to_a_school_and_back(tmp_path: Path) -> None:
    app = new_app(tmp_path)
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "Commune"), "the list")
        await pilot.press(*"marronniers")
        await wait_for(pilot, lambda: shows(pilot, "1 école "), "the school found")
        await pilot.press("enter")
        await wait_for(pilot, lambda: isinstance(app.screen, SchoolScreen), "school")
        await pilot.press("escape")
        await wait_for(
            pilot, lambda: isinstance(app.screen, TerritoryScreen), "territory"
        )


async def test_f1_tells_the_keys_of_a_dialog_and_leaves_the_help(
    tmp_path: Path,
) -> None:
    app = new_app(tmp_path)
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the list")
        app.push_screen(Confirm("Retirer la salle ?"))
        await wait_for(pilot, lambda: shows(pilot, "Retirer la salle"), "the dialog")
        await pilot.press("f1")
        await wait_for(pilot, lambda: shows(pilot, "Répondre oui."), "the help")
        assert shows(pilot, "Tab passe")
        assert not shows(pilot, "Thème")
        await pilot.press("f1")
        await wait_for(pilot, lambda: isinstance(app.screen, Confirm), "the dialog")
        await pilot.press("f1", "escape")
        await wait_for(pilot, lambda: isinstance(app.screen, Confirm), "the dialog")
