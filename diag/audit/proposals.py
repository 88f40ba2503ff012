"""Proposals: answers that forms, phones, files and measures offer; one is accepted.

They wait in the journal, so that two laptops lose none. What is accepted becomes an
answer, known as its source knows it, in one commit that one undo takes back.

Every file of another tool that was kept is read again, so that a device listed twice is
counted once and two measures make a median. Nothing is answered: a person accepts, one
by one or by place.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from statistics import median
from uuid import UUID, uuid5

from diag.answers.answer_type import Parsed, Refused
from diag.answers.types import TYPES, answer_words, evidence
from diag.audit.answer import (
    ALWAYS,
    NewAnswer,
    answer_for,
    check_parts,
    ways_of,
    with_implied,
)
from diag.audit.session import AuditSession
from diag.audit.snapshot import known_already
from diag.imports.evidence.inventories import DeviceFamily, families_of, merged
from diag.imports.evidence.radio import figures_of_spot
from diag.imports.evidence.reading import DeviceKind, EvidenceRead, ListedDevice
from diag.journal import changes, subjects
from diag.journal.records import proposals_of
from diag.journal.revision import NewRevision
from diag.model.audit import Answer, EvidenceFile, Place, Proposal
from diag.model.checklist import Measure, Question
from diag.model.enums import UNDER_WAY, PlaceKind, ProposalSource, Provenance, State
from diag.model.errors import DiagError
from diag.model.measure import MEASURES, Confidence, MeasureAggregate, MeasuredFigure
from diag.model.text import fold
from diag.probes import believed_together
from diag.words.dates import written_day
from diag.words.sentences import counted, number

_KNOWN_BY = {
    ProposalSource.FORM: Provenance.DECLARED,
    ProposalSource.PHONE: Provenance.DECLARED,
    ProposalSource.IMPORT: Provenance.IMPORTED,
    ProposalSource.MEASURE: Provenance.MEASURED,
}
"""How what each source offers is known."""


@dataclass(frozen=True, slots=True)
class OfferedAnswer:
    """A proposal as a person reads it before accepting it."""

    offer: Proposal
    question: Question | None
    """None when the checklists no longer ask it: it can only be refused."""
    where: str
    """Name of its place."""
    words: str
    """What it answers."""
    known: str
    """What is known already and how; empty for nothing."""
    doubt: str
    """Why it should be looked at, or why it cannot be accepted; empty as a rule."""

    @property
    def source(self) -> str:
        """Return who wrote it, when, and what it rests on."""
        offer = self.offer
        return ", ".join(filter(None, (offer.by, offer.why, written_day(offer.on))))

    @property
    def label(self) -> str:
        """Return what is asked."""
        return self.question.label if self.question else self.offer.question


LISTS = "lists"
"""What the ids of what official lists offer are made of."""


def proposal_id(session: AuditSession, origin: str, place: str, question: str) -> str:
    """Return the id that every laptop finds for what an origin offers there."""
    return str(uuid5(UUID(session.audit.id), f"{origin}/{place}/{question}"))


def propose(
    session: AuditSession,
    offers: Iterable[Proposal],
    beside: Iterable[NewRevision] = (),
) -> int:
    """Keep proposals in one commit, with what comes beside; return how many are new.

    What was offered before with the same answer is left as it was settled.

    Raises:
        DiagError: when nothing could be written.
    """
    audit, new = session.audit.id, list[NewRevision]()
    for offer in offers:
        wanted = changes.proposed(audit, offer)
        history = session.workspace.journal.history(audit, wanted.subject)
        if not any(
            isinstance(one.value, dict)
            and isinstance(wanted.value, dict)
            and _answered_by(one.value) == _answered_by(wanted.value)
            for one in history
            if not one.undoes
        ):
            new.append(wanted)
    drafts = (*beside, *new)
    if drafts:
        session.record(*drafts)
    return len(new)


def _answered_by(value: dict[str, object]) -> tuple[object, object, object]:
    return value.get("state"), value.get("value"), value.get("why")


def propose_lists(session: AuditSession) -> int:
    """Offer what official lists hold since a person answered otherwise.

    What the answer was given over is not offered, nor what its reason was given for.
    Returns how many are new; none in an audit that nobody visits any more.

    Raises:
        DiagError: when nothing could be written.
    """
    if session.status not in UNDER_WAY:
        return 0
    audit = session.audit.id
    today = session.workspace.world.today().isoformat()
    given = known_already(audit, session.about, session.checklist)
    return propose(
        session,
        (
            Proposal(
                id=proposal_id(session, LISTS, place, ident),
                place=place,
                question=ident,
                value=answer.value,
                source=ProposalSource.IMPORT,
                by=answer.reason,
                on=today,
            )
            for place, ident, answer in given
            if (heads := session.facts.answers.get((place, ident)))
            # A list is not set against an answer of which somebody said why.
            and not any(
                head.reason and head.provenance is not Provenance.IMPORTED
                for head in heads
            )
            and not any(  # nor offered again once it was answered
                isinstance(one.value, dict) and one.value.get("value") == answer.value
                for one in session.workspace.journal.history(
                    audit, subjects.answer(place, ident)
                )
            )
        ),
    )


def waiting(session: AuditSession) -> tuple[OfferedAnswer, ...]:
    """Return what waits for a person, by place then in the order of the checklists.

    What is already answered so, by whoever, waits no more.
    """
    order = {ident: rank for rank, ident in enumerate(session.checklist.questions)}
    places = {ident: rank for rank, ident in enumerate(session.facts.places)}
    offers = sorted(
        proposals_of(session.workspace.journal, session.audit.id),
        key=lambda one: (
            places.get(one.place, len(places)),
            one.lot,
            one.place,
            order.get(one.question, len(order)),
        ),
    )
    stand = {
        key: (heads[0].state, heads[0].value)
        for key, heads in session.facts.answers.items()
        if len(heads) == 1
    }
    return tuple(
        _read(session, one)
        for one in offers
        if stand.get((one.place, one.question)) != (one.state, one.value)
    )


def count_waiting(session: AuditSession) -> int:
    """Return how many wait; none in an audit that nobody visits any more."""
    return len(waiting(session)) if session.status in UNDER_WAY else 0


def waiting_words(count: int) -> str:
    """Return « 3 réponses proposées attendent votre accord »."""
    one, many = "réponse proposée attend", "réponses proposées attendent"
    return f"{counted(count, one, many)} votre accord"


def _read(session: AuditSession, offer: Proposal) -> OfferedAnswer:
    question = session.checklist.questions.get(offer.question)
    place = session.facts.places.get(offer.place)
    where = place.name if place else offer.lot or "lieu retiré"
    if question is None:
        return OfferedAnswer(offer, None, where, "", "", "ne se pose plus ici")
    heads = session.facts.answers.get((offer.place, offer.question), ())
    doubt = ""
    if place is None and not offer.lot:
        doubt = "ce lieu a été retiré"
    elif offer.state is State.KNOWN:
        try:
            doubt = TYPES[question.type].parse(question, offer.value).doubt
        except Refused as refused:
            doubt = refused.problem
    return OfferedAnswer(
        offer=offer,
        question=question,
        where=where,
        words=answer_words(question, Answer(offer.state, offer.value)),
        known=evidence(question, heads),
        doubt=doubt,
    )


def accept(session: AuditSession, idents: Collection[str]) -> int:
    """Answer what proposals offer, in one commit; return how many answers that is.

    What an answer implies, and the lots that it needs, are written with it.

    Raises:
        Refused: one of them cannot be an answer, or stands above its whole.
        DiagError: its question is no longer asked, its place is gone.
    """
    chosen = _named(session, idents)
    drafts: list[NewRevision] = []
    for place, group in groupby(chosen, key=lambda one: one.offer.place):
        drafts += _accepted(session, place, tuple(group))
    audit = session.audit.id
    seen = (changes.settled(audit, one.offer.id) for one in chosen)
    session.record(*drafts, *seen)
    return len(chosen)


def refuse(session: AuditSession, idents: Collection[str]) -> int:
    """Take proposals away, in one commit; return how many. History keeps them."""
    chosen = _named(session, idents)
    audit = session.audit.id
    session.record(*(changes.settled(audit, one.offer.id) for one in chosen))
    return len(chosen)


def _named(session: AuditSession, idents: Collection[str]) -> tuple[OfferedAnswer, ...]:
    chosen = tuple(one for one in waiting(session) if one.offer.id in {*idents})
    if not chosen:
        raise DiagError("Cette proposition n'attend plus : quelqu'un l'a déjà vue.")
    return chosen


def _accepted(
    session: AuditSession, place: str, offers: tuple[OfferedAnswer, ...]
) -> Iterator[NewRevision]:
    """Yield the lot that answers need, then the answers and what they imply.

    Raises:
        DiagError: when one of them cannot be written.
    """
    audit, facts = session.audit.id, session.facts
    if place not in facts.places:
        one = offers[0]
        if not one.offer.lot:
            raise DiagError(
                f"{one.label} : ce lieu a été retiré. Écartez la proposition."
            )
        yield changes.placed(
            audit,
            Place(
                id=one.offer.place,
                kind=PlaceKind.LOT,
                parent=session.facts.root,
                name=one.offer.lot,
            ),
        )
    given: dict[str, Answer] = {}
    for one in offers:
        question, offer = one.question, one.offer
        if question is None:
            raise DiagError(
                f"{offer.question} ne se pose plus ici. Écartez la proposition."
            )
        value = None
        if offer.state is State.KNOWN:
            value = Parsed(TYPES[question.type].parse(question, offer.value).value)
        how = _KNOWN_BY[offer.source]
        allowed = how in {*question.provenance, *ALWAYS}
        entry = NewAnswer(
            question.id,
            value,
            state=offer.state,
            provenance=how if allowed else ways_of(question)[0],
            reason=one.source,
        )
        given[question.id] = answer_for(question, entry)
    check_parts(session, place, given)
    for ident, answer in with_implied(session.checklist, facts, place, given).items():
        yield changes.answered(audit, place, ident, answer)


# What files of other tools offer: devices and measures, all together.

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
    for family, several in families_of(devices).items():
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
    for family, several in families_of(devices).items():
        place, made = _lot_of(session, family)
        if not made:
            found[place] = (*found.get(place, ()), *several)
    return found


_COUNTED_BY = {DeviceKind.ACCESS_POINT: "nb_bornes", DeviceKind.PRINTER: "impression"}
"""Question of the school that counts devices of a kind."""


_MOBILE = frozenset({"classe_mobile_portables", "portables", "postes_maitres"})
_FAMILY_OF = {
    "portables": _MOBILE,
    "tablettes": frozenset({"classe_mobile_tablettes", "tablettes"}),
    "postes_fixes": frozenset({"postes_fixes"}),
}
"""What lots of equipment a shape of computers may be, as the school calls them."""


def _lot_of(session: AuditSession, family: DeviceFamily) -> tuple[str, str]:
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
    family: DeviceFamily, several: list[ListedDevice], source: str
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
