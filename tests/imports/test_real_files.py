"""The importers on the real public files; skipped where those are absent."""

from datetime import date

import pytest

from diag.demo.territory import DEPARTMENT, communes
from diag.imports.communes import import_communes, import_mairies
from diag.imports.intake import ImportReport
from diag.imports.schools import import_annuaire, import_effectifs, import_ips
from diag.journal.territory import Territory
from diag.model.text import fold
from tests.real_data import real_file

OCCITANIE = "annuaire/fr-en-annuaire-education_occitanie_2024-11-26.csv"
BRETAGNE = "annuaire/fr-en-annuaire-education_ille-et-vilaine_2023-06-08.csv"
REBUILT = "annuaire/RECONSTITUE_annuaire_6dep_ecoles-elementaires_layout-2026.csv"
EXCEL = "annuaire/FABRIQUE_annuaire_passe-par-Excel_09_60lignes.csv"
HEADCOUNTS = "effectifs/fr-en-ecoles-effectifs-nb_classes_ille-et-vilaine_2019-2022.csv"
HEADCOUNTS_API = "effectifs/effectifs_api-v2_150-enregistrements_53.json.gz"
COMMUNES = "communes/communes_epci_6dep.csv"
TOWN_HALLS = "mairies/mairies_6dep.csv"


def directory(territory: Territory, name: str) -> ImportReport:
    return import_annuaire(real_file(name), territory)


def outcome(report: ImportReport) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.unchanged, report.vanished


def test_a_region_of_2024_comes_in_whole_and_twice_the_same(
    territory: Territory,
) -> None:
    report = directory(territory, OCCITANIE)
    assert outcome(report) == (4579, 0, 0, 0)
    assert (report.refused, report.repaired, report.ignored_columns) == ((), (), ())
    assert sum(number for _, number in report.skipped) == 6240 - 4579
    assert len(report.remarks) == 29
    again = directory(territory, OCCITANIE)
    assert outcome(again) == (0, 0, 4579, 0)


def test_a_department_of_2023_comes_in_beside_it(territory: Territory) -> None:
    directory(territory, OCCITANIE)
    assert outcome(directory(territory, BRETAGNE)) == (685, 0, 0, 0)
    assert territory.counts()[:2] == (4579 + 685, 0)
    states = [line.state for line in territory.schools()]
    assert states.count("A FERMER") == 1


def test_a_name_alone_identifies_nothing(territory: Territory) -> None:
    directory(territory, OCCITANIE)
    names = [line.name for line in territory.schools("ecole primaire")]
    assert names.count("Ecole primaire") == 540


def test_the_layout_of_2026_comes_in_with_its_holes(territory: Territory) -> None:
    report = directory(territory, REBUILT)
    assert outcome(report) == (2508, 0, 0, 0)
    assert report.refused == ()


def test_the_file_that_went_through_excel_is_wholly_mended(
    territory: Territory,
) -> None:
    report = directory(territory, EXCEL)
    assert (report.added, report.encoding, len(report.repaired)) == (60, "CP1252", 360)
    lost = [repair for repair in report.repaired if not repair.after]
    assert {repair.column for repair in lost} == {"SIREN_SIRET"}


def test_after_the_sound_file_excel_s_changes_nothing(territory: Territory) -> None:
    directory(territory, OCCITANIE)
    report = directory(territory, EXCEL)
    assert outcome(report) == (0, 0, 60, 0)
    assert "111 écoles sur 171 manquent" in report.warnings[-1]


def test_headcounts_keep_the_last_of_four_years(territory: Territory) -> None:
    directory(territory, BRETAGNE)
    report = import_effectifs(real_file(HEADCOUNTS), territory)
    assert (report.changed, report.refused, len(report.unknown_items)) == (675, (), 5)
    assert set(territory.values_of("headcount_year").values()) == {"", "2022-2023"}


def test_the_api_s_headcounts_are_read(territory: Territory) -> None:
    report = import_effectifs(real_file(HEADCOUNTS_API), territory)
    assert (report.rows, len(report.unknown_items)) == (150, 150)
    assert (report.refused, report.ignored_columns) == ((), ())


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("ips/fr-en-ips_ecoles_2021-2022_6dep.csv", 2505),
        ("ips/fr-en-ips-ecoles-ap2022_2022-2023_6dep.csv", 2369),
    ],
)
def test_indices_of_every_layout_come_in(
    territory: Territory, name: str, changed: int
) -> None:
    directory(territory, REBUILT)
    report = import_ips(real_file(name), territory)
    assert (report.changed, report.refused, report.ignored_columns) == (changed, (), ())


def test_the_whole_country_s_indices_have_valid_numbers(territory: Territory) -> None:
    path = real_file("ips/fr-en-ips-ecoles-ap2022_2022-2023_france.csv.gz")
    report = import_ips(path, territory)
    assert (report.rows, report.refused) == (30_059, ())
    invented = [uai for uai in report.unknown_items if uai.startswith(DEPARTMENT)]
    assert invented == []


def test_town_halls_are_matched_checked_and_accounted_for(
    territory: Territory,
) -> None:
    import_communes(real_file(COMMUNES), territory)
    report = import_mairies(
        real_file(TOWN_HALLS), territory, source_date=date(2021, 3, 1)
    )
    doubles = [r for r in report.remarks if "en double" in r.reason]
    assert report.added + len(report.refused) + len(doubles) == report.rows == 3038
    assert (report.added, len(doubles)) == (2931, 3)
    delegated = [r for r in report.refused if "déléguée" in r.reason]
    assert len(delegated) == 45
    for insee, problem in {
        "22113": "adresse inconnue",  # Lannion
        "33063": "adresse inconnue",  # Bordeaux
        "33122": "page web",  # Cestas
    }.items():
        hall = territory.town_hall(insee)
        assert hall is not None
        assert (hall.email, hall.problem) == ("", problem)


def test_no_invented_commune_has_a_real_name(territory: Territory) -> None:
    import_communes(real_file(COMMUNES), territory)
    real = {fold(commune.name) for commune in territory.communes()}
    assert real.isdisjoint(fold(commune.name) for commune in communes())
