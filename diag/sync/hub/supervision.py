"""What a supervisor sees of the office's work, as the hub has it: shown, never judged.

The hub reads the few lines that show how far each audit is; no answer is among them.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path
from shutil import disk_usage
from typing import Any, NamedTuple

from diag.journal import subjects
from diag.journal.revision import Revision
from diag.model.enums import AuditStatus
from diag.sync.exchange import CLOCK_DOUBT
from diag.sync.hub.copies import LastCopy
from diag.sync.hub.hub import Hub
from diag.sync.hub.reading import AuditReading
from diag.sync.hub.rows import EVERYWHERE, AuditLife, Device, Heard
from diag.sync.hub.store import Store
from diag.words.dates import day_words, gap_words, time_words
from diag.words.sentences import counted, person_words

DAY = 24 * 3600 * 1000
WEEK = 7 * DAY

SILENT = 30 * DAY
"""Milliseconds after which a device that does not call is named."""

ROOM = 2**30
"""Free bytes under which a disk is reported as almost full."""

COPY_AGE = 2 * 3600 * 1000
"""Milliseconds after which the last copy is old: there is one each hour."""


class SeenDevice(NamedTuple):
    """A device, as it is shown."""

    number: int
    person: str
    name: str
    territories: tuple[str, ...]
    right: str
    enrolled_at: int
    seen_at: int
    """0: it has not called since."""
    state: str
    """`open`, `silent`, `revoked` or `cloned`."""
    app: str
    """Version of its diag, at its last call; empty when it did not say."""
    pending: int
    """Lines that waited there, after those that it gave then."""
    gap: int
    """Seconds by which its clock was ahead, to the minute."""


class SeenAudit(NamedTuple):
    """An audit, as far as its life goes."""

    audit: str
    kind: str
    code: str
    insee: str
    department: str
    status: str
    """A status, or `contested` where two stand."""
    since: int
    """When the hub received that; 0: nobody did."""
    author: str
    """Whose it is, by name as far as it is known."""
    lines: int
    recent: int
    """Lines received in the last seven days."""
    last_at: int
    unsealed: int
    """Lines written since it was accepted or closed; -1: how many is not known."""
    unsealed_by: tuple[str, ...]
    unsealed_at: int
    """When the first was; 0: not known, or none was."""
    conflicts: int
    """What people said apart and nobody settled."""
    people: tuple["SeenPerson", ...]
    """Who said they are on it, and are still."""


class SeenPerson(NamedTuple):
    """Somebody on an audit."""

    name: str
    until: int


class SeenAsk(NamedTuple):
    """An erasure that waits for another person."""

    audit: str
    code: str
    author: str
    asked_at: int


class HubView(NamedTuple):
    """All of it, in the territory of who looks."""

    hub: str
    at: int
    devices: tuple[SeenDevice, ...]
    audits: tuple[SeenAudit, ...]
    asks: tuple[SeenAsk, ...]
    free: int
    """Free bytes of the hub's disk."""
    revisions: int
    copied_at: int
    """When the last copy was made and checked; 0: none was."""
    unread: int
    """Audits whose lines were not read yet: neither conflicts nor what unseals them."""
    names: frozenset[str]
    """Of the people that are known here: the others go by their labels."""

    def person(self, name: str) -> str:
        """Return a person's name, or that nobody here knows whose the label is."""
        return name if name in self.names else person_words(name, {})

    @property
    def by_status(self) -> dict[str, int]:
        """Return how many audits are where."""
        return dict(Counter(one.status for one in self.audits))

    @property
    def waiting(self) -> tuple[SeenAudit, ...]:
        """Return the audits that wait for a review, the first submitted first."""
        found = [one for one in self.audits if one.status == AuditStatus.SOUMIS]
        return tuple(sorted(found, key=lambda one: one.since))

    @property
    def unsealed(self) -> tuple[SeenAudit, ...]:
        """Return the audits written in since they were signed, oldest first."""
        found = [one for one in self.audits if one.unsealed]
        return tuple(sorted(found, key=lambda one: one.unsealed_at))

    @property
    def contested(self) -> tuple[SeenAudit, ...]:
        """Return the audits that hold conflicts, those that hold most first."""
        found = [one for one in self.audits if one.conflicts]
        return tuple(sorted(found, key=lambda one: -one.conflicts))

    @property
    def alerts(self) -> tuple[str, ...]:
        """Return what calls for somebody, in French."""
        return tuple(self._alerts())

    def _alerts(self) -> Iterator[str]:
        for one in self.devices:
            who = f"{one.person or '(effacé)'}, {one.name} (n° {one.number})"
            if one.state == "cloned":
                yield f"Deux copies de ce poste ont appelé : {who}."
            elif one.state == "silent":
                last = day_words(one.seen_at or one.enrolled_at)
                yield f"Ce poste n'a pas appelé depuis le {last} : {who}."
            elif one.state == "open" and abs(one.gap) > CLOCK_DOUBT // 1_000:
                way = "avance" if one.gap > 0 else "retarde"
                gap = gap_words(abs(one.gap) // 60)
                yield f"L'horloge de ce poste {way} de {gap} : {who}."
        if not self.copied_at:
            yield "Aucune copie du serveur n'a été faite."
        elif self.at - self.copied_at > COPY_AGE:
            when = time_words(self.copied_at)
            yield f"La dernière copie du serveur est du {when}."
        if self.free < ROOM:
            yield f"Le disque du serveur n'a plus que {self.free // 2**20} Mo."
        if self.unsealed:
            many = counted(len(self.unsealed), "audit")
            yield f"{many} : écrit depuis la signature, à accepter de nouveau."
        contested = [one for one in self.audits if one.status == CONTESTED]
        if contested:
            many = counted(len(contested), "audit")
            yield f"{many} : deux états contraires, à trancher sur un poste."

    def fields(self) -> dict[str, Any]:
        """Return all of it for a program."""
        fields = self._asdict()
        del fields["names"]
        return {
            **fields,
            "devices": [one._asdict() for one in self.devices],
            "audits": [
                {**one._asdict(), "people": [who._asdict() for who in one.people]}
                for one in self.audits
            ],
            "asks": [one._asdict() for one in self.asks],
            "by_status": self.by_status,
            "alerts": self.alerts,
        }


CONTESTED = "contested"
"""The state of an audit to which two people gave two."""


def look(hub: Hub, folder: Path, scopes: Collection[str]) -> HubView:
    """Return what a hub has in these territories; `folder`: where it lives."""
    store, at = hub.store, hub.clock()
    devices = (one for one in store.devices() if one.person and one.author)
    names = {one.author: one.person for one in devices}
    lives, telling = store.lives(scopes, at - WEEK), store.telling(scopes)
    last, read = LastCopy.read(folder), hub.reader.read(lives)
    return HubView(
        hub=hub.name,
        at=at,
        devices=tuple(_devices(store, scopes, at)),
        audits=tuple(
            _row_of(
                one,
                telling.get(one.audit, []),
                read.get(one.audit, AuditReading()),
                names,
                at,
            )
            for one in lives
        ),
        asks=tuple(
            ask
            for one in lives
            for ask in _asks(one, telling.get(one.audit, []), names)
        ),
        free=disk_usage(folder).free,
        revisions=sum(one.lines for one in lives),
        copied_at=last.at if last else 0,
        unread=len(lives) - len(read),
        names=frozenset(names.values()),
    )


_Telling = Collection[tuple[Revision, int]]


def _row_of(
    life: AuditLife,
    telling: _Telling,
    read: AuditReading,
    names: dict[str, str],
    at: int,
) -> SeenAudit:
    status, since, author = status_of(telling)
    changed = read.since
    return SeenAudit(
        audit=life.audit,
        kind=life.kind,
        code=life.code,
        insee=life.insee,
        department=life.department,
        status=status,
        since=since,
        author=names.get(author, author),
        lines=life.lines,
        recent=life.recent,
        last_at=life.last_at,
        unsealed=(changed.lines or -1) if changed else 0,
        unsealed_by=tuple(names.get(one, one) for one in changed.authors)
        if changed
        else (),
        unsealed_at=changed.at if changed else 0,
        conflicts=read.conflicts,
        people=tuple(
            SeenPerson(names.get(one.author, one.author), one.until)
            for one in read.claims
            if one.until > at
        ),
    )


def _devices(store: Store, scopes: Collection[str], at: int) -> Iterator[SeenDevice]:
    cloned, known, heard = store.cloned(), store.people(scopes), store.heard()
    for one in store.devices():
        if EVERYWHERE in scopes or _is_near(one, scopes) or one.author in known:
            yield SeenDevice(
                number=one.id,
                person=one.person,
                name=one.name,
                territories=one.territories,
                right=one.right,
                enrolled_at=one.enrolled_at,
                seen_at=one.seen_at,
                state=_state_of(one, cloned, at),
                **heard.get(one.id, Heard())._asdict(),
            )


def _is_near(device: Device, scopes: Collection[str]) -> bool:
    return bool(device.scopes() & {*scopes, EVERYWHERE})


def _state_of(device: Device, cloned: Collection[int], at: int) -> str:
    if device.id in cloned:
        return "cloned"
    if device.revoked_at:
        return "revoked"
    last = max(device.seen_at, device.enrolled_at)
    return "silent" if at - last > SILENT else "open"


def status_of(telling: _Telling) -> tuple[str, int, str]:
    """Return where an audit stands, since when, and who reported it."""
    lines = [(rev, at) for rev, at in telling if rev.subject == subjects.STATUS]
    named = {parent for rev, _ in lines for parent in rev.parents}
    heads = [(rev, at) for rev, at in lines if rev.id not in named]
    if not heads:
        return AuditStatus.EN_COURS, 0, ""
    values = [rev.value for rev, _ in heads]
    states = {str(one.get("status")) for one in values if isinstance(one, dict)}
    last, at = max(heads, key=lambda each: each[1])
    status = states.pop() if len(states) == 1 else CONTESTED
    return status, at, last.author


def _asks(
    life: AuditLife, telling: _Telling, names: dict[str, str]
) -> Iterator[SeenAsk]:
    """Give the erasures asked for in an audit that nobody did nor stopped."""
    done = {rev.erases for rev, _ in telling if rev.erases}
    stops = [rev.value for rev, _ in telling if rev.subject.startswith(subjects.STOPS)]
    stopped = {str(one.get("ask")) for one in stops if isinstance(one, dict)}
    for rev, at in telling:
        head, _, target = rev.subject.partition("/")
        if head == subjects.ASKS and target not in done and rev.id not in stopped:
            who = names.get(rev.author, rev.author)
            yield SeenAsk(life.audit, life.code, who, at)
