"""A campaign told to who supervises it: by commune, by engineer."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from diag.audit.follow import move
from diag.audit.session import AuditSession
from diag.audit.undo import undo
from diag.journal.school_lines import school_lines
from diag.model.enums import AuditStatus
from diag.model.errors import DiagError
from diag.office.outlook import NOBODY, Grouping, grouped, leaders, progress_by_school
from diag.office.supervision import (
    AuditStanding,
    accept,
    by_commune,
    by_engineer,
    give_back,
    list_audits_of,
    stand_of,
    standings,
    to_review,
)
from tests.audit.apart import meet, say, two_laptops
from tests.audit.builders import OTHER, SCHOOL, started
from tests.cli.running import diag


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[AuditSession, AuditSession]]:
    with two_laptops(tmp_path) as both:
        yield both


def led_by_two(two: tuple[AuditSession, AuditSession]) -> tuple[AuditStanding, ...]:
    """Have u-2 answer most in one school, u-1 submit another; tell it to u-1."""
    mine, theirs = two
    say(mine, "acces_internet", value=True)
    say(theirs, "acces_internet", value=False)
    say(theirs, "debit_descendant", 42)
    say(theirs, "debit_montant", 10)
    meet(mine, theirs)
    other = started(mine.workspace, OTHER)
    say(other, "debit_descendant", 42)
    move(other, AuditStatus.SOUMIS)
    return standings(mine.workspace)


def test_an_audit_counts_for_who_answered_most(
    two: tuple[AuditSession, AuditSession],
) -> None:
    first, second = by_engineer(led_by_two(two))

    assert (first.title, first.words, first.conflicts) == ("u-1", "1 soumis", 0)
    assert (second.title, second.words, second.conflicts) == ("u-2", "1 en cours", 1)
    assert second.last > 0


def test_what_a_colleague_answered_is_judged_here(
    two: tuple[AuditSession, AuditSession],
) -> None:
    found = led_by_two(two)

    assert [one.known is None for one in found] == [False, False]


def test_communes_gather_their_audits(two: tuple[AuditSession, AuditSession]) -> None:
    found = led_by_two(two)
    (here,) = by_commune(one for one in found if one.about.code == SCHOOL)
    (both,) = by_engineer([found[0], found[0]])

    assert here.title == found[0].about.commune
    assert (both.audits, both.statuses) == (2, Counter({AuditStatus.EN_COURS: 2}))
    assert both.known == found[0].known


def test_an_audit_where_nothing_is_answered_is_nobody_s(
    two: tuple[AuditSession, AuditSession],
) -> None:
    assert by_engineer(()) == []
    workspace = two[0].workspace
    led_by_two(two)
    schools = school_lines(workspace.journal, "")
    groups = grouped(workspace, schools, Grouping.ENGINEER)

    assert [group.title for group in groups] == ["u-1", "u-2", NOBODY]
    assert leaders(workspace) == {SCHOOL: "u-2", OTHER: "u-1"}
    assert [one.uai for one in groups[0].schools] == [OTHER]


def test_an_audit_that_was_only_opened_is_not_counted(
    two: tuple[AuditSession, AuditSession],
) -> None:
    mine, _ = two
    assert mine.facts.answers, "what the official lists tell"
    assert standings(mine.workspace) == ()
    assert progress_by_school(mine.workspace) == {}
    assert leaders(mine.workspace) == {}

    say(mine, "debit_descendant", 42)
    assert [one.about.code for one in standings(mine.workspace)] == [SCHOOL]
    assert list(progress_by_school(mine.workspace)) == [SCHOOL]
    undo(mine)
    assert standings(mine.workspace) == ()
    assert progress_by_school(mine.workspace) == {}


def test_the_command_says_it(
    two: tuple[AuditSession, AuditSession], tmp_path: Path
) -> None:
    led_by_two(two)
    told = diag(tmp_path / "mine", "progress")

    assert told.code == 0, told.err
    assert "Par commune" in told.out
    assert "u-2" in told.out
    assert "1 audit à relire : diag review" in told.out
    assert "1 conflit à trancher : diag conflicts" in told.out
    as_json = diag(tmp_path / "mine", "progress", "--json")
    assert '"title": "u-2"' in as_json.out


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
    board = progress_by_school(mine.workspace)[SCHOOL]
    assert board.words == "retourné : la baie n'a pas été vue"


def test_only_what_was_submitted_is_judged(
    two: tuple[AuditSession, AuditSession],
) -> None:
    mine, _ = two
    with pytest.raises(
        DiagError, match=r"L'audit « .+ » est en cours : seul un audit soumis"
    ):
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
