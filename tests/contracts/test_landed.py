"""What the landed version left on disks is read by this one: the same digests."""

import json
from hashlib import sha256
from pathlib import Path
from shutil import copy
from typing import Any

import pytest

from diag.workspace.workspace import Workspace
from tests.fixtures.make_landed import (
    CLOSED,
    LANDED,
    OPEN,
    recorded,
    run,
    status,
    unpack,
)

RECORDED = recorded("recorded.json")
AUDITS: dict[str, dict[str, Any]] = RECORDED["audits"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The workspace of the landed version."""
    unpack("diag.db", tmp_path / "home" / "diag.db")
    return tmp_path / "home"


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A workspace of this version, whose keys open the bundle; it knows no school."""
    folder = tmp_path / "empty"
    run(folder, "init", "--author", "Lou Garnier", "--campaign", "2026-2027")
    copy(LANDED / "reader-keys.json", folder / "keys.json")
    return folder


def read_now(folder: Path, ref: str) -> dict[str, Any]:
    """Return what was recorded of an audit, as this version reads it."""
    now = status(folder, ref)
    return {key: now[key] for key in AUDITS[ref]}


@pytest.mark.parametrize("ref", AUDITS)
def test_the_journal_opens_with_the_recorded_digest(home: Path, ref: str) -> None:
    assert read_now(home, ref) == AUDITS[ref]


def test_what_the_journal_computes_is_what_its_revisions_give(home: Path) -> None:
    with Workspace.open(home) as workspace:
        workspace.journal.rebuild()

    assert {ref: read_now(home, ref) for ref in AUDITS} == AUDITS


def test_the_backup_is_restored(tmp_path: Path) -> None:
    run(tmp_path / "home", "restore", str(unpack("backup.db", tmp_path / "copy.db")))

    assert {ref: read_now(tmp_path / "home", ref) for ref in AUDITS} == AUDITS


def test_the_bundle_enters_an_empty_workspace(empty: Path) -> None:
    run(empty, "bundle", "keys", "add", "Camille", RECORDED["signer"])

    run(empty, "bundle", "import", str(LANDED / "all.diag"), "--yes")

    assert {ref: read_now(empty, ref) for ref in AUDITS} == AUDITS


def test_the_exported_audit_enters_an_empty_workspace(
    empty: Path, tmp_path: Path
) -> None:
    run(empty, "audit", "import", str(unpack("closed.json", tmp_path / "closed.json")))

    assert read_now(empty, CLOSED) == AUDITS[CLOSED]


def test_the_audit_is_exported_as_it_was(home: Path, tmp_path: Path) -> None:
    run(home, "audit", "export", CLOSED, str(tmp_path / "now.json"))

    kept = unpack("closed.json", tmp_path / "kept.json")
    assert (tmp_path / "now.json").read_bytes() == kept.read_bytes()


def test_a_digest_is_that_of_the_bytes_of_revisions(tmp_path: Path) -> None:
    file = json.loads(unpack("closed.json", tmp_path / "closed.json").read_bytes())

    digest = 0
    for line in file["revisions"]:
        digest ^= int.from_bytes(sha256(line.encode()).digest())
    assert f"{digest:064x}" == AUDITS[CLOSED]["digest"]
    assert sha256(file["edition"].encode()).hexdigest() == AUDITS[CLOSED]["edition"]


def test_what_two_people_said_is_still_in_conflict(home: Path) -> None:
    conflicts = json.loads(run(home, "conflicts", OPEN, "--json"))

    said = {one["says"] for each in conflicts for one in each["candidates"]}
    assert {"3 classes", "4 classes"} <= {text.replace("\xa0", " ") for text in said}
    assert any("<b>d'affichage</b> | =1+1." in text for text in said)


def test_rooms_and_history_are_read(home: Path) -> None:
    places = json.loads(run(home, "audit", "place", OPEN, "list", "--json"))
    history = json.loads(run(home, "audit", "history", OPEN, "--json"))

    assert "Salle « Ô » [/x]" in {place["name"] for place in places}
    assert len(history) == AUDITS[OPEN]["revisions"]
