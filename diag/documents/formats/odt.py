"""A document as an ODT: what a secretary opens, corrects and signs."""

import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode as Node

from diag.documents.blocks import Picture
from diag.documents.document import (
    MANY,
    Document,
    Heading,
    NodeWriter,
    caption_of,
    column_shares,
    pairs_of,
    rows_of,
    words_of,
)
from diag.workspace.picture import Logo

_ALARMING = {"WARNING", "CAUTION"}

_STARTING = {"SommaireTitre", "Titre2", "Texte"}
"""Styles that can start a page."""

_PHOTO_CM = (10, 7.5)
"""How large a photo may be."""

_COVER = 4
"""How many pairs of the cover stand on a line."""


class OdtWalker(NodeWriter):
    """Writes nodes as ODF; remembers the widths and the pictures that they need."""

    def __init__(self, document: Document) -> None:
        super().__init__(document)
        self.widths: list[tuple[int, ...]] = []
        """The shares of the columns of each table, in order."""
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
        parts = []
        for node in Node(tokens).children:
            if node.type != "dl":
                parts.append(self.write(node))
                continue
            cells = [
                f'<table:table-cell table:style-name="Couverture">'
                f"{self._p('Couverture', self._term(term))}"
                f"{self._p('Couverture', self._given(given))}</table:table-cell>"
                for term, given in pairs_of(node)
            ]
            cells += ["<table:table-cell/>"] * (-len(cells) % _COVER)
            rows = "".join(
                f"<table:table-row>{''.join(cells[at : at + _COVER])}</table:table-row>"
                for at in range(0, len(cells), _COVER)
            )
            parts.append(
                '<table:table table:name="Couverture" table:style-name="Tableau">'
                f'<table:table-column table:number-columns-repeated="{_COVER}"/>{rows}'
                f"</table:table>{self._p('Apres', '')}"
            )
        return "".join(parts)

    def summary(self, parts: Sequence[Heading]) -> str:
        """Return the table of contents: links now, page numbers once it is updated."""
        if not parts:
            return ""
        style = self.broken("SommaireTitre")
        links = "".join(
            '<text:p text:style-name="Sommaire"><text:a xlink:type="simple" '
            f"xlink:href={attribute(f'#{part.anchor}')}>{words(part.text)}</text:a>"
            "</text:p>"
            for part in parts
        )
        return (
            '<text:table-of-content text:name="Sommaire">'
            '<text:table-of-content-source text:outline-level="2">'
            '<text:index-title-template text:style-name="SommaireTitre">Sommaire'
            "</text:index-title-template></text:table-of-content-source>"
            '<text:index-body><text:index-title text:name="Sommaire_titre">'
            f'<text:p text:style-name="{style}">Sommaire</text:p></text:index-title>'
            f"{links}</text:index-body></text:table-of-content>"
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
        """Write each term, a tab, and its definitions."""
        return "".join(
            self._p("Definition", f"{self._term(a)}<text:tab/>{self._given(b)}")
            for a, b in pairs_of(node)
        )

    def _term(self, term: Node) -> str:
        return self._span("Terme", self.inside(term))

    def _given(self, definitions: Sequence[Node]) -> str:
        blocks = (block for one in definitions for block in one.children)
        return "<text:line-break/>".join(map(self.inside, blocks))

    def fence(self, node: Node) -> str:
        """Write lines of code."""
        return self._p("Code", words(node.content.rstrip("\n")))

    code_block = fence

    # Tables

    def table(self, node: Node) -> str:
        """Write a table under its caption: it stands in the place of a drawing."""
        head, *rows = rows_of(node)
        texts = [[words_of(cell) for cell in row] for row in (head, *rows)]
        self.widths.append(column_shares(texts, spare=_SPARE))
        name = f"Tableau{len(self.widths)}"
        columns = "".join(
            f'<table:table-column table:style-name="{name}.{rank}"/>'
            for rank in range(len(head))
        )
        return (
            f"{self._p('Legende', self.block(caption_of(node)))}"
            f'<table:table table:name="{name}" table:style-name="Tableau">{columns}'
            f"<table:table-header-rows>{self._row(head, 'Entete')}"
            f"</table:table-header-rows>"
            f"{''.join(self._row(row, 'Cellule') for row in rows)}</table:table>"
            f"{self._p('Apres', '')}"
        )

    def _row(self, row: Sequence[Node], style: str) -> str:
        cells, small = [], "Petit" if len(row) >= MANY else ""
        for cell in row:
            right = "Droite" if "number" in str(cell.attrs.get("class")) else ""
            inside = self._p(f"{style}{small}Texte{right}", self.inside(cell))
            cells.append(
                f'<table:table-cell table:style-name="{style}" '
                f'office:value-type="string">{inside}</table:table-cell>'
            )
        return f"<table:table-row>{''.join(cells)}</table:table-row>"

    def shown(self, picture: Picture, caption: str) -> str:
        """Write a picture over its caption."""
        self.photos.append(picture)
        number = len(self.photos)
        size = _fit(picture, _PHOTO_CM)
        frame = _frame(f"Photo{number}", size, f"photo{number}.jpg", caption)
        return f"{frame}<text:line-break/>{words(caption)}"

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


_MIME = "application/vnd.oasis.opendocument.text"
_KINDS = {"svg": "image/svg+xml", "jpg": "image/jpeg", "png": "image/png"}

_LOGO_CM = (4.5, 1.4)
"""How wide and how high a logo may be."""

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'

_SPARE = 18
"""Hundredths by which the fonts that replace ours, where it is absent, are wider."""

_WIDTH = 17.4
"""Of a table, in centimetres: A4 without its margins."""

_CELLS = "".join(
    f'<style:style style:name="{name}" style:family="table-cell">'
    '<style:table-cell-properties fo:padding="0.05cm" fo:padding-left="0cm" '
    f'fo:padding-right="0.25cm" fo:border-bottom="{line}"/></style:style>'
    for name, line in (
        ("Entete", "1pt solid #1a5c6b"),
        ("Cellule", "0.5pt solid #d9e0e3"),
        ("Couverture", "none"),
    )
) + "".join(
    f'<style:style style:name="{name}" style:family="table-cell">'
    f'<style:table-cell-properties fo:padding="0.1cm" fo:padding-left="0.3cm" '
    f'fo:background-color="{ground}" fo:border="none" '
    f'fo:border-left="3pt solid {edge}"/></style:style>'
    for name, ground, edge in (
        ("Encadre", "#eef5f6", "#1a5c6b"),
        ("Alerte", "#fdf3ec", "#8a3a10"),
    )
)

_SPACES = " ".join(
    f'xmlns:{short}="{address}"'
    for short, address in {
        "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
        "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
        "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
        "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
        "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
        "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
        "svg": "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0",
        "xlink": "http://www.w3.org/1999/xlink",
        "dc": "http://purl.org/dc/elements/1.1/",
        "meta": "urn:oasis:names:tc:opendocument:xmlns:meta:1.0",
    }.items()
)


def write_odt(document: Document) -> tuple[bytes, str]:
    """Return a document as an ODT: same document, same bytes; nothing is left out."""
    meta, pages, look = document.meta, document.pages, document.look
    walker, logo = OdtWalker(document), ""
    if look.logo:
        frame = _frame(
            "Logo",
            _fit(look.logo, _LOGO_CM),
            f"logo.{look.logo.kind}",
            look.logo.words,
        )
        logo = f'<text:p text:style-name="Couverture">{frame}</text:p>'
    text = (
        f"{logo}{walker.cover(pages.head)}{walker.block(pages.first_page)}"
        f"{walker.summary(pages.parts)}{walker.block(pages.body)}"
    )
    widths = (
        f'<style:style style:name="Tableau{number}.{rank}" '
        'style:family="table-column"><style:table-column-properties '
        f'style:column-width="{_WIDTH * share / sum(shares):.2f}cm"/></style:style>'
        for number, shares in enumerate(walker.widths, 1)
        for rank, share in enumerate(shares)
    )
    styles = Path(__file__).with_name("styles.xml").read_text(encoding="utf-8")
    title, author, day = words(document.title), words(meta.author), meta.day.isoformat()
    parts = {
        "content.xml": (
            f'{_DECLARATION}<office:document-content {_SPACES} office:version="1.3">'
            f"<office:automatic-styles>{look.coloured(_CELLS)}{''.join(widths)}"
            "</office:automatic-styles>"
            f"<office:body><office:text>{text}"
            "</office:text></office:body></office:document-content>"
        ),
        "styles.xml": look
        .coloured(styles)
        .replace("{running}", words(document.foot))
        .replace("{head}", "Document provisoire" if meta.provisional else ""),
        "meta.xml": (
            f'{_DECLARATION}<office:document-meta {_SPACES} office:version="1.3">'
            f"<office:meta><dc:title>{title}</dc:title>"
            f"<meta:initial-creator>{author}</meta:initial-creator>"
            f"<dc:creator>{author}</dc:creator><dc:language>fr-FR</dc:language>"
            f"<meta:creation-date>{day}T00:00:00</meta:creation-date>"
            f"<dc:date>{day}T00:00:00</dc:date>"
            "</office:meta></office:document-meta>"
        ),
    }
    photos = {
        f"Pictures/photo{number}.jpg": picture.data
        for number, picture in enumerate(walker.photos, 1)
    }
    if look.logo:
        photos[f"Pictures/logo.{look.logo.kind}"] = look.logo.data
    manifest = _manifest((*parts, *photos))
    made = io.BytesIO()
    with ZipFile(made, "w") as package:
        # First and not compressed: the file is known by its first bytes.
        package.writestr(_entry("mimetype"), _MIME, ZIP_STORED)
        for name, content in (*parts.items(), ("META-INF/manifest.xml", manifest)):
            package.writestr(_entry(name), content.encode("utf-8"), ZIP_DEFLATED)
        for name, data in photos.items():
            package.writestr(_entry(name), data, ZIP_STORED)
    return made.getvalue(), ""


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.create_system = 3  # the same bytes on every system
    return entry


def _fit(picture: Picture | Logo, room: tuple[float, float]) -> tuple[str, str]:
    """Return the width and the height of a picture that fits in `room`, in cm."""
    scale = min(room[0] / picture.width, room[1] / picture.height)
    return f"{picture.width * scale:.2f}", f"{picture.height * scale:.2f}"


def _frame(name: str, size: tuple[str, str], file: str, title: str) -> str:
    """Return the frame of a picture of the package."""
    return (
        f'<draw:frame draw:style-name="Dessin" draw:name="{name}" '
        f'text:anchor-type="as-char" svg:width="{size[0]}cm" '
        f'svg:height="{size[1]}cm">'
        f'<draw:image xlink:href="Pictures/{file}" '
        'xlink:type="simple" xlink:show="embed" xlink:actuate="onLoad" '
        f'draw:mime-type="{_KINDS[file.rpartition(".")[2]]}"/>'
        f"<svg:title>{words(title)}</svg:title></draw:frame>"
    )


def _manifest(names: Iterable[str]) -> str:
    entries = {"/": _MIME} | {
        name: _KINDS.get(name.rpartition(".")[2], "text/xml") for name in names
    }
    files = "".join(
        f'<manifest:file-entry manifest:full-path="{name}" '
        f'manifest:media-type="{kind}"/>'
        for name, kind in entries.items()
    )
    return (
        f"{_DECLARATION}<manifest:manifest "
        'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" '
        f'manifest:version="1.3">{files}</manifest:manifest>'
    )


_FORBIDDEN = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_KEPT = re.compile(r"\n|\t|(?<= ) +|^ +")


def words(text: str) -> str:
    """Return a text as ODF prints it: a reader would merge its spaces else."""
    return _KEPT.sub(_shape, escape(_FORBIDDEN.sub("", text).replace("\r", "")))


def attribute(text: str) -> str:
    """Return a text as a quoted attribute."""
    return quoteattr(_FORBIDDEN.sub("", text))


def _shape(found: re.Match[str]) -> str:
    shapes = {"\n": "<text:line-break/>", "\t": "<text:tab/>"}
    return shapes.get(found[0]) or f'<text:s text:c="{len(found[0])}"/>'
