"""What passes from one edition to another: retired ids, facts, an older method.

Nothing is copied: the journal keeps what was written under the old id, and reading it
gives it to the successor.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from diag.checklist.edition import ENGINE, compare
from diag.model.audit import Audit, Auditee, FollowUp, OwnAdvice
from diag.model.checklist import Checklist, Question
from diag.model.enums import AuditStatus
from diag.model.errors import DiagError
from diag.model.fact import Answer, Facts

Heirs = Mapping[str, str]
"""Retired id → the id that takes its place."""

_T = TypeVar("_T")


def heirs_of(checklist: Checklist) -> Heirs:
    """Return who takes the place of each retired id, followed to the last.

    An id without successor, or whose successors run in a circle, has none.
    """
    by = {one.id: one.by for one in checklist.retired if one.by}
    found = {}
    for ident in by:
        heir, met = ident, {ident}
        while heir in by and by[heir] not in met:
            heir = by[heir]
            met.add(heir)
        if heir not in by:
            found[ident] = heir
    return found


def passed_on(kept: Mapping[str, _T], heirs: Heirs) -> dict[str, _T]:
    """Return what is kept by id, that of retired ids under their successors.

    What was written of the successor itself wins.
    """
    inherited = {heirs[ident]: one for ident, one in kept.items() if ident in heirs}
    own = {ident: one for ident, one in kept.items() if ident not in heirs}
    return inherited | own


def steps_passed_on(steps: Iterable[FollowUp], heirs: Heirs) -> tuple[FollowUp, ...]:
    """Return steps, those of a retired recommendation under its successor."""
    return tuple(
        one.model_copy(update={"recommendation": heirs[one.recommendation]})
        if one.recommendation in heirs
        else one
        for one in steps
    )


def advice_passed_on(own: Iterable[OwnAdvice], heirs: Heirs) -> tuple[OwnAdvice, ...]:
    """Return engineers' own advice, what cured a retired criterion on its successor."""
    return tuple(
        one.model_copy(update={"criterion": heirs[one.criterion]})
        if one.criterion in heirs
        else one
        for one in own
    )


def answers_passed_on(
    facts: Facts, checklist: Checklist, was: Callable[[str], Question | None]
) -> Facts:
    """Return facts where answers to a retired question are read for its successor.

    Only where both ask for the same thing, at the same kind of place; `was` gives a
    question as it was asked. What was answered to the successor itself wins, and
    nothing passes where two retired questions give different answers.
    """
    heirs = heirs_of(checklist)
    passed: dict[tuple[str, str], list[tuple[Answer, ...]]] = {}
    for (place, ident), heads in facts.answers.items():
        heir = checklist.questions.get(heirs.get(ident, ""))
        if heir is None or (place, heir.id) in facts.answers:
            continue
        old = was(ident)
        if old is not None and asks_the_same(old, heir):
            passed.setdefault((place, heir.id), []).append(heads)
    agreed = {key: given[0] for key, given in passed.items() if _agree(given)}
    if not agreed:
        return facts
    return replace(facts, answers=dict(sorted({**facts.answers, **agreed}.items())))


def facts_for(facts: Facts, old: Checklist, new: Checklist) -> Facts:
    """Return the facts of one edition that another may read: what means the same."""
    outdated = set(compare(old, new).changed)
    kept = {
        asked: heads
        for asked, heads in facts.answers.items()
        if asked[1] not in outdated
    }
    return answers_passed_on(replace(facts, answers=kept), new, old.questions.get)


def asks_the_same(old: Question, new: Question) -> bool:
    """Say whether an answer to one question is one to the other."""
    same = (old.type, old.unit, old.place) == (new.type, new.unit, new.place)
    offered = {choice.id for choice in new.choices}
    return same and all(choice.id in offered for choice in old.choices)


def _agree(given: list[tuple[Answer, ...]]) -> bool:
    values = {tuple((head.state, head.value) for head in heads) for heads in given}
    return len(values) == 1


OLDER = "méthode antérieure"
"""What is said of an audit whose edition is of an older method."""


class OlderMethodError(DiagError):
    """What was asked needs judging, and the edition of the audit is judged no more."""


def is_older(checklist: Checklist) -> bool:
    """Say whether a checklist is of an older method than this version's."""
    return checklist.engine < ENGINE


def older_method(
    audit: Audit, about: Auditee, version: str, status: AuditStatus
) -> OlderMethodError:
    """Return why an audit is not judged, and what to do about it."""
    whose = f"{about.title}, campagne {audit.campaign} : l'audit"
    named = f"{about.ref} --campaign {audit.campaign}"
    if status is AuditStatus.CLOS:
        return OlderMethodError(
            f"{whose} est clos sous l'édition {version}, d'une {OLDER}. Ce qui en a "
            "été écrit alors reste ; il n'est plus jugé ni imprimé. Pour le juger à "
            "nouveau, rouvrez-le, passez-le à l'édition courante, puis clôturez-le.",
            command=f"diag audit status {named} --set en_cours",
        )
    return OlderMethodError(
        f"{whose} suit l'édition {version}, d'une {OLDER} : elle ne juge plus. "
        "Passez-le à l'édition courante ; un aperçu dit d'abord ce que devient chaque "
        "réponse.",
        command=f"diag audit upgrade {named} --dry-run",
    )
