"""The hub itself, whatever carries its words: routes are thin over it."""

import logging
from collections.abc import Callable, Collection, Sequence
from importlib.metadata import version
from pathlib import Path

from diag.journal.journal import AuditSum
from diag.journal.revision import now
from diag.sync.hub.door import Caller, Door
from diag.sync.hub.files import BlobFiles
from diag.sync.hub.grace import territories_left
from diag.sync.hub.intake import Intake
from diag.sync.hub.store import EVERYWHERE, Store
from diag.sync.problems import ProblemError
from diag.sync.protocol import VERSION, Hello, Limits, Page, Piece, Pushed

_logger = logging.getLogger("diag.hub")


class Hub:
    """What a device can ask, once it was let in."""

    def __init__(
        self,
        store: Store,
        blobs: Path,
        *,
        name: str,
        limits: Limits | None = None,
        key: str = "",
        clock: Callable[[], int] = now,
    ) -> None:
        self.store = store
        self.files = BlobFiles(blobs)
        self.name = name
        self.limits = limits or Limits()
        self.key = key
        self.clock = clock
        self.door = Door(store, clock)

    def hello(self) -> Hello:
        """Say who is here; to anyone."""
        return Hello(
            hub=self.store.hub,
            name=self.name,
            oldest=VERSION,
            newest=VERSION,
            time=self.clock(),
            app=version("diag"),
            limits=self.limits,
            key=self.key,
        )

    def manifest(self, caller: Caller, territory: str = "") -> tuple[AuditSum, ...]:
        """Return the sums of the caller's audits, or of one territory of them.

        Raises:
            ProblemError: `scope`.
        """
        if territory and not caller.scopes & {"*", territory}:
            raise ProblemError("scope", f"Territoire « {territory} ».")
        return self.store.manifest({territory} if territory else caller.scopes)

    def people(self) -> dict[str, str]:
        """Return the names of those who were let in, by the label of their words."""
        devices = self.store.devices()
        named = [device for device in devices if device.author and device.person]
        return {device.author: device.person for device in named}

    def page(
        self, caller: Caller, audit: str, after: int, limit: int | None = None
    ) -> Page:
        """Return a part of an audit's log.

        Raises:
            ProblemError: `unknown-audit`, or `scope`.
        """
        most = min(limit or self.limits.push_lines, self.limits.push_lines)
        found = self.store.lines(audit, after, most, self.limits.page_bytes)
        if found is None:
            raise ProblemError("unknown-audit", f"Audit {audit}.")
        row, lines = found
        if not row.location.is_in(caller.scopes):
            raise ProblemError("scope", f"Audit {audit}.")
        return Page(lines, after + len(lines), row.sum)

    def push(self, caller: Caller, lines: Sequence[bytes]) -> Pushed:
        """Take lines in, each judged alone.

        Raises:
            ProblemError: `right` for who may only read, `too-large`.
        """
        caller.need("write")
        if len(lines) > self.limits.push_lines:
            detail = f"{len(lines)} lignes, {self.limits.push_lines} admises."
            raise ProblemError("too-large", detail)
        intake = Intake(caller.device, self._writable(caller), self.clock())
        pushed = intake.take(self.store, lines)
        for sha in intake.unnamed:
            self.files.drop(sha.hex())
        return pushed

    def sweep(self) -> int:
        """Remove attachments that no revision names any more; return how many."""

        def named(shas: Collection[str]) -> set[str]:
            keys = {bytes.fromhex(sha) for sha in shas}
            return {sha.hex() for sha in self.store.named(keys, {EVERYWHERE})}

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
        named = self.store.named(keys, self._writable(caller))
        held = {sha.hex(): self.files.held(sha.hex()) for sha in named}
        return {sha: size for sha, size in held.items() if size is not None}

    def put_piece(
        self, caller: Caller, sha: str, start: int, piece: bytes, total: int
    ) -> int:
        """Take a part of an attachment that a revision names.

        Raises:
            ProblemError: `right`, `not-found`, `too-large`, `offset` or `hash`.
        """
        caller.need("write")
        if total > self.limits.blob_bytes:
            detail = f"{total} octets, {self.limits.blob_bytes} admis."
            raise ProblemError("too-large", detail)
        if len(piece) > self.limits.piece_bytes:
            detail = f"Morceau de {len(piece)} octets, {self.limits.piece_bytes} admis."
            raise ProblemError("too-large", detail)
        if not piece or start + len(piece) > total:
            raise ProblemError("bad-request", "Le morceau dépasse la taille annoncée.")
        self._check_named(self._writable(caller), sha)
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

    def _writable(self, caller: Caller) -> frozenset[str]:
        """Return where the caller may write: what it left lately too."""
        devices = self.store.devices()
        left = territories_left(devices, caller.device, self.clock())
        return caller.scopes | left

    def _check_named(self, scopes: Collection[str], sha: str) -> None:
        """Refuse alike what is elsewhere and what is nowhere."""
        if not self.store.named({bytes.fromhex(sha)}, scopes):
            raise ProblemError("not-found", "Aucun audit de ce poste ne le nomme.")
