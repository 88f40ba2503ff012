"""What other tools measured or listed: their files read, never taken at their word."""

import re
from collections.abc import Callable

from diag.imports.evidence.inventories import read_agent_xml, read_glpi_json, read_nmap
from diag.imports.evidence.measures import read_measures, read_speed
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
    decoded,
)
from diag.model.measure import FORMAT

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
            return read_measures(raw)
        if "spairport" in head.casefold():
            return read_system_profiler(raw)
        is_inventory = '"content"' in head.casefold() or '"deviceid"' in decoded(raw)
        return read_glpi_json(raw) if is_inventory else read_speed(raw)
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
