"""A workspace is refused where two computers would write it."""

from pathlib import Path

import pytest

from diag.model.errors import DiagError
from diag.workspace import disk as lone_disk
from diag.workspace.disk import cloud_of, share_in
from diag.workspace.workspace import Workspace
from tests.audit.builders import SETTINGS
from tests.cli.running import diag

MOUNTS = """/dev/sda1 / ext4 rw 0 0
serveur:/export /mnt/partage nfs4 rw 0 0
//nas/audits /home/ana/Mes\\040audits cifs rw 0 0
/dev/sdb1 /mnt/partage/disque ext4 rw 0 0
"""


@pytest.mark.parametrize(
    ("folder", "told"),
    [
        ("/home/ana/diag", ""),
        ("/mnt/partage", "nfs4"),
        ("/mnt/partage/audits", "nfs4"),
        ("/mnt/partages", ""),
        ("/mnt/partage/disque/audits", ""),
        ("/home/ana/Mes audits/2026", "cifs"),
    ],
)
def test_a_share_is_told_by_the_mount_that_holds_the_folder(
    folder: str, told: str
) -> None:
    found = share_in(folder, MOUNTS)
    assert (told in found) if told else not found


@pytest.mark.parametrize(
    ("folder", "cloud"),
    [
        ("/home/ana/OneDrive/diag", "OneDrive"),
        ("/home/ana/OneDrive - Syndicat mixte/diag", "OneDrive"),
        ("/Users/ana/Library/Mobile Documents/diag", "iCloud"),
        ("/Users/ana/Dropbox", "Dropbox"),
        ("/home/ana/onedriver/diag", ""),
        ("/home/ana/diag", ""),
    ],
)
def test_a_folder_that_a_cloud_copies_is_told_by_its_name(
    folder: str, cloud: str
) -> None:
    found = cloud_of(Path(folder))
    assert (cloud in found) if cloud else not found


def test_neither_is_a_workspace_made_nor_opened_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(lone_disk.ANYWAY)
    folder = tmp_path / "OneDrive" / "diag"
    with pytest.raises(DiagError, match="OneDrive"):
        Workspace.create(folder, SETTINGS)
    assert not folder.exists()

    monkeypatch.setenv(lone_disk.ANYWAY, "1")
    Workspace.create(folder, SETTINGS).close()
    monkeypatch.delenv(lone_disk.ANYWAY)

    said = diag(folder, "conflicts")
    assert said.code != 0
    assert "diag sync --folder" in said.err


def test_a_share_is_refused_by_the_table_of_mounts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(lone_disk.ANYWAY)
    monkeypatch.setattr(lone_disk, "_CLOUDS", {})
    mounts = tmp_path / "mounts"
    mounts.write_text(f"serveur:/x {tmp_path} nfs rw 0 0\n", encoding="utf-8")
    monkeypatch.setattr(lone_disk, "_MOUNTS", mounts)
    with pytest.raises(DiagError, match="partage du réseau"):
        Workspace.create(tmp_path / "diag", SETTINGS)

    monkeypatch.setattr(lone_disk, "_MOUNTS", tmp_path / "none")
    Workspace.create(tmp_path / "diag", SETTINGS).close()
    assert (tmp_path / "diag").stat().st_mode & 0o077 == 0
