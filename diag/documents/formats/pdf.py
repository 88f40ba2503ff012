"""A Markdown document as a PDF: tagged, archivable, its Markdown attached."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import import_module
from pathlib import Path
from threading import Lock
from types import ModuleType
from typing import Any

from markdown_it.tree import SyntaxTreeNode as Node

from diag.audit.report import NONE, Picture, Pictures
from diag.documents.document import (
    Document,
    NodeWriter,
    caption_of,
    pairs_of,
    read_document,
    rows_of,
    words_of,
)
from diag.documents.drawings import drawn, shares
from diag.model.charter import SHIPPED, Logo, Look
from diag.model.errors import DiagError

# How any text enters Typst: as a string literal, never as code.
#
# A sign that none of our fonts draws is written as its code, « [U+1F600] »: a document
# never loses a letter without a word, nor stops for one.


FONTS = Path(__file__).parent / "fonts"
"""The open fonts of our documents, their licences, and what they draw."""


_TOLD = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": ""}


_SIGNS = re.compile(r'[\\"\n\t\r]')


_COMMON = re.compile("[\n\t\r -~\u00a0-\u017f\u2013\u2014\u2018-\u201d\u2026\u202f€]*")


def literal(text: str) -> str:
    """Return a Typst string that reads as `text`."""
    return f'"{_SIGNS.sub(lambda sign: _TOLD[sign[0]], drawable(text))}"'


def raw_literal(text: str) -> str:
    """Return a Typst string that holds `text` itself: data that no font draws."""
    return f'"{_SIGNS.sub(lambda sign: _TOLD[sign[0]], text)}"'


def words(text: str) -> str:
    """Return a text as Typst markup prints it, letter for letter."""
    return f"#{literal(text)};" if text else ""


def drawable(text: str) -> str:
    """Return `text` where a sign without a drawing is replaced by its code."""
    if _COMMON.fullmatch(text):
        return text
    return "".join(
        sign if sign in "\n\t\r" or _is_drawn(ord(sign)) else f"[U+{ord(sign):04X}]"
        for sign in text
    )


def _is_drawn(code: int) -> bool:
    starts, ends = _coverage()
    at = bisect_right(starts, code) - 1
    return at >= 0 and code <= ends[at]


@cache
def _coverage() -> tuple[list[int], list[int]]:
    """Return where each span of drawn signs starts and ends."""
    spans = (FONTS / "coverage.txt").read_text(encoding="ascii").split()
    pairs = [span.split("-") for span in spans]
    return (
        [int(pair[0], 16) for pair in pairs],
        [int(pair[-1], 16) for pair in pairs],
    )


# A document's tokens as Typst markup, over the shapes that `style.typ` draws.
#
# Every text goes through a string literal; no image is shown but our own drawings and
# the pictures that we were given.


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


_STYLE = Path(__file__).with_name("style.typ")


_BEST: tuple[str, ...] = ("a-3a", "ua-1")


_LOGO = (45, 14)
"""How wide and how high a logo may be, in millimetres."""


_ONE_AT_A_TIME = Lock()
"""Typst's compiler refuses a second thread while it works for a first one."""


_NEXT: tuple[tuple[str, ...], ...] = (("a-3a",), ("a-3b",), ())


class NoPdfError(DiagError):
    """This machine cannot make a PDF."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A PDF, and what it could not be made to be."""

    pdf: bytes
    warning: str = ""
    """Why it is not the most accessible one, with the line at fault; else empty."""


def printed(
    markdown: str,
    title: str,
    author: str,
    day: date,
    pictures: Pictures = NONE,
    *,
    look: Look = SHIPPED,
) -> Printed:
    """Return a document as a PDF that holds its own Markdown.

    Where the accessible build refuses the document, a plainer one is still made.

    Raises:
        NoPdfError: where typst has no build for this machine.
    """
    document = read_document(markdown)
    walker = TypstWalker(document, pictures)
    settings = _settings(document, title, author, day)
    source = _source(document, walker, markdown, settings, look)
    try:
        return Printed(_compiled(source, _BEST))
    except _typst().TypstError as refused:
        warning = _told(refused, source)
    for standards in _NEXT[:-1]:
        try:
            return Printed(_compiled(source, standards), warning)
        except _typst().TypstError:
            continue
    return Printed(_compiled(source, _NEXT[-1]), warning)


def pictured(
    markdown: str,
    title: str,
    author: str,
    day: date,
    pictures: Pictures = NONE,
    *,
    ppi: int = 60,
    look: Look = SHIPPED,
) -> tuple[bytes, ...]:
    """Return the pages of a document as its PDF shows them, each a PNG.

    Raises:
        NoPdfError: where typst has no build for this machine.
    """
    document = read_document(markdown)
    settings = _settings(document, title, author, day)
    walker = TypstWalker(document, pictures)
    source = _source(document, walker, markdown, settings, look)
    try:
        with _ONE_AT_A_TIME:
            made = _compiler().compile(
                input=source.encode("utf-8"), format="png", ppi=ppi
            )
    except _typst().TypstError as refused:
        raise NoPdfError(f"Aperçu impossible. {_told(refused, source)}") from refused
    return tuple(map(bytes, made)) if isinstance(made, list) else (bytes(made),)


def _settings(document: Document, title: str, author: str, day: date) -> str:
    provisional = "provisoire" in document.running.lower()
    return (
        f"title: {literal(title)}, author: {literal(author)}, "
        f"date: datetime(year: {day.year}, month: {day.month}, day: {day.day}), "
        f"running: [#{literal(document.running)}], "
        f"provisional: {str(provisional).lower()}"
    )


def _source(
    document: Document, walker: TypstWalker, markdown: str, settings: str, look: Look
) -> str:
    attached = (
        f'"document.md", bytes({raw_literal(markdown)}), relationship: "source", '
        'mime-type: "text/markdown", description: "Le texte source du document"'
    )
    return "\n".join((
        look.coloured(_style()),
        f"#show: styled.with({settings})",
        f"#pdf.attach({attached})",
        _head(document, walker, look.logo),
        walker.block(document.first_page),
        _summary(document),
        walker.block(document.body),
    ))


def _head(document: Document, walker: TypstWalker, logo: Logo | None) -> str:
    parts = Node(document.head).children
    titles = "".join(walker.write(node) for node in parts if node.type != "dl")
    pairs = "".join(walker.pairs(node) for node in parts if node.type == "dl")
    shown = f", logo: {_logo(logo)}" if logo else ""
    return f"#cover([{titles}], ({pairs}){shown})\n"


def _logo(logo: Logo) -> str:
    """Return a logo as Typst reads it, its words, and its width in millimetres."""
    size = f'width="{logo.width}" height="{logo.height}"'
    drawn = (
        logo.data.decode("utf-8")
        if logo.kind == "svg"
        else f'<svg xmlns="http://www.w3.org/2000/svg" {size}>'
        f'<image {size} href="{logo.address}"/></svg>'
    )
    wide = _LOGO[1] * logo.width / logo.height
    width = min(_LOGO[0], wide)
    return f"({raw_literal(drawn)}, {literal(logo.words)}, {width:.1f})"


def _summary(document: Document) -> str:
    return '#summary("Sommaire")\n' if document.parts else ""


def _told(refused: Exception, source: str) -> str:
    """Return what Typst said of a document that it refuses, and of which line."""
    said = str(refused).strip().splitlines() or ["sans explication"]
    line = next((one for one in source.splitlines() if _names(one, said[0])), "")
    where = f" Passage en cause : {line.strip()[:160]}" if line else ""
    return f"Le PDF n'a pas toutes ses aides à la lecture : {said[0][:200]}.{where}"


def _names(line: str, said: str) -> bool:
    quoted = [part for part in said.split('"')[1::2] if part]
    return any(part in line for part in quoted)


def _compiled(source: str, standards: Sequence[str]) -> bytes:
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
def _style() -> str:
    return _STYLE.read_text(encoding="utf-8")
