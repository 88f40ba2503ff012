from pathlib import Path

from diag.tui.screens.school import SchoolScreen
from diag.tui.screens.territory import TerritoryScreen
from tests.tui.builders import new_app
from tests.tui.waiting import shows, wait_for


async def test_one_goes_from_the_territory_to_a_school_and_back(tmp_path: Path) -> None:
    app = new_app(tmp_path)
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "Commune"), "the list")
        await pilot.press("slash", *"marronniers", "enter")
        await wait_for(pilot, lambda: shows(pilot, "1 école "), "the school found")
        await pilot.press("enter")
        await wait_for(pilot, lambda: isinstance(app.screen, SchoolScreen), "school")
        await pilot.press("escape")
        await wait_for(
            pilot, lambda: isinstance(app.screen, TerritoryScreen), "territory"
        )
