"""A laptop and an office meet: compare sums, pull, push; the result of a sync.

Whatever carries it. Sync writes no revision and chooses no side: it makes the union of
two logs. Nothing is remembered as « pushed »: a hub restored from an old copy heals by
itself. What passed before a cut stays, and the next sync goes on from there.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from math import ceil
from secrets import randbelow
from time import perf_counter, sleep
from typing import Final, Protocol, TypeVar

from diag.journal import exchange
from diag.journal.exchange import Keyed
from diag.journal.journal import AuditSum, Journal
from diag.journal.revision import read_any
from diag.journal.seals import Card
from diag.model.errors import DiagError
from diag.sync.protocol import (
    OPAQUE,
    PAGE_BYTES,
    PAGE_LINES,
    Hello,
    HubLimits,
    LogPage,
    OfflineError,
    ProblemError,
    Pushed,
    RefusedLine,
    Transport,
    Unproven,
    check_versions,
)

Progress = Callable[[str, int, int], None]
"""Called with a phase, how much is done, how much there is."""

REVISIONS: Final = "revisions"
"""The first phase, counted in revisions."""

BYTES: Final = "bytes"
"""The second phase, counted in bytes."""

CLOCK_DOUBT = 120_000
"""Milliseconds from which two clocks are shown to differ."""

PAUSE: Final = "pause"
"""While a cut line waits, counted in seconds."""

T = TypeVar("T")

_BLINK = 0.2
"""Seconds between two looks at whether the user stops."""

_LONG = 5.0
"""Seconds from which a request moves no more at once than the one before."""

_LEAST_BYTES = 16 * 1024

ROUNDS: Final = 3
"""How many exact comparisons, when others write at the same time."""


class CancelledError(DiagError):
    """The user stopped: what was exchanged is kept, the rest waits."""

    def __init__(self) -> None:
        super().__init__(
            "Synchronisation interrompue : ce qui est passé est gardé, le reste "
            "passera la prochaine fois."
        )


@dataclass(slots=True)
class ExchangeEvent:
    """Reports the progress of a sync to its user, and asks whether to stop."""

    watch: Progress = lambda _phase, _done, _total: None
    cancelled: Callable[[], bool] = lambda: False
    pauses: tuple[float, ...] = (1, 4, 16)
    """Seconds before each new try of a request that was cut, half more or less."""
    wait: Callable[[float], None] = sleep
    commit_lines: int = PAGE_LINES
    """Most lines of a durable commit: few, while somebody types."""
    light: bool = False
    """Whether the line is paid by volume: heavy attachments wait."""

    def step(self, phase: str, done: int, total: int) -> None:
        """Report how much is done.

        Raises:
            CancelledError: when the user stops.
        """
        if self.cancelled():
            raise CancelledError
        self.watch(phase, done, max(done, total))

    def pause(self, seconds: float) -> None:
        """Wait before a new try, and show it.

        Raises:
            CancelledError: when the user stops.
        """
        left = seconds * (500 + randbelow(1_001)) / 1_000
        self.watch(PAUSE, 0, ceil(left))
        while left > 0:
            if self.cancelled():
                raise CancelledError
            self.wait(min(left, _BLINK))
            left -= _BLINK


@dataclass(slots=True)
class Pace:
    """How much is moved at once: more while it goes well, less after a cut."""

    lines: int = 1_000
    bytes: int = 256 * 1024
    most_lines: int = PAGE_LINES
    most_bytes: int = PAGE_BYTES

    def follow(self, seconds: float) -> None:
        """Move more at once, if that took little time."""
        if seconds < _LONG:
            self.lines = min(2 * self.lines, self.most_lines)
            self.bytes = min(2 * self.bytes, self.most_bytes)

    def slow_down(self) -> None:
        """Move less at once, after a cut."""
        self.lines = max(self.lines // 4, 1)
        self.bytes = max(self.bytes // 4, _LEAST_BYTES)


@dataclass(slots=True)
class UnsureLine:
    """A line that may be cut: what is asked is asked again, for less at once.

    An office that never answered is left alone: there is no network here.
    """

    event: ExchangeEvent
    pace: Pace = field(default_factory=Pace)
    is_up: bool = False
    """Whether the office answered once."""

    def ask(self, question: Callable[[], T]) -> T:
        """Return what a question gives; it is put anew at each try.

        Raises:
            OfflineError: when the last try was cut too.
            CancelledError: when the user stops.
        """
        pauses = iter(self.event.pauses)
        while True:
            start = perf_counter()
            try:
                given = question()
            except OfflineError:
                self.pace.slow_down()
                pause = next(pauses, None)
                if pause is None or not self.is_up:
                    raise
                self.event.pause(pause)
            else:
                self.is_up = True
                self.pace.follow(perf_counter() - start)
                return given


class SealStep(Protocol):
    """What a sync does of seals, when its laptop signs."""

    written: int
    """How many seals were written."""
    strangers: list[str]
    """What is to be looked into, in French."""

    def begin(self, hello: Hello) -> None:
        """Learn whose the keys are, then seal what is to be given."""
        ...

    def learn(self, hello: Hello) -> None:
        """Learn whose the keys are, and who gave what is not theirs."""
        ...

    def seal(self) -> None:
        """Seal what is to be given."""
        ...

    def read_until(self, hub: str) -> int:
        """Return up to where it is known whose lines others gave."""
        ...

    def keep(self, hello: Hello, cards: Sequence[Card], unproven: Unproven) -> None:
        """Keep what a hub answers of both, and look for what is wrong."""
        ...


@dataclass(slots=True)
class Exchange:
    """The revisions of one sync: what came, what went, what was refused."""

    journal: Journal
    office: Transport
    event: ExchangeEvent = field(default_factory=ExchangeEvent)
    before: Callable[[Hello], None] = lambda _hello: None
    """Called once the office answered, before anything is compared."""
    pulled: int = 0
    """Revisions that were new here."""
    pushed: int = 0
    """Revisions that were new there."""
    differed: int = 0
    """Audits that were not the same on both sides at first."""
    reread: int = 0
    """Audits read again from their beginning, since a hint had failed."""
    unequal: list[str] = field(default_factory=list)
    """Audits that still differ: no side was chosen."""
    refused: dict[str, RefusedLine] = field(default_factory=dict)
    """Lines that the office refused, by their SHA-256."""
    causes: dict[str, str] = field(default_factory=dict)
    """Audit → why the office refused one of its lines, in French."""
    unread: int = 0
    """Lines of a newer version that are kept here."""
    barred: str = ""
    """Why this laptop may only read there, in French; empty while it may write."""
    _done: int = 0
    _total: int = 0

    def run(self, hello: Hello) -> None:
        """Bring both sides to the same log, audit by audit.

        `hello`: how the office presented itself.

        Raises:
            ProblemError: when the office refuses the whole.
            OfflineError: when the line is cut; what is done is done.
            CancelledError: when the user stops.
        """
        check_versions(hello)
        self.before(hello)
        ours, theirs = exchange.proven_sums(self.journal), self.office.manifest()
        differing = [
            audit
            for audit in sorted(ours.keys() | theirs.keys())
            if ours.get(audit) != theirs.get(audit)
        ]
        for audit in ours.keys() - set(differing):
            exchange.keep_equal(self.journal, hello.hub, theirs[audit])
        self.differed = len(differing)
        none = AuditSum("", 0, "")
        gaps = [
            ours.get(audit, none).revisions - theirs.get(audit, none).revisions
            for audit in differing
        ]
        self.expect(sum(max(1, abs(gap)) for gap in gaps))
        for audit in differing:
            meeting = _Meeting(self, hello, audit, theirs.get(audit))
            if not meeting.is_made():
                self.unequal.append(audit)
        self._relay_unread(hello)
        self.conclude()

    def _relay_unread(self, hello: Hello) -> None:
        """Bring both sides to the same lines of a newer version, read by neither.

        A hub that does not know of them keeps its sums, and is asked nothing.
        """
        ours = exchange.unread_lines(self.journal)
        if OPAQUE in hello.features and (ours or hello.unread):
            theirs = self.office.unread_sums()
            for audit in sorted(ours.keys() | theirs.keys()):
                lines = ours.get(audit, [])
                own = AuditSum.of(audit, (keyed.key for keyed in lines))
                if own == theirs.get(audit):
                    continue
                held = self._pull_unread(audit) if audit in theirs else set()
                lacking = [keyed for keyed in lines if keyed.key not in held]
                for batch in _split_lines(lacking, hello.limits):
                    if pushed := self.push(partial(self.office.push, batch)):
                        self.pushed += pushed.new
            ours = exchange.unread_lines(self.journal)
        self.unread = sum(map(len, ours.values()))

    def _pull_unread(self, audit: str) -> set[bytes]:
        """Take in what the office keeps of an audit and cannot read; return its ids."""
        held: set[bytes] = set()
        page = LogPage((), 0, AuditSum(audit, 1, ""))
        while not page.is_last:
            page = self.office.unread_page(audit, page.after)
            taken = exchange.take_unread(self.journal, page.lines)
            self.pulled += taken.without_seals + len(taken.unread)
            held |= {find_key(line) for line in page.lines}
            if not page.lines:
                break
        return held

    def push(self, give: Callable[[], Pushed]) -> Pushed | None:
        """Give lines; None from a laptop that may only read, which goes on reading."""
        if not self.barred:
            try:
                return give()
            except ProblemError as problem:
                if problem.kind != "right":
                    raise
                self.barred = str(problem)
        return None

    def expect(self, lines: int) -> None:
        """Show about how many lines are to pass, after those that did."""
        self._total = self._done + lines
        self.step(0)

    def conclude(self) -> None:
        """Show that all lines passed."""
        self.event.watch(REVISIONS, self._done, self._done)

    def step(self, lines: int) -> None:
        """Count lines that passed, either way."""
        self._done += lines
        self.event.step(REVISIONS, self._done, self._total)


@dataclass(slots=True)
class _Meeting:
    """One audit, brought to the same log on both sides."""

    exchange: Exchange
    hello: Hello
    audit: str
    theirs: AuditSum | None
    """What the office held at its last answer; None when it knows nothing of it."""

    def is_made(self) -> bool:
        """Pull and push by hints, then exactly; return whether both are equal."""
        journal = self.exchange.journal
        mark = exchange.mark_of(journal, self.hello.hub, self.audit)
        if self.theirs:
            self._pull(mark.after)
        if self._is_equal():
            return True
        above = mark.lam if self.theirs else 0
        self._push(exchange.lines_to_send(journal, self.audit, above))
        for _ in range(ROUNDS):
            if self.theirs is None or self._is_equal():
                break
            self.exchange.reread += 1  # all that the office holds, then what it lacks
            held: set[bytes] = set()
            self._pull(0, held)
            ours = exchange.lines_to_send(journal, self.audit)
            if not self._is_equal():
                self._push([keyed for keyed in ours if keyed.key not in held])
            if self.exchange.barred:
                break
        return self._is_equal()

    def _is_equal(self) -> bool:
        ours = exchange.proven_sum(self.exchange.journal, self.audit)
        if ours != self.theirs:
            return False
        exchange.keep_equal(self.exchange.journal, self.hello.hub, ours)
        return True

    def _pull(self, after: int, held: set[bytes] | None = None) -> None:
        """Take in what follows, page by page; `held` gathers the ids that were read."""
        page = LogPage((), after, AuditSum(self.audit, after + 1, ""))
        journal, hub = self.exchange.journal, self.hello.hub
        while not page.is_last:
            page = self.exchange.office.page(self.audit, page.after)
            taken = exchange.take_page(journal, hub, self.audit, page.lines, page.after)
            if held is not None:
                held |= {find_key(line) for line in page.lines}
            self.theirs = page.sum
            self.exchange.pulled += taken.without_seals
            self.exchange.step(len(page.lines))
            if not page.lines:
                break

    def _push(self, lines: Sequence[Keyed]) -> None:
        """Give lines, in batches that can be given again."""
        for batch in _split_lines(lines, self.hello.limits):
            give = partial(self.exchange.office.push, batch)
            pushed = self.exchange.push(give)
            if pushed is None:
                continue
            self.exchange.pushed += pushed.new
            self.exchange.refused |= {line.id: line for line in pushed.rejected}
            for refused in pushed.rejected:
                self.exchange.causes[self.audit] = refused.problem
            if self.audit in pushed.sums:
                self.theirs = AuditSum(self.audit, *pushed.sums[self.audit])
            self.exchange.step(len(batch))


# The result of a sync.

OFFLINE, UNEQUAL, REFUSED, BARRED, AWAITED = 10, 11, 12, 13, 14
"""Exit codes: no answer; not the same on both sides; lines refused; this laptop is
revoked, or may not; only attachments are awaited."""

STOPPED = 1
"""Exit code of what else stopped a sync."""

GRAVEST = (BARRED, STOPPED, OFFLINE, REFUSED, UNEQUAL, AWAITED, 0)
"""Which code stands for several hubs: the first of these."""

_BARRED = frozenset({"token-revoked", "cloned", "scope", "right"})


@dataclass(slots=True)
class SyncResult:
    """What a sync did, until its end or a cut."""

    hub: str
    name: str
    at: int
    """When it began, by this laptop's clock."""
    pulled: int = 0
    """Revisions that came."""
    pushed: int = 0
    """Revisions that went."""
    received: int = 0
    """Attachments that came."""
    sent: int = 0
    """Attachments that went."""
    deferred: int = 0
    """Attachments that wait for a line that is not paid by volume, both ways."""
    deferred_bytes: int = 0
    awaited: int = 0
    """Attachments that are named and that the office has not yet."""
    clock_gap: int = 0
    """Milliseconds by which this laptop is ahead of the hub: shown, never judged."""
    unequal: list[str] = field(default_factory=list)
    """Audits that are not the same on both sides."""
    causes: dict[str, str] = field(default_factory=dict)
    """Each of them → why, in French, where it is known."""
    refused: list[str] = field(default_factory=list)
    """What was refused, in French."""
    people: dict[str, str] = field(default_factory=dict)
    """Names of colleagues, by the label of their revisions."""
    there: list[str] = field(default_factory=list)
    """Attachments of this laptop that the office holds."""
    unread: int = 0
    """Modifications of a newer version, kept here and passed on."""
    strangers: list[str] = field(default_factory=list)
    """Keys of others under one's own label, in French."""
    withdrawn: int = 0
    """What a bundle had brought, and that left: the office took it not."""
    given_back: int = 0
    """Erasures of one person that the office refused: the next sync brings back what
    they took."""
    erasures: list[str] = field(default_factory=list)
    """What is asked to be erased, or was, in French."""
    present: list[str] = field(default_factory=list)
    """Who else is on which audit, in French."""
    withheld: list[str] = field(default_factory=list)
    """What bundles brought and does not enter yet, in French."""
    unsettled: list[str] = field(default_factory=list)
    """In which audits people wrote apart, where something came, in French."""
    freed: int = 0
    """Photos of closed audits that left this laptop, every office having them."""
    problem: str = ""
    """Why it stopped before its end, in French; empty when it did not."""
    code: int = 0
    """The exit code of who syncs from a script: one of those above."""

    def stop(self, error: DiagError) -> None:
        """Keep why it stopped before its end."""
        self.problem = str(error)
        self.code = STOPPED
        if isinstance(error, OfflineError):
            self.code = OFFLINE
        elif isinstance(error, ProblemError) and error.kind in _BARRED:
            self.code = BARRED

    def conclude(self) -> None:
        """Keep what is left to do, where nothing stopped it."""
        files = self.awaited or self.deferred
        left = {REFUSED: self.refused, UNEQUAL: self.unequal, AWAITED: files}
        found = (code for code, what in left.items() if what)
        self.code = self.code or next(found, 0)

    @property
    def is_barred(self) -> bool:
        """Whether the office lets this laptop in no more: trying again is in vain."""
        return self.code == BARRED

    @property
    def is_whole(self) -> bool:
        """Whether all that is here is at the office, and the reverse."""
        left = self.unequal or self.refused or self.awaited or self.deferred
        return not (self.problem or left)


def find_key(line: bytes) -> bytes:
    """Return the id of a line, even of a line that this version refuses."""
    one = read_any(line)
    return one.key if one else sha256(line).digest()


def _split_lines(lines: Sequence[Keyed], limits: HubLimits) -> Iterator[list[bytes]]:
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
