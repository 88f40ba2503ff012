"""Small checklists and facts, written in a line or two."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal

from diag.model.checklist import (
    Below,
    Checklist,
    Choice,
    Criterion,
    Domain,
    Level,
    Price,
    Question,
    Recommendation,
    RegisteredSource,
    Requirement,
    RollUp,
)
from diag.model.enums import Kind, Owner, PlaceKind, Provenance, QuestionType, State
from diag.model.fact import Answer, Facts, Place, Value
from diag.model.number import Number

ECOLE, SALLE, LOT = PlaceKind.ECOLE, PlaceKind.SALLE, PlaceKind.LOT
ROOT = "ecole"

Said = Value | Answer | list[Value | Answer]
"""A value, a whole answer, or the heads of a conflict."""


def boolean(ident: str, place: PlaceKind = ECOLE, *, relevant: str = "") -> Question:
    return Question(
        id=ident,
        domain="d",
        place=place,
        type=QuestionType.BOOLEAN,
        label=ident,
        relevant=relevant,
    )


def number(
    ident: str,
    place: PlaceKind = ECOLE,
    *,
    range: tuple[Number | None, Number | None] | None = (0, 10),  # noqa: A002 - its key
    relevant: str = "",
    type: QuestionType = QuestionType.INTEGER,  # noqa: A002 - its key
) -> Question:
    return Question(
        id=ident,
        domain="d",
        place=place,
        type=type,
        label=ident,
        range=range,
        relevant=relevant,
    )


def day(ident: str, place: PlaceKind = ECOLE) -> Question:
    return Question(
        id=ident, domain="d", place=place, type=QuestionType.DATE, label=ident
    )


def choice(
    ident: str,
    *ids: str,
    place: PlaceKind = ECOLE,
    several: bool = False,
    ordered: bool = False,
    relevant: str = "",
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
    roll_up: RollUp | None = None,
    domain: str = "d",
) -> Criterion:
    return Criterion(
        id=ident,
        domain=domain,
        title=ident,
        kind=kind,
        weight=weight,
        place=place,
        applicable=applicable,
        levels=dict(levels),
        roll_up=roll_up,
        why="parce que",
        sources=("S1",),
    )


def share(threshold: Level, steps: Mapping[int, Number]) -> RollUp:
    return RollUp(method="share_reaching", threshold=threshold, steps=dict(steps))


WORST = RollUp(method="worst")
MEAN = RollUp(method="mean")
SHARE = share(2, {3: 1, 2: "0.75", 1: "0.5"})


def recommendation(
    ident: str,
    criterion_id: str,
    below: Level,
    *,
    requires: tuple[Requirement, ...] = (),
    quantity: str = "1",
    prices: Mapping[str, str] | None = None,
    effort: str = "",
    effect: Mapping[str, Level] | None = None,
) -> Recommendation:
    return Recommendation(
        id=ident,
        domain="d",
        when=Below(criterion=criterion_id, below=below),
        requires=requires,
        owner=Owner.COMMUNE,
        quantity=quantity,
        prices=dict(prices or {}),
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
) -> Price:
    return Price(
        id=ident,
        label=ident,
        unit="pièce",
        year=2025,
        minimum=minimum,
        typical=typical,
        maximum=maximum,
        vat=vat,
        yearly=yearly,
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
