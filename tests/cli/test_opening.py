from pathlib import Path

from click.testing import CliRunner

from diag.cli import diag, speak_french
from tests.cli import running


def test_without_a_command_and_without_a_terminal_the_help_is_printed() -> None:
    speak_french()
    run = CliRunner().invoke(diag, [])

    assert run.exit_code == 0
    told = " ".join(run.output.split())
    assert "Sans commande, sur un terminal : ouvre les écrans." in told


def test_a_demonstration_is_made_where_workspace_says(tmp_path: Path) -> None:
    (tmp_path / "ici").mkdir()
    (tmp_path / "ici" / "lettre.txt").write_text("à moi", encoding="utf-8")
    chosen = "--workspace", str(tmp_path / "ici"), "demo"

    run = running.diag(tmp_path, *chosen)
    assert run.code == 1
    assert f"{tmp_path / 'ici'} contient autre chose qu'une démonstration" in run.err

    run = running.diag(tmp_path, *chosen, "--dir", str(tmp_path / "la"))
    assert run.code == 2
    assert "gardez l'un des deux" in run.err
    assert not (tmp_path / "la").exists()
