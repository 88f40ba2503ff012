"""Where a workspace may be: a disk of this computer that no other one writes.

On a network share two computers do not see each other's locks; a folder that a cloud
copies is replaced under the program's feet. Both damage a database in silence.
"""

import os
import re
import sys
from pathlib import Path

from diag.model.errors import DiagError

ANYWAY = "DIAG_ANY_DISK"
"""The variable that has the check skipped, for who knows better."""

_CLOUDS = {
    "onedrive": "OneDrive",
    "dropbox": "Dropbox",
    "google drive": "Google Drive",
    "googledrive": "Google Drive",
    "mobile documents": "iCloud",
    "iclouddrive": "iCloud",
    "cloudstorage": "un nuage",
    "nextcloud": "Nextcloud",
    "owncloud": "ownCloud",
    "kdrive": "kDrive",
    "pclouddrive": "pCloud",
}
_REMOTE = frozenset((
    *("afs", "ceph", "cifs", "davfs", "glusterfs", "ncpfs", "nfs", "nfs4"),
    *("smb3", "smbfs", "fuse.davfs2", "fuse.glusterfs", "fuse.gvfsd-fuse"),
    *("fuse.rclone", "fuse.sshfs"),
))
_MOUNTS = Path("/proc/mounts")
_WINDOWS_REMOTE = 4
"""DRIVE_REMOTE, of GetDriveType."""


def check_disk(folder: Path) -> None:
    """Refuse a folder where the journal would be damaged.

    Raises:
        DiagError: says why, and what to do.
    """
    if os.environ.get(ANYWAY):
        return
    whole = folder.resolve()
    why = cloud_of(whole) or _share_of(whole)
    if why:
        raise DiagError(
            f"{folder} est {why} : le journal s'y abîmerait. Choisissez un dossier de "
            "cet ordinateur (diag --workspace DOSSIER, ou DIAG_HOME), ou déplacez-y "
            "celui-ci. Pour échanger entre vous : diag sync --folder DOSSIER. "
            f"Si vous savez que ce dossier est local : {ANYWAY}=1."
        )


def cloud_of(folder: Path) -> str:
    """Return « dans un dossier que copie OneDrive », or nothing."""
    for part in folder.parts:
        name = part.casefold().partition(" - ")[0].rstrip()
        if name in _CLOUDS:
            return f"dans un dossier que copie {_CLOUDS[name]}"
    return ""


def share_in(folder: str, mounts: str) -> str:
    """Return « sur un partage du réseau (nfs) », from a table of mounts, or nothing."""
    best, kind = "", ""
    for line in mounts.splitlines():
        _, place, found, *_ = [*line.split(" "), "", "", ""]
        place = re.sub(r"\\(\d{3})", lambda told: chr(int(told[1], 8)), place)
        inside = f"{folder}/".startswith(f"{place.rstrip('/')}/")
        if inside and len(place) >= len(best):
            best, kind = place, found
    return f"sur un partage du réseau ({kind})" if kind in _REMOTE else ""


def _share_of(folder: Path) -> str:
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415 - Windows only

        drive = ctypes.windll.kernel32.GetDriveTypeW(folder.anchor)
        is_share = folder.anchor.startswith("\\\\") or drive == _WINDOWS_REMOTE
        return "sur un partage du réseau" if is_share else ""
    try:
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return ""  # macOS tells it by no file
    return share_in(str(folder), mounts)
