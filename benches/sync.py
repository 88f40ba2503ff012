"""A sync over TLS on each store, beside plain tools: seconds, and bytes on the wire.

    python -m benches.sync [AUDITS]

100 audits of 600 revisions unless told otherwise; 1,000 make a department. Then a
hundred laptops at once, each with as many revisions as there are audits times three.
`rsync` and PostgreSQL's tools are compared with where they
are installed. The limits are ratios of what was measured when the protocol was
designed.
"""

import gc
import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter

from benches.worlds.crowd import crowd
from benches.worlds.sync import EACH, audit_lines, hub_in, opened, through
from diag.journal.journal import Journal
from diag.sync.exchange import ExchangeEvent
from diag.sync.meeting import synchronise_with
from diag.sync.trust import Enrolment
from tests.sync.databases import MISSING, Server, programs, running
from tests.sync.serving import Cutter, cutting

WEEK = 5
"""Audits of a week: 3,000 revisions."""
WEEK_BYTES = 115_000
"""What they may take on the wire."""
COPY, DUMP = 30, 20
"""How many times longer than a copy of the file, or of the database, one may take."""


def main() -> None:
    audits = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        logs = [audit_lines(number) for number in range(audits + WEEK)]
        measured(folder / "sqlite", logs, "", None)
        if programs() is None:
            print(f"PostgreSQL skipped: {MISSING}")
        else:
            server = stack.enter_context(running(durable=True))
            measured(folder / "postgresql", logs, server.new_database(), server)


def measured(
    folder: Path, logs: list[list[bytes]], database: str, server: Server | None
) -> None:
    told = f"PostgreSQL {server.version}" if server else "SQLite"
    print(f"\n{told}, {(len(logs) - WEEK) * EACH:,} revisions")
    with (
        hub_in(folder / "hub", database) as home,
        cutting(home.port) as cutter,
        opened(folder / "a") as anne,
        opened(folder / "b") as bruno,
    ):
        for lines in logs[:-WEEK]:
            anne.ingest(lines)
        ours, theirs = (through(cutter, home, folder / one) for one in "ab")
        push = timed("push all", anne, ours, cutter)
        timed("nothing to do", anne, ours, cutter)
        comparing = sum(cutter.passed.values())
        pull = timed("pull all, verified, read in", bruno, theirs, cutter)
        if server:
            beside_dump(server, database, push, pull)
        else:
            beside_copy(folder, anne, push, pull)
        for lines in logs[-WEEK:]:
            bruno.ingest(lines)
        for name, journal, hub in (("push", bruno, theirs), ("pull", anne, ours)):
            timed(f"{name} a week (3,000 revisions)", journal, hub, cutter)
            size = sum(cutter.passed.values()) - comparing
            print(
                f"{'  without comparing every audit':65} {size:12,} B "
                f"(limit {WEEK_BYTES:,}: {held(size, WEEK_BYTES)})"
            )
        if not server:
            again(folder, anne)
        crowd(home, each=3 * (len(logs) - WEEK))


def timed(name: str, journal: Journal, hub: Enrolment, cutter: Cutter) -> float:
    cutter.passed.clear()
    gc.collect()
    start = perf_counter()
    done = synchronise_with(journal, hub, ExchangeEvent(), 0)
    seconds = perf_counter() - start
    assert done.is_whole, done
    moved = done.pushed + done.pulled
    rate = f"{moved / seconds:,.0f} a second" if moved else ""
    passed = sum(cutter.passed.values())
    print(f"{name:34} {seconds:7.2f} s  {moved:8,}  {rate:>18}  {passed:12,} B")
    return seconds


def beside_copy(folder: Path, journal: Journal, push: float, pull: float) -> None:
    """Compare with tools that copy the file of a journal at rest, new."""
    if shutil.which("rsync"):
        seconds, sent = rsynced(at_rest(folder, journal), folder / "copy.db")
        compared("rsync of the file, new", seconds, (push, pull), COPY, sent)
    else:
        print("rsync skipped: not here")
    if not shutil.which("sqlite3_rsync"):
        print("sqlite3_rsync skipped: not here")


def again(folder: Path, journal: Journal) -> None:
    """Print what rsync sends of the file after a week."""
    if shutil.which("rsync"):
        seconds, sent = rsynced(at_rest(folder, journal), folder / "copy.db")
        print(f"{'rsync of the file after the week':34} {seconds:7.2f} s {sent:43,} B")


def at_rest(folder: Path, journal: Journal) -> Path:
    """Fold the log of a journal into its file."""
    journal.connection.execute("pragma wal_checkpoint(truncate)").fetchall()
    return folder / "a" / "diag.db"


def rsynced(source: Path, there: Path) -> tuple[float, int]:
    """Return the seconds, and the bytes that would go on the wire."""
    start = perf_counter()
    words = ["rsync", "--no-whole-file", "--compress", "--fsync", "--stats"]
    done = subprocess.run(
        [*words, str(source), str(there)], check=True, capture_output=True, text=True
    )
    seconds = perf_counter() - start
    found = re.findall(r"Total bytes (?:sent|received): ([\d,.]+)", done.stdout)
    return seconds, sum(int(re.sub(r"\D", "", number)) for number in found)


def beside_dump(server: Server, database: str, push: float, pull: float) -> None:
    """Compare with PostgreSQL's own way from one database to another."""
    folder = programs()
    assert folder is not None
    other = server.new_database()
    start = perf_counter()
    with subprocess.Popen(
        [folder / "pg_dump", database], stdout=subprocess.PIPE
    ) as dump:
        psql = [str(folder / "psql"), "--quiet", "--set=ON_ERROR_STOP=1", other]
        subprocess.run(psql, check=True, stdin=dump.stdout, stdout=subprocess.DEVNULL)
    compared("pg_dump | psql", perf_counter() - start, (push, pull), DUMP)


def compared(
    name: str, seconds: float, ours: tuple[float, float], limit: int, size: int = 0
) -> None:
    push, pull = (each / seconds for each in ours)
    told = f"{size:13,} B" if size else ""
    print(
        f"{name:34} {seconds:7.2f} s  push {push:.1f} x, pull {pull:.1f} x "
        f"(limit {limit}: {held(max(push, pull), limit)}){told}"
    )


def held(figure: float, limit: float) -> str:
    return "held" if figure <= limit else "EXCEEDED"


if __name__ == "__main__":
    main()
