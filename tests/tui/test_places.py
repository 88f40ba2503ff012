"""Salles: rooms added one by one or together, and what undoes it, in its own words."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.events import Paste
from textual.pilot import Pilot

from diag.audit.answer import NewAnswer, record_answer
from diag.audit.follow import move
from diag.model.enums import AuditStatus, PlaceKind
from diag.tui.app import DiagApp
from diag.tui.commands import TakeBack
from diag.tui.dialogs import Notice
from diag.tui.rooms import AskNames, RoomsScreen
from diag.tui.visit import VisitScreen
from tests.tui.visit.test_visit import prepared, visit
from tests.tui.waiting import shows, wait_for, wait_to_show


@asynccontextmanager
async def places(folder: Path) -> AsyncIterator[tuple[Pilot[None], VisitScreen]]:
    prepared(folder)
    async with visit(folder) as (pilot, screen):
        await pilot.press("f6")
        await wait_for(pilot, lambda: shows(pilot, "Les salles"), "the places")
        yield pilot, screen


async def asked(pilot: Pilot[None]) -> None:
    await pilot.press("s")
    await wait_for(pilot, lambda: isinstance(pilot.app.screen, AskNames), "the names")


async def back(pilot: Pilot[None], said: str) -> None:
    await wait_for(pilot, lambda: isinstance(pilot.app.screen, RoomsScreen), "back")
    await wait_for(pilot, lambda: shows(pilot, said), said)


def rooms(screen: VisitScreen) -> set[str]:
    return {one.name for one in screen.session.facts.places_of(PlaceKind.SALLE)}


@pytest.mark.long  # the gate pastes them, below
async def test_rooms_typed_together_are_told_added_and_taken_back_together(
    tmp_path: Path,
) -> None:
    async with places(tmp_path) as (pilot, screen):
        await asked(pilot)
        assert shows(pilot, "Plusieurs d'un coup")
        await pilot.press(*"Classe 1 à 3 ; Cantine ; ce1")
        told = "4 salles : Classe 1 ; Classe 2 ; Classe 3 ; Cantine."
        await wait_for(pilot, lambda: shows(pilot, told), "told beforehand")
        await wait_to_show(pilot, "déjà.")
        assert rooms(screen) == {"CP", "CE1"}
        await pilot.press("enter")
        await back(pilot, told)
        new = {"Classe 1", "Classe 2", "Classe 3", "Cantine"}
        assert rooms(screen) == {"CP", "CE1"} | new
        await wait_to_show(pilot, "Classe 3")
        await pilot.press("ctrl+z")
        await back(pilot, "Annulé · 4 salles, de « Classe 1 » à « Cantine »")
        assert rooms(screen) == {"CP", "CE1"}


async def test_lines_pasted_are_as_many_rooms_and_a_table_its_first_column(
    tmp_path: Path,
) -> None:
    async with places(tmp_path) as (pilot, screen):
        for pasted, told in (
            ("CM1\tcycle 3\t24\n\t\t\nCM2\tMme A ; M. B\t23,5\n", "CM1 ; CM2"),
            ("CM1\tCM2\tULIS\n", "CM1 ; CM2 ; ULIS"),
        ):
            await asked(pilot)
            pilot.app.post_message(Paste(pasted))
            await wait_to_show(pilot, f"salles : {told}.")
            await pilot.press("escape")
        await asked(pilot)
        pilot.app.post_message(Paste("Classe CM1\r\nClasse CM2\n\n"))
        told = "2 salles : Classe CM1 ; Classe CM2."
        await wait_for(pilot, lambda: shows(pilot, told), "told beforehand")
        await pilot.press("enter")
        await back(pilot, "Enregistré")
        assert rooms(screen) == {"CP", "CE1", "Classe CM1", "Classe CM2"}


async def test_when_all_are_there_it_is_said_and_the_line_stays(tmp_path: Path) -> None:
    async with places(tmp_path) as (pilot, screen):
        await asked(pilot)
        await pilot.press(*"CP;CE1", "enter")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, Notice), "refused")
        assert shows(pilot, "« CP », « CE1 » existent déjà.")
        await pilot.press("escape")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, AskNames), "again")
        assert shows(pilot, "CP;CE1")
        assert rooms(screen) == {"CP", "CE1"}


async def test_in_a_closed_audit_a_room_is_added_once_confirmed(
    tmp_path: Path,
) -> None:
    async with places(tmp_path) as (pilot, screen):
        for status in (AuditStatus.SOUMIS, AuditStatus.ACCEPTE, AuditStatus.CLOS):
            move(screen.session, status, alone=True)
        await asked(pilot)
        for key, written in (("escape", {"CP", "CE1"}), ("f2", {"CP", "CE1", "CM1"})):
            if not isinstance(pilot.app.screen, AskNames):
                await asked(pilot)
            await pilot.press(*"CM1", "enter")
            await wait_to_show(pilot, "y écrire quand même")
            await pilot.press(key)
            await back(pilot, "clos" if key == "f2" else "Rien n'est écrit")
            assert rooms(screen) == written


async def test_a_room_taken_away_says_what_goes_and_the_key_chosen_gives_it_back(
    tmp_path: Path,
) -> None:
    async with places(tmp_path) as (pilot, screen):
        assert isinstance(pilot.app, DiagApp)
        pilot.app.use_keys({TakeBack.ident(): "f10"})
        record_answer(screen.session, NewAnswer("prises_rj45", 2, place="CP"))
        await pilot.press("delete")
        await wait_to_show(pilot, "Retirer « CP » et ce qui en est dit (1 réponse) ?")
        await pilot.press("o")
        await back(pilot, "CP retiré. F10 l'annule.")
        salles = pilot.app.screen
        assert isinstance(salles, RoomsScreen)
        assert salles.here is not None
        assert salles.here.name == "CE1", "one is left beside it"
        await pilot.press("f10")
        await back(pilot, "Annulé · retrait : salle « CP »")
        assert rooms(screen) == {"CP", "CE1"}
