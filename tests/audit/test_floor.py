"""The plan: rows of rooms; random moves lose none, none overlaps; kept and undone."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from diag.audit.follow import move
from diag.audit.grid import GridSheet
from diag.audit.history import changes_of
from diag.audit.places import (
    WIDEST,
    Floor,
    FloorStep,
    add_place,
    add_places,
    floor_of,
    held_places,
    keep_floor,
    proposed_rows,
    remove_place,
    room_moved,
    spots_of,
    walked_later,
    walking_order,
)
from diag.audit.session import AuditSession
from diag.audit.undo import undo
from diag.audit.walk import walk_of
from diag.journal import changes, subjects
from diag.journal.revision import NewRevision
from diag.model.audit import Facts, Place
from diag.model.enums import AuditStatus, PlaceKind
from tests.audit.builders import started, workspace

SALLE, BATIMENT = PlaceKind.SALLE, PlaceKind.BATIMENT


def school(holders: Sequence[str]) -> Facts:
    """Return a school with a room in each of these: the school « » or a building."""
    places = {"e": Place(id="e", kind=PlaceKind.ECOLE, parent=None, name="École")}
    for name in sorted(set(filter(None, holders))):
        places[name] = Place(id=name, kind=BATIMENT, parent="e", name=name)
    for rank, holder in enumerate(holders):
        room = Place(id=f"s{rank}", kind=SALLE, parent=holder or "e", name=f"{rank}")
        places[room.id] = room
    return Facts(root="e", places=places)


def squares(floor: Floor) -> Counter[tuple[str, int, int]]:
    """Return how many rooms stand on each square of the plan."""
    return Counter(
        (spot.holder, spot.row, spot.start + step)
        for spot in spots_of(floor).values()
        for step in range(spot.width)
    )


schools = st.lists(st.sampled_from(["", "a", "b"]), min_size=1, max_size=14)
gestures = st.lists(
    st.tuples(st.integers(0, 13), st.sampled_from(FloorStep)), max_size=40
)


class Counted(dict[str, Place]):
    """Places that count how often all of them are read."""

    readings = 0

    def values(self) -> Any:  # typeshed's own class has no public name
        self.readings += 1
        return super().values()


def test_many_buildings_are_read_as_often_as_few() -> None:
    readings = set[int]()
    for most in (3, 30):
        facts = school([f"b{one}" for one in range(most)])
        counted = Counted(facts.places)
        assert len(walking_order(replace(facts, places=counted))) == most
        assert (
            list(held_places(replace(facts, places=counted)))
            == [*facts.places][1:][:most]
        )
        readings.add(counted.readings)
    assert len(readings) == 1


@given(schools, gestures)
def test_whatever_moves_every_room_stands_once_and_none_overlaps(
    holders: list[str], steps: list[tuple[int, FloorStep]]
) -> None:
    facts = school(holders)
    for which, step in steps:
        floor = room_moved(floor_of(facts), f"s{which % len(holders)}", step)
        facts = replace(facts, floor=floor)
    spots = spots_of(floor_of(facts))
    assert sorted(spots) == sorted(f"s{rank}" for rank in range(len(holders)))
    assert all(spots[f"s{n}"].holder == (at or "e") for n, at in enumerate(holders))
    assert all(1 <= spot.width <= WIDEST for spot in spots.values())
    assert set(squares(floor_of(facts)).values()) == {1}
    assert len(walking_order(facts)) == len(holders)


@given(
    schools,
    st.dictionaries(
        st.sampled_from(["e", "a", "nowhere"]),
        st.lists(
            st.lists(
                st.tuples(st.sampled_from(["s0", "s1", "gone"]), st.integers(-3, 90))
            ).map(tuple)
        ).map(tuple),
    ),
)
def test_whatever_another_version_kept_every_room_stands(
    holders: list[str], kept: dict[str, tuple[tuple[tuple[str, int], ...], ...]]
) -> None:
    facts = replace(school(holders), floor=kept)
    assert sorted(spots_of(floor_of(facts))) == sorted(
        f"s{rank}" for rank in range(len(holders))
    )
    assert set(squares(floor_of(facts)).values()) == {1}


@given(schools, st.integers(0, 13))
def test_a_room_walked_to_later_comes_back_after_every_other(
    holders: list[str], rank: int
) -> None:
    facts = school(holders)
    floor = floor_of(facts)
    room = f"s{rank % len(holders)}"
    holder = spots_of(floor)[room].holder
    order = [one for row in floor[holder] for one in row]
    once = walked_later(floor, room)
    assert Counter(one for row in once[holder] for one in row) == Counter(order)
    assert [len(row) for row in once[holder]] == [len(row) for row in floor[holder]]
    for _ in order[1:]:
        once = walked_later(once, room)
    walked = [one for row in once[holder] for one in row]
    at = [ident for ident, _ in order].index(room)
    assert walked[at][0] == room


def test_rooms_stand_along_a_corridor_before_anybody_arranges_them() -> None:
    seven = tuple("abcdefg")
    assert proposed_rows(seven) == (
        (("a", 1), ("b", 1), ("c", 1), ("d", 1)),
        (("e", 1), ("f", 1), ("g", 2)),
    )
    assert proposed_rows(("a", "b")) == ((("a", 1), ("b", 1)),)


def test_up_and_down_stay_about_where_the_room_was() -> None:
    floor = {"e": (tuple((one, 1) for one in "abc"), tuple((one, 1) for one in "de"))}
    assert room_moved(floor, "b", FloorStep.DOWN)["e"] == (
        (("a", 1), ("c", 1)),
        (("d", 1), ("b", 1), ("e", 1)),
    )
    assert room_moved(floor, "c", FloorStep.UP)["e"][0] == (("c", 1),)
    assert room_moved(floor, "a", FloorStep.LEFT) == floor
    assert room_moved(floor, "a", FloorStep.NARROWER) == floor


def names(session: AuditSession) -> list[str]:
    return [room.name for room in walking_order(session.facts)]


def walked(session: AuditSession) -> list[str]:
    legs = walk_of(session.facts, session.checklist).legs
    places = session.facts.places
    return [places[one.key].name for one in legs if one.key in places]


def test_the_plan_is_kept_walked_in_its_order_and_undone(tmp_path: Path) -> None:
    with workspace(tmp_path) as made:
        session = started(made)
        add_place(session, BATIMENT, "Petits")
        rooms = add_places(session, SALLE, ("CP", "CE1", "CE2"))
        add_place(session, SALLE, "Motricité", "Petits")
        assert names(session) == ["CP", "CE1", "CE2", "Motricité"]
        keep_floor(session, floor_of(session.facts))
        assert subjects.FLOOR not in [one.subject for one in session.revisions()]
        keep_floor(
            session, room_moved(floor_of(session.facts), rooms[2].id, FloorStep.UP)
        )
        assert names(session) == ["CE2", "CP", "CE1", "Motricité"]
        assert changes_of(session)[-1][2:4] == ("plan des salles", "changé")
        assert [one for one in walked(session) if one != "Petits"] == names(session)
        rows = GridSheet(session, SALLE).places
        assert [one.name for one in rows] == names(session), "the grid too"
        remove_place(session, "CE2")
        add_place(session, SALLE, "CM1")
        assert names(session) == ["CP", "CE1", "CM1", "Motricité"]
        undo(session), undo(session)
        assert undo(session) == "plan des salles"
        assert names(session) == ["CP", "CE1", "CE2", "Motricité"]


def test_two_plans_made_apart_are_no_conflict_the_later_stands(tmp_path: Path) -> None:
    with workspace(tmp_path) as made:
        session = started(made)
        rooms = add_places(session, SALLE, ("CP", "CE1"))
        floor = floor_of(session.facts)
        first = room_moved(floor, rooms[0].id, FloorStep.RIGHT)
        second = room_moved(floor, rooms[0].id, FloorStep.WIDER)
        for one in (first, second):
            draft = changes.arranged(session.audit.id, one)
            session.record(replace(draft, parents=()))
        assert len(made.journal.current(session.audit.id, subjects.FLOOR)) == 2
        assert floor_of(session.facts) == second
        assert session.conflicts == ()


def test_a_closing_covers_the_plan_and_one_of_before_is_blind_to_it(
    tmp_path: Path,
) -> None:
    with workspace(tmp_path) as made:
        session = started(made)
        room, _ = add_places(session, SALLE, ("CP", "CE1"))
        move(session, AuditStatus.CLOS)
        keep_floor(
            session, room_moved(floor_of(session.facts), room.id, FloorStep.RIGHT)
        )
        assert session.sealed is False
        older = {"status": "clos", "digest": session.digest}
        session.record(NewRevision(session.audit.id, subjects.STATUS, older))
        assert session.sealed is True
        keep_floor(
            session, room_moved(floor_of(session.facts), room.id, FloorStep.WIDER)
        )
        assert session.sealed is True
