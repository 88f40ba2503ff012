"""What leaves: the very files, the very digest, told in the audit, never twice."""

import io
from collections.abc import Sequence
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from zipfile import ZipFile

import pytest
from pypdf import PdfReader

from diag.audit import follow
from diag.audit.report import report_of
from diag.audit.session import AuditSession
from diag.documents.formats import pdf as typeset
from diag.documents.formats.pdf import NoPdfError
from diag.journal.outbox import Outbox
from diag.journal.records import dispatches_of
from diag.model.audit import Way
from diag.model.enums import Audience, AuditStatus
from diag.model.errors import DiagError
from diag.office.bundles import export_audit, import_audit
from diag.office.mail import (
    Parcel,
    address_of,
    already_sent,
    build_message,
    queue,
    write_draft,
)
from diag.office.supervision import list_audits_of
from diag.workspace.workspace import Workspace
from tests.audit.builders import workspace

SENDER = "camille@vallombre.example"
MAIRIE = "mairie@courvaux-sur-ombre.example"


def made(session: AuditSession, audience: Audience = Audience.MAIRIE) -> Parcel:
    return build_message(
        session, audience, address_of(session, audience), sender=SENDER
    )


def read(path: Path) -> EmailMessage:
    message = message_from_bytes(path.read_bytes(), policy=default)
    assert isinstance(message, EmailMessage)
    return message


def test_a_draft_holds_the_pdf_and_the_odt_and_stands_beside_them(
    session: AuditSession, tmp_path: Path
) -> None:
    draft = write_draft(made(session), tmp_path / "ici")
    message = read(draft.message)
    assert message["X-Unsent"] == "1"
    assert message["To"] == MAIRIE
    pdf, odt = (each.get_content() for each in message.iter_attachments())
    assert [path.read_bytes() for path in draft.files] == [pdf, odt]
    assert "Provisoire" in PdfReader(io.BytesIO(pdf)).pages[0].extract_text().title()
    assert "content.xml" in ZipFile(io.BytesIO(odt)).namelist()
    names = [each.get_filename() for each in message.iter_attachments()]
    assert names == [
        "diagnostic-9990148G-mairie-provisoire.pdf",
        "diagnostic-9990148G-mairie-provisoire.odt",
    ]


def test_the_page_is_joined_where_no_pdf_can_be_made(
    session: AuditSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_source: str, _standards: Sequence[str]) -> bytes:
        raise NoPdfError("Pas de PDF ici.")

    monkeypatch.setattr(typeset, "_compile_pdf", missing)
    packed = made(session)
    suffixes = [Path(each.name).suffix for each in packed.mail.attachments]
    assert suffixes == [".html", ".odt"]
    assert packed.warnings == ("Pas de PDF ici.",)
    assert "dans un navigateur" in packed.mail.text


def test_a_draft_is_told_in_the_audit_with_the_digest_that_it_bears(
    session: AuditSession,
) -> None:
    digest = report_of(session).public.digest
    write_draft(made(session))
    (told,) = dispatches_of(session.workspace.journal, session.audit.id)
    assert (told.audience, told.to, told.on) == ("mairie", (MAIRIE,), "2026-10-05")
    assert (told.way, told.digest, told.provisional) == ("draft", digest, True)
    assert report_of(session).public.digest == digest  # sending changes nothing told


def test_drafts_of_a_day_for_one_reader_are_told_once(session: AuditSession) -> None:
    write_draft(made(session))
    write_draft(made(session))
    assert len(dispatches_of(session.workspace.journal, session.audit.id)) == 1


def test_a_closed_audit_is_not_provisional_and_stays_as_it_was_signed(
    session: AuditSession,
) -> None:
    follow.move(session, AuditStatus.CLOS)
    draft = write_draft(made(session))
    assert "Provisoire" not in read(draft.message)["Subject"]
    assert "provisoire" not in draft.files[0].name
    assert session.sealed


def test_the_same_day_and_the_same_facts_make_the_same_bytes(
    session: AuditSession,
) -> None:
    one, other = made(session), made(session)
    assert one.mail.ident == other.mail.ident
    assert one.mail.attachments == other.mail.attachments
    assert made(session, Audience.EQUIPE).mail.ident != one.mail.ident


def test_a_message_queued_waits_whole(session: AuditSession) -> None:
    before = session.digest
    posted = queue(made(session))
    assert (posted.sender, posted.dispatch.to) == (SENDER, (MAIRIE,))
    assert posted.dispatch.way is Way.SMTP
    assert b"X-Unsent: 1" in Outbox(session.workspace.journal).body(posted.number)
    assert session.digest == before


def test_the_same_reader_does_not_wait_twice(session: AuditSession) -> None:
    posted = queue(made(session))
    with pytest.raises(DiagError, match=f"diag outbox cancel {posted.number}"):
        queue(made(session))
    assert len(Outbox(session.workspace.journal).all()) == 1
    queue(made(session, Audience.EQUIPE))


def test_the_very_same_message_does_not_leave_twice(session: AuditSession) -> None:
    again = made(session)
    posted = queue(again)
    outbox = Outbox(session.workspace.journal)
    outbox.begin(posted.number, 0)
    outbox.delivered(posted, posted.dispatch, session.workspace.origin)
    with pytest.raises(DiagError, match="déjà été envoyé"):
        queue(again)
    told = already_sent(session, Audience.MAIRIE, (MAIRIE,))
    assert told == posted.dispatch
    assert already_sent(session, Audience.EQUIPE, (MAIRIE,)) is None


def test_one_says_from_where_one_writes_before_queueing(session: AuditSession) -> None:
    to = address_of(session, Audience.MAIRIE)
    nameless = build_message(session, Audience.MAIRIE, to)
    assert nameless.mail.sender == ""
    with pytest.raises(DiagError, match="--sender"):
        queue(nameless)
    with pytest.raises(DiagError, match="mal formée"):
        build_message(session, Audience.MAIRIE, to, sender="camille@")


def test_what_was_sent_travels_with_the_audit(
    session: AuditSession, tmp_path: Path
) -> None:
    write_draft(made(session))
    export_audit(session, tmp_path / "audit.json")
    with workspace(tmp_path / "ailleurs", author="u-2", seed=2) as elsewhere:
        taken, _ = import_audit(elsewhere, tmp_path / "audit.json")
        assert _told(elsewhere, taken) == _told(session.workspace, session)


def test_the_file_of_a_school_tells_what_left(session: AuditSession) -> None:
    write_draft(made(session))
    (told,) = list_audits_of(session.workspace, session.about)
    (sent,) = told.sent
    assert sent.startswith(
        f"05/10/2026 la mairie : brouillon pour {MAIRIE}, provisoire"
    )


def _told(where: Workspace, session: AuditSession) -> object:
    return dispatches_of(where.journal, session.audit.id)
