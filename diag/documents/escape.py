"""How text that people typed enters Markdown: it comes out letter for letter.

Three contexts: `inline` (a title, a table cell, an item), `block` (paragraphs and line
breaks kept), and `Md`, which marks our own Markdown. Escaping is minimal, so that
« L'école n° 5 » stays readable in the source.
"""

import re


class Md(str):
    """Markdown of our own making: never escaped again."""

    __slots__ = ()


ANYWHERE = r"[\\`*\[\]|~]|(?<![^\W_])_|_(?![^\W_])|<(?![ =])|&(?=[#A-Za-z])"
"""Signs that mean something wherever they stand."""

LINE_START = r"^(?:[:>]|#(?=#*(?:\s|$))|[-+](?=\s|$)|-(?=[-\s]*$)|=(?==*\s*$))"
"""Signs that mean something at the start of a line: `# `, `> `, `: `, `- `, `===`."""

NUMBERED = r"^\d{1,9}(?=[.)](?:\s|$))"
"""What a line must not start with: « 1. » would begin a list."""

LINE_END = r"#$"
"""What a title must not end with: Markdown drops its closing signs."""

_SIGNS = re.compile(f"{LINE_START}|{ANYWHERE}|{LINE_END}")
_NUMBERED = re.compile(NUMBERED)
_LINE_BREAK = re.compile(r"\r\n?|[\n\v\f\x1c-\x1e\x85\u2028\u2029]")

_UNSAFE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff]"
)


def one_line(text: str) -> str:
    """Return what `inline` prints: one line, without control or bidi characters."""
    spaced = _LINE_BREAK.sub(" ", text).replace("\t", " ")
    return _UNSAFE.sub("", spaced).strip()


def paragraphs(text: str) -> list[list[str]]:
    """Return what `block` prints: the lines of each paragraph, cleaned."""
    found: list[list[str]] = [[]]
    for line in map(one_line, _LINE_BREAK.split(text)):
        if line:
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return [lines for lines in found if lines]


def inline(text: str) -> Md:
    """Return `text` on one line, each sign that Markdown would read disarmed."""
    return Md(_disarmed(one_line(text)))


def block(text: str, indent: int = 0) -> Md:
    """Return `text` with its paragraphs and line breaks, to stand on its own lines.

    `indent` is the width of the item that holds it: lines after the first get it.
    """
    margin = "\n" + " " * indent
    written = (
        ("\\" + margin).join(map(_disarmed, lines)) for lines in paragraphs(text)
    )
    return Md(("\n" + margin).join(written))


def code(text: str) -> Md:
    """Return `text` as code: a rule, an id; as plain text where code cannot hold it."""
    line = one_line(text)
    return inline(line) if re.search(r"[`|]|^$", line) else Md(f"`{line}`")


def link(url: str) -> Md:
    """Return a web address as a link, and anything else as plain text."""
    address = one_line(url)
    if re.fullmatch(r"https?://[^\s<>|\\`]+", address):
        return Md(f"<{address}>")
    return inline(address)


def _disarmed(line: str) -> str:
    line = _SIGNS.sub(r"\\\g<0>", line)
    return _NUMBERED.sub(r"\g<0>\\", line)
