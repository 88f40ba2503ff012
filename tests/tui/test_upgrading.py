"""Passing an audit to another edition from the bilan: previewed, done, undone."""

from pathlib import Path

import pytest

from diag.journal import changes
from diag.model.enums import AuditStatus
from diag.tui.bilan.faces import NewEdition
from diag.tui.dialogs import Confirm, Notice
from diag.tui.text import Sentence
from tests.audit.builders import started, workspace
from tests.audit.older_edition import newer_came, older_audited
from tests.audit.small_edition import ship
from tests.audit.two_editions import FIRST, SECOND
from tests.examples import cases
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
        app.screen.post_message(NewEdition())
        await wait_for(pilot, lambda: isinstance(app.screen, Notice))
        assert isinstance(app.screen, Notice)
        assert "emploie déjà" in app.screen.text
        await pilot.press("escape")
        await wait_for(pilot, lambda: not isinstance(app.screen, Notice))
        await pilot.press("ctrl+z")
        await wait_for(pilot, lambda: session.checklist.version == "1")


@pytest.fixture
def older_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace whose audit is of the older method, once the new one has come."""
    folder = tmp_path / "espace"
    with workspace(folder) as made:
        older_audited(made, tmp_path / "livrees", monkeypatch)
    newer_came(tmp_path / "livrees", monkeypatch)
    return folder


def shown(confirm: Confirm) -> str:
    """Return what a question asks, as it is written."""
    text = confirm.query_one(Sentence).render().plain
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())


@pytest.mark.parametrize("place", cases(["go_visit", "go_bilan"], "go_bilan"))
async def test_opening_an_audit_of_the_older_method_shows_what_it_becomes_first(
    older_home: Path, place: str
) -> None:
    app = app_on(older_home)
    async with app.run_test(size=(80, 24)) as pilot:
        before, stack = app.desk.session(SCHOOL).digest, len(app.screen_stack)
        getattr(app, place)(SCHOOL)
        await wait_for(pilot, lambda: isinstance(app.screen, Confirm))
        assert isinstance(app.screen, Confirm)
        words = shown(app.screen)
        assert "Passer de l'édition 2026.1 à 2027.1 ?" in words
        assert "méthode antérieure" in words
        assert "Réponses gardées : " in words
        await pilot.press("escape")
        await wait_for(pilot, lambda: len(app.screen_stack) == stack)
        assert app.desk.session(SCHOOL).digest == before
        getattr(app, place)(SCHOOL)
        await wait_for(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("o")
        session = app.desk.session(SCHOOL)
        wanted = "VisitScreen" if place == "go_visit" else "BilanScreen"
        await wait_for(pilot, lambda: type(app.screen).__name__ == wanted)
        assert session.checklist.version == "2027.1"


async def test_a_closed_one_is_reopened_once_that_is_wanted(older_home: Path) -> None:
    app = app_on(older_home)
    async with app.run_test(size=(80, 24)) as pilot:
        session = app.desk.session(SCHOOL)
        closing = changes.moved(
            session.audit.id, AuditStatus.CLOS, digest=session.digest
        )
        session.record(closing)
        app.go_bilan(SCHOOL)
        await wait_for(pilot, lambda: isinstance(app.screen, Confirm))
        assert isinstance(app.screen, Confirm)
        assert "L'audit est clos" in shown(app.screen)
        await pilot.press("o")
        await wait_for(pilot, lambda: type(app.screen).__name__ == "BilanScreen")
        assert session.status is AuditStatus.EN_COURS


async def test_undoing_the_passage_leaves_the_bilan(older_home: Path) -> None:
    app = app_on(older_home)
    async with app.run_test(size=(80, 24)) as pilot:
        app.go_bilan(SCHOOL)
        await wait_for(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("o")
        await wait_for(pilot, lambda: type(app.screen).__name__ == "BilanScreen")
        await pilot.press("ctrl+z")
        await wait_for(pilot, lambda: type(app.screen).__name__ == "SchoolScreen")
        assert app.desk.session(SCHOOL).is_older


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
