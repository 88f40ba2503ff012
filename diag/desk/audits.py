"""Opening audits: the school it is about, the edition that judges it."""

from dataclasses import dataclass
from difflib import get_close_matches

from diag.desk.editions import current_edition
from diag.desk.known_audits import audits
from diag.desk.prefill import known_already
from diag.desk.schools_told import school_told
from diag.desk.session import Session
from diag.desk.settings import campaign_named
from diag.desk.workspace import Workspace
from diag.journal import changes
from diag.journal.audits import open_audit
from diag.journal.facts import edition_of, status_of
from diag.model.audit import Audit, AuditStatus, Subject, audit_id
from diag.model.errors import DiagError
from diag.model.place import PlaceKind
from diag.model.territory import School
from diag.model.uai import normal_uai


@dataclass(frozen=True, slots=True)
class Listed:
    """An audit in a list."""

    audit: Audit
    school: School
    status: AuditStatus


def start(workspace: Workspace, uai: str, campaign: str | None = None) -> Session:
    """Open a school's audit, created when nobody has yet; its edition is pinned once.

    Raises:
        DiagError: unknown school, bad campaign, faulty checklists, nothing written.
    """
    wanted = campaign_named(campaign or workspace.settings.campaign)
    school = school_of(workspace, uai)
    edition = current_edition(workspace)
    subject = Subject(kind=PlaceKind.ECOLE, code=school.uai)
    audit = open_audit(workspace.journal, wanted, subject, workspace.origin)
    session = Session(workspace, audit, school)
    if edition_of(workspace.journal, audit.id) is None:
        session.say(changes.pinned(audit.id, edition))
        if known := known_already(audit.id, school, session.checklist):
            session.say(*known)
    return session


def open_session(
    workspace: Workspace, uai: str, campaign: str | None = None
) -> Session:
    """Open the audit that was started for a school.

    Raises:
        DiagError: when there is none in the campaign; says how to start it.
    """
    wanted = campaign_named(campaign or workspace.settings.campaign)
    school = school_of(workspace, uai)
    subject = Subject(kind=PlaceKind.ECOLE, code=school.uai)
    ident = audit_id(wanted, subject)
    for audit in audits(workspace.journal):
        if audit.id == ident:
            return Session(workspace, audit, school)
    raise DiagError(
        f"Pas d'audit de {school.uai} ({school.name}, {school.commune}) dans la "
        f"campagne {wanted}. Ouvrez-le : diag audit start {school.uai}."
    )


def listed(workspace: Workspace) -> tuple[Listed, ...]:
    """Return every audit of this workspace, in the order in which they came."""
    journal = workspace.journal
    return tuple(
        Listed(audit, school_or(workspace, _stub(audit)), status_of(journal, audit.id))
        for audit in audits(journal)
    )


def school_of(workspace: Workspace, uai: str) -> School:
    """Return a school of the territory by its UAI.

    Raises:
        DiagError: when the UAI is wrong or unknown; names the nearest one.
    """
    try:
        wanted = normal_uai(uai)
    except ValueError as error:
        raise DiagError(f"{error}.") from error
    school = workspace.territory.school(wanted) or school_told(workspace, wanted)
    if school is not None:
        return school
    known = [line.uai for line in workspace.territory.schools()]
    if not known:
        raise DiagError(
            f"École {wanted} inconnue : le territoire est vide. "
            "Importez la liste officielle : diag import annuaire FICHIER.csv."
        )
    near = get_close_matches(wanted, known, n=1, cutoff=0.8)
    hint = f" Vouliez-vous dire {near[0]} ?" if near else ""
    raise DiagError(
        f"École {wanted} inconnue dans ce territoire.{hint} "
        "Cherchez-la : diag schools NOM, ou importez son département."
    )


def school_or(workspace: Workspace, told: School) -> School:
    """Return the school as this territory knows it, else as it was told.

    An audit that came from another laptop may precede the directory that names it.
    """
    known = workspace.territory.school(told.uai)
    return known or school_told(workspace, told.uai) or told


def _stub(audit: Audit) -> School:
    code = audit.subject.code
    return School(uai=code, name=f"École {code}", insee="", commune="")
