"""Syncs that nobody asked for: when they are due, and what they do."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from diag.office import sync as syncing
from diag.sync.exchange import SyncResult
from diag.tui.background import BackgroundSync
from diag.workspace.workspace import World
from tests.audit.builders import SCHOOL, started, workspace
from tests.sync.serving import Served, free_port, made_home, served

MINUTE = 60.0


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def background(
    folder: Path, clock: Clock, ended: list[Sequence[SyncResult]]
) -> BackgroundSync:
    return BackgroundSync(folder, World, ended.append, clock)


def finish(sync: BackgroundSync) -> None:
    if sync._thread:
        sync._thread.join(30)
        assert not sync._thread.is_alive()


def test_it_is_due_at_start_then_at_rest_once(tmp_path: Path, clock: Clock) -> None:
    sync = background(tmp_path, clock, [])
    assert not sync.is_due
    clock.now = 20
    assert sync.is_due
    sync.tick()
    assert not sync.is_running, "no hub knows this laptop"
    clock.now += 11 * MINUTE
    assert not sync.is_due, "nobody typed since"
    sync.touch()
    clock.now += 9 * MINUTE
    assert not sync.is_due
    clock.now += MINUTE
    assert sync.is_due
    sync.tick()
    clock.now += 30 * MINUTE
    assert not sync.is_due
    clock.now += 30 * MINUTE
    assert sync.is_due, "colleagues may have written"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("hub")
    with served(made_home(folder / "hub", free_port())) as running:
        yield running


def test_what_was_recorded_goes_to_the_office(
    tmp_path: Path, clock: Clock, hub: Served
) -> None:
    with workspace(tmp_path) as desk:
        session = started(desk, SCHOOL)
        syncing.enrol(desk, hub.invite())
    ended: list[Sequence[SyncResult]] = []
    sync = background(tmp_path, clock, ended)
    clock.now = 30

    sync.tick()
    finish(sync)

    ((outcome,),) = ended
    assert (outcome.problem, outcome.is_whole) == ("", True)
    assert hub.store.lines(session.audit.id, 0, 1, 1) is not None
    hub.store.revoke(hub.store.devices()[-1].id, 1)
    clock.now += 90 * MINUTE
    sync.tick()
    finish(sync)
    assert [one[0].is_barred for one in ended] == [False, True]
    clock.now += 90 * MINUTE
    sync.tick()
    finish(sync)
    assert len(ended) == 2, "trying again is in vain"


def test_without_network_it_waits_longer_each_time(
    tmp_path: Path, clock: Clock, hub: Served
) -> None:
    with workspace(tmp_path) as desk:
        started(desk, SCHOOL)
        known = syncing.enrol(desk, hub.invite())
    kept = tmp_path / "hubs" / f"{known.hub}.json"
    nowhere = f"https://127.0.0.1:{free_port()}"
    kept.write_text(kept.read_text("utf-8").replace(known.url, nowhere), "utf-8")
    ended: list[Sequence[SyncResult]] = []
    sync = background(tmp_path, clock, ended)
    clock.now = 30
    waits = []
    for _ in range(9):
        sync.tick()
        finish(sync)
        before = clock.now
        while not sync.is_due:
            clock.now += MINUTE / 2
        waits.append((clock.now - before) / MINUTE)

    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert all(one[0].code == 10 for one in ended)
    sync.stop()
    sync.tick()
    assert not sync.is_running


def test_an_error_nobody_had_foreseen_is_logged_and_waits_as_any_failure(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace(tmp_path).close()
    (tmp_path / "hubs").mkdir(exist_ok=True)
    (tmp_path / "hubs" / "x.json").touch()

    def broken(*_: object, **__: object) -> Sequence[SyncResult]:
        raise ZeroDivisionError

    monkeypatch.setattr(syncing, "run", broken)
    sync = background(tmp_path, clock, [])
    clock.now = 30
    for minutes in (1, 2):
        sync.tick()
        finish(sync)
        clock.now += minutes * MINUTE - 1
        assert not sync.is_due
        clock.now += 1
        assert sync.is_due, "it is tried again, though nobody typed"
    logged = (tmp_path / "diag.log").read_text("utf-8")
    assert logged.count("ERROR background sync\nTraceback") == 2


def test_an_app_that_ends_has_what_is_under_way_stop(
    tmp_path: Path, clock: Clock
) -> None:
    sync = background(tmp_path, clock, [])
    sync._run = sync._stopped.wait  # type: ignore[method-assign, assignment]
    (tmp_path / "hubs").mkdir()
    (tmp_path / "hubs" / "x.json").touch()
    clock.now = 30
    sync.tick()
    assert sync.is_running
    sync.stop()
    assert not sync.is_running
