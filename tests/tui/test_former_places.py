"""The places of the audit before, taken again in one key, in Salles or the grille."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from diag.audit import session as audits
from diag.audit.places import add_place
from diag.audit.session import AuditSession
from diag.model.enums import PlaceKind
from diag.tui.rooms import RoomsScreen
from diag.tui.visit import VisitScreen
from diag.tui.visit.grid import Grid
from tests.audit.builders import SCHOOL, started, workspace
from tests.tui.visit.test_visit import visit
from tests.tui.waiting import shows, wait_for


def names(session: AuditSession) -> list[str]:
    return [one.name for one in session.facts.places.values() if one.parent]


@asynccontextmanager
async def second_audit(
    folder: Path, here: str = ""
) -> AsyncIterator[tuple[Pilot[None], VisitScreen]]:
    """Open the visit of a school that was audited a year before."""
    with workspace(folder) as made:
        before = audits.start(made, SCHOOL, "2025-2026")
        for room in ("CP", "CE1", "BCD"):
            add_place(before, PlaceKind.SALLE, room)
        session = started(made)
        if here:
            add_place(session, PlaceKind.SALLE, here)
    async with visit(folder, "") as (pilot, screen):
        yield pilot, screen


async def test_in_salles_one_key_takes_them_and_one_undo_takes_them_back(
    tmp_path: Path,
) -> None:
    async with second_audit(tmp_path) as (pilot, screen):
        hint = "F6 puis F8 : reprendre les 3 lieux de 2025-2026."
        await wait_for(pilot, lambda: shows(pilot, hint), "the hint")
        await pilot.press("f6")
        offered = "F8 reprend les 3 lieux de 2025-2026"
        await wait_for(pilot, lambda: shows(pilot, offered), "offered")
        assert shows(pilot, "Aucune salle : s en ajoute, F8 reprend")
        assert shows(pilot, "F8 Reprendre")
        await pilot.press("f8")
        taken = "Enregistré · les 3 lieux de 2025-2026, sans réponse. Ctrl+Z annule."
        await wait_for(pilot, lambda: shows(pilot, taken), "taken")
        assert names(screen.session) == ["CP", "CE1", "BCD"]
        await wait_for(pilot, lambda: not shows(pilot, "F8 Reprendre"), "the keys")
        await pilot.press("f8")
        assert names(screen.session) == ["CP", "CE1", "BCD"]
        await pilot.press("ctrl+z")
        await wait_for(pilot, lambda: shows(pilot, offered), "offered again")
        assert names(screen.session) == []


async def test_in_an_empty_grille_one_key_takes_them(tmp_path: Path) -> None:
    async with second_audit(tmp_path) as (pilot, screen):
        await pilot.press("f2")
        await wait_for(
            pilot, lambda: shows(pilot, "F8 reprend les 3 lieux de 2025"), "offered"
        )
        await pilot.press("f8")
        await wait_for(pilot, lambda: shows(pilot, "Repris : les 3 lieux"), "taken")
        assert names(screen.session) == ["CP", "CE1", "BCD"]
        assert shows(pilot, "3 salles")
        await pilot.press("ctrl+z")
        await wait_for(pilot, lambda: shows(pilot, "Aucune salle"), "taken back")
        assert names(screen.session) == []
        await pilot.press("f8")
        await wait_for(pilot, lambda: shows(pilot, "3 salles"), "taken again")
        assert isinstance(screen.grid, Grid)
        await pilot.press("down", "f8")
        await wait_for(pilot, lambda: shows(pilot, "rien à reprendre"), "as above")


@pytest.mark.long  # the gate finds nothing offered once they are taken
async def test_nothing_is_offered_once_the_audit_has_a_place(tmp_path: Path) -> None:
    async with second_audit(tmp_path, "Cantine") as (pilot, screen):
        assert not shows(pilot, "reprendre")
        await pilot.press("f6")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, RoomsScreen), "f6")
        await wait_for(pilot, lambda: shows(pilot, "Cantine"), "the places")
        assert not shows(pilot, "F8 Reprendre")
        await pilot.press("f8", "delete")
        await wait_for(pilot, lambda: shows(pilot, "Retirer « Cantine »"), "asked")
        await pilot.press("o")
        await wait_for(pilot, lambda: shows(pilot, "F8 Reprendre"), "offered")
        await pilot.press("f8")
        await wait_for(pilot, lambda: shows(pilot, "Enregistré · les 3 lieux"), "taken")
        assert names(screen.session) == ["CP", "CE1", "BCD"]
