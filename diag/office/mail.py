"""A document sent to its reader: the address, the message, the outbox, its rounds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from uuid import UUID, uuid5

from diag.audit.report import Report, report_folder, report_of
from diag.audit.session import AuditSession
from diag.documents.document import Document
from diag.documents.formats import FORMATS, Format
from diag.documents.mail import Attachment, Mail, as_sent, composed, letter
from diag.journal import changes
from diag.journal.journal import get_setting, put_setting
from diag.journal.outbox import MailState, Outbox, Posted
from diag.journal.records import dispatches_of
from diag.model.audit import Dispatch, Way
from diag.model.enums import WORKING_READER, Audience
from diag.model.errors import DiagError
from diag.model.text import email_problem, is_consumer_mailbox
from diag.office.mail_server import (
    DeliveryUnknownError,
    LaterError,
    NeverError,
    ReachError,
    Server,
)
from diag.words.dates import describe_day, time_words
from diag.words.vocabulary import AUDIENCES
from diag.workspace.disk import write_whole
from diag.workspace.workspace import Workspace

_ADDRESSES_KEY = "mail_addresses"
_OLD = 3
"""Years after which an address counts as old."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a reader is written to, and what makes us think so."""

    to: tuple[str, ...]
    source: str
    """Where it comes from and how old that is, in French."""
    warnings: tuple[str, ...] = ()
    """What to look at before confirming."""


def address_of(session: AuditSession, audience: Audience) -> Address:
    """Return the address of a reader: the last one typed, else the official file's.

    Raises:
        DiagError: when none is known.
    """
    today = session.workspace.world.today()
    kept = _kept(session.workspace).get(_key(session, audience))
    if isinstance(kept, dict):
        to, day = tuple(map(str, kept["to"])), str(kept["on"])
        return _address(to, f"tapée ici le {describe_day(day)}", day, today)
    about, found, day = session.about, "", ""
    source = "aucun fichier officiel ne la donne"
    if audience.votes and about.insee:
        hall = session.workspace.territory.town_hall(about.insee)
        source = "le fichier des mairies n'en a pas (diag import mairies)"
        if hall is not None:
            found, day = hall.email, hall.source_date
            dated = f", du {describe_day(day)}" if day else ""
            source = f"fichier des mairies{dated}" if found else hall.problem
    elif audience.teaches and about.school:
        found, day = about.school.email, about.school.updated
        dated = f", fiche du {describe_day(day)}" if day else ""
        source = f"annuaire de l'éducation nationale{dated}" if found else ""
    problem = email_problem(found)
    if problem:
        raise DiagError(
            f"Pas d'adresse pour {AUDIENCES[audience]} : {source or problem}. "
            f"Donnez-la : diag send {session.about.ref} --to {audience} "
            "--address ADRESSE."
        )
    return _address((found,), source, day, today)


def typed_address(session: AuditSession, typed: tuple[str, ...]) -> Address:
    """Return addresses as typed.

    Raises:
        DiagError: when one is no address.
    """
    to = tuple(dict.fromkeys(each.strip() for each in typed))
    for each in to:
        if problem := email_problem(each):
            raise DiagError(f"« {each[:80]} » : {problem}. Rien n'a été fait.")
    today = session.workspace.world.today()
    return _address(to, "tapée à l'instant", today.isoformat(), today)


def remember_address(
    session: AuditSession, audience: Audience, address: Address
) -> None:
    """Keep a typed address for the next time, with the day."""
    workspace = session.workspace
    entry = {"to": list(address.to), "on": workspace.world.today().isoformat()}
    kept = {**_kept(workspace), _key(session, audience): entry}
    put_setting(workspace.journal, _ADDRESSES_KEY, kept)


def _address(to: tuple[str, ...], source: str, day: str, today: date) -> Address:
    warnings = [
        f"{each} est chez un fournisseur grand public : est-ce bien une adresse de "
        "service ?"
        for each in to
        if is_consumer_mailbox(each)
    ]
    if not day:
        warnings.append("La date de cette adresse est inconnue.")
    elif today.year - int(day[:4]) >= _OLD:
        warnings.append(f"Adresse de {day[:4]} : vérifiez qu'elle sert encore.")
    return Address(to, source, tuple(warnings))


def _key(session: AuditSession, audience: Audience) -> str:
    about = session.about
    if audience is WORKING_READER:
        return str(audience)
    if audience.oversees and about.school:
        return f"{audience}:{about.school.circonscription or about.department}"
    whose = about.insee if audience.votes else ""
    return f"{audience}:{whose or about.ref}"


def _kept(workspace: Workspace) -> dict[str, object]:
    found = get_setting(workspace.journal, _ADDRESSES_KEY)
    return found if isinstance(found, dict) else {}


# Messages: one document for one reader.

_NOWHERE = "diag.invalid"
"""Domain of an identifier when the sender has no address."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message ready to leave."""

    session: AuditSession
    report: Report
    audience: Audience
    mail: Mail
    warnings: tuple[str, ...]
    """What its files could not be made to be."""

    @property
    def content(self) -> bytes:
        """The draft's very bytes."""
        return composed(self.mail)

    def dispatch(self, way: Way) -> Dispatch:
        """Return the audit's record of it once it has left.

        The same message sent twice, or two drafts of the same day, are one dispatch.
        """
        report, day = self.report, self.report.date.isoformat()
        once = self.mail.ident if way is Way.SMTP else " ".join((day, *self.mail.to))
        name = f"dispatch/{way}/{self.audience}/{once}"
        return Dispatch(
            id=str(uuid5(UUID(self.session.audit.id), name)),
            audience=self.audience,
            to=self.mail.to,
            on=day,
            way=way,
            digest=report.digest,
            edition=report.edition,
            message=self.mail.ident,
            provisional=report.provisional,
        )


def check_mailed(audience: Audience, ref: str) -> None:
    """Refuse to mail what is only handed over.

    Raises:
        DiagError: for the reserved sheet.
    """
    if audience.reads_reserved:
        raise DiagError(
            "Le feuillet réservé ne s'envoie pas : imprimez-le (diag report "
            f"{ref} --audience reserve) et remettez-le en main propre."
        )


def build_message(
    session: AuditSession,
    audience: Audience,
    address: Address,
    *,
    sender: str = "",
    report: Report | None = None,
) -> Parcel:
    """Return the message that brings an audit's document to a reader.

    Raises:
        DiagError: when the sender is no address, nothing can be attached, or the
            reader's document is only handed over.
    """
    check_mailed(audience, session.about.ref)
    report = (report or report_of(session)).read_by(audience)
    sender = sender or session.workspace.settings.email
    if sender and (problem := email_problem(sender)):
        raise DiagError(
            f"Votre adresse, « {sender[:80]} » : {problem}. Corrigez-la : "
            "diag outbox settings --sender ADRESSE."
        )
    # Templates bring Jinja: who lists the outbox does without.
    from diag.documents.templates import build_document  # noqa: PLC0415

    document = build_document(report, audience)
    attachments, warnings = _attachments(session, report, audience, document)
    words = letter(report, audience, [each.name for each in attachments])
    parts = (
        session.audit.id,
        sender,
        *address.to,
        document.markdown,
        words.subject,
        words.text,
    )
    digest = sha256("\0".join(parts).encode()).hexdigest()[:40]
    mail = Mail(
        ident=f"<{digest}@{sender.rpartition('@')[2] or _NOWHERE}>",
        at=datetime.fromtimestamp(session.workspace.world.clock() // 1000, UTC),
        to=address.to,
        subject=words.subject,
        text=words.text,
        html=words.html,
        attachments=attachments,
        sender=sender,
        sender_name=report.author,
    )
    return Parcel(session, report, audience, mail, warnings)


def _attachments(
    session: AuditSession, report: Report, audience: Audience, document: Document
) -> tuple[tuple[Attachment, ...], tuple[str, ...]]:
    """Return the PDF and the ODT; the page where no PDF can be made."""
    state = "-provisoire" if report.provisional else ""
    stem = f"diagnostic-{session.about.stem}-{audience}{state}"
    made: list[Attachment] = []
    notice = report.office.house.explain(audience)
    warnings = [notice] if notice else []
    for forms in ((Format.PDF, Format.HTML), (Format.ODT,)):
        for form in forms:
            try:
                content, warning = document.write(form)
            except DiagError as error:
                warnings.append(str(error))
                continue
            made.append(Attachment(f"{stem}.{form}", FORMATS[form].mime, content))
            warnings.extend([warning] if warning else [])
            break
    return tuple(made), tuple(warnings)


@dataclass(frozen=True, slots=True)
class MailDraft:
    """A draft on disk, and next to it what it carries."""

    message: Path
    files: tuple[Path, ...]


def write_draft(parcel: Parcel, folder: Path | None = None) -> MailDraft:
    """Write a draft and its files, and record it in the audit.

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
    parcel.session.record(
        changes.dispatched(parcel.session.audit.id, parcel.dispatch(Way.DRAFT))
    )
    return MailDraft(message, tuple(files))


def queue(parcel: Parcel) -> Posted:
    """Put a message in the outbox.

    Raises:
        DiagError: when the sender has no address, or one for the same
            reader waits there already.
    """
    session, mail = parcel.session, parcel.mail
    if not mail.sender:
        raise DiagError(
            "De quelle adresse écrivez-vous ? Dites-le : "
            "diag outbox settings --sender ADRESSE."
        )
    outbox = Outbox(session.workspace.journal)
    for one in outbox.all():
        sent = one.dispatch
        same = (one.audit, sent.audience) == (parcel.session.audit.id, parcel.audience)
        if same and set(sent.to) & set(parcel.mail.to) and one.state != MailState.SENT:
            raise DiagError(
                f"Un message pour {', '.join(sent.to)} est déjà dans la boîte d'envoi "
                f"(n° {one.number}). Rien n'a été ajouté. Pour le remplacer : "
                f"diag outbox cancel {one.number}, puis recommencez."
            )
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
    session: AuditSession, audience: Audience, to: tuple[str, ...]
) -> Dispatch | None:
    """Return the last time that this reader was sent this audit's document."""
    sent = dispatches_of(session.workspace.journal, session.audit.id)
    same = [
        one
        for one in sent
        if one.audience is audience and set(one.to) & set(to) and one.way is Way.SMTP
    ]
    return same[-1] if same else None


STATES = {
    MailState.WAITING: "en attente",
    MailState.SENDING: "à vérifier",
    MailState.SENT: "envoyé",
    MailState.FAILED: "refusé",
}
"""Where a message stands, in a word."""

_REMEDIES = {
    MailState.SENDING: (
        "Peut-être parti : demandez au destinataire. Arrivé : diag outbox cancel {n} "
        "--arrived. Pas arrivé : diag outbox retry {n}."
    ),
    MailState.FAILED: (
        "Corrigez, puis diag outbox retry {n} ; ou diag outbox cancel {n} et refaites "
        "l'envoi avec la bonne adresse."
    ),
}


def posted_words(posted: Posted) -> str:
    """Return when a message left or will be tried again, or why it does not."""
    if posted.state is MailState.SENT:
        return time_words(posted.tried_at)
    if posted.state is MailState.WAITING and not posted.problem:
        return ""
    if posted.state is MailState.WAITING:
        return f"{posted.problem} Prochain essai : {time_words(posted.next_at)}."
    why = posted.problem or "Interrompu pendant l'envoi, ou en cours ailleurs."
    return f"{why} {_REMEDIES[posted.state].format(n=posted.number)}"


# The outbox.


def message_numbered(workspace: Workspace, number: int) -> Posted:
    """Return a message of the outbox that has not left yet.

    Raises:
        DiagError: when there is none of this number, it has left, or the disk
            changed it.
    """
    outbox = Outbox(workspace.journal)
    if outbox.is_changed(number):
        raise DiagError(
            f"Le message n° {number} a changé sur le disque : il ne partira pas. "
            f"Retirez-le (diag outbox cancel {number}), puis refaites-le."
        )
    found = outbox.by_number(number)
    if found is None:
        raise DiagError(
            f"Pas de message n° {number} dans la boîte d'envoi. "
            "Voyez la liste : diag outbox list."
        )
    if found.state is MailState.SENT:
        raise DiagError(
            f"Le message n° {number} est parti : on ne peut plus y toucher."
        )
    return found


def drop_changed(workspace: Workspace, number: int) -> bool:
    """Take out a message that the disk changed; False when it changed none."""
    outbox = Outbox(workspace.journal)
    if not outbox.is_changed(number):
        return False
    outbox.cancel_changed(number, workspace.world.clock())
    return True


def confirm_arrival(workspace: Workspace, posted: Posted) -> None:
    """Record that an interrupted message arrived: it counts as sent.

    Raises:
        DiagError: when it was not interrupted.
    """
    if posted.state is not MailState.SENDING:
        raise DiagError(
            f"Le message n° {posted.number} n'a pas été interrompu pendant un envoi : "
            "il n'a pas pu arriver. Rien n'a été changé."
        )
    day = datetime.fromtimestamp(posted.tried_at / 1000, UTC).date().isoformat()
    sent = posted.dispatch.model_copy(update={"on": day})
    Outbox(workspace.journal).delivered(posted, sent, workspace.origin)


# Its rounds.

FIRST_DELAY = 60
LONGEST_DELAY = 12 * 3600
"""Seconds before a message is tried again: doubled each time, up to half a day."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one message."""

    posted: Posted
    rank: int
    of: int
    """How many this round had to send."""
    state: MailState
    said: str
    """The server's own words, or why it did not leave, in French."""


Tell = Callable[[Delivery], None]
"""Called with each message as it starts (`sending`, no words yet), then as it ends."""


def delay(attempts: int) -> int:
    """Return how many seconds to wait after so many attempts."""
    doubled = FIRST_DELAY << min(max(attempts - 1, 0), 10)
    return min(doubled, LONGEST_DELAY)


def due(workspace: Workspace, *, at_once: bool = False) -> tuple[Posted, ...]:
    """Return what is to be sent now; `at_once`, whatever its next attempt."""
    now = workspace.world.clock()
    waiting = Outbox(workspace.journal).waiting()
    return tuple(one for one in waiting if at_once or one.next_at <= now)


def pause(workspace: Workspace) -> float | None:
    """Return how many seconds until something is due; None when nothing waits."""
    waiting = Outbox(workspace.journal).waiting()
    if not waiting:
        return None
    soonest = min(one.next_at for one in waiting)
    return max(0.0, (soonest - workspace.world.clock()) / 1000)


def send_all(
    workspace: Workspace,
    messages: Sequence[Posted],
    enter: Callable[[], Server],
    report: Tell,
) -> tuple[Delivery, ...]:
    """Send messages, on one line where it holds; report each as it starts and ends.

    Raises:
        AccountError: when the server does not let us in; what is left still waits.
    """
    outcomes: list[Delivery] = []
    server: Server | None = None
    outbox, unreachable = Outbox(workspace.journal), ""
    try:
        for rank, posted in enumerate(messages, 1):
            if not unreachable and (server is None or not server.alive):
                try:
                    server = enter()
                except ReachError as error:
                    unreachable = str(error)
            if unreachable or server is None:
                # An attempt that did not reach the server counts.
                is_ours = outbox.begin(posted.number, workspace.world.clock())
                result = _later(workspace, posted, unreachable) if is_ours else None
            else:
                report(Delivery(posted, rank, len(messages), MailState.SENDING, ""))
                result = _send(workspace, posted, server)
            if result is not None:
                outcomes.append(Delivery(posted, rank, len(messages), *result))
                report(outcomes[-1])
    finally:
        if server is not None:
            server.close()
    return tuple(outcomes)


def send_until_done(
    workspace: Workspace,
    enter: Callable[[], Server],
    report: Tell,
    wait: Callable[[float], None],
) -> tuple[Delivery, ...]:
    """Send what waits, round after round, until nothing does; return each outcome.

    What is refused or in doubt waits for a person, not for us.

    Raises:
        AccountError: when the server does not let us in; what is left still waits.
    """
    outcomes: list[Delivery] = []
    while (seconds := pause(workspace)) is not None:
        if seconds:
            wait(seconds)
        outcomes.extend(send_all(workspace, due(workspace), enter, report))
    return tuple(outcomes)


def _send(
    workspace: Workspace, posted: Posted, server: Server
) -> tuple[MailState, str] | None:
    """Send one message; None when another program took it before."""
    outbox, now = Outbox(workspace.journal), workspace.world.clock()
    message = as_sent(
        outbox.body(posted.number), datetime.fromtimestamp(now // 1000, UTC)
    )
    if not outbox.begin(posted.number, now):
        return None
    try:
        reply = server.send(posted.sender, posted.dispatch.to, message)
    except LaterError as error:
        return _later(workspace, posted, str(error))
    except NeverError as error:
        outbox.refuse(posted.number, str(error))
        return MailState.FAILED, str(error)
    except DeliveryUnknownError as error:
        outbox.doubt(posted.number, str(error))
        return MailState.SENDING, str(error)
    except BaseException:
        # Interrupted: what surely did not leave waits again, the rest is for a person.
        if not server.may_have_left:
            outbox.postpone(posted.number, now, "Envoi interrompu avant la fin.")
        raise
    today = workspace.world.today().isoformat()
    sent = posted.dispatch.model_copy(update={"on": today})
    outbox.delivered(posted, sent, workspace.origin)
    return MailState.SENT, reply


def _later(workspace: Workspace, posted: Posted, problem: str) -> tuple[MailState, str]:
    until = workspace.world.clock() + 1000 * delay(posted.attempts + 1)
    Outbox(workspace.journal).postpone(posted.number, until, problem)
    return MailState.WAITING, problem
