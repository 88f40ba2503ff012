"""Printed on real content, the mayor's document keeps to its pages."""

import io
from functools import cache

import pypdf
import pytest

from diag.documents.formats.pdf import write_pdf
from diag.documents.parts.votes import KNOW_FIRST
from diag.documents.templates import build_document
from diag.model.enums import Audience
from diag.words.sentences import typeset
from tests.documents.test_shipped import SCHOOLS, school


@cache
def pages(seed: int, known: int, audience: Audience) -> list[str]:
    made, warning = write_pdf(build_document(school(seed, known), audience))
    assert not warning
    reader = pypdf.PdfReader(io.BytesIO(made))
    return [page.extract_text() for page in reader.pages]


@pytest.mark.parametrize(
    ("seed", "known"),
    [
        pytest.param(seed, known, marks=[pytest.mark.long] * (known != 10))
        for seed, known in SCHOOLS[2::2]
    ],
)
def test_below_the_floor_too_it_has_four_pages(seed: int, known: int) -> None:
    first, second, *rest = pages(seed, known, Audience.MAIRIE)
    assert typeset(KNOW_FIRST) in " ".join(first.split())  # invented facts lack much
    assert "L’essentiel" not in first
    assert "Ce que cela coûte, et quand" in second
    assert len(rest) == 2


@pytest.mark.parametrize(
    "audience",
    [Audience.EQUIPE, pytest.param(Audience.TECHNIQUE, marks=pytest.mark.long)],
)
def test_the_map_of_rooms_is_printed(audience: Audience) -> None:
    assert any("Salle par salle" in page for page in pages(5, 9, audience))
