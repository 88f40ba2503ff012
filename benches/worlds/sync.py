"""What `benches.sync` moves: revisions of invented audits; hubs apart from it."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from diag.journal.journal import Journal
from diag.journal.revision import Json, compose
from diag.model.audit import Subject, audit_id
from diag.model.enums import PlaceKind
from diag.sync.http import enrol
from diag.sync.hub.home import HubHome, HubSettings
from diag.sync.trust import Enrolment
from tests.cli.running import command
from tests.sync.serving import Cutter, free_port
from tests.sync.test_kills import wait_for

EACH = 600
"""Revisions of an audit."""


def audit_lines(number: int, each: int = EACH) -> list[bytes]:
    """Return the log of an audit."""
    subject = Subject(kind=PlaceKind.ECOLE, code=f"{9990000 + number}A")
    audit = audit_id("2026-2027", subject)
    said: Json = {"campaign": "2026-2027", "kind": "ecole", "code": subject.code}
    lines: list[bytes] = []
    for lam in range(1, each + 1):
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
    """Return the journal of a new laptop."""
    folder.mkdir(parents=True)
    return Journal.open(folder)


@contextmanager
def hub_in(folder: Path, database: str) -> Iterator[HubHome]:
    """Give a hub that is served by a process of its own."""
    url = f"https://127.0.0.1:{free_port()}"
    settings = HubSettings(name="Vallombre Numérique", url=url, database=database)
    home = HubHome.create(folder, settings)
    words = command("hub", "--folder", str(folder), "serve", "--host", "127.0.0.1")
    with subprocess.Popen(words, stderr=subprocess.DEVNULL) as process:
        try:
            wait_for(home)
            yield home
        finally:
            process.terminate()


def through(cutter: Cutter, home: HubHome, folder: Path) -> Enrolment:
    """Enrol a laptop that calls through a proxy, which counts."""
    kept = enrol(folder, str(home.invite("Anne", ("*",), "write")), folder.name)
    url = f"https://127.0.0.1:{cutter.port}"
    return kept.model_copy(update={"url": url})
