from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from diag.journal import changes
from diag.journal.backup import FOLDER, backup, restore, verify
from diag.journal.connection import connect
from diag.journal.errors import (
    DamagedError,
    LockedError,
    NotAJournalError,
    UnreachableError,
)
from diag.journal.journal import FILE, Editions, Journal
from diag.journal.revision import Origin
from tests.journal.builders import AUDIT, ROOT, known

pytestmark = pytest.mark.durable

DAY = date(2026, 11, 2)


def answer(journal: Journal, author: Origin, value: int) -> None:
    journal.write(changes.answered(AUDIT.id, ROOT, "q", known(value)), author)


def flip_one_bit(path: Path, where: bytes) -> None:
    """Turn an answer's digit into another, as an old disk does."""
    content = bytearray(path.read_bytes())
    content[content.index(where) + len(where) - 1] ^= 1
    path.write_bytes(bytes(content))


def test_a_backup_is_a_whole_journal(
    journal: Journal, author: Origin, tmp_path: Path
) -> None:
    answer(journal, author, 4)
    path = backup(journal.connection, tmp_path / FOLDER, DAY)
    assert path.name == "diag-2026-11-02.db"
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0
    path.rename(tmp_path / "copie.db")
    (tmp_path / "ailleurs").mkdir()
    (tmp_path / "copie.db").rename(tmp_path / "ailleurs" / FILE)
    with Journal.open(tmp_path / "ailleurs") as copy:
        assert list(copy.lines(AUDIT.id)) == list(journal.lines(AUDIT.id))


def test_three_days_are_kept_and_nothing_else_is_touched(
    journal: Journal, tmp_path: Path
) -> None:
    folder = tmp_path / FOLDER
    folder.mkdir()
    (folder / "diag-avant-m002.db").write_bytes(b"")
    for day in range(1, 6):
        backup(journal.connection, folder, date(2026, 11, day))
    assert sorted(path.name for path in folder.iterdir()) == [
        "diag-2026-11-03.db",
        "diag-2026-11-04.db",
        "diag-2026-11-05.db",
        "diag-avant-m002.db",
    ]


def test_copies_dated_by_a_clock_gone_ahead_do_not_outlive_those_to_come(
    journal: Journal, tmp_path: Path
) -> None:
    """Three days of a wrong year, and each copy to come was removed once verified."""
    folder = tmp_path / FOLDER
    ahead = [date(2056, 1, day) for day in (1, 2, 3)]
    back = [date(2026, 11, day) for day in (2, 3, 4)]

    kept = [backup(journal.connection, folder, day).exists() for day in (*ahead, *back)]

    assert all(kept)
    assert sorted(path.name for path in folder.glob("*.db")) == [
        f"diag-{day}.db" for day in back
    ]


def test_a_second_backup_of_the_day_takes_the_place_of_the_first(
    journal: Journal, author: Origin, tmp_path: Path
) -> None:
    backup(journal.connection, tmp_path / FOLDER, DAY)
    answer(journal, author, 4)
    path = backup(journal.connection, tmp_path / FOLDER, DAY)
    with closing(connect(path, readonly=True)) as copy:
        assert copy.execute("select count(*) from rev").fetchone() == (1,)


@pytest.mark.plain
def test_a_flipped_bit_that_sqlite_accepts_is_found_and_no_backup_made(
    tmp_path: Path, author: Origin
) -> None:
    with Journal.open(tmp_path) as journal:
        answer(journal, author, 4)
        good = backup(journal.connection, tmp_path / FOLDER, DAY)
    flip_one_bit(tmp_path / FILE, b'"value":4')
    with Journal.open(tmp_path) as journal:
        ((verdict,),) = journal.select("pragma integrity_check")
        assert verdict == "ok"
        with pytest.raises(DamagedError, match="n'est plus ce qui avait été écrit"):
            backup(journal.connection, tmp_path / FOLDER, date(2026, 11, 3))
    assert list((tmp_path / FOLDER).iterdir()) == [good]


def test_an_erased_revision_is_no_damage(
    journal: Journal, author: Origin, tmp_path: Path
) -> None:
    said = journal.write(changes.noted(AUDIT.id, ROOT, "q", "secret"), author)
    journal.write(changes.erased(AUDIT.id, said.id, "demande"), author)
    verify(backup(journal.connection, tmp_path / FOLDER, DAY))


def test_a_file_cut_short_is_damaged(
    journal: Journal, author: Origin, tmp_path: Path
) -> None:
    answer(journal, author, 4)
    path = backup(journal.connection, tmp_path / FOLDER, DAY)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(DamagedError, match="abîmé"):
        verify(path)


def test_a_backup_that_cannot_be_written_says_where(
    journal: Journal, tmp_path: Path
) -> None:
    (tmp_path / FOLDER).write_text("un fichier, pas un dossier", encoding="utf-8")
    with pytest.raises(UnreachableError, match="copie n'a pas pu être écrite"):
        backup(journal.connection, tmp_path / FOLDER, DAY)


def test_restoring_sets_the_present_file_aside(tmp_path: Path, author: Origin) -> None:
    with Journal.open(tmp_path) as journal:
        answer(journal, author, 4)
        copied = backup(journal.connection, tmp_path / FOLDER, DAY)
        answer(journal, author, 5)
    aside = restore(copied, tmp_path / FILE, "remplacee")
    assert aside == tmp_path / "diag-remplacee.db"
    with Journal.open(tmp_path) as journal:
        assert len(list(journal.lines(AUDIT.id))) == 1
    verify(aside)
    assert copied.exists()


def test_a_damaged_journal_is_set_aside_with_its_log(
    tmp_path: Path, author: Origin
) -> None:
    with Journal.open(tmp_path) as journal:
        answer(journal, author, 4)
        copied = backup(journal.connection, tmp_path / FOLDER, DAY)
    (tmp_path / FILE).write_bytes(b"\0" * 20_000)
    (tmp_path / f"{FILE}-wal").write_bytes(b"reste")
    aside = restore(copied, tmp_path / FILE, "abimee")
    assert aside is not None
    assert aside.read_bytes() == b"\0" * 20_000
    assert (tmp_path / "diag-abimee.db-wal").read_bytes() == b"reste"
    with Journal.open(tmp_path) as journal:
        assert len(journal.heads(AUDIT.id)) == 1


def test_restoring_into_an_empty_folder_sets_nothing_aside(
    journal: Journal, tmp_path: Path
) -> None:
    copied = backup(journal.connection, tmp_path / FOLDER, DAY)
    (tmp_path / "neuf").mkdir()
    assert restore(copied, tmp_path / "neuf" / FILE, "x") is None
    Journal.open(tmp_path / "neuf").close()


def test_a_journal_that_is_open_is_not_replaced(
    journal: Journal, author: Origin, tmp_path: Path
) -> None:
    copied = backup(journal.connection, tmp_path / FOLDER, DAY)
    answer(journal, author, 5)
    with pytest.raises(LockedError, match="autre fenêtre de diag"):
        restore(copied, tmp_path / FILE, "remplacee")
    assert len(journal.heads(AUDIT.id)) == 1
    assert not (tmp_path / "diag-remplacee.db").exists()


def test_nothing_is_overwritten_by_a_restoration(
    tmp_path: Path, author: Origin
) -> None:
    with Journal.open(tmp_path) as journal:
        copied = backup(journal.connection, tmp_path / FOLDER, DAY)
        answer(journal, author, 5)
    (tmp_path / "diag-hier.db").write_bytes(b"precieux")
    with pytest.raises(UnreachableError, match="existe déjà"):
        restore(copied, tmp_path / FILE, "hier")
    assert (tmp_path / "diag-hier.db").read_bytes() == b"precieux"


def test_what_is_no_backup_is_not_restored(
    tmp_path: Path, journal: Journal, author: Origin
) -> None:
    answer(journal, author, 4)
    (tmp_path / "photo.db").write_bytes(b"JFIF" * 600)
    with pytest.raises(NotAJournalError):
        restore(tmp_path / "photo.db", tmp_path / FILE, "x")
    assert len(journal.heads(AUDIT.id)) == 1


def test_a_workspace_is_restored_into_a_folder_that_is_not_there_yet(
    journal: Journal, author: Origin, tmp_path: Path
) -> None:
    answer(journal, author, 4)
    copied = backup(journal.connection, tmp_path / FOLDER, DAY)
    assert restore(copied, tmp_path / "neuf" / "encore" / FILE, "x") is None
    with Journal.open(tmp_path / "neuf" / "encore") as restored:
        assert len(restored.heads(AUDIT.id)) == 1


def test_a_backup_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnreachableError, match="introuvable"):
        restore(tmp_path / "absente.db", tmp_path / "neuf" / FILE, "x")
    assert not (tmp_path / "neuf").exists()


def test_an_edition_that_changed_on_disk_is_no_backup(
    journal: Journal, tmp_path: Path
) -> None:
    Editions(journal).keep(b'{"title":"Grilles"}')
    verify(backup(journal.connection, tmp_path / FOLDER, DAY))
    journal.connection.execute("update edition set body = replace(body, 'G', 'g')")
    with pytest.raises(DamagedError, match=r"édition de grilles .* n'est plus"):
        backup(journal.connection, tmp_path / FOLDER, DAY)


@pytest.mark.plain
def test_an_answer_that_is_text_no_more_is_damage(
    tmp_path: Path, author: Origin
) -> None:
    with Journal.open(tmp_path) as journal:
        answer(journal, author, 4)
    path = tmp_path / FILE
    path.write_bytes(path.read_bytes().replace(b'"value":4', b'"value":\xff'))
    with Journal.open(tmp_path) as journal:
        with pytest.raises(DamagedError, match="backups"):
            list(journal.lines(AUDIT.id))
        with pytest.raises(DamagedError, match="backups"):
            verify(path)


def test_a_journal_that_is_only_read_is_copied(tmp_path: Path, author: Origin) -> None:
    with Journal.open(tmp_path) as journal:
        answer(journal, author, 4)
    with Journal.open(tmp_path, readonly=True) as journal:
        verify(backup(journal.connection, tmp_path / FOLDER, DAY))
        assert journal.select("pragma query_only") == [(1,)]
