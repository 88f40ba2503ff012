"""The shipped templates, and how any template becomes Markdown."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

from diag.reports.layout import written
from diag.words.typography import french

FOLDER = Path(__file__).parent / "templates"
"""The shipped templates."""
SHIPPED_LOADER = FileSystemLoader(FOLDER)


class Typographer(Extension):
    """Gives the templates' own prose its French spaces, once, when they compile."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """Go through the tokens; only prose changes."""
        for token in stream:
            prose = token.type == "data"
            yield Token(token.lineno, "data", french(token.value)) if prose else token


@cache
def environment() -> Environment:
    """Return the templates, whose every expression is escaped unless it is ours."""
    return Environment(
        autoescape=False,  # noqa: S701 - Markdown, not HTML: `finalize` escapes
        extensions=[Typographer],
        finalize=written,
        keep_trailing_newline=True,
        loader=SHIPPED_LOADER,
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
