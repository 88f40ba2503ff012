"""One gesture: several facts in one commit, all taken back together."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from diag.answers.answer_type import Refused
from diag.assess.questions import next_questions, relevant_questions
from diag.audit.answer import NewAnswer, record_answer, toggle_flag
from diag.audit.findings import UNREPORTED, danger_report, danger_seen
from diag.audit.grid import GridSheet, fill
from diag.audit.places import add_place
from diag.audit.session import AuditSession
from diag.audit.undo import undo
from diag.audit.visit import VisitSession
from diag.audit.walk import left_to_ask, walk_of
from diag.model.audit import Value
from diag.model.enums import PlaceKind, Provenance, State
from diag.model.text import fold
from tests.audit.builders import started, workspace


@pytest.fixture
def session(tmp_path: Path) -> Iterator[AuditSession]:
    with workspace(tmp_path) as made:
        yield started(made)


def value(session: AuditSession, question: str, place: str = "") -> Value:
    head = session.facts.answer(place or session.facts.root, question)
    return head.value if head else None


def asked(session: AuditSession) -> set[str]:
    return {
        stop.question.id for stop in walk_of(session.facts, session.checklist).stops
    }


def test_a_choice_writes_what_it_says_and_undo_takes_both_back(
    session: AuditSession,
) -> None:
    revisions = len([*session.revisions()])
    record_answer(session, NewAnswer("technologie_acces", "aucun"))
    assert value(session, "technologie_acces") == "aucun"
    assert value(session, "acces_internet") is False
    assert len([*session.revisions()]) == revisions + 2
    undo(session)
    assert value(session, "technologie_acces") is None
    assert value(session, "acces_internet") is None


def test_any_other_choice_says_that_there_is_one(session: AuditSession) -> None:
    told = NewAnswer("technologie_acces", "ftth", provenance=Provenance.OBSERVED)
    record_answer(session, told)
    head = session.facts.answer(session.facts.root, "acces_internet")
    assert head is not None
    assert head.value is True
    assert head.provenance in session.checklist.questions["acces_internet"].provenance


def test_a_date_says_that_there_was_an_order(session: AuditSession) -> None:
    record_answer(session, NewAnswer("technologie_acces", "cuivre"))
    record_answer(session, NewAnswer("raccordement_fibre", "2027-03-01"))
    assert value(session, "fibre_commandee") is True


def test_no_and_unknown_say_nothing_else(session: AuditSession) -> None:
    record_answer(session, NewAnswer("wifi_classes", "non"))
    record_answer(session, NewAnswer("technologie_acces", state=State.UNKNOWN))
    assert value(session, "wifi_present") is None
    assert value(session, "acces_internet") is None


def test_what_is_known_is_not_written_again(session: AuditSession) -> None:
    record_answer(session, NewAnswer("acces_internet", "oui"))
    revisions = len([*session.revisions()])
    record_answer(session, NewAnswer("technologie_acces", "ftth"))
    assert len([*session.revisions()]) == revisions + 1


def test_two_counts_are_typed_at_once(session: AuditSession) -> None:
    room, _ = add_place(session, PlaceKind.SALLE, "CP")
    record_answer(session, NewAnswer("prises_230v_tableau", "2 + 6", room.id))
    assert value(session, "prises_230v_tableau", room.id) == 2
    assert value(session, "prises_230v", room.id) == 6
    undo(session)
    assert value(session, "prises_230v_tableau", room.id) is None
    assert value(session, "prises_230v", room.id) is None


def test_a_part_above_the_whole_typed_with_it_is_refused(
    session: AuditSession,
) -> None:
    room, _ = add_place(session, PlaceKind.SALLE, "CP")
    with pytest.raises(Refused, match="6"):
        record_answer(session, NewAnswer("prises_230v_tableau", "8 + 6", room.id))
    assert value(session, "prises_230v", room.id) is None


def test_the_fiche_takes_both_and_says_that_it_does(session: AuditSession) -> None:
    visiting = VisitSession(session, (session.facts.root, "nb_maitres_formes"))
    whole = session.checklist.questions["nb_maitres"]
    assert visiting.card.together == (whole.label,)
    visiting.answer("3 + 7")
    assert value(session, "nb_maitres_formes") == 3
    assert value(session, "nb_maitres") == 7
    visiting.undo()
    assert value(session, "nb_maitres") is None


def test_what_a_choice_says_is_asked_through_it(session: AuditSession) -> None:
    assert "acces_internet" not in asked(session)
    through = {
        each.question.id: each
        for each in relevant_questions(session.facts, session.checklist)
    }
    assert through["technologie_acces"].relevant is True
    ranked = next_questions(session.facts, session.checklist, 1_000)
    urgency = {each.question.id: each.urgency for each in ranked}
    assert "acces_internet" not in urgency
    assert urgency["technologie_acces"] <= 2
    assert "acces_internet" in {
        each.id for each in left_to_ask(session, everything=True)
    }
    record_answer(session, NewAnswer("technologie_acces", "aucun"))
    assert "acces_internet" in asked(session)
    record_answer(session, NewAnswer("acces_internet", "oui"))
    assert {"acces_internet", "technologie_acces"} <= asked(session)


def test_a_flag_keeps_it_in_sight(session: AuditSession) -> None:
    toggle_flag(session, (session.facts.root, "acces_internet"))
    assert "acces_internet" in asked(session)


def test_a_cell_of_the_grid_writes_the_gesture_too(session: AuditSession) -> None:
    sheet = GridSheet(session, PlaceKind.ECOLE)
    entry = NewAnswer("coffret_reseau", "pas_de_cablage")
    fill(session, sheet, [(session.facts.root, "coffret_reseau")], entry)
    assert value(session, "reseau_cable") is False


def test_a_word_says_two_facts_where_a_yes_is_asked(session: AuditSession) -> None:
    room, _ = add_place(session, PlaceKind.SALLE, "CP")
    visiting = VisitSession(session, (room.id, "danger_electrique"))
    assert str(visiting.answer("fils")) == "Danger électrique immédiat\u00a0: non"
    assert value(session, "danger_electrique", room.id) is False
    assert value(session, "anomalies_electriques", room.id) == 1
    visiting.undo()
    assert value(session, "anomalies_electriques", room.id) is None
    record_answer(session, NewAnswer("danger_electrique", "rien_vu", room.id))
    assert value(session, "anomalies_electriques", room.id) == 0


def test_a_danger_asks_to_whom_it_was_reported(session: AuditSession) -> None:
    """What was answered is printed beside it; nothing is when nobody noted it."""
    room, _ = add_place(session, PlaceKind.SALLE, "CP")
    visiting = VisitSession(session, (room.id, "danger_electrique"))
    asks = {"danger_signale", "danger_signale_le"}
    visiting.answer("n")
    assert not asks & asked(session)
    visiting.undo()
    visiting.answer("o")
    assert asks <= asked(session)
    assert danger_report(session, room.id).words == UNREPORTED
    VisitSession(session, (room.id, "danger_signale")).answer("12")
    spoken = "Signalé à la direction de l'école et à la mairie"
    assert danger_report(session, room.id).words == f"{spoken}, jour non noté."
    record_answer(session, NewAnswer("danger_signale_le", "2026-10-05", room.id))
    assert danger_report(session, room.id).words == f"{spoken}, le 5 octobre 2026."
    (danger,) = session.assessment.dangers
    line = str(danger_seen(session, session.observations, danger))
    assert line.startswith("Danger électrique immédiat. Signalé à la direction")


def test_a_word_leaves_a_number_that_has_no_sense(session: AuditSession) -> None:
    record_answer(session, NewAnswer("wifi_classes", "oui"))
    record_answer(session, NewAnswer("bande_5ghz", "oui"))
    room, _ = add_place(session, PlaceKind.SALLE, "CP")
    record_answer(session, NewAnswer("type_salle", "classe", room.id))
    record_answer(session, NewAnswer("wifi_capte", "oui", room.id))
    visiting = VisitSession(session, (room.id, "signal_wifi"))
    assert visiting.stop.relevant is True
    visiting.answer("pas de 5")
    assert value(session, "wifi_5ghz_salle", room.id) is False
    assert value(session, "signal_wifi", room.id) is None


def test_no_word_begins_as_a_key_of_yes_or_no(session: AuditSession) -> None:
    for question in session.checklist.questions.values():
        for word in question.words:
            assert fold(word.label[:1]) not in {"o", "n", "a"}, question.id
            assert not word.label[:1].isdigit()
