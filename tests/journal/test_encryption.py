"""A workspace encrypted and back: nothing lost, nothing readable, wrong keys told."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail

from diag.journal import (
    backup,
    changes,
    encryption,
)
from diag.journal import (
    connection as cipher,
)
from diag.journal import (
    connection as keys,
)
from diag.journal.attachments import AttachmentStore, back_up_photos
from diag.journal.connection import connect
from diag.journal.errors import JournalError, LockedError, NotAJournalError
from diag.journal.journal import FILE, Journal
from diag.journal.revision import Origin
from tests.journal.builders import AUDIT, ROOT, forget_keys

pytest.importorskip("sqlcipher3")
pytestmark = [pytest.mark.durable, pytest.mark.plain]

SECRET = "Madame Untelle, au 06"
KEY = b"k" * keys.KEY_BYTES
PHRASE = "cheval agrafe pile juste"
PICTURE = b"\xff\xd8" + b"une photo" * 1000


@pytest.fixture(autouse=True)
def _phrase(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The passphrase in a file, as scripts give it; nothing unlocked elsewhere."""
    typed(tmp_path, monkeypatch, PHRASE)
    forget_keys()
    yield
    forget_keys()


def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, phrase: str) -> None:
    path = tmp_path / "phrase.txt"
    path.write_text(f"{phrase}\n", encoding="utf-8")
    monkeypatch.setenv(keys.PASSPHRASE_FILE, str(path))


@pytest.fixture
def home(tmp_path: Path, author: Origin) -> Path:
    """A plain workspace: a note, a photo."""
    home = tmp_path / "home"
    home.mkdir()
    with Journal.open(home) as journal:
        journal.write(changes.noted(AUDIT.id, ROOT, "q", SECRET), author)
    AttachmentStore(home).put(PICTURE, "image/jpeg")
    return home


def encrypted(home: Path) -> Path:
    encryption.encrypt(home, KEY, keys.held_by_passphrase(KEY, PHRASE))
    forget_keys()
    return home


def lines(home: Path) -> list[bytes]:
    with Journal.open(home) as journal:
        return [*journal.lines(AUDIT.id)]


def readable(folder: Path) -> list[str]:
    words = (SECRET.encode(), b"une photo", b"SQLite format", KEY.hex().encode())
    return [
        path.name
        for path in folder.rglob("*")
        if path.is_file() and any(word in path.read_bytes() for word in words)
    ]


def test_nothing_is_lost_and_nothing_is_readable(home: Path) -> None:
    before = lines(home)
    (sha,) = AttachmentStore(home).sizes()

    encrypted(home)

    assert readable(home) == []
    assert lines(home) == before
    assert AttachmentStore(home).get(sha) == PICTURE
    assert readable(home) == []


def test_it_comes_back_in_clear(home: Path) -> None:
    before = lines(home)
    encrypted(home)

    encryption.decrypt(home, KEY)

    assert not encryption.is_encrypted(home)
    assert lines(home) == before
    with closing(sqlite3.connect(home / FILE)) as plain:
        assert plain.execute("pragma integrity_check").fetchall() == [("ok",)]


def test_what_is_written_later_is_encrypted_and_durable(
    home: Path, author: Origin
) -> None:
    encrypted(home)
    with Journal.open(home) as journal:
        journal.write(changes.noted(AUDIT.id, ROOT, "r", SECRET), author)
        assert readable(home) == []  # the write-ahead log included
        pragmas = ("journal_mode", "synchronous", "secure_delete", "temp_store")
        found = [journal.select(f"pragma {each}")[0][0] for each in pragmas]
    assert found == ["wal", 2, 1, 2]


def test_a_new_workspace_and_its_photos_are_encrypted_from_the_start(
    tmp_path: Path, author: Origin
) -> None:
    home = tmp_path / "neuf"
    encryption.prepare(home, keys.held_by_passphrase(KEY, PHRASE))
    with Journal.open(home) as journal:
        journal.write(changes.noted(AUDIT.id, ROOT, "q", SECRET), author)
    AttachmentStore(home).put(PICTURE, "image/jpeg")

    assert readable(home) == []


def test_a_wrong_passphrase_is_told_and_changes_nothing(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encrypted(home)
    typed(tmp_path, monkeypatch, "une autre phrase")
    before = (home / FILE).read_bytes()

    with pytest.raises(keys.LockedAwayError, match="n'ouvre pas"):
        Journal.open(home)

    assert (home / FILE).read_bytes() == before


def test_a_wrong_key_is_told_and_nothing_is_written_on_the_terminal(
    home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    encrypted(home)
    other = b"o" * keys.KEY_BYTES
    encryption.prepare(home, keys.held_by_passphrase(other, PHRASE))

    with pytest.raises(NotAJournalError, match="n'ouvre pas ce fichier"):
        Journal.open(home)

    assert capfd.readouterr() == ("", "")


def test_without_anybody_to_ask_it_says_how_to_give_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encrypted(home)
    monkeypatch.delenv(keys.PASSPHRASE_FILE)

    with pytest.raises(keys.LockedAwayError, match=keys.PASSPHRASE_FILE):
        Journal.open(home)


def test_copies_are_encrypted_and_restored_elsewhere(
    home: Path, tmp_path: Path
) -> None:
    before = lines(encrypted(home))
    with Journal.open(home) as journal:
        copied = backup.backup(journal.connection, tmp_path / "stick")
    back_up_photos(home, copied)
    assert readable(tmp_path / "stick") == []
    forget_keys()

    backup.restore(copied, tmp_path / "neuf" / FILE, "avant")

    assert encryption.is_encrypted(tmp_path / "neuf")
    assert lines(tmp_path / "neuf") == before


def test_an_old_plain_copy_restored_is_told_by_its_bytes(
    home: Path, tmp_path: Path
) -> None:
    before = lines(home)
    with Journal.open(home) as journal:
        copied = backup.backup(journal.connection, tmp_path / "stick")
    encrypted(home)

    kept = backup.restore(copied, home / FILE, "avant")

    assert lines(home) == before
    assert kept is not None
    forget_keys()
    with closing(connect(kept, readonly=True)) as aside:
        assert aside.execute("select count(*) from rev").fetchone() == (1,)


def test_a_journal_that_is_open_elsewhere_is_left_alone(home: Path) -> None:
    with Journal.open(home) as journal:
        journal.connection.execute("begin immediate")
        with pytest.raises(LockedError):
            encrypted(home)
        journal.connection.execute("rollback")
    assert keys.is_plain(home / FILE)
    assert lines(encrypted(home))


def test_what_is_written_during_the_copy_is_not_lost(
    home: Path, author: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(*_: object, **__: object) -> None:
        convert(home / FILE, home / "diag.part", before=None, after=KEY)
        with Journal.open(home) as journal:
            journal.write(changes.noted(AUDIT.id, ROOT, "r", "tardive"), author)

    (home / "photos.db").unlink()
    convert = cipher.convert
    monkeypatch.setattr(cipher, "convert", late)

    with pytest.raises(LockedError, match="pendant la copie"):
        encrypted(home)

    assert len(lines(home)) == 2


def test_the_keyring_holds_the_key(home: Path) -> None:
    before, kept = keyring.get_keyring(), lines(home)
    keyring.set_keyring(Memory())
    try:
        encryption.encrypt(home, KEY, keys.held_by_keyring(KEY))
        forget_keys()
        assert lines(home) == kept
        forget_keys()
        keyring.set_keyring(Memory())
        with pytest.raises(keys.LockedAwayError, match="trousseau"):
            Journal.open(home)
        keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]  # not annotated
        with pytest.raises(keys.LockedAwayError, match="passphrase"):
            keys.held_by_keyring(KEY)
    finally:
        keyring.set_keyring(before)


class Memory(KeyringBackend):
    """A keyring that forgets with the test."""

    priority = 1

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self._kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._kept[service, username] = password


def test_encryption_cut_short_is_done_again(home: Path) -> None:
    encryption.prepare(home, keys.held_by_passphrase(KEY, PHRASE))
    (home / "diag.part").write_bytes(b"a half")
    before = lines(home)

    assert lines(encrypted(home)) == before
    assert readable(home) == []


@pytest.mark.skipif(sys.platform == "win32", reason="its locks are not POSIX's")
def test_reading_the_first_bytes_keeps_the_locks_of_this_program(home: Path) -> None:
    """POSIX drops them all when any descriptor of the file is closed."""
    from fcntl import LOCK_EX, lockf  # noqa: PLC0415 - not on Windows

    program = (
        "import fcntl, sys; "
        "fcntl.lockf(open(sys.argv[1], 'r+b'), fcntl.LOCK_EX | fcntl.LOCK_NB)"
    )
    with (home / FILE).open("r+b") as file:
        lockf(file, LOCK_EX)
        assert keys.is_plain(home / FILE)
        taken = subprocess.run(
            [sys.executable, "-c", program, str(home / FILE)],
            check=False,
            capture_output=True,
        )
    assert b"BlockingIOError" in taken.stderr


def test_a_file_put_in_the_place_of_another_is_read_again(tmp_path: Path) -> None:
    path, part = tmp_path / "diag.db", tmp_path / "diag.part"
    path.write_bytes(b"SQLite format 3\x00...")
    assert keys.is_plain(path)
    for content, plain in ((b"?" * 32, False), (b"SQLite format 3\x00", True)):
        part.write_bytes(content)
        part.replace(path)
        assert keys.is_plain(path) is plain


def test_a_damaged_mark_is_told(home: Path) -> None:
    encryption.mark_of(encrypted(home)).write_text("{", encoding="utf-8")

    with pytest.raises(JournalError, match="abîmé"):
        Journal.open(home)


def test_a_plain_workspace_loads_nothing_of_it(home: Path) -> None:
    program = (
        "import sys, pathlib; from diag.journal.journal import Journal; "
        "Journal.open(pathlib.Path(sys.argv[1])).close(); "
        "sys.exit(any(name in sys.modules for name in "
        "('sqlcipher3', 'keyring', 'cryptography', 'diag.journal.encryption')))"
    )
    subprocess.run([sys.executable, "-c", program, str(home)], check=True)


@pytest.mark.long
def test_encrypted_journals_pass_the_tests_of_plain_ones() -> None:

    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "tests/journal"),
            *("-m", "not long and not plain", "-p", "no:cacheprovider"),
        ],
        env={**os.environ, "DIAG_TESTS_ENCRYPTED": "1"},
        check=False,
        capture_output=True,
    )
    assert done.returncode == 0, done.stdout.decode()[-5000:]
