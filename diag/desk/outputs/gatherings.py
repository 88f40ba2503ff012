"""Which audits a document beyond the school is made of, found from what is typed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from diag.desk.auditees import auditee_of, commune_auditee, school_of
from diag.desk.house.own import office_of
from diag.desk.known_audits import audits
from diag.desk.outputs.reporting import report_of
from diag.desk.session import Session
from diag.desk.settings import campaign_named
from diag.desk.workspace import Workspace
from diag.journal.facts import edition_of
from diag.model.accents import accented
from diag.model.auditee import Auditee
from diag.model.enums import PlaceKind
from diag.model.errors import DiagError
from diag.model.folding import fold
from diag.reports.synthesis.extract import Extract, extract_of
from diag.reports.synthesis.gathering import Gathering
from diag.words.dates import day_of

Progress = Callable[[int, int], None]
"""Told how many audits are read, of how many."""

TERRITORY = "territoire"
"""How the whole campaign is named on the command line."""


@dataclass(frozen=True, slots=True)
class Scope:
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


def scope_named(workspace: Workspace, ref: str) -> Scope:
    """Return what is named: a commune, a circonscription, the territory, a school.

    Raises:
        DiagError: when it is wrong or unknown; says what to do.
    """
    kind, _, code = ref.strip().partition(":")
    match kind.casefold():
        case "territoire" | "syndicat":
            name = workspace.settings.syndicat or "Territoire"
            return Scope(TERRITORY, "", name, TERRITORY)
        case "commune":
            about = commune_auditee(workspace, code)
            return Scope("commune", about.code, about.name, about.stem, about.insee)
        case "circonscription":
            return _circonscription(workspace, code)
    school = school_of(workspace, code or ref)
    name = accented(school.name)
    return Scope("ecole", school.uai, name, school.uai, school.insee)


def gathered(
    workspace: Workspace,
    scope: Scope,
    day: date | None = None,
    campaign: str | None = None,
    progress: Progress = lambda _done, _total: None,
) -> Gathering:
    """Return every audit of a scope that is begun, judged one after the other.

    Raises:
        DiagError: when no school of it was audited in the campaign; says what to do.
    """
    settings = workspace.settings
    wanted = campaign_named(campaign or settings.campaign)
    today = day or workspace.world.today()
    sessions = _sessions(workspace, scope, wanted)
    extracts = tuple(_extracts(sessions, today, progress))
    if not any(one.about.kind is PlaceKind.ECOLE for one in extracts):
        raise DiagError(
            f"Aucune école auditée pour {scope.name} dans la campagne {wanted}. "
            "Ouvrez un audit.",
            command="diag audit start UAI",
        )
    return Gathering(
        name=scope.name,
        extracts=extracts,
        missing=tuple(_missing(workspace, scope, extracts)),
        campaign=wanted,
        author=settings.name_of(settings.author),
        office=office_of(workspace),
        date=today,
        commune=workspace.territory.commune(scope.insee) if scope.insee else None,
        population_of=population_day(workspace),
    )


def _extracts(
    sessions: list[Session], today: date, progress: Progress
) -> Iterable[Extract]:
    for rank, session in enumerate(sessions, 1):
        extract = extract_of(report_of(session, today))
        session.forget()
        progress(rank, len(sessions))
        if extract.begun:
            yield extract


def _sessions(workspace: Workspace, scope: Scope, campaign: str) -> list[Session]:
    journal = workspace.journal
    found = [
        Session(workspace, audit, about)
        for audit in audits(journal)
        if audit.campaign == campaign
        and _is_within(scope, about := auditee_of(workspace, audit))
        and edition_of(journal, audit.id)
    ]

    def rank(session: Session) -> tuple[bool, str, str, str]:
        about = session.about
        is_school = about.kind is PlaceKind.ECOLE
        return is_school, fold(about.commune), fold(about.name), about.ref

    return sorted(found, key=rank)


def _is_within(scope: Scope, about: Auditee) -> bool:
    match scope.kind:
        case "commune":
            return about.insee == scope.code
        case "circonscription":
            school = about.school
            return school is not None and school.circonscription == scope.code
        case "ecole":
            return about.ref == scope.code
    return True


def _missing(
    workspace: Workspace, scope: Scope, extracts: Iterable[Extract]
) -> Iterable[str]:
    """Give the names of the public schools of a scope that nobody audited."""
    if scope.kind == "ecole":
        return
    told = {one.about.ref for one in extracts}
    inspections = workspace.territory.values_of("circonscription")
    for line in workspace.territory.schools():
        if line.uai in told or line.vanished or line.sector == "Privé":
            continue
        if scope.kind == "commune" and line.insee != scope.code:
            continue
        if scope.kind == "circonscription" and inspections[line.uai] != scope.code:
            continue
        yield _school_name(scope, line.name, line.commune)


def _school_name(scope: Scope, name: str, commune: str) -> str:
    return name if scope.kind == "commune" else f"{name} ({commune})"


def _circonscription(workspace: Workspace, typed: str) -> Scope:
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
        return Scope("circonscription", found[0], found[0], stem[:80])
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
