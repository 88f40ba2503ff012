"""Rules that cannot work: levels never given, references to nothing."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from diag.checklist.forms import NOUNS
from diag.checklist.loaded import Item, Loaded
from diag.checklist.search import levels_of, problems_of
from diag.checklist.source import Items, Scalar
from diag.checklist.typecheck import Expected, check_rule, names_read, read_rule
from diag.model.checklist import Checklist, Recommendation
from diag.model.enums import PlaceKind, QuestionType
from diag.rules.language import Rule
from diag.rules.problem import Problem, nearest, problem_at
from diag.rules.scope import root_of
from diag.rules.tree import RuleError


def level_problems(loaded: Loaded) -> Iterator[Problem]:
    """Yield what a search through the facts of each criterion finds."""
    draft = loaded.draft
    for criterion in draft.criteria.values():
        item = loaded.item("criteria", criterion.id)
        for one in problems_of(criterion, draft.questions):
            yield item.problem((one.key,), one.message, one.remedy, about=one.about)
    for recommendation in draft.recommendations.values():
        when = recommendation.when
        judged = draft.criteria.get(when.criterion)
        levels = levels_of(judged, draft.questions) if judged else frozenset()
        if levels and min(levels) >= when.below:
            yield loaded.item("recommendations", recommendation.id).problem(
                ("when", "below"),
                f"elle ne se déclenche jamais : « {when.criterion} » vaut toujours "
                f"au moins {min(levels)}",
                "Relevez « below », ou revoyez les niveaux du critère.",
                about=(when.criterion,),
            )


QUANTITY = "quantite"
"""What prices and effort may read beside the questions."""


@dataclass(frozen=True, slots=True)
class WrittenRule:
    """A rule where it is written, and what is expected of it there."""

    section: str
    ident: str
    path: tuple[str, ...]
    text: str
    place: PlaceKind
    """From which place it reads."""
    expects: Expected = "condition"
    extra: Mapping[str, QuestionType] = field(default_factory=dict)
    """Names it may read that are no questions."""
    given: str = ""
    """Rule that holds whenever this one is read."""


def written_rules(checklist: Checklist) -> Iterator[WrittenRule]:
    """Yield every rule of a checklist."""
    for question in checklist.questions.values():
        if question.relevant:
            yield WrittenRule(
                "questions",
                question.id,
                ("relevant",),
                question.relevant,
                question.place,
            )
    for criterion in checklist.criteria.values():
        given = criterion.applicable
        if given:
            yield WrittenRule(
                "criteria", criterion.id, ("applicable",), given, criterion.place
            )
        for level, text in criterion.levels.items():
            path = ("levels", str(level))
            yield WrittenRule(
                "criteria", criterion.id, path, text, criterion.place, given=given
            )
    for recommendation in checklist.recommendations.values():
        yield from _counting_rules(checklist, recommendation)


def _counting_rules(
    checklist: Checklist, recommendation: Recommendation
) -> Iterator[WrittenRule]:
    criterion = checklist.criteria.get(recommendation.when.criterion)
    root = root_of(criterion.place) if criterion else PlaceKind.ECOLE
    ident = recommendation.id
    quantity = recommendation.quantity
    yield WrittenRule("recommendations", ident, ("quantity",), quantity, root, "number")
    counted = {QUANTITY: QuestionType.NUMBER}
    rules = {("prices", row): text for row, text in recommendation.prices.items()}
    if recommendation.effort:
        rules["effort", "days"] = recommendation.effort
    for path, text in rules.items():
        yield WrittenRule("recommendations", ident, path, text, root, "number", counted)


def rule_problems(loaded: Loaded) -> Iterator[Problem]:
    """Yield rules that cannot be read, or do not fit the questions they read."""
    questions = loaded.draft.questions
    broken = loaded.names("questions") - questions.keys()
    for written in written_rules(loaded.draft):
        for error in _faults(written, loaded.draft, broken):
            item = loaded.item(written.section, written.ident)
            key = ".".join(written.path)
            yield item.problem(
                written.path,
                f"« {key} », colonne {error.column} de la règle : {error.message}",
                f"Règle lue : « {written.text} ».",
                about=error.names,
            )


def _faults(
    written: WrittenRule, checklist: Checklist, broken: frozenset[str]
) -> list[RuleError]:
    rule = read_rule(written.text)
    if isinstance(rule, RuleError):
        return [rule]
    if names_read(written.text) & broken:
        return []
    given = read_rule(written.given) if written.given else None
    return check_rule(
        rule,
        checklist.questions,
        written.place,
        written.expects,
        extra=written.extra,
        given=given if isinstance(given, Rule) else None,
    )


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
    ordered = loaded.edition.nodes.get("domains") if loaded.edition else None
    known = loaded.names("domains")
    for node in ordered.nodes if isinstance(ordered, Items) else ():
        if isinstance(node, Scalar) and node.text not in known:
            message = f"domaine « {node.text} » inconnu"
            remedy = _remedy(node.text, "domains", known)
            yield problem_at(node.spot, "domains", message, remedy)
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


def _known(
    loaded: Loaded, item: Item, section: str, path: tuple[str, ...], name: str
) -> Iterator[Problem]:
    known = loaded.names(section)
    if name not in known:
        message = f"« {path[0]} » : aucun élément « {name} » ({NOUNS[section]})"
        remedy = _remedy(name, section, known)
        yield item.problem(path, message, remedy, about=(name,))


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
