"""The second audit: what is confirmed in one gesture, what is asked again, and why."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from diag.audit.answer import NewAnswer, record_answer
from diag.audit.memory import (
    DANGER,
    MEASURE,
    STALE,
    Carried,
    Memory,
    carried,
    confirm,
    is_second,
    memory_of,
    session_before,
    take_places_again,
)
from diag.audit.places import add_place
from diag.audit.session import AuditSession
from diag.audit.undo import undo
from diag.journal import changes
from diag.model.audit import Answer, FollowUp
from diag.model.checklist import PEOPLE
from diag.model.enums import FollowUpState, PlaceKind, Provenance, State
from tests.audit.audited import audited_workspace, next_campaign
from tests.audit.builders import started

MONTHS = {"two": date(2026, 12, 5), "thirteen": date(2027, 11, 5)}


@pytest.fixture
def second(tmp_path: Path) -> Iterator[AuditSession]:
    with audited_workspace(tmp_path / "desk") as made:
        session = next_campaign(made)
        assert is_second(session)
        take_places_again(session)
        yield session


def parts(session: AuditSession, day: date = MONTHS["two"]) -> dict[str, Carried]:
    world = session.workspace.world
    session.workspace.world = replace(world, today=lambda: day)
    return {one.title: one for one in carried(session, before(session))}


def before(session: AuditSession) -> Memory:
    memory = memory_of(session)
    assert memory is not None
    return memory


def why(part: Carried) -> dict[str, str]:
    return {fact.question.id: fact.why for fact in part.stale}


def test_what_is_fresh_is_confirmed_at_once_and_undone_at_once(
    second: AuditSession,
) -> None:
    room = parts(second)["Classe CP"]
    known, untouched = len(second.facts.answers), dict(second.facts.answers)
    assert confirm(second, room) == len(room.known) > 10
    assert len(second.facts.answers) == known + len(room.known)
    for fact in room.known:
        (head,) = second.facts.answers[fact.key]
        assert (head.value, head.provenance) == (fact.answer.value, Provenance.CARRIED)
        assert head.reason or fact.question.whom in PEOPLE
    assert not {fact.key for fact in room.stale} & second.facts.answers.keys()
    after = parts(second)["Classe CP"]
    assert (after.known, after.stale) == ((), room.stale)
    assert after.confirmed == len(room.known)
    assert confirm(second, after) == 0
    assert str(len(room.known)) in undo(second)
    assert dict(second.facts.answers) == untouched


def test_dangers_old_measures_and_what_is_stale_are_asked_again(
    second: AuditSession,
) -> None:
    soon, late = (parts(second, day)["Classe CP"] for day in MONTHS.values())
    assert why(soon) == {"danger_electrique": DANGER}
    assert why(late)["danger_electrique"] == DANGER
    assert why(late)["anomalies_electriques"] == STALE
    measured = {
        fact.question.id
        for fact in soon.known
        if fact.answer.provenance is Provenance.MEASURED
    }
    assert measured
    assert {why(late)[one] for one in measured} == {MEASURE}
    assert {fact.key for fact in late.known} < {fact.key for fact in soon.known}
    assert "danger" in late.reasons
    assert "mesure" in late.reasons


def test_what_an_action_said_done_should_have_changed_is_asked_again(
    second: AuditSession,
) -> None:
    first = session_before(second)
    assert first is not None
    fresh = {fact.question.id for fact in parts(second)["Classe CP"].known}
    ident, gauge = next(
        (advice.id, gauge)
        for advice in second.checklist.recommendations.values()
        if (gauge := second.judge.gauges[advice.when.criterion]).names & fresh
        and gauge.criterion.place is PlaceKind.SALLE
    )

    def done(day: str) -> None:
        step = FollowUp(recommendation=ident, state=FollowUpState.FAITE, on=day)
        first.record(changes.followed(first.audit.id, step))

    done("2026-01-01")
    assert why(parts(second)["Classe CP"]) == {"danger_electrique": DANGER}
    done("2026-11-20")
    told = why(parts(second)["Classe CP"])
    assert told.keys() - {"danger_electrique"} == gauge.names & fresh
    assert f"suite « {gauge.criterion.title} » dite faite" in told.values()


def test_what_the_directory_says_otherwise_is_shown_as_moved(
    second: AuditSession,
) -> None:
    root, first = second.facts.root, session_before(second)
    assert first is not None
    record_answer(first, NewAnswer("nb_classes", 6))
    assert not parts(second)["Fichiers"].moved
    imported = Answer(State.KNOWN, 9, Provenance.IMPORTED, reason="effectifs")
    second.record(changes.answered(second.audit.id, root, "nb_classes", imported))
    (words,) = parts(second)["Fichiers"].moved
    moved = "Nombre de classes : 9 classes, 6 classes la dernière fois"
    assert words.replace("\u00a0", " ") == moved
    few = Answer(State.KNOWN, 2, Provenance.IMPORTED, reason="effectifs")
    second.record(changes.answered(second.audit.id, root, "nb_classes", few))
    (words,) = parts(second)["Fichiers"].moved
    assert words.replace("\u00a0", " ") == (
        "Nombre de classes : 2 classes, vous avez 6 salles de classe, "
        "6 classes la dernière fois"
    )


def test_a_new_room_is_named_and_a_part_above_its_whole_is_not_carried(
    second: AuditSession,
) -> None:
    add_place(second, PlaceKind.SALLE, "Préfabriqué")
    room = parts(second)["Préfabriqué"]
    assert (room.known, room.reasons) == ((), "nouveau lieu")
    record_answer(second, NewAnswer("prises_230v", 1, place="Classe CP"))
    assert why(parts(second)["Classe CP"])["prises_230v_tableau"] == "à vérifier"


def test_a_first_audit_and_one_begun_are_no_second_one(second: AuditSession) -> None:
    assert is_second(second)
    record_answer(second, NewAnswer("acces_internet", True))
    assert not is_second(second)
    assert not is_second(started(second.workspace, "9990211A"))
