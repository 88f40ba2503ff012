"""What the tests of the hub share."""

from collections.abc import Iterator

import pytest

from tests.sync.databases import MISSING, Server, programs, running


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """Give a PostgreSQL for quick tests."""
    if programs() is None:
        pytest.skip(MISSING)
    with running() as server:
        yield server
