"""The oracle, where actions end: the facts once they are done, judged again."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

from diag.model.audit import Answer, Value
from diag.model.checklist import EffectValue, Question, Recommendation
from diag.model.enums import Direction, QuestionType, State
from diag.model.text import canonical_number
from diag.rules.expressions import ABSENT, reach
from tests.oracle import Judged
from tests.reading import Reading

Slot = tuple[str, str]


def done(judged: Judged, action: Recommendation, places: Sequence[str]) -> Judged:
    """Return what is judged once an action is done at some places."""
    checklist, reading = judged.checklist, judged.reading
    answers = dict(judged.facts.answers)
    reached: dict[Slot, int] = {}
    for place in places:
        for ident, value in action.effect.items():
            if ident in checklist.questions:
                question = checklist.questions[ident]
                holder = reading.holder(place, question.place)
                new = _becomes(question, value, reading, place)
                if holder is not None and new is not None:
                    slot = holder, ident
                    answers[slot] = _raised(question, answers.get(slot, ()), new)
            else:
                assert isinstance(value, int)
                for other in _reached(judged, ident, place):
                    reached[ident, other] = max(value, reached.get((ident, other), 0))
    facts = replace(judged.facts, answers=answers)
    return Judged(facts, checklist, reached)


def _reached(judged: Judged, criterion: str, place: str) -> Iterator[str]:
    reading, kind = judged.reading, judged.checklist.criteria[criterion].place
    if kind in reach(reading.facts.places[place].kind):
        holder = reading.holder(place, kind)
        yield from [holder] if holder is not None else []
    else:
        yield from reading.inside(place, kind)


def _becomes(
    question: Question, value: EffectValue, reading: Reading, place: str
) -> Value:
    """Return what a fact becomes; None where it is not known yet."""
    match question.type:
        case QuestionType.BOOLEAN | QuestionType.CHOICE:
            return value
        case QuestionType.CHOICES:
            assert isinstance(value, tuple)
            return tuple(sorted(value))
    span = reading.number(str(value), place)
    if span is ABSENT or span.maybe_absent or span.low is None or span.low != span.high:
        return None
    if question.type is QuestionType.DATE:
        return date.fromordinal(int(span.low)).isoformat()
    return canonical_number(Fraction(span.low))


def _raised(
    question: Question, heads: tuple[Answer, ...], new: Value
) -> tuple[Answer, ...]:
    """Return a fact once the action is done: better, or as it was.

    Where two people disagree, it is the worst that gets better.
    """
    states = {each.state for each in heads}
    if states == {State.NOT_APPLICABLE} and question.void:
        return heads
    if states != {State.KNOWN}:
        return (Answer(State.KNOWN, new),)
    worst = _worst(question, [each.value for each in heads])
    return (Answer(State.KNOWN, _better_of(question, worst, new)),)


def _worst(question: Question, values: Sequence[Value]) -> Value:
    if question.type is not QuestionType.CHOICES:
        return min(values, key=lambda value: _rank(question, value))
    sets = [set(value) for value in values if isinstance(value, tuple)]
    is_down = question.better is Direction.DOWN
    return tuple(sorted(set.union(*sets) if is_down else set.intersection(*sets)))


def _better_of(question: Question, old: Value, new: Value) -> Value:
    if question.better is None:
        return new
    if question.type is QuestionType.CHOICES:
        assert isinstance(old, tuple)
        assert isinstance(new, tuple)
        is_down = question.better is Direction.DOWN
        return tuple(sorted(set(old) & set(new) if is_down else set(old) | set(new)))
    return max(old, new, key=lambda value: _rank(question, value))


def _rank(question: Question, value: Value) -> Fraction:
    """Return how good an answer is, among those of its question."""
    if isinstance(question.better, tuple):
        ranks = [rank for rank, ids in enumerate(question.better) if value in ids]
        return Fraction(ranks[0] if ranks else -1)
    sign = -1 if question.better is Direction.DOWN else 1
    match question.type:
        case QuestionType.CHOICE:
            return Fraction(
                sign * [each.id for each in question.choices].index(str(value))
            )
        case QuestionType.DATE:
            return Fraction(sign * date.fromisoformat(str(value)).toordinal())
        case QuestionType.BOOLEAN:
            return Fraction(sign * (value is True))
    return sign * Fraction(str(value))
