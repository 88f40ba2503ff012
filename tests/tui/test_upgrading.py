"""Passing an audit to another edition from the bilan: previewed, done, undone."""

from pathlib import Path

import pytest

from diag.tui.bilan import NewEdition
from diag.tui.dialogs import Confirm, Notice
from tests.audit.builders import started, workspace
from tests.audit.small_edition import ship
from tests.audit.two_editions import FIRST, SECOND
from tests.tui.builders import SCHOOL, app_on
from tests.tui.waiting import wait_for


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    ship(tmp_path / "livrees", monkeypatch, FIRST)
    folder = tmp_path / "espace"
    with workspace(folder) as made:
        started(made)
    ship(tmp_path / "livrees", monkeypatch, SECOND)
    return folder


async def test_the_bilan_passes_to_the_edition_in_use_and_back(home: Path) -> None:
    app = app_on(home)
    async with app.run_test(size=(80, 24)) as pilot:
        app.go_bilan(SCHOOL)
        await pilot.pause()
        session = app.desk.session(SCHOOL)
        assert session.checklist.version == "1"
        app.screen.post_message(NewEdition())
        await wait_for(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("o")
        await wait_for(pilot, lambda: session.checklist.version == "2")
        await pilot.press("ctrl+z")
        await wait_for(pilot, lambda: session.checklist.version == "1")


async def test_the_edition_in_use_already_is_told_so(home: Path) -> None:
    app = app_on(home)
    async with app.run_test(size=(80, 24)) as pilot:
        app.go_bilan(SCHOOL)
        await pilot.pause()
        app.screen.post_message(NewEdition())
        await wait_for(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("o")
        session = app.desk.session(SCHOOL)
        await wait_for(pilot, lambda: session.checklist.version == "2")
        app.screen.post_message(NewEdition())
        await wait_for(pilot, lambda: isinstance(app.screen, Notice))
        assert isinstance(app.screen, Notice)
        assert "emploie déjà" in app.screen.text


async def test_broken_changes_are_told_when_an_audit_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ship(tmp_path / "livrees", monkeypatch, FIRST)
    folder = tmp_path / "espace"
    workspace(folder).close()
    (folder / "overlay").mkdir()
    (folder / "overlay" / "a.yaml").write_text("criteria: 3\n", encoding="utf-8")
    app = app_on(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        app.go_bilan(SCHOOL)
        await wait_for(pilot, lambda: isinstance(app.screen, Notice))
        assert isinstance(app.screen, Notice)
        assert "overlay/a.yaml:1" in app.screen.text
