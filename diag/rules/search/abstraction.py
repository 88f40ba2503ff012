"""Rules with their calculations set aside: each becomes a name with a value of its own.

`count(salle) >= 3` becomes `#0 >= 3`. Names are then independent, so what is false
whatever their values is false of the rule too; the contrary need not be.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction

from diag.model.checklist import Question
from diag.model.enums import QuestionType
from diag.rules.proofs import MIRRORED
from diag.rules.tree import (
    Aggregate,
    AllOf,
    AnyOf,
    Arithmetic,
    ChoiceId,
    Comparison,
    Condition,
    Constant,
    Name,
    Not,
    Order,
    Term,
)
from diag.rules.values import Exact


class Abstraction:
    """Gives names to calculations, the same name to the same one."""

    def __init__(self, questions: Mapping[str, Question]) -> None:
        self._questions = questions
        self.terms: dict[str, Term] = {}
        """What each name given stands for."""

    def loosely(self, condition: Condition) -> Condition:
        """Return a condition where every calculation has become a name."""
        return _with_comparisons(condition, self._loose)

    def keeping_arithmetic(self, condition: Condition) -> Condition:
        """Return a condition where aggregates alone have become names."""
        return _with_comparisons(condition, self._kept)

    def _loose(self, node: Comparison) -> Comparison:
        left, right = node.left, node.right
        if self._is_choice(left) or self._is_choice(right):
            return node
        match left, right:
            case Constant(), Constant():
                return node
            case term, Constant(value):
                return self._against(node.order, term, value)
            case Constant(value), term:
                return self._against(MIRRORED[node.order], term, value)
        if repr(left) > repr(right):
            left, right = right, left
            node = Comparison(MIRRORED[node.order], left, right, node.column)
        return self._against(node.order, Arithmetic("-", left, right, node.column), 0)

    def _against(self, order: Order, term: Term, value: Exact) -> Comparison:
        factor, core = _scaled(term)
        if factor < 0:
            order = MIRRORED[order]
        bound = Constant(Fraction(value) / Fraction(factor), term.column)
        return Comparison(order, self._named(core), bound, term.column)

    def _kept(self, node: Comparison) -> Comparison:
        left, right = self._without(node.left), self._without(node.right)
        return Comparison(node.order, left, right, node.column)

    def _without(self, term: Term) -> Term:
        match term:
            case Aggregate():
                return self._named(term)
            case Arithmetic(operator, left, right, column):
                return Arithmetic(
                    operator, self._without(left), self._without(right), column
                )
        return term

    def _named(self, term: Term) -> Name:
        if isinstance(term, Name):
            return term
        for name, known in self.terms.items():
            if known == term:
                return Name(name, term.column)
        name = f"#{len(self.terms)}"
        self.terms[name] = term
        return Name(name, term.column)

    def _is_choice(self, term: Term) -> bool:
        if isinstance(term, Name):
            question = self._questions.get(term.id)
            return question is not None and question.type is QuestionType.CHOICE
        return isinstance(term, ChoiceId)


def _with_comparisons(
    condition: Condition, change: Callable[[Comparison], Condition]
) -> Condition:
    def again(part: Condition) -> Condition:
        return _with_comparisons(part, change)

    match condition:
        case Not(operand, column):
            return Not(again(operand), column)
        case AllOf(operands, column):
            return AllOf(tuple(map(again, operands)), column)
        case AnyOf(operands, column):
            return AnyOf(tuple(map(again, operands)), column)
        case Comparison():
            return change(condition)
    return condition


def _scaled(term: Term) -> tuple[Exact, Term]:
    """Return a factor, not 0, and what it multiplies: 3 and `a / b` of `3 * a / b`."""
    match term:
        case Arithmetic("*", Constant(value), other) | Arithmetic(
            "*", other, Constant(value)
        ) if value:
            factor, core = _scaled(other)
            return value * factor, core
        case Arithmetic("/", other, Constant(value)) if value:
            factor, core = _scaled(other)
            return factor / Fraction(value), core
        case Arithmetic("/", left, right, column):
            factor, core = _scaled(left)
            return factor, Arithmetic("/", core, right, column)
    return 1, term
