"""Devices that meet in a shared folder, without a server."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from diag.journal import attachments, changes
from diag.journal.attachments import AttachmentStore
from diag.model.audit import Audit, Photo, Subject, audit_id
from diag.model.enums import PlaceKind
from diag.model.errors import DiagError
from diag.sync.bundle import BundleError
from diag.sync.bundle.read import bring_in, undo
from diag.sync.bundle.write import BundleSummary
from diag.sync.folder import KEPT, FolderResult, FolderTransport
from tests.journal.builders import CAMPAIGN, NOON
from tests.journal.worlds import content
from tests.sync.bundle.colleagues import Colleague, keys_of, meet
from tests.sync.offices import AUDITS, ROOTS, journal_in, say, started

AUDIT, OTHER, _ = AUDITS


@pytest.fixture
def anne(tmp_path: Path) -> Iterator[Colleague]:
    with journal_in(tmp_path / "anne") as journal:
        one = Colleague("anne", journal, keys_of(1))
        started(journal, AUDIT, one.origin)
        say(journal, AUDIT, 3, one.origin)
        yield one


@pytest.fixture
def bruno(tmp_path: Path, anne: Colleague) -> Iterator[Colleague]:
    with journal_in(tmp_path / "bruno") as journal:
        one = Colleague("bruno", journal, keys_of(2))
        started(journal, OTHER, one.origin)
        meet(anne, one)
        yield one


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "partage").mkdir()
    return tmp_path / "partage"


def synced(one: Colleague, folder: Path, at: int = NOON) -> FolderResult:
    return FolderTransport(
        reader=one.reader(),
        folder=folder,
        recipients=one.known,
        summarise=lambda _: BundleSummary({}, {}),
        learn=lambda _: None,
    ).run(at)


def shown(one: Colleague) -> dict[str, object]:
    return dict(content(one.journal.connection))


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_two_devices_meet_both_ways(
    anne: Colleague, bruno: Colleague, folder: Path
) -> None:
    synced(anne, folder)
    second = synced(bruno, folder)
    third = synced(anne, folder)
    assert [one.revisions for one in second.read] == [2]
    assert [one.revisions for one in third.read] == [1]
    assert shown(anne) == shown(bruno)


def test_once_met_they_are_silent(
    anne: Colleague, bruno: Colleague, folder: Path
) -> None:
    for one in (anne, bruno, anne, bruno):
        synced(one, folder)
    before, there = shown(anne), files_in(folder)
    for one in (anne, bruno):
        outcome = synced(one, folder)
        assert (outcome.read, outcome.written, outcome.refused) == ([], None, [])
    assert (shown(anne), files_in(folder)) == (before, there)


def test_each_writes_in_its_own_folder_alone(
    anne: Colleague, bruno: Colleague, folder: Path
) -> None:
    synced(anne, folder)
    hers = files_in(folder)
    synced(bruno, folder)
    assert hers.items() <= files_in(folder).items()
    assert {path.name for path in folder.iterdir()} == {
        anne.keys.card.device,
        bruno.keys.card.device,
    }


def test_what_is_no_bundle_is_neither_read_nor_removed(
    anne: Colleague, bruno: Colleague, folder: Path
) -> None:
    synced(anne, folder)
    hers = folder / anne.keys.card.device
    (folder / "desktop.ini").write_bytes(b"?")
    (folder / "Photos").mkdir()
    (hers / "nouveau.diag.part").write_bytes(b"?")
    (hers / f"{'0' * 64} (1).diag").write_bytes(b"?")
    before = files_in(folder)
    outcome = synced(bruno, folder)
    assert (len(outcome.read), outcome.refused) == (1, [])
    assert before.items() <= files_in(folder).items()


def test_a_folder_that_is_not_there_is_said_and_not_made(
    anne: Colleague, tmp_path: Path
) -> None:
    with pytest.raises(DiagError, match="Rien n'a changé ici"):
        synced(anne, tmp_path / "clé absente")
    assert not (tmp_path / "clé absente").exists()


def test_absence_is_never_deletion(
    anne: Colleague, bruno: Colleague, folder: Path, tmp_path: Path
) -> None:
    for one in (anne, bruno, anne):
        synced(one, folder)
    before = shown(anne)
    for path in folder.rglob("*.diag"):
        path.unlink()
    (tmp_path / "vide").mkdir()
    for where in (folder, tmp_path / "vide"):
        assert synced(anne, where).written is not None  # given again
        assert shown(anne) == before


def test_a_file_still_being_copied_is_read_the_next_time(
    anne: Colleague, bruno: Colleague, folder: Path
) -> None:
    synced(anne, folder)
    (path,) = folder.rglob("*.diag")
    whole = path.read_bytes()
    path.write_bytes(whole[:-50])
    outcome = synced(bruno, folder)
    assert "copie en cours" in outcome.refused[0]
    path.write_bytes(whole)
    assert len(synced(bruno, folder).read) == 1


def test_one_bad_bundle_does_not_hold_back_the_others(
    anne: Colleague, bruno: Colleague, folder: Path, tmp_path: Path
) -> None:
    with journal_in(tmp_path / "zoé") as journal:
        zoe = Colleague("zoé", journal, keys_of(3), {"bruno": bruno.keys.card})
        started(journal, AUDIT, zoe.origin)
        synced(zoe, folder)
        synced(anne, folder)
        outcome = synced(bruno, folder)
        assert [one.sender for one in outcome.read] == ["anne"]
        assert "que vous ne connaissez pas" in outcome.refused[0]
        bruno.known["zoé"] = zoe.keys.card
        assert [one.sender for one in synced(bruno, folder).read] == ["zoé"]


def test_a_colleague_who_comes_later_is_given_all(
    anne: Colleague, bruno: Colleague, folder: Path, tmp_path: Path
) -> None:
    synced(anne, folder)
    with journal_in(tmp_path / "zoé") as journal:
        zoe = Colleague("zoé", journal, keys_of(3))
        meet(anne, bruno, zoe)
        assert synced(zoe, folder).refused
        synced(anne, folder)
        assert [one.revisions for one in synced(zoe, folder).read] == [2]


def test_a_photo_is_given_once(anne: Colleague, bruno: Colleague, folder: Path) -> None:
    synced(anne, folder)
    _photograph(anne)
    first = synced(anne, folder).written
    say(anne.journal, AUDIT, 4, anne.origin)
    second = synced(anne, folder).written
    assert first
    assert second
    assert (len(first.blobs), len(second.blobs)) == (1, 0)
    synced(bruno, folder)
    assert len(AttachmentStore(bruno.folder).sizes()) == 1


def test_a_photo_that_came_later_is_given_later(
    anne: Colleague, bruno: Colleague, folder: Path
) -> None:
    sha = _photograph(anne)
    AttachmentStore(anne.folder).drop(sha)
    first = synced(anne, folder).written
    AttachmentStore(anne.folder).put(b"une image", "image/jpeg")
    second = synced(anne, folder).written
    assert first
    assert second
    assert (first.blobs, second.blobs) == ((), (sha,))


def test_a_photo_that_a_kill_left_in_its_bundle_is_read_the_next_time(
    anne: Colleague,
    bruno: Colleague,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Answers are in first: the bundle counted as read, its photos never came."""
    _photograph(anne)
    synced(anne, folder)
    with monkeypatch.context() as cut:
        cut.setattr(attachments, "keep", _killed)
        with pytest.raises(KeyboardInterrupt):
            synced(bruno, folder)
    assert AttachmentStore(bruno.folder).sizes() == {}

    (entered,) = synced(bruno, folder).read

    assert (entered.revisions, entered.photos) == (0, 1)
    assert len(AttachmentStore(bruno.folder).sizes()) == 1
    assert not synced(bruno, folder).read


def test_a_photo_that_the_disk_had_no_room_for_is_read_the_next_time(
    anne: Colleague,
    bruno: Colleague,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _photograph(anne)
    synced(anne, folder)
    with monkeypatch.context() as full:
        full.setattr(attachments, "keep", _full)
        (entered,) = synced(bruno, folder).read
        assert "plein" in entered.refused[0]

    assert [one.photos for one in synced(bruno, folder).read] == [1]
    assert not synced(bruno, folder).read


@pytest.mark.skipif(sys.platform == "win32", reason="no pipe in a folder there")
def test_what_is_no_file_is_not_read(
    anne: Colleague, folder: Path, tmp_path: Path
) -> None:
    """A pipe named as a bundle once held the sync for ever."""
    device = folder / ("a" * 32)
    device.mkdir()
    os.mkfifo(device / f"{'b' * 64}.diag")
    (device / f"{'c' * 64}.diag").mkdir()

    outcome = synced(anne, folder)

    assert (outcome.read, outcome.refused) == ([], [])
    with pytest.raises(BundleError, match="pas un paquet"):
        bring_in(anne.reader(), device / f"{'b' * 64}.diag", NOON)


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def _full(*_: object) -> None:
    raise DiagError("Le disque est plein.")


def test_what_was_undone_is_not_read_again(
    anne: Colleague, bruno: Colleague, folder: Path
) -> None:
    synced(anne, folder)
    (entered,) = synced(bruno, folder).read
    undo(bruno.journal, entered.name, NOON)
    assert not synced(bruno, folder).read


def test_two_copies_of_one_laptop_read_each_other(
    anne: Colleague, folder: Path, tmp_path: Path
) -> None:
    anne.known["ce poste"] = anne.keys.card
    with journal_in(tmp_path / "clone") as journal:
        clone = Colleague("clone", journal, anne.keys, anne.known)
        synced(anne, folder)
        assert [one.revisions for one in synced(clone, folder).read] == [2]
        say(journal, AUDIT, 9, clone.origin)
        synced(clone, folder)
        assert sum(one.revisions for one in synced(anne, folder).read) == 1


def _photograph(by: Colleague) -> str:
    sha = AttachmentStore(by.folder).put(b"une image", "image/jpeg")
    photo = Photo(
        id="00000000-0000-4000-8000-000000000001",
        sha=sha,
        place=ROOTS[AUDIT.id],
        original=sha,
        mime="image/jpeg",
        size=9,
    )
    by.journal.write(changes.photographed(AUDIT.id, photo), by.origin)
    return sha


def test_a_bundle_goes_a_month_after_later_ones_hold_all_of_it(
    anne: Colleague, bruno: Colleague, folder: Path
) -> None:
    """What was erased stayed for ever in the folder; nobody removes others' files."""
    started(anne.journal, OTHER, anne.origin)
    first = synced(anne, folder).path
    say(anne.journal, AUDIT, 5, anne.origin)
    second = synced(anne, folder, NOON + 1).path
    assert first
    assert second

    synced(anne, folder, NOON + KEPT)
    assert first.exists(), "a part of it is nowhere else, and the month is not over"
    third = synced(anne, folder, NOON + 1 + KEPT).path

    assert third
    assert third != second
    assert not first.exists()
    assert second.exists()
    assert synced(anne, folder, NOON + 2 + KEPT).written is None
    theirs = synced(bruno, folder, NOON + 2 + KEPT).path
    held = journal_of(anne)
    with journal_in(folder.parent / "zoe") as journal:
        zoe = Colleague("zoe", journal, keys_of(3))
        for one in (anne, bruno):
            meet(one, zoe)
            synced(one, folder, NOON + 3 + KEPT)
        synced(zoe, folder, NOON + 4 + KEPT)
        assert journal_of(zoe) >= held
    synced(anne, folder, NOON + 9 * KEPT)
    assert theirs
    assert theirs.exists()


def journal_of(one: Colleague) -> set[bytes]:
    return {line for audit in (AUDIT, OTHER) for line in one.journal.lines(audit.id)}


def test_many_bundles_become_one(
    anne: Colleague, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("diag.sync.folder.MOST_FILES", 4)
    for number in range(6):
        subject = Subject(kind=PlaceKind.ECOLE, code=f"999000{number}Z")
        audit = audit_id(CAMPAIGN, subject)
        opened = Audit(id=audit, campaign=CAMPAIGN, subject=subject)
        started(anne.journal, opened, anne.origin)
        synced(anne, folder, NOON + number)
    assert len(files_in(folder)) == 6

    synced(anne, folder, NOON + KEPT + 6)

    assert 1 <= len(files_in(folder)) <= 2
    assert synced(anne, folder, NOON + KEPT + 7).written is None
