"""A screen shows what may name somebody, and asks, before a document or a closing."""

from pathlib import Path

from diag.audit.observing import mark_noted, observe
from diag.audit.report import report_folder
from diag.model.enums import AuditStatus
from diag.tui.bilan.faces import DraftPaper, WriteReports
from diag.tui.dialogs import ChooseDialog, Confirm
from tests.tui.builders import audited_app
from tests.tui.test_bilan import SIZE, on, opened, running
from tests.tui.test_export import ended, exports, only, panel
from tests.tui.waiting import shows, wait_for

NOTE = "Voir Mme Dupont au 06 12 34 56 78"


async def test_reports_drafts_exports_and_the_closing_ask_first(tmp_path: Path) -> None:
    app = audited_app(tmp_path / "w")
    async with running(app, SIZE) as pilot:
        session = await opened(pilot)
        seen = observe(session, NOTE)
        mark_noted(session, seen.id, shown=True)

        pilot.app.screen.post_message(WriteReports())
        await wait_for(pilot, lambda: on(pilot, Confirm), "the question")
        assert shows(pilot, "Mme Dupont")
        assert shows(pilot, "téléphone")
        assert shows(pilot, "récrivez-le d'abord")
        await pilot.press("enter")  # « Non » is what Enter answers first
        await wait_for(pilot, lambda: not on(pilot, Confirm), "gone")
        pilot.app.screen.post_message(DraftPaper())
        await wait_for(pilot, lambda: on(pilot, ChooseDialog), "the drafts")
        await pilot.press("enter")
        await wait_for(pilot, lambda: on(pilot, Confirm), "asked of a draft")
        assert shows(pilot, "Mme Dupont")
        await pilot.press("enter")
        await wait_for(pilot, lambda: not on(pilot, Confirm), "gone")
        assert not report_folder(session).parent.exists()

        screen = await panel(pilot)
        await only(pilot, screen, "audience/mairie", "form/md")
        await pilot.press("f2")
        await wait_for(pilot, lambda: on(pilot, Confirm), "asked at the end")
        assert shows(pilot, "Mme Dupont")
        assert exports(app) == []
        await pilot.press("o")
        await wait_for(pilot, lambda: exports(app) == ["mairie.md"], "let out")
        await ended(pilot)
        await pilot.press("escape", "escape")

        await pilot.press("a")
        await wait_for(pilot, lambda: on(pilot, ChooseDialog), "the ways on")
        dialog = pilot.app.screen
        assert isinstance(dialog, ChooseDialog)
        dialog.dismiss(str(AuditStatus.CLOS))
        await wait_for(pilot, lambda: on(pilot, Confirm), "the closing")
        assert shows(pilot, "Mme Dupont")
        await pilot.press("enter")
        await wait_for(pilot, lambda: not on(pilot, Confirm), "left open")
        assert session.status is not AuditStatus.CLOS
