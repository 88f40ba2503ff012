"""Wi-Fi as Linux and macOS list it: `nmcli`, `system_profiler`.

Both are read as a command prints them now and as a file that somebody kept.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from diag.imports.evidence.radio import MAX_HEARD, security_of
from diag.imports.evidence.reading import (
    EvidenceRead,
    EvidenceRefusedError,
    decoded,
    entries_of,
    entry_of,
    figure_of,
    json_documents,
    line_of,
)
from diag.model.measure import HeardNetwork
from diag.words.sentences import counted

NMCLI_FIELDS = ("IN-USE", "BSSID", "SSID", "CHAN", "FREQ", "RATE", "SIGNAL", "SECURITY")
"""What `nmcli -t -f` is asked for, in this order."""

_BY_DEFAULT = (
    *("IN-USE", "BSSID", "SSID", "MODE", "CHAN", "RATE", "SIGNAL", "BARS", "SECURITY"),
)
"""What it prints when it is asked for nothing."""

HIDDEN_NAMES = (
    "macOS cache le nom des réseaux : SSID masqué. Autorisez le terminal (Réglages "
    "Système, Confidentialité et sécurité, Service de localisation), puis recommencez."
)
RADIO_OFF = (
    "Le Wi-Fi de cet ordinateur est éteint : rien n'a pu être entendu. "
    "Allumez-le, puis recommencez."
)


_COLUMN = re.compile(r"(?<!\\)((?:\\\\)*):")
_ESCAPED = re.compile(r"\\(.)")
_MHZ = re.compile(r"(\d{4,5}) MHz")
_MAC = re.compile(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}", re.IGNORECASE)
_MAX_LINE = 400


def is_nmcli(text: str) -> bool:
    """Return whether a text begins as `nmcli -t` lists networks."""
    return any(_fields(line) for line in text.splitlines()[:10])


def read_nmcli(raw: bytes) -> EvidenceRead:
    r"""Read `nmcli -t -f IN-USE,BSSID,SSID,CHAN,FREQ,RATE,SIGNAL,SECURITY dev wifi`.

    A `:` inside a value is written `\:`. No line is no network: that is for the caller
    to doubt, who knows whether there is a radio.
    """
    lines = [line[:_MAX_LINE] for line in decoded(raw).splitlines() if line.strip()]
    rows = filter(None, map(_fields, lines[:MAX_HEARD]))
    heard = tuple(map(_listed, rows))
    wrong = len(lines[:MAX_HEARD]) - len(heard)
    left = f"{counted(wrong, 'ligne')} que diag n'a pas su lire."
    remarks = (left,) if wrong else ()
    return EvidenceRead("nmcli (Linux)", networks=heard, remarks=remarks)


def _fields(line: str) -> dict[str, str] | None:
    cells = [_ESCAPED.sub(r"\1", one) for one in _split(line)]
    for names in (NMCLI_FIELDS, _BY_DEFAULT):
        if len(cells) == len(names) and _MAC.fullmatch(cells[1]):
            return dict(zip(names, cells, strict=True))
    return None


def _split(line: str) -> list[str]:
    """Cut a line at the colons that nothing escapes."""
    marked = _COLUMN.sub(lambda found: f"{found[1]}\0", line.replace("\0", ""))
    return marked.split("\0")


def _listed(row: Mapping[str, str]) -> HeardNetwork:
    share = figure_of(row["SIGNAL"], most=100)
    found = _MHZ.match(row.get("FREQ", ""))
    channel, band = channel_of(int(found[1])) if found else _by_number(row["CHAN"])
    kept = row["SECURITY"].strip("- ")
    return HeardNetwork(
        ssid="" if row["SSID"] == "--" else line_of(row["SSID"], 40),
        dbm=None if share is None else nmcli_dbm(share),
        band=band,
        security=security_of(kept) if kept else "open",
        is_estimated=True,
        channel=channel,
        bssid=row["BSSID"].lower(),
    )


def nmcli_dbm(share: float) -> int:
    """Return the strength that NetworkManager made a share of a hundred of.

    It writes 100 from -40 dBm up, 0 from -100 dBm down, in a straight line
    (`nm_wifi_utils_level_to_quality`): above -40 nothing is known, nor needed.
    """
    return round(-100 + 0.6 * share)


def _by_number(written: str) -> tuple[int | None, str]:
    """Return the channel written and its band: of two that share numbers, 5 GHz."""
    channel = figure_of(written, least=1, most=233)
    if channel is None:
        return None, ""
    return int(channel), "2.4" if channel < _LOWEST_CHANNEL_5 else "5"


_LAST_24, _JAPAN, _FIRST_5, _FIRST_6 = 2472, 2484, 5000, 5935


def channel_of(megahertz: int) -> tuple[int | None, str]:
    """Return the channel and the band of a frequency; `(None, "")` for another one."""
    if 2412 <= megahertz <= _LAST_24:  # noqa: PLR2004 - channel 1
        return (megahertz - 2407) // 5, "2.4"
    if megahertz == _JAPAN:
        return 14, "2.4"
    if megahertz == _FIRST_6:
        return 2, "6"
    if _FIRST_6 < megahertz <= 7115:  # noqa: PLR2004 - channel 233
        return (megahertz - 5950) // 5, "6"
    if _FIRST_5 < megahertz < _FIRST_6:
        return (megahertz - 5000) // 5, "5"
    return None, ""


def read_system_profiler(raw: bytes) -> EvidenceRead:
    """Read `system_profiler SPAirPortDataType -json`, of macOS 10.15 to 15.

    Some neighbours have no strength, no access point an address: two of one name and
    channel are one.

    Raises:
        EvidenceRefusedError: no report on Wi-Fi, or its radio is off.
    """
    (document, *_), _whole = json_documents(raw)
    cards = [
        card
        for report in entries_of(entry_of(document).get("SPAirPortDataType"))
        for card in entries_of(report.get("spairport_airport_interfaces"))
    ]
    states = {line_of(card.get("spairport_status_information")) for card in cards}
    if not cards or states <= {_OFF, ""}:
        raise EvidenceRefusedError(RADIO_OFF if cards else _NO_CARD)
    heard = list(_of_cards(cards))[:MAX_HEARD]
    is_hidden = any(_is_hidden(card) for card in cards)
    remarks = (HIDDEN_NAMES,) if is_hidden else ()
    return EvidenceRead(
        "system_profiler (macOS)",
        networks=tuple(heard),
        remarks=remarks,
        is_telling=not is_hidden or any(one.ssid for one in heard),
    )


_OFF = "spairport_status_off"
_NO_CARD = "Ce rapport de macOS ne parle d'aucune carte Wi-Fi."
_HERE = "spairport_current_network_information"
_OTHERS = "spairport_airport_other_local_wireless_networks"
_REDACTED = "<redacted>"


def _entries(card: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from entries_of(card.get(_HERE))
    yield from entries_of(card.get(_OTHERS))


def _is_hidden(card: Mapping[str, Any]) -> bool:
    return any(entry.get("_name") == _REDACTED for entry in _entries(card))


def _of_cards(cards: list[Mapping[str, Any]]) -> Iterator[HeardNetwork]:
    for card in cards:
        seen: set[tuple[str, int | None, str]] = set()
        for one in map(_profiled, _entries(card)):
            if one.channel is None:  # AirDrop's own card is on no network
                continue
            mark = (one.ssid, one.channel, one.band)
            # The network in use is listed among the others too, less exactly.
            if not (one.ssid and mark in seen):
                seen.add(mark)
                yield one


_CHANNEL = re.compile(r"(\d{1,3})(?: \((\d)GHz(?:, (\d{2,3})MHz)?\))?")
_NOISE = re.compile(r"(-\d{1,3}) dBm")

_MODES = ("be", "ax", "ac", "n", "g", "a", "b")
_LOWEST_CHANNEL_5 = 15


def _profiled(entry: Mapping[str, Any]) -> HeardNetwork:
    name = line_of(entry.get("_name"), 40)
    placed = _CHANNEL.match(line_of(entry.get("spairport_network_channel")))
    strength = _NOISE.match(line_of(entry.get("spairport_signal_noise")))
    channel = int(placed[1]) if placed else None
    band = {"2": "2.4"}.get(placed[2] or "", placed[2] or "") if placed else ""
    if placed and not band:
        channel, band = _by_number(placed[1])
    return HeardNetwork(
        ssid="" if name == _REDACTED else name,
        dbm=int(strength[1]) if strength else None,
        band=band,
        standard=_standard(line_of(entry.get("spairport_network_phymode"))),
        security=_kept(line_of(entry.get("spairport_security_mode"))),
        channel=channel,
        width=int(placed[3]) if placed and placed[3] else None,
    )


def _standard(modes: str) -> str:
    """Return the newest of « 802.11a/n/ac/ax »."""
    known = {*modes.removeprefix("802.11").split("/")}
    return next((f"802.11{one}" for one in _MODES if one in known), "")


def _kept(mode: str) -> str:
    kept = mode.removeprefix("spairport_security_mode_").replace("_", " ")
    return {"none": "open", "enhanced open": "OWE"}.get(kept) or security_of(kept)
