"""What a rule reads: the names that it may, their types, the reserved ones."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

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
from diag.rules.language import VISIT_DATE, Rule, parse_rule
from diag.rules.tree import (
    NameNode,
    RuleError,
    Unit,
)
from diag.rules.values import UNBOUNDED, Span, plain, reach, root_of
from diag.words.sentences import write_instead

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


class Symbols:
    """The names that rules may read."""

    def __init__(
        self, questions: Mapping[str, Question], extra: Mapping[str, QuestionType]
    ) -> None:
        self._questions = questions
        everywhere = {VISIT_DATE: QuestionType.DATE, **extra}
        self._everywhere = {name: Symbol(type_) for name, type_ in everywhere.items()}

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
            raise RuleError(_out_of_reach(question, place), name.column)
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
        if self._is_choice(name):
            return (
                f"« {name} » est un choix : mettez-le entre apostrophes, « '{name}' »"
            )
        known = [*self._everywhere, *self._readable(reach(place))]
        otherwise = "Déclarez-la dans « questions » ou corrigez son nom"
        remedy = write_instead(name, known, otherwise)
        return f"la question « {name} » n'existe pas. {remedy}"

    def _is_choice(self, name: str) -> bool:
        return any(
            name == choice.id
            for question in self._questions.values()
            for choice in question.choices
        )

    def _readable(self, places: frozenset[PlaceKind]) -> Iterable[str]:
        return (
            question.id
            for question in self._questions.values()
            if question.place in places and TYPES[question.type].is_readable
        )


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


def _out_of_reach(question: Question, place: PlaceKind) -> str:
    root, here = root_of(question.place), root_of(place)
    if root is not here:
        return (
            f"« {question.id} » se demande dans l'audit d'un sujet « {root} », cette "
            f"règle juge un sujet « {here} » : un audit ne lit que ses propres "
            f"réponses ; posez la question à « place: {here} » (« whom: {root} » dit à "
            "qui la poser), ou jugez à l'autre sujet"
        )
    return (
        f"« {question.id} » se demande par {question.place}, cette partie de la règle "
        f"se juge par {place} : pour lire des lieux contenus, passez par « count », "
        "« total », « share », « smallest » ou « largest »"
    )


def names_read(text: str) -> frozenset[str]:
    """Return every name that a rule reads, here or inside; none if unreadable."""
    rule = read_rule(text)
    if isinstance(rule, RuleError):
        return frozenset()
    return rule.names.union(*rule.inner_names.values())


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
