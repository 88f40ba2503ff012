"""Rules told in French: what a level asks for, without the language of rules."""

from collections.abc import Mapping
from fractions import Fraction

from diag.desk.bilan.proportion import Proportion, proportion_of
from diag.model.checklist import Question
from diag.model.enums import PlaceKind, QuestionType
from diag.model.number import canonical_number
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
    Operator,
    Order,
    Term,
)
from diag.words.figures import measure, number, plural
from diag.words.vocabulary import PLACES

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
_AS_MUCH: dict[Order, str] = {
    ">=": "au moins autant que ",
    ">": "plus que ",
    "<=": "au plus autant que ",
    "<": "moins que ",
    "==": "autant que ",
    "!=": "pas autant que ",
}
_DATED: dict[Order, str] = {
    ">=": "pas avant ",
    ">": "après ",
    "<=": "pas après ",
    "<": "avant ",
    "==": "le jour de ",
    "!=": "pas le jour de ",
}
_NUMBERS = {QuestionType.INTEGER, QuestionType.NUMBER}
_SIGNS: dict[Operator, str] = {"+": "+", "-": "−", "*": "×", "/": "divisé par"}

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
        part = proportion_of(order, left, right)
        if part and (self._is_number(left) and self._is_number(right)):
            return self._on(part.what, self._proportion(part))
        orders = _DATED if self._is_day(right) else _ORDERS
        return self._on(left, orders[order] + self._value(right, beside=left))

    def _is_number(self, node: Term) -> bool:
        if isinstance(node, Name):
            declared = self._questions.get(node.id)
            return declared is not None and declared.type in _NUMBERS
        return not isinstance(node, ChoiceId)

    def _is_day(self, node: Term) -> bool:
        if not isinstance(node, Name):
            return False
        declared = self._questions.get(node.id)
        return declared is None or declared.type is QuestionType.DATE

    def _on(self, what: Term, said: str) -> str:
        if isinstance(what, Name):
            return self._about(what.id, said)
        return f"{self._term(what)} : {said}"

    def _proportion(self, part: Proportion) -> str:
        """Return how much is asked: « au moins 1 pour 4 classes (Classes) »."""
        ratio, order = part.ratio, _ORDERS[part.order]
        unit = self._unit(part.what)
        if part.of is None:
            return order + (measure(ratio, unit) if _ends(ratio) else _part(ratio))
        for_each = self._unit(part.of)
        if for_each and for_each != unit:
            return f"{order}{_rate(ratio, unit, for_each)} ({self._term(part.of)})"
        if ratio == 1:
            return _AS_MUCH[part.order] + self._quoted(part.of)
        return f"{order}{_part(ratio)} {self._of(part.of)}"

    def _unit(self, node: Term) -> str:
        """Return what a term counts, in the singular; nothing where it is not said."""
        match node:
            case Name(ident) if ident in self._questions:
                return self._questions[ident].unit
            case Aggregate("count"):
                return PLACES[PlaceKind(node.kind)][0]
            case Aggregate("total" | "smallest" | "largest", _, Name(ident)):
                return self._unit(Name(ident, 0))
        return ""

    def _quoted(self, node: Term) -> str:
        told = self._term(node)
        return f"« {told} »" if isinstance(node, Name) else told

    def _of(self, node: Term) -> str:
        if not isinstance(node, Aggregate):
            return f"de {self._bracketed(node, self._quoted(node))}"
        article = "de la" if node.function == "share" else "du"
        return f"{article} {self._term(node).removeprefix('le ')}"

    @staticmethod
    def _bracketed(node: Term, told: str) -> str:
        return f"({told})" if isinstance(node, Arithmetic) else told

    def _value(self, node: Term, *, beside: Term) -> str:
        match node, beside:
            case Constant(value), Name(ident) if ident in self._questions:
                return measure(canonical_number(value), self._questions[ident].unit)
            case Constant(value), Aggregate("share") if _ends(Fraction(value)):
                return measure(Fraction(value) * 100, "%")
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
                return self._arithmetic(operator, left, right)
            case Months(start, end):
                return f"mois entre {self._term(start)} et {self._term(end)}"
            case Aggregate():
                return self._aggregate(node)

    def _arithmetic(self, operator: Operator, left: Term, right: Term) -> str:
        """Return a sum as it is written; what a sign takes as a whole is bracketed."""
        first, second = self._term(left), self._term(right)
        if operator in {"*", "/"}:
            first = self._bracketed(left, first)
        if operator != "+":
            second = self._bracketed(right, second)
        return f"{first} {_SIGNS[operator]} {second}"

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


def _rate(ratio: Fraction, unit: str, for_each: str) -> str:
    """Return a proportion of unlike things: « 2 € par élève », « 1 pour 4 classes »."""
    is_symbol = bool(unit) and plural(unit) == unit
    if ratio.denominator == 1 or (is_symbol and _ends(ratio)):
        return f"{measure(ratio, unit)} par {for_each}"
    return (
        f"{measure(ratio.numerator, unit)} pour {number(ratio.denominator)} "
        f"{plural(for_each)}"
    )


def _part(ratio: Fraction) -> str:
    """Return a proportion of like things: « 80 % », « 2/3 »."""
    if _ends(ratio):
        return measure(ratio * 100, "%")
    return f"{number(ratio.numerator)}/{number(ratio.denominator)}"


def _ends(ratio: Fraction) -> bool:
    """Say whether two decimals tell a ratio exactly."""
    return (ratio * 100).denominator == 1


def _listed(labels: list[str], *, negated: bool) -> str:
    if negated:
        return "ni " + " ni ".join(labels)
    return " ou ".join(filter(None, [", ".join(labels[:-1]), labels[-1]]))
