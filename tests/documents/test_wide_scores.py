"""An interval wider than 40 points is printed in the technical annex alone."""

import io
import re
import zipfile
from dataclasses import replace
from fractions import Fraction
from functools import cache

import pytest
from pypdf import PdfReader

from diag.assess.results import Score
from diag.assess.words import printed_cell
from diag.audit.compare import (
    AuditsCompared,
    Comparables,
    ScoreChange,
    describe_comparables,
)
from diag.audit.report import Report
from diag.audit.suppose import Option
from diag.documents.drafts.council import minutes
from diag.documents.drafts.school import application
from diag.documents.formats import Format
from diag.documents.mail import letter
from diag.documents.synthesis import commune_synthesis
from diag.documents.synthesis.territory import (
    circonscription_synthesis,
    territory_synthesis,
)
from diag.documents.tables import judged
from diag.documents.templates import build_document
from diag.model.enums import READERS, Audience, Standing
from diag.model.text import Bounds
from tests.documents.atlas.pages import VIEWS, all_pages
from tests.documents.builders import report
from tests.documents.synthesis.gatherings import (
    LAVOIR,
    MOULIN,
    OPEN,
    extract,
    gathering,
)

_SPAN = re.compile(r"(?<![\d\s])\s*\b(\d{1,3})\s+(?:et|à)\s+(\d{1,3})\b(?!\s*[€%])")
_TAGS = re.compile(r"<[^>]+>")


def score(low: int, high: int, examined: int = 37) -> Score:
    bounds = Bounds(Fraction(low, 100), Fraction(high, 100))
    return Score(Standing.IN, bounds, Fraction(examined, 100))


def wide(text: str) -> list[str]:
    """Return what reads as an interval of more than 40 points."""
    return [
        found[0].strip()
        for found in _SPAN.finditer(text)
        if int(found[2]) - int(found[1]) > 40
    ]


CHANGE = ScoreChange("Ensemble", score(10, 90), score(11, 91), score(12, 92))


@cache
def little_known() -> Report:
    """Return an audit that has just begun, everything wide printed beside it."""
    told = report(OPEN)
    beside = AuditsCompared("2024-2025", True, CHANGE, (CHANGE,))
    half = score(5, 95).bounds
    others = Comparables("écoles primaires", 6, half, {"reseau": half} if half else {})
    option = Option("Fibre", ("la fibre",), (("Ensemble", *TWO),), (), (), ())
    return replace(
        told,
        look_back=lambda: beside,
        look_around=lambda: others,
        option=option,
        shown=None,
    )


TWO = (score(13, 93), score(14, 94))


def seen(content: bytes, form: Format) -> str:
    """Return what a reader sees of a file, descriptions of drawings included."""
    if form is Format.PDF:
        return "\n".join(
            one.extract_text() for one in PdfReader(io.BytesIO(content)).pages
        )
    if form is Format.ODT:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _TAGS.sub(" ", archive.read("content.xml").decode())
    text = content.decode()
    return _TAGS.sub(" ", text) if form is Format.HTML else text


@pytest.mark.parametrize("form", Format)
@pytest.mark.parametrize("audience", READERS)
def test_a_wide_score_is_read_in_the_technical_annex_alone(
    audience: Audience, form: Format
) -> None:
    document = build_document(little_known(), audience)
    text = seen(document.write(form)[0], form)

    assert bool(wide(text)) == (audience is Audience.TECHNIQUE)
    assert "xaminé à" in text


def test_the_annex_prints_every_wide_score_that_there_is() -> None:
    text = build_document(little_known(), Audience.TECHNIQUE).markdown

    for told in (CHANGE.before, CHANGE.again, CHANGE.now, *TWO):
        assert told is not None
        assert printed_cell(told) == "examiné à 37\u00a0%"
        low = (
            f"{told.bounds.low * 100} à {told.bounds.high * 100}" if told.bounds else ""
        )
        assert low in text


def test_a_synthesis_tells_the_share_examined_of_schools_too_little_known() -> None:
    both = gathering(extract(OPEN, MOULIN), extract(OPEN, LAVOIR))
    for write in (commune_synthesis, circonscription_synthesis, territory_synthesis):
        text = write(both).markdown
        assert wide(text) == []
        assert "xaminé" in text


def test_drafts_and_messages_print_no_wide_score() -> None:
    told = little_known()
    drafts = (
        application(told, "Dossier", "2026").markdown,
        minutes(gathering(extract(OPEN, MOULIN)), "Compte rendu").markdown,
    )
    for text in drafts:
        assert wide(text) == []
        assert "xaminé à" in text
    for audience in READERS:
        words = letter(told, audience, ["a.pdf"])
        assert wide(words.subject + words.text + _TAGS.sub(" ", words.html)) == []


@pytest.mark.parametrize("view", VIEWS)
def test_no_page_of_the_atlas_prints_or_draws_a_wide_score(view: object) -> None:
    pages = all_pages(view, told=little_known())  # type: ignore[arg-type]  # a view
    for name, page in pages.items():
        main = page.partition("<main")[2]
        assert wide(_TAGS.sub(" ", main)) == [], name
        assert "xaminé à" in main
        drawn = re.findall(r'class="may"[^>]* width="(\d+)"', main)
        assert all(int(one) <= 40 for one in drawn)


def test_the_map_keeps_the_share_examined_alone() -> None:
    found = judged(little_known()).scores

    assert found["score_min"] is None
    assert found["score_max"] is None
    assert found["completude"] is not None


@pytest.mark.parametrize(("low", "high"), [(30, 70), (30, 71), (0, 100), (50, 50)])
def test_forty_points_are_still_printed(low: int, high: int) -> None:
    printed = printed_cell(score(low, high))

    assert printed.startswith("examiné") == (high - low > 40)


def test_schools_too_unlike_are_no_measure_of_one() -> None:
    others = Comparables("écoles primaires", 6, score(5, 95).bounds)

    assert wide(describe_comparables(others)) == []
    assert "diffèrent trop" in describe_comparables(others)
