"""A document as a PDF: tagged, archivable, its Markdown attached."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from threading import Lock
from types import ModuleType
from typing import Any

from markdown_it.tree import SyntaxTreeNode as Node

from diag.documents.blocks import Picture, resolved
from diag.documents.document import (
    Document,
    EmbeddedFile,
    NodeWriter,
    caption_of,
    column_shares,
    drawing_of,
    pairs_of,
    rows_of,
    words_of,
)
from diag.model.errors import DiagError
from diag.workspace.picture import Logo

# A sign that none of our fonts draws is written as its code, « [U+1F600] »: a document
# never loses a letter without a word, nor stops for one.
FONTS = Path(__file__).parent / "fonts"
"""The open fonts of our documents, their licences, and what they draw."""

_ESCAPED = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": ""}
_SIGNS = re.compile(r'[\\"\n\t\r]')
_COMMON = re.compile("[\n\t\r -~\u00a0-\u017f\u2013\u2014\u2018-\u201d\u2026\u202f€]*")


def literal(text: str) -> str:
    """Return a Typst string that reads as `text`."""
    return f'"{_SIGNS.sub(lambda sign: _ESCAPED[sign[0]], drawable(text))}"'


def raw_literal(text: str) -> str:
    """Return a Typst string that holds `text` itself: data that no font draws."""
    return f'"{_SIGNS.sub(lambda sign: _ESCAPED[sign[0]], text)}"'


def words(text: str) -> str:
    """Return a text as Typst markup prints it, letter for letter."""
    return f"#{literal(text)};" if text else ""


def drawable(text: str) -> str:
    """Return `text` where a sign without a drawing is replaced by its code."""
    if _COMMON.fullmatch(text):
        return text
    starts, ends = _coverage()
    signs = []
    for sign in text:
        code = ord(sign)
        at = bisect_right(starts, code) - 1
        is_drawn = sign in "\n\t\r" or (at >= 0 and code <= ends[at])
        signs.append(sign if is_drawn else f"[U+{code:04X}]")
    return "".join(signs)


@cache
def _coverage() -> tuple[list[int], list[int]]:
    """Return where each span of drawn signs starts and ends."""
    spans = (FONTS / "coverage.txt").read_text(encoding="ascii").split()
    pairs = [span.split("-") for span in spans]
    return (
        [int(pair[0], 16) for pair in pairs],
        [int(pair[-1], 16) for pair in pairs],
    )


# Every text goes through a string literal; no image is shown but our own drawings and
# the pictures that we were given.
_TALL = 900
"""Characters of a cell that may not fit on one page."""

_TALL_DRAWING = 600
"""Units down, of 640 across, of a drawing that would leave half a page blank.

It floats to the next one. A smaller one does not: it would float above its heading."""

_ALARMING = {"WARNING", "CAUTION"}


class TypstWalker(NodeWriter):
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
        """Write terms and their definitions."""
        return f"#definitions({self.pairs(node)})\n\n"

    def pairs(self, node: Node) -> str:
        """Return the terms of a list and their definitions, as arguments."""
        return "".join(
            f"({self._held(term)}, [{''.join(map(self.inside, given))}]),"
            for term, given in pairs_of(node)
        )

    def fence(self, node: Node) -> str:
        """Write lines of code."""
        return f"#raw(block: true, {literal(node.content)})\n\n"

    code_block = fence

    # Tables

    def table(self, node: Node) -> str:
        """Write a table under its caption, or the drawing that has all of it."""
        rows, drawing = rows_of(node), drawing_of(node)
        if drawing and drawing.is_whole:
            svg, alt = raw_literal(drawing.svg("dessin")), literal(drawing.alt)
            title, legend = literal(drawing.title), literal(drawing.legend)
            tall = ", tall: true" * (drawing.wide.height > _TALL_DRAWING)
            return f"#drawing({svg}, {alt}, {title}, {legend}{tall})\n\n"
        words = [[words_of(cell) for cell in row] for row in rows]
        is_tall = any(len(cell) > _TALL for row in words for cell in row)
        shares = column_shares(words)
        numeric = (str("number" in str(cell.attrs.get("class"))) for cell in rows[0])
        return (
            "#ruled("
            f"({''.join(f'{share}fr,' for share in shares)}), "
            f"({''.join(f'{one.lower()},' for one in numeric)}), "
            f"[{self.block(caption_of(node))}], "
            f"({self._cells(rows[:1])}), ({self._cells(rows[1:])})"
            f"{', whole: false' * is_tall})\n\n"
        )

    def _cells(self, rows: Iterable[Sequence[Node]]) -> str:
        return "".join(f"{self._held(cell)}," for row in rows for cell in row)

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

    def shown(self, picture: Picture, caption: str) -> str:
        """Write a picture over its caption."""
        return f"#photo({raw_literal(_in_svg(picture))}, {literal(caption)});"

    def footnote_ref(self, node: Node) -> str:
        """Write a note where it is called."""
        note = self.notes.get(node.meta["id"])
        return f"#footnote{self._held(note)};" if note else ""


_STANDARDS: tuple[tuple[str, ...], ...] = (("a-3a", "ua-1"), ("a-3a",), ("a-3b",), ())
"""What a PDF keeps to: the most accessible first."""

_LOGO = (45, 14)
"""How wide and how high a logo may be, in millimetres."""

_ONE_AT_A_TIME = Lock()
"""Typst's compiler refuses a second thread while it works for a first one."""


class NoPdfError(DiagError):
    """This machine cannot make a PDF."""


def write_pdf(document: Document) -> tuple[bytes, str]:
    """Return a document as a PDF that holds its own Markdown, and a warning.

    Where the accessible build refuses the document, a plainer one is still made: the
    warning gives the reason, with the line at fault.

    Raises:
        NoPdfError: where typst has no build for this machine, or refuses the document
            in every way.
    """
    source, refused, warning = _source(document), _typst().TypstError, ""
    for standards in _STANDARDS[:-1]:
        try:
            return _compile_pdf(source, standards), warning
        except refused as error:
            warning = warning or _explain(error, source)
    try:
        return _compile_pdf(source, _STANDARDS[-1]), warning
    except refused as error:
        raise NoPdfError(
            f"Le PDF n'a pas pu être fabriqué : {_reason(error)}. Un modèle trop "
            "imbriqué en est souvent la cause ; les autres formes sont écrites."
        ) from error


def draw_pages(document: Document, ppi: int = 60) -> tuple[bytes, ...]:
    """Return the pages of a document as its PDF shows them, each a PNG.

    Raises:
        NoPdfError: where typst has no build for this machine.
    """
    source = _source(document)
    try:
        with _ONE_AT_A_TIME:
            made = _compiler().compile(
                input=source.encode("utf-8"), format="png", ppi=ppi
            )
    except _typst().TypstError as refused:
        raise NoPdfError(f"Aperçu impossible. {_explain(refused, source)}") from refused
    return tuple(map(bytes, made)) if isinstance(made, list) else (bytes(made),)


def _source(document: Document) -> str:
    """Return a document as Typst markup, under the sheet that draws it."""
    whole, document = document, document.paper
    meta, pages, walker = document.meta, document.pages, TypstWalker(document)
    day = meta.day
    settings = (
        f"title: {literal(document.title)}, author: {literal(meta.author)}, "
        f"date: datetime(year: {day.year}, month: {day.month}, day: {day.day}), "
        f"running: [#{literal(document.foot)}], size: {literal(meta.size)}, "
        f"provisional: {str(meta.provisional).lower()}"
    )
    source = EmbeddedFile(
        "document.md", whole.markdown, "text/markdown", "Le texte source du document"
    )
    start = (
        f"#show: styled.with({settings})",
        _attach(source, "source"),
        *(_attach(one, "supplement") for one in document.attachments),
    )
    if later := document.drawn.later:
        # The photos that these pages name and that are here, by name.
        proofs: Any = later["proofs"]
        names = dict.fromkeys(one["photo"] for one in proofs)
        found = {name: resolved(f"photo:{name}", document.pictures) for name in names}
        photos = {name: _in_svg(one) for name, one in found.items() if one}
        return "\n".join((
            document.look.coloured(_style() + _sheet_style()),
            *start,
            _first_page(document, walker),
            f"#later-pages({value(later)}, photos: {value(photos)})",
        ))
    sheet = _sheet_style() if document.drawn.sheet else ""
    return "\n".join((
        document.look.coloured(_style() + sheet),
        *start,
        f"{_first_page(document, walker)}#pagebreak(weak: true)\n"
        if document.drawn.sheet
        else f"{_cover(document, walker)}{walker.block(pages.first_page)}",
        walker.block(pages.body),
    ))


def _attach(file: EmbeddedFile, relationship: str) -> str:
    """Return a file as Typst puts it inside the PDF."""
    return (
        f"#pdf.attach({raw_literal(file.name)}, bytes({raw_literal(file.text)}), "
        f'relationship: "{relationship}", mime-type: {raw_literal(file.mime)}, '
        f"description: {literal(file.words)})"
    )


def _first_page(document: Document, walker: TypstWalker) -> str:
    """Return page 1, which ends at the first rule: fitted where there is a vote."""
    if document.drawn.sheet:
        return f"#decision-sheet({value(document.drawn.sheet)}{_logo_of(document)})\n"
    tokens = document.pages.first_page
    rules = (at for at, token in enumerate(tokens) if token.type == "hr")
    words = walker.block(tokens[: next(rules, len(tokens))])
    return f"{_cover(document, walker)}{words}"


def _cover(document: Document, walker: TypstWalker) -> str:
    """Return the title of a document, and what it is, of what and from whom."""
    head = Node(document.pages.head).children
    titles = "".join(walker.write(node) for node in head if node.type != "dl")
    pairs = "".join(walker.pairs(node) for node in head if node.type == "dl")
    return f"#cover([{titles}], ({pairs}){_logo_of(document)})\n"


def value(data: object) -> str:
    """Return plain data as Typst reads it: texts as literals, never as code."""
    match data:
        case bool():
            return str(data).lower()
        case int():
            return str(data)
        case str():
            return literal(data)
        case Mapping():
            pairs = (f'"{name}": {value(one)}' for name, one in data.items())
            return f"({', '.join(pairs)})" if data else "(:)"
        case Sequence():
            return f"({''.join(f'{value(one)}, ' for one in data)})"
    raise TypeError(type(data))


def _logo_of(document: Document) -> str:
    """Return a logo as an argument: drawn, its words, its width in millimetres."""
    logo = document.look.logo
    if logo is None:
        return ""
    drawn = logo.data.decode("utf-8") if logo.kind == "svg" else _in_svg(logo)
    width = min(_LOGO[0], _LOGO[1] * logo.width / logo.height)
    return f", logo: ({raw_literal(drawn)}, {literal(logo.words)}, {width:.1f})"


def _in_svg(picture: Picture | Logo) -> str:
    """Return a picture inside an SVG: Typst reads a JPEG there."""
    size = f'width="{picture.width}" height="{picture.height}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>'
        f'<image {size} href="{picture.address}"/></svg>'
    )


def _explain(refused: Exception, source: str) -> str:
    """Return why Typst refuses a document, and the line at fault."""
    reason = _reason(refused)
    quoted = [part for part in reason.split('"')[1::2] if part]
    lines = (
        line for line in source.splitlines() if any(part in line for part in quoted)
    )
    line = next(lines, "").strip()[:160]
    where = f" Passage en cause : {line}" if line else ""
    return f"Le PDF n'a pas toutes ses aides à la lecture : {reason[:200]}.{where}"


def _reason(refused: Exception) -> str:
    return (str(refused).strip().splitlines() or ["sans explication"])[0]


def _compile_pdf(source: str, standards: Sequence[str]) -> bytes:
    with _ONE_AT_A_TIME:
        made = _compiler().compile(
            input=source.encode("utf-8"),
            format="pdf",
            pdf_standards=list(standards),
            timestamp=0,
        )
    return bytes(made)


@cache
def _typst() -> ModuleType:
    # 30 MB of compiler, loaded by the first document that needs it.
    try:
        return import_module("typst")
    except ImportError as error:
        raise NoPdfError(
            "Cet ordinateur ne sait pas fabriquer de PDF (typst n'existe pas pour "
            "Windows sur ARM). Les versions HTML et ODT sont écrites ; ouvrez le HTML "
            "et choisissez « Imprimer », puis « PDF »."
        ) from error


@cache
def _compiler() -> Any:
    # Its root holds fonts and nothing else; no text of a document names a file.
    return _typst().Compiler(
        root=str(FONTS), font_paths=[str(FONTS)], ignore_system_fonts=True
    )


@cache
def _sheet_style() -> str:
    names = ("sheet.typ", "pages.typ")
    return "".join(
        Path(__file__).with_name(name).read_text(encoding="utf-8") for name in names
    )


@cache
def _style() -> str:
    return Path(__file__).with_name("style.typ").read_text(encoding="utf-8")
