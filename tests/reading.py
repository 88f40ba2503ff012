"""Facts as rules read them at a place: the oracle's eyes on what is not all known.

Written from the pages of the design alone (states, scope of names, sans objet, part
and whole): it imports nothing of `diag.assess`. Rules are computed by `diag.rules`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cache

from diag.model.audit import PARENT_KINDS, Answer, Facts
from diag.model.checklist import Checklist, Question
from diag.model.enums import PlaceKind, QuestionType, State
from diag.model.text import Number
from diag.rules import evaluate
from diag.rules.expressions import (
    ABSENT,
    UNBOUNDED,
    Absent,
    Flag,
    OneOf,
    RuleValue,
    Several,
    Span,
    Truth,
    either,
    hull_of_values,
    maybe_absent,
    plain,
    point,
)
from diag.rules.language import Rule, parse_rule

Limits = Callable[[Question], tuple[Number | None, Number | None] | None]
"""Between what an unknown number lies."""


def in_scores(question: Question) -> tuple[Number | None, Number | None] | None:
    """Return the limits of an unknown number that is judged: its `range`."""
    return question.range


def in_quantities(question: Question) -> tuple[Number | None, Number | None] | None:
    """Return those of an unknown number that one buys by: no most."""
    return question.range and (question.range[0], None)


def as_a_rule(question: Question) -> tuple[Number | None, Number | None] | None:
    """Return those of what one would expect: `likely`, where it is written."""
    return question.likely or in_quantities(question)


@cache
def rule_of(text: str) -> Rule:
    """Read a rule once."""
    return parse_rule(text)


@dataclass(eq=False)
class Reading:
    """What every name stands for at every place."""

    facts: Facts
    checklist: Checklist
    limits: Limits = in_scores
    _asked: set[tuple[str, str]] = field(default_factory=set)
    """Facts whose relevance is being worked out: a circle is unknown."""
    _values: dict[tuple[str, str], RuleValue] = field(default_factory=dict)
    """What was read already: a checklist names a fact ten times over."""

    def line(self, place: str) -> Iterator[str]:
        """Yield a place and all that hold it, the nearest first."""
        current: str | None = place
        while current is not None:
            yield current
            current = self.facts.places[current].parent

    def holder(self, place: str, kind: PlaceKind) -> str | None:
        """Return the place of a kind that one stands in, itself included."""
        for each in self.line(place):
            if self.facts.places[each].kind is kind:
                return each
        return None

    def inside(self, place: str, kind: PlaceKind) -> list[str]:
        """Return the places of a kind that stand in one, near or deep."""
        return [
            each.id
            for each in self.facts.places_of(kind)
            if each.id != place and place in self.line(each.id)
        ]

    def is_open(self, kind: PlaceKind) -> bool:
        """Say whether there may be other places of a kind."""
        return kind in PARENT_KINDS and kind not in self.facts.closed

    def holds(self, rule: str, place: str) -> Truth:
        """Say whether a rule is true at a place; none always is."""
        return evaluate.holds(rule_of(rule), _At(self, place)) if rule else True

    def number(self, rule: str, place: str, **names: Span) -> Span | Absent:
        """Return the number that a rule gives at a place."""
        return evaluate.number(rule_of(rule), _At(self, place, names))

    def reads_out(self, rule: str, place: str) -> Truth:
        """Say whether a rule reads, outside aggregates, what is sans objet."""
        found: Truth = False
        for name in rule_of(rule).names if rule else ():
            found = either(found, self.is_out(name, place))
        return found

    def value(self, name: str, place: str) -> RuleValue:
        """Return all that a name may stand for at a place."""
        if (name, place) not in self._values:
            self._values[name, place] = self._value(name, place)
        return self._values[name, place]

    def _value(self, name: str, place: str) -> RuleValue:
        if name == "visit_date":
            day = self.facts.visit_date
            return point(day.toordinal()) if day else UNBOUNDED
        question, holder = self._found(name, place)
        if holder is None or self._is_relevant(question, holder) is False:
            return ABSENT
        out = self.is_out(name, place)
        if out is True:
            return ABSENT
        heads = self._heads(question, holder)
        said = [self._said(each, question, holder) for each in heads]
        may_lack = out is None or self._is_relevant(question, holder) is None
        found = hull_of_values([each for each in said if each is not ABSENT] or said)
        return maybe_absent(found) if may_lack else found

    def is_out(self, name: str, place: str) -> Truth:
        """Say whether a fact is sans objet: said so, or because one it needs is."""
        if name not in self.checklist.questions:
            return False
        question, holder = self._found(name, place)
        if holder is None:
            return False
        inherited = self._inherits_out(question, holder)
        relevant = self._is_relevant(question, holder)
        if inherited is True or relevant is False:
            return inherited
        own = self._is_said_out(question, holder)
        return either(inherited, own if relevant or own is False else None)

    def _found(self, name: str, place: str) -> tuple[Question, str | None]:
        question = self.checklist.questions[name]
        return question, self.holder(place, question.place)

    def _heads(self, question: Question, holder: str) -> tuple[Answer, ...]:
        heads = self.facts.answers.get((holder, question.id), ())
        return heads or (Answer(State.UNKNOWN),)

    def _is_said_out(self, question: Question, holder: str) -> Truth:
        if not question.void:
            return False
        heads = self._heads(question, holder)
        if {each.state for each in heads} == {State.NOT_APPLICABLE}:
            return True
        is_known = all(self._is_known(each, question, holder) for each in heads)
        return False if is_known else None

    def _inherits_out(self, question: Question, holder: str) -> Truth:
        slot = holder, question.id
        if slot in self._asked:
            return False
        self._asked.add(slot)
        out = self.reads_out(question.relevant, holder)
        self._asked.remove(slot)
        return out

    def _is_relevant(self, question: Question, holder: str) -> Truth:
        slot = holder, question.id
        if slot in self._asked:
            return None
        self._asked.add(slot)
        relevant = self.holds(question.relevant, holder)
        self._asked.remove(slot)
        return relevant

    def _said(self, head: Answer, question: Question, holder: str) -> RuleValue:
        if head.state is State.NOT_APPLICABLE and question.void:
            return ABSENT
        if self._is_known(head, question, holder):
            return known(question, head.value)
        return self._unknown(question, holder)

    def _is_known(self, head: Answer, question: Question, holder: str) -> bool:
        """Say whether an answer tells a value: a part above its whole does not."""
        if head.state is not State.KNOWN:
            return False
        value, whole = known(question, head.value), self._whole(question, holder)
        if not isinstance(value, Span) or whole is None or value.low is None:
            return True
        if whole.high is None or whole.low != whole.high:
            return True
        return value.low <= whole.high

    def _whole(self, question: Question, holder: str) -> Span | None:
        whole = question.at_most and self.value(question.at_most, holder)
        return whole if isinstance(whole, Span) and not whole.maybe_absent else None

    def _unknown(self, question: Question, holder: str) -> RuleValue:
        value = unknown(question, self.limits)
        whole = self._whole(question, holder)
        if not isinstance(value, Span) or whole is None or whole.high is None:
            return value
        most = whole.high if value.high is None else min(value.high, whole.high)
        return value._replace(high=most)


@dataclass(frozen=True)
class _At:
    """A place, as `diag.rules` asks for it."""

    reading: Reading
    place: str
    names: dict[str, Span] = field(default_factory=dict)

    def value(self, name: str) -> RuleValue:
        return self.names.get(name) or self.reading.value(name, self.place)

    def inside(self, kind: PlaceKind) -> tuple[Sequence["_At"], bool]:
        found = self.reading.inside(self.place, kind)
        return [_At(self.reading, each) for each in found], self.reading.is_open(kind)

    def is_out(self, name: str) -> Truth:
        return name not in self.names and self.reading.is_out(name, self.place)


def known(question: Question, value: object) -> RuleValue:
    """Return what a known answer stands for."""
    ids = tuple(choice.id for choice in question.choices)
    match question.type:
        case QuestionType.BOOLEAN:
            return Flag(value is True, value is False)
        case QuestionType.CHOICE:
            order = ids if question.ordered else ()
            return OneOf(frozenset({str(value)}), order=order)
        case QuestionType.CHOICES:
            assert isinstance(value, tuple)
            return Several(frozenset(value), frozenset(value))
        case QuestionType.DATE:
            return point(date.fromisoformat(str(value)).toordinal())
    return point(plain(Fraction(str(value))))


def unknown(question: Question, limits: Limits = in_scores) -> RuleValue:
    """Return what an unknown answer may stand for."""
    ids = tuple(choice.id for choice in question.choices)
    match question.type:
        case QuestionType.BOOLEAN:
            return Flag(can_be_true=True, can_be_false=True)
        case QuestionType.CHOICE:
            return OneOf(frozenset(ids), order=ids if question.ordered else ())
        case QuestionType.CHOICES:
            return Several(frozenset(), frozenset(ids))
        case QuestionType.DATE:
            first, last = question.date_range or (None, None)
            return Span(
                date.fromisoformat(first).toordinal() if first else None,
                date.fromisoformat(last).toordinal() if last else None,
            )
    low, high = limits(question) or (None, None)
    return Span(
        None if low is None else plain(Fraction(low)),
        None if high is None else plain(Fraction(high)),
    )
