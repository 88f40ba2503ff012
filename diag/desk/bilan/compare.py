"""What changed since the last audit: what the facts did, and what the method did.

When the checklists differ, yesterday's facts are judged again by today's: what moves
between the two is « grille changée », and never told as progress.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from diag.assess.results import Assessment, CriterionResult, Score
from diag.desk.bilan.previous import session_before
from diag.desk.checklists.upgrading import facts_for
from diag.desk.session import Session
from diag.model.checklist import Criterion
from diag.model.enums import Standing, Trigger
from diag.model.errors import DiagError
from diag.model.number import Bounds
from diag.rules.changes import compare as changes_between


class Move(StrEnum):
    """What became of a criterion between two audits, the method being the same."""

    BETTER = "better"
    WORSE = "worse"
    LEARNT = "learnt"
    """Better known: the levels left are among those that were left."""
    UNSURE = "unsure"
    """It may have moved: what is known does not say which way."""
    APPEARED = "appeared"
    """It did not apply."""
    GONE = "gone"
    """It no longer applies."""
    SAME = "same"


@dataclass(frozen=True, slots=True)
class ScoreChange:
    """A score then, the same facts by today's checklists, and now."""

    title: str
    before: Score | None
    """None when the checklists of then had no such domain."""
    again: Score
    """Then, judged again by today's checklists."""
    now: Score

    @property
    def method_changed(self) -> bool:
        """Say whether the checklists alone moved it."""
        return self.before is None or self.before.bounds != self.again.bounds


@dataclass(frozen=True, slots=True)
class CriterionChange:
    """A criterion then, by today's checklists, and now."""

    criterion: Criterion
    again: CriterionResult
    now: CriterionResult
    move: Move
    method_changed: bool
    """Judged otherwise than it was: « grille changée »."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two audits of one school."""

    campaign: str
    """The audit before."""
    now: str
    """This one's campaign."""
    edition_changed: bool
    overall: ScoreChange
    domains: tuple[ScoreChange, ...]
    criteria: tuple[CriterionChange, ...]
    """Those that moved, or are judged otherwise."""
    resolved: tuple[str, ...]
    """Recommendations made then, and no longer."""
    new: tuple[str, ...]
    """Recommendations made now, and not then."""
    kept: tuple[str, ...]

    def moved(self, *moves: Move) -> tuple[CriterionChange, ...]:
        """Return the criteria that moved so."""
        return tuple(one for one in self.criteria if one.move in moves)


def since_last(session: Session) -> Comparison | None:
    """Return what changed since the same school's last audit; None for a first one."""
    before = session_before(session)
    return None if before is None else compared(before, session)


def compared_with(session: Session, campaign: str) -> Comparison:
    """Return what changed since a campaign, the last one before when not named.

    Raises:
        DiagError: when there was no such audit of this school.
    """
    found = session_before(session)
    while found is not None and campaign and found.audit.campaign != campaign:
        found = session_before(found)
    if found is None:
        when = f"dans la campagne {campaign[:40]}" if campaign else "auparavant"
        raise DiagError(
            f"Pas d'audit de {session.about.ref} {when} : rien à comparer. "
            "Voyez la liste.",
            command="diag audit list",
        )
    return compared(found, session)


def compared(before: Session, after: Session) -> Comparison:
    """Return what changed from one audit to another of the same school."""
    then, now = before.assessment, after.assessment
    changed = before.edition != after.edition
    again = then
    if changed:
        # What another meaning was given to is not yesterday's answer to it.
        found = changes_between(before.checklist, after.checklist)
        again = after.judge.assess(facts_for(before.facts, found))
    advised_then, advised_now = _advised(again), _advised(now)
    return Comparison(
        campaign=before.audit.campaign,
        now=after.audit.campaign,
        edition_changed=changed,
        overall=ScoreChange("Ensemble", then.overall, again.overall, now.overall),
        domains=tuple(_domains(then, again, now)),
        criteria=tuple(_criteria(before, again, now)),
        resolved=tuple(one for one in advised_then if one not in set(advised_now)),
        new=tuple(one for one in advised_now if one not in set(advised_then)),
        kept=tuple(one for one in advised_now if one in set(advised_then)),
    )


def _advised(assessment: Assessment) -> list[str]:
    return [
        one.recommendation.id
        for one in assessment.advice
        if one.trigger is Trigger.FIRES
    ]


def _domains(
    then: Assessment, again: Assessment, now: Assessment
) -> Iterator[ScoreChange]:
    old = {each.domain.id: each.score for each in then.domains}
    for mid, new in zip(again.domains, now.domains, strict=True):
        known = old.get(new.domain.id)
        yield ScoreChange(new.domain.title, known, mid.score, new.score)


def _criteria(
    before: Session, again: Assessment, now: Assessment
) -> Iterator[CriterionChange]:
    old = before.checklist.criteria
    for ident, result in now.criteria.items():
        move = move_of(again.criteria[ident], result)
        judged_otherwise = not _same_rules(old.get(ident), result.criterion)
        if move is not Move.SAME or judged_otherwise:
            yield CriterionChange(
                result.criterion, again.criteria[ident], result, move, judged_otherwise
            )


def _same_rules(old: Criterion | None, new: Criterion) -> bool:
    return old is not None and (
        (old.levels, old.applicable, old.roll_up, old.kind, old.weight, old.place)
        == (new.levels, new.applicable, new.roll_up, new.kind, new.weight, new.place)
    )


def move_of(before: CriterionResult, after: CriterionResult) -> Move:
    """Return what became of a criterion, both judged by the same checklists."""
    was_out = before.standing is Standing.OUT
    if was_out or after.standing is Standing.OUT:
        if was_out and after.standing is Standing.OUT:
            return Move.SAME
        return Move.APPEARED if was_out else Move.GONE
    return between(before.bounds, after.bounds)


def between(old: Bounds, new: Bounds) -> Move:
    """Return how far bounds moved: only what is sure is better or worse."""
    if old == new:
        return Move.SAME
    if new.low > old.high:
        return Move.BETTER
    if new.high < old.low:
        return Move.WORSE
    inside = old.low <= new.low and new.high <= old.high
    return Move.LEARNT if inside else Move.UNSURE
