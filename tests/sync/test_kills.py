"""Real processes: a hub and laptops killed at random, over TLS, lines cut between."""

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from diag.journal.journal import Journal
from diag.sync.exchange import ExchangeEvent
from diag.sync.http import enrol
from diag.sync.hub import sqlite
from diag.sync.hub.home import HubHome
from diag.sync.meeting import synchronise_with
from diag.sync.trust import keep_enrolment, read_enrolments
from tests.cli.running import command
from tests.journal.builders import NOON
from tests.journal.worlds import content
from tests.sync.offices import AUDITS
from tests.sync.serving import Cutter, cutting, free_port, made_home

pytestmark = pytest.mark.durable

LAPTOPS, REVISIONS = 6, 700

WRITER = """
import json, sys
from pathlib import Path
from diag.journal import changes
from diag.journal.facts import open_audit
from diag.journal.revision import Origin
from diag.journal.journal import Journal
from diag.model.audit import Answer, State
from diag.sync.exchange import ExchangeEvent
from diag.sync.meeting import synchronise_with
from diag.sync.trust import read_enrolments
from tests.sync.offices import AUDITS, ROOTS

folder, label, first, last = Path(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:])
(hub,) = read_enrolments(folder)
origin = Origin(label, label)
with Journal.open(folder) as journal:
    for number in range(first, last):
        audit = AUDITS[number % 2]
        open_audit(journal, audit.campaign, audit.subject, origin)
        answer = Answer(State.KNOWN, number)
        draft = changes.answered(audit.id, ROOTS[audit.id], f"q{number % 9}", answer)
        print(number, journal.write(draft, origin).id, flush=True)
        if number % 20 == 0:
            synchronise_with(journal, hub, ExchangeEvent(), 0)
"""


class Laptop:
    """A laptop that writes and syncs in a process of its own, killed at any moment."""

    def __init__(self, folder: Path, label: str) -> None:
        self.folder = folder
        self.label = label
        self.said: dict[int, str] = {}
        """What it was told is saved, by number."""
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def told(self) -> Path:
        """Where it writes what it is told."""
        return self.folder / "told.txt"

    @property
    def is_done(self) -> bool:
        return len(self.said) == REVISIONS

    def start(self) -> None:
        first = max(self.said, default=-1) + 1
        words = [str(self.folder), self.label, str(first), str(REVISIONS)]
        with self.told.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-c", WRITER, *words], stdout=out
            )

    @property
    def lines(self) -> int:
        """How many it was told since it started; all of them once it ended."""
        assert self.process is not None
        if self.process.poll() is not None:
            return REVISIONS
        return self.told.read_bytes().count(b"\n")

    def stop(self) -> bool:
        """Kill it where it is; say whether it had not finished."""
        assert self.process is not None
        alive = self.process.poll() is None
        if alive:
            self.process.kill()
        self.process.wait()
        for line in self.told.read_text("ascii").splitlines():
            number, _, ident = line.partition(" ")
            if len(ident) == 64:
                self.said[int(number)] = ident
        self.process = None
        return alive


@contextmanager
def hub_process(home: HubHome) -> Iterator[subprocess.Popen[bytes]]:
    words = command("hub", "--folder", str(home.folder), "serve", "--host", "127.0.0.1")
    with subprocess.Popen(words, stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.long
@pytest.mark.parametrize("seed", [20261125, 1, 2])
def test_nothing_said_is_lost_whatever_is_killed(tmp_path: Path, seed: int) -> None:
    """Two hundred kills in all, of laptops and of the hub."""
    chance = random.Random(seed)
    home = made_home(tmp_path / "hub", free_port())
    with cutting(home.port) as cutter:
        laptops = enrolled(tmp_path, home, cutter)
        kills = {"hub": 0, "laptop": 0}
        while not all(laptop.is_done for laptop in laptops):
            running = [laptop for laptop in laptops if not laptop.is_done]
            with hub_process(home):
                for laptop in running:
                    laptop.start()
                cutter.up = chance.choice([3_000, 20_000, 10**12])
                wait_until_told(running, chance.randint(100, 500))
                for laptop in running:
                    kills["laptop"] += laptop.stop()
            kills["hub"] += 1
        cutter.up = 10**12
        with hub_process(home):
            wait_for(home)
            settle(laptops)
    sqlite.verify(home.folder / "hub.db")
    said = {ident for laptop in laptops for ident in laptop.said.values()}
    check_same(laptops, home, said)
    print(json.dumps({"laptops": LAPTOPS, "said": len(said), "killed": kills}))


def wait_until_told(running: list[Laptop], lines: int) -> None:
    """Wait until they were told so much together: on a busy machine, longer."""
    while sum(laptop.lines for laptop in running) < lines:
        time.sleep(0.05)


def enrolled(folder: Path, home: HubHome, cutter: Cutter) -> list[Laptop]:
    with hub_process(home):
        laptops = [Laptop(folder / f"{at}", f"u{at}") for at in range(LAPTOPS)]
        wait_for(home)
        for laptop in laptops:
            laptop.folder.mkdir()
            invitation = str(home.invite("Anne", ("*",), "write"))
            kept = enrol(laptop.folder, invitation, laptop.label)
            url = f"https://127.0.0.1:{cutter.port}"
            keep_enrolment(laptop.folder, kept.model_copy(update={"url": url}))
    return laptops


def wait_for(home: HubHome) -> None:
    from diag.sync.http import HttpTransport  # noqa: PLC0415 -- one use
    from diag.sync.protocol import OfflineError  # noqa: PLC0415 -- one use
    from diag.sync.trust import build_trust  # noqa: PLC0415 -- one use

    office = HttpTransport(home.settings.url, build_trust(home.authority))
    for _ in range(2_000):
        try:
            office.hello()
        except OfflineError:
            time.sleep(0.1)
        else:
            break
    office.close()


def settle(laptops: list[Laptop]) -> None:
    for round_ in range(40):
        outcomes = []
        for laptop in laptops:
            (known,) = read_enrolments(laptop.folder)
            with Journal.open(laptop.folder) as journal:
                outcomes.append(synchronise_with(journal, known, ExchangeEvent(), NOON))
        if all(one.is_whole and not one.pulled for one in outcomes):
            assert round_ > 0
            return
        time.sleep(0.2)
    raise AssertionError([one.problem for one in outcomes])


def check_same(laptops: list[Laptop], home: HubHome, said: set[str]) -> None:
    store = home.store()
    there = store.manifest({"*"})
    store.close()
    first = None
    for laptop in laptops:
        with Journal.open(laptop.folder) as journal:
            assert journal.manifest() == there
            held = content(journal.connection)
            first = first or held
            assert held == first
            keys = {key.hex() for (key,) in journal.select("select id from rev")}
            assert said <= keys
    assert len(said) == LAPTOPS * REVISIONS
    assert sum(one.revisions for one in there) >= len(said) + len(AUDITS[:2])
