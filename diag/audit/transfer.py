"""One audit as a JSON file, history included: out and in again, an identity."""

from codecs import BOM_UTF8
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from diag.audit.session import AuditSession
from diag.checklist.edition import open_edition
from diag.journal.attachments import dropping_erased
from diag.journal.errors import RefusedError
from diag.journal.ingest import Ingested
from diag.journal.revision import parse
from diag.model.audit import Audit, Auditee, School, audit_id, school_auditee
from diag.model.base import Noun
from diag.model.errors import DiagError
from diag.model.text import MAX_TEXT, is_campaign
from diag.workspace.disk import read_file, write_whole
from diag.workspace.people import learn_names
from diag.workspace.subjects import auditee_of, remember
from diag.workspace.workspace import Workspace

MAX_BYTES = 256 * 1024 * 1024
"""Largest file read: far above the largest audit."""


class AuditFile(Noun):
    """What the file holds; a revision is the text of its line, its very bytes."""

    format: Literal["diag-audit"] = "diag-audit"
    version: Literal[1] = 1
    audit: Audit
    school: School | None = None
    """Whom the audit is about, when it is a school…"""
    about: Auditee | None = None
    """… or when it is a commune or a syndicat."""
    digest: str
    """Exclusive or of the ids of all revisions."""
    edition: str
    """The compiled checklists, canonical JSON."""
    people: dict[str, Annotated[str, Field(max_length=MAX_TEXT)]] = Field(
        default_factory=dict
    )
    """Label → name of those who wrote in this audit, where known."""
    revisions: tuple[str, ...]


def export_audit(session: AuditSession, path: Path) -> int:
    """Write an audit to a file, whole or not at all; return how many revisions.

    Raises:
        DamagedError: the audit is no longer what was written.
    """
    workspace = session.workspace
    session.prove()
    lines = [line.decode() for line in workspace.journal.lines(session.audit.id)]
    people = session.workspace.settings.people
    labels = sorted({one.author for one in session.revisions()} & people.keys())
    file = AuditFile(
        audit=session.audit,
        school=session.about.school,
        about=None if session.about.school else session.about,
        digest=session.digest,
        edition=workspace.editions.read(session.edition).decode(),
        people={label: people[label] for label in labels},
        revisions=tuple(lines),
    )
    idle = {"about"} if file.about is None else {"school"}
    text = file.model_dump_json(indent=1, exclude=idle)
    write_whole(path, f"{text}\n".encode(), mode=0o600)
    return len(lines)


def import_audit(workspace: Workspace, path: Path) -> tuple[AuditSession, Ingested]:
    """Take in an audit from a file: what is here stays, what was missing comes.

    Raises:
        DiagError: when the file is no audit, was cut or altered; nothing came in.
    """
    content = read_file(path, MAX_BYTES)
    if len(content) > MAX_BYTES:
        raise DiagError(
            f"{path} : plus de {MAX_BYTES // 2**20} Mo. "
            "Ce n'est pas un audit exporté par diag."
        )
    try:
        file = AuditFile.model_validate_json(content.removeprefix(BOM_UTF8))
    except ValidationError as error:
        newer = any(problem["loc"][:1] == ("version",) for problem in error.errors())
        remedy = (
            "Il vient d'une version plus récente : mettez diag à jour."
            if newer
            else "Exportez-le à nouveau : diag audit export UAI FICHIER."
        )
        raise DiagError(
            f"{path} : ce n'est pas un audit exporté par cette version de diag, "
            f"ou il a été coupé. Rien n'a été lu. {remedy}"
        ) from error
    lines = [line.encode() for line in file.revisions]
    _verify(path, file, lines)
    workspace.editions.keep(file.edition.encode())
    with dropping_erased(workspace.journal):
        taken = workspace.journal.ingest(lines)
    learn_names(workspace, file.people)
    about = _about(file)
    assert about is not None  # verified
    remember(workspace, about)
    return AuditSession(workspace, file.audit, auditee_of(workspace, file.audit)), taken


def _about(file: AuditFile) -> Auditee | None:
    return school_auditee(file.school) if file.school else file.about


def _verify(path: Path, file: AuditFile, lines: list[bytes]) -> None:
    """Check everything before anything is read in."""
    if not is_campaign(file.audit.campaign):
        raise DiagError(
            f"{path} : « {file.audit.campaign[:40]} » n'est pas un nom de campagne. "
            "Rien n'a été lu. Exportez l'audit à nouveau."
        )
    if file.audit.id != audit_id(file.audit.campaign, file.audit.subject):
        raise DiagError(
            f"{path} : l'identifiant ne correspond pas au sujet. Rien n'a été lu. "
            "Exportez l'audit à nouveau."
        )
    about = _about(file)
    if about is None or about.subject != file.audit.subject:
        raise DiagError(
            f"{path} : l'école ou la commune jointe n'est pas celle de l'audit. "
            "Rien n'a été lu. Exportez l'audit à nouveau."
        )
    digest = 0
    for number, line in enumerate(lines, 1):
        try:
            revision = parse(line)
        except RefusedError as error:
            raise DiagError(
                f"{path}, modification {number} : {error} Rien n'a été lu. "
                "Exportez l'audit à nouveau."
            ) from error
        if revision.audit != file.audit.id:
            raise DiagError(
                f"{path}, modification {number} : elle parle d'un autre audit. "
                "Rien n'a été lu. Exportez l'audit à nouveau."
            )
        digest ^= int.from_bytes(revision.key)
    if f"{digest:064x}" != file.digest:
        raise DiagError(
            f"{path} : il manque des modifications, ou l'une a été altérée. "
            "Rien n'a été lu. Exportez l'audit à nouveau."
        )
    try:
        open_edition(file.edition.encode())
    except ValueError as error:
        raise DiagError(
            f"{path} : les grilles jointes sont illisibles. Rien n'a été lu. Exportez "
            "l'audit à nouveau."
        ) from error
