"""Pictures that anyone may have sent, photos and logos: bounded, written again bare.

What comes out of a photo is written from raw pixels, so that no metadata can survive:
neither where it was taken, nor with which phone, nor a thumbnail of what was cut off.
"""

import io
import re
import warnings
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from diag.model.errors import DiagError
from diag.model.text import file_words

if TYPE_CHECKING:
    from PIL import Image


MAX_BYTES = 60 * 1024 * 1024
"""Largest file read."""

MAX_PIXELS = 50_000_000
"""Largest picture decoded: a small file may claim a gigantic one."""

MAX_SIDE = 2048
"""Longest side kept, in pixels."""

QUALITY = 82
"""JPEG quality of what is kept."""

SHOWN_SIDE = 900
"""Longest side of a picture in a document, in pixels: sharp on 10 cm of paper."""

THUMBNAIL_SIDE = 320
"""Longest side of what travels before a picture: a screen of text shows no more."""

SHOWN_QUALITY = 70
"""JPEG quality in a document."""

SUFFIXES = frozenset({
    ".jpg",
    ".jpeg",
    ".png",
    ".webp",
    ".bmp",
    ".gif",
    ".tif",
    ".tiff",
    ".heic",
    ".heif",
    ".avif",
})
"""Names of the files that a folder of photos is searched for; some are refused."""

_FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF")
_BRAND = slice(4, 12)
_UNREAD = {
    b"ftypavif": "le format AVIF n'est pas lu. Enregistrez-la en JPEG.",
    b"ftypavis": "le format AVIF n'est pas lu. Enregistrez-la en JPEG.",
    b"JXL \r\n\x87\n": "le format JPEG XL n'est pas lu. Enregistrez-la en JPEG.",
    **dict.fromkeys(
        (
            *(b"ftypheic", b"ftypheix", b"ftypheim", b"ftypheis", b"ftypmif1"),
            *(b"ftyphevc", b"ftyphevx", b"ftyphevm", b"ftyphevs", b"ftypmsf1"),
        ),
        "le format HEIC n'est pas lu. Sur l'iPhone, choisissez Réglages, Appareil "
        "photo, Formats, « Le plus compatible », ou envoyez-vous la photo par "
        "courriel : elle arrive en JPEG.",
    ),
    **dict.fromkeys(
        (b"ftypisom", b"ftypmp42", b"ftypqt  "),
        "c'est une vidéo. Envoyez une photo.",
    ),
}
"""How a file that telephones write begins, past its length, to what is said of it."""
_EXIF, _TAKEN = 0x8769, 0x9003


class PictureError(DiagError):
    """A file that cannot be joined as a photo; with why and what to do."""


@dataclass(frozen=True, slots=True)
class DecodedPicture:
    """A picture ready to be kept."""

    name: str
    """Name of the file that it was read from, without its suffix."""
    data: bytes
    width: int
    height: int
    original: str
    """SHA-256 of the file, hex."""
    taken_at: str = ""
    """ISO local time that the camera wrote; empty when it did not."""
    mime: str = "image/jpeg"


def read_picture(path: Path) -> DecodedPicture:
    """Read, turn upright, reduce and clean a picture. Touches nothing: any thread may.

    Raises:
        PictureError: in French, when the file is no picture that can be joined.
    """
    raw = _read(path)
    try:
        return decode_picture(raw, file_words(path.stem))
    except PictureError as error:
        raise PictureError(f"{file_words(path.name)} : {error}") from error


def decode_picture(raw: bytes, name: str) -> DecodedPicture:
    """Do the same with the bytes of a picture.

    Raises:
        PictureError: in French, when they are no picture that can be joined.
    """
    try:
        image, taken_at = _decode(raw)
        data = _encode(image)
    except PictureError:
        raise
    except Exception as error:  # decoders of hostile bytes fail in many ways
        raise PictureError(
            _UNREAD.get(raw[_BRAND])
            or "ce n'est pas une image lisible, ou elle est abîmée. Rien n'a été "
            "joint. Reprenez la photo, ou transférez-la à nouveau."
        ) from error
    return DecodedPicture(
        name=name,
        data=data,
        width=image.width,
        height=image.height,
        original=sha256(raw).hexdigest(),
        taken_at=taken_at,
    )


def reduced(data: bytes, side: int = SHOWN_SIDE) -> bytes:
    """Return a kept picture no larger than `side`, as documents show it.

    The same bytes each time, with the same Pillow.

    Raises:
        PictureError: when the bytes are no picture.
    """
    try:
        image, _ = _decode(data)
        image.thumbnail((side, side))
        return _encode(image, SHOWN_QUALITY)
    except PictureError:
        raise
    except Exception as error:  # decoders of damaged bytes fail in many ways
        raise PictureError("ce n'est pas une image lisible.") from error


def thumbnail(data: bytes) -> bytes:
    """Return a kept picture as it is shown before it has come whole: some 15 kB."""
    return reduced(data, THUMBNAIL_SIDE)


def _read(path: Path) -> bytes:
    try:
        if not path.is_file():
            kind = "c'est un dossier" if path.is_dir() else "fichier introuvable"
            raise PictureError(f"{file_words(path)} : {kind}. Vérifiez le chemin.")
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise PictureError(
                f"{file_words(path.name)} : {size // 2**20} Mo, {MAX_BYTES // 2**20} "
                "admis. Envoyez une photo, pas une vidéo ni un fichier brut."
            )
        return path.read_bytes()
    except (OSError, ValueError) as error:  # a path with a NUL is a ValueError
        reason = getattr(error, "strerror", None) or "chemin impossible"
        raise PictureError(
            f"{file_words(path)} : lecture impossible ({reason})."
        ) from error


def _decode(raw: bytes) -> tuple["Image.Image", str]:
    from PIL import Image, ImageOps  # noqa: PLC0415 - 60 ms

    too_large = PictureError(
        f"l'image annonce plus de {MAX_PIXELS // 1_000_000} millions de pixels. "
        "Rien n'a été joint. Reprenez-la avec une définition ordinaire."
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it would be written over the screen
        image = _open(raw, _FORMATS, too_large)
        taken_at = ""
        with suppress(Exception):  # a tag that cannot be read is not there
            told = str(image.getexif().get_ifd(_EXIF)[_TAKEN])
            taken_at = datetime.strptime(told, "%Y:%m:%d %H:%M:%S").isoformat()  # noqa: DTZ007 - local, as the camera says
        image.draft("RGB", (MAX_SIDE, MAX_SIDE))
        image.load()
        with suppress(Exception):  # a faulty tag: the picture lies on its side
            image = ImageOps.exif_transpose(image)
        image.thumbnail((MAX_SIDE, MAX_SIDE))
        if image.has_transparency_data:
            layer = image.convert("RGBA")
            white = Image.new("RGBA", layer.size, "white")
            image = Image.alpha_composite(white, layer)
        return image.convert("RGB"), taken_at


def _open(raw: bytes, formats: tuple[str, ...], too_large: DiagError) -> "Image.Image":
    """Open a picture; its size is read before it is decoded.

    Raises:
        DiagError: `too_large`, so.
    """
    # 60 ms: only who joins a photo, or has a logo, pays for it.
    from PIL import (  # noqa: PLC0415
        Image,
        TiffImagePlugin,  # noqa: F401 - registers its format
        WebPImagePlugin,  # noqa: F401
    )

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    with warnings.catch_warnings():
        # Pillow warns between once and twice the limit: the size is checked below.
        warnings.simplefilter("ignore")
        try:
            image: Image.Image = Image.open(io.BytesIO(raw), formats=formats)
        except Image.DecompressionBombError as error:
            raise too_large from error
    if image.width * image.height > MAX_PIXELS:
        raise too_large
    return image


def _encode(image: "Image.Image", quality: int = QUALITY) -> bytes:
    from PIL import Image  # noqa: PLC0415 - 60 ms

    bare = Image.frombytes("RGB", image.size, image.tobytes())
    written = io.BytesIO()
    bare.save(written, "JPEG", quality=quality, optimize=True)
    return written.getvalue()


# What could reach out, run, or grow (scripts, images, uses, styles, texts whose fonts
# are not there) is refused with its name; what drawing programs add for themselves is
# left.
MAX_ELEMENTS = 5_000
"""More is a map, not a logo."""

MAX_DEPTH = 40
_SVG = "{http://www.w3.org/2000/svg}"
_LINK = "{http://www.w3.org/1999/xlink}href"

_SHAPES = frozenset({
    "svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon",
    "defs", "linearGradient", "radialGradient", "stop", "clipPath",
})  # fmt: skip

_LEFT = frozenset({"title", "desc", "metadata"})
_NAME = re.compile(r"[A-Za-z][\w-]*")
_HERE = re.compile(r"url\(\s*[\"']?#[\w.-]+[\"']?\s*\)")
_FORBIDDEN = re.compile(r"url\(|\\|@|expression|javascript|dash", re.IGNORECASE)
_NUMBER = re.compile(r"-?[0-9]{1,6}(?:\.[0-9]{1,6})?")
_LENGTH = re.compile(r"\s*([0-9]{1,6}(?:\.[0-9]{1,6})?)\s*(?:px|pt|mm|cm)?\s*")
_ADVICE = "Exportez le logo en SVG simple (formes et textes en tracés), ou en PNG."


class LogoError(DiagError):
    """A logo that cannot be shown; with why and what to do."""


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


def _drawn_logo(raw: bytes) -> tuple[bytes, int, int]:
    """Return an SVG of shapes alone, its width and its height.

    Raises:
        LogoError: in French, when it is not one, or holds what a logo does not need.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise LogoError(f"le SVG n'est pas encodé en UTF-8. {_ADVICE}") from error
    declared = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    if re.search(r"<!\s*(?:DOCTYPE|ENTITY)|<\?", declared, re.IGNORECASE):
        raise LogoError(f"le SVG déclare des entités ou un type. {_ADVICE}")
    try:
        root = ET.fromstring(declared)  # noqa: S314 - no entity can be declared here
    except ET.ParseError as error:
        raise LogoError(f"le SVG est mal formé ({error}). {_ADVICE}") from error
    if root.tag != f"{_SVG}svg":
        raise LogoError(f"ce n'est pas un SVG. {_ADVICE}")
    left = [MAX_ELEMENTS]
    inside = "".join(_written(child, left, 1) for child in root)
    wide, high = _size(root)
    box = _box(root) or f"0 0 {wide} {high}"
    kept = (
        f'<svg xmlns="http://www.w3.org/2000/svg" '
        f'xmlns:xlink="http://www.w3.org/1999/xlink" width="{wide}" '
        f'height="{high}" viewBox="{box}">{inside}</svg>'
    )
    return kept.encode("utf-8"), wide, high


def _written(element: ET.Element, left: list[int], depth: int) -> str:
    left[0] -= 1
    if left[0] < 0 or depth > MAX_DEPTH:
        raise LogoError(f"le dessin est trop compliqué pour un logo. {_ADVICE}")
    if not element.tag.startswith(_SVG):
        return ""  # what drawing programs write for themselves
    name = element.tag.removeprefix(_SVG)
    if name in _LEFT:
        return ""
    if name not in _SHAPES:
        raise LogoError(f"le SVG contient « {name} ». {_ADVICE}")
    # It brings `ssl`, 15 ms of each start, for the logo of a charter alone.
    from xml.sax.saxutils import quoteattr  # noqa: PLC0415

    said = "".join(f" {key}={quoteattr(value)}" for key, value in _kept(element))
    inside = "".join(_written(child, left, depth + 1) for child in element)
    return f"<{name}{said}>{inside}</{name}>"


def _kept(element: ET.Element) -> Iterator[tuple[str, str]]:
    for key, value in element.attrib.items():
        if key in {_LINK, "href"}:
            if not re.fullmatch(r"#[\w.-]+", value):
                raise LogoError(f"le SVG renvoie à un autre fichier. {_ADVICE}")
            yield "xlink:href", value
        elif _NAME.fullmatch(key) and not key.startswith("on") and key != "class":
            if _FORBIDDEN.search(_HERE.sub("", f"{key}:{value}")):
                raise LogoError(f"le SVG contient « {key} ». {_ADVICE}")
            yield key, value


def _box(root: ET.Element) -> str:
    """Return the box of a drawing, when it is one: four numbers."""
    told = (root.get("viewBox") or "").replace(",", " ").split()
    if len(told) != 4 or not all(map(_NUMBER.fullmatch, told)):  # noqa: PLR2004 - x, y, width, height
        return ""
    return " ".join(told)


def _size(root: ET.Element) -> tuple[int, int]:
    """Return how large the drawing is by its own words, from its box first."""
    box = _box(root).split()
    told = box[2:] if box else [root.get("width", ""), root.get("height", "")]
    found = [_LENGTH.fullmatch(one) for one in told]
    sides = [round(float(one[1])) for one in found if one]
    if len(sides) != 2 or not all(sides):  # noqa: PLR2004 - width and height
        raise LogoError(f"le SVG ne dit pas ses dimensions. {_ADVICE}")
    return sides[0], sides[1]


MAX_LOGO_BYTES = 4 * 1024 * 1024
"""Heaviest logo read."""

MAX_SVG = 256 * 1024
"""Heaviest drawing read."""

SHOWN = (900, 300)
"""Largest logo kept, in pixels: sharp on 45 mm of paper."""

MAX_SHAPE = 12
"""How many times longer than high, or the reverse."""

_LOGO_FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG"}


def read_logo(folder: Path, name: str, words: str) -> Logo:
    """Read a logo of a folder: PNG, JPEG or SVG.

    Raises:
        LogoError: in French, when it cannot be shown.
    """
    raw = _read_file(folder, name)
    suffix = Path(name).suffix.lower()
    if suffix == ".svg":
        if len(raw) > MAX_SVG:
            raise LogoError(f"{len(raw) // 1024} Kio, {MAX_SVG // 1024} admis.")
        data, wide, high = _drawn_logo(raw)
        kind = "svg"
    else:
        data, wide, high = _pixels(raw, _LOGO_FORMATS[suffix])
        kind = "png"
    if max(wide, high) > MAX_SHAPE * min(wide, high):
        raise LogoError(f"{wide} × {high} : trop allongé pour un logo.")
    return Logo(data, kind, wide, high, words)


def _read_file(folder: Path, name: str) -> bytes:
    path = folder / name
    if Path(name).suffix.lower() not in {*_LOGO_FORMATS, ".svg"}:
        raise LogoError("un logo est un fichier .png, .jpg ou .svg.")
    try:
        if Path(name).name != name or path.resolve().parent != folder.resolve():
            raise LogoError("donnez le nom d'un fichier du dossier « overlay ».")
        if not path.is_file():
            raise LogoError("fichier introuvable dans le dossier « overlay ».")
        with path.open("rb") as file:
            raw = file.read(MAX_LOGO_BYTES + 1)
    except (OSError, ValueError) as error:  # a path with a NUL is a ValueError
        raise LogoError("lecture impossible.") from error
    if len(raw) > MAX_LOGO_BYTES:
        raise LogoError(f"plus de {MAX_LOGO_BYTES // 2**20} Mio.")
    return raw


def _pixels(raw: bytes, format_: str) -> tuple[bytes, int, int]:
    from PIL import Image  # noqa: PLC0415 - 60 ms

    too_large = LogoError(f"plus de {MAX_PIXELS // 1_000_000} millions de pixels.")
    try:
        image = _open(raw, (format_,), too_large)
        shown = image.convert("RGBA" if image.has_transparency_data else "RGB")
        shown.thumbnail(SHOWN)
        bare = Image.frombytes(shown.mode, shown.size, shown.tobytes())
    except LogoError:
        raise
    except Exception as error:  # decoders of hostile bytes fail in many ways
        raise LogoError("ce n'est pas une image lisible.") from error
    written = io.BytesIO()
    bare.save(written, "PNG", optimize=True)
    return written.getvalue(), bare.width, bare.height
