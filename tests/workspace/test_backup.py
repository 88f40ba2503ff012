import os
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from diag.journal.attachments import AttachmentStore
from diag.journal.backup import FOLDER
from diag.journal.errors import DamagedError
from diag.model.errors import DiagError
from diag.workspace import backup
from diag.workspace.workspace import OVERLAY, Workspace
from tests.audit.builders import workspace

pytestmark = pytest.mark.durable


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Workspace]:
    with workspace(tmp_path / "other") as made:
        made.keep_settings(made.settings.model_copy(update={"device": "d-autre"}))
        yield made


def test_two_workspaces_share_a_folder_and_lose_nothing(
    desk: Workspace, other: Workspace, tmp_path: Path
) -> None:
    key = tmp_path / "cle"
    key.mkdir()
    theirs = [key / f"diag-2026-01-0{day}.db" for day in range(1, 6)]
    for path in theirs:
        path.write_bytes(b"precieux")
    copies = [backup.back_up(each, key).journal for each in (desk, other, desk)]
    assert len({*copies, *theirs}) == 8
    assert {path for path in key.iterdir() if path.suffix == ".db"} == {
        *copies,
        *theirs,
    }
    assert {path.read_bytes() for path in theirs} == {b"precieux"}


def test_the_own_folder_keeps_three_days_however_it_is_named(
    desk: Workspace,
) -> None:
    own = desk.folder / FOLDER
    own.mkdir()
    for day in range(1, 6):
        (own / f"diag-2020-01-0{day}.db").write_bytes(b"ancien")
    made = backup.back_up(desk, desk.folder / ".." / desk.folder.name / FOLDER)
    assert made == backup.back_up(desk)
    assert made.photos is None
    assert sorted(path.name for path in own.glob("diag-20*.db"))[:2] == [
        "diag-2020-01-04.db",
        "diag-2020-01-05.db",
    ]


def test_a_workspace_without_an_author_is_copied_too(desk: Workspace) -> None:
    with desk.journal.transaction() as connection:
        connection.execute("delete from setting")
    assert backup.back_up(desk, desk.folder / "ailleurs").journal.exists()


def test_photos_are_copied_and_restored_with_the_journal(
    desk: Workspace, tmp_path: Path
) -> None:
    photos = AttachmentStore(desk.folder)
    first = photos.put(b"photo", "image/jpeg")
    copied = backup.back_up(desk)
    second = photos.put(b"plus tard", "image/jpeg")
    desk.close()
    assert backup.restore(tmp_path / "neuf" / "poste", copied.journal) == ()
    assert AttachmentStore(tmp_path / "neuf" / "poste").get(first) == b"photo"
    journal, aside = backup.restore(desk.folder, copied.journal)
    assert journal.exists()
    assert aside.name.startswith("photos-avant-restauration-")
    assert (photos.get(first), photos.get(second)) == (b"photo", None)


def test_the_photos_of_a_copy_are_no_copy_and_name_the_one_beside(
    desk: Workspace,
) -> None:
    AttachmentStore(desk.folder).put(b"photo", "image/jpeg")
    copied = backup.back_up(desk)
    desk.close()
    assert copied.photos is not None
    with pytest.raises(DiagError, match="les photos de la copie") as refused:
        backup.restore(desk.folder, copied.photos)
    assert str(copied.journal) in str(refused.value.command)


def test_a_copy_without_photos_leaves_the_present_ones(desk: Workspace) -> None:
    copied = backup.back_up(desk)
    sha = AttachmentStore(desk.folder).put(b"photo", "image/jpeg")
    desk.close()
    assert len(backup.restore(desk.folder, copied.journal)) == 1
    assert AttachmentStore(desk.folder).get(sha) == b"photo"


def test_a_photo_that_changed_on_disk_is_found_by_the_copy(desk: Workspace) -> None:
    photos = AttachmentStore(desk.folder)
    photos.put(b"un cliche de la baie", "image/jpeg")
    content = photos.path.read_bytes()
    photos.path.write_bytes(content.replace(b"de la baie", b"de la Baie"))
    with pytest.raises(DamagedError, match=r"la photo .* n'est plus"):
        backup.back_up(desk)


def test_old_photos_go_with_the_old_copies(desk: Workspace) -> None:
    own = desk.folder / FOLDER
    own.mkdir()
    for day in range(1, 4):
        (own / f"diag-2020-01-0{day}.db").write_bytes(b"ancien")
        (own / f"diag-2020-01-0{day}-photos.db").write_bytes(b"ancien")
    backup.back_up(desk)
    assert not list(own.glob("diag-2020-01-01*"))
    assert len(list(own.glob("diag-2020-*-photos.db"))) == 2


def test_damaged_photos_are_told_before_anything_is_replaced(desk: Workspace) -> None:
    AttachmentStore(desk.folder).put(b"un cliche de la baie", "image/jpeg")
    copied = backup.back_up(desk)
    assert copied.photos is not None
    content = copied.photos.read_bytes().replace(b"de la baie", b"de la Baie")
    copied.photos.write_bytes(content)
    desk.close()
    with pytest.raises(DamagedError, match=r"la photo .* n'est plus"):
        backup.restore(desk.folder, copied.journal)
    assert not list(desk.folder.glob("*avant-restauration*"))


def overlaid(made: Workspace, text: str) -> Path:
    """Return a file of a workspace's overlay, just written."""
    path = made.folder / OVERLAY / "prix" / "nôtres.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_ones_own_checklists_are_copied_and_restored_with_the_journal(
    desk: Workspace,
) -> None:
    path = overlaid(desk, "prices: []\n")
    copied = backup.back_up(desk)
    assert copied.overlay == backup.back_up(desk).overlay
    path.write_text("abîmé", encoding="utf-8")
    (desk.folder / OVERLAY / "de-trop.yaml").touch()
    desk.close()
    journal, aside = backup.restore(desk.folder, copied.journal)
    assert journal.exists()
    assert aside.name.startswith("overlay-avant-restauration-")
    assert (aside / "prix" / "nôtres.yaml").read_text(encoding="utf-8") == "abîmé"
    assert path.read_text(encoding="utf-8") == "prices: []\n"
    assert [each.name for each in (desk.folder / OVERLAY).iterdir()] == ["prix"]


def test_a_copy_without_checklists_leaves_the_present_ones(desk: Workspace) -> None:
    copied = backup.back_up(desk)
    assert copied.overlay is None
    path = overlaid(desk, "prices: []\n")
    desk.close()
    assert len(backup.restore(desk.folder, copied.journal)) == 1
    assert path.exists()


def test_checklists_taken_away_leave_todays_copy(desk: Workspace) -> None:
    path = overlaid(desk, "prices: []\n")
    first = backup.back_up(desk)
    path.unlink()
    assert backup.back_up(desk).overlay is None
    assert first.overlay is not None
    assert not first.overlay.exists()


def test_old_checklists_go_with_the_old_copies(desk: Workspace) -> None:
    own = desk.folder / FOLDER
    own.mkdir()
    for day in range(1, 5):
        (own / f"diag-2020-01-0{day}.db").write_bytes(b"ancien")
        (own / f"diag-2020-01-0{day}-overlay.zip").write_bytes(b"ancien")
    backup.back_up(desk)
    assert len(list(own.glob("diag-2020-*-overlay.zip"))) == 2


@pytest.mark.parametrize(
    "name", ["../dehors.yaml", "/etc/dehors.yaml", "a/../../b", "C:dehors", "a\\..\\b"]
)
def test_a_copy_that_names_files_elsewhere_replaces_nothing(
    desk: Workspace, name: str
) -> None:
    overlaid(desk, "prices: []\n")
    copied = backup.back_up(desk)
    assert copied.overlay is not None
    with ZipFile(copied.overlay, "w") as zipped:
        zipped.writestr(name, "intrus")
    desk.close()
    with pytest.raises(DamagedError, match="hors du dossier"):
        backup.restore(desk.folder, copied.journal)
    assert not list(desk.folder.glob("*avant-restauration*"))


def test_a_copy_that_swells_or_is_under_a_password_replaces_nothing(
    desk: Workspace,
) -> None:
    (desk.folder / OVERLAY).mkdir()
    (desk.folder / OVERLAY / "prix.yaml").write_bytes(b"prix: []\n")
    made = backup.back_up(desk)
    assert made.overlay is not None
    desk.close()
    whole = made.overlay.read_bytes()
    with ZipFile(made.overlay, "w", ZIP_DEFLATED) as zipped:
        for number in range(5):
            zipped.writestr(f"{number}.yaml", bytes(16 * 2**20))
    swollen = made.overlay.read_bytes()
    locked = bytearray(whole)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[whole.index(mark) + at] |= 1
    for content, why in ((swollen, "Mo"), (bytes(locked), "abîmée")):
        made.overlay.write_bytes(content)

        with pytest.raises(DamagedError, match=why):
            backup.restore(desk.folder, made.journal)

    assert (desk.folder / OVERLAY / "prix.yaml").read_bytes() == b"prix: []\n"


def test_damaged_checklists_are_told_before_anything_is_replaced(
    desk: Workspace,
) -> None:
    overlaid(desk, "prices: []\n" * 400)
    copied = backup.back_up(desk)
    assert copied.overlay is not None
    content = bytearray(copied.overlay.read_bytes())
    content[70] ^= 255
    copied.overlay.write_bytes(content)
    desk.close()
    with pytest.raises(DamagedError, match="vos grilles est abîmée"):
        backup.restore(desk.folder, copied.journal)
    assert not list(desk.folder.glob("*avant-restauration*"))


@pytest.mark.skipif(os.name != "posix", reason="Windows has no modes")
def test_what_holds_people_is_its_owner_s_alone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o755)
    with workspace(home) as here:
        AttachmentStore(home).put(b"photo", "image/jpeg")
        backup.back_up(here, tmp_path)
        files = [*home.glob("*.db*"), *tmp_path.glob("*.db")]
        assert {"diag.db", "diag.db-wal", "photos.db"} <= {each.name for each in files}
        assert {each.stat().st_mode & 0o777 for each in files} == {0o600}
    assert home.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.name != "posix", reason="Windows has no modes")
def test_a_workspace_that_others_could_read_is_mended(tmp_path: Path) -> None:
    home = tmp_path / "home"
    workspace(home).close()
    home.chmod(0o755)
    (home / "diag.db").chmod(0o644)

    with Workspace.open(home):
        modes = {each.stat().st_mode & 0o777 for each in home.glob("diag.db*")}

    assert modes == {0o600}
    assert home.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.name != "posix", reason="Windows has no modes")
def test_a_medium_without_modes_still_opens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    workspace(tmp_path / "home").close()
    (tmp_path / "home").chmod(0o755)
    monkeypatch.setattr(Path, "chmod", refuse)

    with Workspace.open(tmp_path / "home") as here:
        assert not here.journal.readonly
