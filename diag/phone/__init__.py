"""One telephone, or a team's, beside this computer: how it joins, by link and square.

A link is a secret of 130 bits drawn on the screen. The first telephone that opens it
claims it; nothing of it outlives the program. The network is read from the system's own
commands, in any of its languages; what cannot be read is unknown, never guessed. The
square is black on white in every theme, and each half sets both of its colours: drawn
on a common background, a seam between two lines of the terminal breaks it.
"""

import os
import re
import socket
import subprocess
import sys
from base64 import b32encode
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from enum import StrEnum
from importlib.util import find_spec
from ipaddress import IPv4Address, IPv4Network
from secrets import compare_digest
from typing import NamedTuple, Protocol

from diag.model.errors import DiagError, install_command

LIFE = 2 * 3600
"""Seconds that a link serves."""

MOST_ITEMS = 200
"""Photos, words and sheets that a link takes."""

TRIES = 5
"""Wrong codes typed by hand, after which only the square serves."""

TEAM_PHONES = 25
"""Telephones of a team that may open its link."""

WORKSHOP_PHONES = 80
"""Telephones of a workshop's people that may open its link."""

PER_ADDRESS = 3
"""Times that one address may claim a link of several telephones: a preview and two
browsers of one telephone do; more would let one person vote as a room."""

TOKEN = 26
"""Letters of a link: 130 bits, upper case, so that the square stays small."""

Draw = Callable[[int], bytes]
"""Gives so many bytes that nobody can guess."""


class PhoneRole(StrEnum):
    """What a link is for."""

    PHOTOS = "photos"
    TEAM = "equipe"
    DIRECTION = "direction"
    WORKSHOP = "atelier"


class PhoneSheet(NamedTuple):
    """A questionnaire as a telephone shows it."""

    title: str
    intro: str
    fields: str
    """Its questions, already as HTML."""
    marks: Mapping[str, str]
    """What its answers are sent back with, by name."""


class TurnedAway(Exception):
    """A request that is not served; 404 teaches a stranger nothing."""

    def __init__(self, status: int, sentence: str = "") -> None:
        super().__init__(sentence)
        self.status = status
        """As HTTP numbers it."""


class PhoneReceiver(Protocol):
    """What takes in what arrives; each call is made in a thread that may wait."""

    def where(self) -> str:
        """Return where photos and words go now: « Classe CE2, Image lisible »."""

    def photo(self, raw: bytes, /) -> str:
        """Keep a photo; return the sentence that the telephone shows.

        Raises:
            DiagError: it is none, or cannot be kept.
        """

    def take_words(self, text: str, /) -> str:
        """Keep a few words; return the sentence that the telephone shows.

        Raises:
            DiagError: they cannot be kept.
        """

    def sheet(self, role: PhoneRole, phone: str, raw: bytes, /) -> str:
        """Keep a filled sheet, which replaces the same telephone's; return a sentence.

        Raises:
            DiagError: it cannot be read or kept.
        """

    def page(self, role: PhoneRole, /) -> PhoneSheet:
        """Return the questionnaire that a link shows."""

    def knows(self, role: PhoneRole, phone: str, /) -> bool:
        """Say whether a sheet came by this secret, through this link or another."""


class PhoneLink:
    """One link, and the telephones that claimed it."""

    def __init__(self, role: PhoneRole, draw: Draw, clock: Callable[[], float]) -> None:
        self.role = role
        self.token = b32encode(draw(17)).decode("ascii")[:TOKEN]
        """What the square ends with."""
        self.digits = f"{int.from_bytes(draw(8)) % 10**6:06}"
        """The same typed by hand, while it may be."""
        self.ends = clock() + LIFE
        """Second of the clock at which it serves no more."""
        self.phones: set[str] = set()
        """Secrets of the telephones that claimed it."""
        self.items = 0
        """How many things came in."""
        self.wrong = 0
        """How many wrong codes were typed."""
        self._claimed = Counter[str]()
        """Address → times that it claimed the link."""
        self._clock = clock
        self._draw = draw

    @property
    def most(self) -> int:
        """How many telephones may claim it."""
        return _MOST_PHONES.get(self.role, 1)

    def check(self, phone: str) -> None:
        """Let a telephone that claimed it in, while the link lives.

        Raises:
            TurnedAway: over, or another's.
        """
        self.check_lives()
        if not any(compare_digest(one, phone) for one in self.phones):
            raise TurnedAway(403, _TAKEN)

    def check_lives(self) -> None:
        """Refuse what comes after its time.

        Raises:
            TurnedAway: it is over.
        """
        if self._clock() > self.ends:
            raise TurnedAway(410, _OVER)

    def claim(self, phone: str, address: str, *, is_known: bool = False) -> str:
        """Return the secret of the telephone that opens it: its own, or a new one.

        `is_known`: something came by that secret through another link of this use: the
        same telephone, which keeps it, so that what it sends again replaces its own.

        Raises:
            TurnedAway: over, or claimed by as many, or as often from one address, as
                may.
        """
        self.check_lives()
        if phone in self.phones:
            return phone
        if len(self.phones) >= self.most:
            raise TurnedAway(403, _TAKEN)
        if is_known:
            self.phones.add(phone)
            return phone
        if self._claimed[address] >= PER_ADDRESS:
            raise TurnedAway(403, _AGAIN)
        self._claimed[address] += 1
        secret = self._draw(16).hex()
        self.phones.add(secret)
        return secret

    def count_one(self) -> None:
        """Count one more thing that comes in.

        Raises:
            TurnedAway: it is one too many.
        """
        if self.items >= MOST_ITEMS:
            raise TurnedAway(429, _MANY)
        self.items += 1

    def opens_with(self, digits: str) -> bool:
        """Say whether these are its digits; a wrong code counts, and five end them.

        Raises:
            TurnedAway: it is over.
        """
        self.check_lives()
        if self.wrong >= TRIES:
            return False
        # As bytes: a digit of another script is no text that can be compared.
        if compare_digest(self.digits.encode(), digits.encode("utf-8", "replace")):
            return True
        self.wrong += 1
        return False


_MOST_PHONES = {
    PhoneRole.TEAM: TEAM_PHONES,
    PhoneRole.WORKSHOP: WORKSHOP_PHONES,
}

_TAKEN = (
    "Ce carré sert déjà à un autre téléphone. Demandez-en un autre : « Nouveau code » "
    "sur l'ordinateur."
)
_AGAIN = (
    "Ce téléphone a déjà ouvert cette page plusieurs fois : reprenez celle qui est "
    "ouverte, ou demandez un nouveau carré."
)
_OVER = "Ce carré n'est plus valable. Demandez-en un autre : « Nouveau code »."
_MANY = "C'est beaucoup pour un seul carré. Demandez-en un autre : « Nouveau code »."

ADDRESS = "DIAG_ADDRESS"
"""Environment: the address to listen on, where the computer has several."""

_NEEDED = ("segno", "starlette", "uvicorn")
_NOWHERE = ("192.0.2.1", 9)
"""An address of documentation: asked for the way there, nothing is sent."""

_USUAL = 24
"""Bits of a network whose mask cannot be read: that of hotspots and of most boxes."""

_PATIENCE = 3


class SharedNetwork(NamedTuple):
    """Where this computer can be reached by who is near."""

    address: str
    network: IPv4Network
    wifi: str
    """Name of the Wi-Fi; empty when there is none, or it cannot be read."""
    is_encrypted: bool | None
    """Whether the link is; None when nobody knows: ask."""


def check_installed() -> None:
    """Refuse to begin without the packages of the extra.

    Raises:
        DiagError: which one is missing, and what to do.
    """
    for name in _NEEDED:
        if find_spec(name) is None:
            raise DiagError(
                f"Le téléphone demande un complément : il manque {name}. En attendant, "
                "les photos arrivent par un dossier. Installez-le.",
                command=install_command("phone"),
            )


def shared_network() -> SharedNetwork:
    """Return the network of this computer now.

    Raises:
        DiagError: there is none, or it is no private one.
    """
    address = os.environ.get(ADDRESS, "")
    if not address:
        with (
            suppress(OSError),
            closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as asked,
        ):
            asked.connect(_NOWHERE)
            address = str(asked.getsockname()[0])
    if not address:
        raise DiagError(
            "Cet ordinateur n'est sur aucun réseau. Activez le partage de connexion du "
            "téléphone, rejoignez-le d'ici, puis rouvrez cet écran."
        )
    try:
        number = IPv4Address(address)
    except ValueError as error:
        raise DiagError(
            f"{ADDRESS} : « {address[:40]} » n'est pas une adresse."
        ) from error
    if not number.is_private:
        raise DiagError(
            f"L'adresse de cet ordinateur, {address}, se voit d'Internet : "
            "rien n'y est ouvert. Rejoignez le partage de connexion du téléphone."
        )
    bits = mask_bits(_asked(_ADDRESSES), address)
    network = IPv4Network(f"{address}/{bits or _USUAL}", strict=False)
    name, is_encrypted = wifi_read(_asked(_WIFI))
    return SharedNetwork(address, network, name, is_encrypted)


_ADDRESSES = {
    "win32": ("ipconfig",),
    "darwin": ("ifconfig",),
    "linux": ("ip", "-o", "-4", "addr"),
}
_WIFI = {
    "win32": ("netsh", "wlan", "show", "interfaces"),
    "darwin": ("ipconfig", "getsummary", "en0"),
    "linux": (
        *("nmcli", "-t", "-f", "IN-USE,SSID,SECURITY"),
        *("device", "wifi", "list", "--rescan", "no"),
    ),
}


def _asked(commands: dict[str, tuple[str, ...]]) -> str:
    """Return what a command of the system prints; nothing when there is none."""
    command = commands.get(sys.platform)
    if command is None:
        return ""
    try:
        done = subprocess.run(  # noqa: S603 - the system's own, no word of anybody's
            command, capture_output=True, timeout=_PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    encoding = "oem" if sys.platform == "win32" else "utf-8"
    return done.stdout.decode(encoding, "replace")


_MASK = re.compile(r"\b255(?:\.\d{1,3}){3}\b|\b0xff[0-9a-f]{6}\b")


def mask_bits(text: str, address: str) -> int | None:
    """Return how many bits name the network of an address, as a command prints it.

    `ip` writes them after the address; `ipconfig` and `ifconfig` the mask next.
    """
    found = re.search(rf"(?<![\d.]){re.escape(address)}(?:/(\d+))?(?![\d.])", text)
    if found is None:
        return None
    if found[1]:
        return int(found[1])
    mask = _MASK.search(text, found.end())
    if mask is None:
        return None
    number = int(mask[0], 16) if mask[0].startswith("0x") else int(IPv4Address(mask[0]))
    return number.bit_count()


_NAME = re.compile(r"^\s*SSID\s*:\s*(.+?)\s*$", re.MULTILINE)
_SAFETY = re.compile(r"^\s*(?:Authenti\w+|Security)\s*:\s*(.+?)\s*$", re.MULTILINE)
_STRONG = ("WPA", "OWE", "SAE")


def wifi_read(text: str) -> tuple[str, bool | None]:
    """Return the name of the Wi-Fi in use and whether it is encrypted; None: unknown.

    WEP protects nothing any more: it counts as open.
    """
    for line in text.splitlines():
        if line.startswith("*:"):  # nmcli's own line of the network in use
            name, _, kind = line[2:].rpartition(":")
            return name.replace("\\:", ":"), _is_strong(kind)
    found, safety = _NAME.search(text), _SAFETY.search(text)
    name = found[1] if found else ""
    return name, _is_strong(safety[1]) if safety else None


def _is_strong(safety: str) -> bool:
    return any(each in safety.upper() for each in _STRONG)


QUIET = 4
"""White modules that the norm wants on each side."""

_LEVELS = "ml"
"""Levels of correction, the surest first: the second one makes a smaller square."""


class Square(NamedTuple):
    """A code, with its white margin: rows of modules, True for a black one."""

    modules: tuple[tuple[bool, ...], ...]

    @property
    def width(self) -> int:
        """Columns of a terminal that it takes."""
        return len(self.modules)

    @property
    def height(self) -> int:
        """Lines that it takes: two rows of modules each."""
        return (len(self.modules) + 1) // 2

    def halves(self, line: int) -> tuple[tuple[bool, bool], ...]:
        """Return the upper and lower module of each column of a line."""
        upper = self.modules[2 * line]
        below = 2 * line + 1
        lower = (
            self.modules[below] if below < len(self.modules) else (False,) * len(upper)
        )
        return tuple(zip(upper, lower, strict=True))


def square_of(text: str, height: int = 0) -> Square:
    """Return the code of a text, no higher than `height` lines where one is given.

    Raises:
        DiagError: it does not fit.
    """
    import segno  # noqa: PLC0415 - the extra `phone`

    for level in _LEVELS:
        code = segno.make(text, error=level, boost_error=False, micro=False)
        side, margin = len(code.matrix) + 2 * QUIET, (False,) * QUIET
        blank = ((False,) * side,) * QUIET
        inside = ((*margin, *map(bool, row), *margin) for row in code.matrix)
        drawn = Square((*blank, *inside, *blank))
        if not height or drawn.height <= height:
            return drawn
    raise DiagError(
        "Ce code demande une fenêtre plus haute : agrandissez-la, ou réduisez la "
        "police, puis recommencez."
    )


def wifi_text(name: str, password: str) -> str:
    """Return what a telephone reads to join a Wi-Fi network; no password: an open one.

    The signs that the format uses are escaped in a name.
    """
    kind = "WPA" if password else "nopass"
    secret = f"P:{_escaped(password)};" if password else ""
    return f"WIFI:T:{kind};S:{_escaped(name)};{secret};"


def _escaped(text: str) -> str:
    return "".join(f"\\{sign}" if sign in '\\;,:"' else sign for sign in text)
