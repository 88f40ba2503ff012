"""What surrounds the answers: who is on an audit, visits, follow-up, status, accepting.

Who is on it, until which day, is declared and seen by all, never enforced. Accepting:
who may, what is signed, and what unseals it, in words.
"""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import date, datetime, time, timedelta
from typing import Any

from diag.assess.plan import DONE
from diag.audit.answer import Key
from diag.audit.evidence import allowed_on
from diag.audit.findings import open_points, open_words
from diag.audit.history import describe_subject
from diag.audit.memory import own_standing, session_before
from diag.audit.remarks import since_words
from diag.audit.report import report_of
from diag.audit.session import AuditSession
from diag.audit.votes import frozen_votes
from diag.journal import changes, seals
from diag.journal.facts import Claim, Conflict, all_claims, claimed, claims_of
from diag.journal.journal import get_setting, put_setting
from diag.journal.revision import NewRevision, Revision
from diag.journal.seals import Proof
from diag.journal.signatures import Signature, signable, standing_word
from diag.journal.subjects import AnswerTopic, AuditTopic
from diag.model.audit import FollowUp, Visit
from diag.model.enums import AuditStatus, Compliance, FollowUpState
from diag.model.errors import DiagError
from diag.model.text import accept
from diag.words.dates import day_words, describe_day
from diag.words.sentences import counted, listed, suggest
from diag.words.vocabulary import LAW
from diag.workspace.settings import Settings
from diag.workspace.subjects import auditee_of, audits
from diag.workspace.workspace import Workspace

_SIGNED = {AuditStatus.SOUMIS, AuditStatus.ACCEPTE, AuditStatus.CLOS}
"""States that say that its findings are good to be read."""

_SHORTEST = 8
"""Fewest characters that name a revision or a digest; twelve are shown."""


def add_visit(
    session: AuditSession,
    day: date,
    *,
    present: tuple[str, ...] = (),
    met: tuple[str, ...] = (),
    authorisation: str = "",
    corrects: Visit | None = None,
) -> Visit:
    """Record a day on site: who came, whom they met, who authorised it.

    Raises:
        DiagError: a day to come, or one that is recorded already.
    """
    fresh = session.workspace.world.fresh_id()
    visit = Visit(
        id=corrects.id if corrects else fresh,
        date=day.isoformat(),
        present=_lines(present, "present"),
        met=_lines(met, "met"),
        authorisation=accept(authorisation, "authorisation", line=True),
        measuring=allowed_on(session, day),
    )
    if visit != corrects:
        if day > session.workspace.world.today():
            raise DiagError(
                f"Le {day:%d/%m/%Y} est à venir : une visite prévue n'est pas une "
                "visite. Datez-la d'aujourd'hui ou d'un jour passé.",
                about="on",
            )
        ordered = f"diag audit visit {session.about.ref}"
        days = {one.id: one.date for one in session.visits}
        is_same_day = days.pop(visit.id, "") == visit.date
        if not is_same_day and visit.date in days.values():
            raise DiagError(
                f"La visite du {day:%d/%m/%Y} est déjà notée. Corrigez-la plutôt.",
                command=f"{ordered} --correct {day:%d/%m/%Y}",
                about="on",
            )
        session.record(changes.visited(session.audit.id, visit))
    return visit


def visit_on(session: AuditSession, day: date) -> Visit:
    """Return the visit of a day.

    Raises:
        DiagError: there was none that day; names those that there were.
    """
    found = {date.fromisoformat(one.date): one for one in session.visits}
    if day not in found:
        days = ", ".join(f"{each:%d/%m/%Y}" for each in found) or "aucune"
        raise DiagError(f"Pas de visite notée le {day:%d/%m/%Y}. Notées : {days}.")
    return found[day]


def remove_visit(session: AuditSession, visit: Visit) -> None:
    """Take a day on site away; history keeps it, undo brings it back."""
    session.record(changes.unvisited(session.audit.id, visit.id))


def add_step(session: AuditSession, *steps: FollowUp) -> None:
    """Add a step to the life of each recommendation, in one commit; earlier ones stay.

    Once checked, the facts that it made true are to come back to, where the audit is
    still open.

    Raises:
        DiagError: unknown recommendation, set aside without a reason, or done on a day
            to come or before the first visit, that found it lacking.
    """
    own = (one.id for one in own_standing(session))
    known = {*session.checklist.recommendations, *own}
    cleaned = [_checked(session, one, known) for one in steps]
    asked_again: dict[Key, None] = {}
    checked = [
        one.recommendation for one in cleaned if one.state is FollowUpState.VERIFIEE
    ]
    if checked and session.status is not AuditStatus.CLOS:
        # For nothing else is it judged: an edition of an older method cannot be.
        advice = {one.recommendation.id: one for one in session.assessment.advice}
        for found in filter(None, map(advice.get, checked)):
            remedy = session.judge.remedies.by_id[found.recommendation.id]
            reading = session.judge.reading(session.facts)
            places = (each.place for each in found.targets)
            asked_again |= dict.fromkeys(remedy.effect.changes(reading, places))
    session.record(
        *(changes.followed(session.audit.id, one) for one in cleaned),
        *(changes.flagged(session.audit.id, *key) for key in asked_again),
    )


def unknown_advice(
    session: AuditSession, ident: str, known: Iterable[str]
) -> DiagError:
    """Return why an id is no recommendation here; it names the nearest one."""
    return DiagError(
        f"Préconisation « {ident[:60]} » inconnue.{suggest(ident, known)} "
        "Voyez la liste.",
        command=f"diag score {session.about.ref}",
    )


def _checked(
    session: AuditSession, step: FollowUp, known: AbstractSet[str]
) -> FollowUp:
    if step.recommendation not in known:
        raise unknown_advice(session, step.recommendation, known)
    cleaned = step.model_copy(
        update={"by": accept(step.by, "by", line=True), "why": accept(step.why, "why")}
    )
    if step.state is FollowUpState.ECARTEE and not cleaned.why:
        raise DiagError(
            "Une préconisation s'écarte avec un motif : la commune le lira. "
            "Dites pourquoi.",
            command='--why "…"',
            about="why",
        )
    if step.state in DONE:
        if step.on > session.workspace.world.today().isoformat():
            raise DiagError(
                f"Le {describe_day(step.on)} est à venir : rien n'y est encore fait. "
                "Donnez le jour où cela l'a été.",
                about="on",
            )
        visited = _first_visit(session)
        if step.on and step.on < visited:
            raise DiagError(
                f"Le {describe_day(step.on)} est avant la visite du "
                f"{describe_day(visited)}, qui ne l'a pas trouvé fait. "
                "Donnez le jour où cela l'a été.",
                about="on",
            )
    return cleaned


def _first_visit(session: AuditSession) -> str:
    """Return the ISO day of the first visit, audits before included; empty: none."""
    days = [one.date for one in session.visits]
    before = session_before(session)
    days += filter(None, [_first_visit(before)] if before else [])
    return min(days, default="")


def move(
    session: AuditSession,
    status: AuditStatus,
    comment: str = "",
    *,
    seen: str = "",
    alone: bool = False,
) -> None:
    """Move the audit to a status; closing and accepting sign what was written.

    Closing freezes the votes first. `seen` and `alone` are of an acceptance.

    Raises:
        DiagError: what may not be accepted, or is given back without a reason.
        OlderMethodError: an audit of an older method passes to another edition first.
        DamagedError: what is to be signed is no longer what was written.
    """
    if status is AuditStatus.RETOURNE:
        check_reason(comment, session.about.ref)
    if status in _SIGNED:
        session.check_method()
        session.prove()
    accepted = accept(comment, "comment")
    votes = frozen_votes(session) if status is AuditStatus.CLOS else ()

    def draw(digest: str) -> NewRevision:
        if status is AuditStatus.ACCEPTE:
            return _acceptance(session, accepted, seen=seen, alone=alone)
        signed = digest if status is AuditStatus.CLOS else ""
        return changes.moved(session.audit.id, status, signed, accepted)

    session.record(*votes, seal=draw)


def check_reason(comment: str, ref: str = "SUJET") -> None:
    """Let nobody give an audit back without saying why.

    Raises:
        DiagError: the reason is empty.
    """
    if not comment.strip():
        raise DiagError(
            "Un audit se retourne avec un motif : l'ingénieur le lira. Dites ce qu'il "
            "faut compléter.",
            command=f'diag review return {ref} --comment "…"',
        )


def revision_named(session: AuditSession, text: str) -> Revision:
    """Return the revision that an id, or the start of one, names.

    Raises:
        DiagError: when the audit holds none, or several; or the start is too short.
    """
    wanted = text.strip().lower()
    history = f"diag audit history {session.about.ref}"
    if len(wanted) < _SHORTEST:
        raise DiagError(
            f"« {text[:16]} » est trop court : donnez au moins {_SHORTEST} "
            "caractères, les premiers. Trouvez-la.",
            command=history,
        )
    found = [one for one in session.revisions() if one.id.startswith(wanted)]
    if not found:
        raise DiagError(
            f"Modification {wanted[:16]} inconnue dans cet audit. Trouvez-la.",
            command=history,
        )
    if len(found) > 1:
        raise DiagError(
            f"{len(found)} modifications commencent par {wanted[:64]} : donnez plus "
            "de caractères. L'historique les a tous.",
            command=f"{history} --json",
        )
    return found[0]


def _lines(texts: tuple[str, ...], about: str) -> tuple[str, ...]:
    return tuple(filter(None, (accept(text, about, line=True) for text in texts)))


def left_to_check(session: AuditSession) -> tuple[str, ...]:
    """Return what is still open, one sentence each; nothing when all was checked."""
    report = report_of(session)
    left = open_points(report)
    sentences = []
    if left.criteria or left.conflicts or left.lists:
        sentences.append(open_words(report))
    unsure = [
        one.criterion.title
        for one in session.assessment.alerts
        if one.compliance is Compliance.A_VERIFIER
    ]
    if unsure:
        sentences.append(f"{LAW}, à vérifier : {' ; '.join(unsure)}.")
    if not session.visits:
        sentences.append("Aucune visite n'est enregistrée.")
    undecided = sum(one.undecided for one in report.plan.actions)
    if undecided:
        many = "s" * (undecided > 1)
        sentences.append(f"{undecided} préconisation{many} sans décision.")
    return tuple(sentences)


def digest_to_accept(session: AuditSession) -> str:
    """Return the digest of what an acceptance would sign now."""
    return signable(session.workspace.journal, session.audit.id).digest


def wrote_in(session: AuditSession) -> bool:
    """Say whether who uses this workspace wrote in the audit, and cannot accept it."""
    signed = signable(session.workspace.journal, session.audit.id)
    return session.workspace.settings.author in signed.authors


def _acceptance(
    session: AuditSession, comment: str, *, seen: str, alone: bool
) -> NewRevision:
    """Return the draft of an acceptance, checked once nobody else can write.

    `seen`: the digest that was on the screen, or how it starts; empty: whatever it is.
    `alone`: accept what one wrote oneself, which is then printed wherever it is shown.
    """
    audit, author = session.audit.id, session.workspace.settings.author
    signed = signable(session.workspace.journal, audit)
    start = seen.strip().lower()
    if seen and len(start) < _SHORTEST:
        raise DiagError(
            f"« {seen[:16]} » est trop court : donnez au moins {_SHORTEST} "
            "caractères de l'empreinte que vous avez relue.",
            command="diag review",
            about="digest",
        )
    if not signed.digest.startswith(start):
        raise DiagError(
            f"L'audit « {session.about.title} » a changé depuis que vous l'avez à "
            f"l'écran : son empreinte est {signed.digest[:12]}, vous avez relu "
            f"{start[:12]}. Rien n'est accepté. Relisez ce qui a changé, puis "
            "acceptez.",
            command=f"diag audit history {session.about.ref}",
        )
    found = [one for one in session.conflicts if not _is_settled(session, one)]
    if found:
        where = listed([describe_subject(session, one.topic) for one in found], 3)
        raise DiagError(
            f"{counted(len(found), 'conflit')} à trancher dans l'audit "
            f"« {session.about.title} » : {where}. Tranchez, ou laissez ouvert "
            "avec un motif, puis acceptez.",
            command=f"diag conflicts list {session.about.ref}",
        )
    is_own = author in signed.authors
    if is_own and not alone:
        raise DiagError(
            f"Vous avez écrit dans l'audit « {session.about.title} » : qui y écrit "
            "ne l'accepte pas. Faites-le accepter par un collègue. Vous pouvez "
            "aussi l'accepter seul, et tout dira « accepté par son auteur ».",
            command=f"diag review accept {session.about.ref} --alone",
        )
    return changes.accepted(audit, signed.digest, signed.lines, comment, alone=is_own)


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
    name_of, since = settings.plain_name, signature.since
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


_TOLD = "claims.told"
"""Day → audit → who else is on it, as a sync told it that day."""

_LONGEST = timedelta(days=366)
"""Nobody else ends what a colleague said."""


def claim(session: AuditSession, day: date) -> None:
    """Say that one is on an audit until the end of a day.

    Raises:
        DiagError: a day that is past, or further than a year.
    """
    today = session.workspace.world.today()
    if day < today:
        raise DiagError(
            f"Le {day:%d/%m/%Y} est passé. Dites jusqu'à quel jour vous y êtes.",
            about="until",
        )
    if day - today > _LONGEST:
        raise DiagError(
            f"Le {day:%d/%m/%Y} est à plus d'un an. Dites un jour plus proche.",
            about="until",
        )
    end = datetime.combine(day, time(23, 59, 59)).astimezone()
    _write_claim(session, int(end.timestamp()) * 1000)


def release(session: AuditSession) -> None:
    """Say that one is on an audit no longer."""
    if is_claimed(session):
        _write_claim(session, 0)


def is_claimed(session: AuditSession) -> bool:
    """Say whether who uses this workspace is on an audit."""
    author = session.workspace.settings.author
    return any(one.author == author for one in _claims_now(session))


def others_words(session: AuditSession) -> str:
    """Return who else is on an audit: « Anne Roy y est jusqu'au 05/10/2026 »."""
    settings = session.workspace.settings
    others = [one for one in _claims_now(session) if not _is_own_claim(settings, one)]
    return _claims_words(settings, others)


def claim_words(session: AuditSession) -> str:
    """Return who is on an audit, oneself included; empty when nobody is."""
    return _claims_words(session.workspace.settings, _claims_now(session))


def claim_news(workspace: Workspace) -> Iterator[str]:
    """Give who else is on which audit."""
    yield from _claims_news(workspace, _others_claims(workspace))


def untold_claims(workspace: Workspace) -> list[str]:
    """Return who else is on which audit, each once a day, unless it changes."""
    journal, day = workspace.journal, workspace.world.today().isoformat()
    others = _others_claims(workspace)
    now = {audit: [[*one] for one in claims] for audit, claims in others.items()}
    told = get_setting(journal, _TOLD, {}).get(day, {})
    new = {audit: others[audit] for audit in others if told.get(audit) != now[audit]}
    if new and not journal.readonly:
        put_setting(journal, _TOLD, {day: told | now})
    return [*_claims_news(workspace, new)]


def _others_claims(workspace: Workspace) -> dict[str, list[Claim]]:
    settings = workspace.settings
    found = all_claims(workspace.journal, workspace.world.clock())
    others = {
        audit: [one for one in claims if not _is_own_claim(settings, one)]
        for audit, claims in found.items()
    }
    return {audit: claims for audit, claims in others.items() if claims}


def _claims_news(
    workspace: Workspace, found: Mapping[str, list[Claim]]
) -> Iterator[str]:
    for audit in audits(workspace.journal) if found else ():
        if claims := found.get(audit.id):
            title = auditee_of(workspace, audit).title
            yield f"{title} : {_claims_words(workspace.settings, claims)}."


def claims_json(session: AuditSession) -> list[dict[str, Any]]:
    """Return who is on an audit, for a program."""
    name_of = session.workspace.settings.plain_name
    return [
        {"by": name_of(one.author), "until": one.until} for one in _claims_now(session)
    ]


def _claims_now(session: AuditSession) -> tuple[Claim, ...]:
    workspace = session.workspace
    return claims_of(workspace.journal, session.audit.id, workspace.world.clock())


def _write_claim(session: AuditSession, until: int) -> None:
    workspace, audit = session.workspace, session.audit.id
    author = workspace.settings.author
    if Claim(author, until) not in _claims_now(session):
        session.record(claimed(workspace.journal, audit, author, until))


def _is_own_claim(settings: Settings, one: Claim) -> bool:
    return one.author == settings.author


def _claims_words(settings: Settings, claims: Iterable[Claim]) -> str:
    return ", ".join(
        f"{'vous y êtes' if _is_own_claim(settings, one) else f'{name} y est'} "
        f"jusqu'au {day_words(one.until)}"
        for one in claims
        for name in [settings.name_of(one.author)]
    )
