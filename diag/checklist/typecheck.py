"""Checks a rule against the questions that it reads, before anything is judged.

Every fault is found, each a French sentence with its column and what to do. A rule
that passes never stops the evaluator, and its numbers have a unit and known bounds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from diag.answers.types import TYPES
from diag.checklist.symbols import NUMERIC, Symbol, Symbols
from diag.model.checklist import Question
from diag.model.enums import PlaceKind, QuestionType
from diag.rules.language import Rule
from diag.rules.tree import (
    MIRRORED,
    PURE,
    Aggregate,
    AllOf,
    AnyOf,
    Arithmetic,
    ChoiceId,
    CompareNode,
    Condition,
    Constant,
    Exact,
    Includes,
    IsAmong,
    Months,
    NameNode,
    Node,
    Not,
    Order,
    RuleError,
    Term,
    Unit,
    names_in,
)
from diag.rules.values import ARITHMETIC, UNBOUNDED, Span, may_hold, point
from diag.words.sentences import either, write_instead


class Readings:
    """Looks names up for one rule, and keeps what is wrong."""

    def __init__(self, symbols: Symbols) -> None:
        self._symbols = symbols
        self.errors: list[RuleError] = []

    def fault(self, node: Node, message: str, *beside: Node) -> None:
        """Keep a fault, once for each column; `beside` is read with the node."""
        names = sorted(frozenset().union(*map(names_in, (node, *beside))))
        error = RuleError(message, node.column, names)
        if all(str(error) != str(known) for known in self.errors):
            self.errors.append(error)

    def is_typed(self, node: Node, place: PlaceKind, type_: QuestionType) -> bool:
        """Say whether a part is a readable name of a type; finds no fault."""
        try:
            return (
                isinstance(node, NameNode)
                and self._symbols.find(node, place).type is type_
            )
        except RuleError:
            return False

    def typed(
        self, name: NameNode, place: PlaceKind, *accepted: QuestionType
    ) -> Symbol | None:
        """Return what a name stands for, if it is there and of an accepted type."""
        try:
            symbol = self._symbols.find(name, place)
        except RuleError as error:
            self.fault(name, error.message)
            return None
        if symbol.type in accepted:
            return symbol
        sort, usage = TYPES[symbol.type].in_rules
        self.fault(name, f"« {name.id} » est {sort} : {usage.format(name.id)}")
        return None

    def date(self, node: Node, place: PlaceKind) -> None:
        """Check that a part is a date."""
        if isinstance(node, NameNode):
            self.typed(node, place, QuestionType.DATE)
        else:
            self.fault(
                node,
                "une date est attendue : nommez une question de type date ou "
                "« visit_date » ; pour une durée, « months_between(date, date) »",
            )

    def chosen(
        self,
        question: NameNode,
        choices: tuple[ChoiceId, ...],
        place: PlaceKind,
        type_: QuestionType,
    ) -> Symbol | None:
        """Check that ids belong to a question of choices."""
        symbol = self.typed(question, place, type_)
        for choice in choices:
            if symbol and choice.id not in symbol.choices:
                otherwise = f"Écrivez {either(symbol.choices)}"
                remedy = write_instead(choice.id, symbol.choices, otherwise)
                found = f"« {choice.id} » n'est pas un choix de « {question.id} »"
                self.fault(choice, f"{found}. {remedy}", question)
        return symbol

    def same_choices(
        self, left: NameNode, right: NameNode, place: PlaceKind
    ) -> Symbol | None:
        """Check that two questions offer the same choices."""
        one = self.typed(left, place, QuestionType.CHOICE)
        other = self.typed(right, place, QuestionType.CHOICE)
        if one and other and one.choices != other.choices:
            self.fault(
                left,
                f"« {left.id} » et « {right.id} » n'ont pas les mêmes choix : "
                "comparez chacune à un choix entre guillemets",
                right,
            )
        return one

    def ordered(self, node: CompareNode, symbol: Symbol | None) -> None:
        """Check that only choices that go from low to high are compared by `<`."""
        if symbol and node.order not in {"==", "!="} and not symbol.ordered:
            self.fault(
                node,
                f"« {node.order} » demande une question dont les choix vont du plus "
                "bas au plus haut : ajoutez-lui « ordered: true », ou comparez avec "
                "« == » ou « in »",
            )


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
            case NameNode():
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
            case CompareNode():
                self._comparison(node)
            case _:
                self.readings.fault(
                    node, "une condition est attendue : comparez ce nombre à un autre"
                )

    def quantity(self, node: Node) -> _Quantity | None:
        """Check what must be a number; None once something is wrong."""
        match node:
            case NameNode():
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

    def _comparison(self, node: CompareNode) -> None:
        readings, place = self.readings, self.place
        match node.left, node.right:
            case (NameNode() as name, ChoiceId() as choice) | (
                ChoiceId() as choice,
                NameNode() as name,
            ):
                symbol = readings.chosen(name, (choice,), place, QuestionType.CHOICE)
                readings.ordered(node, symbol)
            case (ChoiceId(), _) | (_, ChoiceId()):
                readings.fault(node, "un choix ne se compare qu'à une question")
            case (NameNode() as left, NameNode() as right) if readings.is_typed(
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
        self, node: CompareNode | Arithmetic
    ) -> tuple[_Quantity, _Quantity] | None:
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
        if node.operator == "/" and (
            (right.span.low is None or right.span.low <= 0)
            and (right.span.high is None or right.span.high >= 0)
        ):
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
        proof = f"{divisor.id} > 0" if isinstance(divisor, NameNode) else "diviseur > 0"
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
                f"ici, on parcourt {either(sorted(held))}" if held else "il n'en a pas"
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


def _is_positive(span: Span) -> bool:
    return span.low is not None and span.low >= 0


def proved_nonzero(condition: Node) -> frozenset[Term]:
    """Return the terms that are not 0 wherever a condition is true."""
    match condition:
        case AllOf(operands):
            return frozenset[Term]().union(*map(proved_nonzero, operands))
        case CompareNode(order, Constant(value), term):
            return (
                frozenset({term}) if _excludes_0(MIRRORED[order], value) else _NOTHING
            )
        case CompareNode(order, term, Constant(value)):
            return frozenset({term}) if _excludes_0(order, value) else _NOTHING
    return _NOTHING


def is_nonzero(term: Term, proved: frozenset[Term]) -> bool:
    """Say whether a term is not 0, given those that are proved."""
    match term:
        case Constant(value):
            return value != 0
        case Arithmetic("*", left, right):
            return is_nonzero(left, proved) and is_nonzero(right, proved)
        case Arithmetic("/", left):
            return is_nonzero(left, proved)
    return term in proved


_NOTHING: frozenset[Term] = frozenset()


def _excludes_0(order: Order, value: Exact) -> bool:
    match order:
        case ">":
            return value >= 0
        case ">=":
            return value > 0
        case "<":
            return value <= 0
        case "<=":
            return value < 0
        case "==":
            return value != 0
        case "!=":
            return value == 0
