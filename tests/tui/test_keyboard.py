"""Keys typed in a burst: each reaches what the ones before it have opened."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from textual.events import Paste
from textual.pilot import Pilot

from diag.model.enums import PlaceKind, State
from diag.tui import guards
from diag.tui.dialogs import Ask, Notice
from diag.tui.rooms import RoomsScreen
from tests.tui.builders import SCHOOL, new_app
from tests.tui.visit.test_visit import prepared, visit
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
        burst(pilot, ["!", *"no8", "enter", *"12"])
        await wait_for(pilot, lambda: screen.fiche.line.value == "12", "the last key")
        said = screen.session.facts.answer(root, "nb_classes")
        assert said is not None
        assert (said.state, said.reason) == (State.REFUSED, "no8")
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
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, RoomsScreen), "F6")
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


async def test_a_visit_is_reached_and_answered_ahead_of_the_schools(
    tmp_path: Path,
) -> None:
    app = new_app(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "Marronniers"), "the schools")
        burst(
            pilot,
            ["/", *"marronniers", "enter", "v", "!", *"vu", "enter"],
        )
        await wait_for(pilot, lambda: shows(pilot, "Répondu  "), "answered")
        facts = app.desk.session(SCHOOL).facts
        assert "vu" in [one.reason for heads in facts.answers.values() for one in heads]


async def test_no_keyboard_is_locked_by_what_never_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guards, "_KEY_PATIENCE", 0.05)
    prepared(tmp_path)
    async with visit(tmp_path, "nb_classes") as (pilot, screen):
        screen.holds_keys = True
        burst(pilot, ["1", "2"])
        await wait_for(pilot, lambda: screen.fiche.line.value == "12", "typed")


async def test_what_was_typed_ahead_of_a_refusal_is_dropped(tmp_path: Path) -> None:
    prepared(tmp_path)
    async with visit(tmp_path, "nb_classes") as (pilot, screen):
        at = screen.visiting.key
        burst(pilot, [*["ctrl+z"] * 8, *"12", "enter", *"34", "enter"])
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, Notice), "told")
        await pilot.press("escape")
        await wait_for(pilot, lambda: pilot.app.screen is screen, "back")
        assert at not in screen.session.facts.answers
        assert screen.fiche.line.value == ""
