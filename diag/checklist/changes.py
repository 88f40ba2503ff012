"""What a newer edition does to the answers of an older one, and its changes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from diag.model.base import Noun
from diag.model.checklist import Checklist, Question, Recommendation
from diag.model.enums import USUAL_READER


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
    both = [ident for ident in new.questions if ident in old.questions]
    pairs = {ident: (old.questions[ident], new.questions[ident]) for ident in both}
    changed = {
        ident
        for ident, (one, other) in pairs.items()
        if {choice.id for choice in one.choices}
        - {choice.id for choice in other.choices}
        or (one.type, one.place) != (other.type, other.place)
        or (one.unit and other.unit and one.unit != other.unit)
    }
    kept = {
        ident
        for ident, (one, other) in pairs.items()
        if _as_asked(one) == _as_asked(other)
    } - changed
    return EditionChanges(
        kept=tuple(ident for ident in both if ident in kept),
        reworded=tuple(ident for ident in both if ident not in kept | changed),
        changed=tuple(ident for ident in both if ident in changed),
        new=tuple(ident for ident in new.questions if ident not in old.questions),
        lost=tuple(ident for ident in old.questions if ident not in new.questions),
    )


def _as_asked(question: Question) -> Question:
    """Return a question without what is read of its answers once they are given."""
    return question.model_copy(update=_NOT_ASKED)


_NOT_ASKED: dict[str, object] = {
    "better": None,
    "danger": False,
    "moment": None,
    "seconds": None,
    "seconds_again": None,
    "same_gesture": "",
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
    *("prices", "aids", "deadlines", "finances", "sources", "forms", "synonyms"),
)
"""What editions are made of, in the order of differences."""


def differences(old: Checklist, new: Checklist) -> tuple[Difference, ...]:
    """Return every item that differs in two editions, section by section."""
    found: list[Difference] = []
    for section in SECTIONS:
        before, after = _by_id(getattr(old, section)), _by_id(getattr(new, section))
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


def _by_id(items: object) -> dict[str, Noun]:
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
