import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from diag.journal import connection as keys
from diag.journal.journal import Journal
from diag.journal.revision import Origin
from tests.journal.builders import forget_keys, person

ENCRYPTED = "DIAG_TESTS_ENCRYPTED"
"""With this variable, these tests run on encrypted journals (a long test does)."""

if os.environ.get(ENCRYPTED):

    @pytest.fixture(autouse=True)
    def _encrypted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        monkeypatch.setattr(keys, "key_of", always)
        yield
        forget_keys()


def always(path: Path) -> bytes | None:
    """Return the key of every file that is not a plain one already."""
    return None if keys.is_plain(path) else b"k" * keys.KEY_BYTES


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal.open(tmp_path) as opened:
        yield opened


@pytest.fixture
def author() -> Origin:
    return person("u01")
