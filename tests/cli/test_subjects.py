"""Every command that takes a school takes a commune or a syndicat."""

import json
from pathlib import Path

import pytest

from diag.demo.territory import with_key
from tests.audit.builders import OTHER, SCHOOL, workspace
from tests.cli.running import Run, diag

SIREN = with_key("25990001")


def done(run: Run) -> str:
    assert run.code == 0, run.err
    return run.out


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("subjects")
    workspace(folder).close()
    return folder


@pytest.fixture(scope="module")
def commune(home: Path) -> str:
    (found,) = json.loads(done(diag(home, "schools", "marronniers", "--json")))
    ref = f"commune:{found['insee']}"
    said = done(diag(home, "audit", "start", ref))
    assert said.startswith("Audit ouvert : Commune d")
    return ref


def test_a_commune_is_asked_answered_and_judged(home: Path, commune: str) -> None:
    asked = json.loads(done(diag(home, "audit", "questions", commune, "--json")))
    assert asked
    first = asked[0]["id"]
    done(diag(home, "audit", "answer", commune, first, "--state", "unknown"))
    score = json.loads(done(diag(home, "score", commune, "--json")))
    assert (score["subject"], score["uai"]) == (commune, None)
    criterion = next(iter(score["criteria"]))
    assert "facts" in json.dumps(
        json.loads(done(diag(home, "why", commune, criterion, "--json")))
    )
    assert "Commune d" in done(diag(home, "audit", "status", commune))
    assert commune in done(diag(home, "audit", "list"))


def test_a_commune_has_its_four_documents(
    home: Path, commune: str, tmp_path: Path
) -> None:
    done(diag(home, "report", commune, "--out", str(tmp_path)))
    texts = [path.read_text(encoding="utf-8") for path in tmp_path.rglob("*.md")]
    assert len(texts) == 4
    assert all("Code INSEE" in text for text in texts)


def test_a_commune_is_visited_line_by_line(home: Path, commune: str) -> None:
    run = diag(home, "visit", commune, "--text", stdin=":reste\n:fin\n")
    assert run.code == 0, run.err
    assert run.out.startswith("Commune d")


def test_a_commune_holds_no_room(home: Path, commune: str) -> None:
    run = diag(home, "audit", "place", commune, "add", "salle", "CP")
    assert run.code == 1
    assert "ne se range pas dans" in run.err


def test_the_syndicat_s_number_is_given_once(home: Path) -> None:
    assert "SIREN" in diag(home, "audit", "start", "syndicat").err
    done(diag(home, "audit", "start", f"syndicat:{SIREN}"))
    assert SIREN in done(diag(home, "audit", "start", "syndicat"))


def test_the_length_of_a_visit_is_chosen_and_told(home: Path) -> None:
    done(diag(home, "audit", "start", SCHOOL))
    said = done(diag(home, "audit", "profile", SCHOOL, "court"))
    assert "\n*  30 min  " in said
    done(diag(home, "audit", "profile", SCHOOL, "60"))
    told = json.loads(done(diag(home, "audit", "profile", SCHOOL, "--json")))
    assert [one["minutes"] for one in told if one["chosen"]] == [60]
    found = [one["answers"] for one in told]
    assert len(told) == 5
    assert found == sorted(found)
    history = done(diag(home, "audit", "history", SCHOOL))
    assert "audit, durée de la visite : 60\u00a0min" in history
    done(diag(home, "audit", "start", SCHOOL, "--minutes", "20"))
    again = json.loads(done(diag(home, "audit", "profile", SCHOOL, "--json")))
    assert [one["minutes"] for one in again if one["chosen"]] == [20]
    wrong = diag(home, "audit", "start", OTHER, "--minutes", "3")
    assert "Durée « 3 » inconnue" in wrong.err
    assert OTHER not in done(diag(home, "audit", "list"))


def test_the_syndicat_s_number_may_be_given_at_once(tmp_path: Path) -> None:
    named = ("--author", "Camille", "--syndicat", "Vallombre Numérique")
    wrong = diag(tmp_path / "a", "init", *named, "--siren", "123456789")
    assert "un chiffre est faux" in wrong.err
    done(diag(tmp_path / "b", "init", *named, "--siren", SIREN))
    said = done(diag(tmp_path / "b", "audit", "start", "syndicat"))
    assert "Vallombre Numérique" in said
