"""What would follow from a supposition, told: before and after, side by side."""

from collections.abc import Iterable, Iterator

from diag.assess.results import Advice, Score
from diag.assess.telling import advice_json, criterion_json, plain
from diag.desk.bilan.score_words import (
    MOVES,
    level_pair,
    money_words,
    score_words,
    short_cost,
)
from diag.desk.supposing.suppose import Outcome
from diag.model.enums import Audience, PlaceKind
from diag.reports.money import spoken_cost
from diag.words.sentences import NEXT_BUDGET, Blanks, filled
from diag.words.vocabulary import SUBJECTS

Row = tuple[str, ...]
"""One line, by columns."""


def outcome_lines(found: Outcome) -> Iterator[tuple[str, tuple[Row, ...]]]:
    """Give each section's title and rows, those with nothing to say left out."""
    if found.changes_nothing:
        yield "Rien ne changerait", ()
        return
    yield (
        "Scores",
        tuple(
            (title, score_words(before), "→", score_words(after))
            for title, before, after in found.scores
            if before != after
        )
        or (("aucun ne bouge", "", "", ""),),
    )
    yield "Dépense encore à décider, TTC", _costs(found)
    sections: tuple[tuple[str, tuple[Row, ...]], ...] = (
        ("Critères", tuple(_shifts(found))),
        ("Ne serait plus préconisé", _advices(found, found.resolved)),
        ("Serait préconisé", _advices(found, found.new)),
        ("Coûterait autrement", tuple(_recosted(found))),
    )
    for title, rows in sections:
        if rows:
            yield title, rows


def _costs(found: Outcome) -> tuple[Row, ...]:
    before, after = (money_words(one.advice) for one in (found.before, found.after))
    return (
        ("une fois", before[0], "→", after[0]),
        ("par an", before[1], "→", after[1]),
    )


def _shifts(found: Outcome) -> Iterator[Row]:
    for one in found.shifts:
        before, after = level_pair(one.before, one.after)
        yield one.after.criterion.title, before, "→", after, MOVES[one.move]


def _recosted(found: Outcome) -> Iterator[Row]:
    for old, new in found.recosted:
        yield title_of(new, found.kind), short_cost(old.cost), "→", short_cost(new.cost)


def _advices(found: Outcome, told: Iterable[Advice]) -> tuple[Row, ...]:
    return tuple((title_of(one, found.kind), short_cost(one.cost)) for one in told)


def title_of(
    advice: Advice, kind: PlaceKind, audience: Audience = Audience.MAIRIE
) -> str:
    """Return a recommendation's declared title, its placeholders filled."""
    words = advice.recommendation.wording.get(audience)
    if words is None:
        return advice.recommendation.id
    about = SUBJECTS[kind][0]
    blanks = Blanks(advice.quantity, spoken_cost(advice.cost), about, NEXT_BUDGET)
    return filled(words.title, blanks)


def outcome_json(found: Outcome) -> dict[str, object]:
    """Return an outcome for a program, before and after, exact."""
    before, after = found.costs
    return {
        "overall": _pair(found.before.overall, found.after.overall),
        "domains": {
            old.domain.id: _pair(old.score, new.score)
            for old, new in zip(found.before.domains, found.after.domains, strict=True)
        },
        "criteria": {
            one.after.criterion.id: {
                "move": str(one.move),
                "before": criterion_json(one.before),
                "after": criterion_json(one.after),
            }
            for one in found.shifts
        },
        "resolved": [one.recommendation.id for one in found.resolved],
        "new": [advice_json(one) for one in found.new],
        "totals": {"before": plain(before), "after": plain(after)},
    }


def _pair(before: Score, after: Score) -> dict[str, object]:
    return {"before": plain(before), "after": plain(after)}
