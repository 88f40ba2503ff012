"""What one durable answer costs, against a bare insert and commit in the same run.

    python -m benches.append [folder]

Both write to the disk of `folder` (the current one by default) with the same pragmas,
turn by turn, beside twelve thousand revisions that are already there. As on site, nine
answers out of ten are first answers, one corrects another. The ratio has a budget
where a commit takes a millisecond, as on a laptop: where the disk is faster, it is
printed for such a disk.
"""

import sys
from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path
from sqlite3 import Connection
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter_ns, process_time_ns
from uuid import UUID, uuid5

from benches.budgets import hold
from diag.journal import changes
from diag.journal.connection import connect
from diag.journal.file import Recorder
from diag.journal.ingest import Tally, head_row
from diag.journal.journal import Journal
from diag.journal.revision import NewRevision, Origin, parse
from diag.model.audit import Answer
from diag.model.enums import State

BUDGET = 1.5
COMMIT = 1_000
"""Microseconds of a commit from which the ratio has a budget."""
PROCESSOR_BUDGET = 6
"""Microseconds of an append that the recorder and the sums may take, both."""
INSERT = "insert into bare values (?, ?)"
ROUNDS = 2_000
AUDITS = [str(uuid5(UUID(int=0), str(number))) for number in range(20)]
NEW_AUDITS = [str(uuid5(UUID(int=2), str(number))) for number in range(4)]
PLACES = [str(uuid5(UUID(int=1), str(number))) for number in range(20)]
QUESTIONS = [f"question_numero_{number}" for number in range(30)]


def main(folder: Path) -> None:
    scratch = TemporaryDirectory(dir=folder, ignore_cleanup_errors=True)
    with scratch as home, Journal.open(Path(home)) as journal:
        origin = Origin("u01", "laptop-01")
        for audit in AUDITS:
            journal.write_many(answers(audit, "avant"), origin)
        lines = [line for audit in AUDITS for line in journal.lines(audit)]
        drafts = [
            draft
            for audit in NEW_AUDITS
            for draft in answers(audit, "après", ROUNDS // len(NEW_AUDITS))
        ]
        bare = bare_table(Path(home) / "bare.db", lines)
        body = lines[-1].decode()

        def insert_and_commit(number: int) -> None:
            bare.execute("begin immediate")
            bare.execute(INSERT, (sha256(number.to_bytes(8)).digest(), body))
            bare.execute("commit")

        def answer(number: int) -> None:
            journal.write(drafts[number], origin)

        times = measured((insert_and_commit, answer), ROUNDS)
        bare.close()
        recording, summing = recorder_cost(Path(home), lines), sums_cost(lines)
    report(*times)
    print(f"recorder {recording:.1f} µs of processor an append, sums {summing:.1f}")
    hold("recorder and sums, processor", recording + summing, PROCESSOR_BUDGET, "µs")


def sums_cost(lines: list[bytes]) -> float:
    """Return the processor's microseconds that counting a head takes."""
    tally = Tally("", 1)
    heads = [head_row(1, parse(line))[1:9] for line in lines]
    start = process_time_ns()
    for head in heads:
        tally.turn(head)
        tally.cells()
    return (process_time_ns() - start) / 1000 / len(lines)


def recorder_cost(home: Path, lines: list[bytes]) -> float:
    """Return the processor's microseconds that writing a line once more takes."""
    own = Recorder(home, None)
    own.add(lines[:1])
    start = process_time_ns()
    for line in lines:
        own.add([line])
    taken = process_time_ns() - start
    own.close()
    return taken / 1000 / len(lines)


def bare_table(path: Path, lines: list[bytes]) -> Connection:
    bare = connect(path)
    bare.execute("create table bare(id blob primary key, body text) strict")
    rows = [(sha256(line).digest(), line.decode()) for line in lines]
    bare.execute("begin")
    bare.executemany(INSERT, rows)
    bare.execute("commit")
    return bare


def answers(audit: str, reason: str, count: int = 600) -> Iterable[NewRevision]:
    for number in range(count):
        subject = number - 7 if number % 10 == 9 else number
        place, question = PLACES[subject // 30 % 20], QUESTIONS[subject % 30]
        said = Answer(State.KNOWN, number, reason=reason)
        yield changes.answered(audit, place, question, said)


def measured(
    actions: Iterable[Callable[[int], None]], rounds: int
) -> tuple[list[float], ...]:
    times: tuple[list[float], ...] = tuple([] for _ in actions)
    for number in range(rounds):
        for action, taken in zip(actions, times, strict=True):
            start = perf_counter_ns()
            action(number)
            taken.append((perf_counter_ns() - start) / 1000)
    return times


def report(bare: list[float], answer: list[float]) -> None:
    base, more = median(bare), median(answer) - median(bare)
    print(f"bare insert and commit {base:.0f} µs, one answer {more:.0f} µs more")
    print(f"ratio on this disk: {1 + more / base:.2f}")
    commit = max(COMMIT, base)
    what = f"one answer, where a commit takes {commit / 1000:.1f} ms"
    hold(what, commit + more, BUDGET, "µs", baseline=commit)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path())
