"""Headers on the wire: ASCII, short lines, nothing that a text could add to them.

Python folds most headers well, not all: what people typed is encoded here.
"""

import re
from collections.abc import Iterator
from email.policy import SMTP
from typing import Any

WIDTH = 76
"""Longest line written, its end excluded."""

_WORD = WIDTH - len("=?utf-8?q??=") - 1
"""Room inside one encoded word on a continuation line, RFC 2047."""

_PLAIN = re.compile(r"[A-Za-z0-9]+(?:[ ,:;()'_/-]{0,2}[A-Za-z0-9]+)*\.?")
"""Texts that no reader takes for anything else; doubled blanks are not among them."""

_NAME = re.compile(r"[A-Za-z0-9]+(?: [A-Za-z0-9]+)*")
"""Names that need no quotes."""

_FREE = frozenset(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/"
)
"""Bytes that stand for themselves in an encoded word, a person's name included."""

_BARE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_")
"""Bytes that stand for themselves in a file's name."""


class Wired(str):
    """A header's value, already as it goes on the wire: no policy touches it.

    `EmailPolicy` takes a value that names its header as it is, and has it fold itself.
    """

    __slots__ = ("name",)

    name: str
    """The header that it is the value of."""

    @classmethod
    def of(cls, name: str, lines: str) -> "Wired":
        """Return the value of a header, its continuation lines told by line feeds."""
        made = cls(lines.replace("\n", "\r\n"))
        made.name = name
        return made

    def fold(self, *, policy: Any = SMTP) -> str:
        """Return the header's lines."""
        return f"{self.name}: {self}" + str(policy.linesep)


def words(text: str, *, first: int) -> str:
    """Return one line of free text, as it stands or as encoded words.

    `first` is how much of the first line is taken already.
    """
    if len(text) <= WIDTH - first and "  " not in text and _PLAIN.fullmatch(text):
        return text
    return _encoded(text, first)


def mailbox(name: str, address: str, *, first: int) -> str:
    """Return `name <address>`; the address is ASCII, checked by who gives it."""
    if not name:
        return address
    told = name if _NAME.fullmatch(name) and len(name) < _WORD else ""
    told = told or _encoded(name, first)
    last = len(told.rpartition("\n")[2])
    gap = "\n " if last + len(address) + 3 > WIDTH - first else " "
    return f"{told}{gap}<{address}>"


def parameter(name: str, text: str) -> str:
    """Return `; name=value` of a MIME header, on lines of its own (RFC 2231)."""
    room = WIDTH - len(f" {name}*00*=;")
    if all(byte in _BARE for byte in text.encode()) and 0 < len(text) <= room:
        return f';\n {name}="{text}"'
    escaped = [_percent(char) for char in text]
    pieces = list(_packed(["utf-8''", *escaped], room))
    if len(pieces) == 1:
        return f";\n {name}*={pieces[0]}"
    return "".join(f";\n {name}*{at}*={piece}" for at, piece in enumerate(pieces))


def _encoded(text: str, first: int) -> str:
    """Return a text as encoded words, none of which cuts a character."""
    quoted = [_quoted(char) for char in text]
    pieces = list(_packed(quoted, _WORD, first=max(_WORD - first, 12)))
    return "\n ".join(f"=?utf-8?q?{piece}?=" for piece in pieces)


def _packed(pieces: list[str], room: int, *, first: int = 0) -> Iterator[str]:
    line, left = "", first or room
    for piece in pieces:
        if line and len(piece) > left:
            yield line
            line, left = "", room
        line += piece
        left -= len(piece)
    yield line


def _quoted(char: str) -> str:
    if char == " ":
        return "_"
    return "".join(
        chr(byte) if byte in _FREE else f"={byte:02X}" for byte in char.encode()
    )


def _percent(char: str) -> str:
    return "".join(
        chr(byte) if byte in _BARE else f"%{byte:02X}" for byte in char.encode()
    )
