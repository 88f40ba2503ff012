"""A Markdown document made ready for any writer: its parts, its outline, its tables.

Every change is made on tokens, never on text that was already written.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode as Node
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from diag.audit.report import NONE, Picture, Pictures
from diag.documents.escape import Md, inline
from diag.documents.pictures import resolved
from diag.words.typography import french


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading, where it stands and how to reach it."""

    level: int
    anchor: str
    text: str


def outlined(tokens: Iterable[Token]) -> list[Heading]:
    """Give every heading a sound level and an anchor, in place; return them."""
    found: list[Heading] = []
    tokens = list(tokens)
    for rank, token in enumerate(tokens):
        if token.type == "heading_open":
            text = inline_text(tokens[rank + 1])
            level = _level(int(token.tag[1:]), found)
            heading = Heading(level, _anchor(text, found), text)
            token.tag = tokens[rank + 2].tag = f"h{level}"
            token.attrSet("id", heading.anchor)
            found.append(heading)
    return found


def _level(wanted: int, before: list[Heading]) -> int:
    """Return the level nearest to `wanted` that neither skips nor doubles the h1."""
    if not before:
        return 1
    return min(max(wanted, 2), before[-1].level + 1)


def _anchor(text: str, before: list[Heading]) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "partie"
    taken = {heading.anchor for heading in before}
    rank, anchor = 1, slug
    while anchor in taken:
        rank += 1
        anchor = f"{slug}-{rank}"
    return anchor


_SAFE_LINK = re.compile(r"https?://|mailto:|#", re.IGNORECASE)


_PARAGRAPH = ["paragraph_open", "inline", "paragraph_close"]


_PART = ("heading_open", "h2")


_PART_LEVEL = 2


_EM = {"em_open", "em_close"}


_BOXES = {
    "NOTE": "À noter",
    "TIP": "Conseil",
    "IMPORTANT": "Important",
    "WARNING": "Attention",
    "CAUTION": "Danger",
}


@dataclass(frozen=True, slots=True)
class Document:
    """What stands at the head, what follows, and the line at the foot."""

    head: list[Token]
    """The title and the block that says what this is, of what and from whom."""
    first_page: list[Token]
    """What must be read first: up to the last rule, else up to the first part."""
    body: list[Token]
    """The rest."""
    running: str
    """The italic line that closes the document, for the foot of every page."""
    outline: tuple[Heading, ...]

    @property
    def parts(self) -> tuple[Heading, ...]:
        """What a table of contents lists: nothing when a rule ends the document."""
        if not self.body:
            return ()
        return tuple(one for one in self.outline if one.level == _PART_LEVEL)


@lru_cache(maxsize=1)  # the forms of one document are written one after the other
def read_document(markdown: str) -> Document:
    """Return a document's parts, typeset, captioned and outlined.

    Every form of a document reads the same object: none may change it.
    """
    tokens = _boxed(_captioned(document_parser().parse(markdown)))
    _typeset(tokens)
    _headers(tokens)
    tokens, running = _without_running_line(tokens)
    outline = tuple(outlined(tokens))
    head = _end_of_head(tokens)
    rest = _end_of_first_page(tokens, head)
    return Document(tokens[:head], tokens[head:rest], tokens[rest:], running, outline)


def _without_running_line(tokens: list[Token]) -> tuple[list[Token], str]:
    """Return tokens without the closing line, wherever it stands, and that line."""
    kinds = [token.type for token in tokens]
    # Notes are told after everything, wherever they are called.
    end = kinds.index("footnote_block_open") if "footnote_block_open" in kinds else None
    last = tokens[:end][-3:]
    if not _is_wholly("em", last):
        return tokens, ""
    running = last[1].content
    repeated = {
        at + step
        for at, token in enumerate(tokens)
        if token.type == "inline" and token.content == running
        for step in (-1, 0, 1)
    }
    kept = [token for at, token in enumerate(tokens) if at not in repeated]
    return kept, inline_text(last[1])


def _typeset(tokens: list[Token]) -> None:
    """Give texts their French spaces, and leave no link that leads astray."""
    for child in (one for token in tokens for one in token.children or ()):
        if child.type == "text":
            child.content = french(child.content)
        elif child.type == "link_open" and not _SAFE_LINK.match(_target(child)):
            del child.attrs["href"]


def _target(link: Token) -> str:
    return str(link.attrGet("href"))


def _captioned(tokens: list[Token]) -> list[Token]:
    """Return tokens where an italic paragraph right before a table is its caption."""
    kept: list[Token] = []
    for token in tokens:
        if token.type == "table_open" and _is_wholly("em", kept[-3:]):
            token.meta["caption"] = _unwrapped(kept[-2])
            del kept[-3:]
        kept.append(token)
    return kept


def _unwrapped(token: Token) -> list[Token]:
    """Return what stands inside the emphasis of a wholly emphasised paragraph."""
    return [child for child in token.children or [] if child.type not in _EM]


def _boxed(tokens: list[Token]) -> list[Token]:
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
            title[1].children = first[1].children if titled else _kind(token)
            kept += title
            at += 6 if titled else 3
    return kept


def _kind(box: Token) -> list[Token]:
    kind = str(box.meta["kind"])
    return [Token("text", "", 0, content=_BOXES.get(kind, kind.capitalize()))]


def _headers(tokens: list[Token]) -> None:
    """Name each table, and make the first cell of a row the header of that row."""
    tables = 0
    for at, token in enumerate(tokens):
        if token.type == "table_open":
            tables += 1
            token.meta["anchor"] = f"tableau-{tables}"
        elif token.type == "th_open":
            token.attrSet("scope", "col")
        elif token.type == "td_open" and tokens[at - 1].type == "tr_open":
            token.tag = tokens[at + 2].tag = "th"
            token.attrSet("scope", "row")
        if token.attrs.pop("style", "") == "text-align:right":
            token.attrSet("class", "number")


def _is_wholly(emphasis: str, tokens: list[Token]) -> bool:
    """Say whether these tokens are one paragraph, emphasised from end to end."""
    if [token.type for token in tokens] != _PARAGRAPH:
        return False
    children = tokens[1].children or []
    kinds = [child.type for child in children if child.type != "text" or child.content]
    opening = f"{emphasis}_open"
    ends = kinds[:1] + kinds[-1:]
    return ends == [opening, f"{emphasis}_close"] and kinds.count(opening) == 1


def _end_of_head(tokens: list[Token]) -> int:
    """Return where the title and the definitions right after it end."""
    kinds = [token.type for token in tokens]
    if "heading_close" not in kinds:
        return 0
    titled = kinds.index("heading_close") + 1
    if kinds[titled : titled + 1] == ["dl_open"]:
        return kinds.index("dl_close", titled) + 1
    return titled


def _end_of_first_page(tokens: list[Token], head: int) -> int:
    """Return where the table of contents may stand without hiding what matters."""
    rules = [at + 1 for at, token in enumerate(tokens) if token.type == "hr"]
    parts = (at for at, one in enumerate(tokens) if (one.type, one.tag) == _PART)
    return max(head, rules[-1] if rules else next(parts, head))


# The shapes of our Markdown: tables, definitions, lists; every text in them escaped.
#
# `str` is somebody's text and gets French spaces and escapes; `Md` is ours and stays.


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


class NodeWriter:
    """Writes nodes: each method of a writer bears the name of the node it writes."""

    def __init__(self, document: Document, pictures: Pictures = NONE) -> None:
        self.pictures = pictures
        """What images may show."""
        parts = (document.head, document.first_page, document.body)
        self.anchors = {heading.anchor for heading in document.outline}
        """What links may reach."""
        self.notes = {
            node.meta["id"]: node
            for part in parts
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
        said = words_of(node).strip() or "image sans description"
        picture = resolved(str(node.attrs.get("src", "")), self.pictures)
        return self.words(f"[{said}]") if picture is None else self.shown(picture, said)

    def shown(self, picture: Picture, said: str) -> str:
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


def words_of(node: Node) -> str:
    """Return the words of a node; a line break reads as a line feed."""
    return "".join(_words(node))


def rows_of(table: Node) -> list[list[Node]]:
    """Return the cells of a table, row by row, the header first."""
    return [row.children for part in table.children for row in part.children]


def caption_of(table: Node) -> Sequence[Token]:
    """Return the caption of a table."""
    found = (
        table.nester_tokens.opening.meta.get("caption") if table.nester_tokens else ()
    )
    return found or (Token("text", "", 0, content="Tableau"),)


def pairs_of(definitions: Node) -> Iterator[tuple[Node, list[Node]]]:
    """Give each term of a list of definitions, and what is said of it."""
    term: Node | None = None
    said: list[Node] = []
    for child in (*definitions.children, None):
        if child is not None and child.type == "dd":
            said.append(child)
            continue
        if term is not None:
            yield term, said
        term, said = child, []


def _words(node: Node) -> Iterator[str]:
    for one in node.walk():
        if one.type in {"text", "code_inline"}:
            yield one.content
        elif one.type in {"softbreak", "hardbreak"}:
            yield "\n"


# How our Markdown is read: one configuration for every writer.
#
# No raw HTML, no guessed links, no replaced letters: `(c)` stays `(c)`.


@cache  # 1 ms to build, and it keeps nothing of what it reads
def document_parser() -> MarkdownIt:
    """Return a parser of our documents: CommonMark, tables, alerts, definitions."""
    options = {"html": False, "alerts": True, "tasklists": True, "xhtmlOut": False}
    parser = MarkdownIt("commonmark", options)
    parser.enable(["table", "strikethrough"])
    return parser.use(deflist_plugin).use(footnote_plugin, inline=False)


def inline_text(token: Token) -> str:
    """Return the text of one inline token; a line break reads as a line feed."""
    return "".join(_letters(child) for child in token.children or ())


def _letters(token: Token) -> str:
    if token.type in {"softbreak", "hardbreak"}:
        return "\n"
    return token.content
