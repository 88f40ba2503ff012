"""The six whole schools, printed: they pass page-validation, page 1 decides."""

import io
from functools import cache

import pypdf
import pytest

from diag.audit.report import Report
from diag.audit.votes import votes_of
from diag.documents.formats.pdf import write_pdf
from diag.documents.parts.votes import KNOW_FIRST
from diag.documents.templates import build_document
from diag.model.enums import READERS, Audience
from diag.words.sentences import number
from tests.documents.builders import report
from tests.documents.formats.test_typeset import pages, squeezed
from tests.documents.formats.validation import failures
from tests.goldens.golden import NAMES, facts_told, golden
from tests.shipped import shipped


@cache
def told(name: str) -> Report:
    school = golden(name)
    return report(facts_told(school, shipped()), shipped(), today=school.visited)


# What the mayor of one school reads: the gate prints all of them in a step of its own.
DOCUMENTS = [
    pytest.param(
        name,
        audience,
        marks=()
        if (name, audience) == (NAMES[0], Audience.MAIRIE)
        else pytest.mark.long,
    )
    for name in NAMES
    for audience in READERS
]


@pytest.mark.parametrize(("name", "audience"), DOCUMENTS)
def test_every_document_passes_page_validation(name: str, audience: Audience) -> None:
    audit = told(name)
    file, warning = write_pdf(build_document(audit, audience))
    assert not warning
    # Two seconds for an annex: its shapes are the same in the six.
    is_alike = audience is Audience.TECHNIQUE and name != NAMES[0]
    for profile in ("ua1",) if is_alike else ("ua1", "3a"):
        assert failures(file, profile) == []
    if audience is Audience.MAIRIE:
        check_mayor(audit, file)


def check_mayor(audit: Report, pdf: bytes) -> None:
    """Check that page 1 decides, page 2 counts, and that two follow."""
    first, money, evidence, known = map(squeezed, pages(pdf))
    votes = votes_of(audit)
    for vote in votes.votes:
        assert squeezed(vote.title) in first
        assert squeezed(number(vote.spent.net)) in first
        assert squeezed(vote.title) in evidence
    assert votes.votes or squeezed(KNOW_FIRST) in first
    assert "Scored'ensemble" not in first
    assert "Cequecelacoûte" in money
    assert "JointàcePDF" in known


def test_the_markdown_travels_inside() -> None:
    audit = told(NAMES[0])
    made = build_document(audit, Audience.EQUIPE)
    reader = pypdf.PdfReader(io.BytesIO(write_pdf(made)[0]))
    assert reader.attachments["document.md"] == [made.markdown.encode("utf-8")]
