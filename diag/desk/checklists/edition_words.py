"""What differs between two editions, in French, an item after the other."""

from collections.abc import Iterator

from diag.desk.checklists.edition_names import NamedEdition
from diag.rules.changes import (
    SECTIONS,
    Difference,
    Fate,
    FieldChange,
    compare,
    differences,
)

_TITLES = {
    "domains": "Domaines",
    "places": "Genres de lieux",
    "questions": "Questions",
    "criteria": "Critères",
    "recommendations": "Préconisations",
    "prices": "Prix",
    "aids": "Aides",
    "deadlines": "Échéances",
    "sources": "Sources",
}
_SIGNS = {Fate.ADDED: "+", Fate.REMOVED: "-", Fate.CHANGED: "~"}
_KEYS = {
    "title": "titre",
    "label": "libellé",
    "weight": "poids",
    "levels": "niveau",
    "kind": "nature",
    "applicable": "s'applique quand",
    "relevant": "se pose quand",
    "why": "pourquoi",
    "unit": "unité",
    "choices": "choix",
    "range": "bornes",
    "likely": "bornes vraisemblables",
    "minimum": "prix bas",
    "typical": "prix courant",
    "maximum": "prix haut",
    "vat": "TVA",
    "year": "année",
    "quantity": "quantité",
    "prices": "prix",
    "effort": "jours de travail",
    "delay": "délai",
    "owner": "qui agit",
    "wording": "texte",
    "mairie": "pour la mairie",
    "equipe": "pour l'équipe",
    "academie": "pour l'académie",
    "technique": "pour les techniciens",
    "decision": "décision",
    "meanwhile": "d'ici là",
    "how": "comment",
    "roll_up": "réunion des lieux",
    "effect": "effet",
    "steps": "étapes",
    "requires": "préalables",
    "done_when": "fait quand",
    "state": "état",
    "conditions": "conditions",
    "due": "date",
    "as_of": "information de",
    "domain": "domaine",
    "place": "lieu",
}
"""Keys as they are told; others go by their name in the files."""

_CENTS = frozenset({"minimum", "typical", "maximum"})
_SHORT = 48
"""Longest text told on one line with what replaces it."""


def difference_lines(old: NamedEdition, new: NamedEdition) -> Iterator[str]:
    """Yield what differs from one edition to the other, to be printed."""
    found = differences(old.checklist, new.checklist)
    asked_again = set(compare(old.checklist, new.checklist).changed)
    yield f"{old.told} → {new.told}"
    if not found:
        yield (
            "Rien ne diffère."
            if old.digest == new.digest
            else ("Seuls le titre, la version ou l'ordre diffèrent.")
        )
        return
    for section in SECTIONS:
        some = [one for one in found if one.section == section]
        if some:
            yield ""
            yield _TITLES[section]
        for one in some:
            again = one.section == "questions" and one.ident in asked_again
            yield from _lines(one, " (autre sens : à redemander)" * again)


def _lines(one: Difference, remark: str) -> Iterator[str]:
    yield f"  {_SIGNS[one.fate]} {one.ident} : {one.label}{remark}"
    for change in one.fields:
        yield from _field(one.section, change)


def _field(section: str, change: FieldChange) -> Iterator[str]:
    key, _, rest = change.path.partition(".")
    parts = [key, *filter(None, rest.split("."))]
    named = ", ".join(_KEYS.get(part, part) for part in parts)
    named = named.replace("niveau, ", "niveau ")
    money = section == "prices" and key in _CENTS
    before, after = (_told(one, money=money) for one in (change.before, change.after))
    if len(before) + len(after) <= _SHORT:
        yield f"      {named} : {before} → {after}"
        return
    yield f"      {named} :"
    yield f"        avant : {before}"
    yield f"        après : {after}"


def _told(value: object, *, money: bool) -> str:
    match value:
        case None | "" | []:
            told = "rien"
        case bool():
            told = "oui" if value else "non"
        case int() if money:
            told = f"{value // 100},{value % 100:02d} €"
        case list():
            told = ", ".join(_told(one, money=False) for one in value)
        case dict():
            told = _named(value)
        case _:
            told = str(value)
    return told


def _named(item: dict[str, object]) -> str:
    """Return an item of a list: its id and what it says, or all of its values."""
    said = item.get("label") or item.get("title")
    if said and "id" in item:
        return f"{item['id']} « {said} »"
    return " ".join(map(str, item.values()))
