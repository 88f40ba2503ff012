"""A sync over TLS, beside the plain copy of the file: seconds, and bytes on the wire.

    python -m benches.sync [AUDITS]

100 audits of 600 revisions unless told otherwise.
"""

import gc
import os
import shutil
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from diag.journal.canonical import Json
from diag.journal.journal import Journal
from diag.journal.revision import compose
from diag.model.audit import Subject, audit_id
from diag.model.place import PlaceKind
from diag.sync.enrolling import enrol
from diag.sync.enrolments import Enrolment
from diag.sync.laptop import Told
from diag.sync.session import synchronise_with
from tests.sync.serving import Cutter, cutting, free_port, made_home, served

EACH = 600
WEEK = 5


def audit_lines(number: int) -> list[bytes]:
    subject = Subject(kind=PlaceKind.ECOLE, code=f"{9990000 + number}A")
    audit = audit_id("2026-2027", subject)
    said = {"campaign": "2026-2027", "kind": "ecole", "code": subject.code}
    lines: list[bytes] = []
    for lam in range(1, EACH + 1):
        fields: dict[str, Json] = {
            "at": 1_790_000_000_000 + lam * 977,
            "audit": audit,
            "author": f"u-{number % 7:08x}",
            "device": f"d-{number % 7:08x}",
            "lam": lam,
            "op": "set",
            "parents": [],
            "subject": f"place/{audit}/q/question-{lam}"
            if lam > 1
            else "audit/subject",
            "value": {"provenance": "observed", "state": "known", "value": lam % 4}
            if lam > 1
            else said,
        }
        lines.append(compose(fields, os.urandom(8)).line)
    return lines


def opened(folder: Path) -> Journal:
    folder.mkdir(parents=True)
    return Journal.open(folder)


def timed(name: str, journal: Journal, hub: Enrolment, cutter: Cutter) -> None:
    cutter.passed.clear()
    gc.collect()
    start = perf_counter()
    done = synchronise_with(journal, hub, Told(), 0)
    seconds = perf_counter() - start
    assert done.is_whole, done
    moved = done.pushed + done.pulled
    rate = f"{moved / seconds:,.0f} a second" if moved else ""
    up, down = cutter.passed.get("up", 0), cutter.passed.get("down", 0)
    print(f"{name:34} {seconds:7.2f} s  {moved:8,}  {rate:>18}  {up + down:12,} B")


def main() -> None:
    audits = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    with (
        tempfile.TemporaryDirectory() as name,
        served(made_home(Path(name) / "hub", free_port())) as hub,
        cutting(hub.port) as cutter,
    ):
        folder = Path(name)
        with opened(folder / "a") as anne, opened(folder / "b") as bruno:
            for number in range(audits):
                anne.ingest(audit_lines(number))
            ours, theirs = (
                enrol(folder / one, hub.invite(), one).model_copy(
                    update={"url": f"https://127.0.0.1:{cutter.port}"}
                )
                for one in "ab"
            )
            timed("push all", anne, ours, cutter)
            timed("nothing to do", anne, ours, cutter)
            timed("pull all", bruno, theirs, cutter)
            for number in range(audits, audits + WEEK):
                bruno.ingest(audit_lines(number))
            timed("push a week (3,000 revisions)", bruno, theirs, cutter)
            timed("pull a week", anne, ours, cutter)
            start = perf_counter()
            source = hub.home.folder / "hub.db"
            shutil.copyfile(source, folder / "copy.db")
            with (folder / "copy.db").open("rb+") as file:
                os.fsync(file.fileno())
            seconds, size = perf_counter() - start, source.stat().st_size
            print(f"{'copy of the hub file, fsync':34} {seconds:7.2f} s {size:43,} B")


if __name__ == "__main__":
    main()
