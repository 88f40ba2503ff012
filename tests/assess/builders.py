"""Small checklists and facts, written in a line or two."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal

from diag.model.audit import Answer, Facts, Place, Value
from diag.model.checklist import (
    Below,
    Better,
    Checklist,
    Choice,
    Criterion,
    Domain,
    EffectValue,
    Law,
    Level,
    Need,
    Price,
    Question,
    Recommendation,
    RegisteredSource,
    Requirement,
)
from diag.model.enums import (
    Direction,
    Kind,
    Nature,
    Owner,
    Party,
    PlaceKind,
    Provenance,
    QuestionType,
    State,
)
from diag.model.text import Number

ECOLE, SALLE, LOT = PlaceKind.ECOLE, PlaceKind.SALLE, PlaceKind.LOT
UP, DOWN = Direction.UP, Direction.DOWN
ROOT = "ecole"

Said = Value | Answer | list[Value | Answer]
"""A value, a whole answer, or the heads of a conflict."""


def boolean(
    ident: str,
    place: PlaceKind = ECOLE,
    *,
    relevant: str = "",
    better: Better | None = None,
    void: bool = False,
    danger: bool = False,
) -> Question:
    return Question(
        id=ident,
        domain="d",
        place=place,
        type=QuestionType.BOOLEAN,
        label=ident,
        relevant=relevant,
        better=better,
        void=void,
        danger=danger,
    )


def number(
    ident: str,
    place: PlaceKind = ECOLE,
    *,
    range: tuple[Number | None, Number | None] | None = (0, 10),  # noqa: A002 - its key
    likely: tuple[Number | None, Number | None] | None = None,
    relevant: str = "",
    type: QuestionType = QuestionType.INTEGER,  # noqa: A002 - its key
    better: Better | None = None,
    at_most: str = "",
    void: bool = False,
) -> Question:
    return Question(
        id=ident,
        domain="d",
        place=place,
        type=type,
        label=ident,
        range=range,
        likely=likely,
        relevant=relevant,
        better=better,
        at_most=at_most,
        void=void,
    )


def day(
    ident: str, place: PlaceKind = ECOLE, *, better: Better | None = None
) -> Question:
    return Question(
        id=ident,
        domain="d",
        place=place,
        type=QuestionType.DATE,
        label=ident,
        better=better,
    )


def choice(
    ident: str,
    *ids: str,
    place: PlaceKind = ECOLE,
    several: bool = False,
    ordered: bool = False,
    relevant: str = "",
    better: Better | None = None,
    void: bool = False,
) -> Question:
    return Question(
        id=ident,
        domain="d",
        place=place,
        type=QuestionType.CHOICES if several else QuestionType.CHOICE,
        label=ident,
        choices=tuple(Choice(id=each, label=each) for each in ids),
        ordered=ordered,
        relevant=relevant,
        better=better,
        void=void,
    )


def text(ident: str, place: PlaceKind = ECOLE) -> Question:
    return Question(
        id=ident, domain="d", place=place, type=QuestionType.TEXT, label=ident
    )


def criterion(
    ident: str,
    levels: Mapping[int, str],
    *,
    place: PlaceKind = ECOLE,
    kind: Kind = Kind.IMPROVEMENT,
    weight: int = 1,
    applicable: str = "",
    given: str = "",
    conforms_at: Level | None = None,
    nature: Nature | None = None,
    read_on: str = "2026-09-01",
    weigh_by: str = "",
    socle_share: str = "1",
    domain: str = "d",
) -> Criterion:
    if kind is Kind.COMPLIANCE and conforms_at is None:
        conforms_at = 1
    if nature is None:
        nature = Nature.LOI if kind is Kind.COMPLIANCE else Nature.USAGE
    law = Law(text="Loi n° 1", article="7", read_on=read_on)
    return Criterion(
        id=ident,
        domain=domain,
        title=ident,
        kind=kind,
        weight=weight,
        place=place,
        applicable=applicable,
        given=given,
        levels=dict(levels),
        conforms_at=conforms_at,
        weigh_by=weigh_by,
        socle_share=socle_share,
        nature=nature,
        law=law if nature.binds else None,
        binds=(Party.COMMUNE,) if nature.binds else (),
        why="parce que",
        sources=("S1",),
    )


def require(
    criterion_id: str, at_least: Level, share: str | None = None
) -> Requirement:
    return Requirement(criterion=criterion_id, at_least=at_least, share=share)


def need(
    item: str, *, use: str = "", at: PlaceKind | None = None, count: str = ""
) -> Need:
    return Need(item=item, use=use, at=at, count=count)


def recommendation(
    ident: str,
    criterion_id: str,
    below: Level,
    *,
    where: str = "",
    requires: tuple[Requirement, ...] = (),
    covers: tuple[str, ...] = (),
    quantity: str = "1",
    at_most: str = "",
    buys: Iterable[Need | str] = (),
    effort: str = "",
    effect: Mapping[str, EffectValue] | None = None,
) -> Recommendation:
    return Recommendation(
        id=ident,
        domain="d",
        when=Below(criterion=criterion_id, below=below, where=where),
        requires=requires,
        covers=covers,
        owner=Owner.COMMUNE,
        quantity=quantity,
        at_most=at_most,
        buys=tuple(need(each) if isinstance(each, str) else each for each in buys),
        effort=effort,
        effect=dict(effect or {}),
        wording={},
        done_when="fait",
    )


def price(
    ident: str,
    minimum: int,
    typical: int,
    maximum: int,
    *,
    vat: Number = 20,
    yearly: bool = False,
    pack: int = 1,
) -> Price:
    return Price(
        id=ident,
        label=ident,
        unit="pièce",
        as_of="2025",
        minimum=minimum,
        typical=typical,
        maximum=maximum,
        vat=vat,
        yearly=yearly,
        pack=pack,
    )


def checklist(
    questions: Iterable[Question],
    criteria: Iterable[Criterion],
    recommendations: Iterable[Recommendation] = (),
    prices: Iterable[Price] = (),
    domains: Mapping[str, int] | None = None,
) -> Checklist:
    weights = {"d": 1} if domains is None else domains
    return Checklist(
        title="essai",
        version="1",
        domains=tuple(
            Domain(id=ident, title=ident, weight=weight)
            for ident, weight in weights.items()
        ),
        questions={each.id: each for each in questions},
        criteria={each.id: each for each in criteria},
        recommendations={each.id: each for each in recommendations},
        prices={each.id: each for each in prices},
        sources={"S1": RegisteredSource(id="S1", grade="A", title="Une source")},
        engine=2,
    )


def known(value: Value, provenance: Provenance = Provenance.OBSERVED) -> Answer:
    return Answer(State.KNOWN, value, provenance, author="Léa", at=1_790_000_000_000)


def state(name: Literal["unknown", "not_applicable", "refused"]) -> Answer:
    return Answer(State(name), reason="dit la directrice")


UNKNOWN, SANS_OBJET, REFUSED = (
    state("unknown"),
    state("not_applicable"),
    state("refused"),
)


def facts(
    answers: Mapping[str, Said] | None = None,
    places: Mapping[str, Mapping[str, Said]] | None = None,
    *,
    kinds: Mapping[str, PlaceKind] | None = None,
    parents: Mapping[str, str] | None = None,
    closed: Iterable[PlaceKind] = (ECOLE, PlaceKind.BATIMENT, SALLE, LOT),
    visit_date: date | None = None,
) -> Facts:
    """Return facts of a school: its own answers, then those of each room by name."""
    inside = places or {}
    nouns = {ROOT: Place(id=ROOT, kind=ECOLE, parent=None, name="École")}
    for name in inside:
        kind = (kinds or {}).get(name, SALLE)
        parent = (parents or {}).get(name, ROOT)
        nouns[name] = Place(id=name, kind=kind, parent=parent, name=name)
    return Facts(
        root=ROOT,
        places=nouns,
        answers={
            (place, question): heads(said)
            for place, here in {ROOT: answers or {}, **inside}.items()
            for question, said in here.items()
        },
        closed=frozenset(closed),
        visit_date=visit_date,
    )


def heads(said: Said) -> tuple[Answer, ...]:
    each = said if isinstance(said, list) else [said]
    return tuple(one if isinstance(one, Answer) else known(one) for one in each)
