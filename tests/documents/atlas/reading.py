"""Every text of an atlas, whatever it is wrapped in: a PDF or an ODT hides nothing."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from pypdf import PdfReader


def texts_of(folder: Path) -> Iterator[tuple[str, str]]:
    """Give each file's name, and all that can be read in it, its own name first."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name = path.relative_to(folder).as_posix()
            data = path.read_bytes()
            yield name, "\n".join((name, _text(data), *_inside(path.suffix, data)))


def where(folder: Path, word: str) -> list[str]:
    """Return the files in which a word can be read."""
    return [name for name, text in texts_of(folder) if word in text]


def _inside(suffix: str, data: bytes) -> Iterator[str]:
    if suffix == ".odt":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield name
                yield _text(archive.read(name))
    elif suffix == ".pdf":
        with PdfReader(io.BytesIO(data)) as reader:
            yield str(reader.metadata)
            for page in reader.pages:
                yield page.extract_text()
            for name, contents in reader.attachments.items():
                yield name
                yield from map(_text, contents)


def _text(data: bytes) -> str:
    return data.decode("utf-8", errors="replace")
