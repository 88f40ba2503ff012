"""Checklists checked whole: structure, meaning, wording, and their own examples."""

import gc
import json
import os
import warnings
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from diag.checklist import Problem, mark_of, program_mark
from diag.words.sentences import counted

if TYPE_CHECKING:
    from diag.checklist.lint.french import Knows
    from diag.checklist.lint.rules import Situation


@dataclass(frozen=True, slots=True)
class Checked:
    """A folder of checklists: what it holds, and all that is wrong with it."""

    summary: str
    """What the folder holds, in French."""
    problems: tuple[Problem, ...]
    """In the order of files and lines."""
    overlaid: int = 0
    """Items that the syndicat's own files change, add or switch off."""
    note: str = ""
    """What is to be seen to one day, and is no fault: prices that are too old."""


def problems_in(folder: Path, overlay: Path | None = None) -> Checked:
    """Read checklists, with what is put over them; return everything to mend."""
    # Models, YAML and judging: 300 ms, that nobody pays when nothing has changed.
    from diag.assess.examples import check_examples  # noqa: PLC0415
    from diag.checklist.lint import lint  # noqa: PLC0415
    from diag.checklist.load import blamed, load_checklists  # noqa: PLC0415

    loaded = load_checklists(folder, overlay)
    problems = [*blamed((*loaded.problems, *lint(loaded)), loaded)]
    if not any(problem.severity == "error" for problem in problems):
        problems += check_examples(loaded.draft, loaded.examples)
    checklist = loaded.checklist
    summary = "grilles inutilisables en l'état"
    if checklist is not None:
        summary = ", ".join((
            counted(len(checklist.domains), "domaine"),
            counted(len(checklist.questions), "question"),
            counted(len(checklist.criteria), "critère"),
            counted(len(checklist.recommendations), "préconisation"),
            counted(len(checklist.prices), "prix", "prix"),
            counted(len(checklist.aids), "aide"),
            counted(len(checklist.deadlines), "échéance"),
            counted(len(loaded.examples), "exemple"),
        ))
    ordered = tuple(sorted(problems, key=lambda each: each.place))
    today, years = datetime.now(UTC).date().isoformat(), dict[int, list[str]]()
    for price in loaded.draft.prices.values():
        if price.is_old(today):
            years.setdefault(price.year, []).append(price.id)
    old = " ; ".join(f"en {year}, {', '.join(years[year])}" for year in sorted(years))
    note = (
        f"Prix relevés il y a plus de trois ans, à actualiser : {old}." if old else ""
    )
    return Checked(summary, ordered, len(loaded.overlaid), note)


def situations_in(folder: Path) -> "list[Situation]":
    """Return the facts that criteria judge and that get neither better nor worse."""
    # Reading YAML: 100 ms, only when they are asked for.
    from diag.checklist.lint.rules import situations  # noqa: PLC0415
    from diag.checklist.load import load_checklists  # noqa: PLC0415

    return situations(load_checklists(folder).draft)


def checked(
    folder: Path, overlay: Path | None = None, cache: Path | None = None
) -> Checked:
    """Return what is wrong with checklists, from what was kept when it still holds."""
    if cache is None:
        # 10 ms, that tests that name the folder do without.
        from platformdirs import user_cache_path  # noqa: PLC0415

        cache = user_cache_path("diag", appauthor=False)
    today = datetime.now(UTC).date()  # dates of the tables pass
    key = f"{program_mark()} {mark_of(folder, overlay)} {today}"
    places = f"{folder.resolve()}\n{overlay.resolve() if overlay else ''}"
    name = sha256(places.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    path = cache / f"check-{name}.json"
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        kept: Any = json.loads(path.read_text(encoding="utf-8"))
        if kept["key"] == key:
            problems = tuple(
                Problem(**{**one, "about": tuple(one["about"])})
                for one in kept["problems"]
            )
            return Checked(
                str(kept["summary"]), problems, int(kept["overlaid"]), kept["note"]
            )
    found = problems_in(folder, overlay)
    body = {"key": key, **asdict(found)}
    part = path.with_suffix(".part")
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(body, ensure_ascii=False), encoding="utf-8")
        part.replace(path)
    return found


NO_DICTIONARY = (
    "Orthographe non relue : aucun dictionnaire français sur cette machine. Il faut le "
    "module spylls (pip install spylls) et les fichiers fr.aff et fr.dic : paquet "
    "hunspell-fr sous Debian, ou ceux de LibreOffice. S'ils sont ailleurs, dites dans "
    "quel dossier par la variable DICPATH."
)
"""The sentence when spelling cannot be read."""

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
    """Return what was found, with the misspellings; None: no dictionary.

    With an overlay, only what it changes or adds is read.
    """
    knows = french_dictionary()
    if knows is None:
        return None
    # Reading YAML: 100 ms, only when spelling is asked for.
    from diag.checklist.lint.french import (  # noqa: PLC0415
        ALLOWED_FILE,
        allowed_words,
        spelling_problems,
    )
    from diag.checklist.load import load_checklists  # noqa: PLC0415

    listed = [place / ALLOWED_FILE for place in (folder, overlay) if place]
    allowed = [
        allowed_words(path.read_text(encoding="utf-8"))
        for path in listed
        if path.is_file()
    ]
    loaded = load_checklists(folder, overlay)
    wrong = spelling_problems(loaded, knows, frozenset().union(*allowed))
    if overlay:
        wrong = (one for one in wrong if one.file.startswith(f"{overlay.name}/"))
    problems = sorted((*found.problems, *wrong), key=lambda each: each.place)
    return replace(found, problems=tuple(problems))


def french_dictionary(folders: tuple[str, ...] = _FOLDERS) -> "Knows | None":
    """Return who knows French words on this machine, if anyone does.

    The folders of DICPATH come first.
    """
    own = os.environ.get("DICPATH", "").split(os.pathsep)
    every = (*filter(None, own), *folders)
    paths = (Path(folder) / name for folder in every for name in _NAMES)
    both = ("aff", "dic")
    whole = (
        one for one in paths if all(Path(f"{one}.{end}").is_file() for end in both)
    )
    path = next(whole, None)
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
