from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from diag.audit import session as audits
from diag.audit.answer import NewAnswer, record_answer, record_note
from diag.audit.card import QuestionCard, card_of
from diag.audit.memory import age, memory_of, still_true
from diag.audit.places import add_place
from diag.audit.session import AuditSession
from diag.audit.walk import walk_of
from diag.model.enums import PlaceKind, Provenance, State
from diag.model.errors import DiagError
from diag.office.bundles import export_audit, import_audit
from diag.workspace.workspace import Workspace
from tests.audit.apart import meet, two_laptops
from tests.audit.builders import SCHOOL, started, workspace


def card(session: AuditSession, question: str, place: str = "") -> QuestionCard:
    stop = walk_of(session.facts, session.checklist).stop((
        place or session.facts.root,
        question,
    ))
    assert stop is not None
    return card_of(session, stop, memory_of(session))


def connected(session: AuditSession) -> None:
    record_answer(session, NewAnswer("acces_internet", "o"))


def test_an_answer_is_told_with_how_it_is_known_and_by_whom(
    session: AuditSession,
) -> None:
    connected(session)
    record_answer(session, NewAnswer("debit_descendant", "42"))
    (said,) = card(session, "debit_descendant").said
    assert said.words == "42\u00a0Mbit/s"
    assert (said.how, said.who) == ("mesuré", "u-1")


def test_thresholds_that_read_this_fact_alone_hold_todays_answer(
    session: AuditSession,
) -> None:
    connected(session)
    record_answer(session, NewAnswer("debit_descendant", "150"))
    scale = next(
        each for each in card(session, "debit_descendant").scales if each.alone
    )
    assert [each.asks for each in scale.thresholds] == [
        "au moins 500\u00a0Mbit/s",
        "au moins 100\u00a0Mbit/s",
        "au moins 30\u00a0Mbit/s",
        "sinon",
    ]
    assert scale.level == 2
    assert scale.sources


def test_an_unanswered_scale_places_nothing(session: AuditSession) -> None:
    connected(session)
    scale = next(
        each for each in card(session, "debit_descendant").scales if each.alone
    )
    assert (scale.level, scale.low, scale.high) == (None, 0, 3)


def test_a_rule_that_reads_other_facts_is_told_in_words(session: AuditSession) -> None:
    connected(session)
    mixed = [
        each for each in card(session, "debit_descendant").scales if not each.alone
    ]
    assert any("Nombre d'appareils" in each.thresholds[0].asks for each in mixed), mixed


def test_the_history_says_who_changed_what_into_what(session: AuditSession) -> None:
    record_answer(session, NewAnswer("nb_batiments", "1"))
    record_answer(session, NewAnswer("nb_batiments", "2"))
    first, second = card(session, "nb_batiments").trail
    assert first.before == ""
    assert (second.before, second.after) == ("1\u00a0bâtiment", "2\u00a0bâtiments")


def test_what_was_declared_and_measured_apart_is_a_divergence(
    session: AuditSession,
) -> None:
    connected(session)
    record_answer(
        session, NewAnswer("debit_descendant", "100", provenance=Provenance.DECLARED)
    )
    assert card(session, "debit_descendant").diverging == ()
    record_answer(
        session, NewAnswer("debit_descendant", "12", provenance=Provenance.MEASURED)
    )
    measured, declared = card(session, "debit_descendant").diverging
    assert measured.startswith("mesuré : 12\u00a0Mbit/s")
    assert declared.startswith("déclaré : 100\u00a0Mbit/s")


def test_a_conflict_shows_its_candidates_and_what_both_started_from(
    tmp_path: Path,
) -> None:
    with (
        workspace(tmp_path / "a") as one,
        workspace(tmp_path / "b", author="u-2", seed=2) as two,
    ):
        here = started(one)
        record_answer(here, NewAnswer("nb_batiments", "1"))
        bundle = tmp_path / "audit.json"
        export_audit(here, bundle)
        import_audit(two, bundle)
        there = started(two)
        record_answer(here, NewAnswer("nb_batiments", "2"))
        record_answer(there, NewAnswer("nb_batiments", "3"))
        export_audit(there, bundle)
        import_audit(one, bundle)
        here.catch_up()
        shown = card(here, "nb_batiments")
    assert shown.in_conflict
    assert {each.words for each in shown.said} == {
        "2\u00a0bâtiments",
        "3\u00a0bâtiments",
    }
    assert shown.base == "1\u00a0bâtiment"


def test_the_previous_audit_answers_again_in_one_gesture(desk: Workspace) -> None:
    before = audits.start(desk, SCHOOL, "2025-2026")
    record_answer(before, NewAnswer("nb_batiments", "2"))
    now = started(desk)
    shown = card(now, "nb_batiments")
    assert shown.last_words.startswith("2\u00a0bâtiments, constaté, ")
    assert "2025-2026" in shown.last_words
    question = now.checklist.questions["nb_batiments"]
    still_true(now, memory_of(now), now.facts.root, question)
    answer = now.facts.answer(now.facts.root, "nb_batiments")
    assert answer is not None
    assert (answer.value, answer.provenance) == (2, Provenance.CARRIED)


def test_rooms_of_two_audits_meet_by_their_names(desk: Workspace) -> None:
    before = audits.start(desk, SCHOOL, "2025-2026")
    room, _ = add_place(before, PlaceKind.SALLE, "Classe CP")
    record_answer(before, NewAnswer("type_salle", "classe", place=room.id))
    now = started(desk)
    same, _ = add_place(now, PlaceKind.SALLE, "classe cp")
    other, _ = add_place(now, PlaceKind.SALLE, "CE1")
    assert card(now, "type_salle", same.id).last is not None
    assert card(now, "type_salle", other.id).last is None


def test_without_a_previous_audit_there_is_nothing_to_repeat(
    session: AuditSession,
) -> None:
    question = session.checklist.questions["nb_batiments"]
    with pytest.raises(DiagError, match="Pas de réponse à reprendre"):
        still_true(session, memory_of(session), session.facts.root, question)


def test_an_unknown_last_time_is_not_to_be_repeated(desk: Workspace) -> None:
    before = audits.start(desk, SCHOOL, "2025-2026")
    record_answer(before, NewAnswer("nb_batiments", state=State.UNKNOWN))
    assert card(started(desk), "nb_batiments").last is None


def test_an_answer_too_old_is_to_be_asked_again(session: AuditSession) -> None:
    record_answer(session, NewAnswer("nb_classes", "6"))
    world = session.workspace.world
    assert card(session, "nb_classes").stale == ""
    session.workspace.world = replace(world, today=lambda: date(2028, 10, 5))
    assert card(session, "nb_classes").stale.endswith("à redemander")


def test_notes_are_on_the_card(session: AuditSession) -> None:
    record_note(session, "nb_batiments", "vu [/] au plan")
    assert card(session, "nb_batiments").notes == ("vu [/] au plan",)


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (date(2026, 10, 5), "aujourd'hui"),
        (date(2026, 10, 4), "hier"),
        (date(2026, 9, 20), "il y a 15 jours"),
        (date(2025, 11, 5), "il y a 11 mois"),
        (date(2025, 11, 6), "il y a 10 mois"),
        (date(2023, 10, 5), "il y a 3 ans"),
    ],
)
def test_an_age_is_told_as_one_says_it(day: date, told: str) -> None:
    assert age(day, date(2026, 10, 5)) == told


def test_what_must_be_there_first_is_told_with_what_its_absence_gives(
    session: AuditSession,
) -> None:
    connected(session)
    read = card(session, "debit_descendant").scales
    assert {each.given for each in read if each.given} == {
        "Accès à Internet en service : oui, sinon insuffisant"
    }
    gate = card(session, "acces_internet").scales
    behind = [each for each in gate if each.criterion.id == "debit-descendant"]
    assert [each.given for each in behind] == ["oui, sinon insuffisant"]


def test_a_shut_gate_gives_the_lowest_level(session: AuditSession) -> None:
    record_answer(session, NewAnswer("acces_internet", "n"))
    gate = card(session, "acces_internet").scales
    behind = [each for each in gate if each.criterion.id == "debit-descendant"]
    assert [(each.level, each.now) for each in behind] == [(0, "niveau insuffisant")]


def test_what_two_said_apart_alike_is_confirmed_by_two(tmp_path: Path) -> None:
    """However each knows it: state and value are the same, nothing is to settle."""
    with two_laptops(tmp_path) as (mine, theirs):
        for each in (mine, theirs):
            record_answer(each, NewAnswer("acces_internet", "o"))
        (alone,) = card(mine, "acces_internet").said
        meet(mine, theirs)
        (both,) = card(mine, "acces_internet").said
        record_answer(mine, NewAnswer("acces_internet", "n"))
        (anew,) = card(mine, "acces_internet").said

    assert [one.confirmed for one in (alone, both, anew)] == ["", "confirmé par 2", ""]
