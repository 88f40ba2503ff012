"""What a supervisor is shown of an audit beside its state, read from all its lines.

The hub reads as a laptop does, in a journal in memory: one way to find what unseals.
"""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from diag.journal import subjects
from diag.journal.bundles import audits_among
from diag.journal.claims import Claim, claims_in
from diag.journal.conflicts import conflicts_of
from diag.journal.journal import Journal
from diag.journal.signatures import WrittenSince, signature_of
from diag.sync.hub.rows import AuditLife
from diag.sync.hub.store import Store

MOST_LINES: Final = 60_000
"""Lines read for one showing of the page, about two seconds; the rest waits."""

_ANY = 2**62


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
        if waiting:
            with Journal.in_memory() as journal:
                for one in _some(waiting):
                    reading = self._read_one(journal, one.audit)
                    self._known[one.audit] = ((one.lines, one.last_at), reading)
                    found[one.audit] = reading
        return found

    def _read_one(self, journal: Journal, audit: str) -> AuditReading:
        page = self._store.lines(audit, 0, _ANY, _ANY)
        with journal.holding(page[1] if page else ()):
            about = audits_among(journal, {audit}).get(audit)
            signature = signature_of(journal, audit)
            return AuditReading(
                signature.since if signature else None,
                len(conflicts_of(journal, about)) if about else 0,
                claims_in(journal.current(audit, subjects.CLAIM)),
            )


def _some(waiting: list[AuditLife]) -> Iterator[AuditLife]:
    """Give the audits that one showing reads, the last touched first."""
    room = MOST_LINES
    for one in sorted(waiting, key=lambda each: -each.last_at):
        yield one
        room -= one.lines
        if room < 0:
            return
