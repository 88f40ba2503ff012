"""A Markdown document made ready for any writer: its parts, its outline, its tables.

Every change is made on tokens, never on text that was already written.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from markdown_it.token import Token

from diag.reports.outline import Heading, outlined
from diag.reports.parser import document_parser, inline_text
from diag.words.typography import french

_SAFE_LINK = re.compile(r"https?://|mailto:|#", re.IGNORECASE)
_PARAGRAPH = ["paragraph_open", "inline", "paragraph_close"]
_PART = ("heading_open", "h2")
_PART_LEVEL = 2
_EM = {"em_open", "em_close"}
_BOXES = {
    "NOTE": "À noter",
    "TIP": "Conseil",
    "IMPORTANT": "Important",
    "WARNING": "Attention",
    "CAUTION": "Danger",
}


@dataclass(frozen=True, slots=True)
class Document:
    """What stands at the head, what follows, and the line at the foot."""

    head: list[Token]
    """The title and the block that says what this is, of what and from whom."""
    first_page: list[Token]
    """What must be read first: up to the last rule, else up to the first part."""
    body: list[Token]
    """The rest."""
    running: str
    """The italic line that closes the document, for the foot of every page."""
    outline: tuple[Heading, ...]

    @property
    def parts(self) -> tuple[Heading, ...]:
        """What a table of contents lists: nothing when a rule ends the document."""
        if not self.body:
            return ()
        return tuple(one for one in self.outline if one.level == _PART_LEVEL)


@lru_cache(maxsize=1)  # the forms of one document are written one after the other
def read_document(markdown: str) -> Document:
    """Return a document's parts, typeset, captioned and outlined.

    Every form of a document reads the same object: none may change it.
    """
    tokens = _boxed(_captioned(document_parser().parse(markdown)))
    _typeset(tokens)
    _headers(tokens)
    tokens, running = _without_running_line(tokens)
    outline = tuple(outlined(tokens))
    head = _end_of_head(tokens)
    rest = _end_of_first_page(tokens, head)
    return Document(tokens[:head], tokens[head:rest], tokens[rest:], running, outline)


def _without_running_line(tokens: list[Token]) -> tuple[list[Token], str]:
    """Return tokens without the closing line, wherever it stands, and that line."""
    kinds = [token.type for token in tokens]
    # Notes are told after everything, wherever they are called.
    end = kinds.index("footnote_block_open") if "footnote_block_open" in kinds else None
    last = tokens[:end][-3:]
    if not _is_wholly("em", last):
        return tokens, ""
    running = last[1].content
    repeated = {
        at + step
        for at, token in enumerate(tokens)
        if token.type == "inline" and token.content == running
        for step in (-1, 0, 1)
    }
    kept = [token for at, token in enumerate(tokens) if at not in repeated]
    return kept, inline_text(last[1])


def _typeset(tokens: list[Token]) -> None:
    """Give texts their French spaces, and leave no link that leads astray."""
    for child in (one for token in tokens for one in token.children or ()):
        if child.type == "text":
            child.content = french(child.content)
        elif child.type == "link_open" and not _SAFE_LINK.match(_target(child)):
            del child.attrs["href"]


def _target(link: Token) -> str:
    return str(link.attrGet("href"))


def _captioned(tokens: list[Token]) -> list[Token]:
    """Return tokens where an italic paragraph right before a table is its caption."""
    kept: list[Token] = []
    for token in tokens:
        if token.type == "table_open" and _is_wholly("em", kept[-3:]):
            token.meta["caption"] = _unwrapped(kept[-2])
            del kept[-3:]
        kept.append(token)
    return kept


def _unwrapped(token: Token) -> list[Token]:
    """Return what stands inside the emphasis of a wholly emphasised paragraph."""
    return [child for child in token.children or [] if child.type not in _EM]


def _boxed(tokens: list[Token]) -> list[Token]:
    """Return tokens where a box is titled by its bold first line, else by its kind."""
    kept: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        kept.append(token)
        at += 1
        if token.type == "alert_open":
            token.attrSet("role", "note")
            title, first = tokens[at : at + 3], tokens[at + 3 : at + 6]
            titled = _is_wholly("strong", first)
            title[1].children = first[1].children if titled else _kind(token)
            kept += title
            at += 6 if titled else 3
    return kept


def _kind(box: Token) -> list[Token]:
    kind = str(box.meta["kind"])
    return [Token("text", "", 0, content=_BOXES.get(kind, kind.capitalize()))]


def _headers(tokens: list[Token]) -> None:
    """Name each table, and make the first cell of a row the header of that row."""
    tables = 0
    for at, token in enumerate(tokens):
        if token.type == "table_open":
            tables += 1
            token.meta["anchor"] = f"tableau-{tables}"
        elif token.type == "th_open":
            token.attrSet("scope", "col")
        elif token.type == "td_open" and tokens[at - 1].type == "tr_open":
            token.tag = tokens[at + 2].tag = "th"
            token.attrSet("scope", "row")
        if token.attrs.pop("style", "") == "text-align:right":
            token.attrSet("class", "number")


def _is_wholly(emphasis: str, tokens: list[Token]) -> bool:
    """Say whether these tokens are one paragraph, emphasised from end to end."""
    if [token.type for token in tokens] != _PARAGRAPH:
        return False
    children = tokens[1].children or []
    kinds = [child.type for child in children if child.type != "text" or child.content]
    opening = f"{emphasis}_open"
    ends = kinds[:1] + kinds[-1:]
    return ends == [opening, f"{emphasis}_close"] and kinds.count(opening) == 1


def _end_of_head(tokens: list[Token]) -> int:
    """Return where the title and the definitions right after it end."""
    kinds = [token.type for token in tokens]
    if "heading_close" not in kinds:
        return 0
    titled = kinds.index("heading_close") + 1
    if kinds[titled : titled + 1] == ["dl_open"]:
        return kinds.index("dl_close", titled) + 1
    return titled


def _end_of_first_page(tokens: list[Token], head: int) -> int:
    """Return where the table of contents may stand without hiding what matters."""
    rules = [at + 1 for at, token in enumerate(tokens) if token.type == "hr"]
    parts = (at for at, one in enumerate(tokens) if (one.type, one.tag) == _PART)
    return max(head, rules[-1] if rules else next(parts, head))
