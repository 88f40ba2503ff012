"""`diag atlas` as a person types it."""

from pathlib import Path

import pytest

from tests.audit.audited import audited_workspace
from tests.cli.running import diag


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    audited_workspace(folder).close()
    return folder


def test_the_atlas_is_written_and_counted(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "atlas"

    run = diag(home, "atlas", str(out), "--view", "mairie:99903", "--format", "html")

    assert run.code == 0, run.err
    assert run.out.strip() == str(out / "index.html")
    assert "5 écoles" in run.err
    assert "Pour : Mairie de Courvaux-sur-Ombre." in run.err
    assert not list(out.rglob("*.pdf"))


def test_a_folder_of_one_s_own_is_refused_in_one_sentence(home: Path) -> None:
    run = diag(home, "atlas", str(home))

    assert run.code == 1
    assert "rien n'a été touché" in run.err
    assert run.out == ""
