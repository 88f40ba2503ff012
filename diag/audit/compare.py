"""What changed since the last audit: what the facts did, and what the method did.

When the checklists differ, yesterday's facts are judged again by today's: what moves
between the two is « grille changée », and never shown as progress.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from diag.assess.results import Assessment, CriterionResult, Score
from diag.assess.words import Move, score_words
from diag.audit.memory import session_before
from diag.audit.session import AuditSession
from diag.audit.snapshot import OLDER, facts_for
from diag.model.checklist import Criterion
from diag.model.enums import Standing, Trigger
from diag.model.errors import DiagError
from diag.model.number import Bounds


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
        """Return whether the checklists alone moved it."""
        return self.before is None or self.before.bounds != self.again.bounds

    @property
    def moved(self) -> bool:
        """Return whether anything but the method moves it, as it is printed."""
        return score_words(self.again) != score_words(self.now)


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


def since_last(session: AuditSession) -> Comparison | None:
    """Return what changed since the same school's last audit; None for a first one.

    None too when that one is of an older method: `older_before` finds it.
    """
    before = session_before(session)
    if before is None or before.is_older:
        return None
    return compare_audits(before, session)


def older_before(session: AuditSession) -> str:
    """Return that the last audit is of an older method; empty when it is not."""
    before = session_before(session)
    return _two_methods(before) if before and before.is_older else ""


def _two_methods(before: AuditSession) -> str:
    return (
        f"L'audit de {before.audit.campaign} est d'une {OLDER} (édition "
        f"{before.checklist.version}) : deux méthodes ne se comparent pas. Pour "
        "comparer, rouvrez-le et passez-le à l'édition courante."
    )


def compared_with(session: AuditSession, campaign: str) -> Comparison:
    """Return what changed since a campaign, the last one before when not named.

    Raises:
        DiagError: when there was no such audit of this school, or it is of an older
            method.
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
    if found.is_older:
        raise DiagError(_two_methods(found))
    return compare_audits(found, session)


def compare_audits(before: AuditSession, after: AuditSession) -> Comparison:
    """Return what changed from one audit to another of the same school."""
    then, now = before.assessment, after.assessment
    changed = before.edition != after.edition
    again = then
    if changed:
        # What another meaning was given to is not yesterday's answer to it.
        then_facts = facts_for(before.facts, before.checklist, after.checklist)
        again = after.judge.assess(then_facts)
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
    before: AuditSession, again: Assessment, now: Assessment
) -> Iterator[CriterionChange]:
    old = before.checklist.criteria
    for ident, result in now.criteria.items():
        move = move_of(again.criteria[ident], result)
        judged_otherwise = not _same_rules(old.get(ident), result.criterion)
        if move is not Move.SAME or judged_otherwise:
            yield CriterionChange(
                result.criterion, again.criteria[ident], result, move, judged_otherwise
            )


_JUDGING = frozenset(Criterion.model_fields) - {
    *("id", "ref", "domain", "title", "why", "sources"),
    *("nature", "law", "binds", "deadline", "aspect", "found", "strength"),
}
"""What decides how a criterion is judged, and how much it counts."""


def _same_rules(old: Criterion | None, new: Criterion) -> bool:
    return old is not None and (
        all(getattr(old, name) == getattr(new, name) for name in _JUDGING)
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


@dataclass(frozen=True, slots=True)
class AuditsCompared:
    """Two audits of the same subject."""

    campaign: str
    """Campaign of the audit before."""
    method_changed: bool
    """Whether the checklists are others."""
    overall: ScoreChange
    domains: tuple[ScoreChange, ...]
    better: tuple[Criterion, ...] = ()
    worse: tuple[Criterion, ...] = ()
    judged_otherwise: tuple[Criterion, ...] = ()
    """Those that the checklists judge by other rules than then."""
    settled: int = 0
    """How many recommendations made then are no longer called for."""
    lasting: int = 0
    """How many made then still are."""


def progress_of(session: AuditSession) -> AuditsCompared | None:
    """Return what changed since the subject's last audit; None for a first one."""
    found = since_last(session)
    if found is None:
        return None
    return AuditsCompared(
        campaign=found.campaign,
        method_changed=found.edition_changed,
        overall=found.overall,
        domains=found.domains,
        better=tuple(one.criterion for one in found.moved(Move.BETTER)),
        worse=tuple(one.criterion for one in found.moved(Move.WORSE)),
        judged_otherwise=tuple(
            one.criterion for one in found.criteria if one.method_changed
        ),
        settled=len(found.resolved),
        lasting=len(found.kept),
    )


Row = tuple[str, ...]
"""One line, by columns."""
