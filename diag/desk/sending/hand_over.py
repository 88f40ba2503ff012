"""Handing a parcel over: to the mail program as a draft, or to the outbox."""

from dataclasses import dataclass
from pathlib import Path

from diag.desk.outputs.reporting import report_folder
from diag.desk.sending.parcel import Parcel
from diag.desk.session import Session
from diag.desk.whole_file import write_whole
from diag.journal import changes
from diag.journal.dispatches import dispatches_of
from diag.journal.outbox import MailState, Outbox, Posted
from diag.model.dispatch import Dispatch, Way
from diag.model.enums import Audience
from diag.model.errors import DiagError


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft on disk, and beside it what it carries."""

    message: Path
    files: tuple[Path, ...]


def write_draft(parcel: Parcel, folder: Path | None = None) -> Draft:
    """Write a draft and its files, and say so in the audit.

    Raises:
        OSError: when a file cannot be written.
    """
    place = folder or report_folder(parcel.session)
    place.mkdir(parents=True, exist_ok=True)
    files = []
    for attachment in parcel.mail.attachments:
        write_whole(place / attachment.name, attachment.content)
        files.append(place / attachment.name)
    message = place / f"courriel-{parcel.audience}.eml"
    write_whole(message, parcel.content)
    parcel.session.say(
        changes.dispatched(parcel.session.audit.id, parcel.dispatch(Way.DRAFT))
    )
    return Draft(message, tuple(files))


def queue(parcel: Parcel) -> Posted:
    """Put a message in the outbox.

    Raises:
        DiagError: when nobody said from which address one writes, or one for the same
            reader waits there already.
    """
    session, mail = parcel.session, parcel.mail
    if not mail.sender:
        raise DiagError(
            "De quelle adresse écrivez-vous ? Dites-le : "
            "diag outbox settings --sender ADRESSE."
        )
    outbox = Outbox(session.workspace.journal)
    _check_nothing_waits(outbox, parcel)
    posted = outbox.add(
        session.audit.id,
        parcel.dispatch(Way.SMTP),
        parcel.content,
        sender=mail.sender,
        title=mail.subject,
        at=session.workspace.world.clock(),
    )
    if posted is None:
        raise DiagError("Ce message exact a déjà été envoyé. Rien n'a été ajouté.")
    return posted


def already_sent(
    session: Session, audience: Audience, to: tuple[str, ...]
) -> Dispatch | None:
    """Return the last time that this reader was sent this audit's document."""
    sent = dispatches_of(session.workspace.journal, session.audit.id)
    same = [
        one
        for one in sent
        if one.audience is audience and set(one.to) & set(to) and one.way is Way.SMTP
    ]
    return same[-1] if same else None


def _check_nothing_waits(outbox: Outbox, parcel: Parcel) -> None:
    for one in outbox.all():
        told = one.dispatch
        same = (one.audit, told.audience) == (
            parcel.session.audit.id,
            parcel.audience,
        )
        if same and set(told.to) & set(parcel.mail.to) and one.state != MailState.SENT:
            raise DiagError(
                f"Un message pour {', '.join(told.to)} est déjà dans la boîte d'envoi "
                f"(n° {one.number}). Rien n'a été ajouté. Pour le remplacer : "
                f"diag outbox cancel {one.number}, puis recommencez."
            )
