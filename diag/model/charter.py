"""What a syndicat made its own, ready for the documents; and what was refused of it."""

from base64 import b64encode
from dataclasses import dataclass, field

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
    """What it is, for a reader who does not see it."""

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
"""The look when none was chosen."""


@dataclass(frozen=True)
class House:
    """A syndicat's own templates, look and words; nothing of it by default."""

    templates: tuple[tuple[str, str], ...] = ()
    """File name → Jinja source, in the order of the names."""
    look: Look = SHIPPED
    name: str = ""
    """How the syndicat signs; empty: as in the settings."""
    contact: str = ""
    """What is added to the contacts, its lines kept."""
    closing: str = ""
    """The last words, before the line at the foot."""
    notices: tuple[str, ...] = ()
    """What of its charter could not be followed, in French."""
    refused: dict[str, str] = field(default_factory=dict, compare=False)
    """Document → why its own template was not used; filled as documents are made."""
    replaced: dict[str, str] = field(default_factory=dict, compare=False)
    """Document → what its own template takes the place of; filled so too."""

    def explain(self, *documents: str) -> str:
        """Return why these documents are not as asked; nothing when all is well."""
        told = (self.refused, self.replaced)
        words = (each.get(one, "") for one in documents for each in told)
        return "\n".join(dict.fromkeys(filter(None, (*self.notices, *words))))


PLAIN = House()
"""Nothing of one's own."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """The office that hands the document over, and how to reach it."""

    name: str
    """The syndicat, as it signs."""
    phone: str = ""
    email: str = ""
    house: House = PLAIN
    """What it made its own in the documents."""
