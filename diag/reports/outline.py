"""The headings of a document: one h1, no level skipped, an address for each."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from markdown_it.token import Token

from diag.reports.parser import inline_text


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading, where it stands and how to reach it."""

    level: int
    anchor: str
    text: str


def outlined(tokens: Iterable[Token]) -> list[Heading]:
    """Give every heading a sound level and an anchor, in place; return them."""
    found: list[Heading] = []
    tokens = list(tokens)
    for rank, token in enumerate(tokens):
        if token.type == "heading_open":
            text = inline_text(tokens[rank + 1])
            level = _level(int(token.tag[1:]), found)
            heading = Heading(level, _anchor(text, found), text)
            token.tag = tokens[rank + 2].tag = f"h{level}"
            token.attrSet("id", heading.anchor)
            found.append(heading)
    return found


def _level(wanted: int, before: list[Heading]) -> int:
    """Return the level nearest to `wanted` that neither skips nor doubles the h1."""
    if not before:
        return 1
    return min(max(wanted, 2), before[-1].level + 1)


def _anchor(text: str, before: list[Heading]) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "partie"
    taken = {heading.anchor for heading in before}
    rank, anchor = 1, slug
    while anchor in taken:
        rank += 1
        anchor = f"{slug}-{rank}"
    return anchor
