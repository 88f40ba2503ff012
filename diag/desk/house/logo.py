"""A logo from the overlay: bounded, decoded, written again from its pixels alone."""

import io
import warnings
from pathlib import Path

from diag.desk.evidence.picture import MAX_PIXELS
from diag.desk.house.drawn_logo import LogoError, drawn_logo
from diag.reports.house.look import Logo

MAX_BYTES = 4 * 1024 * 1024
"""Heaviest logo read."""
MAX_SVG = 256 * 1024
"""Heaviest drawing read."""
SHOWN = (900, 300)
"""Largest logo kept, in pixels: sharp on 45 mm of paper."""
MAX_SHAPE = 12
"""How many times longer than high, or the reverse."""

_FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG"}


def read_logo(folder: Path, name: str, words: str) -> Logo:
    """Read a logo of a folder: PNG, JPEG or SVG.

    Raises:
        LogoError: in French, when it cannot be shown.
    """
    raw = _read(folder, name)
    suffix = Path(name).suffix.lower()
    if suffix == ".svg":
        if len(raw) > MAX_SVG:
            raise LogoError(f"{len(raw) // 1024} Kio, {MAX_SVG // 1024} admis.")
        data, wide, high = drawn_logo(raw)
        kind = "svg"
    else:
        data, wide, high = _pixels(raw, _FORMATS[suffix])
        kind = "png"
    if max(wide, high) > MAX_SHAPE * min(wide, high):
        raise LogoError(f"{wide} × {high} : trop allongé pour un logo.")
    return Logo(data, kind, wide, high, words)


def _read(folder: Path, name: str) -> bytes:
    path = folder / name
    if Path(name).suffix.lower() not in {*_FORMATS, ".svg"}:
        raise LogoError("un logo est un fichier .png, .jpg ou .svg.")
    try:
        if Path(name).name != name or path.resolve().parent != folder.resolve():
            raise LogoError("donnez le nom d'un fichier du dossier « overlay ».")
        if not path.is_file():
            raise LogoError("fichier introuvable dans le dossier « overlay ».")
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # a path with a NUL is a ValueError
        raise LogoError("lecture impossible.") from error
    if len(raw) > MAX_BYTES:
        raise LogoError(f"plus de {MAX_BYTES // 2**20} Mio.")
    return raw


def _pixels(raw: bytes, format_: str) -> tuple[bytes, int, int]:
    # 60 ms: only who has a logo pays for it.
    from PIL import Image  # noqa: PLC0415

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the size is checked below
            image: Image.Image = Image.open(io.BytesIO(raw), formats=(format_,))
        _check_size(image.width * image.height)
        shown = image.convert("RGBA" if image.has_transparency_data else "RGB")
        shown.thumbnail(SHOWN)
        bare = Image.frombytes(shown.mode, shown.size, shown.tobytes())
    except (LogoError, Image.DecompressionBombError) as error:
        raise _too_large() from error
    except Exception as error:  # decoders of hostile bytes fail in many ways
        raise LogoError("ce n'est pas une image lisible.") from error
    written = io.BytesIO()
    bare.save(written, "PNG", optimize=True)
    return written.getvalue(), bare.width, bare.height


def _check_size(pixels: int) -> None:
    if pixels > MAX_PIXELS:
        raise _too_large()


def _too_large() -> LogoError:
    return LogoError(f"plus de {MAX_PIXELS // 1_000_000} millions de pixels.")
