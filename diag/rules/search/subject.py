"""A criterion made ready for a search: its rules, what they read, what that can be."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from diag.model.checklist import Criterion, Question
from diag.rules.evaluate import judge_of
from diag.rules.language import RuleError, parse_rule
from diag.rules.scope import Judge
from diag.rules.search import candidates
from diag.rules.search.abstraction import Abstraction
from diag.rules.search.catalogue import Catalogue
from diag.rules.search.worlds import World
from diag.rules.tree import (
    Condition,
    Node,
    Term,
    names_in,
)
from diag.rules.typecheck import check_rule
from diag.rules.values import RuleValue

Rewriting = Callable[[Abstraction, Condition], Condition]
"""How rules are made ready: `Abstraction.loosely` or `.keeping_arithmetic`."""


@dataclass(frozen=True)
class Subject:
    """What a search goes through."""

    applicable: Condition | None
    levels: Mapping[int, Condition]
    """From the highest level to the lowest."""
    written: tuple[Condition, ...]
    """The rules of levels before they were made ready."""
    relevance: Mapping[str, Condition]
    """When each question that the rules read exists at all."""
    values: Mapping[str, tuple[RuleValue, ...]]
    """What to try for each name, from low to high."""
    terms: Mapping[str, Term]
    """The calculation that each made-up name stands for."""

    def world(self) -> World:
        """Return a world where nothing is known yet."""
        judges: dict[str, Judge] = {
            name: judge_of(condition) for name, condition in self.relevance.items()
        }
        unknown = {name: candidates.hull(tried) for name, tried in self.values.items()}
        return World(unknown, judges)


def subject_of(
    criterion: Criterion, questions: Mapping[str, Question], rewriting: Rewriting
) -> Subject:
    """Return a criterion, whose rules are sound, ready for a search."""
    abstraction = Abstraction(questions)

    def read(text: str) -> Condition:
        return rewriting(abstraction, _condition(text))

    applicable = read(criterion.applicable) if criterion.applicable else None
    texts = dict(sorted(criterion.levels.items(), reverse=True))
    levels = {level: read(text) for level, text in texts.items()}
    nodes = [*([applicable] if applicable else []), *levels.values()]
    relevance = _relevance(nodes, questions, read)
    catalogue = Catalogue(
        questions, criterion.place, [*nodes, *relevance.values()], abstraction.terms
    )
    return Subject(
        applicable,
        levels,
        tuple(map(_condition, texts.values())),
        relevance,
        catalogue.values(),
        abstraction.terms,
    )


def _condition(text: str) -> Condition:
    root = parse_rule(text).root
    assert isinstance(root, Condition)
    return root


def _relevance(
    nodes: Sequence[Node],
    questions: Mapping[str, Question],
    read: Callable[[str], Condition],
) -> dict[str, Condition]:
    """Return the relevance of every fact read, and of those it hangs on in turn."""
    relevance: dict[str, Condition] = {}
    pending = [name for node in nodes for name in sorted(names_in(node))]
    while pending:
        name = pending.pop()
        question = questions.get(name)
        if (
            question is None
            or name in relevance
            or not _is_readable(question, questions)
        ):
            continue
        relevance[name] = read(question.relevant)
        pending += sorted(names_in(relevance[name]))
    graph = {name: names_in(condition) for name, condition in relevance.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError:
        return {}
    return relevance


def _is_readable(question: Question, questions: Mapping[str, Question]) -> bool:
    """Say whether a question has a relevance that can be judged."""
    if not question.relevant:
        return False
    try:
        rule = parse_rule(question.relevant)
    except RuleError:
        return False
    return not check_rule(rule, questions, question.place, "condition")
