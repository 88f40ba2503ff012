import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diag.audit.answer import NewAnswer, record_answer, record_note
from diag.audit.places import add_place, close_places, find_place, remove_place
from diag.audit.session import AuditSession
from diag.audit.transfer import export_audit, import_audit
from diag.audit.undo import undo, undo_last
from diag.model.enums import PlaceKind
from diag.model.errors import DiagError
from tests.audit.builders import started, workspace


def value(session: AuditSession, question: str) -> object:
    answer = session.facts.answer(session.facts.root, question)
    return answer.value if answer else None


def test_undoing_step_after_step_goes_back_to_the_beginning(
    session: AuditSession,
) -> None:
    record_answer(session, NewAnswer("nb_classes", 4))
    record_answer(session, NewAnswer("nb_classes", 5))
    add_place(session, PlaceKind.SALLE, "Classe CP")
    close_places(session, PlaceKind.SALLE)

    undo(session)
    assert session.facts.closed == frozenset()
    undo(session)
    assert session.facts.places_of(PlaceKind.SALLE) == ()
    undo(session)
    assert value(session, "nb_classes") == 4
    undo(session)
    assert value(session, "nb_classes") is None
    with pytest.raises(DiagError, match="Rien à annuler"):
        undo(session)


def test_what_is_said_after_an_undo_can_be_undone_in_turn(
    session: AuditSession,
) -> None:
    record_answer(session, NewAnswer("nb_classes", 4))
    record_answer(session, NewAnswer("nb_classes", 5))
    undo(session)
    record_answer(session, NewAnswer("nb_classes", 7))

    undo(session)

    assert value(session, "nb_classes") == 4


def test_a_removed_room_comes_back_with_its_answers(session: AuditSession) -> None:
    add_place(session, PlaceKind.SALLE, "Classe CP")
    record_answer(session, NewAnswer("type_salle", "classe", place="Classe CP"))
    remove_place(session, "Classe CP")

    undo(session)

    room = find_place(session, "classe cp")
    answer = session.facts.answer(room.id, "type_salle")
    assert answer is not None
    assert answer.value == "classe"


def test_a_note_is_undone_before_the_answer_that_it_goes_with(
    session: AuditSession,
) -> None:
    record_answer(session, NewAnswer("nb_classes", 4, note="dont une ULIS"))
    record_note(session, "nb_classes", "")

    undo(session)

    assert list(session.facts.notes.values()) == [("dont une ULIS",)]


def test_undo_refuses_to_take_back_what_a_colleague_changed_since(
    session: AuditSession, tmp_path: Path
) -> None:
    record_answer(session, NewAnswer("nb_classes", 4))
    export_audit(session, tmp_path / "a.json")
    with workspace(tmp_path / "other", author="u-2", seed=2) as other:
        theirs, _ = import_audit(other, tmp_path / "a.json")
        record_answer(theirs, NewAnswer("nb_classes", 6))
        export_audit(theirs, tmp_path / "b.json")
    import_audit(session.workspace, tmp_path / "b.json")
    session.catch_up()

    with pytest.raises(DiagError, match="quelqu'un d'autre"):
        undo(session)

    assert value(session, "nb_classes") == 6


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 9) | st.none(), max_size=12))
def test_undo_is_a_stack_of_changes(
    tmp_path_factory: pytest.TempPathFactory, said: list[int | None]
) -> None:
    """None stands for an undo; the model is a list."""
    with workspace(tmp_path_factory.mktemp("stack")) as made:
        session = started(made)
        model: list[int] = []
        for one in said:
            if one is not None and model[-1:] != [one]:
                record_answer(session, NewAnswer("nb_classes", one))
                model.append(one)
            elif one is None and model:
                undo(session)
                model.pop()
            assert value(session, "nb_classes") == (model[-1] if model else None)


def test_what_was_said_in_one_go_is_taken_back_in_one_go(session: AuditSession) -> None:
    record_answer(session, NewAnswer("nb_classes", 4))
    record_answer(session, NewAnswer("nb_classes", 5, note="dont une ULIS"))

    assert len(undo_last(session)) == 2
    assert (value(session, "nb_classes"), session.facts.notes) == (4, {})
    undo(session)
    assert value(session, "nb_classes") is None


@pytest.fixture
def far_east(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Be where it is tomorrow already."""
    if not hasattr(time, "tzset"):
        pytest.skip("a machine whose time zone is not told by its environment")
    monkeypatch.setenv("TZ", "EAST-16")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("far_east")
def test_what_was_said_today_where_one_works_is_undone_unasked(
    session: AuditSession,
) -> None:
    world = session.workspace.world
    session.workspace.world = replace(world, today=lambda: date(2026, 10, 6))
    session.asks_when_changed = True
    record_answer(session, NewAnswer("nb_classes", 5))

    undo(session)

    assert value(session, "nb_classes") is None
