"""Small random checklists and audits, that exercise the whole rule language.

What is drawn from is made once: making it again at each draw took most of the time.
What a lint would refuse is not drawn: judging need not say anything of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal, TypeVar

from hypothesis import strategies as st

from diag.model.audit import PARENT_KINDS, Answer, Facts, Place, Value
from diag.model.checklist import (
    Checklist,
    Criterion,
    EffectValue,
    Need,
    Question,
    Recommendation,
    Requirement,
)
from diag.model.enums import Kind, Nature, PlaceKind, QuestionType, State
from diag.rules.expressions import reach
from tests.assess.builders import (
    DOWN,
    ECOLE,
    LOT,
    ROOT,
    SALLE,
    UP,
    boolean,
    checklist,
    choice,
    criterion,
    day,
    need,
    number,
    price,
    recommendation,
    require,
    text,
)

BATIMENT = PlaceKind.BATIMENT

QUESTIONS = (
    boolean("wifi", better=UP, void=True),
    boolean("cantine"),
    boolean("filaire", relevant="not wifi", better=UP),
    boolean("fuite", better=DOWN, danger=True),
    number("eleves", range=(0, 3)),
    number("maitres", range=(0, 3), likely=(1, 2)),
    number("formes", range=(0, 3), better=UP, at_most="maitres"),
    number(
        "debit",
        range=(0, "2.5"),
        relevant="wifi",
        type=QuestionType.NUMBER,
        better=UP,
        likely=("0.5", 1),
    ),
    choice(
        "offre",
        "adsl",
        "vdsl",
        "fibre",
        ordered=True,
        relevant="eleves > 0 or count(salle, tni) > 1",
        better=(("adsl", "vdsl"), ("fibre",)),
    ),
    choice("usages", "ent", "mail", several=True, better=UP),
    day("pose", better=UP),
    text("remarque"),
    number("etages", BATIMENT, range=(0, 2)),
    choice("type_salle", "classe", "bureau", place=SALLE),
    number("prises", SALLE, range=(0, 3), better=UP),
    number("bornes", SALLE, range=(0, 3), better=UP, at_most="prises", void=True),
    boolean("tni", SALLE, relevant="type_salle == 'classe'", better=UP),
    boolean("nus", SALLE, better=DOWN, danger=True),
    number("postes", LOT, range=(0, 2)),
    number("vieux", LOT, range=(0, 2), better=DOWN, at_most="postes"),
)
"""Facts of every type and kind of place: situations, what may get better, parts of
wholes, what may be sans objet, a danger; some asked only when others say so."""

PRICES = (
    price("cable", 1, 2, 5),
    price("abonnement", 3, 4, 4, yearly=True, vat=10),
    price("casque", 6, 7, 8, pack=5),
)
"""Once, every year, in packs."""

KINDS = (ECOLE, BATIMENT, SALLE, LOT)
Words = Literal["any", "situations"]
"""What a rule may read: anything, or situations alone."""

_NUMBERS: dict[Words, dict[PlaceKind, tuple[str, ...]]] = {
    "any": {
        ECOLE: ("eleves", "debit", "formes", "maitres"),
        BATIMENT: ("etages",),
        SALLE: ("prises", "bornes"),
        LOT: ("postes", "vieux"),
    },
    "situations": {
        ECOLE: ("eleves", "maitres"),
        BATIMENT: ("etages",),
        SALLE: ("eleves",),
        LOT: ("postes",),
    },
}
_SITUATIONS: dict[PlaceKind, tuple[str, ...]] = {
    ECOLE: ("cantine", "1 <= eleves < 3"),
    BATIMENT: ("etages + eleves >= 3",),
    SALLE: ("type_salle == 'classe'", "type_salle not in ('bureau',)"),
    LOT: ("postes >= 2", "postes > eleves"),
}
_ATOMS: dict[Words, dict[PlaceKind, tuple[str, ...]]] = {
    "situations": _SITUATIONS,
    "any": {
        ECOLE: (
            *_SITUATIONS[ECOLE],
            "wifi",
            "filaire",
            "not filaire",
            "not fuite",
            "offre == 'fibre'",
            "offre != 'adsl'",
            "offre >= 'vdsl'",
            "offre in ('adsl', 'vdsl')",
            "'ent' in usages",
            "'mail' not in usages",
            "months_between(pose, visit_date) <= 12",
            "pose < visit_date",
            "formes >= maitres",
            "2 * eleves - debit >= 1",
        ),
        BATIMENT: _SITUATIONS[BATIMENT],
        SALLE: (
            *_SITUATIONS[SALLE],
            "tni",
            "not nus",
            "prises > eleves",
            "bornes >= prises",
        ),
        LOT: (*_SITUATIONS[LOT], "postes * prises >= 2", "vieux < postes"),
    },
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
_NUMBER = {words: _each(numbers) for words, numbers in _NUMBERS.items()}
_ATOM = {words: _each(atoms) for words, atoms in _ATOMS.items()}
_WITHIN = _each(_INSIDE)


@cache
@st.composite
def conditions(
    draw: st.DrawFn,
    kind: PlaceKind,
    depth: int = 2,
    *,
    words: Words = "any",
    aggregated: bool = False,
) -> str:
    """Draw a condition that can be read at a kind of place."""
    shape = draw(_SHAPE)
    if depth and shape < 3:
        part = conditions(kind, depth - 1, words=words, aggregated=aggregated)
        return f"({draw(part)} {draw(_JOIN)} {draw(part)})"
    if depth and shape == 3:
        part = conditions(kind, depth - 1, words=words, aggregated=aggregated)
        return f"not ({draw(part)})"
    if depth and shape < 6 and kind in _INSIDE and not aggregated:
        return draw(_aggregates(kind, words))
    holder = draw(_HOLDER[kind])
    if shape < 8:
        return draw(_ATOM[words][holder])
    return f"{draw(_NUMBER[words][holder])} {draw(_ORDER)} {draw(_SMALL)}"


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
def _aggregates(draw: st.DrawFn, kind: PlaceKind, words: Words) -> str:
    inside = draw(_WITHIN[kind])
    condition = draw(conditions(inside, 1, words=words, aggregated=True))
    among = f", {draw(conditions(inside, 0, words=words, aggregated=True))}"
    aggregate = draw(_AGGREGATE).format(
        inside=inside,
        condition=condition,
        number=draw(_NUMBER[words][inside]),
        among=among if draw(_FLIP) else "",
    )
    return f"{aggregate} {draw(_COUNTED)} {draw(_SMALL)}"


_LEVELS = st.sampled_from(((1, 2, 3), (1, 2, 3), (2,), (1, 3)))
_NATURE = st.sampled_from(Kind)
_RULE = st.sampled_from((Nature.LOI, Nature.LOI, Nature.CONSIGNE))
_READ = st.sampled_from(("2026-09-01", "2024-10-01", "2024-09-30", ""))
_WEIGHT = st.integers(0, 3)
_DOMAIN = st.sampled_from(("d", "e"))
_SHARE = st.sampled_from(("1", "3/4", "0.5", "1/3"))
_WEIGH_BY = {
    SALLE: st.sampled_from(("", "", "prises", "bornes", "1 + prises")),
    LOT: st.sampled_from(("", "postes", "postes + prises")),
}


@cache
@st.composite
def criteria(draw: st.DrawFn, ident: str) -> Criterion:
    """Draw a criterion at any kind of place."""
    place, kind, weight = draw(_KIND), draw(_NATURE), draw(_WEIGHT)
    is_averaged = kind is not Kind.COMPLIANCE and weight > 0
    scope: Words = "situations" if is_averaged else "any"
    return criterion(
        ident,
        {level: draw(conditions(place)) for level in draw(_LEVELS)},
        place=place,
        kind=kind,
        weight=weight,
        applicable=draw(conditions(place, 1, words=scope)) if draw(_FLIP) else "",
        given=draw(conditions(place, 1)) if is_averaged and draw(_FLIP) else "",
        conforms_at=draw(_LEVEL) if kind is Kind.COMPLIANCE else None,
        nature=draw(_RULE) if kind is Kind.COMPLIANCE else None,
        read_on=draw(_READ),
        weigh_by=draw(_WEIGH_BY.get(place, st.just(""))) if is_averaged else "",
        socle_share=draw(_SHARE) if kind is Kind.BLOCKING else "1",
        domain=draw(_DOMAIN),
    )


_QUANTITIES = {
    ECOLE: (
        "1",
        "maitres - formes",
        "2 * debit",
        "count(salle, {inside})",
        "total(lot, postes)",
        "smallest(salle, prises, {inside})",
    ),
    BATIMENT: ("etages", "count(salle, {inside})"),
    SALLE: ("3 - prises", "prises - bornes", "total(lot, vieux)"),
    LOT: ("postes", "vieux", "3 - prises"),
}
_QUANTITY = _each({
    kind: (*(own if kind is ECOLE else ("1", "maitres - formes", *own)),)
    for kind, own in _QUANTITIES.items()
})
_MOST = st.sampled_from(("", "", "maitres", "4"))
_ITEM = st.sampled_from([each.id for each in PRICES])
_USE = st.sampled_from(("", "", "mur", "plafond"))
_AT = st.sampled_from((None, None, *KINDS))
_COUNT = st.sampled_from(("", "", "1", "2 * quantite", "eleves"))
_EFFECTS: dict[PlaceKind, tuple[tuple[str, EffectValue], ...]] = {
    ECOLE: (
        ("wifi", True),
        ("formes", "maitres"),
        ("debit", "1.5"),
        ("offre", "fibre"),
        ("usages", ("ent",)),
        ("pose", "visit_date"),
    ),
    BATIMENT: (("wifi", True),),
    SALLE: (("prises", 2), ("tni", True), ("nus", False), ("bornes", "prises")),
    LOT: (("vieux", 0),),
}
_EFFECT = _each(_EFFECTS)


@st.composite
def needs(draw: st.DrawFn) -> Need:
    """Draw something to buy."""
    return need(draw(_ITEM), use=draw(_USE), at=draw(_AT), count=draw(_COUNT))


_BUYS = st.lists(needs(), max_size=2)


@st.composite
def _requirements(
    draw: st.DrawFn, own: Criterion, others: Mapping[str, Criterion]
) -> tuple[Requirement, ...]:
    idents = sorted(others)
    return tuple(
        require(
            ident,
            draw(_LEVEL),
            None if others[ident].place in reach(own.place) else draw(_SHARE),
        )
        for ident in draw(st.lists(st.sampled_from(idents), max_size=2, unique=True))
    )


@st.composite
def recommendations(
    draw: st.DrawFn,
    ident: str,
    among: Mapping[str, Criterion],
    above: Mapping[str, str],
) -> Recommendation:
    """Draw a recommendation that one of the criteria triggers.

    It may cover those of `above`, which come before it: each with its criterion.
    """
    own = among[draw(st.sampled_from(sorted(among)))]
    inside = draw(conditions(SALLE, 1, aggregated=True))
    most = (own.conforms_at or 3) if draw(_FLIP) else 3
    effects = [draw(_EFFECT[draw(_HOLDER[own.place])])] if draw(_FLIP) else []
    if draw(_FLIP):
        effects.append((draw(st.sampled_from(sorted(among))), draw(_LEVEL)))
    requires = draw(_requirements(own, among))
    coverable = [
        other for other, ident in above.items() if among[ident].place is own.place
    ]
    return recommendation(
        ident,
        own.id,
        min(draw(_LEVEL), most),
        where=draw(conditions(own.place, 1, words="situations")) if draw(_FLIP) else "",
        requires=requires,
        covers=tuple(
            draw(st.lists(st.sampled_from(coverable), unique=True)) if coverable else ()
        ),
        quantity=draw(_QUANTITY[own.place]).format(inside=inside),
        at_most=draw(_MOST),
        buys=draw(_BUYS),
        effect=dict(effects),
    )


@cache
@st.composite
def checklists(draw: st.DrawFn) -> Checklist:
    """Draw a checklist of one to four criteria in two domains."""
    judging = {
        ident: draw(criteria(ident))
        for ident in [f"c{rank}" for rank in range(draw(st.integers(1, 4)))]
    }
    advised: list[Recommendation] = []
    for rank in range(draw(st.integers(1, 4))):
        above = {each.id: each.when.criterion for each in advised}
        advised.append(draw(recommendations(f"r{rank}", judging, above)))
    return checklist(
        QUESTIONS,
        judging.values(),
        advised,
        PRICES,
        domains={"d": 1, "e": draw(st.integers(1, 3))},
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


_CLOSED = st.lists(st.sampled_from(KINDS[1:]), min_size=1, unique=True)
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
