import os
from datetime import date
from pathlib import Path

import pytest

from diag.imports.communes import import_communes, import_mairies
from diag.imports.intake import ImportReport, LineRefusal
from diag.imports.schools import import_annuaire
from diag.journal.journal import Journal
from diag.journal.territory import Territory
from diag.model.audit import TownHall
from tests.imports.builders import directory, school, write

DAY = date(2021, 3, 1)


@pytest.fixture(autouse=True)
def communes(tmp_path: Path, territory: Territory) -> None:
    text = (
        "code_insee;nom;departement\n02001;Sainte-Eulaline;02\n02002;Œuvremont;02\n"
        "22001;Montfort-l'Ombre;22\n22002;Val-Double;22\n22003;Val double;22\n"
    )
    import_communes(write(tmp_path, text), territory)


def imported(
    folder: Path, territory: Territory, *lines: str, day: date | None = DAY
) -> ImportReport:
    path = write(folder, "\n".join(("département,commune,email", *lines, "")))
    return import_mairies(path, territory, source_date=day)


def hall(territory: Territory, insee: str) -> TownHall:
    found = territory.town_hall(insee)
    assert found is not None
    return found


def test_names_are_matched_within_the_department_however_written(
    tmp_path: Path, territory: Territory
) -> None:
    report = imported(
        tmp_path,
        territory,
        "02,Mairie - STE EULALINE,mairie@ste-eulaline.example",
        "2,Mairie - Oeuvremont,mairie@oeuvremont.example",
        "22,Mairie - Montfort l’Ombre,mairie@montfort.example",
    )
    assert (report.added, report.refused, report.remarks) == (3, (), ())
    assert hall(territory, "02001") == TownHall(
        insee="02001",
        name="Sainte-Eulaline",
        email="mairie@ste-eulaline.example",
        source_date="2021-03-01",
    )


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("inconnu", "adresse inconnue"),
        ("https://www.oeuvremont.example/contact", "page web"),
        ("oeuvremont.mairie@orange", "adresse mal formée"),
        ("mairie@orange.", "adresse mal formée"),
    ],
)
def test_what_is_no_address_is_kept_out_with_its_reason(
    tmp_path: Path, territory: Territory, written: str, problem: str
) -> None:
    report = imported(tmp_path, territory, f"02,Mairie - Œuvremont,{written}")
    found = hall(territory, "02002")
    assert (found.email, found.problem) == ("", problem)
    assert report.remarks == (LineRefusal(2, "Mairie - Œuvremont (02)", problem),)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (
            "02,Mairie déléguée - Œuvremont,a@b.example",
            "mairie déléguée : non celle de la commune",
        ),
        (
            "02,Mairie  déléguée - Bas - Œuvremont,a@b.example",
            "mairie déléguée : non celle de la commune",
        ),
        (
            "02,Mairie - Vieux-Bourg,a@b.example",
            "aucune commune actuelle de ce nom (fusion ?)",
        ),
        (
            "02,Mairie - Montfort-l'Ombre,a@b.example",
            "aucune commune actuelle de ce nom (fusion ?)",
        ),
        (
            "22,Mairie - Val Double,a@b.example",
            "plusieurs communes de ce nom dans le département",
        ),
        (
            "75,Mairie - Ailleurs,a@b.example",
            (
                "aucune commune connue dans le département « 075 » : importez d'abord "
                "les communes"
            ),
        ),
        ("?,Mairie - X,a@b.example", "« ? » n'est pas un code de département"),
    ],
)
def test_a_line_that_is_no_commune_s_is_refused_with_its_reason(
    tmp_path: Path, territory: Territory, line: str, reason: str
) -> None:
    report = imported(tmp_path, territory, line)
    (refused,) = report.refused
    assert (refused.line, refused.reason) == (2, reason)
    assert refused.item.startswith("Mairie")
    assert territory.counts().town_halls == 0


def test_a_shared_address_is_kept_and_said_for_each(
    tmp_path: Path, territory: Territory
) -> None:
    report = imported(
        tmp_path,
        territory,
        "02,Mairie - Œuvremont,RPI@ombre.example",
        "02,Mairie - Sainte-Eulaline,rpi@ombre.example",
    )
    assert [remark.reason for remark in report.remarks] == [
        "courriel partagé par plusieurs communes"
    ] * 2
    assert hall(territory, "02001").email == "rpi@ombre.example"


def test_a_commune_twice_there_keeps_its_first_valid_address(
    tmp_path: Path, territory: Territory
) -> None:
    report = imported(
        tmp_path,
        territory,
        "02,Mairie - Œuvremont,inconnu",
        "02,Mairie - Œuvremont,mairie@oeuvremont.example",
        "02,Mairie - Œuvremont,autre@oeuvremont.example",
    )
    assert hall(territory, "02002").email == "mairie@oeuvremont.example"
    assert [remark[::2] for remark in report.remarks] == [
        (line, "commune en double, une seule adresse est gardée") for line in (3, 4)
    ]


def test_without_a_date_the_file_s_own_is_taken_and_said(
    tmp_path: Path, territory: Territory
) -> None:
    line = "02,Mairie - Œuvremont,mairie@oeuvremont.example"
    path = write(tmp_path, f"département,commune,email\n{line}\n")
    os.utime(path, (1_600_000_000, 1_600_000_000))
    report = import_mairies(path, territory)
    assert hall(territory, "02002").source_date == "2020-09-13"
    (warning,) = report.warnings
    assert "13/09/2020, celle du fichier sur ce disque" in warning
    assert "celle du fichier sur ce disque" in warning


def test_an_older_file_changes_nothing(tmp_path: Path, territory: Territory) -> None:
    line = "02,Mairie - Œuvremont,{}@oeuvremont.example"
    imported(tmp_path, territory, line.format("neuve"))
    older = imported(tmp_path, territory, line.format("vieille"), day=date(2019, 1, 1))
    assert older.changed_nothing
    assert older.skipped == (("adresse plus ancienne que celle du territoire", 1),)
    assert hall(territory, "02002").email == "neuve@oeuvremont.example"


def test_a_newer_file_changes_address_and_date(
    tmp_path: Path, territory: Territory
) -> None:
    line = "02,Mairie - Œuvremont,{}@oeuvremont.example"
    imported(tmp_path, territory, line.format("vieille"))
    newer = imported(tmp_path, territory, line.format("neuve"), day=date(2026, 1, 1))
    ((key, fields),) = newer.changes
    assert (key, fields["email"][1]) == ("02002", "neuve@oeuvremont.example")
    assert fields["source_date"] == ("2021-03-01", "2026-01-01")


def test_a_commune_that_the_code_no_longer_holds_is_not_matched_by_its_school(
    tmp_path: Path, territory: Territory
) -> None:
    merged = school(100, Nom_commune="Vieux-Bourg", Code_commune="02999")
    import_annuaire(directory(tmp_path, merged), territory)
    report = imported(tmp_path, territory, "02,Mairie - Vieux-Bourg,a@b.example")
    assert report.refused[0].reason == "aucune commune actuelle de ce nom (fusion ?)"


def test_communes_known_by_a_school_only_are_matched_with_a_warning(
    tmp_path: Path,
) -> None:
    line = "999,Mairie - Valbrise,mairie@valbrise.example"
    (tmp_path / "other").mkdir()
    with Journal.open(tmp_path / "other") as journal:
        elsewhere = Territory(journal.connection)
        import_annuaire(directory(tmp_path, school(100)), elsewhere)
        report = imported(tmp_path, elsewhere, line)
    assert report.added == 1
    assert "Le code des communes n'est pas importé" in report.warnings[0]
