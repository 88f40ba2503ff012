"""A sync from its first request to its end: by which protocol, and the second one.

A hub that serves the second protocol is asked by it, and remembered as one that does:
an idle sync is then one request. An older hub is met as before. What the laptop
remembers of the hub's rows is a hint, the root of all rows the truth. Lines of many
audits travel together, in pages that grow while the line holds. The first protocol's
guarantees stand: no side is chosen, nothing is remembered as given.
"""

from base64 import b64encode
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from importlib.metadata import version
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from diag.journal import attachments, bundles, exchange
from diag.journal.exchange import Holding, Keyed
from diag.journal.journal import AuditSum, Journal, get_setting, put_setting
from diag.journal.revision import now, read_any
from diag.journal.seals import card_of
from diag.model.errors import DiagError
from diag.sync.exchange import (
    ROUNDS,
    Exchange,
    ExchangeEvent,
    Pace,
    SealStep,
    SyncResult,
    UnsureLine,
    find_key,
)
from diag.sync.protocol import (
    FILES,
    GIVEN_BYTES,
    LONE,
    NEWEST,
    WITHDRAWN,
    Hello,
    HubLimits,
    ProblemError,
    PulledPage,
    PullQuestion,
    Pushed,
    Room,
    SyncAnswer,
    SyncQuestion,
    Transport,
    TreeQuestion,
    Want,
    check_versions,
    read_rows,
)
from diag.sync.transfer import Transfer
from diag.sync.trust import (
    Enrolment,
    build_trust,
    keep_enrolment,
    read_enrolments,
    read_token,
)
from diag.words.sentences import counted

if TYPE_CHECKING:
    from diag.sync.http import HttpTransport


_RENEW = 179 * 24 * 3600 * 1000
"""A token that ends within this many milliseconds is renewed: each day, so that the
copy of a laptop is found out the next time that both call."""

_DAY = 24 * 3600 * 1000

_OTHER_HUB = frozenset({"not-found", "method", "bad-request", "too-large"})
"""Refusals of a hub that is not what it was: an older one came back, or its limits
are lower."""


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
    meeting, line = Exchange(journal, office, event), UnsureLine(event)
    if sealing:
        meeting.before = sealing.begin
    try:
        hello, answer = _meet(meeting, office, line, result, sealing)
        result.clock_gap = result.at - hello.time
        if answer is None:
            result.people = office.people()
        else:
            result.people = answer.people_changed or {}
        several = FILES in hello.features
        transfer = Transfer(journal, hello.limits, event, line, several, event.light)
        try:
            _transfer(transfer, office, hello.hub, answer)
        finally:
            result.received, result.sent = transfer.received, transfer.sent
            result.awaited = transfer.awaited
            result.deferred = len(transfer.deferred)
            result.deferred_bytes = sum(one.size for one in transfer.deferred)
            result.there = sorted(transfer.there)
            result.refused += transfer.refused
    except DiagError as error:
        result.stop(error)
    if refused := _refused_as(meeting, WITHDRAWN):
        result.withdrawn = bundles.withdraw(journal, refused)
    if refused := _refused_as(meeting, LONE):
        result.given_back = bundles.give_back(journal, refused)
    result.pulled, result.pushed = meeting.pulled, meeting.pushed
    if sealing:
        result.pushed = max(0, meeting.pushed - sealing.written)
        result.strangers = sealing.strangers
    result.unread = meeting.unread
    result.unequal += meeting.unequal
    result.causes = {
        audit: meeting.causes.get(audit, meeting.barred) for audit in meeting.unequal
    }
    counts = Counter(line.problem for line in meeting.refused.values())
    result.refused += [
        f"{problem} ({counted(count, 'modification')})"
        for problem, count in sorted(counts.items())
    ]
    if meeting.barred:
        result.refused.append(meeting.barred)
    result.conclude()
    return result


def _meet(
    meeting: Exchange,
    office: Transport,
    line: UnsureLine,
    result: SyncResult,
    sealing: SealStep | None,
) -> tuple[Hello, SyncAnswer | None]:
    """Exchange revisions, by the newest protocol that both know.

    How a hub presented itself is remembered: it is not asked again, unless what it
    answers is not of that protocol any more.
    """
    rounds = Rounds(meeting, office, line, sealing, day=result.at // _DAY)
    if kept := _read_memory(meeting.journal, result.hub).get("hello"):
        try:
            hello = rounds.run(Hello.model_validate({**kept, "time": 0}))
        except (ProblemError, ValidationError) as error:
            if isinstance(error, ProblemError) and error.kind not in _OTHER_HUB:
                raise
            _keep_memory(meeting.journal, result.hub, {})
        else:
            return hello, rounds.answer
    hello = office.hello()
    line.is_up = True
    if hello.newest >= NEWEST:
        return rounds.run(hello), rounds.answer
    meeting.run(hello)
    if sealing and meeting.pulled:
        sealing.learn(hello)
    return hello, None


def _transfer(
    transfer: Transfer, office: Transport, hub: str, answer: SyncAnswer | None
) -> None:
    """Exchange attachments, unless nothing changed since all of them had passed.

    While photos of closed audits are here, the office is asked each time which it has:
    what it answers lets them leave this laptop.
    """
    if answer is None:
        transfer.run(office)
        return
    journal, files = transfer.journal, answer.files
    memory = _read_memory(journal, hub)
    sums = [files, *attachments.mark_attachments(journal)]
    if memory.get("sums") == sums:
        transfer.awaited = memory["awaited"]
        return
    names, is_closed = [files, transfer.mark_names()], transfer.holds_closed()
    if memory.get("names") == names and not is_closed:
        transfer.awaited = memory["awaited"]
        _keep_memory(journal, hub, memory | {"sums": sums})
        return
    transfer.run(office)
    fresh: dict[str, object] = {"sums": [], "names": [], "awaited": transfer.awaited}
    if not (transfer.refused or transfer.deferred or transfer.holds_closed()):
        fresh["sums"] = [files, *attachments.mark_attachments(journal)]
        fresh["names"] = [files, transfer.mark_names()]
    _keep_memory(journal, hub, memory | fresh)


def _refused_as(meeting: Exchange, kinds: Collection[str]) -> dict[str, str]:
    """Return why the office will never take some lines, by id."""
    refused = meeting.refused.values()
    return {line.id: line.problem for line in refused if line.kind in kinds}


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
                known = {one.hub: one for one in read_enrolments(folder)}
                kept = known.get(enrolment.hub, enrolment)
                keep_enrolment(folder, kept.model_copy(update=fresh))
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


# The second protocol, in rounds.

_MEMORY = "sync.rounds"
"""Hub → what is remembered of its last answer: marks, limits; losing it costs bytes."""

_APP = version("diag")
"""What runs, read once: each reading parses a file, some milliseconds a sync."""


def _read_memory(journal: Journal, hub: str) -> dict[str, Any]:
    """Return what is remembered of a hub; empty for one that is met anew."""
    kept: dict[str, Any] = get_setting(journal, _MEMORY, {}).get(hub, {})
    return kept


def _keep_memory(journal: Journal, hub: str, memory: dict[str, Any]) -> None:
    """Remember something of a hub; nothing is written where nothing changed."""
    before = get_setting(journal, _MEMORY, {})
    if before.get(hub, {}) != memory:
        put_setting(journal, _MEMORY, {**before, hub: memory})


@dataclass(slots=True)
class _Outgoing:
    """Lines to give, read as they go; a batch that was cut is given again, shorter."""

    source: Iterator[bytes]
    limits: HubLimits
    _read: deque[bytes] = field(default_factory=deque)

    def batch(self, pace: Pace, most_bytes: int) -> list[bytes]:
        """Return the next lines, as many as the pace and the hub's limits let."""
        most = min(pace.lines, self.limits.push_lines)
        room = min(pace.bytes, most_bytes)
        batch: list[bytes] = []
        for at in range(most):
            if at == len(self._read):
                line = next(self.source, None)
                if line is None:
                    break
                self._read.append(line)
            room -= len(self._read[at]) + 1
            if batch and room < 0:
                break
            batch.append(self._read[at])
        return batch

    def drop(self, number: int) -> None:
        """Forget the first lines: they passed."""
        for _ in range(number):
            self._read.popleft()


@dataclass(slots=True)
class Rounds:
    """The revisions of one sync, in few requests; counts in the exchange that it is."""

    exchange: Exchange
    office: Transport
    line: UnsureLine
    sealing: SealStep | None = None
    day: int = 0
    """Any number that follows days: each reads a seventh of all ids again."""
    hello: Hello | None = None
    ours: dict[str, Holding] = field(default_factory=dict)
    theirs: dict[str, Holding] = field(default_factory=dict)
    """What the hub holds, by its last answers."""
    beyond: dict[str, tuple[int, str]] = field(default_factory=dict)
    """First protocol's sums of what was given: for audits that this device may not
    read any more."""
    answer: SyncAnswer | None = None
    sent_whole: set[str] = field(default_factory=set)
    """Audits all of whose lines were given: a hub that has none refused them."""

    def run(self, hello: Hello) -> Hello:
        """Bring both sides to the same log.

        `hello`: how the hub presented itself, now or the last time.

        Raises:
            ProblemError: when the office refuses the whole.
            OfflineError: when the line is cut; what is done is done.
            CancelledError: when the user stops.
        """
        meeting, journal = self.exchange, self.exchange.journal
        check_versions(hello)
        self.hello = hello
        if self.sealing:
            self.sealing.seal()
        memory = _read_memory(journal, hello.hub)
        self.ours = exchange.own_holdings(
            journal, self.day, counted=memory.get("day") == self.day
        )
        self.theirs = exchange.rows_of(journal, hello.hub)
        remembered = dict(self.theirs)
        first = self._find_differing() if "tick" in memory else set[str]()
        out = _Outgoing(self._read_waiting(first), hello.limits)
        if first:
            meeting.expect(sum(map(self._measure, first)))
        answer = self._open(memory, out)
        self.hello = hello = answer.hello
        differing = self._find_differing()
        meeting.differed = len(differing | first)
        meeting.expect(sum(map(self._measure, differing)))
        memory |= {
            "hello": hello.model_dump(mode="json", exclude={"time"}),
            "tick": answer.tick,
            "cards": answer.cards,
            "people": answer.people,
            "day": self.day,
        }
        was_settled = memory.pop("settled", False)
        if differing:
            self._keep(memory)
            out.source = chain(out.source, self._read_waiting(differing - first))
            self._give(out)
            self._pull(self._find_differing(), from_marks=True)
            self._settle()
        if not was_settled or self.theirs != remembered:
            self._keep(memory)
        _keep_memory(journal, hello.hub, memory | {"settled": True})
        unread = exchange.unread_lines(journal)
        meeting.unread = sum(map(len, unread.values()))
        meeting.conclude()
        return hello

    def _keep(self, memory: dict[str, Any]) -> None:
        """Remember what the hub holds and how far both went; more is to pass."""
        journal, ours, theirs = self.exchange.journal, self.ours, self.theirs
        equal = [audit for audit in ours if ours[audit] == theirs.get(audit)]
        exchange.keep_rows(journal, self._hub, theirs, equal)
        _keep_memory(journal, self._hub, memory)

    def _open(self, memory: dict[str, Any], out: _Outgoing) -> SyncAnswer:
        """Put the question, with the first lines; learn what the hub holds."""
        question = SyncQuestion(
            tick=memory.get("tick", 0),
            root=exchange.find_root(self.theirs),
            app=_APP,
            cards=memory.get("cards", ""),
            people=memory.get("people", ""),
            unproven=self.sealing.read_until(self._hub) if self.sealing else 0,
        )
        batch: list[bytes] = []
        own = exchange.unsettled(self.exchange.journal, self._hub)
        waiting = sum(number for _, number in own)

        def ask() -> SyncAnswer:
            batch[:] = out.batch(self.line.pace, GIVEN_BYTES)
            left = {"pending": max(0, waiting - len(batch)), "time": now()}
            return self.office.sync(question.model_copy(update=left), batch)

        answer = self.line.ask(ask)
        check_versions(answer.hello)
        self.exchange.barred = answer.barred
        self._count_given(out, batch, answer.pushed)
        self.answer = answer
        if answer.hello.hub != self._hub:  # made anew at the same address
            self.theirs = {}
        self.theirs |= read_rows(answer.rows)
        root = answer.root
        for _ in range(ROUNDS):
            if exchange.find_root(self.theirs) == root:
                break
            # Some remembered rows are wrong: sums of parts of them show which.
            bits = exchange.count_bits(self.theirs)
            sums = b64encode(exchange.sum_parts(self.theirs, bits)).decode("ascii")
            found = self.line.ask(
                partial(self.office.tree, TreeQuestion(bits=bits, sums=sums))
            )
            parts = set(found.parts)
            kept = {
                audit: row
                for audit, row in self.theirs.items()
                if exchange.find_part(audit, bits) not in parts
            }
            self.theirs = kept | read_rows(found.rows)
            root = found.root
        if self.sealing:
            cards = [*filter(None, map(card_of, answer.cards_changed or ()))]
            self.sealing.keep(answer.hello, cards, answer.unproven)
        return answer

    @property
    def _hub(self) -> str:
        assert self.hello is not None
        return self.hello.hub

    def _find_differing(self) -> set[str]:
        ours, theirs = self.ours, self.theirs
        return {
            audit
            for audit in ours.keys() | theirs.keys()
            if ours.get(audit) != theirs.get(audit)
        }

    def _measure(self, audit: str) -> int:
        """Return about how many revisions an audit will move."""
        none = Holding(0, 0, b"")
        ours, theirs = self.ours.get(audit, none), self.theirs.get(audit, none)
        return max(1, abs(ours.revisions - theirs.revisions))

    def _read_waiting(self, audits: Collection[str]) -> Iterator[bytes]:
        """Give the lines that the hub may lack: since both sides were last equal.

        Before the hub answered, that is a hint; an audit that it has not goes whole.
        """
        marks = exchange.marks_of(self.exchange.journal, self._hub) if audits else {}
        for audit in sorted(self.ours.keys() & audits):
            is_there = self.answer is None or audit in self.theirs
            above = marks[audit].lam if audit in marks and is_there else 0
            if not above:
                self.sent_whole.add(audit)
            kept = self.theirs[audit].unread if is_there and audit in self.theirs else 0
            is_more = self.ours[audit].unread > kept
            for keyed in self._read_lines(audit, above, unread=is_more):
                yield keyed.line

    def _read_lines(
        self, audit: str, above: int = 0, *, unread: bool = True
    ) -> Iterable[Keyed]:
        """Give the lines of an audit above an order number, and those not read here."""
        journal = self.exchange.journal
        yield from exchange.lines_to_send(journal, audit, above)
        if unread and self.ours[audit].unread:
            yield from exchange.unread_lines(journal).get(audit, [])

    def _give(self, out: _Outgoing) -> None:
        """Give lines until none is left; a laptop that may only read gives none."""
        assert self.hello is not None
        batch: list[bytes] = []

        def give() -> Pushed:
            batch[:] = out.batch(self.line.pace, self.hello.limits.push_bytes)  # type: ignore[union-attr]
            if not batch:
                return Pushed(received=0, new=0, sums={})
            given = self.office.give(batch)
            self.theirs |= read_rows(given.rows)
            return given.pushed

        while pushed := self.exchange.push(partial(self.line.ask, give)):
            self._count_given(out, batch, pushed)
            if not batch:
                return

    def _count_given(self, out: _Outgoing, batch: list[bytes], pushed: Pushed) -> None:
        out.drop(len(batch))
        self.beyond |= pushed.sums
        self.exchange.pushed += pushed.new
        if self.exchange.refused:  # given again, with what it needs, a line may enter
            for line in batch:
                self.exchange.refused.pop(sha256(line).hexdigest(), None)
        for refused in pushed.rejected:
            line = b"".join(batch[refused.line - 1 : refused.line])  # none: not asked
            one = read_any(line)
            audit = one.audit if one else ""
            if refused.kind != "unknown-audit" or audit in self.sent_whole:
                self.exchange.refused[refused.id] = refused
                self.exchange.causes[audit] = refused.problem
        if batch:
            self.exchange.step(len(batch))

    def _pull(
        self,
        audits: Collection[str],
        held: set[bytes] | None = None,
        *,
        from_marks: bool = False,
    ) -> None:
        """Take in what the hub holds of audits; `held` gathers the ids that were read.

        `from_marks`: what follows the last line that was read, else all of it.
        """
        journal, marks = self.exchange.journal, {}
        if from_marks and audits:
            marks = exchange.marks_of(journal, self._hub)
        wants = deque(
            Want(audit=audit, after=marks[audit].after if audit in marks else 0)
            for audit in sorted(self.theirs.keys() & audits)
        )
        pulled = bool(wants)

        def ask() -> PulledPage:
            pace = self.line.pace
            room = Room(lines=pace.lines, bytes=pace.bytes)
            some = tuple(islice(wants, pace.lines))
            return self.office.pull(PullQuestion(wants=some, room=room))

        while wants:
            page = self.line.ask(ask)
            after = {audit: reached for audit, reached, *_ in page.reached}
            most = self.exchange.event.commit_lines
            new, unread = exchange.take_pulled(
                journal, self._hub, page.lines, after, most
            )
            self.exchange.pulled += new + unread
            if held is not None:
                held.update(map(find_key, page.lines))
            if not self._follow(wants, page):
                break
            self.exchange.step(len(page.lines))
        if pulled:
            self.ours = exchange.own_holdings(journal, self.day, counted=True)

    def _follow(self, wants: deque[Want], page: PulledPage) -> bool:
        """Keep what is still wanted after a page; False if it went no further.

        A hub that gave the same lines for ever would be asked for ever.
        """
        reached = {audit: (after, unread) for audit, after, unread, _ in page.reached}
        asked = len(wants)
        for _ in range(min(page.done, asked)):
            gone = wants.popleft().audit
            if gone not in reached:  # no longer of this territory
                self.theirs.pop(gone, None)
        for audit, _, _, row in page.reached:
            self.theirs[audit] = row
        is_further = len(wants) < asked
        if wants and wants[0].audit in reached:
            before = wants[0]
            after, unread = reached[before.audit]
            wants[0] = Want(audit=before.audit, after=after, unread=unread)
            is_further |= after > before.after or unread > before.unread
        return is_further

    def _settle(self) -> None:
        """Compare exactly what hints did not make equal, then give what is lacking."""
        for _ in range(ROUNDS):
            left = self._find_differing()
            known = left & self.theirs.keys()
            lost = left - known - self.sent_whole
            if not known | lost:
                break
            exchange.forget_sums(self.exchange.journal, left)
            there = set[bytes]()
            self.exchange.reread += len(known)
            self._pull(known, there)
            lacking = (
                keyed.line
                for audit in sorted(self._find_differing() & (known | lost))
                if audit in self.ours
                for keyed in self._read_lines(audit)
                if keyed.key not in there
            )
            self.sent_whole |= lost
            assert self.hello is not None
            self._give(_Outgoing(lacking, self.hello.limits))
            if self.exchange.barred:
                break
        journal = self.exchange.journal
        self.exchange.unequal += [
            audit
            for audit in sorted(self._find_differing())
            if audit not in self.beyond
            or exchange.proven_sum(journal, audit)
            != AuditSum(audit, *self.beyond[audit])
            or audit in self.theirs
        ]
