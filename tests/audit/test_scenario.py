"""Stories of the demonstration: a place's answers are recorded in one go."""

from datetime import date

import pytest

from diag.audit.session import AuditSession
from diag.demo.stories import OnSite, Somewhere, Story, play
from diag.journal.subjects import answer, note
from diag.model.enums import AuditStatus, PlaceKind
from diag.model.errors import DiagError
from tests.audit.builders import SCHOOL


def story(**answers: object) -> Story:
    visit = OnSite(date=date(2026, 9, 1), present=(), met=(), authorisation="")
    room = Somewhere.model_validate({
        "kind": PlaceKind.SALLE,
        "name": "CP",
        "answers": answers,
    })
    return Story(
        uai=SCHOOL,
        visits=(visit,),
        answers={"nb_classes": {"value": 5, "note": "Cinq et demie."}},
        places=(room,),
        closed=(),
        status=AuditStatus.EN_COURS,
    )


def test_the_answers_and_notes_of_a_place_are_one_gesture(
    session: AuditSession,
) -> None:
    play(session, story(type_salle="classe", niveau_salle="elementaire"))
    subject_of = {each.id: each.subject for each in session.revisions()}
    gestures = {
        frozenset(subject_of[each] for each in session.same_gesture(one))
        for one in subject_of
    }
    (room,) = session.facts.places_of(PlaceKind.SALLE)
    root = session.facts.root
    assert {answer(room.id, "type_salle"), answer(room.id, "niveau_salle")} in gestures
    assert {answer(root, "nb_classes"), note(root, "nb_classes")} in gestures


def test_an_answer_in_the_wrong_place_refuses_all_those_of_the_place(
    session: AuditSession,
) -> None:
    with pytest.raises(DiagError, match="nb_classes ne se répond pas pour « CP »"):
        play(session, story(type_salle="classe", nb_classes=5))
    (room,) = session.facts.places_of(PlaceKind.SALLE)
    assert [key for key in session.facts.answers if key[0] == room.id] == []
