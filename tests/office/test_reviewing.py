from collections.abc import Iterator
from pathlib import Path

import pytest

from diag.audit.follow import move
from diag.audit.session import AuditSession
from diag.model.enums import AuditStatus
from diag.model.errors import DiagError
from diag.office.dossier import list_audits_of
from diag.office.supervision import accept, give_back, stand_of, to_review
from tests.audit.apart import meet, two_laptops
from tests.audit.builders import SCHOOL
from tests.cli.running import diag


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[AuditSession, AuditSession]]:
    with two_laptops(tmp_path) as both:
        yield both


def test_a_submitted_audit_waits_then_comes_back_with_its_reason(
    two: tuple[AuditSession, AuditSession],
) -> None:
    mine, theirs = two
    assert stand_of(mine) is None
    move(mine, AuditStatus.SOUMIS)
    meet(mine, theirs)
    (waiting,) = to_review(theirs.workspace)
    assert (waiting.who, waiting.status) == ("u-1", AuditStatus.SOUMIS)

    give_back(theirs, "  la baie n'a pas été vue ")

    meet(mine, theirs)
    assert to_review(mine.workspace) == ()
    (told,) = list_audits_of(mine.workspace, mine.about)
    assert told.status == "retourné"
    assert told.sent[0].startswith("retourné par u-2 le ")
    assert told.sent[0].endswith(" : la baie n'a pas été vue")


def test_only_what_was_submitted_is_judged(
    two: tuple[AuditSession, AuditSession],
) -> None:
    mine, _ = two
    with pytest.raises(DiagError, match="seul un audit soumis"):
        accept(mine)
    move(mine, AuditStatus.SOUMIS)
    with pytest.raises(DiagError, match="motif"):
        give_back(mine, " ")
    accept(mine)
    stand = stand_of(mine)
    assert stand
    assert stand.words.startswith("accepté par u-1")


def test_reviews_by_command(tmp_path: Path) -> None:
    with two_laptops(tmp_path):
        pass
    desk = tmp_path / "mine"
    assert "Aucun audit" in diag(desk, "review").out
    diag(desk, "audit", "status", SCHOOL, "--set", "soumis")
    assert SCHOOL in diag(desk, "review").out
    assert '"comment": ""' in diag(desk, "review", "--json").out
    done = diag(desk, "review", "return", SCHOOL, "--comment", "voir la baie")
    assert "retourné, voir la baie" in done.out
    assert diag(desk, "review", "accept", SCHOOL).code == 1
