"""Which questions apply at each place, and which would settle most."""

from calendar import monthrange
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta
from fractions import Fraction
from math import ceil, floor

from diag.assess.facts import FactsReading, with_answers
from diag.assess.judge import Judge, judge_for
from diag.assess.scores import Averages, Member, criterion_member
from diag.model.checklist import Checklist, Question
from diag.model.enums import Profile, QuestionType, State
from diag.model.fact import Answer, Facts, Value
from diag.model.number import canonical_number, exact
from diag.rules.language import Rule, thresholds
from diag.rules.tree import Compare, Constant, Months, NameNode, walk
from diag.rules.values import Truth

_UNREADABLE = {QuestionType.TEXT, QuestionType.PHOTO}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that applies at a place, or may."""

    place: str
    question: Question
    relevant: Truth
    """True, or None: whether it applies is not known yet."""
    heads: tuple[Answer, ...]
    """What was answered: nothing, one answer, or a conflict."""

    @property
    def is_settled(self) -> bool:
        """Say whether nothing is left to learn: one answer that is not « inconnu »."""
        return len(self.heads) == 1 and self.heads[0].state is not State.UNKNOWN


@dataclass(frozen=True, slots=True)
class NextQuestion:
    """A question left, and how much its answer may settle."""

    place: str
    question: Question
    relevant: Truth
    narrowing: Fraction
    """By how much the overall interval narrows at best, as a ratio."""


def relevant_questions(
    facts: Facts,
    checklist: Checklist,
    place: str | None = None,
    *,
    profile: Profile = Profile.FULL,
    also: Collection[tuple[str, str]] = (),
) -> tuple[Asked, ...]:
    """Return what applies at each place, or at one, in the order of a walk.

    A shorter profile leaves questions out, save those that were answered or flagged
    all the same, and those of `also`.
    """
    judge = judge_for(facts, checklist)
    reading = judge.reading(facts)
    return tuple(
        each
        for each in _asked(judge, reading, place)
        if profile.asks(judge.profiles[each.question.id])
        or each.heads
        or (each.place, each.question.id) in facts.flags
        or (each.place, each.question.id) in also
    )


def next_questions(
    facts: Facts,
    checklist: Checklist,
    limit: int,
    *,
    profile: Profile = Profile.FULL,
) -> tuple[NextQuestion, ...]:
    """Return the questions left, those that may narrow the overall score most first.

    What was refused is not asked again; questions that narrow nothing come last.
    """
    judge = judge_for(facts, checklist)
    what_if = _WhatIf(judge, facts)
    found = [
        NextQuestion(
            asked.place,
            asked.question,
            asked.relevant,
            what_if.narrowing(asked.place, asked.question),
        )
        for asked in _asked(judge, what_if.reading)
        if not asked.is_settled
        and asked.question.type not in _UNREADABLE
        and profile.asks(judge.profiles[asked.question.id])
    ]
    return tuple(sorted(found, key=lambda each: -each.narrowing)[:limit])


def _asked(
    judge: Judge, reading: FactsReading, place: str | None = None
) -> Iterator[Asked]:
    for ident in reading.tree.kinds if place is None else (place,):
        scope = reading.scope(ident)
        for question in judge.checklist.questions.values():
            if question.place is not scope.kind:
                continue
            relevant = scope.relevance(question.id)
            if relevant is not False:
                yield Asked(ident, question, relevant, scope.heads(question.id))


class _WhatIf:
    """One assessment, and the overall interval were one answer known."""

    def __init__(self, judge: Judge, facts: Facts) -> None:
        self._judge = judge
        self._facts = facts
        self.reading = judge.reading(facts)
        """The facts as they are."""
        self._results = judge.results(self.reading)
        self._averages = Averages(judge.domains(self._results))
        self._width = self._averages.width_with({})

    def narrowing(self, place: str, question: Question) -> Fraction:
        """Return the width now less the least width over the answers to try."""
        if self._width == 0 or not self._judge.readers.averaged(question.id):
            return Fraction()
        widths = [
            self._width_if(place, question.id, value)
            for value in candidates(
                question,
                self._judge.readers.rules(question.id),
                self._facts.visit_date,
            )
        ]
        return max(Fraction(), self._width - min(widths, default=self._width))

    def _width_if(self, place: str, question: str, value: Value) -> Fraction:
        supposed = with_answers(self._facts, {(place, question): value})
        reading = FactsReading(self._judge.vocabulary, supposed, like=self.reading)
        return self._averages.width_with({
            criterion: self._rejudged(criterion, place, question, reading)
            for criterion in self._judge.readers.averaged(question)
        })

    def _rejudged(
        self, criterion: str, changed: str, question: str, reading: FactsReading
    ) -> Member | None:
        """Judge a criterion again where the changed answer can be read from."""
        gauge, result = self._judge.gauges[criterion], self._results[criterion]
        tree, far = reading.tree, self._judge.readers.reaches_far(question)
        above = tree.line(changed)
        verdicts = [
            gauge.verdict(reading.scope(old.place))
            if far or old.place in above or changed in tree.line(old.place)
            else old
            for old in result.verdicts
        ]
        return criterion_member(gauge.result(verdicts, is_open=result.open))


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
                case Compare(_, Months() as months, Constant(value)) | Compare(
                    _, Constant(value), Months() as months
                ) if name in {
                    each.id for each in walk(months) if isinstance(each, NameNode)
                }:
                    yield int(value)


def _shifted(day: date, months: int) -> date:
    """Return the same day some months on, or the last of that month."""
    year, month = divmod(day.year * _MONTHS_A_YEAR + day.month - 1 + months, 12)
    year = min(max(year, MINYEAR + 1), MAXYEAR - 1)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
