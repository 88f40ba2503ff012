"""The technician's ten pages: what is printed, and what travels inside the PDF."""

import io
from dataclasses import replace

import pypdf
import pytest

from diag.audit.report import Report
from diag.documents.document import Document
from diag.documents.formats.pdf import write_pdf
from diag.documents.paper import FEW, SHEETS, TICKETS_SHOWN
from diag.documents.templates import build_document
from diag.model.enums import Audience, PlaceKind
from tests.documents.audits import invented_facts
from tests.documents.builders import report
from tests.documents.formats.test_typeset import squeezed
from tests.goldens.golden import NAMES, facts_told, golden
from tests.shipped import shipped

MOST = 10
"""Most pages of the technician's PDF."""

SIZES = {"une classe": (1, 1), "six classes": (9, 6), "vingt classes": (27, 20)}
"""How many rooms and lots."""


def school(size: str) -> Report:
    rooms, lots = SIZES[size]
    told = invented_facts(shipped(), rooms=rooms, lots=lots, seed=3)
    return report(told, shipped())


def printed(told: Document) -> pypdf.PdfReader:
    file, warning = write_pdf(told)
    assert not warning
    return pypdf.PdfReader(io.BytesIO(file))


def document(told: Report) -> Document:
    return build_document(told, Audience.TECHNIQUE)


@pytest.mark.parametrize("size", SIZES)
def test_ten_pages_hold_a_school_of_any_size(size: str) -> None:
    assert len(printed(document(school(size))).pages) <= MOST


@pytest.mark.parametrize("name", NAMES)
def test_ten_pages_hold_each_golden_school(name: str) -> None:
    told = golden(name)
    audit = report(facts_told(told, shipped()), shipped(), today=told.visited)
    assert len(printed(document(audit)).pages) <= MOST


def test_the_manifest_lists_what_travels_inside() -> None:
    told = document(school("six classes"))
    reader = printed(told)
    text = squeezed(" ".join(page.extract_text() for page in reader.pages))
    _, manifest = text.split(squeezed("Fichiers joints à ce PDF"))
    assert set(reader.attachments) == {
        *("document.md", "tickets.csv", "achats.csv", "reponses.csv")
    }
    assert all(name in manifest for name in reader.attachments)


def test_the_whole_annex_is_attached_byte_for_byte() -> None:
    told = document(school("six classes"))
    held = printed(told).attachments["document.md"]
    assert held == [told.markdown.encode("utf-8")]
    assert "## Critères" in told.markdown


def test_every_action_is_in_the_whole_annex_attached() -> None:
    audit = school("vingt classes")
    whole = document(audit).markdown
    actions = audit.public.plan.actions
    assert len(actions) > TICKETS_SHOWN // 2
    for action in actions:
        assert f"# {action.ref}. " in whole


def test_beyond_ten_rooms_a_sheet_is_for_where_something_lacks() -> None:
    small, large = school("six classes"), school("vingt classes")
    for audit in (small, large):
        paper = document(audit).paper
        assert paper is not None
        _, rooms = paper.markdown.split("## Salle par salle")
        sheets = rooms.split("\n## ")[0].count("\n### ")
        every = len(audit.facts.places_of(PlaceKind.SALLE))
        assert sheets == (every if every <= FEW else SHEETS)


def test_nothing_reserved_travels_inside() -> None:
    audit = school("six classes")
    paper = document(audit).paper
    assert paper is not None
    public = audit.public.checklist
    for one in shipped().questions.values():
        if one.id not in public.questions:
            assert not [each for each in paper.attachments if one.label in each.text]
    assert document(replace(audit, shown=None)).paper != paper
