"""Every id that an item names must be declared somewhere: who names a stranger?"""

from collections.abc import Iterable, Iterator

from diag.model.checklist import Recommendation
from diag.rules.loaded import NOUNS, Item, Loaded
from diag.rules.problem import Problem, nearest, problem_at
from diag.rules.reading.nodes import Items, Scalar

TRADE = "metier"
"""The source of what the trade knows and nobody wrote."""

_HOMES = {
    "domains": "la clé « domain » d'un fichier",
    "questions": "la liste « questions » d'un fichier",
    "criteria": "la liste « criteria » d'un fichier",
    "recommendations": "la liste « recommendations » d'un fichier",
    "prices": "prix.yaml",
    "sources": "sources.yaml",
}
"""Where the items of each section are declared."""


def reference_problems(loaded: Loaded) -> Iterator[Problem]:
    """Yield what names an item that does not exist."""
    draft = loaded.draft
    yield from _order_problems(loaded)
    for question in draft.questions.values():
        if question.domain != "lieux":
            item = loaded.item("questions", question.id)
            yield from _known(loaded, item, "domains", ("domain",), question.domain)
    for criterion in draft.criteria.values():
        item = loaded.item("criteria", criterion.id)
        yield from _known(loaded, item, "domains", ("domain",), criterion.domain)
        yield from _sourced(loaded, item, "sources", criterion.sources)
        for name in criterion.improves_with:
            yield from _known(loaded, item, "questions", ("improves_with", name), name)
    for recommendation in draft.recommendations.values():
        yield from _recommendation_problems(loaded, recommendation)
    yield from _row_problems(loaded)
    for place in draft.places:
        for name in place.named_by:
            item = loaded.item("places", place.id)
            yield from _known(loaded, item, "questions", ("named_by",), name)


def _row_problems(loaded: Loaded) -> Iterator[Problem]:
    """Yield the unknown sources of the dated tables."""
    draft = loaded.draft
    cited = {
        "prices": {row.id: row.source for row in draft.prices.values()},
        "aids": {row.id: row.source for row in draft.aids.values()},
        "deadlines": {row.id: row.source for row in draft.deadlines.values()},
    }
    for section, sources in cited.items():
        for ident, source in sources.items():
            item = loaded.item(section, ident)
            yield from _sourced(loaded, item, "source", (source,))


def _recommendation_problems(
    loaded: Loaded, recommendation: Recommendation
) -> Iterator[Problem]:
    item = loaded.item("recommendations", recommendation.id)
    yield from _known(loaded, item, "domains", ("domain",), recommendation.domain)
    yield from _sourced(loaded, item, "sources", recommendation.sources)
    trigger = recommendation.when.criterion
    yield from _known(loaded, item, "criteria", ("when", "criterion"), trigger)
    for name in recommendation.effect:
        yield from _known(loaded, item, "criteria", ("effect", name), name)
    for name in recommendation.prices:
        yield from _known(loaded, item, "prices", ("prices", name), name)
    for rank, requirement in enumerate(recommendation.requires):
        step = ("requires", str(rank))
        if requirement.criterion:
            path = (*step, "criterion")
            yield from _known(loaded, item, "criteria", path, requirement.criterion)
        if requirement.recommendation:
            path = (*step, "recommendation")
            yield from _known(
                loaded, item, "recommendations", path, requirement.recommendation
            )


def _order_problems(loaded: Loaded) -> Iterator[Problem]:
    """Yield the names of no domain in the order that `edition.yaml` gives."""
    ordered = loaded.edition.nodes.get("domains") if loaded.edition else None
    known = loaded.names("domains")
    for node in ordered.nodes if isinstance(ordered, Items) else ():
        if isinstance(node, Scalar) and node.text not in known:
            message = f"domaine « {node.text} » inconnu"
            remedy = _remedy(node.text, "domains", known)
            yield problem_at(node.spot, "domains", message, remedy)


def _known(
    loaded: Loaded, item: Item, section: str, path: tuple[str, ...], name: str
) -> Iterator[Problem]:
    known = loaded.names(section)
    if name not in known:
        message = f"« {path[0]} » : aucun élément « {name} » ({NOUNS[section]})"
        yield item.problem(path, message, _remedy(name, section, known))


def _sourced(
    loaded: Loaded, item: Item, key: str, names: Iterable[str]
) -> Iterator[Problem]:
    for name in names:
        if name != TRADE:
            yield from _known(loaded, item, "sources", (key,), name)


def _remedy(name: str, section: str, known: Iterable[str]) -> str:
    near = nearest(name, known)
    if near:
        return f"Vouliez-vous écrire « {near} » ?"
    return f"Déclarez-le dans {_HOMES[section]}, ou corrigez le nom."
