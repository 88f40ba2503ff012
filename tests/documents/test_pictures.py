"""A document shows the pictures that it was given, by their name, and no other."""

import io
import re
from base64 import b64decode
from zipfile import ZipFile

import pypdf
import pytest
from PIL import Image

from diag.audit.remarks import Evidence
from diag.audit.report import Pictures, Report
from diag.documents.blocks import image_of, resolved
from diag.model.audit import Photo
from diag.model.enums import READERS, Audience
from tests.documents.builders import ROOT, TODAY, report
from tests.documents.formats.test_html import read
from tests.documents.reading import html, markdown, odt, pdf

SHA, OTHER = "a1" * 32, "b2" * 32
HOSTILE = 'Baie [ouverte](x) "ici" <img src=y> & `là`'


def jpeg(width: int = 40, height: int = 30) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(made, "JPEG")
    return made.getvalue()


GIVEN: Pictures = {SHA: jpeg()}
DOCUMENT = f"# Titre\n\n{image_of(SHA, HOSTILE)}\n\n{image_of(OTHER, 'Perdue')}\n"


def photo(sha: str, caption: str) -> Photo:
    return Photo(
        id=sha[:8],
        sha=sha,
        place=ROOT,
        question="debit",
        caption=caption,
        original=sha,
        mime="image/jpeg",
        size=1,
    )


def with_photos(pictures: Pictures = GIVEN) -> Report:
    told = (
        Evidence(photo(SHA, "Baie ouverte"), "Ana Martin", "2026-03-09"),
        Evidence(photo(OTHER, ""), "Bob", "2026-03-10"),
    )
    return report(evidence=told, pictures=pictures)


def test_only_a_given_jpeg_is_a_picture() -> None:
    found = resolved(f"photo:{SHA}", GIVEN)
    assert found is not None
    assert (found.width, found.height) == (40, 30)
    assert b64decode(found.address.partition(",")[2]) == GIVEN[SHA]


@pytest.mark.parametrize(
    "source",
    [
        *(f"photo:{OTHER}", SHA, f"photo:{SHA}/..", f"PHOTO:{SHA}", "/etc/passwd"),
        *("https://exemple.fr/x.png", "data:image/png;base64,AA", "//exemple.fr/a", ""),
    ],
)
def test_nothing_else_is_ever_shown(source: str) -> None:
    assert resolved(source, GIVEN) is None
    page = read(html(f"# T\n\n![mots]({source})", "T", GIVEN))
    assert not page.all("img")


@pytest.mark.parametrize("data", [b"", b"\xff\xd8", jpeg()[:20], b"\x89PNG" + jpeg()])
def test_bytes_that_are_no_jpeg_are_told_in_words(data: bytes) -> None:
    assert resolved(f"photo:{SHA}", {SHA: data}) is None
    assert "[mots]" in html(f"![mots](photo:{SHA})", "T", {SHA: data})


def test_a_page_holds_its_pictures_with_their_words() -> None:
    page = html(DOCUMENT, "T", GIVEN)
    (attrs,) = read(page).all("img")
    assert attrs["alt"] == HOSTILE
    assert str(attrs["src"]).startswith("data:image/jpeg;base64,")
    assert page.count('<figure class="photo"><img') == 1
    assert "[Perdue]" in page
    assert "<p><img" not in page


def test_a_pdf_holds_its_pictures_and_stays_accessible() -> None:
    made, warning = pdf(DOCUMENT, "T", "A", TODAY, GIVEN)
    again, _ = pdf(DOCUMENT, "T", "A", TODAY, {SHA: bytes(GIVEN[SHA])})
    assert not warning
    assert made == again
    (page,) = pypdf.PdfReader(io.BytesIO(made)).pages
    assert [one.image.size for one in page.images if one.image] == [(40, 30)]
    assert "[Perdue]" in page.extract_text()


def test_an_odt_holds_its_pictures() -> None:
    with ZipFile(io.BytesIO(odt(DOCUMENT, "T", "A", TODAY, GIVEN))) as package:
        content = package.read("content.xml").decode()
        assert package.read("Pictures/photo1.jpg") == GIVEN[SHA]
        assert "Pictures/photo1.jpg" in package.read("META-INF/manifest.xml").decode()
    assert 'xlink:href="Pictures/photo1.jpg"' in content
    assert "[Perdue]" in content


def test_the_technician_sees_the_photos_and_reads_which_are_missing() -> None:
    document = markdown(with_photos(), Audience.TECHNIQUE)
    rows = re.findall(r"^\| [12] \|.*", document, re.MULTILINE)
    for said in ("Baie ouverte", "Débit descendant", "9 mars", "Ana", "ci-dessous"):
        assert said in rows[0].replace("\u00a0", " ")
    assert "absente de cet ordinateur" in rows[1]
    assert document.count("](photo:") == 1
    assert "Photo 1\u00a0: Baie ouverte." in document


def test_no_other_reader_is_shown_a_photo() -> None:
    told = with_photos()
    for audience in set(READERS) - {Audience.TECHNIQUE}:
        document = markdown(told, audience)
        assert "photo:" not in document
        assert "Baie ouverte" not in document


def test_without_photos_nothing_is_said_of_them() -> None:
    assert "## Photos" not in markdown(report(), Audience.TECHNIQUE)
