"""Where every audit of a campaign stands, and what the reviewer decides of it."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from diag.assess import ENGINE
from diag.audit.comparables import keep_judged
from diag.audit.follow import move
from diag.audit.session import AuditSession, listed
from diag.journal import subjects
from diag.journal.errors import DamagedError
from diag.journal.heads import latest
from diag.journal.school_lines import authors_by_audit, completeness, is_begun
from diag.model.audit import Auditee
from diag.model.enums import AuditStatus
from diag.model.errors import DiagError
from diag.model.text import fold
from diag.office.outlook import NOBODY
from diag.words.dates import day_words
from diag.words.vocabulary import STATUSES
from diag.workspace.workspace import Workspace

NO_COMMUNE = "Syndicat"
"""Where an audit is that no commune has."""


@dataclass(frozen=True, slots=True)
class AuditStanding:
    """Where one audit stands, and who leads it."""

    about: Auditee
    status: AuditStatus
    engineer: str
    """Who answered most, by name."""
    last: int
    """When somebody last answered, UTC milliseconds; 0: never."""
    known: Fraction | None
    """Share of what applies that is known; None when it cannot be judged here."""
    conflicts: int


@dataclass(frozen=True, slots=True)
class NamedTally:
    """Audits under one name."""

    title: str
    audits: int
    statuses: Counter[AuditStatus]
    known: Fraction | None
    """Mean of what is known, over the audits that could be judged."""
    conflicts: int
    last: int

    @property
    def words(self) -> str:
        """Return « 2 en cours, 1 soumis »."""
        return ", ".join(
            f"{self.statuses[status]} {word}"
            for status, word in STATUSES.items()
            if self.statuses[status]
        )


def standings(workspace: Workspace) -> tuple[AuditStanding, ...]:
    """Return where every audit of this campaign stands, judged again where need be.

    One that was opened, and nothing written in it, is left out.
    """
    found = [
        (AuditSession(workspace, one.audit, one.about), one.status)
        for one in listed(workspace)
        if one.audit.campaign == workspace.campaign
        and is_begun(workspace.journal, one.audit.id)
    ]
    known = completeness(workspace.journal, engine=ENGINE)
    for session, _ in found:
        if session.audit.id not in known:
            try:
                keep_judged(session)
            except DamagedError:
                raise
            except DiagError:  # its edition has not come yet
                continue
    known = completeness(workspace.journal, engine=ENGINE)
    by_audit = authors_by_audit(workspace.journal)
    name_of = workspace.settings.name_of
    standings = []
    for session, status in found:
        hands = by_audit.get(session.audit.id, [])
        standings.append(
            AuditStanding(
                about=session.about,
                status=status,
                engineer=name_of(hands[0].author) if hands else NOBODY,
                last=max((hand.last for hand in hands), default=0),
                known=known.get(session.audit.id),
                conflicts=len(session.conflicts),
            )
        )
    return tuple(standings)


def by_commune(found: Iterable[AuditStanding]) -> list[NamedTally]:
    """Return how each commune advances, by name."""
    return _tallied(found, lambda one: one.about.commune or NO_COMMUNE)


def by_engineer(found: Iterable[AuditStanding]) -> list[NamedTally]:
    """Return how the audits that each engineer leads advance, by name."""
    return _tallied(found, lambda one: one.engineer)


def _tallied(
    found: Iterable[AuditStanding], title: Callable[[AuditStanding], str]
) -> list[NamedTally]:
    parted: dict[str, list[AuditStanding]] = {}
    for one in found:
        parted.setdefault(title(one), []).append(one)
    tallies = []
    for name in sorted(parted, key=fold):
        audits = parted[name]
        known = [one.known for one in audits if one.known is not None]
        tallies.append(
            NamedTally(
                title=name,
                audits=len(audits),
                statuses=Counter(one.status for one in audits),
                known=sum(known, Fraction(0)) / len(known) if known else None,
                conflicts=sum(one.conflicts for one in audits),
                last=max(one.last for one in audits),
            )
        )
    return tallies


@dataclass(frozen=True, slots=True)
class Stand:
    """Where an audit stands, and who put it there."""

    session: AuditSession
    status: AuditStatus
    who: str
    at: int
    comment: str

    @property
    def words(self) -> str:
        """Return « retourné par Y le 05/10/2026 : voir la baie »."""
        why = f" : {self.comment}" if self.comment else ""
        return f"{STATUSES[self.status]} par {self.who} le {day_words(self.at)}{why}"


def stand_of(session: AuditSession) -> Stand | None:
    """Return where an audit stands; None when nobody has moved it yet."""
    journal = session.workspace.journal
    status = session.status
    heads = journal.current(session.audit.id, subjects.STATUS)
    saying = [head for head in heads if _field(head.value, "status") == status]
    head = latest(saying)
    if head is None:
        return None
    who = session.workspace.settings.name_of(head.author)
    return Stand(session, status, who, head.at, _field(head.value, "comment"))


def to_review(workspace: Workspace) -> tuple[Stand, ...]:
    """Return the audits submitted and not judged yet, the first to wait first."""
    found = [
        stand
        for one in listed(workspace)
        if one.status is AuditStatus.SOUMIS
        and (stand := stand_of(AuditSession(workspace, one.audit, one.about)))
    ]
    return tuple(sorted(found, key=lambda one: (one.at, one.session.about.ref)))


def accept(session: AuditSession, comment: str = "") -> None:
    """Accept what was submitted.

    Raises:
        DiagError: when it was not submitted.
    """
    _judge(session, AuditStatus.ACCEPTE, comment)


def give_back(session: AuditSession, comment: str) -> None:
    """Give back what was submitted, with what is to be completed.

    Raises:
        DiagError: when it was not submitted, or no reason is given.
    """
    if not comment.strip():
        raise DiagError("Un audit se retourne avec un motif : l'ingénieur le lira.")
    _judge(session, AuditStatus.RETOURNE, comment)


def _judge(session: AuditSession, status: AuditStatus, comment: str) -> None:
    if session.status is not AuditStatus.SOUMIS:
        raise DiagError(
            f"L'audit de {session.about.title} est {STATUSES[session.status]} : "
            "seul un audit soumis se relit."
        )
    move(session, status, comment)


def _field(value: Any, name: str) -> str:
    return str(value.get(name, "")) if isinstance(value, dict) else ""
