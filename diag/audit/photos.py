"""The photos of an audit: joined, captioned, exported; one durable commit each."""

import re
import shutil
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import Any

from diag.answers.types import TYPES
from diag.audit.answer import find_question
from diag.audit.session import AuditSession
from diag.journal import changes, subjects
from diag.journal.attachments import THUMBNAIL, AttachmentStore, is_named
from diag.journal.journal import get_setting, put_setting
from diag.journal.records import photos_of as _photos_of
from diag.journal.revision import NewRevision, Revision, files_in
from diag.journal.subjects import PhotoTopic
from diag.model.audit import Answer, Photo
from diag.model.enums import State
from diag.model.errors import DiagError
from diag.model.text import clean_line, file_words, fold
from diag.workspace.disk import at_home, write_whole
from diag.workspace.picture import (
    SUFFIXES,
    DecodedPicture,
    PictureError,
    read_picture,
    thumbnail,
)
from diag.workspace.workspace import Workspace

FREE_BYTES = 200 * 1024 * 1024
"""Space that must stay free on the disk: answers come before pictures."""

_FILE_NAME = 60
_SHA = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class PhotoSubject:
    """What a photo shows: a place of the audit, and maybe one of its questions."""

    place: str = ""
    """Id of the place; empty: the school itself."""
    question: str = ""
    """Id of the question that it answers or backs."""


@dataclass(frozen=True, slots=True)
class PhotosJoined:
    """What became of several files."""

    photos: tuple[Photo, ...] = ()
    known: tuple[Photo, ...] = ()
    """Those that were already there."""
    refused: tuple[str, ...] = ()
    """A French sentence for each file that was not taken."""


def photos_of(session: AuditSession) -> tuple[Photo, ...]:
    """Return the photos of an audit, in the order in which they were joined."""
    return _photos_of(session.workspace.journal, session.audit.id)


def photos_joined(session: AuditSession, before: Iterable[str]) -> tuple[str, ...]:
    """Return the SHA-256 of the photos joined since; `before`: ids there were then."""
    known = frozenset(before)
    return tuple(one.sha for one in photos_of(session) if one.id not in known)


def shown_by(
    session: AuditSession, *, place: str = "", question: str = ""
) -> PhotoSubject:
    """Return what photos will show, from names as typed.

    Raises:
        DiagError: unknown place or question, or a question not asked at that place.
    """
    where = session.find_place(place)
    if question:
        asked = find_question(session, question)
        if asked.place is not where.kind:
            raise DiagError(
                f"{asked.id} ne se répond pas pour « {where.name} ». "
                "Donnez un autre lieu, ou retirez la question."
            )
    return PhotoSubject(where.id, question)


def join_photos(
    session: AuditSession,
    paths: Iterable[Path],
    shown: PhotoSubject,
    caption: str = "",
    progress: Callable[[str], None] = lambda _name: None,
) -> PhotosJoined:
    """Join several files; one that is refused does not stop the others.

    Raises:
        DiagError: when nothing can be written at all (disk full, locked).
    """
    joined: list[Photo] = []
    known: list[Photo] = []
    refused: list[str] = []
    for path in paths:
        progress(file_words(path.name))
        try:
            photo, is_new = keep_picture(session, read_picture(path), shown, caption)
        except PictureError as error:
            refused.append(str(error))
        else:
            (joined if is_new else known).append(photo)
    return PhotosJoined(tuple(joined), tuple(known), tuple(refused))


def keep_picture(
    session: AuditSession,
    picture: DecodedPicture,
    shown: PhotoSubject,
    caption: str = "",
) -> tuple[Photo, bool]:
    """Keep a picture that was read; return the photo, and whether it is new here.

    An answer of type photo is given in the same commit.

    Raises:
        DiagError: when it cannot be written; nothing is.
    """
    place = shown.place or session.facts.root
    for photo in photos_of(session):
        same = (photo.original, photo.place, photo.question)
        if same == (picture.original, place, shown.question):
            return photo, False
    free = shutil.disk_usage(session.workspace.folder).free
    if free < FREE_BYTES:
        raise DiagError(
            f"Il ne reste que {free // 2**20} Mo sur le disque : la photo n'a pas été "
            f"jointe, pour garder de la place aux réponses. Libérez "
            f"{FREE_BYTES // 2**20} Mo, puis recommencez."
        )
    attachments = AttachmentStore(session.workspace.folder)
    small = attachments.put(thumbnail(picture.data), THUMBNAIL)
    photo = Photo(
        id=session.workspace.world.fresh_id(),
        sha=attachments.put(picture.data, picture.mime),
        place=place,
        question=shown.question,
        caption=_caption(caption or picture.name),
        taken_at=picture.taken_at,
        original=picture.original,
        mime=picture.mime,
        size=len(picture.data),
        files=(small,),
    )
    session.record(
        changes.photographed(session.audit.id, photo),
        *_answer(session, photo, photo.id),
    )
    return photo, True


def caption_photo(session: AuditSession, ident: str, caption: str) -> Photo:
    """Change the caption of a photo.

    Raises:
        DiagError: unknown photo, or a caption that cannot be kept.
    """
    photo = find_photo(session, ident)
    captioned = photo.model_copy(update={"caption": _caption(caption)})
    session.record(changes.photographed(session.audit.id, captioned))
    return captioned


def mark_photo(session: AuditSession, ident: str, *, shown: bool) -> Photo:
    """Say that a photo is « à montrer » in public documents, or no longer.

    Raises:
        DiagError: unknown photo.
    """
    photo = find_photo(session, ident).model_copy(update={"shown": shown})
    session.record(changes.photographed(session.audit.id, photo))
    return photo


def remove_photo(session: AuditSession, ident: str) -> Photo:
    """Take a photo away; history keeps it, undo brings it back.

    Raises:
        DiagError: unknown photo.
    """
    photo = find_photo(session, ident)
    others = [
        other.id
        for other in photos_of(session)
        if (other.place, other.question) == (photo.place, photo.question)
        and other.id != photo.id
    ]
    session.record(
        changes.unphotographed(session.audit.id, photo.id),
        *_answer(session, photo, others[-1] if others else None),
    )
    return photo


def find_photo(session: AuditSession, ident: str) -> Photo:
    """Return the photo of that id, or of the only id that begins so.

    Raises:
        DiagError: unknown, or several begin so.
    """
    found = [photo for photo in photos_of(session) if photo.id.startswith(ident)]
    if ident and len(found) == 1:
        return found[0]
    raise DiagError(
        f"Photo « {ident[:40]} » inconnue dans cet audit. Voyez la liste.",
        command=f"diag audit photo {session.about.ref} list",
    )


def picture_of(session: AuditSession, photo: Photo) -> bytes | None:
    """Return the bytes of a photo; None when they are not on this laptop."""
    return AttachmentStore(session.workspace.folder).get(photo.sha)


def thumbnail_of(session: AuditSession, photo: Photo) -> bytes | None:
    """Return the bytes of a photo's thumbnail; None when they are not here."""
    if not photo.thumbnail:
        return None
    return AttachmentStore(session.workspace.folder).get(photo.thumbnail)


def export_photos(session: AuditSession, folder: Path) -> tuple[Path, ...]:
    """Write every photo that is here to a folder, named by number and caption.

    Raises:
        DiagError: when a photo on disk is damaged.
        OSError: when a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for number, photo in enumerate(photos_of(session), 1):
        data = picture_of(session, photo)
        if data is not None:
            letters = (x if x.isalnum() else " " for x in fold(photo.caption))
            slug = "-".join("".join(letters).split()).encode("ascii", "ignore").decode()
            named = f"{number:03}-{slug[:_FILE_NAME]}" if slug else f"{number:03}"
            path = folder / f"{named}.jpg"
            write_whole(path, data)
            written.append(path)
    return tuple(written)


def drop_erased(session: AuditSession, erased: Revision) -> None:
    """Remove the pictures of a revision just erased, unless another names them."""
    value: Any = erased.value
    named = [*files_in(value)]
    if isinstance(subjects.parse(erased.subject), PhotoTopic):
        named.append(str(value.get("sha")))
    for sha in filter(_SHA.fullmatch, named):
        if not is_named(session.workspace.journal, sha):
            AttachmentStore(session.workspace.folder).drop(sha)


def _answer(
    session: AuditSession, photo: Photo, value: str | None
) -> tuple[NewRevision, ...]:
    """Return the answer that a photo gives, when its question asks for one."""
    question = session.checklist.questions.get(photo.question)
    if question is None or not TYPES[question.type].is_photo:
        return ()
    audit = session.audit.id
    if value is None:
        return (changes.unanswered(audit, photo.place, question.id),)
    answer = Answer(State.KNOWN, value)
    return (changes.answered(audit, photo.place, question.id, answer),)


def _caption(text: str) -> str:
    try:
        return clean_line(text)
    except ValueError as error:
        raise DiagError(f"Légende refusée : {error}.") from error


_KEY = "photos"
_MOST = 200


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file that came into the folder."""

    path: Path
    at: int
    """When it came, in nanoseconds of this laptop's clock."""


def photo_folder(workspace: Workspace) -> Path | None:
    """Return the folder that was chosen; None when none was."""
    kept = get_setting(workspace.journal, _KEY)
    return Path(kept["folder"]) if isinstance(kept, dict) else None


def choose_photo_folder(workspace: Workspace, folder: Path) -> Path:
    """Choose the folder where photos arrive; those of this day count as new.

    Raises:
        DiagError: when it is no folder.
    """
    chosen = at_home(folder).absolute()
    if not chosen.is_dir():
        raise DiagError(
            f"{chosen} n'est pas un dossier. Donnez celui où arrivent les photos "
            "du téléphone."
        )
    midnight = datetime.combine(workspace.world.today(), time.min)
    since = int(midnight.timestamp()) * 10**9
    put_setting(workspace.journal, _KEY, {"folder": str(chosen), "since": since})
    return chosen


def arrivals(workspace: Workspace) -> tuple[Arrival, ...]:
    """Return the photos that came since the last time, oldest first; 200 at most.

    A file that is copied keeps the time of the shot: its arrival counts, not that.

    Raises:
        DiagError: when the folder is no longer there.
    """
    kept = get_setting(workspace.journal, _KEY)
    if not isinstance(kept, dict):
        return ()
    folder, since = Path(kept["folder"]), int(kept["since"])
    try:
        paths = [
            path
            for path in folder.iterdir()
            if path.suffix.lower() in SUFFIXES and not path.name.startswith(".")
        ]
    except OSError as error:
        raise DiagError(
            f"{folder} : le dossier des photos n'est plus lisible. Choisissez-en un "
            "autre."
        ) from error
    new: list[Arrival] = []
    for path in paths:
        with suppress(OSError):  # it left meanwhile
            status = path.stat()
            arrival = Arrival(path, max(status.st_mtime_ns, status.st_ctime_ns))
            new += [arrival] if arrival.at > since else []
    return tuple(sorted(new, key=lambda each: (each.at, each.path.name))[:_MOST])


def mark_arrivals_seen(workspace: Workspace, arrival: Arrival) -> None:
    """Keep that everything up to an arrival was looked at."""
    kept = get_setting(workspace.journal, _KEY)
    if isinstance(kept, dict):
        put_setting(workspace.journal, _KEY, {**kept, "since": arrival.at})
