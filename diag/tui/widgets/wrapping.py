"""Text cut in lines, never at a no-break space: Textual cuts there as at any other."""

from textual.content import Content

from diag.reports.typography import NBSP, NNBSP

_JOINED = {ord(NBSP): "\ufdd0", ord(NNBSP): "\ufdd1"}
"""No-break spaces stand in for characters that are no text, one for one."""
_PARTED = {ord(joined): chr(space) for space, joined in _JOINED.items()}


def wrapped(text: Content, width: int) -> list[Content]:
    """Return a text in lines of so many columns at most; one line at least."""
    joined = Content(text.plain.translate(_JOINED), spans=list(text.spans))
    return [
        Content(one.plain.translate(_PARTED), spans=list(one.spans))
        for one in joined.wrap(max(width, 1))
    ] or [Content("")]
