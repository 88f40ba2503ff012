"""A budget that is passed is never printed as held."""

from pathlib import Path

import pytest

from benches.budgets import Line, hold, read_lines


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
    monkeypatch.setenv("DIAG_BUDGETS", str(kept))
    hold("first paint", 120, 1.25, "ms", baseline=100)
    hold("idle", 0, 0, "B")
    assert "\n".join(map(str, read_lines(kept))) == capsys.readouterr().out.rstrip()
