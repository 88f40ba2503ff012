"""What a newer edition does to the answers given under an older one."""

from dataclasses import dataclass

from diag.model.checklist import Checklist, Question


@dataclass(frozen=True, slots=True)
class EditionChanges:
    """Questions of two editions, by id, each in one list, in their edition's order."""

    kept: tuple[str, ...] = ()
    """The same word for word."""
    reworded: tuple[str, ...] = ()
    """Said, bounded or proposed otherwise: answers stand, nothing is asked again."""
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
    """Say whether an answer to the old question answers the new one."""
    removed = {choice.id for choice in old.choices} - {
        choice.id for choice in new.choices
    }
    return not removed and (old.type, old.unit, old.place) == (
        new.type,
        new.unit,
        new.place,
    )
