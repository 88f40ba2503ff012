"""What the landed version left is judged no more: previewed, upgraded, closed anew."""

import json
from itertools import product
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from diag.audit.session import open_session
from diag.workspace.workspace import Workspace
from tests.cli.running import diag
from tests.examples import cases
from tests.fixtures.make_landed import (
    CLOSED,
    OPEN,
    recorded,
    run,
    status,
    unpack,
)

AUDITS: dict[str, dict[str, Any]] = recorded("recorded.json")["audits"]
OLDER = "méthode antérieure"
RETIRED, SUCCESSOR = "trier-le-parc-windows", "sortir-les-systemes-perimes"
"""A recommendation of the landed edition, and what takes its place."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    unpack("diag.db", tmp_path / "home" / "diag.db")
    return tmp_path / "home"


@pytest.fixture(scope="module")
def only_read(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpack("diag.db", tmp_path_factory.mktemp("landed") / "diag.db").parent


def lines(folder: Path, ref: str) -> list[bytes]:
    """Return the revisions of an audit, their bytes."""
    with Workspace.open(folder) as workspace:
        return list(workspace.journal.lines(AUDITS[ref]["audit"]))


def preview(folder: Path, ref: str) -> dict[str, Any]:
    """Return what passing to the edition in use would do."""
    told: dict[str, Any] = json.loads(
        run(folder, "audit", "upgrade", ref, "--dry-run", "--json")
    )
    return told


JUDGING = [
    *(("score",), ("why",), ("report",), ("export", "basket"), ("draft", "note")),
]


@pytest.mark.parametrize(
    "asked",
    cases(
        [*product(JUDGING, (CLOSED, OPEN))],
        *product(JUDGING, (CLOSED,)),
        (("report",), OPEN),
    ),
)
def test_it_is_refused_in_a_sentence_where_judging_is_needed(
    only_read: Path, asked: tuple[tuple[str, ...], str]
) -> None:
    words, ref = asked
    done = diag(only_read, *words, ref)
    assert done.code == 1
    assert OLDER in done.err
    assert "diag audit" in done.err
    assert status(only_read, ref)["digest"] == AUDITS[ref]["digest"]


def test_lists_say_so_and_documents_of_many_leave_it_out(
    home: Path, tmp_path: Path
) -> None:
    listed = json.loads(run(home, "audit", "list", "--json"))
    assert all(one["older_method"] for one in listed)
    assert f"clos, {OLDER}" in run(home, "audit", "status", CLOSED)

    run(home, "atlas", str(tmp_path / "atlas"))
    page = (tmp_path / "atlas" / "index.html").read_text(encoding="utf-8")
    assert OLDER in page
    assert f"L'audit d'une {OLDER}" not in page
    for path in (tmp_path / "atlas").rglob("*.html"):
        assert "définitif" not in path.read_text(encoding="utf-8")


def test_the_preview_of_a_closed_audit_tells_what_it_was_worth_then(
    home: Path,
) -> None:
    told = preview(home, CLOSED)
    then = recorded("scores.json")
    assert told["older_method"]
    assert told["scores"][-1]["before"]["bounds"] == then["overall"]["bounds"]
    assert told["socle"]["before"] == then["socle"]
    assert told["socle"]["after"] != ""
    assert {one["before"] for one in told["alerts"]} > {"pas d'alerte"}
    assert status(home, CLOSED) == {**status(home, CLOSED), **AUDITS[CLOSED]}


def test_an_open_audit_is_upgraded_in_one_revision_judged_and_closed(
    home: Path,
) -> None:
    before = lines(home, OPEN)
    planned = preview(home, OPEN)
    assert lines(home, OPEN) == before
    assert planned["kept"] + len(planned["to_ask_again"]) <= AUDITS[OPEN]["answers"]

    done = json.loads(run(home, "audit", "upgrade", OPEN, "--json"))

    assert done == {**planned, "done": True}
    assert lines(home, OPEN)[:-1] == before
    assert status(home, OPEN)["edition"] == planned["new"]
    told = json.loads(run(home, "score", OPEN, "--json"))
    assert told["overall"] == planned["scores"][-1]["after"]
    run(home, "audit", "status", OPEN, "--set", "clos")
    assert status(home, OPEN)["sealed"]


def test_a_closed_audit_is_reopened_upgraded_and_closed(home: Path) -> None:
    before = lines(home, CLOSED)
    refused = diag(home, "audit", "upgrade", CLOSED)
    assert refused.code == 1
    assert "clos" in refused.err

    run(home, "audit", "status", CLOSED, "--set", "en_cours")
    run(home, "audit", "upgrade", CLOSED)
    run(home, "audit", "status", CLOSED, "--set", "clos")

    now = status(home, CLOSED)
    assert (now["status"], now["sealed"]) == ("clos", True)
    assert lines(home, CLOSED)[: len(before)] == before
    assert json.loads(run(home, "score", CLOSED, "--json"))["overall"]["bounds"]


def test_a_total_counts_one_method_and_says_what_it_leaves_out(
    home: Path, tmp_path: Path
) -> None:
    run(home, "audit", "upgrade", OPEN)
    asked = ("--format", "md", "--out", str(tmp_path / "out"))
    run(home, "synthesis", "territoire", *asked)
    (written,) = (tmp_path / "out").rglob("*.md")
    text = written.read_text(encoding="utf-8").replace("\N{NO-BREAK SPACE}", " ")
    assert "grilles 2027.1," in text
    assert "2026.1" not in text
    assert f"auditées par une {OLDER}, sans score ici : 2." in text
    with Workspace.open(home) as workspace:
        told = workspace.journal.select("select distinct code from v_constats")
    assert told == []


def test_laptops_before_and_after_the_passage_meet_with_equal_digests(
    home: Path, tmp_path: Path
) -> None:
    there = tmp_path / "there"
    copytree(home, there)
    run(home, "audit", "upgrade", OPEN)
    run(there, "audit", "follow", OPEN, RETIRED, "decidee")

    for one, other in ((home, there), (there, home)):
        file = tmp_path / f"from-{one.name}.json"
        run(one, "audit", "export", OPEN, str(file))
        run(other, "audit", "import", str(file))

    here, now = status(home, OPEN), status(there, OPEN)
    assert here["digest"] == now["digest"] != AUDITS[OPEN]["digest"]
    assert here["edition"] == now["edition"] != AUDITS[OPEN]["edition"]
    assert run(home, "score", OPEN) == run(there, "score", OPEN)
    with Workspace.open(home) as workspace:
        steps = open_session(workspace, OPEN).follow_ups
    assert SUCCESSOR in {one.recommendation for one in steps}
