"""What the tests of the hub share."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest

from tests.sync.databases import MISSING, Server, programs, running


@pytest.fixture(scope="session")
def postgresql_of() -> Iterator[Callable[[Path], Server]]:
    """Give a PostgreSQL of these programs for quick tests, the same for all."""
    with ExitStack() as stack:

        @cache
        def started(binaries: Path) -> Server:
            return stack.enter_context(running(binaries=binaries))

        yield started


@pytest.fixture(scope="session")
def postgresql(postgresql_of: Callable[[Path], Server]) -> Server:
    """Give the newest PostgreSQL that is installed."""
    newest = programs()
    if newest is None:
        pytest.skip(MISSING)
    return postgresql_of(newest)
