"""Keys typed in a burst: each reaches what the ones before it have opened."""

from collections.abc import Iterable
from pathlib import Path

from textual.events import Paste
from textual.pilot import Pilot
from textual.widgets import Input

from diag.model.fact import State
from diag.model.place import PlaceKind
from diag.tui.dialogs import Ask
from diag.tui.screens.places import PlacesScreen
from tests.tui.builders import SCHOOL, new_app
from tests.tui.screens.test_visit import prepared, visit
from tests.tui.waiting import shows, wait_for


def burst(pilot: Pilot[None], keys: Iterable[str]) -> None:
    """Type all of it before the app has seen any."""
    for key in keys:
        pilot.app.simulate_key(key)


async def test_a_reason_typed_ahead_is_in_its_dialog_and_the_rest_follows(
    tmp_path: Path,
) -> None:
    prepared(tmp_path)
    async with visit(tmp_path, "nb_classes") as (pilot, screen):
        root = screen.session.facts.root
        burst(pilot, ["/", *"no8", "enter", *"12"])
        await wait_for(pilot, lambda: screen.fiche.line.value == "12", "the last key")
        said = screen.session.facts.answer(root, "nb_classes")
        assert said is not None
        assert (said.state, said.reason) == (State.NOT_APPLICABLE, "no8")
        assert screen.visiting.key == (root, "nb_eleves")


async def test_a_note_typed_ahead_is_the_note_and_answers_nothing(
    tmp_path: Path,
) -> None:
    prepared(tmp_path)
    async with visit(tmp_path, "acces_internet") as (pilot, screen):
        before = screen.session.facts.answers
        burst(pilot, ["f4", *"on", "enter"])
        await wait_for(pilot, lambda: screen.visiting.card.notes == ("on",), "noted")
        assert screen.session.facts.answers == before


async def test_letters_typed_ahead_of_the_places_close_no_list(tmp_path: Path) -> None:
    prepared(tmp_path)
    async with visit(tmp_path) as (pilot, screen):
        burst(pilot, ["f6", *"toxolo"])
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, PlacesScreen), "F6")
        burst(pilot, ["s"])
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, Ask), "the last key")
        assert not screen.session.facts.closed
        assert len(screen.session.facts.places_of(PlaceKind.SALLE)) == 2


async def test_an_answer_typed_ahead_of_the_most_useful_question_is_for_it(
    tmp_path: Path,
) -> None:
    prepared(tmp_path)
    async with visit(tmp_path, "nb_classes") as (pilot, screen):
        before = screen.session.facts.answers
        here = screen.visiting.key
        burst(pilot, ["f3", "9"])
        await wait_for(pilot, lambda: screen.visiting.key != here, "found")
        await wait_for(pilot, lambda: not screen.holds_keys, "looked")
        assert here not in screen.session.facts.answers.keys() - before.keys()


async def test_a_paste_waits_for_the_dialog_that_was_asked_for(tmp_path: Path) -> None:
    prepared(tmp_path)
    async with visit(tmp_path) as (pilot, screen):
        burst(pilot, ["f4"])
        pilot.app.post_message(Paste("vu avec la directrice"))
        burst(pilot, ["enter"])
        await wait_for(
            pilot,
            lambda: screen.visiting.card.notes == ("vu avec la directrice",),
            "noted",
        )


async def test_a_whole_visit_is_typed_ahead_from_the_territory(tmp_path: Path) -> None:
    app = new_app(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "Marronniers"), "the schools")
        burst(pilot, ["/", *"marronniers", "enter", "v", "down"])
        await wait_for(pilot, lambda: shows(pilot, "Réponse"), "the visit")
        assert not any(app.screen.query(Input).filter("#search"))
        assert app.desk.session(SCHOOL).facts.root
