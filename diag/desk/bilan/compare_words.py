"""What changed since the last audit, told: what the facts did, what the method did."""

from collections.abc import Iterator

from diag.assess.telling import criterion_json, plain
from diag.desk.bilan.advising import declared_wording, own_advice
from diag.desk.bilan.compare import Comparison, CriterionChange, Move, ScoreChange
from diag.desk.bilan.score_words import MOVES, level_pair, score_words
from diag.desk.session import Session
from diag.desk.supposing.outcome_words import Row
from diag.model.enums import Audience, Standing
from diag.words.sentences import NEXT_BUDGET, Blanks, filled
from diag.words.vocabulary import SUBJECTS

METHOD = "grille changée"
"""What moved because it is judged otherwise."""


def comparison_lines(
    session: Session, found: Comparison
) -> Iterator[tuple[str, tuple[Row, ...]]]:
    """Give each section's title and rows, those with nothing to say left out."""
    changes = (*found.domains, found.overall)
    yield "Scores", tuple(_score(one) for one in changes if not _stays_out(one))
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
        told = [one for one in found.moved(move) if not _stays_out(one)]
        if told:
            yield title, tuple(map(_criterion, told))
    for title, idents in (
        ("Préconisations résolues", found.resolved),
        ("Préconisations nouvelles", found.new),
    ):
        if idents:
            yield title, tuple((title_words(session, ident),) for ident in idents)
    if not (found.criteria or found.resolved or found.new):
        yield "Rien n'a changé", ()


def _stays_out(change: ScoreChange | CriterionChange) -> bool:
    """Say whether it was « sans objet » and still is: nothing to tell."""
    if isinstance(change, CriterionChange):
        return change.again.standing is change.now.standing is Standing.OUT
    before = change.before or change.again
    return before.bounds is None and change.now.bounds is None


def _score(change: ScoreChange) -> Row:
    note = ""
    if change.method_changed:
        note = f"{METHOD} (rejugé : {score_words(change.again)})"
    before, now = score_words(change.before), score_words(change.now)
    return change.title, before, "→", now, note


def _criterion(change: CriterionChange) -> Row:
    before, now = level_pair(change.again, change.now)
    note = METHOD if change.method_changed else ""
    return change.criterion.title, before, "→", now, note


def title_words(session: Session, ident: str) -> str:
    """Return a recommendation's title without its figures, whatever became of it."""
    known = {*session.checklist.recommendations, *own_advice(session)}
    if ident not in known:
        return ident
    words = declared_wording(session, ident, Audience.MAIRIE)
    return filled(
        words.title, Blanks(None, "", SUBJECTS[session.about.kind][0], NEXT_BUDGET)
    )


def comparison_json(found: Comparison) -> dict[str, object]:
    """Return a comparison for a program, exact."""
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
                "before": criterion_json(one.again),
                "now": criterion_json(one.now),
            }
            for one in found.criteria
        },
        "resolved": list(found.resolved),
        "new": list(found.new),
        "kept": list(found.kept),
    }


def _score_json(change: ScoreChange) -> dict[str, object]:
    return {
        "title": change.title,
        "before": plain(change.before) if change.before else None,
        "before_rejudged": plain(change.again),
        "now": plain(change.now),
        "method_changed": change.method_changed,
    }
