"""The trend of a rule when a fact gets better, from its text."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.checklist.search.effects import Trend, Trends
from diag.model.checklist import Question
from diag.model.enums import QuestionType
from diag.rules.language import parse_rule
from tests.checklist.search.criteria import DOWN, LOT, SALLE, UP, by_id, question
from tests.examples import examples
from tests.rules.exact import Fact, Known, exact_truth

NUMBERS = by_id(
    question("x", QuestionType.NUMBER, range_=(0, 9), better=UP),
    question("y", QuestionType.NUMBER, range_=(0, 9)),
    question("z", QuestionType.NUMBER, range_=(-9, 9)),
    question("p", QuestionType.BOOLEAN, better=DOWN),
    question("k", QuestionType.CHOICE, choices="a b c", better="c|b|a"),
    question("t", QuestionType.CHOICE, choices="a b c", better="c|a b"),
    question("set", QuestionType.CHOICES, choices="a b", better=UP),
    question("seen", QuestionType.INTEGER, relevant="x > 1"),
    question("hidden", QuestionType.BOOLEAN, relevant="not (x > 1)"),
    question("prises", QuestionType.INTEGER, SALLE, range_=(0, 9), better=UP),
    question("murs", QuestionType.INTEGER, SALLE, range_=(0, 9)),
    question("age", QuestionType.DATE, LOT, better=UP),
    question("lots", QuestionType.INTEGER, LOT, range_=(0, 9)),
)


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("p", "p", Trend.FALLS),
        ("not p", "p", Trend.RISES),
        ("y > 1", "x", Trend.STAYS),
        ("x >= 1", "x", Trend.RISES),
        ("1 < x", "x", Trend.RISES),
        ("x <= 1", "x", Trend.FALLS),
        ("x == 1", "x", Trend.VARIES),
        ("3 * x != 711", "x", Trend.VARIES),
        ("k in ('a', 'b')", "k", Trend.RISES),
        ("k == 'c'", "k", Trend.FALLS),
        ("k != 'c'", "k", Trend.RISES),
        ("k == 'b'", "k", Trend.VARIES),
        ("t == 'a'", "t", Trend.RISES),
        ("t in ('a', 'c')", "t", Trend.FALLS),
        ("'a' in set", "set", Trend.RISES),
        ("'a' not in set", "set", Trend.FALLS),
        ("x > 1 and y > 1", "x", Trend.RISES),
        ("x > 1 or x < 0", "x", Trend.VARIES),
        ("x + 1 > y", "x", Trend.RISES),
        ("y - x > 1", "x", Trend.FALLS),
        ("2 * x > 1", "x", Trend.RISES),
        ("-2 * x > 1", "x", Trend.FALLS),
        ("x / y > 1", "x", Trend.RISES),
        ("x * z > 1", "x", Trend.VARIES),
        ("y / x > 1", "x", Trend.VARIES),
        ("months_between(age, visit_date) < 84", "age", Trend.RISES),
        ("count(salle, prises > 1) > 2", "prises", Trend.RISES),
        ("total(salle, prises) > 2", "prises", Trend.RISES),
        (
            "total(lot, lots, months_between(age, visit_date) < 9) > 2",
            "age",
            Trend.RISES,
        ),
        ("share(salle, prises > 1) > 0.5", "prises", Trend.RISES),
        ("share(salle, murs > 1, prises > 1) > 0.5", "prises", Trend.VARIES),
        ("smallest(salle, prises, murs > 1) < 2", "prises", Trend.FALLS),
        ("largest(salle, murs, prises > 1) < 2", "prises", Trend.VARIES),
        ("seen >= 2", "x", Trend.RISES),
        ("not (seen >= 2)", "x", Trend.FALLS),
        ("hidden", "x", Trend.FALLS),
        ("x > 1 and not hidden", "x", Trend.RISES),
        ("x > 1 and hidden", "x", Trend.VARIES),
    ],
)
def test_a_text_tells_its_direction_or_not(
    text: str, name: str, expected: Trend
) -> None:
    assert Trends(NUMBERS).of(parse_rule(text).root, name) is expected


@pytest.mark.parametrize("count", ["murs", "murs + 1"])
def test_a_number_that_appears_has_no_direction(count: str) -> None:
    relevant = question("murs", QuestionType.INTEGER, relevant="x > 1")
    trends = Trends(by_id(NUMBERS["x"], relevant))
    assert trends.of(parse_rule(count).root, "x") is Trend.VARIES


def test_what_only_appears_inside_an_aggregate_adds_up() -> None:
    seen = question("lots", QuestionType.INTEGER, LOT, range_=(0, 9), relevant="x > 1")
    trends = Trends(by_id(NUMBERS["x"], seen))
    for function, trend in (("total", Trend.RISES), ("smallest", Trend.VARIES)):
        rule = parse_rule(f"{function}(lot, lots) > 3")
        assert trends.of(rule.root, "x") is trend


SMALL: dict[str, list[Fact]] = {
    "x": [Fraction(number) for number in range(4)],
    "y": [Fraction(number) for number in range(3)],
    "k": ["a", "b", "c"],
}
ATOMS = st.one_of(
    st.sampled_from(["k == 'b'", "k != 'b'", "k in ('a', 'c')", "k >= 'b'"]),
    st.builds(
        "{} {} {}".format,
        st.sampled_from(["x", "y", "2 * x", "x + y", "y - x"]),
        st.sampled_from(["<", "<=", ">", ">=", "==", "!="]),
        st.sampled_from(["0", "1", "2", "y"]),
    ),
)
CONDITIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        inner.map("not ({})".format),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
            lambda parts: f"({' '.join(parts)})"
        ),
    ),
    max_leaves=4,
)
RELEVANT = st.builds("x {} {}".format, st.sampled_from([">", "<="]), st.integers(0, 2))


@examples(300)
@given(CONDITIONS, RELEVANT, st.sampled_from(["x", "k"]))
def test_what_is_told_of_a_text_is_true_of_every_case(
    text: str, relevant: str, moving: str
) -> None:
    questions: dict[str, Question] = dict(
        by_id(
            question("x", QuestionType.INTEGER, range_=(0, 3), better=UP),
            question("y", QuestionType.INTEGER, range_=(0, 3), relevant=relevant),
            question(
                "k", QuestionType.CHOICE, choices="a b c", ordered=True, better="b|c|a"
            ),
        )
    )
    trend = Trends(questions).of(parse_rule(text).root, moving)
    for worse, better in steps(moving, relevant):
        before, after = exact_truth(text, worse), exact_truth(text, better)
        assert not (trend.never_falls and before and not after)
        assert not (trend.never_rises and after and not before)


def steps(moving: str, relevant: str) -> Iterator[tuple[Known, Known]]:
    order = SMALL["x"] if moving == "x" else ["b", "c", "a"]
    others = {name: values for name, values in SMALL.items() if name != moving}
    for values in product(*others.values()):
        rest = dict(zip(others, values, strict=True))
        for at in range(len(order) - 1):
            yield (
                known({**rest, moving: order[at]}, relevant),
                known({**rest, moving: order[at + 1]}, relevant),
            )


def known(facts: dict[str, Fact], relevant: str) -> Known:
    if not exact_truth(relevant, Known(facts)):
        facts = {**facts, "y": None}
    return Known(facts)
