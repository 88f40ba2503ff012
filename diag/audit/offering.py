"""What files of other tools offer as answers: devices and measures, all together.

Every file that was kept is read again, so that a device listed twice is counted once
and two measures make a median. Nothing is answered: a person accepts, one by one or by
place.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from statistics import median
from uuid import UUID, uuid5

from diag.answers.answer_type import Refused
from diag.answers.types import TYPES
from diag.audit.proposals import proposal_id
from diag.audit.session import AuditSession
from diag.imports.evidence.inventories import merged
from diag.imports.evidence.radio import figures_of_spot
from diag.imports.evidence.reading import DeviceKind, EvidenceRead, ListedDevice
from diag.model.audit import EvidenceFile, Proposal
from diag.model.checklist import Measure, Question
from diag.model.enums import PlaceKind, ProposalSource, State
from diag.model.measure import MEASURES, Confidence, MeasureAggregate, MeasuredFigure
from diag.model.text import fold
from diag.words.sentences import counted, number

ORIGIN = "evidence"
"""What the ids of these proposals are made of."""

INVENTORIES = "Inventaires lus"
"""Who offers the equipment."""

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
    every, offers = tuple(kept), list[Proposal]()
    for one in (*_of_measures(session, every), *_of_equipment(session, every)):
        question = session.checklist.questions.get(one.question)
        if question is None:
            continue
        try:
            value = TYPES[question.type].parse(question, one.value).value
        except Refused:
            continue
        offers.append(
            Proposal(
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
        )
    return offers


@dataclass(frozen=True, slots=True)
class _Taken:
    """One figure, with its file."""

    one: ReadAgain
    figure: MeasuredFigure


def _of_measures(
    session: AuditSession, kept: tuple[ReadAgain, ...]
) -> Iterator[_Offer]:
    """Give what measures answer, by the questions that name them."""
    taken: dict[str, list[_Taken]] = defaultdict(list)
    ours = {name for one in kept for name in one.file.ssids}
    for one in kept:
        figures = [*one.read.figures]
        # What a scan shows of the school's own networks, where it is of a room.
        is_heard = one.read.networks and one.read.is_telling
        if is_heard and one.file.place in session.facts.places:
            figures += figures_of_spot([
                each for each in one.read.networks if each.ssid in ours
            ])
        for figure in figures:
            known = MEASURES.get(figure.key)
            if known and known.takes(figure.value):
                taken[figure.key].append(_Taken(one, figure))
    for question in session.checklist.questions.values():
        measure = next((one for one in question.measures if one.of in taken), None)
        if measure is None:
            continue
        for place, several in _by_place(session, question, taken[measure.of]).items():
            value = _together([each.figure.value for each in several], measure)
            if not isinstance(value, bool | str):
                value = _stepped(value, measure, question)
            yield _Offer(
                place,
                question.id,
                value,
                ProposalSource.MEASURE,
                ", ".join(dict.fromkeys(each.one.read.tool for each in several))[:120],
                _figure_words([each.figure for each in several], measure),
                days=tuple(each.one.read.on for each in several if each.one.read.on),
            )


def _by_place(
    session: AuditSession, question: Question, taken: list[_Taken]
) -> dict[str, list[_Taken]]:
    """Return figures by the place they answer at; those of a lost room answer none."""
    if question.place is not PlaceKind.SALLE:
        return {session.facts.root: taken}
    found: dict[str, list[_Taken]] = defaultdict(list)
    for each in taken:
        if each.one.file.place in session.facts.places:
            found[each.one.file.place].append(each)
    return found


def _together(values: list[float | str], measure: Measure) -> float | str:
    """Return what several measures of a key make; words go from the worst."""
    words = MEASURES[measure.of].words
    if measure.aggregate is MeasureAggregate.MEDIAN:
        return median(value for value in values if not isinstance(value, str))
    choose = min if measure.aggregate is MeasureAggregate.LEAST else max
    if words:
        return choose(map(str, values), key=words.index)
    return choose(value for value in values if not isinstance(value, str))


def _stepped(value: float, measure: Measure, question: Question) -> str:
    """Return a figure at the step of its question, halves away from zero."""
    usual = "1" if TYPES[question.type].is_whole else "0.01"
    step = Decimal(usual if measure.round is None else str(measure.round))
    found = (Decimal(str(value)) / step).to_integral_value(ROUND_HALF_UP) * step
    return f"{found.normalize():f}"


_SPREAD = 0.2
"""Share between two measures of one line from which one of them is to be doubted."""

_SEVERAL = {
    MeasureAggregate.MEDIAN: "médiane de {} mesures",
    MeasureAggregate.LEAST: "la plus faible de {} mesures",
    MeasureAggregate.MOST: "la plus forte de {} mesures",
}


CLOSE = 0.10
"""Spread between measures under which they agree."""
ENOUGH = 3
MOMENT = timedelta(minutes=20)
"""Between two measures of two moments of a visit (métier)."""


def believed_together(
    figures: Sequence[MeasuredFigure],
) -> tuple[Confidence, tuple[str, ...]]:
    """Return how far the median of several measures of one thing may be believed.

    High asks for three by wire against the syndicat's own server, at two moments,
    that agree; one doubt about any of them makes the whole low.
    """
    reasons = tuple(dict.fromkeys(why for one in figures for why in one.reasons))
    if reasons or any(one.confidence is Confidence.LOW for one in figures):
        return Confidence.LOW, reasons
    moments = sorted(one.at for one in figures if one.at)
    is_high = (
        len(figures) >= ENOUGH
        and all(one.is_controlled for one in figures)
        and len(moments) == len(figures)
        and moments[-1] - moments[0] >= MOMENT
        and spread_of([one.value for one in figures if not isinstance(one.value, str)])
        < CLOSE
    )
    return (Confidence.HIGH if is_high else Confidence.MEDIUM), ()


def spread_of(values: Sequence[float]) -> float:
    """Return the width of values over their median; 0 for one, or for zeros."""
    middle = median(values) if values else 0
    return (max(values) - min(values)) / middle if middle else 0.0


def _figure_words(figures: list[MeasuredFigure], measure: Measure) -> str:
    """Return « médiane de 3 mesures, confiance faible (écart de 30 % …) »."""
    reasons = dict.fromkeys(reason for one in figures for reason in one.reasons)
    level = max((one.confidence for one in figures), key=list(Confidence).index)
    if not reasons:
        level, _ = believed_together(figures)
    if measure.aggregate is MeasureAggregate.MEDIAN:
        values = [float(one.value) for one in figures]
        spread = (max(values) - min(values)) / max(values) if max(values) > 0 else 0
        if spread > _SPREAD:
            reasons[f"écart de {round(100 * spread)}\u00a0% entre les mesures"] = None
            level = Confidence.LOW
    count = len(figures)
    several = _SEVERAL[measure.aggregate].format(count) if count > 1 else ""
    why = f" ({' ; '.join(reasons)})" if reasons else ""
    return ", ".join(filter(None, (several, f"confiance {level}{why}")))


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
            folded = fold(one.system)
            known = (choice for stem, choice in _SYSTEMS if re.search(stem, folded))
            seen = fold(one.shape)
            shapes = (choice for stem, choice in _SHAPES if re.search(stem, seen))
            shape = "tablettes" if one.kind is DeviceKind.TABLET else next(shapes, "")
            found[_Family(shape, next(known, ""), room)].append(one)
        if len(found) <= _MOST_LOTS:
            break
    return found


_SHAPES = (
    (r"laptop|notebook|portable|netbook|convertible|detachable", "portables"),
    (r"desktop|tower|mini pc|all in one|space|fixe|sff", "postes_fixes"),
)
_SYSTEMS = (
    (r"windows 11", "windows_11"),
    (r"windows 10", "windows_10"),
    (r"windows (?:xp|vista|7|8)", "windows_ancien"),
    (r"linux|ubuntu|debian|fedora|mint|primtux|suse", "linux"),
)


def _lot_of(session: AuditSession, family: _Family) -> tuple[str, str]:
    """Return the lot that is surely that one, or the id and name of one to make."""
    lots = session.facts.places_of(PlaceKind.LOT)
    named = [one for one in lots if fold(one.name) == fold(family.name)]
    alike = named
    for lot in lots if not named else ():
        kind = session.facts.answer(lot.id, "type_lot")
        system = session.facts.answer(lot.id, "lot_systeme")
        is_of_kind = kind and kind.value in _FAMILY_OF.get(family.shape, frozenset())
        if is_of_kind and (system is None or system.value == family.system):
            alike.append(lot)
    if len(alike) == 1:
        return alike[0].id, ""
    made = f"{ORIGIN}/{fold(family.name)}"
    return str(uuid5(UUID(session.audit.id), made)), family.name[:120]


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
        least = number(f"{min(memories):.2f}".rstrip("0").rstrip("."))
        yield "lot_puissance", "faible", f"le plus petit a {least}\u00a0Go de mémoire"


_SYSTEM_DOUBTS = {
    "windows_10": " : vérifiez si les correctifs sont payés",
    "linux": " : vérifiez qu'il est encore corrigé",
}
