"""How long questions take: as it took people, as authors say, as such do."""

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from diag.assess.questions import AUTHORS, OF_ONE, TIMED, Timed, pace_of, seconds_of
from diag.model.enums import Provenance
from tests.assess.builders import SALLE, boolean, number

PRISES = number("prises", SALLE).model_copy(update={"seconds": 12, "seconds_again": 11})
BARE = boolean("bare")


def timed(question: str, *seconds: float, again: bool = False) -> list[Timed]:
    return [Timed(question, again, round(each * 1000)) for each in seconds]


def others(count: int) -> Iterable[Timed]:
    return timed("others", *[5] * count)


def test_the_median_takes_the_place_of_what_an_author_says() -> None:
    taken = [20, 21, 22, 23, 24, 26, 27, 28, 29, 170]
    pace = pace_of([*timed("prises", *taken), *others(TIMED)])

    assert seconds_of(PRISES, pace=pace) == 25
    assert seconds_of(PRISES, again=True, pace=pace) == 11, "timed the first time only"
    assert seconds_of(BARE, pace=pace) == seconds_of(BARE) == 10


def test_too_few_count_for_nothing() -> None:
    few = timed("prises", *[99] * (OF_ONE - 1), again=True)
    assert seconds_of(PRISES, again=True, pace=pace_of([*few, *others(TIMED)])) == 11
    enough = timed("prises", *[99] * OF_ONE, again=True)
    missing = TIMED - OF_ONE
    assert pace_of([*enough, *others(missing - 1)]) == AUTHORS
    pace = pace_of([*enough, *others(missing)])
    assert seconds_of(PRISES, again=True, pace=pace) == 99


def test_a_question_takes_a_second_at_least() -> None:
    quick = timed("prises", *[0.2] * OF_ONE)
    assert pace_of([*quick, *others(TIMED)])["prises", False] == 1


@given(
    st.lists(st.integers(1_000, 30_000), min_size=OF_ONE + 1, max_size=60),
    st.lists(st.integers(150_000, 180_000), max_size=40),
)
def test_pauses_fewer_than_half_never_reach_the_median(
    taken: list[int], pauses: list[int]
) -> None:
    some = pauses[: (len(taken) - 1) // 2]
    told = [Timed("prises", False, each) for each in (*taken, *some)]
    assert pace_of([*told, *others(TIMED)])["prises", False] <= 30


def test_a_measure_without_seconds_is_as_long_as_measures_are() -> None:
    measured = boolean("mesure").model_copy(
        update={"provenance": (Provenance.MEASURED,)}
    )
    assert seconds_of(measured) == 60
