"""Photos over the visit: dropped, typed, come from the phone; bombs told, not shown."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from diag.audit.photos import choose_photo_folder, photos_of
from diag.audit.session import AuditSession
from diag.journal.attachments import AttachmentStore
from diag.model.audit import Photo
from diag.office.sync import Fetched
from diag.tui import photos as screen
from diag.tui.app import DiagApp
from diag.tui.photos import DropField, PhotosScreen, open_photos
from diag.workspace.workspace import Workspace
from tests.audit.pictures import jpeg, png_claiming
from tests.tui.builders import SCHOOL, new_app
from tests.tui.waiting import shows, wait_for

SIZE = (80, 24)


async def opened(app: DiagApp, pilot: Pilot[None], question: str = "") -> AuditSession:
    session = app.desk.session(SCHOOL)
    open_photos(app, session, session.facts.root, question)
    await wait_for(pilot, lambda: shows(pilot, "Photos : "), "the photos")
    return session


def paste(app: DiagApp, text: str) -> None:
    """Paste as a terminal does when files are dropped on it."""
    app.post_message(events.Paste(text))


async def test_files_dropped_together_are_joined_and_the_bomb_is_told(
    tmp_path: Path,
) -> None:
    files = [
        jpeg(tmp_path / "baie ouverte.jpg"),
        png_claiming(tmp_path / "bombe.png", 30_000, 30_000),
        jpeg(tmp_path / "porte.jpg", (99, 99)),
    ]
    app = new_app(tmp_path / "desk")
    async with app.run_test(size=SIZE, notifications=True, tooltips=True) as pilot:
        session = await opened(app, pilot)
        paste(app, "\n".join(f"'{path}'" for path in files))
        await wait_for(pilot, lambda: len(photos_of(session)) == 2, "both kept")
        await wait_for(pilot, lambda: shows(pilot, "Jointe : porte"), "said")

        assert shows(pilot, "baie ouverte, prise à 09:41")
        assert shows(pilot, "bombe.png")
        assert isinstance(app.screen, PhotosScreen)
        await pilot.press("ctrl+t")
        await wait_for(pilot, lambda: shows(pilot, "à montrer"), "to be shown")
        assert [one.shown for one in photos_of(session)] == [False, True]


async def test_a_typed_path_is_joined_and_what_is_none_stays_in_the_field(
    tmp_path: Path,
) -> None:
    path = jpeg(tmp_path / "a.jpg")
    app = new_app(tmp_path / "desk")
    async with app.run_test(size=SIZE, notifications=True, tooltips=True) as pilot:
        session = await opened(app, pilot, "nb_classes")
        field = app.screen.query_one(DropField)
        field.value = f"{path}x"
        await pilot.press("enter")
        await wait_for(pilot, lambda: shows(pilot, "introuvable"), "refused")
        assert field.value == f"{path}x"
        await pilot.press("end", "backspace", "enter")
        await wait_for(pilot, lambda: photos_of(session), "kept")

        assert photos_of(session)[0].question == "nb_classes"
        await wait_for(pilot, lambda: not field.value, "an empty field")
        paste(app, "une phrase [/x]")
        await wait_for(pilot, lambda: field.value == "une phrase [/x]", "pasted once")


async def test_a_photo_is_seen_in_the_terminal(tmp_path: Path) -> None:
    app = new_app(tmp_path / "desk")
    async with app.run_test(size=SIZE, notifications=True, tooltips=True) as pilot:
        await opened(app, pilot)
        paste(app, str(jpeg(tmp_path / "a.jpg")))
        await wait_for(pilot, lambda: shows(pilot, "Jointe"), "kept")
        await pilot.press("f5")
        await wait_for(pilot, lambda: shows(pilot, "▀" * 20), "pixels")
        await pilot.press("escape")
        await wait_for(pilot, lambda: shows(pilot, "Photos : "), "back")


async def test_a_thumbnail_is_seen_until_the_picture_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a line paid by volume, nothing is asked for: the sentence tells why."""
    monkeypatch.setattr(screen, "is_metered", lambda: True)
    app = new_app(tmp_path / "desk")
    async with app.run_test(size=SIZE, notifications=True, tooltips=True) as pilot:
        session = await opened(app, pilot)
        paste(app, str(jpeg(tmp_path / "a.jpg")))
        await wait_for(pilot, lambda: shows(pilot, "Jointe"), "kept")
        (photo,) = photos_of(session)
        AttachmentStore(session.workspace.folder).drop(photo.sha)
        await pilot.press("f5")
        await wait_for(pilot, lambda: shows(pilot, "▀" * 20), "pixels")
        assert shows(pilot, "(vignette)")
        await pilot.press("escape")
        await wait_for(pilot, lambda: shows(pilot, "payée au volume"), "told why")


async def test_a_picture_at_the_office_is_asked_for_then_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([Fetched(0, 1, ""), Fetched(0, 1, "hors ligne"), Fetched(1, 0, "")])

    def fetched(desk: Workspace, asked: Iterable[Photo]) -> Fetched:
        (photo,), answer = asked, next(answers)
        if answer.received:
            assert AttachmentStore(desk.folder).put(data, photo.mime) == photo.sha
        return answer

    monkeypatch.setattr(screen, "fetch", fetched)
    app = new_app(tmp_path / "desk")
    async with app.run_test(size=SIZE, notifications=True, tooltips=True) as pilot:
        session = await opened(app, pilot)
        paste(app, str(jpeg(tmp_path / "a.jpg")))
        await wait_for(pilot, lambda: shows(pilot, "Jointe"), "kept")
        photos = AttachmentStore(session.workspace.folder)
        data = photos.get(photos_of(session)[0].sha) or b""
        photos.let_go(photos.sizes())
        await pilot.press("f5")
        await wait_for(pilot, lambda: shows(pilot, "Pas encore reçue"), "not there")
        assert shows(pilot, "au bureau")
        await pilot.press("f5")
        await wait_for(pilot, lambda: shows(pilot, "hors ligne"), "why not")
        await pilot.press("f5")
        await wait_for(pilot, lambda: shows(pilot, "▀" * 20), "pixels")
        await pilot.press("escape")
        await wait_for(pilot, lambda: shows(pilot, "Photos : "), "back")
        assert not shows(pilot, "au bureau")


async def test_what_came_from_the_phone_is_joined_once(tmp_path: Path) -> None:
    phone = tmp_path / "photos du téléphone"
    phone.mkdir()
    jpeg(phone / "IMG_1.jpg")
    app = new_app(tmp_path / "desk")
    async with app.run_test(size=SIZE, notifications=True, tooltips=True) as pilot:
        session = await opened(app, pilot)
        await pilot.press("f3")
        await wait_for(pilot, lambda: shows(pilot, "Dossier où arrivent"), "asked")
        app.screen.query_one(Input).value = str(phone)
        await pilot.press("enter")
        await wait_for(pilot, lambda: len(photos_of(session)) == 1, "the first")
        await wait_for(pilot, lambda: shows(pilot, "Jointe : IMG_1"), "said")
        await pilot.press("f3")
        await wait_for(pilot, lambda: shows(pilot, "Rien de nouveau"), "no more")


async def test_a_folder_that_left_gets_a_sentence(tmp_path: Path) -> None:
    phone = tmp_path / "telephone"
    phone.mkdir()
    app = new_app(tmp_path / "desk")
    async with app.run_test(size=SIZE, notifications=True, tooltips=True) as pilot:
        session = await opened(app, pilot)
        choose_photo_folder(session.workspace, phone)
        phone.rmdir()
        await pilot.press("f3")
        await wait_for(pilot, lambda: shows(pilot, "n'est plus lisible"), "told")


async def test_a_caption_is_written_and_a_photo_taken_away(tmp_path: Path) -> None:
    app = new_app(tmp_path / "desk")
    async with app.run_test(size=SIZE, notifications=True, tooltips=True) as pilot:
        session = await opened(app, pilot)
        paste(app, str(jpeg(tmp_path / "a.jpg")))
        await wait_for(pilot, lambda: shows(pilot, "Jointe"), "kept")
        await pilot.press("f2")
        await wait_for(pilot, lambda: shows(pilot, "Que montre"), "asked")
        app.screen.query_one(Input).value = "Baie [/b] ouverte"
        await pilot.press("enter")
        await wait_for(pilot, lambda: shows(pilot, "Baie [/b] ouverte,"), "told")
        assert photos_of(session)[0].caption == "Baie [/b] ouverte"
        await pilot.press("f8")
        await wait_for(pilot, lambda: not photos_of(session), "gone")
        assert not app.screen.query_one(OptionList).display
        await pilot.press("escape")
        await wait_for(
            pilot, lambda: not isinstance(app.screen, PhotosScreen), "closed"
        )


async def test_refusals_are_read_to_the_last_one_where_there_is_room(
    tmp_path: Path,
) -> None:
    files = [png_claiming(tmp_path / f"b{n}.png", 30_000, 30_000) for n in range(9)]
    app = new_app(tmp_path / "desk")
    async with app.run_test(size=(100, 30), notifications=True, tooltips=True) as pilot:
        await opened(app, pilot)
        paste(app, "\n".join(f"'{path}'" for path in files))
        await wait_for(pilot, lambda: shows(pilot, "b4.png"), "more than a few")
        await pilot.press("tab", "end")
        await wait_for(pilot, lambda: shows(pilot, "b8.png"), "the last one")
