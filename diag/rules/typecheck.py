"""Checks a rule against the questions that it reads, before anything is judged.

Every fault is found, each a French sentence with its column and what to do. A rule
that passes never stops the evaluator, and its numbers have a unit and known bounds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from diag.model.checklist import Question
from diag.model.enums import PlaceKind, QuestionType
from diag.rules.intervals import ARITHMETIC
from diag.rules.language import Rule
from diag.rules.problem import listed
from diag.rules.proofs import is_nonzero, proved_nonzero
from diag.rules.reach import may_hold
from diag.rules.readings import Readings
from diag.rules.symbols import NUMERIC, Symbols
from diag.rules.tree import (
    Aggregate,
    AllOf,
    AnyOf,
    Arithmetic,
    ChoiceId,
    Comparison,
    Condition,
    Constant,
    Includes,
    IsAmong,
    Months,
    Name,
    Node,
    Not,
    RuleError,
    Term,
)
from diag.rules.units import PURE, Unit
from diag.rules.values import UNBOUNDED, Span, point

Expected = Literal["condition", "number"]
"""What a key of a checklist wants of its rule."""


def check_rule(
    rule: Rule,
    questions: Mapping[str, Question],
    place: PlaceKind,
    expects: Expected,
    *,
    extra: Mapping[str, QuestionType] | None = None,
    given: Rule | None = None,
) -> list[RuleError]:
    """Return every fault of a rule judged at places of a kind.

    `extra` types the names that are no questions (`quantite`); `given` is the rule
    that holds wherever this one is read: it may prove that a divisor is not 0.
    """
    readings = Readings(Symbols(questions, extra or {}))
    proved = proved_nonzero(given.root) if given else frozenset()
    checker = _Checker(readings, place, proved)
    if expects == "condition":
        checker.condition(rule.root)
    else:
        checker.quantity(rule.root)
    return sorted(readings.errors, key=lambda error: error.column)


@dataclass(frozen=True, slots=True)
class _Quantity:
    """The unit of a number (None takes the one it meets) and where it lies."""

    unit: Unit | None
    span: Span


@dataclass(frozen=True, slots=True)
class _Checker:
    """Reads from a kind of place, where some terms are known not to be 0."""

    readings: Readings
    place: PlaceKind
    proved: frozenset[Term]

    def condition(self, node: Node) -> None:
        """Check what must be true or false."""
        match node:
            case Name():
                self.readings.typed(node, self.place, QuestionType.BOOLEAN)
            case Not(operand):
                self.condition(operand)
            case AllOf(operands):
                checker = self
                for operand in operands:
                    checker.condition(operand)
                    checker = checker.when(operand)
            case AnyOf(operands):
                for operand in operands:
                    self.condition(operand)
            case Includes(question, choice):
                self.readings.chosen(
                    question, (choice,), self.place, QuestionType.CHOICES
                )
            case IsAmong(question, choices):
                self.readings.chosen(question, choices, self.place, QuestionType.CHOICE)
            case Comparison():
                self._comparison(node)
            case _:
                self.readings.fault(
                    node, "une condition est attendue : comparez ce nombre à un autre"
                )

    def quantity(self, node: Node) -> _Quantity | None:
        """Check what must be a number; None once something is wrong."""
        match node:
            case Name():
                symbol = self.readings.typed(node, self.place, *NUMERIC)
                return _Quantity(symbol.unit, symbol.span) if symbol else None
            case Constant(value):
                return _Quantity(None, point(value))
            case Arithmetic("+" | "-"):
                return self._sum(node)
            case Arithmetic():
                return self._product(node)
            case Aggregate():
                return self._aggregate(node)
        return self._months(node)

    def when(self, condition: Condition | None) -> "_Checker":
        """Return a checker for where a condition holds."""
        if condition is None:
            return self
        return replace(self, proved=self.proved | proved_nonzero(condition))

    def _comparison(self, node: Comparison) -> None:
        readings, place = self.readings, self.place
        match node.left, node.right:
            case (Name() as name, ChoiceId() as choice) | (
                ChoiceId() as choice,
                Name() as name,
            ):
                symbol = readings.chosen(name, (choice,), place, QuestionType.CHOICE)
                readings.ordered(node, symbol)
            case (ChoiceId(), _) | (_, ChoiceId()):
                readings.fault(node, "un choix ne se compare qu'à une question")
            case (Name() as left, Name() as right) if readings.is_typed(
                left, place, QuestionType.CHOICE
            ):
                readings.ordered(node, readings.same_choices(left, right, place))
            case sides if any(
                readings.is_typed(side, place, QuestionType.DATE) for side in sides
            ):
                for side in sides:
                    readings.date(side, place)
            case _:
                self._in_one_unit(node)

    def _in_one_unit(
        self, node: Comparison | Arithmetic
    ) -> tuple[_Quantity, _Quantity] | None:
        """Check two numbers that only go together in the same unit."""
        left, right = self.quantity(node.left), self.quantity(node.right)
        if left is None or right is None:
            return None
        if None not in {left.unit, right.unit} and left.unit != right.unit:
            self.readings.fault(
                node,
                f"les unités diffèrent : « {left.unit} » et « {right.unit} » ; "
                "ramenez les deux côtés à la même",
            )
            return None
        return left, right

    def _sum(self, node: Arithmetic) -> _Quantity | None:
        sides = self._in_one_unit(node)
        if sides is None:
            return None
        left, right = sides
        unit = right.unit if left.unit is None else left.unit
        return _Quantity(unit, ARITHMETIC[node.operator](left.span, right.span))

    def _product(self, node: Arithmetic) -> _Quantity | None:
        left, right = self.quantity(node.left), self.quantity(node.right)
        if left is None or right is None:
            return None
        span = ARITHMETIC[node.operator](left.span, right.span)
        if node.operator == "/" and _may_be_0(right.span):
            if not is_nonzero(node.right, self.proved):
                self._divisor_fault(node.right)
                return None
            if _is_positive(left.span) and _is_positive(right.span):
                span = Span(0, None)
        if left.unit is None and right.unit is None:
            return _Quantity(None, span)
        one, other = left.unit or PURE, right.unit or PURE
        unit = one.over(other) if node.operator == "/" else one.times(other)
        return _Quantity(unit, span)

    def _divisor_fault(self, divisor: Term) -> None:
        proof = f"{divisor.id} > 0" if isinstance(divisor, Name) else "diviseur > 0"
        self.readings.fault(
            divisor,
            "on ne divise pas par ce qui peut valoir 0 : donnez à la question une "
            f"« range » sans 0, ou exigez « {proof} » dans « applicable » ou plus tôt "
            "dans la règle, par « and »",
        )

    def _aggregate(self, node: Aggregate) -> _Quantity | None:
        held = may_hold(self.place)
        if node.kind not in held:
            remedy = (
                f"ici, on parcourt {listed(sorted(held))}" if held else "il n'en a pas"
            )
            self.readings.fault(
                node,
                f"un lieu « {self.place} » ne contient pas « {node.kind} » : {remedy}",
            )
            return None
        inside = replace(self, place=node.kind)
        if node.among:
            inside.condition(node.among)
            inside = inside.when(node.among)
        if node.condition:
            inside.condition(node.condition)
            return _Quantity(PURE, Span(0, 1))
        if node.number is None:
            return _Quantity(PURE, Span(0, None))
        number = inside.quantity(node.number)
        return self._total(node, number) if node.function == "total" else number

    def _total(self, node: Aggregate, number: _Quantity | None) -> _Quantity | None:
        """Check that a total never falls: `aggregates` counts on it."""
        if number is None:
            return None
        if not _is_positive(number.span):
            self.readings.fault(
                node,
                "« total » n'additionne que des nombres qui ne peuvent pas être "
                "négatifs : donnez une « range » à partir de 0 à la question",
            )
        return _Quantity(number.unit, Span(0, None))

    def _months(self, node: Node) -> _Quantity | None:
        if isinstance(node, Months):
            self.readings.date(node.start, self.place)
            self.readings.date(node.end, self.place)
            return _Quantity(Unit.of("mois"), UNBOUNDED)
        self.readings.fault(node, "un nombre est attendu ici")
        return None


def _may_be_0(span: Span) -> bool:
    return (span.low is None or span.low <= 0) and (span.high is None or span.high >= 0)


def _is_positive(span: Span) -> bool:
    return span.low is not None and span.low >= 0
