"""What the fonts of our documents draw: python -m tests.documents.font_coverage."""

from functools import reduce

from fontTools.ttLib import TTFont

from diag.documents.formats.pdf import FONTS

COVERAGE = FONTS / "coverage.txt"


def drawn() -> list[int]:
    """Return every sign that all styles draw, with the help of the second font."""
    styles = [_signs(path.name) for path in sorted(FONTS.glob("Inter-*.otf"))]
    return sorted(reduce(set.intersection, styles) | _signs("DejaVuSans.ttf"))


def written() -> str:
    """Return the spans of those signs, one a line."""
    spans: list[list[int]] = []
    for code in drawn():
        if spans and spans[-1][1] == code - 1:
            spans[-1][1] = code
        else:
            spans.append([code, code])
    return "".join(f"{low:x}-{high:x}\n" for low, high in spans)


def _signs(name: str) -> set[int]:
    with TTFont(FONTS / name) as font:
        return set(font.getBestCmap())


if __name__ == "__main__":
    COVERAGE.write_text(written(), encoding="ascii", newline="\n")
