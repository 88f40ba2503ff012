from pathlib import Path

from textual.content import Content
from textual.events import AppFocus
from textual.widgets import Input, Static

from diag.audit.answer import record_note
from diag.audit.follow import move
from diag.audit.places import add_place, remove_place
from diag.model.enums import AuditStatus, PlaceKind
from diag.office.conflicts import contested_of
from diag.tui.app import DiagApp
from tests.audit.apart import meet, pull, say, two_laptops
from tests.audit.builders import SCHOOL
from tests.shared import copy_once_made
from tests.tui.builders import app_on
from tests.tui.routes import choose
from tests.tui.waiting import shows, visible, wait_for


def contested_app(folder: Path) -> DiagApp:
    """Return an app where two differ on an answer, and one removed a room."""
    copy_once_made("contested", _contest, folder)
    return app_on(folder / "mine")


def _contest(folder: Path) -> None:
    with two_laptops(folder) as (mine, theirs):
        say(mine, "nb_classes", 4)
        add_place(mine, PlaceKind.SALLE, "Atelier")
        meet(mine, theirs)
        say(mine, "nb_classes", 5)
        say(theirs, "nb_classes", 6)
        say(theirs, "type_salle", "classe", place="Atelier")
        remove_place(mine, "Atelier")
        meet(mine, theirs)


def classes(app: DiagApp) -> list[str]:
    facts = app.desk.session(SCHOOL).facts
    said = facts.answers.get((facts.root, "nb_classes"), ())
    return sorted(str(each.value) for each in said)


async def test_a_conflict_is_taken_given_back_and_written_anew_the_unlikely_confirmed(
    tmp_path: Path,
) -> None:
    app = contested_app(tmp_path)
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "Marronniers"), "the schools")
        await choose(pilot, "conflits")
        await wait_for(pilot, lambda: shows(pilot, "2 conflits"), "the list")
        await pilot.press("enter")
        await wait_for(pilot, lambda: shows(pilot, "Au départ : 4"), "the card")
        await pilot.press("b")
        await wait_for(pilot, lambda: shows(pilot, "1 conflit"), "one left")
        assert len(classes(app)) == 1
        await pilot.press("ctrl+z")
        await wait_for(pilot, lambda: shows(pilot, "2 conflits"), "both again")
        assert classes(app) == ["5", "6"]

        await pilot.press("home", "enter")
        await wait_for(pilot, lambda: shows(pilot, "Au départ : 4"), "the card again")
        await pilot.press("e")
        await wait_for(pilot, lambda: app.screen.query(Input), "the field")
        await pilot.press("7", "enter")
        await wait_for(pilot, lambda: shows(pilot, "1 conflit"), "settled")
        assert classes(app) == ["7"]
        await pilot.press("ctrl+z")
        await wait_for(pilot, lambda: shows(pilot, "2 conflits"), "both again")

        await pilot.press("home", "enter")
        await wait_for(pilot, lambda: shows(pilot, "Au départ : 4"), "the card again")
        await pilot.press("e")
        await wait_for(pilot, lambda: app.screen.query(Input), "the field")
        await pilot.press(*"59", "enter")
        await wait_for(pilot, lambda: shows(pilot, "quand même"), "the doubt")
        await pilot.press("o")
        await wait_for(pilot, lambda: shows(pilot, "1 conflit"), "settled")
        assert classes(app) == ["59"]


async def test_one_is_commented_a_removed_room_kept_and_school_and_territory_say_so(
    tmp_path: Path,
) -> None:
    app = contested_app(tmp_path)
    async with app.run_test(size=(100, 30), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "à trancher"), "in the list")
        app.go_school(SCHOOL)
        await wait_for(pilot, lambda: shows(pilot, "à trancher : 2 conflits, touche k"))
        await wait_for(pilot, lambda: shows(pilot, "k À trancher"), "the key")
        await pilot.press("k")
        await wait_for(pilot, lambda: shows(pilot, "2 conflits"), "the list")
        await pilot.press("enter")
        await wait_for(pilot, lambda: shows(pilot, "Au départ"), "the card")
        await pilot.press("l")
        await wait_for(pilot, lambda: app.screen.query(Input), "the field")
        await pilot.press(*"voir", "enter")
        await wait_for(pilot, lambda: shows(pilot, "2 conflits"), "the list again")
        facts = app.desk.session(SCHOOL).facts
        assert facts.notes[facts.root, "nb_classes"] == ("voir",)

        await pilot.press("end", "enter")
        await wait_for(pilot, lambda: shows(pilot, "après que"), "the card")
        assert not any("Retenir" in line for line in visible(pilot))
        await pilot.press("g")
        await wait_for(pilot, lambda: shows(pilot, "1 conflit"), "kept")
        rooms = app.desk.session(SCHOOL).facts.places_of(PlaceKind.SALLE)
        assert [each.name for each in rooms] == ["Atelier"]

        await pilot.press("home", "enter")
        await wait_for(pilot, lambda: shows(pilot, "Retenir A"), "the one left")
        await pilot.press("a")
        await wait_for(pilot, lambda: shows(pilot, "Rien à trancher"), "none left")
        await pilot.press("escape")
        await wait_for(pilot, lambda: shows(pilot, "en cours, "), "the school")
        assert not shows(pilot, "à trancher")
        assert not shows(pilot, "k À trancher")
        await pilot.press("escape")
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the territory")
        await wait_for(pilot, lambda: not shows(pilot, "à trancher"), "all settled")


async def test_the_visit_settles_the_question_at_hand(tmp_path: Path) -> None:
    app = contested_app(tmp_path)
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "Marronniers"), "the schools")
        root = app.desk.session(SCHOOL).facts.root
        app.go_visit(SCHOOL, root, "nb_classes")
        await wait_for(pilot, lambda: shows(pilot, "Ctrl+K"), "the fiche")
        await pilot.press("ctrl+k")
        await wait_for(pilot, lambda: shows(pilot, "Retenir A"), "the card")
        await pilot.press("a")
        await wait_for(pilot, lambda: shows(pilot, "Tranché"), "the fiche again")
        assert len(classes(app)) == 1
        await pilot.press("ctrl+z")
        await wait_for(pilot, lambda: shows(pilot, "Ctrl+K"), "open again")
        assert classes(app) == ["5", "6"]


async def test_hostile_and_long_texts_stand_side_by_side(tmp_path: Path) -> None:
    app = contested_app(tmp_path)
    with two_laptops(tmp_path / "b") as (mine, theirs):
        alike = "\nA. le préau\n"
        record_note(mine, "nb_classes", alike + "[/b] [a[0]] " * 9)
        record_note(theirs, "nb_classes", alike + "une seule phrase, toute simple " * 3)
        meet(mine, theirs)
        assert contested_of(mine)
    app = app_on(tmp_path / "b" / "mine")
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "Marronniers"), "the schools")
        await choose(pilot, "conflits")
        await wait_for(pilot, lambda: shows(pilot, "1 conflit"), "the list")
        await pilot.press("enter")
        await wait_for(pilot, lambda: shows(pilot, " | "), "two columns")
        assert shows(pilot, "[a[0]]")
        card = app.screen.query_one("#card", Static).content
        assert isinstance(card, Content)
        bold = [card.plain[one.start : one.end] for one in card.spans]
        assert len(bold) == 3, "the conflict and its two candidates"
        assert not any("préau" in each for each in bold)


def doubled_app(folder: Path) -> DiagApp:
    """Return an app where two people created the same room, and say it differs."""
    with two_laptops(folder) as (mine, theirs):
        for each, name, use in (
            (mine, "Salle [b]", "classe"),
            (theirs, "salle  [B]", "autre"),
        ):
            add_place(each, PlaceKind.SALLE, name)
            say(each, "type_salle", use, place=name)
        meet(mine, theirs)
    return app_on(folder / "mine")


def rooms(app: DiagApp) -> int:
    return len(app.desk.session(SCHOOL).facts.places_of(PlaceKind.SALLE))


async def test_a_room_created_twice_is_read_as_one_then_as_two_again(
    tmp_path: Path,
) -> None:
    app = doubled_app(tmp_path)
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "Marronniers"), "the schools")
        await choose(pilot, "conflits")
        await wait_for(pilot, lambda: shows(pilot, "1 lieu peut-être"), "the list")
        await pilot.press("end", "enter")
        await wait_for(pilot, lambda: shows(pilot, "même nom"), "the card")
        assert shows(pilot, "A. Salle [b] (salle), ajout de u-1")
        assert shows(pilot, "1 conflit à trancher ensuite")
        assert rooms(app) == 2
        await pilot.press("b")
        await wait_for(pilot, lambda: shows(pilot, ": 1 conflit"), "what differs")
        assert rooms(app) == 1
        await pilot.press("ctrl+z")
        await wait_for(pilot, lambda: shows(pilot, "1 lieu peut-être"), "again")
        assert rooms(app) == 2


async def test_what_another_program_brought_meanwhile_is_there_and_asks_nothing(
    tmp_path: Path,
) -> None:
    with two_laptops(tmp_path) as (mine, theirs):
        add_place(mine, PlaceKind.SALLE, "Atelier")
        say(mine, "nb_classes", 5)
        say(theirs, "nb_classes", 6)
        add_place(theirs, PlaceKind.SALLE, "Atelier")
        app = app_on(tmp_path / "mine")
        async with app.run_test(
            size=(80, 24), notifications=True, tooltips=True
        ) as pilot:
            await wait_for(pilot, lambda: shows(pilot, "Marronniers"), "the schools")
            assert classes(app) == ["5"]
            assert rooms(app) == 1
            pull(mine, theirs)
            await choose(pilot, "conflits")
            told = "1 conflit, 1 lieu peut-être double"
            await wait_for(pilot, lambda: shows(pilot, told), "both")
            await pilot.press("enter")
            await wait_for(pilot, lambda: shows(pilot, "Retenir B"), "the card")
            await pilot.press("b")
            told = "À trancher : 1 lieu peut-être double"
            await wait_for(pilot, lambda: shows(pilot, told), "settled, unasked")
            assert len(classes(app)) == 1


async def test_coming_back_to_the_list_shows_what_another_program_brought(
    tmp_path: Path,
) -> None:
    with two_laptops(tmp_path) as (mine, theirs):
        say(mine, "nb_classes", 5)
        say(theirs, "nb_classes", 6)
        app = app_on(tmp_path / "mine")
        async with app.run_test(
            size=(80, 24), notifications=True, tooltips=True
        ) as pilot:
            await wait_for(pilot, lambda: shows(pilot, "Marronniers"), "the schools")
            await choose(pilot, "conflits")
            await wait_for(pilot, lambda: shows(pilot, "Rien à trancher"), "none")
            pull(mine, theirs)
            app.post_message(AppFocus())
            await wait_for(pilot, lambda: shows(pilot, "1 conflit"), "it came")


async def test_two_places_said_different_leave_the_list(tmp_path: Path) -> None:
    app = doubled_app(tmp_path)
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "Marronniers"), "the schools")
        await choose(pilot, "conflits")
        await wait_for(pilot, lambda: shows(pilot, "1 lieu peut-être"), "the list")
        await pilot.press("end", "enter")
        await wait_for(pilot, lambda: shows(pilot, "Deux lieux"), "the card")
        await pilot.press("d")
        await wait_for(pilot, lambda: shows(pilot, "Rien à trancher"), "nothing left")
        assert rooms(app) == 2


async def test_a_submitted_audit_is_given_back_with_a_reason(tmp_path: Path) -> None:
    with two_laptops(tmp_path) as (mine, _):
        move(mine, AuditStatus.SOUMIS)
    app = app_on(tmp_path / "mine")
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "Marronniers"), "the schools")
        await choose(pilot, "a relire")
        await wait_for(pilot, lambda: shows(pilot, "1 en attente"), "the list")
        await pilot.press("enter")
        await wait_for(pilot, lambda: shows(pilot, "Bilan"), "the bilan")
        await pilot.press("a")
        await wait_for(pilot, lambda: shows(pilot, "Retourner"), "the choices")
        await pilot.press(*"retourner", "enter")
        await wait_for(pilot, lambda: shows(pilot, "compléter ?"), "the reason")
        await pilot.press(*"la baie", "enter")
        session = app.desk.session(SCHOOL)
        await wait_for(pilot, lambda: session.status is AuditStatus.RETOURNE, "done")
        app.go_school(SCHOOL)
        await wait_for(pilot, lambda: shows(pilot, ": la baie"), "the school tells it")
