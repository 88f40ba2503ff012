"""The blocks that a document is made of: Markdown whose every text is escaped.

`str` is somebody's text and gets French spaces and escapes; `Md` is ours and stays.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from diag.audit.report import Picture, Pictures
from diag.documents.drawings import Draw
from diag.documents.escape import Md, inline
from diag.words.sentences import typeset

_SOURCE = re.compile(r"photo:([0-9a-f]{64})")

_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers of a JPEG that hold its size."""


def image_of(sha: str, words: str) -> Md:
    """Return an attachment as our Markdown shows it; its words are its caption."""
    return Md(f"![{inline(typeset(words))}](photo:{sha})")


def resolved(source: str, pictures: Pictures) -> Picture | None:
    """Return the picture that an image names; None for anything else than ours."""
    named = _SOURCE.fullmatch(source)
    if named is None or named[1] not in pictures:
        return None
    data = pictures[named[1]]
    size = _size(data)
    return Picture(data, *size) if size else None


def _size(data: bytes) -> tuple[int, int] | None:
    """Return the width and the height of a JPEG; None when it is not one."""
    at = 2
    while data[:2] == b"\xff\xd8" and data[at : at + 1] == b"\xff":
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4])
        if marker in _FRAMES:
            high, wide = data[at + 5 : at + 7], data[at + 7 : at + 9]
            size = int.from_bytes(wide), int.from_bytes(high)
            return size if all(size) else None
        at += 2 + length
    return None


PAGE_BREAK = Md("***")
"""What ends page 1: everything that the reader must decide on stands before it."""

Pair = tuple[str, str]
"""A term, and its definition."""


class DrawnBlocks(Md):
    """Blocks with drawn tables, what draws each under the Markdown of its table."""

    __slots__ = ("drawings",)

    drawings: Mapping[str, Draw]

    @classmethod
    def of(cls, text: str, drawings: Mapping[str, Draw]) -> "DrawnBlocks":
        """Return these blocks with the drawings of their tables."""
        made = cls(text)
        made.drawings = drawings
        return made


def written(text: object) -> Md:
    """Return any text as it enters a document: French spaces, escaped signs."""
    return text if isinstance(text, Md) else _written(str(text))


@lru_cache(maxsize=8192)  # labels and names come back hundreds of times in a report
def _written(text: str) -> Md:
    return inline(typeset(text))


def table(
    caption: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    numeric: Sequence[int] = (),
    draw: Draw | None = None,
) -> Md:
    """Return a table under its caption and, in the written document, its drawing.

    The `numeric` columns are aligned right. The caption is an italic paragraph right
    before the table: a reader of the source sees it, and the HTML makes it a
    `<caption>`. No rows, no table.
    """
    head, *cells = (
        f"| {' | '.join([written(cell) or '–' for cell in row])} |"
        for row in (columns, *rows)
    )
    if not cells:
        return Md("")
    rules = ("---:" if rank in numeric else "---" for rank in range(len(columns)))
    source = "\n".join((head, f"| {' | '.join(rules)} |", *cells))
    text = f"*{written(caption)}*\n\n{source}"
    return DrawnBlocks.of(text, {source: draw}) if draw else Md(text)


def definitions(pairs: Iterable[Pair]) -> Md:
    """Return terms and their definitions; a term without a definition is left out."""
    return Md("\n\n".join(f"{written(a)}\n: {written(b)}" for a, b in pairs if b))


def entry(title: str, pairs: Iterable[Pair], level: int = 3) -> Md:
    """Return a titled block of definitions: an action, a ticket."""
    return Md(f"{'#' * level} {written(title)}\n\n{definitions(pairs)}")


def bullets(items: Iterable[str]) -> Md:
    """Return a list."""
    return Md("\n".join(f"- {written(item)}" for item in items))


def numbered(items: Iterable[str]) -> Md:
    """Return a numbered list."""
    lines = (f"{rank}. {written(item)}" for rank, item in enumerate(items, 1))
    return Md("\n".join(lines))


def bold(text: str) -> Md:
    """Return a text in bold."""
    return Md(f"**{written(text)}**")


def box(kind: str, title: str, *blocks: Md) -> Md:
    """Return a box of a kind (`NOTE`, `WARNING`…); nothing when it holds nothing."""
    if not any(blocks):
        return Md("")
    lines = sections((bold(title), *blocks)).split("\n")
    return Md("\n>".join((f"> [!{kind}]", *(line and f" {line}" for line in lines))))


def sections(blocks: Iterable[Md]) -> Md:
    """Return blocks under one another, without the empty ones."""
    kept = [block for block in blocks if block]
    text, drawings = "\n\n".join(kept), drawings_in(kept)
    return DrawnBlocks.of(text, drawings) if drawings else Md(text)


def drawings_in(values: Iterable[object]) -> dict[str, Draw]:
    """Return what draws each of the drawn tables among these values."""
    return {
        source: draw
        for value in values
        if isinstance(value, DrawnBlocks)
        for source, draw in value.drawings.items()
    }
