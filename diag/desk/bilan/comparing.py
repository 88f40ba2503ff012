"""What documents compare an audit with: its last one, and schools like it.

Both are told without a name: the desk computes them, the reports only print them.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from statistics import quantiles

from diag.assess import ENGINE
from diag.assess.results import Score
from diag.desk.bilan.compare import Comparison, Move, ScoreChange, since_last
from diag.desk.bilan.score_words import score_words
from diag.desk.known_audits import audits
from diag.desk.session import Session
from diag.journal.judged import OVERALL, Summary, summaries
from diag.model.enums import PlaceKind
from diag.model.number import Bounds
from diag.model.territory import School
from diag.reports.comparables import FEWEST, Comparables
from diag.reports.progress import Progress, ScoreMove

KNOWN = Fraction(4, 5)
"""An audit counts once so much of it is settled: a visit just begun says nothing."""

_SIZES = ((1, 1), (2, 3), (4, 6), (7, 10), (11, None))
"""Least and most classes of each class of size."""


def progress_of(session: Session) -> Progress | None:
    """Return what changed since the subject's last audit; None for a first one."""
    found = since_last(session)
    return None if found is None else _progress(found)


def _progress(found: Comparison) -> Progress:
    return Progress(
        campaign=found.campaign,
        method_changed=found.edition_changed,
        overall=_score(found.overall),
        domains=tuple(map(_score, found.domains)),
        better=tuple(one.criterion for one in found.moved(Move.BETTER)),
        worse=tuple(one.criterion for one in found.moved(Move.WORSE)),
        judged_otherwise=tuple(
            one.criterion for one in found.criteria if one.method_changed
        ),
        settled=len(found.resolved),
        lasting=len(found.kept),
    )


def _score(change: ScoreChange) -> ScoreMove:
    return ScoreMove(
        title=change.title,
        before=score_words(change.before) if change.before else "",
        again=score_words(change.again),
        now=score_words(change.now),
    )


def comparables_of(session: Session) -> Comparables | None:
    """Return how the audited schools of the same kind and size stand.

    None when nothing tells the school's kind or size. Scores are those kept at the
    last judgement: an audit that changed since is left out until it is judged again.
    """
    school = session.about.school
    if school is None or not (words := _class_of(school)):
        return None
    told = [_scores(one) for one in _others(session, words)]
    overall = _half([one[OVERALL] for one in told])
    if overall is None:
        return Comparables(words, len(told))
    names = {name for one in told for name in one if name != OVERALL}
    halves = {name: _half([one[name] for one in told if name in one]) for name in names}
    domains = {name: half for name, half in halves.items() if half}
    return Comparables(words, len(told), overall, domains)


def _others(session: Session, words: str) -> Iterable[Summary]:
    """Give the last summary of each other school of the same class."""
    workspace = session.workspace
    kept = summaries(workspace.journal, engine=ENGINE)
    last = {
        audit.subject.code: kept[audit.id]
        for audit in sorted(audits(workspace.journal), key=lambda one: one.campaign)
        if audit.subject.kind is PlaceKind.ECOLE
        and audit.subject != session.audit.subject
        and audit.id in kept
        and _is_known(kept[audit.id].scores[OVERALL])
    }
    for code, summary in sorted(last.items()):
        school = workspace.territory.school(code)
        if school and _class_of(school) == words:
            yield summary


def _is_known(score: Score) -> bool:
    return score.bounds is not None and score.completeness >= KNOWN


def _scores(summary: Summary) -> Mapping[str, Bounds]:
    return {
        name: score.bounds
        for name, score in summary.scores.items()
        if score.bounds is not None and (name == OVERALL or _is_known(score))
    }


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
    size = next((one for one in _SIZES if _holds(one, school.classes)), None)
    if kind is None or size is None:
        return ""
    low, high = size
    if high is None:
        return f"{kind} de {low} classes et plus"
    return f"{kind} de 1 classe" if low == high else f"{kind} de {low} à {high} classes"


def _holds(size: tuple[int, int | None], classes: int | None) -> bool:
    low, high = size
    return classes is not None and classes >= low and (high is None or classes <= high)
