"""How a recommendation is told: placeholders, and what is never promised."""

import re
from collections.abc import Iterator

from diag.model.checklist import Recommendation
from diag.model.dated import Aid
from diag.rules.forms.domains import WORDS_TO
from diag.rules.loaded import Item, Loaded
from diag.rules.problem import Problem, listed, write_instead

PLACEHOLDERS = ("quantite", "cout", "lieux", "echeance")
"""What a wording may leave to be filled; `{quantite|salle|salles}` for a plural."""

_PROMISE = re.compile(
    r"\b(?:aurez|aura|ont|a|avez) droit\b"
    r"|\bser(?:a|ont) (?:versée?|accordée?|payée?)s?\b"
    r"|\bgaranti(?:e|s|es|t)?\b|\bautomatique(?:ment)?\b",
    re.IGNORECASE,
)
"""A scheme is told with its date, never promised: whoever pays decides."""

_PLURAL = re.compile(r"\w+\|[^|{}]+\|[^|{}]+")


def wording_problems(loaded: Loaded) -> Iterator[Problem]:
    """Yield wordings that cannot be filled, or that promise."""
    for recommendation in loaded.draft.recommendations.values():
        item = loaded.item("recommendations", recommendation.id)
        for path, text in texts_told(recommendation):
            yield from _placeholder_problems(item, path, text, recommendation)
    for aid in loaded.draft.aids.values():
        yield from _promise_problems(loaded.item("aids", aid.id), aid)


def texts_told(recommendation: Recommendation) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield what each audience is told, with its path."""
    for audience, wording in recommendation.wording.items():
        for key in WORDS_TO[audience]:
            yield ("wording", str(audience), key), getattr(wording, key)


def _placeholder_problems(
    item: Item, path: tuple[str, ...], text: str, recommendation: Recommendation
) -> Iterator[Problem]:
    where = f"« {'.'.join(path)} »"
    filled = re.findall(r"\{([^{}]*)\}", text)
    if re.search(r"[{}]", re.sub(r"\{[^{}]*\}", "", text)):
        yield item.problem(
            path, f"{where} : accolade seule", "Fermez-la, ou supprimez-la."
        )
    for name in filled:
        known = name.split("|")[0] if _PLURAL.fullmatch(name) else name
        if known not in PLACEHOLDERS:
            remedy = write_instead(
                known, PLACEHOLDERS, f"Connus : {listed(PLACEHOLDERS)}."
            )
            yield item.problem(path, f"{where} : « {{{name}}} » est inconnu", remedy)
        elif "|" in name and known != "quantite":
            yield item.problem(
                path,
                f"{where} : « {{{name}}} » n'est pas un nombre",
                "Seule la quantité s'accorde : {quantite|salle|salles}.",
            )
    if "cout" in filled and not recommendation.prices:
        yield item.problem(
            path, f"{where} : {{cout}} sans prix", "Ajoutez « prices », ou retirez-le."
        )
    yield from _agreement_problems(item, path, text)


def _agreement_problems(
    item: Item, path: tuple[str, ...], text: str
) -> Iterator[Problem]:
    """Yield what would read badly once filled."""
    where = f"« {'.'.join(path)} »"
    if re.search(r"\{quantite\}\s*\{quantite\|", text):
        yield item.problem(
            path,
            f"{where} : le nombre s'écrirait deux fois",
            "{quantite|salle|salles} écrit déjà « 3 salles » : retirez {quantite}.",
        )
    if re.search(r"(?<!\ble )\{echeance\}", text, re.IGNORECASE):
        yield item.problem(
            path,
            f"{where} : {{echeance}} est un jour",
            "Écrivez « avant le {echeance} ».",
        )


def _promise_problems(item: Item, aid: Aid) -> Iterator[Problem]:
    for key in ("title", "conditions", "rate", "ceiling", "period", "note"):
        found = _PROMISE.search(getattr(aid, key))
        if found:
            yield item.problem(
                (key,),
                f"« {key} » : « {found.group()} » promet une aide que nul ici ne donne",
                "Dites ce qui a été constaté, et en quelle année.",
            )
