"""A document's tokens as Typst markup, over the shapes that `style.typ` draws.

Every text goes through a string literal; no image is shown but our own drawings and
the pictures that we were given.
"""

from collections.abc import Iterable, Sequence

from markdown_it.tree import SyntaxTreeNode as Node

from diag.reports.chart import drawn
from diag.reports.columns import shares
from diag.reports.nodes import NodeWriter, caption_of, pairs_of, rows_of, words_of
from diag.reports.pdf.literals import literal, raw_literal, words
from diag.reports.pictures import Picture

_ALARMING = {"WARNING", "CAUTION"}


class Walker(NodeWriter):
    """Writes nodes as Typst."""

    def words(self, text: str) -> str:
        """Return a text as Typst prints it, letter for letter."""
        return words(text)

    def _held(self, node: Node) -> str:
        """Return what a node holds, as a Typst argument."""
        return f"[{self.inside(node)}]"

    # Blocks

    def heading(self, node: Node) -> str:
        """Write a heading and the label that links reach."""
        level, anchor = int(node.tag[1:]), str(node.attrs["id"])
        return f"#heading(level: {level}){self._held(node)} <{anchor}>\n\n"

    def paragraph(self, node: Node) -> str:
        """Write a paragraph; one between a heading and its table stays with both."""
        before, after = node.previous_sibling, node.next_sibling
        leads = before and after and (before.type, after.type) == ("heading", "table")
        return f"#lead{self._held(node)}\n\n" if leads else f"{self.inside(node)}\n\n"

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
        return "".join(
            f"({self._held(term)}, [{''.join(map(self.inside, said))}]),"
            for term, said in pairs_of(node)
        )

    def fence(self, node: Node) -> str:
        """Write lines of code."""
        return f"#raw(block: true, {literal(node.content)})\n\n"

    code_block = fence

    # Tables

    def table(self, node: Node) -> str:
        """Write a table under its caption, and its drawing if it has one."""
        rows = rows_of(node)
        texts = [[words_of(cell) for cell in row] for row in rows]
        said = self.block(caption_of(node))
        numeric = (str("number" in str(cell.attrs.get("class"))) for cell in rows[0])
        return (
            f"{self._drawing(texts)}#ruled("
            f"({''.join(f'{share}fr,' for share in shares(texts))}), "
            f"({''.join(f'{one.lower()},' for one in numeric)}), [{said}], "
            f"({self._cells(rows[:1])}), ({self._cells(rows[1:])}))\n\n"
        )

    def _cells(self, rows: Iterable[Sequence[Node]]) -> str:
        return "".join(f"{self._held(cell)}," for row in rows for cell in row)

    def _drawing(self, texts: Sequence[Sequence[str]]) -> str:
        found = drawn(texts)
        if found is None:
            return ""
        shown, alt = raw_literal(found.svg("dessin")), literal(found.alt)
        return f"#drawing({shown}, {alt}, {literal(found.legend)})\n\n"

    # Words

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
        target = self.target(node)
        if not target:
            return self.inside(node)
        where = f"<{target[1:]}>" if target.startswith("#") else raw_literal(target)
        return f"#link({where}){self._held(node)};"

    def shown(self, picture: Picture, said: str) -> str:
        """Write a picture over its caption; Typst reads a JPEG inside an SVG."""
        size = f'width="{picture.width}" height="{picture.height}"'
        drawn = (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size}>'
            f'<image {size} href="{picture.address}"/></svg>'
        )
        return f"#photo({raw_literal(drawn)}, {literal(said)});"

    def footnote_ref(self, node: Node) -> str:
        """Write a note where it is called."""
        note = self.notes.get(node.meta["id"])
        return f"#footnote{self._held(note)};" if note else ""
