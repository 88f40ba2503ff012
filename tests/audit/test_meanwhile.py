"""Two windows on one workspace: none replaces in silence what the other said."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from diag.audit import session as audits
from diag.audit.answer import NewAnswer, record_answer, record_note, toggle_flag
from diag.audit.history import ask_to_confirm, describe_concurrent
from diag.audit.places import add_place, remove_place, rename_place
from diag.audit.session import AuditSession, ConcurrentChange
from diag.audit.undo import undo
from diag.journal import changes
from diag.model.audit import Answer, Value
from diag.model.enums import PlaceKind, QuestionType, State
from diag.office.conflicts import contested_of, take
from diag.workspace.workspace import Workspace
from tests.audit.apart import pull, two_laptops
from tests.audit.builders import SCHOOL, started, workspace


@contextmanager
def two_windows(folder: Path) -> Iterator[tuple[AuditSession, AuditSession]]:
    """Open one audit twice, each in its own file handle; each asks, as screens do."""
    with workspace(folder) as made:
        started(made)
    with Workspace.open(folder) as one, Workspace.open(folder) as other:
        sessions = audits.open_session(one, SCHOOL), audits.open_session(other, SCHOOL)
        for session in sessions:
            session.asks_when_changed = True
            assert session.facts.root
        yield sessions


def say(session: AuditSession, question: str, value: object) -> None:
    record_answer(session, NewAnswer(question, value, sure=True))


def value_of(session: AuditSession, question: str) -> Value:
    session.catch_up()
    answer = session.facts.answer(session.facts.root, question)
    return answer.value if answer else None


def test_what_the_other_said_is_told_and_kept_until_one_confirms(
    tmp_path: Path,
) -> None:
    with two_windows(tmp_path) as (mine, other):
        say(other, "nb_classes", 12)
        with pytest.raises(ConcurrentChange) as refused:
            say(mine, "nb_classes", 8)
        assert "Nombre de classes" in ask_to_confirm(refused.value)
        assert "« 12\u00a0classes » (" in ask_to_confirm(refused.value)
        assert value_of(other, "nb_classes") == 12

        refused.value.write_anyway()
        assert value_of(other, "nb_classes") == 8


def test_what_one_has_read_is_replaced_unasked(tmp_path: Path) -> None:
    with two_windows(tmp_path) as (mine, other):
        say(other, "nb_classes", 12)
        assert value_of(mine, "nb_classes") == 12
        say(mine, "nb_classes", 8)
        assert value_of(other, "nb_classes") == 8


def test_another_question_is_read_again_and_asks_nothing(tmp_path: Path) -> None:
    with two_windows(tmp_path) as (mine, other):
        say(other, "nb_classes", 12)
        say(mine, "nb_eleves", 240)
        answer = mine.facts.answer(mine.facts.root, "nb_classes")
        assert answer is not None
        assert answer.value == 12


def test_the_same_answer_twice_asks_nothing(tmp_path: Path) -> None:
    with two_windows(tmp_path) as (mine, other):
        say(other, "nb_classes", 12)
        say(mine, "nb_classes", 12)
        assert value_of(other, "nb_classes") == 12


def test_a_note_changed_meanwhile_is_asked_about(tmp_path: Path) -> None:
    with two_windows(tmp_path) as (mine, other):
        record_note(other, "nb_classes", "deux en préfabriqué")
        with pytest.raises(ConcurrentChange) as refused:
            record_note(mine, "nb_classes", "trois en préfabriqué")
        assert "« deux en préfabriqué »" in describe_concurrent(refused.value)


def names(session: AuditSession) -> set[str]:
    session.catch_up()
    return {one.name for one in session.facts.places_of(PlaceKind.SALLE)}


def two_with_a_room(mine: AuditSession, other: AuditSession) -> None:
    add_place(mine, PlaceKind.SALLE, "Classe CP")
    assert names(other) == names(mine) == {"Classe CP"}


def test_a_place_renamed_meanwhile_is_asked_about(tmp_path: Path) -> None:
    with two_windows(tmp_path) as (mine, other):
        two_with_a_room(mine, other)
        rename_place(other, "Classe CP", "Classe 1")
        with pytest.raises(ConcurrentChange) as refused:
            rename_place(mine, "Classe CP", "Classe bleue")
        assert (
            "« Classe CP » a été renommé « Classe 1 » entre-temps ("
            in describe_concurrent(refused.value)
        )
        assert names(other) == {"Classe 1"}

        refused.value.write_anyway()
        assert names(other) == {"Classe bleue"}


def test_a_place_is_not_taken_away_unasked_when_it_was_renamed_meanwhile(
    tmp_path: Path,
) -> None:
    with two_windows(tmp_path) as (mine, other):
        two_with_a_room(mine, other)
        rename_place(other, "Classe CP", "Classe 1")
        with pytest.raises(ConcurrentChange) as refused:
            remove_place(mine, "Classe CP")
        assert "« Classe 1 »" in describe_concurrent(refused.value)
        assert names(other) == {"Classe 1"}


def test_a_place_taken_away_meanwhile_is_asked_about(tmp_path: Path) -> None:
    with two_windows(tmp_path) as (mine, other):
        two_with_a_room(mine, other)
        remove_place(other, "Classe CP")
        with pytest.raises(ConcurrentChange) as refused:
            rename_place(mine, "Classe CP", "Classe bleue")
        assert "a été retiré entre-temps" in describe_concurrent(refused.value)
        assert not names(other)


def test_two_windows_each_add_a_place_and_nothing_is_asked(tmp_path: Path) -> None:
    with two_windows(tmp_path) as (mine, other):
        two_with_a_room(mine, other)
        add_place(other, PlaceKind.SALLE, "Classe CE1")
        add_place(mine, PlaceKind.SALLE, "Classe CE2")
        assert names(other) == {"Classe CP", "Classe CE1", "Classe CE2"}


def test_many_cells_changed_meanwhile_are_counted(tmp_path: Path) -> None:
    with two_windows(tmp_path) as (mine, other):
        root, audit = mine.facts.root, mine.audit.id
        asked = [
            each.id
            for each in mine.checklist.questions.values()
            if each.type is QuestionType.BOOLEAN and each.place is PlaceKind.ECOLE
        ][:5]
        for question in asked:
            say(other, question, "o")
        no = Answer(State.KNOWN, value=False)
        drafts = [changes.answered(audit, root, each, no) for each in asked]
        with pytest.raises(ConcurrentChange) as refused:
            mine.record(*drafts)
        assert "Et 2 autres." in describe_concurrent(refused.value)
        assert [value_of(other, each) for each in asked] == [True] * 5


def test_another_audit_or_a_setting_changes_nothing_here(tmp_path: Path) -> None:
    with two_windows(tmp_path) as (mine, other):
        other.workspace.keep_settings(other.workspace.settings)
        assert not mine.catch_up()
        toggle_flag(other, (other.facts.root, "nb_classes"))
        assert mine.catch_up()
        assert not mine.catch_up()


def test_a_command_does_not_ask(tmp_path: Path) -> None:
    with two_windows(tmp_path) as (mine, other):
        mine.asks_when_changed = False
        say(other, "nb_classes", 12)
        say(mine, "nb_classes", 8)
        assert value_of(other, "nb_classes") == 8


def test_settling_what_was_shown_asks_nothing_and_what_came_since_is_asked_about(
    tmp_path: Path,
) -> None:
    with two_laptops(tmp_path) as (mine, theirs):
        read = audits.open_session(mine.workspace, SCHOOL)
        read.asks_when_changed = True
        assert read.facts.root
        with Workspace.open(mine.workspace.folder) as window:
            other = audits.open_session(window, SCHOOL)
            say(other, "nb_classes", 5)
            say(theirs, "nb_classes", 6)
            pull(other, theirs)
            (shown,) = contested_of(read)
            letters = {one.words[0]: one.letter for one in shown.candidates}
            take(shown, letters["6"])
            assert value_of(other, "nb_classes") == 6

            undo(read)
            (shown,) = contested_of(read)
            say(other, "nb_classes", 7)
            with pytest.raises(ConcurrentChange) as refused:
                take(shown, letters["6"])
            assert "« 7" in describe_concurrent(refused.value)
            assert value_of(other, "nb_classes") == 7
