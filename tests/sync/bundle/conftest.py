"""Two colleagues who know each other, and one whom nobody knows."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sync.bundle.colleagues import Colleague, keys_of, meet
from tests.sync.offices import AUDITS, journal_in, say, started


@pytest.fixture
def anne(tmp_path: Path) -> Iterator[Colleague]:
    with journal_in(tmp_path / "anne") as journal:
        one = Colleague("anne", journal, keys_of(1))
        started(journal, AUDITS[0], one.origin)
        say(journal, AUDITS[0], 3, one.origin)
        yield one


@pytest.fixture
def bruno(tmp_path: Path, anne: Colleague) -> Iterator[Colleague]:
    with journal_in(tmp_path / "bruno") as journal:
        one = Colleague("bruno", journal, keys_of(2))
        meet(anne, one)
        yield one


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[Colleague]:
    with journal_in(tmp_path / "stranger") as journal:
        yield Colleague("zoé", journal, keys_of(3))
