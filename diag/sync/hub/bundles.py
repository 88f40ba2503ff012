"""A stick brought to the office: a bundle read into the hub, as its writer's push.

What its device may write is taken, the rest is refused line by line, as over the wire.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from diag.sync.bundle.form import Header
from diag.sync.bundle.keys import DeviceKeys
from diag.sync.bundle.opening import LIMITS, read_bundle, verify
from diag.sync.bundle.problems import BundleError, Fault
from diag.sync.bundle.staging import staged
from diag.sync.hub.door import Caller
from diag.sync.hub.hub import Hub
from diag.sync.hub.store import Device, Token
from diag.sync.problems import ProblemError

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
    """Whose device wrote it."""
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


def deliver(hub: Hub, keys: DeviceKeys, folder: Path, source: Path) -> Delivered:
    """Read a bundle into a hub; `folder` is where it is copied meanwhile.

    Raises:
        BundleError: when it is not for this hub, nor from a device that was let in
            and is not revoked, or is damaged: nothing came in.
        ProblemError: when its device may only read.
    """
    devices = {
        device.sign_key: device
        for device in hub.store.devices()
        if device.sign_key and not device.revoked_at
    }
    with staged(folder, source, LIMITS) as copy, _in_hub_words():
        header = verify(copy.path, keys.age, devices).header
        device = devices[header.signer]
        delivery = _Delivery(hub, _caller(device))
        read_bundle(copy.path, keys.age, delivery)
    return Delivered(
        person=device.person,
        created=header.created,
        received=header.revisions,
        new=delivery.new,
        attachments=delivery.attachments,
        refused=delivery.refused,
    )


@contextmanager
def _in_hub_words() -> Iterator[None]:
    """Say what an administrator does, where a colleague would do something else."""
    try:
        yield
    except BundleError as error:
        if error.fault in _SENTENCES:
            error.sentence = f"{_SENTENCES[error.fault]} Rien n'a été lu."
        raise


def _caller(device: Device) -> Caller:
    """Return a device that showed no token: its signature was found right."""
    scopes = frozenset(device.territories)
    return Caller(device.id, scopes, device.right, Token(b"", device.id, 0, b""))


@dataclass(slots=True)
class _Delivery:
    """Hears a bundle that was verified, and pushes it."""

    hub: Hub
    caller: Caller
    new: int = 0
    attachments: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    _batch: list[bytes] = field(default_factory=list)

    def header(self, header: Header) -> None:
        """Hear the header; it was read already."""

    def line(self, line: bytes) -> None:
        """Push a revision, with others."""
        self._batch.append(line)
        if len(self._batch) >= self.hub.limits.push_lines:
            self._push()

    def lines_done(self) -> None:
        """Push what is left."""
        self._push()

    def blob(self, sha: str, content: bytes) -> None:
        """Give an attachment by pieces, if it is wanted."""
        start = self.hub.missing(self.caller, [sha]).get(sha)
        if start is None:
            return
        size = self.hub.limits.piece_bytes
        try:
            while start < len(content):
                piece = content[start : start + size]
                start = self.hub.put_piece(self.caller, sha, start, piece, len(content))
        except ProblemError as problem:
            self._refuse(problem.title)
        else:
            self.attachments += 1

    def _push(self) -> None:
        pushed = self.hub.push(self.caller, self._batch)
        self.new += pushed.new
        for one in pushed.rejected:
            self._refuse(one.problem)
        self._batch = []

    def _refuse(self, why: str) -> None:
        self.refused[why] = self.refused.get(why, 0) + 1
