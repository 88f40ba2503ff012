"""A sync from its first request to its result: by which protocol, what it did.

A hub that serves the second protocol is asked by it, and remembered as one that does:
an idle sync is then one request. An older hub is met as before.
"""

from collections import Counter
from collections.abc import Callable, Collection
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import ValidationError

from diag.journal import bundles, exchange
from diag.journal.journal import Journal
from diag.model.errors import DiagError
from diag.sync.exchange import Exchange, ExchangeEvent, SealStep, UnsureLine
from diag.sync.protocol import (
    FILES,
    LONE,
    NEWEST,
    WITHDRAWN,
    Hello,
    OfflineError,
    ProblemError,
    QuickTransport,
    SyncAnswer,
    Transport,
)
from diag.sync.rounds import Rounds, keep_memory, read_memory
from diag.sync.transfer import Transfer
from diag.sync.trust import (
    Enrolment,
    build_trust,
    keep_enrolment,
    read_enrolments,
    read_token,
)

if TYPE_CHECKING:
    from diag.sync.http import HttpTransport

_RENEW = 179 * 24 * 3600 * 1000
"""A token that ends within this many milliseconds is renewed: each day, so that the
copy of a laptop is found out the next time that both call."""

_DAY = 24 * 3600 * 1000

_OTHER_HUB = frozenset({"not-found", "method", "bad-request", "too-large"})
"""Refusals of a hub that is not what it was: an older one came back, or its limits
are lower."""

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


def synchronise(
    journal: Journal,
    office: QuickTransport,
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
        f"{problem} ({count} modification{'s' if count > 1 else ''})"
        for problem, count in sorted(counts.items())
    ]
    if meeting.barred:
        result.refused.append(meeting.barred)
    result.conclude()
    return result


def _meet(
    meeting: Exchange,
    office: QuickTransport,
    line: UnsureLine,
    result: SyncResult,
    sealing: SealStep | None,
) -> tuple[Hello, SyncAnswer | None]:
    """Exchange revisions, by the newest protocol that both know.

    How a hub presented itself is remembered: it is not asked again, unless what it
    answers is not of that protocol any more.
    """
    rounds = Rounds(meeting, office, line, sealing, day=result.at // _DAY)
    if kept := read_memory(meeting.journal, result.hub).get("hello"):
        try:
            hello = rounds.run(Hello.model_validate({**kept, "time": 0}))
        except (ProblemError, ValidationError) as error:
            if isinstance(error, ProblemError) and error.kind not in _OTHER_HUB:
                raise
            keep_memory(meeting.journal, result.hub, {})
        else:
            return hello, rounds.answer
    hello = office.hello()
    line.is_up = True
    if hello.newest >= NEWEST:
        return rounds.run(hello), rounds.answer
    hello = meeting.run(hello)
    if sealing and meeting.pulled:
        sealing.learn(hello)
    return hello, None


def _transfer(
    transfer: Transfer, office: QuickTransport, hub: str, answer: SyncAnswer | None
) -> None:
    """Exchange attachments, unless nothing changed since all of them had passed.

    While photos of closed audits are here, the office is asked each time which it has:
    what it answers lets them leave this laptop.
    """
    if answer is None:
        transfer.run(office)
        return
    journal, files = transfer.journal, answer.files
    memory = read_memory(journal, hub)
    sums = [files, *exchange.mark_attachments(journal)]
    if memory.get("sums") == sums:
        transfer.awaited = memory["awaited"]
        return
    names, is_closed = [files, transfer.mark_names()], transfer.holds_closed()
    if memory.get("names") == names and not is_closed:
        transfer.awaited = memory["awaited"]
        keep_memory(journal, hub, memory | {"sums": sums})
        return
    transfer.run(office)
    fresh: dict[str, object] = {"sums": [], "names": [], "awaited": transfer.awaited}
    if not (transfer.refused or transfer.deferred or transfer.holds_closed()):
        fresh["sums"] = [files, *exchange.mark_attachments(journal)]
        fresh["names"] = [files, transfer.mark_names()]
    keep_memory(journal, hub, memory | fresh)


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
