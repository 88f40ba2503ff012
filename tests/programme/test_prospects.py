"""A school judged again once its operations are done, as the oracle judges it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest

from diag.assess.judge import judge_of
from diag.assess.results import Advice
from diag.audit.answer import NewAnswer, record_answer
from diag.audit.session import AuditSession
from diag.journal import subjects
from diag.model.enums import Socle, Trigger
from diag.model.programme import ProgrammeFrame, YearEnvelope
from diag.programme.adopting import at_socle, prospects_of
from diag.programme.assembling import board_of
from diag.programme.container import create
from tests.audit.audited import audited, audited_workspace
from tests.oracle import Judged
from tests.oracle_effects import done
from tests.programme.test_container import SIREN


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AuditSession]:
    with audited_workspace(tmp_path_factory.mktemp("prospects") / "home") as made:
        record_answer(audited(made), NewAnswer("nb_eleves", "66"))
        yield audited(made)


def as_the_oracle(session: AuditSession, advised: Iterable[Advice]) -> Judged:
    """Return the school judged by the oracle, each action done in turn."""
    judged = Judged(session.facts, session.checklist)
    reached: dict[tuple[str, str], int] = {}
    for one in advised:
        sure = [each.place for each in one.targets if each.trigger is Trigger.FIRES]
        judged = done(judged, one.recommendation, sure)
        for key, level in judged.reached.items():
            reached[key] = max(level, reached.get(key, 0))
    return replace(judged, reached=reached)


def test_effects_together_are_those_of_the_oracle(session: AuditSession) -> None:
    advised = [one for one in session.assessment.advice if one.trigger is Trigger.FIRES]
    assert len(advised) > 10
    judge = judge_of(session.checklist)
    for some in (advised, advised[::2], advised[1::3]):
        score, socle = judge.once_done(session.facts, some)
        expected = as_the_oracle(session, some)
        assert score.bounds is not None
        assert score.bounds.low == expected.low
        assert socle is expected.socle
    before = session.assessment.overall.bounds
    assert before is not None
    for one in advised[:12]:
        score, _ = judge.once_done(session.facts, [one])
        assert score.bounds is not None
        assert score.bounds.low - before.low == one.gain


def test_a_school_rises_the_years_in_which_something_is_done_there(
    session: AuditSession,
) -> None:
    workspace, insee = session.workspace, session.about.insee
    frame = ProgrammeFrame(first=2027, campaigns=(session.audit.campaign,))
    made = create(workspace, "2027-2031", frame, SIREN)
    subject = subjects.programme(
        subjects.ENVELOPES, f"commune:{insee}", "2028", "investissement"
    )
    made.write(made.draft(subject, YearEnvelope(cents=100_000_00)))
    board = board_of(made.reopened())
    assert set(board.schedule.years.values()) == {2028}
    shown: list[tuple[int, int]] = []
    (found,) = prospects_of(board, lambda *told: shown.append(told))
    assert shown == [(1, 1)]
    lows = {one.year: one.score.bounds.low for one in found.years if one.score.bounds}
    today = session.public().assessment.overall.bounds
    assert today is not None
    assert lows[0] == lows[2027] == today.low
    assert lows[2027] < lows[2028] == lows[2031]
    assert list(at_socle([found])) == [0, *range(2027, 2032)]
    assert found.years[0].socle is not Socle.ATTEINT
    assert at_socle([found])[0] == 0
