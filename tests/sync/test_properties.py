"""Laptops and hubs that meet as they can: what holds whatever happens.

P1 convergence, P2 idempotency, P3 any order and partition, P4 projections are the
log's, P5 no loss, P7 clones and restores, P8 clocks, P10 erasure, P12 two hubs,
P13 silence, P14 a write supersedes what its author saw.
"""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.sync.machine import Meetings

QUICK = settings(
    max_examples=25,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
LONG = settings(QUICK, max_examples=600, stateful_step_count=60)


def test_laptops_and_hubs_agree_whatever_happens_to_them() -> None:
    run_state_machine_as_test(Meetings, settings=QUICK)


@pytest.mark.long
def test_laptops_and_hubs_agree_for_longer() -> None:
    run_state_machine_as_test(Meetings, settings=LONG)
