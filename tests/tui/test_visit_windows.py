"""A visit beside another window of the same workspace, which writes too."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from textual.events import AppFocus
from textual.pilot import Pilot

from diag.audit import session as audits
from diag.audit.answer import NewAnswer, record_answer
from diag.audit.places import rename_place
from diag.audit.session import AuditSession
from diag.model.audit import Value
from diag.tui.dialogs import Ask, Weigh
from diag.tui.rooms import RoomsScreen
from diag.tui.rooms.board import RoomsBoard
from diag.tui.visit import VisitScreen
from diag.workspace.workspace import Workspace
from tests.audit.builders import SCHOOL
from tests.tui.visit.test_visit import prepared, visit
from tests.tui.waiting import shows, wait_for, wait_to_show


@contextmanager
def other_window(folder: Path) -> Iterator[AuditSession]:
    """Open the same audit in a file handle of its own."""
    with Workspace.open(folder) as there:
        yield audits.open_session(there, SCHOOL)


def value_in(session: AuditSession, question: str, place: str = "") -> Value:
    session.catch_up()
    answer = session.facts.answer(place or session.facts.root, question)
    return answer.value if answer else None


async def asked(pilot: Pilot[None]) -> None:
    await wait_for(pilot, lambda: isinstance(pilot.app.screen, Weigh), "asked")
    await wait_for(pilot, lambda: shows(pilot, "répondu entre-temps"), "told")


async def back(pilot: Pilot[None], said: str) -> None:
    await wait_for(pilot, lambda: isinstance(pilot.app.screen, VisitScreen), "back")
    await wait_for(pilot, lambda: shows(pilot, said), said)


async def test_the_answer_of_the_other_window_is_shown_and_kept(tmp_path: Path) -> None:
    prepared(tmp_path)
    async with visit(tmp_path, "nb_classes") as (pilot, screen):
        with other_window(tmp_path) as other:
            record_answer(other, NewAnswer("nb_classes", 12))
            for key in ("8", "enter", "3", "enter", "4", "enter"):
                pilot.app.simulate_key(key)
            await asked(pilot)
            await pilot.press("5", "enter")
            assert isinstance(pilot.app.screen, Weigh)
            await pilot.press("escape")
            await back(pilot, "Rien n'est écrit")
            assert value_in(other, "nb_classes") == 12
            assert screen.fiche.line.value == ""
            await wait_to_show(pilot, "12\u00a0classes")


async def test_it_is_replaced_by_a_key_that_answers_nothing(tmp_path: Path) -> None:
    prepared(tmp_path)
    async with visit(tmp_path, "acces_internet") as (pilot, screen):
        with other_window(tmp_path) as other:
            before = value_in(other, "acces_internet")
            record_answer(other, NewAnswer("acces_internet", "o"))
            for key in ("n", "o", "n", "o"):
                pilot.app.simulate_key(key)
            await asked(pilot)
            await pilot.press("o", "n")
            assert value_in(other, "acces_internet") is True
            await pilot.press("f2")
            await back(pilot, "Enregistré")
            assert screen.visiting.question.id != "acces_internet"
            assert screen.fiche.line.value == ""
            assert value_in(other, "acces_internet") is False
            assert before is not False


async def test_a_cell_of_the_grid_is_asked_about_too(tmp_path: Path) -> None:
    prepared(tmp_path)
    async with visit(tmp_path, "type_salle", place="CP", size=(120, 30)) as (pilot, _):
        await pilot.press("f2")
        await wait_for(pilot, lambda: shows(pilot, "CE1"), "the grid")
        with other_window(tmp_path) as other:
            room = next(
                one.id for one in other.facts.places.values() if one.name == "CP"
            )
            record_answer(other, NewAnswer("type_salle", "2", place=room))
            kept = value_in(other, "type_salle", room)
            await pilot.press("1")
            await asked(pilot)
            await pilot.press("escape")
            await back(pilot, "Rien n'est écrit")
            assert value_in(other, "type_salle", room) == kept
            await pilot.press("1")
            await back(pilot, "Enregistré")
            assert value_in(other, "type_salle", room) != kept


async def test_walking_on_or_coming_back_reads_what_the_other_window_wrote(
    tmp_path: Path,
) -> None:
    prepared(tmp_path)
    async with visit(tmp_path, "type_ecole") as (pilot, screen):
        with other_window(tmp_path) as other:
            record_answer(other, NewAnswer("nb_classes", 12))
        await pilot.press("down")
        await wait_for(pilot, lambda: shows(pilot, "12\u00a0classes"), "read again")
        assert screen.visiting.key[1] == "nb_classes"
        assert screen.fiche.line.value == ""
        with other_window(tmp_path) as other:
            record_answer(other, NewAnswer("nb_classes", 14))
        await pilot.press("9")
        pilot.app.post_message(AppFocus())
        await wait_for(pilot, lambda: shows(pilot, "Lu de nouveau"), "read again")
        assert shows(pilot, "14\u00a0classes")


async def test_what_is_left_to_check_is_read_again_once_the_visit_is_dated(
    tmp_path: Path,
) -> None:
    """The list stood as it was, and Enter went to the question after the one shown."""
    prepared(tmp_path)
    async with visit(tmp_path) as (pilot, _):
        await pilot.press("ctrl+r")
        await wait_for(pilot, lambda: shows(pilot, "Aucune visite n'est datée"), "not")
        assert shows(pilot, "Qui appeler en cas de panne")
        with other_window(tmp_path) as other:
            record_answer(other, NewAnswer("guichet_depannage", "personne"))
        await pilot.press("v")
        await wait_for(pilot, lambda: shows(pilot, "Qui est venu"), "the form")
        await pilot.press("f2")
        await wait_for(pilot, lambda: shows(pilot, "Enregistré · visite du"), "kept")
        assert not shows(pilot, "Qui appeler en cas de panne")


def names_in(session: AuditSession) -> set[str]:
    session.catch_up()
    return {one.name for one in session.facts.places.values()}


async def test_a_place_renamed_in_the_other_window_is_asked_about(
    tmp_path: Path,
) -> None:
    prepared(tmp_path)
    async with visit(tmp_path) as (pilot, screen):
        app = pilot.app
        await pilot.press("f6")
        await wait_for(pilot, lambda: shows(pilot, "Les salles"), "the rooms")
        room = screen.session.find_place("CP").id
        board = app.screen.query_one(RoomsBoard)
        await wait_for(pilot, lambda: board.place == room, "CP")
        await pilot.press("f2")
        await wait_for(pilot, lambda: isinstance(app.screen, Ask), "the name")
        with other_window(tmp_path) as other:
            rename_place(other, "CP", "Classe 1")
            await pilot.press("ctrl+u", *"bleue", "enter")
            await wait_for(pilot, lambda: isinstance(app.screen, Weigh), "asked")
            await wait_for(pilot, lambda: shows(pilot, "entre-temps"), "told")
            assert "bleue" not in names_in(other)
            await pilot.press("f2")
            await wait_for(pilot, lambda: isinstance(app.screen, RoomsScreen), "back")
            await wait_for(pilot, lambda: shows(pilot, "bleue"), "replaced")
            assert "bleue" in names_in(other)


async def test_the_rooms_show_what_the_other_window_wrote(tmp_path: Path) -> None:
    prepared(tmp_path)
    async with visit(tmp_path) as (pilot, _):
        with other_window(tmp_path) as other:
            rename_place(other, "CP", "Classe 1")
            await pilot.press("f6")
            await wait_to_show(pilot, "Classe 1")
            rename_place(other, "Classe 1", "Classe bleue")
            pilot.app.post_message(AppFocus())
            await wait_to_show(pilot, "Classe bleue")


async def test_the_bilan_judges_what_the_other_window_wrote(tmp_path: Path) -> None:
    prepared(tmp_path)
    danger, room = "danger électrique immédiat.", "CP"
    async with visit(tmp_path) as (pilot, _):
        with other_window(tmp_path) as other:
            record_answer(other, NewAnswer("danger_electrique", "oui", place=room))
            await pilot.press("f9")
            await wait_to_show(pilot, f"CP : {danger}")
            record_answer(other, NewAnswer("danger_electrique", "non", place=room))
            pilot.app.post_message(AppFocus())
            await wait_for(pilot, lambda: not shows(pilot, f"CP : {danger}"), "gone")
