"""`diag export …` as a person types it."""

from pathlib import Path

import pytest

from tests.audit.audited import audited_workspace
from tests.audit.builders import SCHOOL
from tests.cli.running import diag
from tests.documents.tables.reading import csv_records


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    audited_workspace(folder).close()
    return folder


@pytest.mark.parametrize(
    ("kind", "names", "said"),
    [
        ("basket", ["panier-par-article.csv", "panier.xlsx"], "articles"),
        ("tickets", ["tickets.csv", "tickets.xlsx", "tickets.md"], "tickets"),
        ("answers", ["reponses.csv", "reponses.xlsx", "reponses.json"], "--sensitive"),
        ("map", ["ecoles.geojson"], "40 écoles sur la carte"),
        ("glpi", ["glpi-inventaire.zip", "glpi-materiel.csv"], "30 appareils"),
    ],
)
def test_each_table_is_written_and_counted(
    home: Path, tmp_path: Path, kind: str, names: list[str], said: str
) -> None:
    out = tmp_path / "sortie"

    run = diag(home, "export", kind, "--all", "--out", str(out))

    assert run.code == 0, run.err
    assert {str(out / name) for name in names} <= set(run.out.splitlines())
    assert all((out / name).stat().st_size for name in names)
    assert "1 audit lu" in run.err
    assert said in run.err


def test_one_audit_goes_beside_its_reports_in_the_format_asked(home: Path) -> None:
    run = diag(home, "export", "tickets", SCHOOL, "--format", "csv")

    (line,) = run.out.splitlines()
    path = home / "exports" / f"{SCHOOL}-2026-2027" / "tickets.csv"
    assert line == str(path)
    assert csv_records(path.read_bytes())[0]["Sujet"] == SCHOOL


def test_neither_subject_nor_all_is_a_wrong_command_line(home: Path) -> None:
    nothing = diag(home, "export", "basket")
    both = diag(home, "export", "basket", SCHOOL, "--all")

    for run in (nothing, both):
        assert run.code == 2
        assert "Donnez un ou plusieurs sujets, ou --all." in run.err


def test_a_school_that_nobody_audited_is_refused(home: Path) -> None:
    run = diag(home, "export", "answers", "9990187Z")

    assert run.code == 1
    assert "diag audit start 9990187Z" in run.err
    assert run.out == ""


def test_a_tour_is_written_for_a_calendar_without_the_screens(
    home: Path, tmp_path: Path
) -> None:
    out = tmp_path / "sortie"
    words = ("export", "tour", SCHOOL.lower(), "--on", "1/12/2026", "--out", str(out))

    run = diag(home, *words)

    made = out / "tournee-2026-12-01.ics"
    assert (run.code, run.out.strip()) == (0, str(made))
    assert "DTSTART;VALUE=DATE:20261201" in made.read_text(encoding="utf-8")
    assert diag(home, "export", "tour", "0000000X").code == 1
    assert "tournée est vide" in diag(home, "export", "tour").err
