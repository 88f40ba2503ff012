"""From the YAML files of a checklist to its nouns, with every problem of the files.

Here: where the shipped files are, what shows that files or code changed, and what is
wrong in a file. It loads nothing: who checks what has not changed waits for no model.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Literal

import diag

LAST_READ = date(2026, 11, 27)
"""The latest day that the shipped files name: a clock that is right is not before."""

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
            held = b"unreadable"
            with suppress(OSError):  # a lost right: reading the file reports it
                if path.is_file():  # a pipe would be waited for
                    held = path.read_bytes()
            mark.update(sha256(held).digest())
    return mark.hexdigest()


def program_mark() -> str:
    """Return what changes whenever the code that reads and judges checklists does."""
    package = Path(diag.__file__).parent
    mark = sha256()
    for room in ("model", "rules", "answers", "checklist", "assess", "words"):
        for path in sorted((package / room).rglob("*.py")):
            stat = path.stat()
            name = path.relative_to(package).as_posix()
            mark.update(f"{name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return mark.hexdigest()


Severity = Literal["error", "warning"]
"""An error keeps the checklist from being used; a warning does not."""


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """A place in a file, lines and columns counted from 1."""

    file: str
    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend: where, what is wrong, what to do."""

    file: str
    line: int
    key: str
    """Path of the faulty key in the file: `criteria.debit-suffisant.levels.3`."""
    message: str
    remedy: str
    severity: Severity = "error"
    about: tuple[str, ...] = ()
    """Ids of the other items that the message names."""

    @property
    def place(self) -> tuple[str, int]:
        """File and line, to sort by."""
        return self.file, self.line

    def __str__(self) -> str:
        """Return the one line that an author reads."""
        notice = "avertissement : " if self.severity == "warning" else ""
        stop = "" if self.message.endswith((".", "!", "?")) else "."
        return f"{self.file}:{self.line} : {notice}{self.message}{stop} {self.remedy}"


def problem_at(
    spot: Spot,
    key: str,
    message: str,
    remedy: str,
    severity: Severity = "error",
    *,
    about: Iterable[str] = (),
) -> Problem:
    """Return a problem found at a spot."""
    named = tuple(about)
    return Problem(spot.file, spot.line, key, message, remedy, severity, named)
