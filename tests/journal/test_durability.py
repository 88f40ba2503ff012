"""What was said as saved is there, whatever stops the program or fills the disk."""

import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest

from diag.journal import changes
from diag.journal.backup import verify
from diag.journal.errors import DiskFullError
from diag.journal.journal import FILE, Journal
from diag.journal.revision import Origin
from tests.journal.builders import AUDIT, ROOT, known
from tests.journal.worlds import content

pytestmark = pytest.mark.durable

WRITER = """
import sys
from pathlib import Path
from diag.journal import changes
from diag.journal.revision import Origin
from diag.journal.journal import Journal
from diag.model.audit import Answer, State

folder, label, audit, root, count = sys.argv[1:]
with Journal.open(Path(folder)) as journal:
    for number in range(int(count)):
        answer = Answer(State.KNOWN, number)
        draft = changes.answered(audit, root, f"{label}-{number}", answer)
        print(journal.write(draft, Origin(label, label)).id, flush=True)
"""


def writer(folder: Path, label: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), label, AUDIT.id, ROOT, str(count)],
        stdout=subprocess.PIPE,
        text=True,
    )


def write_until_full(journal: Journal, author: Origin) -> None:
    for number in count():
        journal.write(changes.noted(AUDIT.id, ROOT, f"q{number}", "x" * 500), author)


@pytest.mark.parametrize("rounds", [2, pytest.param(10, marks=pytest.mark.long)])
def test_what_was_acknowledged_survives_a_kill(tmp_path: Path, rounds: int) -> None:
    acknowledged: set[str] = set()
    for round_ in range(rounds):
        with writer(tmp_path, f"u{round_}", 1_000_000) as process:
            assert process.stdout is not None
            for _ in range(20 + 7 * round_):
                acknowledged.add(process.stdout.readline().strip())
            process.kill()
            acknowledged |= {line.strip() for line in process.stdout if "\n" in line}
    verify(tmp_path / FILE)
    with Journal.open(tmp_path) as journal:
        assert acknowledged <= {head.id for head in journal.heads(AUDIT.id)}
        kept = content(journal.connection)
        journal.rebuild()
        assert content(journal.connection) == kept


def test_two_programs_that_create_and_write_at_once_lose_nothing(
    tmp_path: Path,
) -> None:
    with writer(tmp_path, "u1", 60) as first, writer(tmp_path, "u2", 60) as second:
        assert first.stdout is not None
        assert second.stdout is not None
        ids = {*first.stdout.read().split(), *second.stdout.read().split()}
    assert len(ids) == 120
    with Journal.open(tmp_path) as journal:
        revisions = [head.id for head in journal.heads(AUDIT.id)]
        assert ids == set(revisions)
        orders = sorted(head.lam for head in journal.heads(AUDIT.id))
        assert orders == list(range(1, 121))


def test_a_full_disk_refuses_in_french_and_keeps_what_was_saved(
    journal: Journal, author: Origin
) -> None:
    ((pages,),) = journal.select("pragma page_count")
    journal.connection.execute(f"pragma max_page_count = {pages + 2}")
    with pytest.raises(DiskFullError, match="Libérez de la place"):
        write_until_full(journal, author)
    assert len(journal.heads(AUDIT.id)) > 0
    journal.connection.execute("pragma max_page_count = 1000000")
    journal.write(changes.answered(AUDIT.id, ROOT, "q", known(1)), author)
    assert journal.select("pragma integrity_check") == [("ok",)]


def test_a_batch_that_meets_a_full_disk_leaves_nothing(
    journal: Journal, author: Origin
) -> None:
    journal.write(changes.answered(AUDIT.id, ROOT, "q", known(1)), author)
    before = content(journal.connection)
    ((pages,),) = journal.select("pragma page_count")
    journal.connection.execute(f"pragma max_page_count = {pages + 2}")
    notes = [changes.noted(AUDIT.id, ROOT, f"q{n}", "x" * 500) for n in range(99)]
    with pytest.raises(DiskFullError):
        journal.write_many(notes, author)
    assert content(journal.connection) == before
