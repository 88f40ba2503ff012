"""Values that read well and that nobody means: a price of 2031, a delay of no day."""

import keyword
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from fractions import Fraction
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from diag.checklist.lint.rules import QUANTITY, written_rules
from diag.checklist.loaded import Item, Loaded
from diag.checklist.search.levels import may_count
from diag.checklist.typecheck import UNREADABLE, VISIT_DATE, names_read
from diag.model.checklist import (
    Checklist,
    Criterion,
    Price,
    Question,
    Recommendation,
    RollUp,
)
from diag.model.enums import Kind, PlaceKind
from diag.model.fact import ROOT_KINDS
from diag.model.number import exact
from diag.rules.problem import Problem
from diag.rules.scope import root_of

VAT_RATES = ("0", "2.1", "5.5", "10", "20")
"""The rates of VAT in force in France, in percent."""

OFFICIAL = "A"
"""Grade of the sources that state the law."""

PEOPLE = frozenset({"direction", "equipe", "commune", "syndicat"})
"""Those who answer a question."""

_LIKE_ANOTHER = re.compile(r"(?:de même|idem)\b", re.IGNORECASE)
"""How a choice begins that only means « as the one above »."""

_LONGEST = {"delay": 10, "lifetime": 50, "stale_after": 10}
"""Years that a duration may last, by key."""

_DAYS = {
    "Y": Fraction(1461, 4),
    "M": Fraction(487, 16),
    "W": Fraction(7),
    "D": Fraction(1),
}


def sense_problems(loaded: Loaded) -> Iterator[Problem]:
    """Yield what was most likely mistyped, and what nobody could ask or act on."""
    for question in loaded.draft.questions.values():
        item = loaded.item("questions", question.id)
        yield from _asking_problems(item, question)
        yield from _duration_problems(item, "stale_after", question.stale_after)
    yield from _criterion_problems(loaded)
    for each in loaded.draft.recommendations.values():
        item = loaded.item("recommendations", each.id)
        yield from _duration_problems(item, "delay", each.delay)
        yield from _duration_problems(item, "lifetime", each.lifetime)
    yield from _quantity_problems(loaded)
    for price in loaded.draft.prices.values():
        yield from _price_problems(loaded.item("prices", price.id), price)


def _asking_problems(item: Item, question: Question) -> Iterator[Problem]:
    if not question.ask and not question.look:
        yield item.problem(
            (),
            "ni « ask » ni « look » : on ne saurait pas comment la relever",
            "Ajoutez « ask », la phrase à dire, ou « look », ce qu'il faut regarder.",
        )
    elif not question.ask and question.whom in PEOPLE:
        yield item.problem(
            ("whom",),
            f"posée à quelqu'un (« whom: {question.whom} »), sans phrase à dire",
            "Ajoutez « ask ».",
            "warning",
        )
    for choice in question.choices:
        if _LIKE_ANOTHER.match(choice.label):
            yield item.problem(
                ("choices",),
                f"« {choice.label} » : lu seul, dans un rapport, ce choix ne dit rien",
                "Redites ce qu'il ajoute à un autre choix.",
                "warning",
            )


def _criterion_problems(loaded: Loaded) -> Iterator[Problem]:
    refs: dict[str, str] = {}
    sources = loaded.draft.sources
    for criterion in loaded.draft.criteria.values():
        item = loaded.item("criteria", criterion.id)
        first = refs.setdefault(criterion.ref, criterion.id)
        if criterion.ref and first != criterion.id:
            yield item.problem(
                ("ref",),
                f"le numéro {criterion.ref} est déjà celui de « {first} »",
                "Donnez-lui un autre numéro, ou retirez « ref ».",
                about=(first,),
            )
        grades = {sources[one].grade for one in criterion.sources if one in sources}
        if (
            criterion.kind is Kind.COMPLIANCE
            and not criterion.verify_before_quoting
            and OFFICIAL not in grades
        ):
            yield item.problem(
                ("sources",),
                "une conformité dit la loi, et aucune source officielle (grade A) ne "
                "l'appuie",
                "Citez le texte dans « sources », ou ajoutez « verify_before_quoting: "
                "true ».",
            )


def _quantity_problems(loaded: Loaded) -> Iterator[Problem]:
    draft = loaded.draft
    for each in draft.recommendations.values():
        criterion = draft.criteria.get(each.when.criterion)
        if criterion and not may_count(each, criterion, draft.questions):
            yield loaded.item("recommendations", each.id).problem(
                ("quantity",),
                f"« quantity » ({each.quantity}) ne dépasse jamais 0 quand elle se "
                "déclenche",
                "Corrigez la règle : ce qu'il faut moins ce que l'on a, par exemple.",
            )


def _duration_problems(item: Item, key: str, text: str) -> Iterator[Problem]:
    if not text:
        return
    parts = re.findall(r"(\d+)([YMWD])", text)
    days = sum((int(count) * _DAYS[unit] for count, unit in parts), Fraction(0))
    most = _LONGEST[key]
    if days == 0:
        yield item.problem(
            (key,),
            f"« {key}: {text} » : une durée d'aucun jour",
            "Écrivez au moins P1D, ou retirez la clé.",
        )
    elif days > most * _DAYS["Y"]:
        yield item.problem(
            (key,),
            f"« {key}: {text} » : plus de {most} ans",
            "Écrivez P7D (jours), P6M (mois) ou P5Y (ans).",
        )


def _price_problems(item: Item, price: Price) -> Iterator[Problem]:
    yield from _duration_problems(item, "lifetime", price.lifetime)
    if price.year > datetime.now(UTC).year:
        yield item.problem(
            ("year",),
            f"le prix serait relevé en {price.year}, une année à venir",
            "Écrivez l'année où vous avez vu ce prix.",
            "warning",
        )
    if exact(price.vat) not in map(exact, VAT_RATES):
        yield item.problem(
            ("vat",),
            f"{str(price.vat).replace('.', ',')} % n'est pas un taux de TVA",
            f"Écrivez l'un de ces taux : {', '.join(VAT_RATES)}.",
        )


def action_problems(loaded: Loaded) -> Iterator[Problem]:
    """Yield what keeps a reader from acting on a recommendation."""
    titles: dict[tuple[str, str], str] = {}
    for each in loaded.draft.recommendations.values():
        item = loaded.item("recommendations", each.id)
        if not each.prices and not each.effort:
            yield item.problem(
                (),
                "elle ne dit ni prix ni temps de travail",
                'Ajoutez « prices », ou « effort: {days: "1"} » si rien ne s\'achète.',
                "warning",
            )
        if not each.delay:
            yield item.problem(
                (),
                "elle ne dit pas pour quand",
                "Ajoutez « delay », par exemple « delay: P6M ».",
                "warning",
            )
        for audience, wording in each.wording.items():
            twin = titles.setdefault((audience, wording.title.casefold()), each.id)
            if twin != each.id:
                yield item.problem(
                    ("wording", str(audience), "title"),
                    f"« wording.{audience}.title » : le même titre que « {twin} »",
                    "Dites ce qui les distingue : le lecteur les croira identiques.",
                    "warning",
                )


RESERVED = frozenset({
    *(str(kind) for kind in PlaceKind),
    *("count", "total", "share", "smallest", "largest", "months_between"),
    *(VISIT_DATE, QUANTITY, "true", "false"),
    *keyword.kwlist,
})
"""Words of the rule language, which can name no question."""


def coherence_problems(loaded: Loaded) -> Iterator[Problem]:
    """Yield what does not hold together."""
    yield from _question_problems(loaded)
    for criterion in loaded.draft.criteria.values():
        item = loaded.item("criteria", criterion.id)
        yield from _roll_up_problems(item, criterion)
        if not criterion.levels:
            yield item.problem(
                ("levels",),
                "aucun niveau : il vaudrait toujours 0",
                'Ajoutez {1: "…"}.',
            )
        read = frozenset[str]().union(*map(names_read, criterion.levels.values()))
        for name in criterion.improves_with.keys() - read:
            yield item.problem(
                ("improves_with", name),
                f"« improves_with » cite « {name} », qu'aucun niveau ne lit",
                "Supprimez cette ligne, ou corrigez le nom.",
                about=(name,),
            )


def _question_problems(loaded: Loaded) -> Iterator[Problem]:
    unread = _unread_questions(loaded)
    for ident in loaded.draft.questions:
        item = loaded.item("questions", ident)
        if ident in RESERVED:
            yield item.problem(
                ("id",), "ce mot appartient au langage des règles", "Renommez-la."
            )
        elif ident in unread:
            yield item.problem(
                ("id",),
                "aucune règle ne la lit",
                "Lisez-la dans un critère ou une préconisation, citez-la dans "
                "« named_by » (lieux.yaml), ou supprimez-la.",
                "warning",
            )


def _unread_questions(loaded: Loaded) -> frozenset[str]:
    draft = loaded.draft
    built = len(draft.criteria) + len(draft.recommendations) + len(draft.questions)
    readers = ("criteria", "recommendations", "questions")
    if built != sum(len(loaded.names(section)) for section in readers):
        return frozenset()
    read = {name for rule in written_rules(draft) for name in names_read(rule.text)}
    read.update(name for place in draft.places for name in place.named_by)
    return frozenset(
        question.id
        for question in draft.questions.values()
        if question.id not in read and question.type not in UNREADABLE
    )


def _roll_up_problems(item: Item, criterion: Criterion) -> Iterator[Problem]:
    roll_up = criterion.roll_up
    if criterion.place in ROOT_KINDS:
        if roll_up:
            yield item.problem(
                ("roll_up",),
                f"« roll_up » n'a pas de sens : un seul lieu « {criterion.place} »",
                "Supprimez cette clé.",
            )
        return
    if roll_up is None:
        yield item.problem(
            (),
            f"il manque « roll_up » : comment plusieurs lieux ({criterion.place}) "
            "donnent un seul niveau",
            "Ajoutez « roll_up: worst », ou « roll_up: {share_reaching: 2, steps: "
            '{3: "1", 2: "0.75", 1: "0.5"}} ».',
        )
    elif criterion.kind is Kind.COMPLIANCE and roll_up.method != "worst":
        yield item.problem(
            ("roll_up",),
            "une conformité ne se moyenne pas : le pire lieu compte",
            "Écrivez « roll_up: worst ».",
        )
    elif roll_up.method == "share_reaching":
        yield from _step_problems(item, roll_up)


def _step_problems(item: Item, roll_up: RollUp) -> Iterator[Problem]:
    shares = [exact(share) for _, share in sorted(roll_up.steps.items())]
    path = ("roll_up", "steps")
    if not shares or not all(Fraction(0) < share <= 1 for share in shares):
        yield item.problem(
            path,
            "une part est un nombre au-dessus de 0 et jusqu'à 1",
            'Écrivez "0.75" pour les trois quarts des lieux.',
        )
    if any(low >= high for low, high in pairwise(shares)):
        yield item.problem(
            path,
            "un niveau plus haut doit demander une part plus grande",
            'Par exemple {3: "1", 2: "0.75", 1: "0.5"}.',
        )


def trigger_problems(loaded: Loaded) -> Iterator[Problem]:
    """Yield recommendations without end, and loops."""
    for recommendation in loaded.draft.recommendations.values():
        item = loaded.item("recommendations", recommendation.id)
        yield from _goal_problems(loaded, item, recommendation)
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
        yield from _subject_problems(loaded.draft, item, recommendation)
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
            about=loop,
        )
    recommendations = loaded.draft.recommendations
    loop = _loop({
        ident: [need.recommendation or "" for need in each.requires]
        for ident, each in recommendations.items()
    })
    if loop:
        yield loaded.item("recommendations", loop[0]).problem(
            ("requires",),
            f"elle s'attend elle-même ({' ← '.join(loop)})",
            "Retirez l'un de ces préalables.",
            about=loop,
        )


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
            about=(when.criterion,),
        )
    for requirement in recommendation.requires:
        least = requirement.at_least or 0
        if requirement.criterion == when.criterion and least >= when.below:
            yield item.problem(
                ("requires",),
                f"elle attend que « {when.criterion} » ait le niveau {least}, et ne se "
                f"déclenche qu'en dessous de {when.below}",
                "Retirez ce préalable.",
                about=(when.criterion,),
            )


def _subject_problems(
    checklist: Checklist, item: Item, recommendation: Recommendation
) -> Iterator[Problem]:
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
                about=(other or criterion,),
            )


def _criterion_root(checklist: Checklist, ident: str) -> PlaceKind | None:
    criterion = checklist.criteria.get(ident)
    return root_of(criterion.place) if criterion else None


def _loop(graph: Mapping[str, Iterable[str]]) -> list[str]:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []
