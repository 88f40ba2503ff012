"""`diag bundle` and `diag sync --folder`, as two colleagues would use them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.audit.builders import SCHOOL, workspace
from tests.cli.running import Run, diag


def done(run: Run) -> str:
    assert run.code == 0, run.err
    return run.out


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path]]:
    """Give two workspaces that know each other's keys; one holds an audit."""
    home = tmp_path_factory.mktemp("pair")
    anne, bruno = home / "anne", home / "bruno"
    workspace(anne).close()
    workspace(bruno, author="u-2", seed=2).close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
        done(diag(anne, "audit", "start", SCHOOL))
        _meet(anne, bruno, "Bruno")
        _meet(bruno, anne, "Anne")
        yield anne, bruno


def _meet(one: Path, other: Path, name: str) -> None:
    key = json.loads(done(diag(other, "bundle", "keys", "--json")))["key"]
    assert "de vive voix" in done(diag(one, "bundle", "keys", "add", name, key))


def test_a_bundle_is_shown_read_and_undone(
    pair: tuple[Path, Path], tmp_path: Path
) -> None:
    (anne, bruno), path = pair, str(tmp_path / "a.diag")
    said = done(diag(anne, "bundle", "export", SCHOOL, "--to", "Bruno", path))
    assert "1 audit," in said
    assert diag(anne, "bundle", "export", "--all", "--to", "Bruno", path).code == 1
    seen = done(diag(bruno, "bundle", "import", path, "--preview"))
    assert "Paquet de Anne" in seen
    refused = done(diag(bruno, "bundle", "import", path, stdin="n\n"))
    assert "Rien n'a été lu." in refused
    assert "Aucun paquet" in done(diag(bruno, "bundle", "list"))
    read = json.loads(done(diag(bruno, "bundle", "import", path, "--yes", "--json")))
    assert sum(read["new"].values()) > 0
    assert read["name"] in done(diag(bruno, "bundle", "list"))
    assert "Paquet annulé" in done(diag(bruno, "bundle", "undo", read["name"]))
    assert "annulé" in done(diag(bruno, "bundle", "list"))


def test_a_folder_serves_instead_of_a_server(
    pair: tuple[Path, Path], tmp_path: Path
) -> None:
    (anne, bruno), folder = pair, tmp_path / "partage"
    missing = diag(anne, "sync", "--folder", str(folder))
    assert missing.code == 1
    assert "Rien n'a changé ici" in missing.err
    folder.mkdir()
    assert "Donné au dossier" in done(diag(anne, "sync", "--folder", str(folder)))
    assert "Paquet de Anne" in done(diag(bruno, "sync", "--folder", str(folder)))
    told = json.loads(done(diag(anne, "sync", "--folder", str(folder), "--json")))
    assert (told["refused"], told["written"]) == ([], None)


def test_what_is_no_bundle_is_refused_in_a_sentence(
    pair: tuple[Path, Path], tmp_path: Path
) -> None:
    (tmp_path / "x.diag").write_bytes(b"?")
    run = diag(pair[0], "bundle", "import", str(tmp_path / "x.diag"), "--yes")
    assert run.code == 1
    assert "ce n'est pas un paquet de diag" in run.err


def test_one_names_schools_or_all(pair: tuple[Path, Path], tmp_path: Path) -> None:
    path = str(tmp_path / "a.diag")
    assert diag(pair[0], "bundle", "export", "--to", "Bruno", path).code == 2
