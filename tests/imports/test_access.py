"""How communes are served: ARCEP's count of premises, the calendar of the copper."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from diag.imports import layouts
from diag.imports.communes import import_copper, import_fibre
from diag.imports.intake import ImportReport
from diag.imports.source import ImportRefusedError
from diag.journal.territory import Territory
from diag.model.audit import CommuneAccess
from tests.imports.builders import write

FIBRE = """\
code_insee;nom_com;code_dep;code_reg;nbr;type;elig_ftth;elig_coax;nbr_elig_8;date
02001;Abbcourt;02;32;300;all;290;0;300;2026-03-31
13055;Marseille;13;93;500000;all;400000;10;500000;2026-03-31
99999;Ailleurs;99;99;10;all;10;0;10;2026-03-31
"""
COPPER = """\
code_insee;nom_commune;Code_postal;fermeture_technique;fermeture_commerciale;lot
2001;Abbécourt;02300;2027-01-31;2026-01-31;3
13055;Marseille;13001;;2027-01-31;5
"""


@pytest.fixture(autouse=True)
def _schools(territory: Territory) -> None:
    with territory.transaction():
        territory.put_communes([
            {"insee": "02001", "name": "Abbécourt", "department": "002"}
        ])
        territory.put_schools([
            {
                "uai": "0130001A",
                "name": "E",
                "insee": "13203",
                "commune": "Marseille 3e",
            }
        ])


Importer = Callable[[Path, Territory], ImportReport]


def test_premises_are_those_of_the_commune_and_of_a_whole_city(
    tmp_path: Path, territory: Territory
) -> None:
    report = import_fibre(write(tmp_path, FIBRE), territory)
    assert (report.added, report.skipped) == (2, (("commune hors du territoire", 1),))
    assert report.ignored_columns == ()
    assert territory.access("02001") == CommuneAccess(
        insee="02001",
        name="Abbécourt",  # the code's own spelling, never ARCEP's
        premises=300,
        fibre=290,
        counted_on="2026-03-31",
    )
    city = territory.access("13203")
    assert city is not None
    assert (city.name, city.fibre) == ("Marseille 3e", 400_000)
    older = FIBRE.replace("290", "100").replace("2026-03-31", "2025-12-31")
    assert import_fibre(write(tmp_path, older), territory).changed_nothing


def test_days_of_the_copper_complete_them_and_lost_zeros_come_back(
    tmp_path: Path, territory: Territory
) -> None:
    import_fibre(write(tmp_path, FIBRE), territory)
    report = import_copper(write(tmp_path, COPPER), territory)
    assert (report.changed, len(report.repaired), report.refused) == (2, 1, ())
    access = territory.access("02001")
    assert access is not None
    assert (access.sale_end, access.line_end) == ("2026-01-31", "2027-01-31")
    assert access.fibre == 290, "what the other file told stays"
    own = "Code INSEE,Date de fermeture commerciale,Date de fermeture technique\n"
    moved = import_copper(
        write(tmp_path, f"{own}02001,31/01/2027,31/01/2028\n"), territory
    )
    assert moved.changes[0].fields["line_end"] == ("2027-01-31", "2028-01-31")


@pytest.mark.parametrize(
    ("read", "text", "reason"),
    [
        (import_fibre, FIBRE.replace(";290;", ";301;"), "plus de locaux raccordables"),
        (import_fibre, FIBRE.replace(";290;", ";;"), "nombre absent"),
        (import_copper, COPPER.replace("2026-01-31", "2029-01-31"), "avant la fin"),
    ],
)
def test_a_row_that_cannot_be_is_refused_alone(
    tmp_path: Path, territory: Territory, read: Importer, text: str, reason: str
) -> None:
    report = read(write(tmp_path, text), territory)
    assert [reason in line.reason for line in report.refused] == [True]
    assert (territory.access("02001"), report.added) == (None, 1)


def test_a_file_of_rates_that_counts_satellites_is_refused(
    tmp_path: Path, territory: Territory
) -> None:
    rates = "code_insee;nom_com;nbr;type;inel_hd;elig_thd30;elig_thd1g;date\n"
    with pytest.raises(ImportRefusedError, match="« elig_ftth » manque"):
        import_fibre(
            write(tmp_path, f"{rates}02001;A;3;all;0;3;3;2026-03-31\n"), territory
        )


def test_american_days_are_not_believed(tmp_path: Path, territory: Territory) -> None:
    text = COPPER.replace("2026-01-31", "01/31/2026").replace(
        "2027-01-31", "01/05/2027"
    )
    report = import_copper(write(tmp_path, text), territory)
    access = territory.access("02001")
    assert access is not None
    assert (access.line_end, access.sale_end) == ("", "")
    assert "à l'américaine" in report.warnings[-1]


GOVERNMENT = (
    "code_insee;nom_commune;Code_postal;departement;region;point_geo;forme_geo;"
    "fermeture_technique;fermeture_commerciale;commune_et_cp;nom_departement;lot;"
    "output usager;annee_fermeture_technique"
)
"""The header of the ministry's export, as Faxbot read it in October 2026."""


def test_the_calendar_is_read_as_it_is_downloaded_outlines_and_all(
    tmp_path: Path, territory: Territory
) -> None:
    outline = ", ".join(["[2.123456, 48.123456]"] * 15_000)
    shape = f'"{{""coordinates"": [[{outline}]], ""type"": ""Polygon""}}"'
    rows = [
        f"2001;Abbécourt;02300;Aisne;HDF;49.6, 3.2;{shape};2027-01-31;2026-01-31;;;3;;",
        "13055;Marseille;13001;BDR;PACA;43.3, 5.4;;;2026-01-31;;BDR;Lot6;;",
        "XXXXX;Nowhere;;;;;;;;;;;;",
    ]
    text = "\ufeff" + "\n".join([GOVERNMENT, *rows]) + "\n"

    report = import_copper(write(tmp_path, text), territory)

    assert (report.added, report.ignored_columns) == (2, ())
    assert [one.line for one in report.refused] == [4]
    first, second = (territory.access(code) for code in ("02001", "13203"))
    assert first is not None
    assert second is not None
    assert (first.sale_end, first.line_end) == ("2026-01-31", "2027-01-31")
    assert (second.sale_end, second.line_end) == ("2026-01-31", "")


def test_the_operators_workbook_is_read_at_its_sheet_of_communes(
    tmp_path: Path, territory: Territory
) -> None:
    book = Workbook()
    book.active.append(["Trajectoire de fermeture", "version 12"])
    sheet = book.create_sheet("Communes")
    names = ["code_insee", "lot", "report_FC", "fermeture_commerciale"]
    sheet.append([*names, "fermeture_technique", "eligibilite_ftth"])
    sheet.append([2001, "3", "Non", date(2026, 1, 31), date(2027, 1, 31), "Oui"])
    book.save(tmp_path / "trajectoire.xlsx")

    report = import_copper(tmp_path / "trajectoire.xlsx", territory)

    access = territory.access("02001")
    assert access is not None
    assert (access.sale_end, access.line_end) == ("2026-01-31", "2027-01-31")
    assert report.ignored_columns == ()
    assert any("Feuilles du classeur laissées" in one for one in report.warnings)
    assert layouts.layout_of(tmp_path / "trajectoire.xlsx") is layouts.COPPER


def test_parts_of_the_premises_are_passed_over_and_the_map_of_fibre_is_read(
    tmp_path: Path, territory: Territory
) -> None:
    parts = FIBRE + "02001;Abbcourt;02;32;200;res;190;0;200;2026-03-31\n"
    report = import_fibre(write(tmp_path, parts), territory)
    assert report.refused == ()
    assert ("une part des locaux, et non leur total", 1) in report.skipped
    mapped = "INSEE_COM;NOM_COM;Locaux;ftth\n02001;Abbécourt;310;305\n"
    assert import_fibre(write(tmp_path, mapped), territory).ignored_columns == ()
    access = territory.access("02001")
    assert access is not None
    assert (access.premises, access.fibre) == (310, 305)
