from pathlib import Path

import pytest
from click.testing import CliRunner

from diag.checklist import shipped_checklists
from diag.cli import diag
from diag.workspace.checking import french_dictionary, problems_in, respelled
from tests.audit.small_edition import ship_folder
from tests.rules.written import FILES

AFFIXES = "SET UTF-8\nSFX S Y 1\nSFX S 0 s .\n"
WORDS = "3\nécole/S\nune\nsalle/S\n"


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Install a dictionary of three words."""
    (tmp_path / "fr.aff").write_text(AFFIXES, encoding="utf-8")
    (tmp_path / "fr.dic").write_text(WORDS, encoding="utf-8")
    monkeypatch.setenv("DICPATH", str(tmp_path))
    return tmp_path


def few_checklists(folder: Path) -> Path:
    """Write checklists that are linted in no time."""
    grilles = folder / "peu"
    grilles.mkdir()
    for name, text in FILES.items():
        judged = text.partition("\nexamples:")[0]
        (grilles / name).write_text(f"{judged}\n", encoding="utf-8")
    return grilles


@pytest.mark.usefixtures("small")
def test_a_dictionary_is_found_where_one_says() -> None:
    knows = french_dictionary(())
    assert knows is not None
    assert [word for word in ("écoles", "École", "salle", "sale") if knows(word)] == [
        "écoles",
        "École",
        "salle",
    ]


def test_none_is_found_where_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DICPATH", raising=False)
    assert french_dictionary(()) is None


@pytest.mark.usefixtures("small")
def test_misspellings_are_told_by_the_command_beside_the_rest(tmp_path: Path) -> None:
    folder = tmp_path / "grilles"
    folder.mkdir()
    (folder / "mots.txt").write_text("Wi-Fi\n", encoding="utf-8")
    (folder / "reseau.yaml").write_text(
        'domain: {id: reseau, title: "Une écolle, une salle, le Wi-Fi", weight: 1}\n',
        encoding="utf-8",
    )
    told = CliRunner().invoke(diag, ["check", str(folder), "--spelling"])
    assert "« écolle » n'est pas au dictionnaire" in told.output
    assert "« le » n'est pas au dictionnaire" in told.output
    assert "Wi-Fi" not in told.output.replace(str(folder), "").split("écolle")[0]


@pytest.mark.usefixtures("small")
def test_only_what_a_syndicat_wrote_is_read_with_its_own_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = few_checklists(tmp_path)
    ship_folder(few, monkeypatch)
    own = tmp_path / "espace" / "overlay"
    own.mkdir(parents=True)
    (own / "mots.txt").write_text("Zzyzx\n", encoding="utf-8")
    (own / "local.yaml").write_text(
        'criteria:\n  - {id: debit-suffisant, title: "Une écolle Zzyzx"}\n',
        encoding="utf-8",
    )
    home = ["--workspace", str(own.parent)]
    made = ["init", "--author", "A B", "--syndicat", "S"]
    assert CliRunner().invoke(diag, [*home, *made]).exit_code == 0
    words = [*home, "checklists", "check", "--spelling"]
    told = CliRunner().invoke(diag, words)
    assert told.exit_code == 0, told.output
    assert "overlay/local.yaml:2 : avertissement : critère « debit" in told.output
    assert told.output.count("n'est pas au dictionnaire") == 1
    assert "« écolle »" in told.output


def test_it_says_so_when_no_dictionary_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("diag.workspace.checking.french_dictionary", lambda: None)
    few = str(few_checklists(tmp_path))
    told = CliRunner().invoke(diag, ["check", few, "--spelling"])
    assert told.exit_code == 0
    assert "Orthographe non relue" in told.output
    assert "hunspell-fr" in told.output


@pytest.mark.long
def test_the_shipped_checklists_are_spelled_right() -> None:
    """Ten seconds: a whole dictionary, five thousand words, in Python."""
    found = respelled(shipped_checklists(), problems_in(shipped_checklists()))
    if found is None:
        pytest.skip("no French dictionary here: hunspell-fr brings one")
    assert not found.problems
