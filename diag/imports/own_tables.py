"""A syndicat's own prices, aids, dates and finance rules, from its spreadsheet's CSV.

Each row is read as an author's own item: its fields and its refusals are
those of the checklists. A row about a shipped item may give only what it changes.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from diag.checklist import Spot
from diag.checklist.fields import required_keys
from diag.checklist.files import ITEMS
from diag.checklist.lint.references import TRADE
from diag.checklist.load import OFF
from diag.checklist.loaded import Loaded, read_form
from diag.checklist.overlay import overlay_node, without
from diag.checklist.source import Entries, Items, Node, Scalar, text_of
from diag.imports.cells import flag, iso_date, line_of_text
from diag.imports.intake import LineRefusal
from diag.imports.layouts import positions_of
from diag.imports.source import TableRow, read_source, read_table, refusal
from diag.model.text import fold
from diag.words.sentences import nearest

SECTIONS = {
    "prix": "prices",
    "aides": "aids",
    "echeances": "deadlines",
    "finances": "finances",
}
"""What follows `diag import` → the section of the checklists."""


@dataclass(frozen=True, slots=True)
class OwnRows:
    """What a table changes or adds, and what was refused."""

    items: Mapping[str, Entries]
    """By id: what each row changes or adds."""
    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    refused: tuple[LineRefusal, ...]
    ignored_columns: tuple[str, ...]


def read_own_table(
    path: Path, kind: str, shipped: Loaded, taken: Mapping[str, Spot]
) -> OwnRows:
    """Return the rows of a table, checked one by one.

    `taken` are ids changed elsewhere in the overlay, and where.

    Raises:
        ImportRefusedError: when the file is no such table.
    """
    section = SECTIONS[kind]
    table = read_table(read_source(path), is_typed=True)
    where = positions_of(COLUMNS[section], table.columns)
    if not {"id", NAMED_BY[section]} & where.keys():
        names = COLUMNS[section]
        wanted = f"« {names['id'][0]} » ou « {names[NAMED_BY[section]][0]} »"
        seen = ", ".join(table.columns[:6])
        remedy = f"Colonnes lues : {seen}"
        raise refusal(path.name, f"aucune colonne {wanted}", remedy)
    reading = _OwnTableReading(path.name, section, shipped, taken)
    for bad in table.bad_rows:
        reading.refused.append(LineRefusal(bad.line, "", bad.reason))
    for row in table.rows:
        reading.take(row, where)
    used = set(where.values())
    ignored = tuple(
        name for at, name in enumerate(table.columns) if at not in used and name
    )
    refused = tuple(sorted(reading.refused))
    return OwnRows(
        reading.items,
        tuple(reading.added),
        tuple(reading.changed),
        tuple(reading.unchanged),
        refused,
        ignored,
    )


class _OwnTableReading:
    def __init__(
        self, file: str, section: str, shipped: Loaded, taken: Mapping[str, Spot]
    ) -> None:
        self._file, self._section, self._shipped = file, section, shipped
        self._taken = taken
        self._labels = {
            fold(str(getattr(noun, NAMED_BY[section]))): ident
            for ident, noun in getattr(shipped.draft, section).items()
        }
        self._lines: dict[str, int] = {}
        self.items: dict[str, Entries] = {}
        self.added: list[str] = []
        self.changed: list[str] = []
        self.unchanged: list[str] = []
        self.refused: list[LineRefusal] = []

    def take(self, row: TableRow, where: Mapping[str, int]) -> None:
        keys = [key for key in ("id", NAMED_BY[self._section]) if key in where]
        named = (row.cells[where[key]].strip() for key in keys)
        label = next(filter(None, named), "")
        try:
            item = self._item(row, where)
            self._check(item)
        except ValueError as error:
            self.refused.append(LineRefusal(row.line, label[:60], str(error)))
            return
        ident = text_of(item.nodes["id"])
        self._lines[ident] = row.line
        shipped = getattr(self._shipped.draft, self._section).get(ident)
        if (self._section, ident) not in self._shipped.nodes:
            self.added.append(ident)
        elif (
            OFF not in item.nodes
            and shipped is not None
            and self._build(self._whole(item)) == shipped
        ):
            self.unchanged.append(ident)
            return
        else:
            self.changed.append(ident)
        self.items[ident] = item

    def _item(self, row: TableRow, where: Mapping[str, int]) -> Entries:
        spot = Spot(self._file, row.line)
        nodes: dict[str, Node] = {}
        for key, at in where.items():
            try:
                node = _node_of(key, row.cells[at], spot)
            except ValueError as error:
                column = COLUMNS[self._section][key][0]
                raise ValueError(f"{column} : {error}") from error
            if node is not None:
                nodes[key] = node
        if "id" not in nodes:
            label = text_of(nodes.get(NAMED_BY[self._section]))
            if not label:
                raise ValueError("ni identifiant ni désignation")
            glue = "_" if self._section == "prices" else "-"
            made = fold(label).replace(" ", glue)[:40]
            ident = self._labels.get(fold(label)) or made
            nodes = {"id": Scalar(spot, ident, ident), **nodes}
        name = (self._section, text_of(nodes["id"]))
        if name not in self._shipped.nodes:
            nodes.setdefault("source", Scalar(spot, TRADE, TRADE))
        return Entries(spot, nodes, dict.fromkeys(nodes, spot))

    def _check(self, item: Entries) -> None:
        ident = text_of(item.nodes["id"])
        known = (self._section, ident) in self._shipped.nodes
        if ident in self._lines:
            raise ValueError(f"« {ident} » est déjà à la ligne {self._lines[ident]}")
        if ident in self._taken:
            spot = self._taken[ident]
            raise ValueError(
                f"« {ident} » est déjà changé dans {spot.file}, ligne {spot.line}"
            )
        off = item.nodes.get(OFF)
        if isinstance(off, Scalar) and off.value:
            if not known:
                raise ValueError(f"« {ident} » n'est pas livré : rien à désactiver")
            return
        source = text_of(item.nodes.get("source"))
        if source not in {"", TRADE, *self._shipped.names("sources")}:
            raise ValueError(f"source « {source} » inconnue : écrivez metier")
        self._build(self._whole(item))

    def _whole(self, item: Entries) -> Entries:
        item = without(item, OFF)
        ident = text_of(item.nodes["id"])
        base = self._shipped.nodes.get((self._section, ident))
        if base is None:
            return item
        whole = overlay_node(base, item)
        assert isinstance(whole, Entries)
        return whole

    def _build(self, whole: Entries) -> object:
        form, ident = ITEMS[self._section], text_of(whole.nodes["id"])
        columns = {key: names[0] for key, names in COLUMNS[self._section].items()}
        filled, problems = read_form(form, whole, columns=columns)
        if filled:
            return filled.build("")
        message = problems[0].message
        known = self._shipped.names(self._section)
        if set(required_keys(form)) - whole.nodes.keys() and ident not in known:
            near = nearest(ident, known)
            asked = f" (vouliez-vous « {near} » ?)" if near else ""
            message = f"« {ident} » n'est pas livré{asked}, et pour l'ajouter {message}"
        raise ValueError(f"{message} — {problems[0].remedy}")


COLUMNS: dict[str, dict[str, tuple[str, ...]]] = {
    "prices": {
        "id": ("identifiant", "id", "code"),
        "label": ("désignation", "libellé", "label"),
        "unit": ("unité", "unit"),
        "as_of": ("relevé en", "année", "as of", "year"),
        "where": ("relevé où", "lieu du relevé", "where"),
        "minimum": ("prix bas", "minimum", "mini"),
        "typical": ("prix courant", "prix", "prix ht", "typical"),
        "maximum": ("prix haut", "maximum", "maxi"),
        "vat": ("tva", "taux de tva", "vat"),
        "yearly": ("chaque année", "annuel", "yearly"),
        "lifetime": ("durée de vie", "durée", "lifetime"),
        "section": ("section", "section du budget"),
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
        "valid_until": ("valable jusqu'à", "valid until"),
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
    "finances": {
        "id": ("identifiant", "id", "code"),
        "topic": ("sujet", "thème", "topic"),
        "title": ("règle", "titre", "title"),
        "says": ("ce qu'elle dit", "texte", "says"),
        "section": ("section", "section du budget"),
        "percent": ("taux", "part", "taux bas", "percent"),
        "at_most": ("taux haut", "at most"),
        "euros": ("seuil", "seuil ht", "montant", "plafond", "euros"),
        "aid": ("aide", "aid"),
        "trades": ("métiers", "trades"),
        "milestone": ("jalon", "milestone"),
        "opens": ("s'ouvre", "opens"),
        "closes": ("se ferme", "closes"),
        "since": ("depuis", "valable depuis", "since"),
        "until": ("jusqu'à", "valable jusqu'à", "until"),
        "as_of": ("information de", "date", "as of"),
        "source": ("source",),
        "note": ("note", "remarque"),
        "off": ("désactivé", "off"),
    },
}
"""Section → key → names of its column, compared without accents nor case."""

NAMED_BY = {
    "prices": "label",
    "aids": "title",
    "deadlines": "title",
    "finances": "title",
}
"""What names a row that has no id."""

_STATES = {
    **dict.fromkeys(("ouvert", "ouverte", "open"), "open"),
    **dict.fromkeys(
        ("clos", "close", "ferme", "fermee", "termine", "terminee", "closed"), "closed"
    ),
    **dict.fromkeys(("inconnu", "inconnue", "a verifier", "unknown"), "unknown"),
}

_AMOUNT_END = re.compile(r"\s*(?:€|euros?)?\s*(?:HT)?$", re.IGNORECASE)
_DURATIONS = {"an": "Y", "ans": "Y", "mois": "M", "semaines": "W", "jours": "D"}


def _node_of(key: str, cell: str, spot: Spot) -> Node | None:
    """Return what a cell means under a key; None for an empty one.

    Raises:
        ValueError: when the cell cannot be read; the message is French.
    """
    text = line_of_text(cell)
    if not text:
        return None
    if several := _SEVERAL.get(key):
        parts = [several(part) for part in re.split(r"[\s,/]+", text) if part]
        return Items(spot, tuple(Scalar(spot, part, part) for part in parts))
    value = _READERS.get(key, str)(text)
    return Scalar(spot, value, str(value))


def _whole(text: str) -> int | str:
    digits = re.sub(r"\s", "", text)
    return int(digits) if digits.isdecimal() and len(digits) < 10 else text  # noqa: PLR2004 - more is no count


def _duration(text: str) -> str:
    match = re.fullmatch(r"(\d+)\s*([a-zé]+)", text)
    unit = _DURATIONS.get(match[2], "") if match else ""
    return f"P{match[1]}{unit}" if match and unit else text


def _date(text: str) -> str:
    if month := re.fullmatch(r"(\d{1,2})/(\d{4})", text):
        return f"{month[2]}-{month[1].zfill(2)}"
    return iso_date(text) if "/" in text else text


_SEVERAL: Mapping[str, Callable[[str], str]] = {
    "departments": lambda part: part.zfill(3),
    "trades": fold,
}
"""Keys of several values in one cell, and how each is read."""


def _day_of_year(text: str) -> str:
    """Return « 15/12 » as `12-15`, « 7 » as `07`; other texts as they stand."""
    if day := re.fullmatch(r"(\d{1,2})/(\d{1,2})", text):
        return f"{day[2].zfill(2)}-{day[1].zfill(2)}"
    return text.zfill(2) if text.isdecimal() else text


_READERS: Mapping[str, Callable[[str], str | int | bool]] = {
    **dict.fromkeys(
        ("minimum", "typical", "maximum", "euros"),
        lambda text: _AMOUNT_END.sub("", text),
    ),
    "max_population": _whole,
    **dict.fromkeys(
        ("yearly", "off", "verify_before_quoting"),
        lambda text: bool(flag("1" if text.casefold() == "x" else text)),
    ),
    **dict.fromkeys(("due", "as_of", "valid_until", "since", "until"), _date),
    **dict.fromkeys(
        ("vat", "percent", "at_most"), lambda text: text.rstrip("% \u00a0\u202f")
    ),
    **dict.fromkeys(("opens", "closes"), _day_of_year),
    **dict.fromkeys(("topic", "milestone"), fold),
    "state": lambda text: _STATES.get(fold(text), text),
    "lifetime": _duration,
    "section": lambda text: fold(text).replace(" ", "_"),
}
