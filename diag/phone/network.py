"""The network that this computer and a telephone share: its address, its encryption.

Read from the system's own commands, in any of its languages; what cannot be read is
unknown, never guessed.
"""

import os
import re
import socket
import subprocess
import sys
from contextlib import closing, suppress
from importlib.util import find_spec
from ipaddress import IPv4Address, IPv4Network
from typing import NamedTuple

from diag.model.errors import DiagError, install_command

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
    address = os.environ.get(ADDRESS) or _own_address()
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


def _own_address() -> str:
    with (
        suppress(OSError),
        closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as asked,
    ):
        asked.connect(_NOWHERE)
        return str(asked.getsockname()[0])
    raise DiagError(
        "Cet ordinateur n'est sur aucun réseau. Activez le partage de connexion du "
        "téléphone, rejoignez-le d'ici, puis rouvrez cet écran."
    )


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
