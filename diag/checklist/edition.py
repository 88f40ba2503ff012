"""Editions: a checklist compiled to canonical bytes, pinned by digest, opened again.

Canonical: UTF-8 JSON, sorted keys, no space, no float, defaults left out, so that a
field added to the model changes no digest. Items keep their order, in lists. What a
default means is never changed: old editions rely on it.
"""

import json
from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

import diag
from diag.model.base import Noun
from diag.model.checklist import (
    Aid,
    Aspect,
    Checklist,
    Criterion,
    Deadline,
    Domain,
    Finance,
    PaperForm,
    PlaceLabel,
    Price,
    Question,
    Recommendation,
    RegisteredSource,
    Retired,
    Synonym,
)

ENGINE = 2
"""Version of the judging that editions are compiled for: 1 is read, judged no more."""


class EditionError(ValueError):
    """Bytes that are no edition this version of diag can open."""


class _Compiled(Noun):
    """A checklist as its bytes hold it: items in lists, so that order is kept."""

    title: str
    version: str
    domains: tuple[Domain, ...]
    questions: tuple[Question, ...]
    criteria: tuple[Criterion, ...]
    recommendations: tuple[Recommendation, ...]
    prices: tuple[Price, ...]
    sources: tuple[RegisteredSource, ...]
    engine: int = 1
    retired: tuple[Retired, ...] = ()
    places: tuple[PlaceLabel, ...] = ()
    aspects: tuple[Aspect, ...] = ()
    synonyms: tuple[Synonym, ...] = ()
    aids: tuple[Aid, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    finances: tuple[Finance, ...] = ()
    forms: tuple[PaperForm, ...] = ()


def compiled(checklist: Checklist) -> bytes:
    """Return the canonical bytes of a checklist."""
    fields: dict[str, object] = {
        name: list(value.values()) if isinstance(value, dict) else value
        for name, value in checklist
    }
    edition = _Compiled.model_validate(fields)
    return json.dumps(
        edition.model_dump(mode="json", exclude_defaults=True),
        ensure_ascii=False,
        allow_nan=False,
        sort_keys=True,
        separators=(",", ":"),
    ).encode()


def digest(edition: bytes) -> str:
    """Return the hex SHA-256 that an audit pins."""
    return sha256(edition).hexdigest()


@lru_cache(maxsize=8)  # as many as are judged side by side
def open_edition(edition: bytes) -> Checklist:
    """Return the checklist that was compiled; reads no YAML and no rule.

    The same object for the same bytes, whatever journal keeps them: who judges by
    them compiles their rules once.

    Raises:
        EditionError: when the bytes are damaged or written by a newer diag.
    """
    opened = _read(edition)
    return Checklist.model_construct(
        title=opened.title,
        version=opened.version,
        domains=opened.domains,
        questions=_by_id(opened.questions),
        criteria=_by_id(opened.criteria),
        recommendations=_by_id(opened.recommendations),
        prices=_by_id(opened.prices),
        sources=_by_id(opened.sources),
        engine=opened.engine,
        retired=opened.retired,
        places=opened.places,
        aspects=opened.aspects,
        synonyms=opened.synonyms,
        aids=_by_id(opened.aids),
        deadlines=_by_id(opened.deadlines),
        finances=_by_id(opened.finances),
        forms=_by_id(opened.forms),
    )


def _read(edition: bytes) -> _Compiled:
    try:
        return _Compiled.model_validate_json(edition)
    except ValidationError as error:
        with suppress(*_DAMAGES):
            older = json.loads(edition)
            if "engine" not in older:
                return _Compiled.model_validate(_brought_forward(older))
        raise EditionError(
            "cette édition de la grille est illisible : elle est abîmée, ou faite par "
            "une version plus récente de diag. Mettez diag à jour, ou synchronisez."
        ) from error


_DAMAGES = (AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What bytes of any shape make reading them stop on."""


def _brought_forward(older: dict[str, Any]) -> dict[str, Any]:
    """Return an edition of the first judging, stripped of what only it read."""
    return older | {
        "criteria": [
            _without(each, "improves_with", "roll_up", "verify_before_quoting")
            for each in older["criteria"]
        ],
        "recommendations": [
            _without(each, "prices")
            | {
                "requires": [
                    one for one in each.get("requires", ()) if "at_least" in one
                ]
            }
            for each in older["recommendations"]
        ],
        "prices": [
            _without(each, "year") | {"as_of": str(each["year"])}
            for each in older["prices"]
        ],
        "retired": [{"id": ident} for ident in older.get("retired", ())],
    }


def _without(item: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in item.items() if key not in keys}


_Item = TypeVar(
    "_Item",
    Question,
    Criterion,
    Recommendation,
    Price,
    RegisteredSource,
    Aid,
    Deadline,
    Finance,
    PaperForm,
)


def _by_id(items: Iterable[_Item]) -> dict[str, _Item]:
    return {item.id: item for item in items}


def mark_of(folder: Path, overlay: Path | None = None) -> str:
    """Return what changes whenever a checklist file of one of the folders does."""
    mark = sha256()
    for place in filter(None, (folder, overlay)):
        for path in sorted(place.glob("*.y*ml")):
            mark.update(f"{place.name}/{path.name}".encode())
            mark.update(sha256(_bytes(path)).digest())
    return mark.hexdigest()


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # a folder, a lost right: reading the file reports it
        return b"unreadable"


def program_mark() -> str:
    """Return what changes whenever the code that reads and judges checklists does."""
    package = Path(diag.__file__).parent
    mark = sha256()
    for room in ("model", "rules", "answers", "checklist", "assess"):
        for path in sorted((package / room).rglob("*.py")):
            stat = path.stat()
            name = path.relative_to(package).as_posix()
            mark.update(f"{name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return mark.hexdigest()


FOLDER = "checklists"
"""Name of the folder, in a wheel as in the source tree."""


def shipped_checklists() -> Path:
    """Return the shipped folder: inside the package, else beside it."""
    package = Path(diag.__file__).parent
    inside = package / FOLDER
    return inside if inside.is_dir() else package.parent / FOLDER
