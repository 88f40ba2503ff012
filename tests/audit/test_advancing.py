from collections.abc import Iterator
from pathlib import Path

import pytest

from diag.audit.follow import left_to_check, move, ways_on
from diag.audit.session import AuditSession
from diag.model.enums import AuditStatus
from diag.words.vocabulary import STATUS_MOVES, STATUSES
from diag.workspace.workspace import Workspace
from tests.audit.audited import audited, audited_workspace, next_campaign


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Workspace]:
    with audited_workspace(tmp_path / "desk") as made:
        yield made


@pytest.fixture
def empty(desk: Workspace) -> AuditSession:
    return next_campaign(desk)


@pytest.mark.parametrize("status", AuditStatus)
def test_every_status_has_words_and_a_way_on(
    desk: Workspace, status: AuditStatus
) -> None:
    session = audited(desk)
    move(session, status, "à compléter", alone=True)
    assert STATUSES[status]
    assert STATUS_MOVES[status]
    assert ways_on(session)
    assert status not in ways_on(session)


def test_an_audit_is_submitted_accepted_closed_and_taken_up_again(
    desk: Workspace,
) -> None:
    session = audited(desk)
    for status in (
        AuditStatus.SOUMIS,
        AuditStatus.ACCEPTE,
        AuditStatus.CLOS,
        AuditStatus.EN_COURS,
    ):
        assert status in ways_on(session)
        move(session, status, alone=True)
        assert session.status is status


def test_what_is_left_is_told_whole_in_an_empty_audit(empty: AuditSession) -> None:
    told = "\n".join(left_to_check(empty))

    assert "restent à vérifier" in told
    assert "n'est pas encore complète" in told
    assert "Ce que la loi demande, à vérifier" in told
    assert "Aucune visite" in told


def test_what_is_left_is_little_after_a_full_audit(desk: Workspace) -> None:
    told = "\n".join(left_to_check(audited(desk)))

    assert "Aucune visite" not in told
    assert "sans décision" in told
