"""The shortest visit that asks each question, as its author says or as is deduced."""

from collections.abc import Iterable, Mapping

from diag.assess.readers import every_name
from diag.model.checklist import Checklist, Criterion, Question
from diag.model.enums import Kind, Profile
from diag.rules.language import parse_rule


def profiles_of(checklist: Checklist) -> Mapping[str, Profile]:
    """Return the profile of each question, by id.

    Its author's own word wins. Else it is short when it is required, names a place,
    is read by a compliance or blocking criterion, or decides, from question to
    question, whether such a one is relevant; standard otherwise.
    """
    short = _with_relevance(_first(checklist), checklist.questions)
    return {
        ident: question.profile or (Profile.SHORT if ident in short else _ELSE)
        for ident, question in checklist.questions.items()
    }


_ELSE = Profile.STANDARD


def _first(checklist: Checklist) -> set[str]:
    """Return what is short by itself, whatever depends on it."""
    first = {name for place in checklist.places for name in place.named_by}
    for question in checklist.questions.values():
        if question.required or question.profile is Profile.SHORT:
            first.add(question.id)
    for criterion in checklist.criteria.values():
        if criterion.kind is not Kind.IMPROVEMENT:
            first |= _names(_rules(criterion))
    return first


def _with_relevance(
    names: Iterable[str], questions: Mapping[str, Question]
) -> frozenset[str]:
    found, left = set[str](), set(names)
    while left:
        name = left.pop()
        found.add(name)
        question = questions.get(name)
        if question is not None and question.relevant:
            left |= _names((question.relevant,)) - found
    return frozenset(found)


def _rules(criterion: Criterion) -> tuple[str, ...]:
    applicable = (criterion.applicable,) if criterion.applicable else ()
    return (*applicable, *criterion.levels.values())


def _names(rules: Iterable[str]) -> frozenset[str]:
    return frozenset[str]().union(*(every_name(parse_rule(rule)) for rule in rules))
