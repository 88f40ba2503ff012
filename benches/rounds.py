"""Syncs by one round of many small audits: requests, bytes on the wire, seconds.

    python -m benches.rounds [AUDITS...]

300 audits of 8 revisions, on SQLite and, where it is installed, PostgreSQL, then 50,000
on the last of them, unless told otherwise. Each request is delayed by 25 ms each way.
The limits are those of the design: how many requests, how many bytes; seconds are
printed for what they are here, and beside the first protocol's. At 300 ms, of which all
is waiting, the second protocol alone is played.
"""

import gc
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

import httpx

from benches.budgets import hold
from benches.worlds.sync import audit_lines, hub_in, opened
from diag.journal.journal import Journal, put_setting
from diag.sync.exchange import Exchange, ExchangeEvent, SyncResult
from diag.sync.http import HttpTransport, enrol
from diag.sync.hub.home import HubHome
from diag.sync.hub.intake import Push
from diag.sync.meeting import synchronise
from diag.sync.trust import Enrolment, build_trust, read_token
from tests.sync.databases import MISSING, programs, running

EACH = 8
"""Revisions of an audit."""
SMALL, LARGE = 300, 50_000
NEAR, FAR = 0.025, 0.3
"""Seconds each way."""
FIRST = {SMALL: 10, LARGE: 45}
"""Most requests of a first sync."""
SECONDS = 60
"""For the larger world."""
IDLE_BYTES = 2_000
"""Most bytes of a sync where nothing is new, its headers included."""


class Delayed(HttpTransport):
    """A hub far away: its requests are counted, and so is what passes."""

    delay = NEAR

    def __init__(self, hub: Enrolment) -> None:
        super().__init__(hub.url, build_trust(hub.authority), read_token(hub))
        self.asked = 0
        self.passed = 0
        self.seconds = 0.0

    def _send(
        self,
        method: str,
        path: str,
        *,
        is_part: bool = False,  # noqa: ARG002
        **more: Any,
    ) -> httpx.Response:
        self.asked += 1
        sleep(2 * self.delay)
        with self._client.stream(method, path, **more) as given:
            body = b"".join(given.iter_bytes())
            self.passed += given.num_bytes_downloaded + size(given.headers)
            self.passed += len(more.get("content", b"")) + size(given.request.headers)
            headers = given.headers.copy()
            headers.pop("content-encoding", None)
            return httpx.Response(given.status_code, headers=headers, content=body)


def size(headers: httpx.Headers) -> int:
    return sum(len(name) + len(value) + 4 for name, value in headers.raw)


def main() -> None:
    worlds = [int(word) for word in sys.argv[1:]] or [SMALL, LARGE]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        databases = {"SQLite": ""}
        if programs() is None:
            print(f"PostgreSQL skipped: {MISSING}")
        else:
            server = stack.enter_context(running(durable=True))
            databases[f"PostgreSQL {server.version}"] = "new"
        for audits in worlds:
            for name, database in [*databases.items()][-1 if audits >= LARGE else 0 :]:
                address = server.new_database() if database else ""
                print(f"\n{name}, {audits:,} audits of {EACH} revisions")
                measured(folder / f"{name[:2]}{audits}", audits, address)


def measured(folder: Path, audits: int, database: str) -> None:
    with (
        filled_hub(folder / "hub", audits, database) as home,
        opened(folder / "a") as anne,
    ):
        ours = let_in(home, folder / "a")
        print(f"{'at 25 ms each way':34} {'requests':>8} {'bytes':>13} {'s':>8}")
        first = synced("first sync", anne, ours)
        limit = FIRST.get(audits, 0)
        told = f"{audits:,} audits, {'PostgreSQL' if database else 'SQLite'}"
        if limit:
            hold(f"first sync, {told}", first.asked, limit, "requests")
        if audits == LARGE:
            hold(f"first sync, {told}", first.seconds, SECONDS, "s")
        idle = synced("nothing new", anne, ours)
        hold(f"nothing new, {told}", idle.asked, 1, "requests")
        hold(f"nothing new, {told}", idle.passed, IDLE_BYTES, "B")
        synced("  the next day", anne, ours, at=10**8)
        anne.ingest(audit_lines(0, EACH + 1)[-1:])
        synced("one said here", anne, ours)
        some = range(max(1, audits // 100))
        take(home, [audit_lines(number, EACH + 2)[-1] for number in some])
        synced("1 % there", anne, ours)
        anne.connection.execute("delete from hub_row where audit < '2'")
        synced("hint lost, one row in eight", anne, ours)
        put_setting(anne, "sync.rounds", {})
        synced("all hints lost", anne, ours)
        if audits <= SMALL:
            by_both(folder, home)


def by_both(folder: Path, home: HubHome) -> None:
    """Print the first sync by each protocol and their ratio, then the second's, far."""
    seconds = []
    for number, (newest, delay) in enumerate(((1, NEAR), (2, NEAR), (2, FAR))):
        place, Delayed.delay = folder / f"by-{number}", delay
        with opened(place) as journal:
            office = Delayed(let_in(home, place))
            start = perf_counter()
            if newest > 1:
                synchronise(journal, office, SyncResult("", "", 0), ExchangeEvent())
            else:
                Exchange(journal, office).run(office.hello())
            seconds.append(perf_counter() - start)
            office.close()
    Delayed.delay = NEAR
    before, after, far = seconds
    print(
        f"first sync at 25 ms: {before:.1f} s by the first protocol, {after:.2f} s by "
        f"the second: {before / after:.0f} times less; at 300 ms, {far:.2f} s"
    )


def synced(name: str, journal: Journal, hub: Enrolment, *, at: int = 0) -> Delayed:
    office = Delayed(hub)
    gc.collect()
    start = perf_counter()
    result = SyncResult(hub.hub, hub.name, at)
    done = synchronise(journal, office, result, ExchangeEvent())
    office.seconds = perf_counter() - start
    office.close()
    assert done.is_whole, done
    print(f"{name:34} {office.asked:8,} {office.passed:13,} {office.seconds:8.2f}")
    return office


@contextmanager
def filled_hub(folder: Path, audits: int, database: str) -> Iterator[HubHome]:
    with hub_in(folder, database) as home:
        for start in range(0, audits, 500):
            numbers = range(start, min(start + 500, audits))
            take(home, [line for n in numbers for line in audit_lines(n, EACH)])
        yield home


def take(home: HubHome, lines: list[bytes]) -> None:
    """Give a hub lines, as from a laptop that nobody measures."""
    with closing(home.store()) as store:
        Push(0, frozenset("*"), 0).take(store, lines)


def let_in(home: HubHome, folder: Path) -> Enrolment:
    invitation = str(home.invite("Anne", ("*",), "write"))
    return enrol(folder, invitation, folder.name)


if __name__ == "__main__":
    main()
