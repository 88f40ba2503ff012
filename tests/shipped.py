"""The shipped checklists, read and compiled once a run.

Tests that judge need no lint of them: `tests.checklist.test_shipped` lints them, and
proves that these bytes are those of the program.
"""

from functools import cache, partial
from hashlib import sha256
from pathlib import Path

from diag.checklist import mark_of, program_mark, shipped_checklists
from diag.checklist.edition import compiled, open_edition
from diag.checklist.load import load_checklists
from diag.model.checklist import Checklist
from diag.workspace import editions
from tests.shared import made_once

_FILE = "edition.json"
_compile = editions._compile


@cache
def shipped_edition() -> bytes:
    """Return the compiled edition, found by the marks of its files and of the code."""
    folder = shipped_checklists()
    marks = sha256(f"{mark_of(folder)} {program_mark()}".encode()).hexdigest()
    made = made_once(f"edition-{marks}", partial(_write, folder))
    return (made / _FILE).read_bytes()


@cache
def shipped() -> Checklist:
    """Return the checklists as they ship."""
    return open_edition(shipped_edition())


def compile_once(folder: Path, overlay: Path | None, mark: str) -> bytes:
    """Take the place of the program's own: the shipped files are compiled already."""
    if overlay is None and folder == shipped_checklists():
        return shipped_edition()
    return _compile(folder, overlay, mark)


def mark_once(folder: Path, overlay: Path | None = None) -> str:
    """Take the place of the program's own: the shipped files stay as they are."""
    is_shipped = overlay is None and folder == shipped_checklists()
    return _mark_shipped(folder) if is_shipped else mark_of(folder, overlay)


_mark_shipped = cache(mark_of)


def _write(checklists: Path, folder: Path) -> None:
    checklist = load_checklists(checklists).checklist
    assert checklist is not None
    (folder / _FILE).write_bytes(compiled(checklist))
