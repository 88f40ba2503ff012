"""Where the audited schools of the same kind and size stand; judging, kept for it.

Only what everyone may read of them is compared with: a school whose sensitive answers
differ stands where it did.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from statistics import quantiles

from diag.assess import ENGINE
from diag.assess.results import Score
from diag.audit.session import AuditSession
from diag.journal.errors import DamagedError
from diag.journal.judged import OVERALL, is_judged, public_scores, store_judged
from diag.model.audit import Audit
from diag.model.enums import PlaceKind
from diag.model.errors import DiagError
from diag.model.number import Bounds
from diag.model.territory import School
from diag.words.sentences import displayed, in_words, is_printed
from diag.workspace.subjects import auditee_of, audits
from diag.workspace.workspace import Workspace

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
    shown = [
        {
            name: score.bounds
            for name, score in one.items()
            if score.bounds is not None and (name == OVERALL or _is_known(score))
        }
        for one in _others(session, words)
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


def _others(session: AuditSession, words: str) -> list[Scores]:
    """Return the last scores known of each other school of the class of that name."""
    workspace, last = session.workspace, dict[str, Scores]()
    for audit in sorted(audits(workspace.journal), key=lambda one: one.campaign):
        subject = audit.subject
        if subject.kind is not PlaceKind.ECOLE or subject == session.audit.subject:
            continue
        school = workspace.territory.school(subject.code)
        if school is None or _class_of(school) != words:
            continue
        scores = _scores_of(workspace, audit)
        if scores and _is_known(scores[OVERALL]):
            last[subject.code] = scores
    return [last[code] for code in sorted(last)]


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
