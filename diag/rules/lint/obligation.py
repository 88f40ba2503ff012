"""A commune decides: no text obliges it to buy, and nothing here says that one does."""

import re
from collections.abc import Iterator

from diag.model.checklist import Recommendation
from diag.model.enums import Audience
from diag.rules.lint.wording import texts_told
from diag.rules.loaded import Item, Loaded
from diag.rules.problem import Problem

_BOUND = (
    r"\bobligée?s?\b|\bcontrainte?s? (?:de|d['’])"
    r"|\b(?:est|sont|ser(?:a|ont|ait|aient)|reste(?:nt)?) tenue?s? (?:de|d['’]|à)"
    r"|\btenue?s? d['’]acheter|\bobligation (?:d['’]achat|d['’]acheter)"
    r"|\b(?:doi(?:t|vent)|devr(?:a|ont|ait|aient)) "
    r"(?:voter|payer|acheter|financer|fournir|prendre en charge)\b"
)
_OBLIGATION = re.compile(_BOUND, re.IGNORECASE)
"""A commune is never told that it must buy: it decides."""

_COMMUNE_OBLIGED = re.compile(
    r"\b(?:communes?|mairies?|municipalités?|maires?|conseil municipal|conseils "
    rf"municipaux|collectivités?)\b[^.;:!?]{{0,40}}?(?:{_BOUND})",
    re.IGNORECASE,
)
"""The same, told to anyone else."""


def obligation_problems(loaded: Loaded) -> Iterator[Problem]:
    """Yield what tells a commune, or tells of it, that it must."""
    for recommendation in loaded.draft.recommendations.values():
        item = loaded.item("recommendations", recommendation.id)
        for path, text in _texts(recommendation):
            is_mairie = path[:2] == ("wording", Audience.MAIRIE)
            pattern = _OBLIGATION if is_mairie else _COMMUNE_OBLIGED
            yield from _found(item, path, text, pattern)
    for criterion in loaded.draft.criteria.values():
        item = loaded.item("criteria", criterion.id)
        for key in ("title", "why"):
            yield from _found(item, (key,), getattr(criterion, key), _COMMUNE_OBLIGED)


def _texts(recommendation: Recommendation) -> Iterator[tuple[tuple[str, ...], str]]:
    yield from texts_told(recommendation)
    for step in recommendation.steps:
        yield ("steps",), step.title
    yield ("done_when",), recommendation.done_when


def _found(
    item: Item, path: tuple[str, ...], text: str, pattern: re.Pattern[str]
) -> Iterator[Problem]:
    found = pattern.search(text)
    if found:
        yield item.problem(
            path,
            f"« {'.'.join(path)} » : « {found.group()} », or aucun texte n'oblige une "
            "commune à acheter du numérique",
            "Dites ce que la loi prévoit et sa source, ou proposez.",
        )
