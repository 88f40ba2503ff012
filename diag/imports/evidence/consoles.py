"""Tables of consoles, CSV or XLSX, read once somebody named what their columns hold.

Lansweeper, GLPI, Ekahau, NetSpot, nPerf: each names its columns its own way. One
assistant proposes what each column holds, a person corrects it, and the answer is
remembered for the next table with the same columns.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import dropwhile

from diag.imports.evidence import DOWN, LATENCY, LOSS, MOST_MEGABITS, UP
from diag.imports.evidence.inventories import merged
from diag.imports.evidence.radio import security_of
from diag.imports.evidence.reading import (
    MAX_BYTES,
    MAX_DEVICES,
    DeviceKind,
    EvidenceRead,
    EvidenceRefusedError,
    ListedDevice,
    day_in,
    figure_of,
    line_of,
    mac_of,
    remark_past_most,
    serial_of,
)
from diag.imports.source import ImportRefusedError, RawTable, read_table, source_of
from diag.model.measure import Confidence, HeardNetwork, MeasuredFigure
from diag.model.text import fold
from diag.words.sentences import counted

FIELDS: Mapping[str, str] = {
    "nom": "Nom de l'appareil",
    "borne": "Nom de la borne Wi-Fi",
    "serie": "Numéro de série",
    "mac": "Adresse MAC",
    "nature": "Nature : ordinateur, borne, imprimante…",
    "marque": "Marque",
    "modele": "Modèle",
    "systeme": "Système d'exploitation",
    "forme": "Forme : portable, fixe, tablette",
    "lieu": "Lieu",
    "memoire": "Mémoire (Go ou Mo)",
    "nombre": "Nombre d'appareils de cette ligne",
    "descendant": "Débit descendant",
    "montant": "Débit montant",
    "latence": "Latence (ms)",
    "perte": "Paquets perdus (%)",
    "jour": "Jour de la mesure",
    "ssid": "Nom du réseau Wi-Fi",
    "signal": "Signal (dBm)",
    "canal": "Bande, canal ou fréquence",
    "securite": "Sécurité du Wi-Fi",
}
"""What a column may hold: its name in `--columns`, its words on the screen."""

_HEADINGS = {
    "nom": "nom|name|assetname|asset name|computer name|hostname|item name|machine",
    "borne": "ap name|access point|access point name|nom de la borne",
    "serie": "numero de serie|serial|serial number|serialnumber|n de serie|no de serie",
    "mac": "adresse mac|mac|mac address|mac addresses|macaddress",
    "nature": (
        "assettypename|type|category|categorie|assettype|asset type|"
        "configuration type|type d equipement"
    ),
    "marque": "fabricant|manufacturer|vendor|marque|constructeur",
    "modele": "modele|model|model name",
    "systeme": (
        "systeme d exploitation|os|osname|os name|operating system|"
        "os caption|oscode|os version"
    ),
    "forme": "chassis|form factor|forme",
    "lieu": "lieu|location|room|salle|floor|emplacement|zone",
    "memoire": "memoire|memory|ram|memory mb",
    "nombre": "nombre|quantity|quantite|qty",
    "descendant": (
        "speed download avg excl slowstart|download|descendant|"
        "debit descendant|download mbps|reception|down"
    ),
    "montant": (
        "speed upload avg excl slowstart|upload|montant|debit montant|"
        "upload mbps|emission|up"
    ),
    "latence": "speed latency avg|ping|latency|latence|ping ms|latence ms|rtt",
    "perte": "speed download packetloss|packet loss|perte|paquets perdus|loss",
    "jour": (
        "date|start datetime utc|datetime utc|timestamp|jour|time stamp|date et heure"
    ),
    "ssid": "ssid|network name|nom du reseau",
    "signal": (
        "signal|rssi|signal dbm|strength|signal strength|"
        "signal strength dbm|signal level|level"
    ),
    "canal": "channel|canal|band|bande|frequency|frequence",
    "securite": "security|securite|encryption|chiffrement",
}
"""How consoles name what a column holds, folded; French and English.

Lansweeper's as the public reports of its users select them (`AssetTypename`, `OSname`,
`Serialnumber`, `Mac`), nPerf's as its results are read from its own service
(`SPEED_DOWNLOAD_AVG_EXCL_SLOWSTART`). No export of NetSpot was found to read.
"""

_BY_HEADING = {
    name: field for field, names in _HEADINGS.items() for name in names.split("|")
}


@dataclass(frozen=True, slots=True)
class ConsoleTable:
    """A table whose columns are still to be named."""

    columns: tuple[str, ...]
    """Headings, each once, none empty."""
    examples: Mapping[str, str]
    """Heading → the first cell that holds something."""
    guessed: Mapping[str, str]
    """Heading → what it probably holds; those that nothing is known of are absent."""
    mark: str
    """The same for every table with these columns: what is remembered goes by it."""


def open_table(raw: bytes) -> ConsoleTable:
    """Return the columns of a table, with what each probably holds.

    Raises:
        EvidenceRefusedError: no table, or without a row.
    """
    table = _table(raw)
    columns = tuple(dict.fromkeys(filter(None, map(_heading, table.columns))))
    if len(columns) < _LEAST_COLUMNS or not table.rows:
        raise EvidenceRefusedError(
            "Ce fichier n'est ni d'un outil connu, ni un tableau : une ligne de titres "
            "puis des lignes, en plusieurs colonnes."
        )
    examples = {
        heading: found
        for at, heading in reversed([*enumerate(map(_heading, table.columns))])
        if (found := next((each for row in table.rows if (each := row.cells[at])), ""))
    }
    guessed: dict[str, str] = {}
    for heading in columns:
        field = _BY_HEADING.get(
            re.sub(r"\b(?:m|k)?b(?:ps|its? s)\b", "", fold(heading)).strip()
        )
        if field and field not in guessed.values():
            guessed[heading] = field
    joined = "\n".join(map(fold, columns))
    return ConsoleTable(columns, examples, guessed, sha256(joined.encode()).hexdigest())


_LEAST_COLUMNS = 2
_MOST_UNPACKED = 8 * MAX_BYTES


def _heading(name: str) -> str:
    return line_of(name, 80)


def _table(raw: bytes) -> RawTable:
    """Return the rows under the headings; comments that come before are passed over."""
    try:
        source = source_of("Ce tableau", raw, "", _MOST_UNPACKED)
        lines = dropwhile(lambda line: line.startswith("#"), source.text.split("\n"))
        return read_table(replace(source, text="\n".join(lines)), is_typed=True)
    except ImportRefusedError as error:
        raise EvidenceRefusedError(str(error)) from error


def columns_typed(text: str) -> dict[str, str]:
    """Read `--columns`: « Nom=nom, Numéro de série=serie ».

    Raises:
        EvidenceRefusedError: a part is no `COLONNE=CONTENU`, or of an unknown content.
    """
    found = pairs_typed(text)
    for heading, field in found.items():
        if not heading or field not in FIELDS:
            raise EvidenceRefusedError(
                f"« {heading}={field} » : écrivez COLONNE=CONTENU, où CONTENU est "
                f"l'un de {', '.join(FIELDS)}."
            )
    return found


def pairs_typed(text: str) -> dict[str, str]:
    """Return the pairs of « Nom=nom, Numéro de série=serie »; never fails."""
    parts = filter(None, map(str.strip, re.split(r"[,;]\s*(?=[^,;]+=)", text)))
    pairs = (part.rpartition("=") for part in parts)
    return {heading.strip(): field.strip() for heading, _, field in pairs}


def read_console(raw: bytes, columns: Mapping[str, str]) -> EvidenceRead:
    """Read a table by what its columns hold.

    Raises:
        EvidenceRefusedError: no table, no such column, or nothing that a row could be.
    """
    table = _table(raw)
    names = [*map(_heading, table.columns)]
    absent = [name for name in columns if _heading(name) not in names]
    if absent:
        raise EvidenceRefusedError(
            f"Ce tableau n'a pas de colonne « {absent[0]} ». Il a : {', '.join(names)}."
        )
    where = {field: names.index(_heading(name)) for name, field in columns.items()}
    rows = [
        {field: row.cells[at] for field, at in where.items()}
        for row in table.rows[:MAX_DEVICES]
    ]
    units = {field: fold(table.columns[at]) for field, at in where.items()}
    every = [device for row in rows for device in _devices(row)]
    devices = merged(every)
    figures = tuple(figure for row in rows for figure in _figures(row, units))
    networks = tuple(filter(None, (_network(row, units) for row in rows)))
    if not (devices or figures or networks):
        raise EvidenceRefusedError(
            "Ces colonnes ne donnent ni appareil, ni mesure, ni réseau : il y faut un "
            "nom, un numéro de série, un débit ou un signal."
        )
    unknown = sum(one.kind is DeviceKind.OTHER for one in devices)
    days = [day for row in rows if (day := day_in(row.get("jour", "")))]
    bad = counted(len(table.bad_rows), "ligne laissée", "lignes laissées")
    remarks = (
        [f"{bad} : pas autant de cellules que de titres."] if table.bad_rows else []
    )
    remarks += remark_past_most(len(table.rows), "lignes")
    if len(devices) < len(every):
        twice = counted(len(every) - len(devices), "ligne")
        remarks.append(
            f"{twice} d'un nom, numéro ou adresse déjà lu : comptée une fois."
        )
    if unknown:
        left = counted(unknown, "appareil")
        remarks.append(
            f"{left} dont aucune colonne ne dit la nature : rien à proposer."
        )
    return EvidenceRead(
        "Tableau de console",
        max(days, default=""),
        devices=devices,
        figures=figures,
        networks=networks,
        remarks=tuple(remarks),
    )


_MOST_OF_A_ROW = 500


def _devices(row: Mapping[str, str]) -> Iterator[ListedDevice]:
    """Give the devices of a row: one, or as many as it counts."""
    name = line_of(row.get("nom") or row.get("borne") or "", 80)
    serial = serial_of(row.get("serie", ""))
    macs = frozenset(
        filter(None, map(mac_of, re.split(r"[\s,;]+", row.get("mac", ""))))
    )
    count = figure_of(row.get("nombre"), least=1, most=_MOST_OF_A_ROW) or 0
    model = line_of(row.get("modele", ""), 60)
    if not (name or serial or macs or (count and model)):
        return
    described = fold(" ".join(row.get(key, "") for key in ("nature", "forme")))
    unnamed = DeviceKind.COMPUTER if fold(row.get("systeme", "")) else DeviceKind.OTHER
    named = (of for stem, of in _KINDS if re.search(rf"\b(?:{stem})", described))
    kind = DeviceKind.ACCESS_POINT if "borne" in row else next(named, unnamed)
    if kind is None:  # somebody's telephone
        return
    written = re.match(r"[\d\s.,]+", row.get("memoire", "").strip())
    number = written[0].replace(" ", "") if written else None
    gigabytes = figure_of(number, least=0.1, most=1e7)
    if gigabytes and gigabytes > _MOST_GIGABYTES:  # they are megabytes
        gigabytes /= 1024
    device = ListedDevice(
        kind=kind,
        name=name,
        serial=serial,
        macs=macs,
        maker=line_of(row.get("marque", ""), 60),
        model=model,
        system=line_of(row.get("systeme", "")),
        shape=line_of(row.get("forme") or row.get("nature") or "", 30),
        memory_gb=None if gigabytes is None else round(gigabytes, 1),
        room=line_of(row.get("lieu", ""), 80),
    )
    if name or serial or macs:
        yield device
    else:
        for rank in range(1, int(count) + 1):
            yield replace(device, name=f"{model} {rank}")


_KINDS = (
    (r"telephone|phone|mobile|smartphone", None),
    (r"tablet", DeviceKind.TABLET),
    (r"print|imprim|copieur|multifonction", DeviceKind.PRINTER),
    (r"borne|access point|point d acces|wifi|wireless|wi fi", DeviceKind.ACCESS_POINT),
    (r"switch|commutateur|routeur|router|reseau|network|firewall", DeviceKind.NETWORK),
    (
        (
            r"ordinateur|portable|laptop|notebook|desktop|computer|poste|pc|windows|"
            r"fixe|tower|apple mac|macbook|imac|linux|chromebook"
        ),
        DeviceKind.COMPUTER,
    ),
)


_MOST_GIGABYTES = 256


_MEASURED = {"descendant": DOWN, "montant": UP, "latence": LATENCY, "perte": LOSS}


_MEGABITS = (
    (r"\bk(?:bps|bits? s|b s|bit)\b", 1e-3),
    (r"\bg(?:bps|bits? s|b s)\b", 1e3),
    (r"\bm(?:bps|bits? s|b s|bit)\b", 1),
)
"""What shows a unit of rates → how many Mbit/s it makes."""


def _figures(
    row: Mapping[str, str], units: Mapping[str, str]
) -> Iterator[MeasuredFigure]:
    for field, key in _MEASURED.items():
        cell = row.get(field, "").strip()
        match = re.match(r"-?[\d\u00a0\u202f ]+(?:[.,]\d+)?", cell)
        value = figure_of(match[0].replace(" ", "") if match else None)
        if value is None:
            continue
        if key in {DOWN, UP}:
            words = fold(cell) + " " + units[field]
            rates = (many for stem, many in _MEGABITS if re.search(stem, words))
            # Without a unit, what no line of a school reaches in Mbit/s is in bit/s.
            value *= next(rates, 1e-6 if value >= MOST_MEGABITS else 1)
        if value <= (100 if key == LOSS else MOST_MEGABITS):
            why = ("table d'une console : ni le lien, ni le serveur ne sont connus",)
            yield MeasuredFigure(key, round(value, 2), Confidence.LOW, why)


def _network(row: Mapping[str, str], units: Mapping[str, str]) -> HeardNetwork | None:
    match = re.search(r"-\d{1,3}", row.get("signal", ""))
    if match is None or "ssid" not in row:
        return None
    # A band in GHz, a channel, or a frequency in MHz.
    cell = row.get("canal", "")
    written = re.match(r"\d+(?:[.,]\d+)?", cell.strip())
    found = figure_of(written[0] if written else None)
    if found is None:
        band = ""
    elif "ghz" in fold(cell) or "band" in units.get("canal", ""):
        band = {2: "2.4", 5: "5", 6: "6"}.get(int(found), "")
    elif found >= _LOWEST_MHZ:
        band = "5" if found < _LOWEST_6 else "6"
        band = "2.4" if found < 2 * _LOWEST_MHZ else band
    else:
        band = "2.4" if found <= _HIGHEST_CHANNEL_24 else "5"
    return HeardNetwork(
        ssid=line_of(row["ssid"], 40),
        dbm=int(match[0]),
        band=band,
        security=security_of(row.get("securite", "")),
    )


_HIGHEST_CHANNEL_24, _LOWEST_MHZ, _LOWEST_6 = 14, 2000, 5925
