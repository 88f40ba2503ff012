"""Where rooms stand: every cell is the hull of the worst that its criteria may be."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from diag.assess.judge import judge_of
from diag.assess.results import Assessment, Verdict
from diag.assess.spread import HeatCell, heat, judged_in
from diag.model.enums import Standing
from tests.assess.builders import (
    LOT,
    SALLE,
    Said,
    boolean,
    checklist,
    criterion,
    facts,
    number,
)

LISTED = checklist(
    [
        number("prises", SALLE),
        boolean("image", SALLE),
        boolean("fils_nus", SALLE, danger=True),
        number("age", LOT),
    ],
    [
        criterion(f"{aspect}-{rank}", {2: rule}, place=place).model_copy(
            update={"aspect": aspect}
        )
        for rank, (aspect, place, rule) in enumerate([
            ("courant", SALLE, "prises >= 2"),
            ("courant", SALLE, "prises >= 4"),
            ("image", SALLE, "image"),
            ("danger", SALLE, "not fils_nus"),
            ("materiel", LOT, "age < 5"),
        ])
    ],
)
JUDGED = judge_of(LISTED).assess(facts())

levels = st.integers(0, 3)
verdicts = st.builds(
    lambda standing, one, other: (standing, min(one, other), max(one, other)),
    st.sampled_from(Standing),
    levels,
    levels,
)


def judged(found: dict[str, list[tuple[Standing, int, int]]]) -> Assessment:
    """Return an assessment where each criterion has these verdicts, room by room."""
    criteria = {
        ident: JUDGED.criteria[ident]._replace(
            verdicts=tuple(
                Verdict(ident, f"salle {rank}", *one) for rank, one in enumerate(each)
            )
        )
        for ident, each in found.items()
    }
    return Assessment(
        criteria, (), JUDGED.overall, JUDGED.socle, (), (), JUDGED.basket, JUDGED.due
    )


def worlds(members: list[tuple[Standing, int, int]]) -> set[int]:
    """Return every level that the worst may have, trying all that may be."""
    each = [
        [*range(low, high + 1)] + [4] * (standing is Standing.MAYBE)
        for standing, low, high in members
        if standing is not Standing.OUT
    ]
    return {min(one) for one in product(*each)} - {4} if each else set()


@given(st.dictionaries(st.sampled_from(list(JUDGED.criteria)), st.lists(verdicts)))
def test_a_cell_is_the_hull_of_the_worst_of_its_criteria(
    found: dict[str, list[tuple[Standing, int, int]]],
) -> None:
    cells = heat(LISTED, judged(found))
    rooms = {f"salle {rank}" for rank in range(10)}
    for room, aspect in product(rooms, ("courant", "image", "danger", "materiel")):
        rank = int(room[-1])
        members = [
            each[rank]
            for ident, each in found.items()
            if LISTED.criteria[ident].aspect == aspect and rank < len(each)
        ]
        reached, cell = worlds(members), cells.get((room, aspect))
        assert (cell is None) is (not reached)
        if cell:
            assert (cell.low, cell.high) == (min(reached), max(reached))


def in_cp(**said: Said) -> Assessment:
    """Return what is judged of one room."""
    return judge_of(LISTED).assess(facts(places={"CP": said}))


def test_a_cell_counts_what_is_left_of_its_own_questions_only() -> None:
    cells = heat(
        LISTED, in_cp(), [("CP", "prises"), ("CP", "image"), ("CE1", "prises")]
    )
    assert cells["CP", "courant"] == HeatCell(0, 2, 1)
    assert cells["CP", "image"].left == 1
    assert cells["CP", "danger"].left == 0
    assert ("CP", "materiel") not in cells


def test_a_danger_is_told_by_its_own_sign_and_its_absence_by_none() -> None:
    there = heat(LISTED, in_cp(fils_nus=True))["CP", "danger"]
    assert (there.danger, there.letters, there.words) == (True, "!", "danger")
    gone = heat(LISTED, in_cp(fils_nus=False))["CP", "danger"]
    assert (gone.danger, gone.letters) == (False, "R")
    assert "sûr" not in gone.words


def test_a_cell_opens_on_its_worst_criterion() -> None:
    judged = in_cp(prises=3)
    assert heat(LISTED, judged)["CP", "courant"].letters == "I"
    worst = [result.criterion.id for result, _ in judged_in(judged, "CP", "courant")]
    assert worst == ["courant-1", "courant-0"]


def test_letters_tell_an_interval_and_what_nobody_knows() -> None:
    assert [
        HeatCell(low, high, 0).letters
        for low, high in ((0, 0), (1, 1), (2, 2), (3, 3), (1, 2), (0, 3), (0, 2))
    ] == ["I", "B", "R", "E", "B-R", "?", "I-R"]
