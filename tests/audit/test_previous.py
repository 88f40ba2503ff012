from collections.abc import Iterator
from pathlib import Path

import pytest

from diag.audit.advising import add_own, remove_own
from diag.audit.follow import add_step
from diag.audit.memory import session_before, steps_before, whole_story
from diag.audit.report import report_of
from diag.model.audit import FollowUp
from diag.model.enums import Audience, FollowUpState, Owner
from diag.model.errors import DiagError
from diag.workspace.workspace import Workspace
from tests.audit.audited import (
    audited,
    audited_again,
    audited_twice,
    audited_workspace,
    next_campaign,
)
from tests.documents.reading import markdown

FIBRE = "passer-a-la-fibre"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Workspace]:
    with audited_workspace(tmp_path / "desk") as made:
        yield made


@pytest.fixture
def twice(tmp_path: Path) -> Iterator[Workspace]:
    """Give the workspace of next year's audit, where everything is as it was."""
    with audited_twice(tmp_path / "twice") as made:
        yield made


def step(state: FollowUpState, **words: str) -> FollowUp:
    return FollowUp(recommendation=FIBRE, state=state, **words)


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


def test_answers_never_rewrite_a_step(twice: Workspace) -> None:
    first = audited(twice)
    add_step(first, step(FollowUpState.ECARTEE, why="Travaux en 2028"))
    told = steps_before(next_campaign(twice, "2028-2029"))

    assert steps_before(audited_again(twice)) == told


def test_a_recommendation_set_aside_stays_so_in_the_next_audit(
    twice: Workspace,
) -> None:
    add_step(audited(twice), step(FollowUpState.ECARTEE, why="Travaux en 2028"))

    report = report_of(audited_again(twice))

    assert FIBRE in [one.id for one in report.plan.closed]
    assert "Travaux en 2028" in markdown(report, Audience.MAIRIE)


def test_what_was_done_and_is_found_wanting_again_is_advised_again(
    twice: Workspace,
) -> None:
    add_step(audited(twice), step(FollowUpState.FAITE))

    report = report_of(audited_again(twice))

    assert FIBRE in [one.id for one in report.plan.actions]
    assert [one.state for one in report.follow_ups] == ["faite"]


def test_a_decision_of_the_year_before_still_stands(twice: Workspace) -> None:
    add_step(audited(twice), step(FollowUpState.DECIDEE))

    action = report_of(audited_again(twice)).plan.action(FIBRE)

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
