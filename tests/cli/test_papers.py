"""`diag synthesis` and `diag draft` as a person types them."""

from pathlib import Path

import pytest

from tests.audit.audited import audited_workspace
from tests.audit.builders import OTHER, SCHOOL
from tests.cli.running import diag


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    audited_workspace(folder).close()
    return folder


def test_a_synthesis_is_written_in_the_forms_asked(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "sortie"

    run = diag(
        home,
        *("synthesis", "territoire", "--format", "md", "--format", "odt"),
        *("--out", str(out), "--date", "05/10/2026"),
    )

    assert run.code == 0, run.err
    (inside,) = out.iterdir()
    names = ("synthese.md", "synthese.odt")
    assert run.out.split() == [str(inside / name) for name in names]
    assert "Provisoire" in run.err
    assert "5\u00a0octobre\u00a02026" in (inside / "synthese.md").read_text("utf-8")


def test_several_scopes_share_a_folder_and_overwrite_nothing(
    home: Path, tmp_path: Path
) -> None:
    out = ("--format", "md", "--out", str(tmp_path / "sortie"))
    assert diag(home, "audit", "start", OTHER).code == 0
    for scope in ("territoire", "commune:99903"):
        assert diag(home, "synthesis", scope, *out).code == 0
    for school in (SCHOOL, OTHER):
        assert diag(home, "report", school, "--audience", "mairie", *out).code == 0
        assert diag(home, "draft", "projet", school, *out).code == 0
    for name in ("synthese", "mairie", "projet"):
        assert len(list((tmp_path / "sortie").glob(f"*/{name}.md"))) == 2, name


def test_what_somebody_changed_is_set_aside_and_never_lost(
    home: Path, tmp_path: Path
) -> None:
    """The secretary corrects the draft; it is written again."""
    asked = ("draft", "note", SCHOOL, "--format", "md", "--out", str(tmp_path / "o"))
    assert diag(home, *asked).code == 0
    (path,) = tmp_path.rglob("note.md")
    ours = path.read_bytes()
    assert "gardé" not in diag(home, *asked).err

    path.write_text("corrigé", "utf-8")
    assert "gardé sous note.garde-1.md" in diag(home, *asked).err
    assert path.read_bytes() == ours
    assert path.with_name("note.garde-1.md").read_text("utf-8") == "corrigé"

    assert "gardé" not in diag(home, *asked, "--date", "01/12/2026").err
    assert path.read_bytes() != ours


def test_a_draft_goes_beside_the_reports(home: Path) -> None:
    run = diag(home, "draft", "convention", SCHOOL, "--format", "html")

    path = home / "exports" / f"{SCHOOL}-2026-2027" / "convention.html"
    assert run.code == 0, run.err
    assert run.out.strip() == str(path)
    assert path.read_text("utf-8").startswith("<!DOCTYPE html>")


def test_a_wrong_subject_is_a_sentence_with_a_way_out(home: Path) -> None:
    one = diag(home, "synthesis", SCHOOL)
    two = diag(home, "draft", "projet", "commune:99903")
    three = diag(home, "draft", "poeme", SCHOOL)

    assert (one.code, two.code, three.code) == (1, 1, 2)
    assert f"diag report {SCHOOL}" in one.err
    assert "donnez son UAI" in two.err
    assert "compte-rendu" in three.err
