"""The shapes of our Markdown: tables, definitions, lists; every text in them escaped.

`str` is somebody's text and gets French spaces and escapes; `Md` is ours and stays.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from diag.reports.escape import Md, inline
from diag.words.typography import french

PAGE_BREAK = Md("***")
"""What ends page 1: everything that the reader must decide on stands before it."""

Pair = tuple[str, str]
"""A term and what is said of it."""


def written(text: object) -> Md:
    """Return any text as it enters a document: French spaces, escaped signs."""
    return text if isinstance(text, Md) else _typed(str(text))


def table(
    caption: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    numeric: Sequence[int] = (),
) -> Md:
    """Return a table under its caption; `numeric` columns are aligned right.

    The caption is an italic paragraph right before the table: a reader of the
    source sees it, and the HTML makes it a `<caption>`. No rows, no table.
    """
    cells = [_row(row) for row in rows]
    if not cells:
        return Md("")
    rules = ("---:" if rank in numeric else "---" for rank in range(len(columns)))
    head = (f"*{written(caption)}*", "", _row(columns), f"| {' | '.join(rules)} |")
    return Md("\n".join((*head, *cells)))


def definitions(pairs: Iterable[Pair]) -> Md:
    """Return terms and what is said of each; pairs without a word to say are left."""
    return Md(
        "\n\n".join(
            f"{written(term)}\n: {written(said)}" for term, said in pairs if said
        )
    )


def entry(title: str, pairs: Iterable[Pair], level: int = 3) -> Md:
    """Return a titled block of definitions: one action, one ticket."""
    return Md(f"{'#' * level} {written(title)}\n\n{definitions(pairs)}")


def bullets(items: Iterable[str]) -> Md:
    """Return a list."""
    return Md("\n".join(f"- {written(item)}" for item in items))


def numbered(items: Iterable[str], prefix: str = "") -> Md:
    """Return a numbered list; `prefix` starts each line, inside a box."""
    lines = (f"{prefix}{rank}. {written(item)}" for rank, item in enumerate(items, 1))
    return Md("\n".join(lines))


def bold(text: str) -> Md:
    """Return a text in bold."""
    return Md(f"**{written(text)}**")


def sections(blocks: Iterable[Md]) -> Md:
    """Return blocks one under the other, the empty ones left out."""
    return Md("\n\n".join(block for block in blocks if block))


@lru_cache(maxsize=8192)  # labels and names come back hundreds of times in a report
def _typed(text: str) -> Md:
    return inline(french(text))


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(written(cell) or '–' for cell in cells)} |"
