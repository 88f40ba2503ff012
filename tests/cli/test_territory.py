"""Official lists read from the command line: what is refused is told, and counts."""

import os
import sys
from pathlib import Path

import pytest
from click.shell_completion import ZshComplete

from diag.cli import diag as command
from tests.audit.builders import SCHOOL, territory, workspace
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


def test_a_dry_run_tells_and_keeps_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    workspace(home).close()
    text = territory().annuaire.read_text(encoding="utf-8-sig")
    path = tmp_path / "annuaire.csv"
    path.write_text(text.replace(";OUVERT;", ";A FERMER;"), encoding="utf-8")

    tried = diag(home, "import", "annuaire", str(path), "--dry-run")
    lines = diag(home, "schools", "valbrise").out.splitlines()
    diag(home, "import", "annuaire", str(path))
    closing = diag(home, "schools", "valbrise").out.splitlines()

    assert "    état : OUVERT → A FERMER" in tried.out.splitlines()
    assert tried.out.endswith("la même ligne sans --dry-run.\n")
    assert not any("va fermer" in line for line in lines)
    assert all("va fermer" in line for line in closing)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems name in Unicode")
def test_a_list_from_an_old_stick_is_read_whatever_its_name_is(tmp_path: Path) -> None:
    """« é » in Latin-1: the name came into the journal, which holds UTF-8."""
    workspace(tmp_path / "home").close()
    path = tmp_path / os.fsdecode(b"\xe9coles\x1b[31m.csv")
    path.write_bytes(territory().annuaire.read_bytes())

    read = diag(tmp_path / "home", "import", "annuaire", str(path))

    assert read.code == 0
    assert "?coles[31m.csv" in read.out
    again = diag(tmp_path / "home", "import", "annuaire", str(path))
    assert "déjà été importé" in again.out


@pytest.mark.skipif(sys.platform != "linux", reason="other systems name in Unicode")
def test_a_workspace_that_sqlite_cannot_name_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"\xe9cole")
    found = diag(folder, "init", "--author", "Zoé")
    assert (found.code, folder.exists()) == (1, False)
    assert "UTF-8" in found.err


def test_the_campaign_is_read_wherever_it_stands(tmp_path: Path) -> None:
    workspace(tmp_path).close()
    diag(tmp_path, "audit", "start", SCHOOL, "--campaign", "2025-2026")
    place, campaign = ("audit", "place"), ("--campaign", "2025-2026")
    said = [
        diag(tmp_path, *place, *words, "--json")
        for words in (
            (*campaign, SCHOOL, "list"),
            (SCHOOL, *campaign, "list"),
            (SCHOOL, "list", *campaign),
            (SCHOOL, "list", "=".join(campaign)),
        )
    ]
    assert [one.code for one in said] == [0] * 4
    assert len({one.out for one in said}) == 1
    unlike = diag(tmp_path, *place, SCHOOL, "list", "--campaign", "2024-2025")
    assert "dans la campagne 2024-2025" in unlike.err


def offered(*words: str) -> dict[str, str]:
    """Return what a shell offers for the last word, and its help."""
    shell = ZshComplete(command, {}, "diag", "_DIAG_COMPLETE")
    found = shell.get_completions(list(words[:-1]), words[-1])
    return {one.value: str(one.help) for one in found}


def test_a_shell_completes_schools_and_questions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace(tmp_path).close()
    monkeypatch.setenv("DIAG_HOME", str(tmp_path))
    assert "Courvaux" in offered("score", SCHOOL[:6])[SCHOOL]
    assert offered("score", "0750001") == {}
    for words in (
        ("audit", "answer", SCHOOL),
        ("audit", "note", SCHOOL),
        ("audit", "photo", SCHOOL, "add", "a.jpg", "--question"),
    ):
        found = offered(*words, "acces_")
        assert "acces_internet" in found
        assert all(name.startswith("acces_") for name in found)
    assert offered("--workspace", str(tmp_path / "rien"), "score", "9") == {}
