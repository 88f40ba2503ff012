"""The folder of the shipped checklists, and what shows that files or code changed.

Apart from editions: who checks what has not changed waits for no model.
"""

from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import diag

FOLDER = "checklists"
"""Name of the folder, in a wheel as in the source tree."""


def shipped_checklists() -> Path:
    """Return the shipped folder: inside the package, else beside it."""
    package = Path(diag.__file__).parent
    inside = package / FOLDER
    return inside if inside.is_dir() else package.parent / FOLDER


def mark_of(folder: Path, overlay: Path | None = None) -> str:
    """Return what changes whenever a checklist file of one of the folders does."""
    mark = sha256()
    for place in filter(None, (folder, overlay)):
        for path in sorted(place.glob("*.y*ml")):
            mark.update(f"{place.name}/{path.name}".encode())
            mark.update(sha256(_bytes(path)).digest())
    return mark.hexdigest()


def _bytes(path: Path) -> bytes:
    with suppress(OSError):  # a lost right: reading the file reports it
        if path.is_file():  # a pipe would be waited for
            return path.read_bytes()
    return b"unreadable"


def program_mark() -> str:
    """Return what changes whenever the code that reads and judges checklists does."""
    package = Path(diag.__file__).parent
    mark = sha256()
    for room in ("model", "rules", "answers", "checklist", "assess"):
        for path in sorted((package / room).rglob("*.py")):
            stat = path.stat()
            name = path.relative_to(package).as_posix()
            mark.update(f"{name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return mark.hexdigest()
