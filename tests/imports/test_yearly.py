import json
from pathlib import Path

import pytest

from diag.demo.territory import uai
from diag.imports.communes import import_effectifs, import_ips
from diag.imports.intake import LineRefusal
from diag.imports.schools import import_annuaire
from diag.journal.territory import Territory
from diag.model.audit import School
from tests.imports.builders import directory, school, write


@pytest.fixture(autouse=True)
def two_schools(tmp_path: Path, territory: Territory) -> None:
    import_annuaire(directory(tmp_path, school(100), school(101)), territory)


def kept(territory: Territory, number: int = 100) -> School:
    found = territory.school(uai(number))
    assert found is not None
    return found


def headcounts(folder: Path, *lines: str) -> Path:
    header = (
        "Rentrée scolaire;Numéro de l'école;Nombre total de classes;"
        "Nombre total d'élèves"
    )
    return write(folder, "\ufeff" + "\r\n".join((header, *lines, "")))


def indices(folder: Path, *lines: str) -> Path:
    return write(folder, "\r\n".join(("rentree_scolaire;uai;ips", *lines, "")))


def figures(territory: Territory, number: int = 100) -> tuple[object, ...]:
    found = kept(territory, number)
    return found.classes, found.pupils, found.headcount_year


def test_the_latest_rentree_of_each_school_is_kept_whatever_the_order(
    tmp_path: Path, territory: Territory
) -> None:
    path = headcounts(
        tmp_path,
        f"2022;{uai(100)};4;90",
        f"2024;{uai(100)};5;101",
        f"2023;{uai(100)};4;95",
        f"2022;{uai(101)};2;40",
    )
    report = import_effectifs(path, territory)
    assert figures(territory, 100) == (5, 101, "2024-2025")
    assert figures(territory, 101) == (2, 40, "2022-2023")
    assert (report.changed, report.skipped) == (2, (("rentrée plus ancienne", 2),))
    assert import_effectifs(path, territory).changed_nothing


def test_an_older_file_changes_nothing(tmp_path: Path, territory: Territory) -> None:
    import_effectifs(headcounts(tmp_path, f"2024;{uai(100)};5;101"), territory)
    report = import_effectifs(headcounts(tmp_path, f"2022;{uai(100)};4;90"), territory)
    assert report.changed_nothing
    assert report.skipped == (("rentrée plus ancienne", 1),)
    assert figures(territory) == (5, 101, "2024-2025")


def test_the_api_s_records_are_the_same_figures(
    tmp_path: Path, territory: Territory
) -> None:
    fields = {
        "rentree_scolaire": "2024",
        "numero_ecole": uai(100),
        "nombre_total_classes": 5,
        "nombre_total_eleves": 101,
        "secteur": "PUBLIC",
    }
    path = write(tmp_path, json.dumps([{"links": [], "record": {"fields": fields}}]))
    report = import_effectifs(path, territory)
    assert figures(territory) == (5, 101, "2024-2025")
    assert report.ignored_columns == ()


def test_schools_that_the_territory_does_not_hold_are_listed_once_never_added(
    tmp_path: Path, territory: Territory
) -> None:
    path = headcounts(
        tmp_path,
        f"2023;{uai(500)};5;101",
        f"2024;{uai(500)};5;101",
        f"2024;{uai(100)};5;101",
    )
    report = import_effectifs(path, territory)
    assert report.unknown_items == (uai(500),)
    assert report.warnings == ()
    assert territory.counts().schools == 2


def test_a_file_of_unknown_schools_only_asks_of_which_departments_it_is(
    tmp_path: Path, territory: Territory
) -> None:
    stranger = headcounts(tmp_path, f"2024;{uai(500)};5;101")
    (warning,) = import_effectifs(stranger, territory).warnings
    assert "vérifiez de quels départements il est" in warning


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("2024;{uai};cinq;101", "« cinq » n'est pas un nombre"),
        ("2024;{uai};5;", "nombre absent"),
        ("2024;{uai};250;101", "« 250 » n'est pas un nombre entier de 0 à 99"),
        ("24;{uai};5;101", "« 24 » n'est pas une rentrée scolaire"),
    ],
)
def test_a_line_that_cannot_be_read_is_refused_alone(
    tmp_path: Path, territory: Territory, line: str, reason: str
) -> None:
    lines = line.format(uai=uai(100)), f"2024;{uai(101)};2;40"
    report = import_effectifs(headcounts(tmp_path, *lines), territory)
    assert report.refused == (LineRefusal(2, uai(100), reason),)
    assert figures(territory, 101) == (2, 40, "2024-2025")
    assert figures(territory, 100) == (None, None, "")


def test_two_unlike_lines_of_one_rentree_are_remarked_upon(
    tmp_path: Path, territory: Territory
) -> None:
    lines = [f"2024;{uai(100)};5;{pupils}" for pupils in (101, 101, 99)]
    report = import_effectifs(headcounts(tmp_path, *lines), territory)
    reason = "deux lignes différentes pour 2024-2025, la première est gardée"
    assert report.remarks == (LineRefusal(4, uai(100), reason),)
    assert figures(territory) == (5, 101, "2024-2025")


@pytest.mark.parametrize(
    "header",
    [
        "Rentrée scolaire;Académie;UAI;Nom de l'établissment;Secteur;IPS",
        "rentree_scolaire;academie;uai;nom_de_l_etablissment;secteur;ips",
        "rentree_scolaire;region;uai;num_ligne;ips_national;ips",
    ],
)
def test_the_three_layouts_of_the_index_are_read(
    tmp_path: Path, territory: Territory, header: str
) -> None:
    text = f"{header}\n2022-2023;x;{uai(100)};x;x;84.9\n"
    report = import_ips(write(tmp_path, text), territory)
    assert (report.changed, report.ignored_columns) == (1, ())
    assert (kept(territory).ips, kept(territory).ips_year) == ("84.9", "2022-2023")


def test_an_index_is_an_exact_number(tmp_path: Path, territory: Territory) -> None:
    path = indices(
        tmp_path, f"2022-2023;{uai(100)};113.0", f"2022-2023;{uai(101)};84,90"
    )
    import_ips(path, territory)
    assert kept(territory, 100).ips == 113
    assert kept(territory, 101).ips == "84.9"


def test_an_unpublished_index_is_counted_and_an_absurd_one_refused(
    tmp_path: Path, territory: Territory
) -> None:
    path = indices(tmp_path, f"2023-2024;{uai(100)};NS", f"2023-2024;{uai(101)};849")
    report = import_ips(path, territory)
    assert report.skipped == (("chiffre non publié", 1),)
    assert report.refused[0].reason == "« 849 » n'est pas un nombre de 30 à 210"
    assert report.changed_nothing


def test_values_refused_are_not_schools_unknown(
    tmp_path: Path, territory: Territory
) -> None:
    lines = f"2023-2024;{uai(100)};849", f"2023-2024;{uai(900)};99"
    report = import_ips(indices(tmp_path, *lines), territory)
    assert report.is_refused
    assert report.unknown_items == (uai(900),)
    assert not any("Aucune école" in warning for warning in report.warnings)
    assert "ips" not in {logged.kind for logged in territory.imports()}


def test_the_latest_index_is_kept(tmp_path: Path, territory: Territory) -> None:
    import_ips(indices(tmp_path, f"2022-2023;{uai(100)};95.1"), territory)
    report = import_ips(indices(tmp_path, f"2021-2022;{uai(100)};90"), territory)
    assert report.changed_nothing
    assert (kept(territory).ips, kept(territory).ips_year) == ("95.1", "2022-2023")


def test_a_new_directory_keeps_the_figures_of_other_files(
    tmp_path: Path, territory: Territory
) -> None:
    import_effectifs(headcounts(tmp_path, f"2024;{uai(100)};5;101"), territory)
    import_ips(indices(tmp_path, f"2022-2023;{uai(100)};95.1"), territory)
    renamed = school(100, Nom_etablissement="Ecole Neuve"), school(101)
    import_annuaire(directory(tmp_path, *renamed), territory)
    assert figures(territory) == (5, 101, "2024-2025")
    assert (kept(territory).name, kept(territory).ips) == ("Ecole Neuve", "95.1")
