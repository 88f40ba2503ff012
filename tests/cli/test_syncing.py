"""The hub and the laptops by their commands, as an administrator types them."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from diag.cli import diag as command
from diag.cli import speak_french
from diag.model.errors import DiagError
from diag.sync.hub.home import HubHome
from tests.audit.builders import OTHER, territory
from tests.cli.running import Run
from tests.sync.serving import free_port, served


def diag(folder: Path, *words: str) -> Run:
    """Run a command in this process: a start of Python each would take a minute."""
    speak_french()
    done = CliRunner().invoke(command, ["--workspace", str(folder), *words])
    if isinstance(done.exception, DiagError):
        return Run(1, done.stdout, str(done.exception))
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Run(done.exit_code, done.stdout, done.stderr)


def hub(folder: Path, *words: str) -> Run:
    return diag(folder, "hub", "--folder", str(folder / "hub"), *words)


@pytest.fixture
def office(tmp_path: Path) -> Path:
    url = f"https://127.0.0.1:{free_port()}"
    made = hub(tmp_path, "init", "--name", "Vallombre Numérique", "--url", url)
    assert made.code == 0, made.err
    taught = hub(tmp_path, "directory", str(territory().annuaire))
    assert "40 ajoutées" in taught.out
    return tmp_path


def invited(office: Path, person: str, *more: str) -> str:
    given = hub(office, "enrol", person, "--territory", "999", *more)
    assert given.code == 0, given.err
    return given.out.strip()


def laptop(office: Path, name: str) -> Path:
    folder = office / name
    diag(folder, "init", "--author", name, "--syndicat", "V", "--campaign", "2026-2027")
    diag(folder, "import", "annuaire", str(territory().annuaire))
    assert diag(folder, "sync", "enrol", invited(office, name)).code == 0
    return folder


def test_two_laptops_a_hub_lost_and_restored(office: Path) -> None:
    home = HubHome.open(office / "hub")
    with served(home):
        anne, bruno = laptop(office, "anne"), laptop(office, "bruno")
        diag(anne, "audit", "start", OTHER)
        first = diag(anne, "sync", "--json")
        assert json.loads(first.out)[0]["pushed"] > 1
        saved = hub(office, "backup")
        assert saved.code == 0, saved.err
        diag(anne, "audit", "answer", OTHER, "debit_descendant", "42")
        assert diag(anne, "sync").code == 0
        assert "1 modification pas encore" in waiting_after_answer(anne)
        listed = json.loads(hub(office, "devices", "--json").out)
        assert [one["person"] for one in listed] == ["anne", "bruno"]
    (office / "hub" / "hub.db").unlink()
    copied = saved.out.split(" : ")[1].strip()
    assert hub(office, "restore", copied).code == 0

    with served(home):
        for folder in (anne, bruno):
            done = diag(folder, "sync")
            assert done.code == 0, done.err
        told = diag(bruno, "audit", "history", OTHER)
        assert "42" in told.out
        assert hub(office, "revoke", "2").code == 0
        refused = diag(bruno, "sync")
        assert refused.code == 13
        assert "autorisé" in refused.out
        assert hub(office, "revoke", "2").code == 1
        erased = hub(office, "revoke", "2", "--erase-name")
        assert erased.code == 0
        assert "Nom effacé" in erased.out
        assert "(effacé)" in hub(office, "devices").out


def waiting_after_answer(folder: Path) -> str:
    diag(folder, "audit", "answer", OTHER, "debit_descendant", "43")
    return diag(folder, "sync", "status").out


def test_what_cannot_be_is_said(tmp_path: Path) -> None:
    assert "diag hub init" in hub(tmp_path, "serve").err
    bad = hub(tmp_path, "init", "--name", "x", "--url", "http://x")
    assert "n'est pas une adresse" in bad.err
    files = hub(tmp_path, "init", "--name", "x", "--url", "https://x", "--tls", "files")
    assert files.code == 2
    gone = hub(tmp_path, "restore", str(tmp_path / "rien.db"))
    assert "introuvable" in gone.err


def test_a_wrong_territory_or_a_second_hub_is_refused(office: Path) -> None:
    wrong = hub(office, "enrol", "Anne", "--territory", "Val d'Oise")
    again = hub(office, "init", "--name", "x", "--url", "https://x")

    empty = hub(office, "enrol", "Anne", "--territory", "95")

    assert "Territoire « Val d'Oise » inconnu" in wrong.err
    assert empty.code == 0
    assert "aucune école de l'annuaire du serveur n'est dans « 95 »" in empty.err
    assert "a déjà le poste" not in empty.err
    assert "contient déjà un serveur" in again.err


def test_a_hub_that_is_no_more_is_forgotten(office: Path) -> None:
    with served(HubHome.open(office / "hub")):
        anne = laptop(office, "anne")

    again = hub(office, "enrol", "anne", "--territory", "998", "--right", "read")
    assert "anne a déjà le poste 1 (999, write)" in again.err
    wrong = diag(anne, "sync", "forget", "Ailleurs")
    done = diag(anne, "sync", "forget", "Vallombre Numérique")

    assert wrong.code == 1
    assert "Vallombre Numérique, https://" in wrong.err
    assert "Oublié : Vallombre Numérique" in done.out
    assert "Aucun serveur" in diag(anne, "sync").err


def test_a_colleague_is_told_who_is_on_an_audit(office: Path) -> None:
    """Said at the office, seen at the next sync; it forbids nothing."""
    school, day = "9990148G", f"{datetime.now(UTC) + timedelta(days=9):%d/%m/%Y}"
    with served(HubHome.open(office / "hub")):
        anne, bruno = laptop(office, "anne"), laptop(office, "bruno")
        assert diag(anne, "audit", "start", school).code == 0
        said = diag(anne, "audit", "claim", school, "--until", day)
        assert f"vous y êtes jusqu'au {day}" in said.out, said.err
        assert diag(anne, "sync").code == 0

        synced = diag(bruno, "sync")
        diag(bruno, "audit", "claim", school)
        both = json.loads(diag(bruno, "audit", "list", "--json").out)
        none = diag(bruno, "conflicts")
        diag(bruno, "sync")
        diag(anne, "sync")
        left = diag(anne, "audit", "claim", school, "--release")

        assert f"anne y est jusqu'au {day}" in synced.out
        assert [one["by"] for one in both[0]["claims"]] == ["bruno", "anne"]
        assert "Aucun conflit" in none.out + none.err
        assert "bruno y est" in left.out
        assert "vous" not in left.out
        past = diag(anne, "audit", "claim", school, "--until", "01/01/2020")
        assert "est passé" in past.err
