"""Small random checklists and audits, that exercise the whole rule language.

What is drawn from is made once: making it again at each draw took most of the time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal, TypeVar

from hypothesis import strategies as st

from diag.model.checklist import Checklist, Criterion, Question, Recommendation, RollUp
from diag.model.enums import Kind, PlaceKind, QuestionType, State
from diag.model.fact import PARENT_KINDS, Answer, Facts, Place, Value
from tests.assess.builders import (
    ECOLE,
    LOT,
    MEAN,
    ROOT,
    SALLE,
    WORST,
    boolean,
    checklist,
    choice,
    criterion,
    day,
    number,
    recommendation,
    share,
    text,
)

BATIMENT = PlaceKind.BATIMENT

QUESTIONS = (
    boolean("wifi"),
    number("eleves", range=(0, 3)),
    number("debit", range=(0, "2.5"), relevant="wifi", type=QuestionType.NUMBER),
    choice(
        "offre",
        "adsl",
        "vdsl",
        "fibre",
        ordered=True,
        relevant="eleves > 0 or count(salle, tni) > 1",
    ),
    choice("usages", "ent", "mail", several=True),
    day("pose"),
    text("remarque"),
    number("etages", BATIMENT, range=(0, 2)),
    choice("type_salle", "classe", "bureau", place=SALLE),
    number("prises", SALLE, range=(0, 3)),
    boolean("tni", SALLE, relevant="type_salle == 'classe'"),
    number("postes", LOT, range=(0, 2)),
)
"""Facts of every type and kind of place, some asked only when others say so."""

KINDS = (ECOLE, BATIMENT, SALLE, LOT)
_NUMBERS = {
    ECOLE: ("eleves", "debit"),
    BATIMENT: ("etages",),
    SALLE: ("prises",),
    LOT: ("postes",),
}
_ATOMS = {
    ECOLE: (
        "wifi",
        "offre == 'fibre'",
        "offre != 'adsl'",
        "offre >= 'vdsl'",
        "offre in ('adsl', 'vdsl')",
        "'ent' in usages",
        "'mail' not in usages",
        "months_between(pose, visit_date) <= 12",
        "pose < visit_date",
        "1 <= eleves < 3",
        "2 * eleves - debit >= 1",
    ),
    BATIMENT: ("etages + eleves >= 3",),
    SALLE: (
        "tni",
        "type_salle == 'classe'",
        "type_salle not in ('bureau',)",
        "prises > eleves",
    ),
    LOT: ("postes * prises >= 2",),
}
_INSIDE = {ECOLE: (BATIMENT, SALLE, LOT), BATIMENT: (SALLE, LOT), SALLE: (LOT,)}


@dataclass(frozen=True)
class Audit:
    """What there is to judge, and by what."""

    checklist: Checklist
    facts: Facts


_Drawn = TypeVar("_Drawn")


def _each(
    choices: Mapping[PlaceKind, tuple[_Drawn, ...]],
) -> dict[PlaceKind, st.SearchStrategy[_Drawn]]:
    return {kind: st.sampled_from(own) for kind, own in choices.items()}


_SHAPE = st.integers(0, 9)
_SMALL = st.integers(0, 3)
_LEVEL: st.SearchStrategy[Literal[1, 2, 3]] = st.sampled_from((1, 2, 3))
_KIND = st.sampled_from(KINDS)
_FLIP = st.booleans()
_JOIN = st.sampled_from(("and", "or"))
_ORDER = st.sampled_from((">=", ">", "<", "<=", "==", "!="))
_HOLDER = _each({kind: KINDS[: rank + 1] for rank, kind in enumerate(KINDS)})
_NUMBER = _each(_NUMBERS)
_ATOM = _each(_ATOMS)
_WITHIN = _each(_INSIDE)


@cache
@st.composite
def conditions(
    draw: st.DrawFn, kind: PlaceKind, depth: int = 2, *, aggregated: bool = False
) -> str:
    """Draw a condition that can be read at a kind of place."""
    shape = draw(_SHAPE)
    if depth and shape < 3:
        left = draw(conditions(kind, depth - 1, aggregated=aggregated))
        right = draw(conditions(kind, depth - 1, aggregated=aggregated))
        return f"({left} {draw(_JOIN)} {right})"
    if depth and shape == 3:
        return f"not ({draw(conditions(kind, depth - 1, aggregated=aggregated))})"
    if depth and shape < 6 and kind in _INSIDE and not aggregated:
        return draw(_aggregates(kind))
    holder = draw(_HOLDER[kind])
    if shape < 8:
        return draw(_ATOM[holder])
    return f"{draw(_NUMBER[holder])} {draw(_ORDER)} {draw(_SMALL)}"


_AGGREGATE = st.sampled_from((
    "count({inside})",
    "count({inside}, {condition})",
    "total({inside}, {number}{among})",
    "2 * share({inside}, {condition}{among})",
    "smallest({inside}, {number}{among})",
    "largest({inside}, {number}{among})",
))
_COUNTED = st.sampled_from((">=", "<", "=="))


@cache
@st.composite
def _aggregates(draw: st.DrawFn, kind: PlaceKind) -> str:
    inside = draw(_WITHIN[kind])
    condition = draw(conditions(inside, 1, aggregated=True))
    among = f", {draw(conditions(inside, 0, aggregated=True))}"
    aggregate = draw(_AGGREGATE).format(
        inside=inside,
        condition=condition,
        number=draw(_NUMBER[inside]),
        among=among if draw(_FLIP) else "",
    )
    return f"{aggregate} {draw(_COUNTED)} {draw(_SMALL)}"


ROLL_UPS: st.SearchStrategy[RollUp] = st.one_of(
    st.sampled_from((WORST, MEAN)),
    st.builds(
        share,
        st.sampled_from((1, 2, 3)),
        st.sampled_from(({3: 1, 2: "0.75", 1: "0.5"}, {2: "0.6"}, {3: "0.34", 1: 0})),
    ),
)
"""Every way to roll up."""


_LEVELS = st.sampled_from(((1, 2, 3), (1, 2, 3), (2,), (1, 3)))
_NATURE = st.sampled_from(Kind)
_WEIGHT = st.integers(1, 3)
_DOMAIN = st.sampled_from(("d", "e"))


@cache
@st.composite
def criteria(draw: st.DrawFn, ident: str) -> Criterion:
    """Draw a criterion at any kind of place."""
    kind = draw(_KIND)
    levels = draw(_LEVELS)
    return criterion(
        ident,
        {level: draw(conditions(kind)) for level in levels},
        place=kind,
        kind=draw(_NATURE),
        weight=draw(_WEIGHT),
        applicable=draw(conditions(kind)) if draw(_FLIP) else "",
        roll_up=None if kind is ECOLE else draw(ROLL_UPS),
        domain=draw(_DOMAIN),
    )


_QUANTITY = st.sampled_from((
    "1",
    "count(salle, {inside})",
    "3 - eleves",
    "2 * debit",
    "total(lot, postes)",
    "smallest(salle, prises, {inside})",
))


@cache
@st.composite
def recommendations(draw: st.DrawFn, ident: str, count: int) -> Recommendation:
    """Draw a recommendation triggered by one of the criteria."""
    inside = draw(conditions(SALLE, 1, aggregated=True))
    return recommendation(
        ident,
        f"c{draw(st.integers(0, count - 1))}",
        draw(_LEVEL),
        quantity=draw(_QUANTITY).format(inside=inside),
        effect={f"c{draw(st.integers(0, count - 1))}": draw(_LEVEL)},
    )


@cache
@st.composite
def checklists(draw: st.DrawFn) -> Checklist:
    """Draw a checklist of one to four criteria in two domains."""
    count = draw(st.integers(1, 4))
    return checklist(
        QUESTIONS,
        [draw(criteria(f"c{index}")) for index in range(count)],
        [draw(recommendations(f"r{index}", count)) for index in range(2)],
        domains={"d": 1, "e": draw(_WEIGHT)},
    )


_VALUES: dict[QuestionType, st.SearchStrategy[Value]] = {
    QuestionType.BOOLEAN: st.booleans(),
    QuestionType.CHOICES: st.sampled_from(((), ("ent",), ("mail",), ("ent", "mail"))),
    QuestionType.DATE: st.sampled_from(("2020-02-29", "2025-10-01", "2026-10-02")),
    QuestionType.NUMBER: st.sampled_from((0, "0.5", 1, "2.5")),
    QuestionType.INTEGER: st.integers(0, 2),
    QuestionType.TEXT: st.just("vu"),
}


def values(question: Question) -> st.SearchStrategy[Value]:
    """Return canonical values of a question."""
    if question.type is QuestionType.CHOICE:
        return st.sampled_from([each.id for each in question.choices])
    return _VALUES[question.type]


_VALUE = {question.id: values(question) for question in QUESTIONS}
_HEADS = st.integers(0, 12)
_OTHER = st.sampled_from((State.UNKNOWN, State.NOT_APPLICABLE, State.KNOWN))


@cache
@st.composite
def heads(draw: st.DrawFn, question: str) -> tuple[Answer, ...]:
    """Draw the heads of a fact: none, one as a rule, or a conflict."""
    shape = draw(_HEADS)
    if shape < 4:
        return ()
    if shape < 9:
        return (Answer(State.KNOWN, draw(_VALUE[question])),)
    if shape < 12:
        return (Answer(tuple(State)[shape - 8]),)
    other = draw(_OTHER)
    value = draw(_VALUE[question]) if other is State.KNOWN else None
    return Answer(State.KNOWN, draw(_VALUE[question])), Answer(other, value)


_CLOSED = st.sets(st.sampled_from(KINDS[1:]), min_size=1)
_VISITED = st.sampled_from((None, date(2026, 10, 1)))


@cache
@st.composite
def facts(draw: st.DrawFn) -> Facts:
    """Draw a school with a few places, partly answered, some lists still open."""
    kinds = {ROOT: ECOLE}
    places = {ROOT: Place(id=ROOT, kind=ECOLE, parent=None, name=ROOT)}
    for kind, most in ((BATIMENT, 1), (SALLE, 3), (LOT, 2)):
        for rank in range(draw(st.integers(0, most))):
            holders = [each for each in kinds if kinds[each] in PARENT_KINDS[kind]]
            ident = f"{kind}{rank}"
            places[ident] = Place(
                id=ident, kind=kind, parent=draw(st.sampled_from(holders)), name=ident
            )
            kinds[ident] = kind
    return Facts(
        root=ROOT,
        places=places,
        answers={
            (place, question.id): said
            for place, kind in kinds.items()
            for question in QUESTIONS
            if question.place is kind and (said := draw(heads(question.id)))
        },
        closed=frozenset(draw(_CLOSED)),
        visit_date=draw(_VISITED),
    )


@cache
@st.composite
def audits(draw: st.DrawFn) -> Audit:
    """Draw facts and what judges them."""
    return Audit(draw(checklists()), draw(facts()))
