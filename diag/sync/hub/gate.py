"""What a hub does not take: who may not write it, and what nothing proves.

A seal of a key that was revoked before it came, and an erasure that its ask does not
allow, are always refused. Once seals are required, so is what its author does not send
and no seal of theirs covers, and what the right of its author does not reach.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Final, NamedTuple

from diag.journal import subjects
from diag.journal.asks import (
    SHORT_DELAY,
    TAKES_TWO,
    Asker,
    Confirmation,
    find_flaw,
    term_of,
)
from diag.journal.facts import read_audit
from diag.journal.ingest import mark_of
from diag.journal.revision import Revision, read
from diag.journal.seals import UNPROVEN, Seal, sealed_by
from diag.model.audit import Audit
from diag.model.enums import AuditStatus
from diag.sync.hub.rows import AuditRow, Device
from diag.sync.hub.writing import Writing
from diag.sync.protocol import RIGHTS
from diag.words.dates import day_of

_DAY = 24 * 3600 * 1000
_ADMIN, _REVIEW = RIGHTS.index("admin"), RIGHTS.index("review")


def is_seal(revision: Revision) -> bool:
    """Whether a revision proves others, and records nothing itself."""
    return revision.subject.startswith(f"{subjects.SEALS}/")


WAITED: Final = 90 * _DAY
"""Milliseconds after the first seal from which seals may be required of all."""


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


class Warrant(NamedTuple):
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
        refused = {}
        for rev in new:
            kind, problem = self._judge(rev, given)
            if problem:
                refused[rev.key] = (kind, problem)
        if self.required:
            for rev in self._find_unproven(new, given):
                refused.setdefault(rev.key, ("unproven", UNPROVEN))
        return refused

    def _judge(self, rev: Revision, given: Sequence[Revision]) -> tuple[str, str]:
        """Return a kind of refusal, and why a line falls under it; empty if not."""
        if is_seal(rev):
            return "revoked-key", self._find_revoked(rev)
        if rev.erases:
            return "two-person", self._find_lone(rev, given)
        if self.required and _accepts(rev) and self._right_of(rev.author) < _REVIEW:
            return "review", "accepter un audit demande le droit « review »"
        return "", ""

    def _find_revoked(self, rev: Revision) -> str:
        """Return why a seal is refused: its key was revoked before the seal came."""
        value = rev.value
        key = value.get("key") if isinstance(value, dict) else ""
        gone = {device.sign_key for device in self.devices if device.revoked_at}
        if key in gone:
            return "ce sceau est arrivé après la révocation de son poste"
        return ""

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
        if self._is_retired(mark, given):
            return ""
        target = bytes.fromhex(rev.erases or "")
        arrived = self.writing.arrived_at(self.row, target)
        if not arrived:
            return self._find_unknown(rev, target, given)
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
        about = find_about(self.row.id, chain(given, lines))
        term = term_of(about.campaign) if about else None
        if term and day_of(self.at) > term:
            return ""
        until = f"avant le {term:%d/%m/%Y}" if term else "de cette campagne"
        return f"effacer tout un audit {until} demande deux administrateurs"

    def _find_unknown(
        self, rev: Revision, target: bytes, given: Iterable[Revision]
    ) -> str:
        """Return why an erasure of what is not here is refused.

        Who erases before giving gives what is left of it, which bears their label: what
        a hub lost, or never had, is not for anyone to erase.
        """
        if self.writing.whole_unread(self.row, {target}):
            return ""
        if any(one.key == target and one.author == rev.author for one in given):
            return ""
        return (
            "le serveur n'a pas la modification effacée, et rien ne dit qu'elle est "
            "à vous"
        )

    def _is_retired(self, mark: str, given: Iterable[Revision]) -> bool:
        """Say whether the whole audit is erased, or an administrator does so here."""
        key = bytes.fromhex(mark)
        return bool(self.writing.find_erased(self.row, {key})) or any(
            one.erases == mark and self._right_of(one.author) == _ADMIN for one in given
        )

    def _right_of(self, label: str) -> int:
        """Return the right of a person where this audit is."""
        rights = [
            device.right_in(self.row.location)
            for device in self.devices
            if device.author == label and not device.revoked_at
        ]
        return max(rights, default=-1)


def find_about(audit: str, revisions: Iterable[Revision]) -> Audit | None:
    """Return what an audit is about, given by a revision and proven by the id."""
    for revision in revisions:
        if revision.subject == subjects.SUBJECT and (
            found := read_audit(audit, revision.value)
        ):
            return found
    return None


def _accepts(revision: Revision) -> bool:
    """Whether a revision accepts an audit."""
    value = revision.value
    if revision.subject != subjects.STATUS or not isinstance(value, dict):
        return False
    return value.get("status") == AuditStatus.ACCEPTE
