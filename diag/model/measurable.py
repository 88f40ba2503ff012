"""What can be measured, by key: where it is taken, its unit or its words.

Probes and readers of files produce these keys; the questions of a checklist name the
ones that answer them. Neither knows the other.
"""

from dataclasses import dataclass
from enum import StrEnum


class MeasureScope(StrEnum):
    """Where a measure is taken, as a checklist writes it."""

    LINE = "ligne"
    """The line of Internet: one for the school."""
    ROOM = "salle"
    """One spot of a room."""


class MeasureAggregate(StrEnum):
    """How several measures make one answer, as a checklist writes it."""

    MEDIAN = "median"
    LEAST = "min"
    """The lowest number, the worst word, yes where every one is."""
    MOST = "max"
    """The highest number, the best word, yes where one is."""


@dataclass(frozen=True, slots=True)
class Measurable:
    """One thing that can be measured: a number, a yes or no, or a word."""

    scope: MeasureScope
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
    "internet.debit_descendant": Measurable(MeasureScope.LINE, "Mbit/s"),
    "internet.debit_montant": Measurable(MeasureScope.LINE, "Mbit/s"),
    "internet.latence": Measurable(MeasureScope.LINE, "ms"),
    "internet.gigue": Measurable(MeasureScope.LINE, "ms"),
    "internet.perte": Measurable(MeasureScope.LINE, "%"),
    "internet.latence_charge_descendante": Measurable(MeasureScope.LINE, "ms"),
    "internet.latence_charge_montante": Measurable(MeasureScope.LINE, "ms"),
    "internet.dns_latence": Measurable(MeasureScope.LINE, "ms"),
    "internet.dns_reecriture": Measurable(MeasureScope.LINE),
    "internet.portail_captif": Measurable(MeasureScope.LINE),
    "internet.mtu": Measurable(MeasureScope.LINE, "octet"),
    "internet.ipv6": Measurable(MeasureScope.LINE),
    "services.premier_octet": Measurable(MeasureScope.LINE, "ms"),
    "services.inspection": Measurable(MeasureScope.LINE),
    "filtrage.adresses_testees": Measurable(MeasureScope.LINE, "adresse"),
    "filtrage.adresses_bloquees": Measurable(MeasureScope.LINE, "adresse"),
    "filtrage.contournable": Measurable(MeasureScope.LINE),
    "wifi.capte": Measurable(MeasureScope.ROOM),
    "wifi.capte_5ghz": Measurable(MeasureScope.ROOM),
    "wifi.signal_5ghz": Measurable(MeasureScope.ROOM, "dBm"),
    "wifi.noms": Measurable(MeasureScope.ROOM, "réseau"),
    "wifi.emis": Measurable(MeasureScope.ROOM),
    "wifi.emis_5ghz": Measurable(MeasureScope.ROOM),
    "wifi.generation": Measurable(
        MeasureScope.ROOM, words=("wifi4", "wifi5", "wifi6", "wifi7")
    ),
    "wifi.chiffrement": Measurable(
        MeasureScope.ROOM, words=("ouvert", "wep_wpa", "cle", "entreprise")
    ),
    "wifi.debit_descendant": Measurable(MeasureScope.ROOM, "Mbit/s"),
    "wifi.debit_montant": Measurable(MeasureScope.ROOM, "Mbit/s"),
    "wifi.latence": Measurable(MeasureScope.ROOM, "ms"),
    "wifi.gigue": Measurable(MeasureScope.ROOM, "ms"),
    "wifi.perte": Measurable(MeasureScope.ROOM, "%"),
    "wifi.latence_charge_descendante": Measurable(MeasureScope.ROOM, "ms"),
    "wifi.latence_charge_montante": Measurable(MeasureScope.ROOM, "ms"),
}
"""Every key. `wifi.capte` is of a spot, which may be no; `wifi.emis` is of what was
heard there, and says nothing where nothing was."""
