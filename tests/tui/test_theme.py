import pytest
from textual.color import Color
from textual.filter import monochrome_style
from textual.theme import Theme

from diag.documents.school_drawings import ON_PAPER
from diag.tui.rooms.board import looks
from diag.tui.text import DIAG_DARK, DIAG_LIGHT, ON_SCREEN, THEMES
from diag.tui.visit.grid_table import GridTable

ENOUGH = 4.5
"""WCAG 2.2 AA, text of any size."""
WITHOUT_COLOUR = 4.2
"""Of bold letters, when a terminal is asked for greys only."""

PAIRS = [
    *(
        (text, ground)
        for text in (
            "foreground",
            "text-muted",
            "text-disabled",
            "accent",
            "success",
            "warning",
            "error",
            "text-success",
            "text-warning",
            "text-error",
            "text-accent",
        )
        for ground in ("background", "surface", "panel")
    ),
    ("block-cursor-foreground", "block-cursor-background"),
    ("block-cursor-blurred-foreground", "block-cursor-blurred-background"),
    ("footer-foreground", "footer-background"),
    ("footer-key-foreground", "footer-background"),
    ("footer-description-foreground", "footer-background"),
    ("input-cursor-foreground", "input-cursor-background"),
    ("foreground", "input-selection-background"),
    ("background", "accent"),
    ("background", "text-error"),
]


def luminance(color: Color) -> float:
    def part(value: int) -> float:
        share = value / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    return 0.2126 * part(color.r) + 0.7152 * part(color.g) + 0.0722 * part(color.b)


def contrast(one: Color, other: Color) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def colors(theme: Theme) -> dict[str, str]:
    return {**theme.to_color_system().generate(), **theme.variables}


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_what_is_read_stands_out_enough(theme: Theme, text: str, ground: str) -> None:
    made = colors(theme)
    behind = Color.parse(made[ground])
    over = behind.blend(shown := Color.parse(made[text]), shown.a)

    assert contrast(over, behind) >= ENOUGH, (made[text], made[ground])


def test_the_measure_is_that_of_the_standard() -> None:
    assert round(contrast(Color.parse("#000"), Color.parse("#fff")), 1) == 21.0
    assert round(contrast(Color.parse("#777"), Color.parse("#fff")), 2) == 4.48


def test_both_themes_name_the_same_colours() -> None:
    assert DIAG_LIGHT.variables.keys() == DIAG_DARK.variables.keys()
    assert not DIAG_LIGHT.dark
    assert DIAG_DARK.dark


def test_darkness_is_attention_on_paper_and_every_level_is_read() -> None:
    grounds = [luminance(Color.parse(ground)) for ground, _ in ON_PAPER]
    assert grounds == sorted(grounds)
    for ground, ink in (*ON_PAPER, *ON_SCREEN):
        assert contrast(Color.parse(ground), Color.parse(ink)) >= ENOUGH, ground


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_whatever_salles_shows_stands_out_enough(theme: Theme) -> None:
    for name, style in looks(dark=theme.dark).items():
        ink, ground = style.color, style.bgcolor
        over = Color.parse(ground.name if ground else theme.background or "")
        if ink:
            assert contrast(Color.parse(ink.name), over) >= ENOUGH, name


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_without_colour_whatever_salles_shows_still_stands_out(theme: Theme) -> None:
    paper = Color.parse(theme.background or "")
    for name, style in looks(dark=theme.dark).items():
        grey = monochrome_style(style)
        ink, ground = (one and one.triplet for one in (grey.color, grey.bgcolor))
        if ink:
            behind = Color.parse(ground.hex) if ground else paper
            assert contrast(Color.parse(ink.hex), behind) >= WITHOUT_COLOUR, name


def test_the_cell_under_the_cursor_is_read_on_amber_in_both_themes() -> None:
    ink, amber = (Color.parse(each) for each in ("#000000", "#d9a441"))
    assert contrast(ink, amber) >= ENOUGH
    assert "color: #000000; background: #d9a441" in GridTable.DEFAULT_CSS
