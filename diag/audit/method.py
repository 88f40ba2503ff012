"""Audits of an older method: kept and readable, judged no more."""

from diag.checklist.edition import ENGINE
from diag.model.audit import Audit, Auditee
from diag.model.checklist import Checklist
from diag.model.enums import AuditStatus
from diag.model.errors import DiagError

OLDER = "méthode antérieure"
"""What is said of an audit whose edition is of an older method."""


class OlderMethodError(DiagError):
    """What was asked needs judging, and the edition of the audit is judged no more."""


def is_older(checklist: Checklist) -> bool:
    """Say whether a checklist is of an older method than this version's."""
    return checklist.engine < ENGINE


def older_method(
    audit: Audit, about: Auditee, version: str, status: AuditStatus
) -> OlderMethodError:
    """Return why an audit is not judged, and what to do about it."""
    whose = f"{about.title}, campagne {audit.campaign} : l'audit"
    named = f"{about.ref} --campaign {audit.campaign}"
    if status is AuditStatus.CLOS:
        return OlderMethodError(
            f"{whose} est clos sous l'édition {version}, d'une {OLDER}. Ce qui en a "
            "été écrit alors reste ; il n'est plus jugé ni imprimé. Pour le juger à "
            "nouveau, rouvrez-le, passez-le à l'édition courante, puis closez-le.",
            command=f"diag audit status {named} --set en_cours",
        )
    return OlderMethodError(
        f"{whose} suit l'édition {version}, d'une {OLDER} : elle ne juge plus. "
        "Passez-le à l'édition courante ; un aperçu dit d'abord ce que devient chaque "
        "réponse.",
        command=f"diag audit upgrade {named} --dry-run",
    )
