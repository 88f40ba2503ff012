"""What a drawing is: sound, described, true to its claim, alone on paper."""

import io
import re
import xml.etree.ElementTree as ET
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.assess.spread import HeatCell
from diag.assess.words import Money
from diag.documents.blocks import Drawing, Panel, drawings_in, sections, table
from diag.documents.document import Document, Meta
from diag.documents.drawings import (
    FULL,
    NARROW,
    SCORES_CLAIM,
    SOFT,
    WIDTH,
    YEARS_CLAIM,
    Bar,
    CalendarRow,
    draw_calendar,
    draw_scores,
    draw_years,
)
from diag.documents.formats import Format
from diag.documents.formats.pdf import write_pdf
from diag.documents.school_drawings import ON_PAPER, HeatMark, draw_heat, heat_mark
from diag.documents.templates import build_document
from diag.model.enums import Audience
from tests.documents.builders import TODAY, report
from tests.documents.reading import html
from tests.examples import examples

LONG_NAME = "Une salle au nom bien trop long pour une colonne"
COLUMNS = ("Domaine", "Score sur 100", "Examiné à")


def bar(label: str, low: int, high: int, *more: str) -> Bar:
    words = str(low) if low == high else f"{low} à {high}"
    return Bar(label, (words, *(more or ("100 %",))), share(low, high))


def share(low: int, high: int) -> tuple[Fraction, Fraction]:
    return Fraction(low, 100), Fraction(high, 100)


def scores(*bars: Bar) -> Drawing:
    found = draw_scores(COLUMNS, bars)
    assert found is not None
    return found


def years(*amounts: Money) -> Drawing:
    found = draw_years(list(enumerate(amounts, 2026)))
    assert found is not None
    return found


def widths(panel: Panel, colour: str) -> list[int]:
    return [
        int(one)
        for one in re.findall(rf'fill="{colour}"[^>]* width="(\d+)"', panel.body)
    ]


def french_less(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


SCORES = scores(bar("Wi-Fi & cie", 40, 40))
YEARS = years(Money(10), Money(20))
ROOMS = draw_heat(["Son"], [("CP <b>", [HeatMark("R", "recommandé", 2)])])


@pytest.mark.parametrize("found", [SCORES, YEARS, ROOMS])
def test_a_drawing_is_sound_and_described(found: Drawing | None) -> None:
    assert found is not None
    for panel in filter(None, (found.wide, found.narrow)):
        root = ET.fromstring(found.svg("t", panel))
        titled = {one.get("id"): one.text for one in root if one.get("id")}
        assert titled == {"t-titre": found.title, "t-texte": found.words}
        assert root.get("aria-labelledby") == "t-titre t-texte"
    assert found.alt == f"{found.title}. {found.words}"
    assert found.narrow or found.lacks


def test_nothing_is_drawn_of_nothing() -> None:
    assert draw_scores(COLUMNS, []) is None
    assert draw_years([]) is None
    assert draw_heat(["Son"], []) is None


def test_a_drawing_belongs_to_the_table_that_it_was_built_with() -> None:
    columns = ("Domaine", "Score sur 100")
    drawn = table("Scores", columns, [("Wi-Fi | cie", "40")], draw=lambda: SCORES)
    alike = table("Scores", columns, [("Salles", "40")])
    text = sections((drawn, alike))
    meta = Meta(title="T", day=TODAY)
    read = Document(
        meta=meta, markdown=f"# T\n\n{text}\n", drawings=drawings_in([text])
    )
    opened = [one for one in read.pages.body if one.type == "table_open"]
    assert [one.meta["drawing"] for one in opened] == [SCORES, None]


def test_every_number_of_a_table_stands_in_the_words_of_its_drawing() -> None:
    found = scores(
        bar("Wi-Fi & cie", 0, 100, "12 %"), Bar("Salles", ("sans objet", "–"), None)
    )
    told = french_less(found.words)
    assert told == "Wi-Fi & cie : 0 à 100, examiné à 12 % ; Salles : sans objet."
    for panel in (found.wide, found.narrow):
        assert panel
        assert "Wi-Fi &amp; cie" in panel.body
        assert "12\u00a0%</text>" in panel.body


@given(st.integers(0, 100), st.integers(0, 100))
def test_bars_stay_in_the_frame(one: int, other: int) -> None:
    low, high = sorted((one, other))
    found = scores(bar("Un domaine au nom assez long pour être coupé", low, high))
    for panel, width in ((found.wide, WIDTH), (found.narrow, NARROW)):
        assert panel
        assert panel.width == width
        assert 'width="-' not in panel.body
        ends = re.findall(r'x="(\d+)" y="\d+" width="(\d+)"', panel.body)
        assert all(int(x) + int(size) <= width for x, size in ends)
        assert panel.body.count("<rect") == 1 + (low > 0) + (high > low)


@given(
    st.lists(
        st.tuples(st.dates(date(2026, 1, 1), date(2032, 1, 1)), st.integers(0, 800)),
        min_size=2,
        max_size=9,
    )
)
@examples(40)
def test_dates_and_their_words_stay_in_the_frame(spans: list[tuple[date, int]]) -> None:
    rows = [
        CalendarRow(LONG_NAME, LONG_NAME, day, day + timedelta(more), is_sure=True)
        for day, more in spans
    ]
    found = draw_calendar(rows)
    assert found
    assert "à confirmer" not in found.title
    ET.fromstring(found.svg("t"))
    ends = re.findall(r'x="(-?\d+)" y="\d+" width="(\d+)"', found.wide.body)
    assert all(0 <= int(x) <= int(x) + int(size) <= WIDTH for x, size in ends)
    words = re.findall(
        r'x="(\d+)" y="(\d+)" text-anchor="(\w+)" font-size="12"[^>]*>([^<]*)<',
        found.wide.body,
    )
    for x, y, anchor, text in words:
        wide = 6 * len(text) * (1 if anchor == "start" else -1)
        assert 0 <= int(x) + wide <= WIDTH
        assert int(y) <= found.wide.height
    assert found.alt.count(LONG_NAME) == 2 * len(rows)


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), min_size=1))
@examples(60)
def test_what_a_drawing_claims_is_true(pairs: list[tuple[int, int]]) -> None:
    bounds = [tuple(sorted(pair)) for pair in pairs]
    bars = [bar(f"D{rank}", low, high) for rank, (low, high) in enumerate(bounds)]
    found = scores(*bars)
    lowest = [
        rank
        for rank, (_, high) in enumerate(bounds)
        if all(high < low for at, (low, _) in enumerate(bounds) if at != rank)
    ]
    if len(bounds) > 1 and lowest:
        assert f"D{lowest[0]}\u00a0»" in found.title
    else:
        assert found.title == SCORES_CLAIM


@pytest.mark.parametrize(
    ("amount", "full", "hatched"),
    [
        (Money(500), [0.5], []),
        (Money(), [], []),
        (Money(250, more=500), [0.25], [0.5]),
        (Money(more=500), [], [0.5]),
        (Money(500, at_least=True), [0.5], []),
    ],
)
def test_a_bar_shows_what_is_sure_and_what_may_come(
    amount: Money, full: list[float], hatched: list[float]
) -> None:
    found = years(amount, Money(1000))
    whole = max(widths(found.wide, FULL))
    first = found.wide.body.split("2027</text>")[0]
    shown = Panel(0, 0, first)
    for told, sizes in ((FULL, full), ("#ffffff", hatched)):
        assert widths(shown, told) == pytest.approx(
            [size * whole for size in sizes], abs=1
        )
    assert (f'stroke="{SOFT}"' in first) == bool(hatched)


def test_a_year_is_told_to_cost_most_only_where_it_surely_does() -> None:
    assert years(Money(500), Money(1000), Money()).title.startswith("2027 est l")
    assert years(Money(500, more=600), Money(1000)).title == YEARS_CLAIM
    told = french_less(years(Money(500), Money(1000), Money()).words)
    assert told == "2026 : 500 € ; 2027 : 1 000 € ; 2028 : 0 €."


def test_rooms_bear_letters_and_the_darkest_is_the_worst() -> None:
    cells: dict[str, list[HeatCell | None]] = {
        "CP": [HeatCell(1, 3, 0), HeatCell(0, 0, 0), HeatCell(0, 2, 1)],
        LONG_NAME: [None, HeatCell(3, 3, 0), HeatCell(0, 3, 2)],
    }
    rows = [
        (
            name,
            [heat_mark(cell, of_danger=not n) for n, cell in enumerate(own)],
        )
        for name, own in cells.items()
    ]
    found = draw_heat(["Danger", "Image", "Son"], rows)
    assert found is not None
    for words in ("rien vu", "I", "I-R", "–", "E", "?"):
        assert f">{words}</text>" in found.wide.body, words
    assert found.title == "1 salle sur 2 a au moins un point insuffisant"
    assert found.lacks == (
        "CP\u00a0: insuffisant\u00a0: Image, 1 point à préciser.",
        f"{LONG_NAME}\u00a0: rien d’insuffisant, 1 point à préciser.",
    )
    assert "Danger rien vu, Image insuffisant" in french_less(found.words)
    assert "sûr" not in found.alt.replace("sûrement", "")
    danger = heat_mark(HeatCell(0, 0, 0, danger=True), of_danger=True)
    assert (danger.text, danger.level) == ("!", 0)
    grounds = [luminance(ground) for ground, _ in ON_PAPER]
    assert all(worse < better for worse, better in pairwise(grounds))


def luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return sum(
        part * weight for part, weight in zip(parts, (0.21, 0.72, 0.07), strict=True)
    )


def test_no_form_prints_a_drawing_then_the_table_of_its_numbers() -> None:
    made = build_document(report(), Audience.ACADEMIE)
    drawn = filter(None, (draw() for draw in made.drawings.values()))
    title = next(one.title for one in drawn if one.is_whole)
    page = html(made, "x")
    shown = page.index(f"<strong>{title}</strong>")
    assert page.index("</figure>", shown) < page.index("<details>", shown)
    source = made.write(Format.ODT)[0]
    assert b"dessin1.svg" not in source
    assert "Score de chaque domaine, et part examinée" in made.markdown


def test_the_mayor_reads_that_no_aid_is_deducted_of_the_years() -> None:
    page = html(build_document(report(), Audience.MAIRIE), "x")
    assert page.count('<figure class="drawing">') == 2
    assert "aucune aide déduite" in page


def test_the_head_of_a_column_is_never_cut_inside_a_word() -> None:
    """« Examin » stood above « é à »."""
    bars = [Bar("Wi-Fi", ("63", "100 %"), (Fraction(1, 2), Fraction(1, 2)))]
    found = draw_scores(("Domaine", "Score sur 100", "Examiné à"), bars)
    assert found
    lines = re.findall(r">([^<]+)</text>", found.wide.body)
    assert " ".join(lines).replace("\u00a0", " ").startswith("Score sur 100 Examiné à")


def test_a_tall_drawing_stays_under_its_heading() -> None:
    """Half-way down a page, it floated above the heading, which led to nothing."""
    bars = [bar(f"Domaine {rank}", 40, 40) for rank in range(20)]
    rows = [(one.label, *one.cells) for one in bars]
    drawn = table("Notes", COLUMNS, rows, draw=lambda: scores(*bars))
    told = Document(
        meta=Meta(title="T", day=TODAY),
        markdown=f"# T\n\nUn mot.\n\n## Partie\n\n{drawn}\n\nLa suite.\n",
        drawings=drawings_in([drawn]),
    )
    file, _ = write_pdf(told)

    (text,) = (one.extract_text() for one in pypdf.PdfReader(io.BytesIO(file)).pages)
    places = [text.index(one) for one in ("Un mot", "Partie", "Domaine 7", "La suite")]
    assert places == sorted(places)
