"""The forms of a document, and the writer of each, loaded by its first use."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diag.documents.document import Document


class Format(StrEnum):
    """A form that a document takes; the Markdown is its source."""

    MARKDOWN = "md"
    HTML = "html"
    PDF = "pdf"
    ODT = "odt"


@dataclass(frozen=True, slots=True)
class DocumentWriter:
    """How a form is offered, named in a message, and written."""

    label: str
    """In a list of forms to choose."""
    mime: str
    in_mail: str
    """What its reader does with it; empty: no message brings it."""
    function: str
    """Its writer: `module.function`, of this package; empty: the source itself."""

    def write(self, document: "Document") -> tuple[bytes, str]:
        """Return a document's bytes, and what it could not be made to be.

        Raises:
            DiagError: when this machine cannot make this form.
        """
        if not self.function:
            return document.markdown.encode("utf-8"), ""
        module, _, function = self.function.partition(".")
        writer = getattr(import_module(f"{__name__}.{module}"), function)
        written: tuple[bytes, str] = writer(document)
        return written


FORMATS: Mapping[Format, DocumentWriter] = {
    Format.PDF: DocumentWriter(
        "PDF, à imprimer et à archiver",
        "application/pdf",
        "à lire et à imprimer",
        "pdf.write_pdf",
    ),
    Format.ODT: DocumentWriter(
        "ODT, à reprendre dans un traitement de texte",
        "application/vnd.oasis.opendocument.text",
        "le même, modifiable (LibreOffice, Word)",
        "odt.write_odt",
    ),
    Format.HTML: DocumentWriter(
        "HTML, à lire dans un navigateur",
        "text/html",
        "à lire dans un navigateur",
        "html.write_html",
    ),
    Format.MARKDOWN: DocumentWriter(
        "Markdown, le texte source", "text/markdown", "", ""
    ),
}
"""In the order in which they are offered."""

OPENED = tuple(one for one in Format if FORMATS[one].in_mail)
"""The forms that readers open; the Markdown stays at the office."""
