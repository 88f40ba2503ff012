import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from diag.journal import changes
from diag.journal.errors import (
    LockedError,
    NotAJournalError,
    ReadOnlyError,
    UnreachableError,
)
from diag.journal.journal import FILE, Journal, put_setting
from diag.journal.revision import Origin
from tests.journal.builders import AUDIT, ROOT, known

pytestmark = pytest.mark.durable


def test_a_new_folder_gets_a_journal_that_opens_again(
    tmp_path: Path, author: Origin
) -> None:
    with Journal.open(tmp_path) as journal:
        journal.write(changes.answered(AUDIT.id, ROOT, "q", known(1)), author)
    with Journal.open(tmp_path) as journal:
        assert len(journal.heads(AUDIT.id)) == 1
        assert (journal.readonly, journal.notice) == (False, "")


@pytest.mark.plain
def test_opening_again_does_not_load_sqlite_utils(tmp_path: Path) -> None:
    Journal.open(tmp_path).close()
    program = (
        "import sys, pathlib; from diag.journal.journal import Journal; "
        f"Journal.open(pathlib.Path({str(tmp_path)!r})).close(); "
        "print('sqlite_utils' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


def test_a_journal_opened_for_reading_refuses_to_write_in_french(
    tmp_path: Path, author: Origin
) -> None:
    with Journal.open(tmp_path) as journal:
        journal.write(changes.answered(AUDIT.id, ROOT, "q", known(1)), author)
    with Journal.open(tmp_path, readonly=True) as journal:
        assert len(journal.heads(AUDIT.id)) == 1
        with pytest.raises(ReadOnlyError, match="lecture seule"):
            journal.write(changes.unanswered(AUDIT.id, ROOT, "q"), author)
        with pytest.raises(ReadOnlyError):
            put_setting(journal, "a", 1)


def test_a_file_from_a_newer_diag_is_only_read_and_says_so(
    tmp_path: Path, author: Origin
) -> None:
    with Journal.open(tmp_path) as journal:
        journal.write(changes.answered(AUDIT.id, ROOT, "q", known(1)), author)
        journal.connection.execute(
            "insert into _sqlite_migrations(migration_set, name, applied_at) "
            "values ('diag', 'm999_future', '2031-01-01')"
        )
    with Journal.open(tmp_path) as journal:
        assert journal.readonly
        assert "plus récente" in journal.notice
        assert "m999_future" in journal.notice
        assert len(journal.heads(AUDIT.id)) == 1
        with pytest.raises(ReadOnlyError, match="plus récente"):
            journal.write(changes.unanswered(AUDIT.id, ROOT, "q"), author)


@pytest.mark.plain
def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"Bonjour, je suis un texte.\n" * 40)
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(NotAJournalError, match="n'est pas un journal de diag"):
        Journal.open(tmp_path)
    assert (tmp_path / FILE).read_bytes() == before


def test_the_database_of_another_program_is_refused_and_left_alone(
    tmp_path: Path,
) -> None:
    with closing(sqlite3.connect(tmp_path / FILE)) as other:
        other.execute("create table recettes(nom)")
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(NotAJournalError, match="autre espace de travail"):
        Journal.open(tmp_path)
    assert (tmp_path / FILE).read_bytes() == before


def test_a_journal_held_by_another_program_says_who_may_hold_it(
    tmp_path: Path, author: Origin
) -> None:
    with Journal.open(tmp_path) as journal, Journal.open(tmp_path) as other:
        other.connection.execute("begin immediate")
        journal.connection.execute("pragma busy_timeout = 0")
        with pytest.raises(LockedError, match="autre fenêtre de diag"):
            journal.write(changes.unanswered(AUDIT.id, ROOT, "q"), author)
        other.connection.execute("rollback")
        journal.write(changes.unanswered(AUDIT.id, ROOT, "q"), author)


def forbid_side_files(folder: Path) -> None:
    """Let nobody make the log of the file, as on a read-only medium."""
    (folder / f"{FILE}-wal").mkdir()


def test_a_folder_where_nothing_can_be_written_is_read_and_says_so(
    tmp_path: Path, author: Origin
) -> None:
    with Journal.open(tmp_path) as journal:
        journal.write(changes.answered(AUDIT.id, ROOT, "q", known(1)), author)
    forbid_side_files(tmp_path)
    with Journal.open(tmp_path) as journal:
        assert journal.readonly
        assert "lecture seule" in journal.notice
        assert len(journal.heads(AUDIT.id)) == 1
        with pytest.raises(ReadOnlyError, match="lecture seule"):
            journal.write(changes.unanswered(AUDIT.id, ROOT, "q"), author)


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_a_log_that_cannot_be_read_is_not_passed_over(
    tmp_path: Path, author: Origin
) -> None:
    with Journal.open(tmp_path) as journal:
        journal.write(changes.answered(AUDIT.id, ROOT, "q", known(1)), author)
    (tmp_path / f"{FILE}-shm").symlink_to(tmp_path / "absent" / "shm")
    (tmp_path / f"{FILE}-wal").write_bytes(b"une saisie")
    with pytest.raises(UnreachableError):
        Journal.open(tmp_path)


def test_a_file_that_may_not_be_written_is_read_and_says_so(
    tmp_path: Path, author: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Journal.open(tmp_path) as journal:
        journal.write(changes.answered(AUDIT.id, ROOT, "q", known(1)), author)
    # The superuser, who may run the tests, may write anything.
    monkeypatch.setattr("os.access", lambda _path, _mode: False)
    with Journal.open(tmp_path) as journal:
        assert "lecture seule" in journal.notice
        assert len(journal.heads(AUDIT.id)) == 1
