"""Rules at a place: absence, the unknown, aggregates over rooms."""

from datetime import date
from fractions import Fraction

import pytest

from diag.rules.evaluate import condition, holds, number
from diag.rules.expressions import ABSENT, Absent, RuleValue, Span, Truth, point
from diag.rules.language import parse_rule
from tests.rules.places import (
    NO,
    YES,
    YES_OR_NO,
    Here,
    here,
    one_of,
    several,
    span,
)

VISIT = point(date(2026, 11, 20).toordinal())
FACTS = here(
    x=point(5),
    near=span(3, 8),
    unknown=span(None, None),
    maybe=span(5, 5, maybe_absent=True),
    yes=YES,
    no=NO,
    yes_or_no=YES_OR_NO,
    kind=one_of("classe"),
    kinds=one_of("classe", "bureau"),
    rank=one_of("moyen", order="bas moyen haut"),
    tools=several("a", "a b"),
    visit_date=VISIT,
    backup=point(date(2026, 8, 1).toordinal()),
)


def truth(text: str, scope: Here = FACTS) -> Truth:
    return holds(parse_rule(text), scope)


def measured(text: str, scope: Here = FACTS) -> Span | Absent:
    return number(parse_rule(text), scope)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x >= 5", True),
        ("x > 5", False),
        ("5 <= x < 6", True),
        ("near >= 5", None),
        ("near >= 3", True),
        ("near > 8", False),
        ("near != 9", True),
        ("unknown > 0", None),
        ("x == 5.0", True),
        ("x < near", None),
        ("yes", True),
        ("no", False),
        ("yes_or_no", None),
        ("not no", True),
        ("yes and no", False),
        ("no and yes_or_no", False),
        ("yes and yes_or_no", None),
        ("yes or yes_or_no", True),
        ("no or yes_or_no", None),
        ("kind == 'classe'", True),
        ("'classe' == kind", True),
        ("kind != 'classe'", False),
        ("kinds == 'classe'", None),
        ("kinds in ('classe', 'bureau')", True),
        ("kinds not in ('classe', 'bureau')", False),
        ("kind == kinds", None),
        ("rank >= 'moyen'", True),
        ("rank > 'moyen'", False),
        ("'a' in tools", True),
        ("'a' not in tools", False),
        ("'b' in tools", None),
        ("'c' in tools", False),
        ("'c' not in tools", True),
        ("months_between(backup, visit_date) == 3", True),
        ("visit_date > backup", True),
    ],
)
def test_a_condition_is_true_false_or_unknown(text: str, expected: Truth) -> None:
    assert truth(text) is expected


@pytest.mark.parametrize(
    "text",
    [
        "nothing > 0",
        "nothing <= 0",
        "nothing == 0",
        "nothing != 0",
        "nothing == 'a'",
        "nothing != 'a'",
        "nothing in ('a', 'b')",
        "nothing not in ('a', 'b')",
        "'a' in nothing",
        "'a' not in nothing",
        "nothing == x",
        "nothing != x",
        "nothing + 1 > 0",
        "x / nothing != 3",
        "months_between(nothing, visit_date) < 12",
        "smallest(salle, x) != 0",
        "share(salle, yes) <= 1",
        "nothing",
    ],
)
def test_every_comparison_of_what_is_absent_is_false(text: str) -> None:
    assert truth(text) is False


@pytest.mark.parametrize("text", ["maybe == 5", "maybe != 6", "maybe <= x"])
def test_what_may_be_absent_is_never_surely_compared(text: str) -> None:
    assert truth(text) is None


def test_what_may_be_absent_can_be_surely_false() -> None:
    assert truth("maybe > 5") is False


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (one_of("a", maybe_absent=True), "f == 'a'"),
        (one_of("a", maybe_absent=True), "f != 'b'"),
        (several("a", "a", maybe_absent=True), "'a' in f"),
        (several("a", "a", maybe_absent=True), "'b' not in f"),
    ],
)
def test_a_choice_that_may_be_absent_is_never_surely_compared(
    value: RuleValue, text: str
) -> None:
    assert truth(text, here(f=value)) is None


def test_arithmetic_of_what_is_absent_is_absent() -> None:
    assert measured("nothing + 1") is ABSENT
    assert measured("2 * nothing") is ABSENT


def test_a_division_by_what_may_be_0_is_unbounded() -> None:
    assert measured("1 / (x - 5)") == span(None, None)
    assert measured("1 / (near - 5)") == span(None, None)


def test_arithmetic_follows_pythons_priorities() -> None:
    assert measured("1 + x * 2 - 6 / 3") == point(9)
    assert measured("-(near)") == span(-8, -3)


def test_a_rule_is_compiled_once() -> None:
    rule = parse_rule("x > 1")
    assert condition(rule) is condition(rule)


@pytest.mark.parametrize("text", ["x", "kind > 3", "x == 'a'", "'a' in kind"])
def test_a_rule_that_was_never_checked_stops_loudly(text: str) -> None:
    with pytest.raises(TypeError):
        truth(text)


CLASSROOM = one_of("classe")
ROOMS = (
    here(type=CLASSROOM, sockets=point(3), board=YES),
    here(type=CLASSROOM, sockets=span(0, 4), board=YES_OR_NO),
    here(type=one_of("classe", "bureau"), sockets=point(1), board=NO),
    here(type=one_of("bureau"), sockets=point(9), board=NO),
)
SCHOOL = Here({}, ROOMS)
OPEN_SCHOOL = Here({}, ROOMS, is_open=True)


@pytest.mark.parametrize(
    ("text", "expected", "while_open"),
    [
        ("count(salle)", span(4, 4), span(4, None)),
        ("count(salle, type == 'classe')", span(2, 3), span(2, None)),
        ("count(salle, sockets >= 2)", span(2, 3), span(2, None)),
        ("total(salle, sockets)", span(13, 17), span(13, None)),
        ("total(salle, 2 * sockets, type == 'classe')", span(6, 16), span(6, None)),
        ("smallest(salle, sockets, type == 'classe')", span(0, 3), span(None, 3)),
        ("largest(salle, sockets, type == 'classe')", span(3, 4), span(3, None)),
        ("largest(salle, sockets, type == 'cave')", ABSENT, None),
        ("share(salle, board, type == 'cave')", ABSENT, None),
    ],
)
def test_aggregates_draw_a_number_from_the_rooms(
    text: str, expected: Span | Absent, while_open: Span | None
) -> None:
    assert measured(text, SCHOOL) == expected
    if while_open:
        assert measured(text, OPEN_SCHOOL) == while_open


def test_a_share_counts_the_rooms_among_those_that_matter() -> None:
    share = measured("share(salle, board, type == 'classe')", SCHOOL)
    assert share == Span(Fraction(1, 3), 1)
    assert measured("share(salle, board)", OPEN_SCHOOL) == span(0, 1)


def test_a_room_where_an_aggregated_fact_is_not_applicable_does_not_count() -> None:
    out = Here({"type": CLASSROOM, "board": YES}, out={"sockets": True})
    school = Here({}, (*ROOMS, out))
    assert measured("count(salle, type == 'classe')", school) == span(3, 4)
    assert measured("count(salle, not sockets > 2)", school) == span(1, 2)
    assert measured("share(salle, sockets >= 0)", school) == span(1, 1)
    assert measured("share(salle, board, not sockets > 9)", school) == (
        measured("share(salle, board, not sockets > 9)", SCHOOL)
    )


def test_a_room_where_heads_disagree_on_not_applicable_may_count() -> None:
    disputed = Here({"sockets": span(2, 2, maybe_absent=True)}, out={"sockets": None})
    school = Here({}, (disputed,))
    assert measured("count(salle, not sockets > 3)", school) == span(0, 1)
    assert measured("total(salle, sockets)", school) == span(0, 2)
