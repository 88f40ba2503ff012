"""Erasing a value for ever: alone while it is one's own and fresh, else by two."""

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from typing import NamedTuple

from diag.audit.follow import revision_named
from diag.audit.history import describe_revision, describe_subject
from diag.audit.photos import drop_erased
from diag.audit.session import AuditSession
from diag.journal import changes, seals, subjects
from diag.journal.asks import (
    SHORT_DELAY,
    ErasureAsk,
    asks_of,
    audits_asking,
    due_at,
    is_sole_author,
    standing_asks,
)
from diag.journal.exchange import held_by_hubs
from diag.journal.journal import get_setting, put_setting
from diag.journal.revision import NewRevision, Revision
from diag.journal.subjects import AnswerTopic, PhotoTopic, parse
from diag.model.errors import DiagError
from diag.model.text import accept
from diag.words.dates import day_words, time_words
from diag.workspace.backup import remember_erasures
from diag.workspace.workspace import Workspace

_SEEN = "erasures.seen"
"""Ask → when this laptop first saw it, by its clock."""


class ErasureStep(StrEnum):
    """What became of a wish to erase."""

    ERASED = "erased"
    LEAVING = "leaving"
    """Erased; old pages stay in the file, read by others, or for want of room."""
    ASKED = "asked"
    """Another person is to confirm it."""


class ForeseenErasure(NamedTuple):
    """What erasing a value would do, before anything is done."""

    revision: Revision
    step: ErasureStep
    asks: tuple[ErasureAsk, ...]
    """What it would confirm; empty when nobody asked."""
    is_current: bool
    """Whether it is read today, and not replaced since."""


class PendingErasure(NamedTuple):
    """An erasure that was asked for, in an audit."""

    session: AuditSession
    ask: ErasureAsk
    author: str
    """Label of who wrote what would be erased."""
    about: str
    due: int
    """From when it may be confirmed here, by this laptop's clock."""


def is_own_and_fresh(workspace: Workspace, revision: Revision) -> bool:
    """Say whether its author may erase a revision alone: unsent, or of this very day.

    What is written for less than a day is received for less than a day, wherever it
    is: there its age is counted again, by another clock.
    """
    if revision.author != workspace.settings.author:
        return False
    age = workspace.world.clock() - revision.at
    return 0 <= age < SHORT_DELAY or is_unsent(workspace, revision)


def is_unsent(workspace: Workspace, revision: Revision) -> bool:
    """Say whether a revision never left this laptop.

    What was about to be given is sealed; what a hub held is remembered as a hint.
    """
    journal, audit = workspace.journal, revision.audit
    if revision.lam <= held_by_hubs(journal).get(audit, 0):
        return False
    return not any(
        one.covers(key for key, *_ in seals.authored_in(journal, audit))
        for one in seals.seals_of(journal, audit)
        if revision.key[:4] in one.prefixes
    )


def foresee(session: AuditSession, revision: str) -> ForeseenErasure:
    """Return what erasing would do: at once, an ask, or the confirmation of one.

    Raises:
        DiagError: when there is no such revision, it is erased already, or it is not
            for this person, or not yet, to confirm.
    """
    found = revision_named(session, revision)
    journal, audit = session.workspace.journal, session.audit.id
    if found.erased:
        raise DiagError(f"La modification {found.id[:12]} est déjà effacée.")
    known, admins = asks_of(journal, audit), seals.administrators(journal)
    asks = standing_asks(known, found.id, admins)
    halted = [ask for ask in known if ask.target == found.id and ask.stopped_by]
    author = session.workspace.settings.author
    if halted and not asks and admins and author not in admins:
        name_of, last = session.workspace.settings.name_of, halted[-1]
        raise DiagError(
            f"{name_of(last.stopped_by)} s'y est opposé ({last.stop_reason}) : seul "
            "un administrateur du serveur peut le redemander."
        )
    # Asking too, as another administrator, would hasten it.
    asking = {ask.author for ask in asks}
    is_seconding = (
        author in admins - asking
        and not admins.isdisjoint(asking)
        and session.workspace.world.clock() < _due_at(session, asks)
    )
    if asks and not is_seconding:
        is_own = all(ask.author == author for ask in asks)
        if is_own and not is_sole_author(session.workspace.journal, author):
            raise DiagError(
                "Vous l'avez demandé : un autre que vous doit le confirmer, sur son "
                "poste, après sept jours."
            )
        due = _due_at(session, asks)
        if session.workspace.world.clock() < due:
            raise DiagError(
                f"Demandé le {day_words(asks[0].at)} : l'effacement se confirme à "
                f"partir du {time_words(due)}, pour que son auteur puisse s'y opposer."
            )
    is_at_once = bool(asks) or is_own_and_fresh(session.workspace, found)
    is_at_once = is_at_once and not is_seconding
    step = ErasureStep.ERASED if is_at_once else ErasureStep.ASKED
    heads = {head.key for head in journal.current(audit, found.subject)}
    return ForeseenErasure(found, step, asks, found.key in heads)


def erase(session: AuditSession, revision: str, reason: str) -> ErasureStep:
    """Erase what is one's own and fresh; confirm what another asked; else ask.

    The reason gives why, never what.

    Raises:
        DiagError: as `foresee` does, or no reason is given.
    """
    found, step, asks, _ = foresee(session, revision)
    why, audit = accept(reason, "reason", line=True), session.audit.id
    if step is ErasureStep.ASKED:
        draft = changes.erasure_asked(audit, found.id, why)
        # Beside what another asks: over it, theirs would stand no more.
        session.record(replace(draft, parents=()) if asks else draft)
        note_asks(session.workspace)
        return step
    if asks:
        author = session.workspace.settings.author
        by_other = min(asks, key=lambda ask: ask.author == author)
        draft = changes.erasure_confirmed(audit, found.id, by_other.id, why)
    else:
        draft = changes.erased(audit, found.id, why)
    return _carry_out(session, found, draft)


def foreseen_words(session: AuditSession, foreseen: ForeseenErasure) -> list[str]:
    """Return what would go, who wrote it, what it leaves, and who decides."""
    found, step, asks, is_current = foreseen
    name_of, topic = session.workspace.settings.name_of, parse(found.subject)
    masked: dict[str, object] = {}
    about = describe_subject(session, topic, masked if asks else found.value)
    what = " ".join(describe_revision(session, found).split())
    today = "Remplacé depuis : ce qui se lit aujourd'hui ne change pas."
    if is_current:
        is_answer = isinstance(topic, AnswerTopic)
        left = (
            "la question redevient sans réponse" if is_answer else "il n'en reste rien"
        )
        today = f"C'est ce qui se lit aujourd'hui : {left}."
    photo = " La photo part avec." if isinstance(topic, PhotoTopic) else ""
    return [
        f"{about} : {what}" if what else about,
        f"Écrit par {name_of(found.author)} le {day_words(found.at)}. {today}{photo}",
        _deciding_words(session, found, step, asks),
        "Les copies, les exports et les rapports déjà écrits le gardent.",
    ]


def _deciding_words(
    session: AuditSession,
    revision: Revision,
    step: ErasureStep,
    asks: tuple[ErasureAsk, ...],
) -> str:
    name_of = session.workspace.settings.name_of
    if asks and step is ErasureStep.ASKED:
        return (
            f"{name_of(asks[0].author)} le demande déjà. Si vous le demandez aussi, "
            "deux administrateurs le demandent : l'un de vous confirme dès demain."
        )
    if asks:
        ask = asks[0]
        return (
            f"{name_of(ask.author)} le demande depuis le {day_words(ask.at)} "
            f"({ask.reason}). Si vous confirmez, c'est effacé pour toujours."
        )
    if step is ErasureStep.ERASED and is_unsent(session.workspace, revision):
        return (
            "Vous l'avez écrit, et ce n'est jamais parti d'ici : c'est effacé pour "
            "toujours, tout de suite."
        )
    if step is ErasureStep.ERASED:
        return (
            "Vous l'avez écrit il y a moins d'un jour : c'est effacé pour toujours, "
            "ici tout de suite, au bureau si ce poste synchronise avant le "
            f"{time_words(revision.at + SHORT_DELAY)}."
        )
    settings = session.workspace.settings
    if is_sole_author(session.workspace.journal, settings.author):
        return (
            "C'est parti d'ici : la valeur est masquée dès maintenant, et vous "
            "confirmez vous-même dans sept jours, puisque vous écrivez seul ici."
        )
    return (
        "La valeur est masquée dès maintenant, son auteur le saura, et un autre que "
        "vous confirme dans sept jours."
    )


def _due_at(session: AuditSession, asks: Sequence[ErasureAsk]) -> int:
    """Return from when what was asked may be confirmed, by this laptop's clock."""
    seen = note_asks(session.workspace)
    admins = seals.administrators(session.workspace.journal)
    return due_at(asks, min(seen.get(ask.id, ask.at) for ask in asks), admins)


def _carry_out(
    session: AuditSession, found: Revision, draft: NewRevision
) -> ErasureStep:
    """Erase, everywhere here: files, and the copies that a restoration would read."""
    remember_erasures(session.workspace.folder, session.record(draft))
    drop_erased(session, found)
    is_clean = session.workspace.journal.compact()
    return ErasureStep.ERASED if is_clean else ErasureStep.LEAVING


def check_stopping(session: AuditSession, revision: str) -> list[ErasureAsk]:
    """Return the asks to erase what one wrote oneself.

    Raises:
        DiagError: when none was asked, or another person wrote it.
    """
    found = revision_named(session, revision)
    asks = asks_of(session.workspace.journal, session.audit.id)
    own = [ask for ask in asks if ask.target == found.id and not ask.stopped_by]
    if not own:
        raise DiagError(f"Personne ne demande d'effacer {found.id[:12]}.")
    if found.author != session.workspace.settings.author:
        raise DiagError(
            "Seul l'auteur de la modification arrête son effacement : "
            f"{session.workspace.settings.name_of(found.author)}."
        )
    return own


def stop(session: AuditSession, revision: str, reason: str) -> None:
    """Stop an erasure that was asked of what one wrote oneself.

    Raises:
        DiagError: when none was asked, or another person wrote it.
    """
    own, audit = check_stopping(session, revision), session.audit.id
    why = accept(reason, "reason", line=True)
    session.record(
        *(changes.erasure_stopped(audit, one.target, one.id, why) for one in own)
    )


def note_asks(workspace: Workspace) -> dict[str, int]:
    """Remember when each ask was first seen here; return when."""
    journal = workspace.journal
    audits = audits_asking(journal)
    seen = dict(get_setting(journal, _SEEN, {}))
    # Those that another was written over too: who confirms may name them.
    asked = {
        one.id
        for audit in audits
        for one in journal.history_inside(audit, subjects.ASKS)
    }
    new, now = asked - seen.keys(), workspace.world.clock()
    ahead = any(at > now for at in seen.values())  # the clock was put right since
    if (new or ahead) and not journal.readonly:
        kept = {key: min(at, now) for key, at in seen.items() if key in asked}
        seen = kept | dict.fromkeys(new, now)
        put_setting(journal, _SEEN, seen)
    return seen


def pending_in(session: AuditSession) -> list[PendingErasure]:
    """Return the erasures that are asked for in an audit, stopped ones included."""
    journal = session.workspace.journal
    asks = asks_of(journal, session.audit.id)
    if not asks:
        return []
    by_id = {one.id: one for one in session.revisions()}
    found = []
    for ask in asks:
        target = by_id.get(ask.target)
        if target is None:
            continue
        about = describe_subject(session, parse(target.subject), {})
        same = [one for one in asks if one.target == ask.target and not one.stopped_by]
        due = _due_at(session, same or [ask])
        found.append(PendingErasure(session, ask, target.author, about, due))
    return found


def pending_words(one: PendingErasure) -> str:
    """Return who asks to erase what, why, until when one may stop it, and how."""
    session, ask = one.session, one.ask
    name_of = session.workspace.settings.name_of
    what = f"{one.about}, {session.about.title}"
    if ask.stopped_by:
        return (
            f"Effacement arrêté par {name_of(ask.stopped_by)} : {what} "
            f"({ask.stop_reason})."
        )
    is_own = one.author == session.workspace.settings.author
    whose = "que vous avez écrit" if is_own else f"qu'a écrit {name_of(one.author)}"
    start = (
        f"{name_of(ask.author)} demande d'effacer pour toujours ce {whose} ({what}) : "
        f"{ask.reason}. Masqué jusque-là ; un autre peut confirmer à partir du "
        f"{day_words(one.due)}."
    )
    command = f"diag audit erase {session.about.ref} {ask.target[:12]}"
    if is_own:
        return f"{start} Pour vous y opposer : {command} --stop --reason …"
    return f"{start} Pour confirmer : {command} --reason …"
