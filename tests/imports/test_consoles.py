"""Tables of consoles: columns guessed, then told; each row in its own unit."""

import io
import random

import pytest
from openpyxl import Workbook

from diag.imports.evidence import UnknownToolError, read_evidence
from diag.imports.evidence.consoles import (
    FIELDS,
    columns_typed,
    open_table,
    read_console,
)
from diag.imports.evidence.reading import (
    MAX_DEVICES,
    EvidenceRead,
    EvidenceRefusedError,
)
from tests.imports.test_evidence import mutated
from tests.real_data import real_file

GLPI = """"Nom";"Entité";"Type";"Modèle";"Lieu";"Utilisateur";"Numéro de série";
"PC-1";"École A";"Portable";"P-1";"Bâtiment A > Salle info";"dupont";"0000123";
"PC-2";"École A";"Portable";"P-1";"Bâtiment A
Étage 1";"";"SN2";
"AP-1";"École A";"Borne Wi-Fi";"U6";"";"";"AP1";
"Tél.";"École A";"Smartphone";"X";"";"";"T1";
"""
SPEED = "Date,Download (kbps),Upload,Ping (ms)\n2026-10-05,93400,12.5 Mbit/s,18\n"
RADIO = (
    "SSID,RSSI,Channel,Security\nÉcole-Péda,-61 dBm,36,WPA2-PSK\nvoisin,-80,6,Open\n"
)
BOM = "# Ekahau BOM\n#\nVendor,Model,Quantity\nUbiquiti,U6 Pro,3\n"


def book(text: str) -> bytes:
    """Return a table as Excel keeps it."""
    made = Workbook()
    for line in text.strip().splitlines():
        made.active.append(line.split(","))
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def guessed(raw: bytes) -> EvidenceRead:
    """Read a table by what its columns probably hold."""
    return read_console(raw, open_table(raw).guessed)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_console_lists_devices_and_nobody(codec: str) -> None:
    raw = GLPI.encode(codec)
    with pytest.raises(UnknownToolError):
        read_evidence(raw)
    table = open_table(raw)
    assert table.guessed["Numéro de série"] == "serie"
    assert table.examples["Modèle"] == "P-1"
    assert "Utilisateur" not in table.guessed
    read = guessed(raw)
    assert [(one.name, one.serial, str(one.kind)) for one in read.devices] == [
        ("PC-1", "0000123", "computer"),
        ("PC-2", "SN2", "computer"),
        ("AP-1", "AP1", "access_point"),
    ]
    assert "dupont" not in repr(read)


LANSWEEPER = (
    "AssetID,AssetName,AssetTypename,icon,OSname,Model,Manufacturer,IPAddress,Mac,"
    "Serialnumber,Memory,Location,Lastseen\n"
    "1,PC-CP,Windows,w.png,Win 11,P-1,Ex,10.0.0.5,00:E0:4C:68:01:02,SN1,8192,CP,x\n"
    "2,Mac-Dir,Apple Mac,m.png,,M-1,Apple,10.0.0.6,,SN2,,Direction,x\n"
    "3,IMP-1,Printer,p.png,,C-1,Exemple,10.0.0.7,,SN3,,,x\n"
)


def test_lansweepers_own_columns_are_known() -> None:
    read = guessed(LANSWEEPER.encode())
    assert [(one.name, one.serial, str(one.kind)) for one in read.devices] == [
        ("PC-CP", "SN1", "computer"),
        ("Mac-Dir", "SN2", "computer"),
        ("IMP-1", "SN3", "printer"),
    ]
    first = read.devices[0]
    assert (first.system, first.memory_gb, first.room) == ("Win 11", 8, "CP")


def test_nperfs_own_results_are_known() -> None:
    heads = "TEST_ID,START_DATETIME_UTC,SPEED_DOWNLOAD_AVG_EXCL_SLOWSTART,"
    heads += "SPEED_UPLOAD_AVG_EXCL_SLOWSTART,SPEED_LATENCY_AVG\n"
    read = guessed(f"{heads}7,2026-10-05 09:12:00,93400000,12500000,18\n".encode())
    assert [one.value for one in read.figures] == [93.4, 12.5, 18]
    assert read.on == "2026-10-05"


def test_what_is_past_the_most_that_is_read_is_told() -> None:
    rows = "".join(f"pc-{at},SN{at}\n" for at in range(MAX_DEVICES + 1))
    read = guessed(f"Nom,Numéro de série\n{rows}".encode())
    assert len(read.devices) == MAX_DEVICES
    assert "5\u202f001 lignes : au-delà de 5\u202f000, rien" in read.remarks[0]
    # A row of measures makes two of them: it is rows that are too many.
    rows = "2026-10-05,93.4,12.5\n" * (MAX_DEVICES + 1)
    read = guessed(f"Date,Download,Upload\n{rows}".encode())
    assert len(read.figures) == 2 * MAX_DEVICES
    assert "5\u202f001 lignes" in read.remarks[0]


def test_a_workbook_is_read_as_its_table() -> None:
    text = guessed(SPEED.encode())
    assert {one.key: one.value for one in text.figures} == {
        "internet.debit_descendant": 93.4,
        "internet.debit_montant": 12.5,
        "internet.latence": 18.0,
    }
    assert text.on == "2026-10-05"
    assert not guessed(SPEED.replace("2026-10-05", "2026-02-31").encode()).on
    assert guessed(book(SPEED)).figures == text.figures
    assert open_table(book(SPEED)).mark == open_table(SPEED.encode()).mark
    first, second = guessed(RADIO.encode()).networks
    assert (first.dbm, first.band, first.security) == (-61, "5", "WPA2")
    assert (second.band, second.security) == ("2.4", "open")


def test_a_column_may_be_told_otherwise() -> None:
    raw = BOM.encode()
    assert "aucune colonne ne dit la nature" in guessed(raw).remarks[0]
    told = columns_typed("Model=borne, Quantity=nombre")
    assert told == {"Model": "borne", "Quantity": "nombre"}
    assert [str(one.kind) for one in read_console(raw, told).devices] == [
        "access_point"
    ]
    with pytest.raises(EvidenceRefusedError, match="l'un de nom"):
        columns_typed("Model=marteau")
    with pytest.raises(EvidenceRefusedError, match="pas de colonne « Rien »"):
        read_console(raw, {"Rien": "nom"})
    with pytest.raises(EvidenceRefusedError, match="ni un tableau"):
        open_table(b"une phrase")


def test_two_rows_of_one_name_are_counted_once_and_it_says_so() -> None:
    read = guessed(b"Nom;Type\nPC;Portable\nPC;Portable\n")
    assert len(read.devices) == 1
    assert "comptée une fois" in read.remarks[0]


def test_real_tables_are_read_by_their_guess() -> None:
    folder = real_file("evidence/SOURCES.md").parent / "7-csv"
    counts = {
        path.name.split("_invented")[0]: len(guessed(path.read_bytes()).devices)
        for path in sorted(folder.glob("*.csv"))
    }
    assert counts == {
        "ekahau_bom_access_points.csv": 10,
        "ekahau_bom_detailed.csv": 10,
        "glpi-11_ordinateurs_fr": 3,
        "glpi-9.5_ordinateurs_fr": 3,
        "glpi_materiel-reseau_fr_bom": 2,
        "glpi_ordinateurs_fr_excel-cp1252": 2,
        "snipeit_assets-sample": 2,
        "snipeit_mac-cr_duplicate-columns": 1,
    }


@pytest.mark.parametrize("count", [300, pytest.param(10_000, marks=pytest.mark.long)])
def test_no_mutation_breaks_the_assistant(count: int) -> None:
    rng = random.Random(17)
    seeds = [*(text.encode() for text in (GLPI, SPEED, RADIO, BOM)), book(SPEED)]
    for round_ in range(count):
        raw = mutated(rng, seeds[round_ % len(seeds)])
        try:
            table = open_table(raw)
            held = dict(zip(table.columns, rng.sample([*FIELDS], 4), strict=False))
            read = read_console(raw, held)
        except EvidenceRefusedError:
            continue
        assert all(0 <= float(one.value) <= 100_000 for one in read.figures)
