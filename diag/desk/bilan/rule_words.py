"""Rules told in French: what a level asks for, without the language of rules."""

from collections.abc import Mapping

from diag.model.checklist import Question
from diag.model.number import canonical_number
from diag.model.place import PlaceKind
from diag.reports.figures import measure, number
from diag.reports.vocabulary import PLACES
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
    Not,
    Order,
    Term,
)

_ORDERS: dict[Order, str] = {
    ">=": "au moins ",
    ">": "plus de ",
    "<=": "au plus ",
    "<": "moins de ",
    "==": "",
    "!=": "autre que ",
}
_TURNED: dict[Order, Order] = {
    ">=": "<=",
    ">": "<",
    "<=": ">=",
    "<": ">",
    "==": "==",
    "!=": "!=",
}

SHORT = 90
"""Longest rule that one reads at a glance, in characters."""


class Teller:
    """Tells rules read beside one question, whose label goes without saying."""

    def __init__(self, questions: Mapping[str, Question], own: str = "") -> None:
        self._questions = questions
        self._own = own

    def condition(self, node: Condition) -> str:
        """Return a condition, in words."""
        match node:
            case Name(ident):
                told = self._about(ident, "oui")
            case Not(Name(ident)):
                told = self._about(ident, "non")
            case Not(operand):
                told = f"sauf si {self.condition(operand)}"
            case AllOf(operands):
                told = " et ".join(map(self._part, operands))
            case AnyOf(operands):
                told = " ou ".join(map(self._part, operands))
            case Comparison():
                told = self._comparison(node)
            case Includes() | IsAmong():
                told = self._membership(node)
        return told

    def _membership(self, node: Includes | IsAmong) -> str:
        if isinstance(node, Includes):
            word = "sans " if node.negated else "avec "
            said = word + self._label(node.question, node.choice)
        else:
            labels = [self._label(node.question, choice) for choice in node.choices]
            said = _listed(labels, negated=node.negated)
        return self._about(node.question.id, said)

    def _part(self, node: Condition) -> str:
        told = self.condition(node)
        return f"({told})" if isinstance(node, AnyOf | AllOf) else told

    def _comparison(self, node: Comparison) -> str:
        order, left, right = node.order, node.left, node.right
        if isinstance(left, Constant | ChoiceId):
            order, left, right = _TURNED[order], right, left
        said = _ORDERS[order] + self._value(right, beside=left)
        if isinstance(left, Name):
            return self._about(left.id, said)
        return f"{self._term(left)} : {said}"

    def _value(self, node: Term, *, beside: Term) -> str:
        match node, beside:
            case Constant(value), Name(ident) if ident in self._questions:
                return measure(canonical_number(value), self._questions[ident].unit)
            case Constant(value), Months():
                return measure(canonical_number(value), "mois")
            case ChoiceId(), Name():
                return self._label(beside, node)
        return self._term(node)

    def _term(self, node: Term) -> str:
        match node:
            case Constant(value):
                return number(value)
            case Name(ident):
                return self._name(ident)
            case ChoiceId(ident):
                return ident
            case Arithmetic(operator, left, right):
                return f"{self._term(left)} {operator} {self._term(right)}"
            case Months(start, end):
                return f"mois entre {self._term(start)} et {self._term(end)}"
            case Aggregate():
                return self._aggregate(node)

    def _aggregate(self, node: Aggregate) -> str:
        many = PLACES[PlaceKind(node.kind)][1]
        asked = self._where(node.condition)
        among = self._where(node.among)
        what = self._term(node.number) if node.number else ""
        match node.function:
            case "count":
                return f"nombre de {many}{asked}{among}"
            case "share":
                return f"part des {many}{among}{asked}"
            case "total":
                return f"total de « {what} » dans les {many}{among}"
            case "smallest":
                return f"le plus petit « {what} » des {many}{among}"
            case "largest":
                return f"le plus grand « {what} » des {many}{among}"

    def _where(self, node: Condition | None) -> str:
        return f" où {self.condition(node)}" if node else ""

    def _about(self, ident: str, said: str) -> str:
        return said if ident == self._own else f"{self._name(ident)} : {said}"

    def _name(self, ident: str) -> str:
        if ident == "visit_date":
            return "la visite"
        question = self._questions.get(ident)
        return question.label if question else ident

    def _label(self, question: Name, choice: ChoiceId) -> str:
        declared = self._questions.get(question.id)
        choices = declared.choices if declared else ()
        return next((one.label for one in choices if one.id == choice.id), choice.id)


def tell(node: Condition, questions: Mapping[str, Question], own: str = "") -> str:
    """Return a condition in words; `own` is the question beside which it is read."""
    return Teller(questions, own).condition(node)


def _listed(labels: list[str], *, negated: bool) -> str:
    if negated:
        return "ni " + " ni ".join(labels)
    return " ou ".join(filter(None, [", ".join(labels[:-1]), labels[-1]]))
