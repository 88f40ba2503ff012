"""What a council decided of a frozen vote: all its actions, once, beside the list."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from diag.audit.advising import decide, frozen_vote, state_words, steps_standing
from diag.audit.answer import NewAnswer, record_answer
from diag.audit.follow import add_step, move
from diag.audit.remarks import texts_of
from diag.audit.report import report_of
from diag.audit.session import AuditSession
from diag.audit.undo import undo
from diag.audit.votes import decisions_of, last_list
from diag.journal import changes
from diag.journal.records import decision_list_of
from diag.model.audit import FollowUp
from diag.model.enums import Audience, AuditStatus, Decision, FollowUpState
from diag.model.errors import DiagError
from diag.model.votes import Vote
from diag.workspace.workspace import Workspace, fixed_world
from tests.audit.audited import (
    audit_again,
    audited,
    audited_workspace,
    closed_workspace,
)
from tests.audit.builders import DAY
from tests.documents.reading import markdown

COUNCIL, LATER = date(2027, 1, 12), date(2028, 9, 1)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[AuditSession]:
    closed_workspace(tmp_path / "desk").close()
    with on_day(tmp_path / "desk", 120) as again:
        yield audited(again)


@pytest.fixture(scope="module")
def refusing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AuditSession]:
    """The same, in which nothing is to be written."""
    folder = tmp_path_factory.mktemp("refusing") / "desk"
    closed_workspace(folder).close()
    with on_day(folder, 120) as again:
        yield audited(again)


def on_day(folder: Path, days: int) -> Workspace:
    return Workspace.open(folder, fixed_world(DAY + timedelta(days=days), seed=9))


def large(session: AuditSession) -> Vote:
    """Return a vote of several actions."""
    frozen = report_of(session).frozen
    assert frozen is not None
    return next(one for one in frozen.votes if len(one.actions) > 1)


def states(session: AuditSession, vote: Vote) -> list[FollowUpState]:
    steps = steps_standing(session)
    return [steps[ident].state for ident in vote.actions if ident in steps]


@pytest.mark.parametrize(
    ("decision", "given", "state", "words"),
    [
        (Decision.OUI, {}, "decidee", "votée le 12 janvier 2027"),
        (
            Decision.NON,
            {"reason": "délibération 2027-04"},
            "ecartee",
            "écartée le 12 janvier 2027 : délibération 2027-04",
        ),
        (
            Decision.AJOURNE,
            {"due": LATER},
            "proposee",
            "ajournée le 12 janvier 2027, reportée au 1er septembre 2028",
        ),
    ],
)
def test_all_actions_of_a_vote_follow_in_one_commit_and_one_undo(
    session: AuditSession,
    decision: Decision,
    given: dict[str, object],
    state: str,
    words: str,
) -> None:
    vote, before = large(session), len(session.revisions())
    steps = decide(session, vote, decision, COUNCIL, **given)  # type: ignore[arg-type]

    assert [one.recommendation for one in steps] == [*vote.actions]
    assert states(session, vote) == [state] * len(vote.actions)
    assert {one.by for one in session.follow_ups} == {"conseil municipal"}
    assert state_words(vote, steps_standing(session)) == words
    written = session.revisions()[before:]
    assert session.same_gesture(written[0].id) == {one.id for one in written}
    undo(session)
    assert session.follow_ups == ()
    assert state_words(vote, steps_standing(session)) == ""


def test_what_stood_before_a_decision_stands_again_once_undone(
    session: AuditSession,
) -> None:
    vote = large(session)
    first = FollowUp(recommendation=vote.actions[0], state=FollowUpState.PROPOSEE)
    add_step(session, first)
    before = session.follow_ups
    decide(session, vote, Decision.OUI, COUNCIL)
    undo(session)
    assert session.follow_ups == before


def test_the_frozen_list_and_its_first_page_keep_their_bytes(
    session: AuditSession,
) -> None:
    def kept() -> tuple[str, str, list[date | None]]:
        frozen = decision_list_of(session.workspace.journal, session.audit.id)
        assert frozen is not None
        page, cut, _ = markdown(report_of(session), Audience.MAIRIE).partition("***")
        assert cut
        days = {one.id: one.due for one in report_of(session).plan}
        return frozen.model_dump_json(), page, [days[one] for one in sorted(days)]

    before = kept()
    for number, decision in enumerate(Decision, 1):
        decide(
            session,
            frozen_vote(session, number),
            decision,
            COUNCIL,
            reason="délibération 2027-04",
            due=LATER if decision is Decision.AJOURNE else None,
        )
    assert len(session.follow_ups) >= 3
    assert kept() == before
    assert session.sealed


def test_a_day_agreed_on_at_the_school_is_no_decision(session: AuditSession) -> None:
    vote = large(session)
    for ident in vote.actions:
        agreed = FollowUp(
            recommendation=ident,
            state=FollowUpState.PROPOSEE,
            on="2026-10-05",
            due="2027-03-01",
        )
        add_step(session, agreed)
    words = state_words(vote, steps_standing(session))
    assert words == "proposée le 5 octobre 2026"


def test_what_is_further_on_is_not_brought_back(session: AuditSession) -> None:
    vote = large(session)
    ahead = FollowUp(recommendation=vote.actions[0], state=FollowUpState.COMMANDEE)
    add_step(session, ahead)
    steps = decide(session, vote, Decision.OUI, COUNCIL)

    assert vote.actions[0] not in {one.recommendation for one in steps}
    assert states(session, vote)[0] is FollowUpState.COMMANDEE
    assert state_words(vote, steps_standing(session), brief=True).startswith(
        "commandée (1 action), votée ("
    )
    for ident in vote.actions:
        add_step(session, FollowUp(recommendation=ident, state=FollowUpState.FAITE))
    with pytest.raises(DiagError, match="Rien à noter de plus"):
        decide(session, vote, Decision.NON, COUNCIL, reason="délibération 2027-04")


@pytest.mark.parametrize(
    ("decision", "given", "about"),
    [
        (Decision.OUI, {"on": date(2029, 1, 1)}, "on"),
        (Decision.OUI, {"on": date(2020, 1, 12)}, "on"),
        (Decision.NON, {"reason": "  "}, "reason"),
        (Decision.AJOURNE, {}, "due"),
        (Decision.AJOURNE, {"due": COUNCIL}, "due"),
        (Decision.OUI, {"due": LATER}, "due"),
    ],
)
def test_what_a_decision_lacks_is_asked_and_nothing_written(
    refusing: AuditSession, decision: Decision, given: dict[str, object], about: str
) -> None:
    vote, asked = large(refusing), {"on": COUNCIL, **given}
    with pytest.raises(DiagError) as refused:
        decide(refusing, vote, decision, **asked)  # type: ignore[arg-type]
    assert refused.value.about == about
    assert refusing.follow_ups == ()


def test_a_decision_typed_anew_is_told_once_as_it_was_corrected(
    session: AuditSession,
) -> None:
    """The first one stays in the history: its name holds no document back."""
    vote = frozen_vote(session, 1)
    decide(session, vote, Decision.NON, COUNCIL, reason="vu avec M. Dupont")
    decide(session, vote, Decision.NON, COUNCIL, reason="délibération 2027-04")

    assert len(session.follow_ups) == 2 * len(vote.actions)
    for audience in (Audience.MAIRIE, Audience.TECHNIQUE):
        text = markdown(report_of(session), audience)
        assert text.count("délibération 2027-04") == len(vote.actions)
        assert "Dupont" not in text
        typed = [text for _, text in texts_of(session, [audience])]
        assert "délibération 2027-04" in typed
        assert "vu avec M. Dupont" not in typed


def test_only_a_frozen_vote_is_decided(session: AuditSession) -> None:
    with pytest.raises(DiagError, match="Pas de vote 40 : l'audit en a 12"):
        frozen_vote(session, 40)
    move(session, AuditStatus.EN_COURS)
    with pytest.raises(DiagError, match="l'audit n'est pas clos"):
        frozen_vote(session, 1)


def test_an_audit_closed_before_votes_were_frozen_is_to_be_closed_anew(
    tmp_path: Path,
) -> None:
    with audited_workspace(tmp_path / "desk") as made:
        session = audited(made)
        ident, digest = session.audit.id, session.digest
        session.record(changes.moved(ident, AuditStatus.CLOS, digest=digest))
        with pytest.raises(DiagError, match="Rouvrez-le, puis clôturez-le"):
            frozen_vote(session, 1)


def test_a_new_audit_reads_what_the_council_decided(session: AuditSession) -> None:
    yes, no, later = (frozen_vote(session, number) for number in (1, 2, 3))
    decide(session, yes, Decision.OUI, COUNCIL)
    decide(session, no, Decision.NON, COUNCIL, reason="délibération 2027-04")
    decide(session, later, Decision.AJOURNE, COUNCIL, due=LATER)
    with on_day(session.workspace.folder, 570) as made:
        again = audit_again(made)
        found = decisions_of(report_of(again), last_list(again))
        days = {one.id: one.due for one in report_of(again).plan}

    became = {ident: one.became for ident, one in found.numbers.items()}
    assert {became[ident] for ident in yes.actions} == {
        "voté le 12 janvier 2027, pas encore fait"
    }
    assert {became[ident] for ident in no.actions} == {"écarté le 12 janvier 2027"}
    assert {days[ident] for ident in later.actions} == {LATER}
    asked = {ident for one in found.votes for ident in one.actions}
    assert not asked & {*yes.actions, *no.actions}
    assert asked & {*later.actions}


def test_a_list_of_an_earlier_closing_is_not_that_of_a_later_one_without_votes(
    session: AuditSession,
) -> None:
    """A laptop with an older version reopens it, answers, and closes it anew."""
    assert report_of(session).frozen is not None
    ident = session.audit.id
    move(session, AuditStatus.EN_COURS)
    record_answer(session, NewAnswer("nb_classes", 4))
    session.record(changes.moved(ident, AuditStatus.CLOS, digest=session.digest))
    assert decision_list_of(session.workspace.journal, ident) is not None
    assert report_of(session).frozen is None
    move(session, AuditStatus.EN_COURS)
    move(session, AuditStatus.CLOS)
    frozen = report_of(session).frozen
    assert frozen is not None
    assert frozen.version == 2
