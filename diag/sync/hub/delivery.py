"""A stick brought to the office: a bundle read into the hub, as its writer's push.

What its device may write is taken, the rest is refused line by line, as over the wire.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from diag.sync.bundle.format import LIMITS, BundleError, Fault
from diag.sync.bundle.keys import DeviceKeys
from diag.sync.bundle.read import read_bundle, stage, verify
from diag.sync.hub.door import Caller
from diag.sync.hub.hub import Hub
from diag.sync.hub.tables import Token
from diag.sync.protocol import HubLimits, ProblemError, Pushed, Sink
from diag.sync.transfer import give_pieces

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


class _NearSink(NamedTuple):
    """A hub in this process, that takes what a device gives."""

    hub: Hub
    caller: Caller

    def push(self, lines: Sequence[bytes]) -> Pushed:
        """Give lines."""
        return self.hub.push(self.caller, lines)

    def missing(self, shas: Sequence[str]) -> dict[str, int]:
        """Return which attachments the hub wants, and how many bytes it has of each."""
        return self.hub.missing(self.caller, shas)

    def put_piece(self, sha: str, start: int, piece: bytes, total: int) -> int:
        """Give a part of an attachment; return how many bytes the hub has now."""
        return self.hub.put_piece(self.caller, sha, start, piece, total)


@dataclass(slots=True)
class _Relay:
    """Gives to a sink what is read in order: lines first, then attachments."""

    sink: Sink
    limits: HubLimits
    new: int = 0
    """Revisions that were new there."""
    sent: int = 0
    """Attachments that went whole."""
    refused: list[str] = field(default_factory=list)
    """Why each line or attachment was refused, in French."""
    _batch: list[bytes] = field(default_factory=list)

    def header(self, header: object) -> None:
        """Do nothing: the sink needs no announcement."""

    def line(self, line: bytes) -> None:
        """Push a revision, with others."""
        self._batch.append(line)
        if len(self._batch) >= self.limits.push_lines:
            self.lines_done()

    def lines_done(self) -> None:
        """Push what is left."""
        pushed = self.sink.push(self._batch)
        self.new += pushed.new
        self.refused += [line.problem for line in pushed.rejected]
        self._batch = []

    def blob(self, sha: str, content: bytes) -> None:
        """Give an attachment, if it is wanted."""
        start = self.sink.missing([sha]).get(sha)
        if start is None:
            return
        try:
            give_pieces(self.sink, sha, content, start, limits=self.limits)
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
            header = verify(copy.path, keys.age, devices).header
            device = devices[header.signer]
            # It showed no token: its signature was found right.
            caller = Caller.of(device, Token(b"", device.id, 0, b""))
            relay = _Relay(_NearSink(hub, caller), hub.limits)
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
