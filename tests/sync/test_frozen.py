"""The landed version, frozen, as a hub and as a laptop beside a build that goes on.

It is taken from the history of the repository: where that is absent, this is skipped.
What it writes and serves, this version takes; what a newer one writes, it never sees.
"""

import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from diag.journal import changes
from diag.journal.attachments import AttachmentStore
from diag.journal.exchange import proven_sum, unread_lines
from diag.journal.facts import claimed
from diag.journal.journal import Journal
from diag.journal.revision import Origin
from diag.sync.exchange import ExchangeEvent, SyncResult
from diag.sync.http import enrol
from diag.sync.hub.home import HubHome
from diag.sync.meeting import synchronise_with
from diag.sync.trust import read_enrolments
from tests.journal.builders import NOON
from tests.journal.newer import newer
from tests.sync.offices import AUDITS, ROOTS, photographed, say, started
from tests.sync.serving import free_port, made_home, served

pytestmark = [pytest.mark.long, pytest.mark.durable, pytest.mark.plain]

LANDED = "017d9efa"
"""The revision that was released first."""

ROOT = Path(__file__).parents[2]
VALLEY = AUDITS[0]

HUB = """
import sys
from pathlib import Path
from tests.sync.serving import made_home, served
with served(made_home(Path(sys.argv[1]), int(sys.argv[2]))) as office:
    for _ in range(4):
        print(office.invite(), flush=True)
    sys.stdin.read()
"""

LAPTOP = """
import json, sys
from dataclasses import asdict
from pathlib import Path
from diag.journal.exchange import proven_sum
from diag.journal.journal import Journal
from diag.journal.revision import Origin
from diag.sync.exchange import ExchangeEvent, synchronise_with
from diag.sync.http import enrol
from diag.sync.trust import read_enrolments
from tests.sync.offices import AUDITS, photographed, say, started
folder, invitation, value = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
folder.mkdir(exist_ok=True)
if invitation:
    enrol(folder, invitation, "portable", "boris")
boris = Origin("boris", "portable-boris")
with Journal.open(folder) as journal:
    if not journal.current(AUDITS[0].id, "audit/subject"):
        started(journal, AUDITS[0], boris)
    say(journal, AUDITS[0], value, boris)
    for number in (10 * value, 10 * value + 1):
        photographed(journal, bytes([number]) * 900, number, boris)
    (hub,) = read_enrolments(folder)
    done = asdict(synchronise_with(journal, hub, ExchangeEvent(), 0))
    total = proven_sum(journal, AUDITS[0].id)._asdict()
    print(json.dumps({**done, **total, "quarantine": len(journal.quarantined())}))
"""

READER = """
import sys
from pathlib import Path
from diag.journal.journal import Journal
with Journal.open(Path(sys.argv[1])) as journal:
    print(journal.readonly, len(journal.manifest()))
"""


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree of the landed version, from the history."""
    words = ["git", "archive", LANDED, "diag", "tests", "checklists", "pyproject.toml"]
    try:
        done = subprocess.run(words, cwd=ROOT, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip(f"the history has no {LANDED} here: no frozen build to meet")
    folder = tmp_path_factory.mktemp("landed")
    with tarfile.open(fileobj=BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder


def there(build: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(build), "PYTHONUTF8": "1"}


def run(build: Path, script: str, *words: object) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script, *map(str, words)],
        cwd=build,
        env=there(build),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def synced(build: Path, folder: Path, invitation: str, value: int) -> dict[str, Any]:
    """Have a laptop of a build say something and sync; return what it tells."""
    told: dict[str, Any] = json.loads(run(build, LAPTOP, folder, invitation, value))
    assert told["problem"] == ""
    assert told["unequal"] == []
    assert told["refused"] == []
    assert told["quarantine"] == 0
    return told


@contextmanager
def old_hub(build: Path, folder: Path) -> Iterator[list[str]]:
    """Serve a hub of a build; give its invitations."""
    words = [sys.executable, "-c", HUB, str(folder), str(free_port())]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        words, cwd=build, env=there(build), stdin=pipe, stdout=pipe, text=True
    ) as hub:
        assert hub.stdout is not None
        yield [hub.stdout.readline().strip() for _ in range(4)]
        hub.communicate("")


def newer_laptop(folder: Path, invitation: str) -> bytes:
    """Let a laptop of this build in, where a newer one wrote; return its line."""
    folder.mkdir()
    enrol(folder, invitation, "portable", "anne")
    anne = Origin("anne", "portable-anne")
    with Journal.open(folder) as journal:
        started(journal, VALLEY, anne)
        say(journal, VALLEY, 1, anne)
        draft = changes.noted(VALLEY.id, ROOTS[VALLEY.id], "nb_classes", "un portail")
        line = newer(journal.write(draft, anne))
        journal.ingest([line])
        for number in (90, 91, 92):
            small = bytes([number]) if number == 90 else b""
            photographed(journal, bytes([number]) * 900, number, anne, small)
        journal.write(claimed(journal, VALLEY.id, "anne", NOON), anne)
    return line


def sync(folder: Path) -> SyncResult:
    with Journal.open(folder) as journal:
        (hub,) = read_enrolments(folder)
        done = synchronise_with(journal, hub, ExchangeEvent(), 0)
        assert (done.problem, done.unequal, done.refused) == ("", [], [])
    return done


def photos(folder: Path) -> int:
    return len(AttachmentStore(folder).sizes())


def kept(folder: Path) -> list[bytes]:
    with Journal.open(folder) as journal:
        return [keyed.line for keyed in unread_lines(journal).get(VALLEY.id, [])]


def test_an_old_hub_serves_old_and_new_laptops_and_each_is_told_equal(
    landed: Path, tmp_path: Path
) -> None:
    with old_hub(landed, tmp_path / "hub") as invitations:
        line = newer_laptop(tmp_path / "anne", invitations[0])
        sync(tmp_path / "anne")
        synced(landed, tmp_path / "boris", invitations[1], 2)
        done = sync(tmp_path / "anne")
        told = synced(landed, tmp_path / "boris", "", 3)
        sync(tmp_path / "anne")
        again = sync(tmp_path / "anne")

    assert done.unread == 1
    assert (again.pulled, again.pushed) == (0, 0)
    assert kept(tmp_path / "anne") == [line]
    # A thumbnail stays where it was made: the landed hub knows none.
    assert [photos(tmp_path / one) for one in ("anne", "boris")] == [8, 7]
    with Journal.open(tmp_path / "anne") as journal:
        assert proven_sum(journal, VALLEY.id).digest == told["digest"]


def test_a_new_hub_serves_an_old_laptop_what_it_reads_and_relays_the_rest(
    landed: Path, tmp_path: Path
) -> None:
    home = made_home(tmp_path / "hub", free_port())
    with served(home) as office:
        line = newer_laptop(tmp_path / "anne", office.invite())
        sync(tmp_path / "anne")
        synced(landed, tmp_path / "boris", office.invite(), 2)
        (tmp_path / "chloe").mkdir()
        enrol(tmp_path / "chloe", office.invite(), "portable", "chloe")
        sync(tmp_path / "chloe")
        told = synced(landed, tmp_path / "boris", "", 3)
        for name in ("anne", "chloe"):
            sync(tmp_path / name)

    everyone = ("anne", "boris", "chloe")
    assert [photos(tmp_path / one) for one in everyone] == [8, 7, 8]
    for name in ("anne", "chloe"):
        assert kept(tmp_path / name) == [line]
        with Journal.open(tmp_path / name) as journal:
            assert proven_sum(journal, VALLEY.id).digest == told["digest"]


def test_the_old_build_only_reads_a_file_of_this_one(
    landed: Path, tmp_path: Path
) -> None:
    with Journal.open(tmp_path) as journal:
        started(journal, VALLEY, Origin("anne", "portable-anne"))

    assert run(landed, READER, tmp_path).split() == ["True", "1"]


def test_a_hub_of_the_old_build_is_upgraded_with_all_it_holds(
    landed: Path, tmp_path: Path
) -> None:
    with old_hub(landed, tmp_path / "hub") as invitations:
        told = synced(landed, tmp_path / "boris", invitations[0], 2)

    store = HubHome.open(tmp_path / "hub").store()
    (total,) = store.manifest({"*"})
    store.close()
    assert total.digest == told["digest"]
