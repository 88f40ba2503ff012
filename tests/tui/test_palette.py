from pathlib import Path

from textual.widgets import Input

from diag.audit.fitting import choose_minutes
from diag.audit.observing import observe
from diag.audit.places import add_place
from diag.audit.walk import walk_of
from diag.model.enums import PlaceKind
from diag.tui.audit_finds import AuditDoors, finds_of
from diag.tui.bilan import BilanScreen
from diag.tui.lists import Lines
from diag.tui.noting import NotedScreen, NotingScreen
from diag.tui.palette import Palette
from diag.tui.school import SchoolScreen
from diag.tui.visit import VisitScreen
from tests.audit.builders import started, workspace
from tests.tui.builders import SCHOOL, audited_app, new_app
from tests.tui.routes import choose, look_for
from tests.tui.waiting import shows, visible, wait_for, wait_to_show


async def test_schools_and_commands_are_found_by_their_words_though_mistyped(
    tmp_path: Path,
) -> None:
    app = new_app(tmp_path)
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        await pilot.press(*"maroniers")
        await wait_for(pilot, lambda: shows(pilot, "lu « marronniers »"), "mended")
        assert shows(pilot, "Les Marronniers")
        await pilot.press("ctrl+p", *"courveaux")
        await wait_for(pilot, lambda: shows(pilot, "Courvaux-sur-Ombre"), "found")
        await pilot.press("ctrl+u", *"zzzz", "enter")
        await wait_for(pilot, lambda: shows(pilot, "Rien ne répond"), "nothing")
        await pilot.press("escape")
        await wait_for(pilot, lambda: not isinstance(app.screen, Palette), "closed")
        await pilot.press("ctrl+p", *"reglagse", "enter")
        await wait_for(pilot, lambda: shows(pilot, "Prénom et nom"), "the settings")
        await pilot.press("escape")
        await wait_for(pilot, lambda: shows(pilot, "Les Marronniers"), "the schools")
        await pilot.press("ctrl+p", *"genets")
        await wait_for(pilot, lambda: shows(pilot, "Les Genêts"), "found")
        await pilot.press("down", "up", "pagedown", "pageup", "enter")
        await wait_for(pilot, lambda: isinstance(app.screen, SchoolScreen), "there")


async def test_in_a_visit_it_finds_commands_and_questions_and_notes_what_it_does_not(
    tmp_path: Path,
) -> None:
    app = new_app(tmp_path)
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        app.go_visit(SCHOOL)
        await wait_to_show(pilot, "Direction")
        visit = app.screen
        assert isinstance(visit, VisitScreen)
        await look_for(pilot, "ce qui a")
        await wait_to_show(pilot, "Ce qui a changé")
        first = app.screen.query_one(Lines).lines[0].cells
        assert first[:2] == ("commande", "Ce qui a changé"), "by its little words"

        await look_for(pilot, "batiments a relier")
        await wait_for(pilot, lambda: shows(pilot, "question"), "found")
        await pilot.press("enter")
        await wait_for(pilot, lambda: app.screen is visit, "back in the visit")
        await wait_for(pilot, lambda: shows(pilot, "Bâtiments à relier"), "there")

        await look_for(pilot, "zzkw [/x]")
        await wait_for(pilot, lambda: shows(pilot, "l'écrit comme observation"), "none")
        await pilot.press("enter")
        await wait_for(pilot, lambda: isinstance(app.screen, NotingScreen), "the box")
        assert app.screen.query_one(Input).value == "zzkw [/x]"
        await pilot.press("enter")
        await wait_for(pilot, lambda: visit.session.observations, "noted")
        assert visit.session.observations[0].text == "zzkw [/x]"


def test_a_place_has_left_what_the_plan_of_the_visit_says(tmp_path: Path) -> None:
    with workspace(tmp_path / "desk") as made:
        session = started(made)
        add_place(session, PlaceKind.SALLE, "Classe CE2")
        choose_minutes(session, 20)
        finds = finds_of(session, AuditDoors(str, str))
        whole = walk_of(session.facts, session.checklist)
        planned = walk_of(session.facts, session.checklist, session.profile)
        (all_left,) = [leg.left for leg in whole.legs if leg.title == "Classe CE2"]
        (left,) = [leg.left for leg in planned.legs if leg.title == "Classe CE2"]
        assert 0 < left < all_left
        assert finds("classe ce2").near[0].detail == f"reste {left}"


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
        await look_for(pilot, f"wify {room}")
        await wait_for(pilot, lambda: shows(pilot, "Ailleurs ("), "the others too")
        lines = [line for line in visible(pilot) if "lieu" in line]
        assert room in lines[0]
        assert shows(pilot, "question")
        await pilot.press("enter")
        await wait_for(pilot, lambda: app.screen is visit, "the question, not the room")
        there, asked = visit.visiting.key
        assert visit.session.facts.places[there].name == room
        assert "wifi" in asked
        await choose(pilot, "prises de courant")
        await wait_for(pilot, lambda: visit.is_gridding, "its column of the grid")


async def test_what_a_screen_is_opened_over_finds_and_is_gone_back_to(
    tmp_path: Path,
) -> None:
    app = audited_app(tmp_path / "desk")
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "en cours"), "the schools")
        app.go_visit(SCHOOL)
        await wait_for(pilot, lambda: shows(pilot, "Réponse"), "the visit")
        visit = app.screen
        assert isinstance(visit, VisitScreen)
        await pilot.press("ctrl+o")
        await wait_to_show(pilot, "Ce qui y est vu d'abord")
        await pilot.press("f1")
        await wait_to_show(pilot, "Que peut-on voir en si peu de temps")
        await look_for(pilot, "batiments a relier")
        await wait_to_show(pilot, "question")
        await pilot.press("enter")
        await wait_for(pilot, lambda: app.screen is visit, "back in the visit")
        await wait_to_show(pilot, "Bâtiments à relier")


async def test_chips_ask_for_what_is_left_advice_or_the_noted_and_hide_nothing(
    tmp_path: Path,
) -> None:
    app = audited_app(tmp_path / "desk")
    async with app.run_test(size=(120, 40), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "en cours"), "the schools")
        app.go_visit(SCHOOL)
        await wait_for(pilot, lambda: shows(pilot, "Réponse"), "the visit")
        visit = app.screen
        assert isinstance(visit, VisitScreen)
        observe(visit.session, "fils nus derrière l'évier [/x]")
        room = next(
            leg for leg in visit.visiting.walk.legs if leg.title.startswith("Classe")
        )
        visit.go_to(room.stops[0].key)

        await look_for(pilot, "wify sans réponse")
        await wait_for(pilot, lambda: shows(pilot, " sans réponse "), "a chip")
        assert shows(pilot, "Ailleurs ("), "what is answered is counted, not hidden"
        await look_for(pilot, "projection")
        await pilot.press("tab", "tab")
        await wait_for(pilot, lambda: shows(pilot, " ici "), "the room alone")
        assert shows(pilot, "répondu : ")
        await look_for(pilot, "> bila")
        await wait_for(pilot, lambda: shows(pilot, "commandes"), "commands alone")
        assert shows(pilot, "commande   Bilan")
        await choose(pilot, "evier nus")
        await wait_for(
            pilot, lambda: isinstance(app.screen, NotedScreen), "what is noted"
        )
        await pilot.press("escape")

        await wait_for(pilot, lambda: app.screen is visit, "the visit")
        await pilot.press("ctrl+p")
        await wait_for(
            pilot, lambda: visit.session.snapshot.advised, "worked out aside"
        )
        await look_for(pilot, "poser prises reseau")
        await wait_for(pilot, lambda: shows(pilot, "Préconisations"), "advice")
        palette = app.screen
        assert isinstance(palette, Palette)
        at = [one.sort for one in palette._found].index("action")
        await pilot.press(*["down"] * at, "enter")
        await wait_for(pilot, lambda: isinstance(app.screen, BilanScreen), "the bilan")
        bilan = app.screen
        assert isinstance(bilan, BilanScreen)
        await wait_for(pilot, lambda: bilan.advice, "its line")

        await choose(pilot, "sauvgarde")
        await wait_for(pilot, lambda: shows(pilot, "copies de sauvegarde"), "asked")
        assert isinstance(app.screen, VisitScreen)
