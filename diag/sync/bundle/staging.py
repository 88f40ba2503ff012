"""A private copy of a sealed file: what is verified is what is read in."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from time import time
from typing import NamedTuple

from diag.model.errors import DiagError
from diag.sync.bundle.form import Limits
from diag.sync.bundle.problems import BundleError, Fault

FOLDER = "staging"
"""Folder of the workspace; empty but while a bundle is read."""


_STEP = 2**20


_OLD = 24 * 3600
"""Seconds after which a copy was left by a program that died."""


class Staged(NamedTuple):
    """A copy that nobody else changes."""

    path: Path
    sha: str
    """SHA-256 of the file."""
    size: int


@contextmanager
def staged(folder: Path, source: Path, limits: Limits) -> Iterator[Staged]:
    """Copy a file into the workspace for as long as it is read, still sealed.

    Raises:
        BundleError: when it is too large.
        DiagError: when there is no room for it.
    """
    try:
        with _copied(folder, source, limits) as copy:
            yield copy
    except BundleError as error:
        error.source = source
        raise


@contextmanager
def _copied(folder: Path, source: Path, limits: Limits) -> Iterator[Staged]:
    staging = folder / FOLDER
    _check_room(folder, source, limits)
    staging.mkdir(mode=0o700, exist_ok=True)
    _tidy(staging)
    handle, name = tempfile.mkstemp(suffix=".diag", dir=staging)
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as copy, source.open("rb") as file:
            digest, size = sha256(), 0
            while step := file.read(_STEP):
                size += len(step)
                if size > limits.file_bytes:
                    raise BundleError(Fault.TOO_LARGE, "fichier")
                digest.update(step)
                copy.write(step)
        yield Staged(path, digest.hexdigest(), size)
    finally:
        path.unlink(missing_ok=True)
        with suppress(OSError):  # another import is on
            staging.rmdir()


def _check_room(folder: Path, source: Path, limits: Limits) -> None:
    size = source.stat().st_size
    if not source.is_file():
        raise BundleError(Fault.NO_BUNDLE)
    if size > limits.file_bytes:
        most = limits.file_bytes // 2**20
        raise BundleError(Fault.TOO_LARGE, f"{size // 2**20} Mo, {most} admis")
    if shutil.disk_usage(folder).free < size:
        raise DiagError(
            f"{source} : pas assez de place sur le disque pour lire ce paquet "
            f"({size // 2**20 + 1} Mo). Rien n'a été lu. Libérez-en, puis recommencez."
        )


def _tidy(staging: Path) -> None:
    for path in staging.glob("*.diag"):
        with suppress(OSError):
            if time() - path.stat().st_mtime > _OLD:
                path.unlink()
