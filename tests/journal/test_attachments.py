"""Blobs named by their content, in a file of their own."""

import sqlite3
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

from diag.journal.attachments import AttachmentStore
from diag.journal.errors import DamagedError, NotAJournalError, ReadOnlyError


@pytest.mark.plain
def test_a_blob_comes_back_byte_for_byte_and_is_kept_once(tmp_path: Path) -> None:
    attachments = AttachmentStore(tmp_path)
    data = bytes(range(256)) * 1000

    names = {attachments.put(data, "image/jpeg") for _ in range(2)}

    assert names == {sha256(data).hexdigest()}
    assert attachments.get(names.pop()) == data
    with closing(sqlite3.connect(attachments.path)) as connection:
        rows = connection.execute("select mime, size from blob").fetchall()
    assert rows == [("image/jpeg", len(data))]


def test_an_unknown_blob_is_none_and_makes_no_file(tmp_path: Path) -> None:
    attachments = AttachmentStore(tmp_path)

    assert attachments.get("00" * 32) is None
    attachments.drop("00" * 32)
    assert not attachments.path.exists()


def test_a_dropped_blob_leaves_no_byte(tmp_path: Path) -> None:
    attachments = AttachmentStore(tmp_path)
    name = attachments.put(b"visage d'un enfant" * 500, "image/jpeg")

    attachments.drop(name)

    assert attachments.get(name) is None
    left = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"visage" not in left


@pytest.mark.plain
def test_a_blob_that_changed_on_disk_is_told(tmp_path: Path) -> None:
    attachments = AttachmentStore(tmp_path)
    name = attachments.put(b"photo", "image/jpeg")
    with closing(sqlite3.connect(attachments.path)) as connection:
        connection.execute("update blob set data = x'00'")
        connection.commit()

    with pytest.raises(DamagedError, match="n'est plus ce qui"):
        attachments.get(name)


@pytest.mark.plain
def test_a_newer_or_foreign_file_is_not_written(tmp_path: Path) -> None:
    attachments = AttachmentStore(tmp_path)
    attachments.put(b"photo", "image/jpeg")
    with closing(sqlite3.connect(attachments.path)) as connection:
        connection.execute("pragma user_version = 99")
    with pytest.raises(ReadOnlyError, match="plus récente"):
        attachments.put(b"autre", "image/jpeg")

    attachments.path.unlink()
    attachments.path.write_bytes(b"pas une base" * 500)
    with pytest.raises(NotAJournalError):
        attachments.put(b"autre", "image/jpeg")
