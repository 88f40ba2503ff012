"""Pictures that a document may show: JPEGs given by their name, nothing else.

A writer never opens a file nor an address: what it was not given, it puts in words.
"""

import re

from diag.audit.report import Picture, Pictures
from diag.documents.escape import Md, inline
from diag.words.figures import french

_SOURCE = re.compile(r"photo:([0-9a-f]{64})")

_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers of a JPEG that hold its size."""


def image_of(sha: str, words: str) -> Md:
    """Return an attachment as our Markdown shows it; its words are its caption."""
    return Md(f"![{inline(french(words))}](photo:{sha})")


def resolved(source: str, pictures: Pictures) -> Picture | None:
    """Return the picture that an image names; None for anything else than ours."""
    named = _SOURCE.fullmatch(source)
    if named is None or named[1] not in pictures:
        return None
    data = pictures[named[1]]
    size = _size(data)
    return Picture(data, *size) if size else None


def _size(data: bytes) -> tuple[int, int] | None:
    """Return the width and the height of a JPEG; None when it is not one."""
    at = 2
    while data[:2] == b"\xff\xd8" and data[at : at + 1] == b"\xff":
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4])
        if marker in _FRAMES:
            high, wide = data[at + 5 : at + 7], data[at + 7 : at + 9]
            size = int.from_bytes(wide), int.from_bytes(high)
            return size if all(size) else None
        at += 2 + length
    return None
