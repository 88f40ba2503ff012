"""Any text enters Typst as data, and comes back letter for letter."""

import json
from collections.abc import Sequence

import pytest
import typst
from hypothesis import given
from hypothesis import strategies as st

from diag.documents.formats.pdf import drawable, literal, raw_literal
from tests.documents.font_coverage import COVERAGE, written
from tests.documents.test_escape import FRAGMENTS
from tests.examples import examples

HOSTILE = st.lists(
    st.one_of(
        st.sampled_from([
            *FRAGMENTS,
            '#read("/etc/passwd")',
            '"]',
            "\\",
            "\\u{41}",
            "$x$",
            "#import",
            '"; panic()',
            "\n\n= Titre",
            "\u202f",
        ]),
        st.text(max_size=8),
    ),
    max_size=6,
).map("".join)


def read_by_typst(literals: Sequence[str]) -> list[str]:
    """Return what Typst reads in some literals, in one go."""
    source = "".join(f"#metadata({each})<t>\n" for each in literals)
    told = json.loads(typst.query(source.encode("utf-8"), "<t>", field="value"))
    return [str(each) for each in told]


@examples(30, few=10)
@given(st.lists(HOSTILE, min_size=1, max_size=60))
def test_a_literal_reads_as_its_text(texts: list[str]) -> None:
    texts = [text.replace("\r", "") for text in texts]
    assert read_by_typst([raw_literal(text) for text in texts]) == texts


@pytest.mark.long
@examples(200)
@given(st.lists(HOSTILE, min_size=50, max_size=80))
def test_ten_thousand_hostile_texts_read_as_they_are(texts: list[str]) -> None:
    test_a_literal_reads_as_its_text.hypothesis.inner_test(texts)  # type: ignore[attr-defined]  # hypothesis keeps it there


def test_what_our_fonts_draw_stays_as_it_is() -> None:
    told = "L'école « n° 5 » : 18 400 €, cœur, ☐ ☑ → − ≥ ● Ω Ж ł"
    assert drawable(told) == told


def test_what_no_font_of_ours_draws_is_told_by_its_code() -> None:
    assert drawable("École 😀 東") == "École [U+1F600] [U+6771]"
    assert literal("😀") == '"[U+1F600]"'


def test_the_coverage_is_that_of_the_fonts() -> None:
    """Write it again: python -m tests.documents.font_coverage."""
    assert COVERAGE.read_text(encoding="ascii") == written()
