"""What a check found, kept until a checklist or the program changes.

One small file by folder, in the user's cache: it may be absent, damaged or thrown away
at any time, and nothing but time is lost.
"""

import json
from contextlib import suppress
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

from diag.desk.checklists.checking import Checked, problems_in
from diag.rules.marks import mark_of, program_mark
from diag.rules.problem import Problem


def checked(
    folder: Path, overlay: Path | None = None, cache: Path | None = None
) -> Checked:
    """Return what is wrong with checklists, from what was kept when it still holds."""
    if cache is None:
        # 10 ms, that tests which say where do without.
        from platformdirs import user_cache_path  # noqa: PLC0415

        cache = user_cache_path("diag", appauthor=False)
    key = f"{program_mark()} {mark_of(folder, overlay)}"
    path = cache / f"check-{_name(folder, overlay)}.json"
    known = _read(path, key)
    if known is None:
        known = problems_in(folder, overlay)
        _keep(path, key, known)
    return known


def _name(folder: Path, overlay: Path | None) -> str:
    places = f"{folder.resolve()}\n{overlay.resolve() if overlay else ''}"
    return sha256(places.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _read(path: Path, key: str) -> Checked | None:
    try:
        kept: Any = json.loads(path.read_text(encoding="utf-8"))
        if kept["key"] != key:
            return None
        problems = tuple(Problem(**one) for one in kept["problems"])
        return Checked(str(kept["summary"]), problems, int(kept["overlaid"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _keep(path: Path, key: str, found: Checked) -> None:
    """Write what was found, whole or not at all; a full disk keeps nothing."""
    body = {"key": key, **asdict(found)}
    part = path.with_suffix(".part")
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(body, ensure_ascii=False), encoding="utf-8")
        part.replace(path)
