"""A Markdown document as one HTML file: nothing fetched, readable aloud, printable."""

from collections.abc import Sequence
from functools import cache
from html import escape
from pathlib import Path

from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from diag.audit.report import NONE, Picture, Pictures
from diag.documents.document import (
    Document,
    document_parser,
    inline_text,
    read_document,
)
from diag.documents.drawings import drawn
from diag.documents.pictures import resolved
from diag.model.charter import SHIPPED, Logo, Look

Tokens = Sequence[Token]


PICTURES = "pictures"
"""Under what name a page's environment holds the pictures that it may show."""


class Renderer(RendererHTML):
    """Our tokens as HTML: each rule bears the name of the token that it writes."""

    def table_open(
        self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        """Open a table that scrolls by itself, under its caption and its drawing."""
        token = tokens[idx]
        anchor, caption = str(token.meta["anchor"]), token.meta.get("caption")
        said = self.renderInline(caption, options, env) if caption else "Tableau"
        return (
            f"{_figure(tokens[idx:], anchor)}"
            f'<div class="table" role="region" aria-labelledby="{anchor}" '
            f'tabindex="0">\n<table>\n<caption id="{anchor}">{said}</caption>\n'
        )

    def table_close(
        self, _tokens: Tokens, _idx: int, _options: OptionsDict, _env: EnvType
    ) -> str:
        """Close a table and what scrolls it."""
        return "</table>\n</div>\n"

    def dt_open(
        self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        """Open a term, and the group that holds it and what is said of it."""
        return f"<div>{self.renderToken(tokens, idx, options, env)}"

    def dd_close(
        self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        """Close what is said of a term, and their group after the last of it."""
        closed = self.renderToken(tokens, idx, options, env)
        return closed if tokens[idx + 1].type == "dd_open" else f"{closed}</div>\n"

    def paragraph_open(
        self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        """Open a paragraph, or the figure that a picture alone makes of it."""
        if _is_figure(tokens[idx + 1], env):
            return '<figure class="photo">'
        return self.renderToken(tokens, idx, options, env)

    def paragraph_close(
        self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        """Close a paragraph or a figure."""
        if _is_figure(tokens[idx - 1], env):
            return "</figure>\n"
        return self.renderToken(tokens, idx, options, env)

    def image(
        self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        """Write a picture that we were given; of any other, the words: none is fetched.

        A picture's words are its alternative, and its caption for who sees it.
        """
        said = self.renderInlineAsText(tokens[idx].children, options, env).strip()
        words = escapeHtml(said or "image sans description")
        picture = _picture(tokens[idx], env)
        if picture is None:
            return f'<span class="image">[{words}]</span>'
        shown = (
            f'<img alt="{words}" src="{picture.address}" '
            f'width="{picture.width}" height="{picture.height}">'
        )
        alone = len(tokens) == 1
        return f"{shown}<figcaption>{words}</figcaption>" if alone else shown


def _picture(image: Token, env: EnvType) -> Picture | None:
    return resolved(str(image.attrs.get("src", "")), env.get(PICTURES, NONE))


def _is_figure(inline: Token, env: EnvType) -> bool:
    """Say whether a paragraph is a picture that we were given, and nothing else."""
    inside = inline.children or []
    alone = [one.type for one in inside] == ["image"]
    return alone and _picture(inside[0], env) is not None


def _figure(tokens: Tokens, anchor: str) -> str:
    """Return a table as a drawing; nothing for most tables."""
    found = drawn(_rows(tokens))
    if found is None:
        return ""
    return (
        f'<figure class="drawing">{found.svg(anchor)}'
        f"<figcaption>{escapeHtml(found.legend)}</figcaption></figure>\n"
    )


def _rows(tokens: Tokens) -> list[list[str]]:
    rows: list[list[str]] = []
    for token in tokens:
        if token.type == "table_close":
            break
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(inline_text(token))
    return rows


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
