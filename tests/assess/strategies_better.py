"""Random checklists that a lint lets through, and answers that get better."""

from collections.abc import Mapping
from functools import cache
from typing import Literal

from hypothesis import strategies as st

from diag.model.audit import Answer, Facts, Value
from diag.model.checklist import Checklist, Criterion, Question, Recommendation
from diag.model.enums import Direction, Kind, PlaceKind, QuestionType, State
from diag.model.text import canonical_number, exact
from tests.assess.builders import (
    ECOLE,
    LOT,
    SALLE,
    checklist,
    criterion,
    recommendation,
    require,
)
from tests.assess.strategies import (
    BATIMENT,
    KINDS,
    PRICES,
    QUESTIONS,
    Audit,
    conditions,
    facts,
    needs,
)

_BETTER = {
    ECOLE: (
        "wifi",
        "debit >= 1",
        "formes >= maitres",
        "formes >= 1",
        "offre == 'fibre'",
        "'ent' in usages",
        "pose >= visit_date",
        "count(salle, tni) >= 1",
        "share(salle, prises >= 1) >= 1",
        "total(lot, vieux) <= 1",
    ),
    BATIMENT: ("smallest(salle, prises) >= 2", "wifi"),
    SALLE: ("prises >= 1", "prises >= 2", "bornes >= 1", "tni", "not nus", "wifi"),
    LOT: ("vieux <= 0", "vieux < postes", "prises >= 2"),
}
"""Conditions that no better fact makes false."""

_LESS = {
    ECOLE: ("1", "maitres - formes", "count(salle, not tni)", "eleves"),
    BATIMENT: ("1", "etages"),
    SALLE: ("1", "3 - prises", "3 - bornes"),
    LOT: ("1", "vieux", "postes"),
}
"""Quantities that no better fact raises."""

_FLIP = st.booleans()
_LEVEL: st.SearchStrategy[Literal[1, 2, 3]] = st.sampled_from((1, 2, 3))
_KIND = st.sampled_from(KINDS)
_BUYS = st.lists(needs(), min_size=1, max_size=2)


@cache
def _rising(kind: PlaceKind) -> st.SearchStrategy[str]:
    atom = st.sampled_from(_BETTER[kind])
    pair = st.tuples(atom, st.sampled_from(("and", "or")), atom)
    return st.one_of(atom, pair.map(lambda parts: f"({' '.join(parts)})"))


@st.composite
def _criteria(draw: st.DrawFn, ident: str) -> Criterion:
    place, kind = draw(_KIND), draw(st.sampled_from(Kind))
    is_averaged = kind is not Kind.COMPLIANCE
    situation = conditions(place, 1, words="situations")
    scope = situation if is_averaged else _lawful(place)
    return criterion(
        ident,
        {
            level: draw(_lawful(place) if not is_averaged else _rising(place))
            for level in (1, 2, 3)
        },
        place=place,
        kind=kind,
        applicable=draw(scope) if draw(_FLIP) else "",
        given=draw(_rising(place)) if is_averaged and draw(_FLIP) else "",
        conforms_at=draw(_LEVEL) if kind is Kind.COMPLIANCE else None,
        weigh_by="postes" if place is LOT and draw(_FLIP) and is_averaged else "",
        socle_share=draw(st.sampled_from(("1", "1/2")))
        if kind is Kind.BLOCKING
        else "1",
    )


@cache
def _lawful(kind: PlaceKind) -> st.SearchStrategy[str]:
    void = ("wifi", "debit", "bornes")
    kept = [each for each in _BETTER[kind] if not any(name in each for name in void)]
    return st.sampled_from(kept)


@st.composite
def _recommendations(
    draw: st.DrawFn,
    ident: str,
    among: Mapping[str, Criterion],
    above: Mapping[str, str],
) -> Recommendation:
    own = among[draw(st.sampled_from(sorted(among)))]
    below = draw(_LEVEL) if own.conforms_at is None else own.conforms_at
    coverable = [
        other for other, ident in above.items() if among[ident].place is own.place
    ]
    others = [
        each for each in among.values() if each.place is own.place and each is not own
    ]
    required = [draw(st.sampled_from(others))] if others else []
    return recommendation(
        ident,
        own.id,
        below,
        requires=tuple(require(each.id, 1) for each in required),
        covers=tuple(coverable[:1]) if draw(_FLIP) else (),
        quantity=draw(st.sampled_from(_LESS[own.place])),
        buys=draw(_BUYS),
    )


@st.composite
def _checklists(draw: st.DrawFn) -> Checklist:
    judging = {ident: draw(_criteria(ident)) for ident in ("c0", "c1", "c2")}
    advised: list[Recommendation] = []
    for rank in range(4):
        above = {each.id: each.when.criterion for each in advised}
        advised.append(draw(_recommendations(f"r{rank}", judging, above)))
    return checklist(QUESTIONS, judging.values(), advised, PRICES)


_WHOLES = {each.at_most: each.id for each in QUESTIONS if each.at_most}
_PARTS = {part: whole for whole, part in _WHOLES.items()}


@st.composite
def improved(draw: st.DrawFn) -> tuple[Audit, Facts]:
    """Draw an audit, and its facts once one known answer is better."""
    grid, school = draw(_checklists()), draw(facts())
    by_id = {each.id: each for each in QUESTIONS}
    answers = {
        (place, ident): heads
        for (place, ident), heads in school.answers.items()
        if ident not in _PARTS
    }
    before = Facts(school.root, school.places, answers, closed=school.closed)
    slots = [
        (slot, value)
        for slot, heads in answers.items()
        if [each.state for each in heads] == [State.KNOWN]
        for value in better(by_id[slot[1]], heads[0].value)
    ]
    if not slots:
        return Audit(grid, before), before
    slot, value = draw(st.sampled_from(slots))
    after = {**answers, slot: (Answer(State.KNOWN, value),)}
    return Audit(grid, before), Facts(
        school.root, school.places, after, closed=school.closed
    )


def better(question: Question, value: Value) -> list[Value]:
    """Return answers that are better than one."""
    ids = [each.id for each in question.choices]
    match question.type:
        case _ if question.better is None:
            return []
        case QuestionType.BOOLEAN:
            best = question.better is Direction.UP
            return [] if value is best else [best]
        case QuestionType.CHOICE:
            assert isinstance(question.better, tuple)
            (now,) = [
                rank for rank, same in enumerate(question.better) if value in same
            ]
            return [each for same in question.better[now + 1 :] for each in same]
        case QuestionType.CHOICES:
            assert isinstance(value, tuple)
            return [tuple(ids)] if set(value) != set(ids) else []
        case QuestionType.DATE:
            return ["2026-11-30"]
    low, high = question.range or (None, None)
    step = 1 if question.better is Direction.UP else -1
    assert isinstance(value, int | str)
    found = exact(value) + step
    fits = (low is None or exact(low) <= found) and (
        high is None or found <= exact(high)
    )
    return [canonical_number(found)] if fits else []
