"""Laptops and hubs that meet as they can: what holds whatever happens.

P1 convergence, P2 idempotency, P3 any order and partition, P4 projections are the
log's, P5 no loss, P7 clones and restores, P8 clocks, P10 erasure, P12 two hubs,
P13 silence, P14 a write supersedes what its author saw. By either protocol, the same.
"""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from diag.sync.hub.postgres import PostgresEngine
from diag.sync.hub.store import Store
from tests.sync.databases import Server
from tests.sync.disks import Disk, MemoryDisk, PostgresDisk
from tests.sync.machine import NEW, Meetings
from tests.sync.offices import AUDITS

QUICK = settings(
    max_examples=6,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
LONG = settings(QUICK, max_examples=10_000, stateful_step_count=20)
DEEP = settings(QUICK, max_examples=600, stateful_step_count=60)


@pytest.fixture
def mixed(postgresql: Server) -> Iterator[type[Meetings]]:
    """Give the machine where the second hub is in PostgreSQL."""
    store = Store(PostgresEngine(postgresql.new_database()))

    class Mixed(Meetings):
        def new_disks(self) -> list[Disk]:
            return [MemoryDisk("a"), PostgresDisk(store)]

    yield Mixed
    store.close()


def test_laptops_and_hubs_agree_whatever_happens_to_them() -> None:
    run_state_machine_as_test(Meetings, settings=QUICK)


def test_a_line_that_enters_when_it_is_given_again_was_not_refused() -> None:
    """A hub put back lacked an erasure: the skeleton it names was given before it."""
    story = Meetings()
    story.begin()
    story.answer(audit=AUDITS[0], clock=0, number=0, question="q", value=0)
    story.sync(number=0, hub=1, cut=None, way=NEW)
    story.copy_hub(hub=1)
    story.upgrade(number=0, choice=0, value=0)
    story.erase(number=0, choice=0, clock=0)
    story.sync(number=0, hub=1, cut=None, way=NEW)
    story.restore_hub(hub=1)

    story.sync(number=0, hub=1, cut=None, way=NEW)

    story.teardown()


@pytest.mark.long
@pytest.mark.parametrize("stories", [LONG, DEEP], ids=["many", "deep"])
def test_laptops_and_hubs_agree_for_longer(stories: settings) -> None:
    run_state_machine_as_test(Meetings, settings=stories)


def test_they_agree_with_a_hub_in_postgresql(mixed: type[Meetings]) -> None:
    run_state_machine_as_test(mixed, settings=settings(QUICK, max_examples=2))


@pytest.mark.long
def test_they_agree_for_longer_with_a_hub_in_postgresql(mixed: type[Meetings]) -> None:
    few = settings(DEEP, max_examples=200, stateful_step_count=40)
    run_state_machine_as_test(mixed, settings=few)
