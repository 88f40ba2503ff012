"""What the writers of documents share: a method per node, and a node's words."""

from collections.abc import Iterator, Sequence

from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode as Node

from diag.reports.document import Document
from diag.reports.pictures import NONE, Picture, Pictures, resolved


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
