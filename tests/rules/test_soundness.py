"""Whatever the facts turn out to be, rules had said so (DESIGN.md §3, §4)."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeVar

from hypothesis import assume, event, given
from hypothesis import strategies as st

from diag.rules.evaluate import holds, number
from diag.rules.expressions import (
    ABSENT,
    Absent,
    Flag,
    OneOf,
    RuleValue,
    Several,
    Span,
    Truth,
)
from diag.rules.language import parse_rule
from tests.examples import examples
from tests.rules.exact import Fact, Known, exact_number, exact_truth
from tests.rules.places import Here

OUT: Literal["out"] = "out"
"""A fact answered not applicable."""

State = Fact | Literal["out"]
_Drawn = TypeVar("_Drawn")
Cloud = tuple[State, ...]
"""Everything a fact can still be."""

NUMBERS: list[Fact] = [Fraction(n) for n in range(4)]
FLAGS: list[Fact] = [True, False]
CHOICES: list[Fact] = ["a", "b", "c"]
TOOLS: list[Fact] = [frozenset(ids) for ids in ("", "a", "b", "ab")]
SCHOOL = {"x": NUMBERS, "y": NUMBERS, "p": FLAGS, "k": CHOICES, "m": TOOLS}
ROOM = {"n": NUMBERS, "o": NUMBERS, "q": FLAGS, "t": CHOICES}


@dataclass(frozen=True)
class Partial:
    """A place of which not all is known, and its rooms."""

    clouds: Mapping[str, Cloud]
    rooms: tuple["Partial", ...] = ()
    is_open: bool = False


def scope_of(place: Partial, outer: Mapping[str, RuleValue] | None = None) -> Here:
    """Return the place as rules see it: hulls of its clouds."""
    values = {name: hull(cloud) for name, cloud in place.clouds.items()}
    values.update(outer or {})
    rooms = [scope_of(room, values) for room in place.rooms]
    out = {name: out_of(cloud) for name, cloud in place.clouds.items()}
    return Here(values, rooms, place.is_open, out)


def hull(cloud: Cloud) -> RuleValue:
    values = [state for state in cloud if state is not None and state != OUT]
    maybe_absent = len(values) < len(cloud)
    numbers = [value for value in values if isinstance(value, Fraction)]
    sets = [value for value in values if isinstance(value, frozenset)]
    if not values:
        return ABSENT
    if numbers:
        return Span(min(numbers), max(numbers), maybe_absent)
    if sets:
        sure, possible = sets[0].intersection(*sets), sets[0].union(*sets)
        return Several(sure, possible, maybe_absent)
    if isinstance(values[0], bool):
        return Flag(True in values, False in values, maybe_absent)
    ids = frozenset(value for value in values if isinstance(value, str))
    return OneOf(ids, maybe_absent, ("a", "b", "c"))


def out_of(cloud: Cloud) -> Truth:
    if OUT not in cloud:
        return False
    return True if set(cloud) == {OUT} else None


def clouds(values: Sequence[_Drawn]) -> st.SearchStrategy[tuple[_Drawn, ...]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True).map(
        tuple
    )


def places(
    facts: Mapping[str, list[Fact]], *states: State
) -> st.SearchStrategy[dict[str, Cloud]]:
    return st.fixed_dictionaries({
        name: clouds([*values, *states]) for name, values in facts.items()
    })


ROOMS = places(ROOM, None, OUT).map(Partial)
# Made once: making them again at each draw takes most of the time.
SEEN = st.lists(ROOMS, max_size=3)
TO_COME = st.lists(ROOMS, max_size=2)
SITES = places(SCHOOL, None)
FLIP = st.booleans()
ONE_OF = {size: st.integers(0, size - 1) for size in (1, 2, 3)}
SOME_OF = {size: clouds(range(size)) for size in (1, 2, 3)}


@st.composite
def schools(draw: st.DrawFn) -> Partial:
    return Partial(draw(SITES), tuple(draw(SEEN)), draw(FLIP))


@st.composite
def completions(draw: st.DrawFn, place: Partial) -> Known:
    """Draw one way in which things can be, rooms still to come included."""
    school = draw(known(place.clouds))
    rooms = list(place.rooms)
    if place.is_open:
        rooms += draw(TO_COME)
    inner = [draw(known(room.clouds)) for room in rooms]
    held = tuple(Known({**school.facts, **room.facts}, room.out) for room in inner)
    return Known(school.facts, rooms=held)


@st.composite
def known(draw: st.DrawFn, place: Mapping[str, Cloud]) -> Known:
    states = {name: cloud[draw(ONE_OF[len(cloud)])] for name, cloud in place.items()}
    facts = {name: None if is_out(state) else state for name, state in states.items()}
    return Known(facts, frozenset(name for name in states if is_out(states[name])))


def is_out(state: State) -> bool:
    return isinstance(state, str) and state == OUT


@st.composite
def refinements(draw: st.DrawFn, place: Partial) -> Partial:
    """Draw the same place, where more is known."""
    narrowed = {
        name: tuple(cloud[at] for at in draw(SOME_OF[len(cloud)]))
        for name, cloud in sorted(place.clouds.items())
    }
    rooms = tuple(draw(refinements(room)) for room in place.rooms)
    return Partial(narrowed, rooms, place.is_open and draw(FLIP))


def numbers(*names: str) -> st.SearchStrategy[str]:
    leaves = st.sampled_from([*names, "0", "1", "2"])
    return st.recursive(
        leaves,
        lambda inner: st.tuples(inner, st.sampled_from("+-*/"), inner).map(
            lambda parts: f"({' '.join(parts)})"
        ),
        max_leaves=3,
    )


def conditions(
    number_names: str, flag: str, choice: str, leaves: st.SearchStrategy[str]
) -> st.SearchStrategy[str]:
    orders = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
    numeric = numbers(*number_names)
    simple = st.one_of(
        st.just(flag),
        st.tuples(numeric, orders, numeric).map(" ".join),
        st.tuples(st.just(choice), orders, st.sampled_from(["'a'", "'b'"])).map(
            " ".join
        ),
        st.sampled_from([f"{choice} in ('a', 'c')", f"{choice} not in ('a', 'b')"]),
        leaves,
    )
    return st.recursive(
        simple,
        lambda inner: st.one_of(
            inner.map("not ({})".format),
            st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
                lambda parts: f"({' '.join(parts)})"
            ),
        ),
        max_leaves=3,
    )


IN_ROOMS = conditions("nox", "q", "t", st.just("p"))
AGGREGATES = st.one_of(
    st.just("count(salle)"),
    IN_ROOMS.map("count(salle, {})".format),
    st.builds("share(salle, {}, {})".format, IN_ROOMS, IN_ROOMS),
    IN_ROOMS.map("share(salle, {})".format),
    # no rule totals a number that may be negative
    st.builds(
        "total(salle, {}, {})".format, st.sampled_from(["n", "n + x * o"]), IN_ROOMS
    ),
    st.builds("smallest(salle, {}, {})".format, numbers("n", "o"), IN_ROOMS),
    st.builds("largest(salle, {}, {})".format, numbers("n", "x"), IN_ROOMS),
)
TERMS = st.one_of(
    AGGREGATES, numbers("x", "y"), st.builds("({} - {})".format, AGGREGATES, AGGREGATES)
)
RULES = conditions(
    "xy",
    "p",
    "k",
    st.one_of(
        st.sampled_from(["'a' in m", "'b' not in m", "x == y"]),
        st.builds("{} >= {}".format, AGGREGATES, st.sampled_from(["1", "x"])),
    ),
)


@examples(150)
@given(RULES, schools(), st.data())
def test_every_completion_agrees_with_a_condition(
    text: str, place: Partial, data: st.DataObject
) -> None:
    truth = holds(parse_rule(text), scope_of(place))
    event(f"truth {truth}")
    completion = data.draw(completions(place))
    with unless_it_divides_by_0():
        assert truth is None or truth is exact_truth(text, completion)


@examples(150)
@given(TERMS, schools(), st.data())
def test_every_completion_lies_within_a_number(
    text: str, place: Partial, data: st.DataObject
) -> None:
    interval = number(parse_rule(text), scope_of(place))
    completion = data.draw(completions(place))
    with unless_it_divides_by_0():
        assert lies_within(exact_number(text, completion), interval)


@examples(100)
@given(RULES, schools(), st.data())
def test_knowing_more_never_unsettles_a_condition(
    text: str, place: Partial, data: st.DataObject
) -> None:
    rule = parse_rule(text)
    before = holds(rule, scope_of(place))
    after = holds(rule, scope_of(data.draw(refinements(place))))
    assert before is None or before is after


@examples(100)
@given(TERMS, schools(), st.data())
def test_knowing_more_never_widens_a_number(
    text: str, place: Partial, data: st.DataObject
) -> None:
    rule = parse_rule(text)
    before = number(rule, scope_of(place))
    after = number(rule, scope_of(data.draw(refinements(place))))
    assert is_within(after, before)


@contextmanager
def unless_it_divides_by_0() -> Iterator[None]:
    try:
        yield
    except ZeroDivisionError:
        assume(condition=False)


def lies_within(exact: Fraction | None, interval: Span | Absent) -> bool:
    if exact is None:
        return interval is ABSENT or interval.maybe_absent
    return is_within(Span(exact, exact), interval)


def is_within(inner: Span | Absent, outer: Span | Absent) -> bool:
    if inner is ABSENT:
        return outer is ABSENT or outer.maybe_absent
    if outer is ABSENT:
        return False
    above = outer.low is None or (inner.low is not None and inner.low >= outer.low)
    below = outer.high is None or (inner.high is not None and inner.high <= outer.high)
    return above and below and inner.maybe_absent <= outer.maybe_absent
