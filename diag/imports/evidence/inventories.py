"""Inventories: GLPI Agent, FusionInventory, OCS and nmap; devices merged, by family.

Phones, and what carries an address drawn at random, belong to people: they are counted
and left out. Who uses a computer is never read.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from xml.etree.ElementTree import Element

from diag.imports.evidence.reading import (
    MAX_DEVICES,
    DeviceKind,
    EvidenceRead,
    EvidenceRefusedError,
    ListedDevice,
    day_in,
    entries_of,
    entry_of,
    figure_of,
    json_documents,
    line_of,
    mac_of,
    parse_xml,
    remark_past_most,
    serial_of,
)
from diag.model.text import fold
from diag.words.sentences import counted

_PARTIAL = "L'inventaire est partiel : ce qu'il ne dit pas n'en est pas absent."
_CUT = "Le fichier s'arrête au milieu : ce qui précède a été lu."
_MB = 1024


def read_glpi_json(raw: bytes) -> EvidenceRead:
    """Read the JSON of GLPI Agent; one device a document.

    Raises:
        EvidenceRefusedError: none of its documents is an inventory.
    """
    documents, is_whole = json_documents(raw)
    every = [one for one in entries_of(documents) if entry_of(one.get("content"))]
    if not every:
        raise EvidenceRefusedError("Ce JSON n'est pas un inventaire de GLPI.")
    people = sum(_is_phone(one) for one in every)
    devices = tuple(_glpi_device(one) for one in every if not _is_phone(one))
    remarks = [_PARTIAL] * any(one.get("partial") is True for one in every)
    days = (_inventory_day(one) for one in every)
    return _inventory(
        "GLPI Agent", devices, remarks, people=people, on=max(days), is_whole=is_whole
    )


def _is_phone(document: Mapping[str, Any]) -> bool:
    return str(document.get("itemtype", "")).casefold() == "phone"


def _inventory_day(document: Mapping[str, Any]) -> str:
    """Return the day that an identifier ends with, as agents write it."""
    match = re.search(r"\d{4}-\d\d-\d\d", line_of(document.get("deviceid")))
    return day_in(match.group()) if match else ""


def _glpi_device(document: Mapping[str, Any]) -> ListedDevice:
    content = entry_of(document.get("content"))
    network = entry_of(content.get("network_device"))
    if network:
        return _network_device(network)
    hardware = entry_of(content.get("hardware"))
    bios = entry_of(content.get("bios"))
    system = entry_of(content.get("operatingsystem"))
    disks = [
        figure_of(one.get("disksize")) or 0
        for one in entries_of(content.get("storages"))
    ]
    cards = (one.get("mac") for one in entries_of(content.get("networks")))
    named = line_of(system.get("full_name")) or line_of(hardware.get("osname"))
    mobile = re.search(r"\b(?:android|ipados|ios)\b|api \d\d", fold(named))
    is_tablet = fold(line_of(hardware.get("chassis_type"))) in {"tablet", "tablette"}
    return ListedDevice(
        kind=DeviceKind.TABLET if mobile or is_tablet else DeviceKind.COMPUTER,
        name=line_of(hardware.get("name"), 80),
        serial=serial_of(bios.get("ssn")),
        macs=frozenset(filter(None, map(mac_of, cards))),
        maker=line_of(bios.get("smanufacturer"), 60),
        model=line_of(bios.get("smodel"), 60),
        system=named,
        shape=line_of(hardware.get("chassis_type"), 30),
        memory_gb=_gigabytes(hardware.get("memory")),
        disk_gb=_gigabytes(max(disks)) if any(disks) else None,
    )


def _network_device(found: Mapping[str, Any]) -> ListedDevice:
    model = line_of(found.get("model"), 60)
    named = fold(line_of(found.get("type")))
    described = " ".join(
        line_of(found.get(key)) for key in ("type", "name", "model", "description")
    )
    kind = DeviceKind.NETWORK
    if any(stem in named for stem in ("print", "impr", "copieur")):
        kind = DeviceKind.PRINTER
    elif _ACCESS_POINT.search(fold(described)):
        kind = DeviceKind.ACCESS_POINT
    return ListedDevice(
        kind=kind,
        name=line_of(found.get("name"), 80),
        serial=serial_of(found.get("serial")),
        macs=frozenset(filter(None, (mac_of(found.get("mac")),))),
        maker=line_of(found.get("manufacturer"), 60),
        model=model,
        room=line_of(found.get("location"), 80),
    )


_ACCESS_POINT = re.compile(
    r"\b(?:access[ -]?points?|bornes?|wi-?fi|wlan|uap|unifi ap|u6|aironet|instant on)\b"
)


def _gigabytes(megabytes: object) -> float | None:
    found = figure_of(megabytes, least=1)
    return round(found / _MB, 1) if found else None


def read_agent_xml(raw: bytes) -> EvidenceRead:
    """Read the XML of GLPI Agent, FusionInventory or OCS: a computer, or a network.

    Raises:
        EvidenceRefusedError: no inventory of that family.
    """
    root, is_whole = parse_xml(raw)
    content = root.find("CONTENT")
    if root.tag != "REQUEST" or content is None:
        raise EvidenceRefusedError("Ce XML n'est ni un inventaire, ni de nmap.")
    found = [_as_json(one) for one in content.findall("DEVICE")]
    if not found:
        document = {
            "content": _as_json(content),
            "itemtype": _text(root, "ITEMTYPE"),
            "deviceid": _text(root, "DEVICEID"),
        }
        found = [document]
    client = _text(content, "VERSIONCLIENT") or _text(content, "MODULEVERSION")
    tool = "OCS Inventory" if "ocs" in client.casefold() else "GLPI ou FusionInventory"
    devices = map(_agent_device, found)
    day = day_in(_text(root, "CONTENT/ACCESSLOG/LOGDATE"))
    on = day or _inventory_day({"deviceid": _text(root, "DEVICEID")})
    return _inventory(tool, devices, [], is_whole=is_whole, on=on)


def _agent_device(found: Mapping[str, Any]) -> ListedDevice:
    if "content" in found:  # in the terms of the JSON: OCS names things otherwise
        content = found["content"]
        networks = [
            {"mac": one.get("macaddr")} for one in entries_of(content.get("networks"))
        ]
        hardware = entry_of(content.get("hardware"))
        bios = entry_of(content.get("bios"))
        shape = hardware.get("chassis_type") or bios.get("type")
        return _glpi_device({
            "content": {
                **content,
                "networks": networks,
                "hardware": {**hardware, "chassis_type": shape},
                "network_device": None,
            }
        })
    return _network_device(entry_of(found.get("info")) or found)


def _as_json(element: Element, depth: int = 3) -> dict[str, Any]:
    """Return an element as the JSON of the same inventory names it."""
    found: dict[str, Any] = {}
    for child in element:
        value: Any = (child.text or "").strip()
        if len(child):
            value = _as_json(child, depth - 1) if depth else {}
        name = child.tag.lower()
        if name in found and isinstance(found[name], list):
            found[name].append(value)
        elif name in found:
            found[name] = [found[name], value]
        else:
            found[name] = value
    return found


def _text(element: Element, path: str) -> str:
    return line_of(element.findtext(path) or "")


def read_nmap(raw: bytes) -> EvidenceRead:
    """Read the XML of nmap: the hosts that were up, and what they surely are.

    Raises:
        EvidenceRefusedError: not nmap's.
    """
    root, is_whole = parse_xml(raw)
    if root.tag != "nmaprun":
        raise EvidenceRefusedError("Ce XML n'est ni un inventaire, ni de nmap.")
    hosts = [
        one for one in root.iter("host") if _attribute(one, "status", "state") == "up"
    ]
    devices = [_nmap_device(one) for one in hosts]
    known = tuple(one for one in devices if one)
    remarks = []
    left = len(hosts) - len(known)
    if left:
        remarks.append(
            f"{counted(left, 'appareil allumé', 'appareils allumés')} de nature "
            "inconnue, peut-être à quelqu'un : non gardé."
        )
    version = line_of(root.get("version"), 12)
    started = figure_of(root.get("start"), least=1, most=4e9)
    on = datetime.fromtimestamp(started, UTC).date().isoformat() if started else ""
    tool = f"nmap {version}".strip()
    return _inventory(tool, known, remarks, is_whole=is_whole, on=on)


def _attribute(element: Element, path: str, name: str) -> str:
    found = element.find(path)
    return line_of(found.get(name) or "") if found is not None else ""


_PRINTING, _WINDOWS = {"515", "9100"}, {"135", "139", "445", "3389"}
_NETWORKING = re.compile(
    r"\b(?:ubiquiti|cisco|aruba|tp-?link|netgear|zyxel|d-?link|mikrotik|routerboard|"
    r"ruckus|extreme|allied|juniper|stormshield|fortinet|meraki|hpe|alcatel)"
)


def _nmap_device(host: Element) -> ListedDevice | None:
    """Return a host that is surely the school's, and has a mark; None for any other.

    A registered maker is proof that an address was not drawn at random.
    """
    addresses = host.findall("address")
    macs = frozenset(filter(None, (mac_of(one.get("addr")) for one in addresses)))
    vendors = (line_of(one.get("vendor") or "", 60) for one in addresses)
    vendor = next(filter(None, vendors), "")
    opened = {
        one.get("portid") or ""
        for one in host.iter("port")
        if _attribute(one, "state", "state") == "open"
    }
    if opened & _PRINTING and not opened & _WINDOWS:
        kind = DeviceKind.PRINTER
    elif _NETWORKING.search(vendor.casefold()):
        kind = DeviceKind.NETWORK
    elif opened & _WINDOWS:
        kind = DeviceKind.COMPUTER
    else:
        return None
    name = _attribute(host, "hostnames/hostname", "name")[:80]
    is_random = not macs and any(one.get("addrtype") == "mac" for one in addresses)
    is_itself = name == "localhost" or not (name or macs)
    if is_itself or (is_random and not vendor):
        return None
    return ListedDevice(kind, name=name, macs=macs, maker=vendor)


def _inventory(
    tool: str,
    devices: Iterable[ListedDevice],
    remarks: Iterable[str],
    *,
    is_whole: bool,
    on: str,
    people: int = 0,
) -> EvidenceRead:
    every = tuple(devices)
    kept = merged(one for one in every if any(_marks(one)))
    words = [*remarks, *remark_past_most(len(kept), "appareils")]
    unknown = sum(not any(_marks(one)) for one in every)
    if unknown:
        words.append(f"{counted(unknown, 'appareil')} sans nom, ni numéro, ni adresse.")
    if people:
        words.append(f"{counted(people, 'téléphone')} : à quelqu'un, donc non gardé.")
    if not is_whole:
        words.append(_CUT)
    return EvidenceRead(tool, on, devices=kept[:MAX_DEVICES], remarks=tuple(words))


def merged(devices: Iterable[ListedDevice]) -> tuple[ListedDevice, ...]:
    """Return devices each once: the same serial number, else address, else name.

    Two serial numbers are two devices, whatever else they share: a dock lends its
    address to each computer that it serves.
    """
    found: dict[int, ListedDevice] = {}
    marks: dict[str, list[int]] = {}
    for rank, device in enumerate(devices):
        same = next(_alike(device, found, marks), rank)
        first = found.get(same)
        found[same] = device
        if first:
            found[same] = replace(
                first,
                name=first.name or device.name,
                serial=first.serial or device.serial,
                macs=first.macs | device.macs,
                maker=first.maker or device.maker,
                model=first.model or device.model,
                system=first.system or device.system,
                shape=first.shape or device.shape,
                memory_gb=first.memory_gb or device.memory_gb,
                disk_gb=first.disk_gb or device.disk_gb,
                room=first.room or device.room,
            )
        for mark in _marks(found[same]):
            places = marks.setdefault(mark, [])
            if same not in places:
                places.append(same)
    return tuple(found.values())


_MOST_ALIKE = 20
"""Devices of one name that are looked at: « PC » names a hundred."""


def _alike(
    device: ListedDevice,
    found: Mapping[int, ListedDevice],
    marks: Mapping[str, list[int]],
) -> Iterator[int]:
    for mark in _marks(device):
        for rank in marks.get(mark, ())[:_MOST_ALIKE]:
            other = found[rank]
            serials = {one.serial.casefold() for one in (device, other)} - {""}
            by_name = mark.startswith("name")
            apart = by_name and device.macs and other.macs
            if len(serials) <= 1 and not apart:
                yield rank


def _marks(device: ListedDevice) -> Iterator[str]:
    """Give the marks of a device, the surest first."""
    if device.serial:
        yield f"serial {device.serial.casefold()}"
    yield from (f"mac {one}" for one in sorted(device.macs))
    if device.name:
        yield f"name {device.kind} {fold(device.name)}"


@dataclass(frozen=True, slots=True)
class DeviceFamily:
    """Computers that make one lot: of one shape, one system, one room."""

    shape: str
    """Choice of `type_lot`; empty when nothing shows it."""
    system: str
    """Choice of `lot_systeme`; empty when nothing shows it."""
    room: str = ""

    @property
    def name(self) -> str:
        """Return the name of the lot: « Portables, Windows 11 (Salle info) »."""
        words = _SHAPE_WORDS[self.shape]
        system = _SYSTEM_WORDS.get(self.system, "")
        where = f" ({self.room})" if self.room else ""
        return ", ".join(filter(None, (words, system))) + where


_SHAPE_WORDS = {
    "portables": "Portables",
    "postes_fixes": "Ordinateurs fixes",
    "tablettes": "Tablettes",
    "": "Ordinateurs",
}
_SYSTEM_WORDS = {
    "windows_11": "Windows 11",
    "windows_10": "Windows 10",
    "windows_ancien": "Windows ancien",
    "linux": "Linux",
}

_MOST_LOTS = 12
"""Above, rooms are not set apart."""


def families_of(
    devices: Iterable[ListedDevice],
) -> dict[DeviceFamily, list[ListedDevice]]:
    """Return computers by what makes one lot of them; by room unless that is many."""
    own = [
        one for one in devices if one.kind in {DeviceKind.COMPUTER, DeviceKind.TABLET}
    ]
    for by_room in (True, False):
        found: dict[DeviceFamily, list[ListedDevice]] = defaultdict(list)
        for one in own:
            room = one.room.split(">")[-1].strip() if by_room else ""
            folded = fold(one.system)
            known = (choice for stem, choice in _SYSTEMS if re.search(stem, folded))
            seen = fold(one.shape)
            shapes = (choice for stem, choice in _SHAPES if re.search(stem, seen))
            shape = "tablettes" if one.kind is DeviceKind.TABLET else next(shapes, "")
            found[DeviceFamily(shape, next(known, ""), room)].append(one)
        if len(found) <= _MOST_LOTS:
            break
    return found


_SHAPES = (
    (r"laptop|notebook|portable|netbook|convertible|detachable", "portables"),
    (r"desktop|tower|mini pc|all in one|space|fixe|sff", "postes_fixes"),
)
_SYSTEMS = (
    (r"windows 11", "windows_11"),
    (r"windows 10", "windows_10"),
    (r"windows (?:xp|vista|7|8)", "windows_ancien"),
    (r"linux|ubuntu|debian|fedora|mint|primtux|suse", "linux"),
)
