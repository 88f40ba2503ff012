"""What every test shares: bytecode that is kept, and less to count over and over.

Without bytecode each process compiles what it imports again, a third of its start: it
is kept for the programs that tests start too. The environment of a container often
forbids it; `.gitignore` names the folders. Garbage is looked for less often, and what
outlives a module's tests is held for good: it was walked through again and again, a
third of the time.
"""

import gc
import os
import sys
from collections.abc import Iterator
from unittest.mock import patch

import pytest
from hypothesis import settings

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
gc.set_threshold(200_000, 50, 1_000)

# A machine that others use is slow at times: no test judges by the wall clock.
settings.register_profile("diag", deadline=None)
settings.load_profile("diag")


@pytest.fixture(scope="module", autouse=True)
def _held_for_good() -> Iterator[None]:
    yield
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _same_environment() -> Iterator[None]:
    """Give back the variables that a test changes; `tests/__init__.py` chose them."""
    with patch.dict(os.environ):
        yield


def pytest_xdist_auto_num_workers() -> int:
    """Return one worker more than there are cores: screens and programs wait a lot."""
    return (os.cpu_count() or 1) + 1
