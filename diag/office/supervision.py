"""Audits as an office sees them: of a campaign, of a place; what a review decides."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from diag.assess import ENGINE
from diag.audit.compare import keep_judged
from diag.audit.follow import claim_words, move, standing_words
from diag.audit.history import dispatch_words
from diag.audit.proposals import count_waiting
from diag.audit.session import AuditSession, listed
from diag.audit.snapshot import OLDER
from diag.journal.errors import DamagedError
from diag.journal.facts import status_of
from diag.journal.records import dispatches_of
from diag.journal.school_lines import (
    authors_by_audit,
    completeness,
    is_begun,
    names_shown,
)
from diag.journal.signatures import Signature, signature_of, standing_word, status_head
from diag.model.audit import Audit, Auditee, School, Subject
from diag.model.enums import AuditStatus, PlaceKind, Provenance
from diag.model.errors import DiagError
from diag.model.text import fold
from diag.office.agenda import address_of
from diag.office.conflicts import unsettled
from diag.office.outlook import NOBODY
from diag.words.dates import day_words, written_day
from diag.words.sentences import counted, number, phone_number
from diag.words.vocabulary import STATUSES
from diag.workspace.subjects import audits
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
            f"L'audit « {session.about.title} » est {STATUSES[session.status]} : "
            "seul un audit soumis se relit."
        )


# The file of a place: who it is, and its audits.

_REVIEWED = {AuditStatus.SOUMIS, AuditStatus.ACCEPTE, AuditStatus.RETOURNE}
_UNSAID = "ouvert, rien n'y est encore dit"
_SENT = 4
"""At most so many documents sent are shown of an audit: one a reader."""


@dataclass(frozen=True, slots=True)
class AuditOverview:
    """One audit, in words."""

    audit: Audit
    status: str
    answers: int
    """How many people gave: what official lists know is not one."""
    latest: str
    """Day of the last answer; empty before any."""
    sent: tuple[str, ...]
    """The last documents that left, in words."""
    begun: bool
    """Whether anybody wrote in it; official lists do not count."""
    unsettled: str
    """What is to be settled in it, counted; empty when nothing is."""
    present: str
    """Who is on it, until which day; empty when nobody says so."""
    offered: int
    """How many answers are offered in it, that wait for a person's yes."""

    @property
    def words(self) -> str:
        """Return « en cours, 12 réponses, la dernière le 05/10/2026 »."""
        if not self.begun:
            return self.status
        latest = f", la dernière le {self.latest}" if self.latest else ""
        return f"{self.status}, {counted(self.answers, 'réponse')}{latest}"


def who(workspace: Workspace, about: Auditee) -> Iterator[tuple[str, str]]:
    """Yield what is known of whom an audit is about: a label, and what it holds."""
    lines: Iterable[tuple[str, str]]
    if about.school:
        lines = _school_lines(workspace, about.school)
    elif about.kind is PlaceKind.COMMUNE:
        territory = workspace.territory
        commune = territory.commune(about.code)
        schools = territory.schools("", commune=about.code)
        population = commune.population if commune else None
        lines = (
            ("Mairie", _town_hall(workspace, about.code)),
            ("Habitants", "" if population is None else number(population)),
            ("Réseau", _access(workspace, about.code)),
            ("Regroupement", commune.epci_name if commune else ""),
            ("Écoles", ", ".join(names_shown(schools).values())),
        )
    else:
        counts = workspace.territory.counts()
        lines = (
            ("SIREN", about.code),
            ("Territoire", counted(counts.schools, "école")),
        )
    yield from (line for line in lines if line[1])


def _school_lines(workspace: Workspace, school: School) -> Iterator[tuple[str, str]]:
    """Yield what the official lists hold of a school; empty where they hold nothing."""
    cycles = " et ".join(
        name
        for name, taken in (
            ("maternelle", school.nursery),
            ("élémentaire", school.elementary),
        )
        if taken
    )
    counts = []
    if school.classes is not None:
        counts.append(counted(school.classes, "classe"))
    if school.pupils is not None:
        counts.append(counted(school.pupils, "élève"))
    if school.classes and school.pupils:
        counts.append(f"{round(school.pupils / school.classes)} par classe")
    if counts and school.headcount_year:
        counts[-1] += f" ({school.headcount_year})"
    year = f" ({school.ips_year})" if school.ips_year else ""
    warning = "l'annuaire annonce sa fermeture" * (school.state == "A FERMER")
    if school.vanished:
        day = written_day(school.vanished)
        warning = f"absente de l'annuaire depuis l'import du {day} : fermée\u00a0?"
    kinds = (school.sector, cycles, school.priority_education)
    yield "Adresse", address_of(school)
    yield "Téléphone", phone_number(school.phone)
    yield "Courriel", school.email
    yield "École", ", ".join(filter(None, kinds))
    yield "Élèves", ", ".join(counts)
    yield "IPS", "" if school.ips is None else f"{number(school.ips)}{year}"
    yield "Inspection", school.circonscription
    yield "RPI", school.rpi
    yield "Réseau", _access(workspace, school.insee)
    yield "Mairie", _town_hall(workspace, school.insee)
    yield "Commune", _commune_audit(workspace, school.insee)
    yield "Attention", warning


def _commune_audit(workspace: Workspace, insee: str) -> str:
    """Return where the last audit of a commune stands; empty when none was begun."""
    subject, journal = Subject(kind=PlaceKind.COMMUNE, code=insee), workspace.journal
    found = [
        each
        for each in audits(journal)
        if each.subject == subject and is_begun(journal, each.id)
    ]
    if not found:
        return ""
    last = max(found, key=lambda each: each.campaign)
    standing = status_of(journal, last.id)
    status = standing_word(standing, signature_of(journal, last.id))
    return f"audit {status}, campagne {last.campaign}"


def list_audits_of(workspace: Workspace, about: Auditee) -> list[AuditOverview]:
    """Return the audits of a subject, the latest campaign first."""
    journal, found = workspace.journal, []
    for audit in audits(journal):
        if audit.subject != about.subject:
            continue
        session = AuditSession(workspace, audit, about)
        given = [
            heads
            for heads in session.facts.answers.values()
            if any(head.provenance is not Provenance.IMPORTED for head in heads)
        ]
        last = max((head.at for heads in given for head in heads), default=0)
        begun = is_begun(journal, audit.id)
        older = f", {OLDER}" if session.is_older else ""
        status = standing_word(session.status, session.signature) + older
        stand = stand_of(session)
        reviewed = (stand.words,) if stand and stand.status in _REVIEWED else ()
        sent = map(dispatch_words, dispatches_of(journal, audit.id)[-_SENT:])
        found.append(
            AuditOverview(
                audit,
                status if begun else _UNSAID,
                len(given),
                day_words(last) if given else "",
                (*reviewed, *sent),
                begun,
                unsettled(session) if begun else "",
                claim_words(session),
                count_waiting(session) if begun else 0,
            )
        )
    return sorted(found, key=lambda one: one.audit.campaign, reverse=True)


def _access(workspace: Workspace, insee: str) -> str:
    access = workspace.territory.access(insee)
    if access is None:
        return ""
    parts = []
    if access.premises:
        share = 100 * (access.fibre or 0) // access.premises  # never rounded to all
        day = f" au {written_day(access.counted_on)}" if access.counted_on else ""
        parts.append(f"fibre pour {share} % des locaux de la commune{day}")
    if access.line_end:
        parts.append(f"fin du cuivre le {written_day(access.line_end)}")
    elif access.sale_end:
        parts.append(f"cuivre vendu jusqu'au {written_day(access.sale_end)}")
    return ", ".join(parts)


def _town_hall(workspace: Workspace, insee: str) -> str:
    hall = workspace.territory.town_hall(insee)
    if hall is None:
        return ""
    year = f" (adresse de {hall.source_date[:4]})" if hall.source_date else ""
    return (hall.email or hall.problem) + (year if hall.email else "")
