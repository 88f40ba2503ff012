"""The hub, whatever carries its requests: what a device can ask, what audits hold.

Requests come over the wire, or as a bundle on a stick, read as its writer's push: what
its device may write is taken, the rest is refused line by line.
"""

import json
from base64 import b64decode
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Final, NamedTuple

from diag.journal import subjects
from diag.journal.bundles import audits_among
from diag.journal.exchange import WEEK, find_differing, find_part, find_root, sum_parts
from diag.journal.facts import Claim, claims_in, conflicts_of
from diag.journal.journal import AuditSum, Journal
from diag.journal.revision import now
from diag.journal.seals import Card, Signer
from diag.journal.signatures import WrittenSince, signature_of
from diag.model.text import clean_line
from diag.sync.bundle import LIMITS, BundleError, Fault
from diag.sync.bundle.read import read_bundle, stage, verify
from diag.sync.hub.door import Caller, Door
from diag.sync.hub.files import ERASURES, BlobFiles, ErasureLog, replay
from diag.sync.hub.intake import Push
from diag.sync.hub.store import Store
from diag.sync.hub.tables import EVERYWHERE, AuditLife, Heard, Token
from diag.sync.keys import DeviceKeys
from diag.sync.protocol import (
    ENVELOPES,
    FILES,
    NEWEST,
    OPAQUE,
    REQUIRED,
    RIGHTS,
    SEALS,
    VERSION,
    FilePart,
    FilesAnswer,
    FilesHead,
    FilesQuestion,
    GivenAnswer,
    Hello,
    HubLimits,
    LogPage,
    Piece,
    ProblemError,
    PulledPage,
    PullQuestion,
    Pushed,
    SyncAnswer,
    SyncQuestion,
    TreeAnswer,
    TreeQuestion,
    Unproven,
    write_rows,
)
from diag.sync.transfer import give_pieces

_UNPROVEN_LINES = 10_000
"""Lines of an answer about who gave what."""

UNREAD_LINES = 256
"""Lines of a page of what the hub cannot read: each may be of the longest."""

MOST_LINES: Final = 60_000
"""Lines read for one showing of the page, about two seconds; the rest waits."""

_ANY = 2**62
_MINUTE = 60_000
_DAY = 24 * 3600 * 1000

_APP = version("diag")
"""What runs, read once: each reading parses a file, a millisecond a request."""


def _mark(value: object) -> str:
    """Return what shows whether an answer is the one that is known."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return sha256(text.encode("utf-8")).hexdigest()[:32]


class Hub:
    """What a device can ask, once it was let in."""

    def __init__(
        self,
        store: Store,
        blobs: Path,
        *,
        name: str,
        limits: HubLimits | None = None,
        key: str = "",
        clock: Callable[[], int] = now,
        erasures: ErasureLog | None = None,
        signer: Signer | None = None,
        vouched: tuple[Card, ...] = (),
    ) -> None:
        self.signer = signer
        self.vouched = vouched
        """By which each former key of the hub vouches for the one after it."""
        self.store = store
        self.erasures = erasures or ErasureLog(blobs.parent / ERASURES)
        self.files = BlobFiles(blobs)
        self.name = name
        self.limits = limits or HubLimits()
        self.key = key
        self.clock = clock
        self.door = Door(store, clock)
        self.reader = Reader(store)
        self._heard: dict[int, Heard] = {}
        """What devices said since the start: it is written when it changes."""
        self._recounted = -1
        """Day of the last time."""

    def hello(self) -> Hello:
        """Describe the hub, to anyone."""
        features = [OPAQUE, ENVELOPES, FILES]
        features += [SEALS] if self.signer else []
        features += [REQUIRED] if self.store.required_at else []
        return Hello(
            hub=self.store.hub,
            name=self.name,
            oldest=VERSION,
            newest=NEWEST,
            time=self.clock(),
            app=_APP,
            limits=self.limits,
            key=self.key,
            features=tuple(features),
            unread=self.store.holds_unread(),
        )

    def manifest(self, caller: Caller, territory: str = "") -> tuple[AuditSum, ...]:
        """Return the sums of the caller's audits, or of one territory of them.

        Raises:
            ProblemError: `scope`.
        """
        if territory and not caller.scopes & {EVERYWHERE, territory}:
            raise ProblemError("scope", f"Territoire « {territory} ».")
        return self.store.manifest({territory} if territory else caller.scopes)

    def people(self, caller: Caller) -> dict[str, str]:
        """Return the names of who wrote in the caller's territory, by label."""
        return self.store.people(caller.scopes)

    def cards(self, caller: Caller) -> tuple[Card, ...]:
        """Return whose the keys are of who wrote in the caller's territory, signed."""
        if self.signer is None:
            return ()
        known, near = self.store.people(caller.scopes), list[Card]()
        for device in self.store.devices():
            is_near = device.author in known or device.id == caller.device
            if not (device.sign_key and device.author and is_near):
                continue
            # Its role is what it may in each of its territories; one where it may more
            # is marked. Who reads the role alone believes no more than is true.
            rights = device.rights()
            role = min(rights.values(), key=RIGHTS.index, default=device.right)
            card = Card(
                key=device.sign_key,
                author=device.author,
                role=role,
                territories=tuple(
                    name if right == role else f"{name}={right}"
                    for name, right in rights.items()
                ),
                since=device.enrolled_at,
                revoked=device.revoked_at,
            )
            near.append(card._replace(sig=self.signer.sign(card.content())))
        return (*self.vouched, *near)

    def unproven(self, caller: Caller, after: int) -> Unproven:
        """Return which lines their author did not give, and who did."""
        rows = self.store.unproven(caller.scopes, after, _UNPROVEN_LINES)
        last = rows[-1][0] if rows else after
        lines = tuple((key.hex(), sender) for _, key, sender in rows)
        return Unproven(after=last, lines=lines, more=len(rows) == _UNPROVEN_LINES)

    def page(self, caller: Caller, audit: str, after: int, limit: int = 0) -> LogPage:
        """Return a part of an audit's log, of so many lines at most; 0: a page.

        Raises:
            ProblemError: `unknown-audit`, or `scope`.
        """
        most = self.limits.push_lines
        most = min(limit or most, most)
        found = self.store.lines(audit, after, most, self.limits.page_bytes)
        if found is None:
            raise ProblemError("unknown-audit", f"Audit {audit}.")
        row, lines = found
        if not row.location.is_in(caller.scopes):
            raise ProblemError("scope", f"Audit {audit}.")
        return LogPage(lines, after + len(lines), row.sum)

    def unread_sums(self, caller: Caller) -> tuple[AuditSum, ...]:
        """Return the sums of what it cannot read of the caller's audits."""
        return self.store.unread_sums(caller.scopes)

    def unread_page(self, caller: Caller, audit: str, after: int) -> LogPage:
        """Return a part of what it cannot read of an audit.

        Raises:
            ProblemError: `unknown-audit`, or `scope`.
        """
        found = self.store.unread_lines(audit, after, UNREAD_LINES)
        if found is None:
            raise ProblemError("unknown-audit", f"Audit {audit}.")
        row, lines, total = found
        if not row.location.is_in(caller.scopes):
            raise ProblemError("scope", f"Audit {audit}.")
        return LogPage(lines, after + len(lines), AuditSum(audit, total, ""))

    def push(self, caller: Caller, lines: Sequence[bytes]) -> Pushed:
        """Take lines in, each judged alone.

        Raises:
            ProblemError: `right` for a device that may only read, `too-large`.
        """
        caller.need_writing()
        if len(lines) > self.limits.push_lines:
            detail = f"{len(lines)} lignes, {self.limits.push_lines} admises."
            raise ProblemError("too-large", detail)
        scopes, record = caller.writable, self.erasures.add
        devices = self.store.devices()
        author = next((one.author for one in devices if one.id == caller.device), "")
        push = Push(
            caller.device,
            scopes,
            self.clock(),
            author=author,
            devices=devices,
            required=bool(self.store.required_at),
            signer=self.signer,
            record=record,
        )
        pushed = push.take(self.store, lines)
        for sha in push.unnamed:
            self.files.drop(sha.hex())
        if push.created:
            self.replay_erasures(push.created)
        return pushed

    def sync(
        self, caller: Caller, question: SyncQuestion, lines: Sequence[bytes]
    ) -> SyncAnswer:
        """Take lines in, then answer what is new: all that an idle sync needs.

        A device that may only read is answered all the same.

        Raises:
            ProblemError: `too-large`.
        """
        day = self.clock() // _DAY
        if day != self._recounted:  # a seventh of all audits: disks change bits
            self._recounted = day
            self.store.recount(day, WEEK)
            self.store.drop_activity(self.clock())
        pushed, barred = Pushed(received=0, new=0, sums={}), ""
        if lines:
            try:
                pushed = self.push(caller, lines)
            except ProblemError as problem:
                if problem.kind != "right":
                    raise
                barred = str(problem)
        gap = round((question.time - self.clock()) / _MINUTE) if question.time else 0
        said = Heard(clean_line(question.app), question.pending, 60 * gap)
        self._hear(caller, said)
        held = self.store.holdings(caller.scopes)
        rows = {audit: row for audit, (row, _) in held.items()}
        news = {audit: row for audit, (row, at) in held.items() if at > question.tick}
        people, cards = self.people(caller), self.cards(caller)
        listed = tuple(card._asdict() for card in cards)
        marks = _mark(people), _mark(listed)
        return SyncAnswer(
            hello=self.hello(),
            pushed=pushed,
            barred=barred,
            tick=max((at for _, at in held.values()), default=0),
            root=find_root(rows),
            rows=write_rows(news),
            people=marks[0],
            people_changed=people if question.people != marks[0] else None,
            cards=marks[1],
            cards_changed=listed if question.cards != marks[1] else None,
            unproven=self.unproven(caller, question.unproven),
            files=self.files.stamp,
        )

    def _hear(self, caller: Caller, said: Heard) -> None:
        """Remember what a device declares of itself, if it is something else."""
        if said.app and self._heard.get(caller.device) != said:
            self._heard[caller.device] = said
            self.store.hear(caller.device, said)

    def tree(self, caller: Caller, question: TreeQuestion) -> TreeAnswer:
        """Return the rows of the parts whose sums are not those of the caller.

        Raises:
            ProblemError: `bad-request`.
        """
        held = self.store.holdings(caller.scopes)
        rows = {audit: row for audit, (row, _) in held.items()}
        try:
            theirs = b64decode(question.sums, validate=True)
        except ValueError as error:
            raise ProblemError("bad-request", "Sommes illisibles.") from error
        ours = sum_parts(rows, question.bits)
        if len(theirs) != len(ours):
            raise ProblemError("bad-request", "Sommes trop courtes, ou trop longues.")
        parts = find_differing(ours, theirs)
        found = {
            audit: row
            for audit, row in rows.items()
            if find_part(audit, question.bits) in parts
        }
        root, listed = find_root(rows), tuple(sorted(parts))
        return TreeAnswer(root=root, parts=listed, rows=write_rows(found))

    def pull(self, caller: Caller, question: PullQuestion) -> PulledPage:
        """Return lines of several audits, those of the caller's territory."""
        return self.store.pull(caller.scopes, question.wants, question.room)

    def give(self, caller: Caller, lines: Sequence[bytes]) -> GivenAnswer:
        """Take lines in; return what is held of their audits that the caller reads.

        Raises:
            ProblemError: `right` for a device that may only read, `too-large`.
        """
        pushed = self.push(caller, lines)
        said = self._heard.get(caller.device, Heard())
        if 0 < said.pending <= len(lines):  # else the next lines tell
            self._hear(caller, said._replace(pending=0))
        elif said.pending:
            left = said._replace(pending=said.pending - len(lines))
            self._heard[caller.device] = left
        rows = self.store.some_holdings(pushed.sums, caller.scopes)
        return GivenAnswer(pushed=pushed, rows=write_rows(rows))

    def replay_erasures(self, audits: Collection[str] | None = None) -> int:
        """Carry out what an older copy of the database had lost; return how many."""
        at, drop = self.clock(), self.files.drop
        return replay(self.store, self.erasures, at, drop, audits)

    def sweep(self) -> int:
        """Remove attachments that no revision names any more; return how many."""

        def named(shas: Collection[str]) -> set[str]:
            keys = {bytes.fromhex(sha) for sha in shas}
            return {sha.hex() for sha in self.store.find_named(keys, {EVERYWHERE})}

        self.files.renew_stamp()
        return self.files.sweep(named)

    def missing(self, caller: Caller, shas: Sequence[str]) -> dict[str, int]:
        """Return which attachments are wanted, and how many bytes are here of each.

        Raises:
            ProblemError: `too-large`.
        """
        if len(shas) > self.limits.shas:
            detail = f"{len(shas)} fichiers, {self.limits.shas} admis."
            raise ProblemError("too-large", detail)
        keys = {bytes.fromhex(sha) for sha in shas}
        named = self.store.find_named(keys, caller.writable)
        held = {sha.hex(): self.files.held(sha.hex()) for sha in named}
        return {sha: size for sha, size in held.items() if size is not None}

    def put_piece(
        self, caller: Caller, sha: str, start: int, piece: bytes, total: int
    ) -> int:
        """Take a part of an attachment that a revision names.

        Raises:
            ProblemError: `right`, `not-found`, `too-large`, `offset` or `hash`.
        """
        caller.need_writing()
        if total > self.limits.blob_bytes:
            detail = f"{total} octets, {self.limits.blob_bytes} admis."
            raise ProblemError("too-large", detail)
        if len(piece) > self.limits.piece_bytes:
            detail = f"Morceau de {len(piece)} octets, {self.limits.piece_bytes} admis."
            raise ProblemError("too-large", detail)
        if not piece or start + len(piece) > total:
            raise ProblemError("bad-request", "Le morceau dépasse la taille annoncée.")
        self._check_named(caller.writable, sha)
        return self.files.put(sha, start, piece, total)

    def piece(self, caller: Caller, sha: str, start: int, size: int) -> Piece:
        """Return a part of an attachment that a revision names.

        Raises:
            ProblemError: `not-found`.
        """
        self._check_named(caller.scopes, sha)
        found = self.files.read(sha, start, min(size, self.limits.piece_bytes))
        if found is None:
            raise ProblemError("not-found", "Le serveur n'a pas encore ce fichier.")
        return Piece(*found)

    def give_files(self, caller: Caller, question: FilesQuestion) -> FilesAnswer:
        """Return what follows in several attachments, as much as there is room for."""
        named = self.store.find_named(
            {bytes.fromhex(want.sha) for want in question.wants}, caller.scopes
        )
        parts, contents, absent, room = [], [], [], question.bytes
        for want in question.wants:
            found = None
            if bytes.fromhex(want.sha) in named:
                found = self.files.read(want.sha, want.start, room)
            if found is None:
                absent.append(want.sha)
                continue
            content, total = found
            parts.append(FilePart(sha=want.sha, start=want.start, total=total))
            contents.append(content)
            room -= len(content)
            if not room:
                break
        head = FilesHead(
            parts=tuple(parts), sizes=tuple(map(len, contents)), absent=tuple(absent)
        )
        return FilesAnswer(head, contents)

    def _check_named(self, scopes: Collection[str], sha: str) -> None:
        """Refuse alike what is elsewhere and what is nowhere."""
        if not self.store.find_named({bytes.fromhex(sha)}, scopes):
            raise ProblemError("not-found", "Aucun audit de ce poste ne le nomme.")


# What audits hold.


class AuditReading(NamedTuple):
    """What the lines of an audit hold."""

    since: WrittenSince | None = None
    """What unseals it; None while all that was signed is as it was signed."""
    conflicts: int = 0
    """How many things people said apart and nobody settled."""
    claims: tuple[Claim, ...] = ()
    """Who is on it, until when."""


class Reader:
    """Reads audits, each once for as long as nothing comes to it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, tuple[tuple[int, int], AuditReading]] = {}

    def read(self, lives: Iterable[AuditLife]) -> dict[str, AuditReading]:
        """Return what was read, the last touched first; what is too much is left out.

        Another call goes on from there.
        """
        found: dict[str, AuditReading] = {}
        waiting: list[AuditLife] = []
        for one in lives:
            mark, reading = self._known.get(one.audit, (None, AuditReading()))
            if mark == (one.lines, one.last_at):
                found[one.audit] = reading
            else:
                waiting.append(one)
        if not waiting:
            return found
        room = MOST_LINES
        with Journal.in_memory() as journal:
            for one in sorted(waiting, key=lambda each: -each.last_at):
                page = self._store.lines(one.audit, 0, _ANY, _ANY)
                with journal.holding(page[1] if page else ()):
                    about = audits_among(journal, {one.audit}).get(one.audit)
                    signature = signature_of(journal, one.audit)
                    reading = AuditReading(
                        signature.since if signature else None,
                        len(conflicts_of(journal, about)) if about else 0,
                        claims_in(journal.current(one.audit, subjects.CLAIM)),
                    )
                self._known[one.audit] = ((one.lines, one.last_at), reading)
                found[one.audit] = reading
                room -= one.lines
                if room < 0:
                    break
        return found


# A bundle brought on a stick.

_SENTENCES = {
    Fault.NOT_FOR_US: (
        "ce paquet n'est pas chiffré pour ce serveur, ou son début est abîmé. Qui l'a "
        "écrit doit nommer le serveur après --to ; « diag hub key » en donne la clé."
    ),
    Fault.UNKNOWN_SIGNER: (
        "ce paquet vient d'un poste qui n'est pas inscrit ici, ou qui est révoqué "
        "(diag hub devices). Inscrivez-le : diag hub enrol."
    ),
}


class Delivered(NamedTuple):
    """What a bundle brought to the hub."""

    person: str
    """Owner of the device that wrote it."""
    created: int
    """When, by its clock."""
    received: int
    """Revisions that it holds."""
    new: int
    """Revisions that were not here."""
    attachments: int
    """Attachments that were not here."""
    refused: dict[str, int]
    """Why lines or attachments were refused → how many."""


@dataclass(slots=True)
class _Relay:
    """Gives the hub, as a device's, what is read in order: lines, then attachments."""

    hub: Hub
    caller: Caller
    new: int = 0
    """Revisions that were new there."""
    sent: int = 0
    """Attachments that went whole."""
    refused: list[str] = field(default_factory=list)
    """Why each line or attachment was refused, in French."""
    _batch: list[bytes] = field(default_factory=list)

    def header(self, header: object) -> None:
        """Do nothing: the hub needs no announcement."""

    def line(self, line: bytes) -> None:
        """Push a revision, with others."""
        self._batch.append(line)
        if len(self._batch) >= self.hub.limits.push_lines:
            self.lines_done()

    def lines_done(self) -> None:
        """Push what is left."""
        pushed = self.hub.push(self.caller, self._batch)
        self.new += pushed.new
        self.refused += [line.problem for line in pushed.rejected]
        self._batch = []

    def blob(self, sha: str, content: bytes) -> None:
        """Give an attachment, if it is wanted."""
        start = self.hub.missing(self.caller, [sha]).get(sha)
        if start is None:
            return
        put = partial(self.hub.put_piece, self.caller, sha)
        try:
            give_pieces(put, content, start, limits=self.hub.limits)
        except ProblemError as problem:
            self.refused.append(problem.title)
        else:
            self.sent += 1


def deliver(hub: Hub, keys: DeviceKeys, folder: Path, source: Path) -> Delivered:
    """Read a bundle into a hub; `folder` is where it is copied meanwhile.

    Raises:
        BundleError: when it is not for this hub, nor from a device that was let in
            and is not revoked, or is damaged: nothing came in.
        ProblemError: when its device may only read.
    """
    # Whatever a revoked device signs is refused: an older hub let its key in again.
    known = sorted(hub.store.devices(), key=lambda device: bool(device.revoked_at))
    signers = {device.sign_key: device for device in known if device.sign_key}
    devices = {key: one for key, one in signers.items() if not one.revoked_at}
    try:
        with stage(folder, source, LIMITS, devices) as copy:
            header = verify(copy.path, keys.age, devices)
            device = devices[header.signer]
            # It showed no token: its signature was found right.
            caller = Caller.of(device, Token(b"", device.id, 0, b""))
            relay = _Relay(hub, caller)
            read_bundle(copy.path, keys.age, relay)
    except BundleError as error:  # an administrator does something else
        if error.fault in _SENTENCES:
            error.sentence = f"{_SENTENCES[error.fault]} Rien n'a été lu."
        raise
    return Delivered(
        person=device.person,
        created=header.created,
        received=header.revisions,
        new=relay.new,
        attachments=relay.sent,
        refused=dict(Counter(relay.refused)),
    )
