"""Each synthesis, whole, as it was last read by a person; and in every form."""

import pytest

from diag.documents.document import read_document
from diag.documents.formats.html import html
from diag.documents.formats.odt import odt
from diag.documents.formats.pdf import printed
from tests.reports.builders import TODAY
from tests.reports.pdf.validation import failures
from tests.reports.synthesis.goldens import MADE, kept
from tests.reports.test_html import read


@pytest.mark.parametrize("name", MADE)
def test_each_document_reads_as_it_did(name: str) -> None:
    """Changed on purpose? python -m tests.reports.synthesis.goldens, then read it."""
    assert MADE[name]() == kept(name)


@pytest.mark.parametrize("name", MADE)
def test_each_document_passes_page_validation(name: str) -> None:
    done = printed(kept(name), "Titre", "Ana Martin", TODAY)
    assert not done.warning
    for profile in ("ua1", "3a"):
        assert failures(done.pdf, profile) == []


@pytest.mark.parametrize("name", MADE)
def test_each_document_is_a_sound_page_and_a_file_of_offices(name: str) -> None:
    text = kept(name)
    assert not read(html(text, "Titre")).problems
    once, again = (odt(text, "Titre", "Ana Martin", TODAY) for _ in range(2))
    assert once == again
    assert once.startswith(b"PK")


@pytest.mark.parametrize("name", MADE)
def test_what_may_still_change_is_marked(name: str) -> None:
    assert read_document(kept(name)).running.startswith("Document provisoire")
    assert "provisoire (1 audit sur 3 n'est pas clos)" in kept(name)
