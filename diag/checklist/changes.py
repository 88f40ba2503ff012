"""What a newer edition does to the answers of an older one, and its changes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from diag.model.base import Noun
from diag.model.checklist import Checklist, Question, Recommendation
from diag.model.enums import Audience


@dataclass(frozen=True, slots=True)
class EditionChanges:
    """Questions of two editions, by id, each in one list, in their edition's order."""

    kept: tuple[str, ...] = ()
    """The same word for word."""
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
    both = [ident for ident in new.questions if ident in old.questions]
    pairs = {ident: (old.questions[ident], new.questions[ident]) for ident in both}
    changed = {ident for ident, pair in pairs.items() if not _means_the_same(*pair)}
    return EditionChanges(
        kept=tuple(ident for ident, (one, other) in pairs.items() if one == other),
        reworded=tuple(
            ident
            for ident, (one, other) in pairs.items()
            if one != other and ident not in changed
        ),
        changed=tuple(ident for ident in both if ident in changed),
        new=tuple(ident for ident in new.questions if ident not in old.questions),
        lost=tuple(ident for ident in old.questions if ident not in new.questions),
    )


def _means_the_same(old: Question, new: Question) -> bool:
    removed = {choice.id for choice in old.choices} - {
        choice.id for choice in new.choices
    }
    return not removed and (old.type, old.unit, old.place) == (
        new.type,
        new.unit,
        new.place,
    )


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
    *("domains", "places", "questions", "criteria", "recommendations"),
    *("prices", "aids", "deadlines", "sources"),
)
"""What editions are made of, in the order of differences."""


def differences(old: Checklist, new: Checklist) -> tuple[Difference, ...]:
    """Return every item that differs in two editions, section by section."""
    return tuple(
        difference
        for section in SECTIONS
        for difference in _section(
            section, getattr(old, section), getattr(new, section)
        )
    )


def _section(section: str, old: object, new: object) -> Iterator[Difference]:
    before, after = _by_id(old), _by_id(new)
    for ident, noun in after.items():
        if ident not in before:
            yield Difference(section, ident, _label(noun), Fate.ADDED)
        elif noun != before[ident]:
            fields = tuple(_fields(_flatten(before[ident]), _flatten(noun)))
            yield Difference(section, ident, _label(noun), Fate.CHANGED, fields)
    for ident, noun in before.items():
        if ident not in after:
            yield Difference(section, ident, _label(noun), Fate.REMOVED)


def _by_id(items: object) -> dict[str, Noun]:
    nouns: Iterable[object]
    nouns = items.values() if isinstance(items, Mapping) else items  # type: ignore[assignment] # a tuple otherwise
    return {str(getattr(one, "id", "")): one for one in nouns if isinstance(one, Noun)}


def _label(noun: Noun) -> str:
    for key in ("title", "label"):
        if text := getattr(noun, key, ""):
            return str(text)
    if isinstance(noun, Recommendation):
        return noun.wording[Audience.MAIRIE].title
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


def _fields(
    before: Mapping[str, object], after: Mapping[str, object]
) -> Iterator[FieldChange]:
    for path in (*after, *(one for one in before if one not in after)):
        old, new = before.get(path), after.get(path)
        if old != new:
            yield FieldChange(path, old, new)
