"""What was acknowledged is on the disk when the power is cut, at any write or sync."""

import ctypes.util
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from diag.journal.backup import verify
from diag.journal.journal import FILE, Journal
from tests.journal.builders import AUDIT

pytestmark = [
    pytest.mark.durable,
    pytest.mark.plain,
    pytest.mark.skipif(
        not ctypes.util.find_library("sqlite3") or sys.platform == "win32",
        reason="Python brings its own SQLite here: its files cannot be watched",
    ),
]

CUTS = 25


class Found(NamedTuple):
    """What was found after the cuts."""

    said: int
    """Revisions acknowledged before a cut, over all cuts."""
    lost: int


def after_cuts(folder: Path, synchronous: str, seed: int) -> Found:
    words = [str(folder), str(CUTS), synchronous, str(seed)]
    subprocess.run(
        [sys.executable, "-m", "tests.journal.power_cut", *words], check=True
    )
    cuts = sorted(folder.glob("cut-*"))
    assert len(cuts) == CUTS
    said = lost = 0
    for cut in cuts:
        acknowledged = set((cut / "said").read_text("ascii").split())
        with Journal.open(cut) as journal:
            held = {head.id for head in journal.heads(AUDIT.id)}
        verify(cut / FILE)
        said += len(acknowledged)
        lost += len(acknowledged - held)
    return Found(said, lost)


def test_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    found = after_cuts(tmp_path, "full", 1)

    assert found.said > 500
    assert found.lost == 0


@pytest.mark.long  # it proves that the one above can fail
def test_the_cut_does_lose_what_a_lesser_setting_leaves_behind(tmp_path: Path) -> None:
    found = after_cuts(tmp_path, "normal", 1)

    assert found.lost > 0
