"""Le téléphone: the square that it reads, the steps, what arrived, what to do else."""

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.strip import Strip

from diag.audit.session import AuditSession
from diag.audit.sheets import LEAST, read_sheets
from diag.model.errors import DiagError
from diag.phone.links import PhoneRole
from diag.phone.network import SharedNetwork, check_installed, shared_network
from diag.phone.square import Square, square_of, wifi_text
from diag.tui.commands import Command, CommandType, bindings_of
from diag.tui.dialogs import READING, Confirm, Field, FormDialog
from diag.tui.phone_desk import PhoneChanged, PhoneDesk, clock_words
from diag.tui.place import EVERYWHERE, PlaceScreen
from diag.tui.proposals import ProposalsScreen
from diag.tui.safe import content, line
from diag.tui.text import DrawnLine, TextSheet, wrapped
from diag.tui.theme import PlainStyle
from diag.words.figures import french
from diag.words.sentences import counted


class ForPhotos(Command, keys="1", title="Photos", footer=True):
    """Recevoir les photos et les mots d'un seul téléphone, là où vous êtes."""


class ForTeam(Command, keys="2", title="Équipe", footer=True):
    """Faire remplir sa fiche à chaque enseignant, sans nom, sur son téléphone."""


class ForDirection(Command, keys="3", title="Direction", footer=True):
    """Faire remplir le questionnaire de la direction sur son téléphone."""


class ReadSheets(Command, keys="l", title="Lire les fiches", footer=True):
    """Lire ensemble les fiches de l'équipe, à partir de trois : c'est proposé."""


class ShowWifi(Command, keys="w", title="Wi-Fi", footer=True):
    """Montrer un carré qui fait joindre le Wi-Fi ; le mot de passe n'est pas gardé."""


class NewCode(Command, keys="n", title="Nouveau code", footer=True):
    """Changer de carré : le téléphone d'avant n'entre plus."""


class NotWorking(Command, keys="a", title="Ça ne marche pas", footer=True):
    """Dire quoi essayer, dans l'ordre, quand le téléphone ne trouve pas la page."""


class CutOff(Command, keys="x", title="Couper", footer=True):
    """Couper la page du téléphone, et revenir."""


_INK, _PAPER = "#000000", "#ffffff"
_TITLES = {
    PhoneRole.PHOTOS: "Le téléphone, pour les photos",
    PhoneRole.TEAM: "Les téléphones de l'équipe",
    PhoneRole.DIRECTION: "Le téléphone de la direction",
}
_TRIES = (
    "Le téléphone ne trouve pas la page",
    "",
    (
        "1 Partage de connexion du téléphone : l'ordinateur rejoint SON réseau. Marche "
        "sans Internet."
    ),
    (
        "2 Windows a demandé « autoriser » ? Oui, réseau privé. Sinon, "
        "l'administrateur tape : {}"
    ),
    (
        "3 Wi-Fi de l'école : souvent, les appareils ne s'y voient pas. Ce n'est "
        "pas une panne."
    ),
    "4 Couper le VPN de l'ordinateur, et les données mobiles du téléphone.",
    "5 Un portail s'ouvre ? S'y connecter d'abord, avec les deux appareils.",
    (
        "6 Câble USB, ou un dossier où le téléphone dépose ses photos ; ce soir, au "
        "besoin. Les fiches, sur papier."
    ),
)
_FIREWALL = (
    "netsh advfirewall firewall add rule name=diag dir=in action=allow protocol=TCP "
    "localport=8137-8146 profile=private"
)
_SHOWN = 9
"""How many arrivals are listed: the last ones."""


class SquareView(PlainStyle):
    """A square in half characters, each of which states both its colours."""

    DEFAULT_CSS = "SquareView { width: 41; height: 1fr; margin: 0 1 0 1; }"

    def __init__(self) -> None:
        super().__init__()
        self._square: Square | None = None

    def show(self, square: Square | None) -> None:
        """Show another one, or none."""
        if square != self._square:
            self._square = square
            self.refresh()

    def render_line(self, y: int) -> Strip:
        square, width, plain = self._square, self.size.width, self.plain_style
        if square is None or y >= min(square.height, self.size.height):
            return Strip.blank(width, plain)
        if square.height > self.size.height or square.width > width:
            words = "Fenêtre trop petite pour le carré." if y == 0 else ""
            return Strip([Segment(words[:width].ljust(width), plain)], width)
        drawn = [Segment("▀", _HALVES[pair]) for pair in square.halves(y)]
        return Strip(drawn, square.width).adjust_cell_length(width, plain)


_HALVES = {
    (upper, lower): Style(
        color=_INK if upper else _PAPER, bgcolor=_INK if lower else _PAPER
    )
    for upper in (False, True)
    for lower in (False, True)
}
"""Black on white whatever the theme: in inverse, some phones read nothing."""


class WifiDialog(FormDialog):
    """Asks for the Wi-Fi that the phone is to join; gives the words of its square."""

    def __init__(self, name: str) -> None:
        super().__init__("Le Wi-Fi que le téléphone doit joindre")
        self._network = name

    def fields(self) -> tuple[Field, ...]:
        return (
            Field("name", "Nom", self._network, "PARTAGE-CAMILLE"),
            Field("password", "Mot de passe", hint="il n'est gardé nulle part"),
        )

    def keep(self) -> str:
        """Return the words of the square.

        Raises:
            DiagError: the network has no name.
        """
        name = self.value("name").strip()
        if not name:
            raise DiagError("Donnez le nom du Wi-Fi.", about="name")
        return wifi_text(name, self.value("password"))


class PhoneScreen(PlaceScreen):
    """The phone beside the computer: it comes in while the visit lasts."""

    DEFAULT_CSS = "PhoneScreen #phone-body { height: 1fr; margin-top: 1; }"
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
        self._wifi = ""
        """Words of the square that joins the Wi-Fi, while it is shown."""
        self._helps = False
        self._problem = ""
        """Why nothing can be shown; empty as a rule."""

    def body(self) -> ComposeResult:
        with Horizontal(id="phone-body"):
            yield SquareView()
            yield TextSheet()

    def on_mount(self) -> None:
        """Show the link that is open, or look for the network first."""
        if self.diag.desk.phone is None:
            self._problem = "Cherche le réseau…"
            self._look_for_network()
        self.show()

    @work(thread=True, exclusive=True, group="phone", exit_on_error=False)
    def _look_for_network(self) -> None:
        """Ask the system aside: it may take seconds."""
        try:
            check_installed()
            found: SharedNetwork | DiagError = shared_network()
        except DiagError as error:
            found = error
        self.app.call_from_thread(self._found, found)

    def _found(self, found: SharedNetwork | DiagError) -> None:
        if not self.is_attached:
            return
        try:
            if isinstance(found, DiagError):
                raise found
            self.diag.desk.phone = PhoneDesk(self.app, self._session, found)
        except DiagError as error:
            # The one screen where what to type is what is missing.
            self._problem = "\n\n".join(filter(None, (str(error), error.command)))
        else:
            self._problem = ""
        self.show()

    def can(self, command: CommandType) -> bool | None:
        phone = self.diag.desk.phone
        if command in {ForPhotos, ForTeam, ForDirection, NewCode, CutOff}:
            return True if phone else None
        if command is ReadSheets:
            if phone is None or self._role is not PhoneRole.TEAM:
                return False
            return True if phone.sheets >= LEAST else None
        return True

    def show(self) -> None:
        """Draw everything anew."""
        phone = self.diag.desk.phone
        place, question = phone.place_and_question if phone else ("", "")
        # The place is the last to go where the line is short.
        self.set_title(_TITLES[self._role], *filter(None, (question, place)))
        self.query_one(SquareView).show(self._square())
        self.query_one(TextSheet).show(self._lay)
        self.refresh_keys()

    def action_read(self, way: str) -> None:
        sheet = self.query_one(TextSheet)
        page, end = max(1, sheet.height - 2), len(self._words()) * sheet.height
        ways = {"up": -1, "down": 1, "page_up": -page, "page_down": page}
        sheet.scroll_by(ways.get(way, end if way == "end" else -end))

    def _square(self) -> Square | None:
        phone = self.diag.desk.phone
        if self._problem or phone is None:
            return None
        return square_of(self._wifi or phone.url(self._role))

    def _lay(self, width: int) -> list[DrawnLine]:
        first = True
        drawn = list[DrawnLine]()
        for text in self._words():
            style = "bold" if first else "$text-muted" if text.startswith(" ") else ""
            first = False
            for row in wrapped(content(line(french(text.strip()))), max(width - 1, 1)):
                drawn.append(DrawnLine(row.stylize(style) if style else row))
        return drawn

    def _words(self) -> list[str]:
        phone = self.diag.desk.phone
        if self._helps:
            return [each.format(_FIREWALL) for each in _TRIES]
        if self._problem or phone is None:
            return self._problem.split("\n")
        if self._wifi:
            return [
                "Le téléphone vise ce carré et joint le Wi-Fi.",
                "",
                "Puis 1, 2 ou 3 : le carré de la page.",
                "",
                (
                    " Le mot de passe n'est pas gardé, mais ce carré le dit : ne le "
                    "laissez pas à l'écran."
                ),
            ]
        return [*self._steps(phone), "", *self._state(phone)]

    def _steps(self, phone: PhoneDesk) -> list[str]:
        joined = phone.joined_at(self._role)
        if joined and self._role is not PhoneRole.TEAM:
            return [f"Téléphone joint depuis {joined}"]
        wifi = phone.network.wifi
        link = phone.link(self._role)
        return [
            f"1. Le même Wi-Fi que l'ordinateur{f' : {wifi}' if wifi else ''}",
            "2. L'appareil photo vise le carré",
            "3. Ouvrir la page",
            "",
            f"À la main : {phone.host}",
            f"puis le code {link.digits[:3]} {link.digits[3:]}",
        ]

    def _state(self, phone: PhoneDesk) -> list[str]:
        link = phone.link(self._role)
        until = clock_words(link.ends)
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

    def on_phone_changed(self, _event: PhoneChanged) -> None:
        """Show what came in, wherever the phone is."""
        if self.is_attached and not self._helps:
            self.show()

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
        """Open what others fill in where the link is encrypted; ask where unknown."""
        phone = self.diag.desk.phone
        if phone is None:
            return
        safe = phone.network.is_encrypted
        if safe is False:
            raise DiagError(
                "Ce Wi-Fi est ouvert : ce que chacun répond s'y lirait. Prenez-en un "
                "à mot de passe, ou le partage de connexion du téléphone."
            )

        def answered(sure: bool | None) -> None:  # noqa: FBT001 - Textual's
            if sure:
                self._open(role)

        if safe:
            self._open(role)
            return
        words = (
            "diag ne sait pas lire si ce réseau est chiffré. Demande-t-il un mot de "
            "passe pour s'y joindre ?"
        )
        self.app.push_screen(Confirm(words, yes="Oui", no="Non"), answered)

    def on_new_code(self) -> None:
        phone = self.diag.desk.phone
        if phone is not None:
            phone.renew(self._role)
            self._open(self._role)

    def on_not_working(self) -> None:
        self._helps = not self._helps
        self.show()

    def on_show_wifi(self) -> None:
        def given(words: str | None) -> None:
            if words:
                room = self.query_one(SquareView).size.height
                square_of(words, room)
                self._wifi, self._helps = words, False
                self.show()

        phone = self.diag.desk.phone
        self.app.push_screen(WifiDialog(phone.network.wifi if phone else ""), given)

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
