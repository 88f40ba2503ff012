"""The territory as one looks over it: every school, and where its audit stands."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from itertools import groupby
from weakref import WeakKeyDictionary

from diag.assess import ENGINE
from diag.journal.journal import AuditSum, Journal
from diag.journal.school_lines import (
    SchoolLine,
    Stage,
    audits_in_conflict,
    authors_by_audit,
    completeness,
    older_audits,
    stages,
)
from diag.model.enums import AuditStatus
from diag.model.text import fold, school_year
from diag.words.sentences import percent
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
    older: bool = False
    """Whether it is of an older method, judged no more."""
    word: str = ""
    """What its signature makes of it: « descellé », « retourné : voir la baie »."""

    @property
    def words(self) -> str:
        """Its state in a few words: « en cours, 45 % », « avant : 2025-2026 ».

        Nothing known is shown as not judged yet.
        """
        if self.status is None:
            return f"avant : {self.earlier}" if self.earlier else ""
        word = self.word or STATUSES[self.status]
        if self.unsettled:
            under_way = self.status is AuditStatus.EN_COURS
            return "à trancher" if under_way else f"à trancher, {word}"
        if self.older:
            return f"{word}, méthode antérieure"
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
    `conflicts`, as a first screenful is, nothing is to settle, no share is known, and
    the audits are not checked: that is read behind it.
    """
    campaign, journal = workspace.campaign, workspace.journal
    judged = completeness(journal, engine=ENGINE) if conflicts else {}
    manifest = journal.manifest()
    differing = unsettled(journal, manifest) if conflicts else ()
    older = older_audits(journal, engine=ENGINE)
    digests = {one.audit: one.digest for one in manifest}
    found: dict[str, AuditProgress] = {}
    begun = [each for each in stages(journal, checked=conflicts) if each.begun]
    for audit in sorted(begun, key=lambda each: each.campaign):
        uai, before = audit.code, found.get(audit.code, NOTHING_YET)
        if audit.campaign == campaign:
            found[uai] = AuditProgress(
                audit.status,
                judged.get(audit.audit),
                before.earlier,
                unsettled=audit.audit in differing,
                older=audit.audit in older,
                word=_word(journal, audit, digests[audit.audit]),
            )
        elif audit.campaign < campaign:
            found[uai] = AuditProgress(None, None, audit.campaign)
    return found


@lru_cache(maxsize=1024)  # the list is read again at each key
def _word(journal: Journal, audit: Stage, _digest: str) -> str:
    """Return what is to be known of where an audit stands: why it was given back."""
    if audit.status in {AuditStatus.EN_COURS, AuditStatus.SOUMIS}:
        return STATUSES[audit.status]
    from diag.journal.signatures import (  # noqa: PLC0415 - for those that were read
        signature_of,
        standing_word,
        status_head,
    )

    word = standing_word(audit.status, signature_of(journal, audit.audit))
    head = status_head(journal, audit.audit, audit.status)
    value = head.value if head else None
    why = str(value.get("comment", "")) if isinstance(value, dict) else ""
    is_returned = audit.status is AuditStatus.RETOURNE
    return f"{word} : {why}" if is_returned and why else word


def unsettled(journal: Journal, manifest: tuple[AuditSum, ...]) -> frozenset[str]:
    """Return the ids of the audits where something is to be settled.

    An audit is looked into when something was written in it: all of a thousand would
    take a quarter of a second after each answer.
    """
    seen = _SEEN.setdefault(journal, {})
    written = {
        one.audit: one for one in manifest if seen.get(one.audit, _NEW)[0] != one
    }
    differing = audits_in_conflict(journal, written)
    if differing:
        # Merges and conflicts are the journal's dearest words: 20 ms, for who differs.
        from diag.journal.facts import conflicts_of  # noqa: PLC0415
        from diag.workspace.subjects import audits  # noqa: PLC0415

        differing = frozenset(
            each.id
            for each in audits(journal)
            if each.id in differing and conflicts_of(journal, each)
        )
    seen |= {audit: (one, audit in differing) for audit, one in written.items()}
    return frozenset(one.audit for one in manifest if seen[one.audit][1])


_Seen = dict[str, tuple[AuditSum | None, bool]]
"""As each audit was when it was last looked into, and whether it was to be settled."""

_NEW = None, False

_SEEN: WeakKeyDictionary[Journal, _Seen] = WeakKeyDictionary()


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


def year_begun(workspace: Workspace) -> str:
    """Return the school year of today when the campaign is an older one; else nothing.

    Campaigns are named after school years: their names are in order.
    """
    year = school_year(workspace.world.today())
    return year if year > workspace.campaign else ""


def year_sentence(year: str, how: str) -> str:
    """Return the sentence on a year that has begun, and how one goes on to it."""
    return f"Une nouvelle année scolaire a commencé : {year} ({how})."
