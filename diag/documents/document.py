"""A document: what it is as data, and its Markdown, parsed once for every writer.

Every change is made on tokens, never on text that was already written.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from pkgutil import resolve_name

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode as Node
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from diag.audit.report import NONE, Pictures
from diag.documents.blocks import (
    Draw,
    Drawing,
    Md,
    Picture,
    one_line,
    resolved,
    written,
)
from diag.documents.formats import FORMATS, Format
from diag.words.sentences import typeset
from diag.workspace.charter import SHIPPED_LOOK, Look


@dataclass(frozen=True, slots=True, kw_only=True)
class Meta:
    """What a document is, as data: no writer reads it in the text."""

    title: str
    """What its properties call it."""
    day: date
    author: str = ""
    version: str = ""
    """The edition of the checklists, and the mark of the facts."""
    provisional: bool = False
    """Whether the facts may still change."""
    running: str = ""
    """What stands at the foot of every page."""
    size: str = "a4"
    """The size of its pages, as Typst names it."""

    @property
    def running_line(self) -> Md:
        """The foot, as the Markdown prints it."""
        return Md(f"*{written(self.running)}*") if self.running else Md("")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading, and the anchor that links reach."""

    level: int
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class DocumentPages:
    """The tokens of a document, in the order of its pages."""

    head: list[Token]
    """The title and the block about what this is, of what and from whom."""
    first_page: list[Token]
    """What must be read first: up to the last rule, else up to the first part."""
    body: list[Token]
    """The rest."""
    outline: tuple[Heading, ...]

    @property
    def parts(self) -> tuple[Heading, ...]:
        """What a table of contents lists: nothing when a rule ends the document."""
        if not self.body:
            return ()
        return tuple(one for one in self.outline if one.level == 2)  # noqa: PLR2004 - h2


@dataclass(frozen=True, slots=True)
class EmbeddedFile:
    """A file that travels inside the PDF."""

    name: str
    text: str
    mime: str
    words: str
    """What it holds, as the manifest and the PDF tell it."""


@dataclass(frozen=True, slots=True)
class DrawnPages:
    """The pages of a document as data; those that are None are as its Markdown."""

    sheet: Mapping[str, object] | None = None
    """The first."""
    later: Mapping[str, object] | None = None
    """Those after it."""


@dataclass(frozen=True, kw_only=True)
class Document:
    """What every form of a document is written from."""

    meta: Meta
    markdown: str
    drawings: Mapping[str, Draw] = field(default_factory=dict, compare=False)
    """What draws each drawn table, by the Markdown of the table."""
    look: Look = SHIPPED_LOOK
    """The syndicat's own, for its own documents; others' acts bear none."""
    pictures: Pictures = field(default_factory=lambda: NONE)
    """The attachments that it may show."""
    draw: Callable[[], DrawnPages] = field(default=DrawnPages, compare=False)
    """Draws its pages, for the writer that can fit them."""
    on_paper: "Callable[[], Document] | None" = field(default=None, compare=False)
    """Lays out what its PDF prints in its place; None: itself."""
    attachments: tuple[EmbeddedFile, ...] = ()
    """What its PDF holds besides its Markdown."""

    def write(self, form: Format) -> tuple[bytes, str]:
        """Return its bytes in a form, and what it could not be made to be.

        Raises:
            DiagError: when this machine cannot make this form.
        """
        if not (writer := FORMATS[form].writer):
            return self.markdown.encode("utf-8"), ""
        made: tuple[bytes, str] = resolve_name(writer)(self)
        return made

    @cached_property
    def paper(self) -> "Document":
        """What its PDF prints; other forms never pay for it."""
        return self.on_paper() if self.on_paper else self

    @cached_property
    def drawn(self) -> DrawnPages:
        """Its pages as data; other forms never pay for them either."""
        return self.draw()

    @cached_property
    def title(self) -> str:
        """What its properties call it, as it is printed."""
        return one_line(typeset(self.meta.title))

    @cached_property
    def foot(self) -> str:
        """What stands at the foot of every page, as it is printed."""
        return one_line(typeset(self.meta.running))

    @cached_property
    def pages(self) -> DocumentPages:
        """Its tokens, typeset, captioned and outlined; no writer changes them."""
        tokens = _title_boxes(_caption_tables(parser().parse(self.markdown)))
        for child in (one for token in tokens for one in token.children or ()):
            if child.type == "text":
                child.content = typeset(child.content)
            elif child.type == "link_open" and not _SAFE_LINK.match(
                str(child.attrGet("href"))
            ):
                del child.attrs["href"]  # no link leads astray
        self._prepare_tables(tokens)
        # A template may print the running line; every page has it already.
        running = self.meta.running_line
        dropped = {
            at + step
            for at, token in enumerate(tokens)
            if running and token.type == "inline" and token.content == running
            for step in (-1, 0, 1)
        }
        tokens = [token for at, token in enumerate(tokens) if at not in dropped]
        outline = tuple(_outline_headings(tokens))
        kinds = [token.type for token in tokens]
        head = 0
        if "heading_close" in kinds:
            head = kinds.index("heading_close") + 1
            if kinds[head : head + 1] == ["dl_open"]:
                head = kinds.index("dl_close", head) + 1
        # The table of contents comes next: it must not hide what matters.
        rules = [at + 1 for at, kind in enumerate(kinds) if kind == "hr"]
        parts = (
            at
            for at, token in enumerate(tokens)
            if (token.type, token.tag) == ("heading_open", "h2")
        )
        rest = max(head, rules[-1] if rules else next(parts, head))
        return DocumentPages(tokens[:head], tokens[head:rest], tokens[rest:], outline)

    def _prepare_tables(self, tokens: list[Token]) -> None:
        """Name each table and find its drawing; head each row by its first cell.

        Where a row may become a card, a cell knows the head of its column.
        """
        lines = self.markdown.split("\n")
        tables, opened, heads = 0, Token("", "", 0), list[str]()
        for at, token in enumerate(tokens):
            if token.type == "table_open":
                tables += 1
                source = "\n".join(lines[slice(*token.map)]) if token.map else ""
                opened, heads = token, []
                token.meta["anchor"] = f"tableau-{tables}"
                draw = self.drawings.get(source)
                token.meta["drawing"] = draw() if draw else None
            elif token.type == "table_close":
                token.meta |= opened.meta
            elif token.type == "th_open":
                token.attrSet("scope", "col")
                heads.append(inline_text(tokens[at + 1]))
                opened.meta["columns"] = len(heads)
            elif token.type == "tr_open":
                cell = 0
            elif token.type == "td_open":
                if not cell:
                    token.tag = tokens[at + 2].tag = "th"
                    token.attrSet("scope", "row")
                if len(heads) >= CARDS:
                    token.attrSet("data-label", heads[cell])
                cell += 1
            if token.attrs.pop("style", "") == "text-align:right":
                token.attrSet("class", "number")


@cache  # 1 ms to build, and it keeps nothing of what it reads
def parser() -> MarkdownIt:
    """Return a parser of our documents: CommonMark, tables, alerts, definitions.

    No raw HTML, no guessed links, no replaced letters: `(c)` stays `(c)`.
    """
    options = {"html": False, "alerts": True, "tasklists": True, "xhtmlOut": False}
    made = MarkdownIt("commonmark", options)
    made.enable(["table", "strikethrough"])
    return made.use(deflist_plugin).use(footnote_plugin, inline=False)


def _outline_headings(tokens: Iterable[Token]) -> list[Heading]:
    """Give every heading a sound level and an anchor, in place; return them."""
    found: list[Heading] = []
    tokens = list(tokens)
    for rank, token in enumerate(tokens):
        if token.type == "heading_open":
            text = inline_text(tokens[rank + 1])
            # No level is skipped, and only the title is an h1.
            wanted = max(int(token.tag[1:]), 2)
            level = min(wanted, found[-1].level + 1) if found else 1
            plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore")
            slug = re.sub(r"[^a-z0-9]+", "-", plain.decode().lower()).strip("-")
            anchor = slug = slug or "partie"
            taken, again = {heading.anchor for heading in found}, 1
            while anchor in taken:
                again += 1
                anchor = f"{slug}-{again}"
            token.tag = tokens[rank + 2].tag = f"h{level}"
            token.attrSet("id", anchor)
            found.append(Heading(level, anchor, text))
    return found


def _caption_tables(tokens: list[Token]) -> list[Token]:
    kept: list[Token] = []
    for token in tokens:
        if token.type == "table_open" and _is_wholly("em", kept[-3:]):
            inside = kept[-2].children or []
            emphasis = {"em_open", "em_close"}
            token.meta["caption"] = [one for one in inside if one.type not in emphasis]
            del kept[-3:]
        kept.append(token)
    return kept


_BOXES = {
    "NOTE": "À noter",
    "TIP": "Conseil",
    "IMPORTANT": "Important",
    "WARNING": "Attention",
    "CAUTION": "Danger",
}


def _title_boxes(tokens: list[Token]) -> list[Token]:
    """Return tokens where a box is titled by its bold first line, else by its kind."""
    kept: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        kept.append(token)
        at += 1
        if token.type == "alert_open":
            token.attrSet("role", "note")
            title, first = tokens[at : at + 3], tokens[at + 3 : at + 6]
            titled = _is_wholly("strong", first)
            if titled:
                title[1].children = first[1].children
            else:
                kind = str(token.meta["kind"])
                words = _BOXES.get(kind, kind.capitalize())
                title[1].children = [Token("text", "", 0, content=words)]
            kept += title
            at += 6 if titled else 3
    return kept


_PARAGRAPH = ["paragraph_open", "inline", "paragraph_close"]


def _is_wholly(emphasis: str, tokens: list[Token]) -> bool:
    """Return whether these tokens are one paragraph, emphasised from end to end."""
    if [token.type for token in tokens] != _PARAGRAPH:
        return False
    children = tokens[1].children or []
    kinds = [child.type for child in children if child.type != "text" or child.content]
    opening = f"{emphasis}_open"
    ends = kinds[:1] + kinds[-1:]
    return ends == [opening, f"{emphasis}_close"] and kinds.count(opening) == 1


_SAFE_LINK = re.compile(r"https?://|mailto:|#", re.IGNORECASE)


class NodeWriter:
    """Writes nodes: each method of a writer bears the name of the node it writes."""

    def __init__(self, document: Document) -> None:
        self.pictures = document.pictures
        """What images may show."""
        pages = document.pages
        self.anchors = {heading.anchor for heading in pages.outline}
        """What links may reach."""
        self.notes = {
            node.meta["id"]: node
            for part in (pages.head, pages.first_page, pages.body)
            if any(token.type == "footnote_open" for token in part)
            for node in Node(part).walk()
            if node.type == "footnote"
        }
        """Notes by the number that calls them."""

    def block(self, tokens: Sequence[Token]) -> str:
        """Return blocks, one under the other."""
        return self.inside(Node(tokens))

    def write(self, node: Node) -> str:
        """Return one node; of what we do not know, its words."""
        writer = getattr(self, node.type, None)
        if writer:
            return str(writer(node))
        return self.inside(node) if node.children else self.words(node.content)

    def inside(self, node: Node) -> str:
        """Return what a node holds."""
        return "".join(map(self.write, node.children))

    def words(self, text: str) -> str:
        """Return a text, letter for letter."""
        raise NotImplementedError

    def text(self, node: Node) -> str:
        """Write words."""
        return self.words(node.content)

    def image(self, node: Node) -> str:
        """Write a picture that we were given; of any other, its words."""
        caption = words_of(node).strip() or "image sans description"
        picture = resolved(str(node.attrs.get("src", "")), self.pictures)
        if picture is None:
            return self.words(f"[{caption}]")
        return self.shown(picture, caption)

    def shown(self, picture: Picture, caption: str) -> str:
        """Return a picture over its caption, which is its alternative too."""
        raise NotImplementedError

    def footnote_block(self, _node: Node) -> str:
        """Write nothing: notes stand where they are called."""
        return ""

    def footnote_anchor(self, _node: Node) -> str:
        """Write no way back: the note stands on the page that calls it."""
        return ""

    def target(self, link: Node) -> str:
        """Return where a link leads; empty when nowhere."""
        where = str(link.attrs.get("href", ""))
        return "" if where.startswith("#") and where[1:] not in self.anchors else where


def inline_text(token: Token) -> str:
    """Return the text of one inline token; a line break reads as a line feed."""
    breaks = {"softbreak", "hardbreak"}
    children = token.children or ()
    return "".join("\n" if one.type in breaks else one.content for one in children)


def words_of(node: Node) -> str:
    """Return the words of a node; a line break reads as a line feed."""
    shown = {"text", "code_inline", "softbreak", "hardbreak"}
    return "".join(
        "\n" if one.type.endswith("break") else one.content
        for one in node.walk()
        if one.type in shown
    )


def rows_of(table: Node) -> list[list[Node]]:
    """Return the cells of a table, row by row, the header first."""
    return [row.children for part in table.children for row in part.children]


def caption_of(table: Node) -> Sequence[Token]:
    """Return the caption of a table."""
    return table.meta.get("caption") or (Token("text", "", 0, content="Tableau"),)


def drawing_of(table: Node) -> Drawing | None:
    """Return the drawing of a table; most tables have none."""
    found: Drawing | None = table.meta.get("drawing")
    return found


def pairs_of(definitions: Node) -> Iterator[tuple[Node, list[Node]]]:
    """Give each term of a list of definitions, and its definitions."""
    term: Node | None = None
    given: list[Node] = []
    for child in (*definitions.children, None):
        if child is not None and child.type == "dd":
            given.append(child)
            continue
        if term is not None:
            yield term, given
        term, given = child, []


CARDS, MANY = 3, 8
"""From so many columns on, each row of a table is a card on a telephone; and a table is
in small type on paper."""

_LINE, _SMALL_LINE, _WIDEST, _MARGIN = 104, 124, 60, 3


def column_shares(rows: Sequence[Sequence[str]], *, spare: int = 0) -> tuple[int, ...]:
    """Return the share of the width that each column gets, at least one row given.

    A column has `spare` hundredths more than its longest word: its font may be wider.

    Counted in letters of a line: a column has room for its longest word at least, and
    for its longest cell when all fit; else what is left goes where most text is. No
    column gets more than it wants: what it leaves goes to the others.
    """
    columns = list(zip(*rows, strict=True))
    line = _SMALL_LINE if len(columns) >= MANY else _LINE
    widths = []
    for column in columns:
        # A no-break space does not end a word; a header is in bold.
        head, *cells = (max(map(len, re.split("[ \n]", cell))) for cell in column)
        word = max(head * 6 // 5 + 1, *cells, 0) * (100 + spare) // 100
        widths.append(min(word, _WIDEST) + _MARGIN)
    wanted = [
        max(low, min(_WIDEST, max(map(len, column))) + _MARGIN)
        for low, column in zip(widths, columns, strict=True)
    ]
    if sum(wanted) <= line:
        return tuple(wanted)
    weights = [sum(map(len, column)) for column in columns]
    while (left := line - sum(widths)) > 0:
        hungry = [at for at, width in enumerate(widths) if width < wanted[at]]
        if not hungry:
            break
        weight = sum(weights[at] for at in hungry)
        for at in hungry:
            part = max(1, left * weights[at] // weight)
            widths[at] = min(wanted[at], widths[at] + part)
    return tuple(widths)
