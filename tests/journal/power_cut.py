"""A program that writes on a disk whose power is cut, again and again.

    python -m tests.journal.power_cut FOLDER CUTS SYNCHRONOUS SEED

It writes answers in `FOLDER/live` by the journal's own code and driver. SQLite's own
way to files is kept and watched: what was written counts once it was synced. At moments
drawn from the seed, `FOLDER/cut-N` gets what the disk would hold if the power was cut
just then: all that was synced, and none or some of the rest; `said` lists what had been
acknowledged.
"""

import ctypes
import ctypes.util
import sys
from collections import defaultdict
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_int64, c_void_p
from pathlib import Path
from random import Random
from typing import Any

from diag.journal import changes
from diag.journal.journal import FILE, Journal
from diag.journal.revision import Origin
from diag.model.audit import Answer
from diag.model.enums import State
from tests.journal.builders import AUDIT, ROOT

_WATCHED = 0x100 | 0x80000
"""SQLITE_OPEN_MAIN_DB, SQLITE_OPEN_WAL."""

_OPEN = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, POINTER(c_int))
# A path is passed on as the pointer that it came as: SQLite keeps it, a copy is freed.
_WRITE = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_TRUNCATE = CFUNCTYPE(c_int, c_void_p, c_int64)
_SYNC = CFUNCTYPE(c_int, c_void_p, c_int)


class _Methods(Structure):
    """`sqlite3_io_methods`, as of its third version."""

    _fields_ = (
        ("version", c_int),
        ("close", c_void_p),
        ("read", c_void_p),
        ("write", c_void_p),
        ("truncate", c_void_p),
        ("sync", c_void_p),
        ("others", c_void_p * 13),
    )


class _File(Structure):
    """`sqlite3_file`."""

    _fields_ = (("methods", POINTER(_Methods)),)


class _Vfs(Structure):
    """`sqlite3_vfs`, as of its third version."""

    _fields_ = (
        ("version", c_int),
        ("file_size", c_int),
        ("longest", c_int),
        ("next", c_void_p),
        ("name", c_char_p),
        ("own", c_void_p),
        ("open", c_void_p),
        ("others", c_void_p * 15),
    )


class Disk:
    """What is on the disk, and what waits to be."""

    def __init__(self) -> None:
        self.synced: dict[str, bytearray] = defaultdict(bytearray)
        self.waiting: dict[str, list[tuple[int, bytes | None]]] = defaultdict(list)
        """By path: what was written where; None: the file ends there."""

    def sync(self, path: str) -> None:
        for change in self.waiting.pop(path, []):
            _apply(self.synced[path], *change)

    def cut(self, folder: Path, chance: Random) -> None:
        """Write what a cut would leave: of what waits, nothing or any part."""
        odds = chance.choice([0.0, 0.5])
        for path, held in self.synced.items():
            left = bytearray(held)
            for change in self.waiting.get(path, []):
                if chance.random() < odds:
                    _apply(left, *change)
            (folder / Path(path).name).write_bytes(left)


def _apply(held: bytearray, at: int, data: bytes | None) -> None:
    held.extend(bytes(max(0, at - len(held))))
    if data is None:
        del held[at:]
    else:
        held[at : at + len(data)] = data


class Watch:
    """SQLite's way to files, made the default one with its writes watched."""

    def __init__(self, disk: Disk, moment: Any) -> None:
        self._disk, self._moment = disk, moment
        self._kept: list[Any] = []
        """What SQLite points at: it must not be freed."""
        self._patched: dict[int, tuple[_Methods, _Methods]] = {}
        self._paths: dict[int, str] = {}
        library = ctypes.CDLL(ctypes.util.find_library("sqlite3"))
        library.sqlite3_vfs_find.restype = POINTER(_Vfs)
        found = library.sqlite3_vfs_find(None).contents
        self._open = _OPEN(found.open)
        mine = _Vfs.from_buffer_copy(found)
        opened = _OPEN(self._opened)
        mine.name = b"power-cut"
        mine.open = ctypes.cast(opened, c_void_p)
        self._kept += [mine, opened]
        assert library.sqlite3_vfs_register(ctypes.byref(mine), 1) == 0

    def _opened(self, vfs: int, name: int, file: int, flags: int, out: Any) -> int:
        code = self._open(vfs, name, file, flags, out)
        if code == 0 and name and flags & _WATCHED:
            shown = ctypes.cast(file, POINTER(_File)).contents
            at = ctypes.addressof(shown.methods.contents)
            if at not in self._patched:
                self._patched[at] = self._patch(shown.methods.contents)
            self._paths[file] = ctypes.string_at(name).decode()
            shown.methods = ctypes.pointer(self._patched[at][1])
        return int(code)

    def _patch(self, own: _Methods) -> tuple[_Methods, _Methods]:
        write, truncate, sync = (
            _WRITE(own.write),
            _TRUNCATE(own.truncate),
            _SYNC(own.sync),
        )

        def writing(file: int, data: int, size: int, at: int) -> int:
            waiting = self._disk.waiting[self._paths[file]]
            waiting.append((at, ctypes.string_at(data, size)))
            self._moment()
            return int(write(file, data, size, at))

        def truncating(file: int, size: int) -> int:
            self._disk.waiting[self._paths[file]].append((size, None))
            return int(truncate(file, size))

        def syncing(file: int, flags: int) -> int:
            self._moment()
            code = int(sync(file, flags))
            self._disk.sync(self._paths[file])
            return code

        patched = _Methods.from_buffer_copy(own)
        calls = (_WRITE(writing), _TRUNCATE(truncating), _SYNC(syncing))
        patched.write, patched.truncate, patched.sync = (
            ctypes.cast(call, c_void_p) for call in calls
        )
        self._kept += [calls, patched, own]
        return own, patched


def main(folder: Path, cuts: int, synchronous: str, seed: int) -> None:
    chance, disk = Random(seed), Disk()
    said: list[str] = []
    done, ready = 0, False

    def moment() -> None:
        nonlocal done
        if ready and done < cuts and chance.random() < 0.04:
            cut = folder / f"cut-{done}"
            cut.mkdir()
            disk.cut(cut, chance)
            (cut / "said").write_text("\n".join(said), encoding="ascii")
            done += 1

    watch = Watch(disk, moment)
    live = folder / "live"
    live.mkdir()
    with Journal.open(live) as journal:
        journal.connection.execute(f"pragma synchronous = {synchronous}")
        journal.connection.execute("pragma wal_autocheckpoint = 40")
        ready = True
        number = 0
        while done < cuts:
            answer = Answer(State.KNOWN, number)
            draft = changes.answered(AUDIT.id, ROOT, f"q{number}", answer)
            said.append(journal.write(draft, Origin("u", "d")).id)
            number += 1
        ready = False
    assert disk.synced, f"{FILE} was never synced: {watch} watches nothing"


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
