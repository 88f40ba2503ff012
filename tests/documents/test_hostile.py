"""Hostile texts go through whole documents, and come back letter for letter.

Each example is a document of many texts, in a table and in a list; ten thousand of
them in the long tests. Only the kind of a space or of an apostrophe may change.
"""

import io
import re
import xml.etree.ElementTree as ET
from datetime import date
from html.parser import HTMLParser
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.documents.blocks import Md, bullets, one_line, sections, table
from diag.words.sentences import typeset
from tests.documents.formats.test_literals import HOSTILE
from tests.documents.formats.test_odt import read
from tests.documents.reading import html, odt
from tests.examples import examples

TEXTS = HOSTILE.filter(one_line)
MANY, EACH = 200, 50
"""Documents, and texts in each: ten thousand."""

_SPACES = re.compile("[ \u00a0\u202f]+")
_NAMES = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"


def document(texts: list[str]) -> str:
    """Return a document that tells each text twice."""
    rows = [(str(rank), text) for rank, text in enumerate(texts)]
    cells = table("Légende", ("Rang", "Texte"), rows)
    return sections((Md("# Titre"), cells, Md("Puis :"), bullets(texts)))


def told(texts: list[str]) -> list[str]:
    return [_SPACES.sub(" ", typeset(text)) for text in texts]


class Page(HTMLParser):
    """The words of each cell and item of a page, as a browser reads them."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"td", "li"} and not attrs:
            self.words.append("")
            self.inside = tag

    def handle_endtag(self, tag: str) -> None:
        self.inside = "" if tag == self.inside else self.inside

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.words[-1] += data


def from_page(markdown: str) -> list[str]:
    page = Page()
    page.feed(html(markdown, "Titre"))
    page.close()
    return page.words


def from_office(markdown: str) -> list[str]:
    made = odt(markdown, "Titre", "Ana Martin", date(2026, 3, 12))
    content = ET.fromstring(ZipFile(io.BytesIO(made)).read("content.xml"))
    rows = content.iter(f"{_NAMES % 'table'}table-row")
    cells = [row[1] for row in rows][1:]
    return [read(one) for one in (*cells, *content.iter(f"{_NAMES % 'text'}list-item"))]


def come_back(texts: list[str]) -> None:
    expected = told([one_line(text) for text in texts] * 2)
    markdown = document(texts)
    assert told(from_page(markdown)) == expected
    assert told(from_office(markdown)) == expected


@examples(15, few=6)
@given(st.lists(TEXTS, min_size=1, max_size=20))
def test_hostile_texts_come_back_from_pages_and_from_an_office_suite(
    texts: list[str],
) -> None:
    come_back(texts)


@pytest.mark.long
@examples(MANY)
@given(st.lists(TEXTS, min_size=EACH, max_size=EACH))
def test_ten_thousand_come_back_from_pages_and_from_an_office_suite(
    texts: list[str],
) -> None:
    come_back(texts)
