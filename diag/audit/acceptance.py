"""Accepting an audit: who may, what is signed, and what unseals it, in words."""

from collections.abc import Callable
from typing import Any

from diag.audit.history import describe_subject
from diag.audit.remarks import since_words
from diag.audit.session import AuditSession
from diag.journal import changes, seals
from diag.journal.conflicts import Conflict
from diag.journal.revision import NewRevision
from diag.journal.seals import Proof
from diag.journal.signatures import Signature, signable, standing_word
from diag.journal.subjects import AnswerTopic, AuditTopic
from diag.model.enums import AuditStatus
from diag.model.errors import DiagError
from diag.words.sentences import counted, listed
from diag.workspace.settings import Settings

_SHORTEST = 8
"""Fewest characters of a digest that tell it from another; twelve are shown."""


def digest_to_accept(session: AuditSession) -> str:
    """Return the digest of what an acceptance would sign now."""
    return signable(session.workspace.journal, session.audit.id).digest


def wrote_in(session: AuditSession) -> bool:
    """Say whether who uses this workspace wrote in the audit, and cannot accept it."""
    signed = signable(session.workspace.journal, session.audit.id)
    return session.workspace.settings.author in signed.authors


def draw_acceptance(
    session: AuditSession, comment: str, *, seen: str = "", alone: bool = False
) -> Callable[[str], NewRevision]:
    """Return what checks and draws an acceptance once nobody else can write.

    `seen`: the digest that was on the screen, or how it starts; empty: whatever it is.
    `alone`: accept what one wrote oneself, which is then printed wherever it is shown.
    """

    def draw(_digest: str) -> NewRevision:
        audit, author = session.audit.id, session.workspace.settings.author
        signed = signable(session.workspace.journal, audit)
        _check_seen(session, seen, signed.digest)
        _check_settled(session)
        is_own = author in signed.authors
        if is_own and not alone:
            raise DiagError(
                f"Vous avez écrit dans l'audit de {session.about.title} : qui y écrit "
                "ne l'accepte pas. Faites-le accepter par un collègue. Vous pouvez "
                "aussi l'accepter seul, et tout dira « accepté par son auteur ».",
                command=f"diag review accept {session.about.ref} --alone",
            )
        return changes.accepted(
            audit, signed.digest, signed.lines, comment, alone=is_own
        )

    return draw


def relayed_words(session: AuditSession) -> str:
    """Return how many lines nobody proves are their author's; empty for none."""
    journal = session.workspace.journal
    seals.check_known(journal)
    proofs = seals.proofs_of(journal, session.audit.id).values()
    number = sum(one.proof is Proof.RELAYED for one in proofs)
    if not number:
        return ""
    what = counted(number, "modification relayée", "modifications relayées")
    return (
        f"{what} par un autre que leur auteur, sans son sceau : l'historique les nomme."
    )


def _check_seen(session: AuditSession, seen: str, now: str) -> None:
    if not seen:
        return
    start = seen.strip().lower()
    if len(start) < _SHORTEST:
        raise DiagError(
            f"« {seen[:16]} » est trop court : donnez au moins {_SHORTEST} caractères "
            "de l'empreinte que vous avez relue.",
            command="diag review",
            about="digest",
        )
    if not now.startswith(start):
        raise DiagError(
            f"L'audit de {session.about.title} a changé depuis que vous l'avez à "
            f"l'écran : son empreinte est {now[:12]}, vous avez relu {start[:12]}. "
            "Rien n'est accepté. Relisez ce qui a changé, puis acceptez.",
            command=f"diag audit history {session.about.ref}",
        )


def _check_settled(session: AuditSession) -> None:
    found = [one for one in session.conflicts if not _is_settled(session, one)]
    if found:
        where = listed([describe_subject(session, one.topic) for one in found], 3)
        raise DiagError(
            f"{counted(len(found), 'conflit')} à trancher dans l'audit de "
            f"{session.about.title} : {where}. Tranchez, ou laissez ouvert avec un "
            "motif, puis acceptez.",
            command=f"diag conflicts list {session.about.ref}",
        )


def _is_settled(session: AuditSession, conflict: Conflict) -> bool:
    """Say whether the acceptance settles it, or a note why it is left open."""
    if conflict.topic == AuditTopic("status"):
        return True
    if not isinstance(conflict.topic, AnswerTopic):
        return False
    journal, audit = session.workspace.journal, session.audit.id
    for subject, _ in conflict.by_subject:
        note = f"{subject}/note"
        heads = {head.key for head in journal.current(audit, note) if head.has_value}
        for revision in journal.history(audit, note):
            if revision.key in heads and {*conflict.heads} <= {*revision.seen}:
                return True
    return False


def standing_words(
    settings: Settings, status: AuditStatus, signature: Signature | None
) -> str:
    """Return where an audit stands: « descellé (3 modifications, par Camille…) »."""
    word = standing_word(status, signature)
    if signature is None or signature.since is None:
        return word
    return f"{word} ({since_words(settings, signature.since)})"


def ways_on(session: AuditSession) -> tuple[AuditStatus, ...]:
    """Return where an audit may go: one that was unsealed may be accepted anew."""
    status, signature = session.status, session.signature
    again = status is AuditStatus.ACCEPTE and signature and not signature.intact
    return (*((AuditStatus.ACCEPTE,) if again else ()), *_NEXT[status])


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


def signature_json(
    settings: Settings, signature: Signature | None
) -> dict[str, Any] | None:
    """Return who signed an audit and what was written since, for a program."""
    if signature is None:
        return None
    name_of, since = settings.name_of, signature.since
    return {
        "by": name_of(signature.author),
        "at": signature.at,
        "digest": signature.digest,
        "alone": signature.alone,
        "unsealed": None
        if since is None
        else {
            "lines": since.lines,
            "by": [name_of(label) for label in since.authors],
            "since": since.at or None,
            "missing": since.missing,
        },
    }
