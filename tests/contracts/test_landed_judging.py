"""How this version judges and prints an audit that the landed one closed.

From edition 2027.1 on, an older edition is judged no more: such an audit keeps its
status and its digest (`test_landed.py`), and these tests end with its scores.
"""

from pathlib import Path

import pytest

from tests.fixtures.make_landed import (
    LANDED,
    mayors_report,
    recorded,
    scores,
    unpack,
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    unpack("diag.db", tmp_path / "home" / "diag.db")
    return tmp_path / "home"


def test_until_2027_1_a_closed_audit_is_judged_as_it_was(home: Path) -> None:
    assert scores(home) == recorded("scores.json")


def test_until_2027_1_the_mayors_report_of_a_closed_audit_is_the_same_bytes(
    home: Path, tmp_path: Path
) -> None:
    printed = mayors_report(home, tmp_path / "out")

    assert printed == (LANDED / "mairie.md").read_bytes()
