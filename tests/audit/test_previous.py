from collections.abc import Iterator
from pathlib import Path

import pytest

from diag.audit.advising import add_own, remove_own
from diag.audit.follow import add_step
from diag.audit.memory import session_before, steps_before, whole_story
from diag.audit.report import report_of
from diag.audit.session import AuditSession
from diag.demo.stories import play, scenario
from diag.model.audit import FollowUp
from diag.model.enums import Audience, AuditStatus, FollowUpState, Owner
from diag.model.errors import DiagError
from diag.workspace.workspace import Workspace
from tests.audit.audited import audited, audited_workspace, next_campaign
from tests.documents.reading import markdown

FIBRE = "passer-a-la-fibre"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Workspace]:
    with audited_workspace(tmp_path / "desk") as made:
        yield made


def step(state: FollowUpState, **words: str) -> FollowUp:
    return FollowUp(recommendation=FIBRE, state=state, **words)


def audited_again(desk: Workspace) -> AuditSession:
    """Return next year's audit, where everything is as it was."""
    session = next_campaign(desk)
    story = scenario("ecole-complete")
    play(session, story.model_copy(update={"status": AuditStatus.EN_COURS}))
    return session


def test_a_first_audit_has_none_before(desk: Workspace) -> None:
    assert session_before(audited(desk)) is None
    assert steps_before(audited(desk)) == ()


def test_the_audit_before_is_the_last_earlier_campaign(desk: Workspace) -> None:
    first, second = audited(desk), next_campaign(desk)
    third = next_campaign(desk, "2029-2030")

    assert (before := session_before(third)) is not None
    assert before.audit == second.audit
    assert (before := session_before(second)) is not None
    assert before.audit == first.audit


def test_steps_are_carried_forward_and_never_copied(desk: Workspace) -> None:
    first = audited(desk)
    add_step(first, step(FollowUpState.DECIDEE, by="Conseil municipal"))
    second = next_campaign(desk)
    add_step(second, step(FollowUpState.FINANCEE))

    assert [one.state for one in whole_story(second)] == ["decidee", "financee"]
    assert [one.state for one in second.follow_ups] == ["financee"]


def test_answers_never_rewrite_a_step(desk: Workspace) -> None:
    first = audited(desk)
    add_step(first, step(FollowUpState.ECARTEE, why="Travaux en 2028"))
    told = steps_before(next_campaign(desk))

    assert steps_before(audited_again(desk)) == told


def test_a_recommendation_set_aside_stays_so_in_the_next_audit(desk: Workspace) -> None:
    add_step(audited(desk), step(FollowUpState.ECARTEE, why="Travaux en 2028"))

    report = report_of(audited_again(desk))

    assert FIBRE in [one.id for one in report.plan.closed]
    assert "Travaux en 2028" in markdown(report, Audience.MAIRIE)


def test_what_was_done_and_is_found_wanting_again_is_advised_again(
    desk: Workspace,
) -> None:
    add_step(audited(desk), step(FollowUpState.FAITE))

    report = report_of(audited_again(desk))

    assert FIBRE in [one.id for one in report.plan.actions]
    assert [one.state for one in report.follow_ups] == ["faite"]


def test_a_decision_of_the_year_before_still_stands(desk: Workspace) -> None:
    add_step(audited(desk), step(FollowUpState.DECIDEE))

    action = report_of(audited_again(desk)).plan.action(FIBRE)

    assert action is not None
    assert action.state is FollowUpState.DECIDEE


def test_own_advice_of_the_year_before_stands_until_it_is_closed(
    desk: Workspace,
) -> None:
    first = audited(desk)
    left = add_own(first, "Peindre", owner=Owner.ECOLE)
    done = add_own(first, "Nettoyer", owner=Owner.ECOLE)
    add_step(first, FollowUp(recommendation=done.id, state=FollowUpState.FAITE))
    second = next_campaign(desk)

    report = report_of(second)
    assert report.plan.action(left.id) is not None
    assert report.plan.action(done.id) is None
    assert done.id not in {one.recommendation for one in report.follow_ups}
    with pytest.raises(DiagError, match="écarte"):
        remove_own(second, left.id)
    closing = FollowUp(
        recommendation=left.id, state=FollowUpState.ECARTEE, why="École reconstruite"
    )
    add_step(second, closing)
    assert report_of(next_campaign(desk, "2030-2031")).plan.action(left.id) is None
