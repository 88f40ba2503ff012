"""A budget that is passed is never printed as held."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benches.budgets import KEPT, Line, hold, read_lines


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (Line("a key", 2.5, 2.0, "ms", None, at_least=False), "EXCEEDED"),
        (Line("a key", 2.0, 2.0, "ms", None, at_least=False), "held"),
        (Line("first paint", 130, 1.25, "ms", 100, at_least=False), "EXCEEDED"),
        (Line("first paint", 120, 1.25, "ms", 100, at_least=False), "held"),
        (Line("by euro", 93, 0.94, "pts", 100, at_least=True), "EXCEEDED"),
        (Line("by euro", 95, 0.94, "pts", 100, at_least=True), "held"),
        (Line("a key", float("nan"), 2.0, "ms", None, at_least=False), "EXCEEDED"),
    ],
)
def test_a_line_says_what_its_figures_say(line: Line, verdict: str) -> None:
    assert str(line).endswith(f"  {verdict}")


def test_what_benches_say_comes_back_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "budgets.jsonl"
    assert not read_lines(kept)
    monkeypatch.setenv(KEPT, str(kept))
    hold("first paint", 120, 1.25, "ms", baseline=100)
    hold("idle", 0, 0, "B")
    assert "\n".join(map(str, read_lines(kept))) == capsys.readouterr().out.rstrip()


def test_what_a_bench_says_is_kept_whose_worlds_are_those_of_tests(
    tmp_path: Path,
) -> None:
    kept = tmp_path / "budgets.jsonl"
    bench = "import tests; from benches.budgets import hold; hold('idle', 0, 0)"
    command = [sys.executable, "-c", bench]
    subprocess.run(command, env={**os.environ, KEPT: str(kept)}, check=True)
    assert [line.what for line in read_lines(kept)] == ["idle"]
