"""Wi-Fi heard in one room, by whichever way this system gives it."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace

from diag.imports.evidence.listening import (
    HIDDEN_NAMES,
    NMCLI_FIELDS,
    RADIO_OFF,
    read_nmcli,
    read_system_profiler,
)
from diag.imports.evidence.radio import read_netsh
from diag.imports.evidence.reading import EvidenceRefusedError
from diag.model.measure import HEARD, SAID_OFF, HeardNetwork, MeasureStatus
from diag.probes.finding import ProbeFinding
from diag.probes.host import Host
from diag.probes.native_wifi import decode_bss_list
from diag.probes.probe import Probe, ProbePlan, Risk, Setting
from diag.probes.radio import SAMPLES, merge_scans, names_of
from diag.probes.wlanapi import DENIED

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


async def scan_once(host: Host) -> WifiScan:
    """Listen once.

    Raises:
        WifiUnheardError: no radio, a radio that is off, names that are forbidden.
    """
    if host.system == "win32":
        return await _of_windows(host)
    if host.system == "darwin":
        return await _of_macos(host)
    return await _of_linux(host)


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
        scans: list[WifiScan] = []
        why, start = "", setting.host.monotonic()
        for rank in range(count):
            setting.tell(rank / count, f"relevé {rank + 1} sur {count}")
            try:
                scans.append(await scan_once(setting.host))
            except WifiUnheardError as error:
                why = str(error)
                break
            if setting.host.monotonic() - start > _SECONDS:
                break  # a slow card: what it heard is worth more than a third time
            if rank + 1 < count:
                await asyncio.sleep(self.pause)
        if scans and self.said_off:
            yield ProbeFinding(SAID_OFF, value=True, method="declare")
        yield _found(scans, why or _hidden_words(setting.host, scans))


def _hidden_words(host: Host, scans: list[WifiScan]) -> str:
    """Return why no name is there at all, where the system may be hiding them."""
    heard = [one for scan in scans for one in scan.heard]
    if not heard or names_of(heard):
        return ""
    return HIDDEN_NAMES if host.system == "darwin" else _ALL_HIDDEN


_ALL_HIDDEN = "SSID masqué : des réseaux s'entendent, aucun ne dit son nom."


def _found(scans: list[WifiScan], why: str) -> ProbeFinding:
    if not scans:
        return ProbeFinding(HEARD, status=MeasureStatus.INCONCLUSIVE, why=why)
    merged = merge_scans([scan.heard for scan in scans])
    heard = tuple(replace(one, bssid="") for one in merged)
    doubts = dict.fromkeys(doubt for scan in scans for doubt in scan.doubts)
    return ProbeFinding(
        HEARD,
        len(heard),
        status=MeasureStatus.PARTIAL if why else MeasureStatus.OK,
        why=why,
        stats={"scans": len(scans)},
        method="scan",
        doubts=tuple(doubts),
        heard=heard,
    )
