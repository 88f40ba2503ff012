"""How any text enters Typst: as a string literal, never as code.

A sign that none of our fonts draws is written as its code, « [U+1F600] »: a document
never loses a letter without a word, nor stops for one.
"""

import re
from bisect import bisect_right
from functools import cache
from pathlib import Path

FONTS = Path(__file__).parent / "fonts"
"""The open fonts of our documents, their licences, and what they draw."""

_TOLD = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": ""}
_SIGNS = re.compile(r'[\\"\n\t\r]')
_COMMON = re.compile("[\n\t\r -~\u00a0-\u017f\u2013\u2014\u2018-\u201d\u2026\u202f€]*")


def literal(text: str) -> str:
    """Return a Typst string that reads as `text`."""
    return f'"{_SIGNS.sub(lambda sign: _TOLD[sign[0]], drawable(text))}"'


def raw_literal(text: str) -> str:
    """Return a Typst string that holds `text` itself: data that no font draws."""
    return f'"{_SIGNS.sub(lambda sign: _TOLD[sign[0]], text)}"'


def words(text: str) -> str:
    """Return a text as Typst markup prints it, letter for letter."""
    return f"#{literal(text)};" if text else ""


def drawable(text: str) -> str:
    """Return `text` where a sign without a drawing is replaced by its code."""
    if _COMMON.fullmatch(text):
        return text
    return "".join(
        sign if sign in "\n\t\r" or _is_drawn(ord(sign)) else f"[U+{ord(sign):04X}]"
        for sign in text
    )


def _is_drawn(code: int) -> bool:
    starts, ends = _coverage()
    at = bisect_right(starts, code) - 1
    return at >= 0 and code <= ends[at]


@cache
def _coverage() -> tuple[list[int], list[int]]:
    """Return where each span of drawn signs starts and ends."""
    spans = (FONTS / "coverage.txt").read_text(encoding="ascii").split()
    pairs = [span.split("-") for span in spans]
    return (
        [int(pair[0], 16) for pair in pairs],
        [int(pair[-1], 16) for pair in pairs],
    )
