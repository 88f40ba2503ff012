import re
from functools import partial
from pathlib import Path
from shutil import copyfile

import pytest
from textual.events import Paste
from textual.pilot import Pilot
from textual.widgets import Input

from diag.tui.dialogs import Ask, Confirm
from diag.tui.setup import KINDS, ImportScreen
from tests.audit.builders import territory
from tests.tui.builders import app_on, new_app
from tests.tui.waiting import shows, visible, wait_for


def shown_whole(pilot: Pilot[None], text: str) -> bool:
    """Say whether a text is on screen, on as many lines as it takes."""
    return "".join(text.split()) in "".join("".join(visible(pilot)).split())


async def test_a_new_user_says_who_they_are_imports_and_sees_the_schools(
    tmp_path: Path,
) -> None:
    app = app_on(tmp_path / "neuf")
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "Bienvenue"), "the form")
        await pilot.press("f2")
        await wait_for(pilot, lambda: shows(pilot, "donnez votre prénom"), "a name")
        await pilot.press("escape", *"Ana [/ Roux", "enter", *"SIVU", "enter")
        await wait_for(pilot, lambda: shows(pilot, "Découverte 1/5"), "the five steps")
        await pilot.press("escape")
        await wait_for(pilot, lambda: isinstance(app.screen, ImportScreen), "import")
        assert app.desk.workspace.settings.syndicat == "SIVU"
        assert list(app.desk.workspace.settings.people.values()) == ["Ana [/ Roux"]

        await pilot.press("enter", *"/nulle/part.csv", "enter")
        await wait_for(pilot, lambda: shows(pilot, "Import refusé"), "refused")
        await pilot.press("escape", "enter", "ctrl+u")
        app.screen.query_one(Input).post_message(Paste(f"'{territory().annuaire}'"))
        await wait_for(pilot, lambda: app.screen.query_one(Input).value, "pasted")
        await pilot.press("enter")
        await wait_for(pilot, lambda: shows(pilot, "40 à ajouter"), "what it adds")
        assert not app.desk.workspace.territory.schools(), "nothing before one agrees"
        await pilot.press("n")
        await wait_for(pilot, lambda: isinstance(app.screen, ImportScreen), "left")
        assert not app.desk.workspace.territory.imports()
        await pilot.press("enter", "enter")
        await wait_for(pilot, lambda: isinstance(app.screen, Confirm), "asked again")
        await pilot.press("o")
        await wait_for(pilot, lambda: shows(pilot, "Import terminé"), "imported")
        await pilot.press("escape", "escape")
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")


async def test_each_official_file_has_an_address_and_an_impossible_path_is_refused(
    tmp_path: Path,
) -> None:
    app = new_app(tmp_path)
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        await pilot.press("f8")
        await wait_for(pilot, lambda: isinstance(app.screen, ImportScreen), "import")
        for kind, file in KINDS.items():
            seen = partial(shown_whole, pilot, f"{file.title} : {file.address}")
            await wait_for(pilot, seen, f"where {kind} is downloaded")
            await pilot.press("down")
        await pilot.press("home")
        for file in KINDS.values():
            await pilot.press("c")
            assert app.clipboard == file.address
            await pilot.press("down")
        await pilot.press("home")
        app.clear_notifications()  # they stand over what is refused
        for path in ("x" * 300, "~personne-de-ce-nom/x.csv"):
            await pilot.press("enter")
            await wait_for(pilot, lambda: isinstance(app.screen, Ask), "asked")
            app.screen.query_one(Input).value = path
            await pilot.press("enter")
            await wait_for(pilot, lambda: shows(pilot, "Import refusé"), "refused")
            await pilot.press("escape")
            await wait_for(pilot, lambda: isinstance(app.screen, ImportScreen), "back")


async def test_a_file_that_tells_nothing_of_the_territory_is_no_import(
    tmp_path: Path,
) -> None:
    elsewhere = tmp_path / "ips.csv"
    told = territory().ips.read_text(encoding="utf-8")
    elsewhere.write_text(re.sub(r"\b\d{7}[A-Z]\b", "0750001U", told), encoding="utf-8")
    app = new_app(tmp_path / "w")
    async with app.run_test(size=(100, 30), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        app.go_import()
        await wait_for(pilot, lambda: shows(pilot, "annuaire"), "the files")
        await pilot.press("down", "down", "down", "enter")
        await wait_for(pilot, lambda: isinstance(app.screen, Ask), "asked")
        app.screen.query_one(Input).value = str(elsewhere)
        await pilot.press("enter")
        await wait_for(pilot, lambda: shows(pilot, "Rien d'importé"), "nothing")
        await pilot.press("escape")
        await wait_for(pilot, lambda: isinstance(app.screen, ImportScreen), "back")
        (row,) = [line for line in visible(pilot) if "Indices de position" in line]
        assert "jamais" in row


async def test_a_file_that_was_downloaded_is_found_and_a_folder_is_looked_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    downloads = tmp_path / "home" / "Téléchargements"
    downloads.mkdir(parents=True)
    copyfile(territory().ips, downloads / "ips (2).csv")
    (downloads / "photos.csv").write_bytes(b"\xff\xfe;\n")
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    app = new_app(tmp_path / "w")
    async with app.run_test(size=(140, 30), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        app.go_import()
        await wait_for(pilot, lambda: shows(pilot, "ips (2).csv"), "found")
        await pilot.press("enter")
        await wait_for(pilot, lambda: isinstance(app.screen, Ask), "asked")
        app.screen.query_one(Input).value = str(downloads)
        await pilot.press("enter")
        await wait_for(
            pilot, lambda: shows(pilot, "aucun fichier « annuaire »"), "told"
        )
        await pilot.press("escape", "escape")
        await pilot.press("down", "down", "down", "enter")
        await wait_for(pilot, lambda: isinstance(app.screen, Ask), "asked again")
        await pilot.press("enter")
        await wait_for(pilot, lambda: isinstance(app.screen, Confirm), "to agree to")
        await wait_for(pilot, lambda: shows(pilot, "IPS : (vide) →"), "each field")
        (downloads / "ips (2).csv").write_text("UAI;Rentrée scolaire;IPS\n")
        await pilot.press("o")
        await wait_for(pilot, lambda: shows(pilot, "a changé depuis"), "not as seen")
        copyfile(territory().ips, downloads / "ips (2).csv")
        await pilot.press("escape", "enter", "enter")
        await wait_for(pilot, lambda: isinstance(app.screen, Confirm), "again")
        await pilot.press("o")
        await wait_for(pilot, lambda: shows(pilot, "Import terminé"), "imported")


async def test_a_file_dropped_on_the_list_is_read_for_the_line_at_hand(
    tmp_path: Path,
) -> None:
    app = new_app(tmp_path)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        app.go_import()
        await wait_for(pilot, lambda: shows(pilot, "annuaire"), "the files")
        await pilot.press("down", "down", "down")
        app.post_message(Paste(str(territory().ips)))
        await wait_for(pilot, lambda: isinstance(app.screen, Confirm), "rehearsed")
        await pilot.press("o")
        await wait_for(pilot, lambda: shows(pilot, "22 modifiées"), "imported")
