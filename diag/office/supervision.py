"""Where every audit of a campaign stands, by commune and by engineer."""

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction

from diag.assess import ENGINE
from diag.audit.session import AuditSession, listed
from diag.journal.judged import is_judged, store_judged
from diag.journal.school_lines import authors_by_audit, completeness, is_begun
from diag.model.audit import Auditee
from diag.model.enums import AuditStatus
from diag.model.errors import DiagError
from diag.model.text import fold
from diag.office.outlook import NOBODY
from diag.words.vocabulary import STATUSES
from diag.workspace.workspace import Workspace


def keep_judged(session: AuditSession) -> None:
    """Keep the judgement of now, for lists and for who opens the file elsewhere.

    It is a cache: a workspace that is read-only does without, and what is fresh stays.
    So does what was judged by an older method: nothing else tells it any more.
    """
    journal = session.workspace.journal
    if journal.readonly or is_judged(journal, session.audit.id, engine=ENGINE):
        return
    if session.is_older:
        return
    store_judged(
        journal,
        session.audit.id,
        session.assessment,
        digest=session.digest,
        edition=session.edition,
        engine=ENGINE,
        conflicts=len(session.conflicts),
    )


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
            with suppress(DiagError):  # its edition has not come yet
                keep_judged(session)
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
