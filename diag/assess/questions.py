"""Which questions apply at each place, and which would settle most."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from fractions import Fraction

from diag.answers.types import TYPES
from diag.assess.facts import FactsReading, with_answers
from diag.assess.judge import Judge, judge_for
from diag.assess.scores import Averages, Member, criterion_member
from diag.model.checklist import Checklist, Question
from diag.model.enums import Profile, State
from diag.model.fact import Answer, Facts, Value
from diag.rules.values import Truth


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
        and TYPES[asked.question.type].is_readable
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
            for value in TYPES[question.type].candidates(
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
