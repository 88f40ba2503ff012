"""`diag audit upgrade`: previewed, done, undone, by command."""

import json
from pathlib import Path

import pytest

from diag.demo.territory import write_fictional_territory
from tests.audit.small_edition import ship
from tests.cli.running import diag

SCHOOL = "9990148G"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    ship(tmp_path / "grilles", monkeypatch)
    folder = tmp_path / "espace"
    files = write_fictional_territory(tmp_path / "fichiers")
    assert diag(folder, "init", "--author", "A B", "--syndicat", "S").code == 0
    assert diag(folder, "import", "annuaire", str(files.annuaire)).code == 0
    assert diag(folder, "audit", "start", SCHOOL).code == 0
    return folder


def test_an_audit_passes_to_the_syndicat_s_own_edition_and_back(home: Path) -> None:
    same = diag(home, "audit", "upgrade", SCHOOL, "--dry-run")
    assert same.code == 1
    assert "emploie déjà cette édition" in same.err
    (home / "overlay").mkdir()
    (home / "overlay" / "local.yaml").write_text(
        "criteria:\n  - {id: debit-suffisant, weight: 3}\n", encoding="utf-8"
    )
    dry = diag(home, "audit", "upgrade", SCHOOL, "--dry-run")
    assert dry.code == 0, dry.err
    assert "À redemander : 0" in dry.out
    assert "Rien n'est changé" in dry.out
    before = json.loads(diag(home, "audit", "status", SCHOOL, "--json").out)
    done = diag(home, "audit", "upgrade", SCHOOL, "--json")
    told = json.loads(done.out)
    assert told["done"]
    after = json.loads(diag(home, "audit", "status", SCHOOL, "--json").out)
    assert after["edition"] == told["new"] != before["edition"]
    assert after["revisions"] == before["revisions"] + 1
    assert diag(home, "audit", "undo", SCHOOL).code == 0
    back = json.loads(diag(home, "audit", "status", SCHOOL, "--json").out)
    assert back["edition"] == before["edition"]
