"""A document's tokens as Typst markup, over the shapes that `style.typ` draws.

Every text goes through a string literal; no image but our own drawings is shown.
"""

from collections.abc import Iterable, Sequence

from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode as Node

from diag.reports.chart import LEGEND, TITLE, bars_of, described, drawing
from diag.reports.document import Document
from diag.reports.pdf.literals import literal, raw_literal, words
from diag.reports.pdf.tables import shares

_ALARMING = {"WARNING", "CAUTION"}


class Walker:
    """Writes nodes as Typst: each method bears the name of the node it writes."""

    def __init__(self, document: Document) -> None:
        parts = (document.head, document.first_page, document.body)
        self._anchors = {heading.anchor for heading in document.outline}
        self._notes = {
            node.meta["id"]: node
            for part in parts
            for node in Node(part).walk()
            if node.type == "footnote"
        }

    def block(self, tokens: Sequence[Token]) -> str:
        """Return blocks as markup, one under the other."""
        return self._inside(Node(tokens))

    def write(self, node: Node) -> str:
        """Return one node as markup; what we do not know is told by its words."""
        writer = getattr(self, node.type, None)
        return writer(node) if writer else self._unknown(node)

    def _inside(self, node: Node) -> str:
        return "".join(map(self.write, node.children))

    def _held(self, node: Node) -> str:
        """Return what a node holds, as a Typst argument."""
        return f"[{self._inside(node)}]"

    def _unknown(self, node: Node) -> str:
        return self._inside(node) if node.children else words(node.content)

    # Blocks

    def heading(self, node: Node) -> str:
        """Write a heading and the label that links reach."""
        level, anchor = int(node.tag[1:]), str(node.attrs["id"])
        return f"#heading(level: {level}){self._held(node)} <{anchor}>\n\n"

    def paragraph(self, node: Node) -> str:
        """Write a paragraph."""
        return f"{self._inside(node)}\n\n"

    def hr(self, _node: Node) -> str:
        """End page 1."""
        return "#pagebreak(weak: true)\n\n"

    def bullet_list(self, node: Node) -> str:
        """Write a list."""
        return f"#list({self._items(node)})\n\n"

    def ordered_list(self, node: Node) -> str:
        """Write a numbered list."""
        start = int(node.attrs.get("start", 1))
        return f"#enum(start: {start}, {self._items(node)})\n\n"

    def _items(self, node: Node) -> str:
        return ", ".join(map(self._held, node.children))

    def blockquote(self, node: Node) -> str:
        """Write a quotation."""
        return f"#quote(block: true){self._held(node)}\n\n"

    def alert(self, node: Node) -> str:
        """Write a box under its title."""
        title, *rest = node.children
        alarm = "true" if str(node.meta["kind"]) in _ALARMING else "false"
        inside = "".join(map(self.write, rest))
        return f"#callout({self._held(title)}, alarming: {alarm})[{inside}]\n\n"

    def dl(self, node: Node) -> str:
        """Write definitions: a term, and what is said of it."""
        return f"#definitions({self.pairs(node)})\n\n"

    def pairs(self, node: Node) -> str:
        """Return the terms of a list and what is said of each, as arguments."""
        said: list[tuple[str, str]] = []
        for child in node.children:
            if child.type == "dt":
                said.append((self._held(child), ""))
            else:
                term, before = said.pop()
                said.append((term, before + self._inside(child)))
        return "".join(f"({term}, [{told}])," for term, told in said)

    def fence(self, node: Node) -> str:
        """Write lines of code."""
        return f"#raw(block: true, {literal(node.content)})\n\n"

    code_block = fence

    def footnote_block(self, _node: Node) -> str:
        """Write nothing: notes stand at the foot of the page that calls them."""
        return ""

    # Tables

    def table(self, node: Node) -> str:
        """Write a table under its caption, and the bars of a table of scores."""
        rows = [row.children for part in node.children for row in part.children]
        texts = [["".join(_texts(cell)) for cell in row] for row in rows]
        caption = node.nester_tokens.opening.meta.get("caption")  # type: ignore[union-attr]  # a table has its two tokens
        said = self._children(caption) if caption else "Tableau"
        numeric = (str("number" in str(cell.attrs.get("class"))) for cell in rows[0])
        return (
            f"{self._bars(texts)}#ruled("
            f"({''.join(f'{share}fr,' for share in shares(texts))}), "
            f"({''.join(f'{one.lower()},' for one in numeric)}), [{said}], "
            f"({self._cells(rows[:1])}), ({self._cells(rows[1:])}))\n\n"
        )

    def _cells(self, rows: Iterable[Sequence[Node]]) -> str:
        return "".join(f"{self._held(cell)}," for row in rows for cell in row)

    def _children(self, tokens: Sequence[Token]) -> str:
        return "".join(map(self.write, Node(tokens).children))

    def _bars(self, texts: Sequence[Sequence[str]]) -> str:
        bars = bars_of(texts)
        if not bars:
            return ""
        drawn = raw_literal(drawing(bars, "scores"))
        alt = literal(f"{TITLE}. {described(bars)}")
        return f"#scores({drawn}, {alt}, {literal(LEGEND)})\n\n"

    # Words

    def text(self, node: Node) -> str:
        """Write words, letter for letter."""
        return words(node.content)

    def softbreak(self, _node: Node) -> str:
        """Go on."""
        return " "

    def hardbreak(self, _node: Node) -> str:
        """Go to the next line."""
        return "#linebreak();"

    def strong(self, node: Node) -> str:
        """Write in bold."""
        return f"#strong{self._held(node)};"

    def em(self, node: Node) -> str:
        """Write in italics."""
        return f"#emph{self._held(node)};"

    def s(self, node: Node) -> str:
        """Strike through."""
        return f"#strike{self._held(node)};"

    def code_inline(self, node: Node) -> str:
        """Write code: a rule, an id."""
        return f"#raw({literal(node.content)});"

    def link(self, node: Node) -> str:
        """Write a link that leads somewhere, else its words alone."""
        target = str(node.attrs.get("href", ""))
        if target.startswith("#"):
            known = target[1:] in self._anchors
            where = f"<{target[1:]}>" if known else ""
        else:
            where = raw_literal(target) if target else ""
        return f"#link({where}){self._held(node)};" if where else self._inside(node)

    def image(self, node: Node) -> str:
        """Write an image's words: nothing is fetched."""
        said = "".join(_texts(node)).strip() or "image sans description"
        return words(f"[{said}]")

    def footnote_ref(self, node: Node) -> str:
        """Write a note where it is called."""
        note = self._notes.get(node.meta["id"])
        return f"#footnote{self._held(note)};" if note else ""

    def footnote_anchor(self, _node: Node) -> str:
        """Write no way back: the note stands on the page."""
        return ""


def _texts(node: Node) -> Iterable[str]:
    """Give the words of a node, in order."""
    for one in node.walk():
        if one.type in {"text", "code_inline"}:
            yield one.content
        elif one.type in {"softbreak", "hardbreak"}:
            yield "\n"
