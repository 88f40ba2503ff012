"""Photos of an audit: joined, told, given back as files; one durable commit each."""

import re
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from diag.desk.evidence.picture import Picture, PictureError, read_picture, told
from diag.desk.session import Session
from diag.desk.visit.answers import find_question
from diag.desk.visit.places import find_place
from diag.desk.whole_file import write_whole
from diag.journal import changes, subjects
from diag.journal.attachments import Attachments
from diag.journal.draft import Draft
from diag.journal.photos import is_named
from diag.journal.photos import photos_of as _photos_of
from diag.journal.revision import Revision
from diag.journal.subjects import PhotoTopic
from diag.model.enums import QuestionType, State
from diag.model.errors import DiagError
from diag.model.fact import Answer
from diag.model.folding import fold
from diag.model.photo import Photo
from diag.model.text import clean_line

FREE_BYTES = 200 * 1024 * 1024
"""Space that must stay free on the disk: answers come before pictures."""

_FILE_NAME = 60
_SHA = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Shown:
    """What a photo shows: a place of the audit, and maybe one of its questions."""

    place: str = ""
    """Id of the place; empty: the school itself."""
    question: str = ""
    """Id of the question that it answers or backs."""


@dataclass(frozen=True, slots=True)
class Joined:
    """What became of several files."""

    photos: tuple[Photo, ...] = ()
    known: tuple[Photo, ...] = ()
    """Those that were already there."""
    refused: tuple[str, ...] = ()
    """A French sentence for each file that was not taken."""


def photos_of(session: Session) -> tuple[Photo, ...]:
    """Return the photos of an audit, in the order in which they were joined."""
    return _photos_of(session.workspace.journal, session.audit.id)


def shown_by(session: Session, *, place: str = "", question: str = "") -> Shown:
    """Return what photos will show, from names as typed.

    Raises:
        DiagError: unknown place or question, or a question not asked at that place.
    """
    where = find_place(session, place)
    if question:
        asked = find_question(session, question)
        if asked.place is not where.kind:
            raise DiagError(
                f"{asked.id} ne se répond pas pour « {where.name} ». "
                "Donnez un autre lieu, ou retirez la question."
            )
    return Shown(where.id, question)


def join_photos(
    session: Session,
    paths: Iterable[Path],
    shown: Shown,
    caption: str = "",
    progress: Callable[[str], None] = lambda _name: None,
) -> Joined:
    """Join several files; one that is refused does not stop the others.

    Raises:
        DiagError: when nothing can be written at all (disk full, locked).
    """
    joined: list[Photo] = []
    known: list[Photo] = []
    refused: list[str] = []
    for path in paths:
        progress(told(path.name))
        try:
            photo, is_new = keep_picture(session, read_picture(path), shown, caption)
        except PictureError as error:
            refused.append(str(error))
        else:
            (joined if is_new else known).append(photo)
    return Joined(tuple(joined), tuple(known), tuple(refused))


def keep_picture(
    session: Session, picture: Picture, shown: Shown, caption: str = ""
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
    _check_space(session.workspace.folder)
    world = session.workspace.world
    attachments = Attachments(session.workspace.folder)
    photo = Photo(
        id=str(UUID(bytes=world.nonce() + world.nonce(), version=4)),
        sha=attachments.put(picture.data, picture.mime),
        place=place,
        question=shown.question,
        caption=_caption(caption or picture.name),
        taken_at=picture.taken_at,
        original=picture.original,
        mime=picture.mime,
        size=len(picture.data),
    )
    session.say(
        changes.photographed(session.audit.id, photo),
        *_answer(session, photo, photo.id),
    )
    return photo, True


def caption_photo(session: Session, ident: str, caption: str) -> Photo:
    """Say otherwise what a photo shows.

    Raises:
        DiagError: unknown photo, or a caption that cannot be kept.
    """
    photo = find_photo(session, ident)
    told = photo.model_copy(update={"caption": _caption(caption)})
    session.say(changes.photographed(session.audit.id, told))
    return told


def remove_photo(session: Session, ident: str) -> Photo:
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
    session.say(
        changes.unphotographed(session.audit.id, photo.id),
        *_answer(session, photo, others[-1] if others else None),
    )
    return photo


def find_photo(session: Session, ident: str) -> Photo:
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


def picture_of(session: Session, photo: Photo) -> bytes | None:
    """Return the bytes of a photo; None when they are not on this laptop."""
    return Attachments(session.workspace.folder).get(photo.sha)


def export_photos(session: Session, folder: Path) -> tuple[Path, ...]:
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
            path = folder / f"{number:03}{_slug(photo.caption)}.jpg"
            write_whole(path, data)
            written.append(path)
    return tuple(written)


def drop_erased(session: Session, erased: Revision) -> None:
    """Remove the picture of a revision just erased, unless another names it."""
    value: Any = erased.value
    if not isinstance(subjects.parse(erased.subject), PhotoTopic):
        return
    sha = value.get("sha") if isinstance(value, dict) else None
    if not isinstance(sha, str) or not _SHA.fullmatch(sha):
        return
    if not is_named(session.workspace.journal, sha):
        Attachments(session.workspace.folder).drop(sha)


def _answer(session: Session, photo: Photo, value: str | None) -> tuple[Draft, ...]:
    """Return the answer that a photo gives, when its question asks for one."""
    question = session.checklist.questions.get(photo.question)
    if question is None or question.type is not QuestionType.PHOTO:
        return ()
    audit = session.audit.id
    if value is None:
        return (changes.unanswered(audit, photo.place, question.id),)
    answer = Answer(State.KNOWN, value)
    return (changes.answered(audit, photo.place, question.id, answer),)


def _check_space(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < FREE_BYTES:
        raise DiagError(
            f"Il ne reste que {free // 2**20} Mo sur le disque : la photo n'a pas été "
            f"jointe, pour garder de la place aux réponses. Libérez "
            f"{FREE_BYTES // 2**20} Mo, puis recommencez."
        )


def _caption(text: str) -> str:
    try:
        return clean_line(text)
    except ValueError as error:
        raise DiagError(f"Légende refusée : {error}.") from error


def _slug(caption: str) -> str:
    words = "".join(char if char.isalnum() else " " for char in fold(caption)).split()
    slug = "-".join(words).encode("ascii", "ignore").decode()[:_FILE_NAME]
    return f"-{slug}" if slug else ""
