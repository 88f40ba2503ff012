"""Where every audit of a campaign stands, and what the reviewer decides of it."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

from diag.assess import ENGINE
from diag.audit.compare import keep_judged
from diag.audit.follow import move, standing_words
from diag.audit.session import AuditSession, listed
from diag.journal.errors import DamagedError
from diag.journal.school_lines import authors_by_audit, completeness, is_begun
from diag.journal.signatures import Signature, standing_word, status_head
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
    author: str
    """Their name, or their label: what a program reads."""
    last: int
    """When somebody last answered, UTC milliseconds; 0: never."""
    known: Fraction | None
    """Share of what applies that is known; None when it cannot be judged here."""
    conflicts: int
    signature: Signature | None
    """Who accepted or closed it, if somebody did, and what was written since."""


@dataclass(frozen=True, slots=True)
class NamedTally:
    """Audits under one name."""

    title: str
    plain_title: str
    """What a program reads: of a person, the name or the label."""
    audits: int
    statuses: Counter[AuditStatus]
    standings: Counter[str]
    """The same as printed: who accepted their own, and what is unsealed, apart."""
    unsealed: int
    """Accepted or closed, and written in since."""
    known: Fraction | None
    """Mean of what is known, over the audits that could be judged."""
    conflicts: int
    last: int

    @property
    def words(self) -> str:
        """Return « 2 en cours, 1 soumis »."""
        return ", ".join(f"{many} {word}" for word, many in self.standings.items())


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
    settings = workspace.settings
    standings = []
    for session, status in found:
        hands = by_audit.get(session.audit.id, [])
        standings.append(
            AuditStanding(
                about=session.about,
                status=status,
                engineer=settings.name_of(hands[0].author) if hands else NOBODY,
                author=settings.plain_name(hands[0].author) if hands else NOBODY,
                last=max((hand.last for hand in hands), default=0),
                known=known.get(session.audit.id),
                conflicts=len(session.conflicts),
                signature=session.signature,
            )
        )
    return tuple(standings)


def by_commune(found: Iterable[AuditStanding]) -> list[NamedTally]:
    """Return how each commune advances, by name."""
    return _tallied(found, lambda one: one.about.commune or NO_COMMUNE)


def by_engineer(found: Iterable[AuditStanding]) -> list[NamedTally]:
    """Return how the audits that each engineer leads advance, by name."""
    return _tallied(found, lambda one: one.engineer, lambda one: one.author)


def _tallied(
    found: Iterable[AuditStanding],
    title: Callable[[AuditStanding], str],
    plain: Callable[[AuditStanding], str] | None = None,
) -> list[NamedTally]:
    parted: dict[str, list[AuditStanding]] = {}
    for one in found:
        parted.setdefault(title(one), []).append(one)
    tallies = []
    for name in sorted(parted, key=fold):
        order = list(AuditStatus)
        audits = sorted(parted[name], key=lambda one: order.index(one.status))
        known = [one.known for one in audits if one.known is not None]
        tallies.append(
            NamedTally(
                title=name,
                plain_title=(plain or title)(audits[0]),
                audits=len(audits),
                statuses=Counter(one.status for one in audits),
                standings=Counter(
                    standing_word(one.status, one.signature) for one in audits
                ),
                unsealed=sum(
                    one.signature is not None and not one.signature.intact
                    for one in audits
                ),
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
    author: str
    """Their name, or their label: what a program reads."""
    at: int
    comment: str
    signature: Signature | None

    @property
    def words(self) -> str:
        """Return « retourné par Y le 05/10/2026 : voir la baie ».

        One unsealed gives by whom first; one accepted by its author, that it is.
        """
        why = f" : {self.comment}" if self.comment else ""
        by = f"par {self.who} le {day_words(self.at)}{why}"
        signature = self.signature
        if signature is None or signature.status is not AuditStatus.ACCEPTE:
            return f"{STATUSES[self.status]} {by}"
        settings = self.session.workspace.settings
        word = standing_words(settings, self.status, signature)
        if not signature.intact:
            return f"{word}, après l'acceptation {by}"
        return f"{word}, {by}" if signature.alone else f"{word} {by}"


def stand_of(session: AuditSession) -> Stand | None:
    """Return where an audit stands; None when nobody has moved it yet."""
    status = session.status
    head = status_head(session.workspace.journal, session.audit.id, status)
    if head is None:
        return None
    settings, author = session.workspace.settings, head.author
    people = settings.name_of(author), settings.plain_name(author)
    value = head.value if isinstance(head.value, dict) else {}
    comment = str(value.get("comment", ""))
    return Stand(session, status, *people, head.at, comment, session.signature)


def to_review(workspace: Workspace) -> tuple[Stand, ...]:
    """Return the audits submitted or unsealed since, the first to wait first."""
    found = [
        stand
        for one in listed(workspace)
        if one.status in {AuditStatus.SOUMIS, AuditStatus.ACCEPTE}
        and (stand := stand_of(AuditSession(workspace, one.audit, one.about)))
        and (stand.signature is None or not stand.signature.intact)
    ]
    return tuple(sorted(found, key=lambda one: (one.at, one.session.about.ref)))


def accept(
    session: AuditSession, comment: str = "", *, seen: str = "", alone: bool = False
) -> None:
    """Accept what was submitted, or was written in since it was accepted.

    `seen`: start of the digest that was on the screen. `alone`: even of one's own.

    Raises:
        DiagError: it was not submitted, has changed, is one's own, or holds a conflict.
    """
    from diag.office.sealing import move_sealed  # noqa: PLC0415 - the sync's, 30 ms

    is_unsealed = session.signature is not None and not session.signature.intact
    if not (session.status is AuditStatus.ACCEPTE and is_unsealed):
        _check_submitted(session)
    move_sealed(session, AuditStatus.ACCEPTE, comment, seen=seen, alone=alone)


def give_back(session: AuditSession, comment: str) -> None:
    """Give back what was submitted, with what is to be completed.

    Raises:
        DiagError: when it was not submitted, or no reason is given.
    """
    _check_submitted(session)
    move(session, AuditStatus.RETOURNE, comment)


def _check_submitted(session: AuditSession) -> None:
    if session.status is not AuditStatus.SOUMIS:
        raise DiagError(
            f"L'audit de {session.about.title} est {STATUSES[session.status]} : "
            "seul un audit soumis se relit."
        )
