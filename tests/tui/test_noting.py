"""Noter, from every screen: the target is in sight, and no text is lost."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.events import Paste
from textual.pilot import Pilot
from textual.widgets import Input

from diag.audit.answer import record_note
from diag.audit.photos import photos_of
from diag.audit.session import AuditSession
from diag.audit.visit import Saved
from diag.model.enums import QuestionType
from diag.tui.bilan import BilanScreen
from diag.tui.departure import DebriefScreen
from diag.tui.noting import NotedScreen, NotingScreen
from diag.tui.photos import Dropped, PhotosScreen
from diag.tui.rooms import RoomsScreen
from diag.tui.text import TextSheet
from diag.tui.visit import VisitScreen
from tests.audit.pictures import jpeg
from tests.examples import cases
from tests.tui.builders import SCHOOL, audited_app
from tests.tui.visit.test_visit import HOSTILE, prepared, visit
from tests.tui.waiting import shows, visible, wait_for, wait_to_show


@asynccontextmanager
async def noting(pilot: Pilot[None]) -> AsyncIterator[NotingScreen]:
    """Open the box with F4."""
    await pilot.press("f4")
    await wait_for(pilot, lambda: isinstance(pilot.app.screen, NotingScreen), "F4")
    screen = pilot.app.screen
    assert isinstance(screen, NotingScreen)
    yield screen


async def room(pilot: Pilot[None], screen: VisitScreen, question: str) -> str:
    """Stand at a question of the first room; return the room."""
    place = next(one.id for one in screen.session.facts.places.values() if one.parent)
    screen.go_to((place, question))
    await wait_for(pilot, lambda: screen.visiting.key == (place, question), "there")
    return place


async def test_the_strip_names_the_answer_and_fits_in_its_lines(tmp_path: Path) -> None:
    """The yes or no of the longest label, at 80×24; a mark answers nothing."""
    prepared(tmp_path)
    async with visit(tmp_path) as (pilot, screen):
        stop = max(
            (
                each
                for each in screen.visiting.walk.stops
                if each.question.type is QuestionType.BOOLEAN
            ),
            key=lambda each: len(each.question.label),
        )
        screen.go_to(stop.key)
        await wait_for(pilot, lambda: screen.visiting.key == stop.key, "there")
        await pilot.press("o")
        await wait_for(pilot, lambda: shows(pilot, "Répondu  "), "answered")
        sheet = screen.query_one("#fiche-status", TextSheet)
        at = sheet.region
        strip = visible(pilot)[at.y : at.bottom]
        words = " ".join(" ".join(each[at.x :].split()) for each in strip).strip()
        assert re.fullmatch(r"Répondu .+ : oui.* ← y revenir, F4 la noter", words)
        assert at.height == 2
        assert words[8:20] == stop.question.label[:12]
        await pilot.press("f5")
        await wait_for(pilot, lambda: shows(pilot, "Enregistré · à revoir"), "marked")
        assert not shows(pilot, "Répondu  ")
        # The label is cut, and never the answer, whatever signs it has.
        saved = Saved("Répondu  Une question longue" * 3, "en partie : deux salles")
        screen.fiche.status_saved(saved, "", "   F4 la noter")
        await wait_for(pilot, lambda: shows(pilot, "F4 la noter"), "the key")
        assert shows(pilot, "en partie : deux")


async def test_what_was_just_answered_is_noted_and_a_question_is_opened_unanswered(
    tmp_path: Path,
) -> None:
    """`1` `F4` « fils nus » `↓` `Entrée`."""
    prepared(tmp_path)
    async with visit(tmp_path) as (pilot, screen):
        place = await room(pilot, screen, "projection")
        await pilot.press("1")
        await wait_for(pilot, lambda: shows(pilot, "y revenir, F4"), "the strip")
        here = screen.visiting.key
        answers = screen.session.facts.answers
        assert (place, "projection") in answers
        async with noting(pilot):
            assert shows(pilot, "Dispositif de projection (répondue)")
            await pilot.press(*"fils nus")
            await wait_for(pilot, lambda: shows(pilot, "Danger électrique"), "proposed")
            await pilot.press("tab")
            await wait_for(pilot, lambda: not shows(pilot, "(répondue)"), "turned")
            await pilot.press("tab", "down", "down", "down", "tab", "down")
            await wait_to_show(pilot, "sur Danger électrique immédiat")
            await pilot.press("enter")
        await wait_for(pilot, lambda: pilot.app.screen is screen, "the visit")

        (seen,) = screen.session.observations
        assert (seen.text, seen.place) == ("fils nus", place)
        assert seen.question == "danger_electrique", (
            "what is noted on a danger tells it"
        )
        assert screen.visiting.key == (place, "danger_electrique")
        assert screen.session.facts.answers == answers
        assert here != screen.visiting.key
        await pilot.press("ctrl+z")
        await wait_for(pilot, lambda: not screen.session.observations, "taken back")


async def test_left_on_an_empty_answer_goes_back_to_what_was_answered(
    tmp_path: Path,
) -> None:
    """`1` `←`: nothing is written, the first question and its answer are shown."""
    prepared(tmp_path)
    async with visit(tmp_path) as (pilot, screen):
        place = await room(pilot, screen, "projection")
        await pilot.press("1")
        await wait_for(pilot, lambda: screen.visiting.answered, "answered")
        before = screen.session.digest
        await pilot.press("left")
        await wait_for(
            pilot, lambda: screen.visiting.key == (place, "projection"), "back"
        )
        assert screen.session.digest == before
        assert screen.visiting.card.answer is not None
        await pilot.press("left")
        assert screen.visiting.key == (place, "projection")
        # One walks on: what was answered is no longer what F4 is about.
        async with noting(pilot):
            await wait_to_show(pilot, "sur Dispositif de projection")
            assert not shows(pilot, "(répondue)")


async def test_a_photo_is_of_what_was_just_answered_and_of_the_text(
    tmp_path: Path,
) -> None:
    prepared(tmp_path)
    async with visit(tmp_path) as (pilot, screen):
        place = await room(pilot, screen, "projection")
        await pilot.press("1", "f7")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, PhotosScreen), "F7")
        assert shows(pilot, "Dispositif de projection")
        await pilot.press("escape")
        await wait_for(pilot, lambda: pilot.app.screen is screen, "the visit")
        async with noting(pilot) as box:
            await pilot.press(*"image pâle", "f7")
            await wait_for(
                pilot, lambda: isinstance(pilot.app.screen, PhotosScreen), "photos"
            )
            path = jpeg(tmp_path / "pale.jpg")
            pilot.app.screen.post_message(Dropped((path,)))
            await wait_for(pilot, lambda: shows(pilot, "Jointe"), "joined")
            await pilot.press("escape")
            await wait_for(pilot, lambda: pilot.app.screen is box, "the box")
            assert shows(pilot, "1 photo")
            await pilot.press("enter")
        await wait_for(pilot, lambda: pilot.app.screen is screen, "the visit")
        (seen,), (photo,) = screen.session.observations, photos_of(screen.session)
        assert seen.files == (photo.sha,)
        assert (photo.place, photo.question) == (place, "projection")


@pytest.mark.parametrize("size", cases([(80, 24), (120, 40), (160, 50)], (80, 24)))
async def test_no_hostile_text_breaks_the_box_nor_leaves_it(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    prepared(tmp_path, rooms=(HOSTILE,))
    text = f"{HOSTILE} \u202egnol\u202c a\u200bb " + "x" * 9_000
    async with visit(tmp_path, size=size) as (pilot, screen):
        await room(pilot, screen, "projection")
        async with noting(pilot) as box:
            box.post_message(Paste(text))
            box.query_one(Input).focus()
            await wait_for(pilot, lambda: len(box.query_one(Input).value) > 9_000)
            for line in visible(pilot):
                assert cell_len(line) <= size[0]
                assert "\u202e" not in line
            await pilot.press("escape")
        await wait_for(pilot, lambda: pilot.app.screen is screen, "left")
        assert not screen.session.observations
        async with noting(pilot) as box:
            assert len(box.query_one(Input).value) > 9_000, "leaving loses nothing"
            await pilot.press("!", "enter")
        await wait_for(pilot, lambda: screen.session.observations, "noted")
        (seen,) = screen.session.observations
        assert seen.text.endswith("x!")
        assert HOSTILE in seen.text
        screen.on_list_noted()
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, NotedScreen), "list")
        assert shows(pilot, HOSTILE[:12])


async def test_what_is_noted_is_reworded_shown_answered_and_taken_away(
    tmp_path: Path,
) -> None:
    prepared(tmp_path)
    async with visit(tmp_path) as (pilot, screen):
        session = screen.session
        record_note(session, "nb_classes", "vu au tableau")
        async with noting(pilot):
            await pilot.press(*"porte fermée", "enter")
        await wait_for(pilot, lambda: session.observations, "noted")
        screen.on_list_noted()
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, NotedScreen), "list")
        await pilot.press("m")
        assert session.observations[0].shown
        await pilot.press("d")
        assert session.observations[0].reply
        await pilot.press("d")
        assert not session.observations[0].shown
        await pilot.press("enter")
        await wait_for(pilot, lambda: shows(pilot, "Récrire ce qui"), "asked")
        await pilot.press("end", *" à clé", "enter")
        await wait_for(pilot, lambda: shows(pilot, "porte fermée à clé"), "reworded")
        await pilot.press("down", "m")
        assert session.facts.notes, "a note of before is not shown as it is"
        await pilot.press("delete")
        await wait_for(pilot, lambda: not session.facts.notes, "taken away")
        await pilot.press("escape")
        await wait_for(pilot, lambda: pilot.app.screen is screen, "the visit")


def _observed(session: AuditSession) -> list[str]:
    return [one.text for one in session.observations]


async def test_bilan_and_a_chaud_note_of_the_school_and_open_the_visit(
    tmp_path: Path,
) -> None:
    app = audited_app(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "Marronniers"), "the schools")
        app.go_bilan(SCHOOL)
        await wait_for(pilot, lambda: isinstance(app.screen, BilanScreen), "bilan")
        session = app.desk.session(SCHOOL)
        before = _observed(session)
        async with noting(pilot):
            await pilot.press(*"mur humide", "enter")
        await wait_for(pilot, lambda: "mur humide" in _observed(session), "noted")
        await pilot.press("c")
        await wait_for(pilot, lambda: isinstance(app.screen, DebriefScreen), "à chaud")
        async with noting(pilot):
            await pilot.press(*"erreur", "enter")
        await wait_for(pilot, lambda: "erreur" in _observed(session), "noted")
        await pilot.press("ctrl+z")
        await wait_for(pilot, lambda: "erreur" not in _observed(session), "taken back")
        async with noting(pilot):
            await pilot.press(*"fils nus", "down", "enter")
        await wait_for(pilot, lambda: isinstance(app.screen, VisitScreen), "the visit")
        assert isinstance(app.screen, VisitScreen)
        assert app.screen.visiting.key[1] == "danger_electrique"
        assert sorted(_observed(session)) == sorted([*before, "mur humide", "fils nus"])


async def test_a_text_left_is_there_on_another_screen_after_a_kill_until_it_is_noted(
    tmp_path: Path,
) -> None:
    prepared(tmp_path)
    async with visit(tmp_path) as (pilot, _), noting(pilot):
        await pilot.press(*"clé")
    async with visit(tmp_path) as (pilot, screen):
        await pilot.press("f6")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, RoomsScreen), "F6")
        async with noting(pilot):
            assert shows(pilot, "clé")
            await pilot.press("enter")
        await wait_for(
            pilot, lambda: isinstance(pilot.app.screen, RoomsScreen), "noted"
        )
        assert _observed(screen.session) == ["clé"]
        async with noting(pilot) as box:
            assert not box.query_one(Input).value
