"""What a session knows once it has said something is what the journal says."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diag.audit import session as audits
from diag.audit import snapshot
from diag.audit.answer import NewAnswer, record_answer, record_note, toggle_flag
from diag.audit.fitting import choose_minutes
from diag.audit.follow import add_visit, move
from diag.audit.places import add_place, close_list, remove_place, rename_place
from diag.audit.report import report_of
from diag.audit.session import AuditSession
from diag.audit.undo import undo
from diag.journal import changes
from diag.journal.heads import same
from diag.model.audit import Answer, FollowUp
from diag.model.enums import Audience, AuditStatus, FollowUpState, PlaceKind, State
from diag.model.errors import DiagError
from diag.workspace.workspace import Workspace
from tests.audit.builders import SCHOOL
from tests.examples import examples

ACTION = "passer-a-la-fibre"
DECIDED = FollowUp(recommendation=ACTION, state=FollowUpState.DECIDEE)
GESTURES: dict[str, Callable[[AuditSession], object]] = {
    "an answer": lambda one: record_answer(one, NewAnswer("nb_eleves", 140)),
    "a correction": lambda one: record_answer(one, NewAnswer("nb_classes", 7)),
    "a refusal": lambda one: record_answer(
        one, NewAnswer("nb_classes", state=State.REFUSED, reason="Absent")
    ),
    "an answer and its note": lambda one: record_answer(
        one, NewAnswer("nb_classes", 8, note="Selon l’Insee")
    ),
    "an answer and its note withdrawn": lambda one: record_answer(
        one, NewAnswer("nb_eleves", 140, note="")
    ),
    "a room": lambda one: record_answer(
        one, NewAnswer("type_salle", "classe", place="CE1")
    ),
    "another note": lambda one: record_note(one, "nb_eleves", "Selon le registre"),
    "no note": lambda one: record_note(one, "nb_eleves", ""),
    "a flag": lambda one: toggle_flag(one, (one.facts.root, "nb_eleves")),
    "no flag": lambda one: toggle_flag(one, (one.facts.root, "nb_classes")),
    "an undoing": undo,
    "a place": lambda one: add_place(one, PlaceKind.SALLE, "CE2"),
    "another name": lambda one: rename_place(one, "CP", "Salle bleue"),
    "no place": lambda one: remove_place(one, "CP"),
    "a list closed": lambda one: close_list(one, PlaceKind.SALLE),
    "a shorter visit": lambda one: choose_minutes(one, 30),
    "a day on site": lambda one: add_visit(one, one.workspace.world.today()),
    "a closing": lambda one: move(one, AuditStatus.CLOS),
    "an action decided": lambda one: one.record(
        changes.followed(one.audit.id, DECIDED)
    ),
    "another order of actions": lambda one: one.record(
        changes.ranked(one.audit.id, ACTION, "3")
    ),
    "words of one's own": lambda one: one.record(
        changes.reworded(one.audit.id, ACTION, Audience.MAIRIE, {"title": "Fibre"})
    ),
    "another answer beside": lambda one: one.record(
        replace(
            changes.answered(
                one.audit.id, one.facts.root, "nb_classes", Answer(State.KNOWN, 9)
            ),
            parents=(),
        )
    ),
}


@pytest.fixture
def begun(session: AuditSession) -> AuditSession:
    for name in ("CP", "CE1"):
        add_place(session, PlaceKind.SALLE, name)
    record_answer(session, NewAnswer("type_salle", "classe", place="CP"))
    record_answer(session, NewAnswer("nb_classes", 6))
    record_note(session, "nb_eleves", "Selon la directrice")
    toggle_flag(session, (session.facts.root, "nb_classes"))
    assert session.facts.root
    return session


@pytest.mark.parametrize("gesture", GESTURES)
def test_what_is_known_after_a_gesture_is_what_is_read_anew(
    begun: AuditSession, gesture: str
) -> None:
    assert begun.assessment
    GESTURES[gesture](begun)
    assert begun.snapshot == begun.read_anew()
    anew = audits.open_session(begun.workspace, SCHOOL)
    assert list(begun.facts.answers) == list(anew.facts.answers)
    assert begun.assessment == anew.assessment


@settings(
    examples(30, few=5),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(gestures=st.lists(st.sampled_from(sorted(GESTURES)), min_size=2, max_size=6))
def test_after_any_gestures_the_snapshot_is_the_one_read_anew(
    begun: AuditSession, gestures: list[str]
) -> None:
    for gesture in gestures:
        with suppress(DiagError):
            GESTURES[gesture](begun)
        assert begun.judged.criteria
        assert begun.snapshot == begun.read_anew()
    assert begun.assessment == begun.read_anew().assessment


def test_what_another_program_writes_meanwhile_is_printed_the_next_time(
    begun: AuditSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = begun.facts.root, "nb_eleves"

    def prove(session: AuditSession) -> None:
        monkeypatch.undo()
        session.prove()
        with Workspace.open(begun.workspace.folder) as other:
            record_answer(audits.open_session(other, SCHOOL), NewAnswer(asked[1], 141))

    monkeypatch.setattr(AuditSession, "prove", prove)
    assert asked not in report_of(begun).facts.answers

    assert report_of(begun).facts.answers[asked][0].value == 141


def test_what_answers_do_not_move_is_not_judged_again(begun: AuditSession) -> None:
    before = begun.assessment
    for question, many in (("nb_eleves", 140), ("nb_classes", 7)):
        record_answer(begun, NewAnswer(question, many))
        assert begun.judged.criteria
    after = begun.assessment
    stands = [after.criteria[ident] is one for ident, one in before.criteria.items()]
    assert len(stands) / 2 < sum(stands) < len(stands)
    assert after == begun.read_anew().assessment


@pytest.mark.parametrize(
    "gesture",
    ["an action decided", "another order of actions", "words of one's own"],
)
def test_what_is_no_fact_has_nothing_judged_again(
    begun: AuditSession, gesture: str
) -> None:
    whole, shown = begun.assessment, begun.public().assessment
    GESTURES[gesture](begun)
    assert begun.assessment is whole
    assert begun.public().assessment is shown
    assert not begun.public().catch_up()


def test_an_undoing_in_a_place_read_as_another_shows_what_the_other_says(
    begun: AuditSession,
) -> None:
    rooms = {one.name: one.id for one in begun.facts.places.values()}
    for room, sockets in (("CP", 3), ("CE1", 4)):
        record_answer(begun, NewAnswer("prises_rj45", sockets, place=room))
    begun.record(same(begun.audit.id, rooms["CE1"], rooms["CP"]))
    record_answer(begun, NewAnswer("prises_rj45", 5, place="CP"))
    later = audits.open_session(begun.workspace, SCHOOL)
    assert len(later.facts.answers[rooms["CP"], "prises_rj45"]) == 1

    undo(later)

    heads = later.facts.answers[rooms["CP"], "prises_rj45"]
    assert {head.value for head in heads} == {3, 5}
    assert later.facts == audits.open_session(begun.workspace, SCHOOL).facts


def test_what_another_session_of_the_same_workspace_said_is_known_too(
    begun: AuditSession,
) -> None:
    other = audits.open_session(begun.workspace, SCHOOL)
    record_answer(other, NewAnswer("nb_eleves", 140))

    record_answer(begun, NewAnswer("nb_classes", 8))

    assert begun.facts == audits.open_session(begun.workspace, SCHOOL).facts


def test_an_answer_does_not_have_the_whole_audit_read_again(
    begun: AuditSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(snapshot, "facts_of")
    record_answer(begun, NewAnswer("nb_eleves", 140))
    record_answer(begun, NewAnswer("nb_eleves", 141))
    answer = begun.facts.answer(begun.facts.root, "nb_eleves")
    assert answer is not None
    assert answer.value == 141


def test_one_s_own_answers_are_no_news_and_another_window_s_are(
    begun: AuditSession,
) -> None:
    with Workspace.open(begun.workspace.folder) as window:
        other = audits.open_session(window, SCHOOL)
        record_answer(begun, NewAnswer("nb_eleves", 140))
        window.note_screens(seen=True)
        assert not begun.catch_up()

        record_answer(other, NewAnswer("nb_classes", 8))
        assert begun.catch_up()
        assert begun.facts == other.facts
