"""What can be measured, by key: where it is taken, its unit or its words.

Probes and readers of files produce these keys; the questions of a checklist name the
ones that answer them. Neither knows the other.
"""

from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """Where a measure is taken, as a checklist writes it."""

    LINE = "ligne"
    """The line of Internet: one for the school."""
    ROOM = "salle"
    """One spot of a room."""


class Aggregate(StrEnum):
    """How several measures make one answer, as a checklist writes it."""

    MEDIAN = "median"
    LEAST = "min"
    """The lowest number, the worst word, yes where every one is."""
    MOST = "max"
    """The highest number, the best word, yes where one is."""


@dataclass(frozen=True, slots=True)
class Measurable:
    """One thing that can be measured: a number, a yes or no, or a word."""

    scope: Scope
    unit: str = ""
    """Of a number, as questions write it."""
    words: tuple[str, ...] = ()
    """From the worst to the best, each the id of a choice where one means it."""

    @property
    def is_number(self) -> bool:
        """Say whether it is a number: those have a unit."""
        return bool(self.unit)

    def takes(self, value: object) -> bool:
        """Say whether a file holds what this measure gives."""
        if self.words:
            return value in self.words
        if isinstance(value, bool) or not self.unit:
            return isinstance(value, bool) and not self.unit
        return isinstance(value, int | float) and abs(value) <= _MOST


_MOST = 10**9
"""No measure is above, in any unit of these."""

MEASURES = {
    "internet.debit_descendant": Measurable(Scope.LINE, "Mbit/s"),
    "internet.debit_montant": Measurable(Scope.LINE, "Mbit/s"),
    "internet.latence": Measurable(Scope.LINE, "ms"),
    "internet.gigue": Measurable(Scope.LINE, "ms"),
    "internet.perte": Measurable(Scope.LINE, "%"),
    "internet.latence_charge_descendante": Measurable(Scope.LINE, "ms"),
    "internet.latence_charge_montante": Measurable(Scope.LINE, "ms"),
    "internet.dns_latence": Measurable(Scope.LINE, "ms"),
    "internet.dns_reecriture": Measurable(Scope.LINE),
    "internet.portail_captif": Measurable(Scope.LINE),
    "internet.mtu": Measurable(Scope.LINE, "octet"),
    "internet.ipv6": Measurable(Scope.LINE),
    "services.premier_octet": Measurable(Scope.LINE, "ms"),
    "services.inspection": Measurable(Scope.LINE),
    "filtrage.adresses_testees": Measurable(Scope.LINE, "adresse"),
    "filtrage.adresses_bloquees": Measurable(Scope.LINE, "adresse"),
    "filtrage.contournable": Measurable(Scope.LINE),
    "wifi.capte": Measurable(Scope.ROOM),
    "wifi.capte_5ghz": Measurable(Scope.ROOM),
    "wifi.signal_5ghz": Measurable(Scope.ROOM, "dBm"),
    "wifi.noms": Measurable(Scope.ROOM, "réseau"),
    "wifi.emis": Measurable(Scope.ROOM),
    "wifi.emis_5ghz": Measurable(Scope.ROOM),
    "wifi.generation": Measurable(
        Scope.ROOM, words=("wifi4", "wifi5", "wifi6", "wifi7")
    ),
    "wifi.chiffrement": Measurable(
        Scope.ROOM, words=("ouvert", "wep_wpa", "cle", "entreprise")
    ),
    "wifi.debit_descendant": Measurable(Scope.ROOM, "Mbit/s"),
    "wifi.debit_montant": Measurable(Scope.ROOM, "Mbit/s"),
    "wifi.latence": Measurable(Scope.ROOM, "ms"),
    "wifi.gigue": Measurable(Scope.ROOM, "ms"),
    "wifi.perte": Measurable(Scope.ROOM, "%"),
    "wifi.latence_charge_descendante": Measurable(Scope.ROOM, "ms"),
    "wifi.latence_charge_montante": Measurable(Scope.ROOM, "ms"),
}
"""Every key. `wifi.capte` is of a spot, which may be no; `wifi.emis` is of what was
heard there, and says nothing where nothing was."""
