"""How a campaign advances: its audits by commune, and by engineer."""

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction

from diag.assess import ENGINE
from diag.desk.audits import listed
from diag.desk.session import Session
from diag.desk.territory.glance import keep_judged
from diag.desk.territory.outlook import NOBODY, STATUS_WORDS
from diag.desk.workspace import Workspace
from diag.journal.hands import Hand, hands_by_audit
from diag.journal.stages import completeness, is_begun
from diag.model.auditee import Auditee
from diag.model.enums import AuditStatus
from diag.model.errors import DiagError
from diag.model.folding import fold

NO_COMMUNE = "Syndicat"
"""Where an audit is that no commune has."""


@dataclass(frozen=True, slots=True)
class Standing:
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
class Tally:
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
            for status, word in STATUS_WORDS.items()
            if self.statuses[status]
        )


def standings(workspace: Workspace) -> tuple[Standing, ...]:
    """Return where every audit of this campaign stands, judged again where need be.

    One that was opened, and nothing said in it, is left out.
    """
    found = [
        (Session(workspace, one.audit, one.about), one.status)
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
    hands = hands_by_audit(workspace.journal)
    return tuple(
        _standing(session, status, hands.get(session.audit.id, []), known)
        for session, status in found
    )


def _standing(
    session: Session,
    status: AuditStatus,
    hands: list[Hand],
    known: dict[str, Fraction],
) -> Standing:
    name_of = session.workspace.settings.name_of
    return Standing(
        about=session.about,
        status=status,
        engineer=name_of(hands[0].author) if hands else NOBODY,
        last=max((hand.last for hand in hands), default=0),
        known=known.get(session.audit.id),
        conflicts=len(session.conflicts),
    )


def by_commune(found: Iterable[Standing]) -> list[Tally]:
    """Return how each commune advances, by name."""
    return _tallied(found, lambda one: one.about.commune or NO_COMMUNE)


def by_engineer(found: Iterable[Standing]) -> list[Tally]:
    """Return how the audits that each engineer leads advance, by name."""
    return _tallied(found, lambda one: one.engineer)


def _tallied(
    found: Iterable[Standing], title: Callable[[Standing], str]
) -> list[Tally]:
    parted: dict[str, list[Standing]] = {}
    for one in found:
        parted.setdefault(title(one), []).append(one)
    return [_tally(name, parted[name]) for name in sorted(parted, key=fold)]


def _tally(title: str, found: list[Standing]) -> Tally:
    known = [one.known for one in found if one.known is not None]
    return Tally(
        title=title,
        audits=len(found),
        statuses=Counter(one.status for one in found),
        known=sum(known, Fraction(0)) / len(known) if known else None,
        conflicts=sum(one.conflicts for one in found),
        last=max(one.last for one in found),
    )
