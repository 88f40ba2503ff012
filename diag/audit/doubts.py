"""What is to be looked at again: a part above its whole, « sans objet » out of place.

Nothing such can be entered. A sync, an import or a whole given later may bring it all
the same: it is then judged as unknown, and listed.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from fractions import Fraction

from diag.assess.facts import FactsReading, with_answers
from diag.assess.judge import Judge, judge_for
from diag.model.checklist import Checklist, Question
from diag.model.enums import State
from diag.model.fact import Answer, Facts
from diag.model.number import exact
from diag.rules.values import Span
from diag.words.figures import number

Key = tuple[str, str]
"""Place id, question id."""

TO_SAY_AGAIN = "« sans objet » ne se dit pas ici : à redire"


def doubts_of(facts: Facts, checklist: Checklist) -> dict[Key, str]:
    """Return what is to be looked at again, and why, in the order of the facts."""
    found: dict[Key, str] = {}
    parts: list[Key] = []
    for key, heads in facts.answers.items():
        question = checklist.questions.get(key[1])
        if question is None:
            continue
        if is_out_of_place(question, heads):
            found[key] = TO_SAY_AGAIN
        elif question.at_most:
            parts.append(key)
    if parts:
        reading = judge_for(facts, checklist).reading(facts)
        found |= {key: words for key in parts if (words := above_whole(reading, key))}
    return {key: found[key] for key in facts.answers if key in found}


def above_wholes(
    judge: Judge, facts: Facts, proposed: Mapping[Key, Answer]
) -> dict[Key, str]:
    """Return which answers about to be written are above their whole, and the words."""
    parts = [
        (place, ident)
        for (place, ident), answer in proposed.items()
        if answer.state is State.KNOWN and judge.vocabulary[ident].question.at_most
    ]
    if not parts:
        return {}
    reading = judge.reading(with_answers(facts, proposed))
    return {key: words for key in parts if (words := above_whole(reading, key))}


def is_out_of_place(question: Question, heads: Iterable[Answer]) -> bool:
    """Say whether « sans objet » was answered where the question has no such answer."""
    return not question.void and any(
        head.state is State.NOT_APPLICABLE for head in heads
    )


def above_whole(reading: FactsReading, key: Key) -> str:
    """Return that a part is above its whole, « 30 pour 6 : … »; empty when it is not.

    Nothing is above a whole that is not known.
    """
    place, ident = key
    scope = reading.scope(place)
    part = reading.vocabulary[ident].question
    holder = scope.holder(part.at_most) if part.at_most else None
    if holder is None or scope.relevance(ident) is False:
        return ""
    told = holder.heads(part.at_most)
    whole = holder.value(part.at_most)
    most = whole.high if isinstance(whole, Span) else None
    if most is None or not all(head.state is State.KNOWN for head in told) or not told:
        return ""
    above = max(_numbers(scope.heads(ident)), default=most)
    if above <= most:
        return ""
    title = reading.vocabulary[part.at_most].question.label
    given = f"{number(Fraction(above))} pour {number(Fraction(most))}"
    return f"{given} : « {part.label} » dépasse « {title} »"


def _numbers(heads: Iterable[Answer]) -> Iterator[Fraction]:
    """Give the numbers that were answered."""
    for head in heads:
        if isinstance(head.value, int | str) and not isinstance(head.value, bool):
            with suppress(ValueError):  # an answer to what the question was before
                yield exact(head.value)
