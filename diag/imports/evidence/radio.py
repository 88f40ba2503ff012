"""Wi-Fi as other tools heard it: `netsh`, WiFiAnalyzer, `nmcli`, `system_profiler`.

The commands of a computer are read as they print now and as a file that somebody kept.
The texts of `netsh` are translated: a field is known by the shape of its value, by its
rank where the shape is not enough, never by a word that another language spells
otherwise.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from diag.imports.evidence.reading import (
    EvidenceRead,
    EvidenceRefusedError,
    day_in,
    decoded,
    entries_of,
    entry_of,
    figure_of,
    json_documents,
    line_of,
)
from diag.model.measure import MEASURES, Confidence, HeardNetwork, MeasuredFigure
from diag.words.sentences import counted

MAX_HEARD = 2000
"""Networks kept of one spot: ten times a block of flats."""

_MAC = re.compile(r"\b(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}\b", re.IGNORECASE)
_SSID = re.compile(r"\s*SSID\s+\d+\s*:\s?(.*)", re.IGNORECASE)
_BSSID = re.compile(r"bssid\s*\d+")
_BAND = re.compile(r"([256])(?:[.,]\d)?\s*ghz")
_SHARE = re.compile(r"(\d{1,3})\s?%")
_BUSY = re.compile(r"(\d{1,3})\s?\(\d{1,3}\s?%\)")
_STANDARD = re.compile(r"802\.11\w{1,3}", re.IGNORECASE)
_OPEN = frozenset({
    "open", "ouvert", "ouvrir", "ouverte", "offen", "abierta", "abierto", "aperta",
    "aperto",
})  # fmt: skip
_KEPT = (
    ("wpa3", "WPA3"),
    ("wpa2", "WPA2"),
    ("wpa", "WPA"),
    ("wep", "WEP"),
    ("owe", "OWE"),
)
_COMPANY = re.compile(r"enterprise|entreprise|empres|aziend|802\.1x|eap")
_LOWEST_CHANNEL_5 = 15
_MAX_LINE = 400


def read_netsh(raw: bytes) -> EvidenceRead:
    """Read `netsh wlan show networks mode=bssid`, or `… show interfaces`.

    Raises:
        EvidenceRefusedError: neither, or Windows hides the networks from its user.
    """
    lines = [line[:_MAX_LINE] for line in decoded(raw).splitlines()]
    heard = tuple(_networks(lines)) or tuple(_links(lines))
    if not heard:
        is_denied = any(re.search(r"\b5\s?:\s*$", line) for line in lines)
        raise EvidenceRefusedError(_DENIED if is_denied else _NO_NETWORK)
    return EvidenceRead("netsh (Windows)", networks=heard[:MAX_HEARD])


_DENIED = (
    "Windows cache les réseaux : autorisez la position pour les applications de bureau "
    "(Paramètres, Confidentialité et sécurité, Localisation), puis recommencez."
)
_NO_NETWORK = (
    "Ce texte ne porte aucun réseau Wi-Fi que diag sache lire. Prenez celui de "
    "« netsh wlan show networks mode=bssid »."
)


def _networks(lines: list[str]) -> Iterator[HeardNetwork]:
    """Give each access point of each network of a scan."""
    ssid: str | None = None
    security, rank = "", 0
    point: dict[str, str] | None = None
    for line in lines:
        key, colon, value = line.partition(":")
        name, value = _plain(key), value.strip()
        started = _SSID.match(line.replace("\u00a0", " "))
        if started or (_BSSID.fullmatch(name) and _MAC.search(value)):
            if point is not None:
                yield _heard(ssid or "", security, point)
            point = None if started else {}
        if started:
            ssid, security, rank = line_of(started[1], 40), "", 0
        elif ssid is None or not colon or _MAC.search(value):
            continue
        elif point is None:
            rank += 1  # its kind, then its authentication, then its cipher
            security = security_of(value) if rank == _AUTHENTICATION else security
        else:
            _take(point, value)
    if point is not None:
        yield _heard(ssid or "", security, point)


_AUTHENTICATION = 2


def _take(point: dict[str, str], value: str) -> None:
    """Keep a value of an access point by its shape; the first of each is right."""
    folded = _plain(value)
    if share := _SHARE.fullmatch(folded):
        point.setdefault("share", share[1])
    elif standard := _STANDARD.fullmatch(folded):
        point.setdefault("standard", standard[0].lower())
    elif band := _BAND.fullmatch(folded):
        point.setdefault("band", band[1])
    elif folded.isdecimal() and folded.isascii():
        point.setdefault("channel", folded)
    elif busy := _BUSY.fullmatch(folded):
        point.setdefault("busy", busy[1])


def _heard(ssid: str, security: str, point: dict[str, str]) -> HeardNetwork:
    share = figure_of(point.get("share"), most=100)
    band = {"2": "2.4"}.get(point.get("band", ""), point.get("band", ""))
    channel = figure_of(point.get("channel"), least=1, most=300)
    if not band and channel:
        band = "2.4" if channel < _LOWEST_CHANNEL_5 else "5"
    busy = figure_of(point.get("busy"), most=_BUSIEST)
    return HeardNetwork(
        ssid=ssid,
        dbm=None if share is None else round(share / 2 - 100),
        band=band,
        standard=point.get("standard", ""),
        security=security,
        is_estimated=True,
        channel=None if channel is None else int(channel),
        load=None if busy is None else busy / _BUSIEST,
    )


_BUSIEST = 255
"""What an access point says when its channel is busy all the time."""


def _links(lines: list[str]) -> Iterator[HeardNetwork]:
    """Give the network that each card is linked to: its name comes before the point."""
    ssid, security = "", ""
    point: dict[str, str] | None = None
    for line in lines:
        key, colon, value = line.partition(":")
        name, value = _plain(key), value.strip()
        if not colon:
            continue
        if name == "ssid":
            ssid = line_of(value, 40)
        elif ssid and "ssid" in name and _MAC.search(value):
            point = {}
        elif point is not None:
            found = security_of(value)
            security = security or found
            _take(point, value)
            if "share" in point:
                yield _heard(ssid, security, point)
                ssid, security, point = "", "", None


def security_of(value: str) -> str:
    """Return the protection that a text names, `open` included; empty for none."""
    folded = _plain(value)
    found = next((name for stem, name in _KEPT if stem in folded), "")
    if found and _COMPANY.search(folded):
        return f"{found}-Enterprise"
    return found or ("open" if folded in _OPEN else "")


def _plain(text: str) -> str:
    """Return a text in small letters, without accents; its points and signs stay."""
    parts = unicodedata.normalize("NFKD", text.replace("\u2019", "'"))
    return (
        "".join(one for one in parts if not unicodedata.combining(one)).lower().strip()
    )


def figures_of_spot(ours: Sequence[HeardNetwork]) -> Iterator[MeasuredFigure]:
    """Give what one scan of the school's own networks measures at its spot.

    Where nothing was heard, only that is known.
    """
    fives = [one for one in ours if one.band == "5"]
    yield MeasuredFigure("wifi.capte", bool(ours))
    yield MeasuredFigure("wifi.capte_5ghz", bool(fives))
    strongest = max(
        fives, key=lambda one: -100 if one.dbm is None else one.dbm, default=None
    )
    if strongest and strongest.dbm is not None:
        estimated = ["estimée d'un pourcentage"] if strongest.is_estimated else []
        reasons = (*estimated, "à ±5\u00a0dB")
        signal, level = "wifi.signal_5ghz", Confidence.MEDIUM
        yield MeasuredFigure(signal, strongest.dbm, level, reasons)
    if not ours:
        return
    yield MeasuredFigure("wifi.emis", True)
    yield MeasuredFigure("wifi.emis_5ghz", bool(fives))
    yield MeasuredFigure("wifi.noms", len({one.ssid for one in ours}))
    known = {one.standard for one in ours}
    if known <= _GENERATIONS.keys():
        worst = min(_GENERATIONS[one] for one in known)
        yield MeasuredFigure("wifi.generation", worst)
    kinds = {
        "entreprise"
        if one.security.endswith("-Enterprise")
        else _KINDS_OF_KEY.get(one.security, "cle")
        for one in ours
        if one.security
    }
    if kinds:
        worst = min(kinds, key=MEASURES["wifi.chiffrement"].words.index)
        yield MeasuredFigure("wifi.chiffrement", worst)


_GENERATIONS = {
    "802.11n": "wifi4",
    "802.11ac": "wifi5",
    "802.11ax": "wifi6",
    "802.11be": "wifi7",
}


_KINDS_OF_KEY = {"open": "ouvert", "WEP": "wep_wpa", "WPA": "wep_wpa"}
"""How well a protection keeps, as `wifi.chiffrement` names it; « cle » any other."""

_ANALYZER = "time stamp|ssid|bssid|strength"
_COLUMNS = 10
"""Columns after the name that every version of WiFiAnalyzer writes, at least."""


def read_wifi_analyzer(raw: bytes) -> EvidenceRead:
    """Read what WiFiAnalyzer exports: one network a line, `|` between its columns.

    A `|` inside a name is part of it: columns are counted from the end.

    Raises:
        EvidenceRefusedError: not its export.
    """
    lines = decoded(raw).splitlines()
    header = lines[0].split("|") if lines else []
    if (
        not (lines and lines[0].casefold().startswith(_ANALYZER))
        or len(header) < _COLUMNS
    ):
        raise EvidenceRefusedError(_NO_NETWORK)
    heard, on, wrong = [], "", 0
    for line in lines[1 : MAX_HEARD + 1]:
        cells = line[: 4 * _MAX_LINE].split("|")
        extra = len(cells) - len(header)
        strength = (
            re.fullmatch(r"(-\d{1,3})dBm", cells[3 + extra]) if extra >= 0 else None
        )
        if strength is None:
            wrong += bool(line.strip())
            continue
        row = dict(zip(header[2:], cells[2 + extra :], strict=True))
        name = "|".join(cells[1 : 2 + extra])
        heard.append(_analyzed(name, int(strength[1]), row))
        on = on or day_in(cells[0])
    if not heard:
        raise EvidenceRefusedError(_NO_NETWORK)
    left = f"{counted(wrong, 'ligne')} que diag n'a pas su lire."
    remarks = (left,) if wrong else ()
    return EvidenceRead(
        "WiFiAnalyzer (Android)", on, networks=tuple(heard), remarks=remarks
    )


def _analyzed(name: str, dbm: int, row: dict[str, str]) -> HeardNetwork:
    megahertz = re.match(r"\d{4}", row.get("Primary Frequency", ""))
    band = _BANDS.get(megahertz[0][0] if megahertz else "", "")
    if megahertz and int(megahertz[0]) > _LOWEST_6:
        band = "6"
    kept = _plain(row.get("Security", ""))
    security = next((found for stem, found in _KEPT if stem in kept), "open")
    security += "-Enterprise" * (security != "open" and "eap" in kept)
    standard = _STANDARD.fullmatch(row.get("Standard", ""))
    return HeardNetwork(
        ssid="" if name == "*hidden*" else line_of(name, 40),
        dbm=dbm,
        band=band,
        standard=standard[0].lower() if standard else "",
        security=security,
    )


_BANDS = {"2": "2.4", "5": "5", "6": "6"}
_LOWEST_6 = 5925


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
_COLON_MAC = re.compile(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}", re.IGNORECASE)


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
    # Cut at the colons that nothing escapes.
    marked = _COLUMN.sub(lambda found: f"{found[1]}\0", line.replace("\0", ""))
    cells = [_ESCAPED.sub(r"\1", one) for one in marked.split("\0")]
    for names in (NMCLI_FIELDS, _BY_DEFAULT):
        if len(cells) == len(names) and _COLON_MAC.fullmatch(cells[1]):
            return dict(zip(names, cells, strict=True))
    return None


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
    heard: list[HeardNetwork] = []
    for card in cards:
        seen: set[tuple[str, int | None, str]] = set()
        for one in map(_profiled, _entries(card)):
            mark = (one.ssid, one.channel, one.band)
            # AirDrop's own card is on no network. The network in use is listed among
            # the others too, less exactly.
            if one.channel is not None and not (one.ssid and mark in seen):
                seen.add(mark)
                heard.append(one)
    heard = heard[:MAX_HEARD]
    is_hidden = any(
        entry.get("_name") == _REDACTED for card in cards for entry in _entries(card)
    )
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


_CHANNEL = re.compile(r"(\d{1,3})(?: \((\d)GHz(?:, (\d{2,3})MHz)?\))?")
_NOISE = re.compile(r"(-\d{1,3}) dBm")

_MODES = ("be", "ax", "ac", "n", "g", "a", "b")
"""What may follow « 802.11 », the newest first."""
_NAMED_SO = {"none": "open", "enhanced open": "OWE"}


def _profiled(entry: Mapping[str, Any]) -> HeardNetwork:
    name = line_of(entry.get("_name"), 40)
    placed = _CHANNEL.match(line_of(entry.get("spairport_network_channel")))
    strength = _NOISE.match(line_of(entry.get("spairport_signal_noise")))
    channel = int(placed[1]) if placed else None
    band = {"2": "2.4"}.get(placed[2] or "", placed[2] or "") if placed else ""
    if placed and not band:
        channel, band = _by_number(placed[1])
    modes = line_of(entry.get("spairport_network_phymode")).removeprefix("802.11")
    newest = next((one for one in _MODES if one in modes.split("/")), "")
    mode = line_of(entry.get("spairport_security_mode"))
    kept = mode.removeprefix("spairport_security_mode_").replace("_", " ")
    return HeardNetwork(
        ssid="" if name == _REDACTED else name,
        dbm=int(strength[1]) if strength else None,
        band=band,
        standard=f"802.11{newest}" if newest else "",
        security=_NAMED_SO.get(kept) or security_of(kept),
        channel=channel,
        width=int(placed[3]) if placed and placed[3] else None,
    )
