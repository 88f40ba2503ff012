"""A laptop and an office meet: compare sums, pull, push, then attachments, both ways.

Whatever carries it. Sync writes no revision and chooses no side: it makes the union of
two logs. Nothing is remembered as « pushed »: a hub restored from an old copy heals by
itself. What passed before a cut stays, and the next sync goes on from there.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from diag.journal import exchange
from diag.journal import exchange as holdings
from diag.journal.encryption import is_encrypted
from diag.journal.errors import RefusedError
from diag.journal.exchange import Keyed, NamedAttachment
from diag.journal.journal import AuditSum, Journal
from diag.journal.revision import parse, unread
from diag.model.errors import DiagError
from diag.sync.protocol import (
    OPAQUE,
    WITHDRAWN,
    Hello,
    HubLimits,
    LogPage,
    OfflineError,
    ProblemError,
    Pushed,
    RefusedLine,
    Sink,
    Source,
    Transport,
    check_versions,
)
from diag.sync.trust import Enrolment, build_trust, keep_enrolment, read_token

if TYPE_CHECKING:
    from diag.sync.http import HttpTransport


Progress = Callable[[str, int, int], None]
"""Called with a phase, how much is done, how much there is."""

REVISIONS: Final = "revisions"
"""The first phase, counted in revisions."""

BYTES: Final = "bytes"
"""The second phase, counted in bytes."""

CLOCK_DOUBT = 120_000
"""Milliseconds from which two clocks are shown to differ."""

_INCOMING = "incoming"
"""Folder of the workspace where parts of attachments wait for their end."""

_ROUNDS = 3
"""How many exact comparisons, when others write at the same time."""

_RENEW = 90 * 24 * 3600 * 1000
"""A token that ends within this many milliseconds is renewed."""


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

    def step(self, phase: str, done: int, total: int) -> None:
        """Report how much is done.

        Raises:
            CancelledError: when the user stops.
        """
        if self.cancelled():
            raise CancelledError
        self.watch(phase, done, max(done, total))


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
    unread: int = 0
    """Lines of a newer version that are kept here."""
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
        self._total = sum(_distance(ours, theirs, audit) for audit in differing)
        self.step(0)
        for audit in differing:
            meeting = _Meeting(self, hello, audit, theirs.get(audit))
            if not meeting.is_made():
                self.unequal.append(audit)
        self._relay_unread(hello)
        self.event.watch(REVISIONS, self._done, self._done)
        return hello

    def _relay_unread(self, hello: Hello) -> None:
        """Bring both sides to the same lines of a newer version, read by neither.

        A hub that does not know of them keeps its sums, and is asked nothing.
        """
        ours = exchange.unread_lines(self.journal)
        if OPAQUE in hello.features and (ours or hello.unread):
            theirs = self.office.unread_sums()
            for audit in sorted(ours.keys() | theirs.keys()):
                lines = ours.get(audit, [])
                if exchange.sum_unread(audit, lines) != theirs.get(audit):
                    held = self._pull_unread(audit) if audit in theirs else set()
                    lacking = [keyed for keyed in lines if keyed.key not in held]
                    for batch in _split_lines(lacking, hello.limits):
                        if pushed := self.push(batch):
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
            self.pulled += taken.new + len(taken.unread)
            held |= {_find_key(line) for line in page.lines}
            if not page.lines:
                break
        return held

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
                held |= {_find_key(line) for line in page.lines}
            self.theirs = page.sum
            self.exchange.pulled += taken.new
            self.exchange.step(len(page.lines))
            if not page.lines:
                break

    def _push(self, lines: Sequence[Keyed]) -> None:
        """Give lines, in batches that can be given again."""
        for batch in _split_lines(lines, self.hello.limits):
            pushed = self.exchange.push(batch)
            if pushed is None:
                continue
            self.exchange.pushed += pushed.new
            self.exchange.refused |= {line.id: line for line in pushed.rejected}
            if self.audit in pushed.sums:
                self.theirs = AuditSum(self.audit, *pushed.sums[self.audit])
            self.exchange.step(len(batch))


def _find_key(line: bytes) -> bytes:
    """Return the id of a line, even of a line that this version refuses."""
    try:
        return parse(line).key
    except RefusedError:
        newer = unread(line)
        return newer.key if newer else sha256(line).digest()


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


def _distance(
    ours: dict[str, AuditSum], theirs: dict[str, AuditSum], audit: str
) -> int:
    """Return about how many revisions an audit will move."""
    here, there = ours.get(audit), theirs.get(audit)
    gap = (here.revisions if here else 0) - (there.revisions if there else 0)
    return max(1, abs(gap))


@dataclass
class Transfer:
    """The attachments of one sync: compiled editions, then photos, smallest first.

    Named by their content, moved by pieces, resumed at any byte on both sides.
    """

    journal: Journal
    limits: HubLimits
    event: ExchangeEvent = field(default_factory=ExchangeEvent)
    sent: int = 0
    """How many went whole."""
    received: int = 0
    """How many came whole."""
    awaited: int = 0
    """How many are named here and nowhere yet: « pas encore reçue »."""
    refused: list[str] = field(default_factory=list)
    """What the office or this laptop refused, in French."""
    there: set[str] = field(default_factory=set)
    """What is here and that the office holds, or took whole."""
    _done: int = 0
    _total: int = 0

    def run(self, office: Transport) -> None:
        """Give what the office lacks, take what this laptop lacks.

        Raises:
            ProblemError: when the office refuses the whole.
            OfflineError: when the line is cut; what is done is done.
            CancelledError: when the user stops.
        """
        given, wanted = self._find_lacking(office), holdings.wanted(self.journal)
        sizes = [named.size - start for named, start in given]
        self._total = sum(sizes) + sum(named.size for named in wanted)
        for named, start in given:
            self._give(office, named, start)
        self.take(office, wanted)
        self._tidy()

    def take(self, source: Source, wanted: Iterable[NamedAttachment]) -> None:
        """Ask for attachments, in turn; those that are nowhere are counted.

        Raises:
            ProblemError: when the office refuses the whole.
            OfflineError: when the line is cut; what came is kept.
            CancelledError: when the user stops.
        """
        for named in wanted:
            path = self.journal.path.parent / _INCOMING / named.sha
            try:
                content = self._receive(source, named, path)
            except ProblemError as problem:
                if problem.kind != "not-found":
                    raise
                self.awaited += 1
                continue
            path.unlink(missing_ok=True)
            if sha256(content).hexdigest() != named.sha:
                self.refused.append(
                    f"{named.title} : reçue altérée, elle sera redemandée."
                )
                continue
            try:
                holdings.keep(self.journal, named, content)
            except DiagError as error:
                self.refused.append(f"{named.title} : {error}")
            else:
                self.received += 1

    def _find_lacking(self, sink: Sink) -> list[tuple[NamedAttachment, int]]:
        """Return what this laptop holds and the office lacks, and from which byte."""
        held = holdings.held(self.journal)
        shas, most = list(held), self.limits.shas
        lacking: dict[str, int] = {}
        for at in range(0, len(shas), most):
            lacking |= sink.missing(shas[at : at + most])
        self.there = set(held) - set(lacking)
        found = [(held[sha], start) for sha, start in lacking.items() if sha in held]
        return sorted(found, key=lambda pair: pair[0].order)

    def _give(self, sink: Sink, named: NamedAttachment, start: int) -> None:
        content = holdings.content(self.journal, named.sha)
        if content is None:
            return
        try:
            give_pieces(
                sink,
                named.sha,
                content,
                start,
                limits=self.limits,
                step=self._step,
            )
        except ProblemError as problem:
            if problem.kind not in {
                "too-large",
                "hash",
                "not-found",
                "right",
                "offset",
            }:
                raise
            self.refused.append(f"{named.title} : {problem}")
        else:
            self.sent += 1
            self.there.add(named.sha)

    def _receive(self, source: Source, named: NamedAttachment, path: Path) -> bytes:
        """Return the whole; its parts are kept on disk as they come, where they may."""
        content = bytearray(path.read_bytes() if path.exists() else b"")
        total = len(content) + 1
        while len(content) < total:
            try:
                piece = source.get_piece(named.sha, len(content))
            except ProblemError as problem:
                if problem.kind != "offset":
                    raise
                break  # all of it was here already
            total = piece.total
            if not piece.content or total > self.limits.blob_bytes:
                break
            if not self._is_encrypted:
                _add_part(path, piece.content)
            content += piece.content
            self._step(len(piece.content))
        return bytes(content)

    @cached_property
    def _is_encrypted(self) -> bool:
        """Whether nothing may touch the disk in clear: a part then starts again."""
        return is_encrypted(self.journal.path.parent)

    def _step(self, size: int) -> None:
        self._done += size
        self.event.step(BYTES, self._done, self._total)

    def _tidy(self) -> None:
        """Remove what was left of attachments that are no longer waited for."""
        wanted = {named.sha for named in holdings.wanted(self.journal)}
        folder = self.journal.path.parent / _INCOMING
        for path in folder.glob("*"):
            if path.name not in wanted:
                path.unlink()
        with suppress(OSError):  # not there, or parts wait
            folder.rmdir()


def _add_part(path: Path, piece: bytes) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.open("ab") as file:
            file.write(piece)
    except OSError as error:
        raise DiagError(
            f"{path.parent} : une pièce jointe n'a pas pu être écrite "
            f"({error.strerror}). Les réponses sont passées ; libérez de la place, "
            "puis recommencez."
        ) from error


def give_pieces(
    sink: Sink,
    sha: str,
    content: bytes,
    start: int,
    *,
    limits: HubLimits,
    step: Callable[[int], None] = lambda _size: None,
) -> None:
    """Give an attachment from a byte on, by pieces; go on where the sink answers.

    A part as long as the whole was cut before it was checked, or is wrong: the sink
    looks at it again when a piece comes.

    Raises:
        ProblemError: when the sink refuses it.
        OfflineError: when the line is cut; what is done is done.
    """
    whole = len(content)
    start = start if start < whole else 0
    while start < whole:
        piece = content[start : start + limits.piece_bytes]
        try:
            start = sink.put_piece(sha, start, piece, whole)
        except ProblemError as problem:
            held = problem.offset
            if held is None or held == start or held >= whole:
                raise
            start = held
        step(len(piece))


@dataclass(slots=True)
class Relay:
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


OFFLINE, UNEQUAL, REFUSED, BARRED, AWAITED = 10, 11, 12, 13, 14
"""Exit codes: no answer; not the same on both sides; lines refused; this laptop is
revoked, or may not; only attachments are awaited."""

STOPPED = 1
"""Exit code of what else stopped a sync."""

GRAVEST = (BARRED, STOPPED, OFFLINE, REFUSED, UNEQUAL, AWAITED, 0)
"""Which code stands for several hubs: the first of these."""

_BARRED = frozenset({"token-revoked", "scope", "right"})


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
    awaited: int = 0
    """Attachments that are named and that the office has not yet."""
    clock_gap: int = 0
    """Milliseconds by which this laptop is ahead of the hub: shown, never judged."""
    unequal: list[str] = field(default_factory=list)
    """Audits that are not the same on both sides."""
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
    erasures: list[str] = field(default_factory=list)
    """What is asked to be erased, or was, in French."""
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
        left = {REFUSED: self.refused, UNEQUAL: self.unequal, AWAITED: self.awaited}
        found = (code for code, what in left.items() if what)
        self.code = self.code or next(found, 0)

    @property
    def is_whole(self) -> bool:
        """Whether all that is here is at the office, and the reverse."""
        return not (self.problem or self.unequal or self.refused or self.awaited)


def synchronise(
    journal: Journal,
    office: Transport,
    result: SyncResult,
    event: ExchangeEvent,
    sealing: SealStep | None = None,
) -> SyncResult:
    """Bring a journal and a hub to the same log, then their attachments.

    The result is filled in on the way, and holds the problem when there is one:
    nothing that passed is undone.
    """
    meeting = Exchange(journal, office, event)
    if sealing:
        meeting.before = sealing.begin
    try:
        hello = meeting.run()
        if sealing and meeting.pulled:
            sealing.learn(hello)
        result.clock_gap = result.at - hello.time
        result.people = office.people()
        transfer = Transfer(journal, hello.limits, event)
        try:
            transfer.run(office)
        finally:
            result.received, result.sent = transfer.received, transfer.sent
            result.awaited = transfer.awaited
            result.there = sorted(transfer.there)
            result.refused += transfer.refused
    except DiagError as error:
        result.stop(error)
    result.withdrawn = _withdraw(journal, meeting)
    result.pulled, result.pushed = meeting.pulled, meeting.pushed
    if sealing:
        result.pushed = max(0, meeting.pushed - sealing.written)
        result.strangers = sealing.strangers
    result.unread = meeting.unread
    result.unequal += meeting.unequal
    counts = Counter(line.problem for line in meeting.refused.values())
    result.refused += [
        f"{problem} ({count} modification{'s' if count > 1 else ''})"
        for problem, count in sorted(counts.items())
    ]
    if meeting.barred:
        result.refused.append(meeting.barred)
    result.conclude()
    return result


def _withdraw(journal: Journal, meeting: Exchange) -> int:
    """Set aside what bundles brought and the office will never take."""
    refused = {
        line.id: line.problem
        for line in meeting.refused.values()
        if line.kind in WITHDRAWN
    }
    return exchange.withdraw(journal, refused) if refused else 0


def synchronise_with(
    journal: Journal,
    enrolment: Enrolment,
    event: ExchangeEvent,
    now: int,
    sealing: Callable[[Transport, Enrolment], SealStep] | None = None,
) -> SyncResult:
    """Sync with a hub that knows this laptop, and renew the token that ends soon."""
    result = SyncResult(enrolment.hub, enrolment.name, now)
    try:
        with closing(open_transport(enrolment)) as transport:
            step = sealing(transport, enrolment) if sealing else None
            synchronise(journal, transport, result, event, step)
            there = now - result.clock_gap  # the hub counts, by its own clock
            if not result.problem and enrolment.expires - there < _RENEW:
                renewed = transport.rotate()
                fresh = {"token": renewed.token, "expires": renewed.expires}
                folder = journal.path.parent
                keep_enrolment(folder, enrolment.model_copy(update=fresh))
    except DiagError as error:
        result.stop(error)
    return result


def open_transport(enrolment: Enrolment) -> "HttpTransport":
    """Return the line to a hub that knows this laptop; nothing is sent yet.

    Raises:
        DiagError: when the token cannot be had.
    """
    # HTTP costs 100 ms: it is loaded by a sync only.
    from diag.sync.http import HttpTransport  # noqa: PLC0415

    trust = build_trust(enrolment.authority)
    return HttpTransport(enrolment.url, trust, read_token(enrolment))
