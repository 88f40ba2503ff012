from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.audit.answer import record_note
from diag.audit.follow import move
from diag.audit.places import add_place, remove_place, rename_place
from diag.audit.session import AuditSession
from diag.audit.undo import undo
from diag.journal import changes
from diag.journal.subjects import AnswerTopic
from diag.model.audit import Answer
from diag.model.enums import AuditStatus, PlaceKind, State
from diag.model.errors import DiagError
from diag.office.conflicts import (
    Contested,
    card_lines,
    contested_of,
    find_contested,
    keep,
    leave,
    remove,
    sessions_of,
    side_by_side,
    take,
    title_line,
    write,
)
from diag.office.supervision import accept, give_back
from tests.audit.apart import meet, pull, say, two_laptops
from tests.examples import examples

Two = tuple[AuditSession, AuditSession]


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    with two_laptops(tmp_path) as both:
        yield both


@pytest.fixture
def differing(two: Two) -> Two:
    """Two who know of 4 classes: one says 5, the other 6."""
    mine, theirs = two
    say(mine, "nb_classes", 4)
    meet(mine, theirs)
    say(mine, "nb_classes", 5)
    say(theirs, "nb_classes", 6)
    meet(mine, theirs)
    return mine, theirs


def only(session: AuditSession) -> Contested:
    (one,) = contested_of(session)
    return one


def classes(session: AuditSession) -> list[str]:
    said: tuple[Answer, ...] = session.facts.answers[session.facts.root, "nb_classes"]
    return sorted(str(each.value) for each in said)


def test_a_card_tells_the_origin_the_candidates_and_what_each_changes(
    differing: Two,
) -> None:
    one = only(differing[0])

    assert " ".join(one.base.split()) == "4 classes"
    assert sorted((each.words[0], each.who) for each in one.candidates) == [
        ("5", "u-1"),
        ("6", "u-2"),
    ]
    assert all(one.score(each) for each in one.candidates)
    told = "\n".join(card_lines(one))
    assert "Au départ : 4" in told
    assert "Le score n'en dépend pas" in told


def test_taking_one_settles_everywhere_and_supersedes_exactly_what_was_shown(
    differing: Two,
) -> None:
    mine, theirs = differing
    one = only(mine)

    (settled,) = take(one, "b")

    assert set(settled.parents) == set(one.conflict.heads)
    meet(mine, theirs)
    assert contested_of(mine) == contested_of(theirs) == ()
    assert classes(mine) == classes(theirs) == [str(settled.value["value"])]  # type: ignore[index,call-overload] # an answer's body


def test_a_third_answer_is_read_as_any_answer(differing: Two) -> None:
    mine, _ = differing
    with pytest.raises(DiagError):
        write(only(mine), "beaucoup")
    assert contested_of(mine)

    write(only(mine), "7", sure=True)

    assert classes(mine) == ["7"]


def test_of_forty_answers_none_is_hidden(differing: Two) -> None:
    """Beyond sixteen they had no letter, and were shown nowhere."""
    mine, _ = differing
    for value in range(40, 78):
        answer = Answer(State.KNOWN, value)
        draft = changes.answered(mine.audit.id, mine.facts.root, "nb_classes", answer)
        mine.workspace.journal.write(replace(draft, parents=()), mine.workspace.origin)
    mine.catch_up()

    shown = only(mine)
    assert len(shown.candidates) == 40
    assert [one.letter for one in shown.candidates][24:28] == ["Y", "Z", "AA", "AB"]
    last = shown.candidates[-1]
    take(shown, last.letter.lower())

    assert not contested_of(mine)
    assert classes(mine) == [last.words.split()[0]]


def test_left_open_it_stays_and_says_why(differing: Two) -> None:
    mine, _ = differing
    record_note(mine, "nb_classes", "vu en septembre")
    heads = only(mine).conflict.heads

    leave(only(mine), "à demander à la directrice")

    one = only(mine)
    assert one.conflict.heads == heads
    assert one.notes == ("vu en septembre\nà demander à la directrice",)
    with pytest.raises(DiagError, match="vide"):
        leave(one, "  ")


def test_undoing_a_settling_gives_both_back_with_their_authors(differing: Two) -> None:
    mine, theirs = differing
    before = [(each.words, each.who) for each in only(mine).candidates]
    take(only(mine), "A")

    undo(mine)

    assert sorted((each.words, each.who) for each in only(mine).candidates) == sorted(
        before
    )
    meet(mine, theirs)
    assert len(only(theirs).candidates) == 2


def test_those_who_say_the_same_are_one_candidate(tmp_path: Path) -> None:
    with two_laptops(tmp_path) as (mine, theirs):
        say(mine, "nb_classes", 5)
        say(theirs, "nb_classes", 5)
        meet(mine, theirs)
        assert contested_of(mine) == ()
        say(mine, "nb_classes", 6)
        say(theirs, "nb_classes", 6)
        with two_laptops(tmp_path / "other", seed=21) as (third, _):
            say(third, "nb_classes", 8)
            meet(mine, third)
        meet(mine, theirs)
        told = "\n".join(card_lines(only(theirs)))
        assert "les deux disent pareil" in told


def test_a_clock_that_cannot_be_right_is_told(differing: Two) -> None:
    mine, theirs = differing
    assert not any(each.suspect for each in only(mine).candidates)
    author = theirs.workspace.origin
    ahead = replace(author, clock=lambda: author.clock() + 10**9)
    draft = changes.answered(
        mine.audit.id, mine.facts.root, "nb_classes", Answer(State.KNOWN, 7)
    )
    mine.workspace.journal.write(replace(draft, parents=()), ahead)
    mine.catch_up()

    told = "\n".join(card_lines(only(mine)))

    assert told.count("horloge douteuse") == 1


def test_what_was_shown_cannot_be_found_once_it_changed(differing: Two) -> None:
    mine, theirs = differing
    shown = only(mine).id
    say(theirs, "nb_classes", 9)
    meet(mine, theirs)

    with pytest.raises(DiagError, match="changer"):
        find_contested(mine, shown)


def test_a_question_that_two_rooms_differ_on_is_found_by_its_room(two: Two) -> None:
    mine, theirs = two
    for room in ("Atelier", "Salle info"):
        add_place(mine, PlaceKind.SALLE, room)
    meet(mine, theirs)
    for room in ("Atelier", "Salle info"):
        say(mine, "type_salle", "classe", place=room)
        say(theirs, "type_salle", "informatique", place=room)
    meet(mine, theirs)
    with pytest.raises(DiagError, match="plusieurs conflits"):
        find_contested(mine, "type_salle")
    with pytest.raises(DiagError, match="Pas de conflit"):
        find_contested(mine, "type_salle", "Préau")

    found = find_contested(mine, "type_salle", "Atelier")

    assert found.about.startswith("Atelier")
    topic = found.conflict.topic
    assert isinstance(topic, AnswerTopic)
    assert find_contested(mine, "type_salle", topic.place) == found


def test_what_arrives_meanwhile_is_a_new_conflict(two: Two) -> None:
    mine, theirs = two
    say(mine, "nb_classes", 5)
    say(theirs, "nb_classes", 6)
    pull(mine, theirs)
    shown = only(mine)
    with two_laptops(mine.workspace.folder / "third", seed=21) as (third, _):
        say(third, "nb_classes", 8)
        pull(mine, third)

    take(shown, "A")

    assert len(only(mine).candidates) == 2
    assert "8" in classes(mine)


def test_long_texts_are_read_side_by_side() -> None:
    same = "Le câblage date de la construction du bâtiment."
    left = f"{same}\nIl n'y a aucun plan."
    right = f"{same}\nUn plan est affiché."
    lines = list(side_by_side(left, right, 100))

    assert all(len(line) <= 100 for line in lines)
    assert [line[0] for line in lines if line[0] == ">"] == [">"]


def test_notes_that_differ_are_brought_together(two: Two) -> None:
    mine, theirs = two
    record_note(mine, "nb_classes", "a" * 70)
    record_note(theirs, "nb_classes", "b" * 70)
    meet(mine, theirs)
    one = only(mine)
    assert one.is_long
    assert not one.can_leave
    assert any(" | " in line for line in card_lines(one))

    write(one, "les deux")

    assert mine.facts.notes[mine.facts.root, "nb_classes"] == ("les deux",)


def removed_here_edited_there(two: Two) -> Two:
    mine, theirs = two
    add_place(mine, PlaceKind.SALLE, "Atelier")
    meet(mine, theirs)
    say(theirs, "type_salle", "classe", place="Atelier")
    remove_place(mine, "Atelier")
    meet(mine, theirs)
    return mine, theirs


def test_a_room_removed_here_and_edited_there_is_shown_then_kept(two: Two) -> None:
    mine, theirs = removed_here_edited_there(two)
    one = only(mine)
    assert "modifié par u-2 après que u-1 l'a retiré" in title_line(one)
    assert "u-2" in "\n".join(card_lines(one))

    keep(one)

    meet(mine, theirs)
    assert contested_of(mine) == contested_of(theirs) == ()
    assert [each.name for each in theirs.facts.places_of(PlaceKind.SALLE)] == [
        "Atelier"
    ]
    undo(mine)
    assert only(mine).edits


def test_a_room_removed_knowing_what_was_written_is_gone(two: Two) -> None:
    mine, theirs = removed_here_edited_there(two)

    remove(only(theirs))

    meet(mine, theirs)
    assert contested_of(mine) == contested_of(theirs) == ()
    assert mine.facts.places_of(PlaceKind.SALLE) == ()


def test_a_room_renamed_twice_takes_a_third_name(two: Two) -> None:
    mine, theirs = two
    add_place(mine, PlaceKind.SALLE, "Salle 1")
    meet(mine, theirs)
    rename_place(mine, "Salle 1", "CP")
    rename_place(theirs, "Salle 1", "Classe CP")
    meet(mine, theirs)

    write(only(mine), "CP de Mme Rey")

    assert [each.name for each in mine.facts.places_of(PlaceKind.SALLE)] == [
        "CP de Mme Rey"
    ]


def test_the_whole_workspace_is_listed(differing: Two) -> None:
    mine, _ = differing
    (one,) = [
        each for there in sessions_of(mine.workspace) for each in contested_of(there)
    ]
    assert one.session.about.ref == mine.about.ref
    assert "nb_classes" not in title_line(one)


def test_a_letter_that_names_nobody_is_refused(differing: Two) -> None:
    with pytest.raises(DiagError, match="Prenez A, B"):
        take(only(differing[0]), "Z")


@examples(40, few=6)
@given(mine=st.integers(1, 3), theirs=st.integers(1, 3), late=st.booleans())
def test_two_who_settle_alike_converge_and_otherwise_differ_in_sight(
    mine: int, theirs: int, *, late: bool
) -> None:
    with TemporaryDirectory() as folder, two_laptops(Path(folder)) as (one, two):
        say(one, "nb_classes", 8)
        say(two, "nb_classes", 9)
        meet(one, two)
        shown = {each.workspace.settings.author: only(each) for each in (one, two)}
        for session, value in ((one, mine), (two, theirs)):
            author = session.workspace.settings.author
            settled = write(shown[author], str(value), sure=True)
            assert {each.parents for each in settled} == {
                tuple(sorted(shown[author].conflict.heads))
            }
        meet(*((one, two) if late else (two, one)))

        assert classes(one) == classes(two) == sorted({str(mine), str(theirs)})
        assert bool(contested_of(one)) == bool(contested_of(two)) == (mine != theirs)


def test_a_contested_place_is_told_by_names_never_by_ids(two: Two) -> None:
    mine, theirs = two
    add_place(mine, PlaceKind.BATIMENT, "Bâtiment A")
    add_place(mine, PlaceKind.SALLE, "CM2", "Bâtiment A")
    meet(mine, theirs)
    rename_place(mine, "CM2", "CM2 bis")
    rename_place(theirs, "CM2", "Classe de CM2")
    rename_place(mine, "Bâtiment A", "Bâtiment est")
    rename_place(theirs, "Bâtiment A", "Bâtiment ouest")
    meet(mine, theirs)

    said = {
        frozenset(each.words for each in one.candidates): one.base
        for one in contested_of(mine)
    }

    assert said == {
        frozenset({
            "salle, CM2 bis, dans Bâtiment est",
            "salle, Classe de CM2, dans Bâtiment est",
        }): "salle, CM2, dans Bâtiment est",
        frozenset({
            "bâtiment, Bâtiment est",
            "bâtiment, Bâtiment ouest",
        }): "bâtiment, Bâtiment A",
    }


def test_a_contested_state_is_told_in_words(two: Two) -> None:
    mine, theirs = two
    move(mine, AuditStatus.SOUMIS)
    meet(mine, theirs)
    give_back(mine, "voir la baie")
    accept(theirs)
    meet(mine, theirs)

    (one,) = (each for each in contested_of(mine) if each.about == "audit, état")

    words = (each.words.partition(", empreinte")[0] for each in one.candidates)
    assert sorted(words) == [
        "accepté",
        "retourné, voir la baie",
    ]
    assert one.base.partition(",")[0] == "soumis"
    take(one, "A")
    assert not [each for each in contested_of(mine) if each.about == "audit, état"]
