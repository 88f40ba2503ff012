"""Another edition for an audit: answers kept, to ask again, lost; then the passage."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from diag.assess.json import plain
from diag.assess.judge import judge_of, rooted
from diag.assess.results import Assessment, Score
from diag.assess.words import score_words
from diag.audit.session import AuditSession
from diag.checklist.changes import EditionChanges, compare
from diag.journal import changes
from diag.journal.facts import asked_again_of
from diag.journal.records import ranks_of, wordings_of
from diag.journal.revision import Revision
from diag.model.checklist import Checklist
from diag.model.enums import AuditStatus
from diag.model.errors import DiagError
from diag.model.fact import Facts
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


def preview(session: AuditSession, name: str = CURRENT) -> Upgrade:
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
    journal, audit = session.workspace.journal, session.audit.id
    own: Mapping[str, object] = session.checklist.recommendations
    touched = dict.fromkeys((
        *(step.recommendation for step in session.follow_ups),
        *(ident for ident, _, _ in wordings_of(journal, audit)),
        *ranks_of(journal, audit),
    ))
    gone = own.keys() - judged.recommendations.keys()
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
        orphans=tuple(ident for ident in touched if ident in gone),
        before=session.assessment,
        after=judge_of(judged).assess(facts_for(facts, found)),
    )


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


def _scores(before: Assessment, after: Assessment) -> Iterator[ScorePair]:
    old = {one.domain.id: one for one in before.domains}
    for one in after.domains:
        was = old.pop(one.domain.id, None)
        yield ScorePair(one.domain.title, was.score if was else None, one.score)
    for gone in old.values():
        yield ScorePair(gone.domain.title, gone.score, None)
    yield ScorePair("Ensemble", before.overall, after.overall)


_LOST = "Perdues pour le jugement, gardées dans l'historique"
_ORPHANS = "Suites de préconisations qui n'existent plus"
_SHOWN = 12
"""At most so many answers named, unless all are asked."""


def upgrade_lines(
    session: AuditSession, found: Upgrade, *, everything: bool = False
) -> Iterator[str]:
    """Yield what the passage does, to be read before it is done."""
    most = None if everything else _SHOWN
    old, new = found.old.checklist, found.new.checklist
    yield f"Édition {old.version} → {new.version}"
    yield f"Réponses gardées : {found.kept}"
    if found.reworded:
        yield f"  dont la question est dite autrement : {_some(found.reworded, most)}"
    yield f"À redemander : {len(found.again)}"
    yield from _named(session, new, found.again, most)
    yield f"{_LOST} : {len(found.lost)}"
    yield from _named(session, old, found.lost, most)
    if found.changes.new:
        yield f"Questions nouvelles : {_some(found.changes.new, most)}"
    if found.orphans:
        yield f"{_ORPHANS} : {_some(found.orphans)}"
    yield "Scores"
    for pair in found.scores:
        yield f"  {pair.title} : {_score(pair)}"


def upgrade_summary(session: AuditSession, found: Upgrade) -> Iterator[str]:
    """Yield the same in a few lines, to be read before saying yes."""
    old, new = found.old.checklist, found.new.checklist
    yield f"Passer de l'édition {old.version} à {new.version} ?"
    yield ""
    yield f"Réponses gardées : {found.kept}"
    yield f"À redemander : {len(found.again)}{_labels(new, found.again)}"
    lost = _labels(old, found.lost)
    yield f"{_LOST} : {len(found.lost)}{lost}"
    yield f"Questions nouvelles : {len(found.changes.new)}"
    if found.orphans:
        yield f"{_ORPHANS} : {_some(found.orphans, 3)}"
    yield ""
    yield f"Ensemble : {_score(found.scores[-1])}"
    command = f"diag audit upgrade {session.about.ref} --dry-run --all"
    yield f"Le détail, en ligne de commande : {command}"


def upgrade_json(found: Upgrade) -> dict[str, object]:
    """Return the same for a program, exact."""
    return {
        "old": found.old.digest,
        "new": found.new.digest,
        "kept": found.kept,
        "reworded": list(found.reworded),
        "to_ask_again": [{"place": one, "question": two} for one, two in found.again],
        "lost": [{"place": one, "question": two} for one, two in found.lost],
        "new_questions": list(found.changes.new),
        "orphan_follow_ups": list(found.orphans),
        "scores": [
            {
                "title": pair.title,
                "before": plain(pair.before) if pair.before else None,
                "after": plain(pair.after) if pair.after else None,
            }
            for pair in found.scores
        ],
    }


def _named(
    session: AuditSession,
    checklist: Checklist,
    asked: Sequence[Asked],
    most: int | None,
) -> Iterator[str]:
    places = session.facts.places
    for place, question in asked[:most]:
        known = checklist.questions.get(question)
        yield f"  {places[place].name} : {known.label if known else question}"
    if most is not None and len(asked) > most:
        yield f"  … et {len(asked) - most} de plus (--all les montre)"


def _labels(checklist: Checklist, asked: Sequence[Asked]) -> str:
    """Return « (Débit, Bornes et 2 de plus) » after a count; empty for none."""
    known = checklist.questions
    names = dict.fromkeys(known[one].label for _, one in asked if one in known)
    return f" ({_some(list(names), 3)})" if names else ""


def _some(names: Sequence[str], most: int | None = _SHOWN) -> str:
    shown = ", ".join(names[:most])
    left = len(names) - len(names[:most])
    return f"{shown} et {left} de plus" if left else shown


def _score(pair: ScorePair) -> str:
    before = score_words(pair.before) if pair.before else "n'existait pas"
    after = score_words(pair.after) if pair.after else "n'existe plus"
    return before if before == after else f"{before} → {after}"
