"""Copies of a whole hub, settings and certificates included, and the way back.

The database is copied first: what it names is there already, or laptops give it again.
A copy may be sealed for the office's age keys, to leave the machine: one file holds the
database, the settings, the certificates and the keys, and each attachment is sealed
once for these keys, in a folder that they name: when the office's key changes, all are
sealed again, and what the former one opens stays as long as the copies of its time.
Nothing in clear is written where sealed copies go.
"""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO, RawIOBase
from pathlib import Path
from shutil import copyfileobj, rmtree
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO, Final, Self

from pydantic import ValidationError

from diag.journal.attachments import hash_file
from diag.journal.revision import now
from diag.model.errors import DiagError
from diag.sync.hub import sqlite
from diag.sync.hub.files import (
    ERASURES,
    BlobFiles,
    ErasureLog,
    forget_set_aside,
    gather,
    is_intact,
    place,
)
from diag.sync.hub.home import BLOBS, DATABASE, SETTINGS, TLS, VOUCHED, HubHome
from diag.sync.hub.tables import ASIDE, STAMP, Device
from diag.sync.keys import FILE as KEYS
from diag.sync.keys import load_age, read_identities, read_recipients
from diag.sync.protocol import ProblemError, Wire
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

_BENCH: Final = "copie-"
_BLOBS = f"??/??/*{SEALED}"

_MARK = 16
"""Digits that distinguish the keys of a folder: whoever reads it knows none of them."""

_HEADER = 2**20
"""Most bytes of the first line of a sealed copy: settings, certificates, keys."""


class LastCopy(Wire):
    """What a hub remembers of the last copy that was made, and checked."""

    at: int
    path: str
    sha: str = ""
    """Of the bytes of a sealed one: what was written is proved without the key."""
    keys: str = ""
    """Which keys it is sealed for, as the folder of its attachments is named."""
    since: datetime | None = None
    """Of when the first copy that was sealed for them is."""

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """Return what the folder of a hub records of it; None when none was made."""
        path = folder / LAST
        try:
            return cls.model_validate_json(path.read_bytes()) if path.exists() else None
        except ValidationError:
            return None


def _remember(home: HubHome, copied: Path, keys: str = "") -> Path:
    before, at = LastCopy.read(home.folder), now()
    sha = hash_file(copied) if keys else ""
    since = _date(copied)
    if before and before.keys == keys:
        since = before.since
    path = str(copied.absolute())
    last = LastCopy(at=at, path=path, sha=sha, keys=keys, since=since)
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
    _drop_outdated(folder, copied.suffix, datetime.now(UTC))
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
        store.engine.back_up(copied)
        gather(store, ErasureLog(home.folder / ERASURES))
        forget_set_aside(store)
    return copied


def _drop_outdated(folder: Path, suffix: str, now: datetime) -> None:
    """Remove the copies that need no longer be kept: one a day stays for longer."""
    found = folder.glob(f"hub-*{suffix}")
    dated = {path: at for path in found if (at := _date(path))}
    last = {at.date(): path for path, at in sorted(dated.items(), key=lambda p: p[1])}
    for path, at in dated.items():
        if now - at > (_DAILY if last[at.date()] == path else _ALL):
            path.unlink(missing_ok=True)  # another copy is being made


def drop_erased(
    held: BlobFiles, copied: Path, suffix: str = "", newer: BlobFiles | None = None
) -> None:
    """Remove copies of attachments that a hub has not held for thirty days.

    The age of a file is the last day when the hub held it: what a hub lost by accident
    stays as long as the copies of its database do. `newer`: where other copies are,
    which replace those of this folder from the day when they are there.
    """
    now = datetime.now(UTC).timestamp()
    for path in copied.glob(f"??/??/*{suffix}"):
        age = now - path.stat().st_mtime
        sha = path.name.removesuffix(suffix)
        is_replaced = newer and newer.path(sha).with_name(path.name).exists()
        if held.path(sha).exists() and not is_replaced:
            if age > _ALL.total_seconds():
                os.utime(path)
        elif age > _DAILY.total_seconds():
            path.unlink(missing_ok=True)


def restore(folder: Path, copied: Path, database: str = "") -> Path | str | None:
    """Put a copy back where a hub is stopped; return what was set aside.

    `database`: where a PostgreSQL's copy goes, unless where it was.

    Attachments and certificates that are missing come back too; the laptops give the
    rest at their next sync. What was erased since the copy was made is erased again,
    and who was revoked since is again, as long as what is replaced can be read.

    Raises:
        DiagError: when the copy is damaged, or the hub is running.
    """
    if not copied.is_file():
        raise DiagError(f"{copied} : copie introuvable. Vérifiez le chemin.")
    aside = f"{ASIDE}-{datetime.now(UTC):{STAMP}}"
    log = ErasureLog(folder / ERASURES)
    revoked, cloned = list[Device](), frozenset[int]()
    with suppress(DiagError):  # none was there, or it cannot be read any more
        home = HubHome.open(folder)
        if home.settings.database or (folder / DATABASE).exists():
            with closing(home.store()) as store:
                gather(store, log)
                revoked = [one for one in store.devices() if one.revoked_at]
                cloned = store.cloned()
    kept: Path | str | None
    if copied.suffix == _DUMP:
        from diag.sync.hub import postgres  # noqa: PLC0415 - extra `hub`

        homes = (folder, copied.parent)
        here = next((each for each in homes if (each / SETTINGS).exists()), folder)
        home = HubHome.open(here)
        home = home.on(database or home.settings.database)
        kept = postgres.restore(copied, home.settings.database, aside)
        home.settings.keep(folder / SETTINGS)  # its address may be another
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
            inside = {
                (one.id, one.enrolled_at)
                for one in store.devices()
                if not one.revoked_at
            }
            for one in revoked:
                if (one.id, one.enrolled_at) in inside:
                    close = store.stop_cloned if one.id in cloned else store.revoke
                    close(one.id, one.revoked_at)
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
        if there.exists():
            continue
        with path.open("rb") as content, suppress(ProblemError):  # it left meanwhile
            place(content, there)


def _date(copied: Path) -> datetime | None:
    """Return when a copy was made, as its name gives it; None when it does not."""
    with suppress(ValueError):
        return datetime.strptime(copied.stem, _STAMP).replace(tzinfo=UTC)
    return None


def back_up_sealed(
    home: HubHome,
    keys: Sequence[str],
    folder: Path | None = None,
    show: Callable[[int, int], None] = lambda _done, _total: None,
) -> Path:
    """Copy a hub, running or not, for the holders of these keys; return the copy.

    `show`: is given how many attachments are sealed, of how many that were not.

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
    names = "\n".join(sorted(str(each) for each in recipients))
    mark = sha256(names.encode()).hexdigest()[:_MARK]
    blobs = SealedBlobs(home.folder / BLOBS, folder, mark)
    new, former = blobs.unsealed()
    for at, path in enumerate((*new, *former)):
        show(at, len(new) + len(former))
        if at == len(new):  # what follows is in a copy already, for another key
            _remember(home, sealed, mark)
        if is_intact(path):
            _seal_file(path, blobs.path(path.name), recipients)
    _drop_outdated(folder, SEALED, datetime.now(UTC))
    blobs.drop_erased()
    return _remember(home, sealed, mark)


class SealedBlobs:
    """The attachments that sealed copies hold: a folder for each set of keys."""

    def __init__(self, held: Path, copied: Path, mark: str) -> None:
        self._held = BlobFiles(held)
        self._own = BlobFiles(copied / f"{BLOBS}-{mark}")
        self._former = [
            BlobFiles(path)
            for path in copied.glob(f"{BLOBS}*")
            if path != self._own.folder
        ]

    def path(self, sha: str) -> Path:
        """Return where one is, or would be, for the present keys."""
        return self._own.path(sha).with_name(f"{sha}{SEALED}")

    def all(self) -> list[Path]:
        """Return those for the present keys."""
        return sorted(self._own.folder.glob(f"??/??/*{SEALED}"))

    def former(self) -> set[str]:
        """Return those that other keys open."""
        return {path.stem for each in self._former for path in each.folder.glob(_BLOBS)}

    def unsealed(self) -> tuple[list[Path], list[Path]]:
        """Return those of the hub that the present keys do not open.

        Those that no copy holds, and those that are sealed for other keys.
        """
        former = self.former()
        left = [each for each in self._held.all() if not self.path(each.name).exists()]
        return (
            [path for path in left if path.name not in former],
            [path for path in left if path.name in former],
        )

    def drop_erased(self) -> None:
        """Remove what the hub, or the present keys, have replaced for thirty days."""
        drop_erased(self._held, self._own.folder, SEALED)
        for each in self._former:
            drop_erased(self._held, each.folder, SEALED, self._own)


def restore_sealed(
    folder: Path, sealed: Path, identity: Path, database: str = ""
) -> Path | str | None:
    """Put a sealed copy back where a hub is stopped; return what was set aside.

    Raises:
        DiagError: when that key does not open it, it is damaged, or the hub is running;
            or, all the rest being back, when attachments do not open.
    """
    openers = read_identities(identity)
    with _workshop(folder) as bench:
        plain = _open_copy(sealed, openers, bench)
        kept = restore(folder, plain, database)
    blobs, found = BlobFiles(folder / BLOBS), set[str]()
    with _workshop(folder) as bench:
        for path in sorted(sealed.parent.glob(f"{BLOBS}*/{_BLOBS}")):
            there = blobs.path(path.stem)
            found.add(path.stem)
            if there.exists():
                continue
            with suppress(DiagError):  # another folder may hold it for another key
                _open(path, openers, bench / "opened")
                with (bench / "opened").open("rb") as content:
                    place(content, there)
    if left := sum(not blobs.path(sha).exists() for sha in found):
        many = counted(left, "pièce jointe", "pièces jointes")
        aside = f" L'ancienne base est gardée trente jours : {kept}." if kept else ""
        raise DiagError(
            f"Le serveur est remis en place, sans {many} : autre clé du bureau, ou "
            f"fichier abîmé.{aside} Ce que les postes ont encore reviendra à leur "
            "synchronisation ; pour le reste, gardez cette copie, et recommencez avec "
            "les deux clés dans un même fichier, l'une sous l'autre."
        )
    return kept


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
    """Give a folder of the hub's, for its owner alone, where a copy is in clear.

    One that a kill left goes the next day: it holds what is erased since.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    now = datetime.now(UTC).timestamp()
    for left in folder.glob(f"{_BENCH}*"):
        with suppress(FileNotFoundError):  # another copy, which ends
            if now - left.stat().st_mtime > _ALL.total_seconds():
                rmtree(left, ignore_errors=True)
    with TemporaryDirectory(dir=folder, prefix=_BENCH) as name:
        yield Path(name)


def _open_copy(sealed: Path, openers: list[Any], bench: Path) -> Path:
    """Write a sealed copy and its erasures as plain ones; return the database."""
    _open(sealed, openers, bench / "opened")
    with (bench / "opened").open("rb") as file:
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
    log = sealed.with_name(f"{ERASURES}{SEALED}")
    if log.exists():
        _open(log, openers, bench / ERASURES)
    return bench / database


def _open(path: Path, openers: list[Any], there: Path) -> None:
    """Write what a sealed file holds, a part at a time in memory."""
    try:
        with path.open("rb") as sealed, writing_private(there) as file:
            load_age().decrypt_io(sealed, file, openers)
    except (OSError, load_age().DecryptError) as error:
        reason = getattr(error, "strerror", None)
        if reason:  # else the library's own, on what it read
            raise DiagError(f"{path} : copie illisible ({reason}).") from error
        raise DiagError(
            f"{path} : cette clé ne l'ouvre pas, ou le fichier est abîmé. Rien n'a été "
            "changé. Essayez l'autre clé du bureau, ou une autre copie."
        ) from error


def _refuse_foreign(path: Path) -> DiagError:
    return DiagError(
        f"{path} : ce n'est pas une copie de serveur faite par diag hub backup --seal."
    )


def try_copy(home: HubHome, last: LastCopy, identity: Path | None) -> str:
    """Check that a copy would go back, the hub untouched; return what was done.

    `identity`: the office's private key, if it is here. What is opened stands in the
    hub's folder for that time.

    Raises:
        DiagError: when it would not go back.
    """
    copied = Path(last.path)
    if copied.suffix != SEALED:
        return _try_plain(home, copied)
    if last.sha not in {"", hash_file(copied)}:
        raise DiagError(f"{copied} n'est plus ce qui a été écrit.")
    if identity is None:
        return (
            "telle qu'écrite, mais non ouverte : la clé du bureau n'est pas ici. "
            "Essayez-la : diag hub doctor --identity CLÉ, ou restaurez-la, dans un "
            "autre dossier, là où est la clé"
        )
    openers = read_identities(identity)
    with _workshop(home.folder) as bench:
        done = _try_plain(home, _open_copy(copied, openers, bench))
        sealed = SealedBlobs(home.folder / BLOBS, copied.parent, last.keys).all()
        for path in sealed:
            _open(path, openers, bench / path.stem)
            if not is_intact(bench / path.stem):
                raise DiagError(f"{path} : pièce jointe abîmée. Supprimez-la.")
            (bench / path.stem).unlink()
    many = counted(len(sealed), "pièce jointe ouverte", "pièces jointes ouvertes")
    return f"ouverte, {done}, {many}"


def _try_plain(home: HubHome, copied: Path) -> str:
    if copied.suffix != _DUMP:
        sqlite.verify(copied)
        return "vérifiée"
    from diag.sync.hub import postgres  # noqa: PLC0415 - extra `hub`

    if postgres.try_copy(copied, home.settings.database):
        return "restaurée à l'essai dans une base à part, vérifiée, puis supprimée"
    return (
        "relue en entier par pg_restore, mais non restaurée à l'essai : l'utilisateur "
        "de la base ne peut pas en créer (docs/hub.md)"
    )


def count_former(last: LastCopy) -> int:
    """Return how many copies are older than the keys of the last one."""
    dates = [_date(path) for path in Path(last.path).parent.glob(f"hub-*{SEALED}")]
    return sum(bool(at and last.since and at < last.since) for at in dates)
