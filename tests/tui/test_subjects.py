"""The same screens serve a commune and a syndicat."""

from pathlib import Path

import pytest

from diag.audit.session import open_session
from diag.demo.territory import with_key
from diag.model.enums import Profile
from diag.tui.bilan import BilanScreen
from diag.tui.school import SchoolScreen
from diag.tui.visit import VisitScreen
from tests.tui.builders import new_app
from tests.tui.routes import choose, look_for
from tests.tui.waiting import shows, wait_for

SIZE = (80, 24)
SIREN = with_key("25990001")


async def test_the_commune_of_a_school_is_visited_and_judged(tmp_path: Path) -> None:
    app = new_app(tmp_path)
    async with app.run_test(size=SIZE, notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        await pilot.press(*"marronniers")
        await wait_for(pilot, lambda: shows(pilot, "1 école "), "the school found")
        await choose(pilot, "commune")
        await wait_for(pilot, lambda: shows(pilot, "Commune d"), "its commune")
        assert isinstance(app.screen, SchoolScreen)
        assert shows(pilot, "Les Marronniers")
        await pilot.press("enter")
        await wait_for(pilot, lambda: isinstance(app.screen, VisitScreen), "the visit")
        await wait_for(pilot, lambda: shows(pilot, "Score"), "a question")
        assert isinstance(app.screen, VisitScreen)
        session = app.screen.session
        assert session.about.ref.startswith("commune:")
        assert not shows(pilot, "Grille")
        await pilot.press("f2", "f6")
        assert isinstance(app.screen, VisitScreen)
        assert app.screen.face.current == "fiche"
        await pilot.press("asterisk", "enter")
        await wait_for(pilot, lambda: len(session.facts.answers) == 1, "an answer")
        await pilot.press("f9")
        await wait_for(pilot, lambda: isinstance(app.screen, BilanScreen), "the bilan")
        kept = open_session(app.desk.workspace, session.about.ref)
        assert kept.facts.answers == session.facts.answers
        await pilot.press("escape")
        await wait_for(pilot, lambda: isinstance(app.screen, VisitScreen), "the visit")
        await pilot.press("escape", "escape")
        await wait_for(pilot, lambda: shows(pilot, "audit"), "the territory")
        await pilot.press("f5")
        await wait_for(pilot, lambda: shows(pilot, ", commune : en cours"), "told")


async def test_a_school_leads_to_its_commune(tmp_path: Path) -> None:
    app = new_app(tmp_path)
    async with app.run_test(size=SIZE, notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        await pilot.press("enter")
        await wait_for(pilot, lambda: isinstance(app.screen, SchoolScreen), "a school")
        await pilot.press("m")
        await wait_for(pilot, lambda: shows(pilot, "Commune d"), "its commune")
        await pilot.press("escape")
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the territory")


async def test_my_syndicat_is_reached_by_the_palette_and_its_siren_checked(
    tmp_path: Path,
) -> None:
    app = new_app(tmp_path)
    async with app.run_test(size=SIZE, notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        await pilot.press("ctrl+p", *"mon syndicat")
        await wait_for(pilot, lambda: shows(pilot, "Mon syndicat"), "the command")
        await pilot.press("enter")
        await wait_for(pilot, lambda: shows(pilot, "SIREN de votre"), "the question")
        await pilot.press(*"259900019", "enter")
        await wait_for(pilot, lambda: shows(pilot, "un chiffre est faux"), "refused")
        await pilot.press("escape", *["backspace"] * 9, *SIREN, "enter")
        await wait_for(pilot, lambda: isinstance(app.screen, SchoolScreen), "syndicat")
        assert shows(pilot, "Syndicat mixte Vallombre")
        await pilot.press("enter")
        await wait_for(pilot, lambda: isinstance(app.screen, VisitScreen), "the visit")
        assert app.desk.workspace.settings.siren == SIREN


@pytest.mark.long  # the gate begins a short one in `test_planner`
async def test_the_visit_is_made_shorter_by_a_key(tmp_path: Path) -> None:
    app = new_app(tmp_path)
    async with app.run_test(size=SIZE, notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        await pilot.press("enter")
        await wait_for(pilot, lambda: isinstance(app.screen, SchoolScreen), "a school")
        await pilot.press("enter")
        await wait_for(pilot, lambda: isinstance(app.screen, VisitScreen), "the visit")
        screen = app.screen
        assert isinstance(screen, VisitScreen)
        await wait_for(pilot, lambda: shows(pilot, "Score"), "a question")
        long = screen.visiting.walk.left
        await pilot.press("ctrl+o")
        await wait_for(pilot, lambda: shows(pilot, "30 min, jusqu'à"), "the planner")
        assert shows(pilot, "À chaud")
        await pilot.press("enter")
        await wait_for(pilot, lambda: shows(pilot, "30 min : "), "told")
        assert screen.visiting.walk.left < long
        assert screen.session.profile is Profile.SHORT


async def test_the_palette_finds_a_commune_with_a_school_or_without(
    tmp_path: Path,
) -> None:
    app = new_app(tmp_path)
    async with app.run_test(size=SIZE, notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        territory = app.desk.workspace.territory
        with territory.transaction():
            territory.put_communes([{"insee": "99999", "name": "Saint-Désert"}])
        await look_for(pilot, "chantelombe")
        await wait_for(pilot, lambda: shows(pilot, "commune    Chantelombe"), "found")
        await look_for(pilot, "st desert")
        await wait_for(pilot, lambda: shows(pilot, "Saint-Désert"), "the commune")
        await pilot.press("enter")
        await wait_for(pilot, lambda: shows(pilot, "Commune de Saint-Désert"), "open")
