"""The blocks that a document is made of: Markdown whose every text is escaped.

`str` is somebody's text: it gets French spaces, and comes out letter for letter. `Md`,
which marks our own Markdown, stays. Escaping is minimal, so that « L'école n° 5 » stays
readable in the source; its contexts are `inline` (a title, a table cell, an item) and
`block` (paragraphs and line breaks kept).
"""

import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from diag.model.errors import UNSHOWN
from diag.words.sentences import typeset


class Md(str):
    """Markdown of our own making: never escaped again."""

    __slots__ = ()


ANYWHERE = r"[\\`*\[\]|~]|(?<![^\W_])_|_(?![^\W_])|<(?![ =])|&(?=[#A-Za-z])"
"""Signs that mean something wherever they stand."""

LINE_START = r"^(?:[:>]|#(?=#*(?:\s|$))|[-+](?=\s|$)|-(?=[-\s]*$)|=(?==*\s*$))"
"""Signs that mean something at the start of a line: `# `, `> `, `: `, `- `, `===`."""

NUMBERED = r"^\d{1,9}(?=[.)](?:\s|$))"
"""What a line must not start with: « 1. » would begin a list."""

LINE_END = r"#$"
"""What a title must not end with: Markdown drops its closing signs."""

_SIGNS = re.compile(f"{LINE_START}|{ANYWHERE}|{LINE_END}")
_NUMBERED = re.compile(NUMBERED)
_LINE_BREAK = re.compile(r"\r\n?|[\n\v\f\x1c-\x1e\x85\u2028\u2029]")

_UNSAFE = re.compile(rf"[\n\t\ud800-\udfff]|{UNSHOWN.pattern}")


def one_line(text: str) -> str:
    """Return what `inline` prints: one line, without control or bidi characters."""
    spaced = _LINE_BREAK.sub(" ", text).replace("\t", " ")
    return _UNSAFE.sub("", spaced).strip()


def paragraphs(text: str) -> list[list[str]]:
    """Return what `block` prints: the lines of each paragraph, cleaned."""
    found: list[list[str]] = [[]]
    for line in map(one_line, _LINE_BREAK.split(text)):
        if line:
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return [lines for lines in found if lines]


def inline(text: str) -> Md:
    """Return `text` on one line, each sign that Markdown would read disarmed."""
    return Md(_disarmed(one_line(text)))


def block(text: str) -> Md:
    """Return `text` with its paragraphs and line breaks, to stand on its own lines."""
    written = ("\\\n".join(map(_disarmed, lines)) for lines in paragraphs(text))
    return Md("\n\n".join(written))


def code(text: str) -> Md:
    """Return `text` as code: a rule, an id; as plain text where code cannot hold it."""
    line = one_line(text)
    return inline(line) if re.search(r"[`|]|^$", line) else Md(f"`{line}`")


def link(url: str) -> Md:
    """Return a web address as a link, and anything else as plain text."""
    address = one_line(url)
    if re.fullmatch(r"https?://[^\s<>|\\`]+", address):
        return Md(f"<{address}>")
    return inline(address)


def _disarmed(line: str) -> str:
    line = _SIGNS.sub(r"\\\g<0>", line)
    return _NUMBERED.sub(r"\g<0>\\", line)


_FONT = "Inter, Arial, sans-serif"
"""Written in a drawing itself: a mail reader may drop the sheet, never this."""


@dataclass(frozen=True, slots=True)
class Panel:
    """Shapes, and the size of what holds them."""

    width: int
    height: int
    body: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing, and its words for a reader who does not see it."""

    title: str
    """What it shows, in a sentence that its values prove."""
    words: str
    """Every value that it shows."""
    legend: str
    """How it is read."""
    wide: Panel
    narrow: Panel | None = None
    """The same on a telephone."""
    lacks: tuple[str, ...] = ()
    """What a telephone shows in its place: what lacks, in a few lines."""
    is_whole: bool = True
    """Whether it has every number of its table: paper prints it alone."""

    @property
    def alt(self) -> str:
        """All of it, in words."""
        return f"{self.title}. {self.words}"

    def svg(self, anchor: str, panel: Panel | None = None) -> str:
        """Return it as a described SVG, whose ids begin with `anchor`."""
        shown = panel or self.wide
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" '
            f'viewBox="0 0 {shown.width} {shown.height}" font-family="{_FONT}" '
            f'role="img" aria-labelledby="{anchor}-titre {anchor}-texte">'
            f'<title id="{anchor}-titre">{escape(self.title)}</title>'
            f'<desc id="{anchor}-texte">{escape(self.words)}</desc>{shown.body}</svg>'
        )


Draw = Callable[[], Drawing | None]
"""Draws a table when a form shows it: Markdown has none."""

_SOURCE = re.compile(r"photo:([0-9a-f]{64})")

_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers of a JPEG that hold its size."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG and its size in pixels."""

    data: bytes
    width: int
    height: int

    @property
    def address(self) -> str:
        """The picture itself, as an address."""
        return f"data:image/jpeg;base64,{b64encode(self.data).decode('ascii')}"


def image_of(sha: str, words: str) -> Md:
    """Return an attachment as our Markdown shows it; its words are its caption."""
    return Md(f"![{inline(typeset(words))}](photo:{sha})")


def resolved(source: str, pictures: Mapping[str, bytes]) -> Picture | None:
    """Return the picture that an image names; None for anything else than ours."""
    named = _SOURCE.fullmatch(source)
    if named is None or named[1] not in pictures:
        return None
    data, at = pictures[named[1]], 2
    while data[:2] == b"\xff\xd8" and data[at : at + 1] == b"\xff":
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4])
        if marker in _FRAMES:
            high, wide = data[at + 5 : at + 7], data[at + 7 : at + 9]
            size = int.from_bytes(wide), int.from_bytes(high)
            return Picture(data, *size) if all(size) else None
        at += 2 + length
    return None  # no JPEG, or none of a size


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
    kept = [one for one in blocks if one]
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
