"""What to try for each name that some rules read: a fact, or a calculation."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from diag.model.checklist import Question
from diag.model.enums import PlaceKind, QuestionType
from diag.rules.evaluate import measure_of
from diag.rules.language import thresholds_in
from diag.rules.search import candidates
from diag.rules.search.worlds import World
from diag.rules.symbols import NUMERIC, VISIT_DATE, symbol_of
from diag.rules.tree import (
    Aggregate,
    Comparison,
    Condition,
    Constant,
    Name,
    Node,
    Term,
    names_in,
    walk,
)
from diag.rules.values import ABSENT, UNBOUNDED, Exact, RuleValue, Span, point

_PLAIN_NUMBERS = (0, 1, 2, 10)
"""Tried for a fact that enters a calculation, beside the numbers of the rules."""


@dataclass(frozen=True)
class Catalogue:
    """Finds what to try for each name that some rules read."""

    questions: Mapping[str, Question]
    place: PlaceKind
    """From which the rules read."""
    nodes: Sequence[Condition]
    """The rules, made ready."""
    terms: Mapping[str, Term]
    """The calculation that each made-up name stands for."""

    def values(self) -> dict[str, tuple[RuleValue, ...]]:
        """Return what to try for each name, from low to high."""
        thresholds = thresholds_in(self.nodes)
        computed = self._in_calculations()
        constants = self._constants() if computed else frozenset()
        names = dict.fromkeys(
            part.id for part in self._parts() if isinstance(part, Name)
        )
        return {
            name: self._tried(
                name,
                thresholds.get(name, frozenset())
                | (constants if name in computed else frozenset()),
            )
            for name in names
        }

    def _tried(self, name: str, marks: frozenset[Exact]) -> tuple[RuleValue, ...]:
        if name in self.terms:
            term = self.terms[name]
            span = self._span(term)
            integral = isinstance(term, Aggregate) and term.function == "count"
            return candidates.of_number(span, marks, integral=integral)
        if name == VISIT_DATE:
            return (point(candidates.VISIT.toordinal()),)
        return candidates.of_question(
            self.questions[name], self.place, self.nodes, marks
        )

    def _span(self, term: Term) -> Span:
        """Return where a calculation lies when nothing is known."""
        unknown = {name: self._unknown(name) for name in names_in(term)}
        measured = measure_of(term)(World(unknown))
        return UNBOUNDED if measured is ABSENT else measured

    def _unknown(self, name: str) -> RuleValue:
        question = self.questions.get(name)
        if question is None or question.type is QuestionType.DATE:
            return Span(None, None, maybe_absent=question is not None)
        if question.type in NUMERIC:
            span = symbol_of(question).span
            return Span(span.low, span.high, maybe_absent=True)
        tried = candidates.of_question(question, self.place, self.nodes, ())
        return candidates.hull((ABSENT, *tried))

    def _in_calculations(self) -> frozenset[str]:
        """Return the names whose own thresholds do not tell all that matters."""
        names: set[str] = set()
        for part in self._parts():
            match part:
                case Comparison(_, Name(), Constant()) | Comparison(
                    _, Constant(), Name()
                ):
                    pass
                case Comparison():
                    names |= names_in(part)
        return frozenset(names)

    def _constants(self) -> frozenset[Exact]:
        found = {part.value for part in self._parts() if isinstance(part, Constant)}
        return frozenset(found) | frozenset(_PLAIN_NUMBERS)

    def _parts(self) -> Iterator[Node]:
        return chain.from_iterable(map(walk, self.nodes))
