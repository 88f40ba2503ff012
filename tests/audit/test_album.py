"""The photos that documents show: the audit's own, small, the same bytes each time."""

import io
import re
from pathlib import Path

import pytest
from PIL import Image

from diag.audit.photos import (
    PhotoSubject,
    caption_photo,
    join_photos,
    photos_of,
)
from diag.audit.remarks import evidence_of
from diag.audit.report import Album, report_of
from diag.audit.session import AuditSession
from diag.documents.formats import Format
from diag.documents.write import write_reports
from diag.journal.attachments import AttachmentStore
from diag.model.enums import Audience
from diag.workspace.picture import SHOWN_SIDE
from tests.audit.pictures import jpeg


@pytest.fixture
def shown(session: AuditSession, tmp_path: Path) -> AuditSession:
    path = jpeg(tmp_path / "baie.jpg", (2000, 1500))
    join_photos(session, [path], PhotoSubject(), "Baie ouverte")
    return session


def test_a_picture_is_small_and_the_same_each_time(shown: AuditSession) -> None:
    (photo,) = photos_of(shown)
    data = Album(shown)[photo.sha]
    assert max(Image.open(io.BytesIO(data)).size) == SHOWN_SIDE
    assert data == Album(shown)[photo.sha]
    assert len(data) < photo.size


def test_only_what_the_audit_names_is_in_it(shown: AuditSession) -> None:
    folder = shown.workspace.folder
    stray = AttachmentStore(folder).put(b"secret", "image/jpeg")
    (photo,) = photos_of(shown)
    album = Album(shown)
    assert list(album) == [photo.sha]
    assert len(album) == 1
    assert stray not in album
    assert "pas un nom" not in album


def test_a_picture_that_is_not_here_is_missing(shown: AuditSession) -> None:
    (photo,) = photos_of(shown)
    AttachmentStore(shown.workspace.folder).drop(photo.sha)
    assert photo.sha not in Album(shown)


def test_who_joined_it_is_told_whoever_captioned_it(shown: AuditSession) -> None:
    (photo,) = photos_of(shown)
    caption_photo(shown, photo.id, "Baie fermée")
    (told,) = evidence_of(shown)
    assert told.photo.caption == "Baie fermée"
    assert told.author == shown.workspace.settings.name_of("u-1")
    assert told.day == "2026-10-05"


def test_every_form_of_the_annex_holds_the_photo(
    shown: AuditSession, tmp_path: Path
) -> None:
    forms = (Format.HTML, Format.PDF, Format.ODT)
    made = list(
        write_reports(report_of(shown), [Audience.TECHNIQUE], tmp_path / "x", forms)
    )
    assert [one.warning for one in made] == ["", "", ""]
    page = (tmp_path / "x" / "technique.html").read_text(encoding="utf-8")
    assert re.search(r'<img alt="Photo 1 ?\u00a0: Baie ouverte\." src="data:', page)
