"""Checklists with one thing changed, in memory: who notices?

A mutant moves one threshold by one step, one weight, one bound or the trigger of one
action, or turns one condition. It is caught when the lint refuses it, or when an
example or a whole school no longer gets what is written beside it.
"""

import ast
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from diag.assess.judge import judge_of
from diag.model.checklist import (
    Checklist,
    Criterion,
    Domain,
    Question,
    Recommendation,
)
from diag.model.enums import Kind, QuestionType

THRESHOLD, WEIGHT, CONDITION = "seuils", "poids", "conditions"
CONFORMS, TRIGGER, BOUND = "conformité", "déclencheurs", "bornes"


@dataclass(frozen=True)
class Mutant:
    """One change of one thing that a checklist declares."""

    kind: str
    changed: Criterion | Recommendation | Domain | Question
    what: str
    """What was changed, for whoever must add an example."""


def action_mutants(action: Recommendation, checklist: Checklist) -> Iterator[Mutant]:
    """Yield an action changed in every way: from which level, where, up to how many.

    A trigger moves to the next level that its criterion has: within two levels, it
    would change nothing in any school.
    """
    levels = sorted({0, *checklist.criteria[action.when.criterion].levels})
    now = sum(level < action.when.below for level in levels)
    for among in (now - 1, now + 1):
        if 0 < among < len(levels):
            below = levels[among - 1] + 1
            yield _triggered(action, f"below {below}", below=below)
    if action.when.where:
        yield _triggered(action, "anywhere", where="")
        for _, text in rule_mutants(action.when.where, checklist.questions):
            yield _triggered(action, f"where: {text}", where=text)
    if action.at_most:
        changed = action.model_copy(update={"at_most": ""})
        yield Mutant(BOUND, changed, "any quantity")


def _triggered(action: Recommendation, what: str, **changes: object) -> Mutant:
    when = action.when.model_copy(update=changes)
    return Mutant(TRIGGER, action.model_copy(update={"when": when}), what)


def part_mutants(question: Question, checklist: Checklist) -> Iterator[Mutant]:
    """Yield a part that its whole bounds no more, where a criterion reads it.

    A bound that no criterion reads only refuses what is typed.
    """
    if question.at_most and judge_of(checklist).readers.readers(question.id):
        changed = question.model_copy(update={"at_most": ""})
        yield Mutant(BOUND, changed, f"above {question.at_most}")


def domain_mutants(domain: Domain) -> Iterator[Mutant]:
    """Yield a domain that weighs one more, or one less."""
    for weight in {domain.weight + 1, domain.weight - 1} - {0}:
        changed = domain.model_copy(update={"weight": weight})
        yield Mutant(WEIGHT, changed, f"weight {weight}")


def share_mutants(criterion: Criterion) -> Iterator[Mutant]:
    """Yield a share of places that holds the socle, a quarter more or less."""
    share = Fraction(criterion.socle_share)
    for moved in (share - Fraction(1, 4), share + Fraction(1, 4)):
        if share < 1 and 0 < moved <= 1:
            changed = _with(criterion, socle_share=str(moved))
            yield Mutant(THRESHOLD, changed, f"share {moved}")


def mutants_of(criterion: Criterion, checklist: Checklist) -> Iterator[Mutant]:
    """Yield a criterion changed in every way, one at a time."""
    if criterion.kind is not Kind.COMPLIANCE:
        for weight in {criterion.weight + 1, criterion.weight - 1} - {0}:
            yield Mutant(WEIGHT, _with(criterion, weight=weight), f"weight {weight}")
    for level, rule in criterion.levels.items():
        for kind, text in rule_mutants(rule, checklist.questions):
            levels = {**criterion.levels, level: text}
            yield Mutant(kind, _with(criterion, levels=levels), f"{level}: {text}")
    if criterion.applicable:
        for kind, text in rule_mutants(criterion.applicable, checklist.questions):
            yield Mutant(kind, _with(criterion, applicable=text), f"applicable: {text}")
        yield Mutant(CONDITION, _with(criterion, applicable=""), "always applicable")
    yield from _place_mutants(criterion, checklist.questions)


def _with(criterion: Criterion, **changes: object) -> Criterion:
    return criterion.model_copy(update=changes)


def _place_mutants(
    criterion: Criterion, questions: Mapping[str, Question]
) -> Iterator[Mutant]:
    """Yield what changes how places are judged, or how they weigh together."""
    if criterion.given:
        for kind, text in rule_mutants(criterion.given, questions):
            yield Mutant(kind, _with(criterion, given=text), f"given: {text}")
        yield Mutant(CONDITION, _with(criterion, given=""), "nothing given")
    if criterion.weigh_by:
        yield Mutant(WEIGHT, _with(criterion, weigh_by=""), "places weigh 1")
    if criterion.conforms_at:
        for met in {criterion.conforms_at - 1, criterion.conforms_at + 1}:
            if met in criterion.levels:
                changed = _with(criterion, conforms_at=met)
                yield Mutant(CONFORMS, changed, f"conforms at {met}")


def rule_mutants(
    rule: str, questions: Mapping[str, Question]
) -> Iterator[tuple[str, str]]:
    """Yield a rule with one threshold moved, or one condition turned."""
    tree = ast.parse(rule, mode="eval")
    written = ast.unparse(tree)
    for rank, node in enumerate(ast.walk(tree)):
        for kind, other in _replacements(node, questions):
            text = _replaced(tree, rank, other)
            if text != written:
                yield kind, text


def _replaced(tree: ast.Expression, rank: int, other: ast.AST) -> str:
    """Return a rule with its node of that rank replaced."""
    copied = deepcopy(tree)
    node = list(ast.walk(copied))[rank]
    for holder in ast.walk(copied):
        for name, value in ast.iter_fields(holder):
            if value is node:
                setattr(holder, name, other)
            elif isinstance(value, list):
                setattr(holder, name, [other if one is node else one for one in value])
    return ast.unparse(copied)


def _replacements(
    node: ast.AST, questions: Mapping[str, Question]
) -> Iterator[tuple[str, ast.AST]]:
    match node:
        case ast.Constant(bool() | str()):
            return
        case ast.Constant(value):
            number = Decimal(repr(value))
            step = Decimal(1).scaleb(int(number.as_tuple().exponent))
            for moved in (number - step, number + step):
                if moved >= 0:
                    yield THRESHOLD, ast.Name(str(moved))
        case ast.Compare(left, [operator], [right]):
            yield from _comparisons(left, operator, right, questions)
        case ast.BoolOp(operator, operands):
            other = ast.Or() if isinstance(operator, ast.And) else ast.And()
            yield CONDITION, ast.BoolOp(other, operands)
            for rank in range(len(operands)):
                others = [*operands[:rank], *operands[rank + 1 :]]
                kept = ast.BoolOp(operator, others) if others[1:] else others[0]
                yield CONDITION, kept
        case ast.UnaryOp(ast.Not(), operand):
            yield CONDITION, operand
        case ast.Name(name) if _is_yes_or_no(questions.get(name)):
            yield CONDITION, ast.UnaryOp(ast.Not(), ast.Name(name))


def _is_yes_or_no(question: Question | None) -> bool:
    return question is not None and question.type is QuestionType.BOOLEAN


_STRICT: dict[type[ast.cmpop], ast.cmpop] = {
    ast.GtE: ast.Gt(),
    ast.Gt: ast.GtE(),
    ast.LtE: ast.Lt(),
    ast.Lt: ast.LtE(),
}
_TURNED: dict[type[ast.cmpop], ast.cmpop] = {
    ast.Eq: ast.NotEq(),
    ast.NotEq: ast.Eq(),
    ast.In: ast.NotIn(),
    ast.NotIn: ast.In(),
}


def _comparisons(
    left: ast.expr,
    operator: ast.cmpop,
    right: ast.expr,
    questions: Mapping[str, Question],
) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(left, ast.Name) and isinstance(right, ast.Constant):
        question = questions.get(left.id)
        if question and question.ordered and type(operator) in _STRICT:
            ids = [choice.id for choice in question.choices]
            at = ids.index(str(right.value))
            for near in (at - 1, at + 1):
                if 0 <= near < len(ids):
                    moved = ast.Constant(ids[near])
                    yield THRESHOLD, ast.Compare(left, [operator], [moved])
            return
    if type(operator) in _STRICT:
        other = _STRICT[type(operator)]
        yield THRESHOLD, ast.Compare(left, [other], [right])
    if type(operator) in _TURNED:
        other = _TURNED[type(operator)]
        yield CONDITION, ast.Compare(left, [other], [right])
    if isinstance(right, ast.Tuple):
        for rank in range(len(right.elts)):
            kept = [*right.elts[:rank], *right.elts[rank + 1 :]]
            if kept:
                among = ast.Tuple(kept, ast.Load())
                yield CONDITION, ast.Compare(left, [operator], [among])
