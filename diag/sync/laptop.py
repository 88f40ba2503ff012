"""A laptop's side of a sync: compare sums, pull, push, until both hold the same.

Sync writes no revision and chooses no side: it makes the union of two logs. Nothing is
remembered as « pushed »: a hub restored from an old copy heals by itself.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from diag.journal import exchange
from diag.journal.errors import RefusedError
from diag.journal.exchange import Keyed
from diag.journal.journal import AuditSum, Journal
from diag.journal.revision import parse
from diag.model.errors import DiagError
from diag.sync.problems import ProblemError
from diag.sync.protocol import (
    Hello,
    Limits,
    Office,
    Page,
    Pushed,
    Refused,
    check_versions,
)

Watch = Callable[[str, int, int], None]
"""Called with a phase, how much is done, how much there is."""


REVISIONS: Final = "revisions"
"""The first phase, counted in revisions; the second is counted in bytes."""


_ROUNDS = 3
"""How many times one compares exactly, when others write at the same time."""


class CancelledError(DiagError):
    """The user stopped: what was exchanged is kept, the rest waits."""

    def __init__(self) -> None:
        super().__init__(
            "Synchronisation interrompue : ce qui est passé est gardé, le reste "
            "passera la prochaine fois."
        )


@dataclass(slots=True)
class Told:
    """What a sync may say to its user, and hear from them."""

    watch: Watch = lambda _phase, _done, _total: None
    cancelled: Callable[[], bool] = lambda: False

    def step(self, phase: str, done: int, total: int) -> None:
        """Tell how far one is.

        Raises:
            CancelledError: when the user stops.
        """
        if self.cancelled():
            raise CancelledError
        self.watch(phase, done, max(done, total))


@dataclass(slots=True)
class Exchange:
    """The revisions of one sync: what came, what went, what was refused."""

    journal: Journal
    office: Office
    told: Told = field(default_factory=Told)
    pulled: int = 0
    """Revisions that were new here."""
    pushed: int = 0
    """Revisions that were new there."""
    differed: int = 0
    """Audits that were not the same on both sides at first."""
    reread: int = 0
    """Audits read again from their beginning, since a hint had failed."""
    unequal: list[str] = field(default_factory=list)
    """Audits that still differ: nobody chose a side."""
    refused: dict[str, Refused] = field(default_factory=dict)
    """Lines that the office refused, by their SHA-256."""
    barred: str = ""
    """Why this laptop may only read there, in French; empty while it may write."""
    _done: int = 0
    _total: int = 0

    def run(self) -> Hello:
        """Bring both sides to the same log, audit by audit.

        Raises:
            ProblemError: when the office refuses the whole.
            OfflineError: when the line is cut; what is done is done.
            CancelledError: when the user stops.
        """
        hello = self.office.hello()
        check_versions(hello)
        ours, theirs = exchange.proven_sums(self.journal), self.office.manifest()
        differing = [
            audit
            for audit in sorted(ours.keys() | theirs.keys())
            if ours.get(audit) != theirs.get(audit)
        ]
        for audit in ours.keys() - set(differing):
            exchange.keep_equal(self.journal, hello.hub, theirs[audit])
        self.differed = len(differing)
        self._total = sum(_distance(ours, theirs, audit) for audit in differing)
        self._step(0)
        for audit in differing:
            sum_ = theirs.get(audit)
            meeting = _Meeting(self, hello.hub, hello.limits, audit, sum_)
            if not meeting.is_made():
                self.unequal.append(audit)
        self.told.watch(REVISIONS, self._done, self._done)
        return hello

    def push(self, batch: Sequence[bytes]) -> Pushed | None:
        """Give lines; None from a laptop that may only read, which goes on reading."""
        if not self.barred:
            try:
                return self.office.push(batch)
            except ProblemError as problem:
                if problem.kind != "right":
                    raise
                self.barred = str(problem)
        return None

    def _step(self, lines: int) -> None:
        self._done += lines
        self.told.step(REVISIONS, self._done, self._total)


@dataclass(slots=True)
class _Meeting:
    """One audit, brought to the same log on both sides."""

    exchange: Exchange
    hub: str
    limits: Limits
    audit: str
    theirs: AuditSum | None
    """What the office held when last heard; None when it knows nothing of it."""

    def is_made(self) -> bool:
        """Pull and push what hints tell, then exactly; say whether both are equal."""
        journal = self.exchange.journal
        mark = exchange.mark_of(journal, self.hub, self.audit)
        if self.theirs:
            self._pull(mark.after)
        if self._is_equal():
            return True
        above = mark.lam if self.theirs else 0
        self._push(exchange.lines_to_send(journal, self.audit, above))
        for _ in range(_ROUNDS):
            if self.theirs is None or self._is_equal():
                break
            self._compare()
            if self.exchange.barred:
                break
        return self._is_equal()

    def _compare(self) -> None:
        """Read all that the office holds, then give exactly what it lacks."""
        self.exchange.reread += 1
        held: set[bytes] = set()
        self._pull(0, held)
        ours = exchange.lines_to_send(self.exchange.journal, self.audit)
        if not self._is_equal():
            self._push([keyed for keyed in ours if keyed.key not in held])

    def _is_equal(self) -> bool:
        ours = exchange.proven_sum(self.exchange.journal, self.audit)
        if ours != self.theirs:
            return False
        exchange.keep_equal(self.exchange.journal, self.hub, ours)
        return True

    def _pull(self, after: int, held: set[bytes] | None = None) -> None:
        """Take in what follows, page by page; `held` gathers the ids that were read."""
        page = Page((), after, AuditSum(self.audit, after + 1, ""))
        while not page.is_last:
            page = self.exchange.office.page(self.audit, page.after)
            taken = exchange.take_page(
                self.exchange.journal, self.hub, self.audit, page.lines, page.after
            )
            if held is not None:
                held |= {_key(line) for line in page.lines}
            self.theirs = page.sum
            self.exchange.pulled += taken.new
            self.exchange._step(len(page.lines))  # noqa: SLF001 -- one class in two
            if not page.lines:
                break

    def _push(self, lines: Sequence[Keyed]) -> None:
        """Give lines, in batches that can be given again."""
        for batch in _batches(lines, self.limits):
            pushed = self.exchange.push(batch)
            if pushed is None:
                continue
            self.exchange.pushed += pushed.new
            self.exchange.refused |= {line.id: line for line in pushed.rejected}
            if self.audit in pushed.sums:
                self.theirs = AuditSum(self.audit, *pushed.sums[self.audit])
            self.exchange._step(len(batch))  # noqa: SLF001 -- one class in two


def _key(line: bytes) -> bytes:
    """Return the id of a line, be it one that this version refuses."""
    try:
        return parse(line).key
    except RefusedError:
        return sha256(line).digest()


def _batches(lines: Sequence[Keyed], limits: Limits) -> Iterator[list[bytes]]:
    """Cut lines so that no batch is refused for its size."""
    batch: list[bytes] = []
    size = 0
    for _, line in lines:
        full = len(batch) >= min(limits.batch_lines, limits.push_lines)
        if batch and (full or size + len(line) + 1 > limits.push_bytes):
            yield batch
            batch, size = [], 0
        batch.append(line)
        size += len(line) + 1
    if batch:
        yield batch


def _distance(
    ours: dict[str, AuditSum], theirs: dict[str, AuditSum], audit: str
) -> int:
    """Return about how many revisions an audit will move."""
    here, there = ours.get(audit), theirs.get(audit)
    gap = (here.revisions if here else 0) - (there.revisions if there else 0)
    return max(1, abs(gap))
