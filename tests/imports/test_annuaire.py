import json
from pathlib import Path

import pytest

from diag.demo.territory import uai
from diag.imports.communes import import_effectifs
from diag.imports.intake import LineRefusal, Repair, account
from diag.imports.schools import import_annuaire
from diag.journal.territory import Territory
from diag.model.audit import School
from tests.imports.builders import (
    COLUMNS_2023,
    COLUMNS_2024,
    COLUMNS_2026,
    csv_text,
    directory,
    in_2023,
    school,
    write,
)

TODAY = "2026-09-21"
"""The day of the territory's clock in these tests."""


def kept(territory: Territory, number: int = 100) -> School:
    found = territory.school(uai(number))
    assert found is not None
    return found


def test_figures_before_any_school_say_to_import_the_directory_first(
    tmp_path: Path, territory: Territory
) -> None:
    head = "Rentrée scolaire;Numéro de l'école;Nombre total de classes"
    head += ";Nombre total d'élèves"
    figures = write(tmp_path, f"{head}\r\n2024;{uai(500)};5;101\r\n")
    (warning,) = import_effectifs(figures, territory).warnings
    assert "importez d'abord l'annuaire" in warning


def test_a_line_becomes_a_school(tmp_path: Path, territory: Territory) -> None:
    report = import_annuaire(directory(tmp_path, school(100)), territory)
    assert (report.added, report.changed, report.refused) == (1, 0, ())
    found = kept(territory)
    assert (found.uai, found.name) == (uai(100), "Ecole primaire 100")
    assert (found.insee, found.commune, found.department) == (
        "99901",
        "Valbrise",
        "999",
    )
    assert (found.sector, found.nursery, found.elementary) == ("Public", True, False)
    assert (found.postcode, found.state) == ("99010", "OUVERT")
    assert (found.updated, found.vanished) == ("2026-09-15", "")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("delimiter", [";", "\t"])
@pytest.mark.parametrize("columns", [COLUMNS_2023, COLUMNS_2024, COLUMNS_2026])
def test_every_year_s_layout_gives_the_same_school(
    tmp_path: Path,
    territory: Territory,
    *,
    columns: tuple[str, ...],
    delimiter: str,
    mark: str,
    end: str,
) -> None:
    import_annuaire(directory(tmp_path, school(100)), territory)
    line = in_2023(school(100)) if columns is COLUMNS_2023 else school(100)
    text = csv_text(columns, line, delimiter=delimiter).replace("\n", end)
    report = import_annuaire(write(tmp_path, mark + text), territory)
    assert (report.unchanged, report.ignored_columns) == (1, ())
    assert report.changed_nothing


def test_the_api_s_json_gives_the_same_school(
    tmp_path: Path, territory: Territory
) -> None:
    import_annuaire(directory(tmp_path, school(100)), territory)
    record: dict[str, object] = {
        name.lower(): value or None for name, value in school(100).items()
    }
    record |= {"ecole_maternelle": 1, "ecole_elementaire": 0}
    record["position"] = {
        "lon": float(school(100)["longitude"]),
        "lat": float(school(100)["latitude"]),
    }
    del record["latitude"], record["longitude"]
    path = write(tmp_path, json.dumps({"results": [record]}), "export.json")
    report = import_annuaire(path, territory)
    assert (report.unchanged, report.unit) == (1, "enregistrement")


def test_only_primary_schools_are_kept_and_the_others_counted(
    tmp_path: Path, territory: Territory
) -> None:
    def other(number: int, kind: str, nature: str) -> dict[str, str]:
        return school(number, Type_etablissement=kind, code_nature=nature)

    report = import_annuaire(
        directory(
            tmp_path,
            other(1, "Ecole", "101"),
            other(2, "Ecole", ""),
            other(3, "", "153"),
            other(4, "", "162"),
            other(5, "", "400"),
            other(6, "", ""),
            other(7, "Collège", "340"),
            other(8, "Collège", "340"),
        ),
        territory,
    )
    assert report.added == 4
    assert report.skipped == (("établissement sans type", 2), ("Collège", 2))


def test_a_school_s_second_line_completes_the_first(
    tmp_path: Path, territory: Territory
) -> None:
    report = import_annuaire(
        directory(
            tmp_path,
            school(100, Telephone="", Nom_etablissement="Ecole A"),
            school(100, Nom_etablissement="Ecole B", multi_uai="1"),
        ),
        territory,
    )
    assert report.added == 1
    assert (kept(territory).name, kept(territory).phone[:6]) == ("Ecole A", "046571")
    assert report.remarks == (
        LineRefusal(
            3,
            f"{uai(100)} Ecole A",
            "UAI en double, complète la ligne 2 ; elle garde ses valeurs pour "
            "Nom_etablissement",
        ),
    )


def test_a_school_may_lack_position_siret_and_telephone(
    tmp_path: Path, territory: Territory
) -> None:
    bare = school(
        100, position="", latitude="", longitude="", SIREN_SIRET="", Telephone=""
    )
    report = import_annuaire(directory(tmp_path, bare), territory)
    assert (report.added, report.repaired) == (1, ())
    found = kept(territory)
    assert (found.latitude, found.longitude, found.siret, found.phone) == ("",) * 4


def test_two_schools_of_one_commune_may_have_the_same_name(
    tmp_path: Path, territory: Territory
) -> None:
    homonyms = [school(n, Nom_etablissement="Ecole primaire") for n in (100, 101)]
    assert import_annuaire(directory(tmp_path, *homonyms), territory).added == 2


def test_the_third_line_of_an_address_only_repeats_the_town(
    tmp_path: Path, territory: Territory
) -> None:
    import_annuaire(
        directory(
            tmp_path,
            school(100, Adresse_1="", Adresse_3="99010 VALBRISE", Code_postal=""),
            school(101, Adresse_1="LEBOURG", Adresse_2="LEBOURG"),
            school(
                102, Adresse_1="2 rue du Four", Adresse_2="BP 12", Adresse_3="Cedex"
            ),
            school(103, Adresse_1="3 rue  du Four", Adresse_2="-"),
        ),
        territory,
    )
    assert (kept(territory, 100).address, kept(territory, 100).postcode) == (
        "",
        "99010",
    )
    assert kept(territory, 101).address == "LEBOURG"
    assert kept(territory, 102).address == "2 rue du Four, BP 12, Cedex"
    assert kept(territory, 103).address == "3 rue du Four"


def test_a_school_about_to_close_says_so(tmp_path: Path, territory: Territory) -> None:
    import_annuaire(directory(tmp_path, school(100, etat="A FERMER")), territory)
    assert kept(territory).state == "A FERMER"


def test_a_position_alone_gives_the_coordinates(
    tmp_path: Path, territory: Territory
) -> None:
    line = school(100, position="46.5, -5.1", latitude="", longitude="")
    import_annuaire(directory(tmp_path, line), territory)
    assert (kept(territory).latitude, kept(territory).longitude) == ("46.5", "-5.1")


@pytest.mark.parametrize("position", ["146.5, -5.1", "46.5", "46.5, 2.1.1"])
def test_a_position_that_is_none_gives_no_coordinates(
    tmp_path: Path, territory: Territory, position: str
) -> None:
    line = school(100, position=position, latitude="", longitude="")
    import_annuaire(directory(tmp_path, line), territory)
    assert (kept(territory).latitude, kept(territory).longitude) == ("", "")


def test_the_least_file_has_numbers_names_and_communes(
    tmp_path: Path, territory: Territory
) -> None:
    columns = (
        *("Identifiant_de_l_etablissement", "Nom_etablissement"),
        *("Code_commune", "Nom_commune"),
    )
    line = school(100, Code_commune="2A004", Nom_commune="Ombrelle")
    report = import_annuaire(directory(tmp_path, line, columns=columns), territory)
    assert report.added == 1
    assert (kept(territory).department, kept(territory).address) == ("02A", "")


def test_a_wrong_number_is_refused_with_its_line_and_the_right_letter(
    tmp_path: Path, territory: Territory
) -> None:
    wrong = uai(100)[:7] + ("A" if uai(100)[7] != "A" else "B")
    lines = school(100), school(101, Identifiant_de_l_etablissement=wrong)
    report = import_annuaire(directory(tmp_path, *lines), territory)
    (refused,) = report.refused
    assert (report.added, refused.line, refused.item) == (1, 3, "Ecole primaire 101")
    assert f"la lettre-clé ne correspond pas ({uai(100)[7]} attendu)" in refused.reason


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("Nom_etablissement", "", "nom de l'école vide"),
        ("Nom_commune", " ", "nom de la commune vide"),
        ("Code_commune", "", "code INSEE vide"),
        ("Code_commune", "12", "« 12 » n'est pas un code INSEE de commune"),
    ],
)
def test_a_line_without_name_or_commune_is_refused_alone(
    tmp_path: Path, territory: Territory, column: str, value: str, reason: str
) -> None:
    lines = school(100) | {column: value}, school(101)
    report = import_annuaire(directory(tmp_path, *lines), territory)
    assert (report.added, report.refused) == (1, (LineRefusal(2, uai(100), reason),))


def test_what_excel_damaged_is_mended_and_listed(
    tmp_path: Path, territory: Territory
) -> None:
    damaged = school(
        100,
        Code_commune="9342",
        Code_departement="9",
        Code_postal="9130",
        Telephone="465718029",
        SIREN_SIRET="2,19900E+13",
        date_maj_ligne="15/09/2026",
    )
    path = tmp_path / "excel.csv"
    path.write_bytes(csv_text(COLUMNS_2024, damaged, school(101)).encode("cp1252"))
    report = import_annuaire(path, territory)
    found = kept(territory)
    assert (found.insee, found.department, found.postcode) == ("09342", "009", "09130")
    assert (found.phone, found.siret) == ("0465718029", "")
    assert found.updated == "2026-09-15"
    assert Repair(2, uai(100), "Code_commune", "9342", "09342") in report.repaired
    assert Repair(2, uai(100), "SIREN_SIRET", "2,19900E+13", "") in report.repaired
    assert len(report.repaired) == 6
    assert report.encoding == "CP1252"
    assert "Le fichier est en CP1252" in report.warnings[0]


def test_a_number_that_lost_its_zero_is_padded_when_the_letter_fits(
    tmp_path: Path, territory: Territory
) -> None:
    line = school(100, Identifiant_de_l_etablissement="350122T")
    report = import_annuaire(directory(tmp_path, line), territory)
    assert territory.school("0350122T") is not None
    assert report.repaired[0][1:] == (
        *("Ecole primaire 100", "Identifiant_de_l_etablissement"),
        *("350122T", "0350122T"),
    )


def test_an_unreadable_cell_never_erases_what_was_known(
    tmp_path: Path, territory: Territory
) -> None:
    import_annuaire(directory(tmp_path, school(100)), territory)
    known = kept(territory).siret
    line = school(100, SIREN_SIRET="2,19900E+13")
    report = import_annuaire(directory(tmp_path, line, school(101)), territory)
    assert (kept(territory).siret, report.unchanged) == (known, 1)


def test_a_column_missing_or_empty_throughout_says_nothing(
    tmp_path: Path, territory: Territory
) -> None:
    import_annuaire(directory(tmp_path, school(100)), territory)
    known = kept(territory)
    columns = [name for name in COLUMNS_2024 if name != "Mail"]
    line = school(100, Telephone="")
    import_annuaire(directory(tmp_path, line, columns=columns), territory)
    assert kept(territory) == known


def test_a_cell_emptied_among_others_is_emptied(
    tmp_path: Path, territory: Territory
) -> None:
    import_annuaire(directory(tmp_path, school(100), school(101)), territory)
    lines = school(100, Telephone=""), school(101)
    report = import_annuaire(directory(tmp_path, *lines), territory)
    assert kept(territory).phone == ""
    assert report.changes == ((uai(100), {"phone": ("0465713700", "")}),)


def test_leaving_priority_education_is_told_by_an_empty_column(
    tmp_path: Path, territory: Territory
) -> None:
    column = "Appartenance_Education_Prioritaire"
    import_annuaire(directory(tmp_path, school(100) | {column: "REP"}), territory)
    import_annuaire(directory(tmp_path, school(100) | {column: ""}), territory)
    assert kept(territory).priority_education == ""


def test_changes_name_their_fields(tmp_path: Path, territory: Territory) -> None:
    import_annuaire(directory(tmp_path, school(100), school(101)), territory)
    lines = school(100, Nom_etablissement="Ecole Neuve", etat="A FERMER"), school(101)
    report = import_annuaire(directory(tmp_path, *lines), territory)
    assert (report.added, report.changed, report.unchanged) == (0, 1, 1)
    ((key, fields),) = report.changes
    assert (key, fields) == (
        uai(100),
        {
            "name": ("Ecole primaire 100", "Ecole Neuve"),
            "state": ("OUVERT", "A FERMER"),
        },
    )


def test_a_second_import_of_the_same_file_changes_nothing_and_says_so(
    tmp_path: Path, territory: Territory
) -> None:
    path = directory(tmp_path, school(100), school(101))
    first = import_annuaire(path, territory)
    again = import_annuaire(path, territory)
    assert first.warnings == ()
    assert again.changed_nothing
    assert again.warnings == ("Ce fichier a déjà été importé le 21/09/2026.",)
    assert len(territory.imports()) == 2


def test_the_same_content_in_another_dress_changes_nothing_either(
    tmp_path: Path, territory: Territory
) -> None:
    import_annuaire(directory(tmp_path, school(100), school(101)), territory)
    backwards = directory(tmp_path, school(101), school(100), columns=COLUMNS_2026)
    again = import_annuaire(backwards, territory)
    assert again.changed_nothing
    assert again.warnings == ()


def test_a_missing_school_is_flagged_never_deleted_and_comes_back(
    tmp_path: Path, territory: Territory
) -> None:
    both, one = [school(100), school(101)], [school(100)]
    import_annuaire(directory(tmp_path, *both), territory)
    gone = import_annuaire(directory(tmp_path, *one), territory)
    assert (gone.vanished, gone.vanished_items) == (1, (uai(101),))
    assert kept(territory, 101).vanished == TODAY
    still = import_annuaire(directory(tmp_path, *one), territory)
    assert (still.vanished, still.changed_nothing) == (0, True)
    back = import_annuaire(directory(tmp_path, *both), territory)
    assert back.returned_items == (uai(101),)
    assert kept(territory, 101).vanished == ""


def test_a_file_of_one_department_makes_no_other_vanish(
    tmp_path: Path, territory: Territory
) -> None:
    elsewhere = school(200, Code_departement="998", Code_commune="99801")
    import_annuaire(directory(tmp_path, school(100), elsewhere), territory)
    report = import_annuaire(directory(tmp_path, school(100)), territory)
    assert report.vanished == 0


@pytest.mark.parametrize(
    "other",
    [
        {"Statut_public_prive": "Privé"},
        {"Ecole_maternelle": "1", "Ecole_elementaire": "0"},
    ],
)
def test_an_export_of_some_schools_closes_no_others(
    tmp_path: Path, territory: Territory, other: dict[str, str]
) -> None:
    mine = {
        "Statut_public_prive": "Public",
        "Ecole_maternelle": "1",
        "Ecole_elementaire": "1",
    }
    lines = [school(number) | mine for number in range(100, 106)]
    others = [school(number) | mine | other for number in (106, 107)]
    import_annuaire(directory(tmp_path, *lines, *others), territory)
    report = import_annuaire(directory(tmp_path, *lines[:-1]), territory)
    assert report.vanished_items == (uai(105),)
    assert report.warnings == (
        (
            "Département 999 : 2 écoles d'un secteur ou d'un niveau que le fichier ne "
            "couvre pas ; rien n'en est changé."
        ),
    )


def test_a_refused_line_does_not_make_its_school_vanish(
    tmp_path: Path, territory: Territory
) -> None:
    import_annuaire(directory(tmp_path, school(100), school(101)), territory)
    lines = school(100), school(101, Nom_etablissement="")
    report = import_annuaire(directory(tmp_path, *lines), territory)
    assert (len(report.refused), report.vanished) == (1, 0)


@pytest.mark.parametrize("column", ["Telephone", "Adresse_1", "Nom_etablissement"])
def test_a_stray_delimiter_shifts_nothing(
    tmp_path: Path, territory: Territory, column: str
) -> None:
    last = {COLUMNS_2024[-1]: ""}
    lines = [school(number) | last for number in (100, 101)]
    import_annuaire(directory(tmp_path, *lines), territory)
    before = kept(territory, 101)
    lines[1][column] += ";1 B"
    report = import_annuaire(directory(tmp_path, *lines), territory)
    width = len(COLUMNS_2024)
    reason = f"{width + 1} colonnes au lieu de {width}"
    assert report.refused == (LineRefusal(3, uai(101), reason),)
    assert (report.unchanged, report.vanished) == (1, 0)
    assert kept(territory, 101) == before
    assert "1 ligne refusée, rien n'en est pris." in account(report)


def test_a_file_cut_at_its_end_makes_nothing_vanish(
    tmp_path: Path, territory: Territory
) -> None:
    path = directory(tmp_path, school(100), school(101))
    import_annuaire(path, territory)
    path.write_bytes(path.read_bytes()[:-200])
    report = import_annuaire(path, territory)
    assert report.vanished == 0
    assert "ligne coupée" in report.refused[0].reason
    (warning,) = report.warnings
    assert "La dernière ligne est coupée" in warning


def test_an_extract_that_lacks_most_schools_makes_none_vanish(
    tmp_path: Path, territory: Territory
) -> None:
    import_annuaire(directory(tmp_path, *map(school, range(100, 130))), territory)
    report = import_annuaire(directory(tmp_path, school(100)), territory)
    assert report.vanished == 0
    assert report.warnings == (
        (
            "Département 999 : 29 écoles sur 30 manquent ; le fichier semble partiel, "
            "aucune n'est dite disparue."
        ),
    )


def test_an_older_file_neither_goes_back_nor_makes_vanish_nor_resurrects(
    tmp_path: Path, territory: Territory
) -> None:
    import_annuaire(directory(tmp_path, school(100), school(101)), territory)
    old = {"date_maj_ligne": "2024-01-01", "Nom_etablissement": "Ancien nom"}
    closed = school(102, date_maj_ligne="2024-01-01")
    lines = school(100) | old, closed
    report = import_annuaire(directory(tmp_path, *lines), territory)
    assert kept(territory).name == "Ecole primaire 100"
    assert territory.school(uai(102)) is None
    assert report.changed_nothing
    assert report.skipped == (("ligne plus ancienne que ce que le territoire sait", 2),)


def test_one_older_row_hides_no_new_school_and_keeps_no_closed_one(
    tmp_path: Path, territory: Territory
) -> None:
    import_annuaire(directory(tmp_path, *map(school, range(100, 104))), territory)
    lines = school(100, date_maj_ligne="2024-01-01"), *map(school, (101, 102, 104))
    report = import_annuaire(directory(tmp_path, *lines), territory)
    assert report.skipped == (("ligne plus ancienne que ce que le territoire sait", 1),)
    assert (report.added, report.vanished_items) == (1, (uai(103),))


def test_a_date_far_ahead_does_not_outdate_its_department(
    tmp_path: Path, territory: Territory
) -> None:
    ahead = school(100, date_maj_ligne="2062-01-01")
    import_annuaire(directory(tmp_path, ahead, school(101), school(102)), territory)
    lines = map(school, (100, 101, 103))
    report = import_annuaire(directory(tmp_path, *lines), territory)
    assert (report.added, report.vanished_items) == (1, (uai(102),))


def test_a_recent_row_of_an_older_file_comes_in(
    tmp_path: Path, territory: Territory
) -> None:
    import_annuaire(directory(tmp_path, school(100), school(101)), territory)
    old = {"date_maj_ligne": "2024-01-01"}
    lines = school(100) | old, school(101) | old, school(102), school(103) | old
    import_annuaire(directory(tmp_path, *lines), territory)
    assert territory.school(uai(102)) is not None
    assert territory.school(uai(103)) is None


def test_a_mailbox_that_may_be_personal_is_remarked_upon_without_being_shown(
    tmp_path: Path, territory: Territory
) -> None:
    line = school(100, Mail="ecole.libre@gmail.com")
    report = import_annuaire(directory(tmp_path, line), territory)
    (remark,) = report.remarks
    assert "donnée personnelle" in remark.reason
    assert "gmail" not in " ".join(map(str, report.remarks))
    assert territory.schools("gmail") == []


def test_an_interrupted_import_changes_nothing(
    tmp_path: Path, territory: Territory
) -> None:
    def interrupt(done: int, total: int) -> None:
        if done == total:
            raise KeyboardInterrupt

    import_annuaire(directory(tmp_path, school(100)), territory)
    with pytest.raises(KeyboardInterrupt):
        import_annuaire(directory(tmp_path, school(101)), territory, interrupt)
    assert territory.counts().schools == 1
    assert len(territory.imports()) == 1


def test_an_import_that_fails_while_writing_changes_nothing(
    tmp_path: Path, territory: Territory, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("disk")

    monkeypatch.setattr(territory, "log", fail)
    with pytest.raises(OSError, match="disk"):
        import_annuaire(directory(tmp_path, school(100)), territory)
    assert territory.counts().schools == 0


def test_progress_goes_from_nothing_to_everything(
    tmp_path: Path, territory: Territory
) -> None:
    seen: list[tuple[int, int]] = []
    path = directory(tmp_path, *map(school, range(100, 700)))
    import_annuaire(path, territory, lambda done, total: seen.append((done, total)))
    assert seen[0] == (0, 600)
    assert seen[-1] == (600, 600)
    assert seen == sorted(seen)


def test_the_log_keeps_what_was_imported(tmp_path: Path, territory: Territory) -> None:
    columns = (*COLUMNS_2024, "Perso", "Notes")
    path = directory(tmp_path, school(100), columns=columns)
    report = import_annuaire(path, territory)
    (logged,) = territory.imports()
    assert (logged.kind, logged.file, logged.added) == ("annuaire", "annuaire.csv", 1)
    assert logged.sha256 == report.sha256
    assert logged.ignored_columns == "Perso; Notes"
    assert report.ignored_columns == ("Perso", "Notes")
