"""An audit compared: with the last one, and with the schools of its kind and size.

When the checklists differ, yesterday's facts are judged again by today's: what moves
between the two is « grilles changées », and never shown as progress. Of other schools,
only what everyone may read is compared with: one whose sensitive answers differ stands
where it did.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from statistics import quantiles

from diag.assess import ENGINE
from diag.assess.results import (
    Advice,
    Assessment,
    CriterionResult,
    Score,
    criterion_json,
    plain,
)
from diag.assess.spread import level_pair
from diag.assess.words import MOVES, Move, score_cell, score_words
from diag.audit.memory import session_before
from diag.audit.remarks import title_words
from diag.audit.session import AuditSession
from diag.audit.snapshot import OLDER, facts_for
from diag.journal.errors import DamagedError
from diag.journal.records import OVERALL, is_judged, public_scores, store_judged
from diag.model.audit import Audit, School
from diag.model.checklist import Checklist, Criterion
from diag.model.enums import PlaceKind, Standing, Trigger
from diag.model.errors import DiagError
from diag.model.text import Bounds
from diag.words.sentences import displayed, in_words, is_printed
from diag.workspace.subjects import auditee_of, audits
from diag.workspace.workspace import Workspace


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
    """Judged otherwise than it was: « grilles changées »."""


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
    """Recommendations made then, and surely no longer."""
    new: tuple[str, ...]
    """Recommendations made now, and not then."""
    kept: tuple[str, ...]
    to_confirm: tuple[str, ...]
    """Made then; now they may be called for, or not: facts lack."""

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
    again, old = then, {each.domain.id: each.score for each in then.domains}
    if changed:
        # What another meaning was given to is not yesterday's answer to it.
        then_facts = facts_for(before.facts, before.checklist, after.checklist)
        again = after.judge.assess(then_facts)
    advised_then, advised_now = _advised(again), _advised(now)
    perhaps = {one.recommendation.id for one in now.advice} - advised_now.keys()
    gone = [one for one in advised_then if one not in advised_now]
    criteria = []
    for ident, result in now.criteria.items():
        was, new = before.checklist.criteria.get(ident), result.criterion
        judged_otherwise = was is None or any(
            getattr(was, name) != getattr(new, name) for name in _JUDGING
        )
        change = CriterionChange(
            criterion=new,
            again=again.criteria[ident],
            now=result,
            move=move_of(again.criteria[ident], result),
            method_changed=judged_otherwise,
        )
        if change.move is not Move.SAME or judged_otherwise:
            criteria.append(change)
    return Comparison(
        campaign=before.audit.campaign,
        now=after.audit.campaign,
        edition_changed=changed,
        overall=ScoreChange("Ensemble", then.overall, again.overall, now.overall),
        domains=tuple(
            ScoreChange(new.domain.title, old.get(new.domain.id), mid.score, new.score)
            for mid, new in zip(again.domains, now.domains, strict=True)
        ),
        criteria=tuple(criteria),
        resolved=tuple(one for one in gone if one not in perhaps),
        new=tuple(one for one in advised_now if one not in advised_then),
        kept=tuple(one for one in advised_now if one in advised_then),
        to_confirm=tuple(one for one in gone if one in perhaps),
    )


def _advised(assessment: Assessment) -> dict[str, Advice]:
    return {
        one.recommendation.id: one
        for one in assessment.advice
        if one.trigger is Trigger.FIRES
    }


_JUDGING = frozenset(Criterion.model_fields) - {
    *("id", "ref", "domain", "title", "why", "sources"),
    *("nature", "law", "binds", "deadline", "aspect", "found", "strength"),
}
"""What decides how a criterion is judged, and how much it counts."""


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
    to_confirm: int = 0
    """How many made then may still be: facts lack."""


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
        to_confirm=len(found.to_confirm),
    )


FEWEST = 5
"""So many other audited schools at least."""


@dataclass(frozen=True, slots=True)
class Comparables:
    """The audited schools of the same kind and size in the territory."""

    words: str
    """« écoles primaires de 4 à 6 classes »."""
    count: int
    """How many others are audited."""
    overall: Bounds | None = None
    """Half of them stand there; None when they are too few."""
    domains: Mapping[str, Bounds] = field(default_factory=dict)
    """The same, by id of domain, where enough of them have a score."""


def describe_comparables(comparables: Comparables) -> str:
    """Return where schools like it stand, or why there is no comparison."""
    if comparables.overall is None:
        count, many = comparables.count, "s" * (comparables.count > 1)
        audited = (
            f"{count} autre{many} auditée{many}" if count else ("aucune autre auditée")
        )
        return (
            f"Pas encore de comparaison : {audited} parmi les "
            f"{comparables.words} du territoire ; il en faut {FEWEST}."
        )
    if not is_printed(comparables.overall):
        return (
            f"Les {comparables.count} autres {comparables.words} auditées dans le "
            "territoire diffèrent trop entre elles pour servir de repère."
        )
    return (
        f"La moitié au moins des {comparables.count} autres {comparables.words} "
        f"auditées dans le territoire {among(comparables.overall)}."
    )


def among(bounds: Bounds) -> str:
    """Return « se situe entre 30 et 55 »."""
    low, high = displayed(bounds)
    return f"se situe {'à ' if low == high else ''}{in_words(bounds)}"


KNOWN = Fraction(4, 5)
"""An audit counts once so much of it is settled: one just begun counts for nothing."""

_SIZES = ((1, 1), (2, 3), (4, 6), (7, 10), (11, None))
"""Least and most classes of each class of size."""


def comparables_of(session: AuditSession) -> Comparables | None:
    """Return how the audited schools of the same kind and size stand.

    None when nothing gives the school's kind or size. An audit that changed since it
    was judged is judged again; one of an older method is left out.
    """
    school = session.about.school
    if school is None or not (words := _class_of(school)):
        return None
    workspace, last = session.workspace, dict[str, Scores]()
    for audit in sorted(audits(workspace.journal), key=lambda one: one.campaign):
        subject = audit.subject
        if subject.kind is not PlaceKind.ECOLE or subject == session.audit.subject:
            continue
        other = workspace.territory.school(subject.code)
        if other is None or _class_of(other) != words:
            continue
        scores = _scores_of(workspace, audit)
        if scores and _is_known(scores[OVERALL]):
            last[subject.code] = scores
    shown = [
        {
            name: score.bounds
            for name, score in last[code].items()
            if score.bounds is not None and (name == OVERALL or _is_known(score))
        }
        for code in sorted(last)
    ]
    overall = _half([one[OVERALL] for one in shown])
    if overall is None:
        return Comparables(words, len(shown))
    names = {name for one in shown for name in one if name != OVERALL}
    halves = {
        name: _half([one[name] for one in shown if name in one]) for name in names
    }
    domains = {name: half for name, half in halves.items() if half}
    return Comparables(words, len(shown), overall, domains)


Scores = Mapping[str, Score]
"""By id of domain, and `OVERALL`, as everyone may read them."""


def _scores_of(workspace: Workspace, audit: Audit) -> Scores | None:
    """Return what was kept of an audit, judged again where it changed since."""
    if kept := public_scores(workspace.journal, audit.id, engine=ENGINE):
        return kept
    one = AuditSession(workspace, audit, auditee_of(workspace, audit))
    try:
        keep_judged(one)
        found = one.public().judged
    except DamagedError:
        raise
    except DiagError:  # of an older method, or its edition has not come yet
        return None
    scores = {each.domain.id: each.score for each in found.domains}
    return scores | {OVERALL: found.overall}


def _is_known(score: Score) -> bool:
    return score.bounds is not None and score.completeness >= KNOWN


def _half(bounds: list[Bounds]) -> Bounds | None:
    """Return what holds the middle half, of the lows below and of the highs above."""
    if len(bounds) < FEWEST:
        return None
    low, _, _ = quantiles([one.low for one in bounds], n=4, method="inclusive")
    _, _, high = quantiles([one.high for one in bounds], n=4, method="inclusive")
    return Bounds(low, high)


def _class_of(school: School) -> str:
    """Return « écoles primaires de 4 à 6 classes »; empty when it is not known."""
    kinds = {
        (True, False): "écoles maternelles",
        (False, True): "écoles élémentaires",
        (True, True): "écoles primaires",
    }
    kind = kinds.get((bool(school.nursery), bool(school.elementary)))
    if kind is None or not school.classes:
        return ""
    low, high = next(
        (low, high)
        for low, high in _SIZES
        if school.classes >= low and (high is None or school.classes <= high)
    )
    if high is None:
        return f"{kind} de {low} classes et plus"
    return f"{kind} de 1 classe" if low == high else f"{kind} de {low} à {high} classes"


def keep_judged(session: AuditSession) -> None:
    """Keep the judgement of now, for lists and for who opens the file elsewhere.

    It is a cache: a workspace that is read-only does without, and what is fresh stays.
    So does what was judged by an older method: nothing else holds it any more.
    """
    journal = session.workspace.journal
    if journal.readonly or is_judged(journal, session.audit.id, engine=ENGINE):
        return
    if session.is_older:
        return
    store_judged(
        journal,
        session.audit.id,
        session.assessment,
        public=session.public().judged,
        digest=session.digest,
        edition=session.edition,
        engine=ENGINE,
        conflicts=len(session.conflicts),
    )


Row = tuple[str, ...]
"""One line, by columns."""


METHOD = "grilles changées"
"""What moved because it is judged otherwise."""


def comparison_lines(
    session: AuditSession, found: Comparison
) -> Iterator[tuple[str, Mapping[str, Row]]]:
    """Give each section's title and rows, those that are empty left out.

    Rows go by the id of the domain, criterion or recommendation that they are about.
    """
    scores = {}
    domains = (each.domain.id for each in session.assessment.domains)
    told = (*found.domains, found.overall)
    for ident, score in zip((*domains, OVERALL), told, strict=True):
        if not stays_out(score):
            again = f"{METHOD} (rejugé : {score_cell(score.again)})"
            before, now = score_cell(score.before), score_cell(score.now)
            note = again if score.method_changed else ""
            scores[ident] = (score.title, before, "→", now, note)
    yield "Scores", scores
    sections = (
        ("Mieux", Move.BETTER),
        ("Moins bien", Move.WORSE),
        ("Mieux connu", Move.LEARNT),
        ("À vérifier", Move.UNSURE),
        ("S'applique maintenant", Move.APPEARED),
        ("Ne s'applique plus", Move.GONE),
        ("Jugé autrement", Move.SAME),
    )
    for title, move in sections:
        rows = {}
        for one in found.moved(move):
            if not stays_out(one):
                before, now = level_pair(one.again, one.now)
                note = METHOD if one.method_changed else ""
                row = (one.criterion.title, before, "→", now, note)
                rows[one.criterion.id] = row
        if rows:
            yield title, rows
    for title, idents in (
        ("Préconisations résolues", found.resolved),
        ("Préconisations à confirmer", found.to_confirm),
        ("Préconisations nouvelles", found.new),
    ):
        if idents:
            yield title, {ident: (title_words(session, ident),) for ident in idents}
    if not (found.criteria or found.resolved or found.new):
        yield "Rien n'a changé", {}


def stays_out(change: ScoreChange | CriterionChange) -> bool:
    """Return whether it was « sans objet » and still is: there is nothing to show."""
    if isinstance(change, CriterionChange):
        return change.again.standing is change.now.standing is Standing.OUT
    before = change.before or change.again
    return before.bounds is None and change.now.bounds is None


def comparison_json(found: Comparison, shown: Checklist) -> dict[str, object]:
    """Return a comparison for a program, exact; `shown` is what everyone may read."""
    return {
        "before": found.campaign,
        "now": found.now,
        "edition_changed": found.edition_changed,
        "overall": _score_json(found.overall),
        "domains": [_score_json(one) for one in found.domains],
        "criteria": {
            one.criterion.id: {
                "move": str(one.move),
                "words": MOVES[one.move],
                "method_changed": one.method_changed,
                "before": criterion_json(one.again, shown),
                "now": criterion_json(one.now, shown),
            }
            for one in found.criteria
        },
        "resolved": list(found.resolved),
        "new": list(found.new),
        "kept": list(found.kept),
        "to_confirm": list(found.to_confirm),
    }


def _score_json(change: ScoreChange) -> dict[str, object]:
    return {
        "title": change.title,
        "before": plain(change.before) if change.before else None,
        "before_rejudged": plain(change.again),
        "now": plain(change.now),
        "method_changed": change.method_changed,
    }
