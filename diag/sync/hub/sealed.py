"""Copies of a hub sealed for the office's age keys, to be taken off its machine.

One file holds the database, the settings, the certificates and the keys; attachments
are beside it, each sealed once. Nothing in clear is written where the copies go.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from diag.model.errors import DiagError
from diag.sync.age_keys import identity_in, recipients_of
from diag.sync.bundle.sealing import age
from diag.sync.hub import copies
from diag.sync.hub.files import BlobFiles, is_intact
from diag.sync.hub.home import BLOBS, HubHome
from diag.sync.private import write_private

SUFFIX: Final = ".age"
"""How the name of what is sealed ends."""


_FORM = "diag hub 1"


def back_up(home: HubHome, keys: Sequence[str], folder: Path | None = None) -> Path:
    """Copy a hub, running or not, for who holds one of these keys; return the copy.

    Raises:
        DiagError: when one is no age key, or the copy could not be made.
    """
    whom = recipients_of(keys)
    folder = folder or home.folder / copies.FOLDER
    with _workshop(home.folder) as bench:
        plain = copies.copy_database(home, bench)
        told = {
            "form": _FORM,
            "database": plain.name,
            "files": {
                path.relative_to(home.folder).as_posix(): path.read_text("utf-8")
                for path in copies.secrets_of(home.folder)
            },
        }
        content = json.dumps(told).encode() + b"\n" + plain.read_bytes()
    sealed = folder / f"{plain.stem}{SUFFIX}"
    write_private(sealed, age().encrypt(content, whom))
    for path in BlobFiles(home.folder / BLOBS).all():
        there = _sealed(folder, path.name)
        if not there.exists() and is_intact(path):
            write_private(there, age().encrypt(path.read_bytes(), whom))
    copies.drop_outdated(folder, SUFFIX)
    copies.drop_erased(BlobFiles(home.folder / BLOBS), folder / BLOBS, SUFFIX)
    return sealed


def restore(
    folder: Path, sealed: Path, identity: Path, database: str = ""
) -> Path | str | None:
    """Put a sealed copy back where a hub is stopped; return what was set aside.

    Raises:
        DiagError: when that key does not open it, it is damaged, or the hub is running.
    """
    opener = identity_in(identity)
    line, _, content = _opened(sealed, opener).partition(b"\n")
    with _workshop(folder) as bench:
        plain = _laid_out(bench, sealed, line, content)
        kept = copies.restore(folder, plain, database)
    for path in sorted(sealed.parent.glob(f"{BLOBS}/??/??/*{SUFFIX}")):
        there = BlobFiles(folder / BLOBS).path(path.stem)
        if there.exists():
            continue
        blob = _opened(path, opener)
        if sha256(blob).hexdigest() == path.stem:
            write_private(there, blob)
    return kept


@contextmanager
def _workshop(folder: Path) -> Iterator[Path]:
    """Give a folder of the hub's, for its owner alone, where a copy is in clear."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder, prefix="copie-") as name:
        yield Path(name)


def _laid_out(bench: Path, sealed: Path, line: bytes, content: bytes) -> Path:
    """Write what a sealed copy holds as a plain one; return its database."""
    try:
        told: dict[str, Any] = json.loads(line)
        files, database = dict(told["files"]), str(told["database"])
        known = told["form"] == _FORM
    except (ValueError, KeyError, TypeError) as error:
        raise _foreign(sealed) from error
    root = bench.resolve()
    inside = [(root / name).resolve() for name in (*files, database)]
    if not known or any(root not in path.parents for path in inside):
        raise _foreign(sealed)
    for name, text in files.items():
        write_private(bench / name, str(text).encode())
    write_private(bench / database, content)
    return bench / database


def _opened(path: Path, opener: Any) -> bytes:
    try:
        opened: bytes = age().decrypt(path.read_bytes(), [opener])
    except OSError as error:
        raise DiagError(f"{path} : copie illisible ({error.strerror}).") from error
    except age().DecryptError as error:
        raise DiagError(
            f"{path} : cette clé ne l'ouvre pas, ou le fichier est abîmé. Rien n'a été "
            "changé. Essayez l'autre clé de l'office, ou une autre copie."
        ) from error
    return opened


def _foreign(path: Path) -> DiagError:
    return DiagError(
        f"{path} : ce n'est pas une copie de serveur faite par diag hub backup --seal."
    )


def _sealed(folder: Path, sha: str) -> Path:
    whole = BlobFiles(folder / BLOBS).path(sha)
    return whole.with_name(f"{sha}{SUFFIX}")
