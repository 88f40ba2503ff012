"""Each synthesis, whole, as it was last read by a person; and in every form."""

import pytest

from diag.documents.formats.html import write_html
from diag.documents.formats.odt import write_odt
from diag.documents.formats.pdf import write_pdf
from tests.documents.formats.test_html import read
from tests.documents.formats.validation import failures
from tests.documents.synthesis.goldens import MADE, kept


@pytest.mark.parametrize("name", MADE)
def test_each_document_reads_as_it_did(name: str) -> None:
    """Changed on purpose? python -m tests.documents.synthesis.goldens, then read it."""
    assert MADE[name]().markdown == kept(name)


@pytest.mark.parametrize("name", MADE)
def test_each_document_passes_page_validation(name: str) -> None:
    made, warning = write_pdf(MADE[name]())
    assert not warning
    for profile in ("ua1", "3a"):
        assert failures(made, profile) == []


@pytest.mark.parametrize("name", MADE)
def test_each_document_is_a_sound_page_and_a_file_of_offices(name: str) -> None:
    made = MADE[name]()
    assert not read(write_html(made)[0].decode()).problems
    once, again = (write_odt(made)[0] for _ in range(2))
    assert once == again
    assert once.startswith(b"PK")


@pytest.mark.parametrize("name", MADE)
def test_what_may_still_change_is_marked(name: str) -> None:
    meta = MADE[name]().meta
    assert meta.provisional
    assert meta.running.startswith("Document provisoire")
    assert "provisoire (1 audit sur 3 n’est pas clos)" in kept(name)
