"""The columns of a syndicat's own tables, and what their cells mean in a checklist."""

import re
from collections.abc import Callable, Mapping

from diag.imports.cells import flag, iso_date, line_of_text
from diag.model.folding import fold
from diag.rules.problem import Spot
from diag.rules.reading.nodes import Items, Node, Scalar

COLUMNS: dict[str, dict[str, tuple[str, ...]]] = {
    "prices": {
        "id": ("identifiant", "id", "code"),
        "label": ("désignation", "libellé", "label"),
        "unit": ("unité", "unit"),
        "year": ("année", "year"),
        "minimum": ("prix bas", "minimum", "mini"),
        "typical": ("prix courant", "prix", "prix ht", "typical"),
        "maximum": ("prix haut", "maximum", "maxi"),
        "vat": ("tva", "taux de tva", "vat"),
        "yearly": ("chaque année", "annuel", "yearly"),
        "lifetime": ("durée de vie", "durée", "lifetime"),
        "source": ("source",),
        "note": ("note", "remarque"),
        "off": ("désactivé", "off"),
    },
    "aids": {
        "id": ("identifiant", "id", "code"),
        "title": ("aide", "titre", "nom", "title"),
        "state": ("état", "state"),
        "applicant": ("qui demande", "demandeur", "applicant"),
        "conditions": ("conditions",),
        "rate": ("taux", "rate"),
        "ceiling": ("plafond", "ceiling"),
        "period": ("période", "quand", "period"),
        "ask": ("à vérifier auprès de", "auprès de", "ask"),
        "departments": ("départements", "departments"),
        "max_population": ("population maximale", "max population"),
        "as_of": ("information de", "date", "as of"),
        "source": ("source",),
        "note": ("note", "remarque"),
        "off": ("désactivé", "off"),
    },
    "deadlines": {
        "id": ("identifiant", "id", "code"),
        "title": ("échéance", "titre", "quoi", "title"),
        "due": ("date", "due"),
        "what": ("ce qui change", "what"),
        "ask": ("à vérifier auprès de", "auprès de", "ask"),
        "as_of": ("information de", "as of"),
        "source": ("source",),
        "verify_before_quoting": ("texte à relire", "verify before quoting"),
        "note": ("note", "remarque"),
        "off": ("désactivé", "off"),
    },
}
"""Section → key → names of its column, compared without accents nor case."""

NAMED_BY = {"prices": "label", "aids": "title", "deadlines": "title"}
"""What names a row that has no id."""

_STATES = {
    **dict.fromkeys(("ouvert", "ouverte", "open"), "open"),
    **dict.fromkeys(
        ("clos", "close", "ferme", "fermee", "termine", "terminee", "closed"), "closed"
    ),
    **dict.fromkeys(("inconnu", "inconnue", "a verifier", "unknown"), "unknown"),
}
_DURATIONS = {"an": "Y", "ans": "Y", "mois": "M", "semaines": "W", "jours": "D"}


def positions(section: str, columns: tuple[str, ...]) -> dict[str, int]:
    """Return where each key is among the columns; those absent are left out."""
    where: dict[str, int] = {}
    for index, column in enumerate(columns):
        where.setdefault(fold(column), index)
    return {
        key: next(where[name] for name in map(fold, names) if name in where)
        for key, names in COLUMNS[section].items()
        if any(fold(name) in where for name in names)
    }


def by_column(section: str, sentence: str) -> str:
    """Return a sentence about keys, told of columns: « typical », « prix courant »."""
    for key, names in COLUMNS[section].items():
        sentence = re.sub(rf"« {key}(?= »|: )", f"« {names[0]}", sentence)
    order = "minimum ≤ typical ≤ maximum"
    return sentence.replace(order, "prix bas ≤ prix courant ≤ prix haut")


def node_of(key: str, cell: str, spot: Spot) -> Node | None:
    """Return what a cell means under a key; None for an empty one.

    Raises:
        ValueError: when the cell cannot be read; says why in French.
    """
    text = line_of_text(cell)
    if not text:
        return None
    if key == "departments":
        parts = [part.zfill(3) for part in re.split(r"[\s,/]+", text) if part]
        return Items(spot, tuple(Scalar(spot, part, part) for part in parts))
    value = _READERS.get(key, str)(text)
    return Scalar(spot, value, str(value))


def _amount(text: str) -> str:
    return re.sub(r"\s*(?:€|euros?)?\s*(?:HT)?$", "", text, flags=re.IGNORECASE)


def _whole(text: str) -> int | str:
    digits = re.sub(r"\s", "", text)
    return int(digits) if digits.isdecimal() and len(digits) < 10 else text  # noqa: PLR2004 - more is no count


def _percent(text: str) -> str:
    return text.rstrip("% \u00a0\u202f")


def _yes(text: str) -> bool:
    return bool(flag("1" if text.casefold() == "x" else text))


def _state(text: str) -> str:
    return _STATES.get(fold(text), text)


def _duration(text: str) -> str:
    match = re.fullmatch(r"(\d+)\s*([a-zé]+)", text)
    unit = _DURATIONS.get(match[2], "") if match else ""
    return f"P{match[1]}{unit}" if match and unit else text


def _date(text: str) -> str:
    if month := re.fullmatch(r"(\d{1,2})/(\d{4})", text):
        return f"{month[2]}-{month[1].zfill(2)}"
    return iso_date(text) if "/" in text else text


_READERS: Mapping[str, Callable[[str], str | int | bool]] = {
    **dict.fromkeys(("minimum", "typical", "maximum"), _amount),
    **dict.fromkeys(("year", "max_population"), _whole),
    **dict.fromkeys(("yearly", "off", "verify_before_quoting"), _yes),
    **dict.fromkeys(("due", "as_of"), _date),
    "vat": _percent,
    "state": _state,
    "lifetime": _duration,
}
