"""Documents beyond one school: of a commune, a circonscription, the territory.

What one is about is named, its audits are read, then it is built.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from diag.audit.remarks import PUBLIC_READERS, Slip, slips_of
from diag.audit.report import report_of
from diag.audit.session import AuditSession
from diag.documents.synthesis.commune import commune_synthesis
from diag.documents.synthesis.gathering import Extract, Gathering, extract_of
from diag.documents.synthesis.territory import (
    circonscription_synthesis,
    territory_synthesis,
)
from diag.documents.write import Paper
from diag.journal.facts import edition_of
from diag.journal.records import standing_list_of
from diag.journal.school_lines import SchoolLine
from diag.model.audit import Auditee
from diag.model.enums import AuditStatus, PlaceKind
from diag.model.errors import DiagError
from diag.model.text import accented, fold
from diag.words.dates import day_of
from diag.workspace.charter import office_of
from diag.workspace.settings import campaign_named
from diag.workspace.subjects import auditee_of, audits, commune_auditee, school_of
from diag.workspace.workspace import Workspace

Progress = Callable[[int, int], None]
"""Called with how many audits are read, of how many."""

TERRITORY = "territoire"
"""How the whole campaign is named on the command line."""

NAMING = "commune:INSEE, circonscription:NOM ou territoire"
"""How the command line names a synthesis."""

_BUILDERS = {
    "commune": commune_synthesis,
    "circonscription": circonscription_synthesis,
    TERRITORY: territory_synthesis,
}


@dataclass(frozen=True, slots=True)
class GatheringScope:
    """Which schools a document is about."""

    kind: str
    """`commune`, `circonscription`, `territoire` or `ecole`."""
    code: str
    """INSEE code, whole name of the circonscription, UAI; empty for all."""
    name: str
    """As it is printed."""
    stem: str
    """A name for its files."""
    insee: str = ""
    """Code of the commune, when it is about one."""


def scope_named(workspace: Workspace, ref: str) -> GatheringScope:
    """Return what is named: a commune, a circonscription, the territory, a school.

    Raises:
        DiagError: when it is wrong or unknown; with what to do.
    """
    kind, _, code = ref.strip().partition(":")
    match kind.casefold():
        case "territoire" | "syndicat":
            name = workspace.settings.syndicat or "Territoire"
            return GatheringScope(TERRITORY, "", name, TERRITORY)
        case "commune":
            about = commune_auditee(workspace, code)
            return GatheringScope(
                "commune", about.code, about.name, about.stem, about.insee
            )
        case "circonscription":
            return _circonscription(workspace, code)
    school = school_of(workspace, code or ref)
    name = accented(school.name)
    return GatheringScope("ecole", school.uai, name, school.uai, school.insee)


def gathered(
    workspace: Workspace,
    scope: GatheringScope,
    day: date | None = None,
    campaign: str | None = None,
    progress: Progress = lambda _done, _total: None,
) -> Gathering:
    """Return every audit of a scope that is begun, judged one after the other.

    Raises:
        DiagError: when no school of it was audited in the campaign; with what to do.
    """
    settings = workspace.settings
    wanted = campaign_named(campaign or settings.campaign)
    known = sessions_in(workspace, scope, wanted)
    closings = {} if day else _closings(workspace, known)
    today = day or workspace.world.today()
    if known and len(closings) == len(known):  # all are closed: nothing moves since
        today = max(closings.values())
    sessions = [one for one in known if not one.is_older]
    older = [one.about for one in known if one not in sessions]
    read = list[Extract]()
    for done, session in enumerate(sessions, 1):
        # As its own documents are, of the day of its closing, but not of another year:
        # amounts are added up over the same three budgets.
        closing = closings.get(session.audit.id, today)
        on = closing if closing.year == today.year else today
        read.append(extract_of(report_of(session.public(), on)))
        progress(done, len(sessions))
    extracts = tuple(one for one in read if one.begun)
    missing = list(_missing(workspace, scope, extracts, older))
    unseen = (workspace.territory.school(one.uai) for one in missing)
    if older and not extracts:
        first = next(one for one in known if one.is_older)
        raise first.older_method()
    if not any(one.about.kind is PlaceKind.ECOLE for one in extracts):
        raise DiagError(
            f"Aucune école auditée pour {scope.name} dans la campagne {wanted}. "
            "Ouvrez un audit.",
            command="diag audit start UAI",
        )
    return Gathering(
        name=scope.name,
        extracts=extracts,
        missing=tuple(_school_name(scope, one.name, one.commune) for one in missing),
        campaign=wanted,
        author=settings.name_of(settings.author),
        office=office_of(workspace),
        date=today,
        older=tuple(
            _school_name(scope, about.name, about.commune)
            for about in older
            if about.kind is PlaceKind.ECOLE
        ),
        unseen=tuple(filter(None, (*unseen, *(about.school for about in older)))),
        commune=workspace.territory.commune(scope.insee) if scope.insee else None,
        population_of=population_day(workspace),
    )


def _closings(
    workspace: Workspace, sessions: Iterable[AuditSession]
) -> dict[str, date]:
    """Return audit → day of its closing, of those that are closed with their votes."""
    closed = (one.audit.id for one in sessions if one.status is AuditStatus.CLOS)
    votes = ((one, standing_list_of(workspace.journal, one)) for one in closed)
    return {audit: date.fromisoformat(one.day) for audit, one in votes if one}


def sessions_in(
    workspace: Workspace, scope: GatheringScope, campaign: str
) -> list[AuditSession]:
    """Return the audits of a scope, by commune and name; the subject's own first."""
    journal = workspace.journal
    found = []
    for audit in audits(journal):
        if audit.campaign == campaign and edition_of(journal, audit.id):
            about = auditee_of(workspace, audit)
            belongs = {
                "commune": about.insee,
                "circonscription": about.school and about.school.circonscription,
                "ecole": about.ref,
            }
            if belongs.get(scope.kind, scope.code) == scope.code:
                found.append(AuditSession(workspace, audit, about))

    def rank(session: AuditSession) -> tuple[bool, str, str, str]:
        about = session.about
        is_school = about.kind is PlaceKind.ECOLE
        return is_school, fold(about.commune), fold(about.name), about.ref

    return sorted(found, key=rank)


def _missing(
    workspace: Workspace,
    scope: GatheringScope,
    extracts: Iterable[Extract],
    older: Iterable[Auditee],
) -> Iterator[SchoolLine]:
    if scope.kind == "ecole":
        return
    told = {*(one.about.ref for one in extracts), *(about.ref for about in older)}
    inspections = workspace.territory.values_of("circonscription")
    for line in workspace.territory.schools():
        belongs = {"commune": line.insee, "circonscription": inspections.get(line.uai)}
        if (
            belongs.get(scope.kind, scope.code) == scope.code
            and not (line.uai in told or line.vanished)
            and line.sector != "Privé"
        ):
            yield line


def _school_name(scope: GatheringScope, name: str, commune: str) -> str:
    return name if scope.kind == "commune" else f"{name} ({commune})"


def _circonscription(workspace: Workspace, typed: str) -> GatheringScope:
    """Return the only circonscription whose name holds every word typed."""
    words = fold(typed).split()
    names = sorted({
        name
        for name in workspace.territory.values_of("circonscription").values()
        if name
    })
    found = [name for name in names if set(words) <= set(fold(name).split())]
    if words and len(found) == 1:
        words_of = fold(found[0]).removeprefix("circonscription ").split()
        stem = "-".join(("circonscription", *words_of))
        return GatheringScope("circonscription", found[0], found[0], stem[:80])
    if not names:
        raise DiagError(
            "Aucune circonscription connue. Importez la liste officielle.",
            command="diag import annuaire FICHIER.csv",
        )
    listed = "\n".join(f"  {name}" for name in found or names)
    many = "Plusieurs circonscriptions" if found else "Aucune circonscription"
    raise DiagError(
        f"{many} pour « {typed[:40]} ». Précisez un mot de son nom, par exemple "
        f'"circonscription:{fold(names[0]).split()[-1]}" :\n{listed}'
    )


def population_day(workspace: Workspace) -> str:
    """Return the ISO day on which the communes were read last; empty for never."""
    days = (
        day_of(one.at).isoformat()
        for one in workspace.territory.imports()
        if one.kind == "communes"
    )
    return next(days, "")


def synthesis(
    workspace: Workspace,
    ref: str,
    day: date | None = None,
    campaign: str | None = None,
    progress: Progress = lambda _done, _total: None,
) -> tuple[Paper, Path, bool]:
    """Return a synthesis, the folder where it goes, and whether it is provisional.

    Raises:
        DiagError: when it is about nothing known, or no school was audited.
    """
    scope = scope_named(workspace, ref)
    if scope.kind not in _BUILDERS:
        raise DiagError(
            f"Une synthèse réunit plusieurs écoles : donnez {NAMING}. "
            "Une école a son rapport.",
            command=f"diag report {scope.code}",
        )
    found = gathered(workspace, scope, day, campaign, progress)
    document, house = _BUILDERS[scope.kind](found), found.office.house
    notice = house.explain(*{**house.refused, **house.replaced})
    paper = Paper("synthese", document, notice)
    return paper, folder_of(workspace, scope, found.campaign), found.provisional


def slips_gathered(
    workspace: Workspace, ref: str, campaign: str | None = None
) -> Iterator[Slip]:
    """Give what the audits of a scope would let out, each with its subject."""
    scope = scope_named(workspace, ref)
    wanted = campaign_named(campaign or workspace.settings.campaign)
    for session in sessions_in(workspace, scope, wanted):
        for slip in () if session.is_older else slips_of(session, PUBLIC_READERS):
            yield slip._replace(where=f"{session.about.name}, {slip.where}")


def folder_of(workspace: Workspace, scope: GatheringScope, campaign: str) -> Path:
    """Return where the documents of a scope go, in its workspace."""
    return workspace.folder / "exports" / f"{scope.stem}-{campaign}"
