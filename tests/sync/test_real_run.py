"""The whole office for real: PostgreSQL, two hubs on it, twenty laptops, all killed.

DIAG_LAPTOPS and DIAG_REVISIONS (each laptop's) make it smaller, or larger.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from diag.journal.journal import Journal
from diag.model.audit import Audit, Subject, audit_id
from diag.model.enums import PlaceKind
from diag.sync.exchange import ExchangeEvent
from diag.sync.http import enrol
from diag.sync.hub.home import HubHome, HubSettings
from diag.sync.hub.postgres import PostgresTransaction
from diag.sync.hub.writing import verify_log
from diag.sync.meeting import synchronise_with
from diag.sync.trust import keep_enrolment, read_enrolments
from tests.cli.running import command
from tests.journal.builders import CAMPAIGN, NOON
from tests.journal.worlds import content
from tests.sync.databases import MISSING, programs, running
from tests.sync.serving import Cutter, cutting, free_port
from tests.sync.test_kills import wait_for

pytestmark = pytest.mark.durable

LAPTOPS = int(os.environ.get("DIAG_LAPTOPS", "20"))
REVISIONS = int(os.environ.get("DIAG_REVISIONS", "3000"))
SUBJECTS = [
    Subject(kind=PlaceKind.ECOLE, code=f"999{number:04}A") for number in range(10)
]
AUDITS = [
    Audit(id=audit_id(CAMPAIGN, subject), campaign=CAMPAIGN, subject=subject)
    for subject in SUBJECTS
]
OPEN = 10**12
CUTS = [2_000, 20_000, 200_000, OPEN]
KILLS = {"hub": 8, "laptop": 3 * LAPTOPS}
"""How many, before one lets them finish."""

WRITER = """
import sys
from pathlib import Path
from diag.journal import changes
from diag.journal.facts import open_audit
from diag.journal.revision import Origin
from diag.journal.journal import Journal
from diag.model.audit import root_place_id
from diag.model.audit import Answer, State
from diag.model.audit import PlaceKind
from diag.sync.exchange import ExchangeEvent
from diag.sync.meeting import synchronise_with
from diag.sync.trust import read_enrolments
from tests.sync.test_real_run import AUDITS

AT_ONCE, SYNC = 25, 200
folder, label, first, last = Path(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:])
(hub,) = read_enrolments(folder)
origin = Origin(label, label)
place = int(label[1:])
own = [AUDITS[(place + step) % len(AUDITS)] for step in range(3)]
with Journal.open(folder) as journal:
    for audit in own:
        open_audit(journal, audit.campaign, audit.subject, origin)
    for start in range(first, last, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, last))
        audit = own[start // AT_ONCE % len(own)]
        root = root_place_id(audit.id, PlaceKind.ECOLE)
        for number, made in zip(numbers, journal.write_many([
            changes.answered(
                audit.id, root, f"q{number % 60}", Answer(State.KNOWN, number)
            )
            for number in numbers
        ], origin)):
            print(number, made.id, flush=True)
        if (start + place * AT_ONCE) % SYNC < AT_ONCE:
            synchronise_with(journal, hub, ExchangeEvent(), 0)
"""


@dataclass
class Laptop:
    """A laptop that writes and syncs in a process of its own."""

    folder: Path
    label: str
    said: dict[int, str] = field(default_factory=dict)
    """What it told that it saved, by number."""
    starts: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def is_done(self) -> bool:
        """Say whether it told that it saved its last."""
        return REVISIONS - 1 in self.said

    @property
    def is_alive(self) -> bool:
        """Say whether its process runs."""
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Go on where it stopped."""
        first = max(self.said, default=-1) + 1
        words = [str(self.folder), self.label, str(first), str(REVISIONS)]
        with self._out.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-c", WRITER, *words], stdout=out
            )

    def stop(self) -> None:
        """Kill it where it is, and hear what it had told."""
        if self.process is None:
            return
        self.process.kill()
        self.process.wait()
        self.process = None
        for line in self._out.read_text("ascii").splitlines():
            number, _, ident = line.partition(" ")
            if len(ident) == 64:
                self.said[int(number)] = ident
        self.starts += 1

    def call(self, port: int) -> None:
        """Call the office by another way from now on."""
        (known,) = read_enrolments(self.folder)
        url = f"https://127.0.0.1:{port}"
        keep_enrolment(self.folder, known.model_copy(update={"url": url}))

    @property
    def _out(self) -> Path:
        return self.folder / f"said-{self.starts}"


@dataclass
class Office:
    """Two hubs on one database, each behind a proxy that cuts."""

    home: HubHome
    ports: list[int]
    cutters: list[Cutter]
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, at: int) -> subprocess.Popen[bytes]:
        """Start a hub."""
        words = ("serve", "--host", "127.0.0.1", "--port", str(self.ports[at]))
        return subprocess.Popen(
            command("hub", "--folder", str(self.home.folder), *words),
            stderr=subprocess.DEVNULL,
        )

    def kill(self, at: int) -> None:
        """Kill a hub where it is, and start it again."""
        self.processes[at].kill()
        self.processes[at].wait()
        self.processes[at] = self.start(at)


@contextmanager
def office_on(folder: Path, database: str) -> Iterator[Office]:
    ports = [free_port(), free_port()]
    url = f"https://127.0.0.1:{ports[0]}"
    settings = HubSettings(name="Vallombre", url=url, database=database)
    home = HubHome.create(folder, settings)
    home.certificate()  # made once, before both want it
    with ExitStack() as stack:
        cutters = [stack.enter_context(cutting(port)) for port in ports]
        office = Office(home, ports, cutters)
        office.processes = [office.start(at) for at in range(2)]
        try:
            wait_for(home)
            yield office
        finally:
            for process in office.processes:
                process.kill()
                process.wait()


@pytest.mark.long
@pytest.mark.skipif(programs() is None, reason=MISSING)
def test_twenty_laptops_two_hubs_and_one_database_lose_nothing(tmp_path: Path) -> None:
    chance = random.Random(20261125)
    began = time.monotonic()
    with running(durable=True) as server:
        database = server.new_database()
        with office_on(tmp_path / "hub", database) as office:
            laptops = [enrolled(tmp_path, office, at) for at in range(LAPTOPS)]
            try:
                kills = torment(office, laptops, chance)
            finally:
                for laptop in laptops:
                    laptop.stop()
            worked = time.monotonic() - began
            for cutter in office.cutters:
                cutter.up = cutter.down = OPEN
            rounds = settle(laptops)
        told = {
            "postgresql": server.version,
            "laptops": LAPTOPS,
            "killed": kills,
            "rounds_to_settle": rounds,
            **counts(laptops, database),
            "seconds": [round(worked), round(time.monotonic() - began)],
        }
    print(json.dumps(told))


def enrolled(folder: Path, office: Office, at: int) -> Laptop:
    laptop = Laptop(folder / f"laptop-{at}", f"u{at}")
    laptop.folder.mkdir()
    invitation = str(office.home.invite("Anne", ("*",), "write"))
    keep_enrolment(laptop.folder, enrol(laptop.folder, invitation, laptop.label))
    return laptop


def torment(
    office: Office, laptops: list[Laptop], chance: random.Random
) -> dict[str, int]:
    """Let them work, kill and cut at random; return how many were killed."""
    kills = dict.fromkeys(KILLS, 0)
    for laptop in laptops:
        laptop.call(chance.choice(office.cutters).port)
        laptop.start()
    while not all(laptop.is_done for laptop in laptops):
        time.sleep(chance.uniform(0.2, 0.8))
        cutter = chance.choice(office.cutters)
        cutter.up, cutter.down = chance.choice(CUTS), chance.choice(CUTS)
        if kills["hub"] < KILLS["hub"] and chance.random() < 0.15:
            office.kill(chance.randrange(2))
            kills["hub"] += 1
        alive = [laptop for laptop in laptops if laptop.is_alive]
        if alive and kills["laptop"] < KILLS["laptop"]:
            chance.choice(alive).stop()
            kills["laptop"] += 1
        for laptop in laptops:
            if not (laptop.is_alive or laptop.is_done):
                laptop.stop()
                laptop.call(chance.choice(office.cutters).port)
                if not laptop.is_done:
                    laptop.start()
    return kills


def settle(laptops: list[Laptop]) -> int:
    """Sync until nothing moves any more; return how many rounds it took."""
    for rounds in range(1, 30):
        outcomes = []
        for laptop in laptops:
            (known,) = read_enrolments(laptop.folder)
            with Journal.open(laptop.folder) as journal:
                outcomes.append(synchronise_with(journal, known, ExchangeEvent(), NOON))
        if all(one.is_whole and not (one.pulled or one.pushed) for one in outcomes):
            return rounds
    raise AssertionError([one.problem for one in outcomes])


def counts(laptops: list[Laptop], database: str) -> dict[str, int]:
    """Check that all hold the same, each line once; return how many."""
    said = {ident for laptop in laptops for ident in laptop.said.values()}
    with psycopg.connect(database) as raw:
        raw.execute("set search_path = diag_hub")
        verify_log(PostgresTransaction(raw), "base")
        rows = raw.execute("select id from rev", binary=True).fetchall()
        there = {key.hex() for (key,) in rows}
    assert len(rows) == len(there), "a line is there twice"
    assert said <= there, "what was said to be saved is lost"
    first = None
    for laptop in laptops:
        with Journal.open(laptop.folder) as journal:
            held = content(journal.connection)
            keys = journal.select("select id from rev")
        assert {key.hex() for (key,) in keys} == there
        first = first or held
        assert held == first
    assert len(said) == LAPTOPS * REVISIONS
    return {"said": len(said), "at_the_office": len(there), "lost": 0, "twice": 0}
