"""Audits of invented schools under any checklist: seeded, so always the same."""

from random import Random

from diag.model.audit import Answer, Facts, Place, Value
from diag.model.checklist import Checklist, Question
from diag.model.enums import PlaceKind, Provenance, QuestionType, State
from diag.model.text import canonical_number, exact
from tests.documents.builders import ROOT, SCHOOL

ROOMS = ("CP", "CE1", "CE2", "CM1", "CM2", "BCD", "Salle des maîtres", "Motricité")


def invented_facts(
    checklist: Checklist,
    *,
    rooms: int = 8,
    lots: int = 3,
    seed: int = 1,
    known: int = 9,
) -> Facts:
    """Return facts of a school, `known` questions in ten answered."""
    random = Random(seed)
    places = _places(rooms, lots)
    answers = {
        (place.id, question.id): (_answer(question, random),)
        for place in places.values()
        for question in checklist.questions.values()
        if question.place is place.kind and random.randrange(10) < known
    }
    return Facts(root=ROOT, places=places, answers=answers, closed=frozenset(PlaceKind))


def _places(rooms: int, lots: int) -> dict[str, Place]:
    root = Place(id=ROOT, kind=PlaceKind.ECOLE, parent=None, name=SCHOOL.name)
    names = [
        f"{ROOMS[rank % len(ROOMS)]} {rank // len(ROOMS) + 1}" for rank in range(rooms)
    ]
    inside = [
        *(
            Place(id=f"salle-{name}", kind=PlaceKind.SALLE, parent=ROOT, name=name)
            for name in names
        ),
        *(
            Place(id=f"lot-{rank}", kind=PlaceKind.LOT, parent=ROOT, name=f"Lot {rank}")
            for rank in range(lots)
        ),
    ]
    return {place.id: place for place in (root, *inside)}


def _answer(question: Question, random: Random) -> Answer:
    origin = random.choice(question.provenance or (Provenance.OBSERVED,))
    value = _value(question, random)
    return Answer(State.KNOWN, value, origin, author="Ana", at=1_773_000_000_000)


def _value(question: Question, random: Random) -> Value:
    match question.type:
        case QuestionType.BOOLEAN:
            return random.random() < 0.5
        case QuestionType.CHOICE:
            return random.choice(question.choices).id
        case QuestionType.CHOICES:
            some = [one.id for one in question.choices if random.random() < 0.4]
            return tuple(sorted(some))
        case QuestionType.INTEGER | QuestionType.NUMBER:
            return _number(question, random)
        case QuestionType.DATE:
            return f"202{random.randrange(4, 8)}-0{random.randrange(1, 10)}-15"
        case _:
            return f"Remarque {random.randrange(100)}"


def _number(question: Question, random: Random) -> int | str:
    low, high = question.likely or question.range or (0, 10)
    floor, ceiling = exact(low or 0), exact(high if high is not None else 50)
    if question.type is QuestionType.INTEGER:
        return random.randint(int(floor), max(int(floor), int(ceiling)))
    return canonical_number(
        round(floor + (ceiling - floor) * random.randrange(101) / 100)
    )
