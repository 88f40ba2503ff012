"""Which answers are worth trying for a question: where its rules change their mind."""

from calendar import monthrange
from collections.abc import Iterable, Iterator
from datetime import MAXYEAR, MINYEAR, date, timedelta
from fractions import Fraction
from math import ceil, floor

from diag.model.checklist import Question
from diag.model.enums import QuestionType
from diag.model.fact import Value
from diag.model.number import canonical_number, exact
from diag.rules.language import Rule, thresholds
from diag.rules.tree import Comparison, Constant, Months, Name, walk

_MONTHS_A_YEAR = 12


def candidates(
    question: Question, rules: Iterable[Rule], visit: date | None
) -> tuple[Value, ...]:
    """Return the answers to try, given the rules that read the question.

    Choices: each; yes and no; a number: each threshold and one step either side; a
    date: the same around the visit, in the months that rules count.
    """
    match question.type:
        case QuestionType.BOOLEAN:
            return (True, False)
        case QuestionType.CHOICE:
            return tuple(choice.id for choice in question.choices)
        case QuestionType.CHOICES:
            ids = tuple(sorted(choice.id for choice in question.choices))
            return ((), *((ident,) for ident in ids), ids)
        case QuestionType.INTEGER | QuestionType.NUMBER:
            return _numbers(question, rules)
        case QuestionType.DATE:
            return tuple(sorted(_dates(question, rules, visit)))
    return ()


def _around(question: Question, threshold: Fraction) -> set[Fraction]:
    """Return a threshold and one step either side: 1, or its last decimal."""
    if question.type is QuestionType.INTEGER and threshold.denominator > 1:
        return {Fraction(floor(threshold)), Fraction(ceil(threshold))}
    step = Fraction(1)
    while (threshold / step).denominator > 1:
        step /= 10
    return {threshold - step, threshold, threshold + step}


def _numbers(question: Question, rules: Iterable[Rule]) -> tuple[Value, ...]:
    found: set[Fraction] = set()
    for rule in rules:
        for threshold in thresholds(rule).get(question.id, ()):
            found |= _around(question, threshold)
    low, high = question.range or (None, None)
    ends = [exact(end) for end in (low, high) if end is not None]
    # A rule that only computes with the number has no threshold to try.
    found |= set(ends) if not found else set()
    return tuple(
        canonical_number(value)
        for value in sorted(found)
        if (low is None or value >= exact(low))
        and (high is None or value <= exact(high))
    )


def _dates(
    question: Question, rules: Iterable[Rule], visit: date | None
) -> Iterator[str]:
    low, high = question.date_range or (None, None)
    days = [date.fromisoformat(end) for end in (low, high) if end]
    if visit is not None:
        for months in {0, *_months_of(question.id, rules)}:
            for day in (_shifted(visit, -months), _shifted(visit, months)):
                days += [day - timedelta(1), day, day + timedelta(1)]
    for text in {day.isoformat() for day in days}:
        if (low is None or text >= low) and (high is None or text <= high):
            yield text


def _months_of(name: str, rules: Iterable[Rule]) -> Iterator[int]:
    for rule in rules:
        for node in walk(rule.root):
            match node:
                case Comparison(_, Months() as months, Constant(value)) | Comparison(
                    _, Constant(value), Months() as months
                ) if name in {
                    each.id for each in walk(months) if isinstance(each, Name)
                }:
                    yield int(value)


def _shifted(day: date, months: int) -> date:
    """Return the same day some months on, or the last of that month."""
    year, month = divmod(day.year * _MONTHS_A_YEAR + day.month - 1 + months, 12)
    year = min(max(year, MINYEAR + 1), MAXYEAR - 1)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
