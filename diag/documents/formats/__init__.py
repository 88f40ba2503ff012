"""The forms of a document: how each is offered and named, and what writes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Format(StrEnum):
    """A form that a document takes; the Markdown is its source."""

    MARKDOWN = "md"
    HTML = "html"
    PDF = "pdf"
    ODT = "odt"


@dataclass(frozen=True, slots=True)
class DocumentWriter:
    """How a form is offered and named in a message, and the function that writes it."""

    label: str
    """In a list of forms to choose."""
    mime: str
    in_mail: str
    """What its reader does with it; empty: no message brings it."""
    writer: str
    """Its function, `module:function`, loaded by its first use; empty: the source."""


FORMATS: Mapping[Format, DocumentWriter] = {
    Format.PDF: DocumentWriter(
        "PDF, à imprimer et à archiver",
        "application/pdf",
        "à lire et à imprimer",
        "diag.documents.formats.pdf:write_pdf",
    ),
    Format.ODT: DocumentWriter(
        "ODT, à reprendre dans un traitement de texte",
        "application/vnd.oasis.opendocument.text",
        "le même, modifiable (LibreOffice, Word)",
        "diag.documents.formats.odt:write_odt",
    ),
    Format.HTML: DocumentWriter(
        "HTML, à lire dans un navigateur",
        "text/html",
        "à lire dans un navigateur",
        "diag.documents.formats.html:write_html",
    ),
    Format.MARKDOWN: DocumentWriter(
        "Markdown, le texte source", "text/markdown", "", ""
    ),
}
"""In the order in which they are offered."""

OPENED = tuple(one for one in Format if FORMATS[one].in_mail)
"""The forms that readers open; the Markdown stays at the office."""
