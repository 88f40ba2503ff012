"""A criterion made ready for a search: its rules, what they read, the levels it gives.

The search fills facts in one by one and turns back as soon as the three-valued rules
refuse, so a level out of reach surely is.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import chain
from typing import NamedTuple

from diag.answers.number import around
from diag.answers.types import TYPES, VISIT
from diag.checklist.search import hull
from diag.checklist.symbols import symbol_of
from diag.model.checklist import Criterion, Question
from diag.model.enums import PlaceKind
from diag.rules.evaluate import judge_of, measure_of
from diag.rules.expressions import (
    ABSENT,
    MIRRORED,
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
    Judge,
    NameNode,
    Not,
    Order,
    RuleValue,
    Scope,
    Span,
    Term,
    Truth,
    names_in,
    point,
    walk,
)
from diag.rules.language import VISIT_DATE, parse_rule, thresholds_in


# `count(salle) >= 3` becomes `#0 >= 3`. Names are then independent, so what is false
# whatever their values is false of the rule too; the contrary need not be.
class Abstraction:
    """Gives names to calculations, the same name to the same one."""

    def __init__(self, questions: Mapping[str, Question]) -> None:
        self._questions = questions
        self.terms: dict[str, Term] = {}
        """What each name given stands for."""

    def loosely(self, condition: Condition) -> Condition:
        """Return a condition where every calculation has become a name."""
        match condition:
            case Not(operand, column):
                return Not(self.loosely(operand), column)
            case AllOf(operands, column):
                return AllOf(tuple(map(self.loosely, operands)), column)
            case AnyOf(operands, column):
                return AnyOf(tuple(map(self.loosely, operands)), column)
            case CompareNode():
                return self._loose(condition)
        return condition

    def _loose(self, node: CompareNode) -> CompareNode:
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
            node = CompareNode(MIRRORED[node.order], left, right, node.column)
        return self._against(node.order, Arithmetic("-", left, right, node.column), 0)

    def _against(self, order: Order, term: Term, value: Exact) -> CompareNode:
        factor, core = _scaled(term)
        if factor < 0:
            order = MIRRORED[order]
        bound = Constant(Fraction(value) / Fraction(factor), term.column)
        if not isinstance(core, NameNode):
            new = f"#{len(self.terms)}"
            name = next((one for one, of in self.terms.items() if of == core), new)
            self.terms[name] = core
            core = NameNode(name, core.column)
        return CompareNode(order, core, bound, term.column)

    def _is_choice(self, term: Term) -> bool:
        if isinstance(term, NameNode):
            question = self._questions.get(term.id)
            return question is not None and TYPES[question.type].is_one_choice
        return isinstance(term, ChoiceId)


def _scaled(term: Term) -> tuple[Exact, Term]:
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


@dataclass(frozen=True, slots=True)
class SearchWorld:
    """A place that a search makes up; its aggregates were given names."""

    values: dict[str, RuleValue]
    """Value of each name; the search changes them."""
    relevance: Mapping[str, Judge] = field(default_factory=dict)
    """When each fact exists at all."""

    def value(self, name: str) -> RuleValue:
        """Return the value of a name, absent where it is irrelevant."""
        value = self.values.get(name, ABSENT)
        judge = self.relevance.get(name)
        if judge is None or value is ABSENT:
            return value
        relevant = judge(self)
        if relevant is None:
            return value._replace(maybe_absent=True)
        return value if relevant else ABSENT

    def inside(self, _kind: PlaceKind) -> tuple[Sequence[Scope], bool]:
        """Return no place, of a list that is open: an aggregate may be anything."""
        return (), True

    def is_out(self, _name: str) -> Truth:
        """Say that every fact is applicable."""
        return False


@dataclass(frozen=True)
class SearchSubject:
    """What a search goes through."""

    judged: Condition | None
    """Where levels are read: the criterion applies and its gate holds."""
    levels: Mapping[int, Condition]
    """From the highest level to the lowest."""
    relevance: Mapping[str, Condition]
    """When each question that the rules read exists at all."""
    values: Mapping[str, tuple[RuleValue, ...]]
    """What to try for each name, from low to high."""


def subject_of(
    criterion: Criterion, questions: Mapping[str, Question]
) -> SearchSubject:
    """Return a criterion, whose rules are sound, ready for a search."""
    abstraction = Abstraction(questions)

    def read(text: str) -> Condition:
        root = parse_rule(text).root
        assert isinstance(root, Condition)
        return abstraction.loosely(root)

    scope = [read(text) for text in (criterion.applicable, criterion.given) if text]
    texts = dict(sorted(criterion.levels.items(), reverse=True))
    levels = {level: read(text) for level, text in texts.items()}
    nodes = [*scope, *levels.values()]
    relevance: dict[str, Condition] = {}
    pending = [name for node in nodes for name in sorted(names_in(node))]
    while pending:
        name = pending.pop()
        question = questions.get(name)
        if question is not None and question.relevant and name not in relevance:
            relevance[name] = read(question.relevant)
            pending += sorted(names_in(relevance[name]))
    catalogue = Catalogue(
        questions, criterion.place, [*nodes, *relevance.values()], abstraction.terms
    )
    return SearchSubject(
        AllOf(tuple(scope), 1) if scope else None,
        levels,
        relevance,
        catalogue.values(),
    )


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
        parts = chain.from_iterable(map(walk, self.nodes))
        names = dict.fromkeys(part.id for part in parts if isinstance(part, NameNode))
        found: dict[str, tuple[RuleValue, ...]] = {}
        for name in names:
            marks = thresholds.get(name, frozenset())
            if name in self.terms:
                term = self.terms[name]
                unknown = {each: self._unknown(each) for each in names_in(term)}
                measured = measure_of(term)(SearchWorld(unknown))
                span = UNBOUNDED if measured is ABSENT else measured
                integral = isinstance(term, Aggregate) and term.function == "count"
                numbers = map(point, around(marks, span, integral=integral))
                found[name] = (*([ABSENT] * span.maybe_absent), *numbers)
            elif name == VISIT_DATE:
                found[name] = (point(VISIT.toordinal()),)
            else:
                asked = self.questions[name]
                tried = TYPES[asked.type].tried
                found[name] = tried(asked, self.place, self.nodes, marks)
        return found

    def _unknown(self, name: str) -> RuleValue:
        question = self.questions.get(name)
        if question is None or TYPES[question.type].is_day:
            return Span(None, None, maybe_absent=question is not None)
        if TYPES[question.type].is_number:
            span = symbol_of(question).span
            return Span(span.low, span.high, maybe_absent=True)
        tried = TYPES[question.type].tried(question, self.place, self.nodes, ())
        return hull((ABSENT, *tried))


class LevelProblem(NamedTuple):
    """What is wrong with the levels of a criterion."""

    key: str
    """Of the criterion: `levels` or `applicable`."""
    message: str
    remedy: str
    about: tuple[str, ...] = ()
    """Questions that the message names."""


MAX_STEPS = 20_000
"""Steps after which a search gives up, and blames nothing."""


def levels_of(
    criterion: Criterion, questions: Mapping[str, Question]
) -> frozenset[int]:
    """Return the levels that a criterion may give at a place, 0 included.

    A gate that is shut gives 0.
    """
    subject = subject_of(criterion, questions)
    higher: list[Condition] = []
    reached = {0} if criterion.given else set()
    for level, rule in subject.levels.items():
        if can_hold(subject, [rule, *higher]):
            reached.add(level)
        higher.append(_not(rule))
    if can_hold(subject, higher):
        reached.add(0)
    return frozenset(reached)


def problems_of(
    criterion: Criterion, questions: Mapping[str, Question]
) -> Iterator[LevelProblem]:
    """Yield each level out of reach of a criterion whose rules are sound.

    What it yields is certain: where the search is not sure, it yields nothing.
    """
    subject = subject_of(criterion, questions)
    if not can_hold(subject, []):
        yield LevelProblem(
            "applicable",
            "le critère n'est jamais jugé : « applicable » et « given » ne sont vraies "
            "ensemble pour aucune réponse",
            "Corrigez-les.",
        )
        return
    above: dict[int, Condition] = {}
    for level, rule in subject.levels.items():
        hidden = not can_hold(subject, [rule, *map(_not, above.values())])
        if hidden and not can_hold(subject, [rule]):
            yield LevelProblem(
                "levels",
                f"niveau {level} inatteignable : sa règle n'est vraie pour aucune "
                "réponse",
                "Corrigez-la ou retirez ce niveau.",
            )
        elif hidden:
            covers = (
                f"le niveau {each}"
                for each, higher in above.items()
                if not can_hold(subject, [rule, _not(higher)])
            )
            yield LevelProblem(
                "levels",
                f"niveau {level} inatteignable : couvert par "
                f"{next(covers, 'les niveaux supérieurs')}",
                "Resserrez la règle du dessus ou desserrez celle-ci.",
            )
        above[level] = rule


def can_hold(subject: SearchSubject, conditions: list[Condition]) -> bool:
    """Say whether conditions may hold together where levels are read."""
    wanted = [subject.judged, *conditions] if subject.judged else conditions
    judge = judge_of(AllOf(tuple(wanted), 1))
    unknown = {name: hull(tried) for name, tried in subject.values.items()}
    relevance = {name: judge_of(rule) for name, rule in subject.relevance.items()}
    world = SearchWorld(dict(unknown), relevance)
    names = list(subject.values)
    steps = 0

    def found(depth: int) -> bool:
        nonlocal steps
        steps += 1
        truth = judge(world)
        if truth is not None or depth == len(names) or steps > MAX_STEPS:
            return truth is not False
        name = names[depth]
        for value in subject.values[name]:
            world.values[name] = value
            if found(depth + 1):
                return True
        world.values[name] = unknown[name]
        return False

    return found(0)


def _not(condition: Condition) -> Condition:
    return Not(condition, condition.column)
