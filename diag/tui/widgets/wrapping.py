"""Text cut in lines, never at a no-break space: Textual cuts there as at any other.

A path too long for a line is cut after one of its folders.
"""

from collections.abc import Iterator
from functools import lru_cache

from rich._wrap import divide_line  # what Textual cuts with; nothing public says where
from textual.content import Content

from diag.words.typography import NBSP, NNBSP

_JOINED = {ord(NBSP): "\ufdd0", ord(NNBSP): "\ufdd1"}
"""No-break spaces stand in for characters that are no text, one for one."""


def wrapped(text: Content, width: int) -> list[Content]:
    """Return a text in lines of so many columns at most; one line at least."""
    width = max(width, 1)
    if text.cell_length <= width and "\n" not in text.plain:
        return [text]
    lines = text.split(allow_blank=True)
    return [part for line in lines for part in _cut(line, width)] or [Content("")]


def _cut(line: Content, width: int) -> Iterator[Content]:
    for part in line.divide(_cuts(line.plain.translate(_JOINED), width)):
        yield part.rstrip()


@lru_cache(maxsize=2048)
def _cuts(text: str, width: int) -> list[int]:
    """Return where lines end; where a word is longer than one, after a slash of it.

    Kept: room after room, the same questions are read.
    """
    cuts = divide_line(text, width)
    start = 0
    for rank, cut in enumerate(cuts):
        after = max(text.rfind(sign, start, cut) for sign in "/\\") + 1
        if _within_a_word(text, cut) and start < after < cut:
            rest = _cuts(text[after:], width)
            return [*cuts[:rank], after, *(after + each for each in rest)]
        start = cut
    return cuts


def _within_a_word(text: str, cut: int) -> bool:
    return not (text[cut - 1].isspace() or text[cut].isspace())
