"""Erasing from the screens: what would go is read, two people decide, a week passes."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot

from diag.audit.erasing import note_asks
from diag.audit.session import AuditSession, open_session
from diag.journal import connection
from diag.journal.asks import DELAY
from diag.journal.exchange import keep_equal, proven_sum
from diag.tui.app import DiagApp
from diag.tui.dialogs import Ask, Notice
from diag.workspace.workspace import Workspace, fixed_world
from tests.audit.apart import meet, say, two_laptops
from tests.audit.builders import DAY, SCHOOL, started, workspace
from tests.tui.builders import app_on
from tests.tui.routes import choose
from tests.tui.waiting import shows, wait_for, wait_to_show

SIZE = (80, 24)
NEXT_WEEK = DAY + timedelta(milliseconds=DELAY, days=1)


def answers(session: AuditSession) -> list[object]:
    session.catch_up()
    found = session.facts.answers.get((session.facts.root, "nb_classes"), ())
    return [one.value for one in found]


async def asks(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await wait_for(pilot, lambda: isinstance(pilot.app.screen, Ask), "why")


async def give(pilot: Pilot[None], reason: str, words: str) -> None:
    await pilot.press(*reason, "enter")
    await wait_for(pilot, lambda: shows(pilot, words), words)


async def to_history(pilot: Pilot[None], app: DiagApp) -> None:
    await wait_for(pilot, lambda: shows(pilot, "Marronniers"), "the schools")
    app.go_school(SCHOOL)
    await wait_for(pilot, lambda: shows(pilot, "Audits"), "the school")
    await pilot.press("h")
    await wait_for(pilot, lambda: shows(pilot, "Historique"), "the history")


async def to_list(pilot: Pilot[None]) -> None:
    await wait_for(pilot, lambda: shows(pilot, "Marronniers"), "the schools")
    await choose(pilot, "effacements")
    await wait_for(pilot, lambda: shows(pilot, "Effacements demandés"), "the list")


@pytest.fixture
def apart(tmp_path: Path) -> Path:
    """Two laptops; the first answered 4, and the second knows it."""
    with two_laptops(tmp_path) as (mine, theirs):
        say(mine, "nb_classes", 4)
        meet(mine, theirs)
    return tmp_path


def exchange(folder: Path) -> tuple[list[object], list[object]]:
    """Have both laptops know everything; return what each reads."""
    with (
        Workspace.open(folder / "mine", fixed_world(DAY, 31)) as mine,
        Workspace.open(folder / "theirs", fixed_world(DAY, 32)) as theirs,
    ):
        meet(here := open_session(mine, SCHOOL), there := open_session(theirs, SCHOOL))
        for each in (mine, theirs):  # as a sync does
            note_asks(each)
        return answers(here), answers(there)


async def test_one_asks_its_author_stops_then_one_confirms_after_a_week(
    apart: Path,
) -> None:
    app = app_on(apart / "theirs")
    async with app.run_test(size=SIZE, notifications=True, tooltips=True) as pilot:
        await to_history(pilot, app)
        await asks(pilot, "e")
        words = "la question redevient sans réponse", "dans sept jours"
        await wait_to_show(pilot, "4", *words, "sans redire ce qui est effacé")
        await pilot.press("enter")
        await wait_for(pilot, lambda: isinstance(app.screen, Notice), "a reason")
        await pilot.press("escape")
        await wait_for(pilot, lambda: isinstance(app.screen, Ask), "the dialog")
        await give(pilot, "demande d'un parent", "masquée dès maintenant")
        await wait_to_show(pilot, "demande d'effacement")
        assert answers(app.desk.session(SCHOOL)) == [4], "it is judged still"
    exchange(apart)

    app = app_on(apart / "mine")
    async with app.run_test(size=SIZE, notifications=True, tooltips=True) as pilot:
        await to_list(pilot)
        await wait_for(pilot, lambda: shows(pilot, "1 demande"), "what is asked")
        await pilot.press("enter")
        await wait_for(pilot, lambda: isinstance(app.screen, Notice), "too early")
        await wait_to_show(pilot, "à partir du")
        await pilot.press("escape")
        await asks(pilot, "x")
        await wait_to_show(pilot, "u-2 demande de l'effacer (demande")
        await give(pilot, "c'est exact", "se lit à nouveau")
        await wait_for(pilot, lambda: shows(pilot, "Personne ne demande"), "none left")
        await wait_to_show(pilot, "e le demande")
    exchange(apart)

    app = app_on(apart / "theirs")
    async with app.run_test(size=SIZE, notifications=True, tooltips=True) as pilot:
        await to_history(pilot, app)
        await pilot.press("down", "down")
        await asks(pilot, "e")
        await give(pilot, "encore", "masquée dès maintenant")
    exchange(apart)
    app = app_on(apart / "mine", seed=6, day=NEXT_WEEK)
    async with app.run_test(size=SIZE, notifications=True, tooltips=True) as pilot:
        await to_list(pilot)
        await asks(pilot, "enter")
        await wait_to_show(pilot, "le demande depuis", "encore", "pour toujours")
        assert not shows(pilot, ": 4")
        await give(pilot, "d'accord", "Effacé pour toujours")
        await wait_for(pilot, lambda: shows(pilot, "Personne ne demande"), "none left")
        assert answers(app.desk.session(SCHOOL)) == []
    assert exchange(apart) == ([], [])


async def test_who_writes_alone_confirms_after_a_week(tmp_path: Path) -> None:
    with workspace(tmp_path) as made:
        session = started(made)
        say(session, "nb_classes", 4)
        keep_equal(made.journal, "hub", proven_sum(made.journal, session.audit.id))

    for day, words in ((DAY, "masquée dès maintenant"), (NEXT_WEEK, "pour toujours.")):
        app = app_on(tmp_path, seed=day.day, day=day)
        async with app.run_test(size=SIZE, notifications=True, tooltips=True) as pilot:
            if day == DAY:
                await to_history(pilot, app)
                await asks(pilot, "e")
                await wait_to_show(pilot, "vous confirmez vous-même")
            else:
                await to_list(pilot)
                await asks(pilot, "enter")
            await give(pilot, "faute", words)
            assert answers(app.desk.session(SCHOOL)) == [4] * (day == DAY)


async def test_that_old_pages_may_stay_is_read_before_one_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connection._ALWAYS, "busy_timeout", 1)
    with workspace(tmp_path) as made:
        say(started(made), "nb_classes", 4)
    app = app_on(tmp_path)
    async with app.run_test(size=SIZE, notifications=True, tooltips=True) as pilot:
        await to_history(pilot, app)
        await asks(pilot, "e")
        with closing(sqlite3.connect(tmp_path / "diag.db")) as reader:
            reader.execute("begin")
            reader.execute("select * from sqlite_master").fetchone()
            await give(pilot, "faute", "anciennes pages")
        assert isinstance(app.screen, Notice), "no notice of four seconds"
        assert answers(app.desk.session(SCHOOL)) == []
        await pilot.press("escape")
        await wait_for(pilot, lambda: shows(pilot, "Historique"), "the history")
