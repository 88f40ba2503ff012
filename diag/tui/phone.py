"""Le téléphone: the square that it reads, the steps, what arrived, what to do else."""

from functools import partial
from typing import ClassVar

from textual.binding import BindingType

from diag.audit.forms import LEAST, read_sheets
from diag.audit.session import AuditSession
from diag.phone.links import PhoneRole
from diag.phone.network import SharedNetwork
from diag.tui.commands import Command, CommandType, bindings_of
from diag.tui.dialogs import READING
from diag.tui.phone_desk import PhoneDesk
from diag.tui.place import EVERYWHERE
from diag.tui.proposals import ProposalsScreen
from diag.tui.square import (
    CutOff,
    NewCode,
    NotWorking,
    ShowWifi,
    SquareScreen,
    joining_steps,
)
from diag.words.dates import hour_words
from diag.words.sentences import counted


class ForPhotos(Command, keys="1", title="Photos", footer=True):
    """Recevoir les photos et les mots d'un seul téléphone, là où vous êtes."""


class ForTeam(Command, keys="2", title="Équipe", footer=True):
    """Faire remplir sa fiche à chaque enseignant, sans nom, sur son téléphone."""


class ForDirection(Command, keys="3", title="Direction", footer=True):
    """Faire remplir le questionnaire de la direction sur son téléphone."""


class ReadSheets(Command, keys="l", title="Lire les fiches", footer=True):
    """Lire ensemble les fiches de l'équipe, à partir de trois : c'est proposé."""


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
        NewCode,
        NotWorking,
        CutOff,
        *EVERYWHERE,
    )
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of(*OFFERS), *READING]
    INTRODUCTION = (
        "Un téléphone vise le carré : ses photos et ses mots arrivent là où vous êtes "
        "dans la visite. Rien ne sort vers Internet. Échap garde la page ouverte "
        "pendant la visite ; x la coupe."
    )

    def __init__(self, session: AuditSession) -> None:
        super().__init__()
        self._session = session
        self._role = PhoneRole.PHOTOS

    def network(self) -> SharedNetwork | None:
        phone = self.diag.desk.phone
        return phone.network if phone else None

    def serve(self, network: SharedNetwork) -> None:
        self.diag.desk.phone = PhoneDesk(self.app, self._session, network)

    def url(self) -> str:
        phone = self.diag.desk.phone
        return phone.url(self._role) if phone else ""

    def can(self, command: CommandType) -> bool | None:
        phone = self.diag.desk.phone
        if command in {ForPhotos, ForTeam, ForDirection, NewCode, CutOff}:
            return True if phone else None
        if command is ReadSheets:
            if phone is None or self._role is not PhoneRole.TEAM:
                return False
            return True if phone.sheets >= LEAST else None
        return True

    def title_parts(self) -> tuple[str, ...]:
        phone = self.diag.desk.phone
        place, question = phone.place_and_question if phone else ("", "")
        # The place is the last to go where the line is short.
        return (_TITLES[self._role], *filter(None, (question, place)))

    def beside(self) -> list[str]:
        phone = self.diag.desk.phone
        if phone is None:
            return []
        return [*self._steps(phone), "", *self._state(phone)]

    def _steps(self, phone: PhoneDesk) -> list[str]:
        joined = phone.joined_at(self._role)
        if joined and self._role is not PhoneRole.TEAM:
            return [f"Téléphone joint depuis {joined}"]
        return joining_steps(phone.network, phone.host, phone.link(self._role))

    def _state(self, phone: PhoneDesk) -> list[str]:
        link = phone.link(self._role)
        until = hour_words(round(link.ends * 1000))
        if self._role is PhoneRole.TEAM:
            count = counted(phone.sheets, "fiche reçue", "fiches reçues")
            more = (
                "l les lit ensemble : ce que dit le plus grand nombre est proposé."
                if phone.sheets >= LEAST
                else f"Elles se lisent à partir de {LEAST}, jamais une seule."
            )
            return [f"{count}. {more}", "", f" Jusqu'à {until}, 25 téléphones au plus."]
        if self._role is PhoneRole.DIRECTION:
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
            *(f"{one.at}  {one.words}" for one in phone.arrived[-_SHOWN:]),
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
        phone = self.diag.desk.phone
        if phone is not None:
            phone.link(role)
            self._role, self._wifi, self._helps = role, "", False
            self.show()

    def _open_if_safe(self, role: PhoneRole) -> None:
        if network := self.network():
            self.if_safe(network, partial(self._open, role))

    def on_new_code(self) -> None:
        phone = self.diag.desk.phone
        if phone is not None:
            phone.renew(self._role)
            self._open(self._role)

    def on_read_sheets(self) -> None:
        phone = self.diag.desk.phone
        if phone is None:
            return
        says = read_sheets(self._session, phone.printed(PhoneRole.TEAM))
        self.show()
        undecided = ", ".join(says.undecided)
        words = f"Sans majorité : {undecided}." if undecided else ""
        self.app.push_screen(ProposalsScreen(self._session, words))

    def on_cut_off(self) -> None:
        """Serve no more, and go back."""
        self.diag.desk.close_phone()
        self.diag.go_back()


_OPEN_WIFI = (
    "Ce Wi-Fi est ouvert : ce que le téléphone envoie peut s'y lire. Ni visage, ni "
    "document."
)
