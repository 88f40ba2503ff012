"""Follow-up only ever grows, but by an undo that takes its own last gesture back."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diag.audit import advising, remarks
from diag.audit.answer import NewAnswer, record_answer
from diag.audit.counsel import step_words
from diag.audit.follow import add_step, move
from diag.audit.history import changes_of
from diag.audit.report import report_of
from diag.audit.session import AuditSession
from diag.audit.undo import undo
from diag.model.audit import FollowUp
from diag.model.enums import Audience, AuditStatus, FollowUpState, Trigger
from diag.model.errors import DiagError
from diag.workspace.workspace import Workspace
from tests.audit.audited import audited, audited_workspace
from tests.examples import examples

FIBRE = "passer-a-la-fibre"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Workspace]:
    with audited_workspace(tmp_path / "desk") as made:
        yield made


@pytest.fixture
def session(desk: Workspace) -> AuditSession:
    return audited(desk)


def follow(session: AuditSession, state: FollowUpState) -> None:
    add_step(session, FollowUp(recommendation=FIBRE, state=state, why="dit en conseil"))


def do(session: AuditSession, what: str | FollowUpState) -> None:
    match what:
        case FollowUpState():
            follow(session, what)
        case "réponse":
            record_answer(session, NewAnswer("debit_descendant", 300))
        case "texte":
            advising.reword(session, FIBRE, Audience.MAIRIE, {"title": "La fibre"})
        case "rang":
            advising.move(session, FIBRE, -1)
        case "annuler":
            undo(session)


DEEDS = st.one_of(
    st.sampled_from(FollowUpState),
    st.sampled_from(["réponse", "texte", "rang", "annuler"]),
)


def test_a_day_agreed_replaces_the_one_that_the_delay_gives(
    session: AuditSession,
) -> None:
    agreed = FollowUp(
        recommendation=FIBRE, state=FollowUpState.PROPOSEE, on="2026-10-05"
    )
    add_step(session, agreed.model_copy(update={"due": "2026-12-04"}))
    add_step(session, agreed.model_copy(update={"state": FollowUpState.DECIDEE}))
    action = report_of(session).plan.action(FIBRE)
    assert action
    assert action.due == date(2026, 12, 4)
    words = [step_words(step) for step in session.follow_ups]
    assert words[0] == "Suite : proposée le 5 octobre 2026, avant le 4 décembre 2026"
    history = [change.said for change in changes_of(session)]
    assert any("avant le 04/12/2026" in said for said in history)


@settings(
    examples(12, few=3),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(deeds=st.lists(DEEDS, max_size=6))
def test_steps_are_only_added_or_the_last_taken_back(
    session: AuditSession, deeds: list[str | FollowUpState]
) -> None:
    for deed in deeds:
        before = session.follow_ups
        try:
            do(session, deed)
        except DiagError:  # moved out of the plan, nothing left to undo
            assert deed in {"rang", "annuler"}
        after = session.follow_ups
        if deed == "annuler":
            assert after in {before, before[:-1]}
        else:
            assert after[: len(before)] == before
            assert len(after) - len(before) == isinstance(deed, FollowUpState)


def test_what_an_action_made_true_is_asked_again_once_it_is_checked(
    session: AuditSession,
) -> None:
    follow(session, FollowUpState.FAITE)
    assert not session.facts.flags

    follow(session, FollowUpState.VERIFIEE)

    school = session.facts.root
    assert {
        (school, "technologie_acces"),
        (school, "debit_descendant"),
    } <= session.facts.flags


def test_a_closed_audit_asks_nothing_again(session: AuditSession) -> None:
    move(session, AuditStatus.CLOS)
    follow(session, FollowUpState.VERIFIEE)
    assert session.status is AuditStatus.CLOS
    assert not session.facts.flags


def test_a_step_is_undone_and_not_what_came_before_it(
    session: AuditSession,
) -> None:
    advising.reword(session, FIBRE, Audience.MAIRIE, {"title": "La fibre"})
    follow(session, FollowUpState.DECIDEE)
    follow(session, FollowUpState.COMMANDEE)

    assert undo(session).startswith("suite de « Raccorder")

    assert [one.state for one in session.follow_ups] == ["decidee"]
    words = remarks.current_wording(session, FIBRE, Audience.MAIRIE)
    assert words.title == "La fibre"


def test_what_a_checked_action_asks_again_is_undone_with_its_step(
    session: AuditSession,
) -> None:
    follow(session, FollowUpState.VERIFIEE)
    assert session.facts.flags

    undo(session)

    assert not session.facts.flags
    assert session.follow_ups == ()


def test_where_the_audit_stands_is_not_undone_nor_what_was_said_before(
    session: AuditSession,
) -> None:
    record_answer(session, NewAnswer("debit_descendant", 300))
    move(session, AuditStatus.SOUMIS)
    said = session.digest

    with pytest.raises(DiagError, match="se change dans le bilan"):
        undo(session)

    assert session.digest == said
    move(session, AuditStatus.EN_COURS)
    record_answer(session, NewAnswer("debit_descendant", 200))
    assert undo(session).startswith("Débit descendant")


def test_what_was_shared_with_an_action_set_aside_is_paid_by_the_others(
    session: AuditSession,
) -> None:
    shared = next(
        one
        for one in session.assessment.advice
        if one.shared and one.cost.free and one.trigger is Trigger.FIRES
    )
    payer = shared.shared[0].payer
    add_step(
        session,
        FollowUp(recommendation=payer, state=FollowUpState.ECARTEE, why="déjà fait"),
    )

    plan = report_of(session).plan
    left = plan.action(shared.recommendation.id)
    assert left is not None
    assert payer in {one.id for one in plan.closed}
    assert payer not in {one.payer for one in left.advice.shared}
    assert not left.advice.cost.free


def test_nothing_is_done_tomorrow_nor_before_the_visit_that_found_it_lacking(
    session: AuditSession,
) -> None:
    done = FollowUp(recommendation=FIBRE, state=FollowUpState.FAITE, on="2019-03-02")
    with pytest.raises(DiagError, match="avant la visite"):
        add_step(session, done)
    with pytest.raises(DiagError, match="est à venir"):
        add_step(session, done.model_copy(update={"on": "2062-03-02"}))
    decided = FollowUpState.DECIDEE  # a council may have voted before anyone came
    add_step(session, done.model_copy(update={"state": decided}))
    visited = min(one.date for one in session.visits)
    add_step(session, done.model_copy(update={"on": visited}))
    assert [one.on for one in session.follow_ups] == ["2019-03-02", visited]
