"""Recommendations that could never stop, and items that wait for themselves."""

from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from diag.model.checklist import Checklist, Recommendation
from diag.model.enums import PlaceKind
from diag.rules.lint.meaning import names_read
from diag.rules.loaded import Item, Loaded
from diag.rules.problem import Problem
from diag.rules.reach import root_of


def trigger_problems(loaded: Loaded) -> Iterator[Problem]:
    """Yield recommendations without end, and loops."""
    for recommendation in loaded.draft.recommendations.values():
        item = loaded.item("recommendations", recommendation.id)
        yield from _goal_problems(loaded, item, recommendation)
        yield from _effect_problems(loaded, item, recommendation)
        yield from _subject_problems(loaded.draft, item, recommendation)
    yield from _relevance_loop(loaded)
    yield from _requirement_loop(loaded)


def _goal_problems(
    loaded: Loaded, item: Item, recommendation: Recommendation
) -> Iterator[Problem]:
    when = recommendation.when
    criterion = loaded.draft.criteria.get(when.criterion)
    highest = max(criterion.levels, default=0) if criterion else when.below
    if when.below > highest:
        yield item.problem(
            ("when", "below"),
            f"le critère « {when.criterion} » n'atteint jamais {when.below} : elle se "
            "déclencherait toujours",
            f"Écrivez « below: {highest} », ou ajoutez ce niveau au critère.",
        )
    for requirement in recommendation.requires:
        least = requirement.at_least or 0
        if requirement.criterion == when.criterion and least >= when.below:
            yield item.problem(
                ("requires",),
                f"elle attend que « {when.criterion} » ait le niveau {least}, et ne se "
                f"déclenche qu'en dessous de {when.below}",
                "Retirez ce préalable.",
            )


def _effect_problems(
    loaded: Loaded, item: Item, recommendation: Recommendation
) -> Iterator[Problem]:
    when = recommendation.when
    for name, level in recommendation.effect.items():
        criterion = loaded.draft.criteria.get(name)
        if name == when.criterion and level < when.below:
            yield item.problem(
                ("effect", name),
                f"une fois faite, elle se déclencherait encore : effet {level}, "
                f"seuil {when.below}",
                f"Écrivez « {name}: {when.below} », ou abaissez « below ».",
            )
        elif criterion and level not in criterion.levels:
            levels = ", ".join(map(str, sorted(criterion.levels)))
            yield item.problem(
                ("effect", name),
                f"le critère « {name} » n'a pas de niveau {level}",
                f"Ses niveaux sont : {levels}.",
                "warning",
            )


def _subject_problems(
    checklist: Checklist, item: Item, recommendation: Recommendation
) -> Iterator[Problem]:
    """Yield what a recommendation names of another kind of subject: never judged."""
    home = _criterion_root(checklist, recommendation.when.criterion)
    named = [(("effect", name), name, "") for name in recommendation.effect]
    named += [
        (("requires", str(rank)), need.criterion or "", need.recommendation or "")
        for rank, need in enumerate(recommendation.requires)
    ]
    for path, criterion, other in named:
        needed = checklist.recommendations.get(other)
        judged = needed.when.criterion if needed else criterion
        root = _criterion_root(checklist, judged)
        if home and root and root is not home:
            yield item.problem(
                path,
                f"« {other or criterion} » concerne un sujet « {root} », elle un "
                f"sujet « {home} » : leurs audits sont séparés",
                "Retirez cette ligne, et dites-le dans les textes.",
            )


def _criterion_root(checklist: Checklist, ident: str) -> PlaceKind | None:
    criterion = checklist.criteria.get(ident)
    return root_of(criterion.place) if criterion else None


def _relevance_loop(loaded: Loaded) -> Iterator[Problem]:
    questions = loaded.draft.questions
    loop = _loop({
        ident: names_read(question.relevant) & questions.keys()
        for ident, question in questions.items()
    })
    if loop:
        yield loaded.item("questions", loop[0]).problem(
            ("relevant",),
            f"elle ne se pose que selon sa propre réponse ({' ← '.join(loop)})",
            "Retirez l'une de ces conditions.",
        )


def _requirement_loop(loaded: Loaded) -> Iterator[Problem]:
    recommendations = loaded.draft.recommendations
    loop = _loop({
        ident: [need.recommendation or "" for need in recommendation.requires]
        for ident, recommendation in recommendations.items()
    })
    if loop:
        yield loaded.item("recommendations", loop[0]).problem(
            ("requires",),
            f"elle s'attend elle-même ({' ← '.join(loop)})",
            "Retirez l'un de ces préalables.",
        )


def _loop(graph: Mapping[str, Iterable[str]]) -> list[str]:
    """Return the first loop of a graph, its first name again at the end."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []
