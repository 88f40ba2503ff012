"""Reading an official list of 6,000 schools, beside the bare work in the same run.

Budget: under 2 s, commit included. The rows are the invented territory's, repeated
under other numbers.
"""

import csv
import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from benches.budgets import hold
from diag.demo.territory import write_fictional_territory
from diag.imports.schools import import_annuaire
from diag.journal.journal import Journal
from diag.journal.territory import Territory
from diag.model.text import check_letter

ROWS = 6_000


def big_file(folder: Path) -> Path:
    made = write_fictional_territory(folder)
    head, *lines = made.annuaire.read_text(encoding="utf-8-sig").splitlines()
    schools = [line.partition(";")[2] for line in lines if ";Ecole;" in line]
    path = folder / "grand.csv"
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(head + "\n")
        for number in range(ROWS):
            digits = f"999{number:04d}"
            rest = schools[number % len(schools)]
            file.write(f"{digits}{check_letter(digits)};{rest}\n")
    return path


def bare(path: Path, database: Path) -> None:
    """Read the same cells and insert them: nothing checked, nothing compared."""
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file, delimiter=";")
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("pragma journal_mode = wal")
        names = ", ".join(f"c{number}" for number in range(len(head)))
        connection.execute(f"create table school({names})")
        marks = ", ".join("?" * len(head))
        connection.executemany(f"insert into school values ({marks})", rows)
        connection.commit()


def main() -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        path = big_file(folder)
        start = perf_counter()
        bare(path, folder / "bare.db")
        baseline = perf_counter() - start
        with Journal.open(folder) as journal:
            territory = Territory(journal.connection)
            times = []
            for _ in range(2):
                start = perf_counter()
                report = import_annuaire(path, territory)
                times.append(perf_counter() - start)
                print(
                    f"{report.rows} rows: {report.added} added, "
                    f"{report.unchanged} unchanged, {times[-1]:.2f} s"
                )
    print(f"bare csv and insert: {baseline:.2f} s, ratio {times[0] / baseline:.1f}")
    hold(f"a list of {ROWS:,} schools read", times[0], 2, "s")


if __name__ == "__main__":
    main()
