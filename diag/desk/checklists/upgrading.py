"""An audit passed to another edition of the checklists: first what it does, then it.

What stays stands; what means another thing is asked again; what is no longer asked is
lost to judging and kept in the journal. The passage is one revision, which one undoes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from diag.assess.assess import judge_of
from diag.assess.results import Assessment, Score
from diag.assess.rooted import rooted
from diag.desk.checklists.edition_names import CURRENT, NamedEdition, edition_named
from diag.desk.session import Session
from diag.journal import changes
from diag.journal.arrangements import ranks_of
from diag.journal.facts import asked_again_of
from diag.journal.follow_ups import wordings_of
from diag.journal.revision import Revision
from diag.model.checklist import Checklist
from diag.model.enums import AuditStatus
from diag.model.errors import DiagError
from diag.model.fact import Facts
from diag.rules.changes import EditionChanges, compare

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
    """Questions answered and said otherwise: their answers stand."""
    again: tuple[Asked, ...]
    """Answers to be given again: their question means another thing."""
    lost: tuple[Asked, ...]
    """Answers that no question reads any more; the journal keeps them."""
    orphans: tuple[str, ...]
    """Recommendations followed up, reworded or ranked, that are no longer made."""
    before: Assessment
    after: Assessment

    @property
    def scores(self) -> tuple[ScorePair, ...]:
        """Each domain's score under both, in the new order, the whole last."""
        return tuple(_scores(self.before, self.after))


def preview(session: Session, name: str = CURRENT) -> Upgrade:
    """Return what passing to an edition would do; nothing is recorded.

    Raises:
        DiagError: when there is no such edition, its files hold errors, or the audit
            already has it.
    """
    new = edition_named(session.workspace, name)
    if new.notice:  # never to the shipped edition instead of the syndicat's own
        raise DiagError(new.notice)
    if new.digest == session.edition:
        raise DiagError(
            f"L'audit emploie déjà cette édition ({new.checklist.version}) : rien à "
            "changer."
        )
    old = session.checklist
    judged = rooted(new.checklist, session.about.kind)
    found = compare(old, judged)
    facts = session.facts
    answered = list(facts.answers)
    return Upgrade(
        old=NamedEdition(session.edition[:12], old, session.edition),
        new=new,
        changes=found,
        kept=sum(asked[1] in {*found.kept, *found.reworded} for asked in answered),
        reworded=tuple(
            one for one in found.reworded if one in {asked[1] for asked in answered}
        ),
        again=tuple(asked for asked in answered if asked[1] in found.changed),
        lost=tuple(asked for asked in answered if asked[1] in found.lost),
        orphans=_orphans(session, judged),
        before=session.assessment,
        after=judge_of(judged).assess(facts_for(facts, found)),
    )


def upgrade(session: Session, planned: Upgrade) -> Revision:
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
    session.workspace.editions.keep(_compiled(planned.new.checklist))
    last = max(revision.lam for revision in session.revisions())
    again = asked_again_of(journal, audit)
    again |= dict.fromkeys(planned.changes.changed, last)
    (said,) = session.say(changes.pinned(audit, planned.new.digest, again))
    return said


def facts_for(facts: Facts, found: EditionChanges) -> Facts:
    """Return the facts that another edition may read: those that mean the same."""
    outdated = set(found.changed)
    return replace(
        facts,
        answers={
            asked: heads
            for asked, heads in facts.answers.items()
            if asked[1] not in outdated
        },
    )


def _compiled(checklist: Checklist) -> bytes:
    from diag.rules.edition import compiled  # noqa: PLC0415 - only who upgrades

    return compiled(checklist)


def _orphans(session: Session, new: Checklist) -> tuple[str, ...]:
    journal, audit = session.workspace.journal, session.audit.id
    own: Mapping[str, object] = session.checklist.recommendations
    touched = dict.fromkeys((
        *(step.recommendation for step in session.follow_ups),
        *(ident for ident, _, _ in wordings_of(journal, audit)),
        *ranks_of(journal, audit),
    ))
    gone = own.keys() - new.recommendations.keys()
    return tuple(ident for ident in touched if ident in gone)


def _scores(before: Assessment, after: Assessment) -> Iterator[ScorePair]:
    old = {one.domain.id: one for one in before.domains}
    for one in after.domains:
        was = old.pop(one.domain.id, None)
        yield ScorePair(one.domain.title, was.score if was else None, one.score)
    for gone in old.values():
        yield ScorePair(gone.domain.title, gone.score, None)
    yield ScorePair("Ensemble", before.overall, after.overall)
