"""Questions and criteria to search."""

from collections.abc import Mapping

from diag.model.checklist import Choice, Criterion, Question
from diag.model.enums import Direction, Kind, PlaceKind, QuestionType

ECOLE, SALLE, LOT = PlaceKind.ECOLE, PlaceKind.SALLE, PlaceKind.LOT


def question(
    name: str,
    type_: QuestionType,
    place: PlaceKind = ECOLE,
    *,
    range_: tuple[int | None, int | None] | None = None,
    choices: str = "",
    ordered: bool = False,
    relevant: str = "",
) -> Question:
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
    )


def by_id(*questions: Question) -> Mapping[str, Question]:
    return {each.id: each for each in questions}


QUESTIONS = by_id(
    question("debit", QuestionType.NUMBER, range_=(0, 10_000), relevant="acces"),
    question("postes", QuestionType.INTEGER, range_=(0, 500)),
    question("note", QuestionType.INTEGER, range_=(0, 3)),
    question("acces", QuestionType.BOOLEAN),
    question("offre", QuestionType.CHOICE, choices="adsl cable fibre"),
    question("etat", QuestionType.CHOICE, choices="mauvais moyen bon", ordered=True),
    question("outils", QuestionType.CHOICES, choices="ent mail agenda"),
    question("sauvegarde", QuestionType.DATE),
    question("prises", QuestionType.INTEGER, SALLE, range_=(0, 20)),
    question("type_salle", QuestionType.CHOICE, SALLE, choices="classe bureau"),
    question("neuf", QuestionType.BOOLEAN, LOT),
)


def criterion(
    levels: Mapping[int, str],
    *,
    applicable: str = "",
    place: PlaceKind = ECOLE,
    up: str = "",
    down: str = "",
) -> Criterion:
    directions = dict.fromkeys(up.split(), Direction.UP)
    directions |= dict.fromkeys(down.split(), Direction.DOWN)
    return Criterion(
        id="critere",
        domain="reseau",
        title="Un critère",
        kind=Kind.IMPROVEMENT,
        weight=1,
        place=place,
        applicable=applicable,
        levels=dict(levels),
        improves_with=directions,
        why="Parce que.",
        sources=("metier",),
    )
