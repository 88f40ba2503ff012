"""What a key costs in the grid, against a bare DataTable in the same run.

    python -m benches.grid

Both run in a real pty and show twelve rooms × every question; the same moves are made
in both, then answers are given in the grid, each durable. Printed, never asserted.
"""

import sys
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from benches.budgets import hold
from benches.screens import ROUND, Opened, Pressed, keys
from benches.worlds.bare import ROOMS
from diag.audit.answer import NewAnswer, record_answer
from diag.audit.places import add_place
from diag.model.enums import PlaceKind
from tests.audit.builders import started, workspace

TIME_BUDGET, BYTES_BUDGET = 1.25, 3_000
MOVES = ROUND * 2
ANSWERS = list("ccccccccccc")
GRID = """
import sys
from pathlib import Path
from diag.audit.session import start
from diag.workspace.workspace import Workspace
from tests.tui.visit.grid_host import Host
with Workspace.open(Path(sys.argv[1])) as workspace:
    Host(start(workspace, sys.argv[2])).run()
"""


def main(home: Path) -> None:
    uai = school(home / "desk")
    bare = Opened([sys.executable, "-c", ROOMS], home, "Classe 9")
    words = [sys.executable, "-c", GRID, str(home / "desk"), uai]
    grid = Opened(words, home, "Classe 9")
    for each in (bare, grid):
        each.terminal.settle()
    reference, ours = keys(bare, MOVES), keys(grid, MOVES)
    grid.terminal.send("\x1b[1;5H\x1b[B\x1b[A")
    grid.terminal.settle()
    answers = keys(grid, ANSWERS)
    for each in (bare, grid):
        each.close()
    for name, taken in (
        ("bare DataTable, a move", reference),
        ("grid, a move", ours),
        ("grid, an answer", answers),
    ):
        told(name, taken)
    size = max(mean(ours.sizes), mean(answers.sizes))
    base = p95(reference.times)
    hold("heat, a move, p95", p95(ours.times), TIME_BUDGET, "ms", baseline=base)
    hold("heat, bytes a key", size, BYTES_BUDGET, "B")


def school(folder: Path) -> str:
    """Make a workspace where a school has twelve rooms; return its UAI."""
    with workspace(folder) as made:
        session = started(made)
        record_answer(session, NewAnswer("type_ecole", "elementaire"))
        for number in range(1, 13):
            room, _ = add_place(session, PlaceKind.SALLE, f"Classe {number}")
            record_answer(session, NewAnswer("type_salle", "classe", place=room.id))
            record_answer(session, NewAnswer("prises_rj45", number % 5, place=room.id))
        return session.about.ref


def p95(times: list[float]) -> float:
    return quantiles(times, n=20)[-1]


def mean(sizes: list[int]) -> float:
    return sum(sizes) / len(sizes)


def told(name: str, pressed: Pressed) -> None:
    times, _, sizes = pressed
    print(
        f"{name:>24}: {median(times):5.1f} ms median, {p95(times):5.1f} p95, "
        f"{mean(sizes):5.0f} bytes mean, {max(sizes)} at most"
    )


if __name__ == "__main__":
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        main(Path(folder))
