import sys
from pathlib import Path

import pytest

from diag.__main__ import command_line, main
from diag.model.errors import DiagError


def test_what_goes_wrong_with_the_screens_ends_as_a_sentence(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        command_line(DiagError("Le fichier est endommagé."))

    assert ended.value.code == 1
    assert "Le fichier est endommagé." in capsys.readouterr().err


def test_a_command_is_run_as_ever(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("DIAG_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["diag", "--help"])
    main()

    assert "Auditer le numérique des écoles" in capsys.readouterr().out


def test_without_a_terminal_the_help_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["diag"])
    main()

    assert "Auditer le numérique des écoles" in capsys.readouterr().out
