"""What a scan of Wi-Fi shows of a room: strength, crowding, protection.

Pure: access points heard in, facts out. A laptop hears within ±5 dB: strengths are
given by classes, over several scans.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from statistics import median, median_low

from diag.model.measure import HeardNetwork
from diag.words.sentences import counted, listed, measure, number

SAMPLES = 3
"""Scans of one room: a single one misses access points and jumps by 5 dB."""

GOOD_DBM, LEAST_DBM = -65, -75
"""Strength from which a class works, and under which it does not: WIF-05's levels."""

HEARD_DBM = -82
"""Strength from which a card waits for another network: IEEE 802.11's own threshold."""

BUSY = 0.5
"""Share of the time from which a channel is busy (métier)."""

WEAK_PROTECTION = frozenset({"open", "WEP"})
"""What protects nothing."""


class Signal(StrEnum):
    """Whether a strength carries a class."""

    GOOD = "bon"
    FAIR = "limite"
    POOR = "insuffisant"


def signal_of(dbm: int) -> Signal:
    """Return the class of a strength."""
    if dbm >= GOOD_DBM:
        return Signal.GOOD
    return Signal.FAIR if dbm >= LEAST_DBM else Signal.POOR


def merge_scans(scans: Sequence[Sequence[HeardNetwork]]) -> tuple[HeardNetwork, ...]:
    """Return each access point heard at one spot once, with its median strength.

    Where its address is hidden, name, band and channel stand for it.
    """
    found: dict[tuple[object, ...], list[HeardNetwork]] = defaultdict(list)
    for scan in scans:
        for one in scan:
            known = (one.bssid,) if one.bssid else (one.ssid, one.band, one.channel)
            found[known].append(one)
    merged = []
    for several in found.values():
        strengths = [one.dbm for one in several if one.dbm is not None]
        loads = [one.load for one in several if one.load is not None]
        merged.append(
            replace(
                several[-1],
                ssid=next((one.ssid for one in several if one.ssid), ""),
                dbm=median_low(strengths) if strengths else None,
                load=median(loads) if loads else None,
            )
        )
    return tuple(merged)


def without_addresses(
    heard: Iterable[HeardNetwork], ours: Collection[str]
) -> tuple[HeardNetwork, ...]:
    """Return what may be kept: no address at all, and of the neighbours no name.

    A name or an address may be a person's: of a neighbour, its channel is enough.
    """
    return tuple(
        replace(one, bssid="", ssid=one.ssid if one.ssid in ours else "")
        for one in heard
    )


def names_of(heard: Iterable[HeardNetwork]) -> tuple[str, ...]:
    """Return the names heard, the strongest first: the school's is near the top."""
    strongest: dict[str, int] = {}
    for one in heard:
        if one.ssid:
            dbm = one.dbm if one.dbm is not None else -100
            strongest[one.ssid] = max(strongest.get(one.ssid, -200), dbm)
    return tuple(sorted(strongest, key=lambda name: (-strongest[name], name)))


def overlaps(one: HeardNetwork, other: HeardNetwork) -> bool:
    """Return whether two networks share a part of the air.

    Of a wide one in 2.4 GHz only the main channel is counted: its side is unknown.
    """
    if one.band != other.band or one.channel is None or other.channel is None:
        return False
    if one.band == "2.4":
        return abs(one.channel - other.channel) < _APART_24
    return not _parts(one).isdisjoint(_parts(other))


_APART_24 = 4
"""Channels of 5 MHz between two networks of 20 MHz that do not meet: 1, 5, 9, 13."""

_FIRST_OF = {"5": (36, 149), "6": (1,)}
"""Band → first channels of its runs: wide networks are laid from there."""


def _parts(one: HeardNetwork) -> frozenset[int]:
    """Return the channels of 20 MHz that a network of 5 or 6 GHz takes."""
    channel = one.channel or 0
    first = max(
        (start for start in _FIRST_OF.get(one.band, ()) if start <= channel),
        default=channel,
    )
    count = max((one.width or 20) // 20, 1)
    block = (channel - first) // 4 // count * count
    return frozenset(first + 4 * (block + rank) for rank in range(count))


@dataclass(frozen=True, slots=True)
class RoomRadio:
    """What one room hears, once the school's own networks are known."""

    ours: tuple[HeardNetwork, ...]
    """Access points of the school, the strongest first."""
    others: tuple[HeardNetwork, ...]
    scans: int

    @property
    def best(self) -> HeardNetwork | None:
        """Return what a tablet would use: the strongest above 2.4 GHz, else of all."""
        fast = [one for one in self.ours if one.band != "2.4"]
        return next(iter(fast or self.ours), None)

    @property
    def crowd(self) -> tuple[HeardNetwork, ...]:
        """Return the neighbours that make the best one wait."""
        best = self.best
        return tuple(
            one
            for one in self.others
            if best and overlaps(best, one) and (one.dbm or -100) >= HEARD_DBM
        )

    @property
    def unprotected(self) -> tuple[str, ...]:
        """Return the school's networks that protect nothing."""
        weak = (one.ssid for one in self.ours if one.security in WEAK_PROTECTION)
        return tuple(dict.fromkeys(weak))


def read_room(
    heard: Iterable[HeardNetwork], ours: Collection[str], scans: int
) -> RoomRadio:
    """Return what a room shows, whose school's networks have these names."""
    listed = sorted(heard, key=lambda one: -(one.dbm or -100))
    return RoomRadio(
        ours=tuple(one for one in listed if one.ssid and one.ssid in ours),
        others=tuple(one for one in listed if not one.ssid or one.ssid not in ours),
        scans=scans,
    )


HIDDEN = "SSID masqué"
"""What is read of a room whose networks the system does not name."""


def room_words(room: RoomRadio, *, said_off: bool = False) -> tuple[str, ...]:
    """Return what a person reads of a room: the first line is the result.

    `said_off`: somebody declared the Wi-Fi of this room off.
    """
    best = room.best
    if best is None:
        first = "rien entendu, il est bien éteint" if said_off else "rien entendu"
        heard = counted(len(room.others), "point d'accès", "points d'accès")
        return f"Wi-Fi de l'école : {first}", f"{heard} d'autres réseaux autour."
    strength = "Entendu, force inconnue"
    if best.dbm is not None:
        estimated = " environ" if best.is_estimated else ""
        dbm = measure(best.dbm, "dBm")
        strength = f"{signal_of(best.dbm).capitalize()} : {dbm}{estimated}"
    air = (
        f"{number(best.band)} GHz" if best.band else "",
        f"canal {best.channel}" if best.channel else "",
        f"{best.width} MHz" if best.width else "",
    )
    network = (f"« {best.ssid} »", *air, counted(room.scans, "relevé"), "±5 dB.")
    remarks = [strength, ", ".join(filter(None, network))]
    if said_off:
        remarks.append(_STILL_ON)
    if room.crowd:
        channels = sorted({one.channel for one in room.crowd if one.channel})
        where = listed([str(one) for one in channels])
        several = counted(len(room.crowd), "réseau voisin", "réseaux voisins")
        remarks.append(f"{several} sur le même air (canal {where}).")
    busiest = max((one.load for one in room.ours if one.load is not None), default=0.0)
    if busiest > BUSY:
        share = round(100 * busiest)
        remarks.append(f"Canal occupé {share} % du temps : la classe attendra.")
    if room.unprotected:
        names = listed([f"« {one} »" for one in room.unprotected])
        remarks.append(f"Sans protection (ouvert ou WEP) : {names}.")
    return tuple(remarks)


_STILL_ON = (
    "Wi-Fi dit éteint, et pourtant entendu : un autre point d'accès couvre la salle, "
    "ou il n'est pas coupé."
)
