from dataclasses import replace
from pathlib import Path

from diag.demo.territory import uai
from diag.imports.intake import ImportReport, LineRefusal, Repair, account
from diag.imports.schools import import_annuaire
from diag.journal.territory import Territory
from tests.imports.builders import directory, school

REPORT = ImportReport(
    kind="annuaire",
    file="annuaire.csv",
    encoding="UTF-8",
    sha256="0" * 64,
    unit="ligne",
    rows=44,
    added=40,
    changed=1,
    unchanged=0,
    vanished=2,
)


def test_counts_come_first_and_only_what_there_is() -> None:
    assert account(REPORT) == (
        "annuaire.csv : 44 lignes, UTF-8",
        "Écoles : 40 ajoutées, 1 modifiée, 2 disparues.",
    )


def test_thousands_are_spaced() -> None:
    many = replace(REPORT, rows=2704, added=2600, skipped=(("Collège", 1117),))
    assert account(many) == (
        "annuaire.csv : 2\u202f704 lignes, UTF-8",
        "Écoles : 2\u202f600 ajoutées, 1 modifiée, 2 disparues.",
        "Laissées de côté : Collège (1\u202f117)",
    )
    rehearsed = account(replace(many, is_rehearsal=True))
    assert rehearsed[1].startswith("Écoles : 2\u202f600 à ajouter")
    refused = tuple(LineRefusal(line, "", "usuel") for line in range(2, 1206))
    assert account(replace(REPORT, refused=refused), examples=1)[-1] == (
        "Refusé : usuel — ligne 2 et 1\u202f203 de plus"
    )


def test_nothing_changed_is_not_nothing_imported() -> None:
    nothing = replace(REPORT, added=0, changed=0, vanished=0)
    assert account(nothing)[1] == "Écoles : rien n'a été importé."
    known = replace(nothing, unchanged=40)
    told = "Écoles : rien n'a changé, le territoire savait déjà tout."
    assert account(known)[1] == told


def test_every_matter_is_told_with_its_place() -> None:
    report = replace(
        REPORT,
        warnings=("Ce fichier a déjà été importé le 21/09/2026.",),
        vanished_items=("9990100E", "9990103H"),
        returned_items=("9990106L",),
        unknown_items=("9990109P",),
        skipped=(("Collège", 2), ("Lycée", 1)),
        repaired=(
            Repair(2, "9990100E", "Code_postal", "9130", "09130"),
            Repair(3, "9990103H", "Code_postal", "9131", "09131"),
            Repair(2, "9990100E", "SIREN_SIRET", "2,1E+13", ""),
        ),
        refused=(LineRefusal(7, "Ecole X", "nom de la commune vide"),),
        remarks=(LineRefusal(9, "9990106L Ecole Y", "UAI en double"),),
        ignored_columns=("Perso",),
    )
    assert account(report)[2:] == (
        "1 ligne refusée, rien n'en est pris.",
        "Ce fichier a déjà été importé le 21/09/2026.",
        (
            "Absentes du fichier, sans doute fermées (rien n'est effacé) : "
            "9990100E ; 9990103H"
        ),
        "De retour dans le fichier : 9990106L",
        "Inconnues du territoire, laissées : 9990109P",
        "Laissées de côté : Collège (2), Lycée (1)",
        "Réparé : Code_postal, 2 cellules (ligne 2 : « 9130 » lu 09130)",
        (
            "Illisible, laissé vide ou tel qu'il était connu : SIREN_SIRET, 1 cellule "
            "(ligne 2 : « 2,1E+13 »)"
        ),
        "Refusé : nom de la commune vide — ligne 7 Ecole X",
        "À savoir : UAI en double — ligne 9 9990106L Ecole Y",
        "Colonnes inconnues, ignorées : Perso",
    )


def test_long_lists_are_cut_and_the_most_frequent_reason_comes_first() -> None:
    refused = [
        LineRefusal(1, "", "rare"),
        *(LineRefusal(n, "", "usuel") for n in range(2, 9)),
    ]
    lines = account(replace(REPORT, refused=tuple(refused)), examples=2)
    assert lines[2:] == (
        "8 lignes refusées, rien n'en est pris.",
        "Refusé : usuel — ligne 2, ligne 3 et 5 de plus",
        "Refusé : rare — ligne 1",
    )


def test_a_rehearsal_tells_each_field_and_changes_nothing(
    tmp_path: Path, territory: Territory
) -> None:
    old = [school(n, Telephone="0100000001") for n in (100, 103, 106)]
    import_annuaire(directory(tmp_path, *old), territory)
    new = directory(
        tmp_path,
        school(100, Telephone="0100000002", Ecole_maternelle="0"),
        school(106, Telephone="0100000001", date_maj_ligne="2026-09-20"),
        school(109, Telephone="0100000001"),
        school(112, Nom_commune=""),
    )
    before = list(territory._connection.iterdump())
    with territory.rehearsal():
        report = import_annuaire(new, territory)
    assert list(territory._connection.iterdump()) == before
    assert account(report)[1:] == (
        "Écoles : 1 à ajouter, 2 à modifier, 1 à marquer « fermée ? ».",
        "1 ligne refusée, rien n'en est pris.",
        "À ajouter (1) :",
        f"  {uai(109)} École primaire 109, Valbrise",
        "À modifier (1) :",
        (
            f"  {uai(100)} École primaire 100, Valbrise\n"
            "    maternelle : oui → non\n"
            "    téléphone : 0100000001 → 0100000002"
        ),
        "À modifier, la date seule : 1",
        (
            "Absentes du fichier, sans doute fermées (rien n'est effacé) : "
            f"{uai(103)} École primaire 103, Valbrise"
        ),
        f"Refusé : nom de la commune vide — ligne 5 {uai(112)}",
    )
    done = import_annuaire(new, territory)
    assert replace(done, is_rehearsal=True) == report, "it does what it told"
    assert list(territory._connection.iterdump()) != before
