"""A day on site: dated once and never to come, corrected, taken away, undone."""

from datetime import date
from pathlib import Path

import pytest
from textual.pilot import Pilot

from diag.audit.follow import add_visit
from diag.audit.report import report_folder
from diag.tui.beginning import DayOnSite
from diag.tui.bilan import BilanScreen
from diag.tui.departure import DebriefScreen, DepartureScreen
from diag.tui.dialogs import ChooseDialog, Notice
from diag.tui.lists import Lines
from diag.tui.visit import VisitScreen
from tests.tui.visit.test_visit import prepared, visit
from tests.tui.waiting import shows, visible, wait_for, wait_to_show


async def leaving(pilot: Pilot[None]) -> None:
    await pilot.press("ctrl+r")
    await on(pilot, DepartureScreen)


async def on(pilot: Pilot[None], kind: type) -> None:
    await wait_for(pilot, lambda: isinstance(pilot.app.screen, kind), kind.__name__)


async def choose(pilot: Pilot[None], *downs: str) -> None:
    await pilot.press("v")
    await on(pilot, ChooseDialog)
    await pilot.press(*downs, "enter")


def days(screen: VisitScreen) -> list[str]:
    return [one.date for one in screen.session.visits]


@pytest.mark.long  # the gate takes one away and undoes it, below
async def test_a_visit_is_undone_before_what_was_said_before_it(tmp_path: Path) -> None:
    prepared(tmp_path)
    async with visit(tmp_path) as (pilot, screen):
        await pilot.press("1", "2", "enter")
        await wait_for(pilot, lambda: shows(pilot, "Répondu  "), "saved")
        await leaving(pilot)
        await pilot.press("v")
        await on(pilot, DayOnSite)
        await pilot.press("tab", "tab", *"la directrice, un agent", "f2")
        await wait_for(pilot, lambda: days(screen) == ["2026-10-05"], "dated")
        (kept,), settings = screen.session.visits, screen.session.workspace.settings
        assert kept.met == ("la directrice", "un agent")
        assert kept.present == (settings.people[settings.author],)
        await pilot.press("escape", "ctrl+z")
        await wait_for(
            pilot, lambda: shows(pilot, "Annulé · visite du 05/10/2026"), "undone"
        )
        key = (screen.session.facts.root, "nb_classes")
        assert (days(screen), key in screen.session.facts.answers) == ([], True)
        await pilot.press("ctrl+z")
        await wait_for(pilot, lambda: shows(pilot, "Annulé · Nombre de classes"), "")


async def test_one_goes_leaves_without_asks_others_and_shows_what_was_found(
    tmp_path: Path,
) -> None:
    prepared(tmp_path)
    async with visit(tmp_path) as (pilot, screen):
        await leaving(pilot)
        departure = pilot.app.screen
        assert isinstance(departure, DepartureScreen)
        lines = departure.query_one(Lines)
        await wait_for(pilot, lambda: lines.key, "the list")
        assert all(len(line) <= 80 for line in visible(pilot))
        first, answers = lines.key, dict(screen.session.facts.answers)
        await pilot.press("space")
        await wait_for(pilot, lambda: lines.key != first, "left without")
        await pilot.press("ctrl+z")
        await wait_for(
            pilot, lambda: first in {one.key for one in lines.lines}, "again"
        )
        await pilot.press("space")
        assert screen.session.facts.answers == answers
        await pilot.press("q")
        folder = report_folder(screen.session)
        await wait_for(
            pilot, lambda: list(folder.glob("questionnaire*")), "questionnaires"
        )
        await pilot.press("f9")
        await on(pilot, BilanScreen)
        await pilot.press("escape")
        await on(pilot, DepartureScreen)
        await pilot.press("c")
        await on(pilot, DebriefScreen)
        await pilot.press("escape")
        await on(pilot, DepartureScreen)
        wanted = lines.key
        await pilot.press("enter")
        await on(pilot, VisitScreen)
        await wait_for(
            pilot, lambda: "/".join(screen.visiting.key) == wanted, "the question"
        )


@pytest.mark.long  # the gate refuses it by command, and a day in `test_form`
async def test_a_day_to_come_is_refused_and_the_form_stays(tmp_path: Path) -> None:
    prepared(tmp_path)
    async with visit(tmp_path) as (pilot, screen):
        await leaving(pilot)
        await pilot.press("v")
        await on(pilot, DayOnSite)
        await pilot.press(*["backspace"] * 10, *"26/11/2030", "f2")
        await on(pilot, Notice)
        await wait_to_show(pilot, "Le 26/11/2030 est à venir")
        await pilot.press("enter")
        await on(pilot, DayOnSite)
        assert days(screen) == []


async def test_a_day_without_its_year_is_the_last_one_and_is_said_whole(
    tmp_path: Path,
) -> None:
    prepared(tmp_path)
    async with visit(tmp_path) as (pilot, screen):
        await leaving(pilot)
        await pilot.press("v")
        await on(pilot, DayOnSite)
        await pilot.press(*["backspace"] * 10, *"0610", "f2")
        await wait_to_show(pilot, "visite du 06/10/2025")
        (kept,), settings = screen.session.visits, screen.session.workspace.settings
        assert kept.date == "2025-10-06"
        assert kept.present == (settings.people[settings.author],), "who types"


@pytest.mark.long  # the gate refuses it by command
async def test_the_same_day_is_told_and_not_noted_twice(tmp_path: Path) -> None:
    prepared(tmp_path)
    async with visit(tmp_path) as (pilot, screen):
        add_visit(screen.session, date(2026, 10, 5))
        await leaving(pilot)
        await choose(pilot)
        await on(pilot, DayOnSite)
        await pilot.press("f2")
        await on(pilot, Notice)
        await wait_to_show(pilot, "La visite du 05/10/2026 est déjà notée")
        assert days(screen) == ["2026-10-05"]


async def test_a_visit_is_corrected_then_taken_away(tmp_path: Path) -> None:
    prepared(tmp_path)
    async with visit(tmp_path) as (pilot, screen):
        add_visit(screen.session, date(2026, 9, 30), met=("le maire", "un agent"))
        await leaving(pilot)
        await choose(pilot, "down")
        await on(pilot, DayOnSite)
        await wait_to_show(pilot, "Corriger la visite du 30/09/2026")
        await pilot.press(*["backspace"] * 10, *"1/10/2026", "f2")
        await wait_for(pilot, lambda: days(screen) == ["2026-10-01"], "corrected")
        (kept,) = screen.session.visits
        assert kept.met == ("le maire", "un agent")
        await on(pilot, DepartureScreen)
        await choose(pilot, "down", "down")
        said = "Enregistré · visite du 01/10/2026 retirée."
        await wait_for(pilot, lambda: shows(pilot, said), "taken away")
        assert shows(pilot, "Aucune visite n'est datée.")
        assert days(screen) == []
        await pilot.press("escape", "ctrl+z")
        await wait_for(pilot, lambda: days(screen) == ["2026-10-01"], "back")
        await wait_for(
            pilot, lambda: shows(pilot, "Annulé · retrait : visite du 01/10/2026"), ""
        )
