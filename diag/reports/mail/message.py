"""A message as bytes: text and HTML bodies, attachments; same mail, same bytes."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256

from diag.model.email import email_problem
from diag.model.errors import DiagError
from diag.model.text import clean_line, clean_text
from diag.reports.mail.headers import WIDTH, Wired, mailbox, parameter, words

_DRAFT = b"X-Unsent: 1\r\n"
_DATE = re.compile(rb"^Date: [^\r\n]*\r\n", re.MULTILINE)
_IDENT = re.compile(r"<[A-Za-z0-9.-]{1,120}@[A-Za-z0-9.-]{1,120}>")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a message."""

    name: str
    kind: str
    """Its MIME type: `application/pdf`."""
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """A message, before its bytes."""

    ident: str
    """Message-ID: what tells it from any other, for ever."""
    at: datetime
    to: tuple[str, ...]
    """Addresses, without names."""
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()
    sender: str = ""
    """Address; empty: the mail program says it."""
    sender_name: str = ""


def composed(mail: Mail) -> bytes:
    """Return a draft: ASCII, lines ended by CRLF, none longer than a server takes.

    Raises:
        DiagError: when an address is none, or a text cannot be told.
    """
    message = _bodies(mail)
    for attachment in mail.attachments:
        message.attach(_attached(attachment))
    for name, value in _headers(mail):
        del message[name]
        message[name] = Wired.of(name, value)
    _bound(message, sha256(mail.ident.encode()).hexdigest()[:24])
    return message.as_bytes()


def as_sent(draft: bytes, at: datetime) -> bytes:
    """Return a draft as it leaves: dated when it leaves, no longer a draft."""
    head, gap, body = draft.partition(b"\r\n\r\n")
    head = f"{head.decode('ascii')}\r\n".encode("ascii").replace(_DRAFT, b"", 1)
    dated = f"Date: {format_datetime(at.astimezone(UTC))}\r\n".encode("ascii")
    head = _DATE.sub(dated, head, count=1)
    return head.removesuffix(b"\r\n") + gap + body


def _bodies(mail: Mail) -> EmailMessage:
    bodies = EmailMessage(policy=SMTP)
    bodies.set_content(_body(mail.text), cte="quoted-printable")
    bodies.add_alternative(_body(mail.html), subtype="html", cte="quoted-printable")
    if not mail.attachments:
        return bodies
    bodies.make_mixed()
    return bodies


def _headers(mail: Mail) -> Iterator[tuple[str, str]]:
    if not _IDENT.fullmatch(mail.ident):
        raise DiagError(f"Identifiant de message mal formé : « {mail.ident[:60]} ».")
    if not mail.to:
        raise DiagError("Le message n'a pas de destinataire.")
    yield "X-Unsent", "1"
    yield "Message-ID", mail.ident
    yield "Date", format_datetime(mail.at.astimezone(UTC))
    if mail.sender:
        name = _line(mail.sender_name)
        yield "From", mailbox(name, _address(mail.sender), first=len("From: "))
    yield "To", ",\n ".join(_address(each) for each in mail.to)
    yield "Subject", words(_line(mail.subject), first=len("Subject: "))


def _attached(attachment: Attachment) -> EmailMessage:
    main, _, sub = attachment.kind.partition("/")
    part = EmailMessage(policy=SMTP)
    part.set_content(attachment.content, main, sub, cte="base64")
    name = _line(attachment.name) or "document"
    for header, start, key in (
        ("Content-Type", f"{main}/{sub}", "name"),
        ("Content-Disposition", "attachment", "filename"),
    ):
        del part[header]
        part[header] = Wired.of(header, start + parameter(key, name))
    del part["MIME-Version"]
    return part


def _bound(message: EmailMessage, mark: str) -> None:
    """Give each multipart a boundary that depends on the message alone.

    No line of a quoted-printable or base64 body can hold one: they begin with `=_`.
    """
    several = [part for part in message.walk() if part.is_multipart()]
    for at, part in enumerate(several):
        part.set_boundary(f"=_{at}_{mark}")


def _address(address: str) -> str:
    problem = email_problem(address)
    if problem or len(address) > WIDTH - len("From: <>"):
        raise DiagError(
            f"« {address[:80]} » : {problem or 'adresse trop longue'}. Rien n'a été "
            "écrit. Donnez la bonne adresse avec --address."
        )
    return address


def _line(text: str) -> str:
    return _checked(clean_line, text)


def _body(text: str) -> str:
    return _checked(clean_text, text).rstrip("\n") + "\n"


def _checked(cleaning: Callable[[str], str], text: str) -> str:
    try:
        return cleaning(text)
    except ValueError as error:
        raise DiagError(f"Texte refusé : {error}.") from error
