"""Copies of a workspace: made, checked, put back; what was erased since goes again.

Of the syndicat's own files, a copy is one zip, read back before it counts; it is put
back whole or not at all.
"""

import io
import json
import os
import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from pathlib import Path, PurePosixPath
from shutil import rmtree
from typing import Any, NamedTuple
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from diag.journal import backup
from diag.journal import connection as keys
from diag.journal.attachments import (
    back_up_photos,
    drop_unnamed,
    held,
    restore_photos,
    verify_copied_photos,
)
from diag.journal.errors import DamagedError, JournalError, UnreachableError
from diag.journal.exchange import held_by_hubs
from diag.journal.file import release_segments
from diag.journal.journal import FILE, Journal, get_setting, put_setting
from diag.journal.outbox import Outbox
from diag.journal.people import erasures_in
from diag.journal.revision import Revision
from diag.workspace.disk import write_whole
from diag.workspace.settings import FORGOTTEN
from diag.workspace.workspace import OVERLAY, Workspace

_UNREADABLE = (zlib.error, EOFError, ValueError, RuntimeError)
"""How a zip that is damaged, or under a password, may fail, next to its own error."""

_MOST = 64 * 2**20
"""Bytes of an overlay: grids, texts and a logo take one."""


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
        key = keys.key_of(workspace.journal.path)
        release_segments(workspace.folder, key, held_by_hubs(workspace.journal))
    else:
        device = workspace.settings.device if workspace.knows_author else ""
        mark = sha256(device.encode("utf-8")).hexdigest()[:8]
        path = backup.backup_elsewhere(connection, folder, mark, today)
    photos = back_up_photos(workspace.folder, path)
    return Copied(path, photos, _back_up_overlay(workspace.folder, path))


def restore(folder: Path, copied: Path) -> tuple[Path, ...]:
    """Put a copy back in service, all of it; return what was set aside.

    What was erased since the copy is erased from it again.

    Raises:
        DiagError: when the copy is damaged, or is that of the photos alone; the
            present journal is not touched.
    """
    if not copied.name:
        raise UnreachableError(
            f"« {copied} » ne nomme aucune copie. Rien n'a été changé. Donnez le "
            "fichier de la copie.",
            command="diag restore backups/diag-AAAA-MM-JJ.db",
        )
    journal = copied.with_stem(copied.stem.removesuffix("-photos"))
    if copied == backup.photos_beside(journal) and journal.exists():
        raise UnreachableError(
            f"« {copied} » n'est que les photos de la copie. Rien n'a été changé. "
            "Donnez le journal, à côté.",
            command=f"diag restore {journal}",
        )
    verify_copied_photos(copied)
    beside = backup.overlay_beside(copied)
    grids = _read(beside) if beside.exists() else {}  # else the present ones stay
    aside = stamp_aside("restauration")
    former = backup.restore(copied, folder / FILE, aside)
    photos = restore_photos(folder, copied, aside)
    overlay = _put_overlay(folder, grids, aside) if grids else None
    carry_out_again(folder, former)
    return tuple(path for path in (former, photos, overlay) if path is not None)


def stamp_aside(what: str) -> str:
    """Return what a file that is set aside has at the end of its name."""
    return f"avant-{what}-{datetime.now():%Y-%m-%d-%H%M%S}"  # noqa: DTZ005 - a file's name


def _back_up_overlay(folder: Path, copied: Path) -> Path | None:
    """Copy a workspace's overlay next to its journal's copy; None when it has none.

    Raises:
        JournalError: when a file could not be read, or the copy not written.
    """
    beside = backup.overlay_beside(copied)
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


# What was erased, which a copy of before still holds.

ERASED = "effacements"
"""Where what was erased is remembered, in the workspace; no value."""

_ERASURES = "effacements.jsonl"
_FORGOTTEN = "oublis.json"


class Forgotten(NamedTuple):
    """What no revision holds and must stay away: named without saying it."""

    labels: Sequence[str] = ()
    """Of people."""
    addresses: Sequence[str] = ()
    """Whose address was typed: an audience and a subject."""
    messages: Sequence[str] = ()
    """Message-IDs of the outbox."""


def remember_erasures(folder: Path, erasures: Iterable[Revision]) -> None:
    """Add erasures to those that a restored copy must carry out again."""
    path = folder / ERASED / _ERASURES
    path.parent.mkdir(exist_ok=True)
    known = set(_lines(path))
    new = [each.line for each in erasures if each.line not in known]
    with path.open("ab+") as file:
        file.seek(-min(file.tell(), 1), os.SEEK_END)
        if file.read() not in {b"", b"\n"}:  # a line that a kill cut
            file.write(b"\n")
        file.writelines(line + b"\n" for line in new)
        file.flush()
        os.fsync(file.fileno())


def remember_forgotten(workspace: Workspace, forgotten: Forgotten) -> None:
    """Take out of the workspace what no revision holds, and keep it out."""
    path = workspace.folder / ERASED / _FORGOTTEN
    path.parent.mkdir(exist_ok=True)
    known = _forgotten(path)
    kept = Forgotten(*(sorted({*a, *b}) for a, b in zip(known, forgotten, strict=True)))
    write_whole(path, json.dumps(kept._asdict()).encode())
    _without(workspace.journal, kept)


def carry_out_again(folder: Path, former: Path | None) -> int:
    """Have a copy just restored lose what was erased since; return how many lines.

    `former` is the journal that it took the place of: its erasures count as well.

    Raises:
        DiagError: when the restored journal cannot be written.
    """
    lines = dict.fromkeys(_lines(folder / ERASED / _ERASURES))
    if former is not None:
        with suppress(JournalError):  # it may be restored because it is damaged
            lines |= dict.fromkeys(erasures_in(former))
    with Journal.open(folder) as journal:
        named: Collection[str] = ()
        with suppress(JournalError):  # damaged attachments keep no line
            named = held(journal) if lines else ()
        taken = journal.ingest(lines).new if lines else 0
        if taken:  # the attachments that only what is erased named leave with it
            with suppress(JournalError):
                drop_unnamed(journal, among=named)
            journal.compact()
        forgotten = _forgotten(folder / ERASED / _FORGOTTEN)
        if any(forgotten):
            _without(journal, forgotten)
            journal.compact()
    return taken


def _without(journal: Journal, forgotten: Forgotten) -> None:
    kept = get_setting(journal, "workspace")
    if kept:
        people = _less(kept["people"], forgotten.labels)
        put_setting(journal, "workspace", {**kept, "people": people})
    addresses = get_setting(journal, "mail_addresses", {})
    put_setting(journal, "mail_addresses", _less(addresses, forgotten.addresses))
    put_setting(journal, FORGOTTEN, sorted(forgotten.labels))
    Outbox(journal).forget(forgotten.messages)


def _less(kept: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: value for name, value in kept.items() if name not in names}


def _lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines() if path.exists() else []


def _forgotten(path: Path) -> Forgotten:
    if not path.exists():
        return Forgotten()
    try:
        return Forgotten(**json.loads(path.read_text(encoding="utf-8")))
    except (TypeError, ValueError) as error:
        raise DamagedError(
            f"{path} est abîmé : les noms qu'il faisait oublier ne sont plus connus. "
            "Retirez ce fichier, puis effacez-les à nouveau.",
            command="diag rgpd erase-person NOM",
        ) from error
