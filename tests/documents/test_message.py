"""Whatever people type comes back letter for letter; the wire stays ASCII."""

from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.documents.mail import Attachment, Mail, as_sent, composed
from diag.model.errors import DiagError
from diag.model.text import clean_line, clean_text
from tests.examples import examples

AT = datetime(2026, 10, 5, 8, 1, tzinfo=UTC)
PDF = Attachment("rapport.pdf", "application/pdf", b"%PDF-1.7\r\n\x00\xff." * 40)

HOSTILE = (
    "=?utf-8?q?Bcc=3A_x?=",
    "a\r\nBcc: voleur@example.org",
    'deux  blancs, « guillemets » ; "droits" <x@y>',
    "é" * 400,
    "\U0001f600" * 90,
    "e\u0301 =3D %0d%0a \\ '' utf-8''",
    "[Provisoire] " + "mot " * 60,
    "un\u2028deux\u0085trois",
    "x" * 1200,
    ".",
    "",
)
TEXTS = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=300),
    st.text(st.sampled_from('=?_.\r\n\t"\\<>@,;:()é’ utfq8Qb-'), max_size=80),
)


def mail(**changed: Any) -> Mail:
    given_ = {
        "ident": "<abc.1@vallombre.example>",
        "at": AT,
        "to": ("mairie@courvaux.example",),
        "subject": "Diagnostic numérique",
        "text": "Bonjour,\n",
        "html": "<p>Bonjour,</p>\n",
        "attachments": (PDF,),
        "sender": "contact@vallombre.example",
        "sender_name": "Camille Perrin",
    }
    return Mail(**{**given_, **changed})


def read(wire: bytes) -> EmailMessage:
    message = message_from_bytes(wire, policy=default)
    assert isinstance(message, EmailMessage)
    for part in message.walk():
        assert part.defects == []
        for value in part.values():
            assert getattr(value, "defects", ()) == ()
    return message


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    text = part.get_content()
    assert isinstance(text, str)
    return text.replace("\r\n", "\n")


def display_name(wire: bytes) -> str:
    """Decode as RFC 2047 says: Python 3.11 keeps blanks between two encoded words."""
    sender = message_from_bytes(wire)["From"]
    name, _ = parseaddr(sender.replace("\r\n", ""))
    return str(make_header(decode_header(name)))


def is_fit_for_the_wire(wire: bytes) -> None:
    wire.decode("ascii")
    assert wire.count(b"\r") == wire.count(b"\n") == wire.count(b"\r\n")
    assert max(map(len, wire.split(b"\r\n"))) <= 78


WIRE = """\
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="=_0_1307f7e9d01adc70ab96a493"
X-Unsent: 1
Message-ID: <abc.1@vallombre.example>
Date: Mon, 05 Oct 2026 08:01:00 +0000
From: Camille Perrin <contact@vallombre.example>
To: mairie@courvaux.example
Subject: =?utf-8?q?=C3=89t=C3=A9_=3A_l=27=C3=A9cole?=

--=_0_1307f7e9d01adc70ab96a493
Content-Type: multipart/alternative; boundary="=_1_1307f7e9d01adc70ab96a493"

--=_1_1307f7e9d01adc70ab96a493
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: quoted-printable

=C3=80 lire.

--=_1_1307f7e9d01adc70ab96a493
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: quoted-printable
MIME-Version: 1.0

<p>Bonjour,</p>

--=_1_1307f7e9d01adc70ab96a493--

--=_0_1307f7e9d01adc70ab96a493
Content-Transfer-Encoding: base64
Content-Type: application/pdf;
 name*=utf-8''%C3%89l%C3%A8ves.pdf
Content-Disposition: attachment;
 filename*=utf-8''%C3%89l%C3%A8ves.pdf

JVBERg==

--=_0_1307f7e9d01adc70ab96a493--
"""


def test_the_wire_is_this_one() -> None:
    attached = Attachment("Élèves.pdf", "application/pdf", b"%PDF")
    wire = composed(
        mail(subject="Été : l'école", text="À lire.", attachments=(attached,))
    )
    assert wire.decode("ascii").replace("\r\n", "\n") == WIRE


def test_a_draft_says_that_it_is_one() -> None:
    message = read(composed(mail()))
    assert message["X-Unsent"] == "1"
    assert message["Message-ID"] == "<abc.1@vallombre.example>"
    assert message["Date"].datetime == AT
    assert message["From"].addresses == (
        Address("Camille Perrin", addr_spec="contact@vallombre.example"),
    )


def test_same_mail_same_bytes() -> None:
    wire = composed(mail())
    assert composed(mail()) == wire
    assert wire != composed(mail(ident="<abc.2@vallombre.example>"))


def come_back(subject: str, name: str, file: str, text: str) -> None:
    attached = Attachment(file, "application/pdf", PDF.content)
    wire = composed(
        mail(
            subject=subject,
            sender_name=name,
            text=text,
            html=text,
            attachments=(attached, PDF),
        )
    )
    is_fit_for_the_wire(wire)
    message = read(wire)
    assert message["Subject"] == clean_line(subject)
    assert display_name(wire) == clean_line(name)
    (sender,) = message["From"].addresses
    assert sender.addr_spec == "contact@vallombre.example"
    told = clean_text(text).rstrip("\n") + "\n"
    assert body(message, "plain") == told
    assert body(message, "html") == told
    first, second = message.iter_attachments()
    # Not get_filename(): it takes the quotes of a name for those of its header.
    told = first["Content-Disposition"].params["filename"]
    assert told == (clean_line(file) or "document")
    assert first.get_content() == second.get_content() == PDF.content


@examples(80)
@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_hostile_words_come_back_letter_for_letter(
    subject: str, name: str, file: str, text: str
) -> None:
    come_back(subject, name, file, text)


@pytest.mark.long
@examples(2500)
@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_ten_thousand_hostile_words_come_back_letter_for_letter(
    subject: str, name: str, file: str, text: str
) -> None:
    come_back(subject, name, file, text)


@examples(50)
@given(TEXTS)
def test_no_header_is_added_by_a_text(text: str) -> None:
    names = read(composed(mail())).keys()
    hostile = read(composed(mail(subject=text, sender_name=text, text=text)))
    assert hostile.keys() == names


def test_several_recipients_are_all_there() -> None:
    to = tuple(f"personne.numero{n}@mairie-de-courvaux.example" for n in range(12))
    wire = composed(mail(to=to))
    is_fit_for_the_wire(wire)
    assert [each.addr_spec for each in read(wire)["To"].addresses] == list(to)


@pytest.mark.parametrize(
    "to",
    [
        (),
        ("x@y\r\nBcc: z@example.org",),
        ("maire",),
        ("a@example.org, b@example.org",),
        ("é@example.org",),
        (f"{'a' * 80}@example.org",),
    ],
)
def test_what_is_no_address_is_refused(to: tuple[str, ...]) -> None:
    with pytest.raises(DiagError):
        composed(mail(to=to))


def test_an_ident_that_adds_a_header_is_refused() -> None:
    with pytest.raises(DiagError, match="Identifiant"):
        composed(mail(ident="<a@b>\r\nBcc: c@d"))


def test_an_unreadable_text_is_refused_in_french() -> None:
    with pytest.raises(DiagError, match="illisible"):
        composed(mail(subject="\udc80"))


def test_a_message_without_files_has_two_bodies() -> None:
    message = read(composed(mail(attachments=())))
    assert message.get_content_type() == "multipart/alternative"
    assert list(message.iter_attachments()) == []


def test_a_draft_without_sender_lets_the_mail_program_say_it() -> None:
    assert "From" not in read(composed(mail(sender="")))


def test_what_leaves_is_dated_anew_and_no_longer_a_draft() -> None:
    draft = composed(mail(text="X-Unsent: 1\nDate: hier\n"))
    later = AT.astimezone(timezone(timedelta(hours=2))) + timedelta(days=3)
    sent = as_sent(draft, later)
    is_fit_for_the_wire(sent)
    message = read(sent)
    assert "X-Unsent" not in message
    assert message["Date"].datetime == later
    assert message["Message-ID"] == read(draft)["Message-ID"]
    assert sent.partition(b"\r\n\r\n")[2] == draft.partition(b"\r\n\r\n")[2]
    assert body(message, "plain") == "X-Unsent: 1\nDate: hier\n"
