"""What passing to another edition does to an audit, told: kept, to ask again, lost."""

from collections.abc import Iterator, Sequence

from diag.assess.telling import plain
from diag.desk.bilan.score_words import score_words
from diag.desk.checklists.upgrading import Asked, ScorePair, Upgrade
from diag.desk.session import Session
from diag.model.checklist import Checklist

_LOST = "Perdues pour le jugement, gardées dans l'historique"
_ORPHANS = "Suites de préconisations qui n'existent plus"
_SHOWN = 12
"""At most so many answers named, unless all are asked."""


def upgrade_lines(
    session: Session, found: Upgrade, *, everything: bool = False
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


def upgrade_summary(session: Session, found: Upgrade) -> Iterator[str]:
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
    session: Session, checklist: Checklist, asked: Sequence[Asked], most: int | None
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
