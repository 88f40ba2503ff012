"""Levels that no answer gives, levels that fall when a fact gets better."""

from collections.abc import Iterator

from diag.rules.loaded import Loaded
from diag.rules.problem import Problem
from diag.rules.search import levels_of, problems_of


def level_problems(loaded: Loaded) -> Iterator[Problem]:
    """Yield what a search through the facts of each criterion finds."""
    questions = loaded.draft.questions
    for criterion in loaded.draft.criteria.values():
        item = loaded.item("criteria", criterion.id)
        for sentence in problems_of(criterion, questions):
            message, _, remedy = sentence.rpartition(" ; ")
            yield item.problem((_key(sentence),), message, f"{_capital(remedy)}.")
    yield from _idle_problems(loaded)


def _idle_problems(loaded: Loaded) -> Iterator[Problem]:
    """Yield recommendations that no answer triggers."""
    draft = loaded.draft
    for recommendation in draft.recommendations.values():
        when = recommendation.when
        criterion = draft.criteria.get(when.criterion)
        levels = levels_of(criterion, draft.questions) if criterion else frozenset()
        if levels and min(levels) >= when.below:
            yield loaded.item("recommendations", recommendation.id).problem(
                ("when", "below"),
                f"elle ne se déclenche jamais : « {when.criterion} » vaut toujours "
                f"au moins {min(levels)}",
                "Relevez « below », ou revoyez les niveaux du critère.",
            )


def _key(sentence: str) -> str:
    """Return the key of the criterion that a sentence is about."""
    named = (key for key in ("improves_with", "applicable") if f"« {key} »" in sentence)
    return next(named, "levels")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
