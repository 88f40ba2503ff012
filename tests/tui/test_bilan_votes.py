"""The votes in the bilan: read in place, and changed by hand before the closing."""

from pathlib import Path

from textual.widgets import Input

from diag.audit import voting
from diag.audit.follow import move
from diag.model.enums import AuditStatus
from diag.tui.bilan import BilanScreen
from diag.tui.dialogs import Confirm
from diag.tui.follow import VoteDialog
from tests.tui.builders import audited_app
from tests.tui.test_bilan import SIZE, on, opened, running
from tests.tui.waiting import shows, wait_for

FIBRE = "passer-a-la-fibre"


async def test_a_vote_is_reworded_previewed_and_kept_with_its_reason(
    tmp_path: Path,
) -> None:
    async with running(audited_app(tmp_path / "w"), (100, 30)) as pilot:
        session = await opened(pilot)
        bilan = pilot.app.screen
        assert isinstance(bilan, BilanScreen)
        bilan.go_to_advice(FIBRE)
        await wait_for(pilot, lambda: bilan.advice == FIBRE, "the fibre")
        await pilot.press("g")
        await wait_for(pilot, lambda: on(pilot, VoteDialog), "the form")
        fields = pilot.app.screen.query(Input)
        fields[0].value = "Amener la fibre à l'école"
        await pilot.press("f2")
        await wait_for(pilot, lambda: shows(pilot, "avec un motif"), "the refusal")
        assert session.hands == {}
        await pilot.press("escape")
        await wait_for(pilot, lambda: on(pilot, VoteDialog), "the form again")
        fields[3].value = "avis du maire"
        await pilot.press("f2")
        await wait_for(pilot, lambda: on(pilot, Confirm), "the preview")
        await wait_for(pilot, lambda: shows(pilot, "+ Amener la fibre"), "what comes")
        assert session.hands == {}
        await pilot.press("o")
        await wait_for(pilot, lambda: FIBRE in session.hands, "kept")
        titles = [one.title for one in voting.drawn(session).votes]
        assert "Amener la fibre à l'école" in titles


async def test_the_votes_unfold_under_the_advice(tmp_path: Path) -> None:
    async with running(audited_app(tmp_path / "w"), SIZE) as pilot:
        session = await opened(pilot)
        await pilot.press("2", "end")
        await wait_for(pilot, lambda: shows(pilot, "Votes du conseil"), "the heading")
        assert shows(pilot, "tels que proposés ce jour")
        await pilot.press("enter", "down")
        await wait_for(pilot, lambda: shows(pilot, "1. Faire tenir l'appel"), "votes")
        move(session, AuditStatus.CLOS)
        bilan = pilot.app.screen
        assert isinstance(bilan, BilanScreen)
        bilan.show_all()
        await wait_for(pilot, lambda: shows(pilot, "gelés à la clôture"), "frozen")
