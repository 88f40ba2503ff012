from collections.abc import Sequence
from dataclasses import replace

import pytest

from diag.journal import changes, subjects
from diag.journal import heads as places
from diag.journal.heads import PlaceTree, board_of, place_tree_of
from diag.journal.journal import Head, Journal
from diag.journal.revision import Json, NewRevision, Origin
from diag.model.audit import Place
from diag.model.enums import PlaceKind
from tests.journal.builders import AUDIT, ROOT, apart, known, person, room


def site(journal: Journal) -> PlaceTree:
    return place_tree_of(journal, AUDIT, board_of(journal.heads(AUDIT.id)))


def lot(number: int, parent: str) -> Place:
    return Place(
        id=room(number).id, kind=PlaceKind.LOT, parent=parent, name="Tablettes"
    )


def test_the_school_is_called_what_it_was_called(
    journal: Journal, author: Origin
) -> None:
    own = Place(id=ROOT, kind=PlaceKind.ECOLE, parent=None, name="École du Val")
    journal.write(changes.placed(AUDIT.id, own), author)
    assert site(journal).places == {ROOT: own}


def test_the_school_cannot_be_removed(journal: Journal, author: Origin) -> None:
    journal.write(places.removal(journal, AUDIT.id, ROOT), author)
    assert list(site(journal).places) == [ROOT]


@pytest.mark.parametrize(
    "value",
    [
        None,
        "Salle 1",
        {"kind": "jardin", "parent": ROOT, "name": "Jardin"},
        {"kind": "ecole", "parent": ROOT, "name": "Une école dans l'école"},
        {"kind": "salle", "parent": ROOT},
        {"kind": "salle", "parent": ROOT, "name": 12},
    ],
)
def test_a_place_that_cannot_be_read_is_not_shown(
    journal: Journal, author: Origin, value: Json
) -> None:
    journal.write(replace(changes.placed(AUDIT.id, room(1)), value=value), author)
    assert list(site(journal).places) == [ROOT]


def test_a_place_in_a_place_that_cannot_hold_it_hangs_at_the_root(
    journal: Journal, author: Origin
) -> None:
    turned = room(1).model_copy(update={"parent": room(2).id})
    again = room(2).model_copy(update={"parent": room(1).id})
    journal.write_many(
        [changes.placed(AUDIT.id, each) for each in (turned, again)], author
    )
    assert {place.parent for place in site(journal).places.values()} == {None, ROOT}


def test_a_place_renamed_apart_shows_the_last_name_meanwhile(
    journal: Journal, author: Origin
) -> None:
    first = journal.write(changes.placed(AUDIT.id, room(1)), author)
    apart(journal, changes.placed(AUDIT.id, room(1, "A")), author, first.id)
    apart(journal, changes.placed(AUDIT.id, room(1, "B")), person("u02"), first.id)
    assert site(journal).places[room(1).id].name == "B"


def test_a_room_removed_while_a_lot_was_brought_in_stays(
    journal: Journal, author: Origin
) -> None:
    journal.write(changes.placed(AUDIT.id, room(1)), author)
    removal = places.removal(journal, AUDIT.id, room(1).id)
    brought = journal.write(changes.placed(AUDIT.id, lot(2, room(1).id)), author)
    journal.write(removal, author)
    found = site(journal)
    assert found.places[room(2).id].parent == room(1).id
    assert [head.id for head in found.edited[room(1).id]] == [brought.id]


def test_a_room_removed_with_a_lot_in_sight_goes_and_the_lot_stays(
    journal: Journal, author: Origin
) -> None:
    journal.write(changes.placed(AUDIT.id, room(1)), author)
    journal.write(changes.placed(AUDIT.id, lot(2, room(1).id)), author)
    journal.write(places.removal(journal, AUDIT.id, room(1).id), author)
    assert list(site(journal).places) == [ROOT, room(2).id]
    assert site(journal).places[room(2).id].parent == ROOT


def test_an_answer_withdrawn_meanwhile_keeps_no_room(
    journal: Journal, author: Origin
) -> None:
    journal.write(changes.placed(AUDIT.id, room(1)), author)
    journal.write(changes.answered(AUDIT.id, room(1).id, "q", known(1)), author)
    removal = places.removal(journal, AUDIT.id, room(1).id)
    journal.write(changes.unanswered(AUDIT.id, room(1).id, "q"), author)
    journal.write(removal, author)
    assert list(site(journal).places) == [ROOT]


def test_many_removed_rooms_are_read_once_each(
    journal: Journal, author: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each looked through all places: two thousand took each command 1.7 s more."""
    read = list[object]()
    latest = places.latest

    def counted(heads: Sequence[Head]) -> Head | None:
        read.append(heads)
        return latest(heads)

    monkeypatch.setattr(places, "latest", counted)
    readings = list[int]()
    for first, end in ((0, 10), (10, 20)):
        for number in range(first, end):
            journal.write(changes.placed(AUDIT.id, room(number)), author)
            gone = NewRevision(AUDIT.id, subjects.place(room(number).id), op="del")
            journal.write(gone, author)
        read.clear()
        assert list(site(journal).places) == [ROOT]
        readings.append(len(read))
    assert readings[1] <= 2 * readings[0]


def test_two_removals_cover_what_either_saw(journal: Journal, author: Origin) -> None:
    first = journal.write(changes.placed(AUDIT.id, room(1)), author)
    blind = places.removal(journal, AUDIT.id, room(1).id)
    journal.write(changes.answered(AUDIT.id, room(1).id, "q", known(1)), author)
    apart(journal, places.removal(journal, AUDIT.id, room(1).id), author, first.id)
    apart(journal, blind, person("u02"), first.id)
    assert list(site(journal).places) == [ROOT]
