"""How our Markdown is read: one configuration for every writer.

No raw HTML, no guessed links, no replaced letters: `(c)` stays `(c)`.
"""

from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin


@cache  # 1 ms to build, and it keeps nothing of what it reads
def document_parser() -> MarkdownIt:
    """Return a parser of our documents: CommonMark, tables, alerts, definitions."""
    options = {"html": False, "alerts": True, "tasklists": True, "xhtmlOut": False}
    parser = MarkdownIt("commonmark", options)
    parser.enable(["table", "strikethrough"])
    return parser.use(deflist_plugin).use(footnote_plugin, inline=False)


def inline_text(token: Token) -> str:
    """Return the text of one inline token; a line break reads as a line feed."""
    return "".join(_letters(child) for child in token.children or ())


def _letters(token: Token) -> str:
    if token.type in {"softbreak", "hardbreak"}:
        return "\n"
    return token.content
