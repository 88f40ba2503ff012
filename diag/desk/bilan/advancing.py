"""Where an audit stands, and what is still to be checked before it moves on."""

from collections.abc import Iterator

from diag.desk.outputs.reporting import report_of
from diag.desk.session import Session
from diag.model.enums import AuditStatus, Compliance
from diag.reports.findings import open_points, open_words

WORDS = {
    AuditStatus.EN_COURS: "en cours",
    AuditStatus.SOUMIS: "soumis à relecture",
    AuditStatus.ACCEPTE: "accepté",
    AuditStatus.RETOURNE: "retourné",
    AuditStatus.CLOS: "clos",
}
"""Where an audit stands, in a word."""

MOVES = {
    AuditStatus.EN_COURS: "Reprendre l'audit",
    AuditStatus.SOUMIS: "Soumettre à relecture",
    AuditStatus.ACCEPTE: "Accepter",
    AuditStatus.RETOURNE: "Retourner pour complément",
    AuditStatus.CLOS: "Clore : les rapports deviennent définitifs",
}
"""What one does to move an audit there."""

_NEXT = {
    AuditStatus.EN_COURS: (AuditStatus.SOUMIS, AuditStatus.CLOS),
    AuditStatus.SOUMIS: (
        AuditStatus.ACCEPTE,
        AuditStatus.RETOURNE,
        AuditStatus.EN_COURS,
    ),
    AuditStatus.ACCEPTE: (AuditStatus.CLOS, AuditStatus.EN_COURS),
    AuditStatus.RETOURNE: (AuditStatus.SOUMIS, AuditStatus.EN_COURS),
    AuditStatus.CLOS: (AuditStatus.EN_COURS,),
}


def possible(status: AuditStatus) -> tuple[AuditStatus, ...]:
    """Return where an audit may go from where it stands."""
    return _NEXT[status]


def left_to_check(session: Session) -> tuple[str, ...]:
    """Return what is still open, one sentence each; nothing when all was checked."""
    return tuple(_left(session))


def _left(session: Session) -> Iterator[str]:
    report = report_of(session)
    left = open_points(report)
    if left.criteria or left.conflicts or left.lists:
        yield open_words(report)
    unsure = [
        one.criterion.title
        for one in session.assessment.alerts
        if one.compliance is Compliance.A_VERIFIER
    ]
    if unsure:
        yield f"Conformité à vérifier : {' ; '.join(unsure)}."
    if not session.visits:
        yield "Aucune visite n'est enregistrée."
    undecided = sum(one.undecided for one in report.plan.actions)
    if undecided:
        many = "s" * (undecided > 1)
        yield f"{undecided} préconisation{many} sans décision."
