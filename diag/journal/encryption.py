"""Encrypting the files of a workspace in place, and back: copied, checked, swapped.

The copy is whole, verified and on the disk before it takes the place of the file, in
one renaming: at no instant is there less than one good file.
"""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from diag.journal import attachments, backup, journal
from diag.journal import connection as keys
from diag.journal.errors import LockedError
from diag.journal.file import encipher_segments

_FILES: dict[str, Callable[[Path], None]] = {
    attachments.FILE: attachments.verify_photos,
    journal.FILE: backup.verify,
}
"""What is encrypted, the journal last: its mark shows what a workspace is."""


def mark_of(folder: Path) -> Path:
    """Return where the mark of a workspace is."""
    return keys.mark_path(folder / journal.FILE)


def is_encrypted(folder: Path) -> bool:
    """Say whether the journal of a workspace is encrypted, or will be when made."""
    path = folder / journal.FILE
    return mark_of(folder).exists() and not keys.is_plain(path)


def started(folder: Path) -> tuple[bytes, dict[str, Any]] | None:
    """Return the key and the mark of what is already encrypted here; None of nothing.

    Another key would leave it closed for ever.

    Raises:
        JournalError: when the key cannot be had.
    """
    for path in (folder / name for name in _FILES):
        mark = keys.mark_path(path)
        if mark.exists() and path.exists() and (key := keys.key_of(path)):
            return key, json.loads(mark.read_text(encoding="utf-8"))
    return None


def prepare(folder: Path, mark: Mapping[str, Any]) -> None:
    """Have what is made in a folder from now on encrypted."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in _FILES:
        path = keys.mark_path(folder / name)
        part = path.with_name(f"{path.name}.part")
        with part.open("wb") as file:
            file.write(json.dumps(mark, indent=2).encode())
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)


def encrypt(folder: Path, key: bytes, mark: Mapping[str, Any]) -> None:
    """Encrypt the journal and the photos; what was cut is finished by `started`'s key.

    Raises:
        JournalError: when a file is open elsewhere, damaged, or could not be copied.
    """
    keys.remember(key)
    prepare(folder, mark)
    for name, check in _FILES.items():
        path = folder / name
        if keys.is_plain(path):
            _swap(path, check, before=None, after=key)
    encipher_segments(folder, key, sealed=True)


def decrypt(folder: Path, key: bytes) -> None:
    """Put the journal and the photos back in clear.

    Raises:
        JournalError: when a file is open elsewhere, damaged, or could not be copied.
    """
    encipher_segments(folder, key, sealed=False)
    for name, check in _FILES.items():
        path = folder / name
        if path.exists() and not keys.is_plain(path):
            _swap(path, check, before=key, after=None)
        keys.mark_path(path).unlink(missing_ok=True)


def _swap(
    path: Path,
    check: Callable[[Path], None],
    *,
    before: bytes | None,
    after: bytes | None,
) -> None:
    check(path)
    backup.fold(path)
    stamp, part = _stamp(path), path.with_suffix(".part")
    try:
        keys.convert(path, part, before=before, after=after)
        check(part)
        if _stamp(path) != stamp:
            raise LockedError(
                f"{path} : un autre programme y a écrit pendant la copie. Rien n'a "
                "été changé ; fermez-le, puis recommencez."
            )
        backup.put_in_place(part, path)
    finally:
        part.unlink(missing_ok=True)
    check(path)


def _stamp(path: Path) -> tuple[int, int, bool]:
    log, stat = path.with_name(f"{path.name}-wal"), path.stat()
    return stat.st_mtime_ns, stat.st_size, log.exists()
