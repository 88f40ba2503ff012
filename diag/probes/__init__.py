"""Measures on site: what a probe is, within hard limits, and what is asked of it.

A probe knows keys of measures, never questions. Its plan is shown before anybody
agrees, and yields what it finds as it finds it, so that a run cut half-way keeps it.
How far a figure may be believed is a matter of rules, never of opinion.

What the syndicat wants asked is one YAML file of the overlay, `mesures.yaml`, that
somebody answers for: services that a school needs, names to be filtered. Nothing is
shipped: which sites a school may try is the syndicat's decision, never a program's.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import IntEnum
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from diag.checklist.source import (
    MAX_BYTES,
    Entries,
    Items,
    Node,
    Scalar,
    read_source,
    spot_of,
    text_of,
)
from diag.model.errors import DiagError, install_command
from diag.model.measure import (
    Confidence,
    HeardNetwork,
    MeasureContext,
    MeasuredFigure,
    MeasureStatus,
)
from diag.words.sentences import system_sentence

if TYPE_CHECKING:  # httpx, for those who run a probe alone
    from diag.probes.host import Host
    from diag.probes.mire import Mire


@dataclass(frozen=True, slots=True)
class ProbeFinding:
    """One thing that a probe found, before the runner dates and doubts it."""

    key: str
    value: float | str | bool | None = None
    unit: str = ""
    status: MeasureStatus = MeasureStatus.OK
    why: str = ""
    """French sentence: why there is no value, or less than was asked."""
    stats: Mapping[str, float] = field(default_factory=dict)
    target: str = ""
    algorithm: str = ""
    method: str = ""
    is_own_server: bool = False
    """Whether a server of the syndicat answered, by its own name."""
    doubts: tuple[str, ...] = ()
    """What the probe itself saw amiss; French, no full stop."""
    heard: tuple[HeardNetwork, ...] = ()
    raw: Mapping[str, bytes] = field(default_factory=dict)
    """Name of a command → what it printed."""

    def nothing(self, why: str) -> "ProbeFinding":
        """Return the same without a value, and the French reason."""
        return replace(
            self, value=None, unit="", status=MeasureStatus.INCONCLUSIVE, why=why
        )


LINE = "internet."
"""What the keys of the line begin with, which are not of a room."""

NEAR_LINK = 0.9
"""Share of the link above which the link may be what was measured."""
OTHER_TRAFFIC = 1.15
"""Bytes of the interface over those of the measure; alone, headers make 1.055."""
SHORTEST = 4.0
"""Seconds under which a throughput has not settled, unless its seconds agree."""
ROOM_SHORTEST = 2.0
"""The same from a room, where one does not wait (métier)."""
WIDEST = 0.15
"""Spread between seconds above which a throughput is not one figure."""


def believed(
    found: ProbeFinding, context: MeasureContext
) -> tuple[Confidence, tuple[str, ...]]:
    """Return how far one thing found may be believed, and why no further.

    One measure alone is never high: see `believed_together`.
    """
    reasons = [*found.doubts]
    is_line = found.key.startswith(LINE)
    if is_line and context.is_wired is False:
        reasons.append("mesurée en Wi-Fi : refaites-la par câble")
    if is_line and context.has_vpn:
        reasons.append("mesurée à travers un VPN")
    rate = found.value if is_line and found.unit == "Mbit/s" else None
    link = context.link_mbit or 0
    if link and isinstance(rate, int | float) and rate > NEAR_LINK * link:
        reasons.append(f"proche des {link:.0f} Mbit/s du lien de l'ordinateur")
    stats = found.stats
    if stats.get("nic_ratio", 0) > OTHER_TRAFFIC:
        reasons.append("autre trafic sur cet ordinateur pendant la mesure")
    least = SHORTEST if is_line else ROOM_SHORTEST
    if stats.get("steady_s", least) < least and not stats.get("is_settled"):
        reasons.append(f"moins de {least:.0f} secondes stables")
    if stats.get("spread", 0) > WIDEST:
        reasons.append(
            f"débit irrégulier : écart de {round(100 * stats['spread'])}\u00a0%"
        )
    if stats.get("errors"):
        reasons.append("connexions coupées pendant la mesure")
    if stats.get("clock_jump_s"):
        reasons.append("l'horloge de l'ordinateur a sauté pendant la mesure")
    level = Confidence.LOW if reasons else Confidence.MEDIUM
    return level, tuple(dict.fromkeys(reasons))


CLOSE = 0.10
"""Spread between measures under which they agree."""
ENOUGH = 3
MOMENT = timedelta(minutes=20)
"""Between two measures of two moments of a visit (métier)."""


def believed_together(
    figures: Sequence[MeasuredFigure],
) -> tuple[Confidence, tuple[str, ...]]:
    """Return how far the median of several measures of one thing may be believed.

    High asks for three by wire against the syndicat's own server, at two moments,
    that agree; one doubt about any of them makes the whole low.
    """
    reasons = tuple(dict.fromkeys(why for one in figures for why in one.reasons))
    if reasons or any(one.confidence is Confidence.LOW for one in figures):
        return Confidence.LOW, reasons
    moments = sorted(one.at for one in figures if one.at)
    is_high = (
        len(figures) >= ENOUGH
        and all(one.is_controlled for one in figures)
        and len(moments) == len(figures)
        and moments[-1] - moments[0] >= MOMENT
        and spread_of([one.value for one in figures if not isinstance(one.value, str)])
        < CLOSE
    )
    return (Confidence.HIGH if is_high else Confidence.MEDIUM), ()


def spread_of(values: Sequence[float]) -> float:
    """Return the width of values over their median; 0 for one, or for zeros."""
    middle = median(values) if values else 0
    return (max(values) - min(values)) / middle if middle else 0.0


class Risk(IntEnum):
    """What a probe may disturb; from LOAD on, only with a written authorisation."""

    LOCAL = 0
    """Reads this computer."""
    REQUESTS = 1
    """Sends a few requests to servers that are named."""
    LOAD = 2
    """Fills the line of the school."""


@dataclass(frozen=True, slots=True)
class ProbePlan:
    """What a probe will send, exactly, shown before anybody agrees."""

    targets: tuple[str, ...] = ()
    """« mire.example.fr:443 », « résolveur 192.0.2.1 »."""
    packets: int = 0
    """Requests or connections, at most."""
    down_bytes: int = 0
    """Bytes received, at most."""
    up_bytes: int = 0
    """Bytes sent, at most."""
    seconds: float = 5.0
    """How long it lasts as a rule; the runner stops it at twice that."""


MEGA = 1_000_000
MOST_BYTES, MOST_METERED = 300 * MEGA, 30 * MEGA
"""Bytes of one run, both ways together: a fixed line, a line paid by volume (4G)."""


@dataclass(slots=True)
class Allowance:
    """Bytes that a run may still move; no probe goes past it."""

    left: int

    @classmethod
    def of(cls, *, is_metered: bool) -> "Allowance":
        """Return what a whole run may move."""
        return cls(MOST_METERED if is_metered else MOST_BYTES)

    def take(self, count: int) -> bool:
        """Count bytes that were moved; return whether more may be."""
        self.left -= count
        return self.left > 0


def silent(*_shown: object) -> None:
    """Show no progress."""


USUAL_NAMES = ("www.education.gouv.fr", "eduscol.education.fr", "www.service-public.fr")


@dataclass(frozen=True, slots=True)
class Setting:
    """Where, with what and within what limits a run measures."""

    host: "Host"
    mire: "Mire | None" = None
    """The speed server; None when nobody named one."""
    room: str = ""
    """Name of the room; empty: the school at large."""
    names: tuple[str, ...] = USUAL_NAMES
    """Names that resolvers are asked for: public, and of every school."""
    context: MeasureContext = field(default_factory=MeasureContext)
    allowance: Allowance = field(default_factory=lambda: Allowance(MOST_BYTES))
    tell: Callable[[float, str], None] = silent
    """Called with the share done, 0 to 1, of the probe under way, and a few words."""

    @property
    def is_of_room(self) -> bool:
        """Return whether it is the room that is measured: by Wi-Fi, from there."""
        return bool(self.room) and self.context.is_wired is not True

    def key(self, of_line: str) -> str:
        """Return the key of a measure: of the room, `wifi.` stands for `internet.`."""
        if self.is_of_room:
            return of_line.replace("internet.", "wifi.", 1)
        return of_line


class Probe(ABC):
    """One way of finding something; it keeps nothing between two runs."""

    name: str
    """French, short, as `--only` takes it: `latence`."""
    version: str
    title: str
    """French: « Débit et latence en charge »."""
    risk: Risk
    produces: tuple[str, ...]
    """Keys of measures."""

    def missing(self, setting: Setting) -> str:  # noqa: ARG002 - most lack nothing
        """Return what it lacks here and what to do, in French; empty: it can run."""
        return ""

    @abstractmethod
    def plan(self, setting: Setting) -> ProbePlan:
        """Return what it will send; sends nothing."""

    @abstractmethod
    def run(self, setting: Setting) -> AsyncGenerator[ProbeFinding, None]:
        """Yield what it finds, as it finds it; may be cancelled at any `await`.

        Raises:
            DiagError: why there is nothing, or nothing more, to find.
        """


# What measuring needs here, and what the syndicat wants asked.

_NEEDED = ("psutil", "dns", "truststore")


def check_installed() -> None:
    """Refuse to begin without the packages of the extra.

    Raises:
        DiagError: which one is missing, and what to do.
    """
    for name in _NEEDED:
        if find_spec(name) is None:
            raise DiagError(
                f"Mesurer demande un complément : il manque {name}. Installez-le.",
                command=install_command("probes"),
            )


OUTSIDE_RESOLVER = "9.9.9.9"
"""Resolver outside of the school, when the syndicat names none (métier)."""

NAMES_PER_CATEGORY = 3
"""Names tried of a category: one alone may be down, or wrongly listed."""

_MOST_SERVICES, _MOST_CATEGORIES, _MOST_CONTROLS = 30, 12, 6
_HOST = re.compile(
    r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]"
)
_LINE = 60


@dataclass(frozen=True, slots=True)
class SchoolService:
    """A site that a school needs."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class FilterCategory:
    """A kind of site that a filter is to block."""

    name: str
    hosts: tuple[str, ...]
    """Lawful, public sites: `NAMES_PER_CATEGORY` of them."""


@dataclass(frozen=True, slots=True)
class FilterBasket:
    """What a filter is tried on, and who answers for it."""

    approved_by: str = ""
    """Who validated it in writing: the syndicat, with the académie."""
    approved_on: str = ""
    control: tuple[str, ...] = ()
    """Sites that must be reachable: without them nothing is concluded."""
    categories: tuple[FilterCategory, ...] = ()
    resolver: str = OUTSIDE_RESOLVER
    """Address of a resolver that no school filters."""
    doh: str = ""
    """URL of a resolver over HTTPS; empty: not tried."""


@dataclass(frozen=True, slots=True)
class MeasureLists:
    """What `mesures.yaml` holds, and what in it could not be followed."""

    mire: str = ""
    """URL of the syndicat's own speed server."""
    services: tuple[SchoolService, ...] = ()
    basket: FilterBasket = FilterBasket()
    notices: tuple[str, ...] = ()


def measure_lists(path: Path) -> MeasureLists:
    """Read the lists of the syndicat; nothing at all where there is no file.

    What cannot be followed is left out, with a notice that names its line.
    """
    if not path.is_file():
        return MeasureLists()
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        return MeasureLists(notices=(system_sentence(error),))
    source = read_source(path.name, raw)
    notices = [*map(str, source.problems)]
    if source.root is None:
        return MeasureLists(notices=tuple(notices))
    reader = _ListReader(notices)
    mire = text_of(source.root.nodes.get("mire")).strip()[:200]
    services = tuple(reader.services(source.root.nodes.get("services")))
    basket = reader.basket(source.root.nodes.get("filtering"))
    reader.refuse_others(source.root, "mire", "services", "filtering")
    return MeasureLists(mire, services, basket, tuple(notices))


class _ListReader:
    """Turns nodes into lists; names what it leaves out, and on which line."""

    def __init__(self, notices: list[str]) -> None:
        self._notices = notices

    def services(self, node: Node | None) -> Iterator[SchoolService]:
        for one in self._rows(node, _MOST_SERVICES):
            name, url = self._line(one, "name"), self._line(one, "url")
            self.refuse_others(one, "name", "url")
            if not _is_site(url):
                self._notice(one, f"« {url} » n'est pas une adresse https d'un site.")
            elif name:
                yield SchoolService(name, url)
            else:
                self._notice(one, "un service sans nom (name).")

    def basket(self, node: Node | None) -> FilterBasket:
        """Return what a filter is tried on; empty unless somebody answers for it."""
        if node is None:
            return FilterBasket()
        if not isinstance(node, Entries):
            self._notice(node, "« filtering » porte des clés.")
            return FilterBasket()
        by, on = self._line(node, "approved_by"), self._line(node, "approved_on")
        keys = ("approved_by", "approved_on", "control", "categories")
        self.refuse_others(node, *keys, "resolver", "doh")
        if not by or not _DAY.fullmatch(on):
            self._notice(
                node,
                "dites qui a validé ces sites par écrit, et quel jour (approved_by, "
                'approved_on: "2026-09-01"). Sans cela, rien n\'est essayé.',
            )
            return FilterBasket()
        control = self._hosts(node, "control", _MOST_CONTROLS)
        doh = self._line(node, "doh")
        if doh and not _is_site(doh):
            self._notice(node, f"« {doh} » n'est pas une adresse https (doh).")
            doh = ""
        categories = tuple(self._categories(node.nodes.get("categories")))
        resolver = self._line(node, "resolver") or OUTSIDE_RESOLVER
        try:
            ip_address(resolver)
        except ValueError:
            self._notice(node, f"« {resolver} » n'est pas une adresse IP (resolver).")
            resolver = OUTSIDE_RESOLVER
        return FilterBasket(by, on, control, categories, resolver, doh)

    def _categories(self, node: Node | None) -> Iterator[FilterCategory]:
        for one in self._rows(node, _MOST_CATEGORIES):
            name = self._line(one, "name")
            hosts = self._hosts(one, "hosts", NAMES_PER_CATEGORY)
            self.refuse_others(one, "name", "hosts")
            if name and len(hosts) == NAMES_PER_CATEGORY:
                yield FilterCategory(name, hosts)
            else:
                self._notice(
                    one, f"une catégorie a un nom et {NAMES_PER_CATEGORY} sites."
                )

    def _hosts(self, entry: Entries, key: str, most: int) -> tuple[str, ...]:
        node = entry.nodes.get(key)
        found: dict[str, None] = {}
        for one in node.nodes if isinstance(node, Items) else ():
            host = text_of(one).strip().lower()
            if not _HOST.fullmatch(host):
                self._notice(one, f"« {host[:60]} » n'est pas le nom d'un site.")
            elif len(found) == most:
                self._notice(one, f"« {host[:60]} » : {most} sites au plus.")
            else:
                found[host] = None
        return tuple(found)

    def _rows(self, node: Node | None, most: int) -> Iterator[Entries]:
        if node is None:
            return
        every = node.nodes if isinstance(node, Items) else ()
        if not isinstance(node, Items) or len(every) > most:
            self._notice(node, f"une liste de {most} lignes au plus est attendue.")
        for one in every[:most]:
            if isinstance(one, Entries):
                yield one
            else:
                self._notice(one, "cette ligne porte des clés, entre accolades.")

    def _line(self, entry: Entries, key: str) -> str:
        node = entry.nodes.get(key)
        text = text_of(node).strip() if isinstance(node, Scalar) else ""
        return " ".join(text.split())[: 4 * _LINE if "url" in key else _LINE]

    def refuse_others(self, entry: Entries, *known: str) -> None:
        """Say which keys nobody reads: a word that is not understood is no silence."""
        for key in entry.nodes:
            if key not in known:
                self._notice(
                    entry, f"clé inconnue (admises : {', '.join(known)}).", key
                )

    def _notice(self, node: Node, words: str, key: str = "") -> None:
        spot = spot_of(node, key) if key else node.spot
        self._notices.append(
            f"{spot.file}, ligne {spot.line}{f', {key}' * bool(key)} : {words}"
        )


_DAY = re.compile(r"20\d\d-\d\d-\d\d")


def _is_site(url: str) -> bool:
    """Return whether a URL is of a named site, over HTTPS: no address, no port."""
    try:
        parts = urlsplit(url)
        is_plain = parts.port is None and parts.username is None
    except ValueError:
        return False
    host = parts.hostname or ""
    return parts.scheme == "https" and is_plain and bool(_HOST.fullmatch(host))
