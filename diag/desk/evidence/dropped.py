"""What a terminal pastes when files are dropped on it, read as paths."""

import re
import shlex
import sys
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

_QUOTED = re.compile(r'"([^"]+)"|\'([^\']+)\'|(\S+)')


def paths_of(text: str, *, windows: bool = sys.platform == "win32") -> tuple[Path, ...]:
    """Return the paths of a paste: one a line or several, quoted, escaped or URIs.

    A line that is the name of a file as it stands is that file, spaces included.
    """
    found: dict[Path, None] = {}
    for line in text.replace("\x00", "").splitlines():
        bare = line.strip()
        if bare and not bare.startswith("#"):  # text/uri-list has comments
            found.update(dict.fromkeys(_paths(bare, windows=windows)))
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


def _paths(line: str, *, windows: bool) -> list[Path]:
    if is_file(whole := _path(_unquoted(line))):
        return [whole]
    return [_path(word) for word in _words(line, windows=windows)]


def _words(line: str, *, windows: bool) -> list[str]:
    if not windows:
        try:
            return shlex.split(line)
        except ValueError:  # an apostrophe in a name, not a quote
            return [line]
    return ["".join(groups) for groups in _QUOTED.findall(line)]


def _path(word: str) -> Path:
    if word.startswith("file:"):
        return Path(url2pathname(urlsplit(word).path))
    return at_home(Path(word))


def _unquoted(line: str) -> str:
    if len(line) > 1 and line[0] == line[-1] and line[0] in "\"'":
        return line[1:-1]
    return line


def is_file(path: Path) -> bool:
    """Say whether a path is a file; one that no system can have is none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
