from dataclasses import replace
from datetime import date

import pytest

from diag.answers.answer_type import Refused
from diag.audit.answer import NewAnswer, UnlikelyAnswer, record_answer
from diag.audit.forms import FormRow, field_value
from diag.audit.places import add_place
from diag.audit.proposals import accept, proposal_id, propose
from diag.audit.session import AuditSession
from diag.audit.visit import (
    VisitSession,
    duration_words,
    is_unplanned,
    keep_place,
    kept_place,
    minutes_on_site,
)
from diag.model.audit import Proposal
from diag.model.enums import PlaceKind, ProposalSource, Provenance, State
from diag.model.errors import DiagError


def at(session: AuditSession, question: str) -> VisitSession:
    return VisitSession(session, (session.facts.root, question))


def test_a_visit_starts_at_the_first_question_left(session: AuditSession) -> None:
    assert VisitSession(session).stop.is_left


def test_the_same_text_given_again_after_a_doubt_is_sure(session: AuditSession) -> None:
    visiting = at(session, "nb_batiments")
    with pytest.raises(UnlikelyAnswer) as doubt:
        visiting.answer("19")
    assert doubt.value.plain_problem.endswith("paraît élevé (d'habitude jusqu'à 5).")
    assert str(visiting.answer("19")) == "Bâtiments à relier\u00a0: 19\u00a0bâtiments"


def test_another_text_after_a_doubt_is_doubted_anew(session: AuditSession) -> None:
    visiting = at(session, "nb_batiments")
    for text in ("19", "18", "19"):
        with pytest.raises(UnlikelyAnswer):
            visiting.answer(text)
    assert visiting.card.answer is None


def test_a_refusal_writes_nothing(session: AuditSession) -> None:
    visiting = at(session, "nb_batiments")
    with pytest.raises(Refused) as refused:
        visiting.answer("x")
    assert refused.value.plain.startswith("« x » n'est pas un nombre")
    assert visiting.card.answer is None


def test_a_council_to_come_is_dated_without_its_year(session: AuditSession) -> None:
    assert at(session, "prochain_conseil").answer("4/10").answer == "4 octobre 2027"
    said = NewAnswer("prochain_conseil", "demain", typed=True)
    assert record_answer(session, said).answer.value == "2026-10-06"


def test_a_page_says_a_day_in_short_where_it_is_known_when(
    session: AuditSession,
) -> None:
    row = FormRow(question="prochain_conseil", value="4/10")
    asked = session.checklist.questions[row.question]
    assert field_value(asked, row, date(2026, 11, 29)) == "2027-10-04"
    with pytest.raises(Refused, match="ne dit pas l'année"):
        field_value(asked, row, None)


def test_what_is_typed_was_not_imported(session: AuditSession) -> None:
    assert at(session, "nb_classes").provenance is Provenance.DECLARED


def test_another_provenance_is_applied_to_the_answer_by_confirming(
    session: AuditSession,
) -> None:
    visiting = at(session, "nb_batiments")
    visiting.answer("2")
    assert visiting.confirm() is None
    visiting.next_provenance()
    said = visiting.confirm()
    assert said is not None
    assert said.answer.endswith("déclaré")
    answer = visiting.card.answer
    assert answer is not None
    assert (answer.value, answer.provenance) == (2, Provenance.DECLARED)


def test_undo_goes_where_it_was_said(session: AuditSession) -> None:
    visiting = at(session, "nb_batiments")
    visiting.answer("2")
    visiting.onward()
    assert visiting.undo() == "Bâtiments à relier : 2\u00a0bâtiments"
    assert visiting.key[1] == "nb_batiments"


def test_undo_names_a_room_a_note_a_flag_and_a_list(session: AuditSession) -> None:
    visiting = at(session, "nb_batiments")
    add_place(session, PlaceKind.SALLE, "CP")
    assert visiting.undo() == "salle « CP »"
    visiting.note("vu")
    assert visiting.undo() == "École primaire Les Marronniers, observation « vu »"
    visiting.flag()
    assert visiting.undo() == "« à revoir » de « Bâtiments à relier »"


def test_a_question_that_does_not_apply_cannot_be_gone_to(
    session: AuditSession,
) -> None:
    visiting = VisitSession(session)
    with pytest.raises(DiagError, match="ne se pose pas ici"):
        visiting.go((session.facts.root, "type_salle"))


def test_when_its_question_no_longer_applies_the_visit_stands_elsewhere(
    session: AuditSession,
) -> None:
    visiting = at(session, "nb_classes")
    visiting.key = (session.facts.root, "type_salle")
    assert visiting.stop.question.id != "type_salle"


def test_it_resumes_where_one_was_or_after_a_later_answer(
    session: AuditSession,
) -> None:
    visiting = at(session, "nb_batiments")
    keep_place(session, visiting.key)
    assert kept_place(session, visiting.walk) == visiting.key
    visiting.answer_without_value(State.REFUSED, "")
    visiting.onward()
    assert kept_place(session, visiting.walk) == visiting.key


def test_it_resumes_at_a_question_answered_again_on_the_spot(
    session: AuditSession,
) -> None:
    visiting = at(session, "nb_batiments")
    keep_place(session, visiting.key)
    world = session.workspace.world
    later = world.clock() + 60_000
    session.workspace.world = replace(world, clock=lambda: later)
    visiting.answer("2")
    keep_place(session, visiting.key)
    assert VisitSession(session).key == visiting.key


def test_it_resumes_at_a_question_that_so_short_a_visit_does_not_ask(
    session: AuditSession,
) -> None:
    long = VisitSession(session)
    long.choose(90)
    everything = {stop.key for stop in long.walk.stops}
    long.choose(30)
    brief = {stop.key for stop in VisitSession(session).walk.stops}
    outside = min(everything - brief)
    keep_place(session, outside)
    assert VisitSession(session).key == outside


def test_the_clock_starts_at_the_first_answer_of_the_day(session: AuditSession) -> None:
    world = session.workspace.world
    visiting = at(session, "nb_batiments")
    visiting.answer("2")
    started = visiting.card.answer
    assert started is not None
    session.workspace.world = replace(world, clock=lambda: started.at + 65 * 60_000)
    assert (minutes_on_site(session) or 0) >= 65
    session.workspace.world = replace(world, clock=lambda: started.at + 86_400_000)
    assert minutes_on_site(session) is None


def test_a_form_accepted_at_the_office_is_no_minute_on_site_and_leaves_the_plan(
    session: AuditSession,
) -> None:
    add_place(session, PlaceKind.SALLE, "Classe 1")
    root = session.facts.root
    said = {"nb_maitres": ("4", State.KNOWN), "comite_suivi": (None, State.UNKNOWN)}
    offers = [
        Proposal(
            id=proposal_id(session, "form", root, question),
            place=root,
            question=question,
            state=state,
            value=value,
            source=ProposalSource.FORM,
            by="la direction",
            on="2026-10-05",
        )
        for question, (value, state) in said.items()
    ]
    propose(session, offers)
    assert accept(session, [one.id for one in offers]) == len(offers)

    assert minutes_on_site(session) is None
    assert is_unplanned(session)

    at(session, "nb_batiments").answer("2")
    assert minutes_on_site(session) is not None
    assert not is_unplanned(session)


def test_durations_are_told_as_one_says_them() -> None:
    assert [duration_words(each) for each in (5, 60, 65)] == [
        "5 min",
        "1 h 00",
        "1 h 05",
    ]


def test_the_score_of_each_answer_is_that_of_the_whole_judgement(
    session: AuditSession,
) -> None:
    visiting = at(session, "technologie_acces")
    before = session.judged
    visiting.answer("1")
    now, whole = session.judged, session.assessment

    assert now != before
    assert (now.criteria, now.domains, now.overall, now.socle) == (
        whole.criteria,
        whole.domains,
        whole.overall,
        whole.socle,
    )
    assert whole.advice
    assert not now.advice
