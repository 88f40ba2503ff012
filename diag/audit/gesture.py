"""One gesture, several facts: what an answer says of others, who answers with it."""

from collections.abc import Iterator, Mapping

from diag.answers.types import TYPES
from diag.model.checklist import Checklist, Choice, Question
from diag.model.enums import Provenance, State
from diag.model.fact import Answer, Facts, Value
from diag.model.text import fold

ALWAYS = frozenset({Provenance.IMPORTED, Provenance.CARRIED})
"""Provenances that exist for every question."""

TOGETHER = " + "
"""Between the answers of one gesture: « 2 + 6 »."""


def companions(checklist: Checklist, question: str) -> tuple[Question, ...]:
    """Return the questions answered in the gesture that a question leads, in order."""
    return tuple(
        each for each in checklist.questions.values() if each.same_gesture == question
    )


def word_said(question: Question, typed: str) -> Choice | None:
    """Return the word of a question that a text says: its first letters are enough."""
    said = fold(typed)
    found = [
        word
        for word in question.words
        if typed == word.id or (said and fold(word.label).startswith(said))
    ]
    return found[0] if len(found) == 1 else None


def with_said(
    checklist: Checklist, facts: Facts, place: str, given: Mapping[str, Answer]
) -> dict[str, Answer]:
    """Return answers given at a place, then what they say too, where that is new."""
    written = dict(given)
    for ident, answer in given.items():
        question = checklist.questions.get(ident)
        if question is None or answer.state is not State.KNOWN:
            continue
        for other, value in _said(checklist, question, answer.value):
            known = facts.answers.get((place, other.id), ())
            if other.id not in written and [each.value for each in known] != [value]:
                how = _provenance_as(other, answer.provenance)
                written[other.id] = Answer(State.KNOWN, value, how)
    return written


def _said(
    checklist: Checklist, question: Question, value: Value
) -> Iterator[tuple[Question, Value]]:
    """Yield what a value says of other facts.

    A choice says what its author wrote. Any other value but « non » and none says that
    the fact which alone opens the question is true, where both are one gesture.
    """
    questions = checklist.questions
    chosen = [choice for choice in question.choices if choice.id == value]
    told = {name for choice in chosen for name in choice.sets}
    opener = questions.get(question.relevant)
    is_told = opener is not None and opener.id in told
    if opener and value and not is_told and _are_one_gesture(opener, question):
        yield opener, True
    for choice in chosen:
        for name, raw in choice.sets.items():
            if other := questions.get(name):
                yield other, TYPES[other.type].parse(other, raw).value


def _are_one_gesture(one: Question, other: Question) -> bool:
    return one.same_gesture == other.id or other.same_gesture == one.id


def _provenance_as(question: Question, provenance: Provenance) -> Provenance:
    allowed = provenance in {*question.provenance, *ALWAYS}
    return provenance if allowed else usual_provenance(question)


def usual_provenance(question: Question) -> Provenance:
    """Return how a typed answer is known unless it is given: never « imported »."""
    said = (each for each in question.provenance if each not in ALWAYS)
    return next(said, Provenance.DECLARED)
