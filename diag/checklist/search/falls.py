"""Whether a better fact lowers a level or shuts a gate: a case of it, or none found."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from diag.checklist.search.actions import CriterionRules, rules_of
from diag.checklist.search.school import Fact, MadeUpPlace, SmallSchool, read
from diag.checklist.search.trends import Trends
from diag.checklist.search.values import moves
from diag.model.checklist import Question
from diag.rules.evaluate import not_
from diag.rules.values import RuleValue, Truth


@dataclass(frozen=True, slots=True)
class Betterment:
    """A fact that gets better, and the same school before and after."""

    fact: Fact
    worse: RuleValue
    better: RuleValue
    before: MadeUpPlace
    after: MadeUpPlace


def moves_in(school: SmallSchool, names: Collection[str]) -> Iterator[Betterment]:
    """Yield each smallest step of the facts of these names that can get better."""
    for kind, fact in school.movable:
        if fact.name not in names:
            continue
        for worse, better in moves(fact.question, fact.tried):
            yield Betterment(
                fact,
                worse,
                better,
                school.with_changes({fact.name: _always(worse)}, kind),
                school.with_changes({fact.name: _always(better)}, kind),
            )


def _always(value: RuleValue) -> "partial[RuleValue]":
    return partial(lambda kept, _: kept, value)


@dataclass(frozen=True, slots=True)
class Fall:
    """A level that falls, or a gate that shuts, when a fact gets better."""

    move: Betterment
    levels: tuple[int, int] | None
    """Before and after; None where the gate shuts."""
    case: tuple[Fact, ...]
    """What decides it meanwhile."""


def falls_of(
    judged: CriterionRules, questions: Mapping[str, Question]
) -> Iterator[Fall]:
    """Yield at most one fall for each fact that a criterion reads."""
    criterion, trends = judged.criterion, Trends(questions)
    texts = filter(None, (criterion.given, *criterion.levels.values()))
    roots = [read(text).root for text in texts]
    school = SmallSchool(questions, criterion.place, rules_of(criterion))
    names = {
        fact.name
        for _, fact in school.movable
        if not all(trends.of(root, fact.name).never_falls for root in roots)
    }
    fallen: set[str] = set()
    for move in moves_in(school, names):
        if move.fact.name not in fallen and (fall := _fall(judged, school, move)):
            fallen.add(move.fact.name)
            yield fall


def _fall(judged: CriterionRules, school: SmallSchool, move: Betterment) -> Fall | None:
    before, after = move.before, move.after
    scope = [partial(judged.applies, before), partial(judged.applies, after)]
    gates = [partial(judged.is_open, before), partial(not_(judged.is_open), after)]
    case = school.find([*scope, *gates], before, after)
    if case is not None:
        return Fall(move, None, tuple(case))
    case = school.find([*scope, partial(_is_lower, judged, move)], before, after)
    if case is None:
        return None
    return Fall(move, (judged.level(before), judged.level(after)), tuple(case))


def _is_lower(judged: CriterionRules, move: Betterment) -> Truth:
    lower: Truth = False
    for reaches in judged.at_least.values():
        held = reaches(move.before)
        kept = True if held is False else reaches(move.after)
        if held and kept is False:
            return True
        if kept is not True:
            lower = None
    return lower
