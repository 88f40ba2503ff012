"""Each draft, whole, as it was last read by a person; and in every form."""

import re

import pytest

from diag.documents.drafts import REREAD
from diag.documents.formats.html import write_html
from diag.documents.formats.odt import write_odt
from diag.documents.formats.pdf import write_pdf
from diag.words.sentences import NBSP, NNBSP
from tests.documents.drafts.goldens import MADE, kept
from tests.documents.formats.test_html import read
from tests.documents.formats.validation import failures

PROMISES = ("sera financé", "est financé", "subvention accordée", "prendra en charge")
DUTIES = ("est obligée", "est tenue", "doit acheter", "doit financer", "obligation")


@pytest.mark.parametrize("name", MADE)
def test_each_draft_reads_as_it_did(name: str) -> None:
    """Changed on purpose? python -m tests.documents.drafts.goldens, then read it."""
    assert MADE[name]().markdown == kept(name)


@pytest.mark.parametrize("name", MADE)
def test_each_draft_passes_page_validation(name: str) -> None:
    made, warning = write_pdf(MADE[name]())
    assert not warning
    for profile in ("ua1", "3a"):
        assert failures(made, profile) == []


@pytest.mark.parametrize("name", MADE)
def test_each_draft_is_a_sound_page_and_a_file_of_offices(name: str) -> None:
    made = MADE[name]()
    page = write_html(made)[0].decode()
    assert not read(page).problems
    assert "<nav" not in page
    assert write_odt(made)[0].startswith(b"PK")


@pytest.mark.parametrize("name", MADE)
def test_each_draft_says_what_is_filled_from_when_and_by_whom_the_rest(
    name: str,
) -> None:
    text = kept(name)
    assert f"Pré-rempli{NBSP}: d’après" in text
    assert "12\u00a0mars\u00a02026" in text
    assert "À écrire par" in text
    assert text.lower().count("à compléter") >= 5
    assert "à compléter" in MADE[name]().meta.running


@pytest.mark.parametrize("name", MADE)
def test_no_draft_promises_money_nor_speaks_of_a_duty_to_buy(name: str) -> None:
    text = kept(name)
    for words in (*PROMISES, *DUTIES):
        assert words not in text
    if "€" in text:
        assert "ni un devis, ni une promesse" in text
        assert "Aucune aide n’est acquise" in text


@pytest.mark.parametrize("name", MADE)
def test_no_draft_names_what_a_sensitive_fact_speaks_through(name: str) -> None:
    assert "ots de passe" not in kept(name)


@pytest.mark.parametrize("name", ["note", "deliberation"])
def test_every_article_of_law_is_marked_to_be_read_again(name: str) -> None:
    text = kept(name).replace(NBSP, " ").replace(NNBSP, " ")
    for found in re.finditer(r"art(?:icle|\.) L\. \d", text):
        assert REREAD in text[found.start() : found.start() + 130]
