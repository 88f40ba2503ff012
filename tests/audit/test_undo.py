"""Undoing: step after step, back to the beginning; what another wrote stays."""

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.audit import advising
from diag.audit.answer import NewAnswer, record_answer, record_note, toggle_flag
from diag.audit.fitting import choose_minutes
from diag.audit.follow import add_step, add_visit, move
from diag.audit.grid import duplicate
from diag.audit.history import changes_of
from diag.audit.places import (
    add_place,
    close_places,
    remove_place,
    rename_place,
)
from diag.audit.session import AuditSession
from diag.audit.undo import undo, undo_last
from diag.documents.questionnaire import compose, keep
from diag.journal import changes, subjects
from diag.journal.revision import Json, NewRevision
from diag.model.audit import Answer, Dispatch, FollowUp, Value, Visit, Way
from diag.model.enums import (
    Audience,
    AuditStatus,
    FollowUpState,
    Owner,
    PlaceKind,
    Profile,
    Provenance,
    State,
)
from diag.model.errors import DiagError
from diag.office.bundles import export_audit, import_audit
from tests.audit.audited import audited, audited_workspace
from tests.audit.builders import started, workspace
from tests.examples import examples


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

    room = session.find_place("classe cp")
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

    with pytest.raises(DiagError, match=r"quelqu.un d.autre.*\(Nombre de classes"):
        undo(session)

    assert value(session, "nb_classes") == 6


@examples(25, few=8)
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


FIBRE = "passer-a-la-fibre"
ROOMS = ("CP", "CE1", "CE2")


def answers(session: AuditSession, *questions: str) -> None:
    """Say three of each in every room, in one commit."""
    session.record(
        *(
            changes.answered(
                session.audit.id,
                next(
                    one.id for one in session.facts.places.values() if one.name == room
                ),
                question,
                Answer(State.KNOWN, 3, Provenance.OBSERVED),
            )
            for room in ROOMS
            for question in questions
        )
    )


@pytest.fixture
def advised(tmp_path: Path) -> Iterator[AuditSession]:
    with audited_workspace(tmp_path / "audited") as made:
        yield audited(made)


def say_everything(session: AuditSession) -> None:
    """Say one thing of each kind that the history tells."""
    (room, *_) = session.facts.places_of(PlaceKind.SALLE)
    audit, no = session.audit.id, str(UUID(int=7, version=4))
    record_note(session, "prises_rj45", "sous le tableau", room.name)
    toggle_flag(session, (room.id, "prises_rj45"))
    close_places(session, PlaceKind.SALLE, complete=False)
    advising.reword(session, FIBRE, Audience.MAIRIE, {"title": "La fibre"})
    advising.move(session, FIBRE, -1)
    advising.add_own(session, "Ranger le chariot", owner=Owner.ECOLE, euros="10")
    step = FollowUp(recommendation=FIBRE, state=FollowUpState.DECIDEE, on="2026-10-05")
    add_step(session, step)
    choose_minutes(session, 30)
    add_visit(session, date(2026, 10, 5), met=("le maire",))
    keep(session, compose(session, "direction")[1])
    session.record(
        changes.dispatched(
            audit,
            Dispatch(
                id=no,
                audience=Audience.EQUIPE,
                to=("a@rpi.example",),
                on="2026-10-05",
                way=Way.DRAFT,
            ),
        ),
        changes.answered(audit, room.id, "inconnue_ici", Answer(State.KNOWN, 3)),
        changes.ranked(audit, "inconnue-ici", 5),
    )
    remove_place(session, room.name)
    move(session, AuditStatus.SOUMIS)


@pytest.fixture
def rooms(session: AuditSession) -> AuditSession:
    for room in ROOMS:
        add_place(session, PlaceKind.SALLE, room)
    return session


def test_answers_given_in_one_go_are_counted_under_their_question(
    rooms: AuditSession,
) -> None:
    answers(rooms, "prises_rj45")
    assert undo(rooms) == "3 réponses, Prises réseau vues"


def test_answers_to_several_questions_are_counted(rooms: AuditSession) -> None:
    answers(rooms, "prises_rj45", "prises_230v")
    assert undo(rooms) == "6 réponses"


def test_a_room_made_like_another_is_told_with_its_answers(rooms: AuditSession) -> None:
    answers(rooms, "prises_rj45", "prises_230v")
    twin = duplicate(rooms, rooms.find_place("CE2"))
    assert undo(rooms) == f"salle « {twin.name} » et 2 réponses"


def test_two_answers_in_one_place_are_told_with_it(rooms: AuditSession) -> None:
    answers(rooms, "prises_rj45", "prises_230v")
    place = rooms.find_place("CE2").id
    rooms.record(
        changes.unanswered(rooms.audit.id, place, "prises_rj45"),
        changes.unanswered(rooms.audit.id, place, "prises_230v"),
    )
    assert undo(rooms) == "2 réponses (CE2)"


def test_an_answer_and_its_note_are_told_together(session: AuditSession) -> None:
    record_answer(session, NewAnswer("nb_classes", 4, note="dont une ULIS"))
    assert undo(session) == (
        "Nombre de classes : 4\N{NO-BREAK SPACE}classes "
        "et note de « Nombre de classes »"
    )


def test_a_place_named_otherwise_or_taken_away_is_told_by_its_name(
    rooms: AuditSession,
) -> None:
    rename_place(rooms, "CP", "Cours préparatoire")
    remove_place(rooms, "CE1")
    assert undo(rooms) == "retrait : salle « CE1 »"
    assert undo(rooms) == "nom : salle « Cours préparatoire »"
    assert undo(rooms) == "salle « CE2 »"


def test_a_day_on_site_its_correction_and_a_parcours_are_undone(
    session: AuditSession,
) -> None:
    visit = add_visit(session, date(2026, 10, 1))
    add_visit(session, date(2026, 10, 2), corrects=visit)
    choose_minutes(session, 90)
    assert undo(session) == "audit, durée de la visite : 90\u00a0min"
    assert session.profile is Profile.STANDARD
    assert undo(session) == "correction : visite du 02/10/2026"
    assert undo(session) == "visite du 01/10/2026"
    assert (session.visits, session.facts.visit_date) == ((), None)


def test_recommendations_are_told_by_their_titles(advised: AuditSession) -> None:
    fibre = "Raccorder l'école à la fibre"
    advising.reword(advised, FIBRE, Audience.MAIRIE, {"title": "La fibre"})
    assert undo(advised) == f"mots de « {fibre} » pour la mairie"
    advising.move(advised, FIBRE, -1)
    assert re.fullmatch(r"\d+ rangs de préconisations|rang de « .* »", undo(advised))
    own = advising.add_own(advised, "Ranger le chariot", owner=Owner.ECOLE)
    advising.remove_own(advised, own.id)
    assert undo(advised) == "retrait : préconisation ajoutée « Ranger le chariot »"
    assert undo(advised) == "préconisation ajoutée « Ranger le chariot »"


def test_no_line_of_the_history_shows_an_id_nor_a_value_as_it_is_kept(
    advised: AuditSession,
) -> None:
    say_everything(advised)
    known = {*advised.checklist.questions, *advised.checklist.recommendations}
    ids = {one for one in known if "-" in one or "_" in one}
    raw = {"decidee", "equipe", "ecole", "short", "known", "observed", "declared"}
    for change in changes_of(advised):
        words = f"{change.about} : {change.said}"
        assert not {*re.findall(r"[\w-]+", words)} & (ids | raw), words
        assert not re.search(r"\d{4}-\d\d-\d\d|_|\{'|\['", words), words


@pytest.mark.parametrize(
    ("value", "told"), [(True, "oui"), (3, "3"), (("a", "b"), "a, b"), (None, "Absent")]
)
def test_an_answer_to_a_question_that_no_checklist_here_asks_is_told_in_french(
    advised: AuditSession, value: Value, told: str
) -> None:
    state = State.REFUSED if value is None else State.KNOWN
    answer = Answer(state, value, reason="" if value else "Absent")
    advised.record(
        changes.answered(advised.audit.id, advised.facts.root, "ailleurs", answer)
    )

    (*_, last) = changes_of(advised)

    assert (last.about, last.said) == ("question d'autres grilles", told)


def test_an_answer_of_a_later_version_is_told_by_its_value(
    advised: AuditSession,
) -> None:
    asked = subjects.answer(advised.facts.root, "nb_classes")
    body: Json = {"state": "promised", "value": 7, "reason": ""}
    advised.record(NewRevision(advised.audit.id, asked, body, parents=()))

    (*_, last) = changes_of(advised)

    assert (last.about, last.said) == ("Nombre de classes", "7")


def test_two_visits_of_one_day_are_each_corrected(advised: AuditSession) -> None:
    day = date(2026, 10, 1)
    first, second = (
        Visit(id=str(UUID(int=number)), date=day.isoformat()) for number in (1, 2)
    )
    for visit in (first, second):
        advised.record(changes.visited(advised.audit.id, visit))

    add_visit(advised, day, met=("le maire",), corrects=second)

    assert [one.met for one in advised.visits if one.id == second.id] == [("le maire",)]
    with pytest.raises(DiagError, match="déjà notée"):
        add_visit(advised, day)
