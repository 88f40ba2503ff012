"""What GLPI takes: devices, what its rules will make of each, equipment, tickets."""

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from pathlib import Path

from diag.answers.types import answer_words
from diag.audit.evidence import kept_evidence
from diag.audit.proposals import listed_by_stock
from diag.audit.report import Report
from diag.documents.tables import (
    IDENTITY,
    Cell,
    ChosenAudits,
    Coded,
    Column,
    Exported,
    Progress,
    as_json,
    identity,
    in_formats,
    put,
    read_counts,
    reserved_actions,
    some,
    table_of,
    withheld_actions,
)
from diag.documents.tables.tickets import Ticket, tickets_of
from diag.imports.evidence.reading import ListedDevice
from diag.model.enums import Kind, PlaceKind
from diag.model.text import fold

ANOMALIES = (
    Column("externalid", "Identifiant externe", 30),
    Column("entity", "Entité", 30),
    Column("location", "Lieu", 30),
    Column("type", "Type", 10),
    Column("name", "Titre", 44),
    Column("content", "Description", 60),
    Column("urgency", "Urgence (1 à 5)", 9),
    Column("category", "Catégorie", 22),
    Column("time_to_resolve", "Date limite", 11),
    Column("status", "Statut de l'audit", 18),
    Column("sensitive", "Réservé au service technique", 10),
)
"""Columns of the tickets, named as GLPI's form names them."""

_URGENCY = {Kind.COMPLIANCE: 5, Kind.BLOCKING: 4, Kind.IMPROVEMENT: 3}


def anomaly_rows(report: Report, tickets: Iterable[Ticket]) -> list[tuple[Cell, ...]]:
    """Return the tickets of one audit: an incident for the law, else a request."""
    entity = " > ".join(filter(None, (report.about.commune, report.about.name)))
    rows: list[tuple[Cell, ...]] = []
    for ticket in tickets:
        incident = ticket.nature == "anomalie" or ticket.kind is Kind.COMPLIANCE
        told = (
            ("Constaté", ticket.observed),
            ("Attendu", ticket.expected),
            ("Comment", ticket.how),
            ("Condition", ticket.condition),
            ("Qui", ticket.owner),
            ("Terminé quand", ticket.done_when),
        )
        rows.append((
            ticket.reference,
            entity,
            ticket.places,
            Coded("1", "Incident") if incident else Coded("2", "Demande"),
            ticket.title,
            "\n".join(f"{title} : {text}" for title, text in told if text),
            _URGENCY[ticket.kind],
            ticket.domain,
            ticket.due,
            report.status_words,
            ticket.sensitive,
        ))
    return rows


# GLPI inventories single devices by `itemtype`; an audit counts lots. Each device of a
# lot whose number is known becomes one; everything is also a line of a table, where
# what has no itemtype (projection) stands alone.
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
    """Empty: GLPI has none, or nobody knows which."""
    identifier: str
    """What the names of its devices begin with; the same at each export."""
    number: int | None
    """None: unknown, or two answers disagree."""
    counted_by: str = ""
    """Id of the lot, or of the question of the school, that counts it."""
    working: int | None = None
    chassis: str = ""
    system: tuple[str, str] = ("", "")
    system_words: str = ""
    bought: date | None = None

    @property
    def inventoried(self) -> bool:
        """Whether each of its devices is in the inventory."""
        return bool(self.itemtype and self.number)


def parc_of(report: Report) -> list[Stock]:
    """Return what an audit knows of the equipment of its school, its lots first."""
    found, root, stem = list[Stock](), report.facts.root, report.about.stem
    for lot in report.facts.places_of(PlaceKind.LOT):
        kind = str(_value(report, lot.id, "type_lot"))
        system = str(_value(report, lot.id, "lot_systeme"))
        bought = None
        with suppress(ValueError):  # nobody knows the day, or it is none
            bought = date.fromisoformat(str(_value(report, lot.id, "lot_date_achat")))
        found.append(
            Stock(
                place=report.place_name(lot.parent or root),
                item=lot.name,
                itemtype=COMPUTER if kind in _CHASSIS else "",
                identifier=f"{stem}-{lot.id[:8]}",
                number=_count(report, lot.id, "lot_nombre"),
                counted_by=lot.id,
                working=_count(report, lot.id, "lot_en_etat"),
                chassis=_CHASSIS.get(kind, ""),
                system=_SYSTEMS.get(system, ("", "")),
                system_words=_words(report, lot.id, "lot_systeme"),
                bought=bought,
            )
        )
    school = report.place_name(root)
    if points := _count(report, root, "nb_bornes"):
        named = f"{stem}-borne"
        found.append(Stock(school, "Bornes Wi-Fi", NETWORK, named, points, "nb_bornes"))
    if _value(report, root, "impression") in _SHARED_PRINTERS:
        said = _words(report, root, "impression")
        found.append(Stock(school, said, PRINTER, f"{stem}-copieur", 1, "impression"))
    for room in report.facts.places_of(PlaceKind.SALLE):
        shown = _value(report, room.id, "projection")
        if shown is not None and shown != _NO_PROJECTION:
            said = _words(report, room.id, "projection")
            found.append(Stock(report.place_name(room.id), said, "", "", 1))
    return found


def parc_rows(report: Report, parc: Iterable[Stock]) -> list[tuple[Cell, ...]]:
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


def _value(report: Report, place: str, question: str) -> object:
    """Return a fact's value when everybody agrees on it."""
    answer = report.facts.known(place, question)
    return answer.value if answer else None


def _words(report: Report, place: str, question: str) -> str:
    answer = report.facts.answer(place, question)
    asked = report.checklist.questions.get(question)
    return answer_words(asked, answer) if asked and answer else ""


def _count(report: Report, place: str, question: str) -> int | None:
    value = _value(report, place, question)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


# GLPI reads the archive as it is (Administration, Inventaire, Importer). What an audit
# counts has a name of ours, stable from one export to the next; what an inventory lists
# has its own name, serial number and address. `partial`: nothing else is forgotten.
CLIENT = "diag_v1"
"""What the inventories name as their source."""

_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same archive for the same devices


class GlpiFate(Enum):
    """What GLPI makes of a device that it is sent."""

    LINKED = auto()
    CREATED = auto()
    LINKED_BY_NAME = auto()
    DOUBLED = auto()
    """Created by its name: the agent of the real computer will make a second one."""
    DENIED = auto()


@dataclass(frozen=True, slots=True)
class Asset:
    """One device that GLPI is sent, and what is known of it."""

    stock: Stock
    ident: str
    """What our documents call it; the same at each export."""
    device: ListedDevice | None
    """What an inventory knows of it; None when it is only counted."""
    is_in_glpi: bool = False
    """Whether an export of GLPI, or of another console, listed it."""

    @property
    def name(self) -> str:
        """Return the name that it bears, ours when nothing shows another."""
        return (self.device and self.device.name) or self.ident

    @property
    def serial(self) -> str:
        """Return its serial number; empty when nothing shows it."""
        return self.device.serial if self.device else ""

    @property
    def fate(self) -> GlpiFate:
        """Return what the rules that GLPI ships will make of it.

        They link or create by serial number; a computer by its name too; what else has
        no serial number is refused, for their rules by address are off.
        """
        if self.serial:
            return GlpiFate.LINKED if self.is_in_glpi else GlpiFate.CREATED
        if self.stock.itemtype != COMPUTER:
            return GlpiFate.DENIED
        return GlpiFate.LINKED_BY_NAME if self.is_in_glpi else GlpiFate.DOUBLED

    def computer(self, report: Report) -> dict[str, object]:
        """Return the inventory of a computer."""
        stock, device = self.stock, self.device
        about = _dated(report, f"{stock.item}, {stock.place} ({report.about.name})")
        hardware = {"name": self.name, "description": about}
        system, full = stock.system
        told = {"name": system, "full_name": full}
        content: dict[str, object] = {
            "hardware": hardware | _comment(chassis_type=stock.chassis),
            **({"operatingsystem": _comment(**told)} if system else {}),
        }
        if device:
            maker = _comment(
                ssn=device.serial, smanufacturer=device.maker, smodel=device.model
            )
            cards = [{"description": one, "mac": one} for one in sorted(device.macs)]
            content |= {"bios": maker} if maker else {}
            content |= {"networks": cards} if cards else {}
        return content

    def network_device(self, report: Report) -> dict[str, object]:
        """Return the inventory of anything else."""
        stock, device = self.stock, self.device
        about = {
            "type": "Networking" if stock.itemtype == NETWORK else "Printer",
            "name": self.name,
            "description": _dated(report, stock.item),
            "location": stock.place,
        }
        known = {}
        if device:
            known = _comment(
                serial=device.serial,
                mac=min(device.macs, default=""),
                manufacturer=device.maker,
                model=device.model,
            )
        return {"network_device": about | known}


_FATE_WORDS = {
    GlpiFate.LINKED: "rattaché à la fiche de ce numéro de série",
    GlpiFate.CREATED: "créé, ou rattaché, par son numéro de série",
    GlpiFate.LINKED_BY_NAME: "rattaché à la fiche de ce nom",
    GlpiFate.DOUBLED: "créé par son nom : l'agent du vrai poste en fera un second",
    GlpiFate.DENIED: "refusé : pas de numéro de série",
}

FATES = (
    *IDENTITY,
    Column("name", "Nom", 34),
    Column("itemtype", "Type GLPI", 16),
    Column("serial", "Numéro de série", 22),
    Column("mac", "Adresses MAC", 30),
    Column("fate", "Ce que GLPI en fera (règles livrées)", 40),
)
"""Columns of the devices that are sent, and of what becomes of them."""


def assets_of(
    parc: Iterable[Stock],
    listed: Mapping[str, tuple[ListedDevice, ...]],
    known: Iterable[ListedDevice] = (),
) -> tuple[Asset, ...]:
    """Return each device of the counted equipment: those listed first, all of them.

    `known`: what an export of GLPI, or of another console, lists.
    """
    every = tuple(known)
    serials = {one.serial.casefold() for one in every} - {""}
    names = {fold(one.name) for one in every} - {""}
    found = []
    for stock in parc:
        if not stock.inventoried:
            continue
        devices = listed.get(stock.counted_by, ())
        for rank in range(1, max(stock.number or 0, len(devices)) + 1):
            device = devices[rank - 1] if rank <= len(devices) else None
            is_there = device is not None and (
                device.serial.casefold() in serials
                if device.serial
                else fold(device.name) in names
            )
            ident = f"{stock.identifier}-{rank:03}"
            found.append(Asset(stock, ident, device, is_there))
    return tuple(found)


def fate_rows(report: Report, assets: Iterable[Asset]) -> list[tuple[Cell, ...]]:
    """Return what becomes of each device of one audit, before it is sent."""
    audit = identity(report)
    return [
        (
            *audit,
            one.name,
            one.stock.itemtype,
            one.serial,
            ", ".join(sorted(one.device.macs)) if one.device else "",
            _FATE_WORDS[one.fate],
        )
        for one in assets
    ]


def devices_of(report: Report, assets: Iterable[Asset]) -> Iterator[dict[str, object]]:
    """Go through the documents of one audit's devices."""
    for one in assets:
        itemtype = one.stock.itemtype
        is_computer = itemtype == COMPUTER
        content = one.computer(report) if is_computer else one.network_device(report)
        yield {
            "deviceid": one.ident,
            "action": "inventory",
            "itemtype": itemtype,
            "partial": True,
            "tag": report.about.code,
            "content": {"versionclient": CLIENT, **content},
        }


def archive(devices: Iterable[dict[str, object]]) -> bytes:
    """Return the documents in one archive, each named for its device."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as files:
        for device in devices:
            entry = zipfile.ZipInfo(f"{device['deviceid']}.json", _LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            files.writestr(entry, as_json(device))
    return target.getvalue()


def _dated(report: Report, said: str) -> str:
    """Return the comment on a device, marked while its audit is not closed."""
    return f"{said}, relevé provisoire" if report.provisional else said


def _comment(**texts: str) -> dict[str, str]:
    return {key: text for key, text in texts.items() if text}


def write_glpi(
    picked: ChosenAudits,
    folder: Path,
    day: date,
    progress: Progress,
    *,
    sensitive: bool = False,
) -> Exported:
    """Write what GLPI takes: an inventory, the equipment, the tickets.

    The tickets that a sensitive fact calls for only when asked.
    """
    devices: list[dict[str, object]] = []
    parc: list[tuple[Cell, ...]] = []
    tickets: list[tuple[Cell, ...]] = []
    provisional = withheld = 0
    fates: list[tuple[Cell, ...]] = []
    refused = doubled = 0
    wholes = picked.reports(progress)
    for session, whole in zip(picked.sessions, wholes, strict=True):
        report = whole if sensitive else whole.public
        withheld += 0 if sensitive else reserved_actions(whole)
        stock = parc_of(report)
        kept = kept_evidence(session)
        consoles = (one.read.devices for one in kept if one.file.columns)
        known = (device for each in consoles for device in each)
        assets = assets_of(stock, listed_by_stock(session, kept), known)
        refused += sum(one.fate is GlpiFate.DENIED for one in assets)
        doubled += sum(one.fate is GlpiFate.DOUBLED for one in assets)
        devices += devices_of(report, assets)
        fates += fate_rows(report, assets)
        parc += parc_rows(report, stock)
        tickets += anomaly_rows(report, tickets_of(report))
        provisional += report.provisional
    tables = {
        "glpi-appareils": table_of("Appareils", FATES, fates),
        "glpi-materiel": table_of("Matériel", PARC, parc),
        "glpi-tickets": table_of("Tickets", ANOMALIES, tickets),
    }
    files = in_formats("glpi", tables, ("csv",), day)
    files["glpi-inventaire.zip"] = archive(devices)
    counts = (
        *read_counts(picked, provisional),
        (len(devices), "appareil dans l'inventaire", "appareils dans l'inventaire"),
        *some(refused, "refusé par GLPI sans série", "refusés par GLPI sans série"),
        *some(doubled, "créé par son seul nom", "créés par leur seul nom"),
        (len(parc), "ligne de matériel", "lignes de matériel"),
        (len(tickets), "ticket", "tickets"),
        *withheld_actions(withheld),
    )
    return Exported(put(folder, files), counts)
