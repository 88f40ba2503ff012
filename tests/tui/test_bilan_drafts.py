"""Drafts from the bilan: chosen in a list, written, their place told."""

from pathlib import Path

from textual.pilot import Pilot

from diag.audit.report import report_folder
from diag.documents.drafts import DRAFTS, DraftKind
from diag.tui.app import DiagApp
from diag.tui.bilan import BilanScreen, DraftPaper
from diag.tui.dialogs import ChooseDialog
from diag.tui.follow import WrittenDialog
from tests.tui.builders import SCHOOL, audited_app
from tests.tui.waiting import shows, wait_for


async def asked(pilot: Pilot[None]) -> BilanScreen:
    """Open the bilan and ask what to draft."""
    app = pilot.app
    assert isinstance(app, DiagApp)
    app.go_bilan(SCHOOL)
    await wait_for(pilot, lambda: shows(pilot, "Ce que la loi demande"), "the law")
    bilan = app.screen
    assert isinstance(bilan, BilanScreen)
    bilan.post_message(DraftPaper())
    await wait_for(pilot, lambda: isinstance(app.screen, ChooseDialog), "the list")
    return bilan


async def test_a_draft_is_written_beside_the_reports(tmp_path: Path) -> None:
    async with audited_app(tmp_path / "w").run_test(size=(80, 24)) as pilot:
        bilan = await asked(pilot)
        assert shows(pilot, DRAFTS[DraftKind.NOTE].title)
        await pilot.press("down", "enter")
        await wait_for(pilot, lambda: shows(pilot, "documents : o"), "told")
        assert pilot.app.screen is bilan
        await pilot.press("o")
        await wait_for(
            pilot, lambda: isinstance(pilot.app.screen, WrittenDialog), "the files"
        )
        await wait_for(pilot, lambda: shows(pilot, "prêt à compléter"), "the title")
        folder = report_folder(bilan.session)
        assert (folder / "deliberation.odt").stat().st_size
        assert shows(pilot, "Provisoire : l'audit n'est pas clos")


async def test_leaving_the_list_writes_nothing(tmp_path: Path) -> None:
    async with audited_app(tmp_path / "w").run_test(size=(80, 24)) as pilot:
        bilan = await asked(pilot)
        await pilot.press("escape")
        await wait_for(pilot, lambda: pilot.app.screen is bilan, "the bilan")
        assert not report_folder(bilan.session).exists()
