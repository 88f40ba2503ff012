"""The engineer's hand on votes: previewed, reasoned, undone, over at the closing."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from diag.audit import advising
from diag.audit.follow import move
from diag.audit.history import describe_subject
from diag.audit.report import report_of
from diag.audit.session import AuditSession
from diag.audit.undo import undo
from diag.audit.votes import votes_of
from diag.journal import subjects
from diag.model.enums import AuditStatus
from diag.model.errors import DiagError
from diag.model.votes import DecisionList, Vote, VoteHand
from tests.audit.audited import audited, audited_workspace

WIRES, LAPTOP, FIBRE = "cabler-les-classes", "doter-les-maitres", "passer-a-la-fibre"
REPAIRS = "confier-la-maintenance"
LAW, COMFORT = "permettre-la-coupure-du-wifi", "sonoriser-les-classes"


@pytest.fixture
def session(tmp_path: Path) -> Iterator[AuditSession]:
    with audited_workspace(tmp_path / "desk") as made:
        yield audited(made)


def vote_of(votes: DecisionList, action: str) -> Vote:
    return next(one for one in votes.votes if action in one.actions)


def do(session: AuditSession, ident: str, **given: object) -> VoteHand:
    hand = advising.handled(session, ident, why="avis de la commission", **given)  # type: ignore[arg-type]
    advising.record_hand(session, ident, hand)
    return hand


def test_an_action_joins_the_vote_of_another_and_comes_back(
    session: AuditSession,
) -> None:
    before = advising.votes_today(session)
    assert LAPTOP not in vote_of(before, REPAIRS).actions
    do(session, LAPTOP, into=REPAIRS)

    after = advising.votes_today(session)
    assert LAPTOP in vote_of(after, REPAIRS).actions
    assert after.gross == pytest.approx(before.gross, abs=20)
    undo(session)
    assert advising.votes_today(session) == before


def test_a_vote_apart_stays_apart_though_twelve_are_there(
    session: AuditSession,
) -> None:
    assert len(vote_of(advising.votes_today(session), LAPTOP).actions) > 1
    do(session, LAPTOP, into=LAPTOP)

    found = advising.votes_today(session)
    assert vote_of(found, LAPTOP).actions == (LAPTOP,)
    assert len(found.votes) <= 12


def test_a_preview_writes_nothing(session: AuditSession) -> None:
    digest = session.digest
    hand = advising.handled(
        session, WIRES, title="Câbler trois classes", why="plus court"
    )
    before, after = advising.preview_hand(session, WIRES, hand)

    assert vote_of(before, WIRES).title != vote_of(after, WIRES).title
    assert session.digest == digest
    assert session.hands == {}


def test_words_and_a_date_are_frozen_as_the_engineer_put_them(
    session: AuditSession,
) -> None:
    do(session, FIBRE, title="Amener la fibre", otherwise="le cuivre ferme en 2030.")
    do(session, FIBRE, due=date(2028, 3, 1))
    move(session, AuditStatus.CLOS)

    found = vote_of(votes_of(report_of(session)), FIBRE)
    assert (found.title, found.otherwise.long) == (
        "Amener la fibre",
        "le cuivre ferme en 2030.",
    )
    assert (found.year, found.due) == (2028, "2028-03-01")
    assert session.sealed


def test_what_waits_for_an_action_that_was_moved_is_paid_no_sooner(
    session: AuditSession,
) -> None:
    do(session, FIBRE, due=date(2028, 3, 1))
    found = advising.votes_today(session)
    years = {each: one.year for one in found.votes for each in one.actions}
    for action in report_of(session).public.plan.actions:
        for first in action.advice.waits_for:
            if action.id in years and first in years:
                assert years[first] <= years[action.id]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"into": LAW}, "ne mélange pas deux classes"),
        ({"title": "x" * 61}, "61 caractères, 60 au plus"),
        ({"otherwise": "x" * 111}, "111 caractères, 110 au plus"),
        ({"due": date(2020, 1, 1)}, "est passé"),
        ({}, "Rien à changer"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(
    session: AuditSession, given: dict[str, object], says: str
) -> None:
    with pytest.raises(DiagError, match=says):
        advising.handled(session, COMFORT, why="essai", **given)  # type: ignore[arg-type]


def test_a_reason_is_asked_and_kept(session: AuditSession) -> None:
    with pytest.raises(DiagError, match="avec un motif"):
        advising.handled(session, FIBRE, title="La fibre")
    do(session, FIBRE, title="La fibre")

    last = session.revisions()[-1]
    assert last.author == "u-1"
    assert last.value == {"title": "La fibre", "why": "avis de la commission"}
    assert describe_subject(session, subjects.parse(last.subject)).startswith("vote de")


def test_once_closed_votes_are_touched_no_more(session: AuditSession) -> None:
    move(session, AuditStatus.CLOS)

    with pytest.raises(DiagError, match="ses votes sont gelés"):
        advising.handled(session, FIBRE, title="La fibre", why="essai")
    with pytest.raises(DiagError, match="ses votes sont gelés"):
        advising.record_hand(session, FIBRE, None)
