"""Proposals: nothing is answered before a person accepts; two laptops lose none."""

import json
from pathlib import Path

import pytest

from diag.answers.answer_type import Refused
from diag.audit.answer import NewAnswer, record_answer
from diag.audit.departure import departure_of
from diag.audit.follow import move
from diag.audit.forms import read_form
from diag.audit.history import changes_of
from diag.audit.proposals import (
    accept,
    count_waiting,
    propose,
    propose_lists,
    refuse,
    waiting,
)
from diag.audit.session import AuditSession, start
from diag.audit.undo import undo
from diag.documents.questionnaire import compose, keep
from diag.journal import changes
from diag.journal.records import proposals_of
from diag.model.audit import Proposal
from diag.model.enums import AuditStatus, PlaceKind, ProposalSource, Provenance
from diag.model.errors import DiagError
from diag.office.imports import import_file
from tests.audit.apart import meet, two_laptops
from tests.audit.builders import OTHER, SCHOOL, territory, workspace

MAIRIE = {
    "depend_cuivre": "oui",
    "payeur": "commune",
    "categorie_erp": "5",
}
COUNCIL = "prochain_conseil"
PURCHASE = {"type_lot": "tablette", "lot_nombre": "8"}


def form(session: AuditSession, rows: list[dict[str, object]]) -> bytes:
    """Return what the mairie's page saves once printed in this audit."""
    _, printed = compose(session, "commune")
    keep(session, printed)
    data = {
        "format": "diag-form",
        "version": 1,
        "subject": session.about.ref,
        "code": printed.id,
        "by": "secrétaire",
        "rows": rows,
    }
    return json.dumps(data).encode()


def filled(session: AuditSession) -> bytes:
    """Return a form with the school's answers and one purchase."""
    known = session.checklist.questions
    rows: list[dict[str, object]] = [
        {"question": ident, "value": value} for ident, value in MAIRIE.items()
    ]
    for ident, value in PURCHASE.items():
        given = known[ident].choices[0].id if known[ident].choices else value
        row = {"question": ident, "value": given, "purchase": 2, "name": "iPad 9"}
        rows.append(row)
    return form(session, rows)


def offered(session: AuditSession) -> tuple[Proposal, ...]:
    """Return what such a form offers."""
    read = read_form(session, filled(session))
    assert read.refused == ()
    return read.offers


def test_what_is_offered_is_no_fact_and_one_undo_takes_an_acceptance_back(
    session: AuditSession,
) -> None:
    assert propose(session, offered(session)) == len(MAIRIE) + len(PURCHASE)
    facts, judged = session.facts, session.assessment
    assert propose(session, offered(session)) == 0
    assert session.facts.answers == facts.answers
    assert session.assessment == judged
    pending = waiting(session)
    assert f"{len(pending)} réponses proposées attendent votre accord" in " ".join(
        departure_of(session).remarks
    )
    assert [one.where for one in pending][-2:] == ["iPad 9", "iPad 9"]
    assert all("la mairie (secrétaire)" in one.source for one in pending)

    assert accept(session, [one.offer.id for one in pending]) == len(pending)
    assert waiting(session) == ()
    (lot,) = session.facts.places_of(PlaceKind.LOT)
    told = session.facts.answer(session.facts.root, "depend_cuivre")
    assert told
    assert (told.value, told.provenance) == (True, Provenance.DECLARED)
    assert session.facts.answer(lot.id, "lot_nombre")

    assert any("oui, la mairie (secrétaire)" in one.said for one in changes_of(session))

    undo(session)
    assert session.facts.answers == facts.answers
    assert session.facts.places_of(PlaceKind.LOT) == ()
    assert waiting(session) == pending
    told_of = {one.said for one in changes_of(session) if "proposée" in one.about}
    assert any("oui, la mairie (secrétaire)" in said for said in told_of)


@pytest.mark.parametrize("typed", ["12/12", "demain", "12 déc"])
def test_a_file_filled_some_day_before_says_the_year_of_its_days(
    session: AuditSession, typed: str
) -> None:
    """Read from the day on which it comes, « demain » was another, and 12/12 a year."""
    read = read_form(session, form(session, [{"question": COUNCIL, "value": typed}]))
    assert read.offers == ()
    assert typed in " ".join(read.refused)


def test_a_purchase_read_again_is_offered_to_the_lot_that_it_made(
    session: AuditSession,
) -> None:
    raw = filled(session)
    made = read_form(session, raw).offers
    assert {one.lot for one in made} == {"", "iPad 9"}
    propose(session, made)
    accept(session, [one.offer.id for one in waiting(session)])
    (lot,) = session.facts.places_of(PlaceKind.LOT)
    again = read_form(session, raw).offers
    assert [one.id for one in again] == [one.id for one in made]
    assert {one.lot for one in again} == {""}
    assert {one.place for one in again} == {session.facts.root, lot.id}


def test_what_is_refused_is_not_offered_again_unless_it_says_otherwise(
    session: AuditSession,
) -> None:
    offers = offered(session)
    propose(session, offers)
    first = waiting(session)[0]
    assert refuse(session, [first.offer.id]) == 1
    assert propose(session, offers) == 0
    assert first.offer.id not in {one.offer.id for one in waiting(session)}
    with pytest.raises(DiagError, match="n'attend plus"):
        accept(session, [first.offer.id])
    otherwise = first.offer.model_copy(update={"value": False, "why": "rectifié"})
    assert propose(session, [otherwise]) == 1
    assert first.offer.id in {one.offer.id for one in waiting(session)}


def test_what_stands_above_its_whole_refuses_the_lot_and_writes_nothing(
    session: AuditSession,
) -> None:
    record_answer(session, NewAnswer("nb_maitres", 4, sure=True))
    known = session.checklist.questions
    part = next(one.id for one in known.values() if one.at_most == "nb_maitres")
    offer = offered(session)[0].model_copy(
        update={"id": "5b3c54ab-0000-4000-8000-000000000000", "question": part}
    )
    propose(session, [*offered(session), offer.model_copy(update={"value": 9})])
    said = session.digest
    with pytest.raises(Refused):
        accept(session, [one.offer.id for one in waiting(session)])
    assert session.digest == said
    accept(session, [one.offer.id for one in waiting(session)][:1])


def test_nothing_waits_in_an_audit_that_nobody_visits_any_more(
    session: AuditSession,
) -> None:
    propose(session, offered(session))
    assert count_waiting(session) == len(waiting(session)) > 0
    move(session, AuditStatus.SOUMIS)
    move(session, AuditStatus.ACCEPTE, alone=True)
    move(session, AuditStatus.CLOS)
    assert waiting(session)
    assert count_waiting(session) == 0


def test_what_can_no_longer_be_answered_says_why_and_can_only_be_refused(
    session: AuditSession,
) -> None:
    base = offered(session)[0]
    gone = base.model_copy(update={"id": "a", "question": "disparue"})
    nowhere = base.model_copy(update={"id": "b", "place": "ailleurs"})
    wrong = base.model_copy(update={"id": "c", "value": "peut-être"})
    propose(session, [gone, nowhere, wrong])
    for one in waiting(session):
        assert one.doubt
        with pytest.raises(DiagError):
            accept(session, [one.offer.id])
    refuse(session, [one.offer.id for one in waiting(session)])
    assert waiting(session) == ()


def test_a_measure_is_accepted_as_one_and_proposing_unseals_nothing(
    session: AuditSession,
) -> None:
    base = offered(session)[0]
    measured = base.model_copy(
        update={
            "id": "m",
            "question": "debit_descendant",
            "value": 42,
            "source": ProposalSource.MEASURE,
            "by": "sonde",
        }
    )
    session.record(changes.moved(session.audit.id, AuditStatus.CLOS, session.digest))
    propose(session, [measured])
    assert session.sealed
    accept(session, ["m"])
    told = session.facts.answer(session.facts.root, "debit_descendant")
    assert told
    assert (told.value, told.provenance) == (42, Provenance.MEASURED)
    assert not session.sealed


def test_two_laptops_that_read_the_same_form_have_its_proposals_once(
    tmp_path: Path,
) -> None:
    with two_laptops(tmp_path) as (mine, theirs):
        raw = filled(mine)
        meet(mine, theirs)
        for one in (mine, theirs):
            propose(one, read_form(one, raw).offers)
        accept(mine, [one.offer.id for one in waiting(mine)][:2])
        meet(mine, theirs)
        left = {one.offer.id for one in waiting(mine)}
        assert left == {one.offer.id for one in waiting(theirs)}
        assert len(left) == len(MAIRIE) + len(PURCHASE) - 2
        kept = proposals_of(mine.workspace.journal, mine.audit.id)
        assert left <= {one.id for one in kept}
        accept(theirs, left)
        meet(mine, theirs)
        assert waiting(mine) == waiting(theirs) == ()
        assert mine.conflicts == ()


def test_a_list_imported_since_an_answer_is_offered_once_beside_it(
    tmp_path: Path,
) -> None:
    """Not what the answer was given over, nor what its reason was given for."""
    with workspace(tmp_path / "desk") as made:
        explained, plain = start(made, OTHER), start(made, SCHOOL)
        record_answer(explained, NewAnswer("nb_classes", "22", reason="fusion"))
        record_answer(plain, NewAnswer("nb_classes", "22"))
        assert propose_lists(plain) == 0
        import_file(made, "effectifs", territory().effectifs)
        explained, plain = start(made, OTHER), start(made, SCHOOL)
        assert (propose_lists(explained), propose_lists(plain)) == (0, 1)
        (one,) = waiting(plain)
        assert (one.words, one.known) == ("6\u00a0classes", "22\u00a0classes, déclaré")
        assert "effectifs" in one.source
        accept(plain, [one.offer.id])
        told = plain.facts.answer(plain.facts.root, "nb_classes")
        assert told
        assert (told.value, told.provenance) == (6, Provenance.IMPORTED)
        undo(plain)
        assert propose_lists(plain) == 0, "it waits already"
        refuse(plain, [one.offer.id])
        assert propose_lists(plain) == 0, "it was set aside"
