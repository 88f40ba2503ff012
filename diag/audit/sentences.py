"""What was seen, in the words of a criterion's author: facts, where they are sure."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from diag.answers.types import TYPES
from diag.assess.judge import judge_of
from diag.assess.results import CriterionResult, Verdict
from diag.assess.spread import concerned
from diag.audit.report import Report
from diag.model.checklist import Found, Strength
from diag.model.enums import Standing, State
from diag.model.number import canonical_number
from diag.rules.evaluate import measure
from diag.rules.language import parse_rule
from diag.rules.values import Span
from diag.words.dates import long_date
from diag.words.figures import number
from diag.words.sentences import listed

_NAMED = 3
"""At most so many places named in a sentence."""


def found_words(report: Report, result: CriterionResult) -> str:
    """Return what was seen where a criterion surely falls short; empty, not told.

    Behind a shut gate nothing was seen: the gate has its own criterion.
    """
    found = result.criterion.found
    if found is None:
        return ""
    places = [
        one for one in _sure(result) if one.given is True and one.high < found.below
    ]
    return _told(report, result, found, places)


def strength_words(report: Report, result: CriterionResult) -> str:
    """Return what was seen where a criterion surely is as it should be."""
    strength = result.criterion.strength
    if strength is None:
        return ""
    places = [one for one in _sure(result) if one.low >= strength.at_least]
    return _told(report, result, strength, places)


def _sure(result: CriterionResult) -> list[Verdict]:
    return [one for one in concerned(result) if one.standing is Standing.IN]


def _told(
    report: Report,
    result: CriterionResult,
    words: Found | Strength,
    places: Sequence[Verdict],
) -> str:
    if not places:
        return ""
    if len(places) > 1 and words.many:
        total = len(concerned(result))
        return words.many.format(n=len(places), total=total)
    value = _value(report, words.value, places) if words.value else ""
    if words.value and not value:
        return ""
    names = listed([report.place_name(one.place) for one in places], _NAMED)
    return words.one.format(lieux=names, valeur=value)


def _value(report: Report, text: str, places: Sequence[Verdict]) -> str:
    """Return a value known at one place, in words; empty when it is not."""
    if len(places) > 1:
        return ""
    place, question = places[0].place, report.checklist.questions.get(text)
    if question and TYPES[question.type].is_day:
        answer = report.facts.answer(place, text)
        known = answer if answer and answer.state is State.KNOWN else None
        return long_date(date.fromisoformat(str(known.value))) if known else ""
    judge = judge_of(report.checklist)
    reading = judge.reading(report.facts)
    scope = next(
        one
        for one in reading.scopes(report.facts.places[place].kind)
        if one.place == place
    )
    span = measure(parse_rule(text))(scope)
    if not isinstance(span, Span) or span.maybe_absent or span.low is None:
        return ""
    if span.low != span.high:
        return ""
    return number(canonical_number(round(Fraction(span.low), 1)))
