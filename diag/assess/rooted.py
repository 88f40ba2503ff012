"""What concerns one kind of subject: a school, a commune or a syndicat, in a checklist.

An edition holds the questions and criteria of all three; an audit sees its own alone.
"""

from collections.abc import Mapping

from diag.model.checklist import Checklist, Criterion, Question, Recommendation
from diag.model.enums import PlaceKind
from diag.model.fact import Facts
from diag.rules.reach import root_of

_KEPT = 8  # as many editions and kinds as are looked at side by side

_made: list[tuple[Checklist, PlaceKind, Checklist]] = []


def rooted(checklist: Checklist, root: PlaceKind) -> Checklist:
    """Return what a checklist asks and judges of subjects of a kind.

    The same object each time for the same checklist; itself when all of it concerns
    them.
    """
    for source, kind, made in tuple(_made):
        if source is checklist and kind is root:
            return made
    made = _rooted(checklist, root)
    _made[:] = [(checklist, root, made), (made, root, made), *_made[: _KEPT - 2]]
    return made


def subject_kind(facts: Facts) -> PlaceKind:
    """Return what kind of subject facts are about."""
    return facts.places[facts.root].kind


def recommendation_root(checklist: Checklist, recommendation: str) -> PlaceKind:
    """Return whom a recommendation is made to: the subject of what triggers it."""
    when = checklist.recommendations[recommendation].when
    return root_of(checklist.criteria[when.criterion].place)


def _rooted(checklist: Checklist, root: PlaceKind) -> Checklist:
    questions = {
        ident: question
        for ident, question in checklist.questions.items()
        if root_of(question.place) is root
    }
    criteria = {
        ident: criterion
        for ident, criterion in checklist.criteria.items()
        if root_of(criterion.place) is root
    }
    recommendations = {
        ident: recommendation
        for ident, recommendation in checklist.recommendations.items()
        if recommendation_root(checklist, ident) is root
    }
    kept = _domains(questions, criteria, recommendations)
    used = _domains(checklist.questions, checklist.criteria, checklist.recommendations)
    domains = tuple(
        each for each in checklist.domains if each.id in kept or each.id not in used
    )
    whole = (checklist.questions, checklist.criteria, checklist.recommendations)
    if (questions, criteria, recommendations) == whole and domains == checklist.domains:
        return checklist
    return checklist.model_copy(
        update={
            "domains": domains,
            "questions": questions,
            "criteria": criteria,
            "recommendations": recommendations,
        }
    )


def _domains(
    questions: Mapping[str, Question],
    criteria: Mapping[str, Criterion],
    recommendations: Mapping[str, Recommendation],
) -> frozenset[str]:
    return frozenset({
        *(each.domain for each in questions.values()),
        *(each.domain for each in criteria.values()),
        *(each.domain for each in recommendations.values()),
    })
