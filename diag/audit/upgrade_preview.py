"""What a passage to another edition does, in words: at length, in short, in JSON."""

from collections.abc import Iterator, Sequence

from diag.assess.json import plain
from diag.assess.words import score_words
from diag.audit.answer import Key
from diag.audit.session import AuditSession
from diag.audit.snapshot import OLDER
from diag.audit.upgrade import (
    Becoming,
    Judgement,
    ScorePair,
    Upgrade,
    money_words,
)
from diag.model.checklist import Checklist
from diag.model.enums import AuditStatus
from diag.words.vocabulary import SOCLES

_RESTATED = "À redire, « sans objet » ne s'y dit plus"
_REVIEWED = "À revoir, une partie y dépasse le tout"
_PASSED = "Suites, rangs et textes qui passent à ce qui remplace"
_LOST = "Perdues pour le jugement, gardées dans l'historique"
_ORPHANS = "Suites de préconisations qui n'existent plus"
_UNKNOWN = "Ce que l'audit valait n'a pas été gardé depuis sa dernière réponse"
_SHOWN = 12
"""At most so many answers named, unless all are asked."""


def upgrade_lines(
    session: AuditSession, found: Upgrade, *, everything: bool = False
) -> Iterator[str]:
    """Yield what the passage does, to be read before it is done."""
    most = None if everything else _SHOWN
    old, new = found.old.checklist, found.new.checklist
    yield f"Édition {old.version} → {new.version}"
    if found.is_of_older:
        yield f"L'édition {old.version} est d'une {OLDER} : elle ne juge plus."
    yield f"Réponses gardées : {found.kept}"
    if found.reworded:
        yield f"  dont la question est dite autrement : {_some(found.reworded, most)}"
    yield f"À redemander : {len(found.again)}"
    yield from _named(session, new, found.again, most)
    for title, asked in ((_RESTATED, found.restated), (_REVIEWED, found.reviewed)):
        if asked:
            yield f"{title} : {len(asked)}"
            yield from _named(session, new, asked, most)
    yield f"{_LOST} : {len(found.lost)}"
    yield from _named(session, old, found.lost, most)
    if found.changes.new:
        yield f"Questions nouvelles : {_some(found.changes.new, most)}"
    if found.passed:
        yield f"{_PASSED} : {_some([f'{one} → {by}' for one, by in found.passed])}"
    if found.orphans:
        yield f"{_ORPHANS} : {_some(found.orphans)}"
    if found.before is None:
        yield f"{_UNKNOWN}."
    yield from _becoming("Alertes", found.alerts, most)
    yield from _becoming("Préconisations", found.advice, most)
    yield f"Budget : {_money(found)}"
    yield f"Socle : {_socle(found)}"
    yield "Scores"
    for pair in found.scores:
        yield f"  {pair.title} : {_score(pair, found)}"


def upgrade_summary(session: AuditSession, found: Upgrade) -> Iterator[str]:
    """Yield the same in a few lines, to be read before saying yes."""
    old, new = found.old.checklist, found.new.checklist
    yield f"Passer de l'édition {old.version} à {new.version} ?"
    if found.is_of_older:
        yield f"L'édition {old.version} est d'une {OLDER} : elle ne juge plus."
    if session.status is AuditStatus.CLOS:
        yield (
            "L'audit est clos : les documents écrits alors restent. Il se rouvre, et "
            "sera à clore de nouveau."
        )
    yield ""
    yield f"Réponses gardées : {found.kept}"
    yield f"À redemander : {len(found.again)}{_labels(new, found.again)}"
    if found.restated:
        named = _labels(new, found.restated)
        yield f"{_RESTATED} : {len(found.restated)}{named}"
    if found.reviewed:
        named = _labels(new, found.reviewed)
        yield f"{_REVIEWED} : {len(found.reviewed)}{named}"
    lost = _labels(old, found.lost)
    yield f"{_LOST} : {len(found.lost)}{lost}"
    yield f"Questions nouvelles : {len(found.changes.new)}"
    if found.orphans:
        yield f"{_ORPHANS} : {_some(found.orphans, 3)}"
    yield ""
    if found.before is None:
        yield f"{_UNKNOWN}."
    yield f"Alertes : {_tally(found.alerts)}"
    yield f"Préconisations : {_tally(found.advice)}"
    yield f"Budget : {_money(found)}"
    yield f"Socle : {_socle(found)}"
    yield f"Ensemble : {_score(found.scores[-1], found)}"
    command = f"diag audit upgrade {session.about.ref} --dry-run --all"
    yield f"Le détail, en ligne de commande : {command}"


def upgrade_json(found: Upgrade) -> dict[str, object]:
    """Return the same for a program, exact."""
    return {
        "old": found.old.digest,
        "new": found.new.digest,
        "kept": found.kept,
        "reworded": list(found.reworded),
        "to_ask_again": _asked(found.again),
        "to_say_again": _asked(found.restated),
        "to_review": _asked(found.reviewed),
        "lost": _asked(found.lost),
        "new_questions": list(found.changes.new),
        "passed_on": [{"id": one, "by": by} for one, by in found.passed],
        "orphan_follow_ups": list(found.orphans),
        "older_method": found.is_of_older,
        "alerts": _becoming_json(found.alerts),
        "recommendations": _becoming_json(found.advice),
        "budget": {
            "before": _cents(found.before) if found.before else None,
            "after": _cents(found.after),
        },
        "socle": {
            "before": plain(found.before.socle) if found.before else None,
            "after": plain(found.after.socle),
        },
        "scores": [
            {
                "title": pair.title,
                "before": plain(pair.before) if pair.before else None,
                "after": plain(pair.after) if pair.after else None,
            }
            for pair in found.scores
        ],
    }


def _asked(asked: Sequence[Key]) -> list[dict[str, str]]:
    return [{"place": place, "question": question} for place, question in asked]


def _becoming_json(things: Sequence[Becoming]) -> list[dict[str, str]]:
    return [
        {"id": one.ident, "before": one.before, "after": one.after} for one in things
    ]


def _cents(judged: Judgement) -> dict[str, object]:
    names = ("low_cents", "high_cents")
    return {
        "once": dict(zip(names, judged.once, strict=True)),
        "yearly": dict(zip(names, judged.yearly, strict=True)),
    }


def _becoming(
    title: str, things: Sequence[Becoming], most: int | None
) -> Iterator[str]:
    """Yield what moves among alerts or actions; what does not is counted."""
    moved = [one for one in things if one.moved or not one.before]
    same = len(things) - len(moved)
    yield f"{title} : {_tally(things)}"
    for one in moved[:most]:
        yield f"  {one.words}"
    if most is not None and len(moved) > most:
        yield f"  … et {len(moved) - most} de plus (--all les montre)"
    if same:
        yield f"  sans changement : {same}"


def _tally(things: Sequence[Becoming]) -> str:
    """Return how many were there and are: « 11 → 9 »."""
    before = sum(one.was_there for one in things)
    after = sum(one.is_there for one in things)
    unknown = any(one.is_there and not one.before for one in things)
    return str(after) if unknown or before == after else f"{before} → {after}"


def _named(
    session: AuditSession,
    checklist: Checklist,
    asked: Sequence[Key],
    most: int | None,
) -> Iterator[str]:
    places = session.facts.places
    for place, question in asked[:most]:
        known = checklist.questions.get(question)
        yield f"  {places[place].name} : {known.label if known else question}"
    if most is not None and len(asked) > most:
        yield f"  … et {len(asked) - most} de plus (--all les montre)"


def _labels(checklist: Checklist, asked: Sequence[Key]) -> str:
    """Return « (Débit, Bornes et 2 de plus) » after a count; empty for none."""
    known = checklist.questions
    names = dict.fromkeys(known[one].label for _, one in asked if one in known)
    return f" ({_some(list(names), 3)})" if names else ""


def _some(names: Sequence[str], most: int | None = _SHOWN) -> str:
    shown = ", ".join(names[:most])
    left = len(names) - len(names[:most])
    return f"{shown} et {left} de plus" if left else shown


def _score(pair: ScorePair, found: Upgrade) -> str:
    after = score_words(pair.after) if pair.after else "n'existe plus"
    if found.before is None:
        return after
    before = score_words(pair.before) if pair.before else "n'existait pas"
    return before if before == after else f"{before} → {after}"


def _socle(found: Upgrade) -> str:
    after = SOCLES[found.after.socle]
    before = SOCLES[found.before.socle] if found.before else after
    return after if before == after else f"{before} → {after}"


def _money(found: Upgrade) -> str:
    after = money_words(found.after.once, found.after.yearly)
    if found.before is None:
        return after
    before = money_words(found.before.once, found.before.yearly)
    return after if before == after else f"{before} → {after}"
