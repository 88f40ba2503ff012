"""Files that a disk changed, and commands that print: right, or told; never wrong."""

import re
import resource
import shutil
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random

from diag.journal.journal import FILE
from tests.audit.builders import OTHER, SCHOOL
from tests.cli.everything import make
from tests.cli.running import diag

OUT = "sorties"
ON = ("--format", "md", "--date", "05/10/2026", "--out", OUT)

COMMANDS: tuple[tuple[str, ...], ...] = (
    ("audit", "list", "--json"),
    ("progress", "--json"),
    ("schools", "--json"),
    ("settings",),
    ("score", SCHOOL, "--json"),
    ("why", SCHOOL, "debit-suffisant"),
    ("audit", "history", SCHOOL),
    ("audit", "place", SCHOOL, "list"),
    ("conflicts", "list"),
    ("report", SCHOOL, *ON),
    ("export", "answers", SCHOOL, "--format", "csv", "--out", OUT),
    ("synthesis", "commune:{insee}", *ON),
    ("audit", "export", SCHOOL, f"{OUT}/audit.json", "--force"),
    ("backup", "--to", OUT),
    ("audit", "history", OTHER),
    ("audit", "questions", OTHER, "--json"),
    ("audit", "votes", SCHOOL),
    ("audit", "observe", OTHER, "list"),
    ("audit", "photo", OTHER, "list"),
    ("conflicts", "show", OTHER, "debit"),
    ("review",),
    ("outbox", "list"),
    ("bundle", "list"),
    ("checklists", "list"),
    ("suppose", SCHOOL, "--fibre", "--json"),
    ("export", "basket", SCHOOL, "--format", "csv", "--out", OUT),
    ("export", "tickets", SCHOOL, "--format", "csv", "--out", OUT),
    ("export", "map", "--all", "--out", OUT),
    ("atlas", f"{OUT}/atlas", "--format", "html"),
    ("programme", "show"),
    ("rgpd",),
)
"""What prints, or writes, of what is kept."""

COPIED = {"audit", "rev", "head", "edition", "school", "setting", "blob"}
"""The tables of copies that are compared: those of the journal, that of the photos."""

TOLD = re.compile(
    r"abîmé|n'est plus ce qu|sur le disque|a perdu des modifications|"
    r"ne sont plus celles|n'est plus celle|n'est plus dans le journal|"
    r"n'est pas un journal|ne peut pas être ouvert|n'est plus rangé"
)
"""What a person reads when the disk has changed something."""

FAILED = re.compile(r"Erreur inattendue|Traceback")

MEMORY = 3 << 30
"""Bytes that all commands on one file may have; a hundredth of it is what they take."""
COMPUTING = 120
"""Seconds of processor for the same; one is what they take."""
PATIENCE = 1_200
"""Seconds without a word after which a child is no longer waited for."""


@dataclass(frozen=True)
class Found:
    """What a command did with a file that was changed."""

    command: str
    verdict: str
    """`right`, `told`, `wrong` or `failed`."""
    detail: str


class Matrix:
    """A workspace, what each command prints of it, and what it prints once changed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.insee = make(folder)
        self.whole = (folder / FILE).read_bytes()
        with closing(sqlite3.connect(folder / FILE)) as connection:
            (self.page,) = connection.execute("pragma page_size").fetchone()
            rows = connection.execute("select name, pageno from dbstat").fetchall()
        self.pages: dict[str, list[int]] = defaultdict(list)
        for name, number in rows:
            self.pages[name].append(number)
        self._right: dict[tuple[str, ...], object] = {}

    def changed(self, chance: Random) -> tuple[str, bytes]:
        """Return what is done to the file, and the file then."""
        data = bytearray(self.whole)
        table = chance.choice(sorted(self.pages))
        first = (chance.choice(self.pages[table]) - 1) * self.page
        other_table = chance.choice([table, *sorted(self.pages)])
        other = (chance.choice(self.pages[other_table]) - 1) * self.page
        match chance.choice(["flip", "flip", "flip", "zero", "swap", "cut"]):
            case "flip":
                at = first + chance.randrange(self.page)
                data[at] ^= 1 << chance.randrange(8)
                what = f"bit {at} ({table})"
            case "zero":
                data[first : first + self.page] = bytes(self.page)
                what = f"zero {first // self.page + 1} ({table})"
            case "swap":
                here, there = (slice(at, at + self.page) for at in (first, other))
                data[here], data[there] = data[there], data[here]
                numbers = first // self.page + 1, other // self.page + 1
                what = f"swap {numbers} ({table}, {other_table})"
            case _:
                kept = chance.randrange(len(data))
                del data[kept:]
                what = f"cut {kept}"
        return what, bytes(data)

    def right(self, command: tuple[str, ...]) -> object:
        """Return what a reader has of a command on the whole file."""
        if command not in self._right:
            self._right[command] = self.read(command)[0]
        return self._right[command]

    def look(self, data: bytes, command: tuple[str, ...]) -> Found:
        """Run a command on a file that was changed."""
        found, told = self.read(command, data)
        name = " ".join(command[:2])
        if FAILED.search(told):
            return Found(name, "failed", told)
        if TOLD.search(told):
            return Found(name, "told", told)
        verdict = "right" if found == self.right(command) else "wrong"
        return Found(name, verdict, f"{told}\n{found[1][:600]}")

    def read(
        self, command: tuple[str, ...], data: bytes | None = None
    ) -> tuple[tuple[int, str, dict[str, object]], str]:
        """Return what a reader has of a command, and all that it printed."""
        for path in self.folder.iterdir():
            if path.name.startswith(FILE):
                path.unlink()
        out = self.folder / OUT
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        (self.folder / FILE).write_bytes(self.whole if data is None else data)
        words = [word.format(insee=self.insee) for word in command]
        words = [word.replace(OUT, str(out)) for word in words]
        run = diag(self.folder, *words)
        files = dict(_written(out))
        return (run.code, run.out, files), run.out + run.err


def look_apart(matrix: Matrix, data: bytes) -> list[Found]:
    """Run all commands on a file that was changed, in a child that has its bounds.

    One that goes beyond them ends the child: it failed, and none follows it.
    """
    for command in COMMANDS:
        matrix.right(command)  # once for all children
    children = get_context("fork")
    given, giver = children.Pipe(duplex=False)
    child = children.Process(target=_look_all, args=(matrix, data, giver))
    child.start()
    giver.close()
    found: list[Found] = []
    with given, suppress(EOFError):
        while given.poll(PATIENCE):
            found.append(given.recv())
        child.kill()
    child.join()
    if len(found) < len(COMMANDS):
        name = " ".join(COMMANDS[len(found)][:2])
        found.append(Found(name, "failed", f"the child ended: {child.exitcode}"))
    return found


def _look_all(matrix: Matrix, data: bytes, giver: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (COMPUTING, COMPUTING))
    for command in COMMANDS:
        giver.send(matrix.look(data, command))


def _written(out: Path) -> Iterator[tuple[str, object]]:
    for path in sorted(out.rglob("*")):
        if path.suffix == ".db":
            with closing(sqlite3.connect(path)) as copy:
                known = copy.execute("select name from sqlite_schema").fetchall()
                for table in COPIED & {name for (name,) in known}:
                    rows = copy.execute(f"select * from {table} order by 1, 2")
                    yield table, rows.fetchall()
        elif path.is_file():
            yield path.name, path.read_bytes()
