"""Six readers of six whole schools read what they read last time, word for word."""

import re

import pytest

from tests.documents.readings import kept, reading
from tests.goldens.golden import NAMES


@pytest.mark.parametrize("name", NAMES)
def test_each_school_reads_as_it_did(name: str) -> None:
    """Changed on purpose? python -m tests.documents.readings, then read it."""
    text = reading(name)
    assert text == kept(name).read_text(encoding="utf-8")
    # Given for ever at the closing, A and R numbers are in no paper before.
    assert not re.findall(r"\b[AR]\d+\b", text)
