from itertools import permutations
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.journal import changes
from diag.journal.facts import Conflict, conflicts_of, facts_of
from diag.journal.heads import apart, distinct, distinct_in, merged_in, same
from diag.journal.journal import Journal
from diag.journal.revision import NewRevision, Origin
from diag.model.audit import Facts, Place
from diag.model.enums import PlaceKind
from tests.examples import examples
from tests.journal import builders
from tests.journal.builders import AUDIT, known, person, room

ROOMS = tuple(room(number) for number in (1, 2, 3))
IDS = tuple(place.id for place in ROOMS)

_PLACED = st.sampled_from([changes.placed(AUDIT.id, place) for place in ROOMS])
_ANSWERED = st.builds(
    lambda place, value: changes.answered(AUDIT.id, place, "q", known(value)),
    st.sampled_from(IDS),
    st.integers(0, 2),
)
_NOTED = st.builds(
    lambda place, text: changes.noted(AUDIT.id, place, "q", text),
    st.sampled_from(IDS),
    st.sampled_from(["a", "b"]),
)
_SAME = st.builds(
    lambda one, other: same(AUDIT.id, one, other),
    st.sampled_from(IDS),
    st.sampled_from(IDS),
)
_APART = st.builds(lambda one: apart(AUDIT.id, one), st.sampled_from(IDS))
_REMOVED = st.builds(
    lambda one: NewRevision(AUDIT.id, f"place/{one}", op="del"), st.sampled_from(IDS)
)
_SAID = st.one_of(_PLACED, _ANSWERED, _NOTED, _SAME, _SAME, _APART, _REMOVED)


def read(
    journal: Journal,
) -> tuple[Facts, dict[str, str], tuple[Conflict, ...]]:
    return (
        facts_of(journal, AUDIT),
        merged_in(journal, AUDIT.id),
        conflicts_of(journal, AUDIT),
    )


@examples(60)
@given(
    said=st.lists(st.tuples(_SAID, st.sampled_from(["u01", "u02"])), max_size=12),
    order=st.randoms(use_true_random=False),
)
def test_the_same_revisions_in_any_order_read_the_same(
    said: list[tuple[NewRevision, str]], order: Random
) -> None:
    with TemporaryDirectory() as folder:
        home = Path(folder)
        for each in ("u01", "u02", "late"):
            (home / each).mkdir()
        people = {name: person(name) for name in ("u01", "u02")}
        with (
            Journal.open(home / "u01") as mine,
            Journal.open(home / "u02") as theirs,
            Journal.open(home / "late") as late,
        ):
            both = {"u01": mine, "u02": theirs}
            for place in ROOMS:
                mine.write(changes.placed(AUDIT.id, place), people["u01"])
            theirs.ingest(list(mine.lines(AUDIT.id)))
            for draft, name in said:
                both[name].write(draft, people[name])
            lines = [*mine.lines(AUDIT.id), *theirs.lines(AUDIT.id)]
            for journal in (mine, theirs, late):
                order.shuffle(lines)
                for start in range(0, len(lines), 5):
                    journal.ingest(lines[start : start + 5])

            assert read(mine) == read(theirs) == read(late)
            late.rebuild()
            assert read(late) == read(mine)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_circle_is_one_place_whoever_closes_it(
    journal: Journal, author: Origin, order: tuple[int, ...]
) -> None:
    for place in ROOMS:
        journal.write(changes.placed(AUDIT.id, place), author)
    for number in order:
        journal.write(same(AUDIT.id, IDS[number], IDS[(number + 1) % 3]), author)

    assert merged_in(journal, AUDIT.id) == {IDS[1]: IDS[0], IDS[2]: IDS[0]}


def test_those_who_differ_on_which_one_it_is_are_in_conflict_and_nothing_is_merged(
    journal: Journal, author: Origin
) -> None:
    for place in ROOMS:
        journal.write(changes.placed(AUDIT.id, place), author)
    builders.apart(journal, same(AUDIT.id, IDS[2], IDS[0]), author)
    builders.apart(journal, same(AUDIT.id, IDS[2], IDS[1]), author)

    assert merged_in(journal, AUDIT.id) == {}
    assert len(conflicts_of(journal, AUDIT)) == 1


def test_a_place_is_never_read_as_one_of_another_kind_or_as_one_unknown(
    journal: Journal, author: Origin
) -> None:
    building = Place(
        id=IDS[1], kind=PlaceKind.BATIMENT, parent=ROOMS[0].parent, name="Nord"
    )
    journal.write(changes.placed(AUDIT.id, ROOMS[0]), author)
    journal.write(changes.placed(AUDIT.id, building), author)
    journal.write(same(AUDIT.id, IDS[0], IDS[1]), author)
    assert merged_in(journal, AUDIT.id) == {}
    journal.write(same(AUDIT.id, IDS[0], IDS[2]), author)
    assert merged_in(journal, AUDIT.id) == {}


def test_two_said_different_are_so_in_either_order_until_it_is_taken_back(
    journal: Journal, author: Origin
) -> None:
    said = journal.write(distinct(AUDIT.id, IDS[1], IDS[0]), author)
    assert distinct_in(journal, AUDIT.id) == {frozenset(IDS[:2])}

    journal.write(NewRevision(AUDIT.id, said.subject, op="del"), author)

    assert distinct_in(journal, AUDIT.id) == frozenset()
