"""What checking the shipped checklists costs: read whole, then with nothing changed.

    python -m benches.check

Each time is a whole `diag check`, start of the program included, in a process of its
own with an empty cache, then with the cache that the first one left; the least of a
few, since others may share the machine. Modules are compiled before, once: so they are
where the program is installed.
"""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from benches.budgets import hold
from diag.checklist import shipped_checklists
from diag.checklist.load import load_checklists

BUDGETS = {"changed": 3.0, "unchanged": 0.3}
"""Seconds; printed beside what was measured, never asserted."""
ROUNDS = 3


def main() -> None:
    folder = shipped_checklists()
    criteria = len(load_checklists(folder).draft.criteria)
    times: dict[str, list[tuple[float, float]]] = {"changed": [], "unchanged": []}
    with TemporaryDirectory() as program:
        with TemporaryDirectory() as cache:
            checked(folder, cache, program)
        for _ in range(ROUNDS):
            with TemporaryDirectory() as cache:
                for taken in times.values():
                    taken.append(checked(folder, cache, program))
    for name, taken in times.items():
        passed, worked = (min(column) for column in zip(*taken, strict=True))
        print(
            f"check, {name}: {passed:.2f} s, of which {worked:.2f} s of processor, "
            f"for {criteria} criteria"
        )
        hold(f"diag check, {name}", passed, BUDGETS[name], "s")


def checked(folder: Path, cache: str, program: str) -> tuple[float, float]:
    """Return the seconds that a check takes, and those that it works.

    `program` is where its modules are kept compiled.
    """
    kept = {"XDG_CACHE_HOME": cache, "PYTHONPYCACHEPREFIX": program}
    start, before = perf_counter(), os.times()
    subprocess.run(
        [sys.executable, "-m", "diag", "check", str(folder)],
        check=False,  # what it finds is another matter than what it costs
        stdout=subprocess.DEVNULL,
        env={**os.environ, **kept, "PYTHONDONTWRITEBYTECODE": ""},
    )
    after = os.times()
    worked = after.children_user + after.children_system
    return (
        perf_counter() - start,
        worked - before.children_user - before.children_system,
    )


if __name__ == "__main__":
    main()
