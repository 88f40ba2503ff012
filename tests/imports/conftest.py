from collections.abc import Iterator
from pathlib import Path

import pytest

from diag.demo.files import FictionalTerritory, write_fictional_territory
from diag.journal.journal import Journal
from diag.journal.territory import Territory

NOON = 1_790_000_000_000


@pytest.fixture
def territory(tmp_path: Path) -> Iterator[Territory]:
    with Journal.open(tmp_path) as journal:
        yield Territory(journal.connection, clock=lambda: NOON)


@pytest.fixture(scope="session")
def vallombre(tmp_path_factory: pytest.TempPathFactory) -> FictionalTerritory:
    return write_fictional_territory(tmp_path_factory.mktemp("vallombre"))
