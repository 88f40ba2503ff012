import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from diag.journal import connection
from diag.journal.connection import connect
from diag.journal.errors import UnreachableError, UnsafeError
from tests.journal.two_programs import written_by_two_programs

pytestmark = pytest.mark.durable

SETTINGS = {
    "journal_mode": "wal",
    "synchronous": 2,
    "temp_store": 2,
    "foreign_keys": 1,
    "secure_delete": 1,
    "trusted_schema": 0,
    "busy_timeout": 10_000,
    "journal_size_limit": 67_108_864,
}


def pragma(opened: sqlite3.Connection, name: str) -> object:
    return opened.execute(f"pragma {name}").fetchone()[0]


def test_every_connection_has_the_durable_settings(tmp_path: Path) -> None:
    with closing(connect(tmp_path / "diag.db")) as opened:
        assert {name: pragma(opened, name) for name in SETTINGS} == SETTINGS
        assert opened.isolation_level is None


@pytest.mark.plain
def test_a_reader_cannot_write(tmp_path: Path) -> None:
    with closing(connect(tmp_path / "diag.db")) as writer:
        writer.execute("create table t(x)")
    with closing(connect(tmp_path / "diag.db", readonly=True)) as reader:
        assert pragma(reader, "trusted_schema") == 0
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            reader.execute("insert into t values (1)")


def test_a_setting_that_does_not_take_refuses_to_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connection._WRITING, "synchronous", 7)
    with pytest.raises(UnsafeError, match="synchronous = 7"):
        connect(tmp_path / "diag.db")


def test_what_is_not_sqlcipher_opens_no_encrypted_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "driver", lambda: sqlite3)
    monkeypatch.setattr(connection, "key_of", lambda _path: bytes(32))
    with pytest.raises(UnsafeError, match="Réinstallez-le"):
        connect(tmp_path / "diag.db")


def test_macos_flushes_its_disk_caches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    with closing(connect(tmp_path / "diag.db")) as opened:
        assert pragma(opened, "fullfsync") == 1
        assert pragma(opened, "checkpoint_fullfsync") == 1


def test_a_folder_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(UnreachableError, match="Vérifiez que le dossier existe"):
        connect(tmp_path / "absent" / "diag.db")


def test_a_reader_makes_no_file(tmp_path: Path) -> None:
    with pytest.raises(UnreachableError):
        connect(tmp_path / "diag.db", readonly=True)
    assert not list(tmp_path.iterdir())


def test_a_path_with_accents_spaces_and_marks_is_that_path(tmp_path: Path) -> None:
    folder = tmp_path / "École n° 3 ?mode=memory#x %41"
    folder.mkdir()
    connect(folder / "diag.db").close()
    assert (folder / "diag.db").exists()


@pytest.mark.plain
def test_a_second_connection_keeps_the_locks_of_the_first(tmp_path: Path) -> None:
    """Else another program that leaves deletes the log under us: work is lost."""
    assert written_by_two_programs(tmp_path / "diag.db") == ["there", "here", "there"]
