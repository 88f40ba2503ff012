"""Pages from templates: every text escaped for HTML, typeset, without hidden signs.

The style and the script stand inside each page, allowed by their hash alone: a page
opens from a disk as from a server, and runs nothing that anybody else wrote.
"""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from diag.reports.escape import one_line
from diag.reports.templating import Typographer
from diag.words.typography import french

_HERE = Path(__file__).parent


@cache
def environment() -> Environment:
    """Return the templates; what is no markup of ours is escaped."""
    return Environment(
        autoescape=True,
        extensions=[Typographer],
        finalize=_typeset,
        keep_trailing_newline=True,
        loader=FileSystemLoader(_HERE / "templates"),
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )


@cache
def style() -> Markup:
    """Return the sheet of every page."""
    return _own("atlas.css")


@cache
def script() -> Markup:
    """Return the filters of the list."""
    return _own("filters.js")


@cache
def policy(*, scripted: bool) -> str:
    """Return what a page may load: its own style, its own script, nothing else."""
    rules = [
        "default-src 'none'",
        f"style-src {_hash(style())}",
        *([f"script-src {_hash(script())}"] if scripted else []),
        "base-uri 'none'",
        "form-action 'none'",
    ]
    return "; ".join(rules)


def _own(name: str) -> Markup:
    """Return a file of ours as it stands; nobody's text ever enters it."""
    text = (_HERE / name).read_text(encoding="utf-8")
    return Markup(f"\n{text}")  # noqa: S704 - shipped beside this module


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _typeset(value: object) -> object:
    """Return a text on one line with French spaces; anything else as it is.

    A space at either end parts it from what the template writes there: it stays.
    """
    if type(value) is not str:  # markup of ours is a kind of text too
        return value
    said = french(one_line(value))
    before, after = " " * (value[:1] == " "), " " * (value[-1:] == " ")
    return f"{before}{said}{after}" if said else said
