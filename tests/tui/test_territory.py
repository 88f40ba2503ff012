from datetime import date
from pathlib import Path

import pytest
from textual.events import Key
from textual.widgets import Input

from diag.office.agenda import tour_of
from diag.office.retention import decide
from diag.tui.dialogs import Notice
from diag.tui.lists import Lines
from diag.tui.school import SchoolScreen
from diag.tui.territory import ClearSearch
from diag.tui.tour import TourScreen
from diag.workspace.workspace import Workspace
from tests.audit.audited import audited_workspace
from tests.examples import cases
from tests.tui.builders import SCHOOL, app_on, audited_app, new_app
from tests.tui.routes import choose
from tests.tui.waiting import shows, visible, wait_for


async def test_schools_are_found_as_one_types_and_opened_by_keys_or_the_mouse(
    tmp_path: Path,
) -> None:
    app = new_app(tmp_path)
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        await pilot.press(*"genet")
        await wait_for(pilot, lambda: shows(pilot, "1 école "), "one found")
        assert shows(pilot, "Les Genêts")
        said = visible(pilot)[-1]
        assert "Entrée École" in said
        assert "Espace" not in said
        await pilot.press(*" zzz")
        await wait_for(pilot, lambda: shows(pilot, "Essayez un mot de moins"), "none")
        await pilot.press("escape")
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "all again")
        assert app.screen.query_one(Input).value == ""
        await wait_for(pilot, lambda: shows(pilot, "Espace Choisir"), "a space picks")

        await pilot.press(*"Hautecroze")
        await wait_for(pilot, lambda: shows(pilot, "2 écoles"), "two found")
        second = app.screen.query_one(Lines).lines[1].key
        await pilot.press("down", "down", "up", "pageup", "pagedown", "enter")
        await wait_for(pilot, lambda: isinstance(app.screen, SchoolScreen), "a school")
        await wait_for(pilot, lambda: second in visible(pilot)[0], "the second one")

        await pilot.press("escape", "escape")
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "all again")
        await pilot.press(*"genet", "ctrl+c")
        await wait_for(pilot, lambda: shows(pilot, "Ctrl+Q pour quitter"), "said")
        await wait_for(pilot, lambda: "Entrée" in visible(pilot)[-1], "the footer")
        await pilot.click(offset=(visible(pilot)[-1].index("Entrée"), 23))
        await wait_for(pilot, lambda: isinstance(app.screen, SchoolScreen), "a school")


@pytest.mark.parametrize(
    "typed",
    cases(["/marronniers", "marronniers", "Marron", "9990148G"], "Marron", "9990148G"),
)
async def test_a_name_typed_in_one_go_with_enter_opens_its_school(
    tmp_path: Path, typed: str
) -> None:
    app = new_app(tmp_path)
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        for character in typed:
            app.post_message(Key(character, character))
        app.post_message(Key("enter", "\r"))
        await wait_for(pilot, lambda: isinstance(app.screen, SchoolScreen), "a school")

        await wait_for(pilot, lambda: shows(pilot, "Les Marronniers"), "the right one")
        await pilot.press("escape", "f2")
        await wait_for(pilot, lambda: isinstance(app.screen, TourScreen), "a command")


async def test_the_list_tells_where_audits_stand_and_shows_them_alone(
    tmp_path: Path,
) -> None:
    app = audited_app(tmp_path / "desk")
    async with app.run_test(size=(120, 40), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "en cours"), "the audit")
        journal = app.desk.workspace.journal
        await wait_for(pilot, lambda: journal.is_checked, "checked, list shown")
        await choose(pilot, "audits seulement")
        await wait_for(pilot, lambda: shows(pilot, "1 école auditée "), "audits only")
        await pilot.press("enter")
        await wait_for(pilot, lambda: shows(pilot, "réponses"), "the school")
        await pilot.press("escape")
        await wait_for(pilot, lambda: shows(pilot, "en cours, "), "its share")


async def test_schools_are_cut_by_commune_then_by_epci_or_to_audits_there_are_not(
    tmp_path: Path,
) -> None:
    app = new_app(tmp_path)
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        await pilot.press("f5")
        await wait_for(pilot, lambda: shows(pilot, "Chantelombe (4)"), "by commune")
        assert "40 écoles par commune ·" in visible(pilot)[0]
        await pilot.press("f5")
        await wait_for(pilot, lambda: shows(pilot, "Sans regroupement connu"), "EPCI")
        assert app.desk.kept("grouping") == "epci"
        assert "40 écoles par EPCI ·" in visible(pilot)[0]

        await choose(pilot, "audits seulement")
        await wait_for(pilot, lambda: shows(pilot, "Aucun audit commencé"), "told")
        assert ClearSearch in [command for _, command in app.offered()]
        await pilot.press("escape")
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the way back")
        assert ClearSearch not in [command for _, command in app.offered()]


async def test_a_school_that_is_gone_is_known_as_such_whatever_its_audits(
    tmp_path: Path,
) -> None:
    """Who plans a tour a year later would go there."""
    with audited_workspace(tmp_path / "w") as made:
        with made.territory.transaction():
            made.territory.mark_vanished([SCHOOL], made.territory.today())
        counts = {"2026-2027": "5, dont 1 avec audit", "2027-2028": "5"}
        for campaign, count in counts.items():
            later = made.settings.model_copy(update={"campaign": campaign})
            made.keep_settings(later)
            app = app_on(tmp_path / "w")
            async with app.run_test(size=(80, 24)) as pilot:
                await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "schools")
                await pilot.press(*"marronniers")
                await wait_for(pilot, lambda: shows(pilot, "1 école "), "one found")
                assert shows(pilot, "fermée ?, "), campaign
                await pilot.press("escape", "f5")
                heading = f"Courvaux-sur-Ombre ({count})"
                await wait_for(pilot, lambda: shows(pilot, heading), heading)  # noqa: B023 - awaited here
                app.desk.keep("grouping", "none")


async def test_a_tour_is_picked_ordered_dated_and_exported(tmp_path: Path) -> None:
    app = new_app(tmp_path)
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        await pilot.press("space", "space", "f2")
        await wait_for(pilot, lambda: isinstance(app.screen, TourScreen), "the tour")
        first, second = tour_of(app.desk.workspace).uais
        assert shows(pilot, "05/10/2026")
        await pilot.press("s")
        assert tour_of(app.desk.workspace).uais == (second, first)
        await pilot.press("j", *["backspace"] * 10, *"31/02/2026", "enter")
        await wait_for(pilot, lambda: shows(pilot, "n'est pas une date"), "refused")
        await pilot.press("escape")
        await wait_for(pilot, lambda: shows(pilot, "31/02/2026"), "what was typed")
        await pilot.press(*["backspace"] * 10, *"6/10", "enter")
        await wait_for(pilot, lambda: shows(pilot, "06/10/2026"), "another day")
        await pilot.press("x")
        await wait_for(pilot, lambda: shows(pilot, "Tournée écrite"), "written")
        assert (tmp_path / "exports" / "tournee-2026-10-06.ics").exists()
        await pilot.press("delete", "delete")
        await wait_for(pilot, lambda: shows(pilot, "Tournée vide"), "empty")
        await pilot.press("f1")
        await wait_for(pilot, lambda: shows(pilot, "Changer le jour"), "the help")
        assert not shows(pilot, "Plus tôt"), "of a key that would do nothing"
        await pilot.press("escape", "x")
        await wait_for(pilot, lambda: shows(pilot, "rien à exporter"), "refused")


async def test_a_school_tells_who_they_are_before_any_audit(tmp_path: Path) -> None:
    app = new_app(tmp_path)
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        app.go_school(SCHOOL)
        await wait_for(pilot, lambda: shows(pilot, "à commencer"), "the school")
        assert shows(pilot, "Adresse")
        assert shows(pilot, "Téléphone")
        await pilot.press("b", "h", "c")
        assert isinstance(app.screen, SchoolScreen)
        await pilot.press("space")
        await wait_for(pilot, lambda: shows(pilot, "ajoutée à la tournée"), "picked")


async def test_a_school_tells_its_audits_and_their_history(tmp_path: Path) -> None:
    app = audited_app(tmp_path / "desk")
    async with app.run_test(size=(120, 40), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "en cours"), "the schools")
        app.go_school(SCHOOL)
        await wait_for(pilot, lambda: shows(pilot, "la dernière le"), "the audit")
        await pilot.press("h")
        await wait_for(pilot, lambda: shows(pilot, "Historique"), "the history")
        lines = app.screen.query_one(Lines)
        assert len(lines.lines) > 100
        when, who, about, said = lines.lines[0].cells
        await pilot.press("enter")
        await wait_for(pilot, lambda: isinstance(app.screen, Notice), "the whole line")
        told = app.screen
        assert isinstance(told, Notice)
        assert all(each in told.text for each in (when, who, about, said))
        await pilot.press("escape", "escape")
        await wait_for(pilot, lambda: isinstance(app.screen, SchoolScreen), "back")
        assert not shows(pilot, "Traceback")
        assert visible(pilot)[0].strip()


async def test_a_campaign_kept_for_too_long_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    app = audited_app(folder)
    with Workspace.open(folder) as workspace:
        decide(workspace, workspace.campaign, date(2020, 8, 31))
    late = "1 audit en 2026-2027 · à effacer : 2026-2027 (diag rgpd)"
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, late), "the day is past")
        await pilot.press(*"genet")
        await wait_for(pilot, lambda: shows(pilot, "1 école "), "one found")
        assert not shows(pilot, "à effacer")


async def test_schools_of_one_name_are_told_apart(tmp_path: Path) -> None:
    app = new_app(tmp_path)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        await pilot.press(*"hautecroze ecole")
        await wait_for(pilot, lambda: shows(pilot, "2 écoles"), "both")
        first, second = app.screen.query_one(Lines).lines
        assert shows(pilot, f"École primaire ({first.key})")
        assert shows(pilot, f"École primaire ({second.key})")
        await pilot.press("enter")
        await wait_for(pilot, lambda: visible(pilot)[0].endswith(first.key), "opened")
        assert shows(pilot, "École primaire, Hautecroze")


async def test_another_search_replaces_the_old_one(tmp_path: Path) -> None:
    app = new_app(tmp_path)
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        await pilot.press(*"marronniers", "enter")
        await wait_for(pilot, lambda: isinstance(app.screen, SchoolScreen), "opened")
        await pilot.press("escape")
        await wait_for(pilot, lambda: shows(pilot, "1 école "), "the search again")
        await pilot.press(*"haute")
        await wait_for(pilot, lambda: shows(pilot, "2 écoles"), "others found")
        assert app.screen.query_one(Input).value == "haute"


async def test_schools_are_read_and_told_apart_in_half_a_screen(
    tmp_path: Path,
) -> None:
    app = new_app(tmp_path)
    async with app.run_test(size=(36, 24), notifications=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "0 audit"), "the schools")
        _, commune, name, *_ = app.screen.query_one(Lines).lines[0].cells
        assert shows(pilot, f" {commune[:8]}…  {name[:22]}")
        await pilot.press(*"hautecroze ecole")
        await wait_for(pilot, lambda: shows(pilot, "Hautecro"), "both")
        one, other = (line.key for line in app.screen.query_one(Lines).lines)
        assert shows(pilot, one[:5])
        await pilot.press("enter")
        await wait_for(pilot, lambda: shows(pilot, "Courriel"), "the school")
        told = "".join(line.strip() for line in visible(pilot))
        assert f"ce.{one}" in told
        assert other not in told
