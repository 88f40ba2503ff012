from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.audit.history import changes_of
from diag.audit.places import add_place, remove_place
from diag.audit.session import AuditSession
from diag.audit.undo import undo_last
from diag.model.enums import PlaceKind
from diag.model.errors import DiagError
from diag.office.conflicts import contested_of, take
from diag.office.merging import (
    keep_apart,
    merge,
    merge_lines,
    merge_of,
    proposals,
    separate,
)
from tests.audit.apart import meet, pull, say, two_laptops
from tests.audit.builders import SCHOOL
from tests.cli.running import diag
from tests.examples import examples

Two = tuple[AuditSession, AuditSession]


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    with two_laptops(tmp_path) as both:
        yield both


def same_room(two: Two, mine: str = "classe", theirs: str = "classe") -> Two:
    here, there = two
    add_place(here, PlaceKind.SALLE, "Salle info")
    add_place(there, PlaceKind.SALLE, "salle  INFO")
    say(here, "type_salle", mine, place="Salle info")
    say(there, "type_salle", theirs, place="salle  INFO")
    return here, there


def rooms(session: AuditSession) -> list[str]:
    return [place.name for place in session.facts.places_of(PlaceKind.SALLE)]


def uses(session: AuditSession) -> list[str]:
    (room,) = session.facts.places_of(PlaceKind.SALLE)
    said = session.facts.answers.get((room.id, "type_salle"), ())
    return sorted(str(each.value) for each in said)


def test_a_room_created_twice_is_proposed_never_merged_alone(two: Two) -> None:
    here, there = same_room(two)
    meet(here, there)

    (found,) = proposals(here)

    assert len(rooms(here)) == 2
    assert found.why == "même nom"
    told = "\n".join(merge_lines(found))
    assert "ajout de u-1" in told
    assert "ajout de u-2" in told
    assert found.conflicts == 0


def test_one_gesture_reads_both_as_one_and_undo_separates_them(two: Two) -> None:
    here, there = same_room(two)
    meet(here, there)
    before = here.facts

    merge(proposals(here)[0])

    meet(here, there)
    assert rooms(here) == rooms(there)
    assert uses(here) == uses(there) == ["classe"]
    assert proposals(there) == ()
    undo_last(here)
    assert here.facts == before


def test_what_differs_becomes_a_conflict_that_is_settled_at_both(two: Two) -> None:
    here, there = same_room(two, "classe", "autre")
    meet(here, there)
    (found,) = proposals(here)
    assert found.conflicts == 1
    merge(found)
    (one,) = contested_of(here)
    assert len(one.conflict.by_subject) == 2

    said = take(one, "A")

    assert {ident for each in said for ident in each.parents} == set(one.conflict.heads)
    meet(here, there)
    assert contested_of(here) == contested_of(there) == ()
    assert len(uses(there)) == 1


def test_an_answer_corrected_after_the_merge_is_no_conflict(two: Two) -> None:
    here, there = same_room(two)
    meet(here, there)
    merge(proposals(here)[0])
    (room,) = here.facts.places_of(PlaceKind.SALLE)

    say(here, "type_salle", "autre", place=room.id)

    assert uses(here) == ["autre"]
    assert contested_of(here) == ()
    remove_place(here, room.id)
    assert rooms(here) == []


def test_what_one_who_did_not_know_says_is_read_too(two: Two) -> None:
    here, there = same_room(two)
    pull(here, there)
    merge(proposals(here)[0])
    say(there, "type_salle", "autre", place="salle  INFO")
    meet(here, there)

    assert len(contested_of(here)) == len(contested_of(there)) == 1
    assert here.facts == there.facts


def test_two_who_merge_opposite_ways_read_the_same(two: Two) -> None:
    here, there = same_room(two)
    meet(here, there)
    first, second = (place.id for place in here.facts.places_of(PlaceKind.SALLE))
    merge(merge_of(here, first, second))
    merge(merge_of(there, second, first))
    meet(here, there)

    assert rooms(here) == rooms(there)
    assert len(rooms(here)) == 1


def test_two_said_different_are_never_proposed_again_on_any_laptop(two: Two) -> None:
    here, there = same_room(two)
    meet(here, there)
    before = here.facts

    keep_apart(proposals(here)[0])

    meet(here, there)
    assert proposals(here) == proposals(there) == ()
    assert here.facts == before
    undo_last(here)
    assert len(proposals(here)) == 1


def test_rooms_of_one_name_in_two_buildings_are_not_proposed(two: Two) -> None:
    here, there = two
    add_place(here, PlaceKind.BATIMENT, "Nord")
    add_place(there, PlaceKind.BATIMENT, "Sud")
    add_place(here, PlaceKind.SALLE, "Salle 1", parent="Nord")
    add_place(there, PlaceKind.SALLE, "Salle 1", parent="Sud")
    meet(here, there)

    assert proposals(here) == ()


def test_the_history_tells_what_was_said_of_two_places(two: Two) -> None:
    here, there = same_room(two)
    meet(here, there)
    (found,) = proposals(here)
    merge(found)
    (told,) = [each for each in changes_of(here) if "le même qu'un autre" in each.about]
    assert told.said == found.kept.name


def test_places_of_two_kinds_or_one_place_are_refused(two: Two) -> None:
    here, _ = two
    add_place(here, PlaceKind.SALLE, "Salle 1")
    add_place(here, PlaceKind.BATIMENT, "Nord")
    for other in ("Nord", "Salle 1"):
        with pytest.raises(DiagError):
            merge_of(here, "Salle 1", other)
    with pytest.raises(DiagError, match="pas la fusion"):
        separate(here, "Salle 1")


def test_merging_by_command(tmp_path: Path) -> None:
    with two_laptops(tmp_path) as both:
        here, there = same_room(both)
        meet(here, there)
        first, second = (place.id for place in here.facts.places_of(PlaceKind.SALLE))
    desk = tmp_path / "mine"
    assert "même nom" in diag(desk, "conflicts", "places", SCHOOL).out
    assert diag(desk, "conflicts", "merge", SCHOOL, first, second).code == 0
    assert "Aucun lieu" in diag(desk, "conflicts", "places", SCHOOL).out
    assert diag(desk, "conflicts", "separate", SCHOOL, first).code == 0
    assert second in diag(desk, "conflicts", "places", SCHOOL, "--json").out
    assert diag(desk, "conflicts", "distinct", SCHOOL, first, second).code == 0
    assert "Aucun lieu" in diag(desk, "conflicts", "places", SCHOOL).out


@examples(60, few=6)
@given(
    mine=st.sampled_from(["classe", "autre"]),
    theirs=st.sampled_from(["classe", "autre"]),
    edits=st.lists(st.sampled_from(["classe", "autre"]), max_size=2),
    split=st.booleans(),
)
def test_merging_then_syncing_is_syncing_then_merging(
    mine: str, theirs: str, edits: list[str], *, split: bool
) -> None:
    with TemporaryDirectory() as folder, two_laptops(Path(folder)) as both:
        here, there = same_room(both, mine, theirs)
        pull(here, there)
        merge(proposals(here)[0])
        for value in edits:
            say(there, "type_salle", value, place="salle  INFO")
        if split:
            undo_last(here)
        pull(there, here)
        pull(here, there)

        assert here.facts == there.facts
        assert len(rooms(here)) == (2 if split else 1)
        here.workspace.journal.rebuild()
        here.catch_up()
        assert here.facts == there.facts
