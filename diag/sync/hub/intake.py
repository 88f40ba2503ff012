"""What enters a hub: the same door as a laptop's, then order, sums and erasures.

Engine-neutral. A bad line is refused alone; the same lines twice change nothing. A seal
of a key that was revoked before it came, and an erasure that its ask does not allow,
are always refused. Once seals are required, so is what its author does not send and no
seal of theirs covers, and what the right of its author does not reach.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import chain
from typing import Any, Final, NamedTuple

from diag.journal import subjects
from diag.journal.asks import (
    SHORT_DELAY,
    TAKES_TWO,
    Asker,
    Confirmation,
    find_flaw,
    term_of,
)
from diag.journal.errors import RefusedError
from diag.journal.facts import read_audit
from diag.journal.ingest import mark_of, without_value
from diag.journal.revision import (
    MAX_LAM_JUMP,
    Json,
    Revision,
    Unread,
    compose,
    files_in,
    fresh_nonce,
    parse,
    read,
    skeleton_of,
    unread,
    without_unread_value,
)
from diag.journal.seals import MOST, UNPROVEN, Seal, Signer, seal_value, sealed_by
from diag.journal.subjects import PhotoTopic
from diag.model.audit import Audit
from diag.model.enums import AuditStatus, PlaceKind
from diag.sync.hub.store import Store
from diag.sync.hub.tables import EVERYWHERE, AuditRow, Device, Location, LogRow
from diag.sync.hub.writing import Writing
from diag.sync.protocol import RIGHTS, Pushed, RefusedLine
from diag.words.dates import day_of

_DAY = 24 * 3600 * 1000
_ADMIN, _REVIEW = RIGHTS.index("admin"), RIGHTS.index("review")

WAITED: Final = 90 * _DAY
"""Milliseconds after the first seal from which seals may be required of all."""

_Numbered = list[tuple[int, Revision]]
_Mixed = Sequence[tuple[int, Revision | Unread]]
_ByAudit = dict[str, list[tuple[int, Revision | Unread]]]

_ORPHAN = "squelette sans l'effacement qui le nomme"


@dataclass(slots=True)
class Push:
    """One push: its lines, and what became of them."""

    device: int
    scopes: Collection[str]
    at: int
    """When it arrived, by the hub's clock."""
    author: str = ""
    """Label of who sends; empty when it is not known."""
    devices: Sequence[Device] = ()
    """Those that were let in: whose a key is, what a label may."""
    required: bool = False
    """Whether only what is proven enters."""
    trusted: bool = False
    """Whether the hub took it in before: what it lost is not judged again."""
    signer: Signer | None = None
    """Seals what an audit held before there were seals."""
    record: Callable[[Iterable[bytes]], None] = lambda _lines: None
    """Keeps the erasures outside the database, before they are committed."""
    refused: list[RefusedLine] = field(default_factory=list)
    new: int = 0
    rows: dict[str, AuditRow] = field(default_factory=dict)
    created: set[str] = field(default_factory=set)
    """Audits that were unknown here."""
    unnamed: set[bytes] = field(default_factory=set)
    """Attachments that nothing names any more: their bytes may go."""

    def take(self, store: Store, lines: Sequence[bytes]) -> Pushed:
        """Take the lines in, in one transaction."""
        by_audit: _ByAudit = {}
        for number, line in enumerate(lines, 1):
            one: Revision | Unread | None
            try:
                one = parse(line)
            except RefusedError as error:
                one = unread(line)
                if one is None:
                    self._refuse(number, line, "bad-revision", str(error))
                    continue
            by_audit.setdefault(one.audit, []).append((number, one))
        if by_audit:
            with store.writing() as writing:
                self._admit(writing, by_audit)
                for audit in sorted(self.rows):
                    row, numbered, before = self.rows[audit], by_audit[audit], self.new
                    self._take_audit(writing, row, _read_here(numbered))
                    self._take_unread(writing, row, numbered)
                    if self.new > before:
                        writing.save(row)
        return Pushed(
            received=len(lines),
            new=self.new,
            sums={
                row.id: (row.revisions, f"{row.digest:064x}")
                for row in self.rows.values()
            },
            rejected=tuple(sorted(self.refused, key=lambda line: line.line)),
        )

    def _refuse(self, number: int, line: bytes, kind: str, problem: str) -> None:
        name = sha256(line).hexdigest()
        refusal = RefusedLine(line=number, id=name, kind=kind, problem=problem)
        self.refused.append(refusal)

    def _admit(self, writing: Writing, by_audit: _ByAudit) -> None:
        """Keep the audits of the device's territory, new ones created."""
        rows = writing.lock(by_audit)
        abouts = {
            audit: _find_about(audit, (one for _, one in _read_here(numbered)))
            for audit, numbered in by_audit.items()
            if audit not in rows
        }
        subjects = [about.subject for about in abouts.values() if about]
        places = writing.locate(subjects)
        for subject in subjects:
            if subject.kind is PlaceKind.SYNDICAT:  # a territory by itself
                places[subject] = Location(str(PlaceKind.SYNDICAT))
            elif EVERYWHERE in self.scopes:
                places.setdefault(subject, Location())
        for audit, numbered in sorted(by_audit.items()):
            row, about = rows.get(audit), abouts.get(audit)
            location = places.get(about.subject) if about else None
            if about and location and location.is_in(self.scopes):
                self.created.add(audit)
                row = writing.add_audit(audit, about.subject, location)
                writing.mark_old_sealed(row)
            if row and row.location.is_in(self.scopes):
                self.rows[audit] = row
                continue
            named = str(about.subject) if about and not row else f"l'audit {audit}"
            kind, problem = "scope", f"{named} n'est pas dans le territoire de ce poste"
            if not row and not location:
                kind = "unknown-audit"
                problem = (
                    f"{named} n'est pas dans l'annuaire du serveur : son "
                    "administrateur doit y lire la liste officielle (diag hub "
                    "directory)"
                    if about
                    else f"{named} est inconnu, et rien ne dit de quelle école"
                )
            for number, one in numbered:
                self._refuse(number, one.line, kind, problem)

    def _take_audit(self, writing: Writing, row: AuditRow, numbered: _Numbered) -> None:
        numbered = self._without_refused(writing, row, numbered)
        fresh = {bytes.fromhex(rev.erases) for _, rev in numbered if rev.erases}
        keys = {revision.key for _, revision in numbered}
        mark = bytes.fromhex(mark_of(row.id))
        named = fresh | writing.find_erased(row, {*keys, mark})
        if mark in named:  # the audit is retired: nothing of it is kept any more
            named |= keys
        kept: list[Revision] = []
        for number, rev in numbered:
            is_named = rev.key in named and rev.op != "erase"
            if rev.erased and not is_named:
                self._refuse(number, rev.line, "bad-revision", _ORPHAN)
            else:
                kept.append(without_value(rev) if is_named else rev)
        known = writing.find_known(row, keys)
        new = {rev.key: rev for rev in kept if rev.key not in known}
        if not new:
            return
        if self.signer and not writing.is_old_sealed(row):
            self._seal_old(writing, row, self.signer)
        self._append(writing, row, list(new.values()))
        self.new += len(new)
        if self.author:  # a seal proves itself
            foreign = [
                rev.key
                for rev in new.values()
                if rev.author != self.author and not is_seal(rev)
            ]
            writing.add_unproven(row, foreign, self.author)
        self._erase(writing, row, list(new.values()))
        writing.log(self.at, self.device, row.id, len(new))

    def _take_unread(self, writing: Writing, row: AuditRow, numbered: _Mixed) -> None:
        """Keep lines of a newer version, less what is erased of them."""
        newer = [(at, one) for at, one in numbered if isinstance(one, Unread)]
        if not newer:
            return
        mark = bytes.fromhex(mark_of(row.id))
        erased = writing.find_erased(row, {mark, *(one.key for _, one in newer)})
        kept = []
        for number, one in newer:
            is_named = mark in erased or one.key in erased
            if one.erased and not is_named:
                self._refuse(number, one.line, "bad-revision", _ORPHAN)
            else:
                kept.append(without_unread_value(one) if is_named else one)
        if not kept:
            return
        new = writing.append_unread(row, kept, self.device, self.at)
        pairs = [(one.key, bytes.fromhex(sha)) for one in new for sha in one.files]
        writing.refer(row, pairs)
        writing.log(self.at, self.device, row.id, len(new))
        self.new += len(new)

    def _without_refused(
        self, writing: Writing, row: AuditRow, numbered: _Numbered
    ) -> _Numbered:
        """Refuse leaps of the order, and what its author may not write or prove."""
        greatest, near = row.lam + MAX_LAM_JUMP, list[tuple[int, Revision]]()
        for number, rev in numbered:
            if rev.lam <= greatest:
                near.append((number, rev))
            else:
                problem = f"numéro d'ordre {rev.lam} trop grand, {greatest} au plus"
                self._refuse(number, rev.line, "bad-revision", problem)
        if self.trusted:
            return near
        gate = _Warrant(writing, row, self.author, self.at, self.devices, self.required)
        refused = gate.refuse([rev for _, rev in near])
        for number, rev in near:
            if rev.key in refused:
                self._refuse(number, rev.line, *refused[rev.key])
        return [(number, rev) for number, rev in near if rev.key not in refused]

    def _append(self, writing: Writing, row: AuditRow, new: Sequence[Revision]) -> None:
        rows = [
            LogRow(row.revisions + at, rev.key, rev.line, rev.erased)
            for at, rev in enumerate(new, 1)
        ]
        writing.append(row, rows, self.device, self.at)
        for revision in new:
            row.digest ^= int.from_bytes(revision.key)
            row.lam = max(row.lam, revision.lam)
        row.revisions += len(new)
        writing.add_authors(row, {revision.author for revision in new})
        pairs = [(rev.key, sha) for rev in new for sha in _attachments_of(rev)]
        if pairs:
            writing.refer(row, pairs)

    def _seal_old(self, writing: Writing, row: AuditRow, signer: Signer) -> None:
        """Seal what an audit holds, so that nothing enters later as old.

        An audit that is not begun gets none: an older version would call it begun.
        """
        writing.mark_old_sealed(row)
        held = [read(line.decode()) for _, line in writing.bodies(row)]
        keys = [revision.key for revision in held if not is_seal(revision)]
        if not any(map(begins, held)):
            return
        parents: tuple[str, ...] = ()
        for start in range(0, len(keys), MOST):
            value = seal_value(signer, row.id, parents, keys[start : start + MOST])
            fields: dict[str, Json] = {
                "at": self.at,
                "audit": row.id,
                "author": "hub",
                "device": "hub",
                "lam": row.lam + 1,
                "op": "set",
                "parents": [*parents],
                "subject": subjects.HUB_SEAL,
                "value": value,
            }
            written = compose(fields, fresh_nonce())
            self._append(writing, row, [written])
            parents = (written.id,)

    def _erase(self, writing: Writing, row: AuditRow, new: Sequence[Revision]) -> None:
        pairs = [
            (bytes.fromhex(target), revision.key)
            for revision in new
            if (target := revision.erases)
        ]
        if not pairs:
            return
        self.record(revision.line for revision in new if revision.erases)
        writing.name_erased(row, pairs)
        targets = {target for target, _ in pairs}
        retires = bytes.fromhex(mark_of(row.id)) in targets
        found = writing.all_whole(row) if retires else writing.whole(row, targets)
        whole = {key: read(line.decode("utf-8")) for key, line in found.items()}
        skeletons = {
            key: skeleton_of(revision)
            for key, revision in whole.items()
            if revision.op != "erase"
        }
        writing.strip(row, skeletons)
        lines = writing.whole_unread(row, None if retires else targets)
        hollow = [without_unread_value(one) for one in map(unread, lines) if one]
        writing.strip_unread(row, hollow)
        gone = [*skeletons, *(one.key for one in hollow)]
        self.unnamed |= writing.unrefer(row, gone)


def _read_here(numbered: _Mixed) -> _Numbered:
    return [(at, one) for at, one in numbered if isinstance(one, Revision)]


def _attachments_of(revision: Revision) -> list[bytes]:
    """Return the SHA-256 of what a revision names: a photo, a compiled edition.

    Whatever it is about, `files` of its value names others.
    """
    value: Any = revision.value
    if revision.erased or not isinstance(value, dict):
        return []
    files = [*map(bytes.fromhex, files_in(value))]
    if isinstance(subjects.parse(revision.subject), PhotoTopic):
        return files + _sha(value.get("sha"))
    if revision.subject == subjects.EDITION:
        return files + _sha(value.get("digest"))
    return files


def begins(revision: Revision) -> bool:
    """Say whether an audit is begun by a revision: somebody recorded something."""
    if revision.subject in {subjects.SUBJECT, subjects.EDITION, subjects.CLAIM}:
        return False
    value = revision.value
    is_imported = isinstance(value, dict) and value.get("provenance") == "imported"
    return value is not None and not is_imported


def _sha(text: object) -> list[bytes]:
    try:
        sha = bytes.fromhex(str(text))
    except ValueError:
        return []
    return [sha] if len(sha) == sha256().digest_size else []


def is_seal(revision: Revision) -> bool:
    """Whether a revision proves others, and records nothing itself."""
    return revision.subject.startswith(f"{subjects.SEALS}/")


class CutOver(NamedTuple):
    """Whether seals may be required: who would be shut out, and until when to wait."""

    behind: tuple[Device, ...]
    """Those that have sealed nothing yet."""
    since: int
    """When the first seal came, by the hub's clock; 0: none did."""

    def is_offered(self, at: int) -> bool:
        """Say whether all seal, or were waited for long enough."""
        return bool(self.since) and (not self.behind or at - self.since >= WAITED)


def look_at_cut_over(devices: Iterable[Device], seals: Mapping[str, int]) -> CutOver:
    """Return where the devices stand; `seals`: key → when its first seal came."""
    inside = [device for device in devices if not device.revoked_at]
    behind = tuple(device for device in inside if device.sign_key not in seals)
    return CutOver(behind, min(seals.values(), default=0))


class _Warrant(NamedTuple):
    """The door of one audit, for what one device gives."""

    writing: Writing
    row: AuditRow
    sender: str
    """Label of who gives."""
    at: int
    """The hub's clock."""
    devices: Sequence[Device]
    """Those that were let in: whose a key is, what a label may."""
    required: bool
    """Whether only what is proven enters."""

    def refuse(self, given: Sequence[Revision]) -> dict[bytes, tuple[str, str]]:
        """Return what is refused, by id: its kind, and why; what is here stays."""
        known = self.writing.find_known(self.row, {rev.key for rev in given})
        new = [rev for rev in given if rev.key not in known]
        revoked = (device.sign_key for device in self.devices if device.revoked_at)
        gone = set(filter(None, revoked))  # an older laptop has none
        refused = {}
        for rev in new:
            value = rev.value if isinstance(rev.value, dict) else {}
            if is_seal(rev):
                if str(value.get("key", "")) in gone:
                    problem = "ce sceau est arrivé après la révocation de son poste"
                    refused[rev.key] = ("revoked-key", problem)
            elif rev.erases:
                if problem := self._find_lone(rev, given):
                    refused[rev.key] = ("two-person", problem)
            elif (
                self.required
                and rev.subject == subjects.STATUS
                and value.get("status") == AuditStatus.ACCEPTE
                and self._right_of(rev.author) < _REVIEW
            ):
                problem = "accepter un audit demande le droit « review »"
                refused[rev.key] = ("review", problem)
        if self.required:
            for rev in self._find_unproven(new, given):
                refused.setdefault(rev.key, ("unproven", UNPROVEN))
        return refused

    def _find_unproven(
        self, new: Iterable[Revision], given: Iterable[Revision]
    ) -> list[Revision]:
        """Return what neither its author gives, nor a seal held or given covers."""
        foreign = [rev for rev in new if rev.author != self.sender and not is_seal(rev)]
        if not foreign:
            return []
        held = [read(line.decode()) for _, line in self.writing.bodies(self.row)]
        by_author: dict[str, set[bytes]] = {}
        for rev in (*held, *given):
            by_author.setdefault(rev.author, set()).add(rev.key)
        owners = {device.sign_key: device.author for device in self.devices}
        gone = {device.sign_key for device in self.devices if device.revoked_at}
        seals = []
        for rev in filter(is_seal, (*held, *new)):
            one = None if rev.erased else Seal.of(rev)
            if one and not (one.key in gone and rev not in held):
                seals.append(one)
        sealed = sealed_by(seals, owners, by_author)
        return [rev for rev in foreign if rev.key not in sealed]

    def _find_lone(self, rev: Revision, given: Sequence[Revision]) -> str:
        """Return why an erasure is refused; empty when it is not."""
        value = rev.value
        named = str(value.get("ask") or "") if isinstance(value, dict) else ""
        if not named:
            return self._find_alone(rev, given) if self.required else ""
        asks = {
            one.id: Asker(one.author, at)
            for one, at in self.writing.asks(self.row)
            if one.subject == subjects.ask(rev.erases or "")
        }
        labels = {rev.author, *(one.author for one in asks.values())}
        admins = {label for label in labels if self._right_of(label) == _ADMIN}
        confirmed = Confirmation(rev.author, rev.erases or "", named)
        stops = self.writing.stops(self.row)
        flaw = find_flaw(confirmed, asks, stops, admins, self.at)
        if flaw or not self.required:
            return flaw
        if self._right_of(rev.author) < _REVIEW:
            return "confirmer un effacement demande le droit « review »"
        if rev.erases == mark_of(self.row.id) and not (
            {rev.author, asks[named].author} <= admins
        ):
            return "effacer tout un audit demande deux administrateurs"
        return ""

    def _find_alone(self, rev: Revision, given: Sequence[Revision]) -> str:
        """Return why an erasure without an ask is refused, once seals are required.

        An administrator purges whole audits, past their term; anyone takes back what
        they have just given, or never gave.
        """
        mark = mark_of(self.row.id)
        if rev.erases == mark:
            return self._find_early(rev, given)
        retired = self.writing.find_erased(self.row, {bytes.fromhex(mark)})
        if retired or any(
            one.erases == mark and self._right_of(one.author) == _ADMIN for one in given
        ):
            return ""
        target = bytes.fromhex(rev.erases or "")
        arrived = self.writing.arrived_at(self.row, target)
        if not arrived:
            # Who erases before giving gives what is left of it, which bears their
            # label: what a hub lost, or never had, is not for anyone to erase.
            if self.writing.whole_unread(self.row, {target}) or any(
                one.key == target and one.author == rev.author for one in given
            ):
                return ""
            return (
                "le serveur n'a pas la modification effacée, et rien ne dit qu'elle "
                "est à vous"
            )
        bodies = dict(self.writing.bodies(self.row))
        is_own = read(bodies[target].decode()).author == rev.author
        if is_own and self.at - arrived < SHORT_DELAY:
            return ""
        return TAKES_TWO

    def _find_early(self, rev: Revision, given: Iterable[Revision]) -> str:
        """Return why one person does not purge a whole audit; empty at its term."""
        if self._right_of(rev.author) != _ADMIN:
            return "effacer tout un audit demande le droit « admin »"
        lines = (read(line.decode()) for _, line in self.writing.bodies(self.row))
        about = _find_about(self.row.id, chain(given, lines))
        term = term_of(about.campaign) if about else None
        if term and day_of(self.at) > term:
            return ""
        until = f"avant le {term:%d/%m/%Y}" if term else "de cette campagne"
        return f"effacer tout un audit {until} demande deux administrateurs"

    def _right_of(self, label: str) -> int:
        """Return the right of a person where this audit is."""
        rights = [
            device.right_in(self.row.location)
            for device in self.devices
            if device.author == label and not device.revoked_at
        ]
        return max(rights, default=-1)


def _find_about(audit: str, revisions: Iterable[Revision]) -> Audit | None:
    """Return what an audit is about, given by a revision and proven by the id."""
    for revision in revisions:
        if revision.subject == subjects.SUBJECT and (
            found := read_audit(audit, revision.value)
        ):
            return found
    return None
