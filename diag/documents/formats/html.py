"""A document as one HTML file: nothing fetched, readable aloud, printable."""

from collections.abc import Sequence
from functools import cache
from html import escape
from pathlib import Path

from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from diag.audit.report import NONE
from diag.documents.blocks import Picture, resolved
from diag.documents.document import CARDS, MANY, Document, parser

Tokens = Sequence[Token]

PICTURES = "pictures"
"""Under what name a page's environment holds the pictures that it may show."""


class Renderer(RendererHTML):
    """Our tokens as HTML: each rule bears the name of the token that it writes."""

    def table_open(
        self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        """Open a table under its caption; under its drawing, it unfolds."""
        meta = tokens[idx].meta
        anchor, caption, drawing = meta["anchor"], meta.get("caption"), meta["drawing"]
        words = self.renderInline(caption, options, env) if caption else "Tableau"
        columns = meta["columns"]
        many = " many" if columns >= MANY else ""
        shape = f' class="cards{many}"' if columns >= CARDS else ""
        drawn = ""
        if drawing:
            lines = "".join(f"<li>{escapeHtml(one)}</li>" for one in drawing.lacks)
            narrow = f'<ul class="narrow">{lines}</ul>'
            if drawing.narrow:
                svg = drawing.svg(f"{anchor}-etroit", drawing.narrow)
                narrow = f'<div class="narrow">{svg}</div>'
            drawn = (
                f'<figure class="drawing"><figcaption><strong>'
                f"{escapeHtml(drawing.title)}</strong> {escapeHtml(drawing.legend)}"
                f'</figcaption><div class="wide">{drawing.svg(anchor)}</div>{narrow}'
                "</figure>\n<details><summary>Les nombres, en tableau</summary>\n"
            )
        return (
            f'{drawn}<div class="table" role="region" aria-labelledby="{anchor}" '
            f'tabindex="0">\n<table{shape}>\n<caption id="{anchor}">{words}</caption>\n'
        )

    def table_close(
        self, tokens: Tokens, idx: int, _options: OptionsDict, _env: EnvType
    ) -> str:
        """Close a table, what scrolls it, and what unfolds it."""
        unfolded = "</details>\n" if tokens[idx].meta["drawing"] else ""
        return f"</table>\n</div>\n{unfolded}"

    def dt_open(
        self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        """Open a term, and the group that holds it and its definitions."""
        return f"<div>{self.renderToken(tokens, idx, options, env)}"

    def dd_close(
        self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        """Close a definition, and its group after the last one."""
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
        text = self.renderInlineAsText(tokens[idx].children, options, env).strip()
        words = escapeHtml(text or "image sans description")
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
    """Return whether a paragraph is a picture that we were given, and nothing else."""
    inside = inline.children or []
    alone = [one.type for one in inside] == ["image"]
    return alone and _picture(inside[0], env) is not None


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


def write_html(document: Document) -> tuple[bytes, str]:
    """Return a standalone page: same document, same bytes; nothing is left out."""
    pages, look, foot = document.pages, document.look, document.foot
    renderer, options = Renderer(), parser().options
    env = {PICTURES: document.pictures}
    logo = ""
    if look.logo:
        logo = (
            f'<img class="logo" alt="{escape(look.logo.words)}" '
            f'src="{look.logo.address}" width="{look.logo.width}" '
            f'height="{look.logo.height}">\n'
        )
    links = [
        f'<li><a href="#{heading.anchor}">{escape(heading.text)}</a></li>\n'
        for heading in pages.parts
    ]
    summary = ""
    if links:
        summary = (
            '<nav aria-labelledby="sommaire">\n<p id="sommaire">Sommaire</p>\n'
            f"<ol>\n{''.join(links)}</ol>\n</nav>\n"
        )
    # In a string of the style sheet: every sign that could end it, as a code.
    css_foot = "".join(
        sign if sign.isalnum() or sign in " ,.·" else f"\\{ord(sign):x} "
        for sign in foot
    )
    page = _PAGE.format(
        policy=_POLICY,
        title=escape(document.title),
        style=look.coloured(_style()) + (_LOGO_STYLE if look.logo else ""),
        foot=css_foot,
        watermark=_WATERMARK if document.meta.provisional else "",
        logo=logo,
        head=renderer.render(pages.head, options, env),
        first_page=renderer.render(pages.first_page, options, env),
        summary=summary,
        body=renderer.render(pages.body, options, env),
        running=escape(foot),
    )
    return page.encode("utf-8"), ""


_WATERMARK = '<p class="watermark" aria-hidden="true">provisoire</p>\n'

_LOGO_STYLE = """
.logo { float: right; margin: 0 0 0.75rem 1.5rem; width: auto; height: auto; }
.logo { max-width: 12rem; max-height: 4rem; }"""


@cache
def _style() -> str:
    return Path(__file__).with_name("report.css").read_text(encoding="utf-8").strip()
