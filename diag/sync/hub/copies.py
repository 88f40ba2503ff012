"""Copies of a whole hub, settings and certificates included, and the way back.

The database is copied first: what it names is there already, or laptops give it again.
A copy may be sealed for the office's age keys, to leave the machine: one file holds the
database, the settings, the certificates and the keys, and each attachment is sealed
once next to it. Nothing in clear is written where sealed copies go.
"""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from io import BytesIO, RawIOBase
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO, Final, Self

from pydantic import ValidationError

from diag.journal.revision import now
from diag.model.errors import DiagError
from diag.sync.bundle.keys import FILE as KEYS
from diag.sync.bundle.keys import load_age, read_identity, read_recipients
from diag.sync.hub import sqlite
from diag.sync.hub.blobs import BlobFiles, is_intact
from diag.sync.hub.engine import ASIDE, STAMP
from diag.sync.hub.erasures import FILE as ERASURES
from diag.sync.hub.erasures import ErasureLog, forget_set_aside, gather
from diag.sync.hub.home import BLOBS, DATABASE, SETTINGS, TLS, VOUCHED, HubHome
from diag.sync.protocol import Wire
from diag.sync.trust import write_private, writing_private
from diag.words.sentences import counted

FOLDER: Final = "backups"
"""Where copies go unless another folder is given, inside the hub's folder."""

SEALED: Final = ".age"
"""How the name of what is sealed ends."""

LAST: Final = "last-copy.json"
"""What is remembered of the last one, inside the hub's folder."""

_FORM = "diag hub 1"
_STAMP = f"hub-{STAMP}"

_DUMP: Final = ".dump"
"""How a copy made by PostgreSQL's own tools ends."""

_ALL: Final = timedelta(hours=24)
"""How long every copy is kept…"""

_DAILY: Final = timedelta(days=30)
"""… and how long the last of each day is."""


class LastCopy(Wire):
    """What a hub remembers of the last copy that was made, and checked."""

    at: int
    path: str

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """Return what the folder of a hub records of it; None when none was made."""
        path = folder / LAST
        try:
            return cls.model_validate_json(path.read_bytes()) if path.exists() else None
        except ValidationError:
            return None


def _remember(home: HubHome, copied: Path) -> Path:
    last = LastCopy(at=now(), path=str(copied.absolute()))
    write_private(home.folder / LAST, last.model_dump_json().encode())
    return copied


def back_up(home: HubHome, folder: Path | None = None) -> Path:
    """Copy a hub, running or not, into a folder; return the database's copy.

    Raises:
        DiagError: when the copy could not be made, or is not what was written.
    """
    folder = folder or home.folder / FOLDER
    copied = _copy_database(home, folder)
    _add(BlobFiles(home.folder / BLOBS), folder / BLOBS)
    drop_erased(BlobFiles(home.folder / BLOBS), folder / BLOBS)
    for path in _list_secrets(home.folder):
        write_private(folder / path.relative_to(home.folder), path.read_bytes())
    if log := ErasureLog(home.folder / ERASURES).content():
        write_private(folder / ERASURES, log)
    _drop_outdated(folder, copied.suffix)
    return _remember(home, copied)


def _copy_database(home: HubHome, folder: Path) -> Path:
    """Copy the database of a hub alone; return the copy, checked.

    Its erasures are gathered by the way, and what restorations set aside is let go.

    Raises:
        DiagError: when it could not be made, or is not what was written.
    """
    suffix = _DUMP if home.settings.database else Path(DATABASE).suffix
    copied = folder / f"{datetime.now(UTC):{_STAMP}}{suffix}"
    with closing(home.store()) as store:
        store.back_up(copied)
        gather(store, ErasureLog(home.folder / ERASURES))
        forget_set_aside(store)
    return copied


def _drop_outdated(folder: Path, suffix: str) -> None:
    """Remove the copies that need no longer be kept."""
    for old in _outdated(folder.glob(f"hub-*{suffix}"), datetime.now(UTC)):
        old.unlink(missing_ok=True)  # another copy is being made


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
            path.unlink(missing_ok=True)


def restore(folder: Path, copied: Path, database: str = "") -> Path | str | None:
    """Put a copy back where a hub is stopped; return what was set aside.

    `database`: where a PostgreSQL's copy goes, unless where it was.

    Attachments and certificates that are missing come back too; the laptops give the
    rest at their next sync. What was erased since the copy was made is erased again.

    Raises:
        DiagError: when the copy is damaged, or the hub is running.
    """
    if not copied.is_file():
        raise DiagError(f"{copied} : copie introuvable. Vérifiez le chemin.")
    aside = f"{ASIDE}-{datetime.now(UTC):{STAMP}}"
    log = ErasureLog(folder / ERASURES)
    with suppress(DiagError):  # none was there, or it cannot be read any more
        _gather(folder, log)
    kept: Path | str | None
    if copied.suffix == _DUMP:
        kept = _restore_dump(folder, copied, aside, database)
    else:
        kept = sqlite.restore(copied, folder / DATABASE, aside)
    _add(BlobFiles(copied.parent / BLOBS), folder / BLOBS)
    for path in _list_secrets(copied.parent):
        there = folder / path.relative_to(copied.parent)
        if not there.exists():
            write_private(there, path.read_bytes())
    log.add(ErasureLog(copied.parent / ERASURES).lines())
    if (folder / SETTINGS).exists():
        home = HubHome.open(folder)
        with closing(home.store()) as store:
            home.hub(store).replay_erasures()
    return kept


def _gather(folder: Path, log: ErasureLog) -> None:
    """Have the log hold what the database that a copy replaces has erased."""
    home = HubHome.open(folder)
    if home.settings.database or (folder / DATABASE).exists():
        with closing(home.store()) as store:
            gather(store, log)


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


def _list_secrets(folder: Path) -> list[Path]:
    """Return the settings, the certificates and the keys."""
    return [
        path
        for path in (
            folder / SETTINGS,
            folder / KEYS,
            folder / VOUCHED,
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
        write_private(there, path.read_bytes())


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


def back_up_sealed(
    home: HubHome, keys: Sequence[str], folder: Path | None = None
) -> Path:
    """Copy a hub, running or not, for the holders of these keys; return the copy.

    Raises:
        DiagError: when a key is no age key, or the copy could not be made.
    """
    recipients = read_recipients(keys)
    folder = folder or home.folder / FOLDER
    with _workshop(home.folder) as bench:
        plain = _copy_database(home, bench)
        header = {
            "form": _FORM,
            "database": plain.name,
            "files": {
                path.relative_to(home.folder).as_posix(): path.read_text("utf-8")
                for path in _list_secrets(home.folder)
            },
        }
        sealed = folder / f"{plain.stem}{SEALED}"
        line = json.dumps(header).encode() + b"\n"
        with plain.open("rb") as database:
            _seal(_Joined(BytesIO(line), database), sealed, recipients)
    if (log := home.folder / ERASURES).exists():
        _seal_file(log, folder / f"{ERASURES}{SEALED}", recipients)
    for path in BlobFiles(home.folder / BLOBS).all():
        whole = BlobFiles(folder / BLOBS).path(path.name)
        there = whole.with_name(f"{path.name}{SEALED}")
        if not there.exists() and is_intact(path):
            _seal_file(path, there, recipients)
    _drop_outdated(folder, SEALED)
    drop_erased(BlobFiles(home.folder / BLOBS), folder / BLOBS, SEALED)
    return _remember(home, sealed)


def restore_sealed(
    folder: Path, sealed: Path, identity: Path, database: str = ""
) -> Path | str | None:
    """Put a sealed copy back where a hub is stopped; return what was set aside.

    Raises:
        DiagError: when that key does not open it, it is damaged, or the hub is running;
            or, all the rest being back, when attachments do not open.
    """
    opener = read_identity(identity)
    with _workshop(folder) as bench:
        _open(sealed, opener, bench / "opened")
        plain = _unpack(bench, sealed, bench / "opened")
        log = sealed.with_name(f"{ERASURES}{SEALED}")
        if log.exists():
            _open(log, opener, bench / ERASURES)
        kept = restore(folder, plain, database)
    if left := _put_back_blobs(folder, sealed.parent, opener):
        many = counted(left, "pièce jointe", "pièces jointes")
        aside = f" L'ancienne base est gardée trente jours : {kept}." if kept else ""
        raise DiagError(
            f"Le serveur est remis en place, sans {many} : clé de l'office plus "
            f"ancienne, ou fichier abîmé.{aside} Ce que les postes ont encore "
            "reviendra à leur synchronisation ; pour le reste, gardez cette copie et "
            "l'ancienne clé."
        )
    return kept


def _put_back_blobs(folder: Path, copied: Path, opener: Any) -> int:
    """Put back the attachments that are not here; return how many do not open."""
    blobs, left = BlobFiles(folder / BLOBS), 0
    with _workshop(folder) as bench:
        for path in sorted(copied.glob(f"{BLOBS}/??/??/*{SEALED}")):
            opened, there = bench / path.stem, blobs.path(path.stem)
            if there.exists():
                continue
            with suppress(DiagError):
                _open(path, opener, opened)
            if opened.exists() and is_intact(opened):
                there.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                opened.replace(there)
            else:
                opened.unlink(missing_ok=True)
                left += 1
    return left


class _Joined(RawIOBase):
    """Files read one after the other, as one."""

    def __init__(self, *files: BinaryIO) -> None:
        super().__init__()
        self._files = list(files)

    def readable(self) -> bool:
        return True

    def readinto(self, room: Any) -> int:
        while self._files:
            if many := self._files[0].readinto(room):  # type: ignore[attr-defined] # of both
                return int(many)
            self._files.pop(0)
        return 0


def _seal(source: RawIOBase | BinaryIO, there: Path, recipients: list[Any]) -> None:
    """Write a sealed file, a part at a time in memory."""
    with writing_private(there) as file:
        load_age().encrypt_io(source, file, recipients)


def _seal_file(path: Path, there: Path, recipients: list[Any]) -> None:
    with path.open("rb") as file:
        _seal(file, there, recipients)


@contextmanager
def _workshop(folder: Path) -> Iterator[Path]:
    """Give a folder of the hub's, for its owner alone, where a copy is in clear."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder, prefix="copie-") as name:
        yield Path(name)


_HEADER = 2**20
"""Most bytes of the first line of a sealed copy: settings, certificates, keys."""


def _unpack(bench: Path, sealed: Path, opened: Path) -> Path:
    """Write what a sealed copy holds as a plain one; return its database."""
    with opened.open("rb") as file:
        try:
            header: dict[str, Any] = json.loads(file.readline(_HEADER))
            files, database = dict(header["files"]), str(header["database"])
            known = header["form"] == _FORM
            root = bench.resolve()
            inside = [(root / name).resolve() for name in (*files, database)]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise _refuse_foreign(sealed) from error
        if not known or any(root not in path.parents for path in inside):
            raise _refuse_foreign(sealed)
        for name, text in files.items():
            write_private(bench / name, str(text).encode())
        with writing_private(bench / database) as plain:
            copyfileobj(file, plain)
    return bench / database


def _open(path: Path, opener: Any, there: Path) -> None:
    """Write what a sealed file holds, a part at a time in memory."""
    try:
        with path.open("rb") as sealed, writing_private(there) as file:
            load_age().decrypt_io(sealed, file, [opener])
    except (OSError, load_age().DecryptError) as error:
        reason = getattr(error, "strerror", None)
        if reason:  # else the library's own, on what it read
            raise DiagError(f"{path} : copie illisible ({reason}).") from error
        raise DiagError(
            f"{path} : cette clé ne l'ouvre pas, ou le fichier est abîmé. Rien n'a été "
            "changé. Essayez l'autre clé de l'office, ou une autre copie."
        ) from error


def _refuse_foreign(path: Path) -> DiagError:
    return DiagError(
        f"{path} : ce n'est pas une copie de serveur faite par diag hub backup --seal."
    )
