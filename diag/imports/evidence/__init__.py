"""What other tools measured or listed: their files read, never taken at their word.

What a file holds names its tool. Measures are read here: those of `diag measure`, which
are no more trusted than others, and of speed tests. What limits a figure comes with it,
in the units of the questions. Each tool has its own unit under the same name: Ookla
counts bytes, speedtest-cli bits, librespeed megabits. A failed test is refused: its
zeros are no measure.
"""

import ipaddress
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from diag.imports.evidence.inventories import read_agent_xml, read_glpi_json, read_nmap
from diag.imports.evidence.radio import (
    is_nmcli,
    read_netsh,
    read_nmcli,
    read_system_profiler,
    read_wifi_analyzer,
)
from diag.imports.evidence.reading import (
    MAX_BYTES,
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
from diag.model.measure import (
    FORMAT,
    SAID_OFF,
    VERSION,
    Confidence,
    MeasuredFigure,
    MeasureFile,
    MeasureRun,
    MeasureStatus,
    run_check,
)

Reader = Callable[[bytes], EvidenceRead]
"""What reads the files of one tool."""

_HEAD = 4000
_ANALYZER = re.compile(r"time stamp\|", re.IGNORECASE)
_NETSH = re.compile(r"(?im)^\s*(?:ap\s)?b?ssid\s*\d*\s*:|wlanget|netsh wlan")


class UnknownToolError(EvidenceRefusedError):
    """A file of no tool: perhaps a table, whose columns are to be named."""


def read_evidence(raw: bytes) -> EvidenceRead:
    """Read a file of another tool, whatever it is called: what it holds names it.

    Raises:
        EvidenceRefusedError: too big, of no known tool, damaged, or of a failed test.
    """
    if len(raw) > MAX_BYTES:
        raise EvidenceRefusedError(
            f"Ce fichier pèse plus de {MAX_BYTES // 2**20} Mo : un inventaire ou une "
            "mesure en pèse dix fois moins. Vérifiez lequel vous donnez."
        )
    head = decoded(raw[:_HEAD]).lstrip("^C \t\r\n\ufeff")
    folded = head.casefold()
    if head.startswith("<"):
        return read_nmap(raw) if "<nmaprun" in folded else read_agent_xml(raw)
    if head.startswith(("{", "[")):
        if head.startswith("{") and f'"{FORMAT}"' in head:
            return evidence_of_run(read_run(raw))
        if "spairport" in head.casefold():
            return read_system_profiler(raw)
        is_inventory = '"content"' in head.casefold() or '"deviceid"' in decoded(raw)
        return read_glpi_json(raw) if is_inventory else _read_speed(raw)
    for is_one, read in _TEXTS:
        if is_one(head):
            return read(raw)
    raise UnknownToolError("Ce fichier n'est d'aucun outil que diag connaisse.")


_TEXTS: tuple[tuple[Callable[[str], object], Reader], ...] = (
    (_ANALYZER.match, read_wifi_analyzer),
    (_NETSH.search, read_netsh),
    (is_nmcli, read_nmcli),
)
"""What shows whose text it is → what reads it."""


def read_run(raw: bytes) -> MeasureRun:
    """Return a run as it was written.

    Raises:
        EvidenceRefusedError: damaged, cut, or of a later version.
    """
    documents, is_whole = json_documents(raw)
    document: Any = documents[0]
    version = entry_of(document).get("version")
    if isinstance(version, int) and version > VERSION:
        raise EvidenceRefusedError(
            "Ces mesures viennent d'une version plus récente de diag. Mettez celle-ci "
            "à jour pour les lire."
        )
    try:
        file = MeasureFile.model_validate(document)
        is_whole = is_whole and run_check(entry_of(document)["run"]) == file.check
    except ValueError as error:
        raise _damaged() from error
    if not is_whole or len(documents) > 1:
        raise _damaged()
    return file.run


def _damaged() -> EvidenceRefusedError:
    return EvidenceRefusedError(
        f"Ce fichier « {FORMAT} » est coupé ou abîmé : rien n'en est lu. Refaites la "
        "mesure, ou reprenez le fichier d'origine."
    )


def evidence_of_run(run: MeasureRun) -> EvidenceRead:
    """Return what a run holds, as any tool's file holds it."""
    remarks = [
        f"{one.key} : {one.why}"
        for one in run.measurements
        if one.why and one.status is not MeasureStatus.OK
    ]
    if run.is_cut:
        remarks.append("Arrêtée avant la fin : ce qui était mesuré est gardé.")
    return EvidenceRead(
        tool="Mesures de diag",
        on=run.started_at.date().isoformat(),
        figures=tuple(
            MeasuredFigure(
                key=one.key,
                value=one.value,
                confidence=one.confidence,
                reasons=one.reasons,
                at=one.started_at,
                is_controlled=one.is_controlled,
            )
            for one in run.measurements
            if one.value is not None and one.status in _WORTH
        ),
        networks=run.heard,
        people=(signed.by, signed.told) if (signed := run.authorisation) else (),
        remarks=tuple(remarks),
        is_telling=all(one.key != SAID_OFF for one in run.measurements),
    )


_WORTH = {MeasureStatus.OK, MeasureStatus.PARTIAL}


DOWN, UP = "internet.debit_descendant", "internet.debit_montant"
LATENCY, LOSS = "internet.latence", "internet.perte"

_MEGA, _BITS = 1_000_000, 8
MOST_MEGABITS = 100_000
"""Mbit/s that no line of a school exceeds."""
_SHORTEST = 4
"""Seconds under which a throughput has not settled."""


def _read_speed(raw: bytes) -> EvidenceRead:
    """Read a speed test: iperf3, Ookla, librespeed, speedtest-cli or networkQuality.

    Raises:
        EvidenceRefusedError: none of them, or a test that failed.
    """
    documents, _ = json_documents(raw)
    flat = [one for document in documents for one in entries_of(document)]
    for document in reversed(flat):  # the last result of a test that shows its progress
        for read in _READERS:
            if found := read(document):
                return found
    iperf = {
        line_of(one.get("event")): entry_of(one.get("data"))
        for one in flat
        if "event" in one
    }
    if iperf.keys() & {"end", "error"}:
        errors = (one.get("data") for one in flat if one.get("event") == "error")
        return _iperf(iperf | {"error": line_of(next(errors, ""))})
    for document in flat:
        if "error" in document or document.get("level") == "error":
            raise _failed(document.get("error") or document.get("message"))
    raise EvidenceRefusedError("Ce JSON n'est pas une mesure que diag connaisse.")


def _failed(why: object) -> EvidenceRefusedError:
    words = line_of(why) or "sans raison donnée"
    return EvidenceRefusedError(
        f"La mesure a échoué ({words}) : elle ne dit rien du débit. Recommencez-la."
    )


def _read_ookla(document: Mapping[str, Any]) -> EvidenceRead | None:
    received, sent = (entry_of(document.get(way)) for way in ("download", "upload"))
    if document.get("type") != "result" or not (received or sent):
        return None
    reasons = []
    if entry_of(document.get("interface")).get("isVpn") is True:
        reasons.append("mesurée à travers un VPN")
    loaded = entry_of(received.get("latency"))
    tool = "Ookla Speedtest 1.2" if loaded else "Ookla Speedtest"
    found = (
        (DOWN, received.get("bandwidth"), _BITS / _MEGA),
        (UP, sent.get("bandwidth"), _BITS / _MEGA),
        (LATENCY, entry_of(document.get("ping")).get("latency"), 1),
        (LOSS, document.get("packetLoss"), 1),
    )
    return _speed(tool, document.get("timestamp"), found, reasons)


def _read_librespeed(document: Mapping[str, Any]) -> EvidenceRead | None:
    server = entry_of(document.get("server"))
    if not {"jitter", "bytes_sent", "ping"} <= document.keys() or "lat" in server:
        return None
    late = "librespeed-cli avant 1.0.14 compte jusqu'à 40 % de trop en montée"
    found = (
        (DOWN, document.get("download"), 1),
        (UP, document.get("upload"), 1),
        (LATENCY, document.get("ping"), 1),
    )
    return _speed("librespeed-cli", document.get("timestamp"), found, doubts={UP: late})


def _read_speedtest_cli(document: Mapping[str, Any]) -> EvidenceRead | None:
    if not {"bytes_sent", "ping", "server", "download"} <= document.keys():
        return None
    late = "speedtest-cli n'est plus suivi, et compte trop en montée"
    found = (
        (DOWN, document.get("download"), 1 / _MEGA),
        (UP, document.get("upload"), 1 / _MEGA),
        (LATENCY, document.get("ping"), 1),
    )
    return _speed("speedtest-cli", document.get("timestamp"), found, [late])


def _read_quality(document: Mapping[str, Any]) -> EvidenceRead | None:
    if not {"dl_throughput", "error_domain"} & document.keys():
        return None
    if document.get("error_code"):
        raise _failed(f"code {line_of(document.get('error_code'))}")
    found = (
        (DOWN, document.get("dl_throughput"), 1 / _MEGA),
        (UP, document.get("ul_throughput"), 1 / _MEGA),
        (LATENCY, document.get("base_rtt"), 1),
    )
    remarks = []
    rounds = figure_of(document.get("responsiveness"), least=1)
    if rounds:
        remarks.append(
            f"Réactivité {rounds:.0f} tours par minute : aucune question ne la demande."
        )
    on = document.get("end_date")
    return _speed("networkQuality (macOS)", on, found, remarks=remarks)


def _read_iperf(document: Mapping[str, Any]) -> EvidenceRead | None:
    return _iperf(document) if {"start", "end"} <= document.keys() else None


def _iperf(document: Mapping[str, Any]) -> EvidenceRead:
    """Read what was received, and the loss: what was sent is only a wish."""
    start, end = entry_of(document.get("start")), entry_of(document.get("end"))
    if document.get("error"):
        raise _failed(document.get("error"))
    test = entry_of(start.get("test_start"))
    host = line_of(entry_of(start.get("connecting_to")).get("host"))
    seconds = entry_of(start.get("timestamp")).get("timesecs")
    started = figure_of(seconds, least=1, most=4e9)
    on = datetime.fromtimestamp(started, UTC).date().isoformat() if started else ""
    tool = line_of(start.get("version"), 20).replace("iperf ", "iperf3 ") or "iperf3"
    try:
        address = ipaddress.ip_address(host)
        is_inside = address.is_private or address.is_link_local or address.is_loopback
    except ValueError:
        is_inside = host.casefold() in {"", "localhost"} or "." not in host
    if is_inside:
        inside = f"Le serveur {host or 'inconnu'} est dans l'école"
        remark = f"{inside} : la mesure ne dit rien de la ligne d'Internet."
        return EvidenceRead(tool, on, remarks=(remark,))
    received = entry_of(end.get("sum_received")) or entry_of(end.get("sum"))
    reasons = [f"serveur {host} : vérifiez qu'il est hors de l'école"]
    if (figure_of(received.get("seconds")) or 0) < _SHORTEST:
        reasons.append(f"moins de {_SHORTEST} secondes")
    if line_of(test.get("protocol")).upper() == "UDP":  # its rate was asked for
        figures: list[_Scaled] = [(LOSS, received.get("lost_percent"), 1)]
    else:
        there, back = (DOWN, UP) if test.get("reverse") else (UP, DOWN)
        returned = entry_of(end.get("sum_received_bidir_reverse"))
        figures = [
            (there, received.get("bits_per_second"), 1 / _MEGA),
            (back, returned.get("bits_per_second"), 1 / _MEGA),
        ]
    return _speed(tool, on, figures, reasons)


_Scaled = tuple[str, object, float]
"""A key, what the file holds, by how much to multiply it."""


def _speed(
    tool: str,
    when: object,
    found: Iterable[_Scaled],
    reasons: Iterable[str] = (),
    *,
    doubts: Mapping[str, str] | None = None,
    remarks: Iterable[str] = (),
) -> EvidenceRead:
    figures = []
    for key, raw, scale in found:
        value = figure_of(raw)
        most = 100 if key == LOSS else MOST_MEGABITS
        least = 0 if key == LOSS else 0.001
        if value is None or not least <= value * scale <= most:
            continue
        why = (*reasons, *filter(None, [(doubts or {}).get(key)]))
        level = Confidence.LOW if why else Confidence.MEDIUM
        figures.append(MeasuredFigure(key, round(value * scale, 2), level, why))
    if not figures:
        raise EvidenceRefusedError(
            f"{tool} : ce fichier ne porte aucun débit, ni latence. Refaites la mesure."
        )
    return EvidenceRead(
        tool, day_in(when), figures=tuple(figures), remarks=tuple(remarks)
    )


_READERS = (
    _read_ookla,
    _read_librespeed,
    _read_speedtest_cli,
    _read_quality,
    _read_iperf,
)
"""Each reads a document, or returns None when another tool wrote it."""
