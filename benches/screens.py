"""What the screens cost, as ratios against a bare Textual app in the same run.

    python -m benches.screens [rounds]

Both run in a real pty, turn by turn: an app of one line (paint, ready, memory), or of
one DataTable that shows as much and is sent the very same keys, and `diag` on 6,000
schools X
"""

import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import NamedTuple

from benches.budgets import hold
from benches.worlds.bare import EMPTY, QUESTIONS, ROOMS
from benches.worlds.territory import big_workspace, numbered
from diag.audit.answer import NewAnswer, record_answer
from diag.audit.compare import keep_judged
from diag.office.outlook import progress_by_school
from diag.tui.state import OpenDesk, Recent
from tests.terminal.terminal import Terminal, program

SIZE = (80, 24)
KEYS = 60
UP, DOWN, RIGHT, LEFT = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D"
ROUND = [DOWN] * 8 + [RIGHT] * 12 + [UP] * 8 + [LEFT] * 12
"""Round the grille: from one corner of its rooms to another, and back."""
QUIET = 2.0
READY = "Chantelombe"


class Opened:
    """One start of a program, timed."""

    def __init__(self, words: list[str], home: Path, ready: str) -> None:
        start = perf_counter()
        self.terminal = Terminal(words, home, SIZE)
        self.terminal.wait_for(lambda: any(self.terminal.lines), "a first paint")
        self.first = perf_counter() - start
        self.terminal.wait_for(lambda: self.terminal.shows(ready), ready)
        self.ready = perf_counter() - start
        self.spent = self.cpu

    @property
    def cpu(self) -> float:
        """Return the processor's time it took so far, in s, where the system tells."""
        tasks = Path(f"/proc/{self.terminal.process.pid}/task").glob("*/schedstat")
        spent = [int(each.read_text(encoding="utf-8").split()[0]) for each in tasks]
        return sum(spent) / 1e9 if spent else float("nan")

    @property
    def memory(self) -> float:
        """Return the resident memory in MiB, where the system tells it."""
        status = Path(f"/proc/{self.terminal.process.pid}/status")
        if not status.exists():
            return float("nan")
        lines = status.read_text(encoding="utf-8").splitlines()
        (line,) = [line for line in lines if line.startswith("VmRSS")]
        return int(line.split()[1]) / 1024

    def close(self) -> None:
        """Kill it."""
        self.terminal.kill()
        self.terminal.hang_up()


def starts(home: Path, rounds: int) -> None:
    bare: list[tuple[float, ...]] = []
    ours: list[tuple[float, ...]] = []
    for _ in range(rounds):
        for words, ready, found in (
            ([sys.executable, "-c", EMPTY], "pret a servir", bare),
            (program(), READY, ours),
        ):
            opened = Opened(words, home, ready)
            opened.terminal.settle()
            found.append((
                opened.first,
                opened.ready,
                opened.memory,
                opened.spent,
            ))
            opened.close()
    for name, at, budget, scale, unit in (
        ("first paint", 0, 1.25, 1000, "ms"),
        ("ready", 1, 1.5, 1000, "ms"),
        ("processor", 3, 1.5, 1000, "ms"),
        ("memory", 2, 1.7, 1, "MiB"),
    ):
        base = median(each[at] for each in bare) * scale
        mine = median(each[at] for each in ours) * scale
        hold(name, mine, budget, unit, baseline=base)


class Pressed(NamedTuple):
    """What keys cost, one by one."""

    times: list[float]
    """To the first byte, in ms."""
    spent: list[float]
    """The same in processor's time, which others on the machine disturb less."""
    sizes: list[int]
    """Bytes written."""


def keys(opened: Opened, moves: list[str]) -> Pressed:
    """Press keys one by one."""
    terminal, found = opened.terminal, Pressed([], [], [])
    for move in moves:
        terminal.settle(0.05)
        before, spent, start = terminal.written, opened.cpu, perf_counter()
        terminal.send(move)
        if terminal.read(5):
            found.times.append((perf_counter() - start) * 1000)
            found.spent.append((opened.cpu - spent) * 1000)
        terminal.settle(0.05)
        found.sizes.append(terminal.written - before)
    return found


def moved(home: Path) -> None:
    half = KEYS // 2
    for face, key, table, moves in (
        ("fiche", "", QUESTIONS, [DOWN] * half + [UP] * half),
        ("grille", "\x1bOQ", ROOMS, ROUND),
    ):
        bare = Opened([sys.executable, "-c", table], home, "question 3")
        bare.terminal.settle()
        base = keys(bare, moves)
        bare.close()
        visit(home, face, key, moves, base)


def visit(home: Path, face: str, key: str, moves: list[str], bare: Pressed) -> None:
    """Press the same keys in a face of Visite as in the bare table."""
    opened = Opened(program(), home, READY)
    terminal = opened.terminal
    terminal.send("\x1bOR")
    terminal.wait_for(lambda: terminal.shows("Direction"), "the visit")
    terminal.settle()
    if key:
        terminal.send(key)
        terminal.settle()
    ours = keys(opened, moves)
    for what, mine, base in (
        (f"{face}, key to paint, p95", ours.times, bare.times),
        (f"{face}, a key, processor, p95", ours.spent, bare.spent),
    ):
        hold(what, p95(mine), 1.25, "ms", baseline=p95(base))
    hold(f"{face}, bytes a key, p95", p95(ours.sizes), 3_000, "B")
    print(
        f"{'':>14}  median {median(ours.times):.1f} ms "
        f"(bare {median(bare.times):.1f}), processor {median(ours.spent):.1f} ms "
        f"(bare {median(bare.spent):.1f}); "
        f"{median(ours.sizes):.0f} bytes a key (bare {median(bare.sizes):.0f})"
    )
    terminal.settle()
    before = terminal.written
    terminal.read(QUIET)
    hold(f"{face}, idle {QUIET:g} s", terminal.written - before, 0, "B")
    print(f"{'':>14}  memory of the visit: {opened.memory:.1f} MiB")
    opened.close()


def p95(values: list[float] | list[int]) -> float:
    return quantiles(values, n=20)[-1] if len(values) > 1 else float("nan")


def looked_over(folder: Path) -> None:
    """Print what it costs to see where 1,000 audited schools stand.

    The screen is drawn first; the audits are proven behind it, some between two keys.
    """
    home = big_workspace(folder, 6_000, 1_000)
    desk = OpenDesk(home)
    spent(
        "1,000 audits, cold",
        lambda: progress_by_school(desk.workspace, conflicts=False),
        2_000,
    )
    spent("all proven, behind the screen", desk.workspace.journal.check_all)
    for at in range(0, 6_000, 6):
        keep_judged(desk.session(numbered(at)))
    spent("all judged, once", lambda: progress_by_school(desk.workspace), 2_000)
    spent("1,000 audits, warm", lambda: progress_by_school(desk.workspace), 150)
    session = desk.session(numbered(6))
    record_answer(session, NewAnswer("nb_classes", 7, sure=True))
    keep_judged(session)
    spent("after an answer", lambda: progress_by_school(desk.workspace), 150)
    spent("6,000 schools", lambda: desk.workspace.territory.schools(""), 150)
    desk.close()


def spent(name: str, act: Callable[[], object], budget: float = 0) -> None:
    start, worked = perf_counter(), process_time()
    act()
    took, worked = perf_counter() - start, process_time() - worked
    print(f"{name}: {took * 1000:.1f} ms, processor {worked * 1000:.1f}")
    if budget:
        hold(name, took * 1000, budget, "ms")


def main(rounds: int) -> None:
    with TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        home = big_workspace(Path(scratch) / "trois-cents")
        desk = OpenDesk(home)
        desk.recent = Recent(numbered(0))
        desk.close()
        starts(home, rounds)
        moved(home)
        looked_over(Path(scratch) / "mille")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
