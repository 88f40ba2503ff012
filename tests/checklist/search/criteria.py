"""Questions, criteria and actions to search, and a checklist that holds them."""

from collections.abc import Iterable, Mapping, Sequence

from diag.checklist import Spot
from diag.checklist.loaded import Loaded
from diag.checklist.source import Entries
from diag.model.checklist import (
    Below,
    Better,
    Checklist,
    Choice,
    Criterion,
    EffectValue,
    Level,
    Need,
    Price,
    Question,
    Recommendation,
    Requirement,
)
from diag.model.enums import Direction, Kind, Owner, PlaceKind, QuestionType

ECOLE, SALLE, LOT = PlaceKind.ECOLE, PlaceKind.SALLE, PlaceKind.LOT
UP, DOWN = Direction.UP, Direction.DOWN


def question(
    name: str,
    type_: QuestionType,
    place: PlaceKind = ECOLE,
    *,
    better: Better | str | None = None,
    range_: tuple[int | None, int | None] | None = None,
    choices: str = "",
    ordered: bool = False,
    relevant: str = "",
    at_most: str = "",
    void: bool = False,
) -> Question:
    """Return a question; `better: "a b|c d"` ranks choices, `|` between the ranks."""
    if isinstance(better, str) and not isinstance(better, Direction):
        better = tuple(tuple(rank.split()) for rank in better.split("|"))
    return Question(
        id=name,
        domain="reseau",
        place=place,
        type=type_,
        label=name,
        range=range_,
        choices=tuple(Choice(id=each, label=each) for each in choices.split()),
        ordered=ordered,
        relevant=relevant,
        better=better,
        at_most=at_most,
        void=void,
    )


def by_id(*questions: Question) -> Mapping[str, Question]:
    return {each.id: each for each in questions}


QUESTIONS = by_id(
    question(
        "debit", QuestionType.NUMBER, range_=(0, 10_000), relevant="acces", better=UP
    ),
    question("postes", QuestionType.INTEGER, range_=(0, 500)),
    question("note", QuestionType.INTEGER, range_=(0, 3), better=UP),
    question("pannes", QuestionType.INTEGER, range_=(0, 900), better=DOWN),
    question("acces", QuestionType.BOOLEAN, better=UP),
    question("offre", QuestionType.CHOICE, choices="adsl cable fibre"),
    question(
        "etat",
        QuestionType.CHOICE,
        choices="mauvais moyen bon",
        ordered=True,
        better="mauvais|moyen|bon",
    ),
    question(
        "image", QuestionType.CHOICE, choices="rien ecran tbi", better="rien|ecran tbi"
    ),
    question("outils", QuestionType.CHOICES, choices="ent mail agenda", better=UP),
    question("sauvegarde", QuestionType.DATE, better=UP),
    question("formes", QuestionType.INTEGER, range_=(0, 50), at_most="maitres"),
    question("maitres", QuestionType.INTEGER, range_=(1, 50)),
    question("prises", QuestionType.INTEGER, SALLE, range_=(0, 20), better=UP),
    question("type_salle", QuestionType.CHOICE, SALLE, choices="classe bureau"),
    question("surface", QuestionType.NUMBER, SALLE, range_=(1, 400)),
    question("neuf", QuestionType.BOOLEAN, LOT, better=UP),
    question("nombre", QuestionType.INTEGER, LOT, range_=(1, 90)),
)


def criterion(
    levels: Mapping[int, str],
    *,
    ident: str = "critere",
    applicable: str = "",
    given: str = "",
    place: PlaceKind = ECOLE,
    kind: Kind = Kind.IMPROVEMENT,
    weight: int = 1,
    conforms_at: Level | None = None,
    weigh_by: str = "",
) -> Criterion:
    return Criterion(
        id=ident,
        domain="reseau",
        title="Un critère",
        kind=kind,
        weight=weight,
        place=place,
        applicable=applicable,
        given=given,
        levels=dict(levels),
        conforms_at=conforms_at,
        weigh_by=weigh_by,
        why="Parce que.",
        sources=("metier",),
    )


def action(
    ident: str = "agir",
    *,
    on: str = "critere",
    below: Level = 2,
    where: str = "",
    quantity: str = "1",
    buys: Sequence[Need] = (),
    effect: Mapping[str, EffectValue] | None = None,
    covers: Sequence[str] = (),
    requires: Sequence[str] = (),
) -> Recommendation:
    return Recommendation(
        id=ident,
        domain="reseau",
        when=Below(criterion=on, below=below, where=where),
        owner=Owner.COMMUNE,
        quantity=quantity,
        buys=tuple(buys),
        effect=dict(effect or {}),
        covers=tuple(covers),
        requires=tuple(Requirement(criterion=each, at_least=1) for each in requires),
        wording={},
        done_when="Fait.",
    )


def price(ident: str, euros: int) -> Price:
    return Price(
        id=ident,
        label=ident,
        unit="pièce",
        as_of="2026",
        minimum=100 * euros,
        typical=100 * euros,
        maximum=100 * euros,
    )


def checklist(
    criteria: Sequence[Criterion],
    actions: Sequence[Recommendation] = (),
    questions: Mapping[str, Question] = QUESTIONS,
    prices: Sequence[Price] = (),
) -> Checklist:
    return Checklist(
        title="Grille d'essai",
        version="2027.1",
        domains=(),
        questions=dict(questions),
        criteria={each.id: each for each in criteria},
        recommendations={each.id: each for each in actions},
        prices={each.id: each for each in prices},
        sources={},
    )


def loaded(draft: Checklist) -> Loaded:
    """Return a checklist as if it had been read from a file of one line."""
    written = Entries(Spot("grille.yaml"), {}, {})
    sections: Mapping[str, Iterable[str]] = {
        "questions": draft.questions,
        "criteria": draft.criteria,
        "recommendations": draft.recommendations,
        "deadlines": draft.deadlines,
        "aids": draft.aids,
    }
    nodes = {
        (section, ident): written
        for section, items in sections.items()
        for ident in items
    }
    return Loaded(draft, (), (), nodes)
