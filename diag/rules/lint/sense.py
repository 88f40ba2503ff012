"""Values that read well and that nobody means: a price of 2031, a delay of no day."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from fractions import Fraction

from diag.model.checklist import Question
from diag.model.enums import Kind
from diag.model.money import Price
from diag.model.number import exact
from diag.rules.loaded import Item, Loaded
from diag.rules.problem import Problem
from diag.rules.search import may_count

VAT_RATES = ("0", "2.1", "5.5", "10", "20")
"""The rates of VAT in force in France, in percent."""

OFFICIAL = "A"
"""Grade of the sources that state the law."""

PEOPLE = frozenset({"direction", "equipe", "commune", "syndicat"})
"""Those to whom a question is said."""

_LIKE_ANOTHER = re.compile(r"(?:de même|idem)\b", re.IGNORECASE)
"""How a choice begins that only says « as the one above »."""

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
            f"{_french(price.vat)} % n'est pas un taux de TVA",
            f"Écrivez l'un de ces taux : {_enumerated(VAT_RATES)}.",
        )


def _french(number: object) -> str:
    return str(number).replace(".", ",")


def _enumerated(rates: Iterable[str]) -> str:
    return ", ".join(rates)
