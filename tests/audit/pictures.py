"""Pictures as phones and pranksters make them, drawn for the tests."""

import io
import struct
import zlib
from pathlib import Path

from PIL import Image

SECRET = b"Canon EOS 42 numero 123456789"


def jpeg(
    path: Path, size: tuple[int, int] = (640, 480), *, turned: bool = False
) -> Path:
    """Write a JPEG that tells where, when and with what it was taken."""
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    exif = Image.Exif()
    exif[0x0110] = SECRET.decode()
    exif[0x0112] = 6 if turned else 1
    exif.get_ifd(0x8769)[0x9003] = "2026:10:05 09:41:00"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (48.0, 51.0, 30.0)
    image.save(path, "JPEG", exif=exif, comment=SECRET)
    return path


def png_claiming(path: Path, width: int, height: int) -> Path:
    """Write a tiny PNG whose header claims a gigantic picture."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + check

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 10_000)
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", body), chunk(b"IEND", b""))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(parts))
    return path


def opened(data: bytes) -> Image.Image:
    """Return a picture that was kept, decoded."""
    return Image.open(io.BytesIO(data))
