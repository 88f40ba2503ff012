"""Named lines: a word on the left, a text that wraps under itself on the right."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from textual.content import Content

from diag.tui.widgets.sheet import Drawn
from diag.tui.widgets.wrapping import wrapped

GUTTER = 11
"""Where texts start, unless a row says otherwise."""
_LEAST = 12  # narrower texts go under their word rather than beside it


@dataclass(frozen=True, slots=True)
class Row:
    """One named text; without a name it takes the whole width."""

    name: str
    text: Content
    gutter: int = GUTTER
    """Where the text starts."""
    style: str = "$text-muted"
    """Style of the name."""


def told(rows: Iterable[Row], width: int) -> Iterator[Drawn]:
    """Give the lines of rows, as many as they need."""
    for row in rows:
        for line in _laid(row, width):
            yield Drawn(line)


def _laid(row: Row, width: int) -> list[Content]:
    if not row.name:
        return wrapped(row.text, width)
    inside = max(width - row.gutter, _LEAST)
    name = Content.styled(row.name.ljust(row.gutter), row.style)
    blank = Content(" " * row.gutter)
    lines = wrapped(row.text, inside)
    return [(blank if rank else name) + line for rank, line in enumerate(lines)]
