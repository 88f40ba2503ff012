"""One whole sync with one hub: answers, then attachments, then the token.

What happened is told even when it was cut short: nothing that passed is undone.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from diag.journal.journal import Journal
from diag.model.errors import DiagError
from diag.sync.attachments import AttachmentExchange, tidy
from diag.sync.enrolments import Enrolment, keep_enrolment, token_of
from diag.sync.laptop import Exchange, Told
from diag.sync.protocol import Office, Refused
from diag.sync.trust import trust_in

if TYPE_CHECKING:
    from diag.sync.http import HttpOffice


_RENEW = 90 * 24 * 3600 * 1000
"""A token that ends within this many milliseconds is renewed."""


CLOCK_DOUBT = 120_000
"""Milliseconds from which two clocks are said to differ."""


@dataclass(slots=True)
class Outcome:
    """What a sync did, as far as it went."""

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
    """Milliseconds by which this laptop is ahead of the hub: said, never judged."""
    unequal: list[str] = field(default_factory=list)
    """Audits that are not the same on both sides."""
    refused: list[str] = field(default_factory=list)
    """What was refused, in French."""
    people: dict[str, str] = field(default_factory=dict)
    """Names of colleagues, by the label of their words."""
    there: list[str] = field(default_factory=list)
    """Attachments of this laptop that the office holds."""
    freed: int = 0
    """Photos of closed audits that left this laptop, every office having them."""
    problem: str = ""
    """Why it stopped before its end, in French; empty when it did not."""

    @property
    def is_whole(self) -> bool:
        """Say whether all that is here is at the office, and the reverse."""
        return not (self.problem or self.unequal or self.refused or self.awaited)


def synchronise(
    journal: Journal, office: Office, outcome: Outcome, told: Told
) -> Outcome:
    """Bring a journal and a hub to the same log, then their attachments.

    The outcome is filled in as one goes; it holds the problem when there is one.
    """
    exchange = Exchange(journal, office, told)
    try:
        hello = exchange.run()
        outcome.clock_gap = outcome.at - hello.time
        outcome.people = office.people()
        attachments = AttachmentExchange(journal, office, hello.limits, told)
        try:
            attachments.run()
            tidy(journal)
        finally:
            outcome.received, outcome.sent = attachments.received, attachments.sent
            outcome.awaited = attachments.awaited
            outcome.there = sorted(attachments.there)
            outcome.refused += attachments.refused
    except DiagError as error:
        outcome.problem = str(error)
    outcome.pulled, outcome.pushed = exchange.pulled, exchange.pushed
    outcome.unequal += exchange.unequal
    outcome.refused += _told(exchange.refused.values())
    if exchange.barred:
        outcome.refused.append(exchange.barred)
    return outcome


def synchronise_with(
    journal: Journal, enrolment: Enrolment, told: Told, now: int
) -> Outcome:
    """Sync with a hub that knows this laptop."""
    outcome = Outcome(enrolment.hub, enrolment.name, now)
    try:
        office = office_of(enrolment)
    except DiagError as error:
        outcome.problem = str(error)
        return outcome
    try:
        synchronise(journal, office, outcome, told)
        there = now - outcome.clock_gap  # the hub counts, by its own clock
        if not outcome.problem and enrolment.expires - there < _RENEW:
            _renew(journal.path.parent, office, enrolment)
    except DiagError as error:
        outcome.problem = str(error)
    finally:
        office.close()
    return outcome


def office_of(enrolment: Enrolment) -> "HttpOffice":
    """Return the line to a hub that knows this laptop; nothing is sent yet.

    Raises:
        DiagError: when the token cannot be had.
    """
    # HTTP: 100 ms, for who syncs only.
    from diag.sync.http import HttpOffice  # noqa: PLC0415

    return HttpOffice(enrolment.url, trust_in(enrolment.authority), token_of(enrolment))


def _renew(folder: Path, office: "HttpOffice", enrolment: Enrolment) -> None:
    renewed = office.rotate()
    fresh = {"token": renewed.token, "expires": renewed.expires}
    keep_enrolment(folder, enrolment.model_copy(update=fresh))


def _told(refused: Iterable[Refused]) -> list[str]:
    """Return each reason once, with how many lines it is about."""
    counts = Counter(one.problem for one in refused)
    return [
        f"{problem} ({count} modification{'s' if count > 1 else ''})"
        for problem, count in sorted(counts.items())
    ]
