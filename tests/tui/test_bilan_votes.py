"""The votes in the bilan: read in place, and changed by hand before the closing."""

from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Input

from diag.audit import advising
from diag.audit.follow import move
from diag.audit.session import AuditSession
from diag.model.enums import AuditStatus
from diag.tui.bilan import BilanScreen
from diag.tui.bilan.faces import FollowUpCommand
from diag.tui.dialogs import Confirm, Notice
from diag.tui.recommendation import DecisionDialog, FollowUpDialog, VoteDialog
from tests.tui.builders import audited_app, new_app
from tests.tui.test_bilan import SIZE, on, opened, running
from tests.tui.waiting import shows, visible, wait_for, wait_to_show

FIBRE = "passer-a-la-fibre"


def closed(pilot: Pilot[None], session: AuditSession) -> BilanScreen:
    """Close the audit that the bilan shows."""
    move(session, AuditStatus.CLOS)
    bilan = pilot.app.screen
    assert isinstance(bilan, BilanScreen)
    bilan.show_all()
    return bilan


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
        fields[2].value, fields[3].value = "15/1", "avis du maire"
        await pilot.press("f2")
        await wait_for(pilot, lambda: on(pilot, Confirm), "the preview")
        await wait_for(pilot, lambda: shows(pilot, "+ Amener la fibre"), "what comes")
        assert session.hands == {}
        await pilot.press("o")
        await wait_for(pilot, lambda: FIBRE in session.hands, "kept")
        assert session.hands[FIBRE].due == "2027-01-15"
        titles = [one.title for one in advising.votes_today(session).votes]
        assert "Amener la fibre à l'école" in titles


async def test_votes_unfold_under_the_advice_and_are_decided_after_the_closing(
    tmp_path: Path,
) -> None:
    async with running(audited_app(tmp_path / "w"), SIZE) as pilot:
        session = await opened(pilot)
        await pilot.press("2", "end")
        await wait_for(pilot, lambda: shows(pilot, "Votes du conseil"), "the heading")
        assert shows(pilot, "tels que proposés ce jour")
        await pilot.press("enter", "down")
        await wait_for(pilot, lambda: shows(pilot, "1. Raccorder l'école"), "votes")
        await pilot.press("s")
        refused = "Clôturez-le d'abord"
        await wait_for(pilot, lambda: shows(pilot, refused), "the refusal")
        assert not session.follow_ups
        await pilot.press("escape")
        await wait_for(pilot, lambda: on(pilot, BilanScreen), "the bilan")
        bilan = closed(pilot, session)
        await wait_for(pilot, lambda: shows(pilot, "gelés à la clôture"), "frozen")
        await wait_for(pilot, lambda: bilan.vote == 1, "the first vote, where one was")
        await a_no_then_a_yes_are_noted(pilot, session, bilan)


async def a_no_then_a_yes_are_noted(
    pilot: Pilot[None], session: AuditSession, bilan: BilanScreen
) -> None:
    """A no has its deliberation, and a day is typed once for all votes."""
    assert bilan.can(FollowUpCommand)
    await pilot.press("s")
    await wait_for(pilot, lambda: on(pilot, DecisionDialog), "the form")
    await pilot.press("down", "f2")
    await wait_for(pilot, lambda: on(pilot, Notice), "the refusal")
    assert shows(pilot, "s'écrit avec sa délibération")
    await pilot.press("escape")
    await wait_for(pilot, lambda: on(pilot, DecisionDialog), "the form again")
    assert pilot.app.screen.query_one("#on", Input).value == "05/10/2026", "today"
    await pilot.press(*"2026-31", "shift+tab", *"1/10", "f2")
    await wait_for(pilot, lambda: session.follow_ups, "the steps")
    vote = advising.frozen_vote(session, 1)
    assert {one.recommendation for one in session.follow_ups} == {*vote.actions}
    assert {(one.state, one.why, one.on) for one in session.follow_ups} == {
        ("ecartee", "2026-31", "2026-10-01")
    }
    await wait_to_show(pilot, "écartée · net", "Décision du 01/10/2026")
    await pilot.press("ctrl+z")
    await wait_for(pilot, lambda: not session.follow_ups, "undone at once")
    await wait_for(pilot, lambda: not shows(pilot, "écartée · net"), "as before")

    await pilot.press("down")
    await wait_for(pilot, lambda: bilan.vote == 2, "the next vote")
    await pilot.press("s")
    await wait_for(pilot, lambda: on(pilot, DecisionDialog), "the form")
    await pilot.press("f2")
    await wait_for(pilot, lambda: session.follow_ups, "the steps")
    told = {(one.recommendation, one.on) for one in session.follow_ups}
    assert told == {
        (each, "2026-10-01") for each in advising.frozen_vote(session, 2).actions
    }


async def test_an_action_offers_to_follow_its_whole_vote(tmp_path: Path) -> None:
    async with running(audited_app(tmp_path / "w"), SIZE) as pilot:
        session = await opened(pilot)
        bilan = closed(pilot, session)
        bilan.go_to_advice(FIBRE)
        await wait_for(pilot, lambda: bilan.advice == FIBRE, "the fibre")
        await pilot.press("s")
        await wait_for(pilot, lambda: on(pilot, FollowUpDialog), "its own follow-up")
        assert shows(pilot, "ce que le conseil a décidé")
        await pilot.press("end", "f2")
        await wait_for(pilot, lambda: on(pilot, DecisionDialog), "the vote's")
        assert not session.follow_ups
        await pilot.press("end", "tab", "tab", "tab", *"01/09/2027", "f2")
        await wait_for(pilot, lambda: session.follow_ups, "the steps")
        assert {(one.state, one.due) for one in session.follow_ups} == {
            ("proposee", "2027-09-01")
        }


async def test_an_empty_audit_says_what_is_to_be_confirmed_and_what_votes_lack(
    tmp_path: Path,
) -> None:
    async with running(new_app(tmp_path / "w"), SIZE) as pilot:
        session = await opened(pilot)
        bilan = pilot.app.screen
        assert isinstance(bilan, BilanScreen)
        assert shows(pilot, "entre 0 et 100")
        await pilot.press("2")
        await wait_for(pilot, lambda: shows(pilot, "À confirmer"), "what to ask first")
        assert all(len(line) <= SIZE[0] for line in visible(pilot))
        await pilot.press("end", "enter", "end")
        await wait_for(pilot, lambda: shows(pilot, "Il manque"), "what votes lack")
        assert not bilan.advice
        assert not bilan.vote
        await pilot.press("s")
        nothing = "Rien à suivre sur cette ligne"
        await wait_for(pilot, lambda: shows(pilot, nothing), "why nothing opens")
        assert not session.follow_ups
