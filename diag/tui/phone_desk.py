"""The phone as long as a visit lasts: its links, what arrived, who it goes to.

The server calls from its own threads; what is kept is kept by the app, in its turn.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from secrets import token_bytes
from typing import NamedTuple, TypeVar

from textual.app import App
from textual.message import Message

from diag.audit.forms import knows_phone, sheet_of, sheets_kept, take_sheet
from diag.audit.observing import observe
from diag.audit.photos import PhotoSubject, keep_picture
from diag.audit.session import AuditSession
from diag.documents.questionnaire import compose, keep, title_of
from diag.model.audit import Questionnaire
from diag.phone.links import PhoneLink, PhoneRole
from diag.phone.network import SharedNetwork
from diag.phone.pages import PhonePage, sheet_page
from diag.words.dates import hour_words
from diag.workspace.picture import DecodedPicture, PictureError, decode_picture

_T = TypeVar("_T")


class PhoneArrival(NamedTuple):
    """Something that came in."""

    at: str
    """« 10 h 33 »."""
    words: str
    """Where it went, and what it is."""


class PhoneChanged(Message):
    """A phone joined, or something came in."""

    def __init__(self, words: str = "") -> None:
        super().__init__()
        self.words = words
        """What came in; empty when a phone joined."""


class PhoneDesk:
    """What the app does with one phone, or the team's: the receiver of a server."""

    def __init__(
        self, app: App[None], session: AuditSession, network: SharedNetwork
    ) -> None:
        self.network = network
        """Where the phone finds this computer."""
        self.arrived: list[PhoneArrival] = []
        """What came in, the last one last."""
        self._app = app
        self._session = session
        self._links: list[PhoneLink] = []
        self._printed: dict[PhoneRole, Questionnaire] = {}
        self._joined: dict[str, str] = {}
        # The packages of the extra, 80 ms: for those only who open the phone.
        from diag.phone.server import PhoneServer  # noqa: PLC0415

        self._server = PhoneServer(network.address, network.network, self._links, self)
        self._server.start()

    @property
    def host(self) -> str:
        """What is typed by hand."""
        return self._server.host

    @property
    def sheets(self) -> int:
        """How many of the team's sheets wait."""
        return sheets_kept(self._session)

    def close(self) -> None:
        """Serve no more."""
        self._server.stop()

    def link(self, role: PhoneRole) -> PhoneLink:
        """Return the link of a use, made when nobody asked for it yet.

        Raises:
            DiagError: there is nothing to ask the team or the head teacher.
        """
        known = next((one for one in self._links if one.role is role), None)
        return known or self.renew(role)

    def renew(self, role: PhoneRole) -> PhoneLink:
        """Return a new link, the one before serving no more.

        Raises:
            DiagError: there is nothing to ask the team or the head teacher.
        """
        if role is not PhoneRole.PHOTOS:
            _, printed = compose(self._session, str(role))
            keep(self._session, printed)
            self._printed[role] = printed
        made = PhoneLink(role, token_bytes, time.time)
        self._links[:] = [one for one in self._links if one.role is not role] + [made]
        return made

    def url(self, role: PhoneRole) -> str:
        """Return what the square of a use encodes."""
        return self._server.url(self.link(role))

    def printed(self, role: PhoneRole) -> Questionnaire:
        """Return the page that the phones of a use fill."""
        return self._printed[role]

    def joined_at(self, role: PhoneRole) -> str:
        """Return since when a phone is there, « 10 h 31 »; empty for none."""
        return self._joined.get(self.link(role).token, "")

    @property
    def place_and_question(self) -> tuple[str, str]:
        """Where photos and words go now, by their names; empty where there is none."""
        return self._named(self._subject())

    @property
    def where_now(self) -> str:
        """Where photos and words go now: « Classe CE2, Image lisible »."""
        return self._words(self._subject())

    # What the server asks, each from one of its threads.

    def where(self) -> str:
        """Return where photos and words go now."""
        return self._in_app(self._where)

    def photo(self, raw: bytes) -> str:
        """Keep a photo, written again from its pixels.

        Raises:
            DiagError: it is none, or cannot be kept.
        """
        try:
            read = decode_picture(raw, "photo")
        except PictureError as error:
            raise PictureError(f"Photo : {error}") from error
        # The page says that the hour is taken off.
        return self._in_app(lambda: self._keep_photo(replace(read, taken_at="")))

    def take_words(self, text: str) -> str:
        """Keep a few words as an observation.

        Raises:
            DiagError: they cannot be kept.
        """
        return self._in_app(lambda: self._observe(text))

    def sheet(self, role: PhoneRole, phone: str, raw: bytes) -> str:
        """Keep a filled sheet.

        Raises:
            DiagError: it cannot be read or kept.
        """
        return self._in_app(lambda: self._keep_sheet(role, phone, raw))

    def page(self, role: PhoneRole) -> PhonePage:
        """Return the page of a questionnaire."""
        return self._in_app(lambda: self._sheet_page(role))

    def knows(self, role: PhoneRole, phone: str) -> bool:
        """Say whether a sheet of the team came from this phone, by any code."""
        is_team = role is PhoneRole.TEAM
        return is_team and self._in_app(lambda: knows_phone(self._session, phone))

    def _in_app(self, do: Callable[[], _T]) -> _T:
        return self._app.call_from_thread(do)

    def _subject(self) -> PhotoSubject:
        """Return what the user looks at: the nearest screen that names it."""
        for screen in reversed(self._app.screen_stack):
            found = getattr(screen, "photo_subject", None)
            if isinstance(found, PhotoSubject):
                return found
        return PhotoSubject()

    def _words(self, subject: PhotoSubject) -> str:
        return ", ".join(filter(None, self._named(subject)))

    def _named(self, subject: PhotoSubject) -> tuple[str, str]:
        facts, known = self._session.facts, self._session.checklist.questions
        place = facts.places.get(subject.place or facts.root)
        asked = known.get(subject.question)
        return place.name if place else "", asked.label if asked else ""

    def _where(self) -> str:
        self._greet()
        return self.where_now

    def _greet(self) -> None:
        """Tell once that a phone is there."""
        for link in self._links:
            if link.phones and link.token not in self._joined:
                self._joined[link.token] = self._hour
                self._report()

    def _keep_photo(self, read: DecodedPicture) -> str:
        subject = self._subject()
        known = self._session.checklist.questions.get(subject.question)
        caption = known.label if known else self._words(subject)
        _, is_new = keep_picture(self._session, read, subject, caption)
        words = self._words(subject)
        if is_new:
            self._note(words)
        return f"{'Reçue' if is_new else 'Déjà reçue'} : {words}."

    def _observe(self, text: str) -> str:
        subject = self._subject()
        observe(self._session, text, place=subject.place, question=subject.question)
        self._note(f"{self._words(subject)}, un mot")
        return f"Noté : {self._words(subject)}."

    def _keep_sheet(self, role: PhoneRole, phone: str, raw: bytes) -> str:
        told = take_sheet(self._session, self._printed[role], phone, raw)
        self._note("fiche de l'équipe" if role is PhoneRole.TEAM else "fiche")
        return told

    def _sheet_page(self, role: PhoneRole) -> PhonePage:
        self._greet()
        title = title_of(self._session.checklist, str(role))
        return sheet_page(sheet_of(self._session, self._printed[role], title))

    def _note(self, words: str) -> None:
        self.arrived.append(PhoneArrival(self._hour, words))
        self._report(words)

    @property
    def _hour(self) -> str:
        return hour_words(self._session.workspace.world.clock())

    def _report(self, words: str = "") -> None:
        for screen in self._app.screen_stack:
            screen.post_message(PhoneChanged(words))
