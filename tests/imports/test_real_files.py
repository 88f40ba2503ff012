"""The importers on the real public files; skipped where those are absent.

Each file is imported once for all the tests, and compared field by field with a
reading of it written apart.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest

from diag.demo.territory import DEPARTMENT, communes
from diag.imports.communes import (
    import_communes,
    import_effectifs,
    import_ips,
    import_mairies,
)
from diag.imports.intake import ImportReport
from diag.imports.schools import import_annuaire
from diag.journal.journal import Journal
from diag.journal.territory import Territory
from diag.model.text import fold
from tests.imports import plain_reading
from tests.imports.plain_reading import Said
from tests.real_data import real_file

OCCITANIE = "annuaire/fr-en-annuaire-education_occitanie_2024-11-26.csv"
BRETAGNE = "annuaire/fr-en-annuaire-education_ille-et-vilaine_2023-06-08.csv"
REBUILT = "annuaire/RECONSTITUE_annuaire_6dep_ecoles-elementaires_layout-2026.csv"
EXCEL = "annuaire/FABRIQUE_annuaire_passe-par-Excel_09_60lignes.csv"
HEADCOUNTS = "effectifs/fr-en-ecoles-effectifs-nb_classes_ille-et-vilaine_2019-2022.csv"
HEADCOUNTS_API = "effectifs/effectifs_api-v2_150-enregistrements_53.json.gz"
IPS_2021 = "ips/fr-en-ips_ecoles_2021-2022_6dep.csv"
IPS_2022 = "ips/fr-en-ips-ecoles-ap2022_2022-2023_6dep.csv"
IPS_FRANCE = "ips/fr-en-ips-ecoles-ap2022_2022-2023_france.csv.gz"
COMMUNES = "communes/communes_epci_6dep.csv"
TOWN_HALLS = "mairies/mairies_6dep.csv"
READ_ON = date(2021, 3, 1)


def opened(factory: pytest.TempPathFactory, name: str) -> Iterator[Territory]:
    with Journal.open(factory.mktemp(name)) as journal:
        yield Territory(journal.connection)


@pytest.fixture(scope="module")
def south(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Territory]:
    """Give the territory where the two directories of the ministry came in."""
    yield from opened(tmp_path_factory, "sud")


@pytest.fixture(scope="module")
def ariege(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the lines of one department of the region, as they stand there."""
    whole = real_file(OCCITANIE)
    head, *lines = whole.read_text(encoding="utf-8").splitlines(keepends=True)
    told = plain_reading.lines_of(whole)
    kept = [
        line
        for line, one in zip(lines, told, strict=True)
        if one["Code_departement"] == "009"
    ]
    path = tmp_path_factory.mktemp("ariege") / whole.name
    path.write_text(head + "".join(kept), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def first(south: Territory, ariege: Path) -> ImportReport:
    return import_annuaire(ariege, south)


@pytest.fixture(scope="module")
def department(south: Territory, first: ImportReport) -> ImportReport:
    return import_annuaire(real_file(BRETAGNE), south)


@pytest.fixture(scope="module")
def six(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Territory]:
    """Give the territory of six departments, communes and town halls too."""
    for territory in opened(tmp_path_factory, "six"):
        import_annuaire(real_file(REBUILT), territory)
        import_communes(real_file(COMMUNES), territory)
        yield territory


@pytest.fixture
def blank(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Territory]:
    yield from opened(tmp_path_factory, "vide")


def outcome(report: ImportReport) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.unchanged, report.vanished


def unlike(
    territory: Territory, said: Mapping[str, Said], *besides: str
) -> list[object]:
    """Return each field that the territory does not hold as it is said."""
    found: list[object] = []
    for uai, fields in said.items():
        school = territory.school(uai)
        assert school is not None, uai
        found += [
            (uai, name, getattr(school, name), value)
            for name, value in fields.items()
            if name not in besides and getattr(school, name) != value
        ]
    return found


def comes_in_whole(
    path: Path, territory: Territory, report: ImportReport, lines: int, schools: int
) -> None:
    """See that every school of a directory is there as it says, and twice the same."""
    assert outcome(report) == (schools, 0, 0, 0)
    assert (report.refused, report.repaired, report.ignored_columns) == ((), (), ())
    assert sum(number for _, number in report.skipped) == lines - schools
    said = plain_reading.schools_of(path)
    assert unlike(territory, said) == []
    assert {
        line.uai for line in territory.schools() if line.uai[:3] != "035"
    } == said.keys()
    with territory.rehearsal():
        again = import_annuaire(path, territory)
    assert outcome(again) == (0, 0, schools, 0)


@pytest.mark.long  # the gate reads one of its departments, below
def test_a_region_of_2024_comes_in_whole_and_twice_the_same(blank: Territory) -> None:
    path = real_file(OCCITANIE)
    report = import_annuaire(path, blank)
    comes_in_whole(path, blank, report, 6240, 4579)
    assert len(report.remarks) == 29


def test_a_department_of_2024_comes_in_whole_and_twice_the_same(
    south: Territory, ariege: Path, first: ImportReport
) -> None:
    comes_in_whole(ariege, south, first, 226, 171)
    assert len(first.remarks) == 3


def test_a_department_of_2023_comes_in_beside_it(
    south: Territory, department: ImportReport
) -> None:
    assert outcome(department) == (685, 0, 0, 0)
    assert south.counts()[:2] == (171 + 685, 0)
    said = plain_reading.schools_of(real_file(BRETAGNE))
    assert len(said) == 685
    assert unlike(south, said) == []
    lines = south.schools()
    assert [line.state for line in lines].count("A FERMER") == 1
    named = south.schools("ecole primaire")
    assert [line.name for line in named].count("Ecole primaire") == 60


def test_the_layout_of_2026_comes_in_with_its_holes(six: Territory) -> None:
    said = plain_reading.schools_of(real_file(REBUILT))
    assert six.counts()[:2] == (len(said), 0) == (2508, 0)
    told = {name for school in said.values() for name, value in school.items() if value}
    untold = {name for school in said.values() for name in school} - told
    assert {"phone", "email", "siret", "latitude"} <= untold
    assert unlike(six, said) == []


def test_what_excel_damaged_is_as_the_sound_file_says(
    south: Territory, first: ImportReport, ariege: Path, blank: Territory
) -> None:
    report = import_annuaire(real_file(EXCEL), blank)
    assert (report.added, report.encoding, len(report.repaired)) == (60, "CP1252", 360)
    lost = [repair for repair in report.repaired if not repair.after]
    assert {repair.column for repair in lost} == {"SIREN_SIRET"}
    sound = plain_reading.schools_of(ariege)
    kept = {line.uai: sound[line.uai] for line in blank.schools()}
    assert unlike(blank, kept, "siret") == []
    with south.rehearsal():
        after = import_annuaire(real_file(EXCEL), south)
    assert outcome(after) == (0, 0, 60, 0)
    assert "111 écoles sur 171 manquent" in after.warnings[-1]


def test_headcounts_keep_the_last_of_four_years(
    south: Territory, department: ImportReport
) -> None:
    report = import_effectifs(real_file(HEADCOUNTS), south)
    assert (report.changed, report.refused, len(report.unknown_items)) == (675, (), 5)
    said = plain_reading.headcounts_of(real_file(HEADCOUNTS))
    assert set(report.unknown_items) <= said.keys()
    known = {u: value for u, value in said.items() if u not in report.unknown_items}
    assert len(known) == 675
    assert unlike(south, known) == []


def test_the_api_s_headcounts_are_read(blank: Territory) -> None:
    path = real_file(HEADCOUNTS_API)
    said = plain_reading.headcounts_of(path)
    with blank.transaction():
        blank.put_schools({"uai": uai, "name": "?", "insee": "53001"} for uai in said)
    report = import_effectifs(path, blank)
    assert (report.rows, report.refused, report.ignored_columns) == (150, (), ())
    assert unlike(blank, said) == []


def test_indices_of_every_layout_come_in(six: Territory) -> None:
    expected: dict[str, tuple[float, str]] = {}
    known = six.values_of("name")
    for name, changed in ((IPS_2021, 2505), (IPS_2022, 2369)):
        report = import_ips(real_file(name), six)
        assert (report.refused, report.ignored_columns) == ((), ())
        said = plain_reading.indices_of(real_file(name))
        assert report.changed == len(said.keys() & known.keys()) == changed
        expected |= said
    indices, years = six.values_of("ips"), six.values_of("ips_year")
    assert {
        uai: (float(index), years[uai]) for uai, index in indices.items() if index
    } == {uai: expected[uai] for uai in expected.keys() & known.keys()}


@pytest.mark.long
def test_the_whole_country_s_indices_have_valid_numbers(blank: Territory) -> None:
    path = real_file(IPS_FRANCE)
    said = plain_reading.indices_of(path)
    known = sorted(said)[::10]
    with blank.transaction():
        blank.put_schools({"uai": uai, "name": "?", "insee": "01001"} for uai in known)
    report = import_ips(path, blank)
    assert (report.rows, report.changed, report.refused) == (30_059, len(known), ())
    assert set(report.unknown_items) == said.keys() - set(known)
    found = {uai: float(index) for uai, index in blank.values_of("ips").items()}
    assert found == {uai: said[uai][0] for uai in known}
    assert not any(uai.startswith(DEPARTMENT) for uai in said), "invented ones differ"


def test_town_halls_are_matched_checked_and_accounted_for(six: Territory) -> None:
    official = plain_reading.communes_of(real_file(COMMUNES))
    for insee, fields in official.items():
        commune = six.commune(insee)
        assert commune is not None
        assert {name: getattr(commune, name) for name in fields} == fields
    report = import_mairies(real_file(TOWN_HALLS), six, source_date=READ_ON)
    doubles = [r for r in report.remarks if "en double" in r.reason]
    assert report.added + len(report.refused) + len(doubles) == report.rows == 3038
    assert (report.added, len(doubles)) == (2931, 3)
    delegated = [r for r in report.refused if "déléguée" in r.reason]
    assert len(delegated) == 45
    said = plain_reading.town_halls_of(real_file(TOWN_HALLS), official)
    assert len(said) == 2931
    for insee, emails in said.items():
        hall = six.town_hall(insee)
        assert hall is not None
        assert hall.source_date == READ_ON.isoformat()
        assert hall.email in emails if hall.email else bool(hall.problem)
    for insee, problem in {
        "22113": "adresse inconnue",  # Lannion
        "33063": "adresse inconnue",  # Bordeaux
        "33122": "page web",  # Cestas
    }.items():
        hall = six.town_hall(insee)
        assert hall is not None
        assert (hall.email, hall.problem) == ("", problem)
    real = {fold(str(fields["name"])) for fields in official.values()}
    assert real.isdisjoint(fold(commune.name) for commune in communes()), "invented"
