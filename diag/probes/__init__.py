"""Measures on site: what a laptop finds of a school's network, within hard limits.

What the syndicat wants asked is one YAML file of the overlay, `mesures.yaml`, that
somebody answers for: services that a school needs, names to be filtered. Nothing is
shipped: which sites a school may try is the syndicat's decision, never a program's.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path
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
from diag.words.sentences import system_sentence

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
