"""Workbooks give what the CSV they come from gives, or are refused."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from contextlib import nullcontext, suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from xlsxwriter import Workbook as WorkbookWriter

from diag.demo.territory import FictionalTerritory
from diag.imports.layouts import official_files
from diag.imports.schools import import_annuaire
from diag.imports.source import ImportRefusedError, read_source, read_table
from diag.imports.workbook import workbook_sheets, workbook_text
from diag.journal.territory import SCHOOL, Territory
from tests.examples import examples
from tests.real_data import real_file

Typed = str | float | date
"""A cell as the portal types it: a code is a text, a figure a number, a day a date."""

_CODES = re.compile(r"code|telephone|fax|siren|identifiant|rpi|siret", re.IGNORECASE)


def typed(text: str, delimiter: str = ";") -> list[list[Typed]]:
    columns, *rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    return [
        [*columns],
        *(
            [_typed(name, cell) for name, cell in zip(columns, row, strict=True)]
            for row in rows
        ),
    ]


def _typed(column: str, cell: str) -> Typed:
    if _CODES.search(column):
        return cell
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", cell):
        return date.fromisoformat(cell)
    return float(cell) if re.fullmatch(r"-?\d{1,15}(\.\d+)?", cell) else cell


def xlsx(path: Path, rows: Iterable[Sequence[Typed]]) -> Path:
    with WorkbookWriter(str(path)) as book:
        sheet = book.add_worksheet("Worksheet")
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(at, column, cell, day)
                elif isinstance(cell, str):
                    sheet.write_string(at, column, cell)
                else:
                    sheet.write_number(at, column, cell)
    return path


_ODS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">
<office:body><office:spreadsheet>{}</office:spreadsheet></office:body>
</office:document-content>"""


def ods(path: Path, rows: Iterable[Sequence[Typed]]) -> Path:
    """Write a sheet as LibreOffice does: empty cells repeated, values apart."""
    lines = "".join(
        f"<table:table-row>{_ods_row(row)}</table:table-row>" for row in rows
    )
    rest = (
        '<table:table-row table:number-rows-repeated="1048000">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    body = f'<table:table table:name="Feuille1">{lines}{rest}</table:table>'
    with ZipFile(path, "w", ZIP_DEFLATED) as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", _ODS.format(body))
    return path


def _ods_row(row: Sequence[Typed]) -> str:
    text = ""
    for cell in row:
        if isinstance(cell, date):
            kind, value = "date", f'office:date-value="{cell.isoformat()}"'
        elif isinstance(cell, float):
            kind, value = "float", f'office:value="{cell!r}"'
        elif cell == "":
            text += '<table:table-cell table:number-columns-repeated="1"/>'
            continue
        else:
            kind, value = "string", ""
        shown = escape(str(cell)).replace("  ", " <text:s/>")
        text += (
            f'<table:table-cell office:value-type="{kind}" {value}>'
            f"<text:p>{shown}</text:p></table:table-cell>"
        )
    return text


DAY = datetime.combine(date(2026, 5, 27), datetime.min.time())
"""A day as a sheet has it, of no zone."""


def kept(territory: Territory) -> list[tuple[object, ...]]:
    rows = territory._connection.execute(f"{SCHOOL.select} order by 1").fetchall()
    territory._connection.execute("delete from school")
    return rows


@pytest.mark.parametrize("write", [xlsx, ods])
def test_a_workbook_gives_what_its_csv_gives(
    tmp_path: Path, territory: Territory, vallombre: FictionalTerritory, write: type
) -> None:
    report = import_annuaire(vallombre.annuaire, territory)
    wanted = kept(territory)
    rows = typed(vallombre.annuaire.read_text(encoding="utf-8-sig"))
    again = import_annuaire(write(tmp_path / "annuaire.bin", rows), territory)
    found = kept(territory)
    assert [valued(row) for row in found] == [valued(row) for row in wanted]
    assert again.encoding == write.__name__.upper()
    assert (again.added, again.refused, again.skipped) == (
        report.added,
        report.refused,
        report.skipped,
    )
    assert not again.warnings, "no accent was read again, no sheet left"
    write(tmp_path / f"recent.{write.__name__}", rows)
    found_there = official_files([tmp_path])
    assert found_there["annuaire"].name == f"recent.{write.__name__}"


@pytest.mark.long
@pytest.mark.parametrize("write", [xlsx, ods])
def test_a_real_directory_comes_in_as_well_from_a_workbook(
    tmp_path: Path, territory: Territory, write: type
) -> None:
    name = "annuaire/fr-en-annuaire-education_ille-et-vilaine_2023-06-08.csv"
    path = real_file(name)
    import_annuaire(path, territory)
    wanted = kept(territory)
    rows = typed(path.read_text(encoding="utf-8-sig"))
    import_annuaire(write(tmp_path / "annuaire.xlsx", rows), territory)
    found = kept(territory)
    assert [valued(row) for row in found] == [valued(row) for row in wanted]


def valued(row: tuple[object, ...]) -> tuple[object, ...]:
    """Return a school with its coordinates as numbers: a sheet keeps no last zeros."""
    at = SCHOOL.columns.index("latitude")
    degrees = tuple(
        round(float(str(each)), 9) if each else "" for each in row[at : at + 2]
    )
    return (*row[:at], *degrees, *row[at + 2 :])


def cells_of(path: Path) -> list[list[str]]:
    return [row.cells for row in read_table(read_source(path)).rows]


def test_each_sort_of_cell_is_read_by_its_value(tmp_path: Path) -> None:
    book = Workbook()
    hidden, sheet = book.active, book.create_sheet("Écoles")
    book.create_sheet("Notes")["A1"] = "à part"
    hidden.sheet_state = "hidden"
    hidden["A1"] = "caché"
    book.active = 1
    sheet.append([])
    sheet.append(["code", "b", "c", "d", "e"])
    sheet.append(["00012", 12, 12.5, 2.17003e13, True])
    sheet.append([
        DAY,
        DAY + timedelta(hours=8.5),
        "#N/A",
        "=1+1",
        "",
    ])
    sheet.append([])
    rich = CellRichText("a;", TextBlock(InlineFont(b=True), 'b"c'))
    sheet.append([rich, "deux\nlignes", None, 0.1, "=été"])
    sheet["C4"].data_type = "e"
    path = tmp_path / "classeur.xlsx"
    book.save(path)
    source = read_source(path)
    assert (source.encoding, source.left_sheets) == ("XLSX", ("Notes",))
    table = read_table(source)
    assert [row.line for row in table.rows] == [3, 4, 6]
    assert [row.cells for row in table.rows] == [
        ["00012", "12", "12.5", "21700300000000", "1"],
        ["2026-05-27", "2026-05-27T08:30:00", "\ufffd", "\ufffd", ""],
        ['a;b"c', "deux lignes", "", "0.1", "\ufffd"],
    ]


def test_days_are_counted_from_1904_where_the_book_says_so(tmp_path: Path) -> None:
    path = tmp_path / "mac.xlsx"
    with WorkbookWriter(str(path), {"date_1904": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["jour", "autre"])
        day = book.add_format({"num_format": '[$-40C]d mmmm yyyy "à jour"'})
        sheet.write_datetime(1, 0, date(2026, 5, 27), day)
        hours = book.add_format({"num_format": '0.00 "d\'accord"'})
        sheet.write_number(1, 1, 3, hours)
    assert cells_of(path) == [["2026-05-27", "3"]]


def test_a_share_is_read_as_it_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "taux.xlsx"
    with WorkbookWriter(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["tva", "taux"])
        sheet.write_number(1, 0, 0.055, book.add_format({"num_format": "0.0 %"}))
        sheet.write_number(1, 1, 0.2, book.add_format({"num_format": 9}))
    assert cells_of(path) == [["5.5%", "20%"]]
    share = '<table:table-cell office:value-type="percentage" office:value="0.055"/>'
    text = _ODS.format(
        f'<table:table table:name="a"><table:table-row>{_ods_row(["tva"])}'
        f"</table:table-row><table:table-row>{share}</table:table-row></table:table>"
    )
    with ZipFile(path, "w") as package:
        package.writestr("content.xml", text)
    assert cells_of(path) == [["5.5%"]]


def test_a_row_wider_than_its_header_is_refused_in_a_sheet_too(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "large.xlsx", [["a", "b"], ["1", "2", "3"], ["4"]])
    table = read_table(read_source(path))
    assert [row.cells for row in table.rows] == [["4", ""]]
    assert [(bad.line, bad.reason) for bad in table.bad_rows] == [
        (2, "3 colonnes au lieu de 2")
    ]


def refusal_of(path: Path) -> str:
    with pytest.raises(ImportRefusedError) as caught:
        read_table(read_source(path))
    return str(caught.value)


def test_what_is_no_sound_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "f.xlsx"
    entity = '<!DOCTYPE a [<!ENTITY b "c">]>'
    bad = ods(path, [["a"], ["b"]])
    with ZipFile(bad) as package:
        content = package.read("content.xml").decode()
    for name, text, told in (
        (
            "content.xml",
            content.replace("<office:doc", entity + "<office:doc", 1),
            "abîmé",
        ),
        ("content.xml", content[:-40], "abîmé"),
        ("content.xml", _ODS.format(""), "vide"),
        ("content.xml", content.replace('"1"/>', '"9"/>'), ""),
        ("autre.txt", "rien", "une archive"),
    ):
        with ZipFile(path, "w") as package:
            package.writestr(name, text)
        if told:
            assert told in refusal_of(path)
    path.write_bytes(b"PK\x03\x04 ceci n'est pas une archive")
    assert "abîmé" in refusal_of(path)
    many = content.replace("1048000", "1000000").replace(
        "<table:table-row><",
        '<table:table-row table:number-rows-repeated="900000000"><',
    )
    with ZipFile(path, "w") as package:
        package.writestr("content.xml", many)
    assert "abîmé, trop gros" in refusal_of(path)
    with pytest.raises(ValueError, match="too big"):
        workbook_text(path.read_bytes(), 100)


def test_a_small_file_never_fills_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few bytes repeat cells and rows without end; every reader has one bound."""
    monkeypatch.setattr("diag.imports.workbook._MAX_CELLS", 200_000)
    path = tmp_path / "f.ods"
    wide, word = 'table:number-columns-repeated="16384"', "<text:p>a</text:p>"
    many = '<table:table-row table:number-rows-repeated="100">'
    cell = f"<table:table-cell>{word}</table:table-cell>"
    full = f"<table:table-cell {wide}>{word}</table:table-cell>"
    far = f'<table:table-cell table:number-columns-repeated="16383"/>{cell}'
    blank = f"<table:table-row>{cell}{f'<table:table-cell {wide}/>' * 3000}"
    end = "</table:table-row>"

    for rows, is_sound in (
        (f"{many}{full}{end}", False),
        (f"<table:table-row>{far}{end}{many}{cell}{end}", False),
        (f"{blank}{end}", True),
    ):
        with ZipFile(path, "w", ZIP_DEFLATED) as package:
            sheet = f'<table:table table:name="F">{rows}</table:table>'
            package.writestr("content.xml", _ODS.format(sheet))
        for read in (workbook_text, workbook_sheets):
            with nullcontext() if is_sound else pytest.raises(ValueError, match="many"):
                read(path.read_bytes(), 2**20)
    assert workbook_sheets(path.read_bytes(), 2**20) == {"F": [(1, ["a"])]}
    empty = "".join(f'<table:table table:name="{at}"/>' for at in range(201))
    with ZipFile(path, "w", ZIP_DEFLATED) as package:
        package.writestr("content.xml", _ODS.format(empty))
    with pytest.raises(ValueError, match="many sheets"):
        workbook_text(path.read_bytes(), 2**20)


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, bytes]]:
    rows: list[list[Typed]] = [
        ["UAI", "Rentrée scolaire", "IPS"],
        ["9990100E", "2022-2023", 101.5],
    ]
    folder = tmp_path_factory.mktemp("classeurs")
    packages = map(
        ZipFile, (xlsx(folder / "a.xlsx", rows), ods(folder / "a.ods", rows))
    )
    return [{name: one.read(name) for name in one.namelist()} for one in packages]


@examples(2_000)
@given(seed=st.integers(0, 2**32))
def test_a_mutated_workbook_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, parts: list[dict[str, bytes]], seed: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "mute.xlsx"
    random = Random(seed)
    for _ in range(5):
        sound = random.choice(parts)
        name = random.choice(sorted(sound))
        content = bytearray(sound[name])
        for _ in range(random.randint(1, 4)):
            at = random.randrange(len(content) + 1)
            new = random.randbytes(random.randint(0, 3))
            content[at : at + random.randint(0, 5)] = new
        with ZipFile(path, "w") as package:
            for each, part in {**sound, name: bytes(content)}.items():
                package.writestr(each, part)
        with suppress(ImportRefusedError):  # of no other kind
            read_table(read_source(path))
