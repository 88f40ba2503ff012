"""How any text enters XML: letter for letter, its spaces kept."""

import re
from xml.sax.saxutils import escape, quoteattr

_FORBIDDEN = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_KEPT = re.compile(r"\n|\t|(?<= ) +|^ +")


def words(text: str) -> str:
    """Return a text as ODF prints it: a reader would merge its spaces else."""
    return _KEPT.sub(_shape, escape(_FORBIDDEN.sub("", text).replace("\r", "")))


def attribute(text: str) -> str:
    """Return a text as a quoted attribute."""
    return quoteattr(_FORBIDDEN.sub("", text))


def _shape(found: re.Match[str]) -> str:
    if found[0] == "\n":
        return "<text:line-break/>"
    if found[0] == "\t":
        return "<text:tab/>"
    return f'<text:s text:c="{len(found[0])}"/>'
