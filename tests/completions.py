"""Every way, or many drawn ways, to complete facts that are not complete."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import combinations, product
from math import prod
from random import Random

from diag.model.audit import PARENT_KINDS, Answer, Facts, Place
from diag.model.checklist import Checklist, Question
from diag.model.enums import PlaceKind, QuestionType, State
from diag.model.text import canonical_number
from tests.world import SANS_OBJET, Point, World, names_and_numbers

_UNREADABLE = {QuestionType.TEXT, QuestionType.PHOTO}
_NEAR = 4  # values tried from the lower end of a range
_MANY = 6  # choices of which not all subsets are tried


def completions(
    facts: Facts, checklist: Checklist, random: Random, limit: int
) -> Iterator[World]:
    """Yield every completion when there are few, else that many drawn ones."""
    slots = _slots(facts, checklist)
    is_open = any(kind not in facts.closed for kind in PARENT_KINDS)
    visits = _visits(facts)
    ways = prod(len(values) for values in slots.values()) * len(visits)
    if ways <= limit and not is_open:
        for values in product(*slots.values()):
            for visit in visits:
                said = dict(zip(slots, values, strict=True))
                if world := _world(facts, checklist, {}, said, visit):
                    yield world
        return
    for _ in range(limit):
        added = _added_places(facts, random)
        wider = _with_places(facts, added)
        possible = _slots(wider, checklist)
        drawn = {slot: random.choice(values) for slot, values in possible.items()}
        for place, part in possible:
            whole = (place, checklist.questions[part].at_most)
            if len(possible[place, part]) > 1 and whole in drawn:
                drawn[place, part] = _at_most(drawn[place, part], drawn[whole])
        if world := _world(facts, checklist, added, drawn, random.choice(visits)):
            yield world


def _at_most(part: Point, whole: Point) -> Point:
    if isinstance(part, Fraction) and isinstance(whole, Fraction):
        return min(part, whole)
    return part


def facts_of(world: World, facts: Facts) -> Facts:
    """Return a completion as facts: nothing unknown, every list closed."""
    return replace(
        facts,
        places={
            ident: Place(id=ident, kind=kind, parent=world.parents[ident], name=ident)
            for ident, kind in world.kinds.items()
        },
        answers={
            slot: (_answer(world.questions[slot[1]], value),)
            for slot, value in world.values.items()
        },
        closed=frozenset(PARENT_KINDS),
        visit_date=date.fromordinal(world.visit),
    )


def _answer(question: Question, value: Point) -> Answer:
    if value is SANS_OBJET:
        return Answer(State.NOT_APPLICABLE)
    if isinstance(value, frozenset):
        return Answer(State.KNOWN, tuple(sorted(value)))
    if question.type is QuestionType.DATE and isinstance(value, Fraction):
        return Answer(State.KNOWN, date.fromordinal(int(value)).isoformat())
    if isinstance(value, Fraction):
        return Answer(State.KNOWN, canonical_number(value))
    assert isinstance(value, bool | str)
    return Answer(State.KNOWN, value)


def _world(
    facts: Facts,
    checklist: Checklist,
    added: Mapping[str, tuple[PlaceKind, str]],
    values: Mapping[tuple[str, str], Point],
    visit: int,
) -> World | None:
    """Return complete facts; None where a part is above its whole."""
    kinds = {ident: place.kind for ident, place in facts.places.items()}
    parents = {ident: place.parent for ident, place in facts.places.items()}
    for ident, (kind, parent) in added.items():
        kinds[ident], parents[ident] = kind, parent
    world = World(facts.root, kinds, parents, values, visit, checklist.questions)
    return world if all(world.fits(*slot) for slot in values) else None


def _with_places(facts: Facts, added: Mapping[str, tuple[PlaceKind, str]]) -> Facts:
    places = dict(facts.places)
    for ident, (kind, parent) in added.items():
        places[ident] = Place(id=ident, kind=kind, parent=parent, name=ident)
    return replace(facts, places=places)


def _added_places(facts: Facts, random: Random) -> dict[str, tuple[PlaceKind, str]]:
    kinds = {ident: place.kind for ident, place in facts.places.items()}
    added: dict[str, tuple[PlaceKind, str]] = {}
    for kind, holders in PARENT_KINDS.items():
        if kind in facts.closed:
            continue
        for rank in range(random.choice((0, 0, 1, 1, 2))):
            parents = [ident for ident, each in kinds.items() if each in holders]
            if parents:
                ident = f"+{kind}{rank}"
                added[ident] = kind, random.choice(parents)
                kinds[ident] = kind
    return added


def _slots(
    facts: Facts, checklist: Checklist
) -> dict[tuple[str, str], tuple[Point, ...]]:
    turns = _turns(checklist)
    return {
        (place.id, question.id): _possible(
            question,
            facts.answers.get((place.id, question.id), ()),
            turns.get(question.id, frozenset()),
        )
        for place in facts.places.values()
        for question in checklist.questions.values()
        if question.place is place.kind and question.type not in _UNREADABLE
    }


def _possible(
    question: Question, heads: tuple[Answer, ...], turns: frozenset[Fraction]
) -> tuple[Point, ...]:
    found: dict[Point, None] = {}
    for head in heads or (Answer(State.UNKNOWN),):
        if head.state is State.KNOWN:
            found[_point(question, head.value)] = None
        elif head.state is State.NOT_APPLICABLE and question.void:
            found[SANS_OBJET] = None
        else:
            found |= dict.fromkeys(possible_values(question, turns))
            if question.void:
                found[SANS_OBJET] = None
    return tuple(found)


def _point(question: Question, value: object) -> Point:
    match question.type:
        case QuestionType.BOOLEAN:
            return value
        case QuestionType.CHOICES:
            assert isinstance(value, tuple)
            return frozenset(value)
        case QuestionType.DATE:
            return Fraction(date.fromisoformat(str(value)).toordinal())
        case QuestionType.CHOICE:
            return value
    return Fraction(str(value))


def possible_values(
    question: Question, turns: frozenset[Fraction] = frozenset()
) -> tuple[Point, ...]:
    """Return the values of an unknown fact: all of them, or some of endless many.

    A number is tried near its least, at its most, and where rules turn.
    """
    ids = [choice.id for choice in question.choices]
    match question.type:
        case QuestionType.BOOLEAN:
            return (True, False)
        case QuestionType.CHOICE:
            return tuple(ids)
        case QuestionType.CHOICES:
            sizes = range(len(ids) + 1) if len(ids) < _MANY else (0, 1, 2, len(ids))
            return tuple(
                frozenset(chosen)
                for size in sizes
                for chosen in combinations(ids, size)
            )
        case QuestionType.DATE:
            return _days(question)
    low, high = question.range or (None, None)
    least = Fraction(low) if low is not None else Fraction(-3)
    most = Fraction(high) if high is not None else least + 1000
    size = 1 if question.type is QuestionType.INTEGER else Fraction(1, 2)
    near = {least + at * size for at in range(_NEAR)}
    near |= {turn + step for turn in turns for step in (-size, 0, size)}
    whole = question.type is QuestionType.INTEGER
    return tuple(
        sorted(
            each
            for each in near | {most}
            if least <= each <= most and not (whole and each.denominator > 1)
        )
    )


def _days(question: Question) -> tuple[Point, ...]:
    low, high = question.date_range or (None, None)
    found = {"2020-02-29", "2025-09-01", "2026-09-30", "2026-10-01", low, high}
    return tuple(
        Fraction(date.fromisoformat(day).toordinal())
        for day in sorted(filter(None, found))
        if (low is None or day >= low) and (high is None or day <= high)
    )


def _turns(checklist: Checklist) -> dict[str, frozenset[Fraction]]:
    """Return the numbers written in the rules that read each question."""
    rules = [each.relevant for each in checklist.questions.values()]
    for criterion in checklist.criteria.values():
        rules += [criterion.applicable, criterion.given, *criterion.levels.values()]
    rules += [each.when.where for each in checklist.recommendations.values()]
    found: dict[str, frozenset[Fraction]] = {}
    for rule in filter(None, rules):
        names, numbers = names_and_numbers(rule)
        for name in names:
            found[name] = found.get(name, frozenset()) | numbers
    return found


def _visits(facts: Facts) -> tuple[int, ...]:
    if facts.visit_date is not None:
        return (facts.visit_date.toordinal(),)
    days = (date(2021, 3, 31), date(2026, 10, 1), date(2027, 6, 30))
    return tuple(day.toordinal() for day in days)
