"""Wi-Fi heard in one room, by whichever way this system gives it.

On Windows its Native Wifi API gives bytes, decoded here. Layouts are those of
`wlanapi.h` (`WLAN_BSS_LIST`, `WLAN_BSS_ENTRY` of 360 bytes, the same on 32 and 64 bits)
and of the elements of IEEE 802.11 (clause 9.4.2). `diag.probes.host` asks for them.
"""

import asyncio
import ctypes
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace

from diag.imports.evidence.radio import (
    HIDDEN_NAMES,
    MAX_HEARD,
    NMCLI_FIELDS,
    RADIO_OFF,
    channel_of,
    read_netsh,
    read_nmcli,
    read_system_profiler,
)
from diag.imports.evidence.reading import EvidenceRefusedError, line_of
from diag.model.measure import HEARD, SAID_OFF, HeardNetwork, MeasureStatus
from diag.probes import Probe, ProbeFinding, ProbePlan, Risk, Setting
from diag.probes.host import DENIED, Host
from diag.probes.radio import SAMPLES, merge_scans, names_of

LOCATION = (
    "Windows cache les réseaux : SSID masqué. Ouvrez Paramètres, Confidentialité et "
    "sécurité, Localisation ; activez-la, puis « Autoriser les applications de bureau "
    "à accéder à votre localisation », et recommencez."
)
_NO_RADIO = (
    "Cet ordinateur n'a pas de carte Wi-Fi que diag sache interroger : importez le "
    "relevé d'un téléphone (WiFiAnalyzer)."
)
_CACHED = "liste que Windows garde en mémoire, peut-être de la salle d'avant"
_UNDATED = "le pilote ne dit pas quand il a entendu chaque réseau"
_ONCE = "un seul relevé : sa force varie de 5 dB"

_SECONDS = 20.0
"""A room, as a rule; a card that is slower is asked fewer times."""

_NMCLI_SECONDS, _PROFILER_SECONDS, _NETSH_SECONDS = 20.0, 40.0, 10.0


class WifiUnheardError(Exception):
    """Nothing could be listened to, and that is no silence; its French has why."""


@dataclass(frozen=True, slots=True)
class WifiScan:
    """What one scan heard."""

    heard: tuple[HeardNetwork, ...]
    doubts: tuple[str, ...] = ()
    """Why it is believed no further; French, no full stop."""


async def _of_linux(host: Host) -> WifiScan:
    radio = await host.command("nmcli", "-t", "-f", "WIFI-HW,WIFI", "radio")
    if radio.code != 0 or "missing" in radio.text:
        raise WifiUnheardError(_NO_RADIO)
    if "disabled" in radio.text:
        raise WifiUnheardError(RADIO_OFF)
    words = ("nmcli", "-t", "-f", ",".join(NMCLI_FIELDS))
    listed = await host.command(
        *words, "dev", "wifi", "list", "--rescan", "yes", seconds=_NMCLI_SECONDS
    )
    heard = read_nmcli(listed.out).networks
    if not heard:
        devices = await host.command("nmcli", "-t", "-f", "TYPE", "device")
        if "wifi" not in devices.text.split():
            raise WifiUnheardError(_NO_RADIO)
    return WifiScan(heard)


async def _of_macos(host: Host) -> WifiScan:
    report = await host.command(
        *("system_profiler", "SPAirPortDataType", "-json"), seconds=_PROFILER_SECONDS
    )
    try:
        read = read_system_profiler(report.out)
    except EvidenceRefusedError as error:
        raise WifiUnheardError(str(error) if report.out else _NO_RADIO) from error
    return WifiScan(read.networks, (_ONCE,))


async def _of_windows(host: Host) -> WifiScan:
    scan = await host.native_wifi()
    if scan.error == DENIED:
        raise WifiUnheardError(LOCATION)
    now = host.now().timestamp()
    every = [one for raw in scan.lists for one in decode_bss_list(raw, now)]
    fresh = [one.network for one in every if one.is_fresh]
    if fresh:
        return WifiScan(tuple(fresh))
    undated = [one.network for one in every if one.age is None]
    if undated:
        return WifiScan(tuple(undated), (_UNDATED,))
    printed = await host.command(
        *("netsh", "wlan", "show", "networks", "mode=bssid"), seconds=_NETSH_SECONDS
    )
    try:
        return WifiScan(read_netsh(printed.out).networks, (_CACHED,))
    except EvidenceRefusedError as error:
        raise WifiUnheardError(str(error) if printed.out else _NO_RADIO) from error


_SCANS = {"win32": _of_windows, "darwin": _of_macos}
"""System → what listens once there, if it is no Linux; each raises `WifiUnheardError`:
no radio, a radio that is off, names that are forbidden."""


@dataclass(frozen=True)
class HearWifi(Probe):
    """Listens to the Wi-Fi of one room, three times where that is quick."""

    said_off: bool = False
    """Whether somebody said that the Wi-Fi of this room is off: it is noted."""
    pause: float = 1.0
    """Seconds between two scans."""
    name = "wifi"
    version = "1"
    title = "Wi-Fi de la salle"
    risk = Risk.LOCAL
    produces = (HEARD,)

    def missing(self, setting: Setting) -> str:
        """Return what it lacks: a room, since radio is heard somewhere."""
        return "" if setting.room else "Le Wi-Fi s'écoute dans une salle : laquelle ?"

    def plan(self, setting: Setting) -> ProbePlan:
        """Return how long it listens; it sends nothing but what its card does."""
        del setting
        return ProbePlan(seconds=_SECONDS)

    async def run(self, setting: Setting) -> AsyncGenerator[ProbeFinding, None]:
        """Yield every access point heard, once, its strength in the middle."""
        count = 1 if setting.host.system == "darwin" else SAMPLES
        listen = _SCANS.get(setting.host.system, _of_linux)
        scans: list[WifiScan] = []
        why, start = "", setting.host.monotonic()
        for rank in range(count):
            setting.tell(rank / count, f"relevé {rank + 1} sur {count}")
            try:
                scans.append(await listen(setting.host))
            except WifiUnheardError as error:
                why = str(error)
                break
            if setting.host.monotonic() - start > _SECONDS:
                break  # a slow card: what it heard is worth more than a third time
            if rank + 1 < count:
                await asyncio.sleep(self.pause)
        if scans and self.said_off:
            yield ProbeFinding(SAID_OFF, value=True, method="declare")
        heard = [one for scan in scans for one in scan.heard]
        if heard and not why and not names_of(heard):  # the system may be hiding them
            why = HIDDEN_NAMES if setting.host.system == "darwin" else _ALL_HIDDEN
        if not scans:
            yield ProbeFinding(HEARD, status=MeasureStatus.INCONCLUSIVE, why=why)
            return
        merged = merge_scans([scan.heard for scan in scans])
        yield ProbeFinding(
            HEARD,
            len(merged),
            status=MeasureStatus.PARTIAL if why else MeasureStatus.OK,
            why=why,
            stats={"scans": len(scans)},
            method="scan",
            doubts=tuple(dict.fromkeys(one for scan in scans for one in scan.doubts)),
            heard=tuple(replace(one, bssid="") for one in merged),
        )


_ALL_HIDDEN = "SSID masqué : des réseaux s'entendent, aucun ne dit son nom."


_COUNT_AT, _HEADER_BYTES = 4, 8
"""`WLAN_BSS_LIST`: its bytes in all, its entries; then these."""


class BssEntry(ctypes.LittleEndianStructure):
    """One `WLAN_BSS_ENTRY`."""

    _fields_ = (
        ("name_bytes", ctypes.c_uint32),
        ("name", ctypes.c_ubyte * 32),
        ("card", ctypes.c_uint32),
        ("address", ctypes.c_ubyte * 6),
        ("kind", ctypes.c_int32),
        ("standard", ctypes.c_int32),
        ("dbm", ctypes.c_int32),
        ("quality", ctypes.c_uint32),
        ("is_allowed_here", ctypes.c_ubyte),
        ("interval", ctypes.c_uint16),
        ("its_clock", ctypes.c_uint64),
        ("our_clock", ctypes.c_uint64),  # 100 ns since 1601
        ("capabilities", ctypes.c_uint16),
        ("kilohertz", ctypes.c_uint32),
        ("rates", ctypes.c_ubyte * 256),
        ("elements_at", ctypes.c_uint32),  # from the start of the entry
        ("elements_bytes", ctypes.c_uint32),
    )


ENTRY_BYTES = ctypes.sizeof(BssEntry)

_PRIVACY = 1 << 4
_BELIEVED = range(-120, 1)
"""dBm that a card can hear."""

FRESH_S = 10.0
"""Seconds after which a network is no longer surely heard here."""

_EPOCH_S = 11_644_473_600
"""Seconds from 1601, where Windows counts from, to 1970."""


@dataclass(frozen=True, slots=True)
class HeardByWindows:
    """One access point, and when its last frame came."""

    network: HeardNetwork
    age: float | None
    """Seconds before now; None when the card's driver does not say it."""

    @property
    def is_fresh(self) -> bool:
        """Return whether it was surely heard at this spot, not in the room before."""
        return self.age is not None and self.age <= FRESH_S


def decode_bss_list(raw: bytes, now: float) -> list[HeardByWindows]:
    """Return the access points of a `WLAN_BSS_LIST`; what is cut or absurd is left.

    `now`: seconds since 1970, to date what was heard.
    """
    count = int.from_bytes(raw[_COUNT_AT:_HEADER_BYTES], "little")
    whole = max(len(raw) - _HEADER_BYTES, 0) // ENTRY_BYTES
    starts = (
        _HEADER_BYTES + rank * ENTRY_BYTES
        for rank in range(min(count, whole, MAX_HEARD))
    )
    return [one for start in starts if (one := _heard(raw, start, now))]


def _heard(raw: bytes, start: int, now: float) -> HeardByWindows | None:
    entry = BssEntry.from_buffer_copy(raw, start)
    channel, band = channel_of(entry.kilohertz // 1000)
    if not band:
        return None
    begin = start + entry.elements_at
    end = begin + entry.elements_bytes
    is_whole = entry.elements_at >= ENTRY_BYTES and end <= len(raw)
    sent = _Sent(raw[begin:end] if is_whole else b"")
    is_private = bool(entry.capabilities & _PRIVACY)
    # A name that is hidden is empty, or all zeros.
    name = bytes(entry.name[: min(entry.name_bytes, 32)])
    network = HeardNetwork(
        ssid=line_of(name.strip(b"\0").decode("utf-8", errors="replace"), 40),
        dbm=entry.dbm if entry.dbm in _BELIEVED else None,
        band=band,
        standard=sent.standard(band),
        security=sent.security(is_private=is_private) if is_whole else "",
        channel=sent.channel(band) or channel,
        width=sent.width(),
        load=sent.load(),
        bssid=":".join(f"{byte:02x}" for byte in entry.address),
    )
    age = now + _EPOCH_S - entry.our_clock / 1e7
    is_dated = -_CLOCK_STEP_S <= age <= _LONGEST_S  # else the driver has another clock
    return HeardByWindows(network, max(age, 0.0) if is_dated else None)


_LONGEST_S = 3600.0
_CLOCK_STEP_S = 2.0

_DS, _BSS_LOAD, _HT, _RSN, _HT_NOW, _VHT, _VHT_NOW, _MAKER, _MORE = (
    *(3, 11, 45, 48, 61, 191, 192, 221, 255),
)
"""Elements: channel, load, 802.11n, protection, 802.11ac…, a maker's, extended."""

_HE, _HE_NOW, _EHT_NOW, _EHT = 35, 36, 106, 108
"""Extended elements: 802.11ax, what of it is in use; 802.11be likewise."""

_WPA = b"\x00\x50\xf2\x01"
_OUI = b"\x00\x0f\xac"
_COMPANY_KEYS = frozenset({1, 3, 5, 11, 12, 13})
_SAE_KEYS = frozenset({8, 9, 24, 25})
_OWE_KEY = 18


class _Sent:
    """The elements that an access point sends, by number."""

    def __init__(self, raw: bytes) -> None:
        self._plain: dict[int, bytes] = {}
        self._extended: dict[int, bytes] = {}
        self._is_wpa = False
        at = 0
        while at + 2 <= len(raw):  # a byte of number, one of length, what it holds
            number, length = raw[at], raw[at + 1]
            held = raw[at + 2 : at + 2 + length]
            if len(held) < length:
                break
            at += 2 + length
            if number == _MAKER:
                self._is_wpa |= held.startswith(_WPA)
            elif number == _MORE and held:
                self._extended.setdefault(held[0], held[1:])
            else:
                self._plain.setdefault(number, held)

    def standard(self, band: str) -> str:
        """Return the newest standard that it offers: `802.11ax`."""
        if _EHT in self._extended:
            return "802.11be"
        if _HE in self._extended:
            return "802.11ax"
        if _VHT in self._plain:
            return "802.11ac"
        if _HT in self._plain:
            return "802.11n"
        return "802.11g" if band == "2.4" else "802.11a"

    def channel(self, band: str) -> int | None:
        """Return its main channel, where it names one of its band."""
        if six := self._six_gigahertz():
            return six[0] if band == "6" else None
        for number in (_HT_NOW, _DS):
            if named := self._plain.get(number):
                return named[0] or None
        return None

    def width(self) -> int | None:
        """Return the MHz that it takes now; None where nothing shows it."""
        be = self._extended.get(_EHT_NOW, b"")
        if len(be) >= 6 and be[0] & 1:  # noqa: PLR2004 - its width is there
            return 20 << min(be[5] & 7, 4)
        if six := self._six_gigahertz():
            return 20 << (six[1] & 3)
        ac = self._plain.get(_VHT_NOW, b"")
        if len(ac) >= 3 and ac[0]:  # noqa: PLR2004 - width and two centres
            return 160 if ac[0] > 1 or ac[2] else 80
        n = self._plain.get(_HT_NOW, b"")
        if len(n) > 1:
            return 40 if n[1] & 4 and n[1] & 3 else 20
        return None

    def _six_gigahertz(self) -> bytes:
        """Return main channel, width and centres of a 6 GHz network; empty for none."""
        held = self._extended.get(_HE_NOW, b"")
        if len(held) < 6:  # noqa: PLR2004 - parameters, colour, rates
            return b""
        flags = int.from_bytes(held[:3], "little")
        start = 6 + 3 * bool(flags & 1 << 14) + bool(flags & 1 << 15)
        six = held[start : start + 5]
        return six if flags & 1 << 17 and len(six) == 5 else b""  # noqa: PLR2004

    def load(self) -> float | None:
        """Return the share of time that its channel is busy, 0 to 1."""
        held = self._plain.get(_BSS_LOAD, b"")
        return held[2] / 255 if len(held) >= 3 else None  # noqa: PLR2004

    def security(self, *, is_private: bool) -> str:
        """Return its protection: `open`, `WEP`, `WPA2-Enterprise`."""
        keys = _keys(self._plain.get(_RSN, b""))
        if keys & _SAE_KEYS:
            return "WPA3"
        if keys == {_OWE_KEY}:
            return "OWE"
        if keys:
            return "WPA2-Enterprise" if keys & _COMPANY_KEYS else "WPA2"
        if self._is_wpa:
            return "WPA"
        return "WEP" if is_private else "open"


def _keys(rsn: bytes) -> frozenset[int]:
    """Return how one proves who one is there, by the standard's own numbers."""
    at = 6
    if len(rsn) < at + 2:
        return frozenset({2} if rsn else ())
    ciphers = int.from_bytes(rsn[at : at + 2], "little")
    at += 2 + 4 * ciphers
    count = int.from_bytes(rsn[at : at + 2], "little")
    every = [
        rsn[at + 2 + 4 * rank : at + 6 + 4 * rank] for rank in range(min(count, 16))
    ]
    known = {one[3] for one in every if len(one) == 4 and one[:3] == _OUI}  # noqa: PLR2004
    return frozenset(known or {2})
