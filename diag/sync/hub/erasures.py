"""What was erased stays so: through a restoration, and in what one set aside.

The log of erasures is a file next to the database, and next to its copies. A copy older
than an erasure holds the value again: the log is replayed before anything is served.
"""

import os
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from diag.journal.errors import RefusedError
from diag.journal.revision import parse
from diag.sync.hub.intake import Push
from diag.sync.hub.rows import EVERYWHERE
from diag.sync.hub.store import Store

FILE: Final = "erasures.log"
"""Its name, in the folder of a hub and in the folder of its copies."""

KEPT: Final = timedelta(days=30)
"""How long what a restoration set aside is kept: it holds what was erased since."""

_BATCH = 1_000


class ErasureLog:
    """The erasures that a hub took in, one line each; it is only added to.

    It holds what the revisions record: which line is erased, by whom, why.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def lines(self) -> list[bytes]:
        """Return its lines, once each; the last may be cut, after a power cut."""
        return [*dict.fromkeys(filter(None, self.content().split(b"\n")))]

    def content(self) -> bytes:
        """Return all of it; empty when nothing was erased."""
        return self.path.read_bytes() if self.path.exists() else b""

    def add(self, lines: Iterable[bytes]) -> None:
        """Add lines, durably.

        Raises:
            OSError: when it cannot be written.
        """
        added = b"".join(b"\n" + line for line in lines)
        if not added:
            return
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "ab") as file:
            file.write(added)
            file.flush()
            os.fsync(handle)

    def about(self, audits: Collection[str] | None) -> Iterator[bytes]:
        """Give the lines about some audits, or all."""
        for line in self.lines():
            with suppress(RefusedError):  # cut: it was never acknowledged
                revision = parse(line)
                if revision.erases and (audits is None or revision.audit in audits):
                    yield line


def gather(store: Store, log: ErasureLog) -> None:
    """Have the log hold every erasure of a database: other hubs write there too."""
    known = set(log.lines())
    log.add(line for line in store.erasure_lines() if line not in known)


def replay(
    store: Store,
    log: ErasureLog,
    at: int,
    drop: Callable[[str], None],
    audits: Collection[str] | None = None,
) -> int:
    """Carry out what the log holds and a database lost; return how many.

    `drop`: removes an attachment that nothing names any more.
    """
    done, held = 0, set(store.erasure_lines())
    lost = [line for line in log.about(audits) if line not in held]
    for start in range(0, len(lost), _BATCH):
        push = Push(0, {EVERYWHERE}, at, trusted=True)
        done += push.take(store, lost[start : start + _BATCH]).new
        for sha in push.unnamed:
            drop(sha.hex())
    return done


def forget_set_aside(store: Store, *, at_once: bool = False) -> int:
    """Remove what restorations set aside, a month ago or ever; return how many."""
    now = datetime.now(UTC)
    return store.drop_set_aside(now + KEPT if at_once else now - KEPT)
