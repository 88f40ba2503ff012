"""What an audit knows of a school's equipment, as GLPI files it.

GLPI inventories single devices by `itemtype`; an audit counts lots. Each device of a
lot whose number is known becomes one; everything is also a line of a table, where what
has no itemtype (projection) stands alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from diag.model.enums import PlaceKind, State
from diag.model.place import Place
from diag.reports.answers import answer_words
from diag.reports.report import Report
from diag.reports.tables.identity import IDENTITY, identity
from diag.reports.tables.table import Cell, Column

COMPUTER, NETWORK, PRINTER = "Computer", "NetworkEquipment", "Printer"

_CHASSIS = {
    "classe_mobile_tablettes": "Tablet",
    "classe_mobile_portables": "Laptop",
    "postes_fixes": "Desktop",
    "portables": "Laptop",
    "tablettes": "Tablet",
    "postes_maitres": "",
    "poste_direction": "",
}
"""Choice of `type_lot` → shape of the computers."""
_SYSTEMS = {
    "windows_11": ("Windows", "Windows 11"),
    "windows_10": ("Windows", "Windows 10"),
    "windows_10_prolonge": ("Windows", "Windows 10"),
    "windows_ancien": ("Windows", ""),
    "linux": ("Linux", ""),
}
"""Choice of `lot_systeme` → name and full name of the system."""
_SHARED_PRINTERS = frozenset({"copieur_isole", "copieur_reseau", "copieur_regle"})
_NO_PROJECTION = "aucune"

PARC = (
    *IDENTITY,
    Column("place", "Lieu", 22),
    Column("item", "Matériel", 34),
    Column("itemtype", "Type GLPI", 16),
    Column("number", "Nombre", 8),
    Column("working", "En état de marche", 9),
    Column("system", "Système", 22),
    Column("bought", "Date d'achat", 11),
    Column("identifier", "Identifiant (préfixe)", 26),
    Column("in_json", "Dans l'inventaire JSON", 11),
)
"""Columns of the equipment; every line is there, in the inventory or not."""


@dataclass(frozen=True, slots=True)
class Stock:
    """Some devices of one kind at one place."""

    place: str
    item: str
    itemtype: str
    """Empty: GLPI has none, or nothing says which."""
    identifier: str
    """What the names of its devices begin with; the same at each export."""
    number: int | None
    """None: unknown, or two answers disagree."""
    working: int | None = None
    chassis: str = ""
    system: tuple[str, str] = ("", "")
    system_words: str = ""
    bought: date | None = None

    @property
    def inventoried(self) -> bool:
        """Whether each of its devices is in the inventory."""
        return bool(self.itemtype and self.number)


def parc_of(report: Report) -> tuple[Stock, ...]:
    """Return what an audit knows of the equipment of its school."""
    lots = (_lot(report, lot) for lot in report.facts.places_of(PlaceKind.LOT))
    return (*lots, *_of_the_school(report), *_projections(report))


def parc_rows(report: Report, parc: tuple[Stock, ...]) -> list[tuple[Cell, ...]]:
    """Return the equipment of one audit, one kind a row."""
    audit = identity(report)
    return [
        (
            *audit,
            one.place,
            one.item,
            one.itemtype,
            one.number,
            one.working,
            one.system_words,
            one.bought,
            one.identifier if one.inventoried else "",
            one.inventoried,
        )
        for one in parc
    ]


def _lot(report: Report, lot: Place) -> Stock:
    kind = _value(report, lot.id, "type_lot")
    system = _value(report, lot.id, "lot_systeme")
    return Stock(
        place=_where(report, lot),
        item=lot.name,
        itemtype=COMPUTER if kind in _CHASSIS else "",
        identifier=f"{report.about.stem}-{lot.id[:8]}",
        number=_count(report, lot.id, "lot_nombre"),
        working=_count(report, lot.id, "lot_en_etat"),
        chassis=_CHASSIS.get(str(kind), ""),
        system=_SYSTEMS.get(str(system), ("", "")),
        system_words=_words(report, lot.id, "lot_systeme"),
        bought=_day(_value(report, lot.id, "lot_date_achat")),
    )


def _of_the_school(report: Report) -> Iterator[Stock]:
    root, stem = report.facts.root, report.about.stem
    place = report.place_name(root)
    points = _count(report, root, "nb_bornes")
    if points:
        yield Stock(place, "Bornes Wi-Fi", NETWORK, f"{stem}-borne", points)
    if _value(report, root, "impression") in _SHARED_PRINTERS:
        said = _words(report, root, "impression")
        yield Stock(place, said, PRINTER, f"{stem}-copieur", 1)


def _projections(report: Report) -> Iterator[Stock]:
    for room in report.facts.places_of(PlaceKind.SALLE):
        found = _value(report, room.id, "projection")
        if found is not None and found != _NO_PROJECTION:
            said = _words(report, room.id, "projection")
            yield Stock(report.place_name(room.id), said, "", "", 1)


def _where(report: Report, lot: Place) -> str:
    return report.place_name(lot.parent or report.facts.root)


def _value(report: Report, place: str, question: str) -> object:
    """Return a fact's value when everybody agrees on it."""
    answer = report.facts.answer(place, question)
    return answer.value if answer and answer.state is State.KNOWN else None


def _words(report: Report, place: str, question: str) -> str:
    answer = report.facts.answer(place, question)
    asked = report.checklist.questions.get(question)
    return answer_words(asked, answer) if asked and answer else ""


def _count(report: Report, place: str, question: str) -> int | None:
    value = _value(report, place, question)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value)) if value else None
    except ValueError:
        return None
