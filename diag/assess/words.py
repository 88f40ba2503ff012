"""Judging in French: conditions of rules, scores, moves, costs and estimates.

`4 * a / b >= 1` and `4 * a >= b` ask the same: `a` is at least a quarter of `b`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from diag.answers.types import TYPES
from diag.assess.results import Amount, Cost, Score
from diag.model.checklist import Price, Question
from diag.model.enums import PlaceKind
from diag.model.text import Quantity, canonical_number
from diag.rules.expressions import (
    MIRRORED,
    Aggregate,
    AllOf,
    AnyOf,
    Arithmetic,
    ChoiceId,
    CompareNode,
    Condition,
    Constant,
    Includes,
    IsAmong,
    Months,
    NameNode,
    Not,
    Operator,
    Order,
    Term,
    walk,
)
from diag.words.dates import describe_day
from diag.words.sentences import (
    count_range,
    euros,
    half_up,
    in_cell,
    in_words,
    is_printed,
    measure,
    number,
    percent,
    plural,
)
from diag.words.vocabulary import PLACES


class Move(StrEnum):
    """What became of a criterion between two audits, the method being the same."""

    BETTER = "better"
    WORSE = "worse"
    LEARNT = "learnt"
    """Better known: the levels left are among those that were left."""
    UNSURE = "unsure"
    """It may have moved: what is known does not show which way."""
    APPEARED = "appeared"
    """It did not apply."""
    GONE = "gone"
    """It no longer applies."""
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Proportion:
    """What is compared, with how much of what."""

    what: Term
    order: Order
    ratio: Fraction
    """Above zero."""
    of: Term | None
    """None: the ratio is a plain number."""


def _proportion_of(order: Order, left: Term, right: Term) -> Proportion | None:
    """Return the proportion that a comparison of numbers asks for.

    None when it is no such thing, or compares a mere number: it is printed as written.
    """
    times, what = _scaled(left)
    share, of = _scaled(right)
    if (
        isinstance(what, Arithmetic)
        and what.operator == "/"
        and of is None
        and not any(  # else the divisor may be negative
            isinstance(each, Arithmetic) and each.operator == "-"
            for each in walk(what.right)
        )
    ):
        inverse, of = _scaled(what.right)
        times, what = times / inverse if inverse else times, what.left
        more, what = _scaled(what)
        times *= more
    is_plain = of is None and not isinstance(left, Arithmetic)
    if what is None or is_plain or times <= 0 or share <= 0:
        return None
    return Proportion(what, order, share / times, of)


def _scaled(term: Term | None) -> tuple[Fraction, Term | None]:
    match term:
        case Constant(value):
            return Fraction(value), None
        case Arithmetic("*", Constant(value), other) | Arithmetic(
            "*", other, Constant(value)
        ):
            times, what = _scaled(other)
            return value * times, what
        case Arithmetic("/", other, Constant(value)) if value:
            times, what = _scaled(other)
            return times / value, what
        case Arithmetic("/", Arithmetic("*", Constant(value), top), bottom):
            return Fraction(value), Arithmetic("/", top, bottom, term.column)
    return Fraction(1), term


_ORDERS: dict[Order, str] = {
    ">=": "au moins ",
    ">": "plus de ",
    "<=": "au plus ",
    "<": "moins de ",
    "==": "",
    "!=": "autre que ",
}

_RANKS = frozenset({">=", ">", "<=", "<"})
"""Orders that name a choice as a rank: it is quoted, « au moins « Câble » »."""

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

_SIGNS: dict[Operator, str] = {"+": "+", "-": "−", "*": "×", "/": "divisé par"}

SHORT = 90
"""Longest rule that one reads at a glance, in characters."""


class ConditionWriter:
    """Words rules read next to one question, whose label is left out."""

    def __init__(self, questions: Mapping[str, Question], own: str = "") -> None:
        self._questions = questions
        self._own = own

    def condition(self, node: Condition) -> str:
        """Return a condition, in words."""
        match node:
            case NameNode(ident):
                words = self._about(ident, "oui")
            case Not(NameNode(ident)):
                words = self._about(ident, "non")
            case Not(operand):
                words = f"sauf si {self.condition(operand)}"
            case AllOf(operands):
                words = " et ".join(map(self._part, operands))
            case AnyOf(operands):
                words = " ou ".join(map(self._part, operands))
            case CompareNode():
                words = self._comparison(node)
            case Includes(question, choice, negated):
                label = self._label(question, choice)
                words = f"sans {label}" if negated else f"avec {label}"
                words = self._about(question.id, words)
            case IsAmong(question, choices, negated):
                labels = [self._label(question, choice) for choice in choices]
                one_of = " ou ".join(filter(None, [", ".join(labels[:-1]), labels[-1]]))
                words = f"ni {' ni '.join(labels)}" if negated else one_of
                words = self._about(question.id, words)
        return words

    def _part(self, node: Condition) -> str:
        words = self.condition(node)
        return f"({words})" if isinstance(node, AnyOf | AllOf) else words

    def _comparison(self, node: CompareNode) -> str:
        order, left, right = node.order, node.left, node.right
        if isinstance(left, Constant | ChoiceId):
            order, left, right = MIRRORED[order], right, left
        part = _proportion_of(order, left, right)
        if part and (self._is_number(left) and self._is_number(right)):
            return self._on(part.what, self._proportion(part))
        orders = _ORDERS
        if isinstance(right, NameNode):
            declared = self._questions.get(right.id)
            if declared is None or TYPES[declared.type].is_day:
                orders = _DATED
        value = self._value(right, beside=left)
        if isinstance(right, ChoiceId) and order in _RANKS:
            value = f"«\u00a0{value}\u00a0»"
        return self._on(left, orders[order] + value)

    def _is_number(self, node: Term) -> bool:
        if isinstance(node, NameNode):
            declared = self._questions.get(node.id)
            return declared is not None and TYPES[declared.type].is_number
        return not isinstance(node, ChoiceId)

    def _on(self, what: Term, words: str) -> str:
        if isinstance(what, NameNode):
            return self._about(what.id, words)
        return f"{self._term(what)} : {words}"

    def _proportion(self, part: Proportion) -> str:
        ratio, order = part.ratio, _ORDERS[part.order]
        unit = self._unit(part.what)
        if part.of is None:
            return order + (measure(ratio, unit) if _ends(ratio) else _part(ratio))
        for_each = self._unit(part.of)
        if for_each and for_each != unit:
            is_symbol = bool(unit) and plural(unit) == unit
            if ratio.denominator == 1 or (is_symbol and _ends(ratio)):
                rate = f"{measure(ratio, unit)} par {for_each}"
            else:
                top, bottom = ratio.as_integer_ratio()
                each = f"{number(bottom)} {plural(for_each)}"
                rate = f"{measure(top, unit)} pour {each}"
            return f"{order}{rate} ({self._term(part.of)})"
        if ratio == 1:
            return _AS_MUCH[part.order] + self._quoted(part.of)
        if isinstance(part.of, Aggregate):
            article = "de la" if part.of.function == "share" else "du"
            of = f"{article} {self._aggregate(part.of)}"
        else:
            of = f"de {self._bracketed(part.of, self._quoted(part.of))}"
        return f"{order}{_part(ratio)} {of}"

    def _unit(self, node: Term) -> str:
        match node:
            case NameNode(ident) if ident in self._questions:
                return self._questions[ident].unit
            case Aggregate("count"):
                return PLACES[PlaceKind(node.kind)][0]
            case Aggregate("total" | "smallest" | "largest", _, NameNode(ident)):
                return self._unit(NameNode(ident, 0))
        return ""

    def _quoted(self, node: Term) -> str:
        words = self._term(node)
        return f"« {words} »" if isinstance(node, NameNode) else words

    @staticmethod
    def _bracketed(node: Term, words: str) -> str:
        return f"({words})" if isinstance(node, Arithmetic) else words

    def _value(self, node: Term, *, beside: Term) -> str:
        match node, beside:
            case Constant(value), NameNode(ident) if ident in self._questions:
                return measure(canonical_number(value), self._questions[ident].unit)
            case Constant(value), Aggregate("share") if _ends(Fraction(value)):
                return measure(Fraction(value) * 100, "%")
            case Constant(value), Months():
                return measure(canonical_number(value), "mois")
            case ChoiceId(), NameNode():
                return self._label(beside, node)
        return self._term(node)

    def _term(self, node: Term) -> str:
        match node:
            case Constant(value):
                return number(value)
            case NameNode(ident):
                return self._name(ident)
            case ChoiceId(ident):
                return ident
            case Arithmetic(operator, left, right):
                first, second = self._term(left), self._term(right)
                if operator in {"*", "/"}:
                    first = self._bracketed(left, first)
                if operator != "+":
                    second = self._bracketed(right, second)
                return f"{first} {_SIGNS[operator]} {second}"
            case Months(start, end):
                return f"mois entre {self._term(start)} et {self._term(end)}"
            case Aggregate(function):
                article = "le " if function in {"smallest", "largest"} else ""
                return article + self._aggregate(node)

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
                return f"plus petit « {what} » des {many}{among}"
            case "largest":
                return f"plus grand « {what} » des {many}{among}"

    def _where(self, node: Condition | None) -> str:
        return f" où {self.condition(node)}" if node else ""

    def _about(self, ident: str, words: str) -> str:
        return words if ident == self._own else f"{self._name(ident)} : {words}"

    def _name(self, ident: str) -> str:
        if ident == "visit_date":
            return "la visite"
        question = self._questions.get(ident)
        return question.label if question else ident

    def _label(self, question: NameNode, choice: ChoiceId) -> str:
        declared = self._questions.get(question.id)
        choices = declared.choices if declared else ()
        return next((one.label for one in choices if one.id == choice.id), choice.id)


def describe_condition(
    node: Condition, questions: Mapping[str, Question], own: str = ""
) -> str:
    """Return a condition in words; `own` is the question beside which it is read."""
    return ConditionWriter(questions, own).condition(node)


def _part(ratio: Fraction) -> str:
    if _ends(ratio):
        return measure(ratio * 100, "%")
    return f"{number(ratio.numerator)}/{number(ratio.denominator)}"


def _ends(ratio: Fraction) -> bool:
    return (ratio * 100).denominator == 1


MOVES = {
    Move.BETTER: "mieux",
    Move.WORSE: "moins bien",
    Move.LEARNT: "mieux connu",
    Move.UNSURE: "à vérifier",
    Move.APPEARED: "s'applique maintenant",
    Move.GONE: "ne s'applique plus",
    Move.SAME: "inchangé",
}
"""What became of a criterion, in a word."""


def score_words(score: Score | None) -> str:
    """Return « 58 », « entre 47 et 61 », or « sans objet »."""
    if score is None or score.bounds is None:
        return "sans objet"
    return in_words(score.bounds)


def score_cell(score: Score | None) -> str:
    """Return « 58 », « 47 à 61 », or « sans objet »: the same in a column."""
    if score is None or score.bounds is None:
        return "sans objet"
    return in_cell(score.bounds)


def is_printable(score: Score) -> bool:
    """Return whether every document prints a score: none, or narrow enough."""
    return score.bounds is None or is_printed(score.bounds)


def printed_cell(score: Score) -> str:
    """Return a score in a column of any document but the technical annex.

    « examiné à 37 % » stands for an interval that is too wide.
    """
    return score_cell(score) if is_printable(score) else filled_words(score)


def filled_words(score: Score) -> str:
    """Return « examiné à 82 % »."""
    return "" if score.bounds is None else f"examiné à {percent(score.completeness)}"


def quantity_words(quantity: Quantity, usual: Quantity | None) -> str:
    """Return « 3 », « entre 3 et 5 », « à chiffrer (d'ordinaire 1 à 10) »."""
    if quantity.high is not None:
        return count_range(quantity)
    least = f"au moins {number(quantity.low)}, " if quantity.low else ""
    span = f" (d'ordinaire {count_range(usual, ruled=True)})" if usual else ""
    return f"{least}à chiffrer{span}"


# Estimates: whole euros, each rounded once, so that what is shown adds up. Before tax
# (HT) and with tax (TTC) never meet in one amount. What is printed is at the typical
# price, from the low quantity to the high one; a bracket gives the extremes.

UNPRICED = "à chiffrer"
"""What costs something, when nothing says how much."""

FREE_WORDS = "sans dépense"
"""What costs nothing."""

WORKS = "travaux du bâtiment, hors budget numérique"
"""What works on the building are called, beside totals that leave them out."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in whole euros; `at_least` when nothing bounds it above."""

    euros: int = 0
    at_least: bool = False
    more: int = 0
    """How many euros it may add, when its quantity is known between bounds."""

    @property
    def most(self) -> int:
        """The greatest amount that it may be, when bounded."""
        return self.euros + self.more

    @property
    def is_unpriced(self) -> bool:
        """Whether it costs something, and nobody knows how much."""
        return self.at_least and not self.euros

    def __add__(self, other: "Money") -> "Money":
        """Return the sum; unbounded when one of the two is."""
        return Money(
            self.euros + other.euros,
            self.at_least or other.at_least,
            self.more + other.more,
        )

    def __str__(self) -> str:
        """Return « 1 240 € », « entre 900 et 1 240 € » or « au moins 1 240 € »."""
        if self.at_least or not self.more:
            return self.cell
        if not self.euros:
            return f"jusqu'à {euros(self.most)}"
        return f"entre {number(self.euros)} et {euros(self.most)}"

    @property
    def taxed(self) -> str:
        """The same, with « TTC » where there is a figure."""
        return UNPRICED if self.is_unpriced else f"{self} TTC"

    @property
    def cell(self) -> str:
        """The same in a table: « 900 à 1 240 € »."""
        if self.is_unpriced:
            return UNPRICED
        if self.at_least:
            return f"au moins {euros(self.euros)}"
        if not self.more:
            return euros(self.euros)
        return f"{number(self.euros)} à {euros(self.most)}"


def estimate(amount: Amount) -> Money:
    """Return an amount at the typical price, from the low quantity to the high one."""
    low = _euros(amount.low)
    if amount.high is None:
        return Money(low, at_least=True)
    return Money(low, more=_euros(amount.high) - low)


def format_cost(cost: Cost, *, headed: bool = False) -> str:
    """Return what {cout} prints: « environ 1 500 € TTC, puis 240 € TTC par an ».

    `headed`: its column has « environ » and « TTC » in its title.
    """
    once, yearly = (
        _about(cost.once_ttc, headed=headed),
        _about(cost.yearly_ttc, headed=headed),
    )
    parts = [once] if once else []
    if yearly:
        parts.append(f"{yearly} par an")
    return ", puis ".join(parts) or FREE_WORDS


def format_range(cost: Cost) -> str:
    """Return the extremes: « de 1 240 à 1 900 € TTC », empty when there are none.

    From the least price of the low quantity to the greatest one of the high quantity.
    """
    parts = [
        f"{_from_to(low, high)} TTC{rhythm}"
        for amount, rhythm in ((cost.once_ttc, ""), (cost.yearly_ttc, " par an"))
        if amount.maximum is not None and amount.high is not None
        for low, high in [(_euros(amount.minimum), _euros(amount.maximum))]
        if (low, high) != (_euros(amount.low), _euros(amount.high))
    ]
    return ", puis ".join(parts)


def format_sum(costs: Sequence[Cost]) -> str:
    """Return several costs: « 900 € TTC (750 € HT), puis 60 € TTC (50 € HT) par an ».

    Each amount is rounded as it is printed alone, so that a reader can add them up.
    """
    parts = []
    for yearly, rhythm in ((False, ""), (True, " par an")):
        ttc = added(
            estimate(one.yearly_ttc if yearly else one.once_ttc) for one in costs
        )
        ht = added(estimate(one.yearly_ht if yearly else one.once_ht) for one in costs)
        if ttc != Money():
            bare = ttc.at_least and not ttc.euros
            parts.append(f"{ttc.taxed}{'' if bare else f' ({ht} HT)'}{rhythm}")
    return ", puis ".join(parts) or FREE_WORDS


def aside(works: Money) -> str:
    """Return « hors travaux du bâtiment (7 500 €) », beside a total with tax."""
    return f"hors travaux du bâtiment ({works.cell})" if works != Money() else ""


def format_seen(price: Price, today: date) -> str:
    """Return when a price was seen: « 2025 », « prix relevé en 2016, à actualiser »."""
    if price.is_old(today.isoformat()):
        return f"prix relevé en {price.year}, à actualiser"
    return describe_day(price.as_of)


def total_words(
    total: str, *, unsure: int = 0, unpriced: int = 0, works: Money | None = None
) -> str:
    """Return a `total`, and how many of its actions are not known for sure.

    `unsure`: those that a check may call for, which only raise its high bound;
    `unpriced`: those that nobody can price yet; `works`: what the total leaves out,
    named once it has an amount. Empty when there is nothing to pay.
    """
    beside = aside(works) if works and not works.is_unpriced else ""
    if not total:
        return f"{FREE_WORDS}, {beside}." if beside else ""
    notes = []
    if unsure:
        many = "s" * (unsure > 1)
        notes.append(f"{unsure} action{many} à confirmer comprise{many}")
    if unpriced:
        action = "" if unsure else f" action{'s' * (unpriced > 1)}"
        notes.append(f"{unpriced}{action} {UNPRICED}")
    return f"{', '.join(filter(None, [total, *notes, beside]))}."


def _about(amount: Amount, *, headed: bool) -> str:
    shown = estimate(amount)
    if shown == Money() and not amount.maximum:
        return ""
    if headed:
        return shown.cell
    if shown.more and not shown.at_least:
        return f"{_from_to(shown.euros, shown.most)} TTC"
    known = shown.at_least or amount.minimum == amount.maximum
    return shown.taxed if known else f"environ {shown.taxed}"


def _from_to(low: int, high: int) -> str:
    return f"de {number(low)} à {euros(high)}" if low else f"jusqu'à {euros(high)}"


def _euros(cents: Fraction | int) -> int:
    return half_up(Fraction(cents, 100))


def works_of(cost: Cost) -> Money:
    """Return the works on the building that a cost holds, TTC: paid once."""
    return estimate(cost.works.once_ttc)


def added(amounts: Iterable[Money]) -> Money:
    """Return the sum of amounts as they are printed."""
    return sum(amounts, Money())


def by_year(rows: Iterable[Sequence[Money]]) -> tuple[Money, ...]:
    """Return the sum of each year; no rows, no year."""
    return tuple(added(column) for column in zip(*rows, strict=True))


def money_words(cost: Cost) -> tuple[str, str]:
    """Return what is paid once and every year, with tax, in columns."""
    paid, kept = spent((cost,))
    return paid.cell, kept.cell


def short_cost(*costs: Cost) -> str:
    """Return « 336 € », « 300 € + 86 à 864 € par an », « sans dépense »."""
    paid, kept = spent(costs)
    if paid.is_unpriced and kept.is_unpriced:
        return UNPRICED
    words = [paid.cell] if paid != Money() else []
    words += [f"{kept.cell} par an"] if kept != Money() else []
    return " + ".join(words) or FREE_WORDS


def spent(costs: Iterable[Cost]) -> tuple[Money, Money]:
    """Return what several things cost, once and every year, as each is printed."""
    paid = kept = Money()
    for cost in costs:
        paid += estimate(cost.once_ttc)
        kept += estimate(cost.yearly_ttc)
    return paid, kept
