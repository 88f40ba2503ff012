"""kill -9 at any moment: what was acknowledged is there, nothing else is half done."""

import json
import sqlite3
import subprocess
import threading
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from diag.audit import session as audits
from diag.audit.places import add_place
from diag.model.enums import PlaceKind
from diag.workspace.workspace import Workspace
from tests.audit.builders import SCHOOL, started, workspace
from tests.cli.running import command, environment

pytestmark = pytest.mark.durable

ROOMS = [f"Salle {number}" for number in range(1, 9)]


def prepared(folder: Path) -> None:
    with workspace(folder) as made:
        session = started(made)
        for room in ROOMS:
            add_place(session, PlaceKind.SALLE, room)


def lines(chance: Random) -> list[str]:
    return [
        json.dumps({
            "question": "type_salle",
            "value": chance.choice(["classe", "direction", "bcd"]),
            "place": chance.choice(ROOMS),
            "note": f"note {number}",
        })
        for number in range(400)
    ]


def acknowledged_until_killed(
    folder: Path, text: str, after: int
) -> list[dict[str, object]]:
    """Feed the command; kill it once `after` acknowledgements were read."""
    process = subprocess.Popen(
        command("audit", "answer", SCHOOL, "-"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment(folder),
    )
    assert process.stdin is not None
    assert process.stdout is not None
    stdin = process.stdin

    def feed() -> None:
        try:
            stdin.write(text.encode())
            stdin.close()
        except OSError:
            pass  # the process was killed while it was fed: that is the test

    feeder = threading.Thread(target=feed)
    feeder.start()
    read: list[dict[str, object]] = []
    for line in process.stdout:
        read.append(json.loads(line))
        if len(read) == after:
            process.kill()
    process.wait()
    feeder.join()
    process.stdout.close()
    return read


def check(folder: Path, read: list[dict[str, object]]) -> None:
    with closing(sqlite3.connect(folder / "diag.db")) as connection:
        assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
    with Workspace.open(folder) as there:
        session = audits.open_session(there, SCHOOL)
        kept = {revision.id: revision for revision in session.revisions()}
        digest = session.digest
        session.workspace.journal.rebuild()
        assert session.digest == digest
    assert all(one["revision"] in kept for one in read)
    answers = [one for one in kept.values() if b"type_salle" in one.line]
    notes = [one for one in answers if one.subject.endswith("/note")]
    # An answer and its note are one commit: never one without the other.
    assert len(answers) == 2 * len(notes)


def run(folder: Path, times: int, seed: int) -> tuple[int, int]:
    chance = Random(seed)
    prepared(folder)
    total = cut = 0
    for _ in range(times):
        sent = lines(chance)
        read = acknowledged_until_killed(
            folder, "\n".join(sent), chance.randint(1, 120)
        )
        check(folder, read)
        total += len(read)
        cut += len(read) < len(sent)
    return total, cut


def test_nothing_acknowledged_is_lost_when_the_process_is_killed(
    tmp_path: Path,
) -> None:
    total, cut = run(tmp_path / "desk", times=1, seed=1)

    assert cut == 1
    assert total > 0


@pytest.mark.long
def test_nothing_acknowledged_is_lost_over_200_kills(tmp_path: Path) -> None:
    total, cut = run(tmp_path / "desk", times=200, seed=2)

    print(f"\n{cut} kills, {total} acknowledged answers, none lost")
    assert cut == 200
