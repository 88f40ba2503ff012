import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from diag.journal.connection import connect, explain, in_french
from diag.journal.errors import (
    DamagedError,
    DiskFullError,
    JournalError,
    NotAJournalError,
)


def failed(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    "code",
    [
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR_WRITE,
        sqlite3.SQLITE_IOERR_FSYNC,
        sqlite3.SQLITE_IOERR_TRUNCATE,
        sqlite3.SQLITE_IOERR_SHMOPEN,
        sqlite3.SQLITE_IOERR_SHMSIZE,
    ],
)
def test_what_cannot_be_lengthened_is_a_full_disk(code: int, tmp_path: Path) -> None:
    with (
        pytest.raises(DiskFullError, match="Libérez de la place"),
        in_french(tmp_path / "diag.db"),
    ):
        raise failed(code)


def test_what_cannot_be_read_is_damage(tmp_path: Path) -> None:
    said = explain(failed(sqlite3.SQLITE_IOERR_READ), tmp_path / "diag.db")
    assert isinstance(said, DamagedError)
    assert "backups" in str(said)


def test_any_failure_of_a_disk_without_room_is_a_full_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=4096))
    said = explain(failed(sqlite3.SQLITE_IOERR), tmp_path / "diag.db")
    assert isinstance(said, DiskFullError)


def test_a_folder_that_is_gone_has_no_room_to_measure(tmp_path: Path) -> None:
    said = explain(failed(sqlite3.SQLITE_IOERR), tmp_path / "absent" / "diag.db")
    assert isinstance(said, DamagedError)


def test_a_text_that_is_text_no_more_is_damage(tmp_path: Path) -> None:
    with (
        closing(sqlite3.connect(":memory:")) as connection,
        pytest.raises(DamagedError, match="backups"),
        in_french(tmp_path / "diag.db"),
    ):
        connection.execute("select cast(x'ff' as text)").fetchone()


def test_a_header_that_is_none_tells_of_the_backups(tmp_path: Path) -> None:
    said = explain(failed(sqlite3.SQLITE_NOTADB), tmp_path / "diag.db")
    assert isinstance(said, NotAJournalError)
    assert "backups" in str(said)


def test_a_bug_stays_a_bug(tmp_path: Path) -> None:
    assert explain(ValueError("x"), tmp_path) is None
    with pytest.raises(sqlite3.OperationalError), in_french(tmp_path):
        raise sqlite3.OperationalError("no such table: x")
    assert issubclass(DamagedError, JournalError)


def test_a_schema_whose_names_are_no_text_is_damage(tmp_path: Path) -> None:
    """SQLite quotes it in its message, which Python then cannot read."""
    path = tmp_path / "diag.db"
    with closing(sqlite3.connect(path)) as made:
        made.execute("create table abc(x)")
        made.execute("create index idx on abc(x)")
        made.commit()
    plain = path.read_bytes()
    spoilt = plain.replace(b"INDEX idx on abc", b"INDEX \x8a\x8b\xff on xbc")
    path.write_bytes(spoilt.replace(b"indexidxabc", b"index\x8a\x8b\xffabc"))

    with pytest.raises(DamagedError, match="le journal est abîmé"):
        connect(path, readonly=True)
