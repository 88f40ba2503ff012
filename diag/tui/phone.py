"""Le téléphone: the square that it reads, the steps, what arrived, what to do else."""

from dataclasses import replace
from functools import partial

from textual.app import App

from diag.audit.forms import (
    LEAST,
    knows_phone,
    read_sheets,
    sheet_of,
    sheets_kept,
    take_sheet,
)
from diag.audit.observing import observe
from diag.audit.photos import PhotoSubject, keep_picture
from diag.audit.session import AuditSession
from diag.documents.questionnaire import compose, keep, title_of
from diag.model.audit import Questionnaire
from diag.phone import PhoneLink, PhoneRole, PhoneSheet, SharedNetwork
from diag.tui.commands import Command, CommandType
from diag.tui.dialogs import READING
from diag.tui.place import EVERYWHERE
from diag.tui.proposals import ProposalsScreen
from diag.tui.square import (
    CutOff,
    NewCode,
    NotWorking,
    PhonesDesk,
    ShowWifi,
    SquareScreen,
    in_app,
    joining_steps,
)
from diag.words.dates import hour_words
from diag.words.sentences import counted
from diag.workspace.picture import DecodedPicture, PictureError, decode_picture


class ForPhotos(Command, keys="1", title="Photos", footer=True):
    """Recevoir les photos et les mots d'un seul téléphone, là où vous êtes."""


class ForTeam(Command, keys="2", title="Équipe", footer=True):
    """Faire remplir sa fiche à chaque enseignant, sans nom, sur son téléphone."""


class ForDirection(Command, keys="3", title="Direction", footer=True):
    """Faire remplir le questionnaire de la direction sur son téléphone."""


class ReadSheets(Command, keys="l", title="Lire les fiches", footer=True):
    """Lire ensemble les fiches de l'équipe, à partir de trois : c'est proposé."""


class PhoneDesk(PhonesDesk):
    """One phone, or the team's, as long as a visit lasts."""

    def __init__(
        self, app: App[None], session: AuditSession, network: SharedNetwork
    ) -> None:
        self.arrived: list[str] = []
        """When each thing came in, where it went and what it is, the last one last."""
        self._session = session
        self.printed: dict[PhoneRole, Questionnaire] = {}
        """The page that the phones of a use fill."""
        self._joined: dict[str, str] = {}
        super().__init__(app, network)

    @property
    def sheets(self) -> int:
        """How many of the team's sheets wait."""
        return sheets_kept(self._session)

    def renew(self, role: PhoneRole) -> PhoneLink:
        if role is not PhoneRole.PHOTOS:
            _, printed = compose(self._session, str(role))
            keep(self._session, printed)
            self.printed[role] = printed
        return super().renew(role)

    def joined_at(self, role: PhoneRole) -> str:
        """Return since when a phone is there, « 10 h 31 »; empty for none."""
        return self._joined.get(self.link(role).token, "")

    @property
    def place_and_question(self) -> tuple[str, str]:
        """Where photos and words go now, by their names; empty where there is none."""
        subject, facts = self._subject(), self._session.facts
        place = facts.places.get(subject.place or facts.root)
        asked = self._session.checklist.questions.get(subject.question)
        return place.name if place else "", asked.label if asked else ""

    @property
    def where_now(self) -> str:
        """Where photos and words go now: « Classe CE2, Image lisible »."""
        return ", ".join(filter(None, self.place_and_question))

    # What the server asks, each from one of its threads.

    @in_app
    def where(self) -> str:
        self._greet()
        return self.where_now

    def photo(self, raw: bytes, /) -> str:
        # Written again from its pixels.
        try:
            read = decode_picture(raw, "photo")
        except PictureError as error:
            raise PictureError(f"Photo : {error}") from error
        # The page says that the hour is taken off.
        return self._keep_photo(replace(read, taken_at=""))

    @in_app
    def _keep_photo(self, read: DecodedPicture) -> str:
        words, (_, question) = self.where_now, self.place_and_question
        _, is_new = keep_picture(
            self._session, read, self._subject(), question or words
        )
        if is_new:
            self._note(words)
        return f"{'Reçue' if is_new else 'Déjà reçue'} : {words}."

    @in_app
    def take_words(self, text: str, /) -> str:
        subject, words = self._subject(), self.where_now
        observe(self._session, text, place=subject.place, question=subject.question)
        self._note(f"{words}, un mot")
        return f"Noté : {words}."

    @in_app
    def sheet(self, role: PhoneRole, phone: str, raw: bytes, /) -> str:
        told = take_sheet(self._session, self.printed[role], phone, raw)
        self._note("fiche de l'équipe" if role is PhoneRole.TEAM else "fiche")
        return told

    @in_app
    def page(self, role: PhoneRole, /) -> PhoneSheet:
        self._greet()
        title = title_of(self._session.checklist, str(role))
        return sheet_of(self._session, self.printed[role], title)

    @in_app
    def knows(self, role: PhoneRole, phone: str, /) -> bool:
        """Say whether a sheet of the team came from this phone, by any code."""
        return role is PhoneRole.TEAM and knows_phone(self._session, phone)

    def _subject(self) -> PhotoSubject:
        """Return what the user looks at: the nearest screen that names it."""
        for screen in reversed(self.app.screen_stack):
            found = getattr(screen, "photo_subject", None)
            if isinstance(found, PhotoSubject):
                return found
        return PhotoSubject()

    def _greet(self) -> None:
        """Tell once that a phone is there."""
        for link in self._links:
            if link.phones and link.token not in self._joined:
                self._joined[link.token] = self._hour
                self._report()

    def _note(self, words: str) -> None:
        self.arrived.append(f"{self._hour}  {words}")
        self._report(words)

    @property
    def _hour(self) -> str:
        return hour_words(self._session.workspace.world.clock())


_TITLES = {
    PhoneRole.PHOTOS: "Le téléphone, pour les photos",
    PhoneRole.TEAM: "Les téléphones de l'équipe",
    PhoneRole.DIRECTION: "Le téléphone de la direction",
}
_SHOWN = 9
"""How many arrivals are listed: the last ones."""


class PhoneScreen(SquareScreen):
    """The phone beside the computer: it comes in while the visit lasts."""

    OFFERS = (
        ForPhotos,
        ForTeam,
        ForDirection,
        ReadSheets,
        ShowWifi,
        NotWorking,
        NewCode,
        CutOff,
        *EVERYWHERE,
    )
    BINDINGS = READING
    INTRODUCTION = (
        "Un téléphone vise le carré : ses photos et ses mots arrivent là où vous êtes "
        "dans la visite. Rien ne sort vers Internet. Échap garde la page ouverte "
        "pendant la visite ; x la coupe."
    )
    role = PhoneRole.PHOTOS

    def __init__(self, session: AuditSession) -> None:
        super().__init__()
        self._session = session

    @property
    def phones(self) -> PhoneDesk | None:
        return self.diag.desk.phone

    def serve(self, network: SharedNetwork) -> None:
        self.diag.desk.phone = PhoneDesk(self.app, self._session, network)

    def can(self, command: CommandType) -> bool | None:
        phone = self.phones
        if command in {ForPhotos, ForTeam, ForDirection, NewCode, CutOff}:
            return True if phone else None
        if command is ReadSheets:
            if phone is None or self.role is not PhoneRole.TEAM:
                return False
            return True if phone.sheets >= LEAST else None
        return True

    def title_parts(self) -> tuple[str, ...]:
        phone = self.phones
        place, question = phone.place_and_question if phone else ("", "")
        # The place is the last to go where the line is short.
        return (_TITLES[self.role], *filter(None, (question, place)))

    def beside(self) -> list[str]:
        phone = self.phones
        if phone is None:
            return []
        steps, joined = joining_steps(phone, self.role), phone.joined_at(self.role)
        if joined and self.role is not PhoneRole.TEAM:
            steps = [f"Téléphone joint depuis {joined}"]
        return [*steps, "", *self._state(phone)]

    def _state(self, phone: PhoneDesk) -> list[str]:
        link = phone.link(self.role)
        until = hour_words(round(link.ends * 1000))
        if self.role is PhoneRole.TEAM:
            count = counted(phone.sheets, "fiche reçue", "fiches reçues")
            more = (
                "l les lit ensemble : ce que dit le plus grand nombre est proposé."
                if phone.sheets >= LEAST
                else f"Elles se lisent à partir de {LEAST}, jamais une seule."
            )
            return [f"{count}. {more}", "", f" Jusqu'à {until}, 25 téléphones au plus."]
        if self.role is PhoneRole.DIRECTION:
            return [
                "Ses réponses seront proposées : rien n'est répondu sans vous.",
                "",
                f" Ce code sert à un seul téléphone, jusqu'à {until}.",
            ]
        if not link.phones:
            open_link = phone.network.is_encrypted is False
            return [
                *([_OPEN_WIFI, ""] if open_link else []),
                "Personne encore",
                "",
                (
                    f" Ce code sert à un seul téléphone, jusqu'à {until}. Rien ne sort "
                    "vers Internet. Ni élèves, ni mots de passe affichés : dites-le à "
                    "qui tient le téléphone."
                ),
            ]
        return [
            *phone.arrived[-_SHOWN:],
            "",
            counted(len(phone.arrived), "reçu", "reçus"),
            "",
            f"Ce qui arrive va où vous êtes : {phone.where_now}",
            "",
            " Heure et lieu ôtés des photos. Échap garde la page ouverte.",
        ]

    def on_for_photos(self) -> None:
        self._open(PhoneRole.PHOTOS)

    def on_for_team(self) -> None:
        self._open_if_safe(PhoneRole.TEAM)

    def on_for_direction(self) -> None:
        self._open_if_safe(PhoneRole.DIRECTION)

    def _open(self, role: PhoneRole) -> None:
        phone = self.phones
        if phone is not None:
            phone.link(role)
            self.role, self._wifi, self._helps = role, "", False
            self.show()

    def _open_if_safe(self, role: PhoneRole) -> None:
        if self.phones:
            self.if_safe(self.phones.network, partial(self._open, role))

    def on_new_code(self) -> None:
        phone = self.phones
        if phone is not None:
            phone.renew(self.role)
            self._open(self.role)

    def on_read_sheets(self) -> None:
        phone = self.phones
        if phone is None:
            return
        says = read_sheets(self._session, phone.printed[PhoneRole.TEAM])
        self.show()
        undecided = ", ".join(says.undecided)
        words = f"Sans majorité : {undecided}." if undecided else ""
        self.app.push_screen(ProposalsScreen(self._session, words))

    def on_cut_off(self) -> None:
        self.diag.desk.close_phone()
        self.diag.go_back()


_OPEN_WIFI = (
    "Ce Wi-Fi est ouvert : ce que le téléphone envoie peut s'y lire. Ni visage, ni "
    "document."
)
