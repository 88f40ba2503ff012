"""What changes whenever a file does: marks of checklists, and of what checks them."""

from hashlib import sha256
from pathlib import Path

import diag


def mark_of(folder: Path, overlay: Path | None = None) -> str:
    """Return what changes whenever a checklist file of one of the folders does."""
    mark = sha256()
    for place in filter(None, (folder, overlay)):
        for path in sorted(place.glob("*.y*ml")):
            mark.update(f"{place.name}/{path.name}".encode())
            mark.update(sha256(_bytes(path)).digest())
    return mark.hexdigest()


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # a folder, a lost right: the reading of the file will say it
        return b"unreadable"


def program_mark() -> str:
    """Return what changes whenever the code that reads and judges checklists does."""
    package = Path(diag.__file__).parent
    mark = sha256()
    for floor in ("model", "rules", "assess"):
        for path in sorted((package / floor).rglob("*.py")):
            stat = path.stat()
            name = path.relative_to(package).as_posix()
            mark.update(f"{name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return mark.hexdigest()
