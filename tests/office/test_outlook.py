"""Where an audit stands is told as everywhere else."""

from fractions import Fraction
from pathlib import Path

import pytest

from diag.audit.compare import keep_judged
from diag.audit.places import add_place, remove_place
from diag.audit.session import AuditSession, start
from diag.journal.heads import same
from diag.model.enums import AuditStatus, PlaceKind
from diag.office.outlook import AuditProgress, progress_by_school
from diag.words.sentences import percent
from tests.audit.apart import meet, say, two_laptops
from tests.audit.builders import OTHER, SCHOOL


@pytest.mark.parametrize(
    ("known", "said"),
    [(Fraction(216, 1000), 22), (Fraction(214, 1000), 21), (Fraction(999, 1000), 99)],
)
def test_a_share_is_rounded_in_the_list_as_in_reports(
    known: Fraction, said: int
) -> None:
    progress = AuditProgress(AuditStatus.EN_COURS, known, "")

    assert progress.words == f"en cours, {percent(known)}"
    assert percent(known) == f"{said}\u00a0%"


@pytest.mark.parametrize(
    ("status", "said"),
    [(AuditStatus.EN_COURS, "à trancher"), (AuditStatus.CLOS, "à trancher, clos")],
)
def test_what_is_to_be_settled_comes_first(status: AuditStatus, said: str) -> None:
    assert AuditProgress(status, Fraction(1, 2), "", unsettled=True).words == said


@pytest.mark.parametrize("known", [None, Fraction(0)])
def test_what_was_just_begun_is_told_alike_judged_or_not(
    known: Fraction | None,
) -> None:
    assert AuditProgress(AuditStatus.EN_COURS, known, "").words == "en cours"


def test_two_answers_apart_are_to_be_settled_until_somebody_does(
    tmp_path: Path,
) -> None:
    with two_laptops(tmp_path) as (mine, theirs):
        say(mine, "nb_classes", 6)
        say(theirs, "nb_classes", 7)
        assert not progress_by_school(mine.workspace)[SCHOOL].unsettled

        meet(mine, theirs)
        assert progress_by_school(mine.workspace)[SCHOOL].unsettled

        say(mine, "nb_classes", 7)
        assert not progress_by_school(mine.workspace)[SCHOOL].unsettled


def test_a_place_removed_where_another_wrote_is_to_be_settled(tmp_path: Path) -> None:
    with two_laptops(tmp_path) as (mine, theirs):
        add_place(mine, PlaceKind.SALLE, "Atelier")
        meet(mine, theirs)
        say(theirs, "prises_rj45", 3, place="Atelier")
        remove_place(mine, "Atelier")
        meet(mine, theirs)

        assert progress_by_school(mine.workspace)[SCHOOL].unsettled


def test_two_places_read_as_one_that_differ_are_to_be_settled(
    session: AuditSession,
) -> None:
    rooms = [
        add_place(session, PlaceKind.SALLE, name)[0] for name in ("CP", "Salle du CP")
    ]
    for room, sockets in zip(rooms, (3, 4), strict=True):
        say(session, "prises_rj45", sockets, place=room.name)
    assert not progress_by_school(session.workspace)[SCHOOL].unsettled

    session.record(same(session.audit.id, rooms[1].id, rooms[0].id))

    assert progress_by_school(session.workspace)[SCHOOL].unsettled


def test_only_the_audit_that_was_written_in_is_looked_into_again(
    session: AuditSession,
) -> None:
    """A thousand judged audits took half a second after each answer."""
    journal, other = session.workspace.journal, start(session.workspace, OTHER)
    for one in (session, other):
        say(one, "nb_classes", 6)
        keep_judged(one)
    asked: list[str] = []
    journal.connection.set_trace_callback(asked.append)
    screenful = progress_by_school(session.workspace, conflicts=False)
    assert screenful[SCHOOL].status is AuditStatus.EN_COURS
    assert not [sql for sql in asked if "score" in sql], "read behind it"
    first = progress_by_school(session.workspace)
    assert first[SCHOOL].known is not None
    journal.connection.set_trace_callback(asked.append)
    say(session, "acces_internet", True)
    keep_judged(session)
    del asked[:]

    second = progress_by_school(session.workspace)

    assert second[SCHOOL].known != first[SCHOOL].known
    assert second[OTHER] == first[OTHER]
    assert sum("from score where audit" in sql for sql in asked) == 1
    assert sum(session.audit.id in sql for sql in asked if "json_each" in sql) == 1
    assert not [sql for sql in asked if other.audit.id in sql and "json_each" in sql]
