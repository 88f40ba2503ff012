from collections.abc import Iterator
from pathlib import Path

import pytest

from diag.journal.draft import Origin
from diag.journal.journal import Journal
from tests.journal.builders import person


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal.open(tmp_path) as opened:
        yield opened


@pytest.fixture
def author() -> Origin:
    return person("u01")
