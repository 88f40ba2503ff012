"""Typst set to work: PDF/A-3a and PDF/UA-1, the same bytes each time, no network."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import import_module
from pathlib import Path
from threading import Lock
from types import ModuleType
from typing import Any

from markdown_it.tree import SyntaxTreeNode as Node

from diag.model.errors import DiagError
from diag.reports.document import Document, read_document
from diag.reports.house.look import SHIPPED, Logo, Look
from diag.reports.pdf.literals import FONTS, literal, raw_literal
from diag.reports.pdf.walker import Walker
from diag.reports.pictures import NONE, Pictures

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
    walker = Walker(document, pictures)
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
    walker = Walker(document, pictures)
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
    document: Document, walker: Walker, markdown: str, settings: str, look: Look
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


def _head(document: Document, walker: Walker, logo: Logo | None) -> str:
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
