"""Which checklists judge: the shipped ones, the syndicat's own laid over them."""

from pathlib import Path

import pytest

from diag.workspace.editions import current, shipped_edition
from diag.workspace.workspace import Workspace
from tests.audit.small_edition import ship

WEIGHT = "prices:\n  - {id: prise_rj45, note: Tarif du marché}\n"


@pytest.fixture(autouse=True)
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return ship(tmp_path / "livrees", monkeypatch)


def written(desk: Workspace, text: str, name: str = "local.yaml") -> Path:
    folder = desk.overlay
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_without_changes_the_shipped_edition_judges(desk: Workspace) -> None:
    found = current(desk)
    assert found.digest == shipped_edition(desk)
    assert found.notice == ""


def test_changes_make_another_edition_kept_by_its_digest(desk: Workspace) -> None:
    written(desk, WEIGHT)
    found = current(desk)
    assert found.notice == ""
    assert found.digest != shipped_edition(desk)
    checklist = desk.editions.open(found.digest)
    assert checklist.prices["prise_rj45"].note == "Tarif du marché"
    assert checklist.version.endswith(" adaptée")
    assert current(desk).digest == found.digest


def test_a_broken_change_leaves_the_shipped_edition_and_is_said(
    desk: Workspace,
) -> None:
    broken = written(desk, "prices:\n  - {id: prise_rj45, typical: cher}\n")
    found = current(desk)
    assert found.digest == shipped_edition(desk)
    assert "overlay/local.yaml:2" in found.notice
    assert "ne sont pas employées" in found.notice
    assert "diag checklists check" in found.notice
    broken.write_text(WEIGHT, encoding="utf-8")
    assert current(desk).notice == ""
