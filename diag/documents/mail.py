"""A report as a message: its words, its headers, its very bytes."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from html import escape
from pathlib import PurePath
from typing import Any

from diag.audit.report import Report
from diag.documents import AUDIENCES
from diag.documents.formats import FORMATS, Format
from diag.documents.parts.frame import version, visit_words
from diag.documents.parts.votes import awaited, vote_lines, votes_shown
from diag.model.enums import Audience, PlaceKind
from diag.model.errors import DiagError
from diag.model.text import clean_line, clean_text, email_problem
from diag.words.dates import long_date
from diag.words.sentences import phone_number, typeset

# Python folds most headers well, not all: what people typed is encoded here.
WIDTH = 76
"""Longest line written, its end excluded."""

_WORD = WIDTH - len("=?utf-8?q??=") - 1
"""Room inside one encoded word on a continuation line, RFC 2047."""

_PLAIN = re.compile(r"[A-Za-z0-9]+(?:[ ,:;()'_/-]{0,2}[A-Za-z0-9]+)*\.?")
"""Texts that no reader takes for anything else; doubled blanks are not among them."""

_NAME = re.compile(r"[A-Za-z0-9]+(?: [A-Za-z0-9]+)*")
"""Names that need no quotes."""

_FREE = frozenset(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/"
)
"""Bytes that stand for themselves in an encoded word, a person's name included."""

_BARE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_")
"""Bytes that stand for themselves in a file's name."""


class Wired(str):
    """A header's value, already as it goes on the wire: no policy touches it.

    `EmailPolicy` takes a value that names its header as it is, and has it fold itself.
    """

    __slots__ = ("name",)

    name: str
    """The header that it is the value of."""

    @classmethod
    def of(cls, name: str, lines: str) -> "Wired":
        """Return the value of a header, its continuation lines after line feeds."""
        made = cls(lines.replace("\n", "\r\n"))
        made.name = name
        return made

    def fold(self, *, policy: Any = SMTP) -> str:
        """Return the header's lines."""
        return f"{self.name}: {self}" + str(policy.linesep)


def words(text: str, *, first: int) -> str:
    """Return one line of free text, as it stands or as encoded words.

    `first` is how much of the first line is taken already.
    """
    if len(text) <= WIDTH - first and "  " not in text and _PLAIN.fullmatch(text):
        return text
    return _encoded(text, first)


def _mailbox(name: str, address: str) -> str:
    """Return `name <address>`; the address is ASCII, checked by who gives it."""
    if not name:
        return address
    first = len("From: ")
    told = name if _NAME.fullmatch(name) and len(name) < _WORD else ""
    told = told or _encoded(name, first)
    last = len(told.rpartition("\n")[2])
    gap = "\n " if last + len(address) + 3 > WIDTH - first else " "
    return f"{told}{gap}<{address}>"


def parameter(name: str, text: str) -> str:
    """Return `; name=value` of a MIME header, on lines of its own (RFC 2231)."""
    room = WIDTH - len(f" {name}*00*=;")
    if all(byte in _BARE for byte in text.encode()) and 0 < len(text) <= room:
        return f';\n {name}="{text}"'
    pieces = list(_packed(["utf-8''", *_escaped(text, _BARE, "%")], room))
    if len(pieces) == 1:
        return f";\n {name}*={pieces[0]}"
    return "".join(f";\n {name}*{at}*={piece}" for at, piece in enumerate(pieces))


def _encoded(text: str, first: int) -> str:
    """Return a text as encoded words, none of which cuts a character."""
    quoted = ["_" if one == "=20" else one for one in _escaped(text, _FREE, "=")]
    pieces = list(_packed(quoted, _WORD, first=max(_WORD - first, 12)))
    return "\n ".join(f"=?utf-8?q?{piece}?=" for piece in pieces)


def _packed(pieces: list[str], room: int, *, first: int = 0) -> Iterator[str]:
    line, left = "", first or room
    for piece in pieces:
        if line and len(piece) > left:
            yield line
            line, left = "", room
        line += piece
        left -= len(piece)
    yield line


def _escaped(text: str, free: frozenset[int], sign: str) -> list[str]:
    """Return each character: its `free` bytes as they are, the others as `=C3`."""
    return [
        "".join(
            chr(byte) if byte in free else f"{sign}{byte:02X}" for byte in char.encode()
        )
        for char in text
    ]


# The words of a message: short, and the same twice, as text and as HTML.


PROVISIONAL = "Provisoire"
"""First word of the subject of a report that may still change."""

_PAGE = """<!DOCTYPE html>
<html lang="fr">
<head><meta charset="utf-8"><title>Diagnostic numérique</title></head>
<body>
{body}
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class Letter:
    """The words of a message."""

    subject: str
    text: str
    html: str

    @classmethod
    def of(
        cls,
        subject: str,
        blocks: list[tuple[str, list[str]]],
        signed: list[str],
        foot: str,
    ) -> "Letter":
        """Return a letter of paragraphs, each with the lines listed under it."""
        parts = [
            "\n".join((lead, *(f"- {one}" for one in under))) for lead, under in blocks
        ]
        parts += ["\n".join(signed), foot]
        text = "\n\n".join(part for part in parts if part) + "\n"
        lines = []
        for lead, under in blocks:
            lines.append(f"<p>{escape(lead)}</p>")
            if under:
                lines += [
                    "<ul>",
                    *(f"<li>{escape(one)}</li>" for one in under),
                    "</ul>",
                ]
        lines.append(f"<p>{'<br>'.join(map(escape, signed))}</p>")
        lines.append(f"<p><small>{escape(foot)}</small></p>")
        return cls(subject, text, _PAGE.format(body="\n".join(lines)))


def letter(report: Report, audience: Audience, files: Sequence[str]) -> Letter:
    """Return the message that brings an audience the named files."""
    about, office, sent = report.about, report.office, AUDIENCES[audience]
    where = f" ({about.commune})" if about.kind is PlaceKind.ECOLE else ""
    subject = [
        PROVISIONAL * report.provisional,
        "Diagnostic numérique",
        sent.in_subject,
        about.name + where,
    ]
    body = [
        "Madame, Monsieur,",
        (
            f"Vous trouverez ci-joint {sent.in_mail} sur le numérique "
            f"{report.of_it} ({about.title}). Ce document est établi "
            f"{visit_words(report)}."
        ),
    ]
    if report.is_unsealed:
        body.append(
            f"Attention, l'audit a été {report.standing} : ce document peut encore "
            "changer. Une autre version suivra."
        )
    elif report.provisional:
        body.append(
            f"Attention, il est {report.status_words} : l'audit n'est pas clos et ce "
            "document peut encore changer. Une version définitive suivra."
        )
    blocks: list[tuple[str, list[str]]] = [(typeset(each), []) for each in body]
    if audience.votes:
        votes = votes_shown(report)
        asked = [typeset(each) for each in vote_lines(votes)]
        blocks.append((typeset(awaited(votes)), asked))
    state = "provisoire" if report.provisional else "définitif"
    if report.is_unsealed:
        state = report.standing
    signed = (report.author, office.name, phone_number(office.phone), office.email)
    blocks.append((typeset(sent.reading), []))
    uses = {f".{form}": FORMATS[form].in_mail for form in Format}
    joined = [
        f"{name} : {use}" if (use := uses.get(PurePath(name).suffix)) else name
        for name in files
    ]
    blocks.append((typeset("Pièces jointes :"), [typeset(each) for each in joined]))
    return Letter.of(
        " – ".join(filter(None, subject)),
        blocks,
        [typeset(line) for line in signed if line],
        typeset(f"Document {state} du {long_date(report.date)}, {version(report)}."),
    )


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

    def part(self) -> EmailMessage:
        """Return it as a part of the message."""
        main, _, sub = self.kind.partition("/")
        part = EmailMessage(policy=SMTP)
        part.set_content(self.content, main, sub, cte="base64")
        name = _line(self.name) or "document"
        for header, start, key in (
            ("Content-Type", f"{main}/{sub}", "name"),
            ("Content-Disposition", "attachment", "filename"),
        ):
            del part[header]
            part[header] = Wired.of(header, start + parameter(key, name))
        del part["MIME-Version"]
        return part


@dataclass(frozen=True, slots=True)
class Mail:
    """A message, before its bytes."""

    ident: str
    """Message-ID: no other message has it, for ever."""
    at: datetime
    to: tuple[str, ...]
    """Addresses, without names."""
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()
    sender: str = ""
    """Address; empty: the mail program knows it."""
    sender_name: str = ""


def composed(mail: Mail) -> bytes:
    """Return a draft: ASCII, lines ended by CRLF, none longer than a server takes.

    Raises:
        DiagError: when an address is none, or a text cannot be written.
    """
    message = EmailMessage(policy=SMTP)
    message.set_content(_body(mail.text), cte="quoted-printable")
    message.add_alternative(_body(mail.html), subtype="html", cte="quoted-printable")
    if mail.attachments:
        message.make_mixed()
    for attachment in mail.attachments:
        message.attach(attachment.part())
    if not _IDENT.fullmatch(mail.ident):
        raise DiagError(f"Identifiant de message mal formé : « {mail.ident[:60]} ».")
    if not mail.to:
        raise DiagError("Le message n'a pas de destinataire.")
    headers = {
        "X-Unsent": "1",
        "Message-ID": mail.ident,
        "Date": format_datetime(mail.at.astimezone(UTC)),
    }
    if mail.sender:
        name, address = _line(mail.sender_name), _address(mail.sender)
        headers["From"] = _mailbox(name, address)
    headers["To"] = ",\n ".join(map(_address, mail.to))
    headers["Subject"] = words(_line(mail.subject), first=len("Subject: "))
    for name, value in headers.items():
        del message[name]
        message[name] = Wired.of(name, value)
    # Each multipart gets a boundary that depends on the message alone.
    mark = sha256(mail.ident.encode()).hexdigest()[:24]
    several = [part for part in message.walk() if part.is_multipart()]
    for at, part in enumerate(several):
        part.set_boundary(f"=_{at}_{mark}")
    return message.as_bytes()


def as_sent(draft: bytes, at: datetime) -> bytes:
    """Return a draft as it leaves: dated when it leaves, no longer a draft."""
    head, gap, body = draft.partition(b"\r\n\r\n")
    head = f"{head.decode('ascii')}\r\n".encode("ascii").replace(_DRAFT, b"", 1)
    dated = f"Date: {format_datetime(at.astimezone(UTC))}\r\n".encode("ascii")
    head = _DATE.sub(dated, head, count=1)
    return head.removesuffix(b"\r\n") + gap + body


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
