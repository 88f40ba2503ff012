"""Complete facts, and rules computed on them with point values: a second reading.

Written from DESIGN.md §3 alone; imports nothing of `diag.assess` nor of `diag.rules`.
"""

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache

from diag.model.checklist import Criterion, Question
from diag.model.enums import Kind, PlaceKind

Point = object
"""A Fraction (a date: its ordinal), an id, a frozenset of ids, a boolean, or…"""

NOTHING: Point = object()
"""… no value: irrelevant, missing ancestor, smallest of nothing, or…"""

SANS_OBJET: Point = object()
"""… an answer: not applicable."""


@dataclass(frozen=True)
class World:
    """Complete facts: nothing is unknown, nothing is in conflict, no list is open."""

    root: str
    kinds: Mapping[str, PlaceKind]
    parents: Mapping[str, str | None]
    values: Mapping[tuple[str, str], Point]
    visit: int
    questions: Mapping[str, Question]

    def line(self, place: str) -> Iterator[str]:
        current: str | None = place
        while current is not None:
            yield current
            current = self.parents[current]

    def inside(self, place: str, kind: PlaceKind) -> list[str]:
        return [
            other
            for other, other_kind in self.kinds.items()
            if other_kind is kind and other != place and place in self.line(other)
        ]

    def said(self, place: str, name: str) -> Point:
        """Return the answer that a name reads at a place, `SANS_OBJET` included."""
        if name == "visit_date":
            return Fraction(self.visit)
        question = self.questions[name]
        for holder in self.line(place):
            if self.kinds[holder] is question.place:
                if self.names_out(question.relevant, holder):
                    return SANS_OBJET
                if question.relevant and not self.holds(question.relevant, holder):
                    return NOTHING
                return self.values[holder, name]
        return NOTHING

    def level(self, criterion: Criterion, place: str) -> int | None:
        """Return the level of a criterion at a place; None: sans objet."""
        judging = (criterion.given, *criterion.levels.values())
        is_law = criterion.kind is Kind.COMPLIANCE
        if criterion.applicable and not self.holds(criterion.applicable, place):
            return None
        if not is_law and any(self.names_out(rule, place) for rule in judging):
            return None
        if criterion.given and not self.holds(criterion.given, place):
            return 0
        reached = [
            level for level, rule in criterion.levels.items() if self.holds(rule, place)
        ]
        return max(reached, default=0)

    def fits(self, place: str, name: str) -> bool:
        """Say whether an answer is within its whole."""
        whole = self.questions[name].at_most
        part, most = self.values[place, name], self.said(place, whole) if whole else 0
        if not whole or not isinstance(part, Fraction):
            return True
        return not isinstance(most, Fraction) or part <= most

    def holds(self, rule: str, place: str) -> bool:
        return _condition(_parsed(rule), self, place)

    def number(self, rule: str, place: str, **names: Fraction) -> Point:
        return _term(_parsed(rule), self, place, names)

    def names_out(self, rule: str, place: str) -> bool:
        """Say whether a rule names, outside aggregates, what was said sans objet."""
        return bool(rule) and any(
            self.said(place, name) is SANS_OBJET for name in _outer_names(_parsed(rule))
        )


def _outer_names(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(name):
            yield name
        case ast.Call(ast.Name("months_between"), arguments):
            for argument in arguments:
                yield from _outer_names(argument)
        case ast.Call():
            return
        case _:
            for child in ast.iter_child_nodes(node):
                yield from _outer_names(child)


@cache
def names_and_numbers(rule: str) -> tuple[frozenset[str], frozenset[Fraction]]:
    """Return the names that a rule holds, and the numbers written in it."""
    nodes = list(ast.walk(_parsed(rule)))
    return (
        frozenset(each.id for each in nodes if isinstance(each, ast.Name)),
        frozenset(
            Fraction(repr(each.value))
            for each in nodes
            if isinstance(each, ast.Constant) and not isinstance(each.value, str)
        ),
    )


@cache
def _parsed(rule: str) -> ast.expr:
    return ast.parse(rule, mode="eval").body


def _condition(node: ast.expr, world: World, place: str) -> bool:
    match node:
        case ast.BoolOp(ast.And(), operands):
            return all(_condition(each, world, place) for each in operands)
        case ast.BoolOp(ast.Or(), operands):
            return any(_condition(each, world, place) for each in operands)
        case ast.UnaryOp(ast.Not(), operand):
            return not _condition(operand, world, place)
        case ast.Compare(left, operators, others):
            terms = [left, *others]
            return all(
                _compares(operator, terms[at], terms[at + 1], world, place)
                for at, operator in enumerate(operators)
            )
        case ast.Name(name):
            return world.said(place, name) is True
    raise TypeError(ast.dump(node))


def _compares(
    operator: ast.cmpop, left: ast.expr, right: ast.expr, world: World, place: str
) -> bool:
    one = _term(left, world, place, {})
    if isinstance(right, ast.Tuple):
        among = one in [ast.literal_eval(each) for each in right.elts]
        return one is not NOTHING and among is isinstance(operator, ast.In)
    other = _term(right, world, place, {})
    if one is NOTHING or other is NOTHING:
        return False
    if isinstance(operator, ast.In | ast.NotIn):
        assert isinstance(other, frozenset)
        return (one in other) is isinstance(operator, ast.In)
    if isinstance(operator, ast.Eq | ast.NotEq):
        return (one == other) is isinstance(operator, ast.Eq)
    if isinstance(one, str) and isinstance(other, str):
        one, other = _ranks(left, right, one, other, world)
    return _ordered(operator, one, other)


def _ordered(operator: ast.cmpop, one: Point, other: Point) -> bool:
    assert isinstance(one, int | Fraction)
    assert isinstance(other, int | Fraction)
    return {
        ast.Lt: one < other,
        ast.LtE: one <= other,
        ast.Gt: one > other,
        ast.GtE: one >= other,
    }[type(operator)]


def _ranks(
    left: ast.expr, right: ast.expr, one: str, other: str, world: World
) -> tuple[int, int]:
    name = left if isinstance(left, ast.Name) else right
    assert isinstance(name, ast.Name)
    ids = [choice.id for choice in world.questions[name.id].choices]
    return ids.index(one), ids.index(other)


def _term(
    node: ast.expr, world: World, place: str, names: Mapping[str, Fraction]
) -> Point:
    match node:
        case ast.Constant(str() as ident):
            return ident
        case ast.Constant(value):
            return Fraction(repr(value))
        case ast.Name(name):
            said = names[name] if name in names else world.said(place, name)
            return NOTHING if said is SANS_OBJET else said
        case ast.Call(ast.Name(function), [ast.Name(kind), *arguments]) if (
            function in _AGGREGATES
        ):
            counted = _counted(function, PlaceKind(kind), arguments, world, place)
            return _AGGREGATES[function](arguments, counted, world)
    parts = _operands(node)
    numbers = [_term(each, world, place, names) for each in parts]
    found = [each for each in numbers if isinstance(each, Fraction)]
    return _computed(node, found) if len(found) == len(parts) else NOTHING


def _operands(node: ast.expr) -> list[ast.expr]:
    match node:
        case ast.UnaryOp(ast.USub(), operand):
            return [operand]
        case ast.BinOp(left, _, right):
            return [left, right]
        case ast.Call(ast.Name("months_between"), arguments):
            return arguments
    raise TypeError(ast.dump(node))


def _computed(node: ast.expr, numbers: Sequence[Fraction]) -> Fraction:
    match node, numbers:
        case ast.UnaryOp(), [one]:
            return -one
        case ast.BinOp(_, ast.Add()), [one, other]:
            return one + other
        case ast.BinOp(_, ast.Sub()), [one, other]:
            return one - other
        case ast.BinOp(_, ast.Mult()), [one, other]:
            return one * other
        case ast.BinOp(_, ast.Div()), [one, other]:
            return one / other
    return Fraction(_months(*map(int, numbers)))


def _months(first: int, last: int) -> int:
    start, end = date.fromordinal(first), date.fromordinal(last)
    whole = 12 * (end.year - start.year) + end.month - start.month
    return whole - 1 if end.day < start.day else whole


def _counted(
    function: str,
    kind: PlaceKind,
    arguments: Sequence[ast.expr],
    world: World,
    place: str,
) -> list[str]:
    """Return the places that an aggregate counts; sans objet ones do not."""
    names = {
        each.id
        for argument in arguments
        for each in ast.walk(argument)
        if isinstance(each, ast.Name) and each.id in world.questions
    }
    among = arguments[(0 if function == "count" else 1) :]
    return [
        each
        for each in world.inside(place, kind)
        if not any(world.said(each, name) is SANS_OBJET for name in names)
        and all(_condition(condition, world, each) for condition in among)
    ]


Arguments = Sequence[ast.expr]


def _count(_: Arguments, places: Sequence[str], __: World) -> Point:
    return Fraction(len(places))


def _share(arguments: Arguments, places: Sequence[str], world: World) -> Point:
    if not places:
        return NOTHING
    holding = [place for place in places if _condition(arguments[0], world, place)]
    return Fraction(len(holding), len(places))


def _numbers(
    arguments: Arguments, places: Sequence[str], world: World
) -> list[Fraction]:
    found = [_term(arguments[0], world, place, {}) for place in places]
    return [each for each in found if isinstance(each, Fraction)]


def _total(arguments: Arguments, places: Sequence[str], world: World) -> Point:
    return sum(_numbers(arguments, places, world), Fraction())


def _smallest(arguments: Arguments, places: Sequence[str], world: World) -> Point:
    return min(_numbers(arguments, places, world), default=NOTHING)


def _largest(arguments: Arguments, places: Sequence[str], world: World) -> Point:
    return max(_numbers(arguments, places, world), default=NOTHING)


_AGGREGATES: dict[str, Callable[[Arguments, Sequence[str], World], Point]] = {
    "count": _count,
    "share": _share,
    "total": _total,
    "smallest": _smallest,
    "largest": _largest,
}
