"""Names that lead to nothing, or where they cannot: elsewhere, in a circle."""

import re
from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from diag.answers.answer_type import Refused
from diag.answers.types import TYPES
from diag.checklist import Problem, problem_at
from diag.checklist.files import NOUNS
from diag.checklist.loaded import Item, Loaded
from diag.checklist.source import Entries, Scalar, items_of, spot_of, text_of
from diag.checklist.symbols import NUMERIC, names_read
from diag.model.checklist import (
    CHECK_VALUE,
    Choice,
    Criterion,
    Crosscheck,
    EffectValue,
    PaperForm,
    Question,
    Recommendation,
    Requirement,
)
from diag.model.enums import PlaceKind, Provenance
from diag.rules.expressions import Unit, may_hold, reach, root_of
from diag.words.sentences import either, nearest, write_instead

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
    """Yield what names an item that does not exist, or that it cannot name."""
    draft = loaded.draft
    yield from _edition_problems(loaded)
    for question in draft.questions.values():
        item = loaded.item("questions", question.id)
        if question.domain != "lieux":
            yield from _known(loaded, item, "domains", ("domain",), question.domain)
        yield from _part_problems(loaded, item, question)
        yield from _gesture_problems(loaded, item, question)
    yield from _circles(
        loaded,
        "questions",
        {one.id: [one.at_most] for one in draft.questions.values() if one.at_most},
        "at_most",
        "elle serait une part d'elle-même",
    )
    for criterion in draft.criteria.values():
        item = loaded.item("criteria", criterion.id)
        yield from _known(loaded, item, "domains", ("domain",), criterion.domain)
        yield from _sourced(loaded, item, "sources", criterion.sources)
        yield from _deadline_problems(loaded, item, criterion)
    for recommendation in draft.recommendations.values():
        yield from _recommendation_problems(loaded, recommendation)
    yield from _circles(
        loaded,
        "recommendations",
        {one.id: one.covers for one in draft.recommendations.values()},
        "covers",
        "elle se remplacerait elle-même",
    )
    yield from _row_problems(loaded)
    for form in draft.forms.values():
        yield from _form_problems(loaded, form)
    for check in draft.checks.values():
        yield from _check_problems(loaded, check)
    for place in draft.places:
        for name in place.named_by:
            item = loaded.item("places", place.id)
            yield from _known(loaded, item, "questions", ("named_by",), name)


def _check_problems(loaded: Loaded, check: Crosscheck) -> Iterator[Problem]:
    """Yield a check of nothing, and what its sentence could not be filled with."""
    item = loaded.item("checks", check.id)
    yield from _known(loaded, item, "questions", ("ask",), check.ask)
    known = names_read(check.when) | ({CHECK_VALUE} if check.value else frozenset())
    for name in re.findall(r"\{([^{}]*)\}", check.says):
        if name not in known:
            yield item.problem(
                ("says",),
                f"« says » : « {{{name}}} » n'est rien que la règle lise",
                write_instead(name, known, "Nommez ce que « when » lit, ou « value »."),
            )


def _deadline_problems(
    loaded: Loaded, item: Item, criterion: Criterion
) -> Iterator[Problem]:
    """Yield a date that is neither asked nor watched, or that is asked elsewhere."""
    name = criterion.deadline
    question = loaded.draft.questions.get(name)
    if question is None:
        known = loaded.names("questions") | loaded.names("deadlines")
        if name and name not in known:
            message = f"« deadline » : aucune question et aucune échéance « {name} »"
            remedy = "Nommez une question de date, ou une ligne d'echeances.yaml."
            yield item.problem(
                ("deadline",),
                message,
                write_instead(name, known, remedy),
                about=(name,),
            )
    elif not TYPES[question.type].is_day:
        message = f"« deadline » : « {name} » n'est pas une date"
        remedy = "Nommez une question de type date."
        yield item.problem(("deadline",), message, remedy, about=(name,))
    elif question.place not in reach(criterion.place):
        message = f"« deadline » : « {name} » se demande par {question.place}"
        remedy = "Nommez une date du même lieu, ou d'un lieu qui le contient."
        yield item.problem(("deadline",), message, remedy, about=(name,))


def _edition_problems(loaded: Loaded) -> Iterator[Problem]:
    for node in items_of(loaded.edition, "domains"):
        known = loaded.names("domains")
        if isinstance(node, Scalar) and node.text not in known:
            message = f"domaine « {node.text} » inconnu"
            remedy = _remedy(node.text, "domains", known)
            yield problem_at(node.spot, "domains", message, remedy)
    known = frozenset(ident for _, ident in loaded.nodes)
    for node in items_of(loaded.edition, "retired"):
        by = text_of(node.nodes.get("by")) if isinstance(node, Entries) else ""
        if by and by not in known:
            message = f"« retired » : le successeur « {by} » n'existe pas"
            remedy = write_instead(by, known, "Corrigez le nom, ou retirez « by ».")
            yield problem_at(spot_of(node, "by"), "retired", message, remedy)


def _part_problems(loaded: Loaded, item: Item, part: Question) -> Iterator[Problem]:
    if not part.at_most:
        return
    yield from _known(loaded, item, "questions", ("at_most",), part.at_most)
    whole = loaded.draft.questions.get(part.at_most)
    if whole is None:
        return
    if whole.type not in NUMERIC:
        message = f"« at_most » : « {whole.id} » n'est pas un nombre"
        remedy = "Nommez une question de type integer ou number."
    elif whole.place not in reach(part.place):
        message = (
            f"« at_most » : « {whole.id} » se demande par {whole.place}, elle par "
            f"{part.place}"
        )
        remedy = (
            "Le tout est au même lieu que la part, ou dans un lieu qui le contient."
        )
    elif part.unit and whole.unit and Unit.of(part.unit) != Unit.of(whole.unit):
        message = (
            f"« at_most » : les unités diffèrent, « {part.unit} » et « {whole.unit} »"
        )
        remedy = "Donnez la même unité aux deux questions."
    else:
        return
    yield item.problem(("at_most",), message, remedy, about=(whole.id,))


def _row_problems(loaded: Loaded) -> Iterator[Problem]:
    draft = loaded.draft
    cited = {
        "prices": {row.id: row.source for row in draft.prices.values()},
        "aids": {row.id: row.source for row in draft.aids.values()},
        "deadlines": {row.id: row.source for row in draft.deadlines.values()},
        "finances": {row.id: row.source for row in draft.finances.values()},
    }
    for section, sources in cited.items():
        for ident, source in sources.items():
            item = loaded.item(section, ident)
            yield from _sourced(loaded, item, "source", (source,))
    for rule in draft.finances.values():
        item = loaded.item("finances", rule.id)
        if rule.aid:
            yield from _known(loaded, item, "aids", ("aid",), rule.aid)


def _recommendation_problems(
    loaded: Loaded, recommendation: Recommendation
) -> Iterator[Problem]:
    item = loaded.item("recommendations", recommendation.id)
    yield from _known(loaded, item, "domains", ("domain",), recommendation.domain)
    yield from _sourced(loaded, item, "sources", recommendation.sources)
    trigger = recommendation.when.criterion
    yield from _known(loaded, item, "criteria", ("when", "criterion"), trigger)
    for name in recommendation.covers:
        yield from _known(loaded, item, "recommendations", ("covers",), name)
    for rank, need in enumerate(recommendation.buys):
        path = ("buys", str(rank), "item")
        yield from _known(loaded, item, "prices", path, need.item)
    for rank, requirement in enumerate(recommendation.requires):
        path = ("requires", str(rank), "criterion")
        yield from _known(loaded, item, "criteria", path, requirement.criterion)
    for name in recommendation.effect:
        known = loaded.names("questions") | loaded.names("criteria")
        if name not in known:
            message = f"« effect » : aucune question et aucun critère « {name} »"
            remedy = _remedy(name, "questions", known)
            yield item.problem(("effect", name), message, remedy, about=(name,))
    if criterion := loaded.draft.criteria.get(trigger):
        yield from _misplaced(loaded, item, recommendation, criterion.place)


def _misplaced(
    loaded: Loaded, item: Item, recommendation: Recommendation, place: PlaceKind
) -> Iterator[Problem]:
    """Yield what an action at places of a kind cannot need, serve or change."""
    draft = loaded.draft
    for rank, requirement in enumerate(recommendation.requires):
        if needed := draft.criteria.get(requirement.criterion):
            path = ("requires", str(rank))
            yield from _share_problems(item, path, requirement, needed, place)
    for rank, need in enumerate(recommendation.buys):
        if need.at and need.at not in reach(place):
            yield item.problem(
                ("buys", str(rank), "at"),
                f"« at: {need.at} » : elle se déclenche par {place}",
                f"Écrivez {either(sorted(reach(place)))}.",
            )
    for name, value in recommendation.effect.items():
        path = ("effect", name)
        if question := draft.questions.get(name):
            found = _fact_problem(question, value, place)
        elif criterion := draft.criteria.get(name):
            found = _level_problem(criterion, value, place)
        else:
            continue
        if found:
            yield item.problem(path, *found, about=(name,))


def _share_problems(
    item: Item,
    path: tuple[str, ...],
    requirement: Requirement,
    needed: Criterion,
    place: PlaceKind,
) -> Iterator[Problem]:
    holds = needed.place in may_hold(place)
    if holds and requirement.share is None:
        yield item.problem(
            path,
            f"« requires » : « {needed.id} » se juge par {needed.place}, elle agit par "
            f"{place} : combien de ces lieux suffisent ?",
            'Ajoutez « share », par exemple « share: "1" » pour tous.',
            about=(needed.id,),
        )
    elif apart := _elsewhere(needed, place):
        yield item.problem(path, *apart, about=(needed.id,))
    elif not holds and requirement.share is not None:
        yield item.problem(
            (*path, "share"),
            f"« share » : « {needed.id} » n'a qu'un lieu ({needed.place}) pour celui "
            "où elle agit",
            "Supprimez « share ».",
            about=(needed.id,),
        )


Sentence = tuple[str, str]
"""What is wrong, and what to do."""


def _elsewhere(named: Criterion | Question, place: PlaceKind) -> Sentence | None:
    """Say why an action at a place has nothing to do with places of another kind."""
    root, home = root_of(named.place), root_of(place)
    if root is not home:
        message = (
            f"« {named.id} » concerne un sujet « {root} », elle un sujet « {home} » : "
            "leurs audits sont séparés"
        )
        return message, "Retirez cette ligne, et dites-le dans les textes."
    return None


def _level_problem(
    criterion: Criterion, value: EffectValue, place: PlaceKind
) -> Sentence | None:
    if isinstance(value, bool) or value not in {1, 2, 3}:
        message = (
            f"« effect » : « {criterion.id} » est un critère, il atteint un niveau"
        )
        return message, "Écrivez 1, 2 ou 3."
    if value not in criterion.levels:
        levels = ", ".join(map(str, sorted(criterion.levels)))
        message = (
            f"« effect » : le critère « {criterion.id} » n'a pas de niveau {value}"
        )
        return message, f"Ses niveaux sont : {levels}."
    return _elsewhere(criterion, place)


def _fact_problem(
    question: Question, value: EffectValue, place: PlaceKind
) -> Sentence | None:
    """Say why an action at a place cannot make a fact so."""
    if apart := _elsewhere(question, place):
        return apart
    if question.place not in reach(place):
        message = (
            f"« effect » : « {question.id} » se demande par {question.place}, elle "
            f"agit par {place}"
        )
        return message, "Nommez le critère qui s'améliore, et le niveau qu'il atteint."
    if question.better is None:
        message = f"« effect » : « {question.id} » ne dit pas ce qui est meilleur"
        return message, "Ajoutez « better » à la question, ou retirez cette ligne."
    wanted = TYPES[question.type].instead_of_effect(question, value)
    if not wanted:
        return None
    written = str(value).lower() if isinstance(value, bool) else str(value)
    if isinstance(value, tuple):
        written = f"[{', '.join(value)}]"
    return f"« effect » : « {question.id} » ne devient pas « {written} »", wanted


def _circles(
    loaded: Loaded,
    section: str,
    graph: Mapping[str, Iterable[str]],
    key: str,
    message: str,
) -> Iterator[Problem]:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = list(error.args[1])
        yield loaded.item(section, circle[0]).problem(
            (key,),
            f"« {key} » : {message} ({' ← '.join(circle)})",
            "Retirez l'un de ces liens.",
            about=circle,
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


def _gesture_problems(
    loaded: Loaded, item: Item, question: Question
) -> Iterator[Problem]:
    """Yield what keeps the facts of a gesture from being written together."""
    leader = loaded.draft.questions.get(question.same_gesture)
    if question.same_gesture and question.same_gesture not in loaded.names("questions"):
        yield _unknown(loaded, item, ("with",), question.same_gesture)
    elif leader is not None and leader.place is not question.place:
        yield item.problem(
            ("with",),
            f"« with » : « {leader.id} » se demande par {leader.place}, elle par "
            f"{question.place}",
            "Un même geste répond en un même lieu : retirez « with ».",
            about=(leader.id,),
        )
    elif leader is not None and leader.same_gesture:
        yield item.problem(
            ("with",),
            f"« with » : « {leader.id} » va elle-même avec « {leader.same_gesture} »",
            "Nommez la question qui mène le geste.",
            about=(leader.id,),
        )
    for rank, choice in enumerate(question.choices):
        path = ("choices", str(rank), "sets")
        if choice.sets and (
            not TYPES[question.type].is_one_choice or question.id in choice.sets
        ):
            yield item.problem(
                path,
                "« sets » : un seul choix, et d'autres faits que lui",
                "Écrivez « sets » sous une question de type choice, sans la nommer.",
            )
        yield from _sets_problems(loaded, item, question, path, choice)
    for rank, word in enumerate(question.words):
        path = ("words", str(rank), "sets")
        yield from _sets_problems(loaded, item, question, path, word)


def _sets_problems(
    loaded: Loaded,
    item: Item,
    question: Question,
    where: tuple[str, ...],
    choice: Choice,
) -> Iterator[Problem]:
    for name, value in choice.sets.items():
        path = (*where, name)
        other = loaded.draft.questions.get(name)
        if name not in loaded.names("questions"):
            yield _unknown(loaded, item, path, name)
        elif other is None:
            continue
        elif other.place is not question.place:
            yield item.problem(
                path,
                f"« sets » : « {name} » se répond par {other.place}, elle par "
                f"{question.place}",
                "Nommez un fait du même lieu.",
                about=(name,),
            )
        else:
            try:
                TYPES[other.type].parse(other, value)
            except Refused as refused:
                yield item.problem(
                    path,
                    f"« sets » : {refused.problem}",
                    "Donnez une valeur que cette question admet.",
                    about=(name,),
                )


def _form_problems(loaded: Loaded, form: PaperForm) -> Iterator[Problem]:
    """Yield the lines of a form that its reader would not be asked."""
    item = loaded.item("forms", form.id)
    seen: set[str] = set()
    for name in (*form.questions, *form.columns):
        path = ("columns",) if name in form.columns else ("lines",)
        question = loaded.draft.questions.get(name)
        if name not in loaded.names("questions"):
            yield _unknown(loaded, item, path, name)
        if name in seen:
            yield item.problem(path, f"« {name} » y est deux fois", "Gardez-en une.")
        seen.add(name)
        if question is None:
            continue
        if question.whom != form.whom:
            yield item.problem(
                path,
                f"« {name} » se demande à « {question.whom} », pas à « {form.whom} »",
                "Corrigez « whom » de la question, ou retirez la ligne.",
                about=(name,),
            )
        wanted = {PlaceKind.LOT} if name in form.columns else _ON_LINES
        if question.place not in wanted:
            yield item.problem(
                path,
                f"« {name} » se demande par {question.place}",
                "« lines » interroge l'école ou la commune, « columns » chaque lot.",
                about=(name,),
            )
        if Provenance.DECLARED not in question.provenance:
            yield item.problem(
                path,
                f"« {name} » ne peut pas être déclarée",
                "Ajoutez « declared » à sa « provenance », ou retirez la ligne.",
                about=(name,),
            )
    yield from _line_problems(loaded, item, form)


_ON_LINES = frozenset({PlaceKind.ECOLE, PlaceKind.COMMUNE})


def _line_problems(loaded: Loaded, item: Item, form: PaperForm) -> Iterator[Problem]:
    questions = loaded.draft.questions
    for line in form.lines:
        known = [questions[name] for name in line if name in questions]
        leaders = [one.same_gesture or one.id for one in known]
        for leader, question in zip(leaders, known, strict=True):
            if leader != leaders[0]:
                yield item.problem(
                    ("lines",),
                    f"« {question.id} » n'est pas du même geste que « {known[0].id} »",
                    "Écrivez « with » dans la question, ou mettez-la sur sa ligne.",
                    about=(question.id,),
                )


def _unknown(loaded: Loaded, item: Item, path: tuple[str, ...], name: str) -> Problem:
    known = loaded.names("questions")
    remedy = write_instead(name, known, "Corrigez le nom, ou retirez-le.")
    return item.problem(path, f"question « {name} » inconnue", remedy)
