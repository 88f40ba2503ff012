"""Settings as a person types them: read again, changed, refused."""

from datetime import date
from pathlib import Path

import pytest

from diag.workspace.workspace import Workspace, World
from tests.audit.builders import SCHOOL, started, workspace
from tests.cli.running import diag


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A workspace with the invented schools and one audit opened."""
    with workspace(tmp_path / "home") as made:
        started(made)
    return tmp_path / "home"


def words(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines()]


def test_each_setting_is_changed_alone_and_the_author_stays_the_same(
    home: Path,
) -> None:
    first = diag(home, "settings", "--author", "Camille Perrin")
    assert ["Auteur", "Camille", "Perrin"] in words(first.out)
    assert ["Campagne", "2026-2027"] in words(first.out)
    changes = {
        "--syndicat": "Vallombre Numérique",
        "--campaign": "2027-2028",
        "--phone": "01 99 00 00 00",
        "--email": "accueil@vallombre.example",
    }
    for option, value in changes.items():
        assert value in diag(home, "settings", option, value).out
    with Workspace.open(home) as made:
        settings = made.settings
    assert (settings.author, settings.device) == ("u-1", "d-u-1")
    assert settings.people["u-1"] == "Camille Perrin"
    shown = diag(home, "settings").out
    assert all(value in shown for value in changes.values())
    assert "2027-2028" in diag(home, "score", SCHOOL).err


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (("--author", " "), "Le nom est vide"),
        (("--campaign", "2027"), "par exemple 2027-2028"),
        (("--siren", "123"), "SIREN"),
    ],
)
def test_what_is_refused_changes_nothing(
    home: Path, said: tuple[str, ...], told: str
) -> None:
    before = diag(home, "settings").out
    refused = diag(home, "settings", "--syndicat", "Autre", *said)
    assert refused.code == 1
    assert told in refused.err
    assert diag(home, "settings").out == before


def test_a_campaign_of_a_past_year_is_told_with_the_command_that_goes_on(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    year = date(2027, 8, 1)
    monkeypatch.setattr(
        "diag.workspace.workspace.World", lambda: World(today=lambda: year)
    )
    told = diag(home, "settings").err
    assert "a commencé : 2027-2028 (diag settings --campaign 2027-2028)" in told
    assert not diag(home, "settings", "--campaign", "2027-2028").err


def test_init_over_a_workspace_says_how_its_settings_are_changed(home: Path) -> None:
    assert "diag settings" in diag(home, "init", "--author", "X").err
