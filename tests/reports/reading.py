"""Reading a document back, as its reader sees it."""

from collections.abc import Iterable

from markdown_it.token import Token

from diag.documents.document import inline_text


def text_of(tokens: Iterable[Token]) -> str:
    """Return the text that a reader sees in these tokens, one line per block."""
    return "\n".join(inline_text(token) for token in tokens if token.type == "inline")
