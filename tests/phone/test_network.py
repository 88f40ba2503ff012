"""The network, read from what each system says; the square, from what a phone reads."""

import pytest

from diag import phone
from diag.model.errors import DiagError
from diag.phone import (
    ADDRESS,
    QUIET,
    mask_bits,
    shared_network,
    square_of,
    wifi_read,
    wifi_text,
)

URL = "HTTP://192.168.137.254:8137/" + "K7Q2MX9DTB4FAK7Q2MX9DTB4FA"

WINDOWS = """Carte réseau sans fil Wi-Fi :

   Adresse IPv4. . . . . . . . . . . . . .: 192.168.137.25
   Masque de sous-réseau. . . . . . . . . : 255.255.255.240
   Passerelle par défaut. . . . . . . . . : 192.168.137.1
"""
MAC = "\tinet 172.20.10.4 netmask 0xfffffff0 broadcast 172.20.10.15\n"
LINUX = "2: wlan0    inet 10.1.2.3/22 brd 10.1.3.255 scope global wlan0\n"


@pytest.mark.parametrize(
    ("text", "address", "bits"),
    [
        (WINDOWS, "192.168.137.25", 28),
        (WINDOWS, "192.168.137.2", None),
        (MAC, "172.20.10.4", 28),
        (LINUX, "10.1.2.3", 22),
        ("", "10.1.2.3", None),
    ],
)
def test_a_mask_is_read_from_what_each_system_says(
    text: str, address: str, bits: int | None
) -> None:
    assert mask_bits(text, address) == bits


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("*:PARTAGE\\:CAMILLE:WPA2\n :ECOLE:\n", ("PARTAGE:CAMILLE", True)),
        (" :AUTRE:WPA2\n*:ECOLE:\n", ("ECOLE", False)),
        ("*:VIEUX:WEP\n", ("VIEUX", False)),
        (
            (
                "    SSID                   : Partage\n    BSSID : aa\n"
                "    Authentification       : WPA2 - Personnel\n"
            ),
            ("Partage", True),
        ),
        ("    SSID : Ecole\n    Authentication : Open\n", ("Ecole", False)),
        ("  SSID : Maison\n  Security : WPA3_SAE\n", ("Maison", True)),
        ("", ("", None)),
    ],
)
def test_a_wifi_is_encrypted_open_or_unknown(
    text: str, read: tuple[str, bool | None]
) -> None:
    assert wifi_read(text) == read


def test_only_a_private_address_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phone, "_asked", lambda _commands: LINUX)
    monkeypatch.setenv(ADDRESS, "10.1.2.3")
    found = shared_network()
    assert (found.address, str(found.network)) == ("10.1.2.3", "10.1.0.0/22")
    assert found.is_encrypted is None
    for wrong, said in (("8.8.8.8", "Internet"), ("ici", "n'est pas une adresse")):
        monkeypatch.setenv(ADDRESS, wrong)
        with pytest.raises(DiagError, match=said):
            shared_network()


def test_the_longest_address_makes_a_square_that_a_small_terminal_holds() -> None:
    square = square_of(URL)
    assert (square.width, square.height) == (37, 19)
    assert not any(any(pair) for pair in square.halves(0))
    assert square.modules[QUIET][QUIET : QUIET + 7] == (True,) * 7
    assert len(square.halves(square.height - 1)) == square.width


def test_a_wifi_code_escapes_its_signs_and_says_when_it_does_not_fit() -> None:
    assert wifi_text('a;b,c:d"e\\f', "p;") == (
        'WIFI:T:WPA;S:a\\;b\\,c\\:d\\"e\\\\f;P:p\\;;;'
    )
    assert wifi_text("Libre", "") == "WIFI:T:nopass;S:Libre;;"
    assert square_of(wifi_text("PARTAGE-CAMILLE", "rivage-carton-81"), 21).height <= 21
    with pytest.raises(DiagError, match="plus haute"):
        square_of(wifi_text("x" * 32, "y" * 63), 21)
