from pathlib import Path

from diag.tui.screens.importing import ImportScreen, path_of
from tests.desk.builders import territory
from tests.tui.builders import app_on
from tests.tui.waiting import shows, wait_for


async def test_a_new_user_says_who_they_are_imports_and_sees_the_schools(
    tmp_path: Path,
) -> None:
    app = app_on(tmp_path / "neuf")
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "Bienvenue"), "the form")
        await pilot.press("f2")
        await wait_for(pilot, lambda: shows(pilot, "Écrivez d'abord"), "a name")
        await pilot.press(*"Ana [/ Roux", "enter", *"SIVU", "enter")
        await wait_for(pilot, lambda: shows(pilot, "Découverte 1/5"), "the five steps")
        await pilot.press("escape")
        await wait_for(pilot, lambda: isinstance(app.screen, ImportScreen), "import")
        assert app.desk.workspace.settings.syndicat == "SIVU"
        assert list(app.desk.workspace.settings.people.values()) == ["Ana [/ Roux"]

        await pilot.press("enter", *"/nulle/part.csv", "enter")
        await wait_for(pilot, lambda: shows(pilot, "Import refusé"), "refused")
        await pilot.press("escape", "enter", *["backspace"] * 20)
        await pilot.press(*f"'{territory().annuaire}'", "enter")
        await wait_for(pilot, lambda: shows(pilot, "Import terminé"), "imported")
        await pilot.press("escape", "escape")
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")


def test_a_path_is_read_as_terminals_and_file_managers_give_it(tmp_path: Path) -> None:
    file = tmp_path / "mes écoles.csv"
    file.touch()
    escaped = str(file).replace(" ", "\\ ")
    for given in (f" '{file}' ", f'"{file}"', escaped, file.as_uri(), str(file)):
        assert path_of(given) == file
    assert path_of("~/x") == Path.home() / "x"
