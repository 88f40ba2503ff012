"""On a full disk, what was written is still read; what is typed is refused."""

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from diag.journal.attachments import AttachmentStore
from tests.audit.builders import SCHOOL, started, workspace
from tests.cli.running import diag


@contextmanager
def full_disk() -> Iterator[None]:
    """Let this process lengthen no file: what a system does on a full disk."""
    room, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    heard = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, most))
        signal.signal(signal.SIGXFSZ, heard)


def test_what_is_erased_is_not_told_unwritten_for_want_of_room(tmp_path: Path) -> None:
    """The file is written anew after an erasure, which asks for as much room."""
    with workspace(tmp_path) as made:
        started(made)
        photos = AttachmentStore(made.folder)
        photos.put(b"une photo", "image/jpeg")
        for file in (made.journal, photos):
            with full_disk():
                assert not file.compact()
            assert file.compact()


def test_a_full_disk_is_read_and_says_why_nothing_is_written(tmp_path: Path) -> None:
    with workspace(tmp_path) as made:
        session = started(made)
        question = min(session.checklist.questions)

    with full_disk():
        read = diag(tmp_path, "audit", "list")
        typed = diag(tmp_path, "audit", "note", SCHOOL, question, "vu")

    assert read.code == 0
    assert SCHOOL in read.out
    assert "le disque est plein" in read.err
    assert typed.code == 1
    assert "le disque est plein" in typed.err
    assert "inattendue" not in typed.err
