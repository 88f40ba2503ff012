"""`overlay/charte.yaml`: how a syndicat signs its documents, with what cannot serve.

Its look, its words and its templates are read here, ready for the documents.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from diag.checklist.overlay import CHARTER
from diag.checklist.source import MAX_BYTES, Scalar, read_source, spot_of
from diag.workspace.picture import Logo, LogoError, read_logo
from diag.workspace.workspace import Workspace

MAX_WORDS = {"name": 120, "logo_alt": 200, "contact": 1000, "closing": 1000}
"""Longest text of each key."""

KEYS = ("accent", "logo", *MAX_WORDS)
"""What a charter may hold."""


ACCENT, TINT = "#1a5c6b", "#eef5f6"
"""The colours of the shipped look, as its sheets write them."""


@dataclass(frozen=True, slots=True)
class Look:
    """The accent of a document, the pale colour under its boxes, and a logo."""

    accent: str = ACCENT
    tint: str = TINT
    logo: Logo | None = None

    def coloured(self, sheet: str) -> str:
        """Return a sheet of the shipped look in the colours of this one."""
        return sheet.replace(TINT, self.tint).replace(ACCENT, self.accent)


SHIPPED_LOOK = Look()
"""The look when none was chosen."""


@dataclass(frozen=True)
class House:
    """A syndicat's own templates, look and words; nothing of it by default."""

    templates: tuple[tuple[str, str], ...] = ()
    """File name → Jinja source, in the order of the names."""
    look: Look = SHIPPED_LOOK
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


def charter_of(overlay: Path) -> House:
    """Return what a charter gives; whatever cannot be followed is in its notices."""
    path = overlay / CHARTER
    if not path.is_file():
        return House()
    reader = _CharterReader(f"{overlay.name}/{CHARTER}")
    told = reader.read(path)
    look = Look()
    if "accent" in told:
        look = reader.accented(look, told["accent"].lower())
    if "logo" in told:
        name = told.get("name", "")
        words = told.get("logo_alt") or (f"Logo : {name}" if name else "Logo")
        look = reader.with_logo(look, overlay, told["logo"], words)
    return House(
        look=look,
        name=told.get("name", "").replace("\n", " ").strip(),
        contact=told.get("contact", "").strip(),
        closing=told.get("closing", "").strip(),
        notices=tuple(reader.notices),
    )


class _CharterReader:
    """Reads one charter; collects its notices."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.notices: list[str] = []
        self._line: Callable[[str], int] = lambda _key: 1

    def read(self, path: Path) -> dict[str, str]:
        """Return the texts of the charter by key."""
        try:
            with path.open("rb") as file:
                source = read_source(self.file, file.read(MAX_BYTES + 1))
        except OSError as error:
            self.notices.append(f"{self.file} : lecture impossible ({error.strerror}).")
            return {}
        self.notices += map(str, source.problems)
        root = source.root
        if root is None:
            return {}
        self._line = lambda key: spot_of(root, key).line
        told = {}
        for key, node in root.nodes.items():
            if key not in KEYS:
                self._notice(key, f"clé inconnue (admises : {', '.join(KEYS)}).")
            elif not isinstance(node, Scalar) or not isinstance(node.value, str):
                self._notice(key, "un texte est attendu, entre guillemets.")
            elif len(node.value) > MAX_WORDS.get(key, 200):
                self._notice(key, f"plus de {MAX_WORDS.get(key, 200)} signes.")
            else:
                told[key] = node.value
        return told

    def accented(self, look: Look, accent: str) -> Look:
        """Return a look with this accent, if everyone can read it."""
        if not _COLOUR.fullmatch(accent):
            self._notice("accent", 'écrivez une couleur ainsi : "#1a5c6b".')
            return look
        tint = pale(accent)
        found = min(contrast(accent, WHITE), contrast(accent, tint))
        if found < READABLE:
            ratio = f"{int(found * 10) / 10:.1f}".replace(".", ",")
            self._notice(
                "accent",
                f"{accent} se lit mal sur fond clair : contraste de {ratio} pour 1, "
                "4,5 au moins. Prenez une couleur plus foncée. La couleur livrée sert.",
            )
            return look
        return replace(look, accent=accent, tint=tint)

    def with_logo(self, look: Look, overlay: Path, name: str, words: str) -> Look:
        """Return a look with a logo, if it can be shown."""
        try:
            return replace(look, logo=read_logo(overlay, name, words))
        except LogoError as error:
            self._notice(
                "logo", f"« {name} » : {error} Les documents n'ont pas de logo."
            )
            return look

    def _notice(self, key: str, what: str) -> None:
        self.notices.append(f"{self.file}, ligne {self._line(key)}, {key} : {what}")


FOLDER = "modeles"
"""Folder of the overlay that holds templates."""

SHIPPED = Path(__file__).parents[1] / "documents" / "templates"
"""Folder of the templates that the program brings: names and texts, no code."""

SUFFIX = ".md.jinja"
MAX_TEMPLATE = 256 * 1024
"""Heaviest template read."""

_MARKED = (".png", ".jpg", ".jpeg", ".svg", ".yaml")


def templates_folder(workspace: Workspace) -> Path:
    """Return the folder of one's own templates, there or not."""
    return workspace.overlay / FOLDER


def office_of(workspace: Workspace) -> Issuer:
    """Return who hands the documents over, and what they made their own."""
    house, settings = house_of(workspace), workspace.settings
    name = house.name or settings.syndicat
    return Issuer(name, settings.phone, settings.email, house)


def house_of(workspace: Workspace) -> House:
    """Return the templates and the charter of a workspace's overlay, read anew."""
    overlay = workspace.overlay
    if not overlay.is_dir():
        return House()
    mark = sha256()
    for path in sorted(overlay.iterdir()):
        if path.suffix.lower() in _MARKED and path.is_file():
            stat = path.stat()
            mark.update(f"{path.name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    charter = _charter(overlay, mark.hexdigest())
    templates, notices = own_templates(overlay / FOLDER)
    return House(
        templates=templates,
        look=charter.look,
        name=charter.name,
        contact=charter.contact,
        closing=charter.closing,
        notices=(*charter.notices, *notices),
    )


def own_templates(
    folder: Path,
) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """Return the templates of a folder, and a sentence for each that is not read."""
    found: list[tuple[str, str]] = []
    notices = []
    # A pipe would be waited for.
    for path in sorted(each for each in folder.glob("*.jinja") if each.is_file()):
        place = f"overlay/{FOLDER}/{path.name}"
        if not (SHIPPED / path.name).is_file():
            notices.append(
                f"{place} : aucun modèle livré ne porte ce nom ; il ne sert pas. "
                "Voyez les noms : diag templates list."
            )
            continue
        try:
            with path.open("rb") as file:
                raw = file.read(MAX_TEMPLATE + 1)
            if len(raw) > MAX_TEMPLATE:
                notices.append(f"{place} : plus de 256 Kio ; il ne sert pas.")
                continue
            text = raw.decode("utf-8-sig").replace("\r\n", "\n")
        except (OSError, UnicodeDecodeError):
            notices.append(
                f"{place} : lecture impossible, ou pas en UTF-8 ; il ne sert pas."
            )
            continue
        found.append((path.name, text))
    return tuple(found), tuple(notices)


@lru_cache(maxsize=4)  # decoding a logo costs 20 ms, an export makes hundreds
def _charter(overlay: Path, mark: str) -> House:  # noqa: ARG001 - the mark is the key
    return charter_of(overlay)


READABLE = 4.5
"""Least contrast of a text with what is behind it (WCAG 1.4.3)."""

WHITE = "#ffffff"
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_PALE = 0.08
_KNEE = 0.04045


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def pale(colour: str) -> str:
    """Return what stands behind a box of this colour: almost white."""
    mixed = (round(255 - (255 - part) * _PALE) for part in _parts(colour))
    return "#" + "".join(f"{part:02x}" for part in mixed)


def _luminance(colour: str) -> float:
    shares = (part / 255 for part in _parts(colour))
    red, green, blue = (
        part / 12.92 if part <= _KNEE else float(((part + 0.055) / 1.055) ** 2.4)
        for part in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
