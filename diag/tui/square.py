"""A square that phones read to join a page of this computer, and what to try else."""

import time
from collections.abc import Callable
from functools import wraps
from secrets import token_bytes
from typing import Concatenate, ParamSpec, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual import work
from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.strip import Strip

from diag.model.errors import DiagError
from diag.phone import (
    PhoneLink,
    PhoneReceiver,
    PhoneRole,
    SharedNetwork,
    Square,
    check_installed,
    shared_network,
    square_of,
    wifi_text,
)
from diag.tui.commands import Command
from diag.tui.dialogs import Confirm, Field, FormDialog
from diag.tui.place import PlaceScreen
from diag.tui.text import DrawnLine, PlainStyle, TextSheet, content, line, wrapped
from diag.words.sentences import french

_T = TypeVar("_T")
_P = ParamSpec("_P")
_Desk = TypeVar("_Desk", bound="PhonesDesk")


class ShowWifi(Command, keys="w", title="Wi-Fi", footer=True):
    """Montrer un carré qui fait joindre le Wi-Fi ; le mot de passe n'est pas gardé."""


class NewCode(Command, keys="n", title="Nouveau code", footer=True):
    """Changer de carré : le téléphone d'avant n'entre plus."""


class NotWorking(Command, keys="a", title="Ça ne marche pas", footer=True):
    """Dire quoi essayer, dans l'ordre, quand le téléphone ne trouve pas la page."""


class CutOff(Command, keys="x", title="Couper", footer=True):
    """Couper la page du téléphone, et revenir."""


_INK, _PAPER = "#000000", "#ffffff"
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


class PhoneChanged(Message):
    """A phone joined, or something came in."""

    def __init__(self, words: str = "") -> None:
        super().__init__()
        self.words = words
        """What came in; empty when a phone joined."""


def in_app(
    act: Callable[Concatenate[_Desk, _P], _T],
) -> Callable[Concatenate[_Desk, _P], _T]:
    """Have the app do, in its turn, what the server asks from one of its threads."""

    @wraps(act)
    def asked(desk: _Desk, /, *given: _P.args, **named: _P.kwargs) -> _T:
        return desk.app.call_from_thread(act, desk, *given, **named)

    return asked


class PhonesDesk(PhoneReceiver):
    """What the app does with phones: the receiver of a server.

    The server calls from its own threads; what is kept is kept by the app, in its turn.
    """

    def __init__(self, app: App[None], network: SharedNetwork) -> None:
        self.network = network
        """Where phones find this computer."""
        self.app = app
        """The app that keeps what comes in."""
        self._links: list[PhoneLink] = []
        # The packages of the extra, 80 ms: for those only who open the phone.
        from diag.phone.server import PhoneServer  # noqa: PLC0415

        self._server = PhoneServer(network.address, network.network, self._links, self)
        self._server.start()

    @property
    def host(self) -> str:
        """What is typed by hand."""
        return self._server.host

    def link(self, role: PhoneRole) -> PhoneLink:
        """Return the link of a use, made when nobody asked for it yet.

        Raises:
            DiagError: there is nothing to ask those who would open it.
        """
        known = next((one for one in self._links if one.role is role), None)
        return known or self.renew(role)

    def renew(self, role: PhoneRole) -> PhoneLink:
        """Return a new link, the one before serving no more.

        Raises:
            DiagError: there is nothing to ask those who would open it.
        """
        made = PhoneLink(role, token_bytes, time.time)
        self._links[:] = [one for one in self._links if one.role is not role] + [made]
        return made

    def url(self, role: PhoneRole) -> str:
        """Return what the square of a use encodes."""
        return self._server.url(self.link(role))

    def close(self) -> None:
        """Serve no more."""
        self._server.stop()

    def _report(self, words: str = "") -> None:
        """Have every screen show what came in, or that a phone joined."""
        for screen in self.app.screen_stack:
            screen.post_message(PhoneChanged(words))


class SquareScreen(PlaceScreen):
    """A square that phones read, and what stands beside it; it serves one page."""

    DEFAULT_CSS = "SquareScreen #phone-body { height: 1fr; margin-top: 1; }"
    role: PhoneRole
    """What the page is for."""

    def __init__(self) -> None:
        super().__init__()
        self._wifi = ""
        """Words of the square that joins the Wi-Fi, while it is shown."""
        self._helps = False
        self._problem = ""
        """Why nothing can be shown; empty as a rule."""

    @property
    def phones(self) -> PhonesDesk | None:
        """What serves the page; None: nothing does yet."""
        raise NotImplementedError

    def serve(self, network: SharedNetwork) -> None:
        """Begin to serve there.

        Raises:
            DiagError: it cannot be.
        """
        raise NotImplementedError

    def url(self) -> str:
        """Return what the square encodes; empty while nothing is served."""
        return self.phones.url(self.role) if self.phones else ""

    def title_parts(self) -> tuple[str, ...]:
        """Return the parts of the title, the first to stay where the line is short."""
        raise NotImplementedError

    def beside(self) -> list[str]:
        """Return the steps to follow, then what came in."""
        raise NotImplementedError

    def body(self) -> ComposeResult:
        with Horizontal(id="phone-body"):
            yield SquareView()
            yield TextSheet()

    def on_mount(self) -> None:
        """Show the link that is open, or look for the network first."""
        if self.phones is None:
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
            self.serve(found)
        except DiagError as error:
            # The one screen where what to type is what is missing.
            self._problem = "\n\n".join(filter(None, (str(error), error.command)))
        else:
            self._problem = ""
        self.show()

    def show(self) -> None:
        """Draw everything anew."""
        self.set_title(*self.title_parts())
        self.query_one(SquareView).show(self._square())
        self.query_one(TextSheet).show(self._lay)
        self.refresh_keys()

    def action_read(self, way: str) -> None:
        sheet = self.query_one(TextSheet)
        page, end = max(1, sheet.height - 2), len(self._words()) * sheet.height
        ways = {"up": -1, "down": 1, "page_up": -page, "page_down": page}
        sheet.scroll_by(ways.get(way, end if way == "end" else -end))

    def _square(self) -> Square | None:
        if self._problem or self.phones is None:
            return None
        return square_of(self._wifi or self.url())

    def _lay(self, width: int) -> list[DrawnLine]:
        drawn = list[DrawnLine]()
        for rank, text in enumerate(self._words()):
            quiet = "$text-muted" if text.startswith(" ") else ""
            style = quiet if rank else "bold"
            for row in wrapped(content(line(french(text.strip()))), max(width - 1, 1)):
                drawn.append(DrawnLine(row.stylize(style) if style else row))
        return drawn

    def _words(self) -> list[str]:
        if self._helps:
            return [each.format(_FIREWALL) for each in _TRIES]
        if self._problem or self.phones is None:
            return self._problem.split("\n")
        if self._wifi:
            return [
                "Le téléphone vise ce carré et joint le Wi-Fi.",
                "",
                "Puis le carré de la page, par la même touche.",
                "",
                (
                    " Le mot de passe n'est pas gardé, mais ce carré le dit : ne le "
                    "laissez pas à l'écran."
                ),
            ]
        return self.beside()

    def on_phone_changed(self, _event: PhoneChanged) -> None:
        """Show what came in, wherever the phone is."""
        if self.is_attached and not self._helps:
            self.show()

    def if_safe(self, network: SharedNetwork, act: Callable[[], None]) -> None:
        """Open what others fill in where the link is encrypted; ask where unknown.

        Raises:
            DiagError: the network is open.
        """
        if network.is_encrypted is False:
            raise DiagError(
                "Ce Wi-Fi est ouvert : ce que chacun répond s'y lirait. Prenez-en un "
                "à mot de passe, ou le partage de connexion du téléphone."
            )
        if network.is_encrypted:
            act()
            return
        words = (
            "diag ne sait pas lire si ce réseau est chiffré. Demande-t-il un mot de "
            "passe pour s'y joindre ?"
        )
        self.ask(Confirm(words, yes="Oui", no="Non"), lambda _: act())

    def on_not_working(self) -> None:
        self._helps = not self._helps
        self.show()

    def on_show_wifi(self) -> None:
        if self._wifi:
            self._wifi = ""
            self.show()
            return

        def given(words: str) -> None:
            square_of(words, self.query_one(SquareView).size.height)
            self._wifi, self._helps = words, False
            self.show()

        wifi = self.phones.network.wifi if self.phones else ""
        self.ask(WifiDialog(wifi), given)


def joining_steps(desk: PhonesDesk, role: PhoneRole) -> list[str]:
    """Return what somebody does with a phone, in order."""
    wifi = f" : {desk.network.wifi}" if desk.network.wifi else ""
    digits = desk.link(role).digits
    return [
        f"1. Le même Wi-Fi que l'ordinateur{wifi}",
        "2. L'appareil photo vise le carré",
        "3. Ouvrir la page",
        "",
        f"À la main : {desk.host}",
        f"puis le code {digits[:3]} {digits[3:]}",
    ]
