"""Official lists read from the command line: what is refused is told, and counts."""

from pathlib import Path

from tests.audit.builders import territory, workspace
from tests.cli.running import diag


def all_wrong(folder: Path, lines: int = 8) -> Path:
    """Write the invented directory's first schools, each with a wrong check letter."""
    text = territory().annuaire.read_text(encoding="utf-8-sig")
    head, *rows = text.splitlines()
    wrong = [row.replace(row[:8], f"{row[:7]}I", 1) for row in rows[:lines]]
    path = folder / "faux.csv"
    path.write_text("\n".join([head, *wrong]), encoding="utf-8")
    return path


def test_a_list_whose_every_line_is_refused_is_a_failure(tmp_path: Path) -> None:
    workspace(tmp_path / "home").close()
    path = all_wrong(tmp_path)

    short = diag(tmp_path / "home", "import", "annuaire", str(path))
    whole = diag(tmp_path / "home", "import", "annuaire", str(path), "--all")

    assert (short.code, whole.code) == (1, 1)
    assert "toutes les lignes lues sont refusées" in short.err
    assert len(whole.out) >= len(short.out)
    assert "de plus" not in whole.out


def test_a_list_of_titles_alone_is_a_failure(tmp_path: Path) -> None:
    workspace(tmp_path / "home").close()
    path = all_wrong(tmp_path, lines=0)

    found = diag(tmp_path / "home", "import", "annuaire", str(path))

    assert found.code == 1
    assert "le fichier n'a que sa ligne de titres" in found.err


def test_a_list_read_twice_is_no_failure(tmp_path: Path) -> None:
    workspace(tmp_path / "home").close()

    again = diag(tmp_path / "home", "import", "annuaire", str(territory().annuaire))

    assert again.code == 0
