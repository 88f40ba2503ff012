"""How several measures make one answer: never outside them, at the step asked for."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from diag.audit.proposals import _stepped, _together
from diag.model.checklist import Measure
from diag.model.measure import MEASURES, MeasureAggregate
from tests.shipped import shipped

FIGURES = st.floats(min_value=-1e6, max_value=1e6).map(lambda one: round(one, 2))
STEPS = st.sampled_from(["0.1", "0.25", "0.001", 1, 5, None])


def measure(
    aggregate: MeasureAggregate, key: str = "internet.latence", **more: object
) -> Measure:
    """Return a measure of that key."""
    scope = MEASURES[key].scope
    return Measure.model_validate({
        "of": key,
        "scope": scope,
        "aggregate": aggregate,
        **more,
    })


@given(st.lists(FIGURES, min_size=1), st.sampled_from(MeasureAggregate))
def test_an_answer_lies_between_the_measures(
    values: list[float | str], aggregate: MeasureAggregate
) -> None:
    found = _together(values, measure(aggregate))

    numbers = [float(one) for one in values]
    assert min(numbers) <= float(found) <= max(numbers)
    assert aggregate is not MeasureAggregate.LEAST or found == min(numbers)
    assert aggregate is not MeasureAggregate.MOST or found == max(numbers)


@given(st.lists(st.sampled_from(MEASURES["wifi.chiffrement"].words), min_size=1))
def test_the_worst_word_is_the_first_of_its_list(words: list[float | str]) -> None:
    order = MEASURES["wifi.chiffrement"].words

    worst = _together(words, measure(MeasureAggregate.LEAST, "wifi.chiffrement"))
    best = _together(words, measure(MeasureAggregate.MOST, "wifi.chiffrement"))

    ranks = [order.index(str(one)) for one in words]
    assert (order.index(str(worst)), order.index(str(best))) == (min(ranks), max(ranks))


@given(FIGURES, STEPS)
def test_an_answer_is_at_its_step_and_within_half_of_it(
    value: float, step: str | int | None
) -> None:
    asked = shipped().questions["latence"]

    written = Fraction(
        _stepped(value, measure(MeasureAggregate.MEDIAN, round=step), asked)
    )

    whole = Fraction(str(step or "0.01"))
    assert (written / whole).denominator == 1
    assert abs(written - Fraction(str(value))) <= whole / 2
