"""Files of other tools and our own measures: read, kept, what they offer proposed.

A file is kept as it came, beside the photos, with its hash: sensitive, never printed,
purged with its campaign. It only makes proposals. Of a measure on site, it is known who
allowed it, and against which server.
"""

import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple
from uuid import UUID, uuid5

from diag.audit.photos import FREE_BYTES
from diag.audit.proposals import ORIGIN, ReadAgain, offers_of, proposal_id, propose
from diag.audit.session import AuditSession
from diag.imports.evidence import (
    UnknownToolError,
    evidence_of_run,
    read_evidence,
    read_run,
)
from diag.imports.evidence.consoles import ConsoleTable, open_table, read_console
from diag.imports.evidence.reading import MAX_BYTES, EvidenceRead, EvidenceRefusedError
from diag.imports.source import read_file
from diag.journal import changes
from diag.journal.attachments import AttachmentStore
from diag.journal.journal import get_setting, put_setting
from diag.journal.records import evidence_of, proposals_of
from diag.journal.revision import NewRevision
from diag.model.audit import EvidenceFile
from diag.model.enums import PlaceKind
from diag.model.errors import DiagError
from diag.model.measure import (
    FORMAT,
    HEARD,
    MEASURES,
    SAID_OFF,
    Authorisation,
    Measurement,
    MeasureRun,
    MeasureScope,
    MeasureStatus,
    run_bytes,
)
from diag.model.text import clean_line, file_words
from diag.probes.radio import (
    HIDDEN,
    names_of,
    read_room,
    room_words,
    without_addresses,
)
from diag.words.dates import written_day
from diag.words.sentences import counted, listed, measure, uncapitalised, with_detail
from diag.words.vocabulary import MEASURED

_MIME = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class EvidenceContext:
    """What a file does not hold of itself."""

    place: str = ""
    """Id or name of the room where all was measured; empty: the school at large."""
    ssids: tuple[str, ...] = ()
    """Names of Wi-Fi networks that are the school's."""
    columns: Mapping[str, str] | None = None
    """Column of a table → what it holds."""
    rooms: Mapping[Path, str] = field(default_factory=dict)
    """Where a file of its own room was measured."""


@dataclass(frozen=True, slots=True)
class EvidenceTaken:
    """What came of several files."""

    read: tuple[ReadAgain, ...]
    """Those of now, the ones that were kept already among them."""
    refused: tuple[str, ...]
    """A French sentence for each file that is none."""
    offered: int
    """Proposals that are new."""
    waiting: int
    """Proposals that all files make together."""
    unasked: str = ""
    """French sentence: what was measured that no question of the audit asks."""

    @property
    def words(self) -> str:
        """How many proposals are new: « 3 nouvelles réponses proposées »."""
        one, many = "nouvelle réponse proposée", "nouvelles réponses proposées"
        return counted(self.offered, one, many)


class MissingColumnsError(DiagError):
    """A table whose columns nobody has named yet."""

    def __init__(self, table: ConsoleTable) -> None:
        guess = ", ".join(f"{name}={what}" for name, what in table.guessed.items())
        super().__init__(
            f"C'est un tableau : dites ce que tiennent ses colonnes "
            f"({', '.join(table.columns)}). Proposé : {guess or 'rien de sûr'}."
        )
        self.table = table
        """Its columns, and what each probably holds."""


class MissingRoomError(DiagError):
    """A file of Wi-Fi whose room, or whose own networks, are to be named first."""

    def __init__(
        self, sentence: str, files: tuple[Path, ...] = (), names: tuple[str, ...] = ()
    ) -> None:
        super().__init__(sentence)
        self.files = files
        """Those whose room is missing."""
        self.names = names
        """The networks that were heard; empty when a room is what is missing."""


def load_evidence(path: Path) -> bytes:
    """Return the bytes of a file, no more than are ever read.

    Raises:
        DiagError: it cannot be read.
    """
    return read_file(path, MAX_BYTES)


def import_evidence(
    session: AuditSession, paths: Iterable[Path], context: EvidenceContext
) -> EvidenceTaken:
    """Read and keep files, and propose what all kept files offer; one commit.

    One that is refused does not stop the others.

    Raises:
        DiagError: unknown room, nothing could be written.
        MissingRoomError: Wi-Fi heard nobody knows where, or none of it the school's.
        MissingColumnsError: a table whose columns are new.
    """
    taken: list[tuple[ReadAgain, bytes]] = []
    refused: list[str] = []
    roomless: list[Path] = []
    default = _room(session, context.place)
    rooms = {path: _room(session, named) for path, named in context.rooms.items()}
    for path in paths:
        try:
            raw = load_evidence(path)
        except DiagError as error:  # which names the file
            refused.append(str(error))
            continue
        try:
            room = rooms.get(path, default)
            one = _read(session, file_words(path.name), raw, context, room)
        except MissingColumnsError:
            raise
        except DiagError as error:
            refused.append(f"{file_words(path.name)} : {error}")
            continue
        taken.append((one, raw))
        if one.read.networks and not one.file.place:
            roomless.append(path)
    _check_radio(session, [one.read for one, _ in taken], roomless, context)
    return _keep(session, taken, refused)


def keep_run(
    session: AuditSession, run: MeasureRun, ssids: Iterable[str] = ()
) -> EvidenceTaken:
    """Keep what this computer measured, and propose what all files offer; one commit.

    Of the Wi-Fi that is not the school's no name is kept, of nobody's an address.
    `ssids`: networks that somebody just named as the school's.

    Raises:
        DiagError: unknown room, nothing could be written.
        MissingRoomError: networks were heard, and nobody named the school's.
    """
    context = EvidenceContext(run.place, tuple(ssids))
    room = _room(session, context.place)
    ours = {*context.ssids, *ssids_of(session)}
    if names_of(run.heard):
        _check_radio(session, [evidence_of_run(run)], (), context)
        heard = without_addresses(run.heard, ours)
    else:  # its system hides them: nothing is known of the school's
        heard = ()
    raw = run_bytes(run.model_copy(update={"heard": heard}))
    name = f"mesures-{run.started_at:%Y-%m-%d-%Hh%M}.json"
    taken = [(_read(session, name, raw, context, room), raw)]
    day = run.started_at.date().isoformat()
    return _keep(
        session,
        taken,
        [],
        beside=[
            changes.visited(
                session.audit.id,
                visit.model_copy(update={"measuring": run.authorisation}),
            )
            for visit in session.visits
            if visit.date == day and run.authorisation not in {None, visit.measuring}
        ],
    )


def keep_unheard(session: AuditSession, run: MeasureRun) -> EvidenceTaken:
    """Keep a run but its Wi-Fi, where nobody names the school's networks.

    Raises:
        DiagError: as for `keep_run`.
    """
    others = [one for one in run.measurements if one.key not in {HEARD, SAID_OFF}]
    rest = {"heard": (), "measurements": tuple(others)}
    return keep_run(session, run.model_copy(update=rest))


def _room(session: AuditSession, named: str) -> str:
    """Return the id of a room, from an id or a name; empty for none.

    Raises:
        DiagError: it is unknown, or no room.
    """
    if not named:
        return ""
    place = session.find_place(named)
    if place.kind is not PlaceKind.SALLE:
        raise DiagError(f"{place.name} n'est pas une salle. Donnez le nom d'une salle.")
    return place.id


def _read(
    session: AuditSession, name: str, raw: bytes, context: EvidenceContext, room: str
) -> ReadAgain:
    """Read one file; return what is kept of it.

    Raises:
        EvidenceRefusedError: it is none.
        MissingColumnsError: as for `import_evidence`.
    """
    columns = context.columns or {}
    if not columns and (table := table_in(raw)):
        columns = _remembered(session).get(table.mark, {})  # as they were once named
        if not columns:
            raise MissingColumnsError(table)
    read = read_kept(raw, columns)
    keys = {one.key for one in read.figures}
    scopes = {MEASURES[key].scope for key in keys & MEASURES.keys()}
    where = room if read.networks or MeasureScope.ROOM in scopes else ""
    digest = sha256(raw).hexdigest()
    file = EvidenceFile(
        id=str(uuid5(UUID(session.audit.id), f"{ORIGIN}/{digest}/{where}")),
        files=(digest,),
        name=clean_line(name)[:120],
        tool=read.tool[:60],
        mime=_MIME,
        size=len(raw),
        place=where,
        ssids=tuple(dict.fromkeys(map(clean_line, context.ssids))),
        columns=dict(columns),
        people=read.people,
        on=session.workspace.world.today().isoformat(),
    )
    return ReadAgain(file, read)


def read_kept(raw: bytes, columns: Mapping[str, str]) -> EvidenceRead:
    """Read a file, as a table where its columns are known.

    Raises:
        EvidenceRefusedError: it cannot be evidence.
    """
    return read_console(raw, columns) if columns else read_evidence(raw)


_COLUMNS = "evidence-columns"
_MOST_REMEMBERED = 50


def table_in(raw: bytes) -> ConsoleTable | None:
    """Return the table that a file is; None when it is of a tool that is known.

    Raises:
        EvidenceRefusedError: neither.
    """
    try:
        read_evidence(raw)
    except UnknownToolError:
        return open_table(raw)
    except EvidenceRefusedError:
        return None
    return None


def _remembered(session: AuditSession) -> dict[str, dict[str, str]]:
    found = get_setting(session.workspace.journal, _COLUMNS)
    return found if isinstance(found, dict) else {}


def remember_columns(
    session: AuditSession, table: ConsoleTable, columns: Mapping[str, str]
) -> None:
    """Keep what the columns of a table hold, for the next one with the same columns."""
    known = {**_remembered(session), table.mark: dict(columns)}
    kept = dict([*known.items()][-_MOST_REMEMBERED:])
    put_setting(session.workspace.journal, _COLUMNS, kept)


def _check_radio(
    session: AuditSession,
    read: Iterable[EvidenceRead],
    roomless: Sequence[Path],
    context: EvidenceContext,
) -> None:
    """Refuse Wi-Fi heard nobody knows where, then none of which is the school's."""
    if roomless:
        names = ", ".join(file_words(path.name) for path in roomless)
        raise MissingRoomError(
            f"Un relevé Wi-Fi est celui d'une salle : dites laquelle ({names}).",
            files=tuple(roomless),
        )
    networks = [one for each in read for one in each.networks]
    heard = names_of(networks)
    if networks and not {*context.ssids, *ssids_of(session)}:
        named = ", ".join(f"« {one} »" for one in heard) or "aucun nom"
        raise MissingRoomError(
            f"Quels réseaux sont ceux de l'école ? Entendus : {named}. Rien n'est "
            "gardé avant.",
            names=heard,
        )


def ssids_of(session: AuditSession) -> tuple[str, ...]:
    """Return the networks that somebody named as the school's."""
    kept = evidence_of(session.workspace.journal, session.audit.id)
    return tuple(dict.fromkeys(name for one in kept for name in one.ssids))


def _keep(
    session: AuditSession,
    taken: list[tuple[ReadAgain, bytes]],
    refused: list[str],
    *,
    beside: Iterable[NewRevision] = (),
) -> EvidenceTaken:
    """Keep what is new of the files taken, and propose what all files offer."""
    audit, folder = session.audit.id, session.workspace.folder
    before = kept_evidence(session)
    known = {one.file.id for one in before}
    new = {one.file.id: (one, raw) for one, raw in taken if one.file.id not in known}
    free = shutil.disk_usage(folder).free
    if new and free < FREE_BYTES:
        raise DiagError(
            f"Il ne reste que {free // 2**20} Mo sur le disque : rien n'a été gardé, "
            f"pour laisser de la place aux réponses. Libérez {FREE_BYTES // 2**20} Mo."
        )
    store = AttachmentStore(folder)
    for _, raw in new.values():
        store.put(raw, _MIME)
    added = [one for one, _ in new.values()]
    offers = offers_of(session, (*before, *added))
    offered_ids = {one.id for one in offers}
    drafts = (
        *(changes.gathered(audit, one.file) for one in added),
        *(  # what files proposed, and propose no more
            changes.settled(audit, one.id)
            for one in proposals_of(session.workspace.journal, audit)
            if one.id not in offered_ids
            and one.id == proposal_id(session, ORIGIN, one.place, one.question)
        ),
        *beside,
    )
    offered = propose(session, offers, drafts)
    read = tuple(one for one, _ in taken)
    unasked = _unasked_words(session, read)
    return EvidenceTaken(read, tuple(refused), offered, len(offers), unasked)


def _unasked_words(session: AuditSession, read: Iterable[ReadAgain]) -> str:
    questions = session.checklist.questions.values()
    asked = {one.of for question in questions for one in question.measures}
    keys = {figure.key for one in read for figure in one.read.figures}
    labels = [uncapitalised(key_label(key)) for key in MEASURES if key in keys - asked]
    if not labels:
        return ""
    edition = f"les grilles de l'audit ({session.checklist.version})"
    return f"Mesuré, mais {edition} ne le demandent pas : {listed(labels)}."


def kept_evidence(session: AuditSession) -> tuple[ReadAgain, ...]:
    """Return the files of an audit, read again, but those that are not here yet."""
    store = AttachmentStore(session.workspace.folder)
    found = []
    for file in evidence_of(session.workspace.journal, session.audit.id):
        raw = store.get(file.files[0])
        if raw is None:
            continue
        try:
            found.append(ReadAgain(file, read_kept(raw, file.columns)))
        except EvidenceRefusedError:  # an older reader took it
            continue
    return tuple(found)


def read_words(one: ReadAgain) -> str:
    """Return « x.json : GLPI Agent, 12 appareils », for people."""
    read = one.read
    parts = (
        (len(read.devices), "appareil", "appareils"),
        (len(read.figures), "mesure", "mesures"),
        (len(read.networks), "point Wi-Fi entendu", "points Wi-Fi entendus"),
    )
    counts = [counted(count, *words) for count, *words in parts if count]
    held = ", ".join(counts) or "rien que demande une question"
    return f"{one.file.name} : {read.tool}, {held}"


class MeasureTerms(NamedTuple):
    """Who let the line be filled, and the server that fills it."""

    authorisation: Authorisation | None = None
    mire: str = ""
    """URL of the speed server; empty for none."""


def kept_runs(session: AuditSession) -> Iterator[MeasureRun]:
    """Give the runs of our own that an audit keeps, the last one first."""
    store = AttachmentStore(session.workspace.folder)
    kept = evidence_of(session.workspace.journal, session.audit.id)
    runs = []
    for file in kept:
        raw = store.get(file.files[0])
        if raw is None or FORMAT.encode() not in raw[:200]:
            continue
        try:
            runs.append(read_run(raw))
        except EvidenceRefusedError:
            continue
    yield from sorted(runs, key=lambda one: one.started_at, reverse=True)


def last_terms(session: AuditSession) -> MeasureTerms:
    """Return the terms of the last run that filled the line, else of a visit."""
    for run in kept_runs(session):
        if run.authorisation:
            return MeasureTerms(run.authorisation, run.server)
    noted = [one.measuring for one in session.visits if one.measuring]
    return MeasureTerms(noted[-1] if noted else None)


def allowed_on(session: AuditSession, day: date) -> Authorisation | None:
    """Return who let the line be filled on a day; None: it was not."""
    return next(
        (
            one.authorisation
            for one in kept_runs(session)
            if one.authorisation and one.started_at.date() == day
        ),
        None,
    )


_ASKED = {
    "by": "Qui a signé l'autorisation",
    "role": "Quelle est sa fonction",
    "scope": "Qu'est-ce qu'elle permet",
    "told": "Qui a prévenu la direction",
}
"""What must be written → the question that it answers."""


def terms_from(mire: str, given: Mapping[str, str]) -> tuple[str, Authorisation]:
    """Return the server and the authorisation, once all of it is written.

    Raises:
        DiagError: what is missing, at its field.
    """
    cleaned = {name: clean_line(words)[:200] for name, words in given.items()}
    if not mire.strip():
        raise DiagError(
            "Dites l'adresse de la mire, le serveur de mesure du syndicat.",
            about="mire",
        )
    for name, question in _ASKED.items():
        if not cleaned.get(name):
            raise DiagError(
                f"{question} ? Sans cela, la ligne n'est pas remplie.", about=name
            )
    try:
        date.fromisoformat(cleaned["on"])
    except ValueError as error:
        raise DiagError(
            "Quel jour a-t-elle été signée ? Écrivez 2026-09-02.", about="on"
        ) from error
    return mire.strip(), Authorisation(**cleaned)


SUBJECTS = {
    "wifi": "La salle",
    "internet": "La ligne",
    "services": "Les services",
    "filtrage": "Le filtrage",
    "lan": "Le réseau de l'école",
    "poste": "Cet ordinateur",
}
"""What the keys of a measure begin with → of what it tells, most wanted first."""


def key_label(key: str) -> str:
    """Return what a key measures: « Gigue »; the same by Wi-Fi from a room."""
    of_line = key.replace("wifi.", "internet.", 1)
    return MEASURED.get(key) or MEASURED.get(of_line, key)


def allowed_words(one: Authorisation) -> str:
    """Return « Mme Durand, maire, le 02/09/2026 (débit, le matin) »."""
    who = f"{one.by}, {one.role}, le {written_day(one.on)}"
    return with_detail(who, one.scope)


def measured_label(one: Measurement) -> str:
    """Return what was measured: « Service joignable : ENT (proxy) »."""
    label = key_label(one.key)
    named = one.target if one.key in _NAMED else ""
    way = " (proxy)" if one.method == "proxy" else ""
    return f"{label} : {named}{way}" if named else f"{label}{way}"


_NAMED = {"services.joignable", "filtrage.categorie"}
"""Keys measured of several things, each by its name."""


def measured_value(one: Measurement) -> str:
    """Return what came of it: « 48,27 Mbit/s », « 0 % (au plus 1,33 %) », « oui »."""
    if one.value is None:
        return STATUSES[one.status]
    if isinstance(one.value, bool):
        return "oui" if one.value else "non"
    if isinstance(one.value, str):
        return one.value
    least = "au moins " if one.status is MeasureStatus.PARTIAL else ""
    words = least + _short(one.value, one.unit)
    if one.unit == "%" and "loss_most" in one.stats:
        return f"{words} (au plus {_short(100 * one.stats['loss_most'], '%')})"
    return words


def _short(value: float, unit: str) -> str:
    return measure(f"{value:.2f}".rstrip("0").rstrip("."), unit)


STATUSES = {
    MeasureStatus.OK: "mesuré",
    MeasureStatus.PARTIAL: "partiel",
    MeasureStatus.INCONCLUSIVE: "non concluant",
    MeasureStatus.ABSENT: "sans objet",
}
"""What came of a measure without a value."""


# What was heard in rooms.


class RoomResult(NamedTuple):
    """What one reads of a room, from two metres."""

    figure: str
    """Strength in dBm; empty where there is none."""
    verdict: str
    remarks: tuple[str, ...]


def heard_rooms(session: AuditSession) -> dict[str, RoomResult]:
    """Return the id of each room that was listened to, and its last result."""
    ours, found = ssids_of(session), dict[str, RoomResult]()
    for run in kept_runs(session):
        if any(one.key == HEARD for one in run.measurements):
            found.setdefault(run.place, room_result(run, ours))
    return found


def room_result(run: MeasureRun, ours: Collection[str]) -> RoomResult:
    """Return the result of a room, once the school's own networks are known."""
    by_key = {one.key: one for one in run.measurements}
    heard = by_key.get(HEARD)
    why = heard.why if heard else ""
    scans = int(heard.stats.get("scans", 1)) if heard else 0
    room = read_room(run.heard, ours, scans)
    verdict, *remarks = room_words(room, said_off=SAID_OFF in by_key)
    if heard is None or heard.value is None:
        return RoomResult("", "Non concluant", (why or "Arrêté avant la fin.",))
    if why and heard.value and not names_of(run.heard):  # its system hides them
        return RoomResult("", HIDDEN, (why,))
    if why:
        remarks = [why]
    waited, lost = by_key.get("wifi.latence"), by_key.get("wifi.perte")
    if waited and waited.value is not None and lost and lost.value is not None:
        told = f"{measured_value(waited)}, {measured_value(lost)} de pertes"
        remarks.append(f"Jusqu'à la mire : {told}.")
    best = room.best
    figure = "" if best is None or best.dbm is None else str(best.dbm)
    return RoomResult(figure, verdict, tuple(remarks))
