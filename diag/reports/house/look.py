"""How documents look: one accent, a logo. Knows no file."""

from base64 import b64encode
from dataclasses import dataclass

ACCENT, TINT = "#1a5c6b", "#eef5f6"
"""The colours of the shipped look, as its sheets write them."""


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture read, bounded and written again: nothing of the file survives."""

    data: bytes
    kind: str
    """`png` or `svg`."""
    width: int
    height: int
    words: str
    """What it is, for who does not see it."""

    @property
    def mime(self) -> str:
        """Its media type."""
        return "image/svg+xml" if self.kind == "svg" else "image/png"

    @property
    def address(self) -> str:
        """The picture itself, as an address."""
        return f"data:{self.mime};base64,{b64encode(self.data).decode('ascii')}"


@dataclass(frozen=True, slots=True)
class Look:
    """The accent of a document, the pale colour under its boxes, and a logo."""

    accent: str = ACCENT
    tint: str = TINT
    logo: Logo | None = None

    def coloured(self, sheet: str) -> str:
        """Return a sheet of the shipped look in the colours of this one."""
        return sheet.replace(TINT, self.tint).replace(ACCENT, self.accent)


SHIPPED = Look()
"""The look of who chose none."""
