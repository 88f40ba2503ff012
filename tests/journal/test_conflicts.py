import pytest

from diag.journal import changes, subjects
from diag.journal import heads as places
from diag.journal.facts import conflicts_of
from diag.journal.journal import Journal
from diag.journal.revision import NewRevision, Origin
from diag.journal.subjects import AnswerTopic, NoteTopic, PlaceTopic
from diag.model.audit import FollowUp
from diag.model.enums import FollowUpState, Provenance
from tests.journal.builders import AUDIT, ROOT, apart, known, person, room


def test_an_audit_where_all_agree_has_no_conflict(
    journal: Journal, author: Origin
) -> None:
    same = known("oui", Provenance.DECLARED)
    apart(journal, changes.answered(AUDIT.id, ROOT, "q", known("oui")), author)
    apart(journal, changes.answered(AUDIT.id, ROOT, "q", same), person("u02"))
    assert conflicts_of(journal, AUDIT) == ()


def test_a_conflict_shows_its_candidates_and_where_they_come_from(
    journal: Journal, author: Origin
) -> None:
    base = journal.write(changes.answered(AUDIT.id, ROOT, "q", known(1)), author)
    mine = apart(
        journal, changes.answered(AUDIT.id, ROOT, "q", known(2)), author, base.id
    )
    theirs = apart(
        journal, changes.answered(AUDIT.id, ROOT, "q", known(3)), author, base.id
    )
    (conflict,) = conflicts_of(journal, AUDIT)
    assert conflict.topic == AnswerTopic(ROOT, "q")
    assert {each.id for each in conflict.candidates} == {mine.id, theirs.id}
    assert set(conflict.heads) == {mine.id, theirs.id}
    assert conflict.base == base


def test_the_base_is_the_nearest_one(journal: Journal, author: Origin) -> None:
    def say(value: int, *seen: str) -> str:
        draft = changes.answered(AUDIT.id, ROOT, "q", known(value))
        return apart(journal, draft, author, *seen).id

    first = say(1)
    nearest = say(2, first)
    say(5, say(4, say(3, nearest)))
    say(6, nearest)
    (conflict,) = conflicts_of(journal, AUDIT)
    assert conflict.base is not None
    assert conflict.base.id == nearest


def test_answers_that_share_no_past_have_no_base(
    journal: Journal, author: Origin
) -> None:
    apart(journal, changes.answered(AUDIT.id, ROOT, "q", known(1)), author)
    apart(journal, changes.answered(AUDIT.id, ROOT, "q", known(2)), author)
    (conflict,) = conflicts_of(journal, AUDIT)
    assert conflict.base is None


def test_equal_heads_are_one_candidate_but_all_are_to_be_named(
    journal: Journal, author: Origin
) -> None:
    for value in (1, 1, 2):
        apart(journal, changes.answered(AUDIT.id, ROOT, "q", known(value)), author)
    (conflict,) = conflicts_of(journal, AUDIT)
    assert (len(conflict.candidates), len(conflict.heads)) == (2, 3)
    settled = changes.answered(AUDIT.id, ROOT, "q", known(2))
    apart(journal, settled, author, *conflict.heads)
    assert conflicts_of(journal, AUDIT) == ()


def test_notes_that_differ_are_to_be_brought_together(
    journal: Journal, author: Origin
) -> None:
    apart(journal, changes.noted(AUDIT.id, ROOT, "q", "a"), author)
    apart(journal, changes.noted(AUDIT.id, ROOT, "q", "b"), author)
    (conflict,) = conflicts_of(journal, AUDIT)
    assert conflict.topic == NoteTopic(ROOT, "q")


def test_steps_of_a_recommendation_never_conflict(
    journal: Journal, author: Origin
) -> None:
    for state in (FollowUpState.DECIDEE, FollowUpState.ECARTEE):
        step = FollowUp(recommendation="r", state=state)
        apart(journal, changes.followed(AUDIT.id, step), author)
    assert conflicts_of(journal, AUDIT) == ()


def test_what_was_written_in_a_removed_place_is_shown_with_its_removal(
    journal: Journal, author: Origin
) -> None:
    journal.write(changes.placed(AUDIT.id, room(1)), author)
    journal.write(changes.answered(AUDIT.id, room(1).id, "vu", known(1)), author)
    removal = places.removal(journal, AUDIT.id, room(1).id)
    late = journal.write(changes.answered(AUDIT.id, room(1).id, "q", known(1)), author)
    removed = journal.write(removal, author)
    (conflict,) = conflicts_of(journal, AUDIT)
    assert conflict.topic == PlaceTopic(room(1).id)
    assert conflict.candidates == (removed,)
    assert conflict.edited == (late,)
    journal.write(changes.placed(AUDIT.id, room(1)), author)
    assert conflicts_of(journal, AUDIT) == ()


def test_a_place_removed_by_one_and_renamed_by_another_stays(
    journal: Journal, author: Origin
) -> None:
    first = journal.write(changes.placed(AUDIT.id, room(1)), author)
    apart(journal, places.removal(journal, AUDIT.id, room(1).id), author, first.id)
    apart(journal, changes.placed(AUDIT.id, room(1, "BCD")), author, first.id)
    (conflict,) = conflicts_of(journal, AUDIT)
    assert len(conflict.candidates) == 2
    assert conflict.base == first


def test_conflicts_of_a_place_that_is_gone_are_gone(
    journal: Journal, author: Origin
) -> None:
    journal.write(changes.placed(AUDIT.id, room(1)), author)
    for value in (1, 2):
        draft = changes.answered(AUDIT.id, room(1).id, "q", known(value))
        apart(journal, draft, author)
    journal.write(places.removal(journal, AUDIT.id, room(1).id), author)
    assert conflicts_of(journal, AUDIT) == ()


@pytest.mark.parametrize("people", [16, 17, 40])
def test_an_answer_over_many_heads_stands_alone(
    journal: Journal, author: Origin, people: int
) -> None:
    for number in range(people):
        said = NewRevision(
            AUDIT.id, subjects.answer(ROOT, "q"), {"value": number}, parents=()
        )
        journal.write(said, author)
    heads = journal.current(AUDIT.id, subjects.answer(ROOT, "q"))
    assert len(heads) == people
    named = tuple(head.id for head in heads)
    settled = NewRevision(
        AUDIT.id, subjects.answer(ROOT, "q"), {"value": 99}, parents=named
    )

    journal.write(settled, author)

    (alone,) = journal.current(AUDIT.id, subjects.answer(ROOT, "q"))
    assert alone.value == {"value": 99}
    written = len(list(journal.lines(AUDIT.id))) - people
    assert written == -(-(people - 1) // 15)
    journal.prove(AUDIT.id)
