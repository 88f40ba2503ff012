"""`diag rgpd` as a person types it."""

import json
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from diag.audit import follow
from diag.journal import connection
from tests.audit.builders import started, workspace
from tests.cli.running import diag


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A workspace whose one audit names a person."""
    with workspace(tmp_path / "home") as made:
        follow.add_visit(started(made), date(2026, 10, 5), met=("Hélène Mortier",))
    return tmp_path / "home"


def test_what_is_held_is_counted_with_its_day(home: Path, tmp_path: Path) -> None:
    told = json.loads(diag(home, "rgpd", "--json").out)
    page = tmp_path / "registre.html"
    written = diag(home, "rgpd", "--export", str(page))

    (campaign,) = told["campaigns"]
    assert campaign["totals"] == {"visits": 1, "labels": 1}
    assert campaign["retention"] == "2030-08-31"
    assert told["workspace"]["directory"] == 2
    assert written.code == 0
    assert "Mortier" not in page.read_text(encoding="utf-8")
    assert "personnes rencontrées" in diag(home, "rgpd").out


def test_a_count_that_the_disk_changed_is_told(home: Path) -> None:
    with closing(sqlite3.connect(home / "diag.db")) as opened:
        opened.execute("delete from school where uai = '9990211A'")
        opened.commit()

    assert "a changé sur le disque" in diag(home, "rgpd").err


def test_a_person_is_shown_then_erased(home: Path) -> None:
    words = ("rgpd", "erase-person", "Mortier", "--reason", "demande")

    kept = diag(home, *words, stdin="non\nnon\n")
    done = diag(home, *words, stdin="oui\noui\n")
    none = diag(home, *words)

    assert "Hélène Mortier" in kept.err
    assert kept.code == 130
    assert done.code == 0, done.err
    assert "Preuve" in done.out
    assert none.code == 1
    assert "Personne ne porte ce nom" in none.err


def test_what_another_program_still_reads_leaves_as_it_is_told(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connection._ALWAYS, "busy_timeout", 1)
    words = ("rgpd", "erase-person", "Mortier", "--reason", "demande", "--all", "--yes")
    with closing(sqlite3.connect(home / "diag.db")) as reader:
        reader.execute("begin")
        reader.execute("select * from sqlite_master").fetchone()
        told = diag(home, *words)
        assert files_naming(home, "Mortier") == ["diag.db"]
    assert told.code == 0
    assert "Un autre programme lit le journal" in told.err
    assert "relancez" not in told.err  # nobody has that name any more
    assert "puis lancez diag backup" in told.err
    assert diag(home, "backup").code == 0
    assert files_naming(home, "Mortier") == []


def files_naming(home: Path, name: str) -> list[str]:
    files = (path for path in home.rglob("*") if path.is_file())
    return [path.name for path in files if name.encode() in path.read_bytes()]


@pytest.mark.parametrize("day", ["31/02/2027", "31/08/9027"])
def test_a_campaign_is_kept_until_no_day_that_nobody_means(
    home: Path, day: str
) -> None:
    refused = diag(home, "rgpd", "retention", "2026-2027", day)

    assert refused.code == 2
    assert "date" in refused.err or "limites" in refused.err
    assert "31/08/2030" in diag(home, "rgpd", "retention", "2026-2027").out


def test_a_campaign_past_its_day_is_told_then_purged(home: Path) -> None:
    decided = diag(home, "rgpd", "retention", "2026-2027", "2020-08-31")
    listed = diag(home, "audit", "list")
    kept = diag(home, "rgpd", "purge", "2026-2027", stdin="n\n")
    done = diag(home, "rgpd", "purge", "2026-2027", "--drop-copies", stdin="o\n")

    assert "31/08/2020" in decided.out
    assert "diag rgpd purge 2026-2027" in listed.err
    assert kept.code == 130
    assert done.code == 0, done.err
    assert "1 audit" in done.out
    assert "Aucun audit" in diag(home, "audit", "list").err
