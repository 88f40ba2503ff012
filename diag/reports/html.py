"""A Markdown document as one HTML file: nothing fetched, readable aloud, printable."""

from functools import cache
from html import escape
from pathlib import Path

from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from diag.reports.document import Document, read_document
from diag.reports.house.look import SHIPPED, Logo, Look
from diag.reports.parser import document_parser
from diag.reports.pictures import NONE, Pictures
from diag.reports.renderer import PICTURES, Renderer

_STYLE = Path(__file__).with_name("report.css")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"

_PAGE = """<!DOCTYPE html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{style}
@page {{ @bottom-left {{ content: "{foot}" }} }}
</style>
</head>
<body>
<a class="skip" href="#contenu">Aller au contenu</a>
{watermark}<header>
{logo}{head}</header>
<main id="contenu">
{first_page}{summary}{body}</main>
<footer>
<p>{running}</p>
</footer>
</body>
</html>
"""


def html(
    markdown: str, title: str, pictures: Pictures = NONE, *, look: Look = SHIPPED
) -> str:
    """Return a standalone page: same Markdown, title, pictures and look, same bytes."""
    document = read_document(markdown)
    provisional = "provisoire" in document.running.lower()
    return _PAGE.format(
        policy=_POLICY,
        title=escape(title),
        style=look.coloured(_style()) + (_LOGO_STYLE if look.logo else ""),
        foot=_css_text(document.running),
        watermark=_WATERMARK if provisional else "",
        logo=_logo(look.logo) if look.logo else "",
        head=_rendered(document.head, pictures),
        first_page=_rendered(document.first_page, pictures),
        summary=_summary(document),
        body=_rendered(document.body, pictures),
        running=escape(document.running),
    )


_WATERMARK = '<p class="watermark" aria-hidden="true">provisoire</p>\n'

_LOGO_STYLE = """
.logo { float: right; margin: 0 0 0.75rem 1.5rem; width: auto; height: auto; }
.logo { max-width: 12rem; max-height: 4rem; }"""


def _logo(logo: Logo) -> str:
    return (
        f'<img class="logo" alt="{escape(logo.words)}" src="{logo.address}" '
        f'width="{logo.width}" height="{logo.height}">\n'
    )


@cache
def _style() -> str:
    return _STYLE.read_text(encoding="utf-8").strip()


@cache
def _writer() -> tuple[Renderer, OptionsDict]:
    return Renderer(), document_parser().options


def _rendered(tokens: list[Token], pictures: Pictures) -> str:
    renderer, options = _writer()
    return renderer.render(tokens, options, {PICTURES: pictures})


def _summary(document: Document) -> str:
    """Return the table of contents, after what must be read first."""
    links = [
        f'<li><a href="#{heading.anchor}">{escape(heading.text)}</a></li>\n'
        for heading in document.parts
    ]
    if not links:
        return ""
    return (
        '<nav aria-labelledby="sommaire">\n<p id="sommaire">Sommaire</p>\n'
        f"<ol>\n{''.join(links)}</ol>\n</nav>\n"
    )


def _css_text(text: str) -> str:
    """Return a text inside a CSS string: every sign that could end it, as a code."""
    return "".join(
        char if char.isalnum() or char in " ,.·" else f"\\{ord(char):x} "
        for char in text
    )
