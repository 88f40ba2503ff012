"""Ctrl+Z, by the keys: it tells the whole gesture, and passes over nothing."""

from datetime import timedelta
from pathlib import Path

import pytest

from diag.audit import advising
from diag.audit.session import AuditSession
from diag.model.enums import Audience
from diag.tui.dialogs import Weigh
from diag.tui.history import HistoryScreen
from diag.tui.recommendation import FollowUpDialog
from tests.tui.builders import DAY, audited_app
from tests.tui.test_bilan import SIZE, on, opened, running, to_first_advice
from tests.tui.visit.test_visit import prepared, visit
from tests.tui.waiting import shows, wait_for


@pytest.mark.long  # the gate undoes a wording so, below, and a step in `tests/audit`
async def test_a_follow_up_is_undone_and_what_was_said_before_stays(
    tmp_path: Path,
) -> None:
    async with running(audited_app(tmp_path / "w"), SIZE) as pilot:
        session = await opened(pilot)
        ident = await to_first_advice(pilot)
        advising.reword(session, ident, Audience.MAIRIE, {"title": "Autrement dit"})
        await pilot.press("s")
        await wait_for(pilot, lambda: on(pilot, FollowUpDialog), "the form")
        await pilot.press("f2")
        await wait_for(pilot, lambda: session.follow_ups, "a step")
        await pilot.press("ctrl+z")
        await wait_for(pilot, lambda: not session.follow_ups, "undone")
        assert session.wordings[ident, Audience.MAIRIE]["title"] == "Autrement dit"


async def test_the_bilan_tells_what_it_undid_by_titles(tmp_path: Path) -> None:
    async with running(audited_app(tmp_path / "w"), SIZE) as pilot:
        session = await opened(pilot)
        ident = await to_first_advice(pilot)
        advising.reword(session, ident, Audience.MAIRIE, {"title": "Autrement dit"})
        await pilot.press("ctrl+z")
        await wait_for(pilot, lambda: shows(pilot, "Annulé : mots de « "), "undone")
        assert not shows(pilot, ident)


async def test_what_is_typed_goes_first_then_what_was_said_another_day_once_confirmed(
    tmp_path: Path,
) -> None:
    prepared(tmp_path)
    later = DAY + timedelta(days=3)
    async with visit(tmp_path, seed=9, day=later) as (pilot, screen):
        await pilot.press(*"12", "ctrl+z")
        await wait_for(pilot, lambda: not screen.fiche.line.value, "typed no more")
        assert shows(pilot, "CE1")
        await pilot.press("ctrl+z")
        await wait_for(pilot, lambda: on(pilot, Weigh), "asked")
        await pilot.press("f2")
        await wait_for(pilot, lambda: shows(pilot, "Annulé"), "undone")
        assert screen.visiting.key[1] == "nb_classes"
        assert not shows(pilot, "CE1")


async def test_a_room_made_like_another_then_a_column_filled_are_undone_whole(
    tmp_path: Path,
) -> None:
    prepared(tmp_path)
    async with visit(tmp_path, "prises_rj45", place="CP") as (pilot, screen):
        await pilot.press("f2", "ctrl+a", "3", "enter")
        await wait_for(pilot, lambda: len(rooms_answered(screen.session)) == 2, "both")
        await pilot.press("ctrl+n")
        await wait_for(pilot, lambda: len(rooms_answered(screen.session)) == 3, "twin")
        await pilot.press("ctrl+z")
        await wait_for(pilot, lambda: shows(pilot, "Annulé · salle « "), "told")
        assert shows(pilot, "Prises réseau vues : 3")
        assert len(rooms_answered(screen.session)) == 2
        await pilot.press("ctrl+z")
        await wait_for(
            pilot, lambda: shows(pilot, "Annulé · 2 réponses, Prises réseau"), "told"
        )
        assert rooms_answered(screen.session) == []


@pytest.mark.long  # the gate reads these lines in `tests/audit`, all of them
async def test_the_history_names_the_question(tmp_path: Path) -> None:
    prepared(tmp_path)
    async with visit(tmp_path) as (pilot, screen):
        await pilot.press("1", "2", "enter")
        await wait_for(pilot, lambda: shows(pilot, "Répondu  "), "saved")
        await pilot.app.push_screen(HistoryScreen(screen.session))
        await wait_for(pilot, lambda: shows(pilot, "Nombre de classes"), "the label")
        assert not shows(pilot, "nb_classes")


def rooms_answered(session: AuditSession) -> list[str]:
    """Return the rooms where sockets are counted."""
    return [place for place, asked in session.facts.answers if asked == "prises_rj45"]
