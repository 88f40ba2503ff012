"""Editions: a checklist compiled to canonical bytes, pinned by digest, opened again.

Canonical: UTF-8 JSON, sorted keys, no space, no float, defaults left out, so that a
field added to the model changes no digest. Items keep their order, in lists. What a
default means is never changed: old editions rely on it.
"""

import json
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from typing import Any, TypeVar

from pydantic import ValidationError

from diag.model.base import Noun
from diag.model.checklist import (
    Aid,
    Aspect,
    Checklist,
    Criterion,
    Crosscheck,
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
from diag.model.enums import USUAL_READER

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
    checks: tuple[Crosscheck, ...] = ()


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
    opened = None
    if (b"\\u" in edition and _ESCAPED.search(edition)) or _BARE.search(edition):
        raise EditionError(
            "cette édition des grilles porte des caractères de commande : diag n'en "
            "écrit pas. Rien n'en est lu. Redemandez-la à qui l'a faite."
        )
    try:
        opened = _Compiled.model_validate_json(edition)
    except ValidationError as error:
        with suppress(*_DAMAGES):
            older = json.loads(edition)
            if "engine" not in older:
                opened = _Compiled.model_validate(_brought_forward(older))
        if opened is None:
            raise EditionError(
                "cette édition des grilles est illisible : elle est abîmée, ou faite "
                "par une version plus récente de diag. Mettez diag à jour, ou "
                "synchronisez."
            ) from error
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
        checks=_by_id(opened.checks),
    )


_ESCAPED = re.compile(
    rb"(?<!\\)(?:\\\\)*\\u(?:00(?:[0189]|7f)|202[a-e]|206[6-9])", re.IGNORECASE
)
_BARE = re.compile(rb"\x7f|\xc2[\x80-\x9f]|\xe2(?:\x80[\xaa-\xae]|\x81[\xa6-\xa9])")
"""Control and bidi characters, in two writings; texts of checklists hold none."""

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
    Crosscheck,
)


def _by_id(items: Iterable[_Item]) -> dict[str, _Item]:
    return {item.id: item for item in items}


@dataclass(frozen=True, slots=True)
class EditionChanges:
    """Questions of two editions, by id, each in one list, in their edition's order."""

    kept: tuple[str, ...] = ()
    """The same word for word, even if the answer is judged otherwise."""
    reworded: tuple[str, ...] = ()
    """Worded, bounded or proposed otherwise: answers stand, nothing is asked again."""
    changed: tuple[str, ...] = ()
    """Another meaning: to be asked again."""
    new: tuple[str, ...] = ()
    """Not asked before."""
    lost: tuple[str, ...] = ()
    """No longer asked: answers stay in the journal, nothing reads them."""


def compare(old: Checklist, new: Checklist) -> EditionChanges:
    """Return what becomes of each question from one edition to another."""
    kept, reworded, changed, fresh = list[str](), list[str](), list[str](), list[str]()
    for ident, now in new.questions.items():
        was = old.questions.get(ident)
        if was is None:
            fresh.append(ident)
        elif (
            (was.type, was.place) != (now.type, now.place)
            or (was.unit and now.unit and was.unit != now.unit)
            or {one.id for one in was.choices} - {one.id for one in now.choices}
        ):
            changed.append(ident)
        elif _as_asked(was) == _as_asked(now):
            kept.append(ident)
        else:
            reworded.append(ident)
    lost = (ident for ident in old.questions if ident not in new.questions)
    return EditionChanges(*map(tuple, (kept, reworded, changed, fresh, lost)))


def _as_asked(question: Question) -> Question:
    """Return a question without what is read of its answers once they are given."""
    return question.model_copy(update=_NOT_ASKED)


_NOT_ASKED: dict[str, object] = {
    "better": None,
    "danger": False,
    "measures": (),
    "moment": None,
    "seconds": None,
    "seconds_again": None,
    "same_gesture": "",
    "without_year": None,
    "words": (),
}
"""What the person who answers never sees."""


class Fate(StrEnum):
    """What became of an item from one edition to another."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that differs."""

    path: str
    """Keys that lead to it: `levels.2`, `wording.mairie.title`."""
    before: object
    """None when it was not there."""
    after: object
    """None when it is no longer there."""


@dataclass(frozen=True, slots=True)
class Difference:
    """An item that differs in two editions."""

    section: str
    """As in the files: `criteria`, `prices`."""
    ident: str
    label: str
    """Its title, its label; its id when it has neither."""
    fate: Fate
    fields: tuple[FieldChange, ...] = ()
    """The fields that differ, of an item that both have."""


SECTIONS = (
    *("domains", "places", "aspects", "questions", "criteria", "recommendations"),
    *("prices", "aids", "deadlines", "finances", "sources", "forms", "checks"),
    "synonyms",
)
"""What editions are made of, in the order of differences."""


def differences(old: Checklist, new: Checklist) -> tuple[Difference, ...]:
    """Return every item that differs in two editions, section by section."""
    found: list[Difference] = []
    for section in SECTIONS:
        before, after = (
            _nouns_by_id(getattr(old, section)),
            _nouns_by_id(getattr(new, section)),
        )
        for ident, noun in after.items():
            if ident not in before:
                found.append(Difference(section, ident, _label(noun), Fate.ADDED))
            elif noun != before[ident]:
                was, now = _flatten(before[ident]), _flatten(noun)
                fields = tuple(
                    FieldChange(path, was.get(path), now.get(path))
                    for path in (*now, *(each for each in was if each not in now))
                    if was.get(path) != now.get(path)
                )
                found.append(
                    Difference(section, ident, _label(noun), Fate.CHANGED, fields)
                )
        found += [
            Difference(section, ident, _label(noun), Fate.REMOVED)
            for ident, noun in before.items()
            if ident not in after
        ]
    return tuple(found)


def _nouns_by_id(items: object) -> dict[str, Noun]:
    nouns: Iterable[object]
    nouns = items.values() if isinstance(items, Mapping) else items  # type: ignore[assignment] # a tuple otherwise
    return {str(getattr(one, "id", "")): one for one in nouns if isinstance(one, Noun)}


def _label(noun: Noun) -> str:
    for key in ("title", "label"):
        if text := getattr(noun, key, ""):
            return str(text)
    if isinstance(noun, Recommendation):
        return noun.wording[USUAL_READER].title
    return str(getattr(noun, "id", ""))


def _flatten(noun: Noun) -> dict[str, object]:
    found: dict[str, object] = {}

    def walk(path: str, value: object) -> None:
        if isinstance(value, dict):
            for key, child in value.items():
                walk(f"{path}.{key}" if path else str(key), child)
        else:
            found[path] = value

    walk("", noun.model_dump(mode="json", exclude_defaults=True))
    return found
