"""A parcel: one document for one reader, made into a message and its files."""

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID, uuid5

from diag.desk.outputs.documents import Form, own_notice, rendered
from diag.desk.outputs.reporting import report_of
from diag.desk.sending.addresses import Address
from diag.desk.session import Session
from diag.model.dispatch import Dispatch, Way
from diag.model.email import email_problem
from diag.model.enums import Audience
from diag.model.errors import DiagError
from diag.reports.mail import Attachment, Mail, composed, letter
from diag.reports.markdown import markdown
from diag.reports.report import Report

_KINDS = {
    Form.PDF: "application/pdf",
    Form.ODT: "application/vnd.oasis.opendocument.text",
    Form.HTML: "text/html",
}
_NOWHERE = "diag.invalid"
"""Domain of an identifier when nobody said from which address one writes."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message ready to leave."""

    session: Session
    report: Report
    audience: Audience
    address: Address
    mail: Mail
    warnings: tuple[str, ...]
    """What its files could not be made to be."""

    @property
    def content(self) -> bytes:
        """The draft's very bytes."""
        return composed(self.mail)

    def dispatch(self, way: Way) -> Dispatch:
        """Return what is said in the audit once it has left.

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


def parcel(
    session: Session,
    audience: Audience,
    address: Address,
    *,
    sender: str = "",
    report: Report | None = None,
) -> Parcel:
    """Return the message that brings an audit's document to a reader.

    Raises:
        DiagError: when the sender is no address, or nothing can be attached.
    """
    report = report or report_of(session)
    sender = sender or session.workspace.settings.email
    if sender and (problem := email_problem(sender)):
        raise DiagError(
            f"Votre adresse, « {sender[:80]} » : {problem}. Corrigez-la : "
            "diag outbox settings --sender ADRESSE."
        )
    text = markdown(report, audience)
    attachments, warnings = _attachments(session, report, audience, text)
    words = letter(report, audience, [each.name for each in attachments])
    mail = Mail(
        ident=_ident(session, address, sender, (text, words.subject, words.text)),
        at=datetime.fromtimestamp(session.workspace.world.clock() // 1000, UTC),
        to=address.to,
        subject=words.subject,
        text=words.text,
        html=words.html,
        attachments=attachments,
        sender=sender,
        sender_name=report.author,
    )
    return Parcel(session, report, audience, address, mail, warnings)


def _attachments(
    session: Session, report: Report, audience: Audience, text: str
) -> tuple[tuple[Attachment, ...], tuple[str, ...]]:
    """Return the PDF and the ODT; the page where no PDF can be made."""
    state = "-provisoire" if report.provisional else ""
    stem = f"diagnostic-{session.about.stem}-{audience}{state}"
    made: list[Attachment] = []
    notice = own_notice(report, audience)
    warnings = [notice] if notice else []
    for forms in ((Form.PDF, Form.HTML), (Form.ODT,)):
        for form in forms:
            try:
                content, warning = rendered(report, audience, text, form)
            except DiagError as error:
                warnings.append(str(error))
                continue
            made.append(Attachment(f"{stem}.{form}", _KINDS[form], content))
            warnings.extend([warning] if warning else [])
            break
    return tuple(made), tuple(warnings)


def _ident(
    session: Session, address: Address, sender: str, said: tuple[str, ...]
) -> str:
    """Return a Message-ID made of what is sent: the same message is the same one."""
    parts = (session.audit.id, sender, *address.to, *said)
    digest = sha256("\0".join(parts).encode()).hexdigest()[:40]
    return f"<{digest}@{sender.rpartition('@')[2] or _NOWHERE}>"
