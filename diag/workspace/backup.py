"""Backups of a workspace, and their return; the syndicat's own files included.

One zip a copy, read back before it counts; put back whole or not at all.
"""

import io
import zlib
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path, PurePosixPath
from shutil import rmtree
from typing import NamedTuple
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from diag.journal import backup, recorder
from diag.journal.attachments import (
    back_up_photos,
    restore_photos,
    verify_copied_photos,
)
from diag.journal.backup import overlay_beside
from diag.journal.connection import key_of
from diag.journal.errors import DamagedError, UnreachableError
from diag.journal.exchange import held_by_hubs
from diag.journal.journal import FILE
from diag.workspace.disk import write_whole
from diag.workspace.editions import OVERLAY
from diag.workspace.people import carry_out_again
from diag.workspace.workspace import Workspace

_UNREADABLE = (zlib.error, EOFError, ValueError, RuntimeError)
"""How a zip that is damaged, or under a password, may fail, next to its own error."""

_MOST = 64 * 2**20
"""Bytes of an overlay: grids, texts and a logo take one."""


def back_up_overlay(folder: Path, copied: Path) -> Path | None:
    """Copy a workspace's overlay next to its journal's copy; None when it has none.

    Raises:
        JournalError: when a file could not be read, or the copy not written.
    """
    beside = overlay_beside(copied)
    try:
        overlay = folder / OVERLAY
        paths = [path for path in sorted(overlay.rglob("*")) if path.is_file()]
        if sum(path.stat().st_size for path in paths) > _MOST:
            raise UnreachableError(
                f"{overlay} pèse plus de {_MOST // 2**20} Mo : la copie est faite sans "
                "vos grilles. Laissez-y vos grilles, vos modèles et votre logo, "
                "déplacez le reste, puis recommencez."
            )
        files = {
            path.relative_to(overlay).as_posix(): path.read_bytes() for path in paths
        }
        if not files:
            beside.unlink(missing_ok=True)
            return None
        made = io.BytesIO()
        with ZipFile(made, "w", ZIP_DEFLATED) as zipped:
            for name, content in files.items():
                zipped.writestr(ZipInfo(name), content, ZIP_DEFLATED)
        write_whole(beside, made.getvalue())
    except OSError as error:
        raise UnreachableError(
            f"{beside} : vos grilles (dossier « {OVERLAY} ») n'ont pas pu être "
            f"copiées ({error.strerror}). Vérifiez la place sur le disque, et vos "
            "droits sur ce dossier."
        ) from error
    if _read(beside) != files:
        raise DamagedError(
            f"{beside} : la copie n'est pas ce qui a été écrit. Copiez ailleurs, sur "
            "un autre disque."
        )
    return beside


def _put_overlay(folder: Path, files: Mapping[str, bytes], aside: str) -> Path | None:
    """Put the files of an overlay in the place of the present one, set aside; where.

    Raises:
        JournalError: when the folder cannot be written.
    """
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
            f"{path} : vos grilles n'ont pas pu être restaurées ({error.strerror}). "
            "Vérifiez la place sur le disque, et vos droits sur ce dossier."
        ) from error
    finally:
        rmtree(part, ignore_errors=True)
    return kept if had_one else None


def _read(path: Path) -> dict[str, bytes]:
    try:
        with ZipFile(path) as zipped:
            names = zipped.namelist()
            if sum(one.file_size for one in zipped.infolist()) > _MOST:
                raise DamagedError(
                    f"{path} : cette copie contiendrait plus de {_MOST // 2**20} Mo "
                    "de grilles. Rien n'a été restauré. Prenez-en une autre."
                )
            if not all(map(_is_inside, names)):
                raise DamagedError(
                    f"{path} : cette copie range des fichiers hors du dossier "
                    f"« {OVERLAY} ». Rien n'a été restauré."
                )
            return {name: zipped.read(name) for name in names}
    except (BadZipFile, *_UNREADABLE) as error:
        raise DamagedError(
            f"{path} : la copie de vos grilles est abîmée. Restaurez une copie "
            "plus ancienne, ou retirez ce fichier pour ne restaurer que le reste."
        ) from error


def _is_inside(name: str) -> bool:
    """Return whether a name stands under the folder, on every system."""
    parts = PurePosixPath(name).parts
    odd = "\\" in name or ":" in name or name.endswith("/")
    return bool(parts) and not odd and not name.startswith("/") and ".." not in parts


class Copied(NamedTuple):
    """A checked copy of a workspace."""

    journal: Path
    photos: Path | None
    """None when the workspace has no photos."""
    overlay: Path | None
    """None when the syndicat changed no checklist."""


def back_up(workspace: Workspace, folder: Path | None = None) -> Copied:
    """Copy the journal, its photos and the overlay, checked to the last byte.

    Old copies are removed from the workspace's own folder only.

    Raises:
        DiagError: when the copy could not be made, or is not what was written.
    """
    own = workspace.folder / backup.FOLDER
    today = workspace.world.today()
    workspace.journal.prove_all()
    connection = workspace.journal.connection
    if folder is None or folder.resolve() == own.resolve():
        path = backup.backup(connection, own, today)
        held = held_by_hubs(workspace.journal)
        key = key_of(workspace.journal.path)
        recorder.release(workspace.folder, key, held)
    else:
        device = workspace.settings.device if workspace.knows_author else ""
        path = backup.backup_elsewhere(
            connection, folder, (sha256(device.encode("utf-8")).hexdigest()[:8]), today
        )
    photos = back_up_photos(workspace.folder, path)
    return Copied(path, photos, back_up_overlay(workspace.folder, path))


def restore(folder: Path, copied: Path) -> tuple[Path, ...]:
    """Put a copy back in service, all of it; return what was set aside.

    What was erased since the copy is erased from it again.

    Raises:
        DiagError: when the copy is damaged; the present journal is not touched.
    """
    if not copied.name:
        raise UnreachableError(
            f"« {copied} » ne nomme aucune copie. Rien n'a été changé. Donnez le "
            "fichier de la copie.",
            command="diag restore backups/diag-AAAA-MM-JJ.db",
        )
    verify_copied_photos(copied)
    beside = overlay_beside(copied)
    grids = _read(beside) if beside.exists() else {}  # else the present ones stay
    aside = f"avant-restauration-{datetime.now():%Y-%m-%d-%H%M%S}"  # noqa: DTZ005 - a file's name
    journal = backup.restore(copied, folder / FILE, aside)
    photos = restore_photos(folder, copied, aside)
    overlay = _put_overlay(folder, grids, aside) if grids else None
    carry_out_again(folder, journal)
    return tuple(path for path in (journal, photos, overlay) if path is not None)
