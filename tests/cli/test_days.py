"""Days, names and files that the command line refuses, each with its sentence."""

import errno
from pathlib import Path

import pytest

from diag.audit.session import open_session
from diag.words.sentences import system_sentence
from diag.workspace.workspace import Workspace
from tests.audit.builders import SCHOOL, started, workspace
from tests.cli.running import diag


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A workspace with one audit opened."""
    with workspace(tmp_path / "home") as made:
        started(made)
    return tmp_path / "home"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("report", SCHOOL, "--date", "9999-12-31"), "hors limites"),
        (("audit", "visit", SCHOOL, "--date", "01/01/1066"), "hors limites"),
        (("audit", "follow", SCHOOL, "x", "faite", "--on", "9999-12-31"), "hors limit"),
        (("report", SCHOOL, "--date", "demain"), "n'est pas une date"),
        (("report", "--help"), "JJ/MM/AAAA"),
    ],
)
def test_a_day_is_told_and_refused_in_french(
    home: Path, words: tuple[str, ...], said: str
) -> None:
    run = diag(home, *words)

    assert said in run.out + run.err
    assert "match" not in run.err
    assert "Traceback" not in run.err


def test_a_visit_is_past_noted_once_a_day_and_corrected(home: Path) -> None:
    visit = ("audit", "visit", SCHOOL)
    assert "est à venir" in diag(home, *visit, "--date", "31/12/2099").err
    first = diag(home, *visit, "--date", "01/10/2026", "--met", "le maire")
    assert first.out == "Visite enregistrée : 01/10/2026\n"
    again = diag(home, *visit, "--date", "01/10/2026")
    correct = ("--correct", "01/10/2026")
    assert " ".join((*visit, *correct)) in again.err
    assert "Notées : 01/10/2026" in diag(home, *visit, "--correct", "02/10/2026").err

    assert diag(home, *visit, *correct, "--date", "30/09/2026").code == 0

    with Workspace.open(home) as made:
        (kept,) = open_session(made, SCHOOL).visits
    assert (kept.date, kept.met) == ("2026-09-30", ("le maire",))


def test_a_place_s_name_has_a_length(home: Path) -> None:
    run = diag(home, "audit", "place", SCHOOL, "add", "salle", "x" * 201)

    assert run.code == 1
    assert "201 caractères, 200 admis" in run.err


def test_an_export_replaces_a_file_only_when_told(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("précieux", encoding="utf-8")

    kept = diag(home, "audit", "export", SCHOOL, str(path))
    assert kept.code == 1
    assert "--force" in kept.err
    assert path.read_text(encoding="utf-8") == "précieux"

    assert diag(home, "audit", "export", SCHOOL, str(path), "--force").code == 0


def test_answers_without_an_input_are_refused_with_a_sentence(home: Path) -> None:
    run = diag(home, "audit", "answer", SCHOOL, "-", stdin=None)

    assert run.code == 1
    assert "entrée standard est fermée" in run.err


def test_a_full_disk_is_told_in_french() -> None:
    told = system_sentence(OSError(errno.ENOSPC, "No space left on device", "a.json"))

    assert told == (
        "a.json : le disque est plein. Libérez de la place, puis recommencez."
    )
