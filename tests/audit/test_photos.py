"""Photos joined to an audit: kept once, told whole, given back."""

import os
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from diag.audit import photos
from diag.audit.erasing import erase
from diag.audit.history import changes_of
from diag.audit.photos import (
    PhotoSubject,
    arrivals,
    choose_photo_folder,
    join_photos,
    mark_arrivals_seen,
    photo_folder,
    photos_of,
)
from diag.audit.places import add_place
from diag.audit.session import AuditSession
from diag.audit.undo import undo
from diag.checklist.edition import compiled, digest
from diag.journal import changes
from diag.journal.attachments import AttachmentStore
from diag.model.enums import PlaceKind, QuestionType, State
from diag.model.errors import DiagError
from diag.workspace.workspace import Workspace
from tests.audit.pictures import jpeg, opened, png_claiming


def test_a_photo_is_kept_with_what_it_shows(
    session: AuditSession, tmp_path: Path
) -> None:
    room, _ = add_place(session, PlaceKind.SALLE, "Classe CP")
    shown = photos.shown_by(session, place="classe cp", question="type_salle")

    joined = join_photos(session, [jpeg(tmp_path / "IMG_7.jpg")], shown)

    (photo,) = photos_of(session)
    assert joined.photos == (photo,)
    assert (photo.place, photo.question) == (room.id, "type_salle")
    assert photo.caption == "IMG_7"
    assert photo.taken_at == "2026-10-05T09:41:00"
    data = photos.picture_of(session, photo)
    assert data is not None
    assert len(data) == photo.size
    assert opened(data).size == (640, 480)


def test_one_bad_file_does_not_stop_the_others(
    session: AuditSession, tmp_path: Path
) -> None:
    seen: list[str] = []
    paths = [
        jpeg(tmp_path / "a.jpg"),
        png_claiming(tmp_path / "bombe.png", 30_000, 30_000),
        tmp_path / "absente.jpg",
        jpeg(tmp_path / "b.jpg", (320, 200)),
    ]

    joined = join_photos(session, paths, PhotoSubject(), "Baie", seen.append)

    assert [photo.caption for photo in joined.photos] == ["Baie", "Baie"]
    assert len(joined.refused) == 2
    assert seen == ["a.jpg", "bombe.png", "absente.jpg", "b.jpg"]


def test_a_refused_file_changes_nothing(session: AuditSession, tmp_path: Path) -> None:
    before = session.digest

    join_photos(
        session, [png_claiming(tmp_path / "x.png", 30_000, 30_000)], PhotoSubject()
    )

    assert session.digest == before
    assert not AttachmentStore(session.workspace.folder).path.exists()


def test_the_same_photo_is_joined_once_at_a_place(
    session: AuditSession, tmp_path: Path
) -> None:
    path = jpeg(tmp_path / "a.jpg")
    room, _ = add_place(session, PlaceKind.SALLE, "Classe CP")

    first = join_photos(session, [path], PhotoSubject())
    again = join_photos(session, [path], PhotoSubject())
    elsewhere = join_photos(session, [path], PhotoSubject(room.id))

    assert again.known == first.photos
    assert len(elsewhere.photos) == 1
    assert elsewhere.photos[0].sha == first.photos[0].sha


def test_a_caption_is_said_again_and_keeps_the_order(
    session: AuditSession, tmp_path: Path
) -> None:
    joined = join_photos(
        session,
        [jpeg(tmp_path / "a.jpg"), jpeg(tmp_path / "b.jpg", (99, 99))],
        PhotoSubject(),
    )

    photos.caption_photo(session, joined.photos[0].id[:8], "  Baie [/x]\n ouverte ")

    assert [each.caption for each in photos_of(session)] == ["Baie [/x] ouverte", "b"]
    with pytest.raises(DiagError, match=r"Voyez la liste"):
        photos.caption_photo(session, "", "x")


def test_a_photo_taken_away_comes_back_by_undo(
    session: AuditSession, tmp_path: Path
) -> None:
    (photo,) = join_photos(session, [jpeg(tmp_path / "a.jpg")], PhotoSubject()).photos

    photos.remove_photo(session, photo.id)
    assert photos_of(session) == ()
    undo(session)

    assert photos_of(session) == (photo,)
    assert [change.about for change in changes_of(session)][-1] == "photo « a »"


def test_a_question_of_type_photo_is_answered_by_a_photo(
    session: AuditSession, tmp_path: Path
) -> None:
    question = with_photo_question(session)
    root = session.facts.root
    shown = PhotoSubject(root, question)
    paths = [jpeg(tmp_path / "a.jpg"), jpeg(tmp_path / "b.jpg", (99, 99))]

    first, second = join_photos(session, paths, shown).photos

    answer = session.facts.answer(root, question)
    assert answer is not None
    assert (answer.state, answer.value) == (State.KNOWN, second.id)
    photos.remove_photo(session, second.id)
    kept = session.facts.answer(root, question)
    assert kept is not None
    assert kept.value == first.id
    photos.remove_photo(session, first.id)
    assert session.facts.answer(root, question) is None


def with_photo_question(session: AuditSession) -> str:
    """Have the audit judged by checklists that ask for a photo."""
    name = "remarques"
    asked = session.checklist.questions["nb_classes"].model_copy(
        update={"id": name, "type": QuestionType.PHOTO}
    )
    questions = {**session.checklist.questions, name: asked}
    changed = session.checklist.model_copy(update={"questions": questions})
    body = compiled(changed)
    session.workspace.editions.keep(body)
    session.record(changes.pinned(session.audit.id, digest(body)))
    return name


def test_a_question_of_another_place_is_refused(session: AuditSession) -> None:
    with pytest.raises(DiagError, match="ne se répond pas pour"):
        photos.shown_by(session, question="type_salle")


def test_photos_are_exported_with_names_any_system_takes(
    session: AuditSession, tmp_path: Path
) -> None:
    for number, caption in enumerate(("Baie d'été", "../../etc", "CON", "日本", "")):
        path = jpeg(tmp_path / f"{number}.jpg", (20 + number, 20))
        join_photos(session, [path], PhotoSubject(), caption)

    written = photos.export_photos(session, tmp_path / "sortie")

    assert [path.name for path in written] == [
        "001-baie-d-ete.jpg",
        "002-etc.jpg",
        "003-con.jpg",
        "004.jpg",
        "005-4.jpg",
    ]


def test_an_erased_photo_leaves_the_disk_unless_another_names_it(
    session: AuditSession, tmp_path: Path
) -> None:
    path = jpeg(tmp_path / "a.jpg")
    room, _ = add_place(session, PlaceKind.SALLE, "Classe CP")
    (here,) = join_photos(session, [path], PhotoSubject()).photos
    (there,) = join_photos(session, [path], PhotoSubject(room.id)).photos
    revisions = [each for each in session.revisions() if "photo/" in each.subject]

    erase(session, revisions[0].id, "visage d'un élève")
    assert photos.picture_of(session, there) is not None
    erase(session, revisions[1].id, "visage d'un élève")

    assert photos.picture_of(session, here) is None
    assert photos_of(session) == ()


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def test_no_photo_is_taken_when_the_disk_is_nearly_full(
    session: AuditSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(1, 1, 10**8))

    with pytest.raises(DiagError, match="95 Mo sur le disque"):
        join_photos(session, [jpeg(tmp_path / "a.jpg")], PhotoSubject())

    assert photos_of(session) == ()


def test_only_what_came_since_the_last_time_is_offered(
    desk: Workspace, tmp_path: Path
) -> None:
    folder = tmp_path / "telephone"
    folder.mkdir()
    for name in ("a.JPG", "b.png", "notes.txt", ".cache.jpg"):
        (folder / name).touch()
    assert photo_folder(desk) is None
    assert arrivals(desk) == ()

    choose_photo_folder(desk, folder)
    first = arrivals(desk)
    mark_arrivals_seen(desk, first[-1])
    (folder / "c.jpg").touch()
    os.utime(folder / "c.jpg", (0, 0))  # taken long ago, arrived now

    assert photo_folder(desk) == folder
    assert sorted(each.path.name for each in first) == ["a.JPG", "b.png"]
    assert [each.path.name for each in arrivals(desk)] == ["c.jpg"]


def test_a_folder_that_is_not_there_gets_a_sentence(
    desk: Workspace, tmp_path: Path
) -> None:
    with pytest.raises(DiagError, match="n'est pas un dossier"):
        choose_photo_folder(desk, tmp_path / "absent")
    (tmp_path / "cle").mkdir()
    choose_photo_folder(desk, tmp_path / "cle")
    (tmp_path / "cle").rmdir()

    with pytest.raises(DiagError, match="Choisissez-en un"):
        arrivals(desk)
