"""Photos of a place: dropped, typed or come from the phone; one photo, seen."""

import io
from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from pathlib import Path, PurePath
from typing import ClassVar, cast

from rich.segment import Segment
from rich.style import Style
from textual import events, on, work
from textual.app import App, ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.message import Message
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option
from textual.worker import get_current_worker

from diag.audit.photos import (
    Arrival,
    PhotoSubject,
    arrivals,
    caption_photo,
    choose_photo_folder,
    keep_picture,
    mark_arrivals_seen,
    mark_photo,
    photo_folder,
    photos_of,
    picture_of,
    remove_photo,
    thumbnail_of,
)
from diag.audit.session import AuditSession
from diag.model.audit import Photo
from diag.model.errors import DiagError
from diag.office.sync import AWAITED, absent, fetch
from diag.sync.transfer import is_metered
from diag.tui.commands import Command, CommandType, Sturdy
from diag.tui.dialogs import Ask, Close
from diag.tui.place import KeyBar
from diag.tui.state import Shell
from diag.tui.text import content
from diag.words.sentences import counted
from diag.workspace.disk import is_file, path_typed, paths_of
from diag.workspace.picture import DecodedPicture, PictureError, read_picture

_LATER = (
    "Connexion payée au volume : l'original viendra avec une autre, ou par « Photos "
    "aussi » dans Synchronisation."
)
"""Why a thumbnail is all that is shown."""


class Caption(Command, keys="f2", title="Légende", footer=True):
    """Écrire la légende de la photo choisie."""


class FromPhone(Command, keys="f3", title="Du téléphone", footer=True):
    """Joindre les photos arrivées du téléphone depuis la dernière fois."""


class ChooseFolder(Command, keys="ctrl+o", title="Dossier", footer=True):
    """Choisir le dossier où arrivent les photos du téléphone."""


class TurnShown(Command, keys="ctrl+t", title="À montrer", footer=True):
    """Laisser les documents publics imprimer la photo choisie, ou plus."""


class OpenPhone(Command, keys="t", title="Téléphone", footer=True):
    """Recevoir les photos d'un téléphone qui vise un carré : rien à installer."""


class See(Command, keys="f5", title="Voir", footer=True):
    """Voir la photo choisie, à gros grains ; au bureau, elle est redemandée."""


class RemovePhoto(Command, keys="f8", title="Retirer", footer=True):
    """Retirer la photo choisie ; « Annuler », dans la visite, la remet."""


class LeavePhotos(Command, keys="escape,f7", title="Fermer", footer=True):
    """Revenir à la visite ; les photos jointes sont déjà enregistrées."""


_HINT = "Déposez des fichiers ici, ou tapez un chemin puis Entrée"


def open_photos(
    app: App[None],
    session: AuditSession,
    place: str,
    question: str = "",
    done: Callable[[], None] = lambda: None,
) -> None:
    """Open the photos of a place, or of a question there; `done` once it is closed."""
    screen = PhotosScreen(session, PhotoSubject(place, question))
    app.push_screen(screen, lambda _result: done())


class Dropped(Message):
    """Files were dropped, or their paths pasted."""

    def __init__(self, paths: tuple[Path, ...]) -> None:
        super().__init__()
        self.paths = paths
        """Their paths, in order."""


class DropField(Input):
    """A line for a path, where files can be dropped."""

    def on_mount(self) -> None:
        self.cursor_blink = False

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Leave the key of the phone alone while nothing is typed."""
        return not self._is_for_phone(key) and super().check_consume_key(key, character)

    def on_key(self, event: events.Key) -> None:
        """Have the key of the phone open it while nothing is typed."""
        if self._is_for_phone(event.key):
            event.stop()
            event.prevent_default()
            self.screen.post_message(OpenPhone())

    def _is_for_phone(self, key: str) -> bool:
        app = cast("Shell", self.app)
        return not self.value and key.lower() in OpenPhone.keys_in(app.keys)

    def _on_paste(self, event: events.Paste) -> None:
        paths = paths_of(event.text)
        if any(map(is_file, paths)):
            event.prevent_default()
            event.stop()
            self.post_message(Dropped(paths))
        else:
            super()._on_paste(event)
            event.prevent_default()


class PhotosScreen(Sturdy, ModalScreen[None]):
    """What a place's photos are; adds some, captions them, takes one away."""

    CSS_PATH: ClassVar[str | PurePath | list[str | PurePath] | None] = [
        "dialogs.tcss",
        "photos.tcss",
    ]
    OFFERS = (
        OpenPhone,
        FromPhone,
        LeavePhotos,
        Caption,
        TurnShown,
        See,
        RemovePhoto,
        ChooseFolder,
    )

    def __init__(self, session: AuditSession, shown: PhotoSubject) -> None:
        super().__init__()
        self.session = session
        """The audit."""
        self.shown = shown
        """What the photos show."""
        self._left = 0
        self._lines: list[str] = []

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            facts = self.session.facts
            place = facts.places.get(self.shown.place or facts.root)
            question = self.session.checklist.questions.get(self.shown.question)
            words = f"Photos : {place.name if place else 'lieu retiré'}"
            words += f", {question.label}" if question else ""
            yield Static(content(words), classes="title")
            yield OptionList(id="photos", markup=False)
            yield DropField(placeholder=_HINT, id="path")
            with VerticalScroll(classes="reading"):
                yield Static(id="notice")
        yield KeyBar()

    def on_mount(self) -> None:
        """Show what is there; a drop lands in the field."""
        self._refill()
        self.query_one(DropField).focus()

    def can(self, command: CommandType) -> bool | None:
        if command in {Caption, TurnShown, See, RemovePhoto}:
            return True if self._photos() else None
        return True

    def on_dropped(self, event: Dropped) -> None:
        self._take((path, None) for path in event.paths)

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        event.stop()
        paths = paths_of(event.value)
        whole = path_typed(event.value)
        if whole and not any(map(is_file, paths)):
            paths = (whole,)
        self._take((path, None) for path in paths)

    @property
    def photo_subject(self) -> PhotoSubject:
        """What a phone's photos show meanwhile."""
        return self.shown

    def on_open_phone(self) -> None:
        # The server of the phone: 60 ms, for those only who open it.
        from diag.tui.phone import PhoneScreen  # noqa: PLC0415

        self.app.push_screen(PhoneScreen(self.session))

    def on_phone_changed(self) -> None:
        self._refill()

    def on_from_phone(self) -> None:
        """Join what came from the phone; ask where it comes when that is not known."""
        if photo_folder(self.session.workspace) is None:
            self.on_choose_folder()
            return
        come = arrivals(self.session.workspace)
        if not come:
            self._show("Rien de nouveau dans le dossier du téléphone.")
        self._take((each.path, each) for each in come)

    def on_choose_folder(self) -> None:
        kept = photo_folder(self.session.workspace)
        question = "Dossier où arrivent les photos du téléphone"
        self.app.push_screen(Ask(question, str(kept or "")), self._folder_given)

    def _folder_given(self, typed: str | None) -> None:
        folder = path_typed(typed or "")
        if folder is not None:
            try:
                choose_photo_folder(self.session.workspace, folder)
            except DiagError as error:
                self._show(str(error))
            else:
                self.on_from_phone()

    def on_caption(self) -> None:
        photo = self._chosen()
        if photo is not None:
            then = partial(self._caption_given, photo)
            self.app.push_screen(Ask("Que montre cette photo ?", photo.caption), then)

    def _caption_given(self, photo: Photo, caption: str | None) -> None:
        if caption is not None:
            try:
                caption_photo(self.session, photo.id, caption)
            except DiagError as error:
                self._show(str(error))
            self._refill()

    def on_turn_shown(self) -> None:
        photo = self._chosen()
        if photo is not None:
            mark_photo(self.session, photo.id, shown=not photo.shown)
            self._refill()

    def on_remove_photo(self) -> None:
        photo = self._chosen()
        if photo is not None:
            remove_photo(self.session, photo.id)
            self._refill()
            self._show(f"Retirée : {photo.caption}")

    def on_see(self) -> None:
        photo = self._chosen()
        if photo is None:
            return
        data = picture_of(self.session, photo)
        if data is not None:
            self.app.push_screen(PhotoScreen(photo, data))
            return
        small = thumbnail_of(self.session, photo)
        self._show("L'image n'est pas sur cet ordinateur : elle est demandée…")
        self._fetch(photo, is_small_here=small is not None)
        if small is not None:
            self.app.push_screen(PhotoScreen(photo, small, " (vignette)"))

    @work(thread=True, group="photos", exit_on_error=False, description="aside")
    def _fetch(self, photo: Photo, *, is_small_here: bool) -> None:
        """Ask aside: the line may be slow, or dear."""
        if is_small_here and is_metered():
            self.call_later(self._come, photo, _LATER)
            return
        try:
            words = fetch(self.session.workspace, [photo])
        except DiagError as error:
            self.call_later(self._come, photo, str(error))
        else:
            awaited = AWAITED.capitalize() + "." if words.awaited else ""
            self.call_later(self._come, photo, words.problem or awaited)

    def _come(self, photo: Photo, problem: str) -> None:
        """Show a picture that was asked for, or in French why it is not here."""
        self._refill()
        self._show(problem)
        data = None if problem else picture_of(self.session, photo)
        if isinstance(self.app.screen, PhotoScreen):
            return  # its thumbnail is looked at
        if data is not None:
            self.app.push_screen(PhotoScreen(photo, data))

    def on_unmount(self) -> None:
        """Have no phone come in where no visit is under way to follow."""
        others = (one for one in self.app.screen_stack if one is not self)
        if not any(hasattr(type(one), "photo_subject") for one in others):
            cast("Shell", self.app).desk.close_phone()

    def on_leave_photos(self) -> None:
        """Leave; what was being read is left aside."""
        self.workers.cancel_group(self, "photos")
        self.dismiss(None)

    def _take(self, files: Iterable[tuple[Path, Arrival | None]]) -> None:
        batch = list(files)
        if batch:
            self._left += len(batch)
            self._lines = []
            self._show(_reading(self._left))
            self._read_all(batch)

    @work(thread=True, group="photos", exit_on_error=False, description="aside")
    def _read_all(self, batch: list[tuple[Path, Arrival | None]]) -> None:
        """Read files aside: a large photo takes a third of a second."""
        worker = get_current_worker()
        for path, come in batch:
            if worker.is_cancelled:
                return
            try:
                result: DecodedPicture | str = read_picture(path)
            except PictureError as error:
                result = str(error)
            self.call_later(self._keep, result, come)

    def _keep(self, result: DecodedPicture | str, come: Arrival | None) -> None:
        """Join a picture that was read; a French sentence: why it was not."""
        self._left -= 1
        if isinstance(result, str):
            self._lines.append(result)
        else:
            photo, is_new = keep_picture(self.session, result, self.shown)
            joined = "Jointe" if is_new else "Déjà jointe"
            self._lines.append(f"{joined} : {photo.caption}")
            self.query_one(DropField).clear()
        if come is not None:
            mark_arrivals_seen(self.session.workspace, come)
        self._refill()
        waiting = [_reading(self._left)] if self._left else []
        self._show("\n".join([*self._lines, *waiting]))

    def _photos(self) -> list[Photo]:
        where = (self.shown.place or self.session.facts.root, self.shown.question)
        return [
            photo
            for photo in photos_of(self.session)
            if photo.place == where[0] and where[1] in {"", photo.question}
        ]

    def _chosen(self) -> Photo | None:
        at, photos = self.query_one(OptionList).highlighted, self._photos()
        return photos[at] if at is not None and at < len(photos) else None

    def _refill(self) -> None:
        """Show the photos anew, on the last one when some came."""
        lines, photos = self.query_one(OptionList), self._photos()
        at = lines.highlighted
        came = len(photos) > lines.option_count
        lines.clear_options()
        where = absent(self.session)
        for photo in photos:
            taken = f", prise à {photo.taken_at[11:16]}" if photo.taken_at else ""
            elsewhere = f", {where[photo.id]}" if where.get(photo.id) else ""
            name = photo.caption or "sans légende"
            size = f"{photo.size // 1024} ko"
            shown = ", à montrer" if photo.shown else ""
            words = f"{name}{taken}, {size}{elsewhere}{shown}"
            lines.add_option(Option(content(words)))
        lines.display = bool(photos)
        if photos:
            last = len(photos) - 1
            lines.highlighted = last if came or at is None else min(at, last)
        self.refresh_bindings()

    def _show(self, text: str) -> None:
        self.query_one("#notice", Static).update(content(text))


def _reading(left: int) -> str:
    return f"Lecture de {counted(left, 'photo')}…"


# Drawn here rather than by a library of images: those ask the terminal what it can do,
# and read its answer from the keyboard that the app is reading.


class Pixels(Widget):
    """A picture as half characters, as large as there is room."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self._data = data
        self._drawn = lru_cache(maxsize=1)(self._draw)

    def render_line(self, y: int) -> Strip:
        """Draw one line of the screen: two lines of the picture."""
        lines = self._drawn(*self.size)
        plain = Style()  # without colours, Textual reads the style of every blank
        return lines[y] if y < len(lines) else Strip.blank(self.size.width, plain)

    def _draw(self, width: int, height: int) -> list[Strip]:
        # 30 ms: only who looks at a photo pays for it, not who enters a visit.
        from PIL import Image  # noqa: PLC0415

        with Image.open(io.BytesIO(self._data)) as image:
            image.draft("RGB", (width, height * 2))
            small = image.convert("RGB")
        small.thumbnail((max(width, 1), max(height * 2, 2)))
        raw, across = small.tobytes(), small.width
        colours = [f"#{raw[at : at + 3].hex()}" for at in range(0, len(raw), 3)]
        rows = [colours[at : at + across] for at in range(0, len(colours), across)]
        below = [*rows[1:], ["#000000"] * across]
        pairs = zip(rows[::2], below[::2], strict=False)
        plain = Style()
        margin = Segment(" " * ((width - small.width) // 2), plain)
        strips = []
        for pair in pairs:
            halves = [
                Segment("▀", Style.parse(f"{upper} on {lower}"))
                for upper, lower in zip(*pair, strict=True)
            ]
            strips.append(Strip([margin, *halves]).adjust_cell_length(width, plain))
        return strips


class PhotoScreen(Sturdy, ModalScreen[None]):
    """A photo under its caption."""

    CSS_PATH = "photos.tcss"
    OFFERS = (Close,)

    def __init__(self, photo: Photo, data: bytes, note: str = "") -> None:
        super().__init__()
        self._photo = photo
        self._note = note
        self._data = data

    def compose(self) -> ComposeResult:
        with Vertical():
            caption = self._photo.caption or "sans légende"
            yield Static(content(f"{caption}{self._note}"), id="caption")
            yield Pixels(self._data)
        yield KeyBar()

    def on_close(self) -> None:
        self.dismiss(None)
