"""Erasing from the command line: found first, confirmed in French, told as it is."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from diag.journal import connection
from tests.audit.builders import SCHOOL, started, workspace
from tests.cli.running import diag


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A workspace where one audit holds one answer."""
    with workspace(tmp_path / "home") as made:
        started(made)
    diag(tmp_path / "home", "audit", "answer", SCHOOL, "nb_classes", "4")
    return tmp_path / "home"


def last(home: Path) -> dict[str, str]:
    told = diag(home, "audit", "history", SCHOOL, "--json").out
    found: dict[str, str] = json.loads(told)[-1]
    return found


def test_what_history_shows_is_enough_to_erase(home: Path) -> None:
    before = last(home)
    words = ("audit", "erase", SCHOOL, before["id"][:12], "--reason", "demande")

    kept = diag(home, *words, stdin="n\n")
    done = diag(home, *words, stdin="oui\n")

    assert kept.code == 130
    assert "[o/N]" in kept.err
    assert done.code == 0
    assert "copies faites avant la contiennent encore" in done.out
    assert "diag backup" in done.out
    told = json.loads(diag(home, "audit", "history", SCHOOL, "--json").out)
    assert before["said"] not in [one["said"] for one in told]


def test_a_value_that_another_program_still_reads_is_not_told_gone(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connection._ALWAYS, "busy_timeout", 1)
    words = ("audit", "erase", SCHOOL, last(home)["id"][:12], "--reason", "x", "--yes")
    with closing(sqlite3.connect(home / "diag.db")) as reader:
        reader.execute("begin")
        reader.execute("select * from sqlite_master").fetchone()
        run = diag(home, *words)

    assert run.code == 0
    assert "n'y est plus" not in run.out
    assert "Un autre programme lit le journal" in run.err


@pytest.mark.parametrize(("named", "said"), [("0" * 12, "inconnue"), ("0", "court")])
def test_an_unknown_change_is_told_before_anything_is_asked(
    home: Path, named: str, said: str
) -> None:
    run = diag(home, "audit", "erase", SCHOOL, named, "--reason", "x")

    assert run.code == 1
    assert said in run.err
    assert "Continuer" not in run.err
