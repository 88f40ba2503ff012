"""A document's tokens as OpenDocument XML, over the styles of `styles.xml`."""

from collections.abc import Sequence

from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode as Node

from diag.reports.chart import drawn
from diag.reports.columns import shares
from diag.reports.document import Document
from diag.reports.drawing import WIDTH, Drawing
from diag.reports.nodes import NodeWriter, caption_of, pairs_of, rows_of, words_of
from diag.reports.odt.words import attribute, words
from diag.reports.pictures import NONE, Picture, Pictures

_ALARMING = {"WARNING", "CAUTION"}
_STARTING = {"SommaireTitre", "Titre2", "Texte"}
"""Styles that can start a page."""
_PHOTO_CM = (10, 7.5)
"""How large a photo may be."""
_DRAWN_CM = 15
"""How wide a drawing is."""
_COVER = 4
"""How many pairs of the cover stand on a line."""


class Walker(NodeWriter):
    """Writes nodes as ODF; remembers the widths and the drawings that they need."""

    def __init__(self, document: Document, pictures: Pictures = NONE) -> None:
        super().__init__(document, pictures)
        self.widths: list[tuple[int, ...]] = []
        """The shares of the columns of each table, in order."""
        self.drawings: list[Drawing] = []
        """Each drawing, in order."""
        self.photos: list[Picture] = []
        """Each picture shown, in order."""
        self._style = "Texte"
        self._breaks = False
        self._boxes = 0

    def words(self, text: str) -> str:
        """Return a text as ODF prints it, letter for letter."""
        return words(text)

    def cover(self, tokens: Sequence[Token]) -> str:
        """Return the title, over what this is, of what and from whom."""
        return "".join(
            self._grid(node) if node.type == "dl" else self.write(node)
            for node in Node(tokens).children
        )

    def _grid(self, definitions: Node) -> str:
        cells = [
            f'<table:table-cell table:style-name="Couverture">'
            f"{self._p('Couverture', self._term(term))}"
            f"{self._p('Couverture', self._said(said))}</table:table-cell>"
            for term, said in pairs_of(definitions)
        ]
        cells += ["<table:table-cell/>"] * (-len(cells) % _COVER)
        rows = "".join(
            f"<table:table-row>{''.join(cells[at : at + _COVER])}</table:table-row>"
            for at in range(0, len(cells), _COVER)
        )
        return (
            '<table:table table:name="Couverture" table:style-name="Tableau">'
            f'<table:table-column table:number-columns-repeated="{_COVER}"/>{rows}'
            f"</table:table>{self._p('Apres', '')}"
        )

    # Blocks

    def heading(self, node: Node) -> str:
        """Write a heading and the bookmark that links reach."""
        level, anchor = int(node.tag[1:]), attribute(str(node.attrs["id"]))
        return (
            f'<text:h text:style-name="{self.broken(f"Titre{level}")}" '
            f'text:outline-level="{level}"><text:bookmark text:name={anchor}/>'
            f"{self.inside(node)}</text:h>"
        )

    def paragraph(self, node: Node) -> str:
        """Write a paragraph, in the style of what holds it."""
        return self._p(self._style, self.inside(node))

    def _p(self, style: str, inside: str) -> str:
        return f'<text:p text:style-name="{self.broken(style)}">{inside}</text:p>'

    def broken(self, style: str) -> str:
        """Return a style that starts a page, right after the end of page 1."""
        broken, self._breaks = self._breaks, False
        return f"{style}Page" if broken and style in _STARTING else style

    def hr(self, _node: Node) -> str:
        """End page 1."""
        self._breaks = True
        return ""

    def bullet_list(self, node: Node) -> str:
        """Write a list."""
        return self._list("Puces", node, "")

    def ordered_list(self, node: Node) -> str:
        """Write a numbered list."""
        start = int(node.attrs.get("start", 1))
        return self._list("Nombres", node, f' text:start-value="{start}"')

    def _list(self, style: str, node: Node, first: str) -> str:
        items = []
        for rank, item in enumerate(node.children):
            numbered = first if rank == 0 else ""
            items.append(
                f"<text:list-item{numbered}>{self.inside(item)}</text:list-item>"
            )
        return f'<text:list text:style-name="{style}">{"".join(items)}</text:list>'

    def blockquote(self, node: Node) -> str:
        """Write a quotation."""
        return self._within("Citation", node.children)

    def alert(self, node: Node) -> str:
        """Write a box: its title, then what it holds."""
        title, *rest = node.children
        box = "Alerte" if str(node.meta["kind"]) in _ALARMING else "Encadre"
        titled = self._p(f"{box}Titre", self.inside(title))
        self._boxes += 1
        # A cell: the borders of paragraphs step aside where a list begins.
        return (
            f'<table:table table:name="Encadre{self._boxes}" '
            'table:style-name="Tableau"><table:table-column/><table:table-row>'
            f'<table:table-cell table:style-name="{box}">'
            f"{titled}{self._within(box, rest)}</table:table-cell>"
            f"</table:table-row></table:table>{self._p('Apres', '')}"
        )

    def _within(self, style: str, nodes: Sequence[Node]) -> str:
        outer, self._style = self._style, style
        inside = "".join(map(self.write, nodes))
        self._style = outer
        return inside

    def dl(self, node: Node) -> str:
        """Write definitions: each term, a tab, and what is said of it."""
        return "".join(self._definition(*pair) for pair in pairs_of(node))

    def _definition(self, term: Node, said: Sequence[Node]) -> str:
        return self._p("Definition", f"{self._term(term)}<text:tab/>{self._said(said)}")

    def _term(self, term: Node) -> str:
        return self._span("Terme", self.inside(term))

    def _said(self, said: Sequence[Node]) -> str:
        blocks = (self.inside(block) for one in said for block in one.children)
        return "<text:line-break/>".join(blocks)

    def fence(self, node: Node) -> str:
        """Write lines of code."""
        return self._p("Code", words(node.content.rstrip("\n")))

    code_block = fence

    # Tables

    def table(self, node: Node) -> str:
        """Write a table under its caption, and the bars of a table of scores."""
        head, *rows = rows_of(node)
        texts = [[words_of(cell) for cell in row] for row in (head, *rows)]
        self.widths.append(shares(texts))
        name = f"Tableau{len(self.widths)}"
        columns = "".join(
            f'<table:table-column table:style-name="{name}.{rank}"/>'
            for rank in range(len(head))
        )
        return (
            f"{self._drawing(texts)}{self._p('Legende', self.block(caption_of(node)))}"
            f'<table:table table:name="{name}" table:style-name="Tableau">{columns}'
            f"<table:table-header-rows>{self._row(head, 'Entete')}"
            f"</table:table-header-rows>"
            f"{''.join(self._row(row, 'Cellule') for row in rows)}</table:table>"
            f"{self._p('Apres', '')}"
        )

    def _row(self, cells: Sequence[Node], style: str) -> str:
        told = "".join(self._cell(cell, style) for cell in cells)
        return f"<table:table-row>{told}</table:table-row>"

    def _cell(self, node: Node, style: str) -> str:
        right = "Droite" if "number" in str(node.attrs.get("class")) else ""
        return (
            f'<table:table-cell table:style-name="{style}" office:value-type="string">'
            f"{self._p(f'{style}Texte{right}', self.inside(node))}</table:table-cell>"
        )

    def _drawing(self, texts: Sequence[Sequence[str]]) -> str:
        found = drawn(texts)
        if found is None:
            return ""
        self.drawings.append(found)
        number = len(self.drawings)
        frame = (
            f'<draw:frame draw:style-name="Dessin" draw:name="Dessin{number}" '
            f'text:anchor-type="as-char" svg:width="{_DRAWN_CM}cm" '
            f'svg:height="{_DRAWN_CM * found.height / WIDTH:.2f}cm">'
            f'<draw:image xlink:href="Pictures/dessin{number}.svg" '
            'xlink:type="simple" xlink:show="embed" xlink:actuate="onLoad" '
            'draw:mime-type="image/svg+xml"/>'
            f"<svg:title>{words(found.title)}</svg:title>"
            f"<svg:desc>{words(found.words)}</svg:desc></draw:frame>"
        )
        return self._p("Texte", frame) + self._p("Legende", words(found.legend))

    def shown(self, picture: Picture, said: str) -> str:
        """Write a picture over its caption."""
        self.photos.append(picture)
        number = len(self.photos)
        scale = min(_PHOTO_CM[0] / picture.width, _PHOTO_CM[1] / picture.height)
        return (
            f'<draw:frame draw:style-name="Dessin" draw:name="Photo{number}" '
            f'text:anchor-type="as-char" svg:width="{picture.width * scale:.2f}cm" '
            f'svg:height="{picture.height * scale:.2f}cm">'
            f'<draw:image xlink:href="Pictures/photo{number}.jpg" '
            'xlink:type="simple" xlink:show="embed" xlink:actuate="onLoad" '
            'draw:mime-type="image/jpeg"/>'
            f"<svg:title>{words(said)}</svg:title></draw:frame>"
            f"<text:line-break/>{words(said)}"
        )

    # Words

    def softbreak(self, _node: Node) -> str:
        """Go on."""
        return " "

    def hardbreak(self, _node: Node) -> str:
        """Go to the next line."""
        return "<text:line-break/>"

    def strong(self, node: Node) -> str:
        """Write in bold."""
        return self._span("Gras", self.inside(node))

    def em(self, node: Node) -> str:
        """Write in italics."""
        return self._span("Italique", self.inside(node))

    def s(self, node: Node) -> str:
        """Strike through."""
        return self._span("Barre", self.inside(node))

    def code_inline(self, node: Node) -> str:
        """Write code: a rule, an id."""
        return self._span("CodeMot", words(node.content))

    def _span(self, style: str, inside: str) -> str:
        return f'<text:span text:style-name="{style}">{inside}</text:span>'

    def link(self, node: Node) -> str:
        """Write a link that leads somewhere, else its words alone."""
        target = self.target(node)
        if not target:
            return self.inside(node)
        return (
            f'<text:a xlink:type="simple" xlink:href={attribute(target)}>'
            f"{self.inside(node)}</text:a>"
        )

    def footnote_ref(self, node: Node) -> str:
        """Write a note where it is called."""
        number = node.meta["id"]
        note = self.notes.get(number)
        if note is None:
            return ""
        return (
            f'<text:note text:id="note{number}" text:note-class="footnote">'
            f"<text:note-citation>{number + 1}</text:note-citation>"
            f"<text:note-body>{self._within('Note', note.children)}</text:note-body>"
            "</text:note>"
        )
