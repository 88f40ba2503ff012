"""The ODT: sound XML, every letter, the same bytes, opened by an office suite."""

import io
import shutil
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET
from zipfile import ZIP_STORED, ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.documents.document import Document
from diag.documents.formats.odt import words
from diag.documents.templates import build_document
from diag.model.enums import READERS, Audience
from tests.documents.builders import facts, report
from tests.documents.formats.test_typeset import EVERYTHING
from tests.documents.reading import document, odt
from tests.examples import examples

DAY = date(2026, 3, 12)
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
OFFICE = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"


def made(source: Document | str) -> ZipFile:
    return ZipFile(io.BytesIO(odt(source, "Titre", "Camille Perrin", DAY)))


def read(element: ET.Element) -> str:
    """Return the letters of an element, as an office suite shows them."""
    return "".join(_letters(element))


def _letters(element: ET.Element) -> Iterator[str]:
    if element.tag == f"{TEXT}s":
        yield " " * int(element.attrib[f"{TEXT}c"])
    elif element.tag in {f"{TEXT}tab", f"{TEXT}line-break"}:
        yield "\t" if element.tag.endswith("tab") else "\n"
    yield element.text or ""
    for child in element:
        yield from _letters(child)
        yield child.tail or ""


@pytest.mark.parametrize("audience", list(READERS))
def test_every_part_is_sound_xml_and_known_to_the_manifest(audience: Audience) -> None:
    package = made(build_document(report(facts(rooms=("Classe 1",))), audience))
    names = package.namelist()
    for name in names[1:]:
        ET.fromstring(package.read(name))
    manifest = package.read("META-INF/manifest.xml").decode()
    for name in names[1:-1]:
        assert f'full-path="{name}"' in manifest


def test_two_boxes_in_a_row_stay_two() -> None:
    boxes = "> [!WARNING]\n> **Un**\n>\n> a\n\n> [!WARNING]\n> **Deux**\n>\n> b\n"
    root = ET.fromstring(made(f"# T\n\n{boxes}").read("content.xml"))
    styles = [one.get(f"{TEXT}style-name") for one in root.iter(f"{TEXT}p")]
    first, second = (at for at, one in enumerate(styles) if one == "AlerteTitre")
    assert "Apres" in styles[first:second]


def test_a_box_holds_its_list_inside_its_edges() -> None:
    """Paragraphs lose their border where a list begins: the box is a cell."""
    box = "> [!WARNING]\n> **Un**\n>\n> - a\n> - b\n"
    root = ET.fromstring(made(f"# T\n\n{box}").read("content.xml"))
    (cell,) = root.iter(f"{TABLE}table-cell")
    assert read(cell) == "Unab"


def test_the_file_is_known_by_its_first_bytes() -> None:
    first = made(EVERYTHING).infolist()[0]
    assert (first.filename, first.compress_type) == ("mimetype", ZIP_STORED)


def test_every_style_used_is_declared() -> None:
    package = made(EVERYTHING)
    declared = (
        package.read("styles.xml").decode() + package.read("content.xml").decode()
    )
    for element in ET.fromstring(package.read("content.xml")).iter():
        for key, value in element.attrib.items():
            if key.endswith("style-name"):
                assert f'style:name="{value}"' in declared, value


def test_every_shape_of_our_markdown_is_written() -> None:
    text = read(ET.fromstring(made(EVERYTHING).read("content.xml")))
    for word in ("Terme", "Attention", "barré", "gras", "[photo]", "Une note", "cité"):
        assert word in text
    assert '#read("/etc/passwd")' in text


def test_a_provisional_document_says_so_on_every_page() -> None:
    stamped = document(EVERYTHING, provisional=True)
    styles = made(stamped).read("styles.xml").decode()
    assert '<text:p text:style-name="Tete">Document provisoire</text:p>' in styles


def test_the_same_document_is_the_same_bytes() -> None:
    assert odt(EVERYTHING, "T", "A", DAY) == odt(EVERYTHING, "T", "A", DAY)


@examples(200)
@given(
    st.text(
        st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from(" \n\t<&\"'")
    )
)
def test_any_text_comes_back_letter_for_letter(text: str) -> None:
    held = f'<text:p xmlns:text="{OFFICE}">{words(text)}</text:p>'
    expected = text.replace("\ufffe", "").replace("\uffff", "")
    assert read(ET.fromstring(held)) == expected


@pytest.mark.skipif(
    shutil.which("soffice") is None, reason="LibreOffice absent : ODT non ouvert"
)
@pytest.mark.long
def test_an_office_suite_opens_it(tmp_path: Path) -> None:
    path = tmp_path / "rapport.odt"
    path.write_bytes(odt(EVERYTHING, "Titre", "Camille Perrin", DAY))
    subprocess.run(
        ["soffice", "--headless", "--convert-to", "pdf", "--outdir", tmp_path, path],
        check=True,
        capture_output=True,
        timeout=120,
    )
    assert (tmp_path / "rapport.pdf").read_bytes().startswith(b"%PDF")
