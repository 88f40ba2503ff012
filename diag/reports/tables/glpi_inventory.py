"""GLPI's inventory format: one JSON document a device, all of them in one archive.

GLPI reads the archive as it is (Administration, Inventaire, Importer). An audit knows
no serial number: a device has a name of ours, stable from one export to the next, and
`partial` says that nothing else is to be forgotten.
"""

import io
import zipfile
from collections.abc import Iterable, Iterator

from diag.reports.report import Report
from diag.reports.tables.glpi_parc import COMPUTER, NETWORK, Stock
from diag.reports.tables.json_rows import as_json

CLIENT = "diag_v1"
"""What the documents say wrote them."""

_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same archive for the same devices


def devices_of(report: Report, parc: Iterable[Stock]) -> Iterator[dict[str, object]]:
    """Go through the documents of one audit's devices."""
    for stock in parc:
        if stock.inventoried:
            for rank in range(1, (stock.number or 0) + 1):
                yield _device(report, stock, f"{stock.identifier}-{rank:03}")


def archive(devices: Iterable[dict[str, object]]) -> bytes:
    """Return the documents in one archive, each named for its device."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as files:
        for device in devices:
            entry = zipfile.ZipInfo(f"{device['deviceid']}.json", _LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            files.writestr(entry, as_json(device))
    return target.getvalue()


def _device(report: Report, stock: Stock, name: str) -> dict[str, object]:
    computer = stock.itemtype == COMPUTER
    return {
        "deviceid": name,
        "action": "inventory",
        "itemtype": stock.itemtype,
        "partial": True,
        "tag": report.about.code,
        "content": {
            "versionclient": CLIENT,
            **(_computer if computer else _other)(report, stock, name),
        },
    }


def _computer(report: Report, stock: Stock, name: str) -> dict[str, object]:
    about = _dated(report, f"{stock.item}, {stock.place} ({report.about.name})")
    hardware = {"name": name, "description": about}
    system, full = stock.system
    told = {"name": system, "full_name": full}
    return {
        "hardware": hardware | _said(chassis_type=stock.chassis),
        **({"operatingsystem": _said(**told)} if system else {}),
    }


def _other(report: Report, stock: Stock, name: str) -> dict[str, object]:
    kind = "Networking" if stock.itemtype == NETWORK else "Printer"
    return {
        "network_device": {
            "type": kind,
            "name": name,
            "description": _dated(report, stock.item),
            "location": stock.place,
        }
    }


def _dated(report: Report, said: str) -> str:
    """Return what is said of a device, marked while its audit is not closed."""
    return f"{said}, relevé provisoire" if report.provisional else said


def _said(**texts: str) -> dict[str, str]:
    return {key: text for key, text in texts.items() if text}
