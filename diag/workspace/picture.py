"""Reading a picture that anyone may have sent: small, upright, stripped of all else.

What comes out is written from raw pixels, so that no metadata can survive: neither
where it was taken, nor with which phone, nor a thumbnail of what was cut off.
"""

import io
import warnings
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from diag.model.errors import DiagError

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
})
"""Names of the files that a folder of photos is searched for."""

_FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF")
_HEIC = frozenset({".heic", ".heif"})
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
        return decode_picture(raw, label(path.stem))
    except PictureError as error:
        raise PictureError(f"{label(path.name)} : {error}") from error


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
            "ce n'est pas une image lisible, ou elle est abîmée. Rien n'a été joint. "
            "Reprenez la photo, ou transférez-la à nouveau."
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


def label(name: str | Path) -> str:
    """Return a file's name as it can be shown and kept, whatever its bytes are."""
    return str(name).encode("utf-8", "replace").decode("utf-8")


def _read(path: Path) -> bytes:
    try:
        if not path.is_file():
            kind = "c'est un dossier" if path.is_dir() else "fichier introuvable"
            raise PictureError(f"{label(path)} : {kind}. Vérifiez le chemin.")
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise PictureError(
                f"{label(path.name)} : {size // 2**20} Mo, {MAX_BYTES // 2**20} admis. "
                "Envoyez une photo, pas une vidéo ni un fichier brut."
            )
        if path.suffix.lower() in _HEIC:
            raise PictureError(
                f"{label(path.name)} : le format HEIC n'est pas lu. Sur l'iPhone, "
                "choisissez Réglages, Appareil photo, Formats, « Le plus compatible », "
                "ou envoyez-vous la photo par courriel : elle arrive en JPEG."
            )
        return path.read_bytes()
    except (OSError, ValueError) as error:  # a path with a NUL is a ValueError
        reason = getattr(error, "strerror", None) or "chemin impossible"
        raise PictureError(f"{label(path)} : lecture impossible ({reason}).") from error


def _decode(raw: bytes) -> tuple["Image.Image", str]:
    # 60 ms: only who joins a photo pays for it.
    from PIL import (  # noqa: PLC0415
        Image,
        ImageOps,
        TiffImagePlugin,  # noqa: F401 - registers its format
        WebPImagePlugin,  # noqa: F401
    )

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    with warnings.catch_warnings():
        # Pillow warns between once and twice the limit, and a warning would be
        # written over the screen; the size is checked below.
        warnings.simplefilter("ignore")
        try:
            image: Image.Image = Image.open(io.BytesIO(raw), formats=_FORMATS)
        except Image.DecompressionBombError as error:
            raise _too_large() from error
        if image.width * image.height > MAX_PIXELS:
            raise _too_large()
        taken_at = _taken_at(image)
        image.draft("RGB", (MAX_SIDE, MAX_SIDE))
        image.load()
        with suppress(Exception):  # a faulty tag: the picture lies on its side
            image = ImageOps.exif_transpose(image)
        image.thumbnail((MAX_SIDE, MAX_SIDE))
        return _on_white(image), taken_at


def _too_large() -> PictureError:
    return PictureError(
        f"l'image annonce plus de {MAX_PIXELS // 1_000_000} millions de pixels. "
        "Rien n'a été joint. Reprenez-la avec une définition ordinaire."
    )


def _taken_at(image: "Image.Image") -> str:
    try:
        told = str(image.getexif().get_ifd(_EXIF)[_TAKEN])
        return datetime.strptime(told, "%Y:%m:%d %H:%M:%S").isoformat()  # noqa: DTZ007 - local, as the camera says
    except Exception:  # noqa: BLE001 - a tag that cannot be read is not there
        return ""


def _on_white(image: "Image.Image") -> "Image.Image":
    from PIL import Image  # noqa: PLC0415 - 60 ms

    if not image.has_transparency_data:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    white = Image.new("RGBA", layer.size, "white")
    return Image.alpha_composite(white, layer).convert("RGB")


def _encode(image: "Image.Image", quality: int = QUALITY) -> bytes:
    from PIL import Image  # noqa: PLC0415 - 60 ms

    bare = Image.frombytes("RGB", image.size, image.tobytes())
    written = io.BytesIO()
    bare.save(written, "JPEG", quality=quality, optimize=True)
    return written.getvalue()
