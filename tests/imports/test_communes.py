import json
from pathlib import Path

from diag.imports.communes import import_communes
from diag.imports.intake import LineRefusal
from diag.journal.territory import Territory
from diag.model.audit import Commune
from tests.imports.builders import write

HEADER = (
    "code_insee;nom;departement;region;arrondissement;siren;codes_postaux;population;"
    "epci_siren;epci_nom;epci_type"
)
VALBRISE = (
    "99901;Valbrise;999;99;9991;219990105;99010|99011;9400;249900019;"
    "CC du Val d'Ombre;CC"
)


def official(folder: Path, *lines: str, header: str = HEADER) -> Path:
    return write(folder, "\n".join((header, *lines, "")))


def test_a_line_becomes_a_commune(tmp_path: Path, territory: Territory) -> None:
    report = import_communes(official(tmp_path, VALBRISE), territory)
    assert (report.added, report.ignored_columns) == (1, ())
    assert territory.commune("99901") == Commune(
        insee="99901",
        name="Valbrise",
        department="999",
        population=9400,
        siren="219990105",
        epci_siren="249900019",
        epci_name="CC du Val d'Ombre",
        postcodes=("99010", "99011"),
    )
    assert import_communes(official(tmp_path, VALBRISE), territory).changed_nothing


def test_departments_of_two_characters_become_those_of_schools(
    tmp_path: Path, territory: Territory
) -> None:
    lines = "02001;Une;02", "2A004;Deux;2A", "97411;Trois;974", "33063;Quatre;"
    import_communes(
        official(tmp_path, *lines, header="code_insee;nom;departement"), territory
    )
    departments = {
        commune.insee: commune.department for commune in territory.communes()
    }
    assert departments == {
        "02001": "002",
        "2A004": "02A",
        "97411": "974",
        "33063": "033",
    }


def test_the_etalab_package_is_read_and_old_communes_counted(
    tmp_path: Path, territory: Territory
) -> None:
    def record(code: str, kind: str) -> dict[str, object]:
        return {
            "code": code,
            "nom": f"Commune {code}",
            "typeLiaison": 0,
            "departement": "999",
            "type": kind,
            "siren": "219990105",
            "codesPostaux": ["99010"],
            "population": 12,
        }

    records = [
        record("99901", "commune-actuelle"),
        record("99902", "commune-deleguee"),
        record("99903", "arrondissement-municipal"),
    ]
    report = import_communes(write(tmp_path, json.dumps(records)), territory)
    assert (report.added, report.ignored_columns) == (1, ())
    assert report.skipped == (("commune-deleguee", 1), ("arrondissement-municipal", 1))


def test_insee_s_own_file_is_read(tmp_path: Path, territory: Territory) -> None:
    text = (
        "TYPECOM,COM,REG,DEP,CTCD,ARR,TNCC,NCC,NCCENR,LIBELLE,CAN,COMPARENT\n"
        'COM,99901,99,999,999D,9991,0,VALBRISE,Valbrise,"Valbrise",9901,\n'
        'COMD,99950,,,,,0,GRANDBRISE,Grandbrise,"Grandbrise",,99901\n'
    )
    report = import_communes(write(tmp_path, text), territory)
    assert (report.added, report.skipped) == (1, (("COMD", 1),))


def test_a_file_without_intercommunalities_keeps_those_known(
    tmp_path: Path, territory: Territory
) -> None:
    import_communes(official(tmp_path, VALBRISE), territory)
    short = official(
        tmp_path,
        "99901;Valbrise;999;9500",
        header="code_insee;nom;departement;population",
    )
    report = import_communes(short, territory)
    assert report.changes == (("99901", {"population": (9400, 9500)}),)
    found = territory.commune("99901")
    assert found is not None
    assert found.epci_name == "CC du Val d'Ombre"


def test_a_code_that_lost_its_zero_is_mended_and_listed(
    tmp_path: Path, territory: Territory
) -> None:
    path = official(tmp_path, "5157;Une;5", header="code_insee;nom;departement")
    report = import_communes(path, territory)
    assert territory.commune("05157") is not None
    assert report.repaired == ((2, "Une", "code_insee", "5157", "05157"),)


def test_doubles_and_bad_lines_are_told(tmp_path: Path, territory: Territory) -> None:
    lines = VALBRISE, VALBRISE, "12;Deux" + ";" * 9, "99903;" + ";" * 9
    report = import_communes(official(tmp_path, *lines), territory)
    assert report.remarks == (
        LineRefusal(
            3, "99901 Valbrise", "commune en double, la première ligne est gardée"
        ),
    )
    assert [refused.line for refused in report.refused] == [4, 5]
