"""What a rule reads: the names that it may, their types, the reserved ones.

A rule is checked against the questions that it reads, before anything is judged. Every
fault is found, each a French sentence with its column and what to do. A rule that
passes never stops the evaluator, and its numbers have a unit and known bounds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from diag.answers.types import TYPES
from diag.model.audit import DIRECTORY
from diag.model.checklist import (
    Criterion,
    Crosscheck,
    EffectValue,
    Question,
    Recommendation,
)
from diag.model.enums import PlaceKind, QuestionType
from diag.model.text import exact
from diag.rules.expressions import (
    ARITHMETIC,
    MIRRORED,
    PURE,
    UNBOUNDED,
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
    Span,
    Term,
    Unit,
    may_hold,
    names_in,
    plain,
    point,
    reach,
    root_of,
)
from diag.rules.language import VISIT_DATE, Rule, parse_rule
from diag.words.sentences import either, write_instead

QUANTITY = "quantite"
"""What the count of a purchase and the effort may read next to the questions."""

COUNTED = {QUANTITY: QuestionType.NUMBER}
"""Its type."""

ANNUAIRE = dict.fromkeys(DIRECTORY, QuestionType.INTEGER)
"""What checks may read next to the questions, and its type."""

NUMERIC = frozenset(type_ for type_, kind in TYPES.items() if kind.is_number)
"""The types of numbers."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """The type of what a name stands for."""

    type: QuestionType
    """How its value is read."""
    unit: Unit | None = None
    """Unit of a number; None takes the unit that it meets."""
    span: Span = UNBOUNDED
    """Where a number lies, as far as its question bounds it."""
    choices: tuple[str, ...] = ()
    """Ids that may be chosen."""
    ordered: bool = False
    """Whether choices go from low to high."""


def symbol_of(question: Question) -> Symbol:
    """Return the type of a question's facts."""
    low, high = question.range or (None, None)
    span = Span(
        None if low is None else plain(exact(low)),
        None if high is None else plain(exact(high)),
    )
    return Symbol(
        question.type,
        Unit.of(question.unit),
        span if question.type in NUMERIC else UNBOUNDED,
        tuple(choice.id for choice in question.choices),
        question.ordered,
    )


def names_read(text: str) -> frozenset[str]:
    """Return every name that a rule reads, here or inside; none if unreadable."""
    rule = read_rule(text)
    if isinstance(rule, RuleError):
        return frozenset()
    return rule.every_name


@lru_cache(maxsize=4096)
def read_rule(text: str) -> Rule | RuleError:
    """Return a rule, or why it cannot be read."""
    try:
        return parse_rule(text)
    except RuleError as error:
        return error


def reserved_questions(questions: Mapping[str, Question]) -> frozenset[str]:
    """Return the sensitive questions, and those that in turn read one."""
    found = {one.id for one in questions.values() if one.sensitive}
    behind = {
        one.id: names_read(one.relevant) | {one.at_most} for one in questions.values()
    }
    before: set[str] = set()
    while before != found:
        before = set(found)
        found |= {ident for ident, names in behind.items() if names & before}
    return frozenset(found)


def names_of(criterion: Criterion) -> frozenset[str]:
    """Return what decides where a criterion counts, its level and its sentences."""
    values = [one.value for one in (criterion.found, criterion.strength) if one]
    rules = (criterion.applicable, criterion.given, criterion.weigh_by, *values)
    return _names(*rules, *criterion.levels.values())


def counted_by(advice: Recommendation) -> frozenset[str]:
    """Return what decides where an action fires, how many times and for how long."""
    counts = (need.count for need in advice.buys)
    return _names(
        advice.when.where, advice.quantity, advice.at_most, advice.effort, *counts
    )


def names_checked(check: Crosscheck) -> frozenset[str]:
    """Return what decides whether an answer is doubted, and the answer's question."""
    return _names(check.when, check.value) | {check.ask}


def raised_by(value: EffectValue) -> frozenset[str]:
    """Return what decides what a fact becomes, where a rule gives it.

    The id of a choice reads as a name too: at worst, an effect is left out.
    """
    return names_read(value) if isinstance(value, str) else frozenset()


@lru_cache(maxsize=4096)
def _names(*rules: str) -> frozenset[str]:
    return frozenset[str]().union(*(names_read(rule) for rule in rules if rule))


class _Readings:
    """Looks names up for one rule, and keeps what is wrong."""

    def __init__(
        self, questions: Mapping[str, Question], extra: Mapping[str, QuestionType]
    ) -> None:
        self._questions = questions
        everywhere = {VISIT_DATE: QuestionType.DATE, **extra}
        self._everywhere = {name: Symbol(type_) for name, type_ in everywhere.items()}
        self.errors: list[RuleError] = []

    def find(self, name: NameNode, place: PlaceKind) -> Symbol:
        """Return what a name stands for in a rule of a place.

        Raises:
            RuleError: when it is unknown, out of reach, or cannot be read by a rule.
        """
        if name.id in self._everywhere:
            return self._everywhere[name.id]
        question = self._questions.get(name.id)
        if question is None:
            raise RuleError(self._unknown(name.id, place), name.column)
        if question.place not in reach(place):
            root, here = root_of(question.place), root_of(place)
            raise RuleError(
                f"« {name.id} » se demande dans l'audit d'un sujet « {root} », cette "
                f"règle juge un sujet « {here} » : un audit ne lit que ses propres "
                f"réponses ; posez la question à « place: {here} » (« whom: {root} » "
                "dit à qui la poser), ou jugez à l'autre sujet"
                if root is not here
                else f"« {name.id} » se demande par {question.place}, cette partie de "
                f"la règle se juge par {place} : pour lire des lieux contenus, passez "
                "par « count », « total », « share », « smallest » ou « largest »",
                name.column,
            )
        if not TYPES[question.type].is_readable:
            sort = TYPES[question.type].in_rules[0]
            raise RuleError(
                f"« {name.id} » est {sort} : une règle ne peut pas le lire ; posez une "
                "question à choix",
                name.column,
            )
        return symbol_of(question)

    def _unknown(self, name: str, place: PlaceKind) -> str:
        if name in set(PlaceKind):
            return (
                f"« {name} » est un lieu, pas une question ; "
                f"pour compter ces lieux, écrivez « count({name}) »"
            )
        questions = self._questions.values()
        if any(name == choice.id for each in questions for choice in each.choices):
            return (
                f"« {name} » est un choix : mettez-le entre apostrophes, « '{name}' »"
            )
        here = reach(place)
        readable = (
            each.id
            for each in questions
            if each.place in here and TYPES[each.type].is_readable
        )
        known = [*self._everywhere, *readable]
        otherwise = "Déclarez-la dans « questions » ou corrigez son nom"
        remedy = write_instead(name, known, otherwise)
        return f"la question « {name} » n'existe pas. {remedy}"

    def fault(self, node: Node, message: str, *beside: Node) -> None:
        """Keep a fault, once for each column; `beside` is read with the node."""
        names = sorted(frozenset().union(*map(names_in, (node, *beside))))
        error = RuleError(message, node.column, names)
        if all(str(error) != str(known) for known in self.errors):
            self.errors.append(error)

    def is_typed(self, node: Node, place: PlaceKind, type_: QuestionType) -> bool:
        """Say whether a part is a readable name of a type; finds no fault."""
        try:
            return isinstance(node, NameNode) and self.find(node, place).type is type_
        except RuleError:
            return False

    def typed(
        self, name: NameNode, place: PlaceKind, *accepted: QuestionType
    ) -> Symbol | None:
        """Return what a name stands for, if it is there and of an accepted type."""
        try:
            symbol = self.find(name, place)
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
    readings = _Readings(questions, extra or {})
    proved = _proved_nonzero(given.root) if given else frozenset()
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

    readings: _Readings
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
            case Arithmetic():
                return self._arithmetic(node)
            case Aggregate():
                return self._aggregate(node)
            case Months(start, end):
                self.readings.date(start, self.place)
                self.readings.date(end, self.place)
                return _Quantity(Unit.of("mois"), UNBOUNDED)
        self.readings.fault(node, "un nombre est attendu ici")
        return None

    def when(self, condition: Condition) -> "_Checker":
        """Return a checker for where a condition holds."""
        return replace(self, proved=self.proved | _proved_nonzero(condition))

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
        if (sides := self._both(node)) is None:
            return None
        left, right = sides
        if None not in {left.unit, right.unit} and left.unit != right.unit:
            self.readings.fault(
                node,
                f"les unités diffèrent : « {left.unit} » et « {right.unit} » ; "
                "ramenez les deux côtés à la même",
            )
            return None
        return sides

    def _both(
        self, node: CompareNode | Arithmetic
    ) -> tuple[_Quantity, _Quantity] | None:
        left, right = self.quantity(node.left), self.quantity(node.right)
        return None if left is None or right is None else (left, right)

    def _arithmetic(self, node: Arithmetic) -> _Quantity | None:
        is_sum = node.operator in {"+", "-"}
        sides = self._in_one_unit(node) if is_sum else self._both(node)
        if sides is None:
            return None
        left, right = sides
        span = ARITHMETIC[node.operator](left.span, right.span)
        if is_sum:
            return _Quantity(right.unit if left.unit is None else left.unit, span)
        if node.operator == "/" and (
            (right.span.low is None or right.span.low <= 0)
            and (right.span.high is None or right.span.high >= 0)
        ):
            if not _is_nonzero(node.right, self.proved):
                name = node.right.id if isinstance(node.right, NameNode) else "diviseur"
                self.readings.fault(
                    node.right,
                    "on ne divise pas par ce qui peut valoir 0 : donnez à la question "
                    f"une « range » sans 0, ou exigez « {name} > 0 » dans "
                    "« applicable » ou plus tôt dans la règle, par « and »",
                )
                return None
            if _is_positive(left.span) and _is_positive(right.span):
                span = Span(0, None)
        if left.unit is None and right.unit is None:
            return _Quantity(None, span)
        one, other = left.unit or PURE, right.unit or PURE
        unit = one.over(other) if node.operator == "/" else one.times(other)
        return _Quantity(unit, span)

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
        if number is None or node.function != "total":
            return number
        if not _is_positive(number.span):
            self.readings.fault(
                node,
                "« total » n'additionne que des nombres qui ne peuvent pas être "
                "négatifs : donnez une « range » à partir de 0 à la question",
            )
        return _Quantity(number.unit, Span(0, None))


def _is_positive(span: Span) -> bool:
    return span.low is not None and span.low >= 0


def _proved_nonzero(condition: Node) -> frozenset[Term]:
    """Return the terms that are not 0 wherever a condition is true."""
    match condition:
        case AllOf(operands):
            return frozenset[Term]().union(*map(_proved_nonzero, operands))
        case CompareNode(order, Constant(value), term):
            return (
                frozenset({term}) if _excludes_0(MIRRORED[order], value) else _NOTHING
            )
        case CompareNode(order, term, Constant(value)):
            return frozenset({term}) if _excludes_0(order, value) else _NOTHING
    return _NOTHING


def _is_nonzero(term: Term, proved: frozenset[Term]) -> bool:
    """Say whether a term is not 0, given those that are proved."""
    match term:
        case Constant(value):
            return value != 0
        case Arithmetic("*", left, right):
            return _is_nonzero(left, proved) and _is_nonzero(right, proved)
        case Arithmetic("/", left):
            return _is_nonzero(left, proved)
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
