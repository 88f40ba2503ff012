"""The file itself: a zip whose every byte depends on the document alone."""

import io
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from diag.reports.document import Document, read_document
from diag.reports.house.look import SHIPPED, Logo, Look
from diag.reports.odt.walker import Walker
from diag.reports.odt.words import attribute, words
from diag.reports.pictures import NONE, Pictures

_MIME = "application/vnd.oasis.opendocument.text"
_STYLES = Path(__file__).with_name("styles.xml")
_KINDS = {"svg": "image/svg+xml", "jpg": "image/jpeg", "png": "image/png"}
_LOGO_CM = (4.5, 1.4)
"""How wide and how high a logo may be."""
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
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


def odt(
    markdown: str,
    title: str,
    author: str,
    day: date,
    pictures: Pictures = NONE,
    *,
    look: Look = SHIPPED,
) -> bytes:
    """Return a document as an ODT: same document, pictures and look, same bytes."""
    document = read_document(markdown)
    walker = Walker(document, pictures)
    content = _content(document, walker, look)
    parts = {
        "content.xml": content,
        "styles.xml": _styles(document.running, look),
        "meta.xml": _meta(title, author, day),
        **{
            f"Pictures/dessin{number}.svg": found.svg(f"dessin{number}")
            for number, found in enumerate(walker.drawings, 1)
        },
    }
    photos = {
        f"Pictures/photo{number}.jpg": picture.data
        for number, picture in enumerate(walker.photos, 1)
    }
    if look.logo:
        photos[_logo_file(look.logo)] = look.logo.data
    manifest = _manifest((*parts, *photos))
    made = io.BytesIO()
    with ZipFile(made, "w") as package:
        # First and not compressed: the file is known by its first bytes.
        package.writestr(_entry("mimetype"), _MIME, ZIP_STORED)
        for name, text in (*parts.items(), ("META-INF/manifest.xml", manifest)):
            package.writestr(_entry(name), text.encode("utf-8"), ZIP_DEFLATED)
        for name, data in photos.items():
            package.writestr(_entry(name), data, ZIP_STORED)
    return made.getvalue()


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.create_system = 3  # the same bytes on every system
    return entry


def _content(document: Document, walker: Walker, look: Look) -> str:
    logo = _logo(look.logo) if look.logo else ""
    head = logo + walker.cover(document.head)
    first = walker.block(document.first_page)
    summary = _summary(document, walker)
    body = walker.block(document.body)
    return (
        f'{_DECLARATION}<office:document-content {_SPACES} office:version="1.3">'
        f"<office:automatic-styles>{look.coloured(_CELLS)}{''.join(_widths(walker))}"
        "</office:automatic-styles>"
        f"<office:body><office:text>{head}{first}{summary}{body}"
        "</office:text></office:body></office:document-content>"
    )


def _logo_file(logo: Logo) -> str:
    return f"Pictures/logo.{logo.kind}"


def _logo(logo: Logo) -> str:
    scale = min(_LOGO_CM[0] / logo.width, _LOGO_CM[1] / logo.height)
    return (
        '<text:p text:style-name="Couverture">'
        '<draw:frame draw:style-name="Dessin" draw:name="Logo" '
        f'text:anchor-type="as-char" svg:width="{logo.width * scale:.2f}cm" '
        f'svg:height="{logo.height * scale:.2f}cm">'
        f'<draw:image xlink:href="{_logo_file(logo)}" xlink:type="simple" '
        'xlink:show="embed" xlink:actuate="onLoad" '
        f'draw:mime-type="{logo.mime}"/>'
        f"<svg:title>{words(logo.words)}</svg:title></draw:frame></text:p>"
    )


def _widths(walker: Walker) -> Iterator[str]:
    for number, shares in enumerate(walker.widths, 1):
        for rank, share in enumerate(shares):
            yield (
                f'<style:style style:name="Tableau{number}.{rank}" '
                'style:family="table-column"><style:table-column-properties '
                f'style:column-width="{_WIDTH * share / sum(shares):.2f}cm"/>'
                "</style:style>"
            )


def _summary(document: Document, walker: Walker) -> str:
    """Return the table of contents: links now, page numbers once it is updated."""
    if not document.parts:
        return ""
    style = walker.broken("SommaireTitre")
    links = "".join(
        '<text:p text:style-name="Sommaire"><text:a xlink:type="simple" '
        f"xlink:href={attribute(f'#{part.anchor}')}>{words(part.text)}</text:a>"
        "</text:p>"
        for part in document.parts
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


def _styles(running: str, look: Look) -> str:
    provisional = "provisoire" in running.lower()
    head = "Document provisoire" if provisional else ""
    sheet = look.coloured(_styles_file())
    return sheet.replace("{running}", words(running)).replace("{head}", head)


@cache
def _styles_file() -> str:
    return _STYLES.read_text(encoding="utf-8")


def _meta(title: str, author: str, day: date) -> str:
    return (
        f'{_DECLARATION}<office:document-meta {_SPACES} office:version="1.3">'
        f"<office:meta><dc:title>{words(title)}</dc:title>"
        f"<meta:initial-creator>{words(author)}</meta:initial-creator>"
        f"<dc:creator>{words(author)}</dc:creator><dc:language>fr-FR</dc:language>"
        f"<meta:creation-date>{day.isoformat()}T00:00:00</meta:creation-date>"
        f"<dc:date>{day.isoformat()}T00:00:00</dc:date>"
        "</office:meta></office:document-meta>"
    )


def _manifest(names: Iterable[str]) -> str:
    entries = {"/": _MIME} | {
        name: _KINDS.get(name.rpartition(".")[2], "text/xml") for name in names
    }
    told = "".join(
        f'<manifest:file-entry manifest:full-path="{name}" '
        f'manifest:media-type="{kind}"/>'
        for name, kind in entries.items()
    )
    return (
        f"{_DECLARATION}<manifest:manifest "
        'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" '
        f'manifest:version="1.3">{told}</manifest:manifest>'
    )
