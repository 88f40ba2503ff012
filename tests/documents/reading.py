"""Documents written and read back, as their reader sees them."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from markdown_it.token import Token

from diag.audit.report import NONE, Pictures, Report
from diag.documents.document import Document, Meta, inline_text
from diag.documents.formats import Format
from diag.documents.templates import build_document
from diag.model.enums import Audience

DAY = date(2026, 3, 12)


def text_of(tokens: Iterable[Token]) -> str:
    """Return the text that a reader sees in these tokens, one line per block."""
    return "\n".join(inline_text(token) for token in tokens if token.type == "inline")


def markdown(report: Report, audience: Audience) -> str:
    """Return the Markdown of a report's document."""
    return build_document(report, audience).markdown


def parts_of(document: Document) -> tuple[object, ...]:
    """Return all that every form of a document is written from."""
    paper = document.paper
    return (
        *(document.meta, document.markdown, document.look, repr(document.drawn)),
        *(paper.meta, paper.markdown, paper.attachments),
        *(
            (table, draw())
            for table, draw in {**document.drawings, **paper.drawings}.items()
        ),
    )


def document(
    source: Document | str,
    title: str = "",
    author: str = "",
    day: date = DAY,
    pictures: Pictures = NONE,
    *,
    running: str = "",
    provisional: bool = False,
) -> Document:
    """Return a document of this Markdown, or this one under another title."""
    if isinstance(source, Document):
        return replace(source, meta=replace(source.meta, title=title))
    meta = Meta(
        title=title, author=author, day=day, running=running, provisional=provisional
    )
    return Document(meta=meta, markdown=source, pictures=pictures)


def html(source: Document | str, title: str, pictures: Pictures = NONE) -> str:
    """Return a document as a page."""
    made = document(source, title, pictures=pictures)
    return made.write(Format.HTML)[0].decode()


def odt(
    source: Document | str,
    title: str,
    author: str,
    day: date,
    pictures: Pictures = NONE,
) -> bytes:
    """Return a document as a file of office suites."""
    made = document(source, title, author, day, pictures)
    return made.write(Format.ODT)[0]


def pdf(
    source: Document | str,
    title: str,
    author: str,
    day: date,
    pictures: Pictures = NONE,
) -> tuple[bytes, str]:
    """Return a document as a PDF, and what it could not be made to be."""
    made = document(source, title, author, day, pictures)
    return made.write(Format.PDF)
