"""What was measured on site: one run of this program, its figures, how far they go.

A run is written as one file and kept as it is, beside the files of other tools; it
answers nothing.

What can be measured has a key: probes and readers of files produce it, the questions of
a checklist name the ones that answer them. Neither knows the other.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, BeforeValidator, ConfigDict, Field, StrictBool

from diag.model.base import Noun


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


FORMAT: Final = "diag-mesures"
"""What the file of a run calls itself."""

VERSION: Final = 1

HEARD: Final = "wifi.points_entendus"
"""Key of how many access points a room hears."""

SAID_OFF: Final = "wifi.dit_eteint"
"""Key that says that Wi-Fi was to be off: its silence there is no lack of it."""

MOST_RAW = 64 * 1024
"""Characters kept of what one command printed."""

_MOST_MEASUREMENTS, MOST_HEARD, MOST_OUTPUTS, _MOST_STATS = 500, 2000, 40, 60

_MOST_LINE, _MOST_WHY = 200, 400


def _cut(most: int) -> BeforeValidator:
    """Keep so many characters of a text, those that a file can hold."""

    def cut(value: object) -> object:
        if not isinstance(value, str):
            return value
        return value.encode("utf-8", "replace").decode()[:most]

    return BeforeValidator(cut)


Line = Annotated[str, _cut(_MOST_LINE)]
Finite = Annotated[float, Field(allow_inf_nan=False)]


class Confidence(StrEnum):
    """How far a figure may be believed; what another tool measured is never high."""

    HIGH = "élevée"
    MEDIUM = "moyenne"
    LOW = "faible"


class MeasureStatus(StrEnum):
    """What came of one measure."""

    OK = "ok"
    PARTIAL = "partial"
    """It has a value, and less of it than was asked: « au moins »."""
    INCONCLUSIVE = "inconclusive"
    """It has no value; `why` is the French reason."""
    ABSENT = "absent"
    """There is nothing to measure here: a room without Wi-Fi, a line without IPv6."""


class MeasureSeries(StrEnum):
    """What one key measures."""

    QUICK = "quick"
    """Disturbs nobody: this computer, then a few requests."""
    LINE = "line"
    """Fills the line: with a written authorisation."""
    ROOM = "room"
    """What a room hears, and how soon the speed server answers from there."""


class MeasureContext(Noun):
    """How the computer was connected; what cannot be read is None or empty."""

    system: Line = ""
    """`linux`, `win32`, `darwin`."""
    interface: Line = ""
    """The one that leads to the target."""
    is_wired: bool | None = None
    link_mbit: Finite | None = None
    """Mbit/s that it negotiated."""
    mtu: int | None = None
    ssid: Line = ""
    dbm: int | None = None
    has_vpn: bool | None = None
    proxy: Line = ""
    """The system's own proxy, or its PAC file."""
    gateway: Line = ""


@dataclass(frozen=True, slots=True)
class HeardNetwork:
    """One Wi-Fi network heard at one spot, from one access point."""

    ssid: str
    """Empty where the network hides its name, or where the system does."""
    dbm: int | None = None
    band: str = ""
    """`2.4`, `5` or `6`."""
    standard: str = ""
    """`802.11ax`; empty when nothing shows it."""
    security: str = ""
    """`open`, `WEP`, `WPA`, `WPA2`, `WPA3`, `OWE`; `-Enterprise` at its end."""
    is_estimated: bool = False
    """Whether the strength was computed from a share of a hundred."""
    channel: int | None = None
    """Its main channel, as its band numbers them."""
    width: int | None = None
    """MHz that it takes; None when nothing shows it: 20 at least."""
    load: float | None = None
    """Share of the time that its channel is busy, 0 to 1, as it says itself."""
    bssid: str = ""
    """Address of the access point, lower case, to know it again; never kept."""


@dataclass(frozen=True, slots=True)
class MeasuredFigure:
    """One figure that a tool measured."""

    key: str
    """Dotted, French; a question may name those of `MEASURES`."""
    value: float | str | bool
    confidence: Confidence = Confidence.MEDIUM
    reasons: tuple[str, ...] = ()
    """Why it is believed no further; French, no full stop."""
    at: datetime | None = None
    """When; None where the file bears only a day, or nothing."""
    is_controlled: bool = False
    """Whether it was had by wire, against a server of the syndicat's own."""


class Authorisation(Noun):
    """Who let the syndicat load the line of a school, in writing."""

    # A later version may hold more: neither its visits nor its runs are lost here.
    model_config = ConfigDict(extra="ignore")

    by: Line
    """Who signed."""
    role: Line
    """Function of who signed: maire, adjointe aux écoles…"""
    on: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]
    """ISO day of the signature."""
    scope: Line
    """What is allowed, where and when: « débit de l'accès, école, le matin »."""
    told: Line
    """Who informed the head teacher."""


class Measurement(Noun):
    """One thing measured, or why it could not be."""

    key: Annotated[str, Field(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)+$", max_length=80)]
    """French, dotted: `internet.debit_descendant`; a checklist names it."""
    value: StrictBool | int | Finite | Line | None = None
    unit: Annotated[str, Field(max_length=20)] = ""
    """`Mbit/s`, `ms`, `%`, `o`, `dBm`; empty for words, yes or no."""
    status: MeasureStatus = MeasureStatus.OK
    why: Annotated[str, _cut(_MOST_WHY)] = ""
    """French sentence: why there is no value, or less than was asked."""
    stats: Annotated[
        dict[Annotated[str, Field(max_length=40)], Finite],
        Field(max_length=_MOST_STATS),
    ] = Field(default_factory=dict)
    """`n`, `lost`, `min`, `p50`, `p95`, `max`, `jitter`, `spread`, `steady_s`…"""
    target: Line = ""
    """What was asked: « mire.example.fr:443 »."""
    algorithm: Line = ""
    """Congestion control of the server: `cubic`; empty when it names none."""
    method: Line = ""
    """`http-4conn-ack`, `tcp-connect`…"""
    probe: Line
    probe_version: Line
    started_at: AwareDatetime
    ended_at: AwareDatetime
    is_controlled: bool = False
    """Whether it was had by wire, against a server of the syndicat's own."""
    confidence: Confidence = Confidence.MEDIUM
    reasons: Annotated[tuple[Line, ...], Field(max_length=20)] = ()
    """Why it is believed no further; French, no full stop."""


class MeasureRun(Noun):
    """What one run measured at one place."""

    program: Line
    """« diag 0.1.0 »."""
    subject: Line
    """Whom the audit is about: `ecole:0950001A`."""
    place: Line = ""
    """Id of the room; empty: the school at large."""
    room: Line = ""
    """Name of the room, for people."""
    started_at: AwareDatetime
    server: Line = ""
    """URL of the speed server; empty when none was given."""
    authorisation: Authorisation | None = None
    context: MeasureContext = MeasureContext()
    measurements: Annotated[
        tuple[Measurement, ...], Field(max_length=_MOST_MEASUREMENTS)
    ] = ()
    heard: Annotated[tuple[HeardNetwork, ...], Field(max_length=MOST_HEARD)] = ()
    """What a scan of Wi-Fi heard in the room."""
    raw: Annotated[
        dict[Line, Annotated[str, _cut(MOST_RAW)]],
        Field(max_length=MOST_OUTPUTS),
    ] = Field(default_factory=dict)
    """Name of a command → what it printed, so that a later reader reads it again."""
    is_cut: bool = False
    """Whether somebody stopped it half-way."""


class MeasureFile(Noun):
    """The file of a run, kept as evidence: a changed byte of it is seen."""

    format: Literal["diag-mesures"] = FORMAT
    version: Literal[1] = VERSION
    check: str
    """SHA-256 of the run as `run_check` writes it, hex."""
    run: MeasureRun


def run_check(written: Mapping[str, object]) -> str:
    """Return what is written beside a run, to be computed again when it is read.

    Of what the file holds and not of what this version reads: a field that a later
    one adds changes the check of no file that lacks it.
    """
    text = json.dumps(written, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def run_bytes(run: MeasureRun) -> bytes:
    """Return the file of a run."""
    check = run_check(run.model_dump(mode="json"))
    return MeasureFile(check=check, run=run).model_dump_json(indent=1).encode()
