from dataclasses import replace
from datetime import date

from diag.journal import changes
from diag.journal import heads as places
from diag.journal.facts import (
    UNREADABLE,
    WITHDRAWN,
    conflicts_of,
    edition_of,
    facts_of,
    status_of,
)
from diag.journal.journal import Journal
from diag.journal.revision import Json, NewRevision, Origin
from diag.journal.subjects import EDITION
from diag.model.audit import Answer, Place, Visit
from diag.model.enums import AuditStatus, PlaceKind, Provenance, State
from tests.journal.builders import AUDIT, ROOT, apart, known, person, room


def test_an_audit_without_a_word_holds_its_own_place_alone(journal: Journal) -> None:
    facts = facts_of(journal, AUDIT)
    assert list(facts.places) == [ROOT]
    assert facts.places[ROOT].name == AUDIT.subject.code
    assert facts.answers == {}
    assert facts.visit_date is None


def test_an_answer_comes_back_with_who_said_it(
    journal: Journal, author: Origin
) -> None:
    answer = Answer(State.KNOWN, ("a", "b"), Provenance.MEASURED)
    said = journal.write(changes.answered(AUDIT.id, ROOT, "debit", answer), author)
    (found,) = facts_of(journal, AUDIT).answers[ROOT, "debit"]
    assert (found.value, found.provenance) == (("a", "b"), Provenance.MEASURED)
    assert (found.revision, found.author, found.at) == (said.id, "u01", said.at)


def test_a_later_answer_replaces_the_one_its_author_saw(
    journal: Journal, author: Origin
) -> None:
    for value in (1, 2):
        journal.write(changes.answered(AUDIT.id, ROOT, "q", known(value)), author)
    (found,) = facts_of(journal, AUDIT).answers[ROOT, "q"]
    assert found.value == 2


def test_two_answers_given_apart_are_both_there(
    journal: Journal, author: Origin
) -> None:
    apart(journal, changes.answered(AUDIT.id, ROOT, "q", known(True)), author)
    apart(journal, changes.answered(AUDIT.id, ROOT, "q", known(1)), person("u02"))
    found = facts_of(journal, AUDIT).answers[ROOT, "q"]
    assert {repr(answer.value) for answer in found} == {"1", "True"}


def test_the_same_answer_given_apart_is_one(journal: Journal, author: Origin) -> None:
    seen, told = known("oui"), known("oui", Provenance.DECLARED)
    apart(journal, changes.answered(AUDIT.id, ROOT, "q", seen), author)
    apart(journal, changes.answered(AUDIT.id, ROOT, "q", told), person("u02"))
    assert len(facts_of(journal, AUDIT).answers[ROOT, "q"]) == 1


def test_an_answer_withdrawn_alone_is_absent(journal: Journal, author: Origin) -> None:
    journal.write(changes.answered(AUDIT.id, ROOT, "q", known(1)), author)
    journal.write(changes.unanswered(AUDIT.id, ROOT, "q"), author)
    assert (ROOT, "q") not in facts_of(journal, AUDIT).answers


def test_a_withdrawal_against_an_answer_stands_as_unknown(
    journal: Journal, author: Origin
) -> None:
    first = journal.write(changes.answered(AUDIT.id, ROOT, "q", known(1)), author)
    apart(journal, changes.unanswered(AUDIT.id, ROOT, "q"), author, first.id)
    apart(journal, changes.answered(AUDIT.id, ROOT, "q", known(2)), author, first.id)
    found = facts_of(journal, AUDIT).answers[ROOT, "q"]
    assert {(answer.state, answer.reason) for answer in found} == {
        (State.UNKNOWN, WITHDRAWN),
        (State.KNOWN, ""),
    }


def test_an_answer_that_cannot_be_read_is_unknown_not_lost(
    journal: Journal, author: Origin
) -> None:
    draft = changes.answered(AUDIT.id, ROOT, "q", known(1))
    journal.write(replace(draft, value={"state": "guessed"}), author)
    (found,) = facts_of(journal, AUDIT).answers[ROOT, "q"]
    assert (found.state, found.reason) == (State.UNKNOWN, UNREADABLE)


def test_places_come_in_the_order_of_their_creation_not_of_their_renaming(
    journal: Journal, author: Origin
) -> None:
    journal.write_many([changes.placed(AUDIT.id, room(n)) for n in (3, 1, 2)], author)
    journal.write(changes.placed(AUDIT.id, room(3, "Bibliothèque")), author)
    names = [place.name for place in facts_of(journal, AUDIT).places.values()]
    assert names == [AUDIT.subject.code, "Bibliothèque", "Salle 1", "Salle 2"]


def test_a_place_whose_parent_is_gone_hangs_at_the_root(
    journal: Journal, author: Origin
) -> None:
    building = Place(id=room(9).id, kind=PlaceKind.BATIMENT, parent=ROOT, name="A")
    inside = room(1).model_copy(update={"parent": building.id})
    journal.write(changes.placed(AUDIT.id, building), author)
    journal.write(changes.placed(AUDIT.id, inside), author)
    assert facts_of(journal, AUDIT).places[inside.id].parent == building.id
    journal.write(places.removal(journal, AUDIT.id, building.id), author)
    assert building.id not in facts_of(journal, AUDIT).places
    assert facts_of(journal, AUDIT).places[inside.id].parent == ROOT


def test_a_removed_place_takes_its_answers_along(
    journal: Journal, author: Origin
) -> None:
    journal.write(changes.placed(AUDIT.id, room(1)), author)
    journal.write(changes.answered(AUDIT.id, room(1).id, "q", known(1)), author)
    journal.write(places.removal(journal, AUDIT.id, room(1).id), author)
    facts = facts_of(journal, AUDIT)
    assert list(facts.places) == [ROOT]
    assert facts.answers == {}


def test_a_place_removed_while_another_wrote_there_stays(
    journal: Journal, author: Origin
) -> None:
    journal.write(changes.placed(AUDIT.id, room(1)), author)
    removal = places.removal(journal, AUDIT.id, room(1).id)
    journal.write(changes.answered(AUDIT.id, room(1).id, "q", known(1)), author)
    journal.write(removal, author)
    facts = facts_of(journal, AUDIT)
    assert facts.places[room(1).id].name == "Salle 1"
    assert (room(1).id, "q") in facts.answers


def test_a_list_is_closed_only_when_nobody_says_otherwise(
    journal: Journal, author: Origin
) -> None:
    apart(journal, changes.closed(AUDIT.id, PlaceKind.SALLE), author)
    assert facts_of(journal, AUDIT).closed == {PlaceKind.SALLE}
    reopened = changes.closed(AUDIT.id, PlaceKind.SALLE, complete=False)
    apart(journal, reopened, person("u02"))
    assert facts_of(journal, AUDIT).closed == frozenset()


def test_the_visit_date_is_that_of_the_last_visit(
    journal: Journal, author: Origin
) -> None:
    for number, day in ((1, "2026-10-02"), (2, "2026-09-14")):
        visit = Visit(id=room(number).id, date=day)
        journal.write(changes.visited(AUDIT.id, visit), author)
    assert facts_of(journal, AUDIT).visit_date == date(2026, 10, 2)


def test_notes_written_apart_are_all_shown(journal: Journal, author: Origin) -> None:
    apart(journal, changes.noted(AUDIT.id, ROOT, "q", "vu la baie"), author)
    apart(journal, changes.noted(AUDIT.id, ROOT, "q", "clé en mairie"), person("u02"))
    notes = facts_of(journal, AUDIT).notes[ROOT, "q"]
    assert set(notes) == {"vu la baie", "clé en mairie"}


def test_an_audit_is_closed_only_when_nobody_says_otherwise(
    journal: Journal, author: Origin
) -> None:
    assert status_of(journal, AUDIT.id) is AuditStatus.EN_COURS
    apart(journal, changes.moved(AUDIT.id, AuditStatus.CLOS), author)
    assert status_of(journal, AUDIT.id) is AuditStatus.CLOS
    apart(journal, changes.moved(AUDIT.id, AuditStatus.RETOURNE), person("u02"))
    assert status_of(journal, AUDIT.id) is AuditStatus.RETOURNE


def test_an_audit_pins_its_edition(journal: Journal, author: Origin) -> None:
    assert edition_of(journal, AUDIT.id) is None
    journal.write(changes.pinned(AUDIT.id, "ab" * 32), author)
    assert edition_of(journal, AUDIT.id) == "ab" * 32


def test_a_question_to_come_back_to_is_flagged_until_it_is_said_not_to_be(
    journal: Journal, author: Origin
) -> None:
    journal.write(changes.flagged(AUDIT.id, ROOT, "q"), author)
    assert facts_of(journal, AUDIT).flags == {(ROOT, "q")}
    journal.write(changes.flagged(AUDIT.id, ROOT, "q", to_review=False), author)
    assert facts_of(journal, AUDIT).flags == frozenset()


def test_a_flag_raised_by_one_stays_and_is_no_conflict(
    journal: Journal, author: Origin
) -> None:
    journal.write(changes.flagged(AUDIT.id, ROOT, "q"), author)
    apart(journal, changes.flagged(AUDIT.id, ROOT, "q"), person("u02"))
    journal.write(changes.flagged(AUDIT.id, ROOT, "q", to_review=False), author)
    apart(journal, changes.flagged(AUDIT.id, ROOT, "q"), person("u03"))
    assert facts_of(journal, AUDIT).flags == {(ROOT, "q")}
    assert conflicts_of(journal, AUDIT) == ()


def test_answers_older_than_an_upgrade_that_asks_again_are_no_facts(
    journal: Journal, author: Origin
) -> None:
    old = journal.write(changes.answered(AUDIT.id, ROOT, "q", known(1)), author)
    journal.write(changes.answered(AUDIT.id, ROOT, "kept", known(2)), author)
    journal.write(changes.pinned(AUDIT.id, "d" * 64, {"q": old.lam}), author)
    assert set(facts_of(journal, AUDIT).answers) == {(ROOT, "kept")}
    journal.write(changes.answered(AUDIT.id, ROOT, "q", known(3)), author)
    (found,) = facts_of(journal, AUDIT).answers[ROOT, "q"]
    assert found.value == 3


def test_an_old_answer_is_in_no_conflict_with_the_one_given_again(
    journal: Journal, author: Origin
) -> None:
    apart(journal, changes.answered(AUDIT.id, ROOT, "q", known(1)), author)
    old = journal.write(changes.answered(AUDIT.id, ROOT, "z", known(1)), author)
    journal.write(changes.pinned(AUDIT.id, "d" * 64, {"q": old.lam}), author)
    apart(journal, changes.answered(AUDIT.id, ROOT, "q", known(2)), person("u02"))
    assert len(journal.current(AUDIT.id, f"place/{ROOT}/q/q")) == 2
    assert [one.value for one in facts_of(journal, AUDIT).answers[ROOT, "q"]] == [2]
    assert conflicts_of(journal, AUDIT) == ()


def test_an_upgrade_written_by_a_fault_asks_nothing_again(
    journal: Journal, author: Origin
) -> None:
    journal.write(changes.answered(AUDIT.id, ROOT, "q", known(1)), author)
    odds: tuple[Json, ...] = ([], {"q": "3"}, {"q": True}, 4)
    for odd in odds:
        value: dict[str, Json] = {"digest": "d" * 64, "asked_again": odd}
        journal.write(NewRevision(AUDIT.id, EDITION, value), author)
        assert (ROOT, "q") in facts_of(journal, AUDIT).answers


def test_two_upgrades_apart_to_one_edition_are_no_conflict(
    journal: Journal, author: Origin
) -> None:
    said = journal.write(changes.answered(AUDIT.id, ROOT, "q", known(1)), author)
    first, second = (
        changes.pinned(AUDIT.id, "d" * 64, {"q": lam})
        for lam in (said.lam - 1, said.lam)
    )
    apart(journal, first, author)
    apart(journal, second, person("u02"))
    assert conflicts_of(journal, AUDIT) == ()
    assert facts_of(journal, AUDIT).answers == {}
    other = changes.pinned(AUDIT.id, "e" * 64)
    apart(journal, other, person("u03"))
    assert len(conflicts_of(journal, AUDIT)) == 1
