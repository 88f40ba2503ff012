"""Copies of a whole hub, settings and certificates included, and the way back.

The database is copied first: what it names is there already, or laptops give it again.
"""

import os
import shutil
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from diag.model.errors import DiagError
from diag.sync.bundle.keys import FILE as KEYS
from diag.sync.hub import sqlite
from diag.sync.hub.files import BlobFiles, is_intact
from diag.sync.hub.home import BLOBS, DATABASE, SETTINGS, TLS, HubHome
from diag.sync.private import write_private

FOLDER: Final = "backups"
"""Where copies go unless told otherwise, inside the hub's folder."""


_STAMP = "hub-%Y-%m-%d-%H%M%S"


_DUMP: Final = ".dump"
"""How a copy made by PostgreSQL's own tools ends."""


_ALL: Final = timedelta(hours=24)
"""How long every copy is kept…"""


_DAILY: Final = timedelta(days=30)
"""… and how long the last of each day is."""


def back_up(home: HubHome, folder: Path | None = None) -> Path:
    """Copy a hub, running or not, into a folder; return the database's copy.

    Raises:
        DiagError: when the copy could not be made, or is not what was written.
    """
    folder = folder or home.folder / FOLDER
    copied = copy_database(home, folder)
    _add(BlobFiles(home.folder / BLOBS), folder / BLOBS)
    drop_erased(BlobFiles(home.folder / BLOBS), folder / BLOBS)
    for path in secrets_of(home.folder):
        write_private(folder / path.relative_to(home.folder), path.read_bytes())
    drop_outdated(folder, copied.suffix)
    return copied


def copy_database(home: HubHome, folder: Path) -> Path:
    """Copy the database of a hub alone; return the copy, checked.

    Raises:
        DiagError: when it could not be made, or is not what was written.
    """
    suffix = _DUMP if home.settings.database else Path(DATABASE).suffix
    copied = folder / f"{datetime.now(UTC):{_STAMP}}{suffix}"
    store = home.store()
    try:
        store.back_up(copied)
    finally:
        store.close()
    return copied


def drop_outdated(folder: Path, suffix: str) -> None:
    """Remove the copies that need no longer be kept."""
    for old in _outdated(folder.glob(f"hub-*{suffix}"), datetime.now(UTC)):
        old.unlink()


def drop_erased(held: BlobFiles, copied: Path, suffix: str = "") -> None:
    """Remove copies of attachments that a hub has not held for thirty days.

    The age of a file is the last day when the hub held it: what a hub lost by accident
    stays as long as the copies of its database do.
    """
    now = datetime.now(UTC).timestamp()
    for path in copied.glob(f"??/??/*{suffix}"):
        age = now - path.stat().st_mtime
        if held.path(path.name.removesuffix(suffix)).exists():
            if age > _ALL.total_seconds():
                os.utime(path)
        elif age > _DAILY.total_seconds():
            path.unlink()


def restore(folder: Path, copied: Path, database: str = "") -> Path | str | None:
    """Put a copy back where a hub is stopped; return what was set aside.

    `database`: where a PostgreSQL's copy goes, unless where it was.

    Attachments and certificates that are missing come back too; the laptops give the
    rest at their next sync.

    Raises:
        DiagError: when the copy is damaged, or the hub is running.
    """
    if not copied.is_file():
        raise DiagError(f"{copied} : copie introuvable. Vérifiez le chemin.")
    aside = f"avant-restauration-{datetime.now(UTC):%Y-%m-%d-%H%M%S}"
    kept: Path | str | None
    if copied.suffix == _DUMP:
        kept = _restore_dump(folder, copied, aside, database)
    else:
        kept = sqlite.restore(copied, folder / DATABASE, aside)
    _add(BlobFiles(copied.parent / BLOBS), folder / BLOBS)
    for path in secrets_of(copied.parent):
        there = folder / path.relative_to(copied.parent)
        if not there.exists():
            write_private(there, path.read_bytes())
    return kept


def _restore_dump(folder: Path, copied: Path, aside: str, database: str) -> str | None:
    """Put a copy back in PostgreSQL, and keep its address when it is another."""
    from diag.sync.hub import postgres  # noqa: PLC0415 - extra `hub`

    homes = (folder, copied.parent)
    here = next((each for each in homes if (each / SETTINGS).exists()), folder)
    home = HubHome.open(here)
    home = home.on(database or home.settings.database)
    kept = postgres.restore(copied, home.settings.database, aside)
    home.settings.keep(folder / SETTINGS)
    return kept


def secrets_of(folder: Path) -> list[Path]:
    """Return the settings, the certificates and the keys."""
    return [
        path
        for path in (
            folder / SETTINGS,
            folder / KEYS,
            *sorted((folder / TLS).glob("*.pem")),
        )
        if path.is_file()
    ]


def _add(blobs: BlobFiles, folder: Path) -> None:
    """Copy the attachments that a folder lacks; one never changes."""
    for path in blobs.all():
        there = folder / path.relative_to(blobs.folder)
        if there.exists() or not is_intact(path):
            continue
        there.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = there.with_name(f"{there.name}.part")
        shutil.copyfile(path, part)
        part.replace(there)


def _outdated(found: Iterable[Path], now: datetime) -> list[Path]:
    """Return which copies need no longer be kept."""
    dated: dict[Path, datetime] = {}
    for path in found:
        try:
            dated[path] = datetime.strptime(path.stem, _STAMP).replace(tzinfo=UTC)
        except ValueError:
            continue
    last = {at.date(): path for path, at in sorted(dated.items(), key=lambda p: p[1])}
    return [
        path
        for path, at in dated.items()
        if now - at > (_DAILY if last[at.date()] == path else _ALL)
    ]
