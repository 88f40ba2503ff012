"""Another edition for an audit: answers kept, to ask again, lost; then the passage."""

from collections.abc import Iterator
from dataclasses import dataclass

from diag.assess.judge import judge_of, rooted
from diag.assess.results import Assessment, Score
from diag.audit.becoming import (
    Becoming,
    Judgement,
    advice_becomes,
    alerts_become,
    judged_before,
    judged_now,
)
from diag.audit.doubts import doubts_of, is_out_of_place
from diag.audit.follow import move
from diag.audit.method import OLDER, is_older
from diag.audit.session import AuditSession
from diag.audit.successors import Heirs, facts_for, heirs_of
from diag.checklist.changes import EditionChanges, compare
from diag.journal import changes
from diag.journal.facts import asked_again_of
from diag.journal.kept import kept_judgement
from diag.journal.records import ranks_of, wordings_of
from diag.journal.revision import Revision
from diag.model.enums import AuditStatus
from diag.model.errors import DiagError
from diag.model.fact import Facts
from diag.words.vocabulary import SUBJECTS
from diag.workspace.editions import CURRENT, NamedEdition, edition_named

Asked = tuple[str, str]
"""Place and question of an answer."""


@dataclass(frozen=True, slots=True)
class ScorePair:
    """A score by the old edition and by the new; None where it has no such domain."""

    title: str
    before: Score | None
    after: Score | None


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What passing to another edition does to an audit."""

    old: NamedEdition
    new: NamedEdition
    changes: EditionChanges
    kept: int
    """Answers that stand as they are."""
    reworded: tuple[str, ...]
    """Questions answered and worded anew: their answers stand."""
    again: tuple[Asked, ...]
    """Answers to be given again: their question means another thing."""
    restated: tuple[Asked, ...]
    """« Sans objet » to be said again: the question has no such answer any more."""
    reviewed: tuple[Asked, ...]
    """Answers that stand and are to be looked at again: a part above its whole."""
    lost: tuple[Asked, ...]
    """Answers that no question reads any more; the journal keeps them."""
    passed: tuple[tuple[str, str], ...]
    """Ids followed up, reworded or ranked, and what takes their place."""
    orphans: tuple[str, ...]
    """Recommendations followed up, reworded or ranked, that are no longer made."""
    before: Judgement | None
    """None when it is judged no more and what was found was not kept."""
    after: Judgement
    assessment: Assessment
    """By the new edition."""
    heirs: Heirs

    @property
    def scores(self) -> tuple[ScorePair, ...]:
        """Each domain's score under both, in the new order, the whole last."""
        return tuple(_scores(self.before, self.after))

    @property
    def alerts(self) -> tuple[Becoming, ...]:
        """What each point of compliance becomes."""
        criteria = self.assessment.criteria
        return alerts_become(self.before, self.after, criteria, self.heirs)

    @property
    def advice(self) -> tuple[Becoming, ...]:
        """What each action becomes, and what it costs."""
        return advice_becomes(self.before, self.after, self.heirs)

    @property
    def is_of_older(self) -> bool:
        """Whether the edition left is of an older method."""
        return is_older(self.old.checklist)


def preview(session: AuditSession, name: str = CURRENT) -> Upgrade:
    """Return what passing to an edition would do; nothing is recorded.

    Raises:
        DiagError: when there is no such edition, its files hold errors, it is judged
            no more, or the audit already has it.
    """
    new = edition_named(session.workspace, name)
    if new.notice:  # never to the shipped edition instead of the syndicat's own
        raise DiagError(new.notice)
    if new.digest == session.edition:
        raise DiagError(
            f"L'audit emploie déjà cette édition ({new.checklist.version}) : rien à "
            "changer."
        )
    if is_older(new.checklist):
        raise DiagError(
            f"L'édition {new.checklist.version} est d'une {OLDER} : elle ne juge plus. "
            "Passez à l'édition courante."
        )
    old = session.checklist
    judged = rooted(new.checklist, session.about.kind)
    found = compare(old, judged)
    facts = facts_for(session.facts, old, judged)
    heirs = heirs_of(judged)
    passed = {ident for ident in heirs if heirs[ident] in judged.questions}
    passed &= {
        one for one in old.questions if _passes(session.facts, facts, one, heirs)
    }
    stay = {*found.kept, *found.reworded} | passed
    touched = _touched(session)
    gone = old.recommendations.keys() - judged.recommendations.keys()
    assessment = judge_of(judged).assess(facts)
    doubts = doubts_of(facts, judged)
    subject = SUBJECTS[session.about.kind][0]
    out = tuple(
        key
        for key, heads in facts.answers.items()
        if key[1] in judged.questions
        and is_out_of_place(judged.questions[key[1]], heads)
    )
    return Upgrade(
        old=NamedEdition(session.edition[:12], old, session.edition),
        new=new,
        changes=found,
        kept=sum(
            asked[1] in stay and asked not in out for asked in session.facts.answers
        ),
        reworded=tuple(
            one
            for one in found.reworded
            if one in {asked[1] for asked in session.facts.answers}
        ),
        again=tuple(
            asked for asked in session.facts.answers if asked[1] in found.changed
        ),
        restated=out,
        reviewed=tuple(key for key in doubts if key not in out),
        lost=tuple(
            asked
            for asked in session.facts.answers
            if asked[1] in found.lost and asked[1] not in passed
        ),
        passed=tuple((one, heirs[one]) for one in touched if one in heirs),
        orphans=tuple(one for one in touched if one in gone and one not in heirs),
        before=_before(session, subject),
        after=judged_now(assessment, subject),
        assessment=assessment,
        heirs=heirs,
    )


def _before(session: AuditSession, subject: str) -> Judgement | None:
    """Return how the audit stands; by an older method, what was kept of it alone."""
    if not session.is_older:
        return judged_now(session.assessment, subject)
    kept = kept_judgement(session.workspace.journal, session.audit.id)
    return judged_before(kept, subject) if kept else None


def _passes(facts: Facts, read: Facts, ident: str, heirs: Heirs) -> bool:
    """Say whether what was answered to a retired question is read for another."""
    return any(
        read.answers.get((place, heirs.get(ident, ""))) == heads
        for (place, question), heads in facts.answers.items()
        if question == ident
    )


def _touched(session: AuditSession) -> dict[str, None]:
    journal, audit = session.workspace.journal, session.audit.id
    return dict.fromkeys((
        *(step.recommendation for step in session.follow_ups),
        *(told[0] for told, words in wordings_of(journal, audit).items() if words),
        *ranks_of(journal, audit),
    ))


def upgrade(session: AuditSession, planned: Upgrade) -> Revision:
    """Pass the audit to the edition previewed, in one revision.

    Raises:
        DiagError: when the audit is closed or changed edition since the preview.
    """
    if session.status is AuditStatus.CLOS:
        raise DiagError(
            "L'audit est clos : il garde l'édition sous laquelle il a été signé. "
            "Rouvrez-le d'abord.",
            command=f"diag audit status {session.about.ref} --set en_cours",
        )
    if session.edition != planned.old.digest:
        raise DiagError(
            "L'audit a changé d'édition entre-temps. Regardez de nouveau ce que le "
            "passage ferait."
        )
    journal, audit = session.workspace.journal, session.audit.id
    # A folder's edition is kept here too: the audit names it from now on.
    from diag.checklist.edition import compiled  # noqa: PLC0415 - few upgrade

    session.workspace.editions.keep(compiled(planned.new.checklist))
    last = max(revision.lam for revision in session.revisions())
    again = asked_again_of(journal, audit)
    again |= dict.fromkeys(planned.changes.changed, last)
    (said,) = session.record(changes.pinned(audit, planned.new.digest, again))
    return said


def reopen_and_upgrade(session: AuditSession, planned: Upgrade) -> Revision:
    """Pass an audit to the edition previewed, reopened first when it is closed.

    Raises:
        DiagError: when the audit changed edition since the preview.
    """
    if session.status is AuditStatus.CLOS:
        move(session, AuditStatus.EN_COURS)
    return upgrade(session, planned)


def _scores(before: Judgement | None, after: Judgement) -> Iterator[ScorePair]:
    old = dict(before.domains) if before else {}
    for ident, (title, score) in after.domains.items():
        was = old.pop(ident, None)
        yield ScorePair(title, was[1] if was else None, score)
    for title, score in old.values():
        yield ScorePair(title, score, None)
    yield ScorePair("Ensemble", before.overall if before else None, after.overall)
