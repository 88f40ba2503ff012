"""What the names of a rule stand for, and which of them a place may read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from diag.model.checklist import Question
from diag.model.enums import PlaceKind, QuestionType
from diag.model.number import exact
from diag.rules.problem import write_instead
from diag.rules.reach import reach, root_of
from diag.rules.tree import Name, RuleError
from diag.rules.units import Unit
from diag.rules.values import UNBOUNDED, Span, plain

VISIT_DATE = "visit_date"
"""The day of the visit: readable everywhere."""

NUMERIC = frozenset({QuestionType.INTEGER, QuestionType.NUMBER})
"""The types of numbers."""

UNREADABLE = frozenset({QuestionType.TEXT, QuestionType.PHOTO})
"""The types that rules cannot read."""


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

    def find(self, name: Name, place: PlaceKind) -> Symbol:
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
        if question.type in UNREADABLE:
            raise RuleError(
                f"« {name.id} » est un texte ou une photo : une règle ne peut pas le "
                "lire ; posez une question à choix",
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
            if question.place in places and question.type not in UNREADABLE
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
