"""Aggregates compiled: which places count at a scope, and what is drawn from them."""

from collections.abc import Callable

from diag.model.enums import PlaceKind
from diag.rules.aggregates import counted, shared
from diag.rules.scope import Judge, Measure, Scope
from diag.rules.values import ABSENT, Absent, Span, Truth

Members = Callable[[Scope], tuple[list[tuple[Scope, Truth]], bool]]
"""Finds the places that count or may count, and whether more may come."""


def gathered(kind: PlaceKind, names: tuple[str, ...], among: Judge | None) -> Members:
    """Return the finder of the places of a kind that count.

    A place where one of `names` was answered not applicable does not count.
    """

    def members(scope: Scope) -> tuple[list[tuple[Scope, Truth]], bool]:
        places, is_open = scope.inside(kind)
        found: list[tuple[Scope, Truth]] = []
        for place in places:
            standing: Truth = among(place) if among else True
            if standing is False:
                continue
            out = _any_out(place, names)
            if out is not True:
                found.append((place, None if out is None else standing))
        return found, is_open

    return members


def count(members: Members) -> Measure:
    """Return the measure of `count`."""

    def measure(scope: Scope) -> Span:
        places, is_open = members(scope)
        return counted([standing for _, standing in places], is_open=is_open)

    return measure


def share(members: Members, holds: Judge) -> Measure:
    """Return the measure of `share`."""

    def measure(scope: Scope) -> Span | Absent:
        places, is_open = members(scope)
        judged = [(standing, holds(place)) for place, standing in places]
        return shared(judged, is_open=is_open)

    return measure


def over_numbers(
    draw: Callable[[list[tuple[Truth, Span]], bool], Span | Absent],
    members: Members,
    number: Measure,
) -> Measure:
    """Return the measure of `total`, `smallest` or `largest`."""

    def measure(scope: Scope) -> Span | Absent:
        places, is_open = members(scope)
        read = [(standing, number(place)) for place, standing in places]
        present = [(standing, each) for standing, each in read if each is not ABSENT]
        return draw(present, is_open)

    return measure


def _any_out(place: Scope, names: tuple[str, ...]) -> Truth:
    result: Truth = False
    for name in names:
        out = place.is_out(name)
        if out is True:
            return True
        if out is None:
            result = None
    return result
