"""A French dictionary, if this machine has one, and what it finds in checklists.

Nothing here is needed to use `diag`: it is for whoever writes checklists.
"""

import gc
import os
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from diag.desk.checklists.checking import Checked
from diag.rules.lint.spelling import (
    ALLOWED_FILE,
    Knows,
    allowed_words,
    spelling_problems,
)

NO_DICTIONARY = (
    "Orthographe non relue : aucun dictionnaire français sur cette machine. Il faut le "
    "module spylls (pip install spylls) et les fichiers fr.aff et fr.dic : paquet "
    "hunspell-fr sous Debian, ou ceux de LibreOffice. S'ils sont ailleurs, dites dans "
    "quel dossier par la variable DICPATH."
)
"""What is said when spelling cannot be read."""

_NAMES = ("fr", "fr_FR", "fr-toutesvariantes", "fr-classique", "fr-moderne")
_FOLDERS = (
    "/usr/share/hunspell",
    "/usr/share/myspell/dicts",
    "/usr/lib/libreoffice/share/extensions/dict-fr",
    "/Library/Spelling",
    "/Applications/LibreOffice.app/Contents/Resources/extensions/dict-fr",
    "C:/Program Files/LibreOffice/share/extensions/dict-fr",
)


def respelled(
    folder: Path, found: Checked, overlay: Path | None = None
) -> Checked | None:
    """Return what was found with misspellings beside; None: no dictionary.

    With an overlay, only what it changes or adds is read.
    """
    knows = french_dictionary()
    if knows is None:
        return None
    # Reading YAML: 100 ms, only when spelling is asked for.
    from diag.rules.load import load_checklists  # noqa: PLC0415

    allowed = [_allowed(place) for place in (folder, overlay) if place]
    loaded = load_checklists(folder, overlay)
    wrong = spelling_problems(loaded, knows, frozenset().union(*allowed))
    if overlay:
        wrong = (one for one in wrong if one.file.startswith(f"{overlay.name}/"))
    problems = sorted((*found.problems, *wrong), key=lambda each: each.place)
    return replace(found, problems=tuple(problems))


def _allowed(folder: Path) -> frozenset[str]:
    listed = folder / ALLOWED_FILE
    text = listed.read_text(encoding="utf-8") if listed.is_file() else ""
    return allowed_words(text)


def french_dictionary(folders: tuple[str, ...] = _FOLDERS) -> Knows | None:
    """Return who knows French words on this machine, if anyone does."""
    path = next(_dictionaries(folders), None)
    if path is None:
        return None
    try:
        # Seconds to read a whole dictionary, and an optional package.
        from spylls.hunspell import Dictionary  # noqa: PLC0415
    except ImportError:
        return None
    with warnings.catch_warnings():
        # spylls leaves its files to the garbage collector.
        warnings.simplefilter("ignore", ResourceWarning)
        lookup: Knows = Dictionary.from_files(str(path)).lookup
        gc.collect()
    return lookup


def _dictionaries(folders: tuple[str, ...]) -> Iterator[Path]:
    """Yield the dictionaries found, without their suffix; DICPATH's come first."""
    said = os.environ.get("DICPATH", "").split(os.pathsep)
    for folder in (*filter(None, said), *folders):
        for name in _NAMES:
            path = Path(folder) / name
            if all(Path(f"{path}.{end}").is_file() for end in ("aff", "dic")):
                yield path
