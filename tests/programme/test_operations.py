"""What the audits give, read once; what was adopted stands until it is revised."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from diag.audit.answer import NewAnswer, record_answer
from diag.audit.session import AuditSession
from diag.journal import changes, subjects
from diag.model.audit import FollowUp
from diag.model.enums import FollowUpState, Outcome
from diag.model.errors import DiagError
from diag.model.programme import (
    BodyDecision,
    ProgrammeFrame,
    YearEnvelope,
)
from diag.programme.adopting import adopting
from diag.programme.assembling import board_of
from diag.programme.container import Container, create
from diag.programme.history import revision_of
from diag.programme.operations import gathered
from diag.programme.placing import Settled
from diag.programme.words import reason_words, years_moved_words
from tests.audit.audited import audited, audited_workspace
from tests.programme.test_container import PAYER, SIREN


@pytest.fixture
def session(tmp_path: Path) -> Iterator[AuditSession]:
    with audited_workspace(tmp_path / "home") as made:
        record_answer(audited(made), NewAnswer("nb_eleves", "66"))
        yield audited(made)


@pytest.fixture
def programme(session: AuditSession) -> Container:
    """A programme whose one commune may pay for all in 2028, adopted."""
    frame = ProgrammeFrame(first=2027, campaigns=(session.audit.campaign,))
    made = create(session.workspace, "2027-2031", frame, SIREN)
    envelope(made, session, 2028, 100_000_00)
    decision = subjects.programme(subjects.DECISIONS, "d")
    word = BodyDecision(body=PAYER, on="2024-02-01", outcome=Outcome.ADOPTE, ref="D-1")
    made.write(made.draft(decision, word))
    board = board_of(made.reopened())
    made.write(*adopting(board, "D-1").drafts)
    return made.reopened()


def envelope(made: Container, session: AuditSession, year: int, cents: int) -> None:
    payer = f"commune:{session.about.insee}"
    subject = subjects.programme(subjects.ENVELOPES, payer, str(year), "investissement")
    made.write(made.draft(subject, YearEnvelope(cents=cents)))


def test_an_audit_is_read_again_only_once_somebody_wrote_in_it(
    session: AuditSession,
) -> None:
    made, campaigns = session.workspace, [session.audit.campaign]
    shown: list[tuple[int, int]] = []
    first = gathered(
        made, campaigns, progress=lambda done, total: shown.append((done, total))
    )
    assert shown == [(1, 1)]
    again = gathered(made, campaigns, before=first)
    assert again.reads[session.audit.id] is first.reads[session.audit.id]
    assert again == first
    record_answer(session, NewAnswer("nb_eleves", "132"))
    after = gathered(made, campaigns, before=again)
    name, one = next(
        (name, one) for name, one in after.candidates.items() if one.operation.points
    )
    assert one.operation.points != first.candidates[name].operation.points
    assert after == gathered(made, campaigns)


def test_a_school_that_may_be_closed_says_so_beside_what_is_spent_there(
    session: AuditSession,
) -> None:
    made, campaigns = session.workspace, [session.audit.campaign]
    before = gathered(made, campaigns)
    made.territory.mark_vanished([session.about.code], made.territory.today())
    after = gathered(made, campaigns, before=before)
    assert after.candidates.keys() == before.candidates.keys()
    for name, one in after.candidates.items():
        assert one.where == f"{before.candidates[name].where} (fermée ?)"


def test_a_revision_is_priced_beside_a_fresh_start_and_what_was_adopted(
    session: AuditSession, programme: Container
) -> None:
    same = revision_of(programme)
    assert same.placed > 3
    assert same.least.cents == same.cents > 0
    assert (same.least.moved, same.least.recosted) == ((), ())
    assert years_moved_words(same.least.moved) == "rien ne change"
    envelope(programme, session, 2028, 1_000_00)
    envelope(programme, session, 2029, 2_000_00)
    changed = revision_of(programme.reopened())
    assert changed.cents == same.cents
    for one in (changed.least, changed.afresh):
        assert one.moved
        assert {each.before for each in one.moved} == {2028}
        assert one.cents < changed.cents
    assert len(changed.least.moved) <= len(changed.afresh.moved)
    # What stands in the journal is what was adopted, until it is adopted anew.
    assert len(programme.reopened().record().adoptions) == 1


def test_nothing_is_revised_before_it_is_adopted(session: AuditSession) -> None:
    frame = ProgrammeFrame(first=2027, campaigns=(session.audit.campaign,))
    made = create(session.workspace, "2027-2031", frame, SIREN)
    with pytest.raises(DiagError, match="Rien n'est encore arrêté"):
        revision_of(made)


def test_what_was_decided_and_is_advised_no_more_keeps_its_year_and_is_marked(
    session: AuditSession, programme: Container
) -> None:
    advised = {one.recommendation.id for one in session.assessment.advice}
    known = session.public().checklist.recommendations.keys()
    ident = min(known - advised)
    step = FollowUp(
        recommendation=ident,
        state=FollowUpState.DECIDEE,
        on="2024-02-01",
        programme=programme.audit.id,
        year=2029,
    )
    session.record(changes.followed(session.audit.id, step))
    name = f"{session.audit.id}/{ident}"
    board = board_of(programme, afresh=False)
    placed = board.schedule.placements[name]
    assert placed.year == 2029
    assert isinstance(placed.reason, Settled)
    assert reason_words(board, name).endswith(
        "mais elle n'est plus préconisée : à réexaminer."
    )
    # An order keeps its price.
    ordered = step.model_copy(
        update={"state": FollowUpState.COMMANDEE, "cents": 480_00}
    )
    session.record(changes.followed(session.audit.id, ordered))
    board = board_of(programme, afresh=False)
    assert sum(board.schedule.placements[name].paid.values()) == 480_00
