"""Réglages: the name, the syndicat and the campaign, said otherwise at any time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from diag.audit.answer import NewAnswer, record_answer
from diag.audit.history import changes_of
from diag.tui.app import DiagApp
from diag.tui.dialogs import Notice
from diag.tui.setup import SettingsForm
from diag.tui.territory import NewYear, TerritoryScreen
from diag.workspace.workspace import fixed_world
from tests.audit.builders import started, workspace
from tests.tui.builders import SCHOOL, app_on, new_app
from tests.tui.routes import choose
from tests.tui.waiting import shows, wait_for

NEXT_YEAR = date(2027, 9, 1)
NEWS = "Une nouvelle année scolaire a commencé : 2027-2028 (touche Ctrl+P : Réglages)."


@asynccontextmanager
async def running(app: DiagApp) -> AsyncIterator[Pilot[None]]:
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
        yield pilot


async def opened(pilot: Pilot[None]) -> None:
    await choose(pilot, "reglages")
    await wait_for(pilot, lambda: isinstance(pilot.app.screen, SettingsForm), "form")


async def closed(pilot: Pilot[None]) -> None:
    await wait_for(
        pilot, lambda: isinstance(pilot.app.screen, TerritoryScreen), "the list"
    )


def audited(folder: Path) -> None:
    with workspace(folder) as made:
        record_answer(started(made), NewAnswer("nb_classes", "6"))


async def test_a_name_typed_wrong_is_mended_and_what_was_said_stays_theirs(
    tmp_path: Path,
) -> None:
    audited(tmp_path)
    app = app_on(tmp_path)
    async with running(app) as pilot:
        before = app.desk.workspace.settings
        await opened(pilot)
        await pilot.press(*"Ana [/ Roux", "enter", *"SIVU d'Ombre", "f2")
        await closed(pilot)
        after = app.desk.workspace.settings
        assert after.name_of(before.author) == "Ana [/ Roux"
        assert after.syndicat == "SIVU d'Ombre"
        assert (after.author, after.device) == (before.author, before.device)
        assert after.campaign == before.campaign
        told = changes_of(app.desk.session(SCHOOL), "nb_classes")
        assert [one.author for one in told] == ["Ana [/ Roux"]
    assert app_on(tmp_path).desk.workspace.settings == after


@pytest.mark.long  # the gate opens another in `test_school`
async def test_the_new_campaign_is_shown_and_opened_at_once(tmp_path: Path) -> None:
    audited(tmp_path)
    app = app_on(tmp_path)
    async with running(app) as pilot:
        assert shows(pilot, "1 audit en 2026-2027")
        old = app.desk.session(SCHOOL).audit
        await opened(pilot)
        await pilot.press("enter", "enter", *"2027-2028", "enter")
        await closed(pilot)
        await wait_for(pilot, lambda: shows(pilot, "0 audit en 2027-2028"), "the list")
        assert shows(pilot, "Enregistré · campagne 2027-2028")
        await pilot.press(*"Marronniers", "enter")
        await wait_for(pilot, lambda: shows(pilot, "à commencer"), "the school")
        await pilot.press("enter")
        await wait_for(pilot, lambda: shows(pilot, "ce qui a changé"), "it begins")
        new = app.desk.session(SCHOOL).audit
        assert (old.campaign, new.campaign) == ("2026-2027", "2027-2028")


@pytest.mark.long  # the gate refuses one in `test_form`, and what it is in `workspace`
@pytest.mark.parametrize("typed", ["2027", "2027-2029", "2027/2028", "pilote"])
async def test_a_campaign_that_is_no_school_year_is_refused_and_stays(
    tmp_path: Path, typed: str
) -> None:
    app = new_app(tmp_path)
    async with running(app) as pilot:
        await opened(pilot)
        await pilot.press("enter", "enter", *typed, "f2")
        await wait_for(pilot, lambda: isinstance(app.screen, Notice), "refused")
        assert shows(pilot, "n'est pas une année scolaire")
        await pilot.press("escape")
        await wait_for(pilot, lambda: isinstance(app.screen, SettingsForm), "back")
        assert app.screen.query_one("#campaign", Input).value == typed
        await pilot.press("escape")
        await closed(pilot)
        assert app.desk.workspace.campaign == "2026-2027"


@pytest.mark.long  # the gate refuses one on the first run, in `test_form`
async def test_an_empty_name_is_refused_and_asked_again(tmp_path: Path) -> None:
    app = new_app(tmp_path)
    async with running(app) as pilot:
        await opened(pilot)
        await pilot.press("backspace", "enter", "f2")
        await wait_for(pilot, lambda: isinstance(app.screen, Notice), "refused")
        assert shows(pilot, "Le nom est vide")
        await pilot.press("escape")
        author = app.screen_stack[1].query_one("#author", Input)
        await wait_for(pilot, lambda: app.focused is author, "the name again")
        settings = app.desk.workspace.settings
        assert settings.name_of(settings.author) == "u-1"


async def test_a_school_year_that_begins_is_told_until_the_campaign_follows(
    tmp_path: Path,
) -> None:
    new_app(tmp_path)
    app = DiagApp(tmp_path, fixed_world(NEXT_YEAR, 5))
    async with running(app) as pilot:
        await wait_for(pilot, lambda: shows(pilot, NEWS), "the news")
        assert app.desk.workspace.campaign == "2026-2027"
        await opened(pilot)
        await pilot.press("enter", "enter", *"2027-2028", "f2")
        await closed(pilot)
        await wait_for(pilot, lambda: shows(pilot, "en 2027-2028"), "the list")
        assert not shows(pilot, "nouvelle année")


async def test_a_school_year_is_told_once_and_in_its_own_time(tmp_path: Path) -> None:
    new_app(tmp_path)
    assert not await is_told(app_on(tmp_path))
    assert await is_told(DiagApp(tmp_path, fixed_world(NEXT_YEAR, 5)))
    assert not await is_told(DiagApp(tmp_path, fixed_world(NEXT_YEAR, 6)))


async def is_told(app: DiagApp) -> bool:
    """Return whether the list, once it is whole, has the news over it."""
    async with running(app) as pilot:
        told = app.screen.query_one(NewYear).display
        await wait_for(pilot, lambda: shows(pilot, NEWS) is told, "the news or not")
        return told


@pytest.mark.long  # the gate resumes in `test_whereabouts`, and changes campaign above
async def test_resuming_goes_back_to_the_audit_that_was_under_way(
    tmp_path: Path,
) -> None:
    """Not to a new one of the same school, in the campaign that followed."""
    audited(tmp_path)
    app = app_on(tmp_path)
    async with running(app) as pilot:
        app.go_visit(SCHOOL)
        await wait_for(pilot, lambda: shows(pilot, "Réponse"), "the visit")
        await pilot.press("escape", "escape")
        await closed(pilot)
        await opened(pilot)
        await pilot.press("enter", "enter", *"2027-2028", "f2")
        await closed(pilot)
        await wait_for(pilot, lambda: shows(pilot, "en 2027-2028"), "the list")
        await pilot.press("f3")
        await wait_for(pilot, lambda: shows(pilot, "Réponse"), "the visit")
        assert app.desk.session(SCHOOL).audit.campaign == "2026-2027"
