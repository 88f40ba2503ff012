"""The part of a checklist that can be proved: items whose rules are right."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from diag.checklist.search.actions import QUANTITY, ActionRules, CriterionRules
from diag.checklist.typecheck import VISIT_DATE, names_read, read_rule
from diag.model.checklist import Checklist, Criterion, Question, Recommendation
from diag.rules.tree import RuleError


@dataclass(frozen=True, slots=True)
class Sound:
    """What of a checklist can be proved, compiled once."""

    questions: Mapping[str, Question]
    """Without the relevances that are faulty, or turn round."""
    judged: Mapping[str, CriterionRules]
    actions: Mapping[str, ActionRules]


def sound_part(checklist: Checklist, faulty: frozenset[str]) -> Sound:
    """Return what can be proved; `faulty` are items, `criteria.debit-suffisant`."""
    questions = _askable(checklist.questions, faulty)
    readable = frozenset({*questions, VISIT_DATE, QUANTITY})
    judged = {
        each.id: CriterionRules.of(each)
        for each in checklist.criteria.values()
        if f"criteria.{each.id}" not in faulty and _reads(_texts(each), readable)
    }
    known = checklist.model_copy(update={"questions": questions})
    actions = {
        each.id: ActionRules.of(each, judged[each.when.criterion], known)
        for each in checklist.recommendations.values()
        if f"recommendations.{each.id}" not in faulty
        and each.when.criterion in judged
        and _reads(_numbers(each), readable)
    }
    return Sound(questions, judged, actions)


def _texts(criterion: Criterion) -> Iterable[str]:
    return (criterion.applicable, criterion.given, *criterion.levels.values())


def _numbers(recommendation: Recommendation) -> Iterable[str]:
    counts = (need.count for need in recommendation.buys)
    quantity, at_most = recommendation.quantity, recommendation.at_most
    return (recommendation.when.where, quantity, at_most, *counts)


def _reads(texts: Iterable[str], readable: frozenset[str]) -> bool:
    return all(
        not isinstance(read_rule(text), RuleError) and names_read(text) <= readable
        for text in texts
        if text
    )


def _askable(
    questions: Mapping[str, Question], faulty: frozenset[str]
) -> dict[str, Question]:
    readable = frozenset({*questions, VISIT_DATE})
    bare = {
        ident
        for ident, question in questions.items()
        if f"questions.{ident}" in faulty or not _reads([question.relevant], readable)
    }
    while True:
        graph = {
            ident: names_read(question.relevant) & questions.keys()
            for ident, question in questions.items()
            if ident not in bare
        }
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            bare.update(error.args[1])
        else:
            break
    return {
        ident: question.model_copy(update={"relevant": ""})
        if ident in bare
        else question
        for ident, question in questions.items()
    }
