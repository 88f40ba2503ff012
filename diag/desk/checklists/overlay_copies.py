"""Copies of the syndicat's own checklists, beside those of the journal.

One zip a copy, read back before it counts; put back whole or not at all.
"""

import io
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from shutil import rmtree
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from diag.desk.checklists.editions import OVERLAY
from diag.desk.whole_file import write_whole
from diag.journal.backup import overlay_beside
from diag.journal.errors import DamagedError, UnreachableError

_UNREADABLE = (zlib.error, EOFError, ValueError, NotImplementedError)
"""How a zip that is damaged may fail, beside its own error."""


def back_up_overlay(folder: Path, copied: Path) -> Path | None:
    """Copy a workspace's overlay beside its journal's copy; None when it has none.

    Raises:
        JournalError: when a file could not be read, or the copy not written.
    """
    beside = overlay_beside(copied)
    try:
        files = _files(folder / OVERLAY)
        if not files:
            beside.unlink(missing_ok=True)
            return None
        write_whole(beside, _zipped(files))
    except OSError as error:
        raise UnreachableError(
            f"{beside} : vos grilles (dossier « {OVERLAY} ») n'ont pas pu être "
            f"copiées ({error.strerror})."
        ) from error
    if _read(beside) != files:
        raise DamagedError(f"{beside} : la copie n'est pas ce qui a été écrit.")
    return beside


def verify_copied_overlay(copied: Path) -> None:
    """Check the overlay beside a journal's copy, when it has one.

    Raises:
        JournalError: when it cannot be read whole, or names files elsewhere.
    """
    beside = overlay_beside(copied)
    if beside.exists():
        _read(beside)


def restore_overlay(folder: Path, copied: Path, aside: str) -> Path | None:
    """Put the overlay beside a journal's copy back; return what was set aside.

    The present one stays when the copy has none.

    Raises:
        JournalError: when the copy is damaged, or the folder cannot be written.
    """
    beside = overlay_beside(copied)
    if not beside.exists():
        return None
    files = _read(beside)
    path = folder / OVERLAY
    kept = folder / f"{OVERLAY}-{aside}"
    part = folder / f"{OVERLAY}.part"
    try:
        rmtree(part, ignore_errors=True)
        for name, content in files.items():
            (part / name).parent.mkdir(parents=True, exist_ok=True)
            (part / name).write_bytes(content)
        had_one = path.exists()
        if had_one:
            path.rename(kept)
        part.rename(path)
    except OSError as error:
        raise UnreachableError(
            f"{path} : vos grilles n'ont pas pu être restaurées ({error.strerror})."
        ) from error
    finally:
        rmtree(part, ignore_errors=True)
    return kept if had_one else None


def _files(overlay: Path) -> dict[str, bytes]:
    return {
        path.relative_to(overlay).as_posix(): path.read_bytes()
        for path in sorted(overlay.rglob("*"))
        if path.is_file()
    }


def _zipped(files: Mapping[str, bytes]) -> bytes:
    """Return the same bytes for the same files: no time, no machine in them."""
    made = io.BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as zipped:
        for name, content in files.items():
            zipped.writestr(ZipInfo(name), content, ZIP_DEFLATED)
    return made.getvalue()


def _read(path: Path) -> dict[str, bytes]:
    try:
        with ZipFile(path) as zipped:
            names = zipped.namelist()
            if not all(map(_is_inside, names)):
                raise DamagedError(
                    f"{path} : cette copie range des fichiers hors du dossier "
                    f"« {OVERLAY} ». Rien n'a été restauré."
                )
            return {name: zipped.read(name) for name in names}
    except (BadZipFile, *_UNREADABLE) as error:
        raise DamagedError(
            f"{path} : la copie de vos grilles est abîmée. Restaurez une sauvegarde "
            "plus ancienne, ou retirez ce fichier pour ne restaurer que le reste."
        ) from error


def _is_inside(name: str) -> bool:
    """Say whether a name stands under the folder, on every system."""
    parts = PurePosixPath(name).parts
    odd = "\\" in name or ":" in name or name.endswith("/")
    return bool(parts) and not odd and not name.startswith("/") and ".." not in parts
