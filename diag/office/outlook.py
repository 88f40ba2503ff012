"""The territory as one looks over it: every school, and where its audit stands."""

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from itertools import groupby

from diag.assess import ENGINE
from diag.audit.session import AuditSession, listed
from diag.journal.audits import authors_by_audit
from diag.journal.conflicts import audits_in_conflict
from diag.journal.facts import completeness, is_begun, stages
from diag.journal.journal import AuditSum, Journal
from diag.journal.judged import is_judged, store_judged
from diag.journal.school_lines import SchoolLine
from diag.model.audit import Auditee
from diag.model.campaign import school_year
from diag.model.enums import AuditStatus
from diag.model.errors import DiagError
from diag.model.text import fold
from diag.words.figures import percent
from diag.words.vocabulary import STATUSES
from diag.workspace.workspace import Workspace

NO_GROUP = "Sans regroupement connu"
"""Heading of the schools whose EPCI nobody has imported."""

NOBODY = "Personne encore"
"""Heading of the schools where nobody has answered in this campaign."""


class Grouping(StrEnum):
    """How the list of schools is cut."""

    NONE = "none"
    COMMUNE = "commune"
    EPCI = "epci"
    ENGINEER = "engineer"


@dataclass(frozen=True, slots=True)
class AuditProgress:
    """Where the audit of one school stands."""

    status: AuditStatus | None
    """None: no audit in this campaign."""
    known: Fraction | None
    """Share of what applies that is known; None when it was not judged since."""
    earlier: str
    """The last campaign before this one in which the school was audited."""
    unsettled: bool = False
    """Whether people wrote apart what nobody has settled yet."""

    @property
    def words(self) -> str:
        """Its state in a few words: « en cours, 45 % », « avant : 2025-2026 ».

        Nothing known is shown as not judged yet.
        """
        if self.status is None:
            return f"avant : {self.earlier}" if self.earlier else ""
        word = STATUSES[self.status]
        if self.unsettled:
            under_way = self.status is AuditStatus.EN_COURS
            return "à trancher" if under_way else f"à trancher, {word}"
        if not self.known or self.status is not AuditStatus.EN_COURS:
            return word
        return f"{word}, {percent(self.known)}"


NOTHING_YET = AuditProgress(None, None, "")
"""A school that nobody has audited."""


def progress_by_school(
    workspace: Workspace, *, conflicts: bool = True
) -> dict[str, AuditProgress]:
    """Return where each audited school stands in this campaign, and no other.

    An audited commune or syndicat stands among them, by its INSEE code or its SIREN.
    One whose audit was opened, and nothing written in it, is not audited. Without
    `conflicts`, which a first screenful does not wait for, nothing is to settle.
    """
    campaign, journal = workspace.campaign, workspace.journal
    judged = completeness(journal, engine=ENGINE)
    differing = _unsettled(journal, journal.manifest()) if conflicts else ()
    found: dict[str, AuditProgress] = {}
    begun = [each for each in stages(journal) if each.begun]
    for audit in sorted(begun, key=lambda each: each.campaign):
        uai, before = audit.code, found.get(audit.code, NOTHING_YET)
        if audit.campaign == campaign:
            found[uai] = AuditProgress(
                audit.status,
                judged.get(audit.audit),
                before.earlier,
                unsettled=audit.audit in differing,
            )
        elif audit.campaign < campaign:
            found[uai] = AuditProgress(None, None, audit.campaign)
    return found


@lru_cache(maxsize=1)  # 50 ms for 300 audits, and the list is read again at each key
def _unsettled(journal: Journal, _manifest: tuple[AuditSum, ...]) -> frozenset[str]:
    """Return the ids of the audits where something is to be settled."""
    forks = audits_in_conflict(journal)
    if not forks:
        return forks
    # Merges and conflicts are the journal's dearest words: 20 ms, for those who differ.
    from diag.journal.conflicts import conflicts_of  # noqa: PLC0415
    from diag.workspace.subjects import audits  # noqa: PLC0415

    return frozenset(
        each.id
        for each in audits(journal)
        if each.id in forks and conflicts_of(journal, each)
    )


@dataclass(frozen=True, slots=True)
class SchoolGroup:
    """Schools under one heading; the heading is empty when the list is not cut."""

    title: str
    schools: tuple[SchoolLine, ...]
    insee: str = ""
    """Code of the commune, when they are all of one: it may have its own audit."""


def grouped(
    workspace: Workspace, schools: Iterable[SchoolLine], by: Grouping
) -> list[SchoolGroup]:
    """Return schools, which come by commune and name, under their headings."""
    if by is Grouping.NONE:
        return [SchoolGroup("", tuple(schools))]
    if by is Grouping.COMMUNE:
        runs = groupby(schools, key=lambda each: (each.insee, each.commune))
        return [
            SchoolGroup(commune, tuple(run), insee) for (insee, commune), run in runs
        ]
    if by is Grouping.ENGINEER:
        leads = leaders(workspace)
        return _parted(schools, lambda each: leads.get(each.uai), NOBODY)
    names = {each.insee: each.epci_name for each in workspace.territory.communes()}
    return _parted(schools, lambda each: names.get(each.insee), NO_GROUP)


def _parted(
    schools: Iterable[SchoolLine],
    title_of: Callable[[SchoolLine], str | None],
    without: str,
) -> list[SchoolGroup]:
    """Return schools by heading, in the order of the dictionary, `without` last."""
    parted: dict[str, list[SchoolLine]] = {}
    for school in schools:
        parted.setdefault(title_of(school) or without, []).append(school)
    titles = sorted(parted, key=lambda title: (title == without, fold(title)))
    return [SchoolGroup(title, tuple(parted[title])) for title in titles]


def leaders(workspace: Workspace) -> dict[str, str]:
    """Return who answered most in each audit of this campaign, by UAI or code."""
    hands, name_of = authors_by_audit(workspace.journal), workspace.settings.name_of
    return {
        one.code: name_of(hands[one.audit][0].author)
        for one in stages(workspace.journal)
        if one.campaign == workspace.campaign and one.begun and one.audit in hands
    }


def keep_judged(session: AuditSession) -> None:
    """Keep the judgement of now, for lists and for who opens the file elsewhere.

    It is a cache: a workspace that is read-only does without, and what is fresh stays.
    """
    journal = session.workspace.journal
    if journal.readonly or is_judged(journal, session.audit.id, engine=ENGINE):
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


def year_begun(workspace: Workspace) -> str:
    """Return the school year of today when the campaign is an older one; else nothing.

    Campaigns are named after school years: their names are in order.
    """
    year = school_year(workspace.world.today())
    return year if year > workspace.campaign else ""


def year_sentence(year: str, how: str) -> str:
    """Return the sentence on a year that has begun, and how one goes on to it."""
    return f"Une nouvelle année scolaire a commencé : {year} ({how})."


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
