"""Opening audits: who it is about, the edition that judges it."""

from dataclasses import dataclass

from diag.desk.auditees import auditee_named, auditee_of
from diag.desk.checklists.editions import current
from diag.desk.known_audits import audits
from diag.desk.session import Session
from diag.desk.settings import campaign_named
from diag.desk.visit.prefill import known_already
from diag.desk.workspace import Workspace
from diag.journal import changes
from diag.journal.audits import open_audit
from diag.journal.facts import edition_of, status_of
from diag.model.audit import Audit, audit_id
from diag.model.auditee import Auditee
from diag.model.enums import AuditStatus, PlaceKind
from diag.model.errors import DiagError


@dataclass(frozen=True, slots=True)
class Listed:
    """An audit in a list."""

    audit: Audit
    about: Auditee
    status: AuditStatus


def start(workspace: Workspace, ref: str, campaign: str | None = None) -> Session:
    """Open an audit, created when nobody has yet; its edition is pinned once.

    `ref` names whom it is about: a UAI, `commune:INSEE`, `syndicat:SIREN`.

    Raises:
        DiagError: unknown subject, bad campaign, faulty checklists, nothing written.
    """
    wanted = campaign_named(campaign or workspace.settings.campaign)
    about = auditee_named(workspace, ref)
    ident = audit_id(wanted, about.subject)
    # Read before anything is written: faulty checklists open no audit.
    is_pinned = edition_of(workspace.journal, ident) is not None
    edition = None if is_pinned else current(workspace)
    audit = open_audit(workspace.journal, wanted, about.subject, workspace.origin)
    session = Session(workspace, audit, about)
    _keep_siren(workspace, about)
    if edition is not None:
        session.notice = edition.notice
        session.say(changes.pinned(audit.id, edition.digest))
        if known := known_already(audit.id, about, session.checklist):
            session.say(*known)
    return session


def is_started(workspace: Workspace, ref: str) -> bool:
    """Say whether there is an audit of it in the campaign of this workspace.

    Raises:
        DiagError: unknown subject.
    """
    about = auditee_named(workspace, ref)
    ident = audit_id(campaign_named(workspace.campaign), about.subject)
    return any(audit.id == ident for audit in audits(workspace.journal))


def open_session(
    workspace: Workspace, ref: str, campaign: str | None = None
) -> Session:
    """Open the audit that was started for a school, a commune or a syndicat.

    Raises:
        DiagError: when there is none in the campaign; says how to start it.
    """
    wanted = campaign_named(campaign or workspace.settings.campaign)
    about = auditee_named(workspace, ref)
    ident = audit_id(wanted, about.subject)
    for audit in audits(workspace.journal):
        if audit.id == ident:
            return Session(workspace, audit, about)
    raise DiagError(
        f"Pas d'audit de {about.ref} ({about.title}) dans la campagne {wanted}. "
        "Ouvrez-le.",
        command=f"diag audit start {about.ref}",
    )


def listed(workspace: Workspace) -> tuple[Listed, ...]:
    """Return every audit of this workspace, in the order in which they came."""
    journal = workspace.journal
    return tuple(
        Listed(audit, auditee_of(workspace, audit), status_of(journal, audit.id))
        for audit in audits(journal)
    )


def _keep_siren(workspace: Workspace, about: Auditee) -> None:
    """Learn the number of one's own syndicat, the first time that it is audited."""
    settings = workspace.settings
    if about.kind is not PlaceKind.SYNDICAT or settings.siren:
        return
    if about.name in {settings.syndicat, f"Syndicat {about.code}"}:
        workspace.keep_settings(settings.model_copy(update={"siren": about.code}))
