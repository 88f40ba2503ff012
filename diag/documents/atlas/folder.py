"""The folder of an atlas: its paths; made aside, then put in place at once.

A list of its files stands in it: whatever is not on the list was put there by somebody,
and is never thrown away.
"""

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from diag.documents import AUDIENCES
from diag.model.enums import Audience
from diag.model.errors import DiagError
from diag.model.text import fold

MARK = "atlas.json"
"""The list of the files, at the root of the atlas."""

_FORMAT = "diag-atlas"


_LEFT_BY_SYSTEMS = {".DS_Store", "Thumbs.db", "desktop.ini"}


@contextmanager
def staged(folder: Path, view: str) -> Iterator[Path]:
    """Give a folder to write in; when all went well, it takes the place of `folder`.

    When anything fails or is interrupted, what was there stays as it was.

    Raises:
        DiagError: when `folder` holds anything else than such an atlas.
    """
    place = folder.resolve()
    part, old = _beside(place, "en-cours"), _beside(place, "ancien")
    if _is_ours(old) and not place.exists():
        old.rename(place)  # a run was cut between the two renamings
    _check(place, view)
    for left in (part, old):  # by a run that was cut
        if left.exists() and not _is_ours(left):
            raise DiagError(
                f"{left} gêne et ne vient pas de diag : déplacez-le, puis recommencez."
            )
        if left.exists():
            shutil.rmtree(left)
    part.mkdir(parents=True)
    try:
        _list(part, view)
        yield part
        _list(part, view)
        if place.exists():
            place.rename(old)
        try:
            part.rename(place)
        except OSError:
            if old.exists():
                old.rename(place)
            raise
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    shutil.rmtree(old, ignore_errors=True)


def files_of(folder: Path) -> list[str]:
    """Return every file under a folder, as a path with slashes, sorted."""
    found = (path for path in folder.rglob("*") if not path.is_dir())
    return sorted(path.relative_to(folder).as_posix() for path in found)


def _check(place: Path, view: str) -> None:
    if not place.exists():
        return
    if not place.is_dir():
        raise DiagError(f"{place} est un fichier : donnez un dossier.")
    files = files_of(place)
    if not files and not any(place.iterdir()):
        return
    listed = _listed(place)
    if listed is None:
        raise DiagError(
            f"{place} contient autre chose qu'un atlas : rien n'a été touché. "
            "Donnez un dossier neuf ou vide."
        )
    its_view, its_files = listed
    if its_view != view:
        raise DiagError(
            f"{place} contient l'atlas « {its_view} » : rien n'a été touché. "
            f"Donnez un autre dossier à l'atlas « {view} », pour que personne ne "
            "reçoive celui d'un autre."
        )
    known = {MARK, *its_files}
    foreign = [
        name
        for name in files
        if name not in known and Path(name).name not in _LEFT_BY_SYSTEMS
    ]
    if foreign:
        raise DiagError(
            f"{place} contient un fichier qui n'est pas de l'atlas : {foreign[0]}. "
            "Rien n'a été touché : déplacez-le, ou donnez un autre dossier."
        )


def _list(folder: Path, view: str) -> None:
    files = [name for name in files_of(folder) if name != MARK]
    listed = {"format": _FORMAT, "version": 1, "view": view, "files": files}
    text = json.dumps(listed, ensure_ascii=False, indent=1)
    (folder / MARK).write_text(f"{text}\n", encoding="utf-8", newline="\n")


def _listed(folder: Path) -> tuple[str, set[str]] | None:
    """Return the view of an atlas and its files; None when the folder is none."""
    try:
        found = json.loads((folder / MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    is_atlas = (
        isinstance(found, dict)
        and found.get("format") == _FORMAT
        and isinstance(found.get("view"), str)
        and isinstance(found.get("files"), list)
    )
    return (found["view"], set(map(str, found["files"]))) if is_atlas else None


def _is_ours(folder: Path) -> bool:
    return folder.is_dir() and _listed(folder) is not None


def _beside(place: Path, word: str) -> Path:
    return place.with_name(f".{place.name}.{word}")


INDEX = "index.html"
"""The map and the list."""

OVERVIEW = "ensemble.html"
"""The territory as a whole."""

_LONGEST = 48
_UNSAFE = re.compile(r"[^a-z0-9]+")


def slug(*parts: str) -> str:
    """Return texts as one name of small letters, digits and hyphens."""
    slugs = (_UNSAFE.sub("-", fold(one))[:_LONGEST].strip("-") for one in parts)
    return "-".join(filter(None, slugs)) or "sans-nom"


def school_path(name: str, uai: str) -> str:
    """Return where a school's page stands; its number makes it unique."""
    return f"ecoles/{slug(name, uai)}.html"


def commune_path(name: str, insee: str) -> str:
    """Return where a commune's page stands."""
    return f"communes/{slug(name, insee)}.html"


def document_path(ref: str, audience: Audience, form: str) -> str:
    """Return where a document of an audit stands: its name is clear once it is sent.

    `ref` is how commands name whom the audit is about.
    """
    about = slug(ref)
    return f"documents/{about}/{AUDIENCES[audience].stem}-{about}.{form}"


def to_root(path: str) -> str:
    """Return what leads from a page back to the root of the atlas."""
    return "../" * path.count("/")
