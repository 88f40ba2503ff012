"""« Répondu » and « Enregistré » are true, and what was typed is not lost."""

import asyncio
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from json import loads
from pathlib import Path
from time import monotonic

import pytest
from textual.events import Key, Paste, Resize
from textual.geometry import Size
from textual.widgets import Input

from diag.journal.backup import verify
from diag.journal.journal import FILE, put_setting
from diag.tui import guards
from diag.tui.app import DiagApp
from diag.tui.dialogs import Ask, Notice
from diag.tui.guards import TooSmall
from diag.tui.visit import VisitScreen, faces
from tests.tui.visit.test_visit import prepared, visit
from tests.tui.waiting import PATIENCE, shows, wait_for, wait_to_show


def copied(folder: Path) -> list[str]:
    """Return what the lines of a copy say, once it is found sound."""
    (path,) = folder.glob("diag-*.db")
    verify(path)
    with closing(sqlite3.connect(path)) as copy:
        return [body for (body,) in copy.execute("select body from rev")]


@pytest.mark.parametrize("replaced", [False, True])
async def test_an_answer_typed_into_a_file_that_is_gone_is_saved_elsewhere(
    tmp_path: Path, *, replaced: bool
) -> None:
    folder, saved = tmp_path / "desk", tmp_path / "secours"
    prepared(folder)
    async with visit(folder) as (pilot, screen):
        journal = screen.session.workspace.journal
        journal.fallback = saved
        pilot.app.place_timer.pause()  # type: ignore[attr-defined] # the answer meets it
        data = (folder / FILE).read_bytes()
        shutil.rmtree(folder)
        if replaced:
            folder.mkdir()
            (folder / FILE).write_bytes(data)
        await pilot.press("7", "enter")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, Notice), "a notice")

        assert isinstance(pilot.app.screen, Notice)
        assert "supprimé, déplacé ou remplacé" in pilot.app.screen.text
        assert str(saved) in pilot.app.screen.text
        assert not shows(pilot, "Répondu  ")
        assert any('"value":7' in body for body in copied(saved))
        await pilot.press("escape")
        await wait_for(pilot, lambda: pilot.app.screen is screen, "the visit")
        await pilot.press("enter")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, Notice), "again")
        assert len(list(saved.iterdir())) == 1, "nothing more is accepted"


async def test_a_file_that_is_gone_is_seen_before_anything_is_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guards, "_SECOND", 0.1)
    folder = tmp_path / "desk"
    prepared(folder)
    async with visit(folder) as (pilot, screen):
        screen.session.workspace.journal.fallback = tmp_path / "secours"
        shutil.rmtree(folder)
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, Notice), "a notice")

        assert copied(tmp_path / "secours")


async def test_a_note_that_the_disk_refuses_stays_where_it_was_typed(
    tmp_path: Path,
) -> None:
    prepared(tmp_path)
    async with visit(tmp_path) as (pilot, screen):
        connection = screen.session.workspace.journal.connection
        (pages,) = connection.execute("pragma page_count").fetchone()
        connection.execute(f"pragma max_page_count = {pages}")
        await pilot.press("f4")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, Ask), "the dialog")
        pilot.app.screen.post_message(Paste("porte fermée " * 700))
        await wait_for(pilot, lambda: shows(pilot, "porte fermée"), "the note")
        await pilot.press("enter")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, Notice), "refused")
        await wait_to_show(pilot, "plein")
        await pilot.press("escape")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, Ask), "the dialog")

        await wait_to_show(pilot, "porte fermée")
        connection.execute(f"pragma max_page_count = {pages + 100}")
        await pilot.press("enter")
        await wait_for(pilot, lambda: pilot.app.screen is screen, "the visit")
        await wait_to_show(pilot, "Enregistré")
        assert len(screen.session.observations) == 1


async def test_an_answer_being_typed_when_the_program_is_killed_is_offered_there_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the fiche, then in a cell of the grid; a copy is what a kill would leave."""
    monkeypatch.setattr(faces, "REST", 0.01)
    desk, left, again = tmp_path / "desk", tmp_path / "left", tmp_path / "again"
    prepared(desk)
    async with visit(desk, "nb_classes") as (pilot, screen):
        await pilot.press("1", "7")
        await wait_for(pilot, lambda: "17" in typed_in(desk), "kept at rest")
        assert ("nb_classes", 17) not in answered_in(screen)
        shutil.copytree(desk, left)
    async with visit(left, "nb_classes") as (pilot, screen):
        await wait_to_show(pilot, "Vous tapiez « 17 »")
        await pilot.press("down", "up", "backspace")
        await wait_for(pilot, lambda: screen.fiche.line.value == "17", "taken again")
        await pilot.press("enter")
        await wait_for(pilot, lambda: ("nb_classes", 17) in answered_in(screen), "kept")
        await wait_for(pilot, lambda: not typed_in(left), "forgotten")
        await pilot.press("f2")
        await wait_to_show(pilot, "puis à droite")
        await pilot.press("right", "right", "2")
        await wait_for(pilot, lambda: "2" in typed_in(left), "kept at rest")
        assert screen.grid
        at = screen.grid.cursor_question or ""
        shutil.copytree(left, again)
    async with visit(again, at, place="CP") as (pilot, screen):
        await pilot.press("f2")
        await wait_for(pilot, lambda: screen.is_gridding, "the grid")
        await wait_to_show(pilot, "Vous tapiez « 2 »")
        await pilot.press("backspace", "enter")
        await wait_for(pilot, lambda: (at, 2) in answered_in(screen), "answered")
        await wait_for(pilot, lambda: not typed_in(again), "forgotten")


def answered_in(screen: VisitScreen) -> list[tuple[str, object]]:
    """Return each question that is answered, with its value."""
    every = screen.session.facts.answers.items()
    return [(key[1], one.value) for key, heads in every for one in heads]


def typed_in(folder: Path) -> list[str]:
    """Return what another program finds that is being typed."""
    with closing(sqlite3.connect(folder / FILE)) as other:
        asked = "select value from setting where key = 'tui.drafts'"
        return [
            text for (kept,) in other.execute(asked) for text in loads(kept).values()
        ]


def type_without_waiting(app: DiagApp, *keys: str) -> None:
    for key in keys:
        app.post_message(Key(key, key if len(key) == 1 else None))


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what comes while a handler waits: the pilot would wait for it too."""
    end = monotonic() + PATIENCE
    while not condition():
        assert monotonic() < end
        await asyncio.sleep(0)


async def test_while_another_program_holds_the_journal_screens_live_and_keys_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared(tmp_path)
    written: list[str] = []
    async with visit(tmp_path) as (pilot, screen):
        app = pilot.app
        assert isinstance(app, DiagApp)
        assert app._driver is not None
        monkeypatch.setattr(app._driver, "write", written.append)
        with closing(sqlite3.connect(tmp_path / FILE)) as other:
            other.isolation_level = None
            other.execute("begin exclusive")
            asked = screen.session.facts.root, "nb_classes"
            typed = screen.query_one(Input)
            await pilot.press("7")
            type_without_waiting(app, "enter", "1", "4", "0")
            await until(lambda: app.is_held)
            await until(lambda: len(app._typed._waiting) == 3)
            app.post_message(Resize(Size(90, 30), Size(90, 30)))
            await until(lambda: screen.size.width == 90)
            assert app.is_held
            assert any("en attente" in text for text in written)
            assert asked not in screen.session.facts.answers
            assert typed.value == "7", "what was typed ahead waits for its question"
            other.execute("rollback")
            await wait_for(pilot, lambda: shows(pilot, "140 élèves"), "the next one's")
            assert [one.value for one in screen.session.facts.answers[asked]] == [7]

            other.execute("begin exclusive")
            type_without_waiting(app, "enter")
            await until(lambda: app.is_held)
            type_without_waiting(app, "escape")
            await wait_for(pilot, lambda: isinstance(app.screen, Notice), "refused")
            busy = "occupé"
            await wait_for(pilot, lambda: shows(pilot, busy), "its reason")
            await pilot.press("escape")
            await wait_for(pilot, lambda: app.screen is screen, "the visit")
            await wait_for(pilot, lambda: shows(pilot, "140 élèves"), "what was typed")
            other.execute("rollback")
            number = len(screen.session.revisions())
            await pilot.press("enter")
            await wait_for(
                pilot, lambda: len(screen.session.revisions()) > number, "written"
            )


async def test_what_a_dialog_gave_waits_for_the_journal_too(tmp_path: Path) -> None:
    """Textual ends the program on what its callback raises: it waits where it is."""
    prepared(tmp_path)
    async with visit(tmp_path) as (pilot, screen):
        journal, given = screen.session.workspace.journal, list[str]()
        with closing(sqlite3.connect(tmp_path / FILE)) as other:
            other.isolation_level = None
            show = journal.on_wait
            assert show is not None

            def let_go(waiting: bool) -> None:  # noqa: FBT001 - the callback's
                show(waiting)
                if waiting:
                    other.execute("rollback")

            def keep(words: str) -> None:
                put_setting(journal, "x", words)
                given.append(words)

            journal.on_wait = let_go
            other.execute("begin exclusive")
            screen.call_later(screen.call_next, keep, "ok")  # as a dialog that closes
            await wait_for(pilot, lambda: given == ["ok"], "written once it is free")


async def test_a_window_too_small_for_the_question_takes_no_key(
    tmp_path: Path,
) -> None:
    prepared(tmp_path)
    async with visit(tmp_path) as (pilot, screen):
        before = screen.session.facts.answers
        await pilot.resize_terminal(20, 5)
        small = pilot.app
        await wait_for(
            pilot, lambda: isinstance(small.screen, TooSmall), "the sentence"
        )
        await wait_to_show(pilot, "trop petite")
        await pilot.press("7", "enter", "escape")
        await pilot.resize_terminal(80, 24)
        await wait_for(pilot, lambda: small.screen is screen, "the visit")

        assert screen.session.facts.answers == before
        await pilot.press("7", "enter")
        await wait_for(pilot, lambda: shows(pilot, "Répondu  "), "the answer")
