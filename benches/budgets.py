"""What was measured beside its budget and, where there is one, a bare baseline.

A bench says each line as soon as it has it. `python -m benches` runs them all and
prints the lines again, side by side.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

KEPT = "BENCH_BUDGETS"
"""Names the file to which a run of all the benches has them add their lines.

Benches that use the worlds of tests lose the variables that are diag's own.
"""


@dataclass(frozen=True)
class Line:
    """A budget: what it bounds, what was measured, what is allowed.

    Where there is a baseline, the budget bounds how many times it was taken. A budget
    is the most allowed, or the least where `at_least` is set.
    """

    what: str
    measured: float
    budget: float
    unit: str
    baseline: float | None
    at_least: bool

    @property
    def compared(self) -> float:
        """Return what the budget bounds."""
        return self.measured / self.baseline if self.baseline else self.measured

    @property
    def is_held(self) -> bool:
        """Say whether it stays within its budget."""
        if self.at_least:
            return self.compared >= self.budget
        return self.compared <= self.budget

    def __str__(self) -> str:
        unit = "×" if self.baseline else self.unit
        bound = "≥" if self.at_least else "≤"
        bare = f"{self.baseline:,.2f} {self.unit}" if self.baseline else "–"
        ratio = f"{self.compared:.2f}" if self.baseline else "–"
        verdict = "held" if self.is_held else "EXCEEDED"
        return (
            f"{self.what:<44} {f'{self.measured:,.2f} {self.unit}':>16} {bare:>14} "
            f"{ratio:>6} {f'{bound} {self.budget:g} {unit}':>14}  {verdict}"
        )


HEAD = f"{'what':<44} {'measured':>16} {'bare':>14} {'ratio':>6} {'budget':>14}"


def hold(
    what: str,
    measured: float,
    budget: float,
    unit: str = "",
    *,
    baseline: float | None = None,
    at_least: bool = False,
) -> None:
    """Print a line, and keep it for the table of the run."""
    line = Line(what, measured, budget, unit, baseline, at_least)
    print(line, flush=True)
    if path := os.environ.get(KEPT):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(line)) + "\n")


def read_lines(path: Path) -> list[Line]:
    """Return the lines that the benches of a run kept."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else ()
    return [Line(**json.loads(line)) for line in lines]
