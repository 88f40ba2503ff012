"""Six readers of six whole schools read what they read last time, word for word."""

import pytest

from tests.documents.readings import kept, reading
from tests.goldens.golden import NAMES


@pytest.mark.parametrize("name", NAMES)
def test_each_school_reads_as_it_did(name: str) -> None:
    """Changed on purpose? python -m tests.documents.readings, then read it."""
    assert reading(name) == kept(name).read_text(encoding="utf-8")
