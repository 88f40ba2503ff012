"""Ce qui a changé, by the keys: a second audit opens there, one key a room."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from diag.audit.places import walking_order
from diag.audit.session import AuditSession
from diag.model.enums import Provenance
from diag.tui.app import DiagApp
from diag.tui.beginning import ChangedScreen, PlannerScreen
from diag.tui.lists import Lines
from diag.tui.visit import VisitScreen
from diag.tui.visit.grid import Grid
from tests.audit.audited import audited_workspace
from tests.examples import cases
from tests.tui.builders import SCHOOL, app_on
from tests.tui.waiting import shows, visible, wait_for


def a_year_later(folder: Path) -> DiagApp:
    with audited_workspace(folder) as made:
        later = made.settings.model_copy(update={"campaign": "2027-2028"})
        made.keep_settings(later)
    return app_on(folder)


async def _rooms_taken_again(pilot: Pilot[None]) -> tuple[DiagApp, AuditSession, Lines]:
    """Open the visit of a year later, and take again the rooms of the former one."""
    app = pilot.app
    assert isinstance(app, DiagApp)
    await wait_for(pilot, lambda: shows(pilot, "40 écoles"), "the schools")
    app.go_visit(SCHOOL)
    await wait_for(pilot, lambda: isinstance(app.screen, ChangedScreen), "opens")
    await wait_for(pilot, lambda: shows(pilot, "F8 reprend les 16 lieux"), "rooms")
    lines = app.screen.query_one(Lines)
    await pilot.press("f8")
    await wait_for(pilot, lambda: shows(pilot, "Classe CP"), "the rooms")
    return app, app.desk.session(SCHOOL), lines


@pytest.mark.parametrize("size", cases([(80, 24), (120, 40)], (80, 24)))
async def test_a_second_audit_is_confirmed_room_by_room_in_one_key(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with a_year_later(tmp_path / "w").run_test(size=size) as pilot:
        app, session, lines = await _rooms_taken_again(pilot)
        told = {one.cells[0]: one for one in lines.lines}
        assert not shows(pilot, "nouveau lieu"), "each was there a year ago"
        assert told["Classe CP"].cells[3].startswith("danger"), "never what is cut"
        first = tuple(lines.lines)
        known, again = (
            sum(int(one.cells[at]) for one in first if one.cells[at] != "-")
            for at in (1, 2)
        )
        lines.show(lines.lines, told["Classe CP"].key)
        await wait_for(pilot, lambda: shows(pilot, "Classe CP, d'un regard"), "glance")
        assert shows(pilot, "À redire : ")
        assert all(len(one) <= size[0] for one in visible(pilot))
        assert len(session.facts.answers) == (before := 1)
        await pilot.press("space", "f8")
        await wait_for(pilot, lambda: shows(pilot, "a changé : tout se"), "marked")
        assert len(session.facts.answers) == before, "nothing is confirmed there"
        await pilot.press("space", "f8")
        here = int(told["Classe CP"].cells[1])
        count = f"À confirmer : {known - here} faits, à redemander : {again}."
        await wait_for(pilot, lambda: shows(pilot, count), "counted")
        assert shows(pilot, f"confirmés : {here}")
        assert len(session.facts.answers) == before + here
        await pilot.press("ctrl+z")
        await wait_for(pilot, lambda: shows(pilot, "Annulé · "), "one undo")
        assert len(session.facts.answers) == before
        lines.action_edge(keys := 0)
        while any(one.known for one in app.screen._parts.values()):  # type: ignore[attr-defined] # the screen is this one
            await pilot.press("f8")
            keys += 1
        assert keys == sum(one.cells[1] != "-" for one in first)
        heads = [head for heads in session.facts.answers.values() for head in heads]
        mine = [one for one in heads if one.provenance is Provenance.CARRIED]
        assert len(mine) == known
        lines.show(lines.lines, told["Classe CP"].key)
        await pilot.press("enter")
        await wait_for(pilot, lambda: isinstance(app.screen, VisitScreen), "the rest")
        screen = app.screen
        assert isinstance(screen, VisitScreen)
        stop = screen.visiting.stop
        assert (stop.place, stop.is_left) == (told["Classe CP"].key, True)
        await _plan_from_what_changed(pilot, screen)


async def test_a_room_like_one_that_was_carried_is_not_told_as_seen(
    tmp_path: Path,
) -> None:
    """Nobody looked: in the grid, the cells of the new room read « rep » as well."""
    async with a_year_later(tmp_path / "w").run_test(size=(80, 24)) as pilot:
        app, session, lines = await _rooms_taken_again(pilot)
        rooms = [one.id for one in walking_order(session.facts)]
        told = {one.cells[0]: one for one in lines.lines}
        lines.show(lines.lines, told["Classe CP"].key)
        await pilot.press("f8", "escape", "f2")
        await wait_for(pilot, lambda: shows(pilot, "Ensemble"), "the grid")
        grid = app.screen.query_one(Grid)
        after = rooms[rooms.index(told["Classe CP"].key) + 1]
        grid.goto(after, "type_salle")
        await wait_for(pilot, lambda: shows(pilot, "Avant : Classe, "), "last time")
        await pilot.press("f8")
        await wait_for(pilot, lambda: session.facts.answer(after, "type_salle"), "F8")
        told_there = {
            head.provenance
            for (place, _), heads in session.facts.answers.items()
            for head in heads
            if place == after
        }
        assert told_there == {Provenance.CARRIED}


async def test_what_one_sees_while_confirming_is_noted_in_the_room(
    tmp_path: Path,
) -> None:
    async with a_year_later(tmp_path / "w").run_test(size=(80, 24)) as pilot:
        app, session, lines = await _rooms_taken_again(pilot)
        changed = app.screen
        (room,) = [one.key for one in lines.lines if one.cells[0] == "Classe CP"]
        lines.show(lines.lines, room)
        await pilot.press("f4")
        await wait_for(pilot, lambda: shows(pilot, "Observation  Classe CP"), "asked")
        await pilot.press(*"fils nus", "enter")
        await wait_for(pilot, lambda: app.screen is changed, "kept")
        (noted,) = session.observations
        assert (noted.text, noted.place) == ("fils nus", room)
        await pilot.press("f7")
        await wait_for(pilot, lambda: shows(pilot, "Photos : Classe CP"), "its photos")
        await pilot.press("escape", "f4")
        await wait_for(pilot, lambda: shows(pilot, "Observation"), "asked again")
        await pilot.press(*"fils nus")
        await wait_for(pilot, lambda: shows(pilot, "Danger"), "what it answers")
        await pilot.press("down", "enter")
        await wait_for(pilot, lambda: isinstance(app.screen, VisitScreen), "asked")
        assert app.screen.visiting.key[0] == room  # type: ignore[attr-defined] # the visit


async def _plan_from_what_changed(pilot: Pilot[Any], visit: VisitScreen) -> None:
    """Open the planner over « Ce qui a changé », come back there, then begin."""

    def is_at(place: type[Screen[Any]]) -> Callable[[], bool]:
        return lambda: isinstance(pilot.app.screen, place)

    visit.on_what_changed()
    await wait_for(pilot, is_at(ChangedScreen), "again")
    await pilot.press("p")
    await wait_for(pilot, is_at(PlannerScreen), "what fits")
    await pilot.press("escape")
    await wait_for(pilot, is_at(ChangedScreen), "back")
    await pilot.press("p", "enter")
    await wait_for(pilot, lambda: pilot.app.screen is visit, "begun")
    assert visit.session.plan is not None
