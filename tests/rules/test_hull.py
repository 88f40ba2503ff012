import pytest

from diag.rules.expressions import (
    ABSENT,
    Flag,
    OneOf,
    RuleValue,
    Several,
    Span,
    hull_of_values,
    maybe_absent,
    point,
)


def ids(*names: str) -> frozenset[str]:
    return frozenset(names)


@pytest.mark.parametrize(
    ("values", "joined"),
    [
        ([point(3), point(5)], Span(3, 5)),
        ([point(3), Span(None, 1)], Span(None, 3)),
        ([OneOf(ids("a")), OneOf(ids("b"))], OneOf(ids("a", "b"))),
        (
            [Several(ids("a", "b"), ids("a", "b")), Several(ids("b"), ids("b"))],
            Several(ids("b"), ids("a", "b")),
        ),
        ([Flag(True, False), Flag(False, True)], Flag(True, True)),
        ([Flag(True, False), Flag(True, False)], Flag(True, False)),
        ([ABSENT, point(3)], Span(3, 3, maybe_absent=True)),
        ([ABSENT, ABSENT], ABSENT),
    ],
)
def test_the_hull_allows_what_one_of_the_heads_says(
    values: list[RuleValue], joined: RuleValue
) -> None:
    assert hull_of_values(values) == joined


def test_answers_to_different_questions_have_no_hull() -> None:
    with pytest.raises(TypeError):
        hull_of_values([point(3), Flag(True, False)])


def test_what_may_be_absent_stays_so() -> None:
    assert maybe_absent(ABSENT) is ABSENT
    assert maybe_absent(maybe_absent(point(3))) == Span(3, 3, maybe_absent=True)
