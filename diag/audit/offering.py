"""What files of other tools offer as answers: devices, lines and radio, all together.

Every file that was kept is read again, so that a device listed twice is counted once
and two measures make a median. Nothing is answered: a person accepts, one by one or by
place.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from statistics import median
from uuid import UUID, uuid5

from diag.answers.answer_type import Refused
from diag.answers.types import TYPES
from diag.audit.proposals import proposal_id
from diag.audit.session import AuditSession
from diag.imports.evidence.inventories import merged
from diag.imports.evidence.reading import DeviceKind, EvidenceRead, ListedDevice
from diag.imports.evidence.speeds import DOWN, LATENCY, LOSS, UP
from diag.model.audit import EvidenceFile, Proposal
from diag.model.enums import PlaceKind, ProposalSource, State
from diag.model.fact import Place
from diag.model.measure import Confidence, HeardNetwork, MeasuredFigure
from diag.model.text import fold
from diag.words.figures import number
from diag.words.sentences import counted

ORIGIN = "evidence"
"""What the ids of these proposals are made of."""

INVENTORIES = "Inventaires lus"
"""Who offers the equipment."""

_ASKED_BY = {
    DOWN: "debit_descendant",
    UP: "debit_montant",
    LATENCY: "latence",
    LOSS: "perte_paquets",
}
"""What a tool measures of the line → the question that it answers."""

_WHY = 200


@dataclass(frozen=True, slots=True)
class ReadAgain:
    """A file that was kept, and what it holds."""

    file: EvidenceFile
    read: EvidenceRead


@dataclass(frozen=True, slots=True)
class _Offer:
    place: str
    question: str
    value: object
    source: ProposalSource
    by: str
    why: str
    lot: str = ""
    days: tuple[str, ...] = ()
    """ISO days on which it was measured."""


def offers_of(session: AuditSession, kept: Iterable[ReadAgain]) -> list[Proposal]:
    """Return what all these files offer together; what cannot be an answer is not."""
    every = tuple(kept)
    found = (*_of_line(session, every), *_of_radio(session, every))
    listed = _of_equipment(session, every)
    offers = (_proposal(session, one) for one in (*found, *listed))
    return [one for one in offers if one]


def _proposal(session: AuditSession, one: _Offer) -> Proposal | None:
    question = session.checklist.questions.get(one.question)
    if question is None:
        return None
    try:
        value = TYPES[question.type].parse(question, one.value).value
    except Refused:
        return None
    return Proposal(
        id=proposal_id(session, ORIGIN, one.place, question.id),
        place=one.place,
        lot=one.lot,
        question=question.id,
        state=State.KNOWN,
        value=value,
        source=one.source,
        by=one.by,
        why=one.why[:_WHY],
        on=max(one.days, default=session.workspace.world.today().isoformat()),
    )


def _of_line(session: AuditSession, kept: tuple[ReadAgain, ...]) -> Iterator[_Offer]:
    """Give the median of each figure: an even number of them takes the middle."""
    found: dict[str, list[tuple[ReadAgain, MeasuredFigure]]] = defaultdict(list)
    for one in kept:
        for figure in one.read.figures:
            if figure.key in _ASKED_BY:
                found[figure.key].append((one, figure))
    for key, several in found.items():
        tools = dict.fromkeys(one.read.tool for one, _ in several)
        yield _Offer(
            session.facts.root,
            _ASKED_BY[key],
            _written(median(float(figure.value) for _, figure in several)),
            ProposalSource.MEASURE,
            ", ".join(tools)[:120],
            _figure_words([figure for _, figure in several]),
            days=_days(several),
        )


def _written(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _days(several: Iterable[tuple[ReadAgain, object]]) -> tuple[str, ...]:
    return tuple(one.read.on for one, _ in several if one.read.on)


_SPREAD = 0.2
"""Share between two measures of one line from which one of them is to be doubted."""


def _figure_words(figures: list[MeasuredFigure]) -> str:
    """Return « médiane de 3 mesures, écart 30 %, confiance faible : … »."""
    values = [float(one.value) for one in figures]
    reasons = dict.fromkeys(reason for one in figures for reason in one.reasons)
    spread = (max(values) - min(values)) / max(values) if max(values) else 0
    if spread > _SPREAD:
        reasons[f"écart de {round(100 * spread)}\u00a0% entre les mesures"] = None
    confidence = Confidence.LOW if reasons else Confidence.MEDIUM
    several = f"médiane de {len(values)} mesures" if len(values) > 1 else ""
    why = f" ({' ; '.join(reasons)})" if reasons else ""
    level = f"confiance {confidence}{why}"
    return ", ".join(filter(None, (several, level)))


def _of_radio(session: AuditSession, kept: tuple[ReadAgain, ...]) -> Iterator[_Offer]:
    """Give what was heard in each room of the school's own networks, then over all."""
    ours = {name for one in kept for name in one.file.ssids}
    rooms: dict[str, list[tuple[ReadAgain, list[HeardNetwork]]]] = defaultdict(list)
    for one in kept:
        is_told = one.read.networks and one.read.is_telling
        if is_told and one.file.place in session.facts.places:
            mine = [each for each in one.read.networks if each.ssid in ours]
            rooms[one.file.place].append((one, mine))
    for place, scans in rooms.items():
        by = ", ".join(dict.fromkeys(one.read.tool for one, _ in scans))[:120]
        heard = [mine for _, mine in scans]
        days = _days(scans)
        for asked, value, why in _of_room(heard):
            offered = ProposalSource.MEASURE
            yield _Offer(place, asked, value, offered, by, why, days=days)
    every = [each for scans in rooms.values() for _, mine in scans for each in mine]
    most = max(
        (
            len({each.ssid for _, mine in scans for each in mine})
            for scans in rooms.values()
        ),
        default=0,
    )
    why = f"{counted(len(rooms), 'salle relevée', 'salles relevées')}"
    for asked, value in _of_school(every, most):
        root, by = session.facts.root, "Relevés du Wi-Fi"
        yield _Offer(root, asked, value, ProposalSource.MEASURE, by, why)


def _of_room(scans: list[list[HeardNetwork]]) -> Iterator[tuple[str, object, str]]:
    """Give what is heard at the worst spot of a room: each scan is of one spot."""
    spots = counted(len(scans), "relevé")
    heard = sum(map(len, scans))
    yield "wifi_capte", heard > 0, f"{spots}, {counted(heard, 'point')} de l'école"
    fives = [[one for one in scan if one.band == "5"] for scan in scans]
    yield "wifi_5ghz_salle", all(fives), spots
    strongest = [max(scan, key=_strength) for scan in fives if scan]
    worst = min(strongest, key=_strength, default=None)
    if worst and worst.dbm is not None:
        how = ", estimé d'un pourcentage" if worst.is_estimated else ""
        why = f"{spots}, l'endroit le plus faible{how}, à ±5\u00a0dB"
        yield "signal_wifi", str(worst.dbm), f"{why}, confiance {Confidence.MEDIUM}"


def _strength(one: HeardNetwork) -> int:
    return one.dbm or -100


_STANDARDS = {
    "802.11n": "wifi4",
    "802.11ac": "wifi5",
    "802.11ax": "wifi6",
    "802.11be": "wifi7",
}


def _of_school(heard: list[HeardNetwork], most: int) -> Iterator[tuple[str, object]]:
    """Give what every room together shows of the radio: the weakest of it."""
    if not heard:
        return
    yield "wifi_present", True
    yield "bande_5ghz", any(one.band == "5" for one in heard)
    yield "ssid_visibles", str(most)
    known = {one.standard for one in heard}
    if known <= _STANDARDS.keys():
        yield "generation_wifi", min(_STANDARDS[one] for one in known)
    kinds = {one.security for one in heard}
    if "open" in kinds:
        yield "chiffrement_wifi", "ouvert"
    elif kinds & {"WEP", "WPA"}:
        yield "chiffrement_wifi", "wep_wpa"
    elif all(one.endswith("-Enterprise") for one in kinds):
        yield "chiffrement_wifi", "entreprise"


def _of_equipment(
    session: AuditSession, kept: tuple[ReadAgain, ...]
) -> Iterator[_Offer]:
    devices = merged(device for one in kept for device in one.read.devices)
    files = sum(bool(one.read.devices) for one in kept)
    source = f"dans {counted(files, 'fichier')}"
    root = session.facts.root
    points = [one for one in devices if one.kind is DeviceKind.ACCESS_POINT]
    printers = [one for one in devices if one.kind is DeviceKind.PRINTER]
    if points:
        why = f"{counted(len(points), 'borne')} {source}"
        value = str(len(points))
        yield _Offer(root, "nb_bornes", value, ProposalSource.IMPORT, INVENTORIES, why)
    if printers:
        seen = counted(len(printers), "imprimante")
        why = f"{seen} en réseau {source} : vérifiez qu'une au moins numérise"
        value = "copieur_reseau"
        yield _Offer(root, "impression", value, ProposalSource.IMPORT, INVENTORIES, why)
    for family, several in _families(devices).items():
        place, lot = _lot_of(session, family)
        offered = ProposalSource.IMPORT
        for asked, choice, why in _of_lot(family, several, source):
            yield _Offer(place, asked, choice, offered, INVENTORIES, why, lot)


def listed_by_stock(
    session: AuditSession, kept: Iterable[ReadAgain]
) -> dict[str, tuple[ListedDevice, ...]]:
    """Return devices by what counts them: the lot, `nb_bornes` or `impression`.

    Those of a lot that the audit does not have are left out.
    """
    devices = merged(device for one in kept for device in one.read.devices)
    found: dict[str, tuple[ListedDevice, ...]] = {}
    for kind, question in _COUNTED_BY.items():
        found[question] = tuple(one for one in devices if one.kind is kind)
    for family, several in _families(devices).items():
        place, made = _lot_of(session, family)
        if not made:
            found[place] = (*found.get(place, ()), *several)
    return found


_COUNTED_BY = {DeviceKind.ACCESS_POINT: "nb_bornes", DeviceKind.PRINTER: "impression"}
"""Question of the school that counts devices of a kind."""


@dataclass(frozen=True, slots=True)
class _Family:
    """Computers that make one lot: of one shape, one system, one room."""

    shape: str
    """Choice of `type_lot`; empty when nothing shows it."""
    system: str
    """Choice of `lot_systeme`; empty when nothing shows it."""
    room: str = ""

    @property
    def name(self) -> str:
        """Return the name of the lot: « Portables, Windows 11 (Salle info) »."""
        words = _SHAPE_WORDS[self.shape]
        system = _SYSTEM_WORDS.get(self.system, "")
        where = f" ({self.room})" if self.room else ""
        return ", ".join(filter(None, (words, system))) + where


_SHAPE_WORDS = {
    "portables": "Portables",
    "postes_fixes": "Ordinateurs fixes",
    "tablettes": "Tablettes",
    "": "Ordinateurs",
}
_SYSTEM_WORDS = {
    "windows_11": "Windows 11",
    "windows_10": "Windows 10",
    "windows_ancien": "Windows ancien",
    "linux": "Linux",
}
_MOBILE = frozenset({"classe_mobile_portables", "portables", "postes_maitres"})
_FAMILY_OF = {
    "portables": _MOBILE,
    "tablettes": frozenset({"classe_mobile_tablettes", "tablettes"}),
    "postes_fixes": frozenset({"postes_fixes"}),
}
"""What lots of equipment a shape of computers may be, as the school calls them."""

_MOST_LOTS = 12
"""Above, rooms are not set apart."""


def _families(devices: Iterable[ListedDevice]) -> dict[_Family, list[ListedDevice]]:
    own = [
        one for one in devices if one.kind in {DeviceKind.COMPUTER, DeviceKind.TABLET}
    ]
    for by_room in (True, False):
        found: dict[_Family, list[ListedDevice]] = defaultdict(list)
        for one in own:
            room = one.room.split(">")[-1].strip() if by_room else ""
            found[_Family(_shape(one), _system(one.system), room)].append(one)
        if len(found) <= _MOST_LOTS:
            break
    return found


_LAPTOP = re.compile(r"laptop|notebook|portable|netbook|convertible|detachable")
_DESKTOP = re.compile(r"desktop|tower|mini pc|all in one|space|fixe|sff")


def _shape(device: ListedDevice) -> str:
    if device.kind is DeviceKind.TABLET:
        return "tablettes"
    folded = fold(device.shape)
    if _LAPTOP.search(folded):
        return "portables"
    return "postes_fixes" if _DESKTOP.search(folded) else ""


_SYSTEMS = (
    (r"windows 11", "windows_11"),
    (r"windows 10", "windows_10"),
    (r"windows (?:xp|vista|7|8)", "windows_ancien"),
    (r"linux|ubuntu|debian|fedora|mint|primtux|suse", "linux"),
)


def _system(name: str) -> str:
    folded = fold(name)
    return next((choice for stem, choice in _SYSTEMS if re.search(stem, folded)), "")


def _lot_of(session: AuditSession, family: _Family) -> tuple[str, str]:
    """Return the lot that is surely that one, or the id and name of one to make."""
    lots = session.facts.places_of(PlaceKind.LOT)
    named = [one for one in lots if fold(one.name) == fold(family.name)]
    alike = named or [one for one in lots if _is_alike(session, one, family)]
    if len(alike) == 1:
        return alike[0].id, ""
    made = f"{ORIGIN}/{fold(family.name)}"
    return str(uuid5(UUID(session.audit.id), made)), family.name[:120]


def _is_alike(session: AuditSession, lot: Place, family: _Family) -> bool:
    kind = session.facts.answer(lot.id, "type_lot")
    system = session.facts.answer(lot.id, "lot_systeme")
    fits = kind is not None and kind.value in _FAMILY_OF.get(family.shape, frozenset())
    return fits and (system is None or system.value == family.system)


_LITTLE = 3.5
"""Gigabytes under which a computer has less than four."""


def _of_lot(
    family: _Family, several: list[ListedDevice], source: str
) -> Iterator[tuple[str, object, str]]:
    count = f"{counted(len(several), 'appareil')} {source}"
    yield "lot_nombre", str(len(several)), count
    if family.shape:
        why = "d'après leur forme : précisez s'ils sont aux élèves ou aux maîtres"
        yield "type_lot", family.shape, why
    if family.system:
        names = ", ".join(sorted({one.system for one in several if one.system}))
        yield (
            "lot_systeme",
            family.system,
            names + _SYSTEM_DOUBTS.get(family.system, ""),
        )
    memories = [one.memory_gb for one in several if one.memory_gb]
    if memories and min(memories) < _LITTLE:
        least = number(_written(min(memories)))
        yield "lot_puissance", "faible", f"le plus petit a {least}\u00a0Go de mémoire"


_SYSTEM_DOUBTS = {
    "windows_10": " : vérifiez si les correctifs sont payés",
    "linux": " : vérifiez qu'il est encore corrigé",
}
