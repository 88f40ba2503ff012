"""Disks and files: the default folder, clouds, paths typed, whole writes.

Light: the first frame loads it.
"""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from shutil import which

from diag.model.errors import DiagError


def default_folder() -> Path:
    """Return the platform's folder for this user's data."""
    # 4 ms, after the first frame where DIAG_HOME names a workspace.
    from platformdirs import user_data_path  # noqa: PLC0415

    return user_data_path("diag", appauthor=False)


# On a network share two computers do not see each other's locks; a folder that a cloud
# copies is replaced under the program's feet. Both damage a database in silence.


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
        DiagError: why, and what to do.
    """
    whole = folder.resolve()
    named = str(whole)
    if named != named.encode("utf-8", "replace").decode("utf-8"):  # SQLite's encoding
        raise DiagError(
            f"{folder} : un nom de ce chemin n'est pas en UTF-8, le journal ne s'y "
            "lirait pas. Renommez-le, ou choisissez un autre dossier (diag "
            "--workspace DOSSIER, ou DIAG_HOME)."
        )
    if os.environ.get(ANYWAY):
        return
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


_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")
_PATIENCE = 3.0
"""Seconds that one waits to know whether a viewer was found."""


def show_file(path: Path) -> None:
    """Open a file or a folder with what the system opens it with.

    Raises:
        DiagError: when nothing opens.
    """
    if sys.platform == "win32":
        os.startfile(path)  # noqa: S606 - a document that we have just written
        return
    program = which("open" if sys.platform == "darwin" else "xdg-open")
    if program is None:
        raise _unseen("Ce système n'a pas de visionneuse.", path)
    if sys.platform == "linux" and not any(map(os.environ.get, _DISPLAYS)):
        raise _unseen("Pas d'écran graphique ici : rien ne peut s'ouvrir.", path)
    viewer = subprocess.Popen(  # noqa: S603 - the path is one argument, never a command line
        [program, str(path)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        failed = viewer.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        return  # it shows the file itself, and stays
    if failed:
        raise _unseen("Le système n'a rien ouvert.", path)


def _unseen(why: str, path: Path) -> DiagError:
    return DiagError(f"{why} C'est là : {path}")


_QUOTED = re.compile(r'"([^"]+)"|\'([^\']+)\'|(\S+)')


def paths_of(text: str, *, windows: bool = sys.platform == "win32") -> tuple[Path, ...]:
    """Return the paths of a paste: one a line or several, quoted, escaped or URIs.

    A line that is the name of a file as it stands is that file, spaces included.
    """
    found: dict[Path, None] = {}
    for line in text.replace("\x00", "").splitlines():
        bare = line.strip()
        if bare and not bare.startswith("#"):  # text/uri-list has comments
            whole = _path(_unquoted(bare))
            if is_file(whole):
                found[whole] = None
                continue
            if windows:
                words = ["".join(groups) for groups in _QUOTED.findall(bare)]
            else:
                try:
                    words = shlex.split(bare)
                except ValueError:  # an apostrophe in a name, not a quote
                    words = [bare]
            found |= dict.fromkeys(map(_path, words))
    return tuple(found)


def path_typed(text: str) -> Path | None:
    """Return the one path of a line, spaces and all, there or not; None when empty."""
    line = text.replace("\x00", "").strip()
    if not line:
        return None
    found = paths_of(line)
    return found[0] if len(found) == 1 else _path(_unquoted(line))


def at_home(path: Path) -> Path:
    """Return a path, its `~` read; as it stands when nobody of that name has a home."""
    try:
        return path.expanduser()
    except RuntimeError:
        return path


def _path(word: str) -> Path:
    if word.startswith("file:"):
        # It brings `ssl`, 15 ms of each start, to undo what few desktops paste.
        from urllib.parse import urlsplit  # noqa: PLC0415
        from urllib.request import url2pathname  # noqa: PLC0415

        return Path(url2pathname(urlsplit(word).path))
    return at_home(Path(word))


def _unquoted(line: str) -> str:
    if len(line) > 1 and line[0] == line[-1] and line[0] in "\"'":
        return line[1:-1]
    return line


def is_file(path: Path) -> bool:
    """Return whether a path is a file; one that no system can have is none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def write_whole(path: Path, content: bytes, *, mode: int = 0o666) -> None:
    """Write a file so that it is either the old one or the new one, never half."""
    part = path.with_name(f"{path.name}.part")
    try:
        part.unlink(missing_ok=True)
        part.touch(mode, exist_ok=False)
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
